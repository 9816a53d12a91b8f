/** Holds the engine to the worked example of docs/methods/percentiles.md, and the page to the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { growthPercentiles } from "./percentile.ts";

interface Example {
  pupils: { class: string; prior: number; current: number; percentile: number }[];
  classes: { class: string; median: number }[];
  objective: { tau: number; value: number }[];
  columnsLeftOut: number;
}

const page = readFileSync(join(import.meta.dirname, "../../../../docs/methods/percentiles.md"), "utf8");
const block = /## Worked example[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const example: Example = parse(block);
const { percentiles, fit } = growthPercentiles({
  current: Float64Array.from(example.pupils, ({ current }) => current),
  priors: [Float64Array.from(example.pupils, ({ prior }) => prior)],
});

test("the percentiles of the worked example come out as printed", () => {
  expect(example.pupils).toHaveLength(15);
  expect([...percentiles]).toEqual(example.pupils.map(({ percentile }) => percentile));
  expect(fit.dropped).toHaveLength(example.columnsLeftOut);
});

test("the medians of the classes come out as printed", () => {
  expect(example.classes).toHaveLength(2);
  for (const printed of example.classes) {
    const own = [...percentiles].filter((_, i) => example.pupils[i]!.class === printed.class).sort((a, b) => a - b);
    const half = own.length / 2;
    const median = (own[Math.ceil(half) - 1]! + own[Math.floor(half)]!) / 2;
    expect(median).toBe(printed.median);
  }
});

test("the objective comes out as printed", () => {
  for (const { tau, value } of example.objective) {
    expect(fit.objective[fit.taus.findIndex((one) => Math.abs(one - tau) < 1e-9)]).toBeCloseTo(value, 9);
  }
});

test("the page says what percentiles are never used for", () => {
  expect(page.replaceAll(/\n> /g, " ")).toContain("never used to rank children");
});
