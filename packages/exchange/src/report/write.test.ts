import { assessBalance, assessmentDate, balanceRules, summarizeDistrict } from "@xingfu/domain/balance";
import { districtReport, schoolReport } from "@xingfu/domain/report";
import { makeDistrict } from "@xingfu/fixtures";
import { strFromU8, unzipSync } from "fflate";
import { readXlsx } from "hucre";
import { expect, test } from "vitest";

import { writeReport } from "../index.ts";

const rows = makeDistrict(20_170, { scale: 0.2 }).years[2];
if (rows === undefined) throw new Error("no year");
const facts = summarizeDistrict(rows);
const rules = balanceRules(assessmentDate(rows.schoolYear));
const source = {
  assessment: assessBalance(facts, rules),
  facts,
  rules,
  hashes: { inputs: "a".repeat(64), rules: "b".repeat(64) },
  reported: null,
  writtenOn: "2026-03-01",
};
const model = districtReport(source);

test("the Word report has title, verdict, repeated table heads, page numbers, landscape annexes and the sample mark", async () => {
  const parts = unzipSync(await writeReport(model, "docx"));
  const body = strFromU8(parts["word/document.xml"] ?? new Uint8Array(0));
  const plain = body.replaceAll(/<[^>]+>/g, "");
  for (const part of model.parts) expect(plain).toContain(part.heading);
  expect(plain).toContain("a".repeat(64));
  expect(body.match(/<w:tblHeader\/>/g)?.length).toBeGreaterThan(8);
  expect(body).toContain('w:orient="landscape"');
  expect(body).toContain("方正小标宋简体");
  const others = Object.entries(parts)
    .filter(([name]) => /word\/(?:header|footer)\d*\.xml$/.test(name))
    .map(([, bytes]) => strFromU8(bytes))
    .join("");
  expect(others).toContain("示例数据");
  expect(others).toContain("PAGE");
});

test("the spreadsheet report has every table on a sheet, with unrounded figures", async () => {
  const tables = model.parts.flatMap((part) => part.blocks.filter((block) => block.kind === "table"));
  const book = await readXlsx(await writeReport(model, "xlsx"));
  expect(book.sheets).toHaveLength(tables.length + 1);
  const annex = book.sheets.find((one) => one.name.startsWith("附表1"));
  const exact = source.assessment.rows.find((row) => row.phase === "primary" && row.indicators.R4.verdict === "met")
    ?.indicators.R4.value;
  expect(annex?.rows.flat()).toContain(exact);
});

test("reports have the same bytes every time", async () => {
  const code = source.assessment.rows[0]?.schoolCode ?? "";
  const school = schoolReport(source, code);
  if (school === null) throw new Error("no school");
  for (const format of ["docx", "xlsx"] as const) {
    expect(Buffer.compare(await writeReport(school, format), await writeReport(school, format))).toBe(0);
  }
});
