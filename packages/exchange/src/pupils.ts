/** The roll (学生名册): one row per pupil, streamed both ways because a district has hundreds of thousands. */

import type { PupilRow, SchoolYear, Stage } from "@xingfu/domain/base";
import { schoolYearLabel } from "@xingfu/domain/base";

import type { AnyColumn, CellData } from "./template/column.ts";
import { people } from "./template/column.ts";
import type { ListColumn, ListRead, ListTemplate } from "./template/list.ts";
import { readList, writeList } from "./template/list.ts";
import type { RawCell } from "./template/values.ts";
import { writeCell } from "./template/values.ts";
import { stageChoices } from "./templates/choices.ts";
import { codeRule, date, pupilCodeType, schoolCodeType, statistics, text, whole, yesNo } from "./templates/parts.ts";

export type PupilsRead = ListRead;

export interface ReadPupilsOptions {
  readonly fileName: string;
  /** called with batches of valid rows, in order; awaited, so a slow consumer slows the reader */
  readonly onRows: (rows: readonly PupilRow[]) => void | Promise<void>;
  /** default 5000 */
  readonly batchSize?: number;
  /** rows of other schools are errors */
  readonly onlySchools?: readonly string[];
}

const sexes = [
  { value: "male", label: "男", aliases: ["1", "男性"] },
  { value: "female", label: "女", aliases: ["2", "女性"] },
] as const;

type PupilColumn = ListColumn<keyof PupilRow>;

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
  pupilColumn(
    "pupilCode",
    "学籍号",
    pupilCodeType,
    "19 位全国学籍号。",
    statistics,
    true,
    ["学籍号码", "全国学籍号"],
    22,
  ),
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

const template: ListTemplate<keyof PupilRow> = {
  sheet: "学生名册",
  sheetAliases: ["学生", "名册", "学籍", "学籍名册"],
  columns,
};

/** Reads a pupils sheet (xlsx or csv by content) row by row. Never throws on content; what onRows throws goes through. */
export async function readPupils(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  { onlySchools, ...options }: ReadPupilsOptions,
): Promise<PupilsRead> {
  const own = onlySchools === undefined ? null : new Set(onlySchools);
  return readList(source, template, {
    ...options,
    make: ({ values, refuse }): PupilRow | null => {
      const schoolCode = String(values.schoolCode);
      if (own !== null && !own.has(schoolCode)) {
        refuse("OTHER_SCHOOL", "schoolCode", schoolCode, [...own].slice(0, 3).join("、"));
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
    },
  });
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
export function writePupils(options: WritePupilsOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { district, schoolYear, isSample } = options;
  async function* lines(): AsyncGenerator<RawCell[]> {
    for await (const row of options.rows) {
      // dates as text: the streaming writer has no styles, and a bare serial number would be unreadable
      yield columns.map((column) =>
        column.key === "birthDate" ? row.birthDate : writeCell(column.type, row[column.key]),
      );
    }
  }
  const title = `${district.name}学生名册（${schoolYearLabel(schoolYear)}）${isSample ? "【示例数据】" : ""}`;
  return writeList(template, title, lines());
}
