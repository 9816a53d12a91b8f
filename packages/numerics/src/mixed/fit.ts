/**
 * Linear mixed models: `fitMixed("score ~ prior + (prior | school)", table)` gives a finished, frozen fit.
 *
 * There is no unfitted model and no state: what follows from a fit (effects, fitted values, intervals, simulation) is
 * computed from it on request.
 */
import { NumericsFault } from "../fault.ts";
import { inverseFromFactor } from "../linear/cholesky.ts";
import { eigenSymmetric, lowerRoot } from "../linear/eigen.ts";
import type { OptimumReport } from "../optimize/quasi-newton.ts";
import { minimize } from "../optimize/quasi-newton.ts";
import { crossedEngine } from "./crossed.ts";
import type { Design, DesignColumn, DesignOptions, MissingRows } from "./design.ts";
import { buildDesign } from "./design.ts";
import type { Engine, Evaluation, ModelLevel } from "./engine.ts";
import { remembering } from "./engine.ts";
import { parseFormula } from "./formula.ts";
import { nestedEngine } from "./nested.ts";
import type { Method, ThetaPlace } from "./objective.ts";
import {
  blockCovariance,
  degreesOfFreedom,
  devianceOf,
  evaluateTheta,
  lambdaOf,
  leastInformation,
  scoringStep,
  thetaPlaces,
} from "./objective.ts";
import type { Layout, NestedStatistics } from "./statistics.ts";
import {
  checkGroups,
  checkOutcome,
  countNested,
  independentColumns,
  keepColumns,
  nestFactors,
  planLayout,
} from "./statistics.ts";
import type { Table } from "./table.ts";

/** A structural AbortSignal, so that any caller's signal fits. */
export interface StopSignal {
  readonly aborted: boolean;
}

/** What the caller may ask of a fit. What came of it is in {@link FitReport}. */
export interface FitOptions extends DesignOptions {
  /** default "REML" */
  readonly method?: Method;
  /** default 500 */
  readonly maxEvaluations?: number;
  /** wall-clock bound; default 600 */
  readonly timeLimitSeconds?: number;
  readonly signal?: StopSignal;
}

export interface FixedEffect {
  /** as R names it */
  readonly name: string;
  readonly estimate: number;
  readonly se: number;
}

/** The covariance matrix of correlated effects of one factor. */
export interface RandomEffect {
  readonly group: string;
  readonly names: readonly string[];
  /** standard deviations, in the outcome's unit per unit of the column */
  readonly sd: readonly number[];
  readonly variance: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /** null where a standard deviation is zero, so no correlation exists */
  readonly corr: readonly (readonly (number | null)[])[];
}

/** What a reader of a fit must know: its kind with what it names, and the sentence in English. */
export interface FitNote {
  readonly kind: "zero-variance" | "perfect-correlation" | "not-identified" | "dropped" | "missing" | "not-converged";
  readonly group?: string;
  readonly names?: readonly string[];
  readonly rows?: number;
  readonly text: string;
}

/** How the search for the optimum went. */
export interface FitReport {
  readonly converged: boolean;
  readonly stopReason: string;
  readonly evaluations: number;
  readonly iterations: number;
  /** fit only: columns, counting and optimizing */
  readonly seconds: number;
  /** how much lower the criterion could still be, to second order */
  readonly promisedDecrease: number;
}

/** Effects of one factor's groups. Rows of the matrices follow `names`, groups follow `levels`. */
export interface GroupEffects {
  readonly group: string;
  readonly names: readonly string[];
  readonly size: number;
  readonly levelName: (group: number) => string;
  /** [size × q] conditional modes: the shrunken estimates (EB, BLUP) */
  readonly modes: Float64Array;
  /** [size × q] comparative standard error: of the effect given the data, β known (lme4's condVar); for comparing groups */
  readonly comparativeSe: Float64Array;
  /** [size × q] standard error of prediction, with the uncertainty of β (SAS, Henderson) */
  readonly predictionSe: Float64Array;
  /** [size × q] diagnostic standard error: of the mode over samples; mode / SE is N(0, 1) under the model */
  readonly diagnosticSe: Float64Array;
  /** [size × q × q] whose diagonal is comparativeSe² */
  readonly conditionalCovariance: Float64Array;
}

export interface MixedFit {
  readonly formula: string;
  readonly method: Method;
  readonly nobs: number;
  /** factor → number of groups */
  readonly groups: Readonly<Record<string, number>>;
  readonly missing: MissingRows;
  readonly fixed: readonly FixedEffect[];
  /** [p × p] covariance of the fixed effects */
  readonly fixedCovariance: readonly (readonly number[])[];
  /** columns of X left out because they follow from the others */
  readonly dropped: readonly string[];
  readonly random: readonly RandomEffect[];
  /** residual standard deviation (of a row of weight 1) */
  readonly sigma: number;
  /** −2 log-likelihood (ML) or the REML criterion, lme4's convention */
  readonly criterion: number;
  readonly logLik: number;
  readonly aic: number;
  readonly bic: number;
  /** fixed effects, variance parameters and σ together */
  readonly parameters: number;
  readonly isSingular: boolean;
  /** what a reader of the result must know */
  readonly notes: readonly FitNote[];
  readonly report: FitReport;
}

/** What the siblings of this module need of a fit and a reader does not. */
export interface FitInternals {
  readonly engine: Engine;
  readonly layout: Layout;
  readonly levels: readonly ModelLevel[];
  readonly places: readonly ThetaPlace[];
  readonly theta: Float64Array;
  readonly method: Method;
  readonly at: Evaluation;
  /** present when the fit was made from rows */
  readonly source: {
    readonly design: Design;
    readonly columns: readonly DesignColumn[];
    readonly options: FitOptions;
  } | null;
}

const internals = new WeakMap<MixedFit, FitInternals>();
const effectsOf = new WeakMap<MixedFit, readonly GroupEffects[]>();

export function internalsOf(fit: MixedFit): FitInternals {
  const found = internals.get(fit);
  if (!found)
    throw new NumericsFault("OPTION_INVALID", {
      option: "fit",
      value: "copy",
      problem: "this is a copy of a fit, not the fit itself",
    });
  return found;
}

/**
 * Fits a linear mixed model to rows.
 *
 * @param formula  as lme4 reads it: `y ~ x + (x | g)`
 * @throws NumericsFault: see its codes; never returns NaN
 * @oracle packages/numerics/oracles/mixed
 */
export function fitMixed(formula: string, table: Table, options: FitOptions = {}): MixedFit {
  const started = performance.now();
  const check = stopCheck(options, started);
  const parsed = parseFormula(formula);
  const checked = (): Design => buildDesign(parsed, table, options);
  const fit = fitDesign(buildDesign(parsed, table, options, "unchecked"), options, started, check, checked);
  check.release();
  return fit;
}

/** Throws STOPPED once the caller cancels or the time is over, until it is released. */
export interface StopCheck {
  (): void;
  /** The work is done; what is asked of its result later is not bound by its time. */
  release(): void;
}

export function stopCheck(options: FitOptions, started: number): StopCheck {
  const limit = options.timeLimitSeconds ?? 600;
  if (!(limit > 0)) {
    throw new NumericsFault("OPTION_INVALID", {
      option: "timeLimitSeconds",
      value: String(limit),
      problem: "the time limit must be positive",
    });
  }
  let isReleased = false;
  const check = (): void => {
    if (isReleased) return;
    if (options.signal?.aborted)
      throw new NumericsFault("STOPPED", { reason: "cancelled", problem: "the fit was cancelled", rule: "cancelled" });
    if (performance.now() - started > limit * 1000) {
      throw new NumericsFault("STOPPED", {
        reason: "time limit",
        problem: `the fit was not finished within ${limit} s`,
        rule: "time-limit",
        named: { seconds: limit },
      });
    }
  };
  const release = (): void => {
    isReleased = true;
  };
  return Object.assign(check, { release });
}

/** @param checked  the same design with every number looked at, for a design that was built without */
export function fitDesign(
  design: Design,
  options: FitOptions,
  started: number,
  check: () => void,
  checked?: () => Design,
): MixedFit {
  const again = (): MixedFit => fitDesign(checked!(), options, started, check);
  const { factors, rows, count } = design;
  const sizes = factors.map(({ name, size, columns }) => ({ name, size, q: columns.length }));
  checkGroups(sizes, count, design.weights !== null);
  const plan = planLayout(design);
  if (checked && !(isAllFinite(plan.layout.origin) && isAllFinite(plan.layout.scale))) return again();
  const nesting = nestFactors(factors, rows, count);
  const context = { formula: design.text, missing: design.missing, options, started, check };
  if (nesting) {
    const statistics = countNested(design, plan, nesting, check);
    if (checked && !isCounted(statistics)) return again();
    const codes = nesting.order.map((i) => factors[i]!.codes);
    return fitNested(statistics, codes, { design, columns: plan.columns, options }, context);
  }
  const singles = countSingles(design, check);
  if (checked && !singles.every(isCounted)) return again();
  const start = startFromSingles(singles, context);
  const { engine, layout, levels, dropped } = crossedEngine(design, plan, check);
  return optimize(engine, layout, levels, dropped, { design, columns: plan.columns, options }, { ...context, start });
}

function isAllFinite(numbers: Float64Array): boolean {
  let zero = 0; // x − x is 0 unless x is NaN or infinite
  for (let i = 0; i < numbers.length; i++) zero += numbers[i]! - numbers[i]!;
  return zero === 0;
}

/** Whether what was counted is finite: a missing or infinite number, or a weight of 0 or less, shows here. */
function isCounted({ cross, sumLogWeights, levels }: NestedStatistics): boolean {
  return isAllFinite(cross) && Number.isFinite(sumLogWeights) && levels.every(({ products }) => isAllFinite(products));
}

/** The statistics of each factor alone. */
function countSingles(design: Design, check: () => void): NestedStatistics[] {
  return design.factors.map((factor) => {
    const alone = { ...design, factors: [factor] };
    return countNested(alone, planLayout(alone), { order: [0], parents: [null] }, check);
  });
}

/**
 * Where the search of a crossed model begins: each factor is fitted alone, which costs next to nothing, and what the
 * others then leave in its residual is taken out. By factor, its θ relative to the residual that all of them leave.
 */
function startFromSingles(
  statistics: readonly NestedStatistics[],
  context: FitContext,
): ReadonlyMap<string, Float64Array> {
  const singles = statistics.map((alone) => {
    try {
      const { engine, theta, at, levels, places } = internalsOf(fitNested(alone, null, null, context));
      const zero = lambdaOf(levels, places, new Float64Array(theta.length));
      return {
        name: levels[0]!.name,
        theta,
        residual: at.residual,
        none: engine.evaluate(zero)?.residual ?? at.residual,
      };
    } catch (error) {
      if (error instanceof NumericsFault && error.code !== "STOPPED") return null;
      throw error;
    }
  });
  const start = new Map<string, Float64Array>();
  const known = singles.filter((single) => single !== null);
  if (known.length < singles.length) return start;
  const least = Math.min(...known.map(({ residual }) => residual));
  const none = Math.max(...known.map((single) => single.none));
  const left = known.reduce((sum, { residual }) => sum - (none - residual), none);
  for (const { name, theta, residual } of known) {
    const ratio = Math.sqrt(residual / Math.max(left, 0.1 * least));
    start.set(
      name,
      theta.map((value) => value * ratio),
    );
  }
  return start;
}

export interface FitContext {
  readonly formula: string;
  readonly missing: MissingRows;
  readonly options: FitOptions;
  readonly started: number;
  readonly check: () => void;
  /** by factor; where the search begins, if something is known */
  readonly start?: ReadonlyMap<string, Float64Array>;
}

/** Fits from the statistics of a nested design. */
export function fitNested(
  full: NestedStatistics,
  codes: readonly Int32Array[] | null,
  source: FitInternals["source"],
  context: FitContext,
): MixedFit {
  const { p } = full.layout;
  const kept = independentColumns(full.cross, p + 1, p);
  const dropped = full.layout.names.slice(0, p).filter((_, j) => !kept.includes(j));
  const statistics = dropped.length > 0 ? keepColumns(full, kept) : full;
  const levels = statistics.levels.map((level, l) => ({
    name: level.name,
    size: level.size,
    q: level.zIndex.length,
    zIndex: level.zIndex,
    zNames: level.zNames,
    blocks: level.blocks,
    levelName: level.levelName,
    codes: codes?.[l] ?? null,
  }));
  checkOutcome(statistics.cross, p - dropped.length, statistics.layout);
  return optimize(nestedEngine(statistics, context.check), statistics.layout, levels, dropped, source, context);
}

/** Longest step in one θ: Λ is relative to the residual, where 2 is already a large effect. */
const MAX_STEP = 2;
/** Steps of scoring by D before the search by θ; each should gain more than a unit of −2 log L. */
const SCORING_STEPS = 3;
/** Groups that differ this many times as much as rows do leave no digit of the residual in doubles. */
const MAX_THETA = 1e6;

function optimize(
  solver: Engine,
  layout: Layout,
  levels: readonly ModelLevel[],
  dropped: readonly string[],
  source: FitInternals["source"],
  context: FitContext,
): MixedFit {
  const { options, check } = context;
  let evaluations = 0;
  const engine = remembering({
    ...solver,
    evaluate(lambda) {
      evaluations++;
      return solver.evaluate(lambda);
    },
  });
  const method = options.method ?? "REML";
  const places = thetaPlaces(levels);
  const nu = degreesOfFreedom(engine, method);
  if (nu <= places.length) {
    throw new NumericsFault("MODEL_NOT_IDENTIFIED", {
      problem: `${engine.rows} rows are not enough for ${engine.p} fixed effects and ${places.length} variance parameters`,
      rule: "too-few-rows",
      named: { rows: engine.rows, fixed: engine.p, variances: places.length },
    });
  }
  const objective = (theta: Float64Array): ReturnType<typeof evaluateTheta> => {
    check();
    return evaluateTheta(engine, method, levels, places, theta);
  };
  const limit = options.maxEvaluations ?? 500;
  let iterations = 0;
  /** Searches over some of the θ from a start, the others held where they are. */
  const search = (start: Float64Array, free: readonly number[]): OptimumReport => {
    const whole = (x: Float64Array): Float64Array => {
      const theta = start.slice();
      free.forEach((i, at) => {
        theta[i] = x[at]!;
      });
      return theta;
    };
    const next = minimize(
      (x) => {
        const here = objective(whole(x));
        if (here === undefined || free.length === start.length) return here;
        const { value, gradient, hessian } = here;
        return {
          value,
          gradient: Float64Array.from(free, (i) => gradient[i]!),
          ...(hessian && {
            hessian: Float64Array.from(free.flatMap((i) => free.map((j) => hessian[i * start.length + j]!))),
          }),
        };
      },
      Float64Array.from(free, (i) => start[i]!),
      {
        maxEvaluations: limit - evaluations,
        tolerance: engine.tolerance,
        freshHessians: 6,
        maxStep: MAX_STEP,
      },
    );
    iterations += next.iterations;
    return { ...next, x: whole(next.x) };
  };
  const all = places.map((_, i) => i);
  let start = startOf(places, levels, context.start);
  let startValue = objective(start)?.value ?? Infinity;
  for (let step = 0; step < SCORING_STEPS; step++) {
    if (evaluations >= limit) break;
    const next = scoringStep(engine, method, levels, places, start);
    const value = next && objective(next)?.value;
    if (next === undefined || value === undefined || value >= startValue) break;
    const gain = startValue - value;
    start = next;
    startValue = value;
    if (gain < 1) break;
  }
  let found = search(start, all);
  for (let round = 0; round < 5; round++) {
    if (evaluations >= limit) break;
    const lower = lowerRank(engine, method, levels, places, found.x);
    if (lower) {
      const next = search(lower.theta, lower.free);
      if (next.value <= found.value + 1e-10) found = next;
    }
    const away = escape(engine, method, levels, places, found.x);
    if (!away || evaluations >= limit) break;
    const next = search(away, all);
    if (next.value > found.value - 1e-9) break;
    found = next;
  }
  if (found.x.some((value) => Math.abs(value) > MAX_THETA)) {
    const name = layout.names[layout.p]!;
    throw new NumericsFault("DATA_INSUFFICIENT", {
      problem: `the groups explain the outcome "${name}" without any residual, so there is no variance to divide`,
      rule: "no-residual",
      named: { name },
    });
  }
  const theta = settle(found.x, levels, places, (candidate) => objective(candidate)?.value, found.value);
  const at = engine.evaluate(lambdaOf(levels, places, theta));
  if (!at)
    throw new NumericsFault("NOT_POSITIVE_DEFINITE", {
      pivot: 0,
      problem: "the model breaks down at its optimum; check the scales of the columns",
      rule: "breakdown",
    });
  return present(engine, layout, levels, places, theta, at, dropped, source, context, {
    ...found,
    evaluations,
    iterations,
  });
}

/** θ = 0 cannot be left downhill, so no search begins there. */
function startOf(
  places: readonly ThetaPlace[],
  levels: readonly ModelLevel[],
  known: ReadonlyMap<string, Float64Array> | undefined,
): Float64Array {
  const used = levels.map(() => 0);
  return Float64Array.from(places, ({ level, row, column }) => {
    const value = known?.get(levels[level]!.name)?.[used[level]!++];
    if (value === undefined) return row === column ? 0.5 : 0;
    return row === column ? Math.max(value, 0.05) : value;
  });
}

/**
 * At the edge of what is possible, where a direction of D has no variance, the lower triangle of full rank has flat
 * valleys. This returns the same model without the directions that have next to no variance and would lose by more, and
 * the θ that remain: the first columns of each triangle.
 */
function lowerRank(
  engine: Engine,
  method: Method,
  levels: readonly ModelLevel[],
  places: readonly ThetaPlace[],
  theta: Float64Array,
): { readonly theta: Float64Array; readonly free: readonly number[] } | undefined {
  const lambda = lambdaOf(levels, places, theta);
  const here = evaluateTheta(engine, method, levels, places, theta);
  if (!here) return undefined;
  const next = theta.slice();
  const fixed = new Set<number>();
  levels.forEach(({ q, blocks }, l) => {
    for (const block of blocks) {
      const k = block.length;
      const { values, vectors } = eigenSymmetric(blockCovariance(lambda[l]!, q, block), k);
      const kept: number[] = [];
      for (let e = 0; e < k; e++) {
        const v = vectors.subarray(e * k, e * k + k);
        let slope = 0;
        for (let i = 0; i < k; i++) {
          for (let j = 0; j < k; j++) slope += v[i]! * here.byCovariance[l]![block[i]! * q + block[j]!]! * v[j]!;
        }
        if (!(values[e]! < 1e-3 && slope > 0)) kept.push(e);
      }
      const rank = kept.length;
      if (rank === k) continue;
      // the columns √value · vector, turned until they are lower triangular
      const b = new Float64Array(k * rank);
      kept.forEach((e, c) => {
        for (let i = 0; i < k; i++) b[i * rank + c] = Math.sqrt(Math.max(0, values[e]!)) * vectors[e * k + i]!;
      });
      for (let i = 0; i < rank; i++) {
        for (let c = i + 1; c < rank; c++) {
          const length = Math.hypot(b[i * rank + i]!, b[i * rank + c]!);
          if (length === 0) continue;
          const cos = b[i * rank + i]! / length;
          const sin = b[i * rank + c]! / length;
          for (let r = 0; r < k; r++) {
            const left = b[r * rank + i]!;
            const right = b[r * rank + c]!;
            b[r * rank + i] = cos * left + sin * right;
            b[r * rank + c] = cos * right - sin * left;
          }
        }
      }
      places.forEach(({ level, row, column }, at) => {
        if (level !== l || !block.includes(row)) return;
        const c = block.indexOf(column);
        next[at] = c < rank ? b[block.indexOf(row) * rank + c]! : 0;
        if (c >= rank) fixed.add(at);
      });
    }
  });
  if (fixed.size === 0) return undefined;
  return { theta: next, free: places.map((_, i) => i).filter((i) => !fixed.has(i)) };
}

/**
 * θ = 0 is a stationary point by symmetry even when a variance should be positive, and a matrix of deficient rank has
 * such directions too. The derivative by D tells them apart; this returns a start that leaves the worst of them.
 */
function escape(
  engine: Engine,
  method: Method,
  levels: readonly ModelLevel[],
  places: readonly ThetaPlace[],
  theta: Float64Array,
): Float64Array | undefined {
  const lambda = lambdaOf(levels, places, theta);
  const here = evaluateTheta(engine, method, levels, places, theta);
  if (!here) return undefined;
  let hasLeft = false;
  const next = theta.slice();
  levels.forEach(({ q, blocks }, l) => {
    for (const block of blocks) {
      const k = block.length;
      const d = blockCovariance(lambda[l]!, q, block);
      const g = new Float64Array(k * k);
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) g[i * k + j] = here.byCovariance[l]![block[i]! * q + block[j]!]!;
      }
      const spectrum = eigenSymmetric(d, k);
      const free: Float64Array[] = [];
      for (let e = 0; e < k; e++) if (spectrum.values[e]! < 1e-7) free.push(spectrum.vectors.slice(e * k, e * k + k));
      if (free.length === 0) continue;
      const projected = new Float64Array(free.length ** 2);
      free.forEach((v, a) =>
        free.forEach((w, b) => {
          for (let i = 0; i < k; i++)
            for (let j = 0; j < k; j++) projected[a * free.length + b]! += v[i]! * g[i * k + j]! * w[j]!;
        }),
      );
      const downhill = eigenSymmetric(projected, free.length);
      // a slope in D per group; below this the gain is under 1e-9 of −2 log-likelihood
      if (downhill.values[0]! > -1e-4 * Math.sqrt(levels[l]!.size)) continue;
      const direction = new Float64Array(k);
      free.forEach((v, a) =>
        v.forEach((value, i) => {
          direction[i]! += value * downhill.vectors[a]!;
        }),
      );
      for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) d[i * k + j]! += 0.01 * direction[i]! * direction[j]!;
      const root = lowerRoot(d, k);
      places.forEach((place, at) => {
        if (place.level !== l || !block.includes(place.row)) return;
        next[at] = root[block.indexOf(place.row) * k + block.indexOf(place.column)]!;
      });
      hasLeft = true;
    }
  });
  return hasLeft ? next : undefined;
}

/** Signs so that diagonals are not negative; variances that are zero to the precision of the optimum become 0. */
function settle(
  theta: Float64Array,
  levels: readonly ModelLevel[],
  places: readonly ThetaPlace[],
  valueAt: (theta: Float64Array) => number | undefined,
  value: number,
): Float64Array {
  const signed = theta.slice();
  places.forEach(({ level, row, column }, i) => {
    if (row !== column || theta[i]! >= 0) return;
    places.forEach((other, j) => {
      if (other.level === level && other.column === column) signed[j] = -signed[j]!;
    });
  });
  const cut = signed.slice();
  let hasCut = false;
  levels.forEach((level, l) => {
    for (const block of level.blocks) {
      const own = places
        .map((place, i) => ({ ...place, i }))
        .filter((place) => place.level === l && block.includes(place.row));
      for (const row of block) {
        const entries = own.filter((place) => place.row === row);
        const length = Math.hypot(...entries.map(({ i }) => signed[i]!));
        for (const { i } of entries) {
          if (signed[i] !== 0 && (length < 1e-3 || Math.abs(signed[i]!) < 1e-5 * length)) {
            cut[i] = 0;
            hasCut = true;
          }
        }
      }
    }
  });
  if (!hasCut) return signed;
  const after = valueAt(cut);
  return after !== undefined && after <= value + 1e-9 ? cut : signed;
}

function present(
  engine: Engine,
  layout: Layout,
  levels: readonly ModelLevel[],
  places: readonly ThetaPlace[],
  theta: Float64Array,
  at: Evaluation,
  dropped: readonly string[],
  source: FitInternals["source"],
  context: FitContext,
  found: OptimumReport,
): MixedFit {
  const { options } = context;
  const method = options.method ?? "REML";
  const { p } = layout;
  const nu = degreesOfFreedom(engine, method);
  const scaleY = layout.scale[p]!;
  const sigma = Math.sqrt(at.residual / nu) / scaleY;

  // β = T β_W + shift: undo scale and origin
  const inverse = inverseFromFactor(at.factorX, p);
  const t = new Float64Array(p * p);
  for (let j = 0; j < p; j++) t[j * p + j] = layout.scale[j]! / scaleY;
  if (layout.isCentered) for (let j = 1; j < p; j++) t[j] = (-layout.origin[j]! * layout.scale[j]!) / scaleY;
  const beta = new Float64Array(p);
  const covariance: number[][] = [];
  const sigmaW2 = at.residual / nu;
  const tv = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let r = 0; r < p; r++) {
      const weight = t[i * p + r]!;
      if (weight === 0) continue;
      beta[i]! += weight * at.beta[r]!;
      for (let j = 0; j < p; j++) tv[i * p + j]! += weight * inverse[r * p + j]!;
    }
  }
  if (layout.isCentered) beta[0]! += layout.origin[p]!;
  for (let i = 0; i < p; i++) {
    const row: number[] = [];
    for (let j = 0; j < p; j++) {
      let sum = 0;
      for (let r = 0; r < p; r++) sum += tv[i * p + r]! * t[j * p + r]!;
      row.push(sum * sigmaW2);
    }
    covariance.push(row);
  }

  const lambda = lambdaOf(levels, places, theta);
  const random: RandomEffect[] = [];
  const vague: { group: string; names: readonly string[] }[] = [];
  const smallest: { group: string; names: readonly string[]; value: number }[] = [];
  levels.forEach((level, l) => {
    const { q } = level;
    const d = covarianceInUnits(lambda[l]!, q, effectTransform(layout, level), sigmaW2);
    for (const block of level.blocks) {
      const matrix = block.map((i) => block.map((j) => d[i * q + j]!));
      const sd = matrix.map((row, i) => Math.sqrt(Math.max(0, row[i]!)));
      const names = block.map((i) => level.zNames[i]!);
      random.push({
        group: level.name,
        names,
        sd,
        variance: sd.map((value) => value * value),
        covariance: matrix,
        corr: matrix.map((row, i) =>
          row.map((value, j) => (i === j ? 1 : sd[i]! > 0 && sd[j]! > 0 ? clamp(value / (sd[i]! * sd[j]!)) : null)),
        ),
      });
      const k = block.length;
      const entries = places.filter((place) => place.level === l && block.includes(place.row));
      // below rounding; the information of more than three effects is not kept in full
      if (k > 1 && q <= 3 && leastInformation(engine, method, levels, entries) < 1e-10) {
        vague.push({ group: level.name, names });
      }
      const spectrum = eigenSymmetric(blockCovariance(lambda[l]!, q, block), k);
      // θ below 1e-4, as lme4's isSingular
      if (spectrum.values[0]! < 1e-8) smallest.push({ group: level.name, names, value: spectrum.values[k - 1]! });
    }
  });

  // deviance in the outcome's own unit; REML also in the columns' own units
  let criterion = devianceOf(engine, method, at) - 2 * nu * Math.log(scaleY);
  if (method === "REML") for (let j = 0; j < p; j++) criterion -= 2 * Math.log(layout.scale[j]!);
  const parameters = p + places.length + 1;
  const notes: FitNote[] = [];
  for (const { group, names } of vague) {
    const text = `The data cannot tell all variances and covariances of ${names.join(", ")} between ${group} apart, for example because no ${group} shows two of them; the criterion is right, single values are arbitrary.`;
    notes.push({ kind: "not-identified", group, names, text });
  }
  for (const { group, names, value } of smallest) {
    const list = names.join(", ");
    notes.push(
      value < 1e-8
        ? {
            kind: "zero-variance",
            group,
            names,
            text: `The variance of ${list} between ${group} is estimated as zero: the data show no such differences beyond chance.`,
          }
        : {
            kind: "perfect-correlation",
            group,
            names,
            text: `The effects (${list}) of ${group} are estimated as perfectly correlated: the data do not support all of them; a simpler random term gives the same fit.`,
          },
    );
  }
  if (dropped.length > 0) {
    const text = `Left out because they follow from the other columns: ${dropped.join(", ")}.`;
    notes.push({ kind: "dropped", names: dropped, text });
  }
  const { missing } = context;
  if (missing.rows > 0) {
    const by = Object.entries(missing.byColumn).map(([name, rows]) => `${name} ${rows}`);
    notes.push({
      kind: "missing",
      rows: missing.rows,
      names: by,
      text: `${missing.rows} rows without a value in every column are left out (${by.join(", ")}).`,
    });
  }
  if (!found.isConverged) {
    const text = `The search stopped before the optimum was certain: ${found.stopReason}.`;
    notes.push({ kind: "not-converged", text });
  }

  const fit: MixedFit = Object.freeze({
    formula: context.formula,
    method,
    nobs: engine.rows,
    groups: Object.fromEntries(levels.map(({ name, size }) => [name, size])),
    missing,
    fixed: Array.from(beta, (estimate, i) => ({
      name: layout.names[i]!,
      estimate,
      se: Math.sqrt(Math.max(0, covariance[i]![i]!)),
    })),
    fixedCovariance: covariance,
    dropped,
    random,
    sigma,
    criterion,
    logLik: -criterion / 2,
    aic: criterion + 2 * parameters,
    bic: criterion + parameters * Math.log(engine.rows),
    parameters,
    isSingular: smallest.length > 0,
    notes,
    report: {
      converged: found.isConverged,
      stopReason: found.stopReason,
      evaluations: found.evaluations,
      iterations: found.iterations,
      seconds: (performance.now() - context.started) / 1000,
      promisedDecrease: found.promisedDecrease,
    },
  });
  internals.set(fit, { engine, layout, levels, places, theta, method, at, source });
  return fit;
}

/** A correlation within ±1; what differs from ±1 by rounding only is ±1. */
function clamp(r: number): number {
  return Math.abs(r) > 1 - 1e-15 ? Math.sign(r) : r;
}

/** [q × q] T with u = T u_W: undoes scale and origin of the columns of Z. */
export function effectTransform(layout: Layout, level: ModelLevel): Float64Array {
  const { q, zIndex } = level;
  const t = new Float64Array(q * q);
  const scaleY = layout.scale[layout.p]!;
  for (const block of level.blocks) {
    const intercept = block.find((k) => level.zNames[k] === "(Intercept)");
    for (const k of block) {
      const z = zIndex[k]!;
      t[k * q + k] = layout.scale[z]! / scaleY;
      if (intercept !== undefined && k !== intercept)
        t[intercept * q + k] = (-layout.origin[z]! * layout.scale[z]!) / scaleY;
    }
  }
  return t;
}

/** T Λ Λᵀ Tᵀ · factor */
function covarianceInUnits(lambda: Float64Array, q: number, t: Float64Array, factor: number): Float64Array {
  const root = new Float64Array(q * q);
  for (let i = 0; i < q; i++) {
    for (let j = 0; j < q; j++) for (let r = 0; r < q; r++) root[i * q + j]! += t[i * q + r]! * lambda[r * q + j]!;
  }
  const d = new Float64Array(q * q);
  for (let i = 0; i < q; i++) {
    for (let j = 0; j < q; j++) {
      for (let r = 0; r < q; r++) d[i * q + j]! += root[i * q + r]! * root[j * q + r]!;
      d[i * q + j]! *= factor;
    }
  }
  return d;
}

/** The estimated effects of every factor's groups, with their standard errors. Computed once per fit. */
export function groupEffects(fit: MixedFit): readonly GroupEffects[] {
  const known = effectsOf.get(fit);
  if (known) return known;
  const { engine, layout, levels, places, theta, at } = internalsOf(fit);
  const lambda = lambdaOf(levels, places, theta);
  engine.evaluate(lambda);
  const raw = engine.effects();
  const sigmaW2 = at.residual / degreesOfFreedom(engine, fit.method);
  const result = levels.map((level, l): GroupEffects => {
    const { q, size } = level;
    const t = effectTransform(layout, level);
    const marginal = covarianceInUnits(lambda[l]!, q, t, sigmaW2);
    const { modes, conditional, prediction } = raw[l]!;
    const out: GroupEffects = {
      group: level.name,
      names: level.zNames,
      size,
      levelName: level.levelName,
      modes: new Float64Array(size * q),
      comparativeSe: new Float64Array(size * q),
      predictionSe: new Float64Array(size * q),
      diagnosticSe: new Float64Array(size * q),
      conditionalCovariance: new Float64Array(size * q * q),
    };
    for (let g = 0; g < size; g++) {
      for (let i = 0; i < q; i++) {
        let mode = 0;
        for (let r = 0; r < q; r++) mode += t[i * q + r]! * modes[g * q + r]!;
        out.modes[g * q + i] = mode;
        for (let j = 0; j < q; j++) {
          let c = 0;
          let e = 0;
          for (let r = 0; r < q; r++) {
            for (let s = 0; s < q; s++) {
              const weight = t[i * q + r]! * t[j * q + s]!;
              if (weight === 0) continue;
              c += weight * conditional[(g * q + r) * q + s]!;
              e += weight * prediction[(g * q + r) * q + s]!;
            }
          }
          out.conditionalCovariance[(g * q + i) * q + j] = c * sigmaW2;
          if (i !== j) continue;
          out.comparativeSe[g * q + i] = Math.sqrt(Math.max(0, c * sigmaW2));
          out.predictionSe[g * q + i] = Math.sqrt(Math.max(0, e * sigmaW2));
          out.diagnosticSe[g * q + i] = Math.sqrt(Math.max(0, marginal[i * q + i]! - e * sigmaW2));
        }
      }
    }
    return out;
  });
  effectsOf.set(fit, result);
  return result;
}
