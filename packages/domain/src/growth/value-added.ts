/**
 * What pupils could be expected to reach, and by how much each school's pupils differ from it.
 *
 *     y = cohort + Σ priors·β + Σ adjustments·γ + δ·(school mean of priors) + school + school·year + class + pupil
 *
 * The expectation leaves the term δ out: with it in the fit, β and not δ is the slope within schools, so that a school that
 * both receives strong pupils and adds much is not judged by a slope that its own effect has bent (Mundlak 1978). What a
 * school differs by is the mean of its pupils' differences, each class and each year by its precision.
 */

import type { FitNote, MixedFit, Table } from "@xingfu/numerics";
import { fitMixed, fittedValues } from "@xingfu/numerics";
import type { GrowthSample } from "./cohort.ts";
import type { DirectEstimate } from "./interval.ts";
import type { Adjustment } from "./scheme.ts";

/** What the expectation is formed by. */
export interface ExpectationTerms {
  /** earlier measurements used, 0 for the level of the pupils */
  readonly priors: number;
  readonly adjustments: readonly Adjustment[];
}

export interface Expectation {
  readonly fit: MixedFit;
  /** [lines] measured − expected */
  readonly differences: Float64Array;
  /** variances of classes in a year of a school and of pupils in a class */
  readonly classVariance: number;
  readonly pupilVariance: number;
  readonly hasYears: boolean;
  readonly hasClasses: boolean;
  /** what the fit says, without terms of our own */
  readonly notes: readonly FitNote[];
}

/** @throws NumericsFault when the data cannot answer */
export function fitExpectation(sample: GrowthSample, terms: ExpectationTerms): Expectation {
  const table: Record<string, Table[string]> = { value: sample.value, school: sample.school };
  const fixed: string[] = [];
  const helping: string[] = [];
  if (new Set(sample.cohort.codes).size > 1) {
    table.cohort = sample.cohort;
    fixed.push("cohort");
  }
  for (let k = 0; k < terms.priors; k++) {
    const prior = sample.priors[k]!;
    table[`prior${k + 1}`] = prior;
    table[`mean${k + 1}`] = schoolMeans(sample, prior);
    fixed.push(`prior${k + 1}`);
    helping.push(`mean${k + 1}`);
  }
  for (const adjustment of terms.adjustments) {
    table[adjustment] = sample.adjustments[adjustment]!;
    fixed.push(adjustment);
  }
  const schools = new Set(sample.school.codes).size;
  const schoolYears = new Set(sample.schoolYear.codes).size;
  const classYears = new Set(sample.classYear.codes).size;
  const hasYears = schoolYears > schools && new Set(sample.schoolYear.years).size > 1;
  // with one class in every school, class and school are one thing
  const hasClasses = classYears > schoolYears && classYears < sample.size;
  const random = ["(1 | school)"];
  if (hasYears) {
    table.schoolYear = sample.schoolYear;
    random.push("(1 | schoolYear)");
  }
  if (hasClasses) {
    table.classYear = sample.classYear;
    random.push("(1 | classYear)");
  }
  const formula = `value ~ ${["1", ...fixed, ...helping, ...random].join(" + ")}`;
  const hasMovers = sample.share.some((share) => share !== 1);
  const fit = fitMixed(formula, table, hasMovers ? { weights: sample.share } : {});

  const expected = fittedValues(fit, "fixed");
  const differences = sample.value.map((value, i) => value - expected[i]!);
  for (const name of helping) {
    const slope = fit.fixed.find((effect) => effect.name === name)?.estimate ?? 0;
    const column = table[name] as Float64Array;
    for (let i = 0; i < differences.length; i++) differences[i]! += slope * column[i]!;
  }
  const varianceOf = (group: string): number => fit.random.find((effect) => effect.group === group)?.variance[0] ?? 0;
  return {
    fit,
    differences,
    classVariance: varianceOf("classYear"),
    pupilVariance: fit.sigma * fit.sigma,
    hasYears,
    hasClasses,
    notes: fit.notes.filter(
      ({ kind, names }) =>
        kind === "not-converged" || (kind === "dropped" && names?.some((name) => !helping.includes(name))),
    ),
  };
}

/** [lines] the mean of a column over the lines of the same school. */
function schoolMeans({ school, share }: GrowthSample, column: Float64Array): Float64Array {
  const sums = new Float64Array(school.levels.length);
  const weights = new Float64Array(school.levels.length);
  column.forEach((value, i) => {
    sums[school.codes[i]!]! += share[i]! * value;
    weights[school.codes[i]!]! += share[i]!;
  });
  return column.map((_, i) => sums[school.codes[i]!]! / weights[school.codes[i]!]!);
}

/** What a unit shows by itself, year by year, with the pupils behind it. */
export interface UnitEstimate {
  readonly years: readonly DirectEstimate[];
  readonly pupils: number;
}

/**
 * Direct estimates of schools, or of single years of schools.
 *
 *     class:  d = Σ w r ÷ W,   v = σ²_class + σ²_pupil ÷ W
 *     year:   the mean of its classes weighted by 1 ÷ v
 *
 * @param by       "school": [schools], with all its years; "schoolYear": [school-years], each with itself
 * @param include  1 for the lines that count; all without it
 * @returns undefined for a unit without a line
 */
export function directEstimates(
  sample: GrowthSample,
  expectation: Expectation,
  by: "school" | "schoolYear",
  include?: Uint8Array,
): readonly (UnitEstimate | undefined)[] {
  const { schoolYear, classYear, school } = sample;
  const classWeight = new Float64Array(classYear.levels.length);
  const classSum = new Float64Array(classYear.levels.length);
  const unitOfYear = by === "school" ? schoolYear.schools : schoolYear.years.map((_, at) => at);
  const size = by === "school" ? school.levels.length : schoolYear.levels.length;
  const pupils = new Int32Array(size);
  const lastPupil = new Int32Array(size).fill(-1);
  for (let i = 0; i < sample.size; i++) {
    if (include && include[i] !== 1) continue;
    const group = classYear.codes[i]!;
    classWeight[group]! += sample.share[i]!;
    classSum[group]! += sample.share[i]! * expectation.differences[i]!;
    const unit = unitOfYear[schoolYear.codes[i]!]!;
    if (lastPupil[unit] !== sample.pupil[i]) {
      lastPupil[unit] = sample.pupil[i]!;
      pupils[unit]! += 1;
    }
  }
  const precisions = new Float64Array(schoolYear.levels.length);
  const sums = new Float64Array(schoolYear.levels.length);
  classWeight.forEach((weight, group) => {
    if (weight === 0) return;
    const precision = 1 / (expectation.classVariance + expectation.pupilVariance / weight);
    precisions[classYear.schoolYears[group]!]! += precision;
    sums[classYear.schoolYears[group]!]! += (precision * classSum[group]!) / weight;
  });
  const years: DirectEstimate[][] = Array.from({ length: size }, () => []);
  precisions.forEach((precision, year) => {
    if (precision > 0) years[unitOfYear[year]!]!.push({ estimate: sums[year]! / precision, variance: 1 / precision });
  });
  return years.map((own, unit) => (own.length === 0 ? undefined : { years: own, pupils: pupils[unit]! }));
}
