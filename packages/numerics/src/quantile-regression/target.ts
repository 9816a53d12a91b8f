/**
 * Growth to standard: at which percentile somebody must grow, year after year, to reach a score in n years, and how likely
 * that is.
 */
import { NumericsFault } from "../fault.ts";
import type { NumericArray } from "../mixed/table.ts";
import { seededRandom } from "../random.ts";
import type { QuantileFit, QuantileOptions } from "./fit.ts";
import { fitPrepared, prepare, stopwatch } from "./fit.ts";
import type { GrowthCohort } from "./percentile.ts";
import { makeSpline } from "./spline.ts";

export interface TargetOptions extends Pick<QuantileOptions, "timeLimitSeconds" | "signal"> {
  /** share of the interval; default 0.9 */
  readonly confidence?: number;
  /** resampled cohorts behind the interval; default 50; 0 = no interval (then it is the estimate itself) */
  readonly replicates?: number;
  /** default 1 */
  readonly seed?: number;
}

/** All arrays have one entry per pupil. */
export interface GrowthTarget {
  /** lowest percentile of growth that reaches the standard, 1–99; 100 = not even the 99th; 0 = a score is missing */
  readonly percentile: Uint8Array;
  /** interval of it, from resampled cohorts */
  readonly lower: Uint8Array;
  readonly upper: Uint8Array;
  /** share of those who start alike that reaches the standard when growth in each year is as the cohorts'; 0 if missing */
  readonly chance: Float64Array;
}

/** growth at the Pth percentile follows the conditional quantile at P / 100 */
const TAUS = Array.from({ length: 99 }, (_, t) => (t + 1) / 100);
/** second and later years of a path of the chance, for each percentile of the first */
const PATHS = 20;

/**
 * The percentile at which somebody must grow in each of n years to reach a score, by the conditional quantiles of n
 * cohorts that have just made those steps.
 *
 *     s₁ = Q¹_P(y | s₀, s₋₁ …),   s₂ = Q²_P(y | s₁, s₀ …),   …     percentile = min { P : s_n ≥ standard }
 *
 * The chance lets the percentile of each year vary independently instead, uniformly over the 99 curves; the first year is
 * enumerated and later ones are drawn. With one year it is exact. The interval is that of the estimated curves (bootstrap
 * of pupils, percentile method); it does not cover that later cohorts may grow otherwise.
 *
 * @param steps     n ≥ 1 cohorts: the first made the step of the coming year, its priors as many as are to be used
 * @param scores    the pupils' scores so far, most recent first, as many as the first step has priors; later steps may have
 *   one more prior for each year projected
 * @param standard  the score to reach
 * @throws as fitQuantiles; OPTION_INVALID
 * @see Betebenner 2009, Educational Measurement: Issues and Practice 28(4), 42–51 (percentile growth trajectories)
 */
export function growthToStandard(
  steps: readonly GrowthCohort[],
  scores: readonly NumericArray[],
  standard: number,
  options: TargetOptions = {},
): GrowthTarget {
  const { confidence = 0.9, replicates = 50, seed = 1 } = options;
  const refuse = (option: string, value: unknown, problem: string): never => {
    throw new NumericsFault("OPTION_INVALID", { option, value: String(value), problem });
  };
  if (steps.length === 0) refuse("steps", 0, "growth to a standard needs a cohort for each year");
  if (!Number.isFinite(standard)) refuse("standard", standard, "the standard must be a finite score");
  if (!(confidence > 0 && confidence < 1)) refuse("confidence", confidence, "the confidence lies between 0 and 1");
  if (!(Number.isInteger(replicates) && replicates >= 0)) refuse("replicates", replicates, "a whole number from 0");
  steps.forEach(({ priors }, s) => {
    if (priors.length <= scores.length + s) return;
    refuse(
      "steps",
      priors.length,
      `step ${s + 1} has ${priors.length} priors; ${scores.length + s} scores exist by then`,
    );
  });
  const count = scores[0]?.length ?? 0;
  if (scores.some((column) => column.length !== count)) refuse("scores", count, "columns of scores differ in length");

  const watch = stopwatch(options);
  const random = seededRandom(seed);
  const prepared = steps.map(({ current, priors, names }) => prepare(current, priors, names ? { names } : {}));
  const curves = steps.map(({ priors }, s) => curvesOf(fitPrepared(prepared[s]!, priors, { taus: TAUS }, watch)));
  const resampled = Array.from({ length: replicates }, () =>
    steps.map(({ current, priors }, s) => {
      const weights = new Float64Array(current.length);
      for (let i = 0; i < weights.length; i++) weights[random.integer(weights.length)]!++;
      const asked = { taus: TAUS, weights, knots: curves[s]!.fit.knots };
      return curvesOf(fitPrepared(prepare(current, priors, asked), priors, asked, watch));
    }),
  );

  const percentile = new Uint8Array(count);
  const [lower, upper] = [new Uint8Array(count), new Uint8Array(count)];
  const chance = new Float64Array(count);
  // equal starts have equal answers
  const known = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const start = scores.map((column) => column[i]!);
    if (start.some((score) => !Number.isFinite(score))) continue;
    const key = start.join();
    const twin = known.get(key);
    if (twin !== undefined) {
      percentile[i] = percentile[twin]!;
      lower[i] = lower[twin]!;
      upper[i] = upper[twin]!;
      chance[i] = chance[twin]!;
      continue;
    }
    known.set(key, i);
    watch.check();
    percentile[i] = lowestPercentile(curves, start, standard);
    const spread = resampled.map((one) => lowestPercentile(one, start, standard)).sort((a, b) => a - b);
    const tail = Math.floor(((1 - confidence) / 2) * spread.length);
    lower[i] = Math.min(percentile[i]!, spread[tail] ?? 100);
    upper[i] = Math.max(percentile[i]!, spread[spread.length - 1 - tail] ?? 0);
    chance[i] = shareReaching(curves, start, standard);
  }
  return { percentile, lower, upper, chance };
}

interface Curves {
  readonly fit: QuantileFit;
  /** the quantile at TAUS[t] for prior scores, most recent first; further scores are ignored */
  readonly at: (t: number, scores: readonly number[]) => number;
}

function curvesOf(fit: QuantileFit): Curves {
  const splines = fit.knots.map((knots, k) => makeSpline(knots, `prior ${k + 1}`));
  const p = fit.coefficients.length / fit.taus.length;
  const values = new Float64Array(4);
  return {
    fit,
    at(t, scores) {
      let place = t * p;
      let sum = fit.coefficients[place]!;
      splines.forEach(({ width, write }, k) => {
        const first = write(scores[k]!, values, 0);
        for (let f = first === 0 ? 1 : 0; f < 4; f++) sum += values[f]! * fit.coefficients[place + first + f]!;
        place += width;
      });
      return sum;
    },
  };
}

function lowestPercentile(curves: readonly Curves[], start: readonly number[], standard: number): number {
  for (let t = 0; t < TAUS.length; t++) {
    let scores = start;
    for (const { at } of curves) scores = [at(t, scores), ...scores];
    if (scores[0]! >= standard) return t + 1;
  }
  return 100;
}

function shareReaching(curves: readonly Curves[], start: readonly number[], standard: number): number {
  const [first, ...later] = curves;
  // the same draws for every pupil, so that equal starts differ in nothing
  const random = seededRandom(7);
  const paths = later.length === 0 ? 1 : PATHS;
  let reaching = 0;
  for (let t = 0; t < TAUS.length; t++) {
    const after = [first!.at(t, start), ...start];
    for (let path = 0; path < paths; path++) {
      let scores = after;
      for (const { at } of later) scores = [at(random.integer(TAUS.length), scores), ...scores];
      if (scores[0]! >= standard) reaching++;
    }
  }
  return reaching / (TAUS.length * paths);
}
