/**
 * From what each school shows by itself to what can be said of it: shrinkage towards the mean of all schools, with
 * intervals that know that the spreads between schools and between years are themselves only estimated.
 *
 *     dⱼₜ | uⱼ ~ N(μ + uⱼ, ω² + vⱼₜ),   uⱼ ~ N(0, τ²),   μ, τ and ω uniform
 *
 * Plugging in one estimate of τ gives intervals of width 0 whenever that estimate is 0, as it often is with few schools;
 * here τ and ω are integrated out on a grid, where everything else is normal.
 */

import { normalCdf, normalQuantile } from "@xingfu/numerics";

/** What a unit, or one year of it, shows by itself. */
export interface DirectEstimate {
  readonly estimate: number;
  /** sampling variance > 0 */
  readonly variance: number;
}

export interface ShrunkenEstimate {
  /** posterior mean of uⱼ, in the measure's unit */
  readonly value: number;
  readonly se: number;
  readonly lower: number;
  readonly upper: number;
  /** dⱼ less the mean of all, and the standard error of dⱼ */
  readonly difference: number;
  readonly differenceSe: number;
  /** share of the difference that is kept, 0–1 */
  readonly reliability: number;
}

/** A standard deviation of true effects. */
export interface SpreadEstimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

export interface Shrinkage {
  readonly each: readonly ShrunkenEstimate[];
  /** τ, between units */
  readonly spread: SpreadEstimate;
  /** ω, between the years of a unit; null when too few units have several years to tell */
  readonly yearSpread: SpreadEstimate | null;
  /** τ² ÷ (τ² + ω²); null without ω */
  readonly stability: SpreadEstimate | null;
}

/** With a uniform prior the posterior of τ exists from 4 units on; below 5 it says next to nothing. */
export const minimumUnits = 5;

/** Points of the first grid over all spreads, and of the second over those that matter. */
const COARSE = 48;
const FINE = { one: 24, between: 16, years: 10 } as const;
/** Log density below the maximum beyond which a spread is not worth a term. */
const NEGLIGIBLE = 12;

/** A term of the mixture over τ and ω. */
interface Term {
  readonly tau: number;
  readonly omega: number;
  readonly weight: number;
  readonly mean: number;
  readonly meanVariance: number;
  /** the units' estimates when ω is so */
  readonly direct: readonly DirectEstimate[];
}

/**
 * Shrunken estimates of at least {@link minimumUnits} units.
 *
 * @param units  [n] the years of each unit, at least one, each with its sampling variance; in the order of the result
 * @param coverage  of the intervals, 0–1
 * @see Rubin 1981, Estimation in parallel randomized experiments; Gelman 2006, Prior distributions for variance parameters
 */
export function shrinkEstimates(units: readonly (readonly DirectEstimate[])[], coverage: number): Shrinkage {
  const repeated = units.filter(({ length }) => length > 1);
  const hasYears = repeated.reduce((sum, { length }) => sum + length - 1, 0) >= minimumUnits - 1;
  const terms = hasYears ? termsOfBoth(units, repeated) : termsOfOne(units);
  let center = 0;
  for (const { weight, mean } of terms) center += weight * mean;
  const tail = (1 - coverage) / 2;
  const each = units.map((_, unit): ShrunkenEstimate => {
    const means = new Float64Array(terms.length);
    const sds = new Float64Array(terms.length);
    let value = 0;
    let reliability = 0;
    let square = 0;
    let difference = -center;
    let sampling = 0;
    terms.forEach(({ tau, weight, mean, meanVariance, direct }, k) => {
      const { estimate, variance } = direct[unit]!;
      const kept = (tau * tau) / (tau * tau + variance);
      const m = kept * (estimate - mean);
      const s2 = kept * variance + kept * kept * meanVariance;
      means[k] = m;
      sds[k] = Math.sqrt(s2);
      value += weight * m;
      reliability += weight * kept;
      square += weight * (s2 + m * m);
      difference += weight * estimate;
      sampling += weight * variance;
    });
    const se = Math.sqrt(Math.max(0, square - value * value));
    return {
      value,
      se,
      lower: mixtureQuantile(terms, means, sds, value, se, tail),
      upper: mixtureQuantile(terms, means, sds, value, se, 1 - tail),
      difference,
      differenceSe: Math.sqrt(sampling),
      reliability,
    };
  });
  return {
    each,
    spread: summarize(terms, ({ tau }) => tau, coverage),
    yearSpread: hasYears ? summarize(terms, ({ omega }) => omega, coverage) : null,
    stability: hasYears ? summarize(terms, ({ tau, omega }) => tau ** 2 / (tau ** 2 + omega ** 2), coverage) : null,
  };
}

/** The spread τ alone, of units within clusters that each have a mean of their own. */
export function spreadWithin(clusters: readonly (readonly DirectEstimate[])[], coverage: number): SpreadEstimate {
  const points = gridOf(clusters, FINE.one, (tau) => clusters.reduce((sum, one) => sum + collapse(one, tau).log, 0));
  const top = Math.max(...points.map(({ log }) => log));
  return summarize(
    normalized(points.map(({ spread, log }) => ({ tau: spread, weight: Math.exp(log - top) }))),
    ({ tau }) => tau,
    coverage,
  );
}

/** Mean and quantiles of what the terms say of a quantity. */
function summarize<T extends { readonly weight: number }>(
  terms: readonly T[],
  of: (term: T) => number,
  coverage: number,
): SpreadEstimate {
  const sorted = terms.map((term) => ({ at: of(term), weight: term.weight })).toSorted((a, b) => a.at - b.at);
  let value = 0;
  let cumulated = 0;
  let lower: number | undefined;
  let upper: number | undefined;
  for (const { at, weight } of sorted) {
    value += weight * at;
    cumulated += weight;
    if (cumulated >= (1 - coverage) / 2) lower ??= at;
    if (cumulated >= (1 + coverage) / 2) upper ??= at;
  }
  return { value, lower: lower ?? sorted[0]!.at, upper: upper ?? sorted.at(-1)!.at };
}

/** One estimate of several with a common mean and a further spread, and what the likelihood says of that spread. */
function collapse(parts: readonly DirectEstimate[], spread: number): DirectEstimate & { readonly log: number } {
  const extra = spread * spread;
  let precision = 0;
  let weighted = 0;
  let log = 0;
  for (const { estimate, variance } of parts) {
    precision += 1 / (extra + variance);
    weighted += estimate / (extra + variance);
    log -= Math.log(extra + variance) / 2;
  }
  const mean = weighted / precision;
  log -= Math.log(precision) / 2;
  for (const { estimate, variance } of parts) log -= (estimate - mean) ** 2 / (extra + variance) / 2;
  return { estimate: mean, variance: 1 / precision, log };
}

/** Terms when each unit is one estimate: a grid over τ. `log` is that of the whole, on the scale of all ω. */
function termsOf(
  direct: readonly DirectEstimate[],
  omega: number,
  steps: number,
): (Omit<Term, "weight"> & { log: number })[] {
  return gridOf([direct], steps, (tau) => collapse(direct, tau).log).map(({ spread, log }) => {
    const { estimate, variance } = collapse(direct, spread);
    return { tau: spread, omega, mean: estimate, meanVariance: variance, direct, log };
  });
}

function termsOfOne(units: readonly (readonly DirectEstimate[])[]): readonly Term[] {
  return weighted(
    termsOf(
      units.map((parts) => collapse(parts, 0)),
      0,
      FINE.one,
    ),
  );
}

function termsOfBoth(
  units: readonly (readonly DirectEstimate[])[],
  repeated: readonly (readonly DirectEstimate[])[],
): readonly Term[] {
  const logOf = (omega: number): number => repeated.reduce((sum, parts) => sum + collapse(parts, omega).log, 0);
  return weighted(
    gridOf(repeated, FINE.years, logOf).flatMap(({ spread: omega, log }) =>
      termsOf(
        units.map((parts) => collapse(parts, omega)),
        omega,
        FINE.between,
      ).map((term) => ({ ...term, log: term.log + log })),
    ),
  );
}

function weighted(points: readonly (Omit<Term, "weight"> & { log: number })[]): readonly Term[] {
  const top = Math.max(...points.map(({ log }) => log));
  return normalized(
    points.map(({ log, ...term }) => ({ ...term, weight: Math.exp(log - top) })).filter(({ weight }) => weight > 1e-6),
  );
}

function normalized<T extends { readonly weight: number }>(terms: readonly T[]): readonly T[] {
  let sum = 0;
  for (const { weight } of terms) sum += weight;
  return terms.map((term) => ({ ...term, weight: term.weight / sum }));
}

/**
 * Points of a spread s in (0, ∞) by t = s ÷ (s + scale), first over all of it, then over the part that matters.
 *
 * @returns `log`: log density with respect to s plus the log width of the cell, so that exp(log) sums to the integral
 */
function gridOf(
  clusters: readonly (readonly DirectEstimate[])[],
  steps: number,
  logOf: (spread: number) => number,
): { spread: number; log: number }[] {
  let count = 0;
  let sum = 0;
  for (const cluster of clusters) {
    let mean = 0;
    for (const { estimate } of cluster) mean += estimate / cluster.length;
    for (const { estimate, variance } of cluster) {
      count += 1;
      sum += variance + (estimate - mean) ** 2;
    }
  }
  const scale = Math.sqrt(sum / count);
  const points = (from: number, to: number, cells: number): { spread: number; log: number }[] =>
    Array.from({ length: cells }, (_, k) => {
      const t = from + ((k + 0.5) / cells) * (to - from);
      const spread = (scale * t) / (1 - t);
      return { spread, log: logOf(spread) + Math.log((scale * (to - from)) / cells) - 2 * Math.log(1 - t) };
    });
  const coarse = points(0, 1, COARSE);
  const top = Math.max(...coarse.map(({ log }) => log));
  const first = coarse.findIndex(({ log }) => log > top - NEGLIGIBLE);
  const last = coarse.findLastIndex(({ log }) => log > top - NEGLIGIBLE);
  return points(Math.max(0, (first - 0.5) / COARSE), Math.min(1, (last + 1.5) / COARSE), steps);
}

/** The point below which a mixture of normals has the probability p, to 1e-6 of its spread. */
function mixtureQuantile(
  terms: readonly Term[],
  means: Float64Array,
  sds: Float64Array,
  value: number,
  se: number,
  p: number,
): number {
  let low = value - 40 * se;
  let high = value + 40 * se;
  let x = value + normalQuantile(p) * se;
  for (let round = 0; round < 100; round++) {
    let probability = 0;
    let density = 0;
    terms.forEach(({ weight }, k) => {
      const z = (x - means[k]!) / sds[k]!;
      probability += weight * normalCdf(z);
      density += (weight * Math.exp(-0.5 * z * z)) / (sds[k]! * Math.sqrt(2 * Math.PI));
    });
    const excess = probability - p;
    if (excess > 0) high = x;
    else low = x;
    const newton = x - excess / density;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-6 * se) return next;
    x = next;
  }
  return x;
}
