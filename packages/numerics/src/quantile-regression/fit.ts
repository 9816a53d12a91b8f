/**
 * Quantile regression of one score on spline functions of others: `fitQuantiles(current, priors)` gives all quantiles,
 * exactly.
 */
import { NumericsFault } from "../fault.ts";
import type { RuleBroken } from "../fault.ts";
import type { StopSignal } from "../mixed/fit.ts";
import type { NumericArray } from "../mixed/table.ts";
import type { CodedColumn, DistinctRows } from "./rows.ts";
import { codeColumn, collapseRows } from "./rows.ts";
import { solveQuantiles } from "./simplex.ts";
import type { SplineKnots } from "./spline.ts";
import { conventionalKnots, splineTerm } from "./spline.ts";

/** The 100 quantiles of growth percentiles: 0.005, 0.015 … 0.995. */
export const growthTaus: readonly number[] = Array.from({ length: 100 }, (_, t) => (t + 0.5) / 100);

export interface QuantileOptions {
  /** ascending, inside (0, 1); default {@link growthTaus} */
  readonly taus?: readonly number[];
  /** [K] one for each prior; undefined = by the convention, from all values of the prior */
  readonly knots?: readonly (SplineKnots | undefined)[];
  /** [n] ≥ 0, finite; default 1 each */
  readonly weights?: NumericArray;
  /** [1 + K] what the outcome and the priors are called in messages */
  readonly names?: readonly string[];
  /** wall-clock bound; default 600 */
  readonly timeLimitSeconds?: number;
  readonly signal?: StopSignal;
}

/** Fitted quantiles. T quantiles, K priors, p = 1 + Σ (knots + 3) columns. */
export interface QuantileFit {
  readonly taus: readonly number[];
  /** [K] the splines, most recent prior first */
  readonly knots: readonly SplineKnots[];
  /** [T × p] intercept, then the columns of each prior as `splines::bs` orders them; 0 for columns left out */
  readonly coefficients: Float64Array;
  /** columns left out because no score lies under them or they follow from the ones before */
  readonly dropped: readonly number[];
  /** [T] Σ wᵢ ρ_τ(rᵢ): the exact minimum, up to `gap` */
  readonly objective: Float64Array;
  /** [T] primal minus dual objective */
  readonly gap: Float64Array;
  /** [T × (p − dropped)] rows of the data through which the fit passes: the basis of the linear programme */
  readonly basis: Int32Array;
  /** rows used and left out for a missing score (or weight 0) */
  readonly used: number;
  readonly leftOut: number;
  readonly report: {
    /** rows left after identical ones were collapsed */
    readonly distinctRows: number;
    readonly pivots: number;
    /** quantiles for which the careful method had to take over */
    readonly rescues: number;
    readonly seconds: number;
  };
}

/** Rows with all scores, coded and collapsed. */
export interface Prepared {
  /** [n] whether the row is used */
  readonly isUsed: Uint8Array;
  readonly used: number;
  /** [K] codes of the used rows, one column per prior */
  readonly priors: readonly CodedColumn[];
  readonly current: CodedColumn;
  /** rows of (priors…, current); `rowOf` counts used rows */
  readonly distinct: DistinctRows;
}

/**
 * The quantiles of a score given prior scores: for each τ the additive cubic spline that minimizes Σ wᵢ ρ_τ(rᵢ).
 *
 *     Q_τ(y | x₁ … x_K) = β₀ + Σ_k Σ_c β_kc B_kc(x_k),   ρ_τ(r) = r (τ − [r < 0])
 *
 * The minimum is exact: a vertex of the linear programme whose dual solution is feasible, see `gap`.
 *
 * @param current  [n] outcome; NaN = missing
 * @param priors   K ≥ 1 arrays [n], most recent first; NaN = missing
 * @throws COLUMN_INVALID (infinite values, unequal lengths, a constant column), DATA_INSUFFICIENT, MODEL_NOT_IDENTIFIED,
 *   OPTION_INVALID, STOPPED
 * @oracle oracles/quantile-regression
 */
export function fitQuantiles(
  current: NumericArray,
  priors: readonly NumericArray[],
  options: QuantileOptions = {},
): QuantileFit {
  const watch = stopwatch(options);
  return fitPrepared(prepare(current, priors, options), priors, options, watch);
}

/** Throws STOPPED when the caller cancelled or the time is up; counts from its creation. */
export function stopwatch({ timeLimitSeconds = 600, signal }: Pick<QuantileOptions, "timeLimitSeconds" | "signal">): {
  readonly check: () => void;
  readonly seconds: () => number;
} {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const check = (): void => {
    if (signal?.aborted === true)
      throw new NumericsFault("STOPPED", { reason: "cancelled", problem: "the caller cancelled", rule: "cancelled" });
    if (seconds() > timeLimitSeconds) {
      const problem = `the time limit of ${timeLimitSeconds} s has passed`;
      const named = { seconds: timeLimitSeconds };
      throw new NumericsFault("STOPPED", { reason: "time limit", problem, rule: "time-limit", named });
    }
  };
  return { check, seconds };
}

/** Leaves out rows without all scores, codes the columns and collapses equal rows. */
export function prepare(current: NumericArray, priors: readonly NumericArray[], options: QuantileOptions): Prepared {
  const { names = [], weights } = options;
  const n = current.length;
  if (priors.length === 0) {
    throw new NumericsFault("OPTION_INVALID", { option: "priors", value: "none", problem: "no prior score is given" });
  }
  const columns = [current, ...priors];
  const nameOf = (c: number): string => names[c] ?? (c === 0 ? "current" : `prior ${c}`);
  const invalid = (c: number, problem: string, broken: RuleBroken = {}): NumericsFault =>
    new NumericsFault("COLUMN_INVALID", { column: nameOf(c), problem, ...broken });
  const isUsed = new Uint8Array(n).fill(1);
  columns.forEach((column, c) => {
    if (column.length !== n) throw invalid(c, `column "${nameOf(c)}" has ${column.length} rows, the outcome ${n}`);
    for (let i = 0; i < n; i++) {
      const value = column[i]!;
      if (value !== value) isUsed[i] = 0;
      else if (value === Infinity || value === -Infinity) {
        const problem = `column "${nameOf(c)}" holds an infinite value in row ${i + 1}`;
        throw invalid(c, problem, { rule: "infinite", named: { row: i + 1 } });
      }
    }
  });
  if (weights !== undefined) {
    if (weights.length !== n) throw invalid(0, `there are ${weights.length} weights for ${n} rows`);
    for (let i = 0; i < n; i++) {
      const w = weights[i]!;
      if (!(w >= 0 && w < Infinity)) {
        const problem = `weight ${w} in row ${i + 1} is not a finite number from 0`;
        throw new NumericsFault("OPTION_INVALID", { option: "weights", value: String(w), problem });
      }
      if (w === 0) isUsed[i] = 0;
    }
  }
  let used = 0;
  for (let i = 0; i < n; i++) used += isUsed[i]!;
  if (used === 0) {
    const problem = n === 0 ? "there are no rows" : `none of ${n} rows has all scores`;
    throw new NumericsFault("DATA_INSUFFICIENT", { problem, rule: n === 0 ? "no-rows" : "no-complete-row" });
  }
  const select = (values: NumericArray): Float64Array => {
    const selected = new Float64Array(used);
    for (let i = 0, at = 0; i < n; i++) if (isUsed[i] === 1) selected[at++] = values[i]!;
    return selected;
  };
  const [outcome, ...coded] = columns.map((column, c) => {
    const one = codeColumn(select(column));
    if (one.levels.length < 2) {
      const value = one.levels[0]!;
      const problem = `column "${nameOf(c)}" has the one value ${value} in all ${used} rows used`;
      const named = { name: nameOf(c), value };
      if (c > 0) throw invalid(c, problem, { rule: "one-value", named });
      throw new NumericsFault("DATA_INSUFFICIENT", { problem, rule: "constant-outcome", named });
    }
    return one;
  });
  return {
    isUsed,
    used,
    priors: coded,
    current: outcome!,
    distinct: collapseRows([...coded, outcome!], weights === undefined ? undefined : select(weights)),
  };
}

/** The fit to prepared rows. @param priors [K][n] all rows, from which conventional knots are taken */
export function fitPrepared(
  prepared: Prepared,
  priors: readonly NumericArray[],
  options: QuantileOptions,
  watch: ReturnType<typeof stopwatch>,
): QuantileFit {
  const { taus = growthTaus, names = [] } = options;
  const isAscending = taus.every((tau, t) => tau > (t === 0 ? 0 : taus[t - 1]!) && tau < 1);
  if (taus.length === 0 || !isAscending) {
    const problem = "quantiles must ascend strictly between 0 and 1";
    throw new NumericsFault("OPTION_INVALID", { option: "taus", value: taus.slice(0, 5).join(", "), problem });
  }
  // two distinct used values exist, so the convention finds knots
  const knots = priors.map((prior, k) => options.knots?.[k] ?? conventionalKnots(prior)!);
  const terms = prepared.priors.map(({ levels }, k) => splineTerm(levels, knots[k]!, names[k + 1] ?? `prior ${k + 1}`));
  const p = 1 + terms.reduce((sum, { width }) => sum + width, 0);
  if (prepared.used < p) {
    const problem = `${prepared.used} rows with all scores are fewer than the ${p} columns of the model`;
    const named = { rows: prepared.used, fixed: p };
    throw new NumericsFault("DATA_INSUFFICIENT", { problem, rule: "too-few-rows", named });
  }
  const { distinct, current } = prepared;
  const y = new Float64Array(distinct.count);
  const codes = distinct.codes.at(-1)!;
  for (let row = 0; row < y.length; row++) y[row] = current.levels[codes[row]!]!;
  const rows = {
    terms,
    codes: distinct.codes.slice(0, -1),
    y,
    weight: distinct.weight,
  };
  const { pivots, rescues, basis, ...solution } = solveQuantiles(rows, taus, { watch: watch.check });
  const n = prepared.isUsed.length;
  const original = new Int32Array(distinct.count);
  for (let i = n - 1, at = prepared.used - 1; i >= 0; i--) {
    if (prepared.isUsed[i] === 1) original[distinct.rowOf[at--]!] = i;
  }
  return {
    taus,
    knots,
    ...solution,
    basis: basis.map((row) => original[row]!),
    used: prepared.used,
    leftOut: n - prepared.used,
    report: { distinctRows: distinct.count, pivots, rescues, seconds: watch.seconds() },
  };
}
