/** What a district still lacks, and where an effort counts most. */

import { keeps } from "../base/index.ts";
import type { Phase } from "../base/index.ts";
import { indicators } from "./assessment.ts";
import type { BalanceAssessment, Indicator } from "./assessment.ts";
import { pupilWeightedCv } from "./cv.ts";
import type { BalanceFacts } from "./facts.ts";
import { mergeSchools } from "./merge.ts";
import { assessResources } from "./resources.ts";
import type { BalanceRules } from "./rules.ts";

/** One indicator of one row below its threshold. Amounts in the numerator's unit (people, m², yuan, rooms), unrounded. */
export interface Shortfall {
  readonly schoolCode: string;
  readonly school: string;
  readonly phase: Phase;
  readonly indicator: Indicator;
  readonly value: number;
  readonly threshold: number;
  readonly ratio: number;
  readonly missingToThreshold: number;
  /** 0 when the indicator is between 85 % and the threshold */
  readonly missingTo85: number;
  /** below 85 %: this indicator alone fails the row */
  readonly isBelowRest: boolean;
}

/** Every indicator below its threshold, in the order of the rows. */
export function shortfalls(assessment: BalanceAssessment, rules: BalanceRules): Shortfall[] {
  return assessment.rows.flatMap((row) =>
    indicators.flatMap((indicator): Shortfall[] => {
      const { value, ratio, threshold, missingToThreshold, missingTo85, verdict } = row.indicators[indicator];
      if (
        verdict !== "notMet" ||
        value === null ||
        ratio === null ||
        missingToThreshold === null ||
        missingTo85 === null
      )
        return [];
      const { schoolCode, school, phase } = row;
      const isBelowRest = !keeps(ratio, "atLeast", rules.school.restShare);
      return [
        { schoolCode, school, phase, indicator, value, threshold, ratio, missingToThreshold, missingTo85, isBelowRest },
      ];
    }),
  );
}

/** One school's part in a coefficient of variation. */
export interface CvContribution {
  readonly schoolCode: string;
  readonly school: string;
  readonly pupils: number;
  readonly value: number;
  /** value − pooled mean */
  readonly deviation: number;
  /** share of the variance, 0–1; the shares of all schools sum to 1 */
  readonly share: number;
  readonly isBelowThreshold: boolean;
  /** the coefficient when this school and all before it in the list that are below the threshold reach it */
  readonly cvIfRaised: number | null;
}

export interface CvContributions {
  readonly phase: Phase;
  readonly indicator: Indicator;
  /** null when the coefficient is not computable */
  readonly cv: number | null;
  readonly limit: number;
  /** largest share of the variance first */
  readonly schools: readonly CvContribution[];
  /** the coefficient when every school below the threshold reaches it */
  readonly cvIfAllReach: number | null;
  /** fewest leading contributors that must reach the threshold for the limit to hold; null when that is not enough, 0 when it holds */
  readonly schoolsToLimit: number | null;
}

/** Which schools make a coefficient of variation, largest share of the variance first. */
export function cvContributions(
  facts: BalanceFacts,
  rules: BalanceRules,
  phase: Phase,
  indicator: Indicator,
): CvContributions {
  const resources = assessResources(facts, mergeSchools(facts, rules), rules);
  const result = resources.cv.find((candidate) => candidate.phase === phase && candidate.indicator === indicator);
  const limit = rules.spread[indicator][phase];
  const { per, threshold: thresholds } = rules.resources[indicator];
  const threshold = thresholds[phase];
  if (!result || result.cv === null || result.mean === null || result.sd === null) {
    return { phase, indicator, cv: null, limit, schools: [], cvIfAllReach: null, schoolsToLimit: null };
  }
  const { cv, mean, sd, pupils } = result;
  const terms = resources.rows
    .filter((row) => row.phase === phase)
    .map((row) => {
      const { value, numerator, verdict } = row.indicators[indicator];
      const deviation = (value ?? 0) - mean;
      // In units of the standard deviation, so that no square can overflow and the shares sum to 1.
      const share = sd > 0 ? (row.pupils / pupils) * (deviation / sd) ** 2 : 0;
      return {
        row,
        amount: numerator ?? 0,
        value: value ?? 0,
        deviation,
        share: Number.isFinite(share) ? share : 0,
        isBelow: verdict !== "met",
      };
    })
    .toSorted((a, b) => b.share - a.share || (a.row.schoolCode < b.row.schoolCode ? -1 : 1));
  const amounts = terms.map(({ row, amount }) => ({ amount, pupils: row.pupils }));
  let cvNow: number | null = cv;
  let raised = 0;
  let schoolsToLimit: number | null = keeps(cv, "atMost", limit) ? 0 : null;
  const schools = terms.map((one, place): CvContribution => {
    if (one.isBelow) {
      amounts[place] = { amount: (threshold * one.row.pupils) / per, pupils: one.row.pupils };
      cvNow = pupilWeightedCv(amounts)?.cv ?? null;
      raised += 1;
      if (schoolsToLimit === null && cvNow !== null && keeps(cvNow, "atMost", limit)) schoolsToLimit = raised;
    }
    return {
      schoolCode: one.row.schoolCode,
      school: one.row.school,
      pupils: one.row.pupils,
      value: one.value,
      deviation: one.deviation,
      share: one.share,
      isBelowThreshold: one.isBelow,
      cvIfRaised: cvNow,
    };
  });
  return { phase, indicator, cv, limit, schools, cvIfAllReach: cvNow, schoolsToLimit };
}

/** The least a failing row must do. */
export interface PathStep {
  readonly indicator: Indicator;
  /** lift to the threshold, or only to 85 % of it */
  readonly to: "threshold" | "rest";
  /** amount to add, in the numerator's unit, unrounded */
  readonly amount: number;
  /** amount ÷ amount at the threshold: the effort, comparable between indicators */
  readonly effort: number;
}

export interface Path {
  readonly schoolCode: string;
  readonly school: string;
  readonly phase: Phase;
  readonly steps: readonly PathStep[];
  readonly effort: number;
  /** indicators that could not be judged; the path holds only when they turn out met */
  readonly unknown: readonly Indicator[];
}

/**
 * For each row that fails: the indicators to lift so that 6 of 7 are met and the rest reaches 85 %, at the least sum of
 * relative efforts. Exact: the sum is least when the dearest indicator is the one left at 85 %.
 */
export function cheapestPath(assessment: BalanceAssessment, rules: BalanceRules): Path[] {
  const mayRest = Math.max(0, indicators.length - rules.school.metAtLeast);
  return assessment.rows
    .filter((row) => row.verdict === "notMet")
    .map((row) => {
      const below = indicators.flatMap((indicator) => {
        const { verdict, threshold, missingToThreshold, missingTo85 } = row.indicators[indicator];
        if (verdict !== "notMet" || missingToThreshold === null || missingTo85 === null) return [];
        const full = (threshold * row.pupils) / rules.resources[indicator].per;
        return [{ indicator, full, missingToThreshold, missingTo85, saved: (missingToThreshold - missingTo85) / full }];
      });
      const resting = new Set(below.toSorted((a, b) => b.saved - a.saved).slice(0, mayRest));
      const steps = below
        .map((one): PathStep => {
          const amount = resting.has(one) ? one.missingTo85 : one.missingToThreshold;
          return {
            indicator: one.indicator,
            to: resting.has(one) ? "rest" : "threshold",
            amount,
            effort: amount / one.full,
          };
        })
        .filter((step) => step.amount > 0);
      const { schoolCode, school, phase } = row;
      const unknown = indicators.filter((indicator) => row.indicators[indicator].verdict === "notComputable");
      return { schoolCode, school, phase, steps, effort: steps.reduce((sum, step) => sum + step.effort, 0), unknown };
    });
}
