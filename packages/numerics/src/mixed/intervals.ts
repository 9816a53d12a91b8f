/**
 * Profile-likelihood intervals of standard deviations, correlations and the residual: the values at which the criterion,
 * minimized over everything else, rises by the χ²₁ quantile above its minimum.
 *
 * The parameter of interest is made a coordinate: the columns of its block are permuted so that it comes first in the
 * lower triangle L of the covariance in the outcome's own unit, where its standard deviation is σ L₁₁ and, with a second
 * column, its correlation L₂₁ / √(L₂₁² + L₂₂²).
 */
import { chiSquaredQuantile } from "../distribution/continuous.ts";
import { NumericsFault } from "../fault.ts";
import { lowerRoot } from "../linear/eigen.ts";
import { findRoot } from "../optimize/brent.ts";
import type { Evaluated } from "../optimize/quasi-newton.ts";
import { minimize } from "../optimize/quasi-newton.ts";
import type { FitInternals, MixedFit } from "./fit.ts";
import { effectTransform, internalsOf } from "./fit.ts";
import { degreesOfFreedom, lambdaOf } from "./objective.ts";

export interface ComponentInterval {
  /** factor, or "residual" */
  readonly group: string;
  /** the effect; for a correlation both */
  readonly names: readonly string[];
  readonly kind: "sd" | "correlation";
  readonly estimate: number;
  /** limits; an sd's lower limit is 0 when the data do not exclude 0 */
  readonly lower: number;
  readonly upper: number;
}

/** What is held fixed while the rest is minimized. */
interface Target {
  readonly kind: "sd" | "correlation" | "residual";
  readonly level: number;
  readonly block: readonly number[];
  readonly first: number;
  readonly second: number;
}

/**
 * Intervals of all variance components by the fit's own criterion (likelihood or restricted likelihood).
 *
 * @param level  coverage, default 0.95
 * @oracle packages/numerics/oracles/mixed, lme4's confint(method = "profile") for ML fits
 */
export function componentIntervals(fit: MixedFit, level = 0.95): ComponentInterval[] {
  if (!(level > 0 && level < 1)) {
    throw new NumericsFault("OPTION_INVALID", {
      option: "level",
      value: String(level),
      problem: "the coverage must lie between 0 and 1",
    });
  }
  const rise = chiSquaredQuantile(level, 1);
  const inside = internalsOf(fit);
  const intervals: ComponentInterval[] = [];
  let entry = 0;
  inside.levels.forEach((own, l) => {
    for (const block of own.blocks) {
      const effect = fit.random[entry++]!;
      block.forEach((first, i) => {
        const target: Target = { kind: "sd", level: l, block, first, second: -1 };
        const [lower, upper] = profile(fit, inside, target, effect.sd[i]!, rise);
        intervals.push({
          group: own.name,
          names: [effect.names[i]!],
          kind: "sd",
          estimate: effect.sd[i]!,
          lower,
          upper,
        });
      });
      for (let j = 1; j < block.length; j++) {
        for (let i = 0; i < j; i++) {
          const estimate = effect.corr[j]![i];
          if (estimate === null || estimate === undefined) continue;
          const target: Target = { kind: "correlation", level: l, block, first: block[i]!, second: block[j]! };
          const [lower, upper] = profile(fit, inside, target, estimate, rise);
          intervals.push({
            group: own.name,
            names: [effect.names[i]!, effect.names[j]!],
            kind: "correlation",
            estimate,
            lower,
            upper,
          });
        }
      }
    }
  });
  const target: Target = { kind: "residual", level: 0, block: [], first: -1, second: -1 };
  const [lower, upper] = profile(fit, inside, target, fit.sigma, rise);
  intervals.push({ group: "residual", names: [], kind: "sd", estimate: fit.sigma, lower, upper });
  return intervals;
}

function profile(
  fit: MixedFit,
  inside: FitInternals,
  target: Target,
  estimate: number,
  rise: number,
): [number, number] {
  const { engine, layout, levels, places, theta, method } = inside;
  const nu = degreesOfFreedom(engine, method);
  const scaleY = layout.scale[layout.p]!;
  const { block } = target;
  const k = block.length;
  const level = levels[target.level]!;
  const { q } = level;
  // Λ_W restricted to the block = A L, with A = T⁻¹ Pᵀ / scale; T is diagonal but for the intercept's row
  const order = block.map((_, i) => i).toSorted((a, b) => rank(block[a]!) - rank(block[b]!));
  function rank(column: number): number {
    return column === target.first ? 0 : column === target.second ? 1 : 2;
  }
  const a = new Float64Array(k * k);
  const t = effectTransform(layout, level);
  const intercept = block.findIndex((column) => level.zNames[column] === "(Intercept)");
  for (let i = 0; i < k; i++) {
    const diagonal = t[block[i]! * q + block[i]!]!;
    const to = order.indexOf(i);
    a[i * k + to] = 1 / diagonal;
    if (intercept >= 0 && i !== intercept) {
      const off = t[block[intercept]! * q + block[i]!]!;
      a[intercept * k + to] = -off / (diagonal * t[block[intercept]! * q + block[intercept]!]!);
    }
  }
  const others = places
    .map((place, i) => ({ ...place, i }))
    .filter((place) => k === 0 || place.level !== target.level || !block.includes(place.row));
  const cells: { row: number; column: number }[] = [];
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) cells.push({ row: i, column: j });

  /** coordinates: log σ_W, the other θ, then the cells of L (over σ, in W's outcome scale) */
  const size = 1 + others.length + cells.length;
  const evaluate = (x: Float64Array): Evaluated | undefined => {
    const full = theta.slice();
    others.forEach(({ i }, at) => {
      full[i] = x[1 + at]!;
    });
    const lambda = lambdaOf(levels, places, full);
    if (k > 0) {
      const own = lambda[target.level]!;
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) own[block[i]! * q + block[j]!] = 0;
        cells.forEach(({ row, column }, at) => {
          own[block[i]! * q + block[column]!]! += a[i * k + row]! * x[1 + others.length + at]!;
        });
      }
    }
    const at = engine.evaluate(lambda);
    if (!at) return undefined;
    const variance = Math.exp(2 * x[0]!);
    const value =
      at.logDeterminant +
      nu * Math.log(2 * Math.PI * variance) +
      at.residual / variance +
      (method === "REML" ? at.logDeterminantX : 0) -
      engine.sumLogWeights;
    const derivatives = engine.differentiate();
    const byLambda = lambda.map((own, l) => {
      const width = levels[l]!.q;
      const g = new Float64Array(width * width);
      for (let i = 0; i < width; i++) {
        for (let r = 0; r < width; r++) {
          const of = i * width + r;
          const slope =
            derivatives.ofLogDeterminant[l]![of]! -
            derivatives.ofResidual[l]![of]! / variance -
            (method === "REML" ? derivatives.ofLogDeterminantX[l]![of]! : 0);
          for (let j = 0; j < width; j++) g[i * width + j]! += 2 * slope * own[r * width + j]!;
        }
      }
      return g;
    });
    const gradient = new Float64Array(size);
    gradient[0] = 2 * nu - (2 * at.residual) / variance;
    others.forEach(({ level: l, row, column }, i) => {
      gradient[1 + i] = byLambda[l]![row * levels[l]!.q + column]!;
    });
    cells.forEach(({ row, column }, c) => {
      let sum = 0;
      for (let i = 0; i < k; i++) sum += a[i * k + row]! * byLambda[target.level]![block[i]! * q + block[column]!]!;
      gradient[1 + others.length + c] = sum;
    });
    return { value, gradient };
  };

  // the fit itself in these coordinates
  const logSigma = Math.log(fit.sigma * scaleY);
  const optimum = new Float64Array(size);
  optimum[0] = logSigma;
  others.forEach(({ i }, at) => {
    optimum[1 + at] = theta[i]!;
  });
  if (k > 0) {
    let entry = 0;
    for (let l = 0; l < target.level; l++) entry += levels[l]!.blocks.length;
    entry += level.blocks.indexOf(block);
    const covariance = fit.random[entry]!.covariance;
    const permuted = new Float64Array(k * k);
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) permuted[i * k + j] = covariance[order[i]!]![order[j]!]! / fit.sigma ** 2;
    const root = lowerRoot(permuted, k);
    // the covariance is in the outcome's unit; L is relative to σ, and A already divides by T with its 1 / scaleY
    cells.forEach(({ row, column }, c) => {
      optimum[1 + others.length + c] = root[row * k + column]! / scaleY;
    });
  }

  /** free coordinates ↔ all coordinates at a fixed value of the target */
  const firstCell = 1 + others.length;
  const isFixed = target.kind === "residual" ? 0 : target.kind === "sd" ? firstCell : firstCell + 1;
  const free = Array.from({ length: size }, (_, i) => i).filter((i) => i !== isFixed);
  const place = (x: Float64Array, c: number): Float64Array => {
    const all = new Float64Array(size);
    free.forEach((i, at) => {
      all[i] = x[at]!;
    });
    if (target.kind === "residual") all[0] = Math.log(c * scaleY);
    else if (target.kind === "sd") all[firstCell] = c / Math.exp(all[0]!);
    else {
      const s = x[free.indexOf(firstCell + 2)]!;
      all[firstCell + 1] = c * s;
      all[firstCell + 2] = Math.sqrt(1 - c * c) * s;
    }
    return all;
  };
  const reduced = (x: Float64Array, c: number): Evaluated | undefined => {
    const all = place(x, c);
    const full = evaluate(all);
    if (!full) return undefined;
    const gradient = Float64Array.from(free, (i) => full.gradient[i]!);
    if (target.kind === "sd") gradient[0]! -= full.gradient[firstCell]! * all[firstCell]!;
    if (target.kind === "correlation") {
      gradient[free.indexOf(firstCell + 2)] =
        full.gradient[firstCell + 1]! * c + full.gradient[firstCell + 2]! * Math.sqrt(1 - c * c);
    }
    return { value: full.value, gradient };
  };
  let start: Float64Array = Float64Array.from(free, (i) => optimum[i]!);
  if (target.kind === "correlation") {
    start[free.indexOf(firstCell + 2)] = Math.hypot(optimum[firstCell + 1]!, optimum[firstCell + 2]!);
  }
  const minimum = fit.criterion + 2 * nu * Math.log(scaleY) + remlShift(inside);
  const hessian = numericHessian((x) => reduced(x, estimate)?.gradient, start);
  const excess = (c: number): number => {
    let isFirst = true;
    const found = minimize(
      (x) => {
        const here = reduced(x, c);
        if (!here) return undefined;
        const withStart = isFirst && hessian ? { ...here, hessian } : here;
        isFirst = false;
        return withStart;
      },
      start,
      { maxEvaluations: 300, tolerance: 1e-10, freshHessians: 0, maxStep: 2 },
    );
    start = found.x;
    return found.value - minimum;
  };
  const home = start;
  const signedRoot = (c: number): number => Math.sqrt(Math.max(0, excess(c))) - Math.sqrt(rise);

  const limit = (direction: 1 | -1): number => {
    start = home.slice();
    const edge = target.kind === "correlation" ? direction * (1 - 1e-9) : direction > 0 ? Infinity : 0;
    let near = estimate;
    let width =
      target.kind === "correlation"
        ? 0.1
        : target.kind === "residual"
          ? (estimate * 2.5) / Math.sqrt(2 * nu)
          : Math.max(estimate * 0.3, fit.sigma * 0.02);
    for (let i = 0; i < 60; i++) {
      let far = near + direction * width;
      const isPast = direction > 0 ? far >= edge : far <= edge;
      if (isPast) far = edge;
      if (isPast && target.kind === "residual") far = near / 2;
      if (signedRoot(far) >= 0) {
        return findRoot(signedRoot, near, far, 1e-8 * Math.max(Math.abs(far), fit.sigma * 1e-3));
      }
      if (isPast) return target.kind === "correlation" ? direction : 0;
      near = far;
      width *= 1.6;
    }
    return direction > 0 ? Number.MAX_VALUE : 0;
  };
  const isZero = target.kind === "sd" && estimate === 0;
  return [isZero ? 0 : limit(-1), limit(1)];
}

/** The constant between the criterion in the columns' own units and in W's. */
function remlShift({ method, layout }: FitInternals): number {
  let shift = 0;
  if (method === "REML") for (let j = 0; j < layout.p; j++) shift += 2 * Math.log(layout.scale[j]!);
  return shift;
}

/** Central differences of a gradient, or `undefined` where the function ends. */
function numericHessian(
  gradient: (x: Float64Array) => Float64Array | undefined,
  at: Float64Array,
): Float64Array | undefined {
  const n = at.length;
  const h = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const step = 1e-4 * Math.max(0.1, Math.abs(at[i]!));
    const up = gradient(at.map((value, j) => (i === j ? value + step : value)));
    const down = gradient(at.map((value, j) => (i === j ? value - step : value)));
    if (!up || !down) return undefined;
    for (let j = 0; j < n; j++) h[j * n + i] = (up[j]! - down[j]!) / (2 * step);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (h[i * n + j]! + h[j * n + i]!) / 2;
      h[i * n + j] = mean;
      h[j * n + i] = mean;
    }
  }
  return h;
}
