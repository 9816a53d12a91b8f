import { readXlsx, writeXlsx } from "hucre";
import { expect, test } from "vitest";

import { readAccounts, writeAccountsTemplate, writeTable } from "./index.ts";
import { sheet } from "./testing/sheets.ts";

const header = ["登录名", "姓名", "角色", "所属单位", "初始密码"];

test("accounts are read with their role and node", async () => {
  const bytes = await writeXlsx({
    sheets: [
      sheet("账号", [
        header,
        ["zhangsan", "张三", "学校填报员", "2150990001", null],
        ["lisi", "李四", "督学", null, "first-Word-1"],
      ]),
    ],
  });
  const read = await readAccounts(bytes, { fileName: "a.xlsx" });
  expect(read.issues).toEqual([]);
  expect(read.accounts).toEqual([
    { row: 2, accountName: "zhangsan", displayName: "张三", role: "clerk", node: "2150990001", password: null },
    { row: 3, accountName: "lisi", displayName: "李四", role: "inspector", node: null, password: "first-Word-1" },
  ]);
});

test("double names, unknown roles and missing nodes are named; a password never is", async () => {
  const bytes = await writeXlsx({
    sheets: [
      sheet("账号", [
        header,
        ["a1", "甲", "督学", null, null],
        ["A1", "乙", "督学", null, null],
        ["a2", "丙", "大王", null, null],
        ["a3", "丁", "校长", null, "x".repeat(300)],
      ]),
    ],
  });
  const read = await readAccounts(bytes, { fileName: "a.xlsx" });
  expect(read.issues.map((issue) => [issue.code, issue.row])).toEqual([
    ["DUPLICATE_ROW", 3],
    ["NOT_IN_LIST", 4],
    ["REQUIRED", 5],
    ["TOO_LONG", 5],
  ]);
  expect(JSON.stringify(read.issues)).not.toContain("xxx");
  expect(read.accounts.map((account) => account.accountName)).toEqual(["a1"]);
});

test("the template is a readable sheet without accounts", async () => {
  const read = await readAccounts(await writeAccountsTemplate(), { fileName: "a.xlsx" });
  expect(read).toMatchObject({ accounts: [], issues: [] });
});

test("a table keeps unrounded numbers and says what is a gap", async () => {
  const table = {
    title: "各校情况: 2025",
    isSample: true,
    notes: ["来源：填报"],
    columns: [
      { header: "学校" },
      { header: "指标值", unit: "㎡", kind: "number" as const },
      { header: "占比", kind: "share" as const },
    ],
    rows: [
      ["甲小学", 4.195_804_1, 0.123_45],
      ["乙小学", null, true],
    ],
  };
  const bytes = await writeTable(table);
  const rows = (await readXlsx(bytes)).sheets[0]?.rows;
  expect(rows?.slice(0, 4)).toEqual(
    [
      ["各校情况: 2025【示例数据】", null, null],
      ["学校", "指标值（㎡）", "占比"],
      ["甲小学", 4.195_804_1, 0.123_45],
      ["乙小学", "未填报", "是"],
    ].map((row, i) => (i === 0 ? row.slice(0, rows?.[0]?.length) : row)),
  );
  expect(Buffer.compare(bytes, await writeTable(table))).toBe(0);
});
