/** What is wrong with a file, said so that the clerk who filled it in can mend it. */

import type { Section } from "@xingfu/domain/base";
import type { ProblemCode } from "@xingfu/domain/returns";

export const fileIssueCodes = [
  // the file as a whole; nothing of it is read
  "FILE_EMPTY",
  "FILE_TYPE",
  "FILE_CORRUPT",
  "FILE_TOO_LARGE",
  "FILE_BOMB",
  "FILE_MACRO",
  "FILE_ENCRYPTED",
  // its structure
  "SHEET_MISSING",
  "SHEET_TWICE",
  "SHEET_TOO_LARGE",
  "HEADER_MISSING",
  "COLUMN_MISSING",
  "COLUMN_TWICE",
  "COLUMN_UNKNOWN",
  "YEAR_MISSING",
  "YEAR_DIFFERS",
  "DISTRICT_MISSING",
  "DISTRICT_DIFFERS",
  "ENCODING",
  "ROW_SKIPPED",
  // one cell
  "REQUIRED",
  "NOT_A_NUMBER",
  "NOT_WHOLE",
  "OUT_OF_RANGE",
  "NOT_A_DATE",
  "NOT_IN_LIST",
  "NOT_YES_NO",
  "BAD_CODE",
  "TOO_LONG",
  "DATE_IN_TEXT",
  "FORMULA_ERROR",
  "FORMULA_NO_VALUE",
  "UNIT_IN_HEADER",
  "UNIT_IN_CELL",
  "READ_AS_GAP",
  "MERGED_CELLS",
  "OTHER_SCHOOL",
  "SHEET_NOT_OWN",
  // measures of pupils
  "MEASURE_YEAR",
  "MEASURE_KIND",
  "EXEMPT_WITH_VALUE",
  "DATE_IN_FUTURE",
  "DATE_NOT_IN_YEAR",
  "PUPIL_UNKNOWN",
] as const;
export type FileIssueCode = (typeof fileIssueCodes)[number] | "NEGATIVE";
export type IssueCode = FileIssueCode | ProblemCode;

export interface Issue {
  /** name of the sheet as in the file; "" when the file as a whole is meant */
  readonly sheet: string;
  readonly section: Section | null;
  /** 1-based row of the sheet; null = the sheet or file as a whole */
  readonly row: number | null;
  /** column letter, e.g. "C" */
  readonly column: string | null;
  /** header of the column, as the template prints it */
  readonly header: string | null;
  readonly code: IssueCode;
  readonly severity: "error" | "warning";
  readonly value: string | null;
  readonly expected: string | null;
  /** Chinese sentence: where, what, how to mend */
  readonly message: string;
}

/** Exact totals, also of issues that were not kept. */
export interface IssueTotals {
  readonly errors: number;
  readonly warnings: number;
  readonly byCode: Readonly<Partial<Record<IssueCode, number>>>;
  /** true when more issues were found than are listed */
  readonly isCut: boolean;
}

/** Issues kept of one file; totals stay exact beyond it, and a list this long is still readable in a browser. */
export const keptIssues = 5000;
/** Issues kept of one code and sheet, so that one kind of fault cannot crowd out the others. */
export const keptIssuesPerCode = 1000;

/** What each code says: what is wrong, and how to mend it. `{value}` and `{expected}` are put in. */
const sentences: Readonly<Record<IssueCode, string>> = {
  FILE_EMPTY: "文件是空的。请重新保存后再上传。",
  FILE_TYPE: "这个文件不能读取：{value}。请用 WPS 或 Excel 打开后“另存为”.xlsx 工作簿，再上传。",
  FILE_CORRUPT: "文件已损坏或没有传完整（{value}）。请在电脑上确认能打开，重新保存后再上传。",
  FILE_TOO_LARGE: "文件过大（{value}），最多 {expected}。请删除图片、附件和无关的工作表后再上传。",
  FILE_BOMB: "文件解压后的大小异常（{value}），为安全起见没有打开。请把数据复制到新下载的模板里再上传。",
  FILE_MACRO: "文件含有宏（{value}），为安全起见不接收。请“另存为”不含宏的 .xlsx 工作簿后再上传。",
  FILE_ENCRYPTED: "文件设有打开密码，不能读取。请取消密码后再上传。",
  SHEET_MISSING: "缺少工作表“{expected}”。请使用下载的模板填报，不要删除工作表或改名。",
  SHEET_TWICE: "有两张工作表都是“{expected}”：{value}。请只保留一张。",
  SHEET_TOO_LARGE: "工作表过大（{value}），最多 {expected}。请删除数据下方和右侧的空白行列后再上传。",
  HEADER_MISSING: "前 10 行里找不到表头（{expected}）。请恢复模板的表头行。",
  COLUMN_MISSING: "缺少下列各列：{expected}。请按模板补上；没有的列按未填报处理。",
  COLUMN_TWICE: "“{expected}”列出现了两次（{value}）。请删除多余的一列。",
  COLUMN_UNKNOWN: "模板没有“{value}”列，该列没有读取。如不需要可以忽略。",
  YEAR_MISSING: "没有填写学年。请在“填报说明”表的“学年”处填写，如 {expected}。",
  YEAR_DIFFERS: "工作簿的学年是 {value}，现在要导入的是 {expected}。请确认文件，或在“填报说明”表改正学年。",
  DISTRICT_MISSING: "没有填写{expected}。请在“填报说明”表填写。",
  DISTRICT_DIFFERS: "工作簿属于 {value}，现在要导入的是 {expected}。请确认没有拿错文件。",
  ENCODING: "文字编码不能识别（{value}）。请用 WPS 或 Excel 另存为“CSV UTF-8”或 .xlsx 后再上传。",
  ROW_SKIPPED: "这一行是合计或说明（{value}），没有读取。",
  REQUIRED: "必填项为空。请填写：{expected}。",
  NOT_A_NUMBER: "“{value}”不是数字。请填写{expected}。",
  NOT_WHOLE: "“{value}”不是整数。请填写{expected}。",
  OUT_OF_RANGE: "“{value}”超出允许范围。请填写{expected}。",
  NOT_A_DATE: "“{value}”不是日期。请填写{expected}。",
  NOT_IN_LIST: "“{value}”不在可选项内。请填写{expected}。",
  NOT_YES_NO: "“{value}”无法识别。请填写 {expected}。",
  BAD_CODE: "“{value}”不符合编码规则。请填写{expected}。",
  TOO_LONG: "文字过长。请缩短到{expected}。",
  DATE_IN_TEXT: "“{value}”被当成了日期。这里应为{expected}。",
  FORMULA_ERROR: "公式出错，显示为“{value}”。请改正公式，或直接填写数值。",
  FORMULA_NO_VALUE:
    "单元格是公式，但没有保存计算结果，按未填报处理。请用 WPS 或 Excel 打开并保存一次，或直接填写数值。",
  UNIT_IN_HEADER: "表头的单位是“{value}”，已换算为{expected}。",
  UNIT_IN_CELL: "“{value}”带有单位，已读作 {expected}。",
  READ_AS_GAP: "“{value}”按未填报处理。{expected}。",
  MERGED_CELLS: "合并单元格只有第一格有值。请取消合并，逐格填写{expected}。",
  SHEET_NOT_OWN: "这张表由区县填报，学校导入时没有读取。",
  OTHER_SCHOOL: "“{value}”不是本校。学校账号只能导入本校的数据（{expected}），请删除这一行。",
  MEASURE_YEAR: "这一行的学年是“{value}”，现在要导入的是{expected}。请改正学年，或在导入时选择对应的学年。",
  MEASURE_KIND: "这一行的项目是“{value}”，现在要导入的是{expected}。一个文件只放一个项目，请拆开后分别导入。",
  EXEMPT_WITH_VALUE: "填了“免测”，又有数值 {value}。请保留一项：{expected}。",
  DATE_IN_FUTURE: "“{value}”还没有到。请填写{expected}。",
  DATE_NOT_IN_YEAR: "“{value}”不在本学年内。请填写{expected}，或核对学年。",
  PUPIL_UNKNOWN: "名册中没有学籍号“{value}”。请填写{expected}；如为转入学生，请先更新学生名册。",
  DUPLICATE_ROW: "与{expected}重复（{value}）。请保留一行。",
  BAD_SCHOOL_CODE: "“{value}”不是有效的学校（机构）标识码。请填写{expected}。",
  UNKNOWN_TYPE: "办学类型“{value}”不在代码表内。请填写{expected}。",
  UNKNOWN_SCHOOL: "“学校”表里没有标识码为 {value} 的学校。请核对标识码，或先在“学校”表登记。",
  PARENT_MISSING: "不计校数的校区必须填写所属学校标识码，并且该校在“学校”表内（{value}）。请填写{expected}。",
  PARENT_CHAIN: "所属学校 {value} 不能是自己，也不能是另一个不计校数的校区。请填写{expected}。",
  STAGE_NOT_OF_TYPE: "{value}与办学类型不符。请核对：{expected}。",
  STAGE_WITHOUT_PUPILS: "该校“学校”表没有{value}的学生数。请核对学段，或补填学生数。",
  PUPIL_SUM: "学生数 {value} 与“班级”表之和不一致：{expected}。请核对两张表。",
  CLASS_SUM: "班额分段的班数 {value} 与“班级”表不一致：{expected}。请核对两张表。",
  BAND_SUM: "班额分段与学生数不相容：学生数 {value}，按分段应在{expected}。请核对。",
  STAFF_COUNTS_DISAGREE: "与“教职工”表统计的结果不一致：这里是 {value}，名单为 {expected}。计算时以名单为准，请核对。",
  PART_ABOVE_WHOLE: "{value} 大于{expected}。部分不能大于总体，请核对。",
  NEGATIVE: "“{value}”是负数。请填写{expected}。",
  ZERO_PUPILS: "学生数为 0。如确无学生，该校不参加计算；如未统计请留空（{expected}）。",
  NO_PUPILS_REPORTED: "没有填写任何学段的学生数，该校无法计算。请填写{expected}。",
  IMPLAUSIBLE: "数值异常：{value}。通常为{expected}，请核对单位和小数点。",
  CHANGED_MUCH: "与上一学年相比变化较大：现为 {value}，{expected}。请核实。",
  NOT_IN_LAST_YEAR: "上一学年没有这所学校（{value}）。如为新建或更换标识码，请核实。",
  GONE_SINCE_LAST_YEAR: "上一学年有、本学年没有：{value}。如已撤并可以忽略，否则请补填。",
  WHOLE_AND_STAGE: "同一项资源既按全校又按学段填报（{value}），会重复计算。请保留一种：{expected}。",
  ROW_MISSING: "“{expected}”表没有该校的数据（{value}），有关指标将无法判定。请补填。",
};

/** What is known of an issue before its sentence is made. */
export type IssueFacts = Omit<Issue, "message">;

/** Where and what in one sentence, e.g. "“学校”表第 12 行 D 列“办学类型”：…". */
export function issueMessage(issue: IssueFacts): string {
  const expected = issue.expected ?? "正确的内容";
  const sentence = sentences[issue.code]
    .replaceAll("{value}", issue.value ?? "空")
    // Chinese and figures are set apart by a space
    .replaceAll(
      /([\p{sc=Han}])\{expected\}/gu,
      (_, before: string) => `${before}${/^[\dA-Za-z]/u.test(expected) ? " " : ""}${expected}`,
    )
    .replaceAll("{expected}", expected);
  if (issue.sheet === "") return sentence;
  const row = issue.row === null ? "" : `第 ${issue.row} 行`;
  const column = issue.column === null ? "" : ` ${issue.column} 列`;
  const header = issue.header === null ? "" : `“${issue.header}”`;
  return `“${issue.sheet}”表${row}${column}${header}：${sentence}`;
}

/** Gathers issues with exact totals, keeping only as many as stay readable; errors before warnings. */
export class IssueList {
  private readonly errors: Issue[] = [];
  private readonly warnings: Issue[] = [];
  private readonly kept = new Map<string, number>();
  private readonly byCode: Partial<Record<IssueCode, number>> = {};
  private counts = { error: 0, warning: 0 };
  private readonly sheets = new Map<string, number>();

  /** Sheets in the order of the workbook, so that issues can be sorted by it. */
  knowSheets(names: readonly string[]): void {
    for (const name of names) this.sheets.set(name, this.sheets.size);
  }

  add(facts: IssueFacts): void {
    this.counts[facts.severity] += 1;
    this.byCode[facts.code] = (this.byCode[facts.code] ?? 0) + 1;
    const key = `${facts.sheet}|${facts.code}|${facts.severity}`;
    const kept = this.kept.get(key) ?? 0;
    const list = facts.severity === "error" ? this.errors : this.warnings;
    if (kept >= keptIssuesPerCode || list.length >= keptIssues) return;
    this.kept.set(key, kept + 1);
    list.push({ ...facts, message: issueMessage(facts) });
  }

  get hasErrors(): boolean {
    return this.counts.error > 0;
  }

  /** Sorted by sheet, row, column. */
  list(): Issue[] {
    const all = [...this.errors, ...this.warnings].slice(0, keptIssues);
    const place = (issue: Issue): readonly [number, number, number] => [
      issue.sheet === "" ? -1 : (this.sheets.get(issue.sheet) ?? Number.MAX_SAFE_INTEGER),
      issue.row ?? 0,
      issue.column === null ? 0 : columnNumber(issue.column),
    ];
    return all.toSorted((a, b) => {
      const [x, y] = [place(a), place(b)];
      return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
    });
  }

  totals(): IssueTotals {
    const keptCount = Math.min(this.errors.length + this.warnings.length, keptIssues);
    return {
      errors: this.counts.error,
      warnings: this.counts.warning,
      byCode: { ...this.byCode },
      isCut: this.counts.error + this.counts.warning > keptCount,
    };
  }
}

/** "A" → 1, "AA" → 27. */
export function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

/** 0 → "A", 26 → "AA". */
export function columnLetter(index: number): string {
  let letters = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}
