/**
 * The profiled deviance as a function of free parameters, with its gradient: θ holds the lower triangles of the blocks
 * of Λ, level after level, block after block, row by row. Λ and Λ with a column's sign turned give the same model, so
 * no bound is needed: a zero variance is an interior point of θ.
 */
import { factorize, solveLower, solveUpper } from "../linear/cholesky.ts";
import { eigenSymmetric, lowerRoot } from "../linear/eigen.ts";
import type { Derivatives, Engine, Evaluation } from "./engine.ts";
import type { Evaluated } from "../optimize/quasi-newton.ts";

export type Method = "ML" | "REML";

/** Where each θ sits in Λ. */
export interface ThetaPlace {
  readonly level: number;
  readonly row: number;
  readonly column: number;
}

export interface BlockedLevel {
  readonly q: number;
  readonly blocks: readonly (readonly number[])[];
}

export function thetaPlaces(levels: readonly BlockedLevel[]): ThetaPlace[] {
  const places: ThetaPlace[] = [];
  levels.forEach(({ blocks }, level) => {
    for (const block of blocks) {
      for (let i = 0; i < block.length; i++) {
        for (let j = 0; j <= i; j++) places.push({ level, row: block[i]!, column: block[j]! });
      }
    }
  });
  return places;
}

export function lambdaOf(
  levels: readonly BlockedLevel[],
  places: readonly ThetaPlace[],
  theta: Float64Array,
): Float64Array[] {
  const lambda = levels.map(({ q }) => new Float64Array(q * q));
  places.forEach(({ level, row, column }, i) => {
    lambda[level]![row * levels[level]!.q + column] = theta[i]!;
  });
  return lambda;
}

/** ν of the profiled σ² = r² / ν. */
export function degreesOfFreedom(engine: Engine, method: Method): number {
  return method === "REML" ? engine.rows - engine.p : engine.rows;
}

/** −2 log-likelihood, or the REML criterion, in the scale of W. */
export function devianceOf(engine: Engine, method: Method, at: Evaluation): number {
  const nu = degreesOfFreedom(engine, method);
  const profile = nu * (1 + Math.log((2 * Math.PI * at.residual) / nu));
  return at.logDeterminant + profile + (method === "REML" ? at.logDeterminantX : 0) - engine.sumLogWeights;
}

/** [q × q] per level: the derivative of the deviance by D. @see engine.ts */
export function gradientByCovariance(
  engine: Engine,
  method: Method,
  at: Evaluation,
  derivatives: Derivatives,
): Float64Array[] {
  const perResidual = degreesOfFreedom(engine, method) / at.residual;
  return derivatives.ofLogDeterminant.map((omega, l) => {
    const psi = derivatives.ofResidual[l]!;
    const phi = derivatives.ofLogDeterminantX[l]!;
    return omega.map((value, i) => value - perResidual * psi[i]! - (method === "REML" ? phi[i]! : 0));
  });
}

/** The deviance at θ with its gradient and expected information. `undefined` where it does not exist. */
export function evaluateTheta(
  engine: Engine,
  method: Method,
  levels: readonly BlockedLevel[],
  places: readonly ThetaPlace[],
  theta: Float64Array,
): (Evaluated & { readonly at: Evaluation; readonly byCovariance: readonly Float64Array[] }) | undefined {
  const lambda = lambdaOf(levels, places, theta);
  const at = engine.evaluate(lambda);
  if (at === undefined) return undefined;
  const derivatives = engine.differentiate();
  const byCovariance = gradientByCovariance(engine, method, at, derivatives);
  const gradient = new Float64Array(places.length);
  places.forEach(({ level, row, column }, i) => {
    const { q } = levels[level]!;
    let sum = 0;
    for (let r = 0; r < q; r++) sum += byCovariance[level]![row * q + r]! * lambda[level]![r * q + column]!;
    gradient[i] = 2 * sum;
  });
  const hessian = expectedHessian(
    degreesOfFreedom(engine, method),
    engine,
    levels,
    places,
    lambda,
    derivatives,
    byCovariance,
  );
  return { value: devianceOf(engine, method, at), gradient, hessian, at, byCovariance };
}

/** A change of one level's D, and what it is good for: the derivative by one parameter. */
interface Change {
  readonly level: number;
  /** [q × q] symmetric */
  readonly by: Float64Array;
}

/**
 * [n × n] expected second derivatives along changes of D: tr(V⁻¹V_eV⁻¹V_f) − tr(V⁻¹V_e) tr(V⁻¹V_f) / ν within a level.
 * What groups share across levels is left out.
 */
function expectedInformation(
  nu: number,
  engine: Engine,
  changes: readonly Change[],
  derivatives: Derivatives,
): Float64Array {
  const n = changes.length;
  const hessian = new Float64Array(n * n);
  const traces = changes.map(({ level, by }) => {
    const omega = derivatives.ofLogDeterminant[level]!;
    let sum = 0;
    for (let i = 0; i < omega.length; i++) sum += omega[i]! * by[i]!;
    return sum;
  });
  for (let e = 0; e < n; e++) {
    for (let f = 0; f <= e; f++) {
      let sum = -(traces[e]! * traces[f]!) / nu;
      const { level, by: a } = changes[e]!;
      if (level === changes[f]!.level) {
        const { q, size } = engine.levels[level]!;
        const b = changes[f]!.by;
        const info = derivatives.information[level];
        const omega = derivatives.ofLogDeterminant[level]!;
        for (let i = 0; i < q; i++) {
          for (let j = 0; j < q; j++) {
            for (let k = 0; k < q; k++) {
              for (let l = 0; l < q; l++) {
                const weight = a[j * q + k]! * b[l * q + i]!;
                if (weight === 0) continue;
                const kk = info
                  ? info[(i * q + j) * q * q + k * q + l]!
                  : (omega[i * q + j]! * omega[k * q + l]!) / size;
                sum += weight * kk;
              }
            }
          }
        }
      }
      hessian[e * n + f] = sum;
      hessian[f * n + e] = sum;
    }
  }
  return hessian;
}

/** Expected second derivatives by θ, plus the exact curvature 2 G of D = ΛΛᵀ where that leaves them definite. */
function expectedHessian(
  nu: number,
  engine: Engine,
  levels: readonly BlockedLevel[],
  places: readonly ThetaPlace[],
  lambda: readonly Float64Array[],
  derivatives: Derivatives,
  byCovariance: readonly Float64Array[],
): Float64Array {
  const n = places.length;
  // dD/dθ_e = e_row Λ[·, column]ᵀ + transpose
  const changes = places.map(({ level, row, column }): Change => {
    const { q } = levels[level]!;
    const by = new Float64Array(q * q);
    for (let r = 0; r < q; r++) {
      const value = lambda[level]![r * q + column]!;
      by[row * q + r]! += value;
      by[r * q + row]! += value;
    }
    return { level, by };
  });
  const hessian = expectedInformation(nu, engine, changes, derivatives);
  // far from the optimum G may outweigh the rest; the information alone is never indefinite
  const whole = hessian.slice();
  for (let e = 0; e < n; e++) {
    for (let f = 0; f < n; f++) {
      const a = places[e]!;
      const b = places[f]!;
      if (a.level !== b.level || a.column !== b.column) continue;
      whole[e * n + f]! += 2 * byCovariance[a.level]![a.row * levels[a.level]!.q + b.row]!;
    }
  }
  return factorize(whole.slice(), n) === undefined ? hessian : whole;
}

/**
 * One step of Fisher scoring by D instead of θ. Far above the optimum θ shrinks by a third a step, while D, whose
 * deviance then is close to J log D + S / D, arrives in one.
 *
 * @returns θ of the new D, its eigenvalues kept positive; `undefined` when the information is not definite
 */
export function scoringStep(
  engine: Engine,
  method: Method,
  levels: readonly BlockedLevel[],
  places: readonly ThetaPlace[],
  theta: Float64Array,
): Float64Array | undefined {
  const lambda = lambdaOf(levels, places, theta);
  const here = evaluateTheta(engine, method, levels, places, theta);
  if (!here) return undefined;
  const changes = places.map((place) => entryChange(levels, place));
  const n = places.length;
  const nu = degreesOfFreedom(engine, method);
  const hessian = expectedInformation(nu, engine, changes, engine.differentiate());
  const step = Float64Array.from(changes, ({ level, by }) =>
    by.reduce((sum, value, i) => sum - value * here.byCovariance[level]![i]!, 0),
  );
  if (factorize(hessian, n) === undefined) return undefined;
  solveLower(hessian, n, step);
  solveUpper(hessian, n, step);
  const next = theta.slice();
  levels.forEach(({ q, blocks }, l) => {
    for (const block of blocks) {
      const k = block.length;
      const d = blockCovariance(lambda[l]!, q, block);
      places.forEach(({ level, row, column }, at) => {
        if (level !== l || !block.includes(row)) return;
        const [i, j] = [block.indexOf(row), block.indexOf(column)];
        d[i * k + j]! += step[at]!;
        if (i !== j) d[j * k + i]! += step[at]!;
      });
      const { values, vectors } = eigenSymmetric(d, k);
      const least = Math.max(1e-4, 1e-3 * values[k - 1]!);
      const kept = new Float64Array(k * k);
      for (let e = 0; e < k; e++) {
        const value = Math.max(values[e]!, least);
        for (let i = 0; i < k; i++) {
          for (let j = 0; j < k; j++) kept[i * k + j]! += value * vectors[e * k + i]! * vectors[e * k + j]!;
        }
      }
      const root = lowerRoot(kept, k);
      places.forEach(({ level, row, column }, at) => {
        if (level === l && block.includes(row)) next[at] = root[block.indexOf(row) * k + block.indexOf(column)]!;
      });
    }
  });
  return next;
}

/** The change of one entry of D, which stands for a variance or a covariance. */
function entryChange(levels: readonly BlockedLevel[], { level, row, column }: ThetaPlace): Change {
  const { q } = levels[level]!;
  const by = new Float64Array(q * q);
  by[row * q + column] = 1;
  by[column * q + row] = 1;
  return { level, by };
}

/**
 * How well the data tell the variances and covariances of one block apart, at the point evaluated last: the least
 * eigenvalue of their expected information with a diagonal of 1. 0 means that some cannot be told at all.
 */
export function leastInformation(
  engine: Engine,
  method: Method,
  levels: readonly BlockedLevel[],
  entries: readonly ThetaPlace[],
): number {
  const changes = entries.map((place) => entryChange(levels, place));
  const n = changes.length;
  const information = expectedInformation(degreesOfFreedom(engine, method), engine, changes, engine.differentiate());
  const roots = changes.map((_, i) => Math.sqrt(information[i * n + i]!));
  if (!roots.every((root) => root > 0)) return 0;
  const correlations = information.map((value, at) => value / (roots[Math.floor(at / n)]! * roots[at % n]!));
  return eigenSymmetric(correlations, n).values[0]!;
}

/** [k × k] Λ Λᵀ of one block. */
export function blockCovariance(lambda: Float64Array, q: number, block: readonly number[]): Float64Array {
  const k = block.length;
  const d = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      for (let r = 0; r < q; r++) d[i * k + j]! += lambda[block[i]! * q + r]! * lambda[block[j]! * q + r]!;
    }
  }
  return d;
}
