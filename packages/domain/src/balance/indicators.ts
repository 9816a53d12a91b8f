/** The seven resource indicators (资源配置): what is counted, for one school and phase. */

import { usable } from "../base/index.ts";
import type { Gap, Phase, Stage } from "../base/index.ts";
import type { Indicator } from "./assessment.ts";
import type { Amounts, SchoolFacts, StageFacts, TeacherCounts } from "./facts.ts";
import { hasStaff, staffSum, stageOf } from "./merge.ts";
import type { MergedSchool, Pool } from "./merge.ts";
import type { BalanceRules } from "./rules.ts";

type Degree = Exclude<keyof TeacherCounts, "unspecified">;
type StaffItem = `teachers.${Degree}` | "leadTeachers" | "peArtsTeachers" | "visitingPeArtsTeachers";

/** A staff count of a numerator. */
export interface StaffTerm {
  readonly section: "staff";
  readonly item: StaffItem;
  /** the count in the facts of a stage; null = not reported */
  readonly pick: (facts: StageFacts) => number | null;
  readonly sign: 1;
  /** counts only under this relaxation, and is 0 when not reported */
  readonly relaxation: string | null;
}

/** An amount of premises of a numerator, added or taken off. */
export interface PremisesTerm {
  readonly section: "premises";
  readonly item: keyof Amounts;
  readonly sign: 1 | -1;
  readonly relaxation: string | null;
}

export type Term = StaffTerm | PremisesTerm;

const staff = (
  item: "leadTeachers" | "peArtsTeachers" | "visitingPeArtsTeachers",
  relaxation: string | null = null,
): StaffTerm => ({
  section: "staff",
  item,
  pick: (facts) => facts[item],
  sign: 1,
  relaxation,
});

/** Teachers of one degree; unknown while some teacher's degree is. */
const degree = (name: Degree): StaffTerm => ({
  section: "staff",
  item: `teachers.${name}`,
  pick: ({ teachers }) => (teachers === null || teachers.unspecified !== 0 ? null : teachers[name]),
  sign: 1,
  relaxation: null,
});

const premises = (item: keyof Amounts, sign: 1 | -1 = 1, relaxation: string | null = null): PremisesTerm => ({
  section: "premises",
  item,
  sign,
  relaxation,
});

const terms: Readonly<Record<Exclude<Indicator, "R1">, readonly Term[]>> = {
  R2: [staff("leadTeachers")],
  R3: [staff("peArtsTeachers"), staff("visitingPeArtsTeachers", "R3.visiting")],
  R4: [premises("teachingFloorAreaM2"), premises("indoorSportsAreaM2", -1)],
  R5: [
    premises("indoorSportsAreaM2"),
    premises("sportsGroundAreaM2"),
    premises("convertedSportsAreaM2", 1, "R5.dense"),
    premises("leasedSportsAreaM2", 1, "R5.dense"),
  ],
  R6: [premises("equipmentYuan")],
  R7: [premises("multimediaRooms")],
};

const aboveStandardTerms: Readonly<Record<Phase, readonly Term[]>> = {
  primary: [degree("doctorate"), degree("master"), degree("bachelor"), degree("associate")],
  junior: [degree("doctorate"), degree("master"), degree("bachelor")],
};

/**
 * What the numerator of an indicator is made of. R1 counts teachers above the required degree (高于规定学历): the required
 * degree of primary teachers is upper secondary, so an associate degree counts; of junior teachers it is an associate
 * degree, so a bachelor's counts.
 */
export function termsOf(indicator: Indicator, phase: Phase): readonly Term[] {
  return indicator === "R1" ? aboveStandardTerms[phase] : terms[indicator];
}

const noRelaxations: readonly string[] = [];
const visiting: readonly string[] = ["R3.visiting"];
const dense: readonly string[] = ["R5.dense"];

/** Relaxations a school may use for an indicator, whether or not it has anything to count under them. */
export function openRelaxations(merged: MergedSchool, indicator: Indicator, rules: BalanceRules): readonly string[] {
  if (!merged.hasCommitment) return noRelaxations;
  if (indicator === "R3") {
    const { pupilsFrom, pupilsBelow } = rules.relaxations.R3;
    const pupils = merged.compulsoryPupils;
    const isSmall = pupils !== null && pupils >= pupilsFrom && pupils < pupilsBelow;
    return isSmall && (merged.isRural === true || merged.kind === "teachingPoint") ? visiting : noRelaxations;
  }
  if (indicator === "R5") return merged.school.isDense === true ? dense : noRelaxations;
  return noRelaxations;
}

/** An amount, and the relaxations that added something to it. */
export interface Numerator {
  readonly amount: number | null;
  readonly relaxations: readonly string[];
}

/**
 * The amount of one school and phase after merging and splitting, in the unit of the threshold (people, m², yuan, rooms).
 *
 * @returns null when a figure it needs is missing or impossible; {@link numeratorGap} says which
 * @source moe-2017-quality-balance, resources
 */
export function numeratorOf(merged: MergedSchool, phase: Phase, indicator: Indicator, rules: BalanceRules): Numerator {
  const open = openRelaxations(merged, indicator, rules);
  const { isSplit } = rules.resources[indicator];
  let amount = 0;
  let used = noRelaxations;
  for (const part of termsOf(indicator, phase)) {
    if (part.relaxation !== null && !open.includes(part.relaxation)) continue;
    let value = termAmount(merged, phase, part, isSplit);
    if (part.relaxation !== null) {
      value ??= 0;
      if (value > 0) used = open;
    }
    if (value === null) return { amount: null, relaxations: noRelaxations };
    amount += part.sign * value;
  }
  // Indoor sports rooms are part of the teaching area, so a negative rest means that one of the two is wrong.
  return amount >= 0 && amount < Infinity
    ? { amount, relaxations: used }
    : { amount: null, relaxations: noRelaxations };
}

/** One term of a numerator after merging and splitting. */
function termAmount(merged: MergedSchool, phase: Phase, part: Term, isSplit: boolean): number | null {
  return part.section === "staff"
    ? staffTerm(merged, phase, part, isSplit)
    : premisesTerm(merged, phase, part, isSplit);
}

function staffTerm(merged: MergedSchool, phase: Phase, { pick }: StaffTerm, isSplit: boolean): number | null {
  if (!isSplit) return staffSum(merged, phase, pick);
  // Counted for the whole school and divided like an amount: each pool by its own shares.
  let sum = 0;
  for (const pool of merged.pools) {
    const share = pool.shares.get(phase);
    if (share === undefined) continue;
    if (share === null) return null;
    for (const stage of pool.shares.keys()) {
      const value = staffSum({ ...merged, sites: pool.sites, school: pool.sites[0] ?? merged.school }, stage, pick);
      if (value === null) return null;
      sum += value * share;
    }
  }
  return sum;
}

function premisesTerm(merged: MergedSchool, phase: Phase, { item }: PremisesTerm, isSplit: boolean): number | null {
  let sum = 0;
  for (const pool of merged.pools) {
    const value = pooledAmount(pool, phase, item, isSplit);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/**
 * A pool's amount for a phase: what is booked for the phase, and its share of what is shared.
 *
 * @returns 0 when the pool has no pupils of the phase and nothing booked for it
 */
export function pooledAmount(pool: Pool, phase: Stage, key: keyof Amounts, isSplit: boolean): number | null {
  const booked = bookedAmount(pool.sites, phase, key);
  const share = pool.shares.get(phase);
  if (share === undefined) return booked ?? 0;
  if (booked !== null && !(booked >= 0)) return null;
  const shared = pool.shared === null ? null : pool.shared[key];
  if (shared === null) return booked;
  if (!(shared >= 0 && shared < Infinity) || share === null) return null;
  // Without splitting only what is booked counts, unless the stage is the only one.
  if (!isSplit && share !== 1) return booked;
  return shared * share + (booked ?? 0);
}

/** What the sites of a pool booked for one stage; null = nothing, NaN = something impossible. */
function bookedAmount(sites: readonly SchoolFacts[], stage: Stage, key: keyof Amounts): number | null {
  let sum: number | null = null;
  for (const site of sites) {
    const value = stageOf(site, stage)?.booked?.[key] ?? null;
    if (value !== null) sum = (sum ?? 0) + (usable(value) ?? NaN);
  }
  return sum;
}

/** Why the numerator is absent. Called only when it is. */
export function numeratorGap(merged: MergedSchool, phase: Phase, indicator: Indicator, rules: BalanceRules): Gap {
  const open = openRelaxations(merged, indicator, rules);
  const needed = termsOf(indicator, phase).filter((part) => part.relaxation === null || open.includes(part.relaxation));
  for (const part of needed) {
    const values = merged.sites.flatMap((site) => valuesOf(site, phase, part));
    if (values.some((value) => value !== null && usable(value) === null))
      return { why: "implausible", item: part.item };
  }
  for (const part of needed) {
    if (part.relaxation !== null) continue;
    const { isSplit } = rules.resources[indicator];
    if (termAmount(merged, phase, part, isSplit) !== null) continue;
    if (part.section === "premises") {
      const isShareUnknown = merged.pools.some(
        (pool) => pool.shares.get(phase) === null && (pool.shared?.[part.item] ?? null) !== null,
      );
      const unknown = [...merged.pupils].filter(([, count]) => count === null).map(([stage]) => `${stage}Pupils`);
      if (isShareUnknown) return { why: "depends", on: unknown };
    }
    const degreesUnknown =
      part.item.startsWith("teachers.") &&
      merged.sites.some((site) => (stageOf(site, phase)?.teachers?.unspecified ?? 0) !== 0);
    if (degreesUnknown) return { why: "not-reported", item: "education", where: "staff.education" };
    return { why: "not-reported", item: part.item, where: `${part.section}.${part.item}` };
  }
  return { why: "implausible", item: needed.map((part) => part.item).join(" − ") };
}

/** Every figure of a site that a term may draw on. */
function valuesOf(site: SchoolFacts, phase: Phase, part: Term): (number | null)[] {
  const ofPhase = site.stages.filter((facts) => facts.stage === phase);
  if (part.section === "premises")
    return [site.shared?.[part.item] ?? null, ...ofPhase.map((facts) => facts.booked?.[part.item] ?? null)];
  return ofPhase.filter(hasStaff).map(part.pick);
}
