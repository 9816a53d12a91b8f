import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile, studentCdf, studentQuantile } from "./continuous.ts";
import { mixtureQuantile } from "./mixture.ts";

describe("mixtureQuantile", () => {
  it("is the quantile of the distribution when there is one term", () => {
    const one = [{ weight: 1, mean: 3, scale: 2 }];
    expect(mixtureQuantile(one, 0.975)).toBeCloseTo(3 + 2 * normalQuantile(0.975), 5);
    expect(mixtureQuantile(one, 0.025, 3)).toBeCloseTo(3 + 2 * studentQuantile(0.025, 3), 5);
    expect(mixtureQuantile(one, 0.999, 1.5)).toBeCloseTo(3 + 2 * studentQuantile(0.999, 1.5), 4);
  });

  it.each([Infinity, 5])("inverts the distribution function of two far terms, df %s", (df) => {
    const terms = [
      { weight: 0.3, mean: -4, scale: 0.1 },
      { weight: 0.7, mean: 5, scale: 1 },
    ];
    for (const p of [0.01, 0.25, 0.299, 0.31, 0.5, 0.99]) {
      const x = mixtureQuantile(terms, p, df);
      const below = terms.reduce((sum, { weight, mean, scale }) => {
        const z = (x - mean) / scale;
        return sum + weight * (df === Infinity ? normalCdf(z) : studentCdf(z, df));
      }, 0);
      expect(below).toBeCloseTo(p, 5);
    }
  });
});
