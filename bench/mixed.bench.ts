/**
 * Mixed models: time of the fit with group effects, each job in a process of its own and so at its first call, beside lme4
 * on the same rows where R is installed.
 *
 *     node bench/mixed.bench.ts [small|full|curves]
 *
 * "curves" prints the first call against the number of rows and of groups, without R.
 *
 * "cpu" is processor time, which a busy machine stretches less than "wall". Quote the ratios.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MixedFit, NumericArray, Table } from "../packages/numerics/src/index.ts";
import { fitMixed, fitSummaries, groupEffects, seededRandom, summarizeRows } from "../packages/numerics/src/index.ts";

interface Job {
  readonly id: string;
  readonly rows: number;
  /** schools and classes, or the two crossed factors */
  readonly groups: readonly [number, number];
  readonly formula: string;
  readonly kind: "rows" | "summaries" | "crossed" | "compact";
  readonly size: "small" | "full";
  /** whether R runs it too */
  readonly isCompared: boolean;
  /** fits in one process; the first and the fastest are shown */
  readonly repeats: number;
}

const covariates = "zm + z2 + z3 + z4 + d1 + d2 + d3 + d4 + d5";
const terms = {
  ri: "(1 | school)",
  rs: "(zm | school)",
  l3: "(1 | school) + (1 | class)",
  l3rs: "(zm | school) + (1 | class)",
};
type Terms = keyof typeof terms;

function district(id: Terms, rows: number, groups: readonly [number, number], options: Partial<Job>): Job {
  const formula = `y ~ ${covariates} + ${terms[id]}`;
  return {
    id: `${id} ${rows}`,
    rows,
    groups,
    formula,
    kind: "rows",
    size: "small",
    isCompared: true,
    repeats: 3,
    ...options,
  };
}

const jobs: readonly Job[] = [
  { ...district("rs", 4059, [65, 130], { repeats: 30 }), id: "Exam-sized", formula: "y ~ zm + (zm | school)" },
  district("ri", 170_000, [200, 6352], {}),
  { ...district("ri", 170_000, [200, 6352], { kind: "summaries", isCompared: false }), id: "ri 170000 from summaries" },
  district("rs", 170_000, [200, 6352], {}),
  district("l3", 170_000, [200, 6352], {}),
  district("l3rs", 170_000, [200, 6352], {}),
  {
    ...district("ri", 73_421, [2972, 1128], { kind: "crossed", repeats: 2 }),
    id: "crossed 73421",
    formula: "y ~ zm + (1 | school) + (1 | class)",
  },
  district("l3", 1_700_000, [2000, 63_804], { size: "full" }),
  district("ri", 10_000_000, [12_000, 374_169], { size: "full", kind: "compact", isCompared: false, repeats: 1 }),
  district("l3", 10_000_000, [12_000, 374_169], { size: "full", kind: "compact", isCompared: false, repeats: 1 }),
];

/** [rows, schools, classes] against rows, then against groups. */
const curves: readonly (readonly [number, number, number])[] = [
  [17_000, 20, 630],
  [170_000, 200, 6352],
  [1_700_000, 2000, 63_804],
  [10_000_000, 12_000, 374_169],
  [170_000, 20, 200],
  [170_000, 2000, 20_000],
  [170_000, 5000, 60_000],
];
const curveJobs = curves.flatMap(([rows, first, second]) =>
  (["ri", "l3"] as const).map((id): Job => {
    const kind = rows > 5e6 ? "compact" : "rows";
    const name = `${id} ${rows} × ${first} × ${second}`;
    return { ...district(id, rows, [first, second], { kind, isCompared: false, repeats: 1 }), id: name };
  }),
);

/** Pupils in classes in schools, or ratings of pupils by teachers; true effects as in the reference measurements. */
function draw(job: Job): Table {
  const { rows, kind } = job;
  const [first, second] = job.groups;
  const random = seededRandom(2026);
  const [a, slope, b] = [normals(first, 0.3), normals(first, 0.1), normals(second, kind === "crossed" ? 0.5 : 0.2)];
  function normals(count: number, sd: number): Float64Array {
    return Float64Array.from({ length: count }, () => sd * random.normal());
  }
  const isCompact = kind === "compact";
  const scores = ["y", "zm", "z2", "z3", "z4"].map(() => (isCompact ? new Float32Array(rows) : new Float64Array(rows)));
  const flags = [1, 2, 3, 4, 5].map((): NumericArray => (isCompact ? new Uint8Array(rows) : new Float64Array(rows)));
  const codes = [new Int32Array(rows), new Int32Array(rows)] as const;
  const [y, zm] = [scores[0]!, scores[1]!];
  for (let i = 0; i < rows; i++) {
    const inner = random.integer(second);
    const outer = kind === "crossed" ? random.integer(first) : Math.floor((inner * first) / second);
    codes[0][i] = outer;
    codes[1][i] = inner;
    const ability = random.normal();
    let mean = a[outer]! + b[inner]!;
    for (let k = 1; k < 5; k++) {
      const value =
        0.7 * ability + 0.7 * (random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2) * 1.73;
      scores[k]![i] = value;
      mean += 0.2 * value;
    }
    for (let k = 0; k < 5; k++) {
      const flag = random.uniform() < 0.3 ? 1 : 0;
      flags[k]![i] = flag;
      mean += 0.05 * flag;
    }
    y[i] = mean + slope[outer]! * zm[i]! + 0.6 * random.normal();
  }
  const names = (count: number, letter: string): string[] => Array.from({ length: count }, (_, g) => `${letter}${g}`);
  return {
    ...Object.fromEntries(["y", "zm", "z2", "z3", "z4"].map((name, k) => [name, scores[k]!])),
    ...Object.fromEntries(["d1", "d2", "d3", "d4", "d5"].map((name, k) => [name, flags[k]!])),
    school: { codes: codes[0], levels: names(first, "s") },
    class: { codes: codes[1], levels: names(second, "c") },
  };
}

interface Measured {
  readonly wall: number;
  readonly cpu: number;
  readonly warm: number;
  readonly criterion: number;
  readonly megabytes: number;
  readonly evaluations: number;
}

/** Runs in the child: the first call counts. */
function measure(job: Job, folder: string | undefined): Measured {
  const table = draw(job);
  const parts = job.kind === "summaries" ? [summarizeRows(job.formula, table)] : [];
  let fit: MixedFit | undefined;
  let [wall, cpu, warm] = [0, 0, Infinity];
  for (let i = 0; i < job.repeats; i++) {
    const before = process.cpuUsage();
    const started = performance.now();
    fit = parts.length > 0 ? fitSummaries(parts) : fitMixed(job.formula, table);
    groupEffects(fit);
    const took = performance.now() - started;
    const used = process.cpuUsage(before);
    if (i === 0) [wall, cpu] = [took, (used.user + used.system) / 1000];
    else warm = Math.min(warm, took);
  }
  if (folder) {
    for (const [name, column] of Object.entries(table)) {
      const file = openSync(join(folder, name), "w");
      const values = "codes" in column ? Float64Array.from(column.codes) : Float64Array.from(column, Number);
      writeSync(file, new Uint8Array(values.buffer));
      closeSync(file);
    }
  }
  const megabytes = process.resourceUsage().maxRSS / 1024;
  return { wall, cpu, warm, criterion: fit!.criterion, megabytes, evaluations: fit!.report.evaluations };
}

const script = `
suppressMessages(library(lme4))
arg <- commandArgs(TRUE)
n <- as.numeric(arg[2])
d <- as.data.frame(sapply(c("y", "zm", "z2", "z3", "z4", "d1", "d2", "d3", "d4", "d5", "school", "class"), function(k)
  readBin(file.path(arg[1], k), "double", n)))
d$school <- factor(d$school); d$class <- factor(d$class)
f <- as.formula(arg[3])
if (n < 10000) invisible(lmer(f, d))
t <- system.time({ m <- lmer(f, d, control = lmerControl(calc.derivs = FALSE)); r <- ranef(m, condVar = FALSE) })
cat(sprintf("%.3f %.3f %.9f\\n", t[["elapsed"]] * 1000, (t[["user.self"]] + t[["sys.self"]]) * 1000, REMLcrit(m)))
`;

function compare(job: Job, folder: string): { wall: number; cpu: number; criterion: number } | undefined {
  const file = join(folder, "fit.R");
  writeFileSync(file, script);
  const { stdout, status } = spawnSync("Rscript", [file, folder, String(job.rows), job.formula], { encoding: "utf8" });
  const [wall = 0, cpu = 0, criterion = 0] = (stdout ?? "").trim().split(" ").map(Number);
  return status === 0 ? { wall, cpu, criterion } : undefined;
}

/** Runs a job in a process of its own. @param folder  where its rows are left for R */
function measureApart(job: Job, folder: string): Measured {
  const child = spawnSync(process.execPath, [import.meta.filename, "--job", job.id, folder], { encoding: "utf8" });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

/** The least of three first calls. */
function runCurves(): void {
  console.log(
    "| rows × schools × classes | random intercept ms | three levels ms | peak MB |\n| --- | --- | --- | --- |",
  );
  for (let at = 0; at < curveJobs.length; at += 2) {
    const pair = curveJobs.slice(at, at + 2).map((job) => [1, 2, 3].map(() => measureApart(job, "")));
    const [one, three] = pair.map((runs) => Math.min(...runs.map(({ wall }) => wall)).toFixed(0));
    const peak = Math.max(...pair.flat().map(({ megabytes }) => megabytes)).toFixed(0);
    console.log(`| ${curves[at / 2]!.join(" × ")} | ${one} | ${three} | ${peak} |`);
  }
}

function run(size: string): void {
  const hasR = spawnSync("Rscript", ["--version"]).error === undefined;
  const header = [
    "job",
    "first ms",
    "cpu ms",
    "warm ms",
    "peak MB",
    "evals",
    "lme4 ms",
    "lme4 cpu",
    "ratio",
    "cpu ratio",
    "criterion − lme4's",
  ];
  console.log(`| ${header.join(" | ")} |\n| ${header.map(() => "---").join(" | ")} |`);
  for (const job of jobs) {
    if (size === "small" && job.size === "full") continue;
    const folder = mkdtempSync(join(tmpdir(), "bench-"));
    const isCompared = hasR && job.isCompared;
    const ours = measureApart(job, isCompared ? folder : "");
    const r = isCompared ? compare(job, folder) : undefined;
    rmSync(folder, { recursive: true, force: true });
    const theirs = r
      ? [
          r.wall.toFixed(0),
          r.cpu.toFixed(0),
          (r.wall / ours.wall).toFixed(0),
          (r.cpu / ours.cpu).toFixed(0),
          (ours.criterion - r.criterion).toExponential(1),
        ]
      : ["", "", "", "", ""];
    const own = [ours.wall, ours.cpu, ours.warm].map((ms) => (Number.isFinite(ms) ? ms.toFixed(1) : ""));
    console.log(`| ${[job.id, ...own, ours.megabytes.toFixed(0), ours.evaluations, ...theirs].join(" | ")} |`);
  }
}

const [mode = "small", id, folder] = process.argv.slice(2);
if (mode === "--job") {
  const job = [...jobs, ...curveJobs].find((candidate) => candidate.id === id);
  if (!job) throw new Error(`no job ${id}`);
  console.log(JSON.stringify(measure(job, folder === "" ? undefined : folder)));
} else if (mode === "curves") runCurves();
else if (mode === "small" || mode === "full") run(mode);
else throw new Error(`expected small, full or curves, found ${mode}`);
