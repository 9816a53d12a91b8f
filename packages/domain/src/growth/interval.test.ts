/** Holds the coarse grid of the engine to a fine one, on the parallel experiments of Rubin (1981) and on repeated years. */
import { describe, expect, test } from "vitest";
import type { DirectEstimate } from "./interval.ts";
import { shrinkEstimates, spreadWithin } from "./interval.ts";

/** The eight schools: estimate and standard error of each. */
const eight: readonly DirectEstimate[] = [
  [28, 15],
  [8, 10],
  [-3, 16],
  [7, 11],
  [-1, 9],
  [1, 11],
  [18, 10],
  [12, 18],
].map(([estimate, se]) => ({ estimate: estimate!, variance: se! * se! }));

/** Mean and log weight of one level at a spread, written out plainly. */
function level(units: readonly DirectEstimate[], spread: number): { mean: number; variance: number; log: number } {
  const totals = units.map(({ variance }) => variance + spread ** 2);
  const precision = totals.reduce((sum, total) => sum + 1 / total, 0);
  const mean = units.reduce((sum, { estimate }, at) => sum + estimate / totals[at]!, 0) / precision;
  let log = -0.5 * Math.log(precision);
  units.forEach(({ estimate }, at) => {
    log -= 0.5 * Math.log(totals[at]!) + (estimate - mean) ** 2 / (2 * totals[at]!);
  });
  return { mean, variance: 1 / precision, log };
}

/** Posterior means of u and of τ by brute force: both spreads on a fine even grid. */
function bruteForce(
  units: readonly (readonly DirectEstimate[])[],
  top: number,
  cells: number,
  hasYears: boolean,
): { values: number[]; tau: number } {
  const grid = Array.from({ length: cells }, (_, k) => ((k + 0.5) * top) / cells);
  const values = units.map(() => 0);
  let tauSum = 0;
  let total = 0;
  for (const omega of hasYears ? grid : [0]) {
    const own = units.map((parts) => level(parts, omega));
    const yearLog = own.reduce((sum, { log }) => sum + log, 0);
    const direct = own.map(({ mean, variance }) => ({ estimate: mean, variance }));
    for (const tau of grid) {
      const { mean, log } = level(direct, tau);
      const weight = Math.exp(yearLog + log);
      total += weight;
      tauSum += weight * tau;
      direct.forEach(({ estimate, variance }, at) => {
        values[at]! += (weight * (estimate - mean) * tau ** 2) / (tau ** 2 + variance);
      });
    }
  }
  return { values: values.map((value) => value / total), tau: tauSum / total };
}

describe("shrinkage", () => {
  test("of the eight schools agrees with a grid of 20,000 points", () => {
    const { each, spread, yearSpread } = shrinkEstimates(
      eight.map((one) => [one]),
      0.95,
    );
    const exact = bruteForce(
      eight.map((one) => [one]),
      400,
      20_000,
      false,
    );
    each.forEach(({ value }, at) => expect(value).toBeCloseTo(exact.values[at]!, 1));
    expect(spread.value).toBeCloseTo(exact.tau, 0);
    expect(yearSpread).toBeNull();
    // far from certain, although the first shows 28
    expect(each[0]!.lower).toBeLessThan(0);
    expect(each[0]!.difference).toBeGreaterThan(15);
    expect(each[0]!.value).toBeLessThan(8);
  });

  test("of repeated years agrees with a grid of 400 × 400 points", () => {
    const units = [
      [3, 2.2],
      [1, 1.9],
      [0.2, -1],
      [-1, -2.4],
      [-2, 0.4],
      [2, 3.1],
    ].map((years) => years.map((estimate) => ({ estimate, variance: 0.3 })));
    const { each, spread, stability } = shrinkEstimates(units, 0.95);
    const exact = bruteForce(units, 20, 400, true);
    each.forEach(({ value }, at) => expect(value).toBeCloseTo(exact.values[at]!, 1));
    expect(spread.value).toBeCloseTo(exact.tau, 1);
    expect(stability!.lower).toBeLessThan(stability!.value);
    expect(stability!.value).toBeLessThan(stability!.upper);
  });

  test("keeps nothing of equal estimates and nearly all of precise ones", () => {
    const equal = shrinkEstimates(
      Array.from({ length: 8 }, () => [{ estimate: 5, variance: 1 }]),
      0.95,
    );
    for (const { value, difference, lower, upper } of equal.each) {
      expect(value).toBeCloseTo(0, 9);
      expect(difference).toBeCloseTo(0, 9);
      expect(lower).toBeLessThan(0);
      expect(upper).toBeGreaterThan(0);
    }
    const precise = shrinkEstimates(
      Array.from({ length: 8 }, (_, at) => [{ estimate: at, variance: 1e-6 }]),
      0.95,
    );
    for (const { reliability, value, difference } of precise.each) {
      expect(reliability).toBeGreaterThan(0.999);
      expect(value).toBeCloseTo(difference, 3);
    }
  });

  test("a wider coverage gives wider intervals around the same value", () => {
    const units = eight.map((one) => [one]);
    const narrow = shrinkEstimates(units, 0.8).each;
    shrinkEstimates(units, 0.99).each.forEach(({ value, lower, upper }, at) => {
      expect(value).toBe(narrow[at]!.value);
      expect(lower).toBeLessThan(narrow[at]!.lower);
      expect(upper).toBeGreaterThan(narrow[at]!.upper);
    });
  });

  test("the spread within clusters does not see the clusters' own means", () => {
    const cluster = [0, 1, 2, 3].map((estimate) => ({ estimate, variance: 0.1 }));
    const shifted = cluster.map(({ estimate, variance }) => ({ estimate: estimate + 100, variance }));
    const near = spreadWithin([cluster, cluster], 0.95);
    const far = spreadWithin([cluster, shifted], 0.95);
    expect(far.value).toBeCloseTo(near.value, 6);
    expect(far.lower).toBeLessThan(far.value);
  });
});
