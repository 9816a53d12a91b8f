/**
 * Krippendorff's α: disagreement seen within units, against the disagreement of ratings paired by chance.
 *
 *     α = 1 − D_o ÷ D_e
 *     D_o = 1/n Σᵤ Σ_{i≠j} δ(xᵤᵢ, xᵤⱼ) ÷ (mᵤ − 1)        over units with mᵤ ≥ 2 ratings, n = Σ mᵤ
 *     D_e = 1 ÷ (n (n − 1)) Σ_{all pairs of the n ratings} δ
 *
 * δ is 0 or 1 (nominal), the squared difference of mid-ranks among all n (ordinal), of values (interval), or of values relative to
 * their sum (ratio). Any rating may be missing.
 */
import { NumericsFault } from "../fault.ts";
import { seededRandom } from "../random.ts";
import type { RatingMatrix } from "./ratings.ts";
import { checkCoverage, ratingsBySubject } from "./ratings.ts";

/** What a difference between two ratings means. */
export type AlphaMetric = "nominal" | "ordinal" | "interval" | "ratio";

export interface AlphaOptions {
  readonly metric: AlphaMetric;
  /** of the interval, 0–1; default 0.95 */
  readonly coverage?: number;
  /** bootstrap samples of units; default 1000; 0 = no interval */
  readonly resamples?: number;
  /** default 1 */
  readonly seed?: number;
}

export interface KrippendorffAlpha {
  /** 1 = no disagreement, 0 = as by chance, below 0 = worse than chance */
  readonly value: number;
  /** null without a bootstrap, or when more than a twentieth of its samples hold one value only */
  readonly lower: number | null;
  readonly upper: number | null;
  /** units with two ratings or more, and their ratings */
  readonly units: number;
  readonly ratings: number;
}

/** Share of bootstrap samples that may have no α before the rest no longer stands for all. */
const undefinedAtMost = 0.05;

/**
 * α with a percentile interval from drawing whole units with replacement, because the ratings of one unit hang together; mid-ranks
 * and chance disagreement are taken anew from each sample.
 *
 * @throws DATA_INSUFFICIENT when no unit is rated twice, or all paired ratings are the same, so that chance gives no disagreement
 * @throws COLUMN_INVALID for a negative rating under "ratio"
 * @see Krippendorff 2004, Content Analysis, ch. 11; Zapf et al. 2016, BMC Medical Research Methodology 16:93, on the bootstrap
 * @oracle packages/numerics/oracles/agreement
 */
export function krippendorffAlpha(matrix: RatingMatrix, options: AlphaOptions): KrippendorffAlpha {
  const { metric, coverage = 0.95, resamples = 1000, seed = 1 } = options;
  checkCoverage(coverage);
  if (!Number.isSafeInteger(resamples) || resamples < 0) {
    throw new NumericsFault("OPTION_INVALID", {
      option: "resamples",
      value: String(resamples),
      problem: "the number of samples must be a whole number from 0 up",
    });
  }
  const paired = ratingsBySubject(matrix).filter(({ values }) => values.length > 1);
  if (paired.length === 0) throw new NumericsFault("DATA_INSUFFICIENT", { problem: "no unit has two ratings" });
  const levels = Float64Array.from(new Set(paired.flatMap(({ values }) => [...values]))).sort();
  if (metric === "ratio" && levels[0]! < 0) {
    throw new NumericsFault("COLUMN_INVALID", {
      column: "values",
      problem: `ratio needs ratings from 0 up; ${levels[0]} is negative`,
    });
  }
  const place = new Map(Array.from(levels, (level, at) => [level, at]));
  const units = paired.map(({ values }) => Int32Array.from(values, (value) => place.get(value)!));
  const drawn = Int32Array.from(units, (_, at) => at);
  const evaluate = evaluator(metric, levels, units);
  const value = evaluate(drawn);
  if (value === undefined)
    throw new NumericsFault("DATA_INSUFFICIENT", {
      problem: "all paired ratings are the same, so chance gives no disagreement to compare with",
    });

  const random = seededRandom(seed);
  const found: number[] = [];
  for (let sample = 0; sample < resamples; sample++) {
    for (let u = 0; u < units.length; u++) drawn[u] = random.integer(units.length);
    const again = evaluate(drawn);
    if (again !== undefined) found.push(again);
  }
  const isEnough = found.length > 0 && found.length >= (1 - undefinedAtMost) * resamples;
  const sorted = Float64Array.from(found).sort();
  return {
    value,
    lower: isEnough ? quantile(sorted, (1 - coverage) / 2) : null,
    upper: isEnough ? quantile(sorted, (1 + coverage) / 2) : null,
    units: units.length,
    ratings: units.reduce((sum, unit) => sum + unit.length, 0),
  };
}

/** α of the units drawn, each as often as it is drawn; `undefined` when they hold one value only. */
function evaluator(
  metric: AlphaMetric,
  levels: Float64Array,
  units: readonly Int32Array[],
): (drawn: Int32Array) => number | undefined {
  const size = levels.length;
  const counts = new Float64Array(size);
  const count = (drawn: Int32Array): number => {
    counts.fill(0);
    let n = 0;
    for (const u of drawn) {
      const unit = units[u]!;
      n += unit.length;
      for (const level of unit) counts[level]! += 1;
    }
    return n;
  };
  if (metric === "interval") {
    // everything is a sum over units, so a sample costs its units and not its ratings
    let middle = 0;
    let all = 0;
    for (const unit of units) for (const level of unit) middle += (levels[level]! - middle) / ++all;
    const sums = units.map((unit) => {
      const size = unit.length;
      let sum = 0;
      let square = 0;
      for (const level of unit) {
        sum += levels[level]! - middle;
        square += (levels[level]! - middle) ** 2;
      }
      let within = 0;
      for (const level of unit) within += (levels[level]! - middle - sum / size) ** 2;
      const only = unit.every((level) => level === unit[0]) ? unit[0]! : -1;
      return { size, sum, square, own: (size * within) / (size - 1), only };
    });
    return (drawn) => {
      let [n, total, squares, observed] = [0, 0, 0, 0];
      const { only } = sums[drawn[0]!]!;
      let isSame = only >= 0;
      for (const u of drawn) {
        const unit = sums[u]!;
        n += unit.size;
        total += unit.sum;
        squares += unit.square;
        observed += unit.own;
        isSame &&= unit.only === only;
      }
      return isSame ? undefined : 1 - ((n - 1) * observed) / (n * (squares - (total * total) / n));
    };
  }
  if (metric === "ordinal") {
    // Σ over ordered pairs of (s − t)² is 2 m Σ (s − mean)²
    const scores = new Float64Array(size);
    return (drawn) => {
      const n = count(drawn);
      let below = 0;
      for (let level = 0; level < size; level++) {
        scores[level] = below + counts[level]! / 2;
        below += counts[level]!;
      }
      let mean = 0;
      for (let level = 0; level < size; level++) mean += (counts[level]! * scores[level]!) / n;
      let expected = 0;
      for (let level = 0; level < size; level++) expected += counts[level]! * (scores[level]! - mean) ** 2;
      if (expected === 0) return undefined;
      let observed = 0;
      for (const u of drawn) {
        const unit = units[u]!;
        let own = 0;
        for (const level of unit) own += scores[level]!;
        own /= unit.length;
        let squares = 0;
        for (const level of unit) squares += (scores[level]! - own) ** 2;
        observed += (unit.length * squares) / (unit.length - 1);
      }
      return 1 - ((n - 1) * observed) / (n * expected);
    };
  }
  const delta = (a: number, b: number): number => {
    if (a === b) return 0;
    if (metric === "nominal") return 1;
    return ((levels[a]! - levels[b]!) / (levels[a]! + levels[b]!)) ** 2;
  };
  const own = Float64Array.from(units, (unit) => {
    let sum = 0;
    for (const a of unit) for (const b of unit) sum += delta(a, b);
    return sum / (unit.length - 1);
  });
  return (drawn) => {
    const n = count(drawn);
    let observed = 0;
    for (const u of drawn) observed += own[u]!;
    let expected = 0;
    for (let a = 0; a < size; a++) {
      if (counts[a] === 0) continue;
      for (let b = 0; b < a; b++) expected += 2 * counts[a]! * counts[b]! * delta(a, b);
    }
    return expected === 0 ? undefined : 1 - ((n - 1) * observed) / expected;
  };
}

/** Quantile of sorted numbers by linear interpolation (type 7). */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const base = sorted[low]!;
  return base + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)]! - base);
}
