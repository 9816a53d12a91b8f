import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumericsFault } from "../fault.ts";
import { seededRandom } from "../random.ts";
import type { QuantileFit } from "./fit.ts";
import { fitQuantiles } from "./fit.ts";
import { growthPercentiles } from "./percentile.ts";
import { codeColumn, collapseRows } from "./rows.ts";
import { solveQuantiles } from "./simplex.ts";
import { conventionalKnots, quantileOfSorted, roundDecimals, splineTerm } from "./spline.ts";

interface Cohort {
  readonly current: Float64Array;
  readonly priors: readonly Float64Array[];
}

function draw(seed: number, rows: number, priors: number, scale: (z: number) => number): Cohort {
  const random = seededRandom(seed);
  const columns = Array.from({ length: priors + 1 }, () => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    const ability = random.normal();
    for (const column of columns) column[i] = scale(0.9 * ability + 0.45 * random.normal());
  }
  return { current: columns[0]!, priors: columns.slice(1) };
}

const whole = (z: number): number => Math.round(500 + 75 * z);

/** The design as a plain matrix. @returns [n][p] */
function matrixOf(fit: QuantileFit, priors: readonly Float64Array[]): readonly Float64Array[] {
  const p = fit.coefficients.length / fit.taus.length;
  return Array.from(priors[0]!, (_, i) => {
    const row = new Float64Array(p);
    row[0] = 1;
    let start = 1;
    priors.forEach((prior, k) => {
      const { width, first, values } = splineTerm(Float64Array.of(prior[i]!), fit.knots[k]!, "prior");
      for (let f = 0; f < 4; f++) if (first[0]! + f > 0) row[start + first[0]! + f - 1] = values[f]!;
      start += width;
    });
    return row;
  });
}

/** Solves A x = b by elimination with row exchange. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const work = a.map((row, i) => [...row, b[i]!]);
  const n = b.length;
  for (let c = 0; c < n; c++) {
    const best = work.slice(c).reduce((at, row, i) => (Math.abs(row[c]!) > Math.abs(work[at]![c]!) ? c + i : at), c);
    [work[c], work[best]] = [work[best]!, work[c]!];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = work[r]![c]! / work[c]![c]!;
      for (let k = c; k <= n; k++) work[r]![k]! -= factor * work[c]![k]!;
    }
  }
  return work.map((row, i) => row[n]! / row[i]!);
}

/**
 * The dual certificate, from the data and the coefficients alone. With aᵢ = τ above the fit and τ − 1 below it, the rows
 * on the fit need weights ξ in [τ − 1, τ] such that Σ aᵢxᵢ + Σ ξⱼxⱼ = 0. Then Σ aᵢyᵢ + Σ ξⱼyⱼ is a lower bound of the
 * objective.
 *
 * @returns how far ξ leaves its interval at most, and the bound
 */
function certificate(fit: QuantileFit, t: number, { current, priors }: Cohort, x: readonly Float64Array[]) {
  const tau = fit.taus[t]!;
  const p = x[0]!.length;
  const q = fit.basis.length / fit.taus.length;
  const kept = Array.from({ length: p }, (_, c) => c).filter((c) => !fit.dropped.includes(c));
  const keyOf = (i: number): string => [current[i]!, ...priors.map((prior) => prior[i]!)].join();
  const basis = [...fit.basis.slice(t * q, (t + 1) * q)];
  const copies = new Map(basis.map((row) => [keyOf(row), 0]));
  const pull = new Float64Array(p);
  let bound = 0;
  for (let i = 0; i < current.length; i++) {
    const key = keyOf(i);
    if (copies.has(key)) {
      copies.set(key, copies.get(key)! + 1);
      continue;
    }
    let fitted = 0;
    for (let c = 0; c < p; c++) fitted += x[i]![c]! * fit.coefficients[t * p + c]!;
    const a = current[i]! < fitted ? tau - 1 : tau;
    bound += a * current[i]!;
    for (let c = 0; c < p; c++) pull[c]! += a * x[i]![c]!;
  }
  const matrix = kept.map((c) => basis.map((row) => x[row]![c]!));
  const xi = solve(
    matrix,
    kept.map((c) => -pull[c]!),
  );
  let outside = 0;
  xi.forEach((value, j) => {
    const weight = copies.get(keyOf(basis[j]!))!;
    outside = Math.max(outside, value / weight - tau, tau - 1 - value / weight);
    bound += value * current[basis[j]!]!;
  });
  return { outside, bound };
}

describe("the exact optimum", () => {
  it.each([
    ["whole scores, one prior", draw(1, 1500, 1, whole)],
    ["continuous scores, two priors", draw(2, 1200, 2, (z) => z)],
    ["whole scores, three priors", draw(3, 1200, 3, whole)],
  ])("carries a dual certificate: %s", (_, cohort) => {
    const fit = fitQuantiles(cohort.current, cohort.priors);
    const x = matrixOf(fit, cohort.priors);
    for (let t = 0; t < 100; t += 3) {
      const { outside, bound } = certificate(fit, t, cohort, x);
      expect(outside).toBeLessThan(1e-7);
      // no feasible dual solution lies above the optimum
      expect(Math.abs(fit.objective[t]! / bound - 1)).toBeLessThan(1e-9);
    }
    expect(fit.report.rescues).toBe(0);
  });

  it("is no worse than any neighbour", () => {
    const cohort = draw(4, 800, 1, whole);
    const fit = fitQuantiles(cohort.current, cohort.priors);
    const x = matrixOf(fit, cohort.priors);
    const random = seededRandom(5);
    const [t, p] = [70, x[0]!.length];
    const objectiveAt = (beta: readonly number[]): number =>
      x.reduce((sum, row, i) => {
        const r = cohort.current[i]! - row.reduce((total, value, c) => total + value * beta[c]!, 0);
        return sum + r * (fit.taus[t]! - (r < 0 ? 1 : 0));
      }, 0);
    const beta = [...fit.coefficients.slice(t * p, (t + 1) * p)];
    expect(objectiveAt(beta)).toBeCloseTo(fit.objective[t]!, 7);
    for (const size of [1e-3, 0.1, 5]) {
      for (let trial = 0; trial < 40; trial++) {
        const moved = beta.map((value) => value + size * random.normal());
        expect(objectiveAt(moved)).toBeGreaterThan(fit.objective[t]! - 1e-9);
      }
    }
  });

  it("is found again by the careful method when the swift one may not finish", () => {
    const { current, priors } = draw(6, 700, 2, (z) => Math.round(20 + 5 * z));
    const columns = [...priors, current].map((values) => codeColumn(values));
    const { codes, weight } = collapseRows(columns);
    const terms = priors.map((prior, k) => splineTerm(columns[k]!.levels, conventionalKnots(prior)!, "prior"));
    const y = Float64Array.from(codes[2]!, (code) => columns[2]!.levels[code]!);
    const rows = { terms, codes: codes.slice(0, 2), y, weight };
    const taus = [0.005, 0.25, 0.5, 0.995];
    const watch = (): void => undefined;
    const swift = solveQuantiles(rows, taus, { watch });
    const careful = solveQuantiles(rows, taus, { watch, pivotLimit: 0 });
    expect(swift.rescues).toBe(0);
    expect(careful.rescues).toBe(4);
    taus.forEach((_, t) => expect(careful.objective[t]! / swift.objective[t]!).toBeCloseTo(1, 11));
  });
});

describe("properties", () => {
  const cohort = draw(7, 900, 2, (z) => Math.round(60 + 12 * z));
  const plain = growthPercentiles(cohort);

  it("does not depend on the order of the rows", () => {
    const order = Array.from({ length: 900 }, (_, i) => (i * 577) % 900);
    const shuffled = (values: Float64Array): Float64Array => Float64Array.from(order, (i) => values[i]!);
    const again = growthPercentiles({ current: shuffled(cohort.current), priors: cohort.priors.map(shuffled) });
    expect([...again.percentiles]).toEqual(order.map((i) => plain.percentiles[i]!));
  });

  it("does not change when scores are shifted and scaled", () => {
    const change = (values: Float64Array): Float64Array => values.map((value) => 8 * value + 1000);
    const again = growthPercentiles({ current: change(cohort.current), priors: cohort.priors.map(change) });
    expect(again.percentiles).toEqual(plain.percentiles);
  });

  it("gives the same for doubled rows of half the weight, and for whole weights as for copies", () => {
    const twice = (values: Float64Array): Float64Array => Float64Array.from([...values, ...values]);
    const halves = fitQuantiles(twice(cohort.current), cohort.priors.map(twice), {
      weights: new Float64Array(1800).fill(0.5),
    });
    const once = fitQuantiles(cohort.current, cohort.priors);
    once.objective.forEach((value, t) => expect(halves.objective[t]! / value).toBeCloseTo(1, 11));
    const weights = Float64Array.from({ length: 900 }, (_, i) => i % 3);
    const copies = (values: Float64Array): Float64Array =>
      Float64Array.from([...values].flatMap((value, i) => new Array<number>(i % 3).fill(value)));
    const weighted = fitQuantiles(cohort.current, cohort.priors, { weights, knots: once.knots });
    const copied = fitQuantiles(copies(cohort.current), cohort.priors.map(copies), { knots: once.knots });
    copied.objective.forEach((value, t) => expect(weighted.objective[t]! / value).toBeCloseTo(1, 11));
    expect(weighted.leftOut).toBe(300);
  });

  it("can be divided among workers by quantiles", () => {
    const whole = fitQuantiles(cohort.current, cohort.priors);
    const upper = fitQuantiles(cohort.current, cohort.priors, { taus: whole.taus.slice(50) });
    upper.objective.forEach((value, t) => expect(value / whole.objective[50 + t]!).toBeCloseTo(1, 12));
  });

  it("lets the percentile rise with the score among pupils of one start", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 60, max: 400 }), (seed, rows) => {
        const small = draw(seed, rows, 1, (z) => Math.round(10 + 2 * z));
        if (new Set(small.priors[0]).size < 2 || new Set(small.current).size < 2) return;
        const { percentiles } = growthPercentiles(small);
        const byStart = Map.groupBy(percentiles.keys(), (i) => small.priors[0]![i]!);
        for (const pupils of byStart.values()) {
          const ordered = pupils.toSorted((a, b) => small.current[a]! - small.current[b]!);
          for (let i = 1; i < ordered.length; i++) {
            expect(percentiles[ordered[i]!]!).toBeGreaterThanOrEqual(percentiles[ordered[i - 1]!]!);
          }
        }
        expect(Math.min(...percentiles)).toBeGreaterThanOrEqual(1);
        expect(Math.max(...percentiles)).toBeLessThanOrEqual(99);
      }),
      { numRuns: 25 },
    );
  });
});

describe("bad input", () => {
  const { current, priors } = draw(8, 400, 2, whole);
  const prior = priors[0]!;
  const refusal = (run: () => unknown): NumericsFault => {
    try {
      run();
    } catch (error) {
      if (error instanceof NumericsFault) return error;
      throw error;
    }
    throw new Error("it was not refused");
  };

  it("is refused with its reason", () => {
    expect(refusal(() => growthPercentiles({ current, priors: [] })).code).toBe("OPTION_INVALID");
    const empty = new Float64Array(0);
    expect(refusal(() => growthPercentiles({ current: empty, priors: [empty] })).fields.rule).toBe("no-rows");
    const missing = new Float64Array(400).fill(Number.NaN);
    expect(refusal(() => growthPercentiles({ current, priors: [missing] })).fields.rule).toBe("no-complete-row");
    const same = new Float64Array(400).fill(7);
    expect(refusal(() => growthPercentiles({ current, priors: [prior, same] })).fields.rule).toBe("one-value");
    expect(refusal(() => growthPercentiles({ current: same, priors })).fields.rule).toBe("constant-outcome");
    const infinite = prior.with(3, -Infinity);
    expect(refusal(() => growthPercentiles({ current, priors: [infinite] })).fields.named).toMatchObject({ row: 4 });
    const few = refusal(() => growthPercentiles({ current: current.slice(0, 7), priors: [prior.slice(0, 7)] }));
    expect(few.fields.rule).toBe("too-few-rows");
    expect(refusal(() => growthPercentiles({ current, priors: [prior.slice(1)] })).code).toBe("COLUMN_INVALID");
    const outside = [{ knots: [1, 2], boundaries: [5, 9] as const }];
    expect(refusal(() => growthPercentiles({ current, priors: [prior] }, { knots: outside })).code).toBe(
      "COLUMN_INVALID",
    );
    expect(refusal(() => fitQuantiles(current, priors, { taus: [0.5, 0.5] })).code).toBe("OPTION_INVALID");
    expect(refusal(() => fitQuantiles(current, priors, { weights: new Float64Array(400).fill(-1) })).code).toBe(
      "OPTION_INVALID",
    );
  });

  it("stops at the time limit and when cancelled", () => {
    const late = refusal(() => growthPercentiles({ current, priors }, { timeLimitSeconds: 0 }));
    expect(late.fields).toMatchObject({ reason: "time limit" });
    const cancelled = refusal(() => growthPercentiles({ current, priors }, { signal: { aborted: true } }));
    expect(cancelled.fields).toMatchObject({ reason: "cancelled" });
  });

  const sound = (cohort: Cohort): ReturnType<typeof growthPercentiles> => {
    const result = growthPercentiles(cohort, { timeLimitSeconds: 30 });
    expect(result.fit.coefficients.every((value) => Number.isFinite(value))).toBe(true);
    result.fit.objective.forEach((value, t) => expect(result.fit.gap[t]!).toBeLessThanOrEqual(1e-9 * value + 1e-12));
    return result;
  };

  it("gives a sound result on few levels, where a spline cannot be told apart in all columns", () => {
    const levels = draw(9, 600, 2, (z) => Math.max(1, Math.min(5, Math.round(3 + z))));
    const { notes, percentiles } = sound(levels);
    expect(notes.map(({ code }) => code)).toContain("COLUMNS_DROPPED");
    expect(new Set(percentiles).size).toBeGreaterThan(3);
    // two values only: the groups' own quantiles
    const binary = draw(10, 200, 1, (z) => (z > 0 ? 1 : 0));
    sound({ current: draw(10, 200, 1, whole).current, priors: binary.priors });
  });

  it("leaves a second copy of a prior without effect", () => {
    const once = sound({ current, priors: [prior] });
    const twice = sound({ current, priors: [prior, prior.map((value) => 2 * value)] });
    expect(twice.percentiles).toEqual(once.percentiles);
  });

  it("keeps the percentiles on scales of large and small numbers", () => {
    const once = sound({ current, priors });
    for (const factor of [1e9, 2 ** -20]) {
      const scaled = (values: Float64Array): Float64Array => values.map((value) => value * factor);
      const again = sound({ current: scaled(current), priors: priors.map(scaled) });
      // knots rounded to other decimals move a few pupils by one
      const apart = [...again.percentiles].map((value, i) => Math.abs(value - once.percentiles[i]!));
      expect(Math.max(...apart)).toBeLessThanOrEqual(1);
      expect(apart.filter((one) => one > 0).length).toBeLessThan(10);
    }
  });

  it("counts rows without all scores as left out", () => {
    const result = sound({ current: current.with(0, Number.NaN), priors: [prior.with(1, Number.NaN)] });
    expect([result.used, result.leftOut]).toEqual([398, 2]);
    expect([...result.percentiles.slice(0, 2)]).toEqual([0, 0]);
  });

  it("takes one far outlier, and equal pupils, without harm", () => {
    sound({ current: current.with(5, 1e7), priors: [prior.with(5, 1e6)] });
    sound({ current: current.with(5, 1e12), priors: [prior] });
    const copied = (values: Float64Array): Float64Array => values.map((_, i) => values[i % 50]!);
    sound({ current: copied(current), priors: [copied(prior)] });
  });

  it("notes what a reader must know", () => {
    const plain = draw(11, 1500, 1, whole);
    expect(sound(plain).notes).toEqual([]);
    const limited = { ...plain, current: plain.current.map((value) => Math.min(530, value)) };
    expect(sound(limited).notes.map(({ code }) => code)).toEqual(["SCORE_LIMIT"]);
    const narrow = [{ knots: [480, 500, 520, 540], boundaries: [400, 600] as const }];
    const outside = growthPercentiles(draw(12, 1500, 1, whole), { knots: narrow });
    expect(outside.notes.map(({ code }) => code)).toEqual(["OUTSIDE_BOUNDARIES"]);
  });
});

describe("conventions", () => {
  it("rounds as R does", () => {
    // R 4.2.2: round(0.15, 1), round(2.5), round(-2.5), round(0.285, 2), round(1.005, 2), round(5.015, 2), round(-1.55, 1)
    const rounded = [
      [0.15, 1, 0.1],
      [2.5, 0, 2],
      [-2.5, 0, -2],
      [0.285, 2, 0.28],
      [1.005, 2, 1],
      [5.015, 2, 5.02],
      [-1.55, 1, -1.6],
    ] as const;
    for (const [x, decimals, expected] of rounded) expect(roundDecimals(x, decimals)).toBe(expected);
  });

  it("takes type-7 quantiles", () => {
    const sorted = Float64Array.of(1, 2, 4, 8, 16, 32);
    expect([0, 0.2, 0.4, 0.5, 1].map((share) => quantileOfSorted(sorted, share))).toEqual([1, 2, 4, 6, 32]);
  });
});
