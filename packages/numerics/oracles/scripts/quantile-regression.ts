/**
 * Reruns the oracle of the growth percentiles where R is installed: writes the generated cohorts for R, runs the script,
 * and either stores the output (`--write`) or fails when it differs from what is stored.
 *
 *     node oracles/scripts/quantile-regression.ts [--write]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quantileDesigns } from "../quantile-regression/designs.ts";

const here = join(import.meta.dirname, "../quantile-regression");

if (spawnSync("Rscript", ["--version"]).error) {
  console.log(
    "Rscript is not installed (Debian: r-base-core r-cran-quantreg r-cran-jsonlite); nothing to compare with.",
  );
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "oracle-"));
const designs = quantileDesigns();
designs.forEach(({ current, priors }, d) => {
  const lines = Array.from(current, (y, i) => [y, ...priors.map((prior) => prior[i])].join(","));
  const head = ["y", ...priors.map((_, k) => `prior${k + 1}`)].join(",");
  writeFileSync(join(folder, `${d}.csv`), [head, ...lines].join("\n"));
});
writeFileSync(join(folder, "index.json"), JSON.stringify(designs.map(({ id, knots }) => ({ id, knots: knots ?? [] }))));
const { status } = spawnSync("Rscript", [join(here, "fit.R"), folder], { stdio: ["ignore", "inherit", "inherit"] });
if (status !== 0) process.exit(1);

const fresh = readFileSync(join(folder, "results.json"), "utf8");
rmSync(folder, { recursive: true, force: true });
const stored = join(here, "results.json");
if (process.argv.includes("--write")) {
  writeFileSync(stored, fresh);
  console.log(`stored ${stored}`);
} else {
  interface Results {
    readonly cohorts: readonly { readonly objective: readonly number[]; readonly percentile: readonly number[] }[];
  }
  const before: Results = JSON.parse(readFileSync(stored, "utf8"));
  const after: Results = JSON.parse(fresh);
  let [worst, moved] = [after.cohorts.length === before.cohorts.length ? 0 : Infinity, 0];
  before.cohorts.forEach(({ objective, percentile }, c) => {
    const again = after.cohorts[c];
    objective.forEach((value, t) => {
      worst = Math.max(worst, Math.abs((again?.objective[t] ?? Infinity) / value - 1));
    });
    moved += percentile.filter((value, i) => value !== again?.percentile[i]).length;
  });
  console.log(`growth percentiles: objective differs by ${worst.toExponential(1)} at most, ${moved} percentiles moved`);
  // another BLAS may move the last digits; an optimum that is not unique may move a percentile
  if (!(worst < 1e-9) || moved > 20) process.exit(1);
}
