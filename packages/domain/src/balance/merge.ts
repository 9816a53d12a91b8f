/** Which schools the rules see: uncounted campuses merged into their parents, stages with their pupils, split shares. */

import { stages, usable } from "../base/index.ts";
import type { Phase, Stage } from "../base/index.ts";
import type { Amounts, BalanceFacts, SchoolFacts, StageFacts } from "./facts.ts";
import type { BalanceRules } from "./rules.ts";
import { weightsFor } from "./split.ts";

/** Resources that are divided together: one site, or the parent with the campuses that report none of their own. */
export interface Pool {
  readonly sites: readonly SchoolFacts[];
  readonly shared: Amounts | null;
  /** shares of the stages present, summing to 1; null = cannot be known because some stage's pupils are not */
  readonly shares: ReadonlyMap<Stage, number | null>;
  /** pupils of the stages present */
  readonly pupils: ReadonlyMap<Stage, number | null>;
  /** key of the weights in the rules; "" for a pool of a single stage */
  readonly weightsKey: string;
}

/** One school as the rules see it. */
export interface MergedSchool {
  readonly school: SchoolFacts;
  /** the school itself first, then its merged campuses by code */
  readonly sites: readonly SchoolFacts[];
  readonly mergedCodes: readonly string[];
  /** pupils by stage over all sites; null = some site's are not reported or impossible */
  readonly pupils: ReadonlyMap<Stage, number | null>;
  /** primary and junior pupils together; null when one of them is not known */
  readonly compulsoryPupils: number | null;
  readonly pools: readonly Pool[];
  readonly kind: "ordinary" | "special" | "vocational" | "teachingPoint";
  /** 城乡类型 is rural (code begins with 2); null = not reported */
  readonly isRural: boolean | null;
  /** a commitment that lets relaxations be used this year */
  readonly hasCommitment: boolean;
}

export interface Merged {
  /** sorted by code */
  readonly schools: readonly MergedSchool[];
  /** campus and the school it was merged into */
  readonly campuses: readonly { readonly campus: SchoolFacts; readonly parentCode: string }[];
  /** uncounted campuses whose parent does not exist or leads in a circle; they stand alone */
  readonly withoutParent: readonly SchoolFacts[];
  /** codes that occur more than once */
  readonly duplicateCodes: readonly string[];
}

/** The facts of one stage of one site. */
export function stageOf(site: SchoolFacts, stage: Stage): StageFacts | undefined {
  for (const facts of site.stages) if (facts.stage === stage) return facts;
  return undefined;
}

/**
 * Schools with their merged campuses. A teaching point is never merged: the document judges teaching points by
 * themselves, from 50 pupils on.
 *
 * @source moe-2017-quality-balance, exclusions and splitting
 */
export function mergeSchools(facts: BalanceFacts, rules: BalanceRules): Merged {
  const byCode = new Map<string, SchoolFacts>();
  const duplicates = new Set<string>();
  for (const school of facts.schools) {
    if (byCode.has(school.schoolCode)) duplicates.add(school.schoolCode);
    else byCode.set(school.schoolCode, school);
  }
  const campusesOf = new Map<SchoolFacts, SchoolFacts[]>();
  const campuses: { campus: SchoolFacts; parentCode: string }[] = [];
  const withoutParent: SchoolFacts[] = [];
  const standing: SchoolFacts[] = [];
  for (const school of facts.schools) {
    if (standsAlone(school, rules)) {
      standing.push(school);
      continue;
    }
    const parent = parentOf(school, byCode, rules);
    if (!parent) {
      withoutParent.push(school);
      standing.push(school);
      continue;
    }
    campuses.push({ campus: school, parentCode: parent.schoolCode });
    const siblings = campusesOf.get(parent);
    if (siblings) siblings.push(school);
    else campusesOf.set(parent, [school]);
  }
  standing.sort(byCodeOrder);
  const window = commitmentWindow(facts, rules);
  return {
    schools: standing.map((school) =>
      merge(school, campusesOf.get(school)?.toSorted(byCodeOrder) ?? [], rules, window),
    ),
    campuses: campuses.sort((a, b) => byCodeOrder(a.campus, b.campus)),
    withoutParent: withoutParent.sort(byCodeOrder),
    duplicateCodes: [...duplicates].sort(),
  };
}

function byCodeOrder(a: SchoolFacts, b: SchoolFacts): number {
  return a.schoolCode < b.schoolCode ? -1 : a.schoolCode > b.schoolCode ? 1 : 0;
}

function isOfType(school: SchoolFacts, types: readonly string[]): boolean {
  for (const type of types) if (school.type.startsWith(type)) return true;
  return false;
}

function standsAlone(school: SchoolFacts, rules: BalanceRules): boolean {
  return school.isCounted || isOfType(school, rules.exclusions.teachingPointTypes);
}

/** The counted school a campus belongs to, over other campuses if need be; undefined when there is none. */
function parentOf(
  campus: SchoolFacts,
  byCode: ReadonlyMap<string, SchoolFacts>,
  rules: BalanceRules,
): SchoolFacts | undefined {
  const seen = new Set<SchoolFacts>([campus]);
  let current: SchoolFacts = campus;
  for (;;) {
    const parent = current.parentCode === null ? undefined : byCode.get(current.parentCode);
    if (!parent || seen.has(parent)) return undefined;
    if (standsAlone(parent, rules)) return parent;
    seen.add(parent);
    current = parent;
  }
}

/** First and last day a commitment may be dated, so that it covers an assessment of this school year. */
function commitmentWindow(facts: BalanceFacts, rules: BalanceRules): { readonly from: string; readonly to: string } {
  const end = facts.schoolYear + 1 + rules.relaxations.commitmentYears;
  return { from: `${facts.schoolYear}-09-01`, to: `${end}-08-31` };
}

function merge(
  school: SchoolFacts,
  campuses: readonly SchoolFacts[],
  rules: BalanceRules,
  window: { readonly from: string; readonly to: string },
): MergedSchool {
  const sites = campuses.length === 0 ? [school] : [school, ...campuses];
  const pupils = pupilsOf(sites);
  let compulsory: number | null = 0;
  for (const stage of ["primary", "junior"] as const) {
    const count = pupils.get(stage);
    if (count === undefined || compulsory === null) continue;
    compulsory = count === null ? null : compulsory + count;
  }
  const date = school.commitmentDate;
  return {
    school,
    sites,
    mergedCodes: campuses.map((campus) => campus.schoolCode),
    pupils,
    compulsoryPupils: compulsory,
    pools: campuses.length === 0 ? [poolOf(sites, pupils, rules)] : poolsOf(school, campuses, rules),
    kind: isOfType(school, rules.exclusions.specialTypes)
      ? "special"
      : isOfType(school, rules.exclusions.vocationalTypes)
        ? "vocational"
        : isOfType(school, rules.exclusions.teachingPointTypes)
          ? "teachingPoint"
          : "ordinary",
    isRural: school.setting === null ? null : school.setting.startsWith("2"),
    hasCommitment: date !== null && /^\d{4}-\d{2}-\d{2}$/.test(date) && date >= window.from && date <= window.to,
  };
}

/** Pupils by stage over the sites, youngest stage first. */
function pupilsOf(sites: readonly SchoolFacts[]): ReadonlyMap<Stage, number | null> {
  const pupils = new Map<Stage, number | null>();
  for (const stage of stages) {
    for (const site of sites) {
      const facts = stageOf(site, stage);
      if (!facts) continue;
      const count = usable(facts.pupils);
      const sum = pupils.get(stage);
      pupils.set(stage, sum === undefined ? count : sum === null || count === null ? null : sum + count);
    }
  }
  return pupils;
}

function hasPremises(site: SchoolFacts): boolean {
  return site.shared !== null || site.stages.some((facts) => facts.booked !== null);
}

/**
 * An uncounted campus is merged before anything is divided: its premises are added to its parent's and split by the
 * pupils of both. A campus that has one stage only and premises of its own is not split: they are that stage's. A
 * campus without premises is taken to be contained in what its parent reports.
 */
function poolsOf(school: SchoolFacts, campuses: readonly SchoolFacts[], rules: BalanceRules): Pool[] {
  const isApart = (campus: SchoolFacts) => hasPremises(campus) && stagesWithPupils(campus) === 1;
  const together = [school, ...campuses.filter((campus) => !isApart(campus))];
  const groups = [together, ...campuses.filter(isApart).map((campus) => [campus])];
  return groups.map((sites) => poolOf(sites, pupilsOf(sites), rules));
}

function stagesWithPupils(site: SchoolFacts): number {
  return site.stages.filter((facts) => facts.pupils !== 0).length;
}

/** What the sites report for the whole school, added up; a blank of a site that reports at all leaves the sum open. */
function sharedAmounts(sites: readonly SchoolFacts[]): Amounts | null {
  let sum: Amounts | null = null;
  for (const { shared } of sites) {
    if (shared === null) continue;
    sum = sum === null ? shared : addAmounts(sum, shared);
  }
  return sum;
}

function addAmounts(a: Amounts, b: Amounts): Amounts {
  const add = (left: number | null, right: number | null): number | null =>
    left === null || right === null ? null : left + right;
  return {
    teachingFloorAreaM2: add(a.teachingFloorAreaM2, b.teachingFloorAreaM2),
    indoorSportsAreaM2: add(a.indoorSportsAreaM2, b.indoorSportsAreaM2),
    sportsGroundAreaM2: add(a.sportsGroundAreaM2, b.sportsGroundAreaM2),
    convertedSportsAreaM2: add(a.convertedSportsAreaM2 ?? 0, b.convertedSportsAreaM2 ?? 0),
    leasedSportsAreaM2: add(a.leasedSportsAreaM2 ?? 0, b.leasedSportsAreaM2 ?? 0),
    equipmentYuan: add(a.equipmentYuan, b.equipmentYuan),
    multimediaRooms: add(a.multimediaRooms, b.multimediaRooms),
  };
}

/** Shares of a pool of one stage, made once: most schools have one. */
const wholeShares: ReadonlyMap<Stage, ReadonlyMap<Stage, number>> = new Map(
  stages.map((stage) => [stage, new Map([[stage, 1]])]),
);

function poolOf(sites: readonly SchoolFacts[], pupils: ReadonlyMap<Stage, number | null>, rules: BalanceRules): Pool {
  const shared = sharedAmounts(sites);
  const present: Stage[] = [];
  let isKnown = true;
  for (const [stage, count] of pupils) {
    if (count === 0) continue;
    present.push(stage);
    if (count === null) isKnown = false;
  }
  const whole = present.length === 1 && present[0] ? wholeShares.get(present[0]) : undefined;
  if (whole) return { sites, shared, shares: whole, pupils, weightsKey: "" };
  const shares = new Map<Stage, number | null>();
  let weightsKey = "";
  if (present.length > 1) {
    const { key, weights } = weightsFor(rules, present);
    weightsKey = key;
    let weighted = 0;
    for (const stage of present) weighted += (pupils.get(stage) ?? 0) * weights[stage];
    for (const stage of present)
      shares.set(stage, isKnown ? ((pupils.get(stage) ?? 0) * weights[stage]) / weighted : null);
  }
  return { sites, shared, shares, pupils, weightsKey };
}

/** Whether any staff figure of the stage was reported. */
export function hasStaff(facts: StageFacts): boolean {
  return facts.teachers !== null || facts.leadTeachers !== null || facts.peArtsTeachers !== null;
}

/**
 * A count of one stage over all sites. A merged campus that reports no staff at all is contained in what its parent
 * reports; any other blank makes the sum unknown.
 */
export function staffSum(
  merged: MergedSchool,
  stage: Stage,
  pick: (facts: StageFacts) => number | null,
): number | null {
  let sum = 0;
  let isReported = false;
  for (const site of merged.sites) {
    const facts = stageOf(site, stage);
    if (!facts) continue;
    if (!hasStaff(facts)) {
      if (site !== merged.school || facts.pupils === 0) continue;
      return null;
    }
    const value = usable(pick(facts));
    if (value === null) return null;
    isReported = true;
    sum += value;
  }
  return isReported ? sum : null;
}

/** The phases of compulsory schooling this school has, whether or not it has pupils in them. */
export function phasesOf(merged: MergedSchool): Phase[] {
  const found: Phase[] = [];
  if (merged.pupils.has("primary")) found.push("primary");
  if (merged.pupils.has("junior")) found.push("junior");
  return found;
}
