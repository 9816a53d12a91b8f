/** School years, stages of schooling and the two phases that compulsory-education rules are written for. */

/** A school year by its first calendar year: 2025 means 2025-09-01 … 2026-08-31. */
export type SchoolYear = number & { readonly __brand: "SchoolYear" };

/** Checks that `year` is a plausible first calendar year of a school year (1990–2100). */
export function isSchoolYear(year: number): year is SchoolYear {
  return Number.isInteger(year) && year >= 1990 && year <= 2100;
}

/** The same number as a branded school year; throws RangeError on anything implausible. */
export function schoolYear(year: number): SchoolYear {
  if (!isSchoolYear(year)) throw new RangeError(`school year must be an integer in 1990–2100, not ${year}`);
  return year;
}

/** The year as people write it: "2025-2026学年". */
export function schoolYearLabel(year: SchoolYear): string {
  return `${year}-${year + 1}学年`;
}

/** Stage of schooling (学段) that pupils, classes and teachers are counted in, youngest first. */
export const stages = ["kindergarten", "primary", "junior", "senior", "vocational"] as const;
export type Stage = (typeof stages)[number];

/** The two stages of compulsory education; official thresholds are given per phase. */
export const phases = ["primary", "junior"] as const;
export type Phase = (typeof phases)[number];
