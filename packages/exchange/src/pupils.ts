/** The roll (学生名册): one row per pupil, streamed both ways because a district has hundreds of thousands. */

import type { PupilRow, SchoolYear, Stage } from "@xingfu/domain/base";
import { schoolYearLabel } from "@xingfu/domain/base";
import { streamXlsxRows, writeXlsxStream } from "hucre";

import { openCsv } from "./file/csv.ts";
import type { Refusal } from "./file/guard.ts";
import { refuseWorkbook, rollLimits, sheetNames } from "./file/guard.ts";
import type { AnyColumn, CellData } from "./template/column.ts";
import { headerText, people, plain, splitHeader } from "./template/column.ts";
import type { Issue, IssueCode, IssueTotals } from "./template/issue.ts";
import { IssueList, columnLetter } from "./template/issue.ts";
import type { RawCell } from "./template/values.ts";
import { isBlank, readCell, shown, writeCell } from "./template/values.ts";
import { stageChoices } from "./templates/choices.ts";
import { codeRule, date, schoolCodeType, statistics, text, whole, yesNo } from "./templates/parts.ts";

export interface PupilsRead {
  /** rows handed to onRows */
  readonly count: number;
  readonly issues: readonly Issue[];
  readonly totals: IssueTotals;
}

export interface ReadPupilsOptions {
  readonly fileName: string;
  /** called with batches of valid rows, in order; awaited, so a slow consumer slows the reader */
  readonly onRows: (rows: readonly PupilRow[]) => void | Promise<void>;
  /** default 5000 */
  readonly batchSize?: number;
  /** rows of other schools are errors */
  readonly onlySchools?: readonly string[];
}

const sheetName = "学生名册";
const rollNames = new Set(["学生名册", "学生", "名册", "学籍", "学籍名册"]);
const sexes = [
  { value: "male", label: "男", aliases: ["1", "男性"] },
  { value: "female", label: "女", aliases: ["2", "女性"] },
] as const;

interface PupilColumn extends AnyColumn {
  readonly key: keyof PupilRow;
}

function pupilColumn(
  key: keyof PupilRow,
  header: string,
  type: AnyColumn["type"],
  help: string,
  source: string,
  isRequired: boolean,
  aliases: readonly string[],
  width: number,
): PupilColumn {
  return { key, header, unit: null, aliases, isRequired, type, help, source, width };
}

const pupilCode = {
  kind: "code",
  pattern: /^[GJLgjl]\d{17}[\dXx]$/,
  form: "19 位学籍号：G、J 或 L 开头，后接 18 位数字",
} as const;
const columns: readonly PupilColumn[] = [
  pupilColumn(
    "schoolCode",
    "学校标识码",
    schoolCodeType,
    "10 位学校（机构）标识码。",
    codeRule,
    true,
    ["学校代码", "标识码", "学校（机构）标识码"],
    14,
  ),
  pupilColumn("pupilCode", "学籍号", pupilCode, "19 位全国学籍号。", statistics, true, ["学籍号码", "全国学籍号"], 22),
  pupilColumn("name", "姓名", text(60), "学生姓名。", statistics, true, ["学生姓名"], 12),
  pupilColumn("sex", "性别", { kind: "choice", choices: () => sexes }, "男或女。", statistics, false, [], 8),
  pupilColumn("birthDate", "出生日期", date, "如 2018-09-01。", statistics, false, ["出生年月日", "生日"], 13),
  pupilColumn("stage", "学段", { kind: "choice", choices: stageChoices }, "就读学段。", statistics, true, [], 10),
  pupilColumn(
    "grade",
    "年级",
    whole(1, 6, { 年级: 1, ...people }),
    "学段内的年级序号。",
    statistics,
    true,
    ["年级序号"],
    8,
  ),
  pupilColumn("className", "班级名称", text(40), "与“班级”表一致。", statistics, true, ["班级", "班名"], 14),
  pupilColumn("isMigrant", "是否随迁子女", yesNo, "进城务工人员随迁子女填“是”。", statistics, false, ["随迁子女"], 13),
];

/** Reads a pupils sheet (xlsx or csv by content) row by row. Never throws on content; what onRows throws goes through. */
export async function readPupils(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: ReadPupilsOptions,
): Promise<PupilsRead> {
  const issues = new IssueList();
  const bytes = source instanceof Uint8Array ? source : await gather(source);
  const reader = new PupilReader(issues, options);
  const end = (refusal: Refusal | null): PupilsRead => {
    if (refusal !== null) {
      issues.add({ sheet: "", section: null, row: null, column: null, header: null, severity: "error", ...refusal });
    }
    return { count: reader.count, issues: issues.list(), totals: issues.totals() };
  };
  if (bytes === null)
    return end({ code: "FILE_TOO_LARGE", value: "超过上限", expected: `${rollLimits.maxBytes / 1e6} MB` });
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!isZip && options.fileName.toLowerCase().endsWith(".csv")) {
    const opened = openCsv(bytes, sheetName, rollLimits);
    if ("refusal" in opened) return end(opened.refusal);
    let index = 0;
    for (const row of opened.grid.rows) {
      await reader.take(index, row);
      index += 1;
    }
  } else {
    const refusal = refuseWorkbook(bytes, options.fileName, rollLimits);
    if (refusal !== null) return end(refusal);
    let index = 0;
    // a roll in a workbook with other sheets is found by its name, else it is the first sheet
    const sheet = Math.max(
      0,
      sheetNames(bytes).findIndex((name) => rollNames.has(plain(name))),
    );
    const rows = streamXlsxRows(bytes, { sheet });
    for (;;) {
      let next: Awaited<ReturnType<typeof rows.next>>;
      try {
        next = await rows.next();
      } catch (error) {
        return end({
          code: "FILE_CORRUPT",
          value: error instanceof Error ? error.message : String(error),
          expected: null,
        });
      }
      if (next.done === true) break;
      index = next.value.index;
      if (index >= rollLimits.maxRows) break;
      await reader.take(index, next.value.values);
    }
  }
  await reader.finish();
  return end(null);
}

async function gather(source: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > rollLimits.maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Takes rows one by one: first the header is looked for, then each row is read and handed on in batches. */
class PupilReader {
  count = 0;
  private places: readonly { readonly column: PupilColumn; readonly index: number }[] | null = null;
  private batch: PupilRow[] = [];
  private hasFailed = false;
  private readonly own: ReadonlySet<string> | null;
  private readonly issues: IssueList;
  private readonly options: ReadPupilsOptions;

  constructor(issues: IssueList, options: ReadPupilsOptions) {
    this.issues = issues;
    this.options = options;
    this.own = options.onlySchools === undefined ? null : new Set(options.onlySchools);
  }

  async take(row: number, cells: readonly RawCell[]): Promise<void> {
    if (this.hasFailed) return;
    if (this.places === null) {
      this.places = this.findHeader(row, cells);
      if (this.places === null && row >= 9) this.failHeader();
      return;
    }
    const pupil = this.read(row, cells, this.places);
    if (pupil === null) return;
    this.batch.push(pupil);
    if (this.batch.length >= (this.options.batchSize ?? 5000)) await this.flush();
  }

  async finish(): Promise<void> {
    if (this.places === null && !this.hasFailed) this.failHeader();
    await this.flush();
  }

  private failHeader(): void {
    this.hasFailed = true;
    this.issue("error", "HEADER_MISSING", null, null, null, null, columns.slice(0, 4).map(headerText).join("、"));
  }

  private async flush(): Promise<void> {
    if (this.batch.length === 0) return;
    this.count += this.batch.length;
    const rows = this.batch;
    this.batch = [];
    await this.options.onRows(rows);
  }

  private issue(
    severity: "error" | "warning",
    code: IssueCode,
    row: number | null,
    index: number | null,
    header: string | null,
    value: string | null,
    expected: string | null,
  ): void {
    this.issues.add({
      sheet: sheetName,
      section: null,
      row: row === null ? null : row + 1,
      column: index === null ? null : columnLetter(index),
      header,
      code,
      severity,
      value,
      expected,
    });
  }

  private findHeader(
    row: number,
    cells: readonly RawCell[],
  ): readonly { readonly column: PupilColumn; readonly index: number }[] | null {
    const places: { column: PupilColumn; index: number }[] = [];
    cells.forEach((cell, index) => {
      if (typeof cell !== "string") return;
      const { name } = splitHeader(cell);
      const column = columns.find((candidate) =>
        [candidate.header, ...candidate.aliases].some((known) => plain(known) === name),
      );
      if (column !== undefined && !places.some((place) => place.column === column)) places.push({ column, index });
    });
    if (places.length < 3) return null;
    for (const column of columns) {
      if (places.some((place) => place.column === column)) continue;
      this.issue(column.isRequired ? "error" : "warning", "COLUMN_MISSING", row, null, null, null, headerText(column));
      if (column.isRequired) this.hasFailed = true;
    }
    return places;
  }

  private read(
    row: number,
    cells: readonly RawCell[],
    places: readonly { readonly column: PupilColumn; readonly index: number }[],
  ): PupilRow | null {
    if (places.every(({ index }) => isBlank(cells[index]))) return null;
    const values: { -readonly [K in keyof PupilRow]?: CellData } = {};
    let isUsable = true;
    for (const { column, index } of places) {
      const raw = cells[index] ?? null;
      const read = readCell(column, raw, null);
      if (read.fault !== undefined) {
        this.issue("error", read.fault.code, row, index, column.header, shown(raw), read.fault.expected);
        isUsable = false;
      } else if (read.value === null && column.isRequired) {
        this.issue("error", "REQUIRED", row, index, column.header, null, column.help);
        isUsable = false;
      }
      values[column.key] = read.value;
    }
    if (!isUsable) return null;
    const schoolCode = String(values.schoolCode);
    if (this.own !== null && !this.own.has(schoolCode)) {
      this.issue(
        "error",
        "OTHER_SCHOOL",
        row,
        places[0]?.index ?? null,
        "学校标识码",
        schoolCode,
        [...this.own].slice(0, 3).join("、"),
      );
      return null;
    }
    return {
      schoolCode,
      pupilCode: String(values.pupilCode).toUpperCase(),
      name: String(values.name),
      sex: values.sex === "male" || values.sex === "female" ? values.sex : null,
      birthDate: typeof values.birthDate === "string" ? values.birthDate : null,
      stage: stageOf(values.stage),
      grade: Number(values.grade),
      className: String(values.className),
      isMigrant: typeof values.isMigrant === "boolean" ? values.isMigrant : null,
    };
  }
}

/** The drop-down gives nothing but stages; "primary" is never reached. */
function stageOf(value: CellData | undefined): Stage {
  return value === "kindergarten" || value === "junior" || value === "senior" || value === "vocational"
    ? value
    : "primary";
}

export interface WritePupilsOptions {
  readonly schoolYear: SchoolYear;
  readonly district: { readonly code: string; readonly name: string };
  readonly rows: Iterable<PupilRow> | AsyncIterable<PupilRow>;
  readonly isSample: boolean;
}

/** The roll as chunks of an xlsx file; memory does not grow with the rows. */
export async function* writePupils(options: WritePupilsOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { district, schoolYear, isSample } = options;
  async function* lines(): AsyncGenerator<RawCell[]> {
    yield [`${district.name}学生名册（${schoolYearLabel(schoolYear)}）${isSample ? "【示例数据】" : ""}`];
    yield columns.map(headerText);
    for await (const row of options.rows) {
      // dates as text: the streaming writer has no styles, and a bare serial number would be unreadable
      yield columns.map((column) =>
        column.key === "birthDate" ? row.birthDate : writeCell(column.type, row[column.key]),
      );
    }
  }
  const stream = writeXlsxStream(lines(), {
    name: sheetName,
    columns: columns.map((column) => ({ width: column.width })),
    freezePane: { rows: 2 },
  });
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // a reader that stopped early must not keep the writer waiting
  }
}
