/** Ratings of subjects by raters as the measures of agreement take them. */
import { NumericsFault } from "../fault.ts";

/** Who gave what to whom; most of it may be missing. */
export interface RatingMatrix {
  readonly subjects: number;
  readonly raters: number;
  /** [subjects × raters] row-major; NaN where the rater has not rated the subject */
  readonly values: Float64Array;
}

/** The ratings of one subject that is rated at all: who and what, in the order of the raters. */
export interface SubjectRatings {
  readonly raters: Int32Array;
  readonly values: Float64Array;
}

/**
 * The ratings of every subject that has one.
 *
 * @throws COLUMN_INVALID when the matrix has another size or holds an infinite number
 */
export function ratingsBySubject({ subjects, raters, values }: RatingMatrix): readonly SubjectRatings[] {
  if (values.length !== subjects * raters) {
    throw new NumericsFault("COLUMN_INVALID", {
      column: "values",
      problem: `${subjects} subjects × ${raters} raters need ${subjects * raters} values, not ${values.length}`,
    });
  }
  const rated: SubjectRatings[] = [];
  const who = new Int32Array(raters);
  const what = new Float64Array(raters);
  for (let i = 0; i < subjects; i++) {
    let count = 0;
    for (let j = 0; j < raters; j++) {
      const value = values[i * raters + j]!;
      if (Number.isNaN(value)) continue;
      if (!Number.isFinite(value)) {
        throw new NumericsFault("COLUMN_INVALID", {
          column: "values",
          problem: `the rating of subject ${i} by rater ${j} is infinite`,
        });
      }
      who[count] = j;
      what[count] = value;
      count += 1;
    }
    if (count > 0) rated.push({ raters: who.slice(0, count), values: what.slice(0, count) });
  }
  return rated;
}

/** @throws OPTION_INVALID unless 0 < coverage < 1 */
export function checkCoverage(coverage: number): void {
  if (coverage > 0 && coverage < 1) return;
  throw new NumericsFault("OPTION_INVALID", {
    option: "coverage",
    value: String(coverage),
    problem: "the coverage of an interval lies between 0 and 1",
  });
}
