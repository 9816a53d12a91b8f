/** Who is comparable: which measurements enter, with which priors, at which school for which part of the year. */

import type { SchoolYear, Stage } from "../base/index.ts";
import type { Adjustment, GrowthScheme } from "./scheme.ts";

/** One school (and class) of a pupil in one school year. */
export interface Placement {
  readonly schoolCode: string;
  /** null when no class is known: such pupils of a school and year count as one class */
  readonly className: string | null;
  /** part of the school year spent there, above 0; shares of a row are scaled to sum to 1 */
  readonly share: number;
}

/** One measurement of one pupil in one school year. `pupilCode` may be a pseudonym; it only ties the years together. */
export interface MeasurementRow {
  readonly pupilCode: string;
  readonly schoolYear: SchoolYear;
  /** ISO date; null when not known */
  readonly measuredOn: string | null;
  readonly stage: Stage;
  /** year of the stage, from 1 */
  readonly grade: number;
  /** more is better; null = not measured or exempt */
  readonly value: number | null;
  readonly sex: "male" | "female" | null;
  /** ISO date */
  readonly birthDate: string | null;
  readonly hasSpecialNeeds: boolean | null;
  readonly isMigrant: boolean | null;
  readonly placements: readonly Placement[];
}

/** Why a measurement of a judged year does not enter. */
export const omissions = ["notMeasured", "implausible", "noPrior", "noAdjustment", "noPlacement", "duplicate"] as const;
export type Omission = (typeof omissions)[number];

/** A column of group numbers with the names behind them. */
export interface GroupColumn {
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** The measurements that enter, one line per pupil, year and school; all arrays have one entry per line. */
export interface GrowthSample {
  readonly size: number;
  readonly value: Float64Array;
  /** most recent first */
  readonly priors: readonly Float64Array[];
  readonly adjustments: Readonly<Partial<Record<Adjustment, Float64Array>>>;
  /** 1 = yes, 0 = no, NaN = not known; for sub-groups */
  readonly isFemale: Float64Array;
  readonly hasSpecialNeeds: Float64Array;
  readonly isMigrant: Float64Array;
  /** part of the year at the school; 1 for a pupil who did not move */
  readonly share: Float64Array;
  /** number of the pupil; lines of one pupil stand together */
  readonly pupil: Int32Array;
  /** year of entry into the stage: school year − grade + 1 */
  readonly entry: Int32Array;
  /** school year and grade: what "expected" is compared within */
  readonly cohort: GroupColumn;
  readonly school: GroupColumn;
  /** nested: school and year, school and year and class */
  readonly schoolYear: GroupColumn & { readonly schools: Int32Array; readonly years: Int32Array };
  readonly classYear: GroupColumn & { readonly schoolYears: Int32Array };
}

export interface SampleCount {
  /** pupils of the judged years at the school, each year by itself */
  readonly measurements: number;
  readonly used: number;
}

export interface GatheredSample {
  readonly sample: GrowthSample;
  readonly omitted: Readonly<Record<Omission, number>>;
  readonly bySchool: ReadonlyMap<string, SampleCount>;
  /** of the judged measurements; null where none has a date */
  readonly firstMeasuredOn: string | null;
}

/** One pupil, year and school. */
interface Line {
  readonly row: MeasurementRow;
  readonly placement: Placement;
  readonly share: number;
  readonly priors: readonly number[];
  /** in the order of the scheme's adjustments */
  readonly adjusted: readonly number[];
  readonly pupil: number;
}

const separator = "\u001F";

/**
 * The measurements of the scheme's years and stage that have a value, priors, adjustments and a school.
 *
 * The order of `rows` does not matter, to the last digit. Two rows of one pupil and year are both left out: nobody can say
 * which is right.
 *
 * @param range  values outside are implausible
 */
export function gatherSample(
  rows: readonly MeasurementRow[],
  scheme: GrowthScheme,
  range: { readonly low: number; readonly high: number } | null,
): GatheredSample {
  const isPlausible = (value: number): boolean =>
    Number.isFinite(value) && (range === null || (value >= range.low && value <= range.high));
  const { numbers, ranks } = numberPupils(rows);
  const values = measuredValues(rows, numbers, ranks.length, isPlausible);
  const years = new Set<number>(scheme.years);
  const judged: number[] = [];
  rows.forEach(({ schoolYear, stage }, at) => {
    if (stage === scheme.stage && years.has(schoolYear)) judged.push(at);
  });
  // pupils in the order of their codes, whatever the order of the rows
  judged.sort((a, b) => ranks[numbers[a]!]! - ranks[numbers[b]!]! || rows[a]!.schoolYear - rows[b]!.schoolYear);

  const omitted = Object.fromEntries(omissions.map((omission) => [omission, 0])) as Record<Omission, number>;
  const counts = new Map<string, { measurements: number; used: number }>();
  const lines: Line[] = [];
  let firstMeasuredOn: string | null = null;
  let pupil = -1;
  let lastPupil = -1;
  for (const at of judged) {
    const row = rows[at]!;
    const number = numbers[at]!;
    const { measuredOn } = row;
    if (measuredOn !== null && (firstMeasuredOn === null || measuredOn < firstMeasuredOn)) firstMeasuredOn = measuredOn;
    const placements = row.placements.filter(({ share }) => share > 0 && Number.isFinite(share));
    const schools = new Set(placements.map(({ schoolCode }) => schoolCode));
    for (const code of schools) {
      const count = counts.get(code) ?? { measurements: 0, used: 0 };
      count.measurements += 1;
      counts.set(code, count);
    }
    const priors: number[] = [];
    for (let back = 1; back <= scheme.priors; back++)
      priors.push(values.of(number, row.schoolYear - back) ?? Number.NaN);
    const adjusted = scheme.adjustments.map((adjustment) => adjustmentOf(row, adjustment));
    const isTwice = values.of(number, row.schoolYear) === null;
    const omission = omissionOf(row, isTwice, priors, adjusted, placements.length);
    if (omission !== null) {
      omitted[omission] += 1;
      continue;
    }
    if (number !== lastPupil) {
      pupil += 1;
      lastPupil = number;
    }
    let total = 0;
    for (const { share } of placements) total += share;
    for (const placement of placements)
      lines.push({ row, placement, share: placement.share / total, priors, adjusted, pupil });
    for (const code of schools) counts.get(code)!.used += 1;
  }
  return { sample: columnsOf(lines, scheme), omitted, bySchool: counts, firstMeasuredOn };

  function omissionOf(
    row: MeasurementRow,
    isTwice: boolean,
    priors: readonly number[],
    adjusted: readonly number[],
    places: number,
  ): Omission | null {
    if (isTwice) return "duplicate";
    if (row.value === null) return "notMeasured";
    if (!isPlausible(row.value)) return "implausible";
    if (priors.some(Number.isNaN)) return "noPrior";
    if (adjusted.some(Number.isNaN)) return "noAdjustment";
    return places === 0 ? "noPlacement" : null;
  }
}

/** A number for each pupil, by row; and the place of each number in the order of the codes. */
function numberPupils(rows: readonly MeasurementRow[]): {
  readonly numbers: Int32Array;
  readonly ranks: Int32Array;
} {
  const known = new Map<string, number>();
  const numbers = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const { pupilCode } = rows[i]!;
    let number = known.get(pupilCode);
    if (number === undefined) known.set(pupilCode, (number = known.size));
    numbers[i] = number;
  }
  const ranks = new Int32Array(known.size);
  [...known]
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .forEach(([, number], rank) => {
      ranks[number] = rank;
    });
  return { numbers, ranks };
}

/** Values by pupil and year: NaN when absent or implausible, null when there are two. */
function measuredValues(
  rows: readonly MeasurementRow[],
  numbers: Int32Array,
  pupils: number,
  isPlausible: (value: number) => boolean,
): { readonly of: (pupil: number, schoolYear: number) => number | null } {
  let first = Infinity;
  let last = -Infinity;
  for (const { schoolYear } of rows) {
    first = Math.min(first, schoolYear);
    last = Math.max(last, schoolYear);
  }
  const span = rows.length === 0 ? 0 : last - first + 1;
  const values = new Float64Array(pupils * span).fill(Number.NaN);
  const counts = new Uint8Array(pupils * span);
  rows.forEach(({ schoolYear, value }, at) => {
    const place = numbers[at]! * span + schoolYear - first;
    counts[place] = Math.min(2, counts[place]! + 1);
    if (value !== null && isPlausible(value)) values[place] = value;
  });
  return {
    of: (pupil, schoolYear) => {
      if (schoolYear < first || schoolYear > last) return Number.NaN;
      const place = pupil * span + schoolYear - first;
      return counts[place] === 2 ? null : values[place]!;
    },
  };
}

function columnsOf(lines: readonly Line[], scheme: GrowthScheme): GrowthSample {
  const numbers = (of: (line: Line) => number): Float64Array => {
    const column = new Float64Array(lines.length);
    for (let i = 0; i < lines.length; i++) column[i] = of(lines[i]!);
    return column;
  };
  const codes = (of: (line: Line) => number): Int32Array => {
    const column = new Int32Array(lines.length);
    for (let i = 0; i < lines.length; i++) column[i] = of(lines[i]!);
    return column;
  };
  const school = groupBy(lines.map(({ placement }) => placement.schoolCode));
  const schoolYear = groupBy(lines.map(({ row, placement }) => placement.schoolCode + separator + row.schoolYear));
  const classYear = groupBy(
    lines.map(
      ({ row, placement }) =>
        `${placement.schoolCode}${separator}${row.schoolYear}${separator}${row.grade}${separator}${placement.className ?? ""}`,
    ),
  );
  const schools = new Int32Array(schoolYear.levels.length);
  const years = new Int32Array(schoolYear.levels.length);
  const schoolYears = new Int32Array(classYear.levels.length);
  lines.forEach(({ row }, i) => {
    schools[schoolYear.codes[i]!] = school.codes[i]!;
    years[schoolYear.codes[i]!] = row.schoolYear;
    schoolYears[classYear.codes[i]!] = schoolYear.codes[i]!;
  });
  return {
    size: lines.length,
    value: numbers(({ row }) => row.value ?? Number.NaN),
    priors: Array.from({ length: scheme.priors }, (_, k) => numbers(({ priors }) => priors[k]!)),
    adjustments: Object.fromEntries(
      scheme.adjustments.map((adjustment, k) => [adjustment, numbers(({ adjusted }) => adjusted[k]!)]),
    ),
    isFemale: numbers(({ row }) => adjustmentOf(row, "sex")),
    hasSpecialNeeds: numbers(({ row }) => adjustmentOf(row, "specialNeeds")),
    isMigrant: numbers(({ row }) => adjustmentOf(row, "migrant")),
    share: numbers(({ share }) => share),
    pupil: codes(({ pupil }) => pupil),
    entry: codes(({ row }) => row.schoolYear - row.grade + 1),
    cohort: groupBy(lines.map(({ row }) => `${row.schoolYear}-${row.grade}`)),
    school,
    schoolYear: { ...schoolYear, schools, years },
    classYear: { ...classYear, schoolYears },
  };
}

/** The adjustment as a number: 1 = female / yes; age in years on 1 September; NaN when not reported. */
function adjustmentOf(row: MeasurementRow, adjustment: Adjustment): number {
  switch (adjustment) {
    case "sex":
      return row.sex === null ? Number.NaN : Number(row.sex === "female");
    case "age":
      return row.birthDate === null
        ? Number.NaN
        : (Date.UTC(row.schoolYear, 8, 1) - Date.parse(`${row.birthDate}T00:00:00Z`)) / (365.25 * 86_400_000);
    case "specialNeeds":
      return row.hasSpecialNeeds === null ? Number.NaN : Number(row.hasSpecialNeeds);
    default:
      return row.isMigrant === null ? Number.NaN : Number(row.isMigrant);
  }
}

function groupBy(keys: readonly string[]): GroupColumn {
  const levels = [...new Set(keys)].toSorted((a, b) => (a < b ? -1 : 1));
  const places = new Map(levels.map((level, at) => [level, at]));
  const codes = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) codes[i] = places.get(keys[i]!)!;
  return { codes, levels };
}

/** The lines for which `keep` is 1. Group numbers stay those of the whole. */
export function filterSample(sample: GrowthSample, keep: Uint8Array): GrowthSample {
  let size = 0;
  for (const one of keep) size += one;
  const kept = new Int32Array(size);
  let next = 0;
  for (let i = 0; i < keep.length; i++) if (keep[i] === 1) kept[next++] = i;
  const numbers = (column: Float64Array): Float64Array => pick(column, kept, new Float64Array(size));
  const codes = (column: Int32Array): Int32Array => pick(column, kept, new Int32Array(size));
  const group = <T extends GroupColumn>(column: T): T => ({ ...column, codes: codes(column.codes) });
  return {
    size,
    value: numbers(sample.value),
    priors: sample.priors.map(numbers),
    adjustments: Object.fromEntries(Object.entries(sample.adjustments).map(([key, column]) => [key, numbers(column)])),
    isFemale: numbers(sample.isFemale),
    hasSpecialNeeds: numbers(sample.hasSpecialNeeds),
    isMigrant: numbers(sample.isMigrant),
    share: numbers(sample.share),
    pupil: codes(sample.pupil),
    entry: codes(sample.entry),
    cohort: group(sample.cohort),
    school: group(sample.school),
    schoolYear: group(sample.schoolYear),
    classYear: group(sample.classYear),
  };
}

/** Fills `into` with the entries of `column` at the places `kept`. */
function pick<T extends Float64Array | Int32Array>(column: T, kept: Int32Array, into: T): T {
  for (let i = 0; i < kept.length; i++) into[i] = column[kept[i]!]!;
  return into;
}
