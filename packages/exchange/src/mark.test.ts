import { readXlsx, writeXlsx } from "hucre";
import { expect, test } from "vitest";

import { markIssues, readWorkbook } from "./index.ts";
import { identityRows, schoolHeader, sheet } from "./testing/sheets.ts";

const bytes = await writeXlsx({
  sheets: [
    sheet("填报说明", identityRows),
    {
      ...sheet("学校", [
        schoolHeader,
        ["2150990001", "甲小学", "211", "很多", null],
        ["2150990002", null, "211", 100, null],
      ]),
      columns: [{ width: 20 }, { width: 33 }],
      cells: new Map([
        ["0,0", { value: "学校标识码", style: { font: { bold: true } }, comment: { author: "模板", text: "十位" } }],
        ["2,4", { value: null, type: "formula" as const, formula: "50+50", formulaResult: 100 }],
        ["3,1", { value: "备注", type: "formula" as const, formula: '"备"&"注"', formulaResult: "备注" }],
      ]),
      dataValidations: [{ type: "list" as const, values: ["是", "否"], range: "C2:C10" }],
      freezePane: { rows: 1 },
    },
    sheet("自用", [["我的数据", 42, new Date(Date.UTC(2026, 0, 2))]]),
  ],
});

async function marked() {
  const { issues } = await readWorkbook(bytes, { fileName: "a.xlsx" });
  const copy = await markIssues(bytes, issues);
  return { issues, copy, book: await readXlsx(copy, { readStyles: true }) };
}

test("a marked copy lists the issues first and colours and comments their cells", async () => {
  const { issues, book } = await marked();
  expect(book.sheets.map((one) => one.name)).toEqual(["问题清单", "填报说明", "学校", "自用"]);
  expect(book.sheets[0]?.rows.slice(3).map((row) => row[8])).toEqual(issues.map((issue) => issue.message));
  const cell = book.sheets[2]?.cells?.get("1,3");
  expect(cell?.value).toBe("很多");
  expect(cell?.style?.fill).toMatchObject({ fgColor: { rgb: "FFC7CE" } });
  expect(cell?.comment?.text).toContain("不是数字");
  expect(book.sheets[2]?.cells?.get("2,1")?.comment?.text).toContain("必填");
});

test("everything else of the workbook stays as it was", async () => {
  const { book } = await marked();
  const own = book.sheets[2];
  expect(own?.rows[0]?.slice(0, 5)).toEqual([...schoolHeader]);
  expect(own?.cells?.get("0,0")).toMatchObject({ style: { font: { bold: true } }, comment: { text: "十位" } });
  expect(own?.cells?.get("2,4")).toMatchObject({ formula: "50+50", value: 100 });
  expect(own?.rows[3]?.[1]).toBe("备注");
  expect(own?.dataValidations).toMatchObject([{ type: "list", range: "C2:C10" }]);
  expect(own?.freezePane).toMatchObject({ rows: 1 });
  expect(own?.columns?.[1]?.width).toBe(33);
  expect(book.sheets[3]?.rows[0]).toEqual(["我的数据", 42, new Date(Date.UTC(2026, 0, 2))]);
});

test("a marked copy reads like the original, and its marks go when it is marked again", async () => {
  const { issues, copy } = await marked();
  const again = await readWorkbook(copy, { fileName: "a.xlsx" });
  expect(again.issues).toEqual(issues);
  const clean = await readXlsx(await markIssues(copy, []), { readStyles: true });
  expect(clean.sheets.map((one) => one.name)).toEqual(["问题清单", "填报说明", "学校", "自用"]);
  expect(clean.sheets[2]?.cells?.get("1,3")?.comment).toBeUndefined();
  expect(clean.sheets[2]?.cells?.get("1,3")?.style?.fill).toBeUndefined();
});

test("a comment of the clerk's own is kept beside the mark and after it", async () => {
  const commented = await writeXlsx({
    sheets: [
      sheet("填报说明", identityRows),
      {
        ...sheet("学校", [schoolHeader, ["2150990001", "甲小学", "211", "很多", null]]),
        cells: new Map([["1,3", { value: "很多", comment: { author: "张三", text: "问过教务处" } }]]),
      },
    ],
  });
  const { issues } = await readWorkbook(commented, { fileName: "a.xlsx" });
  const copy = await markIssues(commented, issues);
  const comment = (await readXlsx(copy)).sheets[2]?.cells?.get("1,3")?.comment;
  expect(comment?.text).toMatch(/^问过教务处[^]*不是数字/u);
  const clean = await readXlsx(await markIssues(copy, []));
  expect(clean.sheets[2]?.cells?.get("1,3")?.comment?.text).toBe("问过教务处");
});
