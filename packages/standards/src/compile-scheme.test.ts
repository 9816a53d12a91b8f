import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { compileScheme } from "./compile-scheme.ts";
import { entryAt } from "./index.ts";
import { fits } from "./testing/json-schema.ts";

const text = `
id: example
version: "1"
title: 示例
districtRule: true
points: 100
parties: { self: 自评, commission: 区教委, parents: 家长 }
rules: { four: { kind: rubric, levels: [{ id: A, label: 优, share: 1 }, { id: B, label: 良, share: 0.5 }] } }
raters: { self: 0, commission: 0.7, parents: 0.3 }
methods: [documentReview]
rule: four
areas:
  - id: a
    label: 甲
    points: 60
    children:
      - { id: a1, label: 甲一, points: 40, evidence: { plan: 规划 } }
      - { id: a2, label: 甲二, points: 20, rule: yesNo }
  - { id: b, label: 乙, points: 40, rule: { kind: bands, figure: { key: x, label: 指标 }, bands: [{ atLeast: 0.9, share: 1 }, { atLeast: 0.8, share: 0.5 }] } }
bands: [{ id: good, label: 良好, atLeast: 0.6 }, { id: fair, label: 一般, atLeast: 0 }]
gates: [{ id: g, label: 门槛, node: a, atLeast: 0.5, band: fair }]
vetoes: [{ id: v, label: 事故, band: fair }]
flagSelfAbove: 0.2
effectiveFrom: "2026-01-01"
tag: D
source: 示例
checkedOn: "2026-01-01"
`;
const surroundings = { entryOf: (reference: string) => entryAt(reference), sources: {} };
const compile = (written: string) => compileScheme(parse(written), "district.yaml", surroundings);

/** The example with one text replaced; fails when the text is not there. */
function changed(from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

describe("a scheme", () => {
  const { scheme, problems } = compile(text);

  test("compiles to nodes in preorder with what they inherit", () => {
    expect(problems).toEqual([]);
    expect(scheme?.nodes.map(({ id, parent, level }) => [id, parent, level])).toEqual([
      ["a", null, "area"],
      ["a1", "a", "keyIndicator"],
      ["a2", "a", "keyIndicator"],
      ["b", null, "area"],
    ]);
    expect(scheme?.nodes[1]?.leaf).toMatchObject({ rule: { kind: "rubric" }, methods: ["documentReview"] });
    expect(scheme?.nodes[1]?.leaf?.raters.map(({ weight }) => weight)).toEqual([0, 0.7, 0.3]);
    expect(scheme?.nodes[2]?.leaf?.rule).toEqual({ kind: "yesNo" });
  });

  test("lets a party judge by a rule of its own", () => {
    const own = changed("parents: 0.3", "parents: { weight: 0.3, rule: { kind: survey, minAnswers: 30 } }");
    const raters = compile(own).scheme?.nodes[1]?.leaf?.raters;
    expect(raters?.map(({ weight, rule }) => [weight, rule.kind])).toEqual([
      [0, "rubric"],
      [0.7, "rubric"],
      [0.3, "survey"],
    ]);
  });

  test("has no raters where a figure decides", () => {
    expect(scheme?.nodes[3]?.leaf?.raters).toEqual([]);
  });

  test("takes official wording by reference with its provenance", () => {
    const official = changed("- { id: b, label: 乙,", "- { id: b, takes: moe-2017-quality-balance/resources/R1,");
    const node = compile(official).scheme?.nodes[3];
    expect(node?.label).toBe("每百名学生拥有高于规定学历教师数");
    expect(node?.reference).toBe("moe-2017-quality-balance/resources/R1");
    expect(node?.provenance.tag).toBe("F:S1,S2,S4,S8");
  });
});

describe("the compiler names file, place, fault and remedy", () => {
  test.each<[string, string, string, string, string]>([
    ["points that do not sum", "points: 20,", "points: 19,", "areas/a/children", "points sum to 59, not 60"],
    ["areas that do not sum", "points: 100", "points: 101", "areas", "points sum to 100, not 101"],
    ["weights of raters that do not sum", "parents: 0.3", "parents: 0.2", "raters", "weights sum to 0.9, not 1"],
    ["a negative weight", "parents: 0.3", "parents: -0.3", "raters/parents", "is -0.3"],
    [
      "a leaf without rater",
      "raters: { self: 0, commission: 0.7, parents: 0.3 }\n",
      "",
      "areas/a/children/a1/raters",
      "nobody rates this leaf",
    ],
    ["a rater who is no party", "parents: 0.3 }", "pupils: 0.3 }", "raters/pupils", "is no party"],
    ["a leaf without rule", "\nrule: four", "", "areas/a/children/a1/rule", "has no rule"],
    ["a rule nobody defined", "\nrule: four", "\nrule: five", "rule", "there is no rule five"],
    ["a kind that is none", "kind: rubric", "kind: magic", "rules/four/kind", '"magic" is no kind of rule'],
    [
      "a rule that refers to itself",
      "rules: { four: {",
      "rules: { self: four, four: four, other: {",
      "rule",
      "there is no rule four",
    ],
    [
      "a leaf without method",
      "methods: [documentReview]\n",
      "",
      "areas/a/children/a1/methods",
      "says not how it is looked at",
    ],
    ["a method that is none", "[documentReview]", "[telepathy]", "methods", '"telepathy" is no method'],
    [
      "a figure in place of a judgement",
      "parents: 0.3",
      "parents: { weight: 0.3, rule: { kind: count, figure: { key: x, label: 指标 }, each: 1 } }",
      "raters/parents/rule",
      "takes a figure",
    ],
    ["raters of a figure", "label: 乙,", "label: 乙, raters: { commission: 1 },", "areas/b/raters", "takes a figure"],
    ["the same id twice", "id: a2", "id: a1", "areas/a/children/a1/id", "a1 stands twice"],
    ["an id in Chinese", "id: a2", "id: 甲二", "areas/a/children/甲二/id", 'is "甲二"'],
    ["a misspelt member", "flagSelfAbove", "flagSelfAbov", "flagSelfAbov", "is not a member"],
    [
      "a share above 1",
      "share: 0.5 }] } }\nraters",
      "share: 1.5 }] } }\nraters",
      "rules/four/levels/2/share",
      "is 1.5",
    ],
    [
      "levels that do not fall",
      "id: B, label: 良, share: 0.5",
      "id: B, label: 良, share: 1",
      "rules/four/levels/2",
      "B gives no less than A",
    ],
    [
      "a band that cannot be reached",
      "atLeast: 0.8, share",
      "atLeast: 0.95, share",
      "areas/b/rule/bands/2",
      "can never be reached",
    ],
    [
      "bands that mix directions",
      "{ atLeast: 0.8, share",
      "{ atMost: 0.8, share",
      "areas/b/rule/bands/2",
      "mixes atLeast and atMost",
    ],
    ["results without band", "label: 一般, atLeast: 0 }", "label: 一般, atLeast: 0.1 }", "bands/2", "have no band"],
    ["a gate on no node", "node: a,", "node: z,", "gates/1/node", "there is no node z"],
    [
      "a veto to no band",
      "label: 事故, band: fair",
      "label: 事故, band: worst",
      "vetoes/1/band",
      'there is no band "worst"',
    ],
    [
      "rescaling without a limit",
      "\nrule: four",
      "\nrule: four\nmissing: { rater: rescale }",
      "missing/presentAtLeast",
      "never or always",
    ],
    [
      "wording nobody printed",
      "label: 乙,",
      "takes: moe-2017-quality-balance/resources/R9,",
      "areas/b/takes",
      "there is no entry",
    ],
    ["wording without guide", "label: 乙,", "takes: R1,", "areas/b/takes", "is in no guide"],
    ["both wordings", "label: 乙,", "label: 乙, takes: R1,", "areas/b", "needs either takes or label"],
    ["no mark of whose rule it is", "districtRule: true\n", "", "districtRule", "is missing"],
    [
      "a district's rule sold as national",
      "districtRule: true",
      "districtRule: false",
      "districtRule",
      "is the district's own",
    ],
    ["no source", "source: 示例\n", "", "", "has no source"],
    [
      "a day that does not exist",
      'effectiveFrom: "2026-01-01"',
      'effectiveFrom: "2026-02-30"',
      "effectiveFrom",
      "2026-02-30",
    ],
    [
      "an end before the beginning",
      "tag: D",
      'effectiveTo: "2025-01-01"\ntag: D',
      "effectiveTo",
      "is before effectiveFrom",
    ],
    [
      "surveys of a handful",
      "rule: yesNo",
      "rule: { kind: survey, minAnswers: 5 }",
      "areas/a/children/a2/rule/minAnswers",
      "is 5",
    ],
    [
      "nobody at all",
      "parties: { self: 自评, commission: 区教委, parents: 家长 }",
      "parties: {}",
      "parties",
      "nobody rates",
    ],
    ["a node without points", "label: 甲二, points: 20", "label: 甲二", "areas/a/children/a2/points", "is missing"],
  ])("%s", (_what, from, to, path, problem) => {
    const { scheme, problems } = compile(changed(from, to));
    expect(scheme).toBeNull();
    const found = problems.find((candidate) => candidate.path === path && candidate.problem.includes(problem));
    expect(found, JSON.stringify(problems)).toBeDefined();
    expect(found?.file).toBe("district.yaml");
    expect(found?.mend).not.toBe("");
  });

  test.each([null, 3, "text", [], [[]]])("%j is no scheme", (raw) => {
    expect(compileScheme(raw, "x", surroundings).problems).toHaveLength(1);
  });

  test("a fault that is handed down is reported once, where it is written", () => {
    const twoLeaves = changed("share: 0.5 }] } }\nraters", "share: 2 }] } }\nraters").replace(", rule: yesNo", "");
    expect(compile(twoLeaves).problems.map(({ path }) => path)).toEqual(["rules/four/levels/2/share"]);
  });

  test("a fourth level is refused", () => {
    const deep = changed(
      "label: 甲一, points: 40, evidence: { plan: 规划 } }",
      "label: 甲一, points: 40, children: [{ id: p, label: 丙, points: 40, children: [{ id: q, label: 丁, points: 40 }] }] }",
    );
    expect(compile(deep).problems.map(({ problem }) => problem)).toContain("is a fourth level");
  });
});

describe("the JSON Schema for editors", () => {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../../docs/schemas/scheme.schema.json"), "utf8"),
  );
  const folder = join(import.meta.dirname, "../data/local/example-district/example-2025-school-evaluation");
  const files = readdirSync(folder).filter((name) => name !== "document.yaml");

  test.each(files)("fits %s", (name) => {
    expect(fits(parse(readFileSync(join(folder, name), "utf8")), schema)).toBe(true);
  });

  test("fits the example", () => {
    expect(files).toHaveLength(5);
    expect(fits(parse(text), schema)).toBe(true);
  });

  test.each<[string, string, string]>([
    ["a misspelt member", "flagSelfAbove", "flagSelfAbov"],
    ["a weight above 1", "commission: 0.7", "commission: 7"],
    ["a kind that is none", "kind: rubric", "kind: magic"],
    ["a method that is none", "[documentReview]", "[telepathy]"],
    ["bands that mix directions in one band", "{ atLeast: 0.8, share", "{ atLeast: 0.8, atMost: 1, share"],
    ["both wordings", "label: 乙,", "label: 乙, takes: R1,"],
    ["a node without points", "label: 甲二, points: 20", "label: 甲二"],
    ["an id in Chinese", "id: a2", "id: 甲二"],
    ["no mark of whose rule it is", "districtRule: true\n", ""],
    ["nobody at all", "parties: { self: 自评, commission: 区教委, parents: 家长 }", "parties: {}"],
    ["surveys of a handful", "rule: yesNo", "rule: { kind: survey, minAnswers: 5 }"],
  ])("refuses %s, as the compiler does", (_what, from, to) => {
    const written = changed(from, to);
    expect(fits(parse(written), schema)).toBe(false);
    expect(compile(written).scheme).toBeNull();
  });
});
