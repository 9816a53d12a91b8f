import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ellipse } from "../../charts/plane.ts";
import { computeExample } from "./example.ts";
import { sideOf } from "./IntervalList.tsx";
import { chosenScheme, doneRun } from "./source.ts";

type Scheme = Parameters<typeof chosenScheme>[0][number];
type Run = Parameters<typeof chosenScheme>[1][number];

it("the worked example on the screen is the one of the method page", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../../docs/methods/growth.md"), "utf8");
  const printed = [
    ...page.matchAll(/- \{ code: "(\d+)", pupils: (\d+), meanTotal: ([\d.]+),.*?value: (-?[\d.]+), lower: (-?[\d.]+)/g),
  ].map(([, code, pupils, meanTotal, value, lower]) => [code, ...[pupils, meanTotal, value, lower].map(Number)]);
  expect(printed).toHaveLength(6);
  const rounded = (number: number | null): number => Math.round((number ?? Number.NaN) * 100) / 100 + 0; // −0 is 0
  const shown = computeExample().map(({ code, meanTotal, estimate }) => [
    code,
    estimate.pupils,
    rounded(meanTotal),
    rounded(estimate.value),
    rounded(estimate.lower),
  ]);
  expect(shown).toEqual(printed);
});

it("an interval says on which side of expectation it lies", () => {
  const [first, second] = computeExample();
  expect(first && sideOf(first.estimate)).toBe("above");
  expect(second && sideOf(second.estimate)).toBe("notDistinguishable");
  expect(first && sideOf({ ...first.estimate, lower: null, upper: null })).toBeNull();
});

it("an ellipse holds 95 of 100 pairs of true values and leans as the errors do", () => {
  const mark = { level: 1, levelSe: 2, value: -1, valueSe: 0.5 };
  const ring = ellipse(mark, 0);
  const most = Math.max(...ring.map(([x]) => x - mark.level));
  expect(most / mark.levelSe).toBeCloseTo(Math.sqrt(5.991), 2);
  const leaning = ellipse(mark, 0.8);
  const sum = leaning.reduce((total, [x, y]) => total + (x - mark.level) * (y - mark.value), 0);
  expect(sum).toBeGreaterThan(0);
});

it("the scheme shown is the one asked for, else the first with a result", () => {
  const schemes = [1, 2, 3].map((id) => ({ id })) as unknown as readonly Scheme[]; // only the number is looked at
  const runs = [
    { id: 9, schemeId: 1, state: "failed" },
    { id: 8, schemeId: 2, state: "done" },
    { id: 7, schemeId: 2, state: "done" },
  ] as unknown as readonly Run[];
  expect(chosenScheme(schemes, runs, "3")?.id).toBe(3);
  expect(chosenScheme(schemes, runs, undefined)?.id).toBe(2);
  expect(chosenScheme(schemes, [], "77")?.id).toBe(1);
  expect(chosenScheme([], [], undefined)).toBeNull();
  expect(doneRun(runs, 2)?.id).toBe(8);
  expect(doneRun(runs, 1)).toBeNull();
});
