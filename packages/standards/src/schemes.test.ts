import { describe, expect, test } from "vitest";
import { documentOf, documents, entryAt, schemeAt, schemesFor, tableAt } from "./index.ts";
import type { Scheme } from "./index.ts";

const date = "2025-09-01";
const ids = ["compulsory", "senior", "kindergarten", "vocational", "special"].map((kind) => `example-${kind}`);
const shipped = ids.map((id) => schemeAt(id, date)).filter((scheme): scheme is Scheme => scheme !== undefined);

/** Areas and key indicators of a guide: entries without and with a parent. */
function shape(table: string): [areas: number, indicators: number] {
  const { entries } = tableAt(table);
  const areas = entries.filter((entry) => entry.texts.parent === undefined);
  const inner = entries.filter((entry) => areas.some((area) => area.id === entry.texts.parent));
  expect(areas.length + inner.length).toBe(entries.length);
  return [areas.length, inner.length];
}

describe("the national guides", () => {
  test.each<[string, number, number]>([
    ["moe-2021-quality-evaluation/school", 5, 12],
    ["moe-2021-quality-evaluation/pupil", 5, 12],
    ["moe-2021-quality-evaluation/district", 5, 0],
    ["moe-2021-senior-evaluation/school", 5, 18],
    ["moe-2022-kindergarten-evaluation/kindergarten", 5, 15],
  ])("%s has %i areas and %i key indicators", (table, areas, indicators) => {
    expect(shape(table)).toEqual([areas, indicators]);
  });

  test.each([
    ["moe-2021-quality-evaluation/structure/school-indicators", "moe-2021-quality-evaluation/school"],
    ["moe-2021-quality-evaluation/structure/pupil-indicators", "moe-2021-quality-evaluation/pupil"],
    ["moe-2021-senior-evaluation/structure/indicators", "moe-2021-senior-evaluation/school"],
    ["moe-2022-kindergarten-evaluation/structure/indicators", "moe-2022-kindergarten-evaluation/kindergarten"],
  ])("%s is the number of rows in %s", (count, table) => {
    expect(entryAt(count)?.fields.count?.value).toBe(shape(table)[1]);
  });

  test("carry no number that could be taken for a weight", () => {
    for (const document of [
      "moe-2021-quality-evaluation",
      "moe-2021-senior-evaluation",
      "moe-2022-kindergarten-evaluation",
    ])
      for (const table of documentOf(document)?.tables ?? [])
        for (const entry of tableAt(table).entries)
          expect(Object.keys(entry.fields).filter((key) => /weight|points/i.test(key))).toEqual([]);
    expect(documentOf("moe-2021-quality-evaluation")?.summary).toContain("未规定权重");
  });
});

test("the preschool assessment has 3 + 9 + 5 items and one recognition", () => {
  const id = "moe-2020-preschool-universal";
  expect(documentOf(id)?.number).toBe("教督〔2020〕1号");
  expect(
    ["coverage", "government", "care", "recognition"].map((name) => tableAt(`${id}/${name}`).entries.length),
  ).toEqual([3, 9, 5, 1]);
  expect(["A1", "A2", "A3"].map((item) => entryAt(`${id}/coverage/${item}`)?.fields.threshold?.value)).toEqual([
    0.85, 0.8, 0.5,
  ]);
  for (const name of ["government", "care"])
    expect(tableAt(`${id}/${name}`).entries.filter((entry) => entry.conditions.length === 0)).toEqual([]);
});

describe("the shipped schemes", () => {
  test("are all there, and all of them examples of a district's own rules", () => {
    expect(shipped.map((scheme) => scheme.id)).toEqual(ids);
    for (const scheme of shipped) {
      expect(scheme.isDistrictRule).toBe(true);
      expect(scheme.provenance).toMatchObject({ tag: "D", isVerified: false });
      expect(scheme.note).toContain("区级规则");
    }
    expect(documents.find((document) => document.id === "example-2025-school-evaluation")?.isExample).toBe(true);
  });

  test("follow their guide completely and in its own words", () => {
    for (const scheme of shipped) {
      if (scheme.guide === null) continue;
      const printed = tableAt(scheme.guide).entries.map((entry) => entry.reference);
      const taken = scheme.nodes
        .map((node) => node.reference)
        .filter((reference) => reference?.startsWith(scheme.guide ?? ""));
      expect(taken).toEqual(printed);
      for (const node of scheme.nodes)
        if (node.reference !== null) expect(node.label).toBe(entryAt(node.reference)?.label);
    }
  });

  test("mark all wording nobody has read on the issuer's page", () => {
    for (const scheme of shipped) for (const node of scheme.nodes) expect(node.provenance.isVerified).toBe(false);
  });

  test("let the self-rating stand beside the others without weight", () => {
    for (const scheme of shipped)
      for (const { leaf } of scheme.nodes)
        if (leaf && leaf.raters.length > 0) expect(leaf.raters.find((rater) => rater.party === "self")?.weight).toBe(0);
  });

  test("judge achievement by what was added, never by an examination mean", () => {
    for (const id of ["example-compulsory", "example-senior"]) {
      const node = schemeAt(id, date)?.nodes.find(({ label }) => label === "学业发展");
      expect(node?.leaf?.rule).toMatchObject({ kind: "grade", figure: { part: "growth" } });
    }
  });

  test.each([
    ["211", ["example-compulsory"]],
    ["312", ["example-compulsory"]],
    ["342", ["example-senior"]],
    ["345", ["example-compulsory", "example-senior"]],
    ["111", ["example-kindergarten"]],
    ["365", ["example-vocational"]],
    ["512", ["example-special"]],
    ["999", []],
  ])("a school of type %s is evaluated by %j", (type, expected) => {
    expect(schemesFor(type, date).map((scheme) => scheme.id)).toEqual(expected);
  });

  test("are not in force before their first day", () => {
    expect(schemeAt("example-compulsory", "2025-08-31")).toBeUndefined();
    expect(schemesFor("211", "2025-08-31")).toEqual([]);
    expect(schemeAt("nothing", date)).toBeUndefined();
  });
});
