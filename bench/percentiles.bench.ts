/**
 * Growth percentiles of a cohort: 100 exact quantile regressions and the percentile of every pupil, each job in a process
 * of its own and so at its first call, beside quantreg's fastest method (pfnb) on the same rows where R is installed.
 *
 *     node bench/percentiles.bench.ts [small|full]
 *
 * Scores are shaped like SGP's: whole scale scores of mean 470–500, spread 75, cut at 180 and 800. "cpu" is processor time,
 * which a busy machine stretches less than "wall". Quote the ratios.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GrowthCohort } from "../packages/numerics/src/index.ts";
import { growthPercentiles, seededRandom } from "../packages/numerics/src/index.ts";

interface Job {
  readonly rows: number;
  readonly priors: number;
  readonly isWhole: boolean;
  readonly size: "small" | "full";
  /** whether R runs it too */
  readonly isCompared: boolean;
}

const small: readonly Job[] = [
  { rows: 7000, priors: 1, isWhole: true, size: "small", isCompared: true },
  { rows: 170_000, priors: 1, isWhole: true, size: "small", isCompared: true },
  { rows: 170_000, priors: 2, isWhole: true, size: "small", isCompared: true },
  { rows: 170_000, priors: 1, isWhole: false, size: "small", isCompared: false },
  { rows: 170_000, priors: 2, isWhole: false, size: "small", isCompared: false },
];
const full: readonly Job[] = [20_000, 50_000, 500_000, 1_700_000].flatMap((rows) =>
  [1, 2].map((priors): Job => ({ rows, priors, isWhole: true, size: "full", isCompared: false })),
);
const jobs = [...small, ...full, { ...small[2]!, priors: 3, size: "full" as const, isCompared: false }];

function draw({ rows, priors, isWhole }: Job): GrowthCohort {
  const random = seededRandom(2026);
  const columns = Array.from({ length: priors + 1 }, () => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    const ability = random.normal();
    columns.forEach((column, c) => {
      const score = 500 - 30 * c + 75 * (0.9 * ability + 0.45 * random.normal());
      column[i] = isWhole ? Math.round(Math.min(800, Math.max(180, score))) : score;
    });
  }
  return { current: columns[0]!, priors: columns.slice(1) };
}

interface Measured {
  readonly wall: number;
  readonly cpu: number;
  readonly warm: number;
  readonly pivots: number;
  readonly distinctRows: number;
  readonly megabytes: number;
  /** Σ over the quantiles of the objective */
  readonly objective: number;
}

/** Runs in the child. */
function measure(job: Job): Measured {
  const cohort = draw(job);
  const before = process.cpuUsage();
  let started = performance.now();
  const { fit } = growthPercentiles(cohort);
  const wall = performance.now() - started;
  const used = process.cpuUsage(before);
  started = performance.now();
  growthPercentiles(cohort);
  const warm = performance.now() - started;
  return {
    wall,
    warm,
    cpu: (used.user + used.system) / 1000,
    pivots: fit.report.pivots,
    distinctRows: fit.report.distinctRows,
    megabytes: process.resourceUsage().maxRSS / 1024,
    objective: fit.objective.reduce((sum, one) => sum + one, 0),
  };
}

/** Time of quantreg's fits of the same 100 quantiles, in milliseconds, and the sum of their objectives. */
function measureR(job: Job): { readonly wall: number; readonly objective: number } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const { current, priors } = draw(job);
  const head = ["y", ...priors.map((_, k) => `p${k + 1}`)].join(",");
  const lines = Array.from(current, (y, i) => [y, ...priors.map((prior) => prior[i])].join(","));
  writeFileSync(join(folder, "data.csv"), [head, ...lines].join("\n"));
  const script = `
    suppressMessages({library(quantreg); library(splines)})
    d <- read.csv("${join(folder, "data.csv")}")
    x <- cbind(1, do.call(cbind, lapply(d[-1], function(v) bs(v,
      knots = round(quantile(v, c(.2, .4, .6, .8)), 3), Boundary.knots = round(extendrange(v, f = .1), 3)))))
    taus <- (1:100 - .5) / 100
    time <- system.time(f <- rq.fit.pfnb(x, d$y, taus))[["elapsed"]]
    b <- f$coefficients
    total <- sum(sapply(1:100, function(t) { r <- d$y - x %*% b[, t]; sum(r * (taus[t] - (r < 0))) }))
    cat(sprintf("%.17g %.17g", time, total))`;
  const { stdout, status } = spawnSync("Rscript", ["-e", script], { encoding: "utf8" });
  rmSync(folder, { recursive: true, force: true });
  const [seconds, objective] = stdout.trim().split(/\s+/).map(Number);
  return status === 0 && seconds !== undefined && objective !== undefined
    ? { wall: 1000 * seconds, objective }
    : undefined;
}

const wanted = process.argv[2];
const child = process.argv[3];
if (wanted === "child" && child !== undefined) {
  const job: Job = JSON.parse(child);
  console.log(JSON.stringify(measure(job)));
} else {
  const hasR = spawnSync("Rscript", ["-e", "library(quantreg)"]).status === 0;
  if (!hasR) console.log("R with quantreg is not installed: our figures only");
  console.log(
    "      rows  priors  scores       first   cpu ms    warm   distinct  pivots   MiB   quantreg pfnb   ratio",
  );
  for (const job of jobs) {
    if (job.size === "full" && wanted !== "full") continue;
    const run = spawnSync(process.execPath, [import.meta.filename, "child", JSON.stringify(job)], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(run.stderr);
    const ours: Measured = JSON.parse(run.stdout);
    const cells = [
      String(job.rows).padStart(10),
      String(job.priors).padStart(6),
      (job.isWhole ? "whole" : "continuous").padEnd(10),
      ours.wall.toFixed(0).padStart(7),
      ours.cpu.toFixed(0).padStart(7),
      ours.warm.toFixed(0).padStart(6),
      String(ours.distinctRows).padStart(9),
      String(ours.pivots).padStart(6),
      ours.megabytes.toFixed(0).padStart(5),
    ];
    const theirs = hasR && job.isCompared ? measureR(job) : undefined;
    if (theirs !== undefined) {
      const higher = (theirs.objective / ours.objective - 1).toExponential(1);
      cells.push(`${theirs.wall.toFixed(0)} ms`.padStart(11), `${(theirs.wall / ours.wall).toFixed(1)} ×`.padStart(7));
      cells.push(`(its objective is ${higher} higher)`);
    }
    console.log(cells.join("  "));
  }
}
