/**
 * What the 15 + 9 items of 政府保障程度 and 教育质量 ask for, one definition per condition. A definition serves both the
 * verdict and the trail.
 */

import { classBandEdges, keeps, phases, usable } from "../base/index.ts";
import type { Compare, Gap, MonitoringRow, Phase, Verdict } from "../base/index.ts";
import type { BalanceFacts, StageFacts } from "./facts.ts";
import type { Merged, MergedSchool } from "./merge.ts";
import { staffSum, stageOf } from "./merge.ts";
import type { BalanceRules } from "./rules.ts";
import { exclusionReason } from "./resources.ts";

/** A raw figure that went into a condition. */
export interface Source {
  readonly item: string;
  readonly value: number | null;
  readonly unit: string;
  readonly section: string;
  readonly schoolCode: string | null;
}

/** A ratio of district figures, or one figure against a limit. */
export interface FigureCondition {
  readonly kind: "figures";
  readonly id: string;
  readonly numerator: readonly SignedKey[];
  /** [] = the figure itself is judged */
  readonly denominator: readonly SignedKey[];
  /** the numerator counts part of the denominator, so a ratio above 1 is impossible */
  readonly isPart: boolean;
  readonly compare: Compare;
  readonly limit: (facts: BalanceFacts, rules: BalanceRules) => number;
  readonly unit: string;
}

export interface SignedKey {
  readonly key: string;
  readonly sign: 1 | -1;
}

/** One school's own figure for a condition that every school must meet. */
export interface SchoolJudgement {
  readonly phase: Phase | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly verdict: Verdict;
  readonly gap: Gap | null;
  readonly relaxation: string | null;
  /** what the district's count of failures grows by: 1 for a school, the number of classes for classes */
  readonly failures: number;
}

/** A condition that holds school by school. */
export interface SchoolCondition {
  readonly kind: "schools";
  readonly id: string;
  readonly compare: Compare;
  /** null = the condition does not concern the school */
  readonly judge: (school: MergedSchool, facts: BalanceFacts, rules: BalanceRules) => SchoolJudgement | null;
  readonly formula: string;
  readonly sources: (school: MergedSchool, facts: BalanceFacts) => Source[];
}

/** A share over all schools of the district together. */
export interface PooledCondition {
  readonly kind: "pooled";
  readonly id: string;
  readonly numeratorItem: StaffKey;
  readonly denominatorItem: StaffKey | "teachers";
  /** null = the condition does not concern the school */
  readonly part: (
    school: MergedSchool,
    rules: BalanceRules,
  ) => { readonly numerator: number | null; readonly denominator: number | null } | null;
  /** the numerator counts part of the denominator in each school */
  readonly isPart: boolean;
  /** a school below the limit is named */
  readonly isEach: boolean;
  readonly limit: (rules: BalanceRules) => number;
}

/** A finding of a person. */
export interface ReviewCondition {
  readonly kind: "review";
  readonly id: string;
}

/** One figure of the national monitoring report, for each phase and subject reported. */
export interface MonitoringCondition {
  readonly kind: "monitoring";
  readonly id: string;
  readonly field: "level" | "betweenSchoolShare";
  readonly compare: Compare;
  readonly limit: (rules: BalanceRules) => number;
  readonly unit: string;
}

export type ConditionDefinition =
  | FigureCondition
  | SchoolCondition
  | PooledCondition
  | ReviewCondition
  | MonitoringCondition;

const plus = (key: string): SignedKey => ({ key, sign: 1 });
const minus = (key: string): SignedKey => ({ key, sign: -1 });

const share = (
  id: string,
  numerator: string,
  denominator: string,
  limit: FigureCondition["limit"],
  isPart = true,
): FigureCondition => ({
  kind: "figures",
  id,
  numerator: [plus(numerator)],
  denominator: [plus(denominator)],
  isPart,
  compare: "atLeast",
  limit,
  unit: "人",
});

/** The local standard where it is reported and not below the national one. */
function quotaStandard(facts: BalanceFacts, rules: BalanceRules, phase: Phase): number {
  const local = usable(facts.figures[`${phase}QuotaStandardYuan`]);
  return Math.max(local ?? 0, rules.government.G2.quotaYuan[phase]);
}

const quota = (phase: Phase): FigureCondition => ({
  kind: "figures",
  id: `G2.${phase}Quota`,
  numerator: [plus(`${phase}QuotaYuan`)],
  denominator: [],
  isPart: false,
  compare: "atLeast",
  limit: (facts, rules) => quotaStandard(facts, rules, phase),
  unit: "元/生",
});

const review = (item: string): ReviewCondition => ({ kind: "review", id: `${item}.review` });

/** Whether the school teaches compulsory education and is not vocational; special schools included. */
function teachesCompulsory(school: MergedSchool): boolean {
  return (
    school.kind !== "vocational" &&
    ((school.pupils.get("primary") ?? 0) !== 0 || (school.pupils.get("junior") ?? 0) !== 0 || hasUnknownPhase(school))
  );
}

function hasUnknownPhase(school: MergedSchool): boolean {
  return phases.some((phase) => school.pupils.get(phase) === null);
}

/** An ordinary school or teaching point of compulsory education, of any size. */
function isOrdinary(school: MergedSchool): boolean {
  return school.kind !== "special" && teachesCompulsory(school);
}

const ok = (
  value: number | null,
  limit: number | null,
  relaxation: string | null = null,
  phase: Phase | null = null,
): SchoolJudgement => ({
  phase,
  value,
  limit,
  verdict: "met",
  gap: null,
  relaxation,
  failures: 0,
});
const fails = (value: number, limit: number, failures = 1, phase: Phase | null = null): SchoolJudgement => ({
  phase,
  value,
  limit,
  verdict: "notMet",
  gap: null,
  relaxation: null,
  failures,
});
const unknown = (gap: Gap, limit: number | null = null, phase: Phase | null = null): SchoolJudgement => ({
  phase,
  value: null,
  limit,
  verdict: "notComputable",
  gap,
  relaxation: null,
  failures: 0,
});
const notReported = (item: string, section: string): Gap => ({
  why: "not-reported",
  item,
  where: `${section}.${item}`,
});

/** Gap of a raw number that is blank or impossible. */
function gapOf(value: number | null | undefined, item: string, section: string): Gap {
  return value === null || value === undefined ? notReported(item, section) : { why: "implausible", item };
}

interface ClassCount {
  readonly classes: number;
  readonly largest: number;
  readonly allSized: boolean;
}

/** Classes of the phases with pupils, over all sites; null when some site with pupils reports none. */
function classesOf(school: MergedSchool, wanted: readonly Phase[]): ClassCount | null {
  let classes = 0;
  let largest = 0;
  let allSized = true;
  for (const phase of wanted) {
    let isReported = false;
    if ((school.pupils.get(phase) ?? undefined) === 0 || !school.pupils.has(phase)) continue;
    for (const site of school.sites) {
      const facts = stageOf(site, phase);
      if (!facts) continue;
      if (facts.classes === null) {
        if (site !== school.school || facts.pupils === 0) continue;
        return null;
      }
      isReported = true;
      classes += facts.classes.sizes.length + facts.classes.unreported;
      if (facts.classes.unreported > 0) allSized = false;
      for (const size of facts.classes.sizes) {
        if (usable(size) === null) allSized = false;
        else if (size > largest) largest = size;
      }
    }
    if (!isReported) return null;
  }
  return { classes, largest, allSized };
}

/** Room areas of all sites; null when the school itself reports none. */
function roomsOf(school: MergedSchool, key: "musicRoomAreasM2" | "artRoomAreasM2"): readonly number[] | null {
  if (school.sites.length === 1) return school.school[key];
  const lists = school.sites.map((site) => site[key]).filter((list) => list !== null);
  return lists.length === 0 ? null : lists.flat();
}

/**
 * Smallest area of a room that counts, standard first, then under a relaxation.
 *
 * A combined school takes the larger area of the small-school relaxation, the one for junior schools.
 */
function roomAreas(
  school: MergedSchool,
  kind: "music" | "art",
  rules: BalanceRules,
): { readonly area: number; readonly relaxation: string | null }[] {
  const standard = kind === "music" ? rules.government.G3.musicM2 : rules.government.G3.artM2;
  const areas: { area: number; relaxation: string | null }[] = [{ area: standard, relaxation: null }];
  if (!school.hasCommitment) return areas;
  const { G3 } = rules.relaxations;
  const built = usable(school.school.builtYear);
  if (built !== null && built <= G3.builtYear)
    areas.push({ area: kind === "music" ? G3.musicM2 : G3.artM2, relaxation: "G3.built" });
  const pupils = school.compulsoryPupils;
  if (school.isRural === true && pupils !== null && pupils < G3.smallSchoolPupils) {
    const classes = classesOf(school, phases);
    if (classes && classes.allSized && classes.largest < G3.largestClassBelow) {
      areas.push({
        area: (school.pupils.get("junior") ?? 0) > 0 ? G3.roomM2.junior : G3.roomM2.primary,
        relaxation: "G3.small",
      });
    }
  }
  return areas;
}

const rooms = (kind: "music" | "art"): SchoolCondition => {
  const key = kind === "music" ? "musicRoomAreasM2" : "artRoomAreasM2";
  return {
    kind: "schools",
    id: `G3.${kind}`,
    compare: "atLeast",
    formula: `count(${key} ≥ area) ≥ ceil(classes ÷ classesPerRoom)`,
    judge(school, _facts, rules) {
      if (!isOrdinary(school) || exclusionReason(school, rules) === "teachingPointUnder50") return null;
      const classes = classesOf(school, phases);
      if (classes === null) return unknown(notReported("classes", "classes"));
      const needed = Math.ceil(classes.classes / rules.government.G3.classesPerRoom);
      const areas = roomsOf(school, key);
      if (areas === null) return unknown(notReported(key, "premises"), needed);
      let count = 0;
      for (const [place, { area, relaxation }] of roomAreas(school, kind, rules).entries()) {
        const found = areas.filter((room) => room < Infinity && keeps(room, "atLeast", area)).length;
        if (found >= needed) return ok(found, needed, relaxation);
        if (place === 0 || found > count) count = found;
      }
      return fails(count, needed);
    },
    sources: (school) => [
      ...phases.flatMap((phase) => {
        const classes = classesOf(school, [phase]);
        return school.pupils.has(phase)
          ? [
              {
                item: `${phase}Classes`,
                value: classes?.classes ?? null,
                unit: "个",
                section: "classes",
                schoolCode: school.school.schoolCode,
              },
            ]
          : [];
      }),
      ...(roomsOf(school, key) ?? []).map((area) => ({
        item: key,
        value: area,
        unit: "m²",
        section: "premises",
        schoolCode: school.school.schoolCode,
      })),
    ],
  };
};

/**
 * Pupils of the compulsory stages: of a complete secondary school its junior part, of a nine- or twelve-year school both
 * parts together against the higher limit.
 */
const schoolSize: SchoolCondition = {
  kind: "schools",
  id: "G4.size",
  compare: "atMost",
  formula: "primaryPupils + juniorPupils ≤ limit",
  judge(school, _facts, rules) {
    if (!isOrdinary(school)) return null;
    const isCombined =
      school.pupils.get("primary") !== undefined &&
      school.pupils.get("primary") !== 0 &&
      school.pupils.get("junior") !== undefined &&
      school.pupils.get("junior") !== 0;
    const { G4 } = rules.government;
    const limit = isCombined ? G4.combinedPupils : G4.pupils;
    let known = 0;
    for (const phase of phases) known += school.pupils.get(phase) ?? 0;
    const pupils = school.compulsoryPupils;
    if (pupils !== null && keeps(pupils, "atMost", limit)) return ok(pupils, limit);
    const relaxed = rules.relaxations.G4;
    const relaxedLimit = isCombined ? relaxed.combinedPupils : relaxed.pupils;
    const built = usable(school.school.builtYear);
    const migrants = usable(school.school.migrantPupils);
    const relaxation = !school.hasCommitment
      ? null
      : built !== null && built <= relaxed.builtYear
        ? "G4.built"
        : migrants !== null &&
            pupils !== null &&
            pupils > 0 &&
            migrants <= pupils &&
            migrants / pupils > relaxed.migrantShare
          ? "G4.migrant"
          : null;
    if (pupils !== null && relaxation !== null && keeps(pupils, "atMost", relaxedLimit))
      return ok(pupils, relaxedLimit, relaxation);
    const applied = relaxation === null ? limit : relaxedLimit;
    if (pupils === null && keeps(known, "atMost", school.hasCommitment ? relaxedLimit : limit))
      return unknown(pupilsUnknown(school), applied);
    return fails(known, applied);
  },
  sources: (school) => [
    ...phases.flatMap((phase) => (school.pupils.has(phase) ? [pupilSource(school, phase)] : [])),
    ...(["builtYear", "migrantPupils"] as const).map((key) => ({
      item: key,
      value: school.school[key],
      unit: key === "builtYear" ? "年份" : "人",
      section: "schools",
      schoolCode: school.school.schoolCode,
    })),
  ],
};

function pupilsUnknown(school: MergedSchool): Gap {
  const phase = phases.find((candidate) => school.pupils.get(candidate) === null) ?? "primary";
  const site = school.sites.find(
    (candidate) => stageOf(candidate, phase) && usable(stageOf(candidate, phase)?.pupils) === null,
  );
  return gapOf(site ? stageOf(site, phase)?.pupils : null, `${phase}Pupils`, "schools");
}

function pupilSource(school: MergedSchool, phase: Phase): Source {
  return {
    item: `${phase}Pupils`,
    value: school.pupils.get(phase) ?? null,
    unit: "人",
    section: "schools",
    schoolCode: school.school.schoolCode,
  };
}

/** Lower edge of the size band whose upper edge is `edge`; the open band of 66 has no upper edge. */
function lowerEdge(edge: number): number {
  const place = classBandEdges.findIndex((candidate) => candidate === edge);
  if (place > 0) return (classBandEdges[place - 1] ?? 0) + 1;
  return place === 0 ? 1 : edge;
}

/** Classes above the limit: certain, and those of which a size band leaves it open. */
function oversized(facts: StageFacts, limit: number): { readonly certain: number; readonly open: number } {
  let certain = 0;
  let open = facts.classes?.unreported ?? 0;
  for (const size of facts.classes?.sizes ?? []) {
    if (usable(size) === null) open += 1;
    else if (size <= limit) continue;
    else if (facts.classes?.fromBands === true && lowerEdge(size) <= limit) open += 1;
    else certain += 1;
  }
  return { certain, open };
}

const classSize = (phase: Phase): SchoolCondition => ({
  kind: "schools",
  id: `G5.${phase}`,
  compare: "atMost",
  formula: `count(classSizes > limit) = 0`,
  judge(school, _facts, rules) {
    if (!isOrdinary(school) || (school.pupils.get(phase) ?? undefined) === 0 || !school.pupils.has(phase)) return null;
    const limit = rules.government.G5.classSize[phase];
    let certain = 0;
    let open = 0;
    let isReported = false;
    for (const site of school.sites) {
      const facts = stageOf(site, phase);
      if (!facts) continue;
      if (facts.classes === null) {
        if (site === school.school && facts.pupils !== 0) open += 1;
        continue;
      }
      isReported = true;
      const found = oversized(facts, limit);
      certain += found.certain;
      open += found.open;
    }
    if (certain > 0) return fails(certain, 0, certain, phase);
    if (open > 0 || !isReported) return unknown(notReported("classes", "classes"), 0, phase);
    return ok(0, 0, null, phase);
  },
  sources: (school) =>
    school.sites.flatMap((site) => {
      const facts = stageOf(site, phase);
      return facts?.classes
        ? facts.classes.sizes.map((size) => ({
            item: "classSizes",
            value: size,
            unit: "人",
            section: facts.classes?.fromBands ? "classBands" : "classes",
            schoolCode: site.schoolCode,
          }))
        : [];
    }),
});

/** Rural primary schools and teaching points with fewer pupils than the floor are funded as if they had that many. */
const smallSchoolBudget: SchoolCondition = {
  kind: "schools",
  id: "G6.budget",
  compare: "atLeast",
  formula: "publicFundsBudgetYuan ≥ primaryQuotaYuan × max(pupils, smallSchoolPupils)",
  judge(school, facts, rules) {
    if (!isOrdinary(school) || !school.pupils.has("primary")) return null;
    const floor = rules.government.G6.smallSchoolPupils;
    const pupils = school.compulsoryPupils;
    if (pupils !== null && pupils >= floor) return null;
    const isVillage = school.kind === "teachingPoint" ? true : school.isRural;
    if (isVillage === false) return null;
    const quotaYuan = usable(facts.figures.primaryQuotaYuan);
    if (quotaYuan === null)
      return unknown(gapOf(facts.figures.primaryQuotaYuan, "primaryQuotaYuan", "districtFigures"));
    const limit = quotaYuan * floor;
    const budget = moneyOf(school, "publicFundsBudgetYuan");
    if (budget !== null && keeps(budget, "atLeast", limit)) return ok(budget, limit);
    if (pupils === null) return unknown(pupilsUnknown(school), limit);
    if (isVillage === null) return unknown(notReported("setting", "schools"), limit);
    if (budget === null)
      return unknown(gapOf(school.school.publicFundsBudgetYuan, "publicFundsBudgetYuan", "finance"), limit);
    return limit < Infinity ? fails(budget, limit) : unknown({ why: "implausible", item: "primaryQuotaYuan" });
  },
  sources: (school, facts) => [
    moneySource(school, "publicFundsBudgetYuan"),
    {
      item: "primaryQuotaYuan",
      value: facts.figures.primaryQuotaYuan ?? null,
      unit: "元/生",
      section: "districtFigures",
      schoolCode: null,
    },
    ...phases.flatMap((phase) => (school.pupils.has(phase) ? [pupilSource(school, phase)] : [])),
  ],
};

type MoneyKey = "publicFundsBudgetYuan" | "publicFundsSpentYuan" | "trainingBudgetYuan" | "trainingSpentYuan";

/** Money of a school and its campuses; a campus without figures is contained in its school's. */
function moneyOf(school: MergedSchool, key: MoneyKey): number | null {
  let sum = usable(school.school[key]);
  if (sum === null) return null;
  for (let place = 1; place < school.sites.length; place += 1) {
    const value = school.sites[place]?.[key] ?? null;
    if (value === null) continue;
    if (usable(value) === null) return null;
    sum += value;
  }
  return sum < Infinity ? sum : null;
}

function moneySource(school: MergedSchool, key: MoneyKey): Source {
  return {
    item: key,
    value: moneyOf(school, key),
    unit: "元",
    section: "finance",
    schoolCode: school.school.schoolCode,
  };
}

const trainingShare = (id: string, moneyKey: MoneyKey, fundsKey: MoneyKey): SchoolCondition => ({
  kind: "schools",
  id,
  compare: "atLeast",
  formula: `${moneyKey} ÷ ${fundsKey}`,
  judge(school, _facts, rules) {
    if (!teachesCompulsory(school)) return null;
    const limit = rules.quality.Q4.share;
    const money = moneyOf(school, moneyKey);
    const funds = moneyOf(school, fundsKey);
    if (money === null) return unknown(gapOf(school.school[moneyKey], moneyKey, "finance"), limit);
    if (funds === null) return unknown(gapOf(school.school[fundsKey], fundsKey, "finance"), limit);
    if (funds === 0) return unknown({ why: "no-denominator", item: fundsKey }, limit);
    const value = money / funds;
    if (!(value < Infinity)) return unknown({ why: "implausible", item: fundsKey }, limit);
    return keeps(value, "atLeast", limit) ? ok(value, limit) : fails(value, limit);
  },
  sources: (school) => [moneySource(school, moneyKey), moneySource(school, fundsKey)],
});

/** All full-time teachers of a stage, whether or not their degree is known. */
export function teacherCount(facts: StageFacts): number | null {
  const { teachers } = facts;
  if (teachers === null) return null;
  let sum = usable(teachers.unspecified) ?? 0;
  for (const count of [
    teachers.doctorate,
    teachers.master,
    teachers.bachelor,
    teachers.associate,
    teachers.secondary,
    teachers.belowSecondary,
  ]) {
    const value = usable(count);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/** A staff count of the items. */
export type StaffKey =
  | "certifiedTeachers"
  | "trainedTeachers"
  | "rotationEligibleTeachers"
  | "rotatedTeachers"
  | "rotatedLeadTeachers";

/** A staff count over the compulsory phases with pupils. */
function compulsoryStaff(school: MergedSchool, pick: (facts: StageFacts) => number | null): number | null {
  let sum = 0;
  for (const phase of phases) {
    if (!school.pupils.has(phase)) continue;
    const value = staffSum(school, phase, pick);
    if (value !== null) sum += value;
    else if (school.pupils.get(phase) !== 0) return null;
  }
  return sum < Infinity ? sum : null;
}

const ofTeachers = (id: string, key: StaffKey, limit: PooledCondition["limit"]): PooledCondition => ({
  kind: "pooled",
  id,
  numeratorItem: key,
  denominatorItem: "teachers",
  isPart: true,
  isEach: true,
  limit,
  part: (school) =>
    teachesCompulsory(school)
      ? {
          numerator: compulsoryStaff(school, (facts) => facts[key]),
          denominator: compulsoryStaff(school, teacherCount),
        }
      : null,
});

const ofRotation = (
  id: string,
  numerator: StaffKey,
  denominator: StaffKey,
  isPart: boolean,
  limit: PooledCondition["limit"],
): PooledCondition => ({
  kind: "pooled",
  id,
  numeratorItem: numerator,
  denominatorItem: denominator,
  isPart,
  isEach: false,
  limit,
  part(school) {
    if (!teachesCompulsory(school)) return null;
    const counts = {
      numerator: compulsoryStaff(school, (facts) => facts[numerator]),
      denominator: compulsoryStaff(school, (facts) => facts[denominator]),
    };
    // Rotation is ordered between public schools; a private school that reports nothing about it has nothing to report.
    if (school.school.ownership === "private" && (counts.numerator === null || counts.denominator === null))
      return null;
    return counts;
  },
});

/** Every condition of the 24 items, in the order of the document. */
export const conditionDefinitions: readonly ConditionDefinition[] = [
  review("G1"),
  quota("primary"),
  quota("junior"),
  review("G2"),
  rooms("music"),
  rooms("art"),
  schoolSize,
  classSize("primary"),
  classSize("junior"),
  smallSchoolBudget,
  {
    kind: "figures",
    id: "G7.quota",
    numerator: [plus("specialQuotaYuan")],
    denominator: [],
    isPart: false,
    compare: "atLeast",
    limit: (_facts, rules) => rules.government.G7.quotaYuan,
    unit: "元/生",
  },
  {
    ...share(
      "G8.pay",
      "averageTeacherPayYuan",
      "averageCivilServantPayYuan",
      (_facts, rules) => rules.government.G8.ratio,
      false,
    ),
    unit: "元",
  },
  review("G8"),
  ofTeachers("G9.share", "trainedTeachers", (rules) => rules.government.G9.share),
  review("G10"),
  ofRotation(
    "G11.rotated",
    "rotatedTeachers",
    "rotationEligibleTeachers",
    false,
    (rules) => rules.government.G11.rotatedShare,
  ),
  ofRotation("G11.lead", "rotatedLeadTeachers", "rotatedTeachers", true, (rules) => rules.government.G11.leadShare),
  ofTeachers("G12.share", "certifiedTeachers", (rules) => rules.government.G12.share),
  share(
    "G13.primary",
    "catchmentPrimaryPupils",
    "primaryEntrants",
    (_facts, rules) => rules.government.G13.share.primary,
  ),
  share("G13.junior", "catchmentJuniorPupils", "juniorEntrants", (_facts, rules) => rules.government.G13.share.junior),
  share("G14.share", "quotaPlaces", "keySeniorPlaces", (_facts, rules) => rules.government.G14.share),
  review("G14"),
  share(
    "G15.migrant",
    "migrantChildrenInPublicPlaces",
    "migrantChildrenEligible",
    (_facts, rules) => rules.government.G15.share,
  ),
  review("G15"),
  {
    kind: "figures",
    id: "Q1.share",
    numerator: [plus("graduates"), minus("transferredInThreeYears"), plus("transferredOutThreeYears")],
    denominator: [plus("juniorIntakeThreeYearsAgo"), minus("deathsThreeYears")],
    isPart: false,
    compare: "atLeast",
    limit: (_facts, rules) => rules.quality.Q1.share,
    unit: "人",
  },
  share("Q2.share", "disabledChildrenEnrolled", "disabledChildren", (_facts, rules) => rules.quality.Q2.share),
  review("Q3"),
  trainingShare("Q4.budget", "trainingBudgetYuan", "publicFundsBudgetYuan"),
  trainingShare("Q4.spent", "trainingSpentYuan", "publicFundsSpentYuan"),
  review("Q5"),
  review("Q6"),
  review("Q7"),
  review("Q8"),
  {
    kind: "monitoring",
    id: "Q9.level",
    field: "level",
    compare: "atLeast",
    limit: (rules) => rules.quality.Q9.level,
    unit: "级",
  },
  {
    kind: "monitoring",
    id: "Q9.spread",
    field: "betweenSchoolShare",
    compare: "below",
    limit: (rules) => rules.quality.Q9.betweenSchoolShare,
    unit: "",
  },
];

/** Item of a condition: "G3" of "G3.music". */
export function itemOf(conditionId: string): string {
  return conditionId.split(".")[0] ?? conditionId;
}

/** A ratio of district figures, or the figure itself. */
export function figureValue(
  condition: FigureCondition,
  facts: BalanceFacts,
): {
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly value: number | null;
  readonly gap: Gap | null;
} {
  const numerator = signedSum(condition.numerator, facts);
  const denominator =
    condition.denominator.length === 0 ? { sum: 1, gap: null } : signedSum(condition.denominator, facts);
  const gap = numerator.gap ?? denominator.gap;
  const top = numerator.sum;
  const bottom = denominator.sum;
  const absent = (why: Gap) => ({
    numerator: top,
    denominator: condition.denominator.length === 0 ? null : bottom,
    value: null,
    gap: why,
  });
  if (gap || top === null || bottom === null) return absent(gap ?? { why: "implausible", item: condition.id });
  if (bottom === 0)
    return absent({ why: "no-denominator", item: condition.denominator.map(({ key }) => key).join(" − ") });
  const value = top / bottom;
  const isImpossible = top < 0 || bottom < 0 || !Number.isFinite(value) || (condition.isPart && top > bottom);
  if (isImpossible)
    return absent({
      why: "implausible",
      item: [...condition.numerator, ...condition.denominator].map(({ key }) => key).join(", "),
    });
  return { numerator: top, denominator: condition.denominator.length === 0 ? null : bottom, value, gap: null };
}

function signedSum(
  keys: readonly SignedKey[],
  facts: BalanceFacts,
): { readonly sum: number | null; readonly gap: Gap | null } {
  let sum = 0;
  for (const { key, sign } of keys) {
    const value = Object.hasOwn(facts.figures, key) ? facts.figures[key] : null;
    const number = usable(value);
    if (number === null) return { sum: null, gap: gapOf(value, key, "districtFigures") };
    sum += sign * number;
  }
  return Number.isFinite(sum)
    ? { sum, gap: null }
    : { sum: null, gap: { why: "implausible", item: keys.map(({ key }) => key).join(", ") } };
}

/** Reported subjects in the order of phase and subject. */
export function monitoredSubjects(facts: BalanceFacts): readonly MonitoringRow[] {
  return facts.monitoring.toSorted((a, b) => {
    const left = `${a.phase === "primary" ? 0 : 1} ${a.subjectName}`;
    const right = `${b.phase === "primary" ? 0 : 1} ${b.subjectName}`;
    return left < right ? -1 : left > right ? 1 : 0;
  });
}

/** The merged school with a code. */
export function schoolByCode(merged: Merged, code: string): MergedSchool | undefined {
  return (
    merged.schools.find((school) => school.school.schoolCode === code) ??
    merged.schools.find((school) => school.mergedCodes.includes(code))
  );
}
