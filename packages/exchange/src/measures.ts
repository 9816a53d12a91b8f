/** Measures of pupils (体质健康、视力 …): one row per pupil, for one kind and one school year, streamed. */

import type { SchoolYear } from "@xingfu/domain/base";
import { schoolYearLabel } from "@xingfu/domain/base";
import type { SourceKind } from "@xingfu/domain/growth";
import { sourceKinds } from "@xingfu/domain/growth";
import { entryAt } from "@xingfu/standards";

import type { Choice } from "./template/column.ts";
import type { Issue } from "./template/issue.ts";
import { issueMessage } from "./template/issue.ts";
import type { ListColumn, ListRead, ListTemplate } from "./template/list.ts";
import { readList, writeList } from "./template/list.ts";
import { date, decimal, pupilCodeType, statistics, text, yesNo } from "./templates/parts.ts";

/** One pupil's measure as a file has it. */
export interface MeasureRow {
  /** row of the sheet, from 1 */
  readonly row: number;
  readonly pupilCode: string;
  /** null = exempt (免测) */
  readonly value: number | null;
  /** ISO date; null = not given */
  readonly measuredOn: string | null;
}

export interface ReadMeasuresOptions {
  readonly fileName: string;
  /** what the file has to hold; rows of another kind or year are errors */
  readonly kind: SourceKind;
  readonly year: SchoolYear;
  /** values outside cannot be true; null = every number is taken */
  readonly range: { readonly low: number; readonly high: number } | null;
  /** today in the district, ISO date: a measurement lies before it */
  readonly today: string;
  readonly onRows: (rows: readonly MeasureRow[]) => void | Promise<void>;
  readonly batchSize?: number;
}

const aliases: Partial<Record<SourceKind, readonly string[]>> = {
  fitness: ["体质健康测试", "国家学生体质健康标准", "体测", "体质健康总分", "学年总分"],
  vision: ["视力检查", "裸眼视力", "视力监测"],
  graduationExam: ["中考", "高考", "毕业考试", "会考"],
  regionalExam: ["期末统考", "区统考", "全区统考", "期末考试", "期中考试", "月考", "统考", "模拟考试"],
  schoolExam: ["校内考试", "单元测验", "期末测评"],
};

/** Name of a kind, as the district's list of sources prints it; that of an exam is not the one use it may have there. */
export function measureLabel(kind: SourceKind): string {
  if (kind === "regionalExam") return "区域性考试";
  return entryAt(`district-2026-growth/sources/${kind}`)?.shortLabel ?? kind;
}

const kindChoices: readonly Choice[] = sourceKinds.map((kind) => ({
  value: kind,
  label: measureLabel(kind),
  aliases: aliases[kind] ?? [],
}));

type Key = "pupilCode" | "name" | "year" | "kind" | "value" | "measuredOn" | "isExempt";

function measureColumn(
  key: Key,
  header: string,
  type: ListColumn<Key>["type"],
  help: string,
  isRequired: boolean,
  more: { readonly aliases: readonly string[]; readonly width: number },
): ListColumn<Key> {
  return { key, header, unit: null, isRequired, type, help, source: statistics, ...more };
}

const template: ListTemplate<Key> = {
  sheet: "测量数据",
  sheetAliases: ["体质健康", "体测", "视力", "测量"],
  columns: [
    measureColumn("pupilCode", "学籍号", pupilCodeType, "与学生名册一致的 19 位学籍号。", true, {
      aliases: ["学籍号码", "全国学籍号"],
      width: 22,
    }),
    measureColumn("name", "姓名", text(60), "可以不填，不读取。", false, { aliases: ["学生姓名"], width: 12 }),
    measureColumn("year", "学年", text(30), "如 2025-2026学年。", true, { aliases: ["学年度"], width: 16 }),
    measureColumn("kind", "项目", { kind: "choice", choices: () => kindChoices }, "如 体质健康、视力。", true, {
      aliases: ["测量项目", "指标"],
      width: 14,
    }),
    measureColumn("value", "数值", decimal(-1e6, 1e6, {}), "测量结果；免测的留空。", false, {
      aliases: ["结果", "得分", "总分", "视力值", "成绩"],
      width: 10,
    }),
    measureColumn("measuredOn", "测量日期", date, "如 2025-11-15。", false, {
      aliases: ["日期", "测试日期", "检查日期"],
      width: 13,
    }),
    measureColumn("isExempt", "免测", yesNo, "因病、残疾等免测或未测的填“是”。", false, {
      aliases: ["是否免测", "免试"],
      width: 8,
    }),
  ],
};

/** Reads a file of measures (xlsx, or CSV in UTF-8 or GBK), row by row. Never throws on content. */
export async function readMeasures(bytes: Uint8Array, options: ReadMeasuresOptions): Promise<ListRead> {
  const { kind, year, range, today } = options;
  const seen = new Map<string, number>();
  const firstDay = `${year}-09-01`;
  const lastDay = `${year + 1}-08-31`;
  return readList(bytes, template, {
    fileName: options.fileName,
    onRows: options.onRows,
    ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
    make: ({ row, values, refuse }): MeasureRow | null => {
      let isSound = true;
      const fail = (...wrong: Parameters<typeof refuse>): void => {
        isSound = false;
        refuse(...wrong);
      };
      const pupilCode = String(values.pupilCode).toUpperCase();
      const value = typeof values.value === "number" ? values.value : null;
      const measuredOn = typeof values.measuredOn === "string" ? values.measuredOn : null;
      if (yearIn(String(values.year)) !== year) {
        fail("MEASURE_YEAR", "year", String(values.year), schoolYearLabel(year));
      }
      if (values.kind !== kind) {
        fail("MEASURE_KIND", "kind", measureLabel(values.kind as SourceKind), measureLabel(kind)); // the choices are the kinds
      }
      if (values.isExempt === true && value !== null) {
        fail("EXEMPT_WITH_VALUE", "isExempt", String(value), "数值或免测，只填一项");
      } else if (values.isExempt !== true && value === null) {
        fail("REQUIRED", "value", null, "测量结果；免测、未测的在“免测”栏填“是”");
      } else if (value !== null && range !== null && (value < range.low || value > range.high)) {
        fail("IMPLAUSIBLE", "value", String(value), `${range.low}–${range.high}`);
      }
      if (measuredOn !== null && measuredOn > today) {
        fail("DATE_IN_FUTURE", "measuredOn", measuredOn, `不晚于今天（${today}）的日期`);
      } else if (measuredOn !== null && (measuredOn < firstDay || measuredOn > lastDay)) {
        fail("DATE_NOT_IN_YEAR", "measuredOn", measuredOn, `${firstDay} 至 ${lastDay} 的日期`);
      }
      const first = seen.get(pupilCode);
      if (first === undefined) seen.set(pupilCode, row);
      else fail("DUPLICATE_ROW", "pupilCode", pupilCode, `第 ${first} 行`);
      return isSound ? { row, pupilCode, value, measuredOn } : null;
    },
  });
}

/** The first calendar year of "2025-2026学年", "2025—2026", "2025学年", "2025"; null when it is none of them. */
function yearIn(words: string): number | null {
  const found = /^(\d{4})(?:[-—–~至/](\d{4}|\d{2}))?(?:学年度?|年)?$/u.exec(
    words.normalize("NFKC").replaceAll(/\s/gu, ""),
  );
  if (found === null) return null;
  const first = Number(found[1]);
  const second = found[2] === undefined ? first + 1 : Number(found[2]);
  return second % 100 === (first + 1) % 100 ? first : null;
}

/** Pupils that the database could not place, as issues of the file they came from. */
export function placingIssues(problems: {
  readonly unknown: readonly (readonly [row: number, pupilCode: string])[];
  readonly twice: readonly (readonly [row: number, pupilCode: string])[];
}): readonly Issue[] {
  const issue = (code: "PUPIL_UNKNOWN" | "DUPLICATE_ROW", row: number, value: string, expected: string): Issue => {
    const facts = { sheet: template.sheet, section: null, row, column: null, header: "学籍号", code, value, expected };
    return { ...facts, severity: "error", message: issueMessage({ ...facts, severity: "error" }) };
  };
  return [
    ...problems.unknown.map(([row, code]) => issue("PUPIL_UNKNOWN", row, code, "本校（本区）当年学生名册中的学籍号")),
    ...problems.twice.map(([row, code]) => issue("DUPLICATE_ROW", row, code, "另一行")),
  ].toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0));
}

export interface WriteMeasuresOptions {
  readonly kind: SourceKind;
  readonly year: SchoolYear;
  readonly district: string;
  readonly isSample: boolean;
  /** empty for a template to fill in */
  readonly rows: Iterable<Omit<MeasureRow, "row">>;
}

/** Measures as chunks of an xlsx file that `readMeasures` reads back. */
export function writeMeasures(options: WriteMeasuresOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { kind, year, district, isSample, rows } = options;
  const label = measureLabel(kind);
  function* lines(): Generator<(string | number | null)[]> {
    for (const { pupilCode, value, measuredOn } of rows)
      yield [pupilCode, null, schoolYearLabel(year), label, value, measuredOn, value === null ? "是" : null];
  }
  const title = `${district}${label}测量数据（${schoolYearLabel(year)}）${isSample ? "【示例数据】" : ""}`;
  return writeList(template, title, lines());
}
