import { describe, expect, it } from "vitest";
import { findRoot } from "./brent.ts";
import { minimize } from "./quasi-newton.ts";

const options = { maxEvaluations: 500, tolerance: 1e-16, freshHessians: 0, maxStep: 10 };

describe("minimize", () => {
  it("finds the bottom of Rosenbrock's valley and says why it stopped", () => {
    const report = minimize(
      ([x = 0, y = 0]) => ({
        value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
      }),
      Float64Array.of(-1.2, 1),
      options,
    );
    expect(report.x[0]).toBeCloseTo(1, 7);
    expect(report.x[1]).toBeCloseTo(1, 7);
    expect(report.isConverged).toBe(true);
    expect(report.stopReason).toMatch(/gradient/);
  });

  it("shortens the step where the function does not exist", () => {
    const report = minimize(
      ([x = 0]) => (x > 0 ? { value: x - Math.log(x), gradient: Float64Array.of(1 - 1 / x) } : undefined),
      Float64Array.of(5),
      options,
    );
    expect(report.x[0]).toBeCloseTo(1, 6);
  });

  it("stops at the limit of evaluations without claiming convergence", () => {
    const report = minimize(
      ([x = 0]) => ({ value: Math.exp(-x), gradient: Float64Array.of(-Math.exp(-x)) }),
      Float64Array.of(0),
      { ...options, maxEvaluations: 20 },
    );
    expect(report.isConverged).toBe(false);
    expect(report.evaluations).toBe(20);
  });
});

describe("findRoot", () => {
  it("finds the root of a cubic to the tolerance", () => {
    expect(findRoot((x) => x ** 3 - 2, 0, 5, 1e-14)).toBeCloseTo(Math.cbrt(2), 13);
  });
  it("refuses an interval without a change of sign", () => {
    expect(() => findRoot((x) => x * x + 1, -1, 1, 1e-9)).toThrow(/change of sign/);
  });
});
