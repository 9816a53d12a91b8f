import { makeDistrict } from "@xingfu/fixtures";
import { expect, test } from "vitest";

import { assessBalance, assessmentDate, balanceRules, summarizeDistrict } from "../balance/index.ts";
import type { ReportModel, ReportSource } from "./index.ts";
import { districtReport, schoolReport } from "./index.ts";
import { comparedText } from "./words.ts";

const rows = makeDistrict(20_170, { scale: 0.2 }).years[2];
if (rows === undefined) throw new Error("no year");
const facts = summarizeDistrict(rows);
const rules = balanceRules(assessmentDate(rows.schoolYear));
const source: ReportSource = {
  assessment: assessBalance(facts, rules),
  facts,
  rules,
  hashes: { inputs: "输入", rules: "规则" },
  reported: { by: "区教委", at: "2025-11-20" },
  writtenOn: "2026-03-01",
};
const model = districtReport(source);

function texts(report: ReportModel): string {
  return report.parts
    .flatMap((part) => [
      part.heading,
      ...part.blocks.flatMap((block) =>
        block.kind === "table"
          ? [
              block.caption,
              ...block.columns.map((column) => column.header),
              ...block.rows.flat().map((cell) => cell.text),
              ...block.notes,
            ]
          : [block.text],
      ),
    ])
    .join("\n");
}

test("the first sentence is the verdict in words", () => {
  const first = model.parts[0]?.blocks[0];
  expect(first).toMatchObject({ kind: "paragraph", style: "lead" });
  const words = { met: "结论为达标", notMet: "结论为未达标", notComputable: "尚不能作出结论" };
  expect(first !== undefined && "text" in first ? first.text : "").toContain(words[source.assessment.verdict]);
});

test("every indicator, item, veto and school row has its place", () => {
  const all = texts(model);
  for (const id of ["R1", "R7", "G1", "G15", "Q1", "Q9", "V1", "V6"]) expect(all).toContain(id);
  const annexes = model.parts
    .filter((part) => part.isAnnex)
    .flatMap((part) => part.blocks)
    .filter((block) => block.kind === "table");
  for (const row of source.assessment.rows) {
    expect(
      annexes.filter((table) => table.rows.some((cells) => cells.some((cell) => cell.text === row.school))).length,
    ).toBeGreaterThanOrEqual(2);
  }
});

test("no identifier, empty cell, NaN or undefined is ever printed", () => {
  const all = texts(model);
  expect(all).not.toMatch(/NaN|undefined|null|notMet|notComputable|Yuan|M2\b|Pupils|Teachers/u);
  for (const part of model.parts) {
    for (const block of part.blocks) {
      if (block.kind !== "table") continue;
      for (const line of block.rows) expect(line.length).toBe(block.columns.length);
    }
  }
});

test("sample data, unverified numbers, rule version and hashes are marked", () => {
  expect(model.marks).toEqual(["示例数据"]);
  const all = texts(model);
  for (const text of ["示例数据", "未核实", rules.version, "输入", "规则"]) expect(all).toContain(text);
});

test("a local rule is named as such", () => {
  const override = {
    reference: "moe-2017-quality-balance/government/G7",
    field: "quotaYuan",
    value: 8000,
    source: "某市〔2024〕1号",
    effectiveFrom: "2024-01-01",
  };
  const local = balanceRules(assessmentDate(rows.schoolYear), [override]);
  const all = texts(districtReport({ ...source, rules: local, assessment: assessBalance(facts, local) }));
  expect(all).toContain("区级规则");
  expect(all).toContain("某市〔2024〕1号");
});

test("a school's report speaks of that school alone, and of an unknown one there is none", () => {
  const row = source.assessment.rows.find((candidate) => candidate.verdict === "notMet") ?? source.assessment.rows[0];
  if (row === undefined) throw new Error("no row");
  const report = schoolReport(source, row.schoolCode);
  if (report === null) throw new Error("no report");
  const all = texts(report);
  expect(all).toContain(row.school);
  for (const other of source.assessment.rows)
    if (!row.school.includes(other.school) && !other.school.includes(row.school))
      expect(all).not.toContain(other.school);
  expect(schoolReport(source, "0000000000")).toBeNull();
});

test("a value just below its limit is never printed as if it were the limit", () => {
  expect(comparedText(4.195_804, 4.2, 2)).toBe("4.196");
  expect(comparedText(4.2, 4.2, 2)).toBe("4.20");
  expect(comparedText(0.450_04, 0.45, 3)).toBe("0.45004");
});
