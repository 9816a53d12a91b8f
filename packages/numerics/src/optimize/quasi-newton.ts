/**
 * Minimizes a smooth function of a few variables from its exact gradient: Newton-like steps with a Hessian that
 * starts from the caller's estimate and learns by the BFGS update.
 */
import { factorize, solveLower, solveUpper } from "../linear/cholesky.ts";

/** What one call of the objective returns. */
export interface Evaluated {
  readonly value: number;
  /** [n] */
  readonly gradient: Float64Array;
  /** [n × n] an estimate of the Hessian here (expected information), if the objective has one */
  readonly hessian?: Float64Array;
}

export interface QuasiNewtonOptions {
  readonly maxEvaluations: number;
  /** stop when ½ gᵀH⁻¹g, the decrease a further step promises, is below this */
  readonly tolerance: number;
  /** for how many iterations the caller's Hessian replaces the learned one */
  readonly freshHessians: number;
  /** the longest step in any one variable while all are small; further out, this many times the largest of them */
  readonly maxStep: number;
}

/** Where the search ended and why. */
export interface OptimumReport {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly isConverged: boolean;
  readonly stopReason: string;
  readonly evaluations: number;
  readonly iterations: number;
  /** ½ gᵀH⁻¹g at the end: how much lower the optimum can be, to second order */
  readonly promisedDecrease: number;
}

/**
 * @param objective  returns `undefined` where the function does not exist; the step is then shortened
 * @param start      [n]; the objective must exist there
 */
export function minimize(
  objective: (x: Float64Array) => Evaluated | undefined,
  start: Float64Array,
  options: QuasiNewtonOptions,
): OptimumReport {
  const n = start.length;
  let x = start.slice();
  let evaluations = 1;
  let iterations = 0;
  let here = objective(x);
  if (here === undefined) throw new RangeError("the objective does not exist at the start");
  let hessian = here.hessian?.slice() ?? identity(n);
  let best = here;

  const finish = (isConverged: boolean, stopReason: string, promisedDecrease: number): OptimumReport => ({
    x,
    value: best.value,
    gradient: best.gradient,
    isConverged,
    stopReason,
    evaluations,
    iterations,
    promisedDecrease,
  });
  if (n === 0) return finish(true, "nothing to optimize", 0);

  let promisedBefore = Infinity;
  for (;;) {
    const gradient = best.gradient;
    let step = newtonStep(hessian, gradient, n);
    let slope = dot(step, gradient);
    const promised = -slope / 2;
    if (promised <= options.tolerance) {
      return finish(true, "the gradient is zero to the tolerance", promised);
    }
    // near the optimum each step should promise far less than the one before; if not, rounding rules
    if (promised < 1e-9 && promised > promisedBefore / 4) {
      return finish(true, "the gradient is zero to the rounding of the data", promised);
    }
    promisedBefore = promised;
    let longest = 0;
    let size = 1;
    for (let i = 0; i < n; i++) {
      longest = Math.max(longest, Math.abs(step[i]!));
      size = Math.max(size, Math.abs(x[i]!));
    }
    if (longest > options.maxStep * size) {
      const shrink = (options.maxStep * size) / longest;
      step = step.map((s) => s * shrink);
      slope *= shrink;
    }
    iterations++;

    // rounding noise of the objective: a decrease below it cannot be seen, so the gradient decides instead
    const noise = 3e-13 * (1 + Math.abs(best.value));
    let length = 1;
    let next: Evaluated | undefined;
    let candidate = x;
    for (let tries = 0; ; tries++) {
      if (evaluations >= options.maxEvaluations) return finish(false, "the limit of evaluations is reached", promised);
      candidate = x.map((value, i) => value + length * step[i]!);
      next = objective(candidate);
      evaluations++;
      if (next !== undefined) {
        const change = next.value - best.value;
        if (change <= 1e-4 * length * slope) break;
        // next to the optimum rounding may hide what a step promises; then too the gradient decides
        const hidden = promised < 1e-6 ? noise + 10 * promised : noise;
        if (Math.abs(change) <= hidden && Math.abs(dot(next.gradient, step)) <= Math.abs(slope)) break;
        if (tries >= 25) {
          return promised < 1e-6
            ? finish(true, "no further decrease can be seen in double precision", promised)
            : finish(false, "no step decreases the objective", promised);
        }
        // minimum of the parabola (or, with both slopes, of the cubic) through what is known of this line
        const nextSlope = dot(next.gradient, step) * length;
        const d1 = slope * length + nextSlope - 3 * change;
        const root = d1 * d1 - slope * length * nextSlope;
        let fraction = 0.5;
        if (root >= 0) {
          const d2 = Math.sqrt(root);
          const cubic = 1 - (nextSlope + d2 - d1) / (nextSlope - slope * length + 2 * d2);
          if (Number.isFinite(cubic)) fraction = cubic;
        }
        length *= Math.min(0.7, Math.max(0.1, fraction));
      } else {
        if (tries >= 60) return finish(false, "the objective does not exist around the last point", promised);
        length *= 0.25;
      }
    }

    const moved = candidate.map((value, i) => value - x[i]!);
    const turned = next.gradient.map((value, i) => value - gradient[i]!);
    // far from the optimum the caller's Hessian is worth more than what a few long steps have taught
    const fresh = iterations < options.freshHessians || promised > 0.1 ? next.hessian : undefined;
    if (fresh) hessian = fresh.slice();
    else update(hessian, moved, turned, n);
    x = candidate;
    best = next;
  }
}

function identity(n: number): Float64Array {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) a[i * n + i] = 1;
  return a;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** −H⁻¹g, with a multiple of the diagonal added to H until it is positive definite. */
function newtonStep(hessian: Float64Array, gradient: Float64Array, n: number): Float64Array {
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(hessian[i * n + i]!));
  if (!(scale > 0 && scale < 1e300)) scale = 1;
  for (let ridge = 0; ridge < 1e6; ridge = ridge === 0 ? 1e-10 : ridge * 10) {
    const l = hessian.slice();
    for (let i = 0; i < n; i++) l[i * n + i]! += ridge * scale;
    let isSound = factorize(l, n) !== undefined;
    for (let i = 0; isSound && i < n; i++) isSound = l[i * n + i]! ** 2 > 1e-12 * scale;
    if (!isSound) continue;
    const step = gradient.map((g) => -g);
    solveLower(l, n, step);
    solveUpper(l, n, step);
    return step;
  }
  // a Hessian that no ridge mends (not finite): straight down
  return gradient.map((g) => -g / scale);
}

/** BFGS update of H by a step s and the change y of the gradient, damped (Powell) so that H stays positive definite. */
function update(h: Float64Array, s: Float64Array, y: Float64Array, n: number): void {
  const hs = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) hs[i]! += h[i * n + j]! * s[j]!;
  const shs = dot(s, hs);
  const sy = dot(s, y);
  if (!(shs > 0)) {
    // H is not positive along the step: start again from the curvature just seen
    const seen = Math.abs(sy) / dot(s, s);
    const curvature = seen > 1e-8 && seen < 1e8 ? seen : 1;
    h.fill(0);
    for (let i = 0; i < n; i++) h[i * n + i] = curvature;
    return;
  }
  const blend = sy >= 0.1 * shs ? 1 : (0.9 * shs) / (shs - sy);
  const r = y.map((value, i) => blend * value + (1 - blend) * hs[i]!);
  const sr = dot(s, r);
  if (!(sr > 0)) return;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) h[i * n + j]! += (r[i]! * r[j]!) / sr - (hs[i]! * hs[j]!) / shs;
  }
}
