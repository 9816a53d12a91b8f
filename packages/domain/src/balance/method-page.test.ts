/** Holds the engine to the worked example of docs/methods/balance.md, and the page to the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { Phase } from "../base/index.ts";
import { assessBalance, balanceRules } from "./index.ts";
import { ampleDistrict, ampleSchool } from "./testing/facts.ts";

interface Example {
  schools: { code: string; pupils: Record<Phase, number>; teachingFloorAreaM2: number; indoorSportsAreaM2: number }[];
  rows: { code: string; phase: Phase; numerator: number; value: number; verdict: string; missingToThreshold: number }[];
  cv: { phase: Phase; mean: number; sd: number; cv: number; verdict: string }[];
}

const page = readFileSync(join(import.meta.dirname, "../../../../docs/methods/balance.md"), "utf8");
const block = /## Worked example[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const example: Example = parse(block);

const assessment = assessBalance(
  ampleDistrict(
    example.schools.map(({ code, pupils, teachingFloorAreaM2, indoorSportsAreaM2 }) => {
      const school = ampleSchool(code, pupils);
      return { ...school, shared: school.shared && { ...school.shared, teachingFloorAreaM2, indoorSportsAreaM2 } };
    }),
  ),
  balanceRules("2025-09-01"),
);

test("the rows of the worked example come out as printed", () => {
  expect(example.rows).toHaveLength(4);
  expect(assessment.rows).toHaveLength(4);
  for (const printed of example.rows) {
    const row = assessment.rows.find(
      (candidate) => candidate.schoolCode === printed.code && candidate.phase === printed.phase,
    );
    const r4 = row?.indicators.R4;
    expect(r4?.numerator).toBeCloseTo(printed.numerator, 2);
    expect(r4?.value).toBeCloseTo(printed.value, 2);
    expect(r4?.verdict).toBe(printed.verdict);
    expect(r4?.missingToThreshold).toBeCloseTo(printed.missingToThreshold, 9);
  }
});

test("the coefficients of the worked example come out as printed", () => {
  expect(example.cv).toHaveLength(2);
  for (const printed of example.cv) {
    const result = assessment.cv.find((candidate) => candidate.phase === printed.phase && candidate.indicator === "R4");
    expect(result?.mean).toBeCloseTo(printed.mean, 4);
    expect(result?.sd).toBeCloseTo(printed.sd, 4);
    expect(result?.cv).toBeCloseTo(printed.cv, 4);
    expect(result?.verdict).toBe(printed.verdict);
  }
});
