/** From the sheets that came back to what the whole party thinks, with how sure that is. */

import type { Gap, Trail } from "../base/index.ts";
import type { SatisfiedCount } from "./counts.ts";
import { leastShown } from "./disclose.ts";
import { z95 } from "./plan.ts";

/** Sheets of one stratum. */
export interface StratumCount extends Readonly<SatisfiedCount> {
  readonly id: string;
  /** people of it; at least as many as answered */
  readonly population: number;
}

/** A share with its 95 % interval. */
export interface Share {
  /** satisfied share of the people, weighted for who did not answer; null = it cannot be told */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** of the weighted share; null with the value */
  readonly standardError: number | null;
  /** sheets of a simple random sample that would be as exact; null with the value, or when everybody answered */
  readonly effectiveAnswers: number | null;
  /** satisfied share of the sheets themselves */
  readonly unweighted: number | null;
  readonly answers: number;
  readonly satisfied: number;
  readonly population: number;
  /** strata that were too thin to stand for themselves and were taken together */
  readonly pooledStrata: number;
  readonly gap: Gap | null;
}

/**
 * Wilson's interval of a share.
 *
 *     (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
 *
 * @param share p, 0–1
 * @param answers n > 0; need not be whole
 * @oracle oracles/estimate.R, prop.test without correction
 * @see Wilson 1927; Agresti and Coull 1998
 */
export function wilson(share: number, answers: number, z = z95): { readonly low: number; readonly high: number } {
  if (!(answers > 0) || !(share >= 0 && share <= 1))
    throw new RangeError(`no interval for a share of ${share} among ${answers}`);
  const square = (z * z) / answers;
  const middle = share + square / 2;
  const half = z * Math.sqrt((share * (1 - share)) / answers + square / (4 * answers));
  return { low: Math.max(0, (middle - half) / (1 + square)), high: Math.min(1, (middle + half) / (1 + square)) };
}

/**
 * The share of a party's people who are satisfied, from the sheets of its strata. Those who answered stand for those of
 * the same stratum who did not (post-stratification):
 *
 *     p = Σ Wₕ pₕ,   Wₕ = Nₕ / N,   v = Σ Wₕ² (1 − nₕ/Nₕ) pₕ(1 − pₕ) / (nₕ − 1)
 *
 * and the interval is Wilson's with the effective number of answers p(1 − p)/v. Where v is 0 although people are missing (all sheets say the same),
 * the number of answers over the share of people missing stands in for it; where everybody answered the interval is the share itself.
 *
 * Strata with fewer than two answers cannot stand for themselves: they are taken together, and with the stratum of fewest answers until
 * there are two. Fewer than ten answers in all, or none, is a gap.
 *
 * @oracle oracles/estimate.R: survey::svymean of a stratified design with finite population correction
 * @see Lohr, Sampling: Design and Analysis, 2nd ed., ch. 3 and 8; Korn and Graubard 1998 for the effective size
 */
export function estimateShare(strata: readonly StratumCount[]): Share {
  const answers = strata.reduce((sum, stratum) => sum + stratum.answers, 0);
  const satisfied = strata.reduce((sum, stratum) => sum + stratum.satisfied, 0);
  // more sheets than people means that the count of people is out of date; the sheets are people too
  const people = strata.map((stratum) => ({ ...stratum, population: Math.max(stratum.population, stratum.answers) }));
  const population = people.reduce((sum, stratum) => sum + stratum.population, 0);
  const open = {
    value: null,
    low: null,
    high: null,
    standardError: null,
    effectiveAnswers: null,
    unweighted: null,
    answers,
    satisfied,
    population,
    pooledStrata: 0,
  };
  if (answers === 0) return { ...open, gap: { why: "no-denominator", item: "validAnswers" } };
  if (answers < leastShown) return { ...open, satisfied: 0, gap: { why: "suppressed", below: leastShown } };

  const { own, pooled } = poolThin(people.filter((stratum) => stratum.population > 0));
  let value = 0;
  let variance = 0;
  for (const stratum of own) {
    const weight = stratum.population / population;
    const share = stratum.satisfied / stratum.answers;
    value += weight * share;
    if (stratum.answers < 2) continue; // one person is the whole stratum
    const missing = 1 - stratum.answers / stratum.population;
    variance += (weight * weight * missing * share * (1 - share)) / (stratum.answers - 1);
  }
  value = Math.min(1, Math.max(0, value)); // a sum of weights may exceed 1 by rounding
  const missing = 1 - answers / population;
  const effective = variance > 0 ? (value * (1 - value)) / variance : missing > 0 ? answers / missing : null;
  const { low, high } = effective === null ? { low: value, high: value } : wilson(value, effective);
  return {
    ...open,
    value,
    low,
    high,
    standardError: Math.sqrt(variance),
    effectiveAnswers: effective,
    unweighted: satisfied / answers,
    pooledStrata: pooled,
    gap: null,
  };
}

/** Strata that can stand for themselves, the thin ones taken together. */
function poolThin(strata: readonly StratumCount[]): { readonly own: readonly StratumCount[]; readonly pooled: number } {
  const isThin = (stratum: StratumCount): boolean => stratum.answers < 2 && stratum.answers < stratum.population;
  const thin = strata.filter(isThin);
  if (thin.length === 0) return { own: strata, pooled: 0 };
  const others = strata
    .filter((stratum) => !isThin(stratum))
    .toSorted((a, b) => a.answers - b.answers || (a.id < b.id ? -1 : 1));
  const pool = { id: "pool", population: 0, answers: 0, satisfied: 0 };
  let pooled = 0;
  const take = (stratum: StratumCount): void => {
    pool.population += stratum.population;
    pool.answers += stratum.answers;
    pool.satisfied += stratum.satisfied;
    pooled += 1;
  };
  thin.forEach(take);
  while (pool.answers < 2) {
    const next = others.shift();
    if (next === undefined) break;
    take(next);
  }
  return { own: [...others, pool], pooled };
}

/** Sheets that came back among the people asked; null when nobody was asked. Above 1 when more came than were asked. */
export function responseRate(answers: number, asked: number): number | null {
  return asked > 0 ? answers / asked : null;
}

/** How a share came about, for the drawer that opens from any figure. */
export function explainShare(share: Share, reference: string, surveyTitle: string): Trail {
  const shown = (value: number): string => String(Number(value.toFixed(6)));
  return {
    formula: "Σ (population × satisfiedAnswers ÷ validAnswers) ÷ Σ population",
    substituted:
      share.value === null
        ? ""
        : `${shown(share.value * share.population)} ÷ ${share.population} = ${shown(share.value)}`,
    inputs: [
      { item: "validAnswers", value: share.answers, unit: "份", note: surveyTitle },
      { item: "satisfiedAnswers", value: share.gap === null ? share.satisfied : null, unit: "份" },
      { item: "population", value: share.population, unit: "人" },
    ],
    numerator: share.value === null ? null : share.value * share.population,
    denominator: share.population,
    value: share.value,
    reference,
    rulesVersion: "survey",
    gap: share.gap,
  };
}
