/** Refusals of the store: thrown with a code and fields. The codes are the public ones where the wire has one. */

/** Pupils that stand in the way of a load. */
export interface PupilProblems {
  /** all of them */
  readonly count: number;
  /** the first, each with the number of its row and its code */
  readonly rows: readonly (readonly [row: number, pupilCode: string])[];
}

/** Every refusal the store can raise, with the fields that come with it. */
export interface StoreFaultFields {
  // on the wire
  FORBIDDEN: Record<string, never>;
  NOT_FOUND: { what: string };
  ALREADY_EXISTS: { what: string };
  CHANGED_MEANWHILE: { what: string; by: string | null; at: string | null };
  IMPORT_HAS_ERRORS: { errorCount: number };
  /** `by` and `at`: who changed the same rows since the file was checked */
  IMPORT_STALE: { importId: number; by: string | null; at: string | null };
  IMPORT_CLOSED: { importId: number; state: string };
  /** the first school and its state, and all schools that are closed */
  RETURN_CLOSED: { schoolCode: string; state: string; schools: readonly { schoolCode: string; state: string }[] };
  YEAR_LOCKED: { schoolYear: number };
  /** `reason`: "undone" | "superseded"; `laterBatchId` names the batch that stands in the way */
  UNDO_REFUSED: { batchId: number; reason: string; laterBatchId: number | null };
  ORGANISATION_CHANGE_REFUSED: { reason: string };
  /** rows name schools the organisation does not have */
  SCHOOL_UNKNOWN: { schoolCodes: readonly string[] };
  /** a school's user brings rows of other schools or of the district */
  OUT_OF_REACH: { schoolCodes: readonly string[]; sections: readonly string[] };
  /** pupils that are on the roll of a school outside this load */
  PUPIL_ELSEWHERE: { pupilCodes: readonly string[] };
  /** measures that cannot be placed: pupils on no roll within reach, or twice */
  MEASURES_REFUSED: { unknown: PupilProblems; twice: PupilProblems };
  /** a run that has ended, or that another one took the place of */
  RUN_ENDED: { runId: number; state: string };
  /** a survey that is being built, open or closed where another state is needed */
  SURVEY_STATE: { state: string; needed: string };
  /** a write on an older revision: what stands now, and what was sent */
  ENTRY_CHANGED: { current: unknown; sent: unknown };
  /** an evaluation is not in a state that takes this */
  EVALUATION_CLOSED: { state: string };
  /** inspectors assigned to schools they must keep away from */
  CONFLICT_OF_INTEREST: {
    pairs: readonly { inspector: string; schoolCode: string; school: string; kind: string; until: string | null }[];
  };
  INPUT_INVALID: { problems: readonly { at: string; problem: string }[] };
  BUSY: { retryAfterSeconds: number };
  DATABASE_UNAVAILABLE: Record<string, never>;
  DISK_FULL: { folder?: string; freeMb?: number };
  // raised only while starting
  DATA_FOLDER_NOT_WRITABLE: { folder: string; problem: string };
  DATA_FOLDER_NEWER: { folder: string; found: string; supported: string };
  DATA_FOLDER_OLDER: { folder: string; found: string; supported: string };
  DATABASE_NEWER: { found: string; supported: string };
  DATABASE_TOO_OLD: { found: string; supported: string };
  MIGRATION_CHANGED: { migration: string };
  ROLES_MISSING: { problem: string };
  EMBEDDED_MISSING: { platform: string };
  EMBEDDED_FAILED: { problem: string; log: string };
}

export type StoreFaultCode = keyof StoreFaultFields;

/** What a person at the terminal is told; the web has its own sentences by code. */
const sentences: { readonly [C in StoreFaultCode]: (fields: StoreFaultFields[C]) => string } = {
  FORBIDDEN: () => "没有进行此项操作的权限",
  NOT_FOUND: ({ what }) => `没有找到：${what}`,
  ALREADY_EXISTS: ({ what }) => `已经存在：${what}`,
  CHANGED_MEANWHILE: ({ what, by, at }) =>
    `${what}已被${by ?? "他人"}修改${at === null ? "" : `（${at}）`}，请刷新后重试`,
  IMPORT_HAS_ERRORS: ({ errorCount }) => `文件中还有 ${errorCount} 处错误，不能导入`,
  IMPORT_STALE: ({ by, at }) =>
    `检查之后，${by ?? "他人"}${at === null ? "" : `于 ${at} `}改动了同样的数据，请重新检查文件`,
  IMPORT_CLOSED: ({ importId, state }) => `第 ${importId} 次导入已经处理过（${state}）`,
  RETURN_CLOSED: ({ schools }) =>
    `下列学校的填报已提交、核定或锁定，不能修改：${schools.map((s) => s.schoolCode).join("、")}`,
  YEAR_LOCKED: ({ schoolYear }) => `${schoolYear}-${schoolYear + 1} 学年已锁定，不能修改`,
  UNDO_REFUSED: ({ batchId, reason, laterBatchId }) =>
    reason === "undone"
      ? `第 ${batchId} 批已经撤销过`
      : `第 ${batchId} 批之后又有第 ${laterBatchId ?? "?"} 批改动了同样的数据，请先撤销后一批`,
  ORGANISATION_CHANGE_REFUSED: ({ reason }) => reason,
  SCHOOL_UNKNOWN: ({ schoolCodes }) => `组织机构中没有下列学校标识码：${schoolCodes.join("、")}`,
  OUT_OF_REACH: ({ schoolCodes, sections }) =>
    `只能导入本校数据；不能导入：${[...schoolCodes, ...sections].join("、")}`,
  PUPIL_ELSEWHERE: ({ pupilCodes }) => `下列学籍号在本学年已属于其他学校：${pupilCodes.join("、")}`,
  MEASURES_REFUSED: ({ unknown, twice }) =>
    `有 ${unknown.count} 个学籍号不在可填报学校当年的名册中，${twice.count} 个学籍号重复：${[
      ...unknown.rows,
      ...twice.rows,
    ]
      .slice(0, 10)
      .map(([row, code]) => `第 ${row} 行 ${code}`)
      .join("、")}`,
  RUN_ENDED: ({ runId, state }) => `第 ${runId} 次计算已经结束（${state}）`,
  SURVEY_STATE: ({ state }) =>
    state === "draft" ? "问卷还没有开放" : state === "open" ? "问卷已经开放，不能再修改" : "问卷已经结束",
  ENTRY_CHANGED: () => "内容已有更新的版本，未作覆盖",
  EVALUATION_CLOSED: ({ state }) => `评估所处状态（${state}）不接受此项操作`,
  CONFLICT_OF_INTEREST: ({ pairs }) =>
    `须回避：${pairs.map(({ inspector, school }) => `${inspector}—${school}`).join("、")}`,
  INPUT_INVALID: ({ problems }) => problems.map(({ at, problem }) => `${at}：${problem}`).join("；"),
  BUSY: () => "数据库正忙，请稍后再试",
  DATABASE_UNAVAILABLE: () => "数据库暂时不可用，请检查数据库服务和连接地址",
  DISK_FULL: ({ folder, freeMb }) =>
    `磁盘空间不足${folder === undefined ? "" : `（${folder}${freeMb === undefined ? "" : `，剩余 ${freeMb} MB`}）`}，请清理后再试`,
  DATA_FOLDER_NOT_WRITABLE: ({ folder, problem }) =>
    `数据目录不能写入：${folder}（${problem}）。请更改目录权限，或用 XINGFU_DATA 指定另一目录`,
  DATA_FOLDER_NEWER: ({ folder, found, supported }) =>
    `数据目录 ${folder} 由更新的版本建立（PostgreSQL ${found}，本程序为 ${supported}）。请升级本程序，或用 XINGFU_DATA 指定另一目录`,
  DATA_FOLDER_OLDER: ({ folder, found, supported }) =>
    `数据目录 ${folder} 由旧版数据库建立（PostgreSQL ${found}，本程序为 ${supported}），不能直接打开。请先用旧版本导出`,
  DATABASE_NEWER: ({ found, supported }) =>
    `数据库由更新的版本升级过（迁移 ${found}，本程序到 ${supported}）。请升级本程序`,
  DATABASE_TOO_OLD: ({ found, supported }) => `PostgreSQL 版本过低（${found}），需要 ${supported} 或以上`,
  MIGRATION_CHANGED: ({ migration }) => `迁移文件 ${migration} 与数据库中已执行的内容不一致，未作任何改动`,
  ROLES_MISSING: ({ problem }) => `不能建立数据库角色：${problem}。请用有 CREATEROLE 权限的用户执行一次迁移`,
  EMBEDDED_MISSING: ({ platform }) =>
    `没有适合本机（${platform}）的内置数据库，请用 DATABASE_URL 指定 PostgreSQL 15 或以上`,
  EMBEDDED_FAILED: ({ problem, log }) => `内置数据库未能启动：${problem}。日志：${log}`,
};

/** A refusal with its code; `message` is a Chinese sentence for a terminal. */
export class StoreFault<C extends StoreFaultCode = StoreFaultCode> extends Error {
  override readonly name = "StoreFault";
  readonly code: C;
  readonly fields: StoreFaultFields[C];
  constructor(code: C, fields: StoreFaultFields[C], options?: ErrorOptions) {
    super(sentences[code](fields), options);
    this.code = code;
    this.fields = fields;
  }
}
