/**
 * Reruns the oracles where R is installed: writes the generated data for R, runs the scripts, and either stores the
 * output (`--write`) or fails when it differs from what is stored.
 *
 *     npm run oracle -w @xingfu/numerics [-- --write]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oracleDesigns } from "../mixed/designs.ts";

const here = join(import.meta.dirname, "..");
const isWriting = process.argv.includes("--write");

if (spawnSync("Rscript", ["--version"]).error) {
  console.log("Rscript is not installed (Debian: r-base-core r-cran-lme4 r-cran-jsonlite); nothing to compare with.");
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "oracle-"));
const index = oracleDesigns().map(({ table, ...design }) => {
  const names = Object.keys(table);
  const columns = Object.values(table).map((column) =>
    "codes" in column ? Array.from(column.codes, (code) => column.levels[code]!) : [...column],
  );
  const lines = columns[0]!.map((_, i) => columns.map((column) => String(column[i])).join(","));
  writeFileSync(join(folder, `${design.id}.csv`), [names.join(","), ...lines].join("\n"));
  return { ...design, data: design.id };
});
writeFileSync(join(folder, "index.json"), JSON.stringify(index));
const { status } = spawnSync("Rscript", [join(here, "mixed/fit.R"), folder], {
  stdio: ["ignore", "inherit", "inherit"],
});
if (status !== 0) process.exit(1);

const fresh = readFileSync(join(folder, "results.json"), "utf8");
rmSync(folder, { recursive: true, force: true });
const stored = join(here, "mixed/results.json");
if (isWriting) {
  writeFileSync(stored, fresh);
  console.log(`stored ${stored}`);
} else {
  // R and LAPACK versions move the last digits; 1e-7 is far below the tolerances of the tests
  const [before, after] = [JSON.parse(readFileSync(stored, "utf8")), JSON.parse(fresh)];
  const worst = difference(before.fits, after.fits, (x, y) => Math.abs(x - y) / Math.max(1e-3, Math.abs(x)));
  // confint interpolates a profile of unpolished fits, which do not repeat: the tests ask for 1e-4
  const interval = difference(before.intervals, after.intervals, (x, y) => Math.abs(x - y));
  console.log(
    `largest difference to the stored results: fits ${worst.toExponential(1)} (relative), ` +
      `intervals ${interval.toExponential(1)} (absolute)`,
  );
  if (!(worst < 1e-7 && interval < 1e-4)) process.exit(1);
}

// the other oracles, with the same arguments
await import("./quantile-regression.ts");
await import("./agreement.ts");

function difference(a: unknown, b: unknown, distance: (x: number, y: number) => number): number {
  if (typeof a === "number" && typeof b === "number") return distance(a, b);
  if (typeof a === "object" && a && typeof b === "object" && b) {
    const left = Object.entries(a);
    const right = new Map(Object.entries(b));
    if (left.length !== right.size) return Infinity;
    return Math.max(0, ...left.map(([key, value]) => difference(value, right.get(key), distance)));
  }
  return a === b ? 0 : Infinity;
}
