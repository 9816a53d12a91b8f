/**
 * Cubic B-splines of a score: where the knots go, and the few non-zero basis values of each distinct score.
 */
import { NumericsFault } from "../fault.ts";

/** Where the pieces of a cubic spline meet. With k knots the basis has k + 3 columns, beside an intercept. */
export interface SplineKnots {
  /** interior knots, in any order, inside the boundaries; a value may repeat */
  readonly knots: readonly number[];
  /** lowest and highest score the spline is made for; beyond them its end pieces continue */
  readonly boundaries: readonly [number, number];
}

/** The spline basis of one column, a row per distinct score. */
export interface SplineTerm {
  /** [L] the distinct scores, ascending */
  readonly levels: Float64Array;
  /** columns of the basis: knots + 3 */
  readonly width: number;
  /** [L] the first of four neighbouring basis functions that are not zero, 0 … width − 3; function 0 is no column */
  readonly first: Int32Array;
  /** [L × 4] their values; function f ≥ 1 is column f − 1 */
  readonly values: Float64Array;
}

/**
 * The number with `decimals` places nearest to x; of two equally near ones the one with an even last digit. This is
 * R's round() since 4.0 for numbers of ordinary size: both neighbours are compared in binary.
 */
export function roundDecimals(x: number, decimals: number): number {
  const scale = 10 ** decimals;
  const low = Math.floor(x * scale);
  const [below, above] = [low / scale, (low + 1) / scale];
  // above 2^53 the product has no fraction to round
  if (!(Math.abs(x * scale) < 9007199254740992)) return x;
  const [down, up] = [x - below, above - x];
  if (down === up) return low % 2 === 0 ? below : above;
  return down < up ? below : above;
}

/** Quantile of type 7 (linear between order statistics). @param sorted [n ≥ 1] ascending @param share 0 … 1 */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  // the fuzz is R's: 0.2 · (n − 1) must not fall just below a whole number
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place + 4 * Number.EPSILON);
  const part = place - low;
  const below = sorted[low]!;
  if (Math.abs(part) < 4 * Number.EPSILON || low + 1 >= sorted.length) return below;
  return (1 - part) * below + part * sorted[low + 1]!;
}

/**
 * Knots by the convention of the SGP package: type-7 quantiles at 0.2, 0.4, 0.6 and 0.8, and the range extended by a
 * tenth at each side, all rounded to three decimals. Scores that span less than 0.5 get more decimals, so that rounding
 * stays below 1e-5 of the range.
 *
 * @param scores  [n] any order; NaN is skipped
 * @returns undefined without two distinct scores: there is nothing to bend
 */
export function conventionalKnots(scores: ArrayLike<number>): SplineKnots | undefined {
  const present = new Float64Array(scores.length);
  let count = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (score === score) present[count++] = score;
  }
  const sorted = present.subarray(0, count).sort();
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  if (sorted.length === 0 || !(high > low)) return undefined;
  const decimals = 3 + finerDecimals(high - low);
  return {
    knots: [0.2, 0.4, 0.6, 0.8].map((share) => roundDecimals(quantileOfSorted(sorted, share), decimals)),
    boundaries: [roundDecimals(low - 0.1 * (high - low), decimals), roundDecimals(high + 0.1 * (high - low), decimals)],
  };
}

/** How many more decimals than the convention's a scale of small numbers needs; 0 for scores of a range from 0.5. */
export function finerDecimals(range: number): number {
  return range >= 0.5 ? 0 : Math.min(290, Math.ceil(2 - Math.log10(range)));
}

/** A spline ready to be evaluated. */
export interface Spline {
  /** columns of the basis: knots + 3 */
  readonly width: number;
  /**
   * Writes the four basis functions that are not zero at x into `values` from `at` on.
   *
   * @returns the first of them, 0 … width − 3; function 0 is no column, function f ≥ 1 is column f − 1
   */
  readonly write: (x: number, values: Float64Array, at: number) => number;
}

/**
 * The basis of a cubic spline: Cox and de Boor's recursion on the knots with fourfold boundaries, the first function left
 * out because an intercept stands for it (R: `splines::bs(x, knots = , Boundary.knots = )`). Outside the boundaries the
 * end pieces continue as the cubics they are, which is what R's pivots amount to.
 *
 * @param name  of the column, for the fault
 * @throws COLUMN_INVALID for knots that are no numbers or lie outside the boundaries
 */
export function makeSpline({ knots, boundaries }: SplineKnots, name: string): Spline {
  const inner = Float64Array.from(knots).sort();
  const [low, high] = boundaries;
  const isOrdered = low < high && (inner.length === 0 || (inner[0]! >= low && inner.at(-1)! <= high));
  if (!isOrdered || ![low, high, ...inner].every((knot) => Number.isFinite(knot))) {
    const shown = `knots ${[...inner].join(", ")}; boundaries ${low}, ${high}`;
    const problem = `the knots of column "${name}" must be finite and lie within boundaries that ascend (${shown})`;
    throw new NumericsFault("COLUMN_INVALID", { column: name, problem });
  }
  const places = Float64Array.of(low, low, low, low, ...inner, high, high, high, high);
  const lowest = places.findLastIndex((place) => place === low);
  const highest = places.indexOf(high) - 1;
  const left = new Float64Array(4);
  const right = new Float64Array(4);
  return {
    width: inner.length + 3,
    write(x, values, at) {
      let span = lowest;
      while (span < highest && x >= places[span + 1]!) span++;
      values[at] = 1;
      for (let degree = 1; degree < 4; degree++) {
        left[degree] = x - places[span + 1 - degree]!;
        right[degree] = places[span + degree]! - x;
        let carried = 0;
        for (let r = 0; r < degree; r++) {
          const after = right[r + 1]!;
          const before = left[degree - r]!;
          const part = values[at + r]! / (after + before);
          values[at + r] = carried + after * part;
          carried = before * part;
        }
        values[at + degree] = carried;
      }
      return span - 3;
    },
  };
}

/**
 * The basis at each distinct score. A function without a score under it is a column of zeros; the fit leaves such columns
 * out.
 *
 * @param levels  [L] finite
 * @throws as {@link makeSpline}
 */
export function splineTerm(levels: Float64Array, knots: SplineKnots, name: string): SplineTerm {
  const { width, write } = makeSpline(knots, name);
  const first = new Int32Array(levels.length);
  const values = new Float64Array(levels.length * 4);
  for (let l = 0; l < levels.length; l++) first[l] = write(levels[l]!, values, l * 4);
  return { levels, width, first, values };
}
