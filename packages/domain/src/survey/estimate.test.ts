/** Shares and intervals against R's survey package and prop.test: see oracles/estimate.R. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "@xingfu/numerics";
import { describe, expect, it } from "vitest";
import type { StratumCount } from "./index.ts";
import { estimateShare, explainShare, responseRate, wilson } from "./index.ts";

interface Oracle {
  readonly designs: readonly {
    readonly strata: readonly StratumCount[];
    readonly value: number;
    readonly standardError: number;
    readonly effectiveAnswers: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly wilson: readonly { satisfied: number; answers: number; low: number; high: number }[];
}
const oracle: Oracle = JSON.parse(readFileSync(join(import.meta.dirname, "oracles/results.json"), "utf8"));
// R prints 15 digits, and sums in another order
const tolerance = 1e-12;

describe("a weighted share", () => {
  it.each(oracle.designs.map((design) => ({ strata: design.strata.length, design })))(
    "of $strata strata is what R's survey package finds",
    ({ design }) => {
      const share = estimateShare(design.strata);
      for (const figure of ["value", "standardError", "low", "high"] as const)
        expect(Math.abs((share[figure] ?? 0) - design[figure]), figure).toBeLessThan(tolerance);
      expect(Math.abs((share.effectiveAnswers ?? 0) / design.effectiveAnswers - 1)).toBeLessThan(1e-9);
      expect(share.pooledStrata).toBe(0);
    },
  );

  it("has Wilson's interval as prop.test gives it without correction", () => {
    for (const { satisfied, answers, low, high } of oracle.wilson) {
      const interval = wilson(satisfied / answers, answers);
      expect(Math.abs(interval.low - low)).toBeLessThan(tolerance);
      expect(Math.abs(interval.high - high)).toBeLessThan(tolerance);
    }
    expect(() => wilson(0.5, 0)).toThrow(RangeError);
    expect(() => wilson(1.1, 10)).toThrow(RangeError);
  });

  it("is held back below ten answers, counts and all", () => {
    const share = estimateShare([{ id: "a", population: 40, answers: 9, satisfied: 8 }]);
    expect(share).toMatchObject({ value: null, satisfied: 0, gap: { why: "suppressed", below: 10 } });
    expect(estimateShare([])).toMatchObject({ value: null, gap: { why: "no-denominator" } });
  });

  it("is known exactly where everybody answered", () => {
    const share = estimateShare([{ id: "a", population: 20, answers: 20, satisfied: 15 }]);
    expect(share).toMatchObject({ value: 0.75, low: 0.75, high: 0.75, standardError: 0, effectiveAnswers: null });
  });

  it("keeps an interval where all sheets say the same but people are missing", () => {
    const share = estimateShare([{ id: "a", population: 200, answers: 20, satisfied: 20 }]);
    expect(share.value).toBe(1);
    expect(share.low).toBeGreaterThan(0.8);
    expect(share.low).toBeLessThan(0.9);
  });

  it("takes thin strata together, and more sheets than people as people", () => {
    const share = estimateShare([
      { id: "a", population: 100, answers: 1, satisfied: 0 },
      { id: "b", population: 100, answers: 0, satisfied: 0 },
      { id: "c", population: 100, answers: 4, satisfied: 2 },
      { id: "d", population: 10, answers: 30, satisfied: 30 },
    ]);
    // a, b and c stand as one stratum of 300 people, 5 sheets, 2 satisfied; d as 30 people
    expect(share.pooledStrata).toBe(3);
    expect(share.population).toBe(330);
    expect(share.value).toBeCloseTo((300 * (2 / 5) + 30) / 330, 12);
  });

  it("does not depend on the order of the strata", () => {
    const [design] = oracle.designs.slice(1);
    const strata = design?.strata ?? [];
    expect(estimateShare(strata.toReversed()).value).toBeCloseTo(estimateShare(strata).value ?? 0, 12);
  });

  it("is covered by its interval about as often as it says, with schools that answer unequally", () => {
    const random = seededRandom(8);
    let covered = 0;
    const districts = 400;
    for (let district = 0; district < districts; district += 1) {
      let people = 0;
      let glad = 0;
      const strata = Array.from({ length: 25 }, (_, at): StratumCount => {
        const population = 60 + Math.floor(random.uniform() * 600);
        const rate = 0.6 + random.uniform() * 0.38;
        const satisfiedPeople = Math.round(population * rate);
        const answers = Math.max(2, Math.floor(population * (0.05 + 0.3 * random.uniform())));
        // drawn from the people without putting them back
        let satisfied = 0;
        for (let drawn = 0; drawn < answers; drawn += 1)
          if (random.uniform() < (satisfiedPeople - satisfied) / (population - drawn)) satisfied += 1;
        people += population;
        glad += satisfiedPeople;
        return { id: String(at), population, answers, satisfied };
      });
      const { low, high } = estimateShare(strata);
      const truth = glad / people;
      if (low !== null && high !== null && low <= truth && truth <= high) covered += 1;
    }
    // 95 % of 400 is 380; three standard errors are 13
    expect(covered).toBeGreaterThan(366);
    expect(covered).toBeLessThan(394);
  });
});

describe("the trail of a share", () => {
  it("leads from people and sheets to the share", () => {
    const trail = explainShare(
      estimateShare([
        { id: "a", population: 100, answers: 20, satisfied: 10 },
        { id: "b", population: 300, answers: 30, satisfied: 27 },
      ]),
      "moe-2017-quality-balance/recognition#satisfaction",
      "2026 年满意度调查",
    );
    expect(trail).toMatchObject({ numerator: 320, denominator: 400, value: 0.8, gap: null });
    expect(trail.substituted).toBe("320 ÷ 400 = 0.8");
  });
});

it("a response rate needs people who were asked", () => {
  expect([responseRate(5, 10), responseRate(5, 0)]).toEqual([0.5, null]);
});
