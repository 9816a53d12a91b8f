/**
 * Growth percentiles (学生成长百分位): where a score stands among the scores of those who started alike.
 *
 * They describe the growth of groups. They are no measure by which to rank children.
 */
import type { NumericArray } from "../mixed/table.ts";
import type { Prepared, QuantileFit, QuantileOptions } from "./fit.ts";
import { fitPrepared, prepare, stopwatch } from "./fit.ts";
import { codeColumn } from "./rows.ts";
import type { SimexOptions } from "./simex.ts";
import { simexCoefficients } from "./simex.ts";
import { finerDecimals, roundDecimals, splineTerm } from "./spline.ts";

/** Pupils measured at least twice. All arrays have n rows; NaN = missing. */
export interface GrowthCohort {
  readonly current: NumericArray;
  /** K ≥ 1, most recent first */
  readonly priors: readonly NumericArray[];
  /** [1 + K] what the current score and the priors are called in messages */
  readonly names?: readonly string[];
}

export interface GrowthOptions extends Pick<QuantileOptions, "knots" | "weights" | "timeLimitSeconds" | "signal"> {
  /** correct for the measurement error of the prior scores; by default they are taken as exact */
  readonly measurementError?: SimexOptions;
}

/** What a reader of the percentiles must know. */
export type GrowthNote =
  /** below about 1,000 pupils the outer percentiles rest on a handful of them */
  | { readonly code: "SMALL_COHORT"; readonly used: number }
  /** the prior has so few distinct scores, or lies so unevenly, that not every column of its spline can be told apart */
  | { readonly code: "COLUMNS_DROPPED"; readonly columns: number; readonly of: number }
  /** prior scores outside the given boundaries, where the end pieces of the spline continue */
  | { readonly code: "OUTSIDE_BOUNDARIES"; readonly prior: number; readonly rows: number }
  /** a fifth of the pupils or more share the lowest or highest current score, so that their percentile says little */
  | { readonly code: "SCORE_LIMIT"; readonly score: number; readonly share: number }
  /** the current scores span less than 0.5: a score lies on a fitted curve when it agrees to so many decimals, not five */
  | { readonly code: "FINE_SCALE"; readonly decimals: number };

export interface GrowthPercentiles {
  /** [n] 1–99; 0 = left out because a score is missing */
  readonly percentiles: Uint8Array;
  readonly used: number;
  readonly leftOut: number;
  readonly fit: QuantileFit;
  readonly notes: readonly GrowthNote[];
}

/**
 * The growth percentile of each pupil: the number of 100 conditional quantiles that lie strictly below the score.
 *
 *     percentile = min(99, max(1, #{ τ : round₅ Q_τ(y | x) < y }))      τ = 0.005, 0.015 … 0.995
 *
 * Fitted quantiles of one pupil may cross; they are sorted, which leaves the count as it is. Rounding to five decimals
 * makes a score that lies on a fitted curve equal to it. Conventions are those of the R package SGP (Betebenner).
 *
 * @throws as {@link fitQuantiles}
 * @oracle oracles/quantile-regression
 * @see Betebenner 2009, Educational Measurement: Issues and Practice 28(4), 42–51
 */
export function growthPercentiles(cohort: GrowthCohort, options: GrowthOptions = {}): GrowthPercentiles {
  const { current, priors, names } = cohort;
  const { knots, weights, measurementError, timeLimitSeconds, signal } = options;
  const asked: QuantileOptions = {
    ...(knots === undefined ? {} : { knots }),
    ...(weights === undefined ? {} : { weights }),
    ...(names === undefined ? {} : { names }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(signal === undefined ? {} : { signal }),
  };
  const watch = stopwatch(options);
  const prepared = prepare(current, priors, asked);
  const naive = fitPrepared(prepared, priors, asked, watch);
  const fit =
    measurementError === undefined
      ? naive
      : { ...naive, coefficients: simexCoefficients(current, priors, naive, measurementError, watch, weights) };
  return {
    percentiles: countBelow(prepared, fit, watch.check),
    used: fit.used,
    leftOut: fit.leftOut,
    fit,
    notes: notesOn(prepared, fit),
  };
}

/**
 * The 100 quantiles of the current score for given prior scores, sorted and rounded as for the percentiles.
 *
 * @param priors  [K][r], most recent first, finite
 * @returns [r × T]
 */
export function conditionalQuantiles(fit: QuantileFit, priors: readonly NumericArray[]): Float64Array {
  const count = fit.taus.length;
  const rows = priors[0]?.length ?? 0;
  const evaluate = evaluator(
    fit,
    priors.map((prior) => codeColumn(Float64Array.from(prior))),
  );
  const result = new Float64Array(rows * count);
  for (let i = 0; i < rows; i++) {
    const quantiles = evaluate(i);
    result.set(quantiles.map((quantile) => roundDecimals(quantile, 5)).sort(), i * count);
  }
  return result;
}

/** Fitted quantiles row by row, by look-up of each distinct score. @returns [T], overwritten by the next call */
function evaluator(
  fit: QuantileFit,
  priors: readonly { readonly levels: Float64Array; readonly codes: Int32Array }[],
): (row: number) => Float64Array {
  const count = fit.taus.length;
  const p = fit.coefficients.length / count;
  // transposed: one run of T numbers per column
  const columns = new Float64Array(count * p);
  for (let t = 0; t < count; t++) for (let c = 0; c < p; c++) columns[c * count + t] = fit.coefficients[t * p + c]!;
  let start = 1;
  const parts = fit.knots.map((knots, k) => {
    const { levels, codes } = priors[k]!;
    const term = splineTerm(levels, knots, `prior ${k + 1}`);
    const from = start;
    start += term.width;
    const write = (level: number, into: Float64Array, at: number): void => {
      into.fill(0, at, at + count);
      for (let f = 0; f < 4; f++) {
        const column = term.first[level]! + f - 1;
        const value = term.values[level * 4 + f]!;
        if (column < 0 || value === 0) continue;
        const source = (from + column) * count;
        for (let t = 0; t < count; t++) into[at + t]! += value * columns[source + t]!;
      }
    };
    // scores on some hundred levels are looked up, others computed when they change
    const isTable = levels.length <= 4096;
    const table = new Float64Array(isTable ? levels.length * count : count);
    if (isTable) for (let level = 0; level < levels.length; level++) write(level, table, level * count);
    let last = -1;
    return (row: number, sum: Float64Array): void => {
      const level = codes[row]!;
      if (!isTable && level !== last) write(level, table, 0);
      last = level;
      const at = isTable ? level * count : 0;
      for (let t = 0; t < count; t++) sum[t]! += table[at + t]!;
    };
  });
  const sum = new Float64Array(count);
  return (row) => {
    sum.set(columns.subarray(0, count));
    for (const add of parts) add(row, sum);
    return sum;
  };
}

/** Percentiles of all rows: each distinct start is evaluated once. */
function countBelow(prepared: Prepared, fit: QuantileFit, check: () => void): Uint8Array {
  const { distinct, current, isUsed } = prepared;
  const priorCodes = distinct.codes.slice(0, -1);
  const currentCodes = distinct.codes.at(-1)!;
  const evaluate = evaluator(
    fit,
    prepared.priors.map(({ levels }, k) => ({ levels, codes: priorCodes[k]! })),
  );
  const { levels } = current;
  const finer = finerDecimals(levels.at(-1)! - levels[0]!);
  const noise = 1e-13 * Math.max(Math.abs(levels[0]!), Math.abs(levels.at(-1)!));
  // five decimals are for scales of ordinary size; else a score that cannot be told from the curve lies on it
  const isOrdinary = finer === 0 && noise <= 1e-6;
  const near = isOrdinary ? 1e-5 : Math.max(noise, 0.5 * 10 ** -(5 + finer));
  const ofDistinct = new Uint8Array(distinct.count);
  let quantiles: Float64Array = new Float64Array(0);
  for (let row = 0; row < distinct.count; row++) {
    if (row % 65536 === 0) check();
    if (row === 0 || priorCodes.some((codes) => codes[row] !== codes[row - 1])) quantiles = evaluate(row);
    const score = levels[currentCodes[row]!]!;
    const [surely, perhaps] = [score - near, score + near];
    let below = 0;
    for (let t = 0; t < quantiles.length; t++) {
      const quantile = quantiles[t]!;
      if (quantile < surely) below++;
      else if (isOrdinary && quantile < perhaps && roundDecimals(quantile, 5) < score) below++;
    }
    ofDistinct[row] = Math.min(99, Math.max(1, below));
  }
  const percentiles = new Uint8Array(isUsed.length);
  for (let i = 0, at = 0; i < isUsed.length; i++) {
    if (isUsed[i] === 1) percentiles[i] = ofDistinct[distinct.rowOf[at++]!]!;
  }
  return percentiles;
}

function notesOn(prepared: Prepared, fit: QuantileFit): GrowthNote[] {
  const notes: GrowthNote[] = [];
  const { used, current, distinct } = prepared;
  if (used < 1000) notes.push({ code: "SMALL_COHORT", used });
  if (fit.dropped.length > 0) {
    const of = fit.coefficients.length / fit.taus.length;
    notes.push({ code: "COLUMNS_DROPPED", columns: fit.dropped.length, of });
  }
  fit.knots.forEach(({ boundaries: [low, high] }, k) => {
    const { levels, codes } = prepared.priors[k]!;
    let rows = 0;
    for (const code of codes) if (levels[code]! < low || levels[code]! > high) rows++;
    if (rows > 0) notes.push({ code: "OUTSIDE_BOUNDARIES", prior: k, rows });
  });
  const { levels } = current;
  const currentCodes = distinct.codes.at(-1)!;
  for (const extreme of [0, levels.length - 1]) {
    let weight = 0;
    for (let row = 0; row < distinct.count; row++) if (currentCodes[row] === extreme) weight += distinct.weight[row]!;
    if (weight >= 0.2 * used) notes.push({ code: "SCORE_LIMIT", score: levels[extreme]!, share: weight / used });
  }
  const finer = finerDecimals(levels.at(-1)! - levels[0]!);
  if (finer > 0) notes.push({ code: "FINE_SCALE", decimals: 5 + finer });
  return notes;
}
