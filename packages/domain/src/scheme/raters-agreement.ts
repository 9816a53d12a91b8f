/** How well the raters of a round agree, leaf by leaf: before anybody is corrected, whether there is something to correct. */

import type { AlphaMetric, Intraclass, RatingMatrix } from "@xingfu/numerics";
import { NumericsFault, intraclassCorrelations, krippendorffAlpha } from "@xingfu/numerics";
import type { Gap } from "../base/index.ts";
import type { RoundRating, UnusedRoundRating } from "./raters.ts";
import { tableOfRound } from "./raters.ts";

export interface AgreementOptions {
  /** what a difference of shares means; default "interval", as shares are added up to a score */
  readonly metric?: AlphaMetric;
  /** of the intervals, 0–1; default 0.95 */
  readonly coverage?: number;
  /** bootstrap samples of the interval of α; default 500 */
  readonly resamples?: number;
  readonly seed?: number;
}

/** How far the ratings of a leaf can be relied on. The limits are Krippendorff's (2004, p. 241). */
export type AgreementBand =
  /** α of 0.8 or more */
  | "reliable"
  /** α of 0.667 or more: for tentative conclusions */
  | "tentative"
  /** below */
  | "unreliable";

/** Agreement of a leaf. */
export interface Agreement {
  readonly alpha: { readonly value: number; readonly lower: number | null; readonly upper: number | null };
  readonly band: AgreementBand;
  /** ICC(A,1) and ICC(A,k): of one rater, and of the mean of the raters of a school */
  readonly agreement: { readonly single: Intraclass; readonly average: Intraclass };
  /** ICC(C,1) and ICC(C,k): the same when raters who are all the time stricter do no harm */
  readonly consistency: { readonly single: Intraclass; readonly average: Intraclass };
  /** k */
  readonly perSchool: number;
}

export interface LeafAgreement {
  readonly node: string;
  /** schools rated, and those rated by two or more */
  readonly schools: number;
  readonly paired: number;
  readonly raters: number;
  readonly ratings: number;
  readonly result: Agreement | Gap;
}

export interface RoundAgreement {
  /** by leaf, in the order of their codes */
  readonly leaves: readonly LeafAgreement[];
  readonly unused: readonly UnusedRoundRating[];
}

/** Schools rated by two or more below which agreement is not stated. */
export const minimumPaired = 10;

/**
 * Agreement of every leaf. A leaf on which all ratings are the same has none (no-denominator): raters who never differ on schools
 * that never differ have not shown that they would see a difference.
 *
 * @param ratings  of one party, in any order
 * @param points   the leaves that count
 */
export function measureAgreement(
  ratings: readonly RoundRating[],
  points: ReadonlyMap<string, number>,
  options: AgreementOptions = {},
): RoundAgreement {
  const table = tableOfRound(ratings, points);
  const matrices = table.nodes.map((): { school: number; rater: number; share: number }[] => []);
  table.entries.forEach((own, school) => {
    for (const { rater, node, share } of own) matrices[node]!.push({ school, rater, share });
  });
  const leaves = table.nodes.map((node, at): LeafAgreement => {
    const own = matrices[at]!;
    const matrix: RatingMatrix = {
      subjects: table.schools.length,
      raters: table.raters.length,
      values: new Float64Array(table.schools.length * table.raters.length).fill(NaN),
    };
    const counts = new Int32Array(table.schools.length);
    for (const { school, rater, share } of own) {
      matrix.values[school * matrix.raters + rater] = share;
      counts[school]! += 1;
    }
    const paired = counts.reduce((sum, count) => sum + (count > 1 ? 1 : 0), 0);
    return {
      node,
      schools: counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0),
      paired,
      raters: new Set(own.map(({ rater }) => rater)).size,
      ratings: own.length,
      result:
        paired < minimumPaired ? { why: "too-few", have: paired, need: minimumPaired } : agreementOf(matrix, options),
    };
  });
  return { leaves, unused: table.unused };
}

function agreementOf(matrix: RatingMatrix, options: AgreementOptions): Agreement | Gap {
  const { metric = "interval", coverage = 0.95, resamples = 500, seed = 1 } = options;
  try {
    const { value, lower, upper } = krippendorffAlpha(matrix, { metric, coverage, resamples, seed });
    const { agreement, consistency, perSubject } = intraclassCorrelations(matrix, coverage);
    const band = value >= 0.8 ? "reliable" : value >= 0.667 ? "tentative" : "unreliable";
    return { alpha: { value, lower, upper }, band, agreement, consistency, perSchool: perSubject };
  } catch (error) {
    // the data, not the caller, are at fault: nothing varies, or error cannot be told from difference
    if (error instanceof NumericsFault && (error.code === "DATA_INSUFFICIENT" || error.code === "MODEL_NOT_IDENTIFIED"))
      return { why: "no-denominator", item: "differencesBetweenRatings" };
    throw error;
  }
}
