import type { PupilRow } from "@xingfu/domain/base";
import { schoolYear } from "@xingfu/domain/base";
import { readXlsx } from "hucre";
import { expect, test } from "vitest";

import { readPupils, writePupils } from "./index.ts";
import { sheet, workbook } from "./testing/sheets.ts";

const district = { code: "500199", name: "示例区" };

function pupil(i: number): PupilRow {
  return {
    schoolCode: "2150990001",
    pupilCode: `L500199201609${String(i).padStart(6, "0")}`,
    name: `学生${i}`,
    sex: i % 2 === 0 ? "male" : "female",
    birthDate: "2016-09-01",
    stage: "primary",
    grade: 3,
    className: "1班",
    isMigrant: i % 3 === 0 ? null : false,
  };
}

async function written(rows: Iterable<PupilRow>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writePupils({ schoolYear: schoolYear(2025), district, rows, isSample: true }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

test("a roll that was written reads back in batches, in order", async () => {
  const rows = Array.from({ length: 2500 }, (_, i) => pupil(i));
  const bytes = await written(rows);
  const batches: PupilRow[][] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
  }
  const read = await readPupils(chunks(), {
    fileName: "a.xlsx",
    batchSize: 1000,
    onRows: (batch) => void batches.push([...batch]),
  });
  expect(read).toMatchObject({ count: 2500, issues: [] });
  expect(batches.map((batch) => batch.length)).toEqual([1000, 1000, 500]);
  expect(batches.flat()).toEqual(rows);
  expect((await readXlsx(bytes)).sheets[0]?.rows[0]?.[0]).toContain("示例数据");
});

test("faulty rows are named with their place and not handed on", async () => {
  const header = ["学校标识码", "学籍号", "姓名", "性别", "学段", "年级", "班级名称"];
  const bytes = await workbook(
    sheet("学生名册", [
      header,
      ["2150990001", "L500199201609000001", "甲", "男", "小学", 3, "1班"],
      ["2150990001", "123", "乙", "男", "小学", 3, "1班"],
      ["2150990002", "L500199201609000003", "丙", "男", "小学", 3, "1班"],
    ]),
  );
  const rows: PupilRow[] = [];
  const read = await readPupils(bytes, {
    fileName: "a.xlsx",
    onlySchools: ["2150990001"],
    onRows: (batch) => void rows.push(...batch),
  });
  expect(rows.map((row) => row.name)).toEqual(["甲"]);
  expect(
    read.issues.filter((issue) => issue.severity === "error").map((issue) => [issue.code, issue.row, issue.column]),
  ).toEqual([
    ["BAD_CODE", 3, "B"],
    ["OTHER_SCHOOL", 4, "A"],
  ]);
});

test("a file without the header, or of another kind, is refused", async () => {
  const onRows = (): void => undefined;
  const none = await readPupils(await workbook(), { fileName: "a.xlsx", onRows });
  expect(none.issues.map((issue) => issue.code)).toEqual(["HEADER_MISSING"]);
  const pdf = await readPupils(Buffer.from("%PDF-1.7"), { fileName: "a.xlsx", onRows });
  expect(pdf.issues.map((issue) => issue.code)).toEqual(["FILE_TYPE"]);
});

test("what the consumer throws comes through", async () => {
  const bytes = await written([pupil(1)]);
  const failing = readPupils(bytes, { fileName: "a.xlsx", onRows: () => Promise.reject(new Error("disk full")) });
  await expect(failing).rejects.toThrow("disk full");
});
