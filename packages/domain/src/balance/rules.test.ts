import { overridesOf } from "@xingfu/standards";
import { describe, expect, test } from "vitest";
import { Fault, canonicalText, schoolYear } from "../base/index.ts";
import { assessmentDate, balanceRules } from "./index.ts";
import type { RuleOverride } from "./index.ts";

const g7: RuleOverride = {
  reference: "moe-2017-quality-balance/government/G7",
  field: "quotaYuan",
  value: 8000,
  source: "（示例）",
  effectiveFrom: "2025-01-01",
};
const date = assessmentDate(schoolYear(2025));

/** Fields of the fault that a call throws. */
function faultOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error instanceof Fault ? [error.code, error.fields] : error;
  }
  return "no fault";
}

test("the national numbers are those of the document", () => {
  const rules = balanceRules(date);
  expect(
    Object.values(rules.resources).map((resource) => [
      resource.threshold.primary,
      resource.threshold.junior,
      resource.per,
      resource.isSplit,
    ]),
  ).toEqual([
    [4.2, 5.3, 100, false],
    [1, 1, 100, false],
    [0.9, 0.9, 100, false],
    [4.5, 5.8, 1, true],
    [7.5, 10.2, 1, true],
    [2000, 2500, 1, true],
    [2.3, 2.4, 100, true],
  ]);
  for (const limit of Object.values(rules.spread)) expect(limit).toEqual({ primary: 0.5, junior: 0.45 });
  expect(rules.school).toMatchObject({ metAtLeast: 6, restShare: 0.85 });
  expect(rules.government.G5.classSize).toEqual({ primary: 45, junior: 50 });
  expect(rules.government.G4).toEqual({ pupils: 2000, combinedPupils: 2500 });
  expect(rules.government.G11).toEqual({ rotatedShare: 0.1, leadShare: 0.2 });
  expect(rules.quality).toEqual({
    Q1: { share: 0.95 },
    Q2: { share: 0.95 },
    Q4: { share: 0.05 },
    Q9: { level: 3, betweenSchoolShare: 0.15 },
  });
  expect(rules.recognition.share).toBe(0.85);
  expect(rules.precondition.years).toBe(3);
});

test("rules are a plain record that survives JSON", () => {
  const rules = balanceRules(date, [g7]);
  expect(canonicalText(JSON.parse(JSON.stringify(rules)))).toBe(canonicalText(rules));
});

describe("local documents", () => {
  test("replace a number from the day they are in force", () => {
    expect(balanceRules("2025-01-01", [g7]).government.G7.quotaYuan).toBe(8000);
    expect(balanceRules("2024-12-31", [g7]).government.G7.quotaYuan).toBe(6000);
  });

  test("show in the version and the canonical text", () => {
    expect(balanceRules(date, [g7]).version).toBe("2017-04-19+local.1");
    expect(balanceRules("2024-12-31", [g7]).version).toBe("2017-04-19");
    expect(canonicalText(balanceRules(date, [g7]))).not.toBe(canonicalText(balanceRules(date)));
  });

  test("of two for one number the later holds", () => {
    const later = { ...g7, value: 9000, effectiveFrom: "2025-06-01" };
    expect(balanceRules(date, [later, g7]).government.G7.quotaYuan).toBe(9000);
  });

  test("replace one phase or both", () => {
    const r4 = { ...g7, reference: "moe-2017-quality-balance/resources/R4", field: "threshold", value: 6 };
    expect(balanceRules(date, [r4]).resources.R4.threshold).toEqual({ primary: 6, junior: 6 });
    expect(balanceRules(date, [{ ...r4, phase: "primary" }]).resources.R4.threshold).toEqual({
      primary: 6,
      junior: 5.8,
    });
  });

  test("can switch splitting for one indicator", () => {
    const split = { ...g7, reference: "moe-2017-quality-balance/resources/R1", field: "isSplit", value: true };
    expect(balanceRules(date, [split]).resources.R1.isSplit).toBe(true);
  });

  test("the example document replaces the special-education quota", () => {
    expect(balanceRules(date, overridesOf("example-2025-public-funds")).government.G7.quotaYuan).toBe(8000);
  });

  test.each([
    ["an unknown item", { reference: "moe-2017-quality-balance/government/G16" }],
    ["an unknown field", { field: "yuan" }],
    ["a phase the number does not have", { phase: "primary" }],
    ["a negative value", { value: -1 }],
    ["a value that is no number", { value: NaN }],
    ["a switch for a number", { value: true }],
    ["no source", { source: " " }],
    ["no date", { effectiveFrom: "soon" }],
    ["a share above one", { reference: "moe-2017-quality-balance/government/G12", field: "share", value: 85 }],
    [
      "the hours of training, which are part of the statistic",
      { reference: "moe-2017-quality-balance/government/G9", field: "hours", value: 300 },
    ],
  ])("are refused with %s", (_what, change) => {
    expect(faultOf(() => balanceRules(date, [{ ...g7, ...change }]))).toMatchObject(["RULES_INVALID", {}]);
  });
});

test("there are no rules before the document", () => {
  expect(faultOf(() => balanceRules("2016-09-01"))).toEqual([
    "RULES_INVALID",
    { reference: "moe-2017-quality-balance", problem: "not in force on 2016-09-01" },
  ]);
});
