/**
 * Intraclass correlations: how much of the variance of ratings is variance between the subjects rated.
 *
 *     one-way       σ²ₛ ÷ (σ²ₛ + σ²_w)             raters of a subject are anybody
 *     consistency   σ²ₛ ÷ (σ²ₛ + σ²ₑ)              differences of level between raters do not count
 *     agreement     σ²ₛ ÷ (σ²ₛ + σ²ᵣ + σ²ₑ)        they do
 *
 * each for a single rating and for the mean of k (every variance but σ²ₛ divided by k). A complete matrix is answered by the
 * mean squares of McGraw and Wong (1996), whose point estimates may be negative; an incomplete one by REML variance
 * components, which are not, with k the harmonic mean of the ratings per subject.
 */
import { fQuantile } from "../distribution/continuous.ts";
import { NumericsFault } from "../fault.ts";
import { fitMixed } from "../mixed/fit.ts";
import { findRoot } from "../optimize/brent.ts";
import type { RatingMatrix, SubjectRatings } from "./ratings.ts";
import { checkCoverage, ratingsBySubject } from "./ratings.ts";

export interface Intraclass {
  readonly value: number;
  /** null where the data give no interval: no error was seen, or agreement in an incomplete matrix */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Of one rating, and of the mean of k. */
export interface IntraclassForms {
  readonly single: Intraclass;
  readonly average: Intraclass;
}

export interface IntraclassCorrelations {
  /** ICC(1), ICC(k) */
  readonly oneWay: IntraclassForms;
  /** ICC(C,1), ICC(C,k) */
  readonly consistency: IntraclassForms;
  /** ICC(A,1), ICC(A,k) */
  readonly agreement: IntraclassForms;
  readonly subjects: number;
  readonly raters: number;
  readonly ratings: number;
  /** k: ratings of each subject, the harmonic mean where they differ */
  readonly perSubject: number;
  /** every rater has rated every subject */
  readonly isComplete: boolean;
}

/**
 * All six forms of McGraw and Wong. Raters without a rating and subjects without one do not count.
 *
 * Intervals of a complete matrix are those of McGraw and Wong, table 7 (agreement by Satterthwaite). In an incomplete one
 * one-way and consistency have Wald's exact interval of a ratio of variances (raters as fixed effects for consistency),
 * held at 0 from below; agreement has none.
 *
 * @param coverage  of the intervals, 0–1
 * @throws DATA_INSUFFICIENT when nothing varies, or too few subjects are rated twice to tell error from difference
 * @see McGraw and Wong 1996, Psychological Methods 1, tables 4 and 7; Shrout and Fleiss 1979; Wald 1940; Seely and El-Bassiouni 1983
 * @oracle packages/numerics/oracles/agreement
 */
export function intraclassCorrelations(matrix: RatingMatrix, coverage = 0.95): IntraclassCorrelations {
  checkCoverage(coverage);
  const rated = ratingsBySubject(matrix);
  const codes = compactRaters(matrix.raters, rated);
  const n = rated.length;
  const k = codes.count;
  let ratings = 0;
  let inverse = 0;
  for (const { values } of rated) {
    ratings += values.length;
    inverse += 1 / values.length;
  }
  const isComplete = ratings === n * k;
  const perSubject = isComplete ? k : n / inverse;
  const error = errorDegrees(rated, codes);
  if (n < 2 || k < 2 || error < 1) {
    throw new NumericsFault("DATA_INSUFFICIENT", {
      problem: `${n} subjects with ${ratings} ratings by ${k} raters cannot tell differences from error`,
    });
  }
  const alpha = 1 - coverage;
  const size = { subjects: n, raters: k, ratings, perSubject, isComplete };
  const spread = variationOf(rated);
  if (spread.total === 0)
    throw new NumericsFault("DATA_INSUFFICIENT", {
      problem: "all ratings are the same, so no share of variance exists",
    });
  if (spread.within <= 1e-24 * spread.total) {
    // rounding only: nobody ever differs on a subject
    const certain: Intraclass = { value: 1, lower: null, upper: null };
    const forms = { single: certain, average: certain };
    return { oneWay: forms, consistency: forms, agreement: forms, ...size };
  }
  return {
    ...(isComplete ? fromMeanSquares(rated, k, alpha) : fromComponents(rated, codes, perSubject, alpha)),
    ...size,
  };
}

/** Raters who have rated, numbered without holes. */
interface RaterCodes {
  readonly of: Int32Array;
  readonly count: number;
}

function compactRaters(raters: number, rated: readonly SubjectRatings[]): RaterCodes {
  const of = new Int32Array(raters).fill(-1);
  for (const subject of rated) for (const rater of subject.raters) of[rater] = 0;
  let count = 0;
  for (let j = 0; j < raters; j++) if (of[j] === 0) of[j] = count++;
  return { of, count };
}

/** Degrees of freedom of error when subjects and raters are both fixed: ratings − subjects − raters + connected parts. */
function errorDegrees(rated: readonly SubjectRatings[], { of, count }: RaterCodes): number {
  const parent = Int32Array.from({ length: count }, (_, j) => j);
  const root = (j: number): number => {
    let at = j;
    while (parent[at] !== at) at = parent[at]!;
    return at;
  };
  let ratings = 0;
  let parts = count;
  for (const { raters } of rated) {
    ratings += raters.length;
    const first = root(of[raters[0]!]!);
    for (const rater of raters) {
      const other = root(of[rater]!);
      if (other === first) continue;
      parent[other] = first;
      parts -= 1;
    }
  }
  return ratings - rated.length - count + parts;
}

/** Sums of squares about the grand mean and about the subjects' means. */
function variationOf(rated: readonly SubjectRatings[]): { readonly total: number; readonly within: number } {
  const grand = meanOf(rated.flatMap(({ values }) => [...values]));
  let total = 0;
  let within = 0;
  for (const { values } of rated) {
    const mean = meanOf(values);
    for (const value of values) {
      total += (value - grand) ** 2;
      within += (value - mean) ** 2;
    }
  }
  return { total, within };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  // a second pass takes away the rounding of the first
  let rest = 0;
  for (let i = 0; i < values.length; i++) rest += values[i]! - mean;
  return mean + rest / values.length;
}

type Forms = Pick<IntraclassCorrelations, "oneWay" | "consistency" | "agreement">;

function fromMeanSquares(rated: readonly SubjectRatings[], k: number, alpha: number): Forms {
  const n = rated.length;
  const means = rated.map(({ values }) => meanOf(values));
  const grand = meanOf(means);
  const columns = Array.from({ length: k }, (_, j) => meanOf(rated.map(({ values }) => values[j]!)));
  let between = 0;
  let columnSum = 0;
  let within = 0;
  let residual = 0;
  for (const mean of means) between += k * (mean - grand) ** 2;
  for (const mean of columns) columnSum += n * (mean - grand) ** 2;
  rated.forEach(({ values }, i) => {
    values.forEach((value, j) => {
      within += (value - means[i]!) ** 2;
      residual += (value - means[i]! - columns[j]! + grand) ** 2;
    });
  });
  const msr = between / (n - 1);
  const msc = columnSum / (k - 1);
  const msw = within / (n * (k - 1));
  const freedom = (n - 1) * (k - 1);
  const mse = residual <= 1e-24 * (between + within) ? 0 : residual / freedom; // rounding only

  /** Forms whose interval follows from one F ratio of MSR to the mean square of error. */
  const ratio = (error: number, df: number): IntraclassForms => {
    const value = (msr - error) / (msr + (k - 1) * error);
    const average = msr === 0 ? null : (msr - error) / msr;
    if (error === 0) {
      const certain: Intraclass = { value: 1, lower: null, upper: null };
      return { single: certain, average: certain };
    }
    const f = msr / error;
    const low = f / fQuantile(1 - alpha / 2, n - 1, df);
    const high = f * fQuantile(1 - alpha / 2, df, n - 1);
    return {
      single: { value, lower: (low - 1) / (low + k - 1), upper: (high - 1) / (high + k - 1) },
      average: averageOf(average, low > 0 ? 1 - 1 / low : null, high > 0 ? 1 - 1 / high : null),
    };
  };

  const agreement = (): IntraclassForms => {
    const value = (msr - mse) / (msr + (k - 1) * mse + (k / n) * (msc - mse));
    const below = msr + (msc - mse) / n;
    const average = below > 0 ? (msr - mse) / below : null;
    const a = (k * value) / (n * (1 - value));
    const b = 1 + (k * value * (n - 1)) / (n * (1 - value));
    const df = (a * msc + b * mse) ** 2 / ((a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / freedom);
    const fLow = fQuantile(1 - alpha / 2, n - 1, df);
    const fHigh = fQuantile(1 - alpha / 2, df, n - 1);
    const rest = k * msc + (k * n - k - n) * mse;
    const lower = (n * (msr - fLow * mse)) / (fLow * rest + n * msr);
    const upper = (n * (fHigh * msr - mse)) / (rest + n * fHigh * msr);
    // the mean of k by Spearman and Brown, which is what table 7 has for it
    const stepUp = (single: number): number | null =>
      1 + (k - 1) * single > 0 ? (k * single) / (1 + (k - 1) * single) : null;
    return { single: { value, lower, upper }, average: averageOf(average, stepUp(lower), stepUp(upper)) };
  };
  return { oneWay: ratio(msw, n * (k - 1)), consistency: ratio(mse, freedom), agreement: agreement() };
}

/** The reliability of means falls without bound as subjects cease to differ; −∞ is no number to show. */
function averageOf(value: number | null, lower: number | null, upper: number | null): Intraclass {
  if (value === null)
    throw new NumericsFault("DATA_INSUFFICIENT", {
      problem: "subjects differ less than error alone would make them, so means have no reliability",
    });
  return { value, lower, upper };
}

function fromComponents(rated: readonly SubjectRatings[], codes: RaterCodes, k: number, alpha: number): Forms {
  const subject: string[] = [];
  const rater: string[] = [];
  const value: number[] = [];
  rated.forEach((one, i) => {
    one.values.forEach((rating, at) => {
      subject.push(`s${i}`);
      rater.push(`r${one.raters[at]!}`);
      value.push(rating);
    });
  });
  const table = { value: Float64Array.from(value), subject, rater };
  const varianceOf = (fit: ReturnType<typeof fitMixed>, group: string): number =>
    fit.random.find((effect) => effect.group === group)!.variance[0]!;
  const oneWay = fitMixed("value ~ 1 + (1 | subject)", table);
  const crossed = fitMixed("value ~ 1 + (1 | subject) + (1 | rater)", table);
  const error = crossed.sigma ** 2;
  const forms = (
    between: number,
    within: number,
    interval: { readonly lower: number; readonly upper: number } | null,
  ): IntraclassForms => {
    const of = (ratings: number): Intraclass => ({
      value: between / (between + within / ratings),
      lower: interval && interval.lower / (interval.lower + 1 / ratings),
      upper: interval && (interval.upper === Infinity ? 1 : interval.upper / (interval.upper + 1 / ratings)),
    });
    return { single: of(1), average: of(k) };
  };
  const between = varianceOf(crossed, "subject");
  return {
    oneWay: forms(varianceOf(oneWay, "subject"), oneWay.sigma ** 2, ratioInterval(rated, null, alpha)),
    consistency: forms(between, error, ratioInterval(rated, codes, alpha)),
    agreement: forms(between, error + varianceOf(crossed, "rater"), null),
  };
}

/**
 * Wald's exact interval of λ = σ²ₛ ÷ σ²ₑ. With V = I + λ Z Zᵀ and the other effects fixed,
 *
 *     F(λ) = [(y − Xβ̂)ᵀ V⁻¹ (y − Xβ̂) − RSS] ÷ q  over  RSS ÷ f   ~   F(q, f)
 *
 * falls with λ; RSS, f are of the model with fixed subjects, q the further degrees of freedom of the subjects.
 *
 * @param codes  null when the only fixed effect is the mean
 * @returns null when fixed subjects and raters leave no error
 */
function ratioInterval(
  rated: readonly SubjectRatings[],
  codes: RaterCodes | null,
  alpha: number,
): { readonly lower: number; readonly upper: number } | null {
  let ratings = 0;
  for (const { values } of rated) ratings += values.length;
  const p = codes ? codes.count : 1;
  const f = codes ? errorDegrees(rated, codes) : ratings - rated.length;
  const q = ratings - p - f;
  const total = quadraticForm(rated, codes, 0);
  const rss = quadraticForm(rated, codes, Infinity);
  if (q < 1 || !(rss > 1e-13 * total)) return null; // below: rounding of the sums
  const excess = (lambda: number): number => (quadraticForm(rated, codes, lambda) - rss) / q / (rss / f);
  const limit = (quantile: number): number => {
    if (excess(0) <= quantile) return 0;
    let high = 1;
    while (excess(high) > quantile) {
      high *= 4;
      if (high > 1e12) return Infinity;
    }
    return findRoot((lambda) => excess(lambda) - quantile, 0, high, 1e-13 * high);
  };
  return { lower: limit(fQuantile(1 - alpha / 2, q, f)), upper: limit(fQuantile(alpha / 2, q, f)) };
}

/** (y − Xβ̂)ᵀ V⁻¹ (y − Xβ̂) by generalized least squares; λ = ∞ stands for fixed subjects. */
function quadraticForm(rated: readonly SubjectRatings[], codes: RaterCodes | null, lambda: number): number {
  const p = codes ? codes.count : 1;
  const width = p + 1;
  // [X y]ᵀ V⁻¹ [X y], lower triangle; V⁻¹ of a subject is I − λ ÷ (1 + λ n) 11ᵀ
  const cross = new Float64Array(width * width);
  let shift = 0;
  let count = 0;
  for (const { values } of rated) for (const value of values) shift += (value - shift) / ++count;
  for (const { raters, values } of rated) {
    const n = values.length;
    const taken = lambda === Infinity ? 1 / n : lambda / (1 + lambda * n);
    let sum = 0;
    for (let a = 0; a < n; a++) {
      const y = values[a]! - shift;
      sum += y;
      const i = codes ? codes.of[raters[a]!]! : 0;
      cross[i * width + i]! += 1;
      cross[p * width + i]! += y;
      cross[p * width + p]! += y * y;
    }
    cross[p * width + p]! -= taken * sum * sum;
    for (let a = 0; a < n; a++) {
      const i = codes ? codes.of[raters[a]!]! : 0;
      cross[p * width + i]! -= taken * sum;
      for (let b = 0; b < n; b++) {
        const j = codes ? codes.of[raters[b]!]! : 0;
        if (j <= i) cross[i * width + j]! -= taken;
      }
    }
  }
  // elimination; a column that follows from those before it leaves a pivot of rounding and takes nothing away
  for (let c = 0; c < p; c++) {
    const pivot = cross[c * width + c]!;
    if (pivot <= 1e-10) continue;
    for (let i = c + 1; i < width; i++) {
      const factor = cross[i * width + c]! / pivot;
      if (factor === 0) continue;
      for (let j = c + 1; j <= i; j++) cross[i * width + j]! -= factor * cross[j * width + c]!;
    }
  }
  return cross[p * width + p]!;
}
