import * as fc from "fast-check";
import { codeList } from "@xingfu/standards";
import { describe, expect, test } from "vitest";
import { Fault } from "../base/index.ts";
import type { Stage } from "../base/index.ts";
import { applyChanges, assessBalance, balanceRules, changeableFields } from "./index.ts";
import type { BalanceFacts, Change, SchoolFacts, StageFacts } from "./index.ts";
import { saneFacts } from "./testing/arbitrary.ts";
import { ampleDistrict, ampleSchool } from "./testing/facts.ts";

/** The member of a record or list at a path; undefined when there is none. */
function at(record: unknown, ...path: readonly string[]): unknown {
  let current = record;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = Object.entries(current).find(([name]) => name === key)?.[1];
  }
  return current;
}

/** The reported value a change would replace; null when there is none. */
function reported(school: SchoolFacts, stage: Stage | null, field: string): number | null {
  const facts = school.stages.find((candidate) => candidate.stage === stage);
  const path = field.replace("classSizes", "classes.sizes").split(".");
  const value =
    stage === null
      ? (at(school, ...path) ?? at(school.shared, ...path))
      : (at(facts, ...path) ?? at(facts?.booked, ...path));
  return typeof value === "number" ? value : null;
}

/** Every change that sets a number to what it already is. */
function identities(facts: BalanceFacts): Change[] {
  return facts.schools.flatMap((school) =>
    changeableFields.flatMap(({ field, scope, isList }) => {
      const key = isList ? `${field}.0` : field;
      const stages: (Stage | null)[] =
        scope === "school" ? [null] : school.stages.map((facts: StageFacts) => facts.stage);
      if (scope === "both") stages.push(null);
      return stages.flatMap((stage) => {
        const value = reported(school, stage, key);
        return value === null ? [] : [{ schoolCode: school.schoolCode, stage, field: key, value }];
      });
    }),
  );
}

function faultOf(change: Partial<Change>): unknown {
  const facts = ampleDistrict([ampleSchool("2150000001", { primary: 400 })]);
  try {
    applyChanges(facts, [{ schoolCode: "2150000001", stage: "primary", field: "pupils", value: 1, ...change }]);
  } catch (error) {
    return error instanceof Fault ? error.code : error;
  }
  return "no fault";
}

describe("what-if", () => {
  test("setting every number to its reported value changes nothing", () => {
    fc.assert(
      fc.property(saneFacts, (facts) => {
        const changes = identities(facts);
        expect(changes.length).toBeGreaterThan(20);
        expect(applyChanges(facts, changes)).toEqual(facts);
      }),
      { numRuns: 30 },
    );
  });

  test("the reported facts stay as they are", () => {
    const facts = ampleDistrict([ampleSchool("2150000001", { primary: 400 })]);
    const before = structuredClone(facts);
    applyChanges(facts, [
      { schoolCode: "2150000001", stage: "primary", field: "teachers.master", value: 9 },
      { schoolCode: "2150000001", stage: null, field: "equipmentYuan", value: 9 },
      { schoolCode: "2150000001", stage: "primary", field: "classSizes.0", value: 9 },
    ]);
    expect(facts).toEqual(before);
  });

  test("a failing figure lifted to what is missing passes", () => {
    const rules = balanceRules("2025-09-01");
    const poor = ampleSchool("2150000001", { primary: 400 });
    const facts = ampleDistrict([
      { ...poor, stages: poor.stages.map((stage) => ({ ...stage, leadTeachers: 1, peArtsTeachers: 1 })) },
    ]);
    expect(assessBalance(facts, rules).rows[0]?.verdict).toBe("notMet");
    const lifted = applyChanges(facts, [
      { schoolCode: "2150000001", stage: "primary", field: "leadTeachers", value: 4 },
      { schoolCode: "2150000001", stage: "primary", field: "peArtsTeachers", value: 4 },
    ]);
    expect(assessBalance(lifted, rules).rows[0]?.verdict).toBe("met");
  });

  test("a number nobody reported can be given", () => {
    const facts = ampleDistrict([ampleSchool("2150000001", { primary: 400 }, { shared: null })]);
    const given = applyChanges(facts, [
      { schoolCode: "2150000001", stage: null, field: "equipmentYuan", value: 1_000_000 },
    ]);
    expect(given.schools[0]?.shared).toMatchObject({ equipmentYuan: 1_000_000, multimediaRooms: null });
  });

  test("a class can be added at the end of the list", () => {
    const facts = ampleDistrict([ampleSchool("2150000001", { primary: 80 })]);
    const more = applyChanges(facts, [
      { schoolCode: "2150000001", stage: "primary", field: "classSizes.2", value: 30 },
    ]);
    expect(more.schools[0]?.stages[0]?.classes?.sizes).toEqual([40, 40, 30]);
  });

  test.each<[string, Partial<Change>]>([
    ["an unknown school", { schoolCode: "9" }],
    ["a stage the school does not have", { stage: "junior" }],
    ["an unknown field", { field: "name" }],
    ["a field of the prototype", { field: "constructor" }],
    ["a stage field without stage", { stage: null }],
    ["a school field with a stage", { field: "builtYear" }],
    ["a list without a place", { field: "classSizes" }],
    ["a place beyond the list", { field: "classSizes.99" }],
    ["a negative number", { value: -1 }],
    ["half a teacher", { field: "leadTeachers", value: 0.5 }],
    ["no number", { value: NaN }],
  ])("refuses %s", (_what, change) => {
    expect(faultOf(change)).toBe("SCENARIO_INVALID");
  });

  test("every changeable field has a label", () => {
    const labels = new Set(codeList("balanceFields").map((code) => code.code));
    expect(changeableFields.map(({ field }) => field).filter((field) => !labels.has(field))).toEqual([]);
    expect(labels.size).toBe(changeableFields.length);
  });
});
