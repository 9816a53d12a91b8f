/** What the preschool assessment needs to know of a district: counts and amounts per kindergarten, no persons. */

import { usable } from "../base/index.ts";
import type { ClassBandRow, DistrictYear, FindingRow, SchoolRow, SchoolYear, StaffCountRow } from "../base/index.ts";

/** Classes of one kindergarten that a size is known of: exactly, or between two ends. */
export interface ClassSpan {
  /** 小班 中班 大班 混合班; null = not told apart */
  readonly kind: "young" | "middle" | "top" | "mixed" | null;
  readonly atLeast: number;
  /** null = no upper end is known */
  readonly atMost: number | null;
  readonly classes: number;
}

/** Numbers of one kindergarten; `null` = not reported. */
export interface KindergartenAmounts {
  readonly pupils: number | null;
  /** 专任教师 */
  readonly teachers: number | null;
  /** 专任教师 with a certificate */
  readonly certifiedTeachers: number | null;
  /** 户外活动场地 */
  readonly outdoorM2: number | null;
  /** 活动用房建筑面积 */
  readonly roomM2: number | null;
  /** 园舍建筑面积 */
  readonly floorM2: number | null;
  readonly books: number | null;
}

/** One kindergarten, its uncounted campuses and attached classes of a school included. */
export interface KindergartenFacts extends KindergartenAmounts {
  readonly schoolCode: string;
  readonly name: string;
  readonly ownership: "public" | "private" | null;
  /** 普惠性民办园; null = not told for this kindergarten, or public */
  readonly isInclusive: boolean | null;
  /** stands in for the year of planning, which nobody reports */
  readonly builtYear: number | null;
  /** null = no class reported */
  readonly classes: readonly ClassSpan[] | null;
}

/** Figures of the whole district that the assessment asks for, by their key in the return. */
export const preschoolFigures = [
  "populationAged3To6",
  "inclusivePrivatePupils",
  "kindergartenHeads",
  "certifiedKindergartenHeads",
  "preschoolValidAnswers",
  "preschoolSatisfiedAnswers",
] as const;
export type PreschoolFigure = (typeof preschoolFigures)[number];

export interface PreschoolFacts {
  readonly districtCode: string;
  readonly districtName: string;
  readonly schoolYear: SchoolYear;
  readonly isSample: boolean;
  /** by code */
  readonly kindergartens: readonly KindergartenFacts[];
  readonly figures: Readonly<Record<PreschoolFigure, number | null>>;
  readonly findings: readonly FindingRow[];
}

const kindergartenTypes: ReadonlySet<string> = new Set(["111", "119"]);
/** 小班 中班 大班 by the year of the stage */
const kindsByGrade = ["young", "middle", "top"] as const;

const bands: readonly (readonly [keyof ClassBandRow, number, number | null])[] = [
  ["upTo25", 0, 25],
  ["from26To30", 26, 30],
  ["from31To35", 31, 35],
  ["from36To40", 36, 40],
  ["from41To45", 41, 45],
  ["from46To50", 46, 50],
  ["from51To55", 51, 55],
  ["from56To60", 56, 60],
  ["from61To65", 61, 65],
  ["from66", 66, null],
];

/**
 * The facts of a district's return.
 *
 * A school with other stages counts with its kindergarten classes; of its premises only what is booked for the
 * kindergarten stage is known to be theirs. An uncounted campus is added to its kindergarten: a figure that one of them has not
 * reported is open for both. The return has no column yet for whole floor area and books, nor for who is inclusive: they are
 * `null`, and inclusive private children come as a district figure. So does satisfaction: the sheet of the return was asked for
 * the assessment of compulsory schooling.
 */
export function summarizePreschool(year: DistrictYear): PreschoolFacts {
  const rows = year.schools.filter(
    (row) => kindergartenTypes.has(row.type) || (usable(row.kindergartenPupils) ?? 0) > 0,
  );
  const sites = new Map(rows.map((row) => [row.schoolCode, siteOf(row, year)]));
  for (const row of rows) {
    const parent = row.isCounted || row.parentCode === null ? undefined : sites.get(row.parentCode);
    if (!parent) continue;
    sites.set(parent.schoolCode, mergeSites(parent, sites.get(row.schoolCode)!));
    sites.delete(row.schoolCode);
  }
  const figures = new Map(year.districtFigures.map(({ figure, value }) => [figure, value]));
  const figure = (key: PreschoolFigure): number | null => figures.get(key) ?? null;
  return {
    districtCode: year.districtCode,
    districtName: year.districtName,
    schoolYear: year.schoolYear,
    isSample: year.isSample,
    kindergartens: [...sites.values()].toSorted((a, b) => (a.schoolCode < b.schoolCode ? -1 : 1)),
    figures: {
      populationAged3To6: figure("populationAged3To6"),
      inclusivePrivatePupils: figure("inclusivePrivatePupils"),
      kindergartenHeads: figure("kindergartenHeads"),
      certifiedKindergartenHeads: figure("certifiedKindergartenHeads"),
      preschoolValidAnswers: figure("preschoolValidAnswers"),
      preschoolSatisfiedAnswers: figure("preschoolSatisfiedAnswers"),
    },
    findings: year.findings.filter(({ item }) => /^[ABC]\d+$/.test(item)),
  };
}

function siteOf(row: SchoolRow, year: DistrictYear): KindergartenFacts {
  const { schoolCode } = row;
  const isOwn = <T extends { readonly schoolCode: string }>(one: T): boolean => one.schoolCode === schoolCode;
  const staff = year.staff.filter((one) => isOwn(one) && one.stage === "kindergarten" && one.isFullTimeTeacher);
  const counts = year.staffCounts.find((one) => isOwn(one) && one.stage === "kindergarten");
  const premises = year.premises.filter(isOwn);
  const booked =
    premises.find((one) => one.stage === "kindergarten") ??
    (kindergartenTypes.has(row.type) ? premises.find((one) => one.stage === null) : undefined);
  const hasOpenCertificate = staff.some((one) => one.hasCertificate === null);
  return {
    schoolCode,
    name: row.name,
    ownership: row.ownership,
    isInclusive: null,
    builtYear: row.builtYear,
    pupils: row.kindergartenPupils,
    teachers: staff.length > 0 ? staff.length : counts ? countTeachers(counts) : null,
    certifiedTeachers:
      staff.length === 0
        ? (counts?.certifiedTeachers ?? null)
        : hasOpenCertificate
          ? null
          : staff.filter((one) => one.hasCertificate).length,
    outdoorM2: booked?.sportsGroundAreaM2 ?? null,
    roomM2: booked?.teachingFloorAreaM2 ?? null,
    floorM2: null,
    books: null,
    classes: classesOf(schoolCode, year),
  };
}

function countTeachers(row: StaffCountRow): number | null {
  return addAll([
    row.doctorateTeachers,
    row.masterTeachers,
    row.bachelorTeachers,
    row.associateTeachers,
    row.secondaryTeachers,
    row.belowSecondaryTeachers,
  ]);
}

/** The sum; null as soon as one part is not known. */
function addAll(parts: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const part of parts) {
    if (part === null) return null;
    sum += part;
  }
  return sum;
}

function classesOf(schoolCode: string, year: DistrictYear): readonly ClassSpan[] | null {
  const single = year.classes.filter((one) => one.schoolCode === schoolCode && one.stage === "kindergarten");
  if (single.length > 0) {
    return single.map(({ grade, pupils }) => ({
      kind: kindsByGrade[grade - 1] ?? null,
      atLeast: usable(pupils) ?? 0,
      atMost: usable(pupils),
      classes: 1,
    }));
  }
  const banded = year.classBands.find((one) => one.schoolCode === schoolCode && one.stage === "kindergarten");
  if (!banded) return null;
  const spans: ClassSpan[] = [];
  for (const [key, atLeast, atMost] of bands) {
    const classes = banded[key];
    if (typeof classes === "number" && classes > 0) spans.push({ kind: null, atLeast, atMost, classes });
  }
  return spans.length > 0 ? spans : null;
}

function mergeSites(parent: KindergartenFacts, campus: KindergartenFacts): KindergartenFacts {
  const sum = (key: keyof KindergartenAmounts): number | null => addAll([parent[key], campus[key]]);
  return {
    ...parent,
    pupils: sum("pupils"),
    teachers: sum("teachers"),
    certifiedTeachers: sum("certifiedTeachers"),
    outdoorM2: sum("outdoorM2"),
    roomM2: sum("roomM2"),
    floorM2: sum("floorM2"),
    books: sum("books"),
    classes: parent.classes && campus.classes ? [...parent.classes, ...campus.classes] : null,
  };
}
