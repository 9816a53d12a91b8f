/**
 * Reruns the oracle of agreement where R is installed: writes the matrices for R, runs the script, and either stores the output
 * (`--write`) or fails when it differs from what is stored.
 *
 *     node oracles/scripts/agreement.ts [--write]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agreementDesigns } from "../agreement/designs.ts";

const here = join(import.meta.dirname, "../agreement");

if (spawnSync("Rscript", ["--version"]).error) {
  console.log(
    "Rscript is not installed (Debian: r-base-core r-cran-psych r-cran-lme4 r-cran-jsonlite); nothing to compare with.",
  );
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "oracle-"));
const index = agreementDesigns().map(({ id, raters, values }, d) => {
  const lines = ["subject,rater,value"];
  values.forEach((value, at) => {
    if (!Number.isNaN(value)) lines.push(`${Math.floor(at / raters)},${at % raters},${value}`);
  });
  writeFileSync(join(folder, `${d}.csv`), lines.join("\n"));
  return { id, complete: !values.some(Number.isNaN) };
});
writeFileSync(join(folder, "index.json"), JSON.stringify(index));
const { status } = spawnSync("Rscript", [join(here, "fit.R"), folder], { stdio: ["ignore", "inherit", "inherit"] });
if (status !== 0) process.exit(1);

const fresh = readFileSync(join(folder, "results.json"), "utf8");
rmSync(folder, { recursive: true, force: true });
const stored = join(here, "results.json");
if (process.argv.includes("--write")) {
  writeFileSync(stored, fresh);
  console.log(`stored ${stored}`);
} else {
  const worst = apart(JSON.parse(readFileSync(stored, "utf8")).designs, JSON.parse(fresh).designs);
  console.log(`agreement: largest difference to the stored results ${worst.toExponential(1)}`);
  // another BLAS may move the optimum of lme4; the tests ask for 1e-6 there
  if (!(worst < 1e-7)) process.exit(1);
}

function apart(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return Math.abs(a - b);
  if (typeof a === "object" && a && typeof b === "object" && b) {
    const right = new Map(Object.entries(b));
    const left = Object.entries(a);
    return left.length === right.size
      ? Math.max(0, ...left.map(([key, value]) => apart(value, right.get(key))))
      : Infinity;
  }
  return a === b ? 0 : Infinity;
}
