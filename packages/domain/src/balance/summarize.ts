/** From the rows a district reports to the counts and amounts the assessment needs. Persons do not get past here. */

import { codeEntry } from "@xingfu/standards";
import { canonicalText, classBandEdges, stages } from "../base/index.ts";
import type {
  ClassBandRow,
  ClassRow,
  DistrictYear,
  FinanceRow,
  PremisesRow,
  SchoolRow,
  StaffCountRow,
  StaffRow,
  Stage,
} from "../base/index.ts";
import type { Amounts, BalanceFacts, ClassSizes, SchoolFacts, StageFacts, TeacherCounts } from "./facts.ts";
import { trainingHours } from "./rules.ts";

/** More classes than this in one band of one school is a slip of the pen, not a count. */
const mostClassesPerBand = 1000;
/** Size that stands for the open band of 66 and more. */
const openBandSize = 66;

/**
 * Counts and amounts per school and stage. Single staff win over counts, single classes over bands, for each school and
 * stage by itself. A blank cell stays `null`: one teacher without a degree makes the school's shares by degree unknown,
 * not smaller. A stage with pupils and without any staff row is "not reported", not "without teachers".
 *
 * The result does not depend on the order of the rows.
 */
export function summarizeDistrict(year: DistrictYear): BalanceFacts {
  const classes = byPlace(year.classes);
  const classBands = byPlace(year.classBands);
  const staff = byPlace(year.staff);
  const staffCounts = byPlace(year.staffCounts);
  const premises = byPlace(year.premises);
  const finance = byPlace(year.finance.map((row) => ({ ...row, stage: null })));
  const places = { classes, classBands, staff, staffCounts, premises, finance };

  const known = new Set(year.schools.map((school) => school.schoolCode));
  const unplaced = new Set<string>();
  for (const place of Object.values(places)) for (const code of place.keys()) if (!known.has(code)) unplaced.add(code);

  return {
    districtCode: year.districtCode,
    districtName: year.districtName,
    schoolYear: year.schoolYear,
    isSample: year.isSample,
    schools: inOrder(year.schools, (row) => row.schoolCode).map((row) => schoolFacts(row, places)),
    figures: figuresOf(year),
    monitoring: inOrder(year.monitoring, (row) => `${row.phase} ${row.subjectName}`),
    findings: inOrder(year.findings, (row) => row.item),
    satisfaction: inOrder(year.satisfaction, (row) => row.party),
    vetoes: inOrder(year.vetoes, (row) => row.veto),
    unplacedCodes: [...unplaced].toSorted(),
  };
}

/** Rows by school code, then stage (null = whole school). */
type Places<Row> = Map<string, Map<Stage | null, Row[]>>;

interface AllPlaces {
  readonly classes: Places<ClassRow>;
  readonly classBands: Places<ClassBandRow>;
  readonly staff: Places<StaffRow>;
  readonly staffCounts: Places<StaffCountRow>;
  readonly premises: Places<PremisesRow>;
  readonly finance: Places<FinanceRow & { readonly stage: null }>;
}

function byPlace<Row extends { readonly schoolCode: string; readonly stage: Stage | null }>(
  rows: readonly Row[],
): Places<Row> {
  const places: Places<Row> = new Map();
  for (const row of rows) {
    let school = places.get(row.schoolCode);
    if (!school) places.set(row.schoolCode, (school = new Map()));
    const stage = school.get(row.stage);
    if (stage) stage.push(row);
    else school.set(row.stage, [row]);
  }
  return places;
}

/** Sorted by key, equal keys by their whole content, so that no order of the input shows. */
function inOrder<Row>(rows: readonly Row[], key: (row: Row) => string): Row[] {
  return rows.toSorted((a, b) => compareTexts(key(a), key(b)) || compareTexts(looseText(a), looseText(b)));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Canonical text that also survives NaN and infinities, which a row may hold before anybody has checked it. */
function looseText(value: unknown): string {
  try {
    return canonicalText(value);
  } catch {
    return JSON.stringify(value);
  }
}

function schoolFacts(row: SchoolRow, places: AllPlaces): SchoolFacts {
  const code = row.schoolCode;
  const premises = places.premises.get(code);
  const finance = places.finance.get(code)?.get(null) ?? [];
  const pupils: Readonly<Record<Stage, number | null>> = {
    kindergarten: row.kindergartenPupils,
    primary: row.primaryPupils,
    junior: row.juniorPupils,
    senior: row.seniorPupils,
    vocational: row.vocationalPupils,
  };
  const impliedStages = codeEntry("schoolTypes", row.type)?.stages ?? [];
  const reported: StageFacts[] = [];
  for (const stage of stages) {
    const rows = {
      classes: places.classes.get(code)?.get(stage) ?? [],
      classBands: places.classBands.get(code)?.get(stage) ?? [],
      staff: places.staff.get(code)?.get(stage) ?? [],
      staffCounts: places.staffCounts.get(code)?.get(stage) ?? [],
      premises: premises?.get(stage) ?? [],
    };
    const hasRows = Object.values(rows).some((list) => list.length > 0);
    const count = pupils[stage];
    if ((count !== null && count !== 0) || hasRows || impliedStages.includes(stage))
      reported.push(stageFacts(stage, count, rows));
  }
  const whole = premises?.get(null);
  const allPremises = [...(premises?.values() ?? [])].flat();
  return {
    schoolCode: code,
    name: row.name,
    type: row.type,
    ownership: row.ownership,
    setting: row.setting,
    isCounted: row.isCounted,
    parentCode: row.parentCode,
    builtYear: row.builtYear,
    isDense: row.isDense,
    isBoarding: row.isBoarding,
    migrantPupils: row.migrantPupils,
    commitmentDate: row.commitmentDate,
    stages: reported,
    shared: whole ? amountsOf(whole) : null,
    musicRoomAreasM2: roomsOf(allPremises.map((place) => place.musicRoomAreasM2)),
    artRoomAreasM2: roomsOf(allPremises.map((place) => place.artRoomAreasM2)),
    publicFundsBudgetYuan: sumOf(finance, (money) => money.publicFundsBudgetYuan),
    publicFundsSpentYuan: sumOf(finance, (money) => money.publicFundsSpentYuan),
    trainingBudgetYuan: sumOf(finance, (money) => money.trainingBudgetYuan),
    trainingSpentYuan: sumOf(finance, (money) => money.trainingSpentYuan),
  };
}

interface StageRows {
  readonly classes: readonly ClassRow[];
  readonly classBands: readonly ClassBandRow[];
  readonly staff: readonly StaffRow[];
  readonly staffCounts: readonly StaffCountRow[];
  readonly premises: readonly PremisesRow[];
}

type StaffFacts = Omit<StageFacts, "stage" | "pupils" | "classes" | "booked">;

function stageFacts(stage: Stage, pupils: number | null, rows: StageRows): StageFacts {
  const staff =
    rows.staff.length > 0
      ? countStaff(rows.staff)
      : rows.staffCounts.length > 0
        ? sumCounts(rows.staffCounts)
        : noStaff;
  return {
    stage,
    pupils,
    classes:
      rows.classes.length > 0 ? classesOf(rows.classes) : rows.classBands.length > 0 ? bandsOf(rows.classBands) : null,
    ...staff,
    booked: rows.premises.length > 0 ? amountsOf(rows.premises) : null,
  };
}

const noStaff: StaffFacts = {
  teachers: null,
  leadTeachers: null,
  peArtsTeachers: null,
  visitingPeArtsTeachers: null,
  certifiedTeachers: null,
  trainedTeachers: null,
  rotationEligibleTeachers: null,
  rotatedTeachers: null,
  rotatedLeadTeachers: null,
};

/** Counts of single staff. Only full-time teachers count, except visiting PE and arts teachers, who may be part-time. */
function countStaff(rows: readonly StaffRow[]): StaffFacts {
  const teachers = rows.filter((row) => row.isFullTimeTeacher);
  const degrees = { doctorate: 0, master: 0, bachelor: 0, associate: 0, secondary: 0, belowSecondary: 0 };
  let unspecified = 0;
  for (const { education } of teachers) {
    if (education === null) unspecified += 1;
    else degrees[education] += 1;
  }
  const hours = trainingHours();
  return {
    teachers: { ...degrees, unspecified },
    leadTeachers: countWhere(teachers, isLead),
    peArtsTeachers: countWhere(teachers, isPeArts),
    visitingPeArtsTeachers: rows.filter(
      (row) => row.isVisitingPeArts === true && !(row.isFullTimeTeacher && isPeArts(row) === true),
    ).length,
    certifiedTeachers: countWhere(teachers, (row) => row.hasCertificate),
    trainedTeachers: countWhere(teachers, (row) => (row.trainingHours === null ? null : row.trainingHours >= hours)),
    rotationEligibleTeachers: countWhere(teachers, (row) => row.isEligibleForRotation),
    rotatedTeachers: countWhere(teachers, (row) => row.hasRotated),
    rotatedLeadTeachers: countWhere(teachers, (row) => (row.hasRotated === true ? isLead(row) : row.hasRotated)),
  };
}

function isLead(row: StaffRow): boolean | null {
  return row.leadLevel === null ? null : row.leadLevel !== "none" && row.leadLevel !== "school";
}

function isPeArts(row: StaffRow): boolean | null {
  return row.subject === null ? null : row.subject !== "other";
}

/** How many rows the statement holds for; null when it is not known of one of them. */
function countWhere<Row>(rows: readonly Row[], holds: (row: Row) => boolean | null): number | null {
  let count = 0;
  for (const row of rows) {
    const answer = holds(row);
    if (answer === null) return null;
    if (answer) count += 1;
  }
  return count;
}

function sumCounts(rows: readonly StaffCountRow[]): StaffFacts {
  const teachers: TeacherCounts = {
    doctorate: sumOf(rows, (row) => row.doctorateTeachers),
    master: sumOf(rows, (row) => row.masterTeachers),
    bachelor: sumOf(rows, (row) => row.bachelorTeachers),
    associate: sumOf(rows, (row) => row.associateTeachers),
    secondary: sumOf(rows, (row) => row.secondaryTeachers),
    belowSecondary: sumOf(rows, (row) => row.belowSecondaryTeachers),
    unspecified: 0,
  };
  return {
    teachers,
    leadTeachers: sumOf(rows, (row) => row.leadTeachers),
    peArtsTeachers: sumOf(rows, (row) =>
      plus(plus(row.peTeachers, row.musicTeachers), plus(row.fineArtTeachers, row.artsTeachers)),
    ),
    visitingPeArtsTeachers: sumOf(rows, (row) => row.visitingPeArtsTeachers),
    certifiedTeachers: sumOf(rows, (row) => row.certifiedTeachers),
    trainedTeachers: sumOf(rows, (row) => row.trainedTeachers),
    rotationEligibleTeachers: sumOf(rows, (row) => row.rotationEligibleTeachers),
    rotatedTeachers: sumOf(rows, (row) => row.rotatedTeachers),
    rotatedLeadTeachers: sumOf(rows, (row) => row.rotatedLeadTeachers),
  };
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** Sum over rows; null when there is none or one of them is blank. */
function sumOf<Row>(rows: readonly Row[], pick: (row: Row) => number | null): number | null {
  let sum: number | null = rows.length > 0 ? 0 : null;
  for (const row of rows) sum = plus(sum, pick(row));
  return sum;
}

function classesOf(rows: readonly ClassRow[]): ClassSizes {
  const sizes = rows.map((row) => row.pupils).filter((size) => size !== null);
  return { sizes: sizes.toSorted((a, b) => a - b), fromBands: false, unreported: rows.length - sizes.length };
}

/** Classes by size band; null when a band is blank, because then not even the number of classes is known. */
function bandsOf(rows: readonly ClassBandRow[]): ClassSizes | null {
  const sizes: number[] = [];
  for (const row of rows) {
    const counts = [
      row.upTo25,
      row.from26To30,
      row.from31To35,
      row.from36To40,
      row.from41To45,
      row.from46To50,
      row.from51To55,
      row.from56To60,
      row.from61To65,
      row.from66,
    ];
    for (const [band, count] of counts.entries()) {
      if (count === null || !Number.isInteger(count) || count < 0 || count > mostClassesPerBand) return null;
      for (let n = 0; n < count; n += 1) sizes.push(classBandEdges[band] ?? openBandSize);
    }
  }
  return { sizes: sizes.toSorted((a, b) => a - b), fromBands: true, unreported: 0 };
}

function amountsOf(rows: readonly PremisesRow[]): Amounts {
  return {
    teachingFloorAreaM2: sumOf(rows, (row) => row.teachingFloorAreaM2),
    indoorSportsAreaM2: sumOf(rows, (row) => row.indoorSportsAreaM2),
    sportsGroundAreaM2: sumOf(rows, (row) => row.sportsGroundAreaM2),
    convertedSportsAreaM2: sumOf(rows, (row) => row.convertedSportsAreaM2),
    leasedSportsAreaM2: sumOf(rows, (row) => row.leasedSportsAreaM2),
    equipmentYuan: sumOf(rows, (row) => row.equipmentYuan),
    multimediaRooms: sumOf(rows, (row) => row.multimediaRooms),
  };
}

/** All rooms of a school, whether reported for the whole school or for a stage; null when no row says anything. */
function roomsOf(lists: readonly (readonly number[] | null)[]): readonly number[] | null {
  const reported = lists.filter((list) => list !== null);
  return reported.length === 0 ? null : reported.flat().toSorted((a, b) => a - b);
}

/** District figures by key; a figure reported twice with different values is as good as not reported. */
function figuresOf(year: DistrictYear): Record<string, number | null> {
  const figures: Record<string, number | null> = {};
  for (const { figure, value } of inOrder(year.districtFigures, (row) => row.figure)) {
    figures[figure] = Object.hasOwn(figures, figure) && figures[figure] !== value ? null : value;
  }
  return figures;
}
