import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fitMixed, groupEffects } from "../index.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/methods/mixed-models.md"), "utf8");

it("the method page's worked example is what the code gives", () => {
  const block = /```csv\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const formula = /--formula "([^"]+)" --ranef`/.exec(page)?.[1] ?? "";
  const rows = block
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const fit = fitMixed(formula, {
    school: rows.map(([school]) => school!),
    gain: rows.map(([, gain]) => Number(gain)),
  });
  const [effect] = groupEffects(fit);
  const modes = Array.from({ length: effect!.size }, (_, g) => [`mode ${effect!.levelName(g)}`, effect!.modes[g]!]);
  const found: Record<string, number> = {
    "fixed (Intercept)": fit.fixed[0]!.estimate,
    "se (Intercept)": fit.fixed[0]!.se,
    sigma: fit.sigma,
    "sd school": fit.random[0]!.sd[0]!,
    criterion: fit.criterion,
    ...Object.fromEntries(modes),
    "comparative se": effect!.comparativeSe[0]!,
    "prediction se": effect!.predictionSe[0]!,
  };
  const printed = /\| figure \| value \| by hand \|\n\| [-| ]+\|\n([\s\S]*?)\n\n/.exec(page)?.[1]?.split("\n") ?? [];
  const figures = printed.map((line) => line.split("|").map((cell) => cell.trim()));
  expect(figures.map(([, name]) => name)).toEqual(Object.keys(found));
  for (const [, name, value] of figures) {
    const decimals = value!.split(".")[1]!.length;
    expect(Math.abs(found[name!]! - Number(value)), name).toBeLessThanOrEqual(0.5000001 * 10 ** -decimals);
  }
});
