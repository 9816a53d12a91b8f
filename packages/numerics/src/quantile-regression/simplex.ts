/**
 * The exact minimum of Σ wᵢ ρ_τ(yᵢ − xᵢ'β) at many τ, with ρ_τ(r) = r (τ − [r < 0]).
 *
 * At the optimum the fit passes through q rows, the *basis*. Each pivot lets one of them go, along the edge that promises
 * most, and walks through all kinks of the objective until it stops falling; the row met there joins the basis. From one
 * τ to the next the basis is kept, and only a *band* of rows about the fit is looked at: rows farther away keep their
 * side. Sides are verified over all rows afterwards, and the band is widened when one was wrong, so the result is exact
 * whatever the band was.
 *
 * The design is additive: x'β is a sum of one look-up per term in a table over the term's distinct scores. Coordinates
 * are those in which the weighted cross-product of the design is the identity (θ = R β with X'WX = R'R): there the
 * steepest edge is the one with the largest slope per length.
 *
 * Scores on few levels let more than q rows meet in one point, where a simplex method can stall. Every y is therefore
 * shifted by less than 1e-9 of their range, each by its own amount, and the shift is taken away at the end: the basis that
 * is optimal for the shifted scores stays so, because a row that then lies on the fit may count to either side.
 *
 * @see Portnoy and Koenker 1997, Statistical Science 12(4) (the band); Chernozhukov, Fernández-Val and Melly 2022,
 * Empirical Economics 62 (warm starts over τ); Barrodale and Roberts 1973, SIAM J. Numer. Anal. 10(5) (the long step)
 */
import { NumericsFault } from "../fault.ts";
import { seededRandom } from "../random.ts";
import type { SplineTerm } from "./spline.ts";

/** Distinct weighted rows of an additive design with an intercept. */
export interface AdditiveRows {
  /** K ≥ 0 terms */
  readonly terms: readonly SplineTerm[];
  /** [K][m] level of each row in each term */
  readonly codes: readonly Int32Array[];
  /** [m] finite */
  readonly y: Float64Array;
  /** [m] > 0 */
  readonly weight: Float64Array;
}

export interface SimplexOptions {
  /** called between pivots; throws to stop */
  readonly watch: () => void;
  /** pivots at one τ before the careful method takes over; default 500 + 100 q */
  readonly pivotLimit?: number;
}

/** The optimum at each τ. T quantiles, p = 1 + Σ widths columns, q = p − dropped. */
export interface SimplexSolution {
  /** [T × p] intercept, then each term's columns; 0 for columns that follow from the others */
  readonly coefficients: Float64Array;
  /** columns left out because they are zero or follow from the ones before */
  readonly dropped: readonly number[];
  /** [T] Σ wᵢ ρ_τ(rᵢ) */
  readonly objective: Float64Array;
  /** [T] primal minus dual objective: how far above the exact optimum the objective can be at most */
  readonly gap: Float64Array;
  /** [T × q] the rows the fit passes through */
  readonly basis: Int32Array;
  readonly pivots: number;
  /** at how many τ the careful method took over */
  readonly rescues: number;
}

/** Solves the problem at every τ, from the one nearest to ½ outwards. @param taus ascending, inside (0, 1) */
export function solveQuantiles(rows: AdditiveRows, taus: ArrayLike<number>, options: SimplexOptions): SimplexSolution {
  // where columns so near to dependence defeat the arithmetic, they are left out
  for (const tolerance of [1e-5, 3e-4, 1e-2]) {
    const solution = solveDesign(makeDesign(rows, tolerance), taus, options);
    if (solution !== undefined) return solution;
  }
  const problem = "the curves were not found: the columns of the model are too close to following from each other";
  throw new NumericsFault("MODEL_NOT_IDENTIFIED", { problem });
}

/** @returns undefined when the columns are too near to dependence */
function solveDesign(design: Design, taus: ArrayLike<number>, options: SimplexOptions): SimplexSolution | undefined {
  const { p, q } = design;
  if (design.y.length < q) return undefined;
  const swift = new Solver(design, options, false);
  let careful: Solver | undefined;
  let rescues = 0;
  const count = taus.length;
  const solution = {
    coefficients: new Float64Array(count * p),
    objective: new Float64Array(count),
    gap: new Float64Array(count),
    basis: new Int32Array(count * q),
  };
  const solveAt = (t: number, from: number | undefined): boolean => {
    options.watch();
    const tau = taus[t]!;
    let optimum = swift.solve(tau, from === undefined ? undefined : solution.basis.slice(from * q, (from + 1) * q));
    if (optimum === undefined) {
      rescues++;
      careful ??= new Solver(design, options, true);
      optimum = careful.solve(tau, undefined);
    }
    if (optimum === undefined) return false;
    solution.basis.set(optimum.basis, t * q);
    solution.coefficients.set(optimum.beta, t * p);
    solution.objective[t] = optimum.objective;
    solution.gap[t] = optimum.gap;
    return true;
  };
  let middle = 0;
  for (let t = 1; t < count; t++) if (Math.abs(taus[t]! - 0.5) < Math.abs(taus[middle]! - 0.5)) middle = t;
  if (!solveAt(middle, undefined)) return undefined;
  for (let t = middle + 1; t < count; t++) if (!solveAt(t, t - 1)) return undefined;
  for (let t = middle - 1; t >= 0; t--) if (!solveAt(t, t + 1)) return undefined;
  const isKept = new Set(design.kept);
  const dropped = Array.from({ length: p }, (_, j) => j).filter((j) => !isKept.has(j));
  return { ...solution, dropped, pivots: swift.pivots + (careful?.pivots ?? 0), rescues };
}

/** The design in its own columns and in orthonormal coordinates. */
interface Design extends AdditiveRows {
  readonly p: number;
  readonly q: number;
  /** [q] columns kept, ascending */
  readonly kept: Int32Array;
  /** [q × q] R, upper triangle, of the kept columns */
  readonly root: Float64Array;
  /** length of a padded vector: the intercept, then width + 1 places for each term, the first of them for function 0 */
  readonly padded: number;
  /** where each term starts in a padded vector */
  readonly offsets: readonly number[];
  /** [q] place of each kept column in a padded vector */
  readonly places: Int32Array;
  /** [padded] Σ w x */
  readonly sums: Float64Array;
  /** [m] ≤ 1: root mean square of the fit's standard error over all rows, divided by that at the row */
  readonly firmness: Float32Array;
}

/**
 * Columns are taken in order; one whose part independent of those before it is below `tolerance` of its length is left
 * out: an empty basis column, or the second copy of a prior. The intercept always stays.
 */
function makeDesign(rows: AdditiveRows, tolerance: number): Design {
  const { terms, codes, weight } = rows;
  const offsets: number[] = [];
  const columnPlaces = [0];
  let padded = 1;
  for (const { width } of terms) {
    offsets.push(padded);
    for (let c = 1; c <= width; c++) columnPlaces.push(padded + c);
    padded += width + 1;
  }
  const p = columnPlaces.length;

  // Σ w x x' over padded places; of the four functions of each term only
  const gram = new Float64Array(padded * padded);
  const places = new Int32Array(1 + 4 * terms.length);
  const values = new Float64Array(places.length);
  values[0] = 1;
  const fillRow = (i: number): number => {
    let used = 1;
    for (let k = 0; k < terms.length; k++) {
      const { first, values: basis } = terms[k]!;
      const level = codes[k]![i]!;
      const place = offsets[k]! + first[level]!;
      for (let f = 0; f < 4; f++, used++) {
        places[used] = place + f;
        values[used] = basis[level * 4 + f]!;
      }
    }
    return used;
  };
  for (let i = 0; i < weight.length; i++) {
    const used = fillRow(i);
    const w = weight[i]!;
    for (let a = 0; a < used; a++) {
      const row = places[a]! * padded;
      const product = w * values[a]!;
      for (let b = 0; b <= a; b++) gram[row + places[b]!]! += product * values[b]!;
    }
  }

  const sums = Float64Array.from({ length: padded }, (_, place) => gram[place * padded]!);
  const totalWeight = sums[0]!;

  const lower = new Float64Array(p * p);
  const kept: number[] = [];
  columnPlaces.forEach((place, j) => {
    const row = kept.length * p;
    const whole = gram[place * padded + place]!;
    let rest = whole;
    kept.forEach((other, i) => {
      let sum = gram[place * padded + columnPlaces[other]!]!;
      for (let k = 0; k < i; k++) sum -= lower[row + k]! * lower[i * p + k]!;
      const entry = sum / lower[i * p + i]!;
      lower[row + i] = entry;
      rest -= entry * entry;
    });
    if (!(rest > tolerance * tolerance * whole)) return;
    lower[row + kept.length] = Math.sqrt(rest);
    kept.push(j);
  });
  const q = kept.length;
  const root = new Float64Array(q * q);
  for (let i = 0; i < q; i++) for (let j = 0; j <= i; j++) root[j * q + i] = lower[i * p + j]!;

  // R⁻¹ in padded rows, then (X'WX)⁻¹ = R⁻¹ R⁻ᵀ, whose form x'(X'WX)⁻¹x says how firmly the fit is held at x
  const inverse = new Float64Array(padded * q);
  const keptPlaces = Int32Array.from(kept, (column) => columnPlaces[column]!);
  for (let c = 0; c < q; c++) {
    for (let i = c; i >= 0; i--) {
      let sum = i === c ? 1 : 0;
      for (let k = i + 1; k <= c; k++) sum -= root[i * q + k]! * inverse[keptPlaces[k]! * q + c]!;
      inverse[keptPlaces[i]! * q + c] = sum / root[i * q + i]!;
    }
  }
  const form = gram.fill(0);
  for (const a of keptPlaces) {
    for (const b of keptPlaces) {
      let sum = 0;
      for (let c = 0; c < q; c++) sum += inverse[a * q + c]! * inverse[b * q + c]!;
      // the loop below meets each pair of different places once
      form[a * padded + b] = a === b ? sum : 2 * sum;
    }
  }
  const firmness = new Float32Array(weight.length);
  for (let i = 0; i < weight.length; i++) {
    const used = fillRow(i);
    let leverage = 0;
    for (let a = 0; a < used; a++) {
      const row = places[a]! * padded;
      let sum = 0;
      for (let b = 0; b <= a; b++) sum += form[row + places[b]!]! * values[b]!;
      leverage += values[a]! * sum;
    }
    firmness[i] = 1 / Math.sqrt(Math.max((leverage * totalWeight) / q, 1));
  }
  return {
    ...rows,
    firmness,
    p,
    q,
    kept: Int32Array.from(kept),
    root,
    padded,
    offsets,
    places: keptPlaces,
    sums,
  };
}

interface Optimum {
  readonly basis: Int32Array;
  /** [p] */
  readonly beta: Float64Array;
  readonly objective: number;
  readonly gap: number;
}

/** A first band holds this share of the rows at either side of the fit. */
const BAND_SHARE = 0.02;
/** rows whose residuals say where the band ends */
const SAMPLE = 2048;
/** pivots between two fresh inverses of the basis */
const REFRESH = 40;
/** the narrow part of a band holds what so many steps of the present length can meet */
const AHEAD = 3;

/**
 * The state of the search, kept from one τ to the next. The careful solver looks at all rows always, starts from the
 * best conditioned basis, takes the first edge that falls (Bland) and inverts afresh at every pivot: slow, and as hard to
 * derail as a simplex method gets.
 */
class Solver {
  pivots = 0;
  readonly #design: Design;
  readonly #options: SimplexOptions;
  readonly #isCareful: boolean;
  readonly #center: number;
  /** [m] y − center: a large offset would cost digits */
  readonly #centered: Float64Array;
  /** [m] the same, shifted by each row's own small amount */
  readonly #shifted: Float64Array;
  /** below this a residual is rounding */
  readonly #noise: number;
  /** [m] residuals of the shifted scores at the located basis */
  readonly #residual: Float64Array;
  /** [m] scratch: scores less the third and further terms; empty where there are none */
  readonly #rest: Float64Array;
  /** [m] 1 = the row counts as below the fit */
  readonly #isBelow: Uint8Array;
  /** the basis that #residual belongs to */
  #located = new Int32Array(0);
  /** [q × q] inverse of the basis rows in orthonormal coordinates; row j is the edge along which basis row j leaves */
  readonly #edges: Float64Array;
  /** [padded] Σ w x over the rows below the fit, the basis left out */
  readonly #below: Float64Array;
  /** [≥ 2][levels] scratch: one look-up table per term */
  readonly #tables: readonly Float64Array[];
  /** [≥ 2][levels] scratch: weight of the rows below the fit per score */
  readonly #histograms: readonly Float64Array[];
  /** [m] codes of the first two terms; all 0 where there is none */
  readonly #codes: readonly [Int32Array, Int32Array];
  readonly #sample: Int32Array;
  readonly #sampled: Float64Array;
  readonly #band: Band;

  constructor(design: Design, options: SimplexOptions, isCareful: boolean) {
    this.#design = design;
    this.#options = options;
    this.#isCareful = isCareful;
    const { y, q, terms, padded } = design;
    const m = y.length;
    const sampled = Math.min(m, SAMPLE);
    this.#sample = Int32Array.from({ length: sampled }, (_, s) => Math.floor(((s + 0.5) * m) / sampled));
    this.#sampled = Float64Array.from(this.#sample, (row) => y[row]!).sort();
    this.#center = this.#sampled[sampled >> 1]!;
    // the middle, because one wild score must not set the scale for all
    let range = this.#sampled[Math.floor(0.95 * sampled)]! - this.#sampled[Math.floor(0.05 * sampled)]!;
    if (range === 0) for (let i = 0; i < m; i++) range = Math.max(range, Math.abs(y[i]! - this.#center));
    const random = seededRandom(isCareful ? 2 : 1);
    this.#centered = y.map((score) => score - this.#center);
    this.#shifted = this.#centered.map((score) => score + (random.uniform() - 0.5) * 2e-9 * range);
    this.#noise = 1e-13 * range;
    this.#residual = new Float64Array(m);
    this.#rest = new Float64Array(terms.length < 3 ? 0 : m);
    this.#isBelow = new Uint8Array(m);
    this.#edges = new Float64Array(q * q);
    this.#below = new Float64Array(padded);
    const sizes = terms.map(({ levels }) => levels.length);
    while (sizes.length < 2) sizes.push(1);
    this.#tables = sizes.map((size) => new Float64Array(size));
    this.#histograms = sizes.map((size) => new Float64Array(size));
    const none = design.codes.length < 2 ? new Int32Array(m) : undefined;
    this.#codes = [design.codes[0] ?? none!, design.codes[1] ?? none!];
    this.#band = new Band(design);
  }

  /** The optimum at τ. @param start basis to start from @returns undefined when it failed within the pivot limit */
  solve(tau: number, start: Int32Array | undefined): Optimum | undefined {
    const basis = start ?? this.#firstBasis();
    if (basis === undefined) return undefined;
    const usual = this.#isCareful ? 1_000_000 : 500 + 100 * basis.length;
    const limit =
      this.pivots + (this.#options.pivotLimit === undefined || this.#isCareful ? usual : this.#options.pivotLimit);
    // a cold start is farther away
    let share = this.#isCareful ? 1 : start === undefined ? 5 * BAND_SHARE : BAND_SHARE;
    if (!isSame(basis, this.#located) && this.#locate(basis) < 0) return undefined;
    // a step that meets no row of the band is taken once over all rows, which costs less than a wider band
    let longSteps = 0;
    let isLong = false;
    for (let round = 0; ; round++) {
      const isAll = isLong || share >= 0.5;
      const density = this.#chooseBand(basis, isAll ? 1 : share);
      const end = this.#pivotWithin(tau, basis, density, limit, isLong && longSteps < 20 ? 1 : Infinity);
      if (end === "failed" || (end === "unbounded" && isAll)) return undefined;
      this.#band.storeSides(this.#isBelow);
      const wrong = this.#locate(basis);
      if (wrong < 0) return undefined;
      if (end === "optimal" && (wrong === 0 || isAll)) return this.#finish(tau, basis);
      // the second band lies about a vertex that is nearly optimal; where it fails too, more rows are needed
      if (end === "optimal" && round > longSteps) share *= 3;
      isLong = end === "unbounded";
      if (isLong) longSteps++;
    }
  }

  /** q rows near the least-squares fit whose design is far from singular; undefined when there are none. */
  #firstBasis(): Int32Array | undefined {
    const { q, y, weight, padded } = this.#design;
    const m = y.length;
    const moments = new Float64Array(padded);
    for (let i = 0; i < m; i++) this.#addRow(moments, i, weight[i]! * this.#shifted[i]!);
    const theta = this.#toOrthonormal(moments, new Float64Array(q));
    const beta = this.#toPadded(theta, new Float64Array(padded));
    const target = this.#lookUp(beta, this.#shifted);
    const [[first, second], [a, b]] = [this.#tables, this.#codes];
    for (let i = 0; i < m; i++) this.#residual[i] = target[i]! - beta[0]! - first![a[i]!]! - second![b[i]!]!;
    const distances = Float64Array.from(this.#sample, (i) => Math.abs(this.#residual[i]!)).sort();
    const basis = new Int32Array(q);
    const axes = new Float64Array(q * q);
    const row = new Float64Array(padded);
    const axis = new Float64Array(q);
    let found = 0;
    const isTaken = new Uint8Array(m);
    // a stride prime to m visits rows of all scores early
    const stride = strideFor(m);
    const tries: readonly (readonly [share: number, part: number])[] = this.#isCareful
      ? [
          [1, 0.9],
          [1, 0.5],
          [1, 0.2],
          [1, 0.05],
          [1, 1e-2],
          [1, 1e-3],
          [1, 1e-5],
        ]
      : [
          [0.02, 0.3],
          [0.1, 0.3],
          [0.3, 0.2],
          [1, 0.1],
          [1, 1e-2],
          [1, 1e-4],
          [1, 1e-6],
        ];
    for (const [share, part] of tries) {
      const reach = share === 1 ? Infinity : distances[Math.floor(share * (distances.length - 1))]!;
      for (let s = 0, i = 0; s < m && found < q; s++, i = (i + stride) % m) {
        if (isTaken[i] === 1 || Math.abs(this.#residual[i]!) > reach) continue;
        row.fill(0);
        this.#addRow(row, i, 1);
        this.#toOrthonormal(row, axis);
        const whole = squared(axis);
        // twice, because once leaves rounding along the axes
        for (let pass = 0; pass < 2; pass++) {
          for (let a = 0; a < found; a++) {
            let along = 0;
            for (let c = 0; c < q; c++) along += axis[c]! * axes[a * q + c]!;
            for (let c = 0; c < q; c++) axis[c]! -= along * axes[a * q + c]!;
          }
        }
        const rest = squared(axis);
        if (!(rest > part * part * whole)) continue;
        const length = Math.sqrt(rest);
        for (let c = 0; c < q; c++) axes[found * q + c] = axis[c]! / length;
        isTaken[i] = 1;
        basis[found++] = i;
      }
    }
    this.#located = new Int32Array(0);
    return found === q ? basis : undefined;
  }

  /** Adds factor · x of a row to a padded vector. */
  #addRow(vector: Float64Array, i: number, factor: number): void {
    const { terms, codes, offsets } = this.#design;
    vector[0]! += factor;
    for (let k = 0; k < terms.length; k++) {
      const { first, values } = terms[k]!;
      const level = codes[k]![i]!;
      const place = offsets[k]! + first[level]!;
      const at = level * 4;
      vector[place]! += factor * values[at]!;
      vector[place + 1]! += factor * values[at + 1]!;
      vector[place + 2]! += factor * values[at + 2]!;
      vector[place + 3]! += factor * values[at + 3]!;
    }
  }

  /** R⁻ᵀ v: a sum of rows in orthonormal coordinates. @param result [q], overwritten */
  #toOrthonormal(vector: Float64Array, result: Float64Array): Float64Array {
    const { q, root, places } = this.#design;
    for (let i = 0; i < q; i++) {
      let sum = vector[places[i]!]!;
      for (let k = 0; k < i; k++) sum -= root[k * q + i]! * result[k]!;
      result[i] = sum / root[i * q + i]!;
    }
    return result;
  }

  /** R⁻¹ θ as a padded coefficient vector. @param result [padded], zero in the places of no column; overwritten */
  #toPadded(theta: Float64Array, result: Float64Array): Float64Array {
    const { q, root, places } = this.#design;
    for (let i = q - 1; i >= 0; i--) {
      let sum = theta[i]!;
      for (let k = i + 1; k < q; k++) sum -= root[i * q + k]! * result[places[k]!]!;
      result[places[i]!] = sum / root[i * q + i]!;
    }
    return result;
  }

  /**
   * Fills the look-up tables, so that the fit of row i is intercept + table₀[code₀[i]] + table₁[code₁[i]]: a loop over all
   * rows is bound by memory, and two terms are what it usually meets. With one term the second table is a zero.
   *
   * @param beta  [padded]
   * @returns target, less the third and further terms
   */
  #lookUp(beta: Float64Array, target: Float64Array): Float64Array {
    const { terms, codes, offsets } = this.#design;
    terms.forEach((term, k) => fillTable(this.#tables[k]!, term, beta, offsets[k]!));
    if (terms.length < 3) return target;
    const rest = this.#rest;
    rest.set(target);
    for (let k = 2; k < terms.length; k++) {
      const [table, code] = [this.#tables[k]!, codes[k]!];
      for (let i = 0; i < rest.length; i++) rest[i]! -= table[code[i]!]!;
    }
    return rest;
  }

  /** Fills #edges by Gauss and Jordan with row exchange. @returns whether the basis is far enough from singular */
  #invert(basis: Int32Array): boolean {
    const { q, padded } = this.#design;
    const width = 2 * q;
    const work = new Float64Array(q * width);
    const entry = new Float64Array(q);
    const row = new Float64Array(padded);
    for (let j = 0; j < q; j++) {
      row.fill(0);
      this.#addRow(row, basis[j]!, 1);
      work.set(this.#toOrthonormal(row, entry), j * width);
      work[j * width + q + j] = 1;
    }
    for (let c = 0; c < q; c++) {
      let best = c;
      for (let r = c + 1; r < q; r++) if (Math.abs(work[r * width + c]!) > Math.abs(work[best * width + c]!)) best = r;
      const pivot = work[best * width + c]!;
      if (!(Math.abs(pivot) > 1e-13 * Math.sqrt(this.#design.q / this.#design.sums[0]!))) return false;
      if (best !== c) {
        const moved = work.slice(c * width, (c + 1) * width);
        work.copyWithin(c * width, best * width, (best + 1) * width);
        work.set(moved, best * width);
      }
      for (let k = c; k < width; k++) work[c * width + k]! /= pivot;
      for (let r = 0; r < q; r++) {
        const factor = work[r * width + c]!;
        if (r === c || factor === 0) continue;
        for (let k = c; k < width; k++) work[r * width + k]! -= factor * work[c * width + k]!;
      }
    }
    for (let j = 0; j < q; j++) for (let c = 0; c < q; c++) this.#edges[j * q + c] = work[c * width + q + j]!;
    return true;
  }

  /** The fit through the basis rows. @param scores [m] @returns [padded] */
  #through(basis: Int32Array, scores: Float64Array): Float64Array {
    const { q } = this.#design;
    const theta = new Float64Array(q);
    for (let j = 0; j < q; j++) {
      const score = scores[basis[j]!]!;
      for (let c = 0; c < q; c++) theta[c]! += this.#edges[j * q + c]! * score;
    }
    return this.#toPadded(theta, new Float64Array(this.#design.padded));
  }

  /**
   * Goes to a basis: its inverse, all residuals, all sides.
   *
   * @returns how many rows lay on another side than was assumed; −1 when the basis is singular
   */
  #locate(basis: Int32Array): number {
    if (!this.#invert(basis)) return -1;
    const { terms, codes, weight } = this.#design;
    const sides = Uint8Array.from(basis, (row) => this.#isBelow[row]!);
    const beta = this.#through(basis, this.#shifted);
    const target = this.#lookUp(beta, this.#shifted);
    this.#located = basis.slice();
    const [residual, isBelow, noise] = [this.#residual, this.#isBelow, this.#noise];
    const [first, second] = [this.#tables[0]!, this.#tables[1]!];
    const [a, b] = this.#codes;
    for (const histogram of this.#histograms) histogram.fill(0);
    const [firstBelow, secondBelow] = [this.#histograms[0]!, this.#histograms[1]!];
    const intercept = beta[0]!;
    let total = 0;
    let wrong = 0;
    for (let i = 0; i < residual.length; i++) {
      const codeA = a[i]!;
      const codeB = b[i]!;
      const r = target[i]! - intercept - first[codeA]! - second[codeB]!;
      residual[i] = r;
      const is = r < 0 ? 1 : 0;
      if (is !== isBelow[i]) {
        if (r > noise || r < -noise) wrong++;
        isBelow[i] = is;
      }
      // no branch: the side is a toss that no processor foresees
      const w = weight[i]! * is;
      total += w;
      firstBelow[codeA]! += w;
      secondBelow[codeB]! += w;
    }
    for (let k = 2; k < terms.length; k++) {
      const [histogram, code] = [this.#histograms[k]!, codes[k]!];
      for (let i = 0; i < residual.length; i++) if (isBelow[i] === 1) histogram[code[i]!]! += weight[i]!;
    }
    const below = this.#below.fill(0);
    below[0] = total;
    terms.forEach((term, k) => sumTable(this.#histograms[k]!, term, below, this.#design.offsets[k]!));
    basis.forEach((row, j) => {
      // a row of the basis lies on neither side, whatever rounding makes of it
      if (isBelow[row] === 1) this.#addRow(below, row, -weight[row]!);
      if (Math.abs(residual[row]!) > noise && isBelow[row] !== sides[j]) wrong--;
      residual[row] = 0;
    });
    return wrong;
  }

  /** Takes the rows about the fit into the band. @returns share of the rows per unit of residual at the fit */
  #chooseBand(basis: Int32Array, share: number): number {
    const { firmness } = this.#design;
    const [sample, sampled, residual] = [this.#sample, this.#sampled, this.#residual];
    const count = sample.length;
    let below = 0;
    for (let s = 0; s < count; s++) {
      const distance = residual[sample[s]!]! * firmness[sample[s]!]!;
      sampled[s] = distance;
      if (distance < 0) below++;
    }
    const reach = Math.ceil(share * count);
    const isAll = share >= 0.5;
    const low = isAll || below - reach < 0 ? -Infinity : select(sampled, below - reach);
    const high = isAll || below + reach >= count ? Infinity : select(sampled, below + reach);
    this.#band.take(residual, this.#isBelow, low, high, basis);
    const near = Math.max(0, below - Math.ceil(BAND_SHARE * count));
    const far = Math.min(count - 1, below + Math.ceil(BAND_SHARE * count));
    const width = select(sampled, far) - select(sampled, near);
    return width > 0 ? (far - near) / count / width : 0;
  }

  /**
   * Pivots until no edge falls any more; `basis` is changed in place. Rows outside the band keep their side.
   *
   * @param density  share of the rows per unit of residual at the fit
   * @param limit    of all pivots so far, where it fails
   * @param most     pivots after which it pauses
   */
  #pivotWithin(
    tau: number,
    basis: Int32Array,
    density: number,
    limit: number,
    most: number,
  ): "optimal" | "paused" | "unbounded" | "failed" {
    const { q, weight, sums, padded } = this.#design;
    const [band, edges] = [this.#band, this.#edges];
    // Σ w ψ x over all rows but the basis, ψ = τ above the fit and τ − 1 below it
    const pull = new Float64Array(padded);
    for (let c = 0; c < padded; c++) pull[c] = tau * sums[c]! - this.#below[c]!;
    for (const row of basis) this.#addRow(pull, row, -tau * weight[row]!);
    const edge = new Float64Array(q);
    const row = new Float64Array(padded);
    const entry = new Float64Array(q);
    const along = new Float64Array(q);
    const pulled = new Float64Array(q);
    const direction = new Float64Array(padded);
    let sinceRefresh = 0;
    let sinceTaken = 0;
    for (;;) {
      if (sinceTaken >= most) return "paused";
      if (this.pivots >= limit) return "failed";
      if (this.pivots % 64 === 0) this.#options.watch();

      this.#toOrthonormal(pull, pulled);
      let leaving = -1;
      let sign = 0;
      let slope = 0;
      let best = 0;
      for (let j = 0; j < q; j++) {
        let u = 0;
        let length = 0;
        for (let c = 0; c < q; c++) {
          const e = edges[j * q + c]!;
          u += pulled[c]! * e;
          length += e * e;
        }
        const w = weight[basis[j]!]!;
        // the row sinks below the fit (+) or rises above it (−)
        const down = w * (1 - tau) - u;
        const up = w * tau + u;
        const steeper = Math.min(down, up);
        // rounding of sums over all rows, far below the weight of one pupil
        if (!(steeper < -1e-8 * w)) continue;
        const promise = (steeper * steeper) / length;
        if (promise > best) {
          best = promise;
          leaving = j;
          sign = down < up ? 1 : -1;
          slope = steeper;
          if (this.#isCareful) break;
        }
      }
      if (leaving < 0) return "optimal";

      let lengthSquared = 0;
      for (let c = 0; c < q; c++) {
        edge[c] = sign * edges[leaving * q + c]!;
        lengthSquared += edge[c]! ** 2;
      }
      const length = Math.sqrt(lengthSquared);
      // where the slope should vanish if rows lay as densely everywhere, and some more
      let reach = density > 0 ? (-2.5 * slope) / (density * lengthSquared) : Infinity;
      const least = 1e-9 * length * Math.sqrt(q / sums[0]!);
      // steps shorten towards the optimum, and with them the part of the band that they can concern
      if (band.isWhole && sinceTaken % 8 === 4 && !this.#isCareful) band.narrow(AHEAD * reach * length);
      sinceTaken++;
      band.aim(this.#toPadded(edge, direction), length);
      let entering = -1;
      for (let widening = 0; ;) {
        const safe = band.reserve / length;
        entering = band.search(slope, Math.min(reach, safe), least);
        if (entering >= 0) break;
        if (reach > safe) {
          band.narrow(AHEAD * reach * length);
          band.aim(direction, length);
        } else if (reach === Infinity) return "unbounded";
        else {
          reach = widening < 4 ? reach * 8 : Infinity;
          widening++;
        }
      }

      // the walk: rows passed change side, the basis row leaves to its own
      for (let c = 0; c < band.crossedCount; c++) {
        const at = band.crossed[c]!;
        const w = band.weight[at]!;
        this.#addRow(pull, band.rows[at]!, band.isBelow[at] === 1 ? w : -w);
        band.isBelow[at]! ^= 1;
      }
      const gone = basis[leaving]!;
      const came = band.rows[entering]!;
      this.#addRow(pull, gone, weight[gone]! * (sign > 0 ? tau - 1 : tau));
      this.#addRow(pull, came, -weight[came]! * (band.isBelow[entering] === 1 ? tau - 1 : tau));
      band.exchange(leaving, entering, sign);
      basis[leaving] = came;
      this.pivots++;
      sinceRefresh++;
      if (this.#isCareful || sinceRefresh >= REFRESH) {
        if (!this.#invert(basis)) return "failed";
        sinceRefresh = 0;
        continue;
      }
      row.fill(0);
      this.#addRow(row, came, 1);
      this.#toOrthonormal(row, entry);
      for (let j = 0; j < q; j++) {
        let sum = 0;
        for (let c = 0; c < q; c++) sum += entry[c]! * edges[j * q + c]!;
        along[j] = sum;
      }
      const pivot = along[leaving]!;
      for (let c = 0; c < q; c++) edges[leaving * q + c]! /= pivot;
      for (let j = 0; j < q; j++) {
        if (j === leaving || along[j] === 0) continue;
        for (let c = 0; c < q; c++) edges[j * q + c]! -= along[j]! * edges[leaving * q + c]!;
      }
    }
  }

  /** Coefficients, objective and gap with the scores as they are. */
  #finish(tau: number, basis: Int32Array): Optimum {
    const { weight, p, kept, places } = this.#design;
    const padded = this.#through(basis, this.#centered);
    const target = this.#lookUp(padded, this.#centered);
    const isBelow = this.#isBelow;
    const [first, second] = [this.#tables[0]!, this.#tables[1]!];
    const [a, b] = this.#codes;
    const intercept = padded[0]!;
    let objective = 0;
    let gap = 0;
    for (let i = 0; i < isBelow.length; i++) {
      const r = target[i]! - intercept - first[a[i]!]! - second[b[i]!]!;
      const is = r < 0 ? 1 : 0;
      objective += weight[i]! * r * (tau - is);
      // a row on the other side than the dual solution has it
      if (is !== isBelow[i]) gap += weight[i]! * Math.abs(r);
    }
    const beta = new Float64Array(p);
    kept.forEach((column, c) => {
      beta[column] = padded[places[c]!]!;
    });
    beta[0]! += this.#center;
    return { basis, beta, objective, gap };
  }
}

/**
 * The rows about the fit, copied out so that a pivot touches nothing else, with the residuals at the current vertex and
 * their change per unit of the step that is looked into.
 *
 * Members are split into a near part, which every pivot goes through, and a far part, whose residuals wait. In orthonormal
 * coordinates |x'δ| ≤ |x| |δ|, so that a member with |residual| > |x| · s keeps its side on any path shorter than s: the
 * far part is safe until the way since the split is longer than that.
 */
class Band {
  size = 0;
  /** [size] row of each member */
  readonly rows: Int32Array;
  readonly weight: Float64Array;
  readonly isBelow: Uint8Array;
  /** members the last search passed, in order */
  readonly crossed: Int32Array;
  crossedCount = 0;
  readonly #design: Design;
  /** members before it are near */
  #near = 0;
  /** way on which the far part is safe, less the way gone since the split */
  #reserve = Infinity;
  /** [padded] change of the coefficients since the split, which far residuals have still to take */
  readonly #pending: Float64Array;
  readonly #residual: Float64Array;
  readonly #firmness: Float64Array;
  readonly #change: Float64Array;
  #direction: Float64Array;
  #length = 0;
  /** step taken along the direction that near residuals have still to take */
  #step = 0;
  /** [q] members that are the basis, always near */
  readonly #basis: Int32Array;
  /** [size] 1 + place in the basis; 0 = not in it */
  readonly #mark: Uint8Array;
  /** [K][size] codes into the scores that occur in the band */
  readonly #codes: readonly Int32Array[];
  /** [K] how many different scores occur in the band */
  readonly #levelCount: Int32Array;
  /** [K][levels] place of each such score's first basis function in a padded vector */
  readonly #places: readonly Int32Array[];
  /** [K][levels × 4] and its basis: copies, because the scores lie far apart in a table of all */
  readonly #basisValues: readonly Float64Array[];
  readonly #localOf: readonly Int32Array[];
  readonly #tables: readonly Float64Array[];
  /** candidates of a search as a heap by the step at which they change side */
  readonly #heap: Int32Array;
  readonly #steps: Float64Array;

  constructor(design: Design) {
    const m = design.y.length;
    this.#design = design;
    this.rows = new Int32Array(m);
    this.weight = new Float64Array(m);
    this.isBelow = new Uint8Array(m);
    this.crossed = new Int32Array(m);
    this.#pending = new Float64Array(design.padded);
    this.#direction = this.#pending;
    this.#residual = new Float64Array(m);
    this.#firmness = new Float64Array(m);
    this.#change = new Float64Array(m);
    this.#basis = new Int32Array(design.q);
    this.#mark = new Uint8Array(m);
    this.#codes = design.terms.map(() => new Int32Array(m));
    this.#places = design.terms.map(({ levels }) => new Int32Array(levels.length));
    this.#basisValues = design.terms.map(({ levels }) => new Float64Array(levels.length * 4));
    this.#levelCount = new Int32Array(design.terms.length);
    this.#localOf = design.terms.map(({ levels }) => new Int32Array(levels.length));
    this.#tables = design.terms.map(({ levels }) => new Float64Array(levels.length));
    this.#heap = new Int32Array(m);
    this.#steps = new Float64Array(m);
  }

  /** Whether all members are near. */
  get isWhole(): boolean {
    return this.#near === this.size;
  }

  /** How far the vertex may still go before the far part has to be looked at. */
  get reserve(): number {
    return this.#reserve;
  }

  /** Takes the rows whose residual times firmness lies in [low, high]; the basis, with residual 0, is among them. */
  take(residual: Float64Array, isBelow: Uint8Array, low: number, high: number, basis: Int32Array): void {
    const { terms, weight, codes, firmness, offsets } = this.#design;
    const rows = this.rows;
    let size = 0;
    for (let i = 0; i < residual.length; i++) {
      const distance = residual[i]! * firmness[i]!;
      if (distance >= low && distance <= high) rows[size++] = i;
    }
    for (let b = 0; b < size; b++) {
      const row = rows[b]!;
      this.#residual[b] = residual[row]!;
      this.#firmness[b] = firmness[row]!;
      this.weight[b] = weight[row]!;
      this.isBelow[b] = isBelow[row]!;
    }
    this.size = size;
    this.#near = size;
    this.#reserve = Infinity;
    this.#pending.fill(0);
    this.#step = 0;
    codes.forEach((code, k) => {
      const [local, localOf] = [this.#codes[k]!, this.#localOf[k]!.fill(-1)];
      const [places, basisValues] = [this.#places[k]!, this.#basisValues[k]!];
      const { first, values } = terms[k]!;
      const offset = offsets[k]!;
      let count = 0;
      for (let b = 0; b < size; b++) {
        const level = code[rows[b]!]!;
        let at = localOf[level]!;
        if (at < 0) {
          at = count++;
          localOf[level] = at;
          places[at] = offset + first[level]!;
          for (let f = 0; f < 4; f++) basisValues[at * 4 + f] = values[level * 4 + f]!;
        }
        local[b] = at;
      }
      this.#levelCount[k] = count;
    });
    this.#mark.fill(0, 0, size);
    basis.forEach((row, j) => {
      let [from, to] = [0, size - 1];
      while (from < to) {
        const middle = (from + to) >> 1;
        if (this.rows[middle]! < row) from = middle + 1;
        else to = middle;
      }
      this.#basis[j] = from;
      this.#mark[from] = j + 1;
    });
  }

  /** Hands the sides of the members back. */
  storeSides(isBelow: Uint8Array): void {
    for (let b = 0; b < this.size; b++) isBelow[this.rows[b]!] = this.isBelow[b]!;
  }

  /** Brings all residuals up to date and splits anew. @param way  on which the far part is to be safe; aim again after it */
  narrow(way: number): void {
    const [residual, change, step] = [this.#residual, this.#change, this.#step];
    for (let i = 0; i < this.#near; i++) residual[i]! -= step * change[i]!;
    this.#step = 0;
    if (!this.isWhole) {
      this.#products(this.#pending, this.#near, this.size);
      for (let i = this.#near; i < this.size; i++) residual[i]! -= change[i]!;
    }
    this.#pending.fill(0);
    const { q, sums } = this.#design;
    const farthest = way * Math.sqrt(q / sums[0]!);
    const firmness = this.#firmness;
    let near = this.size;
    for (let i = 0; i < near;) {
      if (Math.abs(residual[i]!) * firmness[i]! <= farthest) i++;
      else this.#swap(i, --near);
    }
    this.#near = near;
    this.#reserve = this.isWhole ? Infinity : way;
    const mark = this.#mark;
    for (let i = 0; i < near; i++) if (mark[i] !== 0) this.#basis[mark[i]! - 1] = i;
  }

  #swap(i: number, j: number): void {
    swapIn(this.rows, i, j);
    swapIn(this.weight, i, j);
    swapIn(this.isBelow, i, j);
    swapIn(this.#residual, i, j);
    swapIn(this.#firmness, i, j);
    swapIn(this.#mark, i, j);
    for (const codes of this.#codes) swapIn(codes, i, j);
  }

  /** Writes x'β of some members into #change. @param beta [padded] */
  #products(beta: Float64Array, from: number, to: number): void {
    const change = this.#change;
    change.fill(beta[0]!, from, to);
    for (let k = 0; k < this.#codes.length; k++) {
      const codes = this.#codes[k]!;
      const places = this.#places[k]!;
      const values = this.#basisValues[k]!;
      const count = this.#levelCount[k]!;
      if (count > to - from) {
        for (let i = from; i < to; i++) {
          const place = places[codes[i]!]!;
          const at = codes[i]! * 4;
          change[i]! +=
            values[at]! * beta[place]! +
            values[at + 1]! * beta[place + 1]! +
            values[at + 2]! * beta[place + 2]! +
            values[at + 3]! * beta[place + 3]!;
        }
        continue;
      }
      const table = this.#tables[k]!;
      for (let l = 0; l < count; l++) {
        const place = places[l]!;
        const at = l * 4;
        table[l] =
          values[at]! * beta[place]! +
          values[at + 1]! * beta[place + 1]! +
          values[at + 2]! * beta[place + 2]! +
          values[at + 3]! * beta[place + 3]!;
      }
      for (let i = from; i < to; i++) change[i]! += table[codes[i]!]!;
    }
  }

  /**
   * Takes the last step and turns to a direction.
   *
   * @param direction  [padded] change of the coefficients per unit; read again by `exchange`
   * @param length     of the direction in orthonormal coordinates
   */
  aim(direction: Float64Array, length: number): void {
    const [residual, change, step, near] = [this.#residual, this.#change, this.#step, this.#near];
    if (step !== 0) for (let i = 0; i < near; i++) residual[i]! -= step * change[i]!;
    this.#step = 0;
    this.#direction = direction;
    this.#length = length;
    this.#products(direction, 0, near);
    // the rows of the basis stay where they are but for the one that leaves, whose side is settled by the sign
    for (const member of this.#basis) {
      residual[member] = 0;
      change[member] = 0;
    }
  }

  /**
   * The near member at which the objective stops falling along the direction.
   *
   * @param slope  of the objective at the start; < 0
   * @param reach  farthest step looked at
   * @param least  a change per unit below which a member makes no new basis row
   * @returns −1 when it still falls at `reach`
   */
  search(slope: number, reach: number, least: number): number {
    const [residual, change, heap, steps] = [this.#residual, this.#change, this.#heap, this.#steps];
    const [near, farthest] = [this.#near, reach * reach];
    let count = 0;
    for (let i = 0; i < near; i++) {
      const r = residual[i]!;
      const z = change[i]!;
      // the first test is nearly always false, which a processor likes
      if (r * r <= farthest * (z * z) && r * z > 0) {
        heap[count] = i;
        steps[count++] = r / z;
      }
    }
    for (let at = (count >> 1) - 1; at >= 0; at--) sink(heap, steps, at, count);
    this.crossedCount = 0;
    let rising = slope;
    while (count > 0) {
      const member = heap[0]!;
      const step = steps[0]!;
      const speed = Math.abs(change[member]!);
      rising += this.weight[member]! * speed;
      if (rising >= 0 && speed > least) {
        this.#step = step;
        return member;
      }
      this.crossed[this.crossedCount++] = member;
      count--;
      heap[0] = heap[count]!;
      steps[0] = steps[count]!;
      sink(heap, steps, 0, count);
    }
    return -1;
  }

  /** Basis row `leaving` goes, `entering` takes its place. @param sign 1 when the leaving row sinks below the fit */
  exchange(leaving: number, entering: number, sign: number): void {
    const gone = this.#basis[leaving]!;
    const step = this.#step;
    this.#residual[gone] = -sign * step;
    this.isBelow[gone] = sign > 0 ? 1 : 0;
    this.#mark[gone] = 0;
    this.#residual[entering] = 0;
    this.#change[entering] = 0;
    this.#mark[entering] = leaving + 1;
    this.#basis[leaving] = entering;
    this.#reserve -= step * this.#length;
    if (!this.isWhole) {
      for (let c = 0; c < this.#pending.length; c++) this.#pending[c]! += step * this.#direction[c]!;
    }
  }
}

function swapIn(list: Float64Array | Int32Array | Uint8Array, i: number, j: number): void {
  const kept = list[i]!;
  list[i] = list[j]!;
  list[j] = kept;
}

/** Restores a heap by `steps`, smallest first, below one place. */
function sink(heap: Int32Array, steps: Float64Array, from: number, count: number): void {
  const member = heap[from]!;
  const step = steps[from]!;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && steps[child + 1]! < steps[child]!) child++;
    if (steps[child]! >= step) break;
    heap[at] = heap[child]!;
    steps[at] = steps[child]!;
    at = child;
  }
  heap[at] = member;
  steps[at] = step;
}

/** The kth smallest value, k from 0 (Hoare's selection); `values` are put into another order. */
function select(values: Float64Array, k: number): number {
  let [from, to] = [0, values.length - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let i = from;
    let j = to;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      swapIn(values, i++, j--);
    }
    if (k <= j) to = j;
    else if (k >= i) from = i;
    else break;
  }
  return values[k]!;
}

/** One value per distinct score. @param beta [padded] coefficients, the term's from `offset` */
function fillTable(table: Float64Array, { first, values }: SplineTerm, beta: Float64Array, offset: number): void {
  for (let l = 0; l < table.length; l++) {
    const place = offset + first[l]!;
    const at = l * 4;
    table[l] =
      values[at]! * beta[place]! +
      values[at + 1]! * beta[place + 1]! +
      values[at + 2]! * beta[place + 2]! +
      values[at + 3]! * beta[place + 3]!;
  }
}

/** Adds Σ table[l] · basis(l) to a padded vector. */
function sumTable(table: Float64Array, { first, values }: SplineTerm, sum: Float64Array, offset: number): void {
  for (let l = 0; l < table.length; l++) {
    const place = offset + first[l]!;
    for (let f = 0; f < 4; f++) sum[place + f]! += table[l]! * values[l * 4 + f]!;
  }
}

function squared(vector: Float64Array): number {
  let sum = 0;
  for (const entry of vector) sum += entry * entry;
  return sum;
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((row, j) => row === b[j]);
}

/** A step near 0.618 m that meets every row once. */
function strideFor(m: number): number {
  let stride = Math.max(1, Math.round(0.618 * m));
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  while (divisor(stride, m) !== 1) stride++;
  return stride;
}
