/**
 * The matrices on which our measures of agreement are compared with R: two small tables that are printed in the literature, and
 * matrices drawn from our own seeded generator. NaN = not rated.
 */
import type { RatingMatrix } from "../../src/index.ts";
import { seededRandom } from "../../src/random.ts";

export interface AgreementDesign extends RatingMatrix {
  readonly id: string;
}

function written(id: string, rows: readonly (readonly (number | null)[])[]): AgreementDesign {
  const values = Float64Array.from(rows.flat(), (value) => value ?? NaN);
  return { id, subjects: rows.length, raters: rows[0]!.length, values };
}

interface Shape {
  readonly seed: number;
  readonly subjects: number;
  readonly raters: number;
  /** ratings of each subject; all raters without it */
  readonly perSubject?: number;
  /** standard deviations: subjects, raters, error */
  readonly sd: readonly [number, number, number];
  readonly scale?: (value: number) => number;
}

function draw(
  id: string,
  { seed, subjects, raters, perSubject = raters, sd, scale = (x) => x }: Shape,
): AgreementDesign {
  const random = seededRandom(seed);
  const levels = Array.from({ length: raters }, () => sd[1] * random.normal());
  const values = new Float64Array(subjects * raters).fill(NaN);
  for (let i = 0; i < subjects; i++) {
    const subject = sd[0] * random.normal();
    // one rating more or less, so that subjects differ in how often they are rated
    const count = perSubject === raters ? raters : Math.max(1, perSubject - 1 + random.integer(3));
    const who = new Set<number>();
    while (who.size < count) who.add(perSubject === raters ? who.size : random.integer(raters));
    for (const j of who) values[i * raters + j] = scale(subject + levels[j]! + sd[2] * random.normal());
  }
  return { id, subjects, raters, values };
}

/** Shares of points of a rubric with levels at 0, 0.6, 0.8 and 1. */
const rubric = (z: number): number => (z < -1.2 ? 0 : z < -0.2 ? 0.6 : z < 0.8 ? 0.8 : 1);

export const agreementDesigns = (): readonly AgreementDesign[] => [
  // Shrout and Fleiss 1979, table 2
  written("Shrout and Fleiss", [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
  ]),
  // Krippendorff 2011, Computing Krippendorff's alpha-reliability, example C: four observers, twelve units
  written("Krippendorff", [
    [1, 1, null, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [null, 5, 5, 5],
    [null, null, 1, 1],
    [null, 3, null, null],
  ]),
  draw("complete", { seed: 1, subjects: 40, raters: 5, sd: [1, 0.5, 0.7] }),
  draw("complete, far from zero", { seed: 2, subjects: 30, raters: 3, sd: [1, 0.2, 1], scale: (x) => 5000 + x }),
  draw("complete, no differences between subjects", { seed: 3, subjects: 25, raters: 4, sd: [0, 0.6, 1] }),
  draw("complete, rubric", { seed: 4, subjects: 60, raters: 3, sd: [0.8, 0.4, 0.6], scale: rubric }),
  draw("incomplete", { seed: 5, subjects: 80, raters: 12, perSubject: 3, sd: [1, 0.5, 0.7] }),
  draw("incomplete, rubric", { seed: 6, subjects: 209, raters: 24, perSubject: 3, sd: [0.8, 0.4, 0.6], scale: rubric }),
  draw("incomplete, weak", { seed: 7, subjects: 50, raters: 10, perSubject: 2, sd: [0.2, 0.3, 1] }),
  draw("incomplete, counts", {
    seed: 8,
    subjects: 40,
    raters: 6,
    perSubject: 4,
    sd: [2, 0.5, 1],
    scale: (x) => Math.max(0, Math.round(5 + x)),
  }),
];
