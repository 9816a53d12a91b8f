/**
 * How strict each rater is, and what the scores of schools would be if the average rater had given them.
 *
 *     y(rater, school) = school + b(rater) + h(rater, school),   b ~ N(0, τ²),   h ~ N(0, σ² ÷ w)
 *
 * Only raters who judge the same leaves of the same school are compared, so that a rater who was sent to weak schools does not
 * pass for a strict one: schools are fixed. What a rater feels about one school (h) colours all its leaves, so a school counts
 * once and not once for each leaf. τ and σ are integrated out, because an estimate of τ = 0 would give intervals of width 0.
 */

import type { MixtureTerm } from "@xingfu/numerics";
import { eigenSymmetric, mixtureQuantile } from "@xingfu/numerics";
import type { RaterGap, RoundRating, RoundTable, UnusedRoundRating } from "./raters.ts";
import { separateParts, tableOfRound } from "./raters.ts";

export interface SeverityOptions {
  /** schools that a rater must share with others before the rater is corrected; default 4 */
  readonly minSchools?: number;
  /** of the intervals, 0–1; default 0.95 */
  readonly coverage?: number;
}

export interface Estimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** How strict a rater is, in shares of points that the rater takes off beyond the average rater; below 0 = lenient. */
export interface Severity extends Estimate {
  /** whether the interval leaves 0 out */
  readonly band: "strict" | "lenient" | "notDistinguishable";
}

export interface MeasuredRater {
  readonly rater: string;
  readonly schools: number;
  /** schools at which somebody else has judged a leaf that the rater has judged */
  readonly sharedSchools: number;
  /** raters of one group can be compared with each other, by a chain of shared schools; groups count from 0, null = alone */
  readonly group: number | null;
  readonly severity: Severity | RaterGap;
}

export interface MeasuredSchool {
  readonly school: string;
  readonly raters: readonly string[];
  /** full points of the leaves that somebody has rated */
  readonly outOf: number;
  /** share of these points: the mean of the raters of each leaf, as it counts in the scorecard */
  readonly raw: number;
  /** the same by the average rater of the group; beside the raw share, never instead of it */
  readonly corrected: Estimate | RaterGap;
}

export interface RaterSeverities {
  /** by code */
  readonly raters: readonly MeasuredRater[];
  /** by code */
  readonly schools: readonly MeasuredSchool[];
  /** groups of raters that can be compared; 1 in a round that was planned for it */
  readonly groups: number;
  /** standard deviations, in shares of points: of severity between raters (τ), of one judgement of a school (σ) */
  readonly spread: { readonly raters: Estimate; readonly visits: Estimate } | RaterGap;
  readonly unused: readonly UnusedRoundRating[];
}

/** Comparable raters from which on a spread between them can be told: four differences. */
export const minimumRaters = 5;
/** Differences between visits beyond those between raters, from which on chance can be told from severity. */
const minimumResidual = 4;
/** Points of the first grid over τ ÷ σ, and of the second over those that matter. */
const COARSE = 40;
const FINE = 14;
/** Log density below the maximum beyond which a ratio is not worth a term. */
const NEGLIGIBLE = 10;
/** RSS relative to all differences, below which it is rounding. */
const rounding = 1e-14;

/**
 * Severity of every rater of a round and corrected shares of points of every school.
 *
 * @param ratings  of one party, in any order
 * @param points   full points of each leaf, > 0; leaves that are not in it do not count, so an area of the scheme can be measured alone
 */
export function measureRaters(
  ratings: readonly RoundRating[],
  points: ReadonlyMap<string, number>,
  options: SeverityOptions = {},
): RaterSeverities {
  const { minSchools = 4, coverage = 0.95 } = options;
  const table = tableOfRound(ratings, points);
  const visits = table.entries.map((_, school) => visitsOf(table, school));
  const comparison = compare(table, visits);
  const terms = estimate(comparison);
  const schoolsOf = new Int32Array(table.raters.length);
  for (const { raters } of visits) for (const rater of raters) schoolsOf[rater]! += 1;

  const raters = table.raters.map((rater, r): MeasuredRater => {
    const group = comparison.groupOf[r]!;
    const sharedSchools = comparison.sharedSchools[r]!;
    let severity: MeasuredRater["severity"];
    if (group < 0) severity = { why: "not-connected" };
    else if (sharedSchools < minSchools) severity = { why: "too-few", have: sharedSchools, need: minSchools };
    else if ("why" in terms) severity = terms;
    else severity = severityOf(terms, comparison.contrasts.subarray(r * terms.rank, (r + 1) * terms.rank), coverage);
    return { rater, schools: schoolsOf[r]!, sharedSchools, group: group < 0 ? null : group, severity };
  });
  const schools = table.schools.map((school, s): MeasuredSchool => {
    const visit = visits[s]!;
    const { outOf, raw } = visit;
    const uncorrected = visit.raters.filter((r) => "why" in raters[r]!.severity);
    let corrected: MeasuredSchool["corrected"];
    if ("why" in terms) corrected = terms;
    else if (uncorrected.length > 0) corrected = { why: "depends", on: uncorrected.map((r) => table.raters[r]!) };
    else corrected = correctedOf(terms, comparison, visit, coverage);
    return { school, raters: visit.raters.map((r) => table.raters[r]!), outOf, raw, corrected };
  });
  return {
    raters,
    schools,
    groups: comparison.groups,
    spread:
      "why" in terms
        ? terms
        : {
            raters: summarize(terms, ({ ratio, sigma }) => ratio * sigma, coverage),
            visits: summarize(terms, ({ sigma }) => sigma, coverage),
          },
    unused: table.unused,
  };
}

/** What the raters of one school gave, leaf by leaf taken together. */
interface SchoolVisits {
  readonly outOf: number;
  readonly raw: number;
  /** numbers of the raters */
  readonly raters: readonly number[];
  /** [raters] share of the raw score that comes from the rater; sums to 1 */
  readonly parts: Float64Array;
  /** [raters] points rated ÷ points of all leaves of the round */
  readonly extent: Float64Array;
  /** raters (places in `raters`) who share leaves, directly or by a chain, with what each gives beyond the others */
  readonly blocks: readonly {
    readonly places: readonly number[];
    readonly level: Float64Array;
    readonly weight: Float64Array;
  }[];
}

function visitsOf({ entries, points }: RoundTable, school: number): SchoolVisits {
  const own = entries[school]!;
  const raters = [...new Set(own.map(({ rater }) => rater))].toSorted((a, b) => a - b);
  const placeOf = new Map(raters.map((rater, place) => [rater, place]));
  const k = raters.length;
  const parts = new Float64Array(k);
  const extent = new Float64Array(k);
  const shared = new Float64Array(k);
  // least squares of share = leaf + rater, leaves by their points: what is left when the leaves are eliminated
  const normal = new Float64Array(k * k);
  const right = new Float64Array(k);
  const linked = separateParts(k);
  let total = 0;
  for (const full of points) total += full;
  let outOf = 0;
  let sum = 0;
  for (let from = 0; from < own.length;) {
    const { node } = own[from]!;
    let to = from;
    while (to < own.length && own[to]!.node === node) to += 1;
    const here = own.slice(from, to);
    const full = points[node]!;
    let mean = 0;
    for (const { share } of here) mean += share / here.length;
    outOf += full;
    sum += full * mean;
    for (const { rater, share } of here) {
      const i = placeOf.get(rater)!;
      parts[i]! += full / here.length;
      extent[i]! += full / total;
      if (here.length === 1) continue;
      shared[i]! += full / total;
      right[i]! += full * (share - mean);
      normal[i * k + i]! += full;
      for (const other of here) normal[i * k + placeOf.get(other.rater)!]! -= full / here.length;
      linked.join(i, placeOf.get(here[0]!.rater)!);
    }
    from = to;
  }
  for (let i = 0; i < k; i++) parts[i]! /= outOf;
  const members = new Map<number, number[]>();
  for (let i = 0; i < k; i++) {
    const part = linked.of(i);
    members.set(part, [...(members.get(part) ?? []), i]);
  }
  const blocks = [...members.values()]
    .filter(({ length }) => length > 1)
    .map((places) => {
      return {
        places,
        level: levelsOf(normal, right, k, places),
        weight: Float64Array.from(places, (i) => shared[i]!),
      };
    });
  return { outOf, raw: sum / outOf, raters, parts, extent, blocks };
}

/** The solution of the normal equations of one connected part, with the first rater at 0. */
function levelsOf(normal: Float64Array, right: Float64Array, k: number, places: readonly number[]): Float64Array {
  const size = places.length - 1;
  const width = size + 1;
  const a = new Float64Array(size * width);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) a[i * width + j] = normal[places[i + 1]! * k + places[j + 1]!]!;
    a[i * width + size] = right[places[i + 1]!]!;
  }
  // positive definite, so elimination needs no exchange of rows
  for (let c = 0; c < size; c++) {
    for (let i = c + 1; i < size; i++) {
      const factor = a[i * width + c]! / a[c * width + c]!;
      if (factor !== 0) for (let j = c; j < width; j++) a[i * width + j]! -= factor * a[c * width + j]!;
    }
  }
  const level = new Float64Array(places.length);
  for (let i = size - 1; i >= 0; i--) {
    let value = a[i * width + size]!;
    for (let j = i + 1; j < size; j++) value -= a[i * width + j]! * level[j + 1]!;
    level[i + 1] = value / a[i * width + i]!;
  }
  return level;
}

/** All comparisons of a round, turned into independent differences. */
interface Comparison {
  readonly groups: number;
  /** [raters] −1 = alone */
  readonly groupOf: Int32Array;
  readonly sharedSchools: Int32Array;
  /** independent differences between raters */
  readonly rank: number;
  /** [rank] their size, and their precision at σ = 1 */
  readonly size: Float64Array;
  readonly precision: Float64Array;
  /** [raters × rank] the severity of a rater less the mean of the group, as a sum of the differences */
  readonly contrasts: Float64Array;
  /** sum of squares and degrees of freedom of what raters do not explain */
  readonly residual: number;
  readonly residualDegrees: number;
  /** sum of squares of all */
  readonly total: number;
  /** raters that are compared */
  readonly compared: number;
}

/**
 * With A = Zᵀ M Z = U D Uᵀ, where M takes the mean of each school away and weighs by w, zᵢ = uᵢᵀ Zᵀ M y ÷ dᵢ are independent:
 *
 *     zᵢ ~ N(0, τ² + σ² ÷ dᵢ),   RSS ~ σ² χ²
 *
 * so that a round of any size comes down to as many numbers as there are raters.
 */
function compare({ raters }: RoundTable, visits: readonly SchoolVisits[]): Comparison {
  const n = raters.length;
  const linked = separateParts(n);
  const sharedSchools = new Int32Array(n);
  const a = new Float64Array(n * n);
  const g = new Float64Array(n);
  const importance = new Float64Array(n);
  let total = 0;
  let degrees = 0;
  for (const { raters: here, parts, blocks } of visits) {
    here.forEach((rater, i) => (importance[rater]! += parts[i]!));
    for (const { places, level, weight } of blocks) {
      let all = 0;
      let mean = 0;
      for (let i = 0; i < places.length; i++) {
        all += weight[i]!;
        mean += weight[i]! * level[i]!;
      }
      mean /= all;
      degrees += places.length - 1;
      for (let i = 0; i < places.length; i++) {
        const r = here[places[i]!]!;
        sharedSchools[r]! += 1;
        linked.join(r, here[places[0]!]!);
        const difference = level[i]! - mean;
        total += weight[i]! * difference * difference;
        g[r]! += weight[i]! * difference;
        a[r * n + r]! += weight[i]!;
        for (let j = 0; j < places.length; j++) a[r * n + here[places[j]!]!]! -= (weight[i]! * weight[j]!) / all;
      }
    }
  }
  const groupOf = new Int32Array(n).fill(-1);
  const numberOf = new Map<number, number>();
  let compared = 0;
  for (let r = 0; r < n; r++) {
    if (sharedSchools[r] === 0) continue;
    compared += 1;
    const part = linked.of(r);
    if (!numberOf.has(part)) numberOf.set(part, numberOf.size);
    groupOf[r] = numberOf.get(part)!;
  }
  const groups = numberOf.size;
  const rank = compared - groups;
  const { values, vectors } = eigenSymmetric(a, n);
  const first = n - rank; // the rest are zero: one for each group, one for each rater who is alone
  const size = new Float64Array(rank);
  const precision = values.slice(first);
  const contrasts = new Float64Array(n * rank);
  let explained = 0;
  for (let i = 0; i < rank; i++) {
    const vector = vectors.subarray((first + i) * n, (first + i + 1) * n);
    let along = 0;
    const means = new Float64Array(groups);
    const weights = new Float64Array(groups);
    for (let r = 0; r < n; r++) {
      along += vector[r]! * g[r]!;
      const group = groupOf[r]!;
      if (group < 0) continue;
      means[group]! += importance[r]! * vector[r]!;
      weights[group]! += importance[r]!;
    }
    size[i] = along / precision[i]!;
    explained += (along * along) / precision[i]!;
    for (let r = 0; r < n; r++) {
      const group = groupOf[r]!;
      if (group >= 0) contrasts[r * rank + i] = vector[r]! - means[group]! / weights[group]!;
    }
  }
  return {
    groups,
    groupOf,
    sharedSchools,
    rank,
    size,
    precision,
    contrasts,
    residual: Math.max(0, total - explained),
    residualDegrees: degrees - rank,
    total,
    compared,
  };
}

/** One value of τ ÷ σ with its weight; everything else follows a Student distribution given it. */
interface RatioTerm {
  readonly ratio: number;
  readonly weight: number;
  /** scale of σ */
  readonly sigma: number;
  /** [rank] means of the differences between raters, and their variances at σ = 1 */
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

interface Terms {
  readonly rank: number;
  readonly degrees: number;
  readonly each: readonly RatioTerm[];
}

/**
 * The posterior over λ = τ ÷ σ, with τ uniform and σ ∝ 1 ÷ σ, which leaves
 *
 *     p(λ | data) ∝ Π (λ² + 1 ÷ dᵢ)^(−1/2) · Q^(−(f − 1)/2),   Q = Σ zᵢ² ÷ (λ² + 1 ÷ dᵢ) + RSS
 *
 * with f differences in all; given λ the rest is Student with f − 1 degrees of freedom.
 */
function estimate({
  rank,
  size,
  precision,
  residual,
  residualDegrees,
  total,
  compared,
  groups,
}: Comparison): Terms | RaterGap {
  const need = minimumRaters - 1 + Math.max(1, groups);
  if (compared < need) return { why: "too-few", have: compared, need };
  if (residualDegrees < minimumResidual) return { why: "too-few", have: residualDegrees, need: minimumResidual };
  if (!(residual > rounding * total)) return { why: "no-denominator", item: "differencesBetweenVisits" };
  const degrees = rank + residualDegrees - 1;
  let scale = 0;
  for (const one of precision) scale += 1 / one / rank;
  scale = Math.sqrt(scale);
  const q = (ratio: number): number => {
    let sum = residual;
    for (let i = 0; i < rank; i++) sum += size[i]! ** 2 / (ratio * ratio + 1 / precision[i]!);
    return sum;
  };
  const log = (ratio: number): number => {
    let sum = (-degrees / 2) * Math.log(q(ratio));
    for (let i = 0; i < rank; i++) sum -= Math.log(ratio * ratio + 1 / precision[i]!) / 2;
    return sum;
  };
  // t = λ ÷ (λ + scale) makes the half-line an interval; dλ = scale dt ÷ (1 − t)²
  const grid = (from: number, to: number, cells: number): { readonly ratio: number; readonly log: number }[] =>
    Array.from({ length: cells }, (_, cell) => {
      const t = from + ((cell + 0.5) / cells) * (to - from);
      const ratio = (scale * t) / (1 - t);
      return { ratio, log: log(ratio) - 2 * Math.log(1 - t) };
    });
  const coarse = grid(0, 1, COARSE);
  const top = Math.max(...coarse.map((point) => point.log));
  const from = coarse.findIndex((point) => point.log > top - NEGLIGIBLE);
  const to = coarse.findLastIndex((point) => point.log > top - NEGLIGIBLE);
  const fine = grid(Math.max(0, (from - 0.5) / COARSE), Math.min(1, (to + 1.5) / COARSE), FINE);
  const best = Math.max(...fine.map((point) => point.log));
  const weights = fine.map((point) => Math.exp(point.log - best));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const each = fine.map(({ ratio }, at): RatioTerm => {
    const means = new Float64Array(rank);
    const variances = new Float64Array(rank);
    for (let i = 0; i < rank; i++) {
      const kept = ratio ** 2 / (ratio ** 2 + 1 / precision[i]!);
      means[i] = kept * size[i]!;
      variances[i] = kept / precision[i]!;
    }
    return { ratio, weight: weights[at]! / all, sigma: Math.sqrt(q(ratio) / degrees), means, variances };
  });
  return { rank, degrees, each: each.filter(({ weight }) => weight > 1e-5) };
}

/** A sum of differences between raters plus chance of the given variance (at σ = 1). */
function combine({ each, rank, degrees }: Terms, along: Float64Array, chance: number, coverage: number): Estimate {
  let value = 0;
  let all = 0;
  const mixture = each.map(({ weight, sigma, means, variances }): MixtureTerm => {
    let mean = 0;
    let variance = chance;
    for (let i = 0; i < rank; i++) {
      mean += along[i]! * means[i]!;
      variance += along[i]! ** 2 * variances[i]!;
    }
    value += weight * mean;
    all += weight;
    return { weight, mean, scale: sigma * Math.sqrt(variance) };
  });
  const scaled = mixture.map((term) => ({ ...term, weight: term.weight / all }));
  return {
    value: value / all,
    lower: mixtureQuantile(scaled, (1 - coverage) / 2, degrees),
    upper: mixtureQuantile(scaled, (1 + coverage) / 2, degrees),
  };
}

function severityOf(terms: Terms, contrast: Float64Array, coverage: number): Severity {
  const { value, lower, upper } = combine(
    terms,
    contrast.map((one) => -one), // points given beyond the average turned into points taken off
    0,
    coverage,
  );
  return { value, lower, upper, band: lower > 0 ? "strict" : upper < 0 ? "lenient" : "notDistinguishable" };
}

function correctedOf(terms: Terms, { contrasts }: Comparison, visit: SchoolVisits, coverage: number): Estimate {
  const along = new Float64Array(terms.rank);
  let chance = 0;
  visit.raters.forEach((rater, at) => {
    const part = visit.parts[at]!;
    chance += part ** 2 / visit.extent[at]!;
    for (let i = 0; i < terms.rank; i++) along[i]! -= part * contrasts[rater * terms.rank + i]!;
  });
  const { value, lower, upper } = combine(terms, along, chance, coverage);
  // a share of points: the correction may not promise more than there are, or fewer than none
  const within = (share: number): number => Math.min(Math.max(share, 0), 1);
  return { value: within(visit.raw + value), lower: within(visit.raw + lower), upper: within(visit.raw + upper) };
}

/** Mean and quantiles of a quantity over the terms. */
function summarize({ each }: Terms, of: (term: RatioTerm) => number, coverage: number): Estimate {
  const sorted = each.map((term) => ({ at: of(term), weight: term.weight })).toSorted((a, b) => a.at - b.at);
  const all = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let value = 0;
  let below = 0;
  let lower: number | undefined;
  let upper: number | undefined;
  for (const { at, weight } of sorted) {
    value += (weight * at) / all;
    below += weight / all;
    if (below >= (1 - coverage) / 2) lower ??= at;
    if (below >= (1 + coverage) / 2) upper ??= at;
  }
  return { value, lower: lower ?? value, upper: upper ?? value };
}
