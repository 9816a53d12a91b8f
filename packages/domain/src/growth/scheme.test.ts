import { describe, expect, test } from "vitest";
import { Fault, schoolYear } from "../base/index.ts";
import { checkGrowthScheme } from "./index.ts";
import { soundScheme } from "./testing/scheme.ts";

/** Fields of the refusal of a changed scheme. */
function refusal(change: Record<string, unknown>): Fault<"GROWTH_SCHEME_INVALID">["fields"] {
  try {
    checkGrowthScheme({ ...soundScheme(), ...change });
  } catch (error) {
    if (error instanceof Fault && error.code === "GROWTH_SCHEME_INVALID")
      return (error as Fault<"GROWTH_SCHEME_INVALID">).fields;
    throw error;
  }
  throw new Error("the scheme was accepted");
}

describe("a scheme", () => {
  test("that holds comes back as it is", () => {
    const scheme = soundScheme();
    expect(checkGrowthScheme(scheme)).toBe(scheme);
  });

  const fitness = soundScheme().measure;
  test.each([
    ["declaredOn", { declaredOn: "2025-02-30" }, "2025-02-30"],
    ["measure.kind", { measure: { ...fitness, kind: "height" } }, "height"],
    ["measure.form", { measure: { ...fitness, form: "distribution" } }, "measured on pupils"],
    ["measure.form", { measure: { ...fitness, form: "mean" } }, "measured on pupils"],
    ["stage", { stage: "college" }, "college"],
    ["lastGrade", { lastGrade: 0 }, "from 1 to 6"],
    ["years", { years: [] }, "no school year"],
    ["years", { years: [schoolYear(2025), schoolYear(2025)] }, "twice"],
    ["years", { years: [25] }, "25"],
    ["priors", { priors: 0 }, "no growth"],
    ["adjustments", { adjustments: ["income"] }, "income"],
    ["subGroups", { subGroups: ["sex", "sex"] }, "twice"],
    ["minimumPupils", { minimumPupils: 9 }, "at least 10"],
    ["minimumSubGroup", { minimumSubGroup: 9.5 }, "at least 10"],
    ["falseAlarmRate", { falseAlarmRate: 0.5 }, "0.5"],
    ["falseAlarmRate", { falseAlarmRate: Number.NaN }, "NaN"],
  ])("with a wrong %s (%j) is refused", (field, change, words) => {
    const fields = refusal(change);
    expect(fields.field).toBe(field);
    expect(fields.problem).toContain(words);
  });

  test("the limits themselves are accepted", () => {
    for (const change of [{ minimumPupils: 10 }, { falseAlarmRate: 0.001 }, { falseAlarmRate: 0.2 }, { lastGrade: 4 }])
      expect(checkGrowthScheme(soundScheme(change))).toMatchObject(change);
  });

  test("everything wrong is named at once", () => {
    const { field, problem } = refusal({ title: " ", minimumPupils: 3, falseAlarmRate: 1 });
    expect(field).toBe("title");
    expect(problem).toContain("minimumPupils");
    expect(problem).toContain("falseAlarmRate");
  });
});
