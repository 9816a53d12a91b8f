/** Holds the estimates to the worked example of docs/methods/surveys.md, and the page to the estimates. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { StratumCount } from "./index.ts";
import { estimateShare } from "./index.ts";

interface Example {
  readonly strata: readonly StratumCount[];
  readonly value: number;
  readonly unweighted: number;
  readonly standardError: number;
  readonly effectiveAnswers: number;
  readonly low: number;
  readonly high: number;
}

const page = readFileSync(join(import.meta.dirname, "../../../../docs/methods/surveys.md"), "utf8");
const { strata, ...printed }: Example = parse(
  /## A worked example[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "",
);

test("the worked example of the method page comes out as printed", () => {
  const share = estimateShare(strata);
  expect(strata).toHaveLength(2);
  for (const name of ["value", "unweighted", "standardError", "low", "high"] as const)
    expect(share[name]?.toFixed(4), name).toBe(printed[name].toFixed(4));
  expect(share.effectiveAnswers?.toFixed(0)).toBe(printed.effectiveAnswers.toFixed(0));
});
