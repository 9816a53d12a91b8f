/** What a district still lacks, and where an effort counts most. */

import type { Phase } from "../base/index.ts";
import type { BalanceAssessment, Indicator } from "./assessment.ts";
import type { BalanceFacts } from "./facts.ts";
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
}

/** Every indicator below its threshold, in the order of the rows. */
export function shortfalls(assessment: BalanceAssessment, rules: BalanceRules): Shortfall[] {
  throw new Error(`not written yet: ${assessment.district.code} ${rules.version}`);
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
export function cvContributions(facts: BalanceFacts, rules: BalanceRules, phase: Phase, indicator: Indicator): CvContributions {
  throw new Error(`not written yet: ${facts.districtCode} ${rules.version} ${phase} ${indicator}`);
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
  throw new Error(`not written yet: ${assessment.district.code} ${rules.version}`);
}
