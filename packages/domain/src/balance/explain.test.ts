import { codeOf, labelOf } from "@xingfu/standards";
import { expect, test } from "vitest";
import { assessBalance, balanceRules, explainCondition, explainIndicator, readableFormula } from "./index.ts";
import { ampleDistrict, ampleSchool } from "./testing/facts.ts";

const rules = balanceRules("2025-09-01");
const nineYear = ampleSchool("3150000001", { primary: 600, junior: 300 });
const facts = ampleDistrict([
  { ...nineYear, shared: nineYear.shared && { ...nineYear.shared, teachingFloorAreaM2: 6000, indoorSportsAreaM2: 0 } },
  ampleSchool("2150000002", { primary: 100 }, { isCounted: false, parentCode: "3150000001" }),
  ampleSchool("1150000003", { kindergarten: 100 }),
]);

test("a split figure shows whole amounts, share, weights and pupils of all stages", () => {
  const trail = explainIndicator(ampleDistrict(facts.schools.slice(0, 1)), rules, "3150000001", "junior", "R4");
  expect(trail).toMatchObject({
    formula: "(teachingFloorAreaM2 − indoorSportsAreaM2) × share ÷ juniorPupils",
    substituted: "(6000 − 0) × 0.354839 ÷ 300 = 7.096774",
    reference: "moe-2017-quality-balance/resources/R4",
    rulesVersion: "2017-04-19",
  });
  expect(trail.inputs.map((input) => [input.item, input.value, input.note])).toEqual([
    ["teachingFloorAreaM2", 6000, "split 0.354839 (primary-junior)"],
    ["indoorSportsAreaM2", 0, "split 0.354839 (primary-junior)"],
    ["primaryPupils", 600, "weight"],
    ["juniorPupils", 300, "divisor"],
  ]);
});

test("a merged campus appears with its own figures", () => {
  const trail = explainIndicator(facts, rules, "3150000001", "primary", "R2");
  expect(trail.inputs.filter((input) => input.item === "leadTeachers").map((input) => input.schoolCode)).toEqual([
    "3150000001",
    "2150000002",
  ]);
  expect(trail.numerator).toBeCloseTo(14, 9);
});

test("a school without a row has a trail that says so", () => {
  expect(explainIndicator(facts, rules, "1150000003", "primary", "R1").gap).toEqual({
    why: "not-applicable",
    rule: "noSuchRow",
  });
  expect(explainIndicator(facts, rules, "0000000000", "primary", "R1").value).toBeNull();
  expect(explainCondition(facts, rules, "G99.x").gap).toEqual({ why: "not-applicable", rule: "G99.x" });
});

test("one school's part of a condition can be opened", () => {
  const trail = explainCondition(facts, rules, "Q4.budget", "3150000001");
  expect(trail.value).toBeCloseTo(0.06, 12);
  expect(trail.inputs.map((input) => [input.item, input.value])).toEqual([
    ["trainingBudgetYuan", 120_000],
    ["publicFundsBudgetYuan", 2_000_000],
  ]);
  const share = explainCondition(facts, rules, "G12.share", "3150000001");
  expect(share.value).toBe(1);
  expect(share.inputs.length).toBeGreaterThan(2);
});

test("every item of a formula or a gap has a Chinese name", () => {
  const conditions = assessBalance(facts, rules).items.flatMap((item) => item.conditions);
  const formulas = conditions.map((condition) => explainCondition(facts, rules, condition.id).formula);
  for (const indicator of ["R1", "R3", "R4", "R5", "R6", "R7"] as const)
    formulas.push(explainIndicator(facts, rules, "3150000001", "primary", indicator).formula);
  for (const formula of formulas) expect(readableFormula(formula)).not.toMatch(/[A-Za-z]{2}/);
  const nothing = ampleDistrict(
    [
      ampleSchool(
        "2150000001",
        { primary: 400 },
        { shared: null, musicRoomAreasM2: null, publicFundsBudgetYuan: null },
      ),
    ],
    { figures: {}, monitoring: [] },
  );
  const items = assessBalance(nothing, rules).gaps.flatMap(({ gap }) => (gap.why === "not-reported" ? [gap.item] : []));
  expect(items.length).toBeGreaterThan(15);
  expect(items.filter((item) => labelOf("reportedItems", item) === item)).toEqual([]);
  expect(codeOf("reportedItems", "在校生数")).toBe("pupils");
});
