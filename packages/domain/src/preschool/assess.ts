/** The whole preschool assessment: facts and rules in, verdicts with their figures and gaps out. */

import { tableAt } from "@xingfu/standards";
import { allMet, judge, keeps, reviewVerdict, usable } from "../base/index.ts";
import type { Gap, SchoolYear, Verdict } from "../base/index.ts";
import type { ClassSpan, KindergartenFacts, PreschoolFacts } from "./facts.ts";
import type { PreschoolRules } from "./rules.ts";

/** A kindergarten that keeps a condition from being met, with its own figure. */
export interface FailingKindergarten {
  readonly schoolCode: string;
  readonly value: number | null;
  readonly limit: number;
  readonly verdict: Verdict;
  readonly gap: Gap | null;
}

/** One limit, or one finding. */
export interface PreschoolCondition {
  /** "A2", "C1.outdoor", "B4.review" */
  readonly id: string;
  readonly kind: "computed" | "reviewed";
  /** a share, a ratio, or the number of kindergartens that fail; null with a gap */
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly limit: number | null;
  readonly compare: "atLeast" | "atMost" | null;
  readonly verdict: Verdict;
  readonly gap: Gap | null;
  /** by code; of a condition on the district as a whole, those above or below the limit by themselves */
  readonly failing: readonly FailingKindergarten[];
}

export interface PreschoolItem {
  readonly id: string;
  readonly verdict: Verdict;
  readonly conditions: readonly PreschoolCondition[];
}

export interface PreschoolAssessment {
  readonly district: { readonly code: string; readonly name: string };
  readonly schoolYear: SchoolYear;
  readonly isSample: boolean;
  readonly rules: { readonly id: string; readonly version: string };
  /** kindergartens, and their children; null when a number is missing */
  readonly kindergartens: number;
  readonly pupils: number | null;
  /** A1 … A3, B1 … B9, C1 … C5, in the order of the document */
  readonly items: readonly PreschoolItem[];
  /** 社会认可度: satisfied answers of all valid ones */
  readonly satisfaction: PreschoolCondition;
  readonly parts: {
    readonly coverage: Verdict;
    readonly government: Verdict;
    readonly care: Verdict;
    readonly recognition: Verdict;
  };
  readonly verdict: Verdict;
  readonly gaps: readonly { readonly subject: string; readonly schoolCode: string | null; readonly gap: Gap }[];
}

const documentId = "moe-2020-preschool-universal";

/**
 * The assessment of one district and year. Total: any well-typed facts give an assessment without exception, NaN or infinity.
 *
 * A verdict is given as soon as it is certain, also while a figure is open: one uncertified teacher settles a limit of 100 %,
 * and public kindergartens alone may reach what is asked of inclusive ones.
 *
 * @source moe-2020-preschool-universal
 */
export function assessPreschool(facts: PreschoolFacts, rules: PreschoolRules): PreschoolAssessment {
  const date = rules.date;
  const computed = new Map(
    [
      ...coverage(facts, rules),
      ...premises(facts, rules),
      classSizes(facts, rules),
      teacherRatio(facts, rules),
      certificates(facts, rules),
    ].map((condition) => [condition.id, condition]),
  );
  const itemsOf = (table: string): readonly PreschoolItem[] =>
    tableAt(`${documentId}/${table}`, date).entries.map(({ id, conditions }) => {
      const own =
        conditions.length === 0
          ? [computed.get(id)!]
          : conditions.map((one) => computed.get(one.id) ?? reviewed(id, one.id, facts));
      return { id, verdict: allMet(own.map(({ verdict }) => verdict)), conditions: own };
    });
  const [first, second, third] = [itemsOf("coverage"), itemsOf("government"), itemsOf("care")];
  const satisfaction = recognition(facts, rules);
  const part = (items: readonly PreschoolItem[]): Verdict => allMet(items.map(({ verdict }) => verdict));
  const parts = {
    coverage: part(first),
    government: part(second),
    care: part(third),
    recognition: satisfaction.verdict,
  };
  const items = [...first, ...second, ...third];
  return {
    district: { code: facts.districtCode, name: facts.districtName },
    schoolYear: facts.schoolYear,
    isSample: facts.isSample,
    rules: { id: rules.id, version: rules.version },
    kindergartens: facts.kindergartens.length,
    pupils: total(facts.kindergartens).sum,
    items,
    satisfaction,
    parts,
    verdict: allMet(Object.values(parts)),
    gaps: [...items.flatMap(({ conditions }) => conditions), satisfaction].flatMap(({ id, gap, failing }) => [
      ...(gap ? [{ subject: id, schoolCode: null, gap }] : []),
      ...failing.flatMap((one) => (one.gap ? [{ subject: id, schoolCode: one.schoolCode, gap: one.gap }] : [])),
    ]),
  };
}

const none: readonly never[] = [];
const missing = (item: string, where: string): Gap => ({ why: "not-reported", item, where: `${where}.${item}` });

/** Why a reported number cannot be used; null when it can. */
function gapOf(value: number | null, item: string, where: string): Gap | null {
  if (value === null) return missing(item, where);
  return usable(value) === null ? { why: "implausible", item } : null;
}

/** Children of some kindergartens, or the codes of those whose number is not known. */
function total(some: readonly KindergartenFacts[]): {
  readonly sum: number | null;
  readonly known: number;
  readonly open: readonly string[];
} {
  let known = 0;
  const open: string[] = [];
  for (const { schoolCode, pupils } of some) {
    const number = usable(pupils);
    if (number === null) open.push(schoolCode);
    else known += number;
  }
  return { sum: open.length > 0 || !Number.isFinite(known) ? null : known, known, open };
}

/** A share or ratio of the district. */
function districtCondition(
  id: string,
  numerator: number | null,
  denominator: number | null,
  limit: number,
  compare: "atLeast" | "atMost",
  gap: Gap | null,
  more: { readonly certain?: Verdict | null; readonly failing?: readonly FailingKindergarten[] } = {},
): PreschoolCondition {
  let reason = gap;
  if (!reason && denominator === 0) reason = { why: "no-denominator", item: id };
  const quotient = reason || numerator === null || denominator === null ? null : numerator / denominator;
  if (quotient !== null && !Number.isFinite(quotient)) reason = { why: "implausible", item: id };
  const value = reason ? null : quotient;
  return {
    id,
    kind: "computed",
    value,
    numerator,
    denominator,
    limit,
    compare,
    verdict: value === null ? (more.certain ?? "notComputable") : judge(value, compare, limit),
    gap: reason,
    failing: more.failing ?? none,
  };
}

function coverage(facts: PreschoolFacts, rules: PreschoolRules): readonly PreschoolCondition[] {
  const { kindergartens, figures } = facts;
  const all = total(kindergartens);
  const openPupils: Gap | null =
    kindergartens.length === 0
      ? missing("kindergartenPupils", "schools")
      : all.open.length > 0
        ? { why: "depends", on: all.open.map((code) => `pupils@${code}`) }
        : all.sum === null
          ? { why: "implausible", item: "kindergartenPupils" }
          : null;
  const population = figures.populationAged3To6;
  const populationGap = gapOf(population, "populationAged3To6", "districtFigures");

  const unknown = kindergartens.filter(({ ownership }) => ownership === null).map(({ schoolCode }) => schoolCode);
  const openOwners: Gap | null =
    unknown.length > 0 ? { why: "depends", on: unknown.map((code) => `ownership@${code}`) } : null;
  const open = openPupils ?? openOwners;
  const publicPupils = total(kindergartens.filter(({ ownership }) => ownership === "public"));
  const privates = kindergartens.filter(({ ownership }) => ownership === "private");
  const inclusive = inclusivePupils(privates, figures.inclusivePrivatePupils);
  const limits = rules.coverage;
  const isPublicEnough = open === null && all.known > 0 && keeps(publicPupils.known / all.known, "atLeast", limits.A2);
  return [
    districtCondition("A1", all.sum, usable(population), limits.A1, "atLeast", openPupils ?? populationGap),
    districtCondition(
      "A2",
      publicPupils.sum === null || inclusive.pupils === null ? null : publicPupils.sum + inclusive.pupils,
      all.sum,
      limits.A2,
      "atLeast",
      open ?? inclusive.gap,
      { certain: isPublicEnough ? "met" : null },
    ),
    districtCondition("A3", publicPupils.sum, all.sum, limits.A3, "atLeast", open),
  ];
}

/** Children of inclusive private kindergartens: kindergarten by kindergarten where all are told, else the district's own figure. */
function inclusivePupils(
  privates: readonly KindergartenFacts[],
  figure: number | null,
): { readonly pupils: number | null; readonly gap: Gap | null } {
  if (privates.every(({ isInclusive }) => isInclusive !== null)) {
    return { pupils: total(privates.filter(({ isInclusive }) => isInclusive)).sum, gap: null };
  }
  const gap = gapOf(figure, "inclusivePrivatePupils", "districtFigures");
  if (gap) return { pupils: null, gap };
  const most = total(privates).sum;
  return most !== null && figure! > most
    ? { pupils: null, gap: { why: "implausible", item: "inclusivePrivatePupils" } }
    : { pupils: figure, gap: null };
}

type Area = "outdoor" | "room" | "floor" | "books";
/** What each condition of C1 is about: the reported amount and the limit for a child. */
export const areas: Readonly<
  Record<Area, { readonly item: "outdoorM2" | "roomM2" | "floorM2" | "books"; readonly where: string }>
> = {
  outdoor: { item: "outdoorM2", where: "premises" },
  room: { item: "roomM2", where: "premises" },
  floor: { item: "floorM2", where: "premises" },
  books: { item: "books", where: "premises" },
};

function premises(facts: PreschoolFacts, rules: PreschoolRules): readonly PreschoolCondition[] {
  return (Object.keys(areas) as Area[]).map((area) => {
    const { item, where } = areas[area];
    const limit = rules.C1[item];
    const failing = facts.kindergartens.flatMap((one): FailingKindergarten[] => {
      const found = judgeAmount(one, item, where, limit);
      if (found.verdict === "met") return [];
      if (area !== "floor") return [found];
      const when = builtAfter(one, rules.C1.plannedYear);
      if (when === "before") return [];
      if (when === "after") return [found];
      return [{ ...found, verdict: "notComputable", gap: when }];
    });
    const open = failing.filter(({ verdict }) => verdict === "notComputable").map(({ schoolCode }) => schoolCode);
    const failures = failing.length - open.length;
    const isOpen = open.length > 0 || facts.kindergartens.length === 0;
    const verdict: Verdict = failures > 0 ? "notMet" : isOpen ? "notComputable" : "met";
    return {
      id: `C1.${area}`,
      kind: "computed",
      value: verdict === "notComputable" ? null : failures,
      numerator: null,
      denominator: null,
      limit: 0,
      compare: "atMost",
      verdict,
      gap: verdict === "notComputable" ? { why: "depends", on: open } : null,
      failing,
    };
  });
}

function judgeAmount(
  one: KindergartenFacts,
  item: "outdoorM2" | "roomM2" | "floorM2" | "books",
  where: string,
  limit: number,
): FailingKindergarten {
  const gap = gapOf(one.pupils, "pupils", "schools") ?? gapOf(one[item], item, where);
  const pupils = usable(one.pupils);
  // no child, so nothing is asked
  if (pupils === 0) return { schoolCode: one.schoolCode, value: null, limit, verdict: "met", gap: null };
  const value = gap || pupils === null ? null : one[item]! / pupils;
  const isFinite = value === null || Number.isFinite(value);
  return {
    schoolCode: one.schoolCode,
    value: isFinite ? value : null,
    limit,
    verdict: judge(isFinite ? value : null, "atLeast", limit),
    gap: isFinite ? gap : { why: "implausible", item },
  };
}

/** Whether floor area is asked: built before the year, after it, or not to be told. */
function builtAfter({ builtYear }: KindergartenFacts, year: number): "before" | "after" | Gap {
  const built = usable(builtYear);
  if (built === null) return missing("builtYear", "schools");
  if (built < year) return "before";
  // on which side the year itself lies is not settled
  return built > year ? "after" : { why: "not-reviewed", item: "builtYear" };
}

/** The limit of a class by its kind; between the smallest and the largest where the kind is not told. */
function classLimits({ kind }: ClassSpan, { C2 }: PreschoolRules): { readonly least: number; readonly most: number } {
  if (kind !== null) return { least: C2[kind], most: C2[kind] };
  const all = [C2.young, C2.middle, C2.top, C2.mixed];
  return { least: Math.min(...all), most: Math.max(...all) };
}

/** Classes that surely keep their limit, that may keep it, and all; null when no class is reported. */
export function countClasses(
  { classes }: KindergartenFacts,
  rules: PreschoolRules,
): { readonly sure: number; readonly possible: number; readonly all: number } | null {
  if (classes === null) return null;
  let [sure, possible, all] = [0, 0, 0];
  for (const span of classes) {
    const { least, most } = classLimits(span, rules);
    all += span.classes;
    if (span.atMost !== null && span.atMost <= least) sure += span.classes;
    if (span.atLeast <= most) possible += span.classes;
  }
  return all === 0 ? null : { sure, possible, all };
}

function classSizes(facts: PreschoolFacts, rules: PreschoolRules): PreschoolCondition {
  const limit = rules.C2.share;
  let [sure, possible, all] = [0, 0, 0];
  let isBounded = true;
  const failing: FailingKindergarten[] = [];
  for (const one of facts.kindergartens) {
    const { schoolCode } = one;
    const count = countClasses(one, rules);
    if (!count) {
      if (usable(one.pupils) === 0) continue;
      isBounded = false;
      const gap = missing("classes", "classes");
      failing.push({ schoolCode, value: null, limit, verdict: "notComputable", gap });
      continue;
    }
    sure += count.sure;
    possible += count.possible;
    all += count.all;
    const share = count.sure === count.possible ? count.sure / count.all : null;
    const verdict: Verdict =
      share !== null
        ? judge(share, "atLeast", limit)
        : keeps(count.sure / count.all, "atLeast", limit)
          ? "met"
          : keeps(count.possible / count.all, "atLeast", limit)
            ? "notComputable"
            : "notMet";
    if (verdict === "met") continue;
    const gap: Gap | null = share === null ? missing("classSizes", "classes") : null;
    failing.push({ schoolCode, value: share, limit, verdict, gap });
  }
  const open = failing.filter(({ verdict }) => verdict === "notComputable").map(({ schoolCode }) => schoolCode);
  if (isBounded && sure === possible)
    return districtCondition("C2.size", sure, all, limit, "atLeast", null, { failing });
  const certain: Verdict | null =
    !isBounded || all === 0
      ? null
      : keeps(sure / all, "atLeast", limit)
        ? "met"
        : keeps(possible / all, "atLeast", limit)
          ? null
          : "notMet";
  return districtCondition(
    "C2.size",
    null,
    isBounded ? all : null,
    limit,
    "atLeast",
    { why: "depends", on: open },
    {
      certain,
      failing,
    },
  );
}

function teacherRatio(facts: PreschoolFacts, rules: PreschoolRules): PreschoolCondition {
  const limit = rules.C3.pupilsPerTeacher;
  let [pupils, teachers] = [0, 0];
  const failing: FailingKindergarten[] = [];
  for (const one of facts.kindergartens) {
    const { schoolCode } = one;
    const gap = gapOf(one.pupils, "pupils", "schools") ?? gapOf(one.teachers, "teachers", "staff");
    if (gap) {
      failing.push({ schoolCode, value: null, limit, verdict: "notComputable", gap });
      continue;
    }
    pupils += one.pupils!;
    teachers += one.teachers!;
    const value = one.teachers === 0 ? null : one.pupils! / one.teachers!;
    if (one.pupils === 0 || (value !== null && keeps(value, "atMost", limit))) continue;
    failing.push({ schoolCode, value, limit, verdict: "notMet", gap: null });
  }
  const open = failing.filter((one) => one.gap !== null).map(({ schoolCode }) => schoolCode);
  const gap: Gap | null = open.length > 0 ? { why: "depends", on: open } : null;
  // children without any teacher have no ratio, but surely too few teachers
  const certain: Verdict | null = !gap && teachers === 0 && pupils > 0 ? "notMet" : null;
  return districtCondition("C3.ratio", gap ? null : pupils, gap ? null : teachers, limit, "atMost", gap, {
    certain,
    failing,
  });
}

function certificates(facts: PreschoolFacts, rules: PreschoolRules): PreschoolCondition {
  const limit = rules.C4.share;
  let [certified, all] = [0, 0];
  let isShort = false;
  const failing: FailingKindergarten[] = [];
  for (const one of facts.kindergartens) {
    const { schoolCode } = one;
    const gap: Gap | null =
      gapOf(one.teachers, "teachers", "staff") ??
      gapOf(one.certifiedTeachers, "certifiedTeachers", "staff") ??
      (one.certifiedTeachers! > one.teachers! ? { why: "implausible", item: "certifiedTeachers" } : null);
    if (gap) {
      failing.push({ schoolCode, value: null, limit, verdict: "notComputable", gap });
      continue;
    }
    certified += one.certifiedTeachers!;
    all += one.teachers!;
    if (one.teachers === 0 || one.certifiedTeachers === one.teachers) continue;
    isShort = true;
    const value = one.certifiedTeachers! / one.teachers!;
    failing.push({ schoolCode, value, limit, verdict: judge(value, "atLeast", limit), gap: null });
  }
  const { kindergartenHeads: heads, certifiedKindergartenHeads: certifiedHeads } = facts.figures;
  const headGap: Gap | null =
    gapOf(heads, "kindergartenHeads", "districtFigures") ??
    gapOf(certifiedHeads, "certifiedKindergartenHeads", "districtFigures") ??
    (certifiedHeads! > heads! ? { why: "implausible", item: "certifiedKindergartenHeads" } : null);
  const open = failing.filter((one) => one.gap !== null).map(({ schoolCode }) => schoolCode);
  const gap: Gap | null = open.length > 0 ? { why: "depends", on: open } : headGap;
  return districtCondition(
    "C4.certified",
    gap ? null : certified + certifiedHeads!,
    gap ? null : all + heads!,
    limit,
    "atLeast",
    gap,
    { certain: isShort && limit >= 1 ? "notMet" : null, failing },
  );
}

function recognition(facts: PreschoolFacts, rules: PreschoolRules): PreschoolCondition {
  const { preschoolSatisfiedAnswers: satisfied, preschoolValidAnswers: valid } = facts.figures;
  const gap: Gap | null =
    gapOf(valid, "preschoolValidAnswers", "districtFigures") ??
    gapOf(satisfied, "preschoolSatisfiedAnswers", "districtFigures") ??
    (satisfied! > valid! ? { why: "implausible", item: "preschoolSatisfiedAnswers" } : null);
  return districtCondition("satisfaction", satisfied, valid, rules.recognition.share, "atLeast", gap);
}

function reviewed(item: string, id: string, facts: PreschoolFacts): PreschoolCondition {
  const verdict = reviewVerdict(item, facts.findings);
  return {
    id,
    kind: "reviewed",
    value: null,
    numerator: null,
    denominator: null,
    limit: null,
    compare: null,
    verdict,
    gap: verdict === "notComputable" ? { why: "not-reviewed", item } : null,
    failing: none,
  };
}
