import { schoolYear } from "@xingfu/domain/base";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";

import type { MeasureRow } from "./index.ts";
import { placingIssues, readMeasures, writeMeasures } from "./index.ts";
import type { ReadMeasuresOptions } from "./measures.ts";

const year = schoolYear(2025);
const pupil = (number: number): string => `G5001992018${String(number).padStart(8, "0")}`;
const bytesOf = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
};

async function read(bytes: Uint8Array, change: Partial<ReadMeasuresOptions> = {}) {
  const rows: MeasureRow[] = [];
  const result = await readMeasures(bytes, {
    fileName: "体测.xlsx",
    kind: "fitness",
    year,
    range: { low: 0, high: 120 },
    today: "2026-03-01",
    onRows: (batch) => {
      rows.push(...batch);
    },
    ...change,
  });
  return { ...result, rows };
}

const csv = (lines: readonly string[]): Uint8Array =>
  Buffer.from(["学籍号,姓名,学年,项目,数值,测量日期,免测", ...lines].join("\r\n"));
const csvRead = (lines: readonly string[], change: Partial<ReadMeasuresOptions> = {}) =>
  read(csv(lines), { fileName: "体测.csv", ...change });

describe("a file of measures", () => {
  it("reads back as it was written", async () => {
    const rows = Array.from({ length: 12_000 }, (_, at) => ({
      pupilCode: pupil(at),
      value: at % 50 === 0 ? null : 60 + (at % 400) / 10,
      measuredOn: "2025-11-15",
    }));
    const bytes = await bytesOf(writeMeasures({ kind: "fitness", year, district: "示例区", isSample: true, rows }));
    const found = await read(bytes);
    expect(found.totals).toMatchObject({ errors: 0, warnings: 0 });
    expect(found.count).toBe(12_000);
    expect(found.rows).toEqual(rows.map((row, at) => ({ ...row, row: at + 3 })));
  });

  it("may be a CSV in GBK with the names of another form", async () => {
    const text = `学籍号码,学年度,测量项目,总分,测试日期\r\n${pupil(1)},2025—2026学年,体测,85.5,2025/11/3\r\n`;
    const found = await read(iconv.encode(text, "gbk"), { fileName: "a.csv" });
    expect(found.totals.errors).toBe(0);
    expect(found.rows).toEqual([{ row: 2, pupilCode: pupil(1), value: 85.5, measuredOn: "2025-11-03" }]);
  });

  it("says everything that is wrong at once, with row, column, value and what was expected", async () => {
    const found = await csvRead([
      `${pupil(1)},,2025-2026学年,体质健康,85,2025-11-15,`,
      `${pupil(2)},,2024-2025学年,体质健康,85,2025-11-15,`,
      `${pupil(3)},,2025,视力,5.0,2025-11-15,`,
      `${pupil(4)},,2025,体质健康,850,2025-11-15,`,
      `${pupil(5)},,2025,体质健康,85,2026-03-02,`,
      `${pupil(6)},,2025,体质健康,85,2025-08-31,`,
      `${pupil(1)},,2025,体质健康,86,2025-11-15,`,
      `${pupil(7)},,2025,体质健康,,2025-11-15,`,
      `${pupil(8)},,2025,体质健康,85,2025-11-15,是`,
      `12345,,2025,体质健康,85,2025-11-15,`,
      `${pupil(9)},,2025,体质健康,优秀,2025-11-15,`,
      `${pupil(10)},,2025,语文,85,2025-11-15,`,
      `${pupil(11)},,2025,体质健康,,2025-11-15,是`,
    ]);
    expect(found.issues.map(({ row, column, code, value }) => [row, column, code, value])).toEqual([
      [3, "C", "MEASURE_YEAR", "2024-2025学年"],
      [4, "D", "MEASURE_KIND", "视力"],
      [5, "E", "IMPLAUSIBLE", "850"],
      [6, "F", "DATE_IN_FUTURE", "2026-03-02"],
      [7, "F", "DATE_NOT_IN_YEAR", "2025-08-31"],
      [8, "A", "DUPLICATE_ROW", pupil(1)],
      [9, "E", "REQUIRED", null],
      [10, "G", "EXEMPT_WITH_VALUE", "85"],
      [11, "A", "BAD_CODE", "12345"],
      [12, "E", "NOT_A_NUMBER", "优秀"],
      [13, "D", "NOT_IN_LIST", "语文"],
    ]);
    expect(found.rows.map(({ row, value }) => [row, value])).toEqual([
      [2, 85],
      [14, null],
    ]);
    expect(found.issues[2]?.message).toBe(
      "“测量数据”表第 5 行 E 列“数值”：数值异常：850。通常为 0–120，请核对单位和小数点。",
    );
    expect(found.issues[1]?.message).toContain("请拆开后分别导入");
  });

  it("holds several things wrong with one row", async () => {
    const found = await csvRead([`${pupil(1)},,2020,视力,300,2030-01-01,`]);
    expect(found.totals.errors).toBe(4);
  });

  it("of an examination that is not lawful is told from a file of the kind that was chosen", async () => {
    const found = await csvRead([`${pupil(1)},,2025,期末统考,85,2025-11-15,`]);
    expect(found.issues[0]).toMatchObject({ code: "MEASURE_KIND", value: "区域性考试" });
  });

  it("without a header, or that is no table, is refused with a way to mend it", async () => {
    expect((await read(Buffer.from("hello"), { fileName: "a.csv" })).issues[0]).toMatchObject({
      code: "HEADER_MISSING",
    });
    expect((await read(Buffer.from("hello"))).issues[0]).toMatchObject({ code: "FILE_TYPE" });
    const noValue = Buffer.from(`学籍号,学年,项目\r\n${pupil(1)},2025,体质健康`);
    const found = await read(noValue, { fileName: "a.csv" });
    expect(found.issues.map(({ code }) => code)).toContain("COLUMN_MISSING");
    expect(found.rows).toEqual([]);
  });
});

it("pupils that nobody knows are issues of the file, in the order of its rows", () => {
  const issues = placingIssues({ unknown: [[9, "G9"]], twice: [[4, "G4"]] });
  expect(issues.map(({ row, code }) => [row, code])).toEqual([
    [4, "DUPLICATE_ROW"],
    [9, "PUPIL_UNKNOWN"],
  ]);
  expect(issues[1]?.message).toContain("名册中没有学籍号“G9”");
});
