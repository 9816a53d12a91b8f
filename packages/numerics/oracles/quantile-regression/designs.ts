/**
 * The cohorts on which our quantiles and percentiles are compared with quantreg's: drawn from our own seeded generator, so
 * that the same rows reach R (as CSV) and the tests (as arrays). All scores are invented.
 */
import type { SplineKnots } from "../../src/quantile-regression/spline.ts";
import { seededRandom } from "../../src/random.ts";

export interface QuantileDesign {
  readonly id: string;
  readonly current: Float64Array;
  /** most recent first */
  readonly priors: readonly Float64Array[];
  /** undefined = by the convention */
  readonly knots?: readonly SplineKnots[];
}

interface Shape {
  readonly seed: number;
  readonly rows: number;
  readonly priors: number;
  /** from a standard normal score to the scale: rounded or cut */
  readonly scale: (z: number) => number;
  readonly knots?: readonly SplineKnots[];
}

const whole = (z: number): number => Math.round(500 + 75 * z);

function draw(id: string, { seed, rows, priors, scale, knots }: Shape): QuantileDesign {
  const random = seededRandom(seed);
  const columns = Array.from({ length: priors + 1 }, () => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    const ability = random.normal();
    columns.forEach((column) => {
      // spread grows with ability, so that quantiles are no parallels
      column[i] = scale(0.88 * ability + (0.42 + 0.08 * Math.tanh(ability)) * random.normal());
    });
  }
  const [current, ...rest] = columns;
  return { id, current: current!, priors: rest, ...(knots === undefined ? {} : { knots }) };
}

const limited = (z: number): number => Math.min(600, Math.max(380, whole(z)));

export const quantileDesigns = (): readonly QuantileDesign[] => [
  draw("whole scores, one prior", { seed: 1, rows: 3000, priors: 1, scale: whole }),
  draw("whole scores, two priors", { seed: 2, rows: 3000, priors: 2, scale: whole }),
  draw("whole scores, three priors", { seed: 3, rows: 2500, priors: 3, scale: whole }),
  draw("continuous scores, one prior", { seed: 4, rows: 2000, priors: 1, scale: (z) => z }),
  draw("continuous scores, two priors", { seed: 5, rows: 2000, priors: 2, scale: (z) => z }),
  draw("scores cut at both ends", { seed: 6, rows: 3000, priors: 1, scale: limited }),
  draw("twenty levels", { seed: 7, rows: 3000, priors: 2, scale: (z) => Math.round(10 + 3 * z) }),
  draw("a fifth at the highest score", { seed: 8, rows: 2500, priors: 1, scale: (z) => Math.min(560, whole(z)) }),
  draw("given knots, scores outside", {
    seed: 9,
    rows: 2500,
    priors: 2,
    scale: whole,
    knots: [
      { knots: [440, 480, 520, 560], boundaries: [350, 640] },
      { knots: [450, 450, 550], boundaries: [300, 620.5] },
    ],
  }),
  draw("eleven hundred pupils, four priors", { seed: 10, rows: 1100, priors: 4, scale: whole }),
];
