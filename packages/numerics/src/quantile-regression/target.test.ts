import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../distribution/continuous.ts";
import { NumericsFault } from "../fault.ts";
import { seededRandom } from "../random.ts";
import type { GrowthCohort } from "./percentile.ts";
import { growthToStandard } from "./target.ts";

/** One year: next = 100 + 0.8 · score + 30 · e, e ~ N(0, 1). */
const [SHIFT, SLOPE, SPREAD] = [100, 0.8, 30];

/** Pupils before and after one step. */
function cohort(seed: number, rows: number): GrowthCohort {
  const random = seededRandom(seed);
  const prior = Float64Array.from({ length: rows }, () => 500 + 60 * random.normal());
  const current = prior.map((score) => SHIFT + SLOPE * score + SPREAD * random.normal());
  return { current, priors: [prior] };
}

/** The true percentile of steady growth from a score to the standard in n years: the root of the nth score. */
function truth(score: number, standard: number, years: number): number {
  let reached = score;
  let lift = 0;
  for (let year = 0; year < years; year++) {
    reached = SHIFT + SLOPE * reached;
    lift = SLOPE * lift + SPREAD;
  }
  return 100 * normalCdf((standard - reached) / lift);
}

describe("growth to standard", () => {
  const steps = [cohort(1, 8000), cohort(2, 8000)];
  const starts = Float64Array.of(420, 460, 500, 540, 580, Number.NaN, 460);

  it("finds the true percentile and chance of one year", () => {
    const target = growthToStandard(steps.slice(0, 1), [starts], 520, { replicates: 0 });
    for (let i = 0; i < 5; i++) {
      const expected = truth(starts[i]!, 520, 1);
      // 8,000 pupils fix a conditional quantile to about 2 percentiles; a percentile reached is the next whole one
      expect(Math.abs(target.percentile[i]! - 0.5 - expected)).toBeLessThan(2.5);
      expect(Math.abs(target.chance[i]! - (1 - expected / 100))).toBeLessThan(0.025);
    }
    expect([target.percentile[5], target.lower[5], target.upper[5], target.chance[5]]).toEqual([0, 0, 0, 0]);
    expect(target.percentile[6]).toBe(target.percentile[1]);
    expect(target.lower).toEqual(target.percentile);
  });

  it("finds the true percentile and chance of two years", () => {
    const target = growthToStandard(steps, [starts], 520, { replicates: 0 });
    for (let i = 0; i < 5; i++) {
      expect(Math.abs(target.percentile[i]! - 0.5 - truth(starts[i]!, 520, 2))).toBeLessThan(2.5);
      // years drawn independently: mean 100 + 0.8 · (100 + 0.8 s), variance 30² (1 + 0.8²)
      const mean = SHIFT + SLOPE * (SHIFT + SLOPE * starts[i]!);
      const chance = 1 - normalCdf((520 - mean) / (SPREAD * Math.sqrt(1 + SLOPE ** 2)));
      expect(Math.abs(target.chance[i]! - chance)).toBeLessThan(0.03);
    }
  });

  it("uses further priors as they come to be", () => {
    const random = seededRandom(3);
    const [first, second] = [new Float64Array(8000), new Float64Array(8000)];
    const third = first.map((_, i) => {
      const [before, draw] = [500 + 60 * random.normal(), random.normal()];
      const between = SHIFT + SLOPE * before + SPREAD * draw;
      first[i] = before;
      second[i] = between;
      return 60 + 0.5 * between + 0.4 * before + 20 * random.normal();
    });
    const chain = [steps[0]!, { current: third, priors: [second, first] }];
    const { percentile } = growthToStandard(chain, [Float64Array.of(500)], 525, { replicates: 0 });
    // s₁ = 500 + 30 z, s₂ = 60 + 0.5 s₁ + 200 + 20 z = 510 + 35 z
    expect(Math.abs(percentile[0]! - 0.5 - 100 * normalCdf(15 / 35))).toBeLessThan(3);
  });

  it("says when even the 99th percentile does not reach, and when the first does", () => {
    const far = SHIFT + SLOPE * 500 + SPREAD * normalQuantile(0.999);
    const near = SHIFT + SLOPE * 500 + SPREAD * normalQuantile(0.001);
    const at = (standard: number): number =>
      growthToStandard(steps.slice(0, 1), [Float64Array.of(500)], standard, { replicates: 0 }).percentile[0]!;
    expect([at(far), at(near)]).toEqual([100, 1]);
  });

  it("has intervals that hold the truth about as often as they say", () => {
    const inside = Array.from({ length: 12 }, (_, set) => {
      const scores = Float64Array.of(440, 480, 500, 520, 560);
      const target = growthToStandard([cohort(100 + set, 500)], [scores], 510, { replicates: 12, confidence: 0.9 });
      return [...scores].filter((score, i) => {
        const expected = truth(score, 510, 1);
        return expected >= target.lower[i]! - 1 && expected <= target.upper[i]!;
      }).length;
    }).reduce((sum, one) => sum + one, 0);
    // 60 intervals in 12 independent sets; from least to greatest of 12 replicates is an interval of 11/13 = 85 %
    expect(inside).toBeGreaterThanOrEqual(43);
    expect(inside).toBeLessThan(60);
  }, 180_000); // 156 fits

  it("refuses what makes no sense", () => {
    const scores = [Float64Array.of(500)];
    const asks = [
      () => growthToStandard([], scores, 500),
      () => growthToStandard(steps, scores, Number.NaN),
      () => growthToStandard(steps, scores, 500, { confidence: 1 }),
      () => growthToStandard(steps, scores, 500, { replicates: 1.5 }),
      () => growthToStandard([{ ...steps[0]!, priors: [steps[0]!.priors[0]!, steps[1]!.priors[0]!] }], scores, 500),
      () => growthToStandard(steps, [...scores, new Float64Array(3)], 500),
    ];
    for (const ask of asks) expect(ask).toThrow(NumericsFault);
  });
});
