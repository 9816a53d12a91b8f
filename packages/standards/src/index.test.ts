import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  codeEntry,
  codeList,
  codeLists,
  codeOf,
  documentOf,
  documents,
  entryAt,
  labelOf,
  overridesOf,
  tableAt,
} from "./index.ts";

const id = "moe-2017-quality-balance";
const ids = (table: string) => tableAt(`${id}/${table}`).entries.map((entry) => entry.id);
const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

describe("the 2017 document", () => {
  test("has 7 + 15 + 9 + 1 items, six vetoes and one precondition", () => {
    expect(ids("resources")).toEqual(numbered("R", 7));
    expect(ids("spread")).toEqual(numbered("R", 7));
    expect(ids("government")).toEqual(numbered("G", 15));
    expect(ids("quality")).toEqual(numbered("Q", 9));
    expect(ids("recognition")).toEqual(["satisfaction"]);
    expect(ids("vetoes")).toEqual(numbered("V", 6));
    expect(ids("precondition")).toEqual(["basicBalance"]);
  });

  test("keeps the document's own wording", () => {
    expect(entryAt(`${id}/resources/R1`)?.label).toBe("每百名学生拥有高于规定学历教师数");
    expect(entryAt(`${id}/government/G11`)?.label).toContain("骨干教师不低于交流轮岗教师总数的20%");
    expect(entryAt(`${id}/vetoes/V6`)?.label).toBe("有弄虚作假行为");
  });

  const entries = documents.flatMap((document) => document.tables.flatMap((table) => tableAt(table).entries));
  const provenances = entries
    .flatMap((entry) => [entry.provenance, ...Object.values(entry.fields).map((field) => field.provenance)])
    .filter((provenance) => provenance !== null);

  test("claims nothing as verified that nobody has read on an official page", () => {
    const claimed = provenances.filter((provenance) => provenance.isVerified);
    expect(claimed.filter((provenance) => !/https?:\/\/[\w.-]+\.gov\.cn\//.test(provenance.source))).toEqual([]);
  });

  test("every value has a source and a date of the last look", () => {
    expect(provenances.length).toBeGreaterThan(70);
    expect(
      provenances.filter((provenance) => provenance.source === "" || !/^\d{4}-\d{2}-\d{2}$/.test(provenance.checkedOn)),
    ).toEqual([]);
  });

  test("every item of the second and third part says what it asks for", () => {
    for (const table of ["government", "quality"]) {
      expect(tableAt(`${id}/${table}`).entries.filter((entry) => entry.conditions.length === 0)).toEqual([]);
    }
  });

  test("district figures name the items that use them", () => {
    const items = new Set([...ids("government"), ...ids("quality"), "precondition"]);
    for (const entry of tableAt(`${id}/figures`).entries) {
      for (const item of (entry.texts.usedBy ?? "").split(",")) expect(items).toContain(item);
    }
    expect(ids("figures")).toHaveLength(23);
  });
});

describe("look-up", () => {
  test("a table has the entries in force on the day", () => {
    expect(tableAt(`${id}/resources`, "2017-04-18").entries).toEqual([]);
    expect(tableAt(`${id}/resources`, "2017-04-19").entries).toHaveLength(7);
    expect(() => tableAt("no/table")).toThrow(RangeError);
  });

  test("a reference leads to its document and entry, an unknown one to nothing", () => {
    expect(documentOf(`${id}/government/G7`)?.number).toBe("教督〔2017〕6号");
    expect(entryAt(`${id}/government/G7`)?.fields.quotaYuan?.value).toBe(6000);
    expect(entryAt(`${id}/government/G99`)).toBeUndefined();
    expect(entryAt("nothing")).toBeUndefined();
    expect(documentOf("nothing")).toBeUndefined();
  });

  test("a local document replaces by reference and is marked as an example", () => {
    const document = documentOf("example-2025-public-funds");
    expect(document?.isExample).toBe(true);
    expect(document?.title).toContain("示例");
    expect(overridesOf("example-2025-public-funds")).toMatchObject([
      { reference: `${id}/government/G7`, field: "quotaYuan", value: 8000 },
    ]);
    expect(overridesOf(id)).toEqual([]);
  });
});

describe("code lists", () => {
  test("school types carry their stages", () => {
    expect(labelOf("schoolTypes", "312")).toBe("九年一贯制学校");
    expect(codeEntry("schoolTypes", "345")?.stages).toEqual(["primary", "junior", "senior"]);
    expect(codeList("schoolTypes")).toHaveLength(36);
    expect(codeList("classTypes")).toHaveLength(19);
    expect(codeList("settings")).toHaveLength(11);
    expect(codeList("provinces")).toHaveLength(34);
  });

  test.each([
    ["subjects", "体育与健康", "pe"],
    ["subjects", "体育", "pe"],
    ["subjects", "音乐", "music"],
    ["subjects", "美术", "fineArt"],
    ["subjects", "艺术", "arts"],
    ["subjects", "语文", "other"],
    ["educations", "大专", "associate"],
    ["educations", "研究生", "master"],
    ["leadLevels", "区级", "county"],
    ["leadLevels", "无", "none"],
    ["schoolTypes", "九年一贯制", "312"],
    ["stages", " 初中 ", "junior"],
  ])("of %s, %s means %s", (list, name, code) => {
    expect(codeOf(list, name)).toBe(code);
  });

  test("a name nobody knows has no code, and a code nobody knows is its own label", () => {
    expect(codeOf("subjects", "炼金术")).toBeUndefined();
    expect(codeOf("subjects", "toString")).toBeUndefined();
    expect(labelOf("schoolTypes", "999")).toBe("999");
    expect(() => codeList("none")).toThrow(RangeError);
  });

  test("every list says where it comes from", () => {
    expect(codeLists.filter((list) => list.provenance.source === "")).toEqual([]);
  });
});

test("the compiled module says that it is generated", () => {
  const text = readFileSync(join(import.meta.dirname, "generated/tables.ts"), "utf8");
  expect(text.startsWith("// Generated by packages/standards/scripts/compile.ts")).toBe(true);
});
