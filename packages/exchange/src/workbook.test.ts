import { makeDistrict } from "@xingfu/fixtures";
import { schoolYear, sections } from "@xingfu/domain/base";
import fc from "fast-check";
import { readXlsx, writeXlsx } from "hucre";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";

import type { IssueCode, WorkbookRead } from "./index.ts";
import { keptIssues, readCsv, readWorkbook, writeWorkbook } from "./index.ts";
import { identityRows, schoolHeader, schools, sheet, workbook } from "./testing/sheets.ts";

const year = schoolYear(2025);
const read = (bytes: Uint8Array): Promise<WorkbookRead> => readWorkbook(bytes, { fileName: "return.xlsx" });
const codes = (result: WorkbookRead): readonly IssueCode[] => result.issues.map((issue) => issue.code);
const sample = makeDistrict(20_170, { scale: 0.1 });

describe("a workbook that was written", () => {
  test("reads back to the same rows, digit for digit, in every section and year", async () => {
    for (const rows of sample.years) {
      const result = await read(await writeWorkbook({ schoolYear: rows.schoolYear, rows }));
      expect(result.totals.errors).toBe(0);
      expect(result.presentSections).toEqual(sections);
      expect(result.districtYear).toEqual(rows);
    }
  });

  test("has the same bytes every time", async () => {
    const rows = sample.years.at(-1);
    if (rows === undefined) throw new Error("no year");
    const options = { schoolYear: rows.schoolYear, rows };
    expect(Buffer.compare(await writeWorkbook(options), await writeWorkbook(options))).toBe(0);
  });

  test("is an empty return with every sheet when it is a template", async () => {
    const bytes = await writeWorkbook({ schoolYear: year, district: { code: "500199", name: "示例区" } });
    const result = await read(bytes);
    expect(result.issues).toEqual([]);
    expect(result.presentSections).toEqual(sections);
    expect(Object.values(result.counts).every((count) => count === 0)).toBe(true);
    const names = (await readXlsx(bytes)).sheets.map((one) => one.name);
    expect(names).toEqual([
      "填报说明",
      "学校",
      "班级",
      "班额分段",
      "教职工",
      "教师统计",
      "校舍装备",
      "学校经费",
      "县级数据",
      "质量监测",
      "定性评估",
      "满意度",
      "一票否决",
      "代码表",
    ]);
  });

  test("offers drop-downs, comments and prefilled rows", async () => {
    const book = await readXlsx(await writeWorkbook({ schoolYear: year }));
    const findings = book.sheets.find((one) => one.name === "定性评估");
    expect(findings?.rows.slice(3).map((row) => row[0])).toEqual([
      ...Array.from({ length: 15 }, (_, i) => `G${i + 1}`),
      ...Array.from({ length: 9 }, (_, i) => `Q${i + 1}`),
    ]);
    const own = book.sheets.find((one) => one.name === "学校");
    expect(
      own?.dataValidations?.some(
        (validation) => validation.type === "list" && validation.formula1?.includes("代码表") === true,
      ),
    ).toBe(true);
    expect(own?.cells?.get("2,0")?.comment?.text).toContain("必填");
    expect(own?.freezePane).toMatchObject({ rows: 3, columns: 2 });
  });

  test("holds only the school's own rows and sheets for a school", async () => {
    const rows = sample.years.at(-1);
    const code = rows?.classes[0]?.schoolCode;
    if (rows === undefined || code === undefined) throw new Error("no class");
    const result = await read(await writeWorkbook({ schoolYear: rows.schoolYear, rows, schoolCode: code }));
    expect(result.presentSections).not.toContain("findings");
    expect(result.districtYear?.schools.every((row) => row.schoolCode === code || row.parentCode === code)).toBe(true);
    expect(result.counts.classes).toBe(rows.classes.filter((row) => row.schoolCode === code).length);
  });
});

describe("a sheet as clerks leave it", () => {
  test("may have renamed, reordered and additional columns", async () => {
    const result = await read(
      await workbook(
        sheet("学校基本情况", [
          ["校名", "学校类型", "联系电话", "小学人数", "标识码"],
          ["甲小学", "小学", "123456", 300, "2150990001"],
        ]),
      ),
    );
    expect(result.districtYear?.schools[0]).toMatchObject({
      schoolCode: "2150990001",
      name: "甲小学",
      type: "211",
      primaryPupils: 300,
    });
    expect(result.issues.find((issue) => issue.code === "COLUMN_UNKNOWN")).toMatchObject({
      column: "C",
      value: "联系电话",
      severity: "warning",
    });
    expect(result.totals.errors).toBe(0);
  });

  test("may have a title above and a header of two merged rows", async () => {
    const result = await read(
      await workbook(
        sheet(
          "附表1 学校",
          [
            ["某区学校情况统计表"],
            [],
            ["学校标识码", "学校名称", "办学类型", "在校生", null],
            [null, null, null, "小学人数", "初中人数"],
            ["2150990001", "甲学校", "312 九年一贯制学校", 300, 120],
          ],
          {
            merges: [
              { startRow: 0, startCol: 0, endRow: 0, endCol: 4 },
              { startRow: 2, startCol: 0, endRow: 3, endCol: 0 },
              { startRow: 2, startCol: 1, endRow: 3, endCol: 1 },
              { startRow: 2, startCol: 2, endRow: 3, endCol: 2 },
              { startRow: 2, startCol: 3, endRow: 2, endCol: 4 },
            ],
          },
        ),
      ),
    );
    expect(result.districtYear?.schools[0]).toMatchObject({ type: "312", primaryPupils: 300, juniorPupils: 120 });
  });

  test("may write numbers as text, with units, separators and full-width digits", async () => {
    const result = await read(
      await schools(
        ["２１５０９９０００１", " 甲小学　", "211", "１，２３４ 人", null],
        [2150990002, "乙小学", 211, "1,024", null],
        ["'2150990003", "丙小学", "211-小学", "300", null],
      ),
    );
    expect(result.districtYear?.schools.map((row) => [row.schoolCode, row.name, row.primaryPupils])).toEqual([
      ["2150990001", "甲小学", 1234],
      ["2150990002", "乙小学", 1024],
      ["2150990003", "丙小学", 300],
    ]);
    expect(result.totals.errors).toBe(0);
    expect(codes(result)).toContain("UNIT_IN_CELL");
  });

  test("may give money in yuan: the header's unit counts", async () => {
    const rows = (unit: string, amount: number) => [
      ["学校标识码", `教学仪器设备资产值(${unit})`],
      ["2150990001", amount],
    ];
    const school = ["2150990001", "甲小学", "211", 300, null];
    const inYuan = await read(
      await workbook(sheet("学校", [schoolHeader, school]), sheet("校舍装备", rows("元", 1_234_567.89))),
    );
    const inTenThousand = await read(
      await workbook(sheet("学校", [schoolHeader, school]), sheet("校舍装备", rows("万元", 123.456789))),
    );
    expect(inYuan.districtYear?.premises[0]?.equipmentYuan).toBe(1_234_567.89);
    expect(inTenThousand.districtYear?.premises[0]?.equipmentYuan).toBe(1_234_567.89);
    expect(codes(inYuan)).toContain("UNIT_IN_HEADER");
    expect(codes(inTenThousand)).not.toContain("UNIT_IN_HEADER");
  });

  test("may merge the school code down its rows, but not an amount", async () => {
    const result = await read(
      await workbook(
        sheet("学校", [schoolHeader, ["2150990001", "甲小学", "211", 80, null]]),
        sheet(
          "班级",
          [
            ["学校标识码", "学段", "年级", "班级名称", "班级人数"],
            ["2150990001", "小学", 1, "1班", 40],
            [null, "小学", 1, "2班", null],
          ],
          {
            merges: [
              { startRow: 1, startCol: 0, endRow: 2, endCol: 0 },
              { startRow: 1, startCol: 4, endRow: 2, endCol: 4 },
            ],
          },
        ),
      ),
    );
    expect(result.districtYear?.classes.map((row) => row.schoolCode)).toEqual(["2150990001", "2150990001"]);
    expect(result.issues.filter((issue) => issue.code === "MERGED_CELLS")).toMatchObject([
      { sheet: "班级", row: 3, column: "E" },
    ]);
  });

  test("may end in totals and notes, which are left out with a remark", async () => {
    const result = await read(
      await schools(
        ["2150990001", "甲小学", "211", 300, null],
        ["合计", null, null, 300, null],
        ["注：以上为九月数据", null, null, null, null],
      ),
    );
    expect(result.counts.schools).toBe(1);
    expect(codes(result).filter((code) => code === "ROW_SKIPPED")).toHaveLength(2);
    expect(result.totals.errors).toBe(0);
  });

  test("may use formulas: the saved result counts, errors and missing results are named", async () => {
    const bytes = await writeXlsx({
      sheets: [
        sheet("填报说明", identityRows),
        {
          ...sheet("学校", [
            schoolHeader,
            ["2150990001", "甲小学", "211", null, null],
            ["2150990002", "乙小学", "211", null, null],
            ["2150990003", "丙小学", "211", "#REF!", null],
          ]),
          cells: new Map([
            ["1,3", { value: 300, type: "formula" as const, formula: "100+200", formulaResult: 300 }],
            ["2,3", { value: null, type: "formula" as const, formula: "100+300" }],
          ]),
        },
      ],
    });
    const result = await read(bytes);
    expect(result.districtYear?.schools.map((row) => row.primaryPupils)).toEqual([300, null, null]);
    expect(result.issues.find((issue) => issue.code === "FORMULA_NO_VALUE")).toMatchObject({
      row: 3,
      column: "D",
      severity: "warning",
    });
    expect(result.issues.find((issue) => issue.code === "FORMULA_ERROR")).toMatchObject({
      row: 4,
      column: "D",
      severity: "error",
      value: "#REF!",
    });
  });

  test("may hold dates as dates, serial numbers and text", async () => {
    const rows = [
      ["学校标识码", "学校名称", "办学类型", "承诺达标日期"],
      ["2150990001", "甲", "211", new Date(Date.UTC(2026, 8, 1))],
      ["2150990002", "乙", "211", 46_266],
      ["2150990003", "丙", "211", "2026年9月1日"],
      ["2150990004", "丁", "211", "2026.9.1"],
    ];
    const result = await read(await workbook(sheet("学校", rows)));
    expect(result.districtYear?.schools.map((row) => row.commitmentDate)).toEqual(Array(4).fill("2026-09-01"));
  });
});

describe("problems", () => {
  test("are all told at once, with place, value and what is expected", async () => {
    const result = await read(
      await schools(
        ["2150990001", "甲小学", "211", "三百", null],
        ["2150990002", "乙小学", "999", -5, null],
        ["2150990002", "乙小学", "211", 12.5, null],
        ["123", null, "211", 99_999, null],
      ),
    );
    expect(
      result.issues.filter((issue) => issue.severity === "error").map((issue) => [issue.code, issue.row, issue.column]),
    ).toEqual([
      ["NOT_A_NUMBER", 2, "D"],
      ["NOT_IN_LIST", 3, "C"],
      ["NEGATIVE", 3, "D"],
      ["NOT_WHOLE", 4, "D"],
      ["REQUIRED", 5, "B"],
      ["OUT_OF_RANGE", 5, "D"],
    ]);
    const first = result.issues.find((issue) => issue.code === "NOT_A_NUMBER");
    expect(first).toMatchObject({ sheet: "学校", section: "schools", header: "小学在校生数（人）", value: "三百" });
    expect(first?.message).toBe(
      "“学校”表第 2 行 D 列“小学在校生数（人）”：“三百”不是数字。请填写 0–20000 的整数（单位：人）。",
    );
  });

  test("between rows point at the cell they were found in", async () => {
    const result = await read(
      await workbook(
        sheet("学校", [
          schoolHeader,
          ["2150990001", "甲小学", "211", 100, null],
          ["9900000000", "乙小学", "211", 90, null],
          ["2150990001", "甲小学", "211", 100, null],
        ]),
        sheet("班级", [
          ["学校标识码", "学段", "年级", "班级名称", "班级人数"],
          ["2150990001", "小学", 1, "1班", 40],
          ["2150990077", "小学", 1, "1班", 40],
        ]),
      ),
    );
    const found = result.issues.map((issue) => [issue.code, issue.sheet, issue.row, issue.column]);
    expect(found).toContainEqual(["PUPIL_SUM", "学校", 2, "D"]);
    expect(found).toContainEqual(["BAD_SCHOOL_CODE", "学校", 3, "A"]);
    expect(found).toContainEqual(["DUPLICATE_ROW", "学校", 4, "A"]);
    expect(result.issues.find((issue) => issue.code === "DUPLICATE_ROW")?.expected).toBe("第 2 行");
    expect(found).toContainEqual(["UNKNOWN_SCHOOL", "班级", 3, "A"]);
  });

  test("of 20,000 faulty rows stay readable, with exact totals", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ["2150990001", "小学", 1, `${i}班`, "很多"]);
    const result = await read(
      await workbook(
        sheet("学校", [schoolHeader, ["2150990001", "甲小学", "211", 100, null]]),
        sheet("班级", [["学校标识码", "学段", "年级", "班级名称", "班级人数"], ...rows]),
      ),
    );
    expect(result.totals.byCode.NOT_A_NUMBER).toBe(20_000);
    expect(result.totals.isCut).toBe(true);
    expect(result.issues.length).toBeLessThanOrEqual(keptIssues);
    expect(result.issues.filter((issue) => issue.code === "NOT_A_NUMBER")).toHaveLength(1000);
  });

  test("of other schools are errors for a school, and the commission's sheets are left out", async () => {
    const bytes = await workbook(
      sheet("学校", [
        schoolHeader,
        ["2150990001", "甲小学", "211", 100, null],
        ["2150990002", "乙小学", "211", 100, null],
      ]),
      sheet("一票否决", [
        ["编号", "是否发生"],
        ["V1", "否"],
      ]),
    );
    const result = await readWorkbook(bytes, { fileName: "a.xlsx", onlySchools: ["2150990001"] });
    expect(result.issues.map((issue) => [issue.code, issue.severity])).toEqual(
      expect.arrayContaining([
        ["OTHER_SCHOOL", "error"],
        ["SHEET_NOT_OWN", "warning"],
      ]),
    );
    expect(result.districtYear?.schools.map((row) => row.schoolCode)).toEqual(["2150990001"]);
    expect(result.presentSections).toEqual(["schools"]);
  });

  test("of structure: no school sheet, two sheets of one section, no header, a required column missing", async () => {
    expect(codes(await read(await workbook(sheet("随便", [["a"]]))))).toEqual(["SHEET_MISSING"]);
    const row = ["2150990001", "甲小学", "211", 100, null];
    expect(
      codes(await read(await workbook(sheet("学校", [schoolHeader, row]), sheet("学校表", [schoolHeader, row])))),
    ).toContain("SHEET_TWICE");
    expect(codes(await read(await workbook(sheet("学校", [["甲", "乙"], row]))))).toContain("HEADER_MISSING");
    expect(
      (
        await read(
          await workbook(
            sheet("学校", [
              ["学校名称", "办学类型"],
              ["甲小学", "211"],
            ]),
          ),
        )
      ).issues[0],
    ).toMatchObject({
      code: "COLUMN_MISSING",
      severity: "error",
      expected: "学校标识码",
    });
  });

  test("of the year and district refuse the file as a whole, unless the year is forced", async () => {
    const bytes = await schools(["2150990001", "甲小学", "211", 100, null]);
    const other = await readWorkbook(bytes, { fileName: "a.xlsx", schoolYear: schoolYear(2024) });
    expect([other.districtYear, ...codes(other)]).toEqual([null, "YEAR_DIFFERS"]);
    const forced = await readWorkbook(bytes, { fileName: "a.xlsx", schoolYear: schoolYear(2024), isYearForced: true });
    expect(forced.districtYear?.schoolYear).toBe(2024);
    const elsewhere = await readWorkbook(bytes, { fileName: "a.xlsx", district: { code: "500106", name: "他区" } });
    expect([elsewhere.districtYear, ...codes(elsewhere)]).toEqual([null, "DISTRICT_DIFFERS"]);
    const nameless = await read(await writeXlsx({ sheets: [sheet("学校", [schoolHeader])] }));
    expect(codes(nameless)).toEqual(expect.arrayContaining(["YEAR_MISSING", "DISTRICT_MISSING"]));
  });
});

describe("csv", () => {
  const options = { fileName: "a.csv", schoolYear: year, district: { code: "500199", name: "示例区" } };
  const text = '学校标识码,学校名称,办学类型,小学在校生数(人)\r\n2150990001,"甲,小学",211,300\r\n';
  test.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a byte-order mark", Buffer.from(`\uFEFF${text}`)],
    ["GBK", iconv.encode(text, "gbk")],
    ["semicolons", Buffer.from(text.replace('"甲,小学"', "甲，小学").replaceAll(",", ";"))],
    ["tabs", Buffer.from(text.replace('"甲,小学"', "甲，小学").replaceAll(",", "\t"))],
  ])("reads %s", async (_, bytes) => {
    const result = await readCsv("schools", bytes, options);
    expect(result.totals.errors).toBe(0);
    expect(result.districtYear?.schools[0]).toMatchObject({ schoolCode: "2150990001", primaryPupils: 300 });
    expect(result.districtYear?.schools[0]?.name).toMatch(/^甲[,，]小学$/u);
  });

  test("refuses what is neither UTF-8 nor GBK, and files that are no text", async () => {
    expect(codes(await readCsv("schools", Uint8Array.from([0x61, 0xff, 0xff, 0x0a, 0xff]), options))).toEqual([
      "ENCODING",
    ]);
    expect(codes(await readCsv("schools", Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]), options))).toEqual(["FILE_TYPE"]);
    expect(codes(await readCsv("schools", new Uint8Array(0), options))).toEqual(["FILE_EMPTY"]);
  });
});

test("whatever text stands in the cells, reading never throws", async () => {
  const cell = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom("12人", "#REF!", "—", "５０％", "=1+1"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 6 }), async (rows) => {
      const result = await read(await schools(...rows));
      expect(result.totals.errors + result.totals.warnings).toBeGreaterThanOrEqual(result.issues.length);
    }),
    { numRuns: 60 },
  );
});
