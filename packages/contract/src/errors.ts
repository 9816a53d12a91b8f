/** Every public error code: its HTTP status, whether it is our mistake, and the fields that come with it. */

import type { FaultCode } from "@xingfu/domain/base";

export interface ErrorEntry {
  /** HTTP status; null = raised only while starting, never on the wire */
  readonly status: number | null;
  /** true = our mistake or our machine's: logged as an error and counted for the alarm */
  readonly isReportable: boolean;
  /** Chinese title of the problem; says what is wrong, without a value of the request */
  readonly title: string;
  /** names of the fields that come with the code */
  readonly fields: readonly string[];
}

export const errors = {
  INPUT_INVALID: { status: 400, isReportable: false, title: "提交的内容不符合要求", fields: ["problems"] },
  NOT_SIGNED_IN: { status: 401, isReportable: false, title: "尚未登录", fields: [] },
  SESSION_EXPIRED: { status: 401, isReportable: false, title: "登录已过期，请重新登录", fields: [] },
  SIGN_IN_REFUSED: { status: 401, isReportable: false, title: "用户名或密码不正确", fields: [] },
  SIGN_IN_LOCKED: {
    status: 429,
    isReportable: false,
    title: "登录失败次数过多，请稍后再试",
    fields: ["retryAfterSeconds"],
  },
  PASSWORD_CHANGE_REQUIRED: { status: 403, isReportable: false, title: "请先修改初始密码", fields: [] },
  PASSWORD_WEAK: { status: 422, isReportable: false, title: "新密码不符合要求", fields: ["rule"] },
  CSRF_REFUSED: { status: 403, isReportable: false, title: "请求来源无法确认，请刷新页面后重试", fields: [] },
  FORBIDDEN: { status: 403, isReportable: false, title: "没有进行此项操作的权限", fields: [] },
  NOT_FOUND: { status: 404, isReportable: false, title: "没有找到所请求的内容", fields: [] },
  ALREADY_EXISTS: { status: 409, isReportable: false, title: "相同的内容已经存在", fields: ["what"] },
  CHANGED_MEANWHILE: {
    status: 409,
    isReportable: false,
    title: "内容已被他人修改，请刷新后重试",
    fields: ["what", "by", "at"],
  },
  IMPORT_HAS_ERRORS: { status: 409, isReportable: false, title: "文件中还有错误，不能导入", fields: ["errorCount"] },
  IMPORT_STALE: {
    status: 409,
    isReportable: false,
    title: "检查之后数据已有变动，请重新检查文件",
    fields: ["importId", "by", "at"],
  },
  IMPORT_CLOSED: { status: 409, isReportable: false, title: "这次导入已经处理过", fields: ["importId", "state"] },
  RETURN_CLOSED: {
    status: 409,
    isReportable: false,
    title: "填报已提交、核定或锁定，不能修改",
    fields: ["schoolCode", "state", "schools"],
  },
  YEAR_LOCKED: { status: 409, isReportable: false, title: "该学年已锁定，不能修改", fields: ["schoolYear"] },
  UNDO_REFUSED: {
    status: 409,
    isReportable: false,
    title: "这一批数据不能撤销",
    fields: ["batchId", "reason", "laterBatchId"],
  },
  SCHOOL_UNKNOWN: { status: 409, isReportable: false, title: "组织机构中没有这些学校", fields: ["schoolCodes"] },
  OUT_OF_REACH: { status: 403, isReportable: false, title: "只能导入本校的数据", fields: ["schoolCodes", "sections"] },
  PUPIL_ELSEWHERE: { status: 409, isReportable: false, title: "有学生已在其他学校的名册中", fields: ["pupilCodes"] },
  MEASURES_REFUSED: {
    status: 409,
    isReportable: false,
    title: "有学生不在名册中或重复",
    fields: ["unknown", "twice"],
  },
  RUN_ENDED: { status: 409, isReportable: false, title: "这次计算已经结束", fields: ["runId", "state"] },
  TRANSITION_REFUSED: { status: 409, isReportable: false, title: "填报状态不能这样变更", fields: ["from", "to"] },
  ORGANISATION_CHANGE_REFUSED: { status: 409, isReportable: false, title: "机构不能这样变更", fields: ["reason"] },
  NO_DATA: { status: 404, isReportable: false, title: "该学年还没有数据", fields: ["schoolYear"] },
  BODY_TOO_LARGE: { status: 413, isReportable: false, title: "提交的内容过大", fields: ["maxBytes"] },
  CONTENT_TYPE_REFUSED: { status: 415, isReportable: false, title: "不接受这种内容类型", fields: ["expected"] },
  FILE_UNREADABLE: { status: 422, isReportable: false, title: "文件无法读取", fields: ["problem"] },
  RULES_INVALID: { status: 422, isReportable: false, title: "标准的调整项有误", fields: ["reference", "problem"] },
  SCENARIO_INVALID: { status: 422, isReportable: false, title: "模拟方案有误", fields: ["change", "problem"] },
  SOURCE_REFUSED: {
    status: 422,
    isReportable: false,
    title: "这类数据不得用于增值评价",
    fields: ["source", "form", "document", "clause"],
  },
  GROWTH_SCHEME_INVALID: { status: 422, isReportable: false, title: "增值评价方案有误", fields: ["field", "problem"] },
  SURVEY_INVALID: { status: 422, isReportable: false, title: "问卷有误，不能开放", fields: ["problems"] },
  SURVEY_STATE: { status: 409, isReportable: false, title: "问卷的状态不允许这样做", fields: ["state", "needed"] },
  SURVEY_REFUSED: {
    status: 409,
    isReportable: false,
    title: "现在不能作答",
    fields: ["why", "opensOn", "closesOn"],
  },
  SURVEY_SHEET_INVALID: { status: 422, isReportable: false, title: "答卷有误，没有提交", fields: ["problems"] },
  SCHEME_INVALID: { status: 422, isReportable: false, title: "评价方案有误，不能使用", fields: ["problems"] },
  NO_ROUND: { status: 404, isReportable: false, title: "还没有可供试算的评估轮次", fields: [] },
  CALENDAR_INVALID: { status: 422, isReportable: false, title: "评估日程前后矛盾", fields: ["field", "problem"] },
  CONFLICT_OF_INTEREST: { status: 409, isReportable: false, title: "有督学须回避所分配的学校", fields: ["pairs"] },
  JUDGEMENT_REFUSED: { status: 422, isReportable: false, title: "评定与评价方案不符", fields: ["place", "why"] },
  ENTRY_CHANGED: {
    status: 409,
    isReportable: false,
    title: "内容已有更新的版本，未作覆盖",
    fields: ["current", "sent"],
  },
  EVALUATION_CLOSED: { status: 409, isReportable: false, title: "评估所处状态不接受此项操作", fields: ["state"] },
  EVALUATION_MOVE_REFUSED: {
    status: 409,
    isReportable: false,
    title: "评估状态不能这样变更",
    fields: ["from", "to", "why", "until"],
  },
  ISSUE_MOVE_REFUSED: {
    status: 409,
    isReportable: false,
    title: "问题状态不能这样变更",
    fields: ["from", "to", "why"],
  },
  RATE_LIMITED: { status: 429, isReportable: false, title: "请求过于频繁，请稍后再试", fields: ["retryAfterSeconds"] },
  BUSY: { status: 503, isReportable: true, title: "服务器正忙，请稍后再试", fields: ["retryAfterSeconds"] },
  DATABASE_UNAVAILABLE: { status: 503, isReportable: true, title: "数据库暂时不可用，请稍后再试", fields: [] },
  DISK_FULL: { status: 507, isReportable: true, title: "磁盘空间不足，未写入任何内容", fields: [] },
  INTERNAL: { status: 500, isReportable: true, title: "服务器内部错误", fields: [] },
  CONFIG_INVALID: { status: null, isReportable: true, title: "配置有误，服务未启动", fields: ["name", "problem"] },
  PORT_TAKEN: { status: null, isReportable: true, title: "端口已被占用", fields: ["port"] },
  DATA_FOLDER_NOT_WRITABLE: {
    status: null,
    isReportable: true,
    title: "数据目录不能写入",
    fields: ["folder", "problem"],
  },
  DATA_FOLDER_NEWER: {
    status: null,
    isReportable: true,
    title: "数据目录由更新的版本建立",
    fields: ["folder", "found", "supported"],
  },
  DATA_FOLDER_OLDER: {
    status: null,
    isReportable: true,
    title: "数据目录由旧版数据库建立",
    fields: ["folder", "found", "supported"],
  },
  DATABASE_NEWER: {
    status: null,
    isReportable: true,
    title: "数据库由更新的版本升级过",
    fields: ["found", "supported"],
  },
  DATABASE_TOO_OLD: { status: null, isReportable: true, title: "PostgreSQL 版本过低", fields: ["found", "supported"] },
  MIGRATION_CHANGED: { status: null, isReportable: true, title: "迁移文件与数据库不一致", fields: ["migration"] },
  ROLES_MISSING: { status: null, isReportable: true, title: "不能建立数据库角色", fields: ["problem"] },
  EMBEDDED_MISSING: { status: null, isReportable: true, title: "没有适合本机的内置数据库", fields: ["platform"] },
  EMBEDDED_FAILED: { status: null, isReportable: true, title: "内置数据库未能启动", fields: ["problem", "log"] },
} as const satisfies Record<string, ErrorEntry> & Record<FaultCode, ErrorEntry>;

export type ErrorCode = keyof typeof errors;

/** One thing wrong with a request. */
export interface InputProblem {
  /** where: JSON pointer below "body", "query" or "params" */
  readonly at: string;
  readonly problem: string;
}

/** The body of every refusal: RFC 9457 problem details with our code. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly requestId: string;
}

/** Codes any route can answer with. */
export const commonErrors = [
  "INPUT_INVALID",
  "NOT_SIGNED_IN",
  "SESSION_EXPIRED",
  "PASSWORD_CHANGE_REQUIRED",
  "FORBIDDEN",
  "NOT_FOUND",
  "RATE_LIMITED",
  "DATABASE_UNAVAILABLE",
  "INTERNAL",
] as const satisfies readonly ErrorCode[];
