/** How many must be asked: the sheets a figure needs, spread over the schools. */

import type { Stage } from "../base/index.ts";
import type { SurveyParty } from "./form.ts";

/** People of one school, party and stage. */
export interface Stratum {
  /** school code, or the district's for those who belong to no school */
  readonly unit: string;
  readonly party: SurveyParty;
  /** null = the party is not divided by stage */
  readonly stage: Stage | null;
  /** people of it */
  readonly population: number;
}

export interface PlanOptions {
  /** half width of the 95 % interval of each party's share in the district, e.g. 0.02 */
  readonly margin: number;
  /** share of those asked who are expected to answer, above 0 to 1 */
  readonly responseRate: number;
  /** sheets wanted of every school and party, where it has so many people; 10 is the least that can be shown */
  readonly leastPerSchool: number;
}

export interface PlannedStratum extends Stratum {
  /** sheets wanted */
  readonly sheets: number;
  /** people to ask, so that about as many sheets come back */
  readonly toAsk: number;
}

/** 97.5 % point of the standard normal distribution. */
export const z95 = 1.959963984540054;

/**
 * Sheets needed so that a share can be told to ±margin with 95 % confidence, whatever the share is. Rounded up.
 *
 *     n = n₀ / (1 + (n₀ − 1) / N),   n₀ = z² · ¼ / margin²
 *
 * @param population N, people the figure is about; 0 needs 0
 * @see Cochran, Sampling Techniques, 3rd ed., eq. 4.3 and 4.4
 */
export function sheetsNeeded(population: number, margin: number): number {
  if (!(margin > 0 && margin < 1)) throw new RangeError(`a margin lies between 0 and 1, not ${margin}`);
  if (!Number.isSafeInteger(population) || population < 0)
    throw new RangeError(`a population is a whole number, not ${population}`);
  if (population === 0) return 0;
  const infinite = (z95 * z95 * 0.25) / (margin * margin);
  return Math.min(population, Math.ceil(infinite / (1 + (infinite - 1) / population)));
}

/**
 * The sampling plan: for each party the sheets its district figure needs, spread over the strata in proportion to their people (largest
 * remainders), each school with at least `leastPerSchool` sheets where it has so many people. The minimum comes on top, so the district's
 * figure is never less exact than asked for.
 */
export function planSample(strata: readonly Stratum[], options: PlanOptions): readonly PlannedStratum[] {
  const { margin, responseRate, leastPerSchool } = options;
  if (!(responseRate > 0 && responseRate <= 1))
    throw new RangeError(`a response rate lies above 0 and up to 1, not ${responseRate}`);
  if (!Number.isSafeInteger(leastPerSchool) || leastPerSchool < 0)
    throw new RangeError(`a minimum is a whole number, not ${leastPerSchool}`);
  const sheets = new Map<Stratum, number>();
  for (const own of groupBy(strata, (stratum) => stratum.party)) {
    const population = own.reduce((sum, stratum) => sum + stratum.population, 0);
    const shares = allocate(sheetsNeeded(population, margin), own);
    own.forEach((stratum, at) => sheets.set(stratum, shares[at] ?? 0));
    for (const school of groupBy(own, (stratum) => stratum.unit)) {
      const wanted = Math.min(
        leastPerSchool,
        school.reduce((sum, stratum) => sum + stratum.population, 0),
      );
      const have = school.reduce((sum, stratum) => sum + (sheets.get(stratum) ?? 0), 0);
      if (have >= wanted) continue;
      const raised = allocate(wanted, school);
      school.forEach((stratum, at) => sheets.set(stratum, Math.max(sheets.get(stratum) ?? 0, raised[at] ?? 0)));
    }
  }
  return strata.map((stratum) => {
    const wanted = sheets.get(stratum) ?? 0;
    return { ...stratum, sheets: wanted, toAsk: Math.min(stratum.population, Math.ceil(wanted / responseRate)) };
  });
}

/** `total` things spread in proportion to the populations, whole numbers by largest remainders, none above its population. */
function allocate(total: number, strata: readonly Stratum[]): readonly number[] {
  const population = strata.reduce((sum, stratum) => sum + stratum.population, 0);
  if (population === 0) return strata.map(() => 0);
  const exact = strata.map((stratum) => (total * stratum.population) / population);
  const whole = exact.map(Math.floor);
  let left = total - whole.reduce((sum, count) => sum + count, 0);
  const byRemainder = exact
    .map((value, at) => ({ at, remainder: value - Math.floor(value) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.at - b.at);
  for (const { at } of byRemainder) {
    if (left === 0) break;
    const count = whole[at];
    if (count === undefined || count >= (strata[at]?.population ?? 0)) continue;
    whole[at] = count + 1;
    left -= 1;
  }
  return whole;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const own = groups.get(key(item));
    if (own === undefined) groups.set(key(item), [item]);
    else own.push(item);
  }
  return [...groups.values()];
}
