import { describe, expect, it } from "vitest";
import { NumericsFault } from "../fault.ts";
import { seededRandom } from "../random.ts";
import { fitQuantiles } from "./fit.ts";
import { conditionalQuantiles, growthPercentiles } from "./percentile.ts";
import { extrapolationWeights } from "./simex.ts";

/**
 * The normal linear model: true score x ~ N(500, 60²), observed prior x + 30 u, current 100 + 0.8 x + 20 e. Error that
 * makes the observed variance 60² + (1 + λ) 30² leaves the slope 0.8 · 60² / (60² + (1 + λ) 30²).
 */
const [TRUE_SD, ERROR_SD, SLOPE] = [60, 30, 0.8];
const attenuated = (lambda: number): number => (SLOPE * TRUE_SD ** 2) / (TRUE_SD ** 2 + (1 + lambda) * ERROR_SD ** 2);

const random = seededRandom(11);
const rows = 5000;
const truth = Float64Array.from({ length: rows }, () => 500 + TRUE_SD * random.normal());
const prior = truth.map((x) => x + ERROR_SD * random.normal());
const current = truth.map((x) => 100 + SLOPE * x + 20 * random.normal());

/** Slope of the median curve over the middle of the scores. */
function slopeOf(fit: ReturnType<typeof fitQuantiles>): number {
  const median = conditionalQuantiles(fit, [Float64Array.of(440, 560)]);
  return (median[150]! + median[149]! - median[50]! - median[49]!) / 2 / 120;
}

describe("SIMEX", () => {
  it("extrapolates polynomials of its degree exactly", () => {
    const lambdas = [0, 0.5, 1, 1.5, 2];
    const at = (degree: 1 | 2, f: (lambda: number) => number): number =>
      extrapolationWeights(lambdas, degree).reduce((sum, weight, i) => sum + weight * f(lambdas[i]!), 0);
    expect(at(2, (x) => 3 - 2 * x + 0.7 * x * x)).toBeCloseTo(5.7, 12);
    expect(at(1, (x) => 3 - 2 * x)).toBeCloseTo(5, 12);
    const uneven = extrapolationWeights([0, 0.3, 1, 4], 2);
    expect(uneven.reduce((sum, weight, i) => sum + weight * [0, 0.3, 1, 4][i]! ** 2, 0)).toBeCloseTo(1, 12);
  });

  it("starts from the attenuation the theory gives", () => {
    const naive = fitQuantiles(current, [prior]);
    expect(slopeOf(naive)).toBeCloseTo(attenuated(0), 1);
    const noise = seededRandom(12);
    const noisy = prior.map((x) => x + ERROR_SD * noise.normal());
    expect(slopeOf(fitQuantiles(current, [noisy], { knots: naive.knots }))).toBeCloseTo(attenuated(1), 1);
  });

  it("brings the slope to what the extrapolation of the theory gives, near the truth", () => {
    const { fit } = growthPercentiles(
      { current, priors: [prior] },
      { measurementError: { standardErrors: [ERROR_SD], simulations: 2 } },
    );
    const lambdas = [0, 0.5, 1, 1.5, 2];
    const expected = extrapolationWeights(lambdas, 2).reduce(
      (sum, weight, i) => sum + weight * attenuated(lambdas[i]!),
      0,
    );
    // the quadratic through the attenuated slopes is 0.7765 where the truth is 0.8
    expect(expected).toBeCloseTo(0.7765, 4);
    expect(Math.abs(slopeOf(fit) - expected)).toBeLessThan(0.05);
    expect(Math.abs(slopeOf(fit) - SLOPE)).toBeLessThan(0.5 * Math.abs(attenuated(0) - SLOPE));
  });

  it("takes most of the bias from the percentiles of groups that start low and high", () => {
    const corrected = growthPercentiles(
      { current, priors: [prior] },
      { measurementError: { standardErrors: [prior.map(() => ERROR_SD)], simulations: 2 } },
    ).percentiles;
    const naive = growthPercentiles({ current, priors: [prior] }).percentiles;
    const meanOf = (percentiles: Uint8Array, isLow: boolean): number => {
      const group = [...percentiles].filter((_, i) => (isLow ? truth[i]! < 450 : truth[i]! > 550));
      return group.reduce((sum, one) => sum + one, 0) / group.length;
    };
    // every group grows alike: its mean would be 50 if the true prior were known
    const bias = (percentiles: Uint8Array): number => meanOf(percentiles, false) - meanOf(percentiles, true);
    expect(bias(naive)).toBeGreaterThan(15);
    expect(Math.abs(bias(corrected))).toBeLessThan(0.35 * bias(naive));
  });

  it("is repeatable, leaves exact priors alone, and refuses what it cannot use", () => {
    const small = { current: current.slice(0, 400), priors: [prior.slice(0, 400)] };
    const asked = { standardErrors: [20], simulations: 2, lambdas: [1, 2], seed: 5 };
    const once = growthPercentiles(small, { measurementError: asked });
    expect(growthPercentiles(small, { measurementError: asked }).percentiles).toEqual(once.percentiles);
    const exact = growthPercentiles(small, {
      measurementError: { ...asked, standardErrors: [0], extrapolation: "linear" },
    });
    const plain = growthPercentiles(small);
    exact.fit.coefficients.forEach((value, c) => expect(value).toBeCloseTo(plain.fit.coefficients[c]!, 6));
    for (const wrong of [
      { ...asked, standardErrors: [] },
      { ...asked, standardErrors: [-1] },
      { ...asked, standardErrors: [new Float64Array(3)] },
      { ...asked, lambdas: [1] },
      { ...asked, lambdas: [0, 1] },
      { ...asked, simulations: 0 },
    ]) {
      expect(() => growthPercentiles(small, { measurementError: wrong })).toThrow(NumericsFault);
    }
  });
});
