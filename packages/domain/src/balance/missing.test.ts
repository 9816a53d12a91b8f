import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assessBalance,
  balanceRules,
  cheapestPath,
  cvContributions,
  indicators,
  pupilWeightedCv,
  shortfalls,
} from "./index.ts";
import type { Amounts, BalanceFacts } from "./index.ts";
import { saneFacts } from "./testing/arbitrary.ts";
import { ampleDistrict, ampleSchool } from "./testing/facts.ts";

const rules = balanceRules("2025-09-01");

/** Coefficient of schools of 600 pupils with these amounts. */
function cvOf(amounts: readonly number[]): number {
  return pupilWeightedCv(amounts.map((amount) => ({ amount, pupils: 600 })))?.cv ?? NaN;
}

/** A district of one primary school of 1000 pupils with the given ratios to the thresholds of R4, R6 and R7. */
function school(r4: number, r6: number, r7: number): BalanceFacts {
  const shared: Amounts = {
    teachingFloorAreaM2: 4500 * r4,
    indoorSportsAreaM2: 0,
    sportsGroundAreaM2: 9000,
    convertedSportsAreaM2: 0,
    leasedSportsAreaM2: 0,
    equipmentYuan: 2_000_000 * r6,
    multimediaRooms: 23 * r7,
  };
  return ampleDistrict([ampleSchool("2150000001", { primary: 1000 }, { shared })]);
}

describe("what is missing", () => {
  test("amounts to the threshold and to 85 % of it, in the unit of the numerator", () => {
    const [area, equipment] = shortfalls(assessBalance(school(0.8, 0.9, 1), rules), rules);
    expect(area).toMatchObject({ indicator: "R4", isBelowRest: true });
    expect(area?.missingToThreshold).toBeCloseTo(900, 9);
    expect(area?.missingTo85).toBeCloseTo(225, 9);
    expect(equipment).toMatchObject({ indicator: "R6", isBelowRest: false, missingTo85: 0 });
    expect(equipment?.missingToThreshold).toBeCloseTo(200_000, 6);
  });

  test("adding what is missing meets the threshold, for any district", () => {
    fc.assert(
      fc.property(saneFacts, (facts) => {
        for (const one of shortfalls(assessBalance(facts, rules), rules)) {
          const { per, threshold } = rules.resources[one.indicator];
          const pupils = (one.missingToThreshold * per) / (one.threshold - one.value);
          const amount = (one.value * pupils) / per;
          expect(((amount + one.missingToThreshold) * per) / pupils).toBeCloseTo(threshold[one.phase], 9);
          const rested = ((amount + one.missingTo85) * per) / pupils / threshold[one.phase];
          expect(rested).toBeCloseTo(one.isBelowRest ? 0.85 : one.ratio, 9);
          expect(one.missingTo85 > 0).toBe(one.isBelowRest);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("the cheapest path", () => {
  test("leaves the one indicator at 85 % that saves most", () => {
    // R4 at 0.5 saves 0.15 by resting, R6 at 0.9 saves 0.10, R7 at 0.95 saves 0.05
    const [path] = cheapestPath(assessBalance(school(0.5, 0.9, 0.95), rules), rules);
    expect(path?.steps.map((step) => [step.indicator, step.to])).toEqual([
      ["R4", "rest"],
      ["R6", "threshold"],
      ["R7", "threshold"],
    ]);
    expect(path?.effort).toBeCloseTo(0.35 + 0.1 + 0.05, 9);
  });

  test("asks nothing of an indicator that may rest where it is", () => {
    const [path] = cheapestPath(assessBalance(school(0.86, 0.9, 1), rules), rules);
    expect(path?.steps.map((step) => step.indicator)).toEqual(["R6"]);
  });

  test("is no dearer than leaving any other indicator at 85 %", () => {
    fc.assert(
      fc.property(saneFacts, (facts) => {
        const assessment = assessBalance(facts, rules);
        for (const path of cheapestPath(assessment, rules)) {
          const row = assessment.rows.find(
            (candidate) => candidate.schoolCode === path.schoolCode && candidate.phase === path.phase,
          );
          const failing = indicators.flatMap((indicator) =>
            row?.indicators[indicator].verdict === "notMet" ? [row.indicators[indicator]] : [],
          );
          const efforts = failing.map(
            (one) => [(one.missingToThreshold ?? 0) / one.threshold, (one.missingTo85 ?? 0) / one.threshold] as const,
          );
          const scale = path.steps.length > 0 ? path.effort : 0;
          const sums = failing.map((_, rested) =>
            failing.reduce((sum, one, place) => {
              const pair = efforts[place] ?? [0, 0];
              const full =
                (one.denominator ?? 1) /
                rules.resources[indicators.find((indicator) => row?.indicators[indicator] === one) ?? "R1"].per;
              return sum + (place === rested ? pair[1] : pair[0]) / full;
            }, 0),
          );
          expect(scale).toBeLessThanOrEqual(Math.min(...sums) + 1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("contributions to a coefficient", () => {
  test("shares sum to one and come largest first", () => {
    fc.assert(
      fc.property(saneFacts, fc.constantFrom(...indicators), (facts, indicator) => {
        const { schools, cv } = cvContributions(facts, rules, "primary", indicator);
        if (cv === null || cv === 0) return;
        expect(schools.reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(1, 9);
        expect(schools.map((one) => one.share)).toEqual(schools.map((one) => one.share).toSorted((a, b) => b - a));
      }),
      { numRuns: 60 },
    );
  });

  test("say what the coefficient becomes when schools below the threshold reach it", () => {
    const areas = [900, 2700, 9000];
    const facts = ampleDistrict(
      areas.map((teachingFloorAreaM2, place) =>
        ampleSchool(
          `215000000${place}`,
          { primary: 600 },
          {
            shared: {
              teachingFloorAreaM2,
              indoorSportsAreaM2: 0,
              sportsGroundAreaM2: 9000,
              convertedSportsAreaM2: 0,
              leasedSportsAreaM2: 0,
              equipmentYuan: 2e6,
              multimediaRooms: 20,
            },
          },
        ),
      ),
    );
    const result = cvContributions(facts, rules, "primary", "R4");
    expect(result.cv).toBeCloseTo(cvOf(areas), 12);
    expect(result.schools.map((one) => one.schoolCode)).toEqual(["2150000002", "2150000000", "2150000001"]);
    // the threshold of 4.5 m² is 2700 m², so the second school is exactly there
    expect(result.schools.map((one) => one.isBelowThreshold)).toEqual([false, true, false]);
    expect(result.cvIfAllReach).toBeCloseTo(cvOf([2700, 2700, 9000]), 12);
    expect(result.schoolsToLimit).toBeNull();
  });
});
