/**
 * The balance engine: one district, the whole country, linearity, what-if. Single-threaded; figures to compare as ratios.
 *
 * Peer of each line: one pass over the same schools that only adds up their pupils and amounts, which any engine must do.
 */
import { createHash } from "node:crypto";
import { canonicalText } from "../packages/domain/src/base/index.ts";
import {
  applyChanges,
  assessBalance,
  balanceRules,
  cvContributions,
  explainIndicator,
} from "../packages/domain/src/balance/index.ts";
import type { BalanceFacts } from "../packages/domain/src/balance/index.ts";
import { variedDistrict } from "../packages/domain/src/balance/testing/facts.ts";

const rules = balanceRules("2025-09-01");

/** Milliseconds of a call: the median of some runs, and the best, which other work on the machine disturbs least. */
interface Timing {
  readonly median: number;
  readonly best: number;
}

/** Times `runs` calls, after as many to warm up. */
function time(runs: number, call: () => unknown): Timing {
  const times: number[] = [];
  for (let run = 0; run < 2 * runs; run += 1) {
    const start = performance.now();
    call();
    if (run >= runs) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)] ?? NaN, best: times[0] ?? NaN };
}

/** The peer: pupils and floor area of the district summed, nothing judged. */
function plainSum(facts: BalanceFacts): number {
  let sum = 0;
  for (const school of facts.schools) {
    for (const stage of school.stages) sum += stage.pupils ?? 0;
    sum += school.shared?.teachingFloorAreaM2 ?? 0;
  }
  return sum;
}

const lines: string[][] = [["what", "median ms", "best ms", "best µs per school", "aim", "best of the aim"]];
function add(what: string, { median, best }: Timing, schools: number, aim: number | null): void {
  lines.push([
    what,
    median.toFixed(2),
    best.toFixed(2),
    ((best * 1000) / schools).toFixed(1),
    aim === null ? "" : `≤ ${aim} ms`,
    aim === null ? "" : `${Math.round((best / aim) * 100)} %`,
  ]);
}

const district = variedDistrict(210);
const cold = performance.now();
assessBalance(district, rules);
const first = performance.now() - cold;
add("210 schools, first call of the process", { median: first, best: first }, 210, null);
add(
  "210 schools assessed",
  time(60, () => assessBalance(district, rules)),
  210,
  5,
);
const change = [
  { schoolCode: district.schools[3]?.schoolCode ?? "", stage: null, field: "equipmentYuan", value: 1_000_000 },
] as const;
add(
  "210 schools, what-if: change and assess",
  time(60, () => assessBalance(applyChanges(district, change), rules)),
  210,
  10,
);
const row = assessBalance(district, rules).rows[0];
if (row)
  add(
    "210 schools, one trail",
    time(60, () => explainIndicator(district, rules, row.schoolCode, row.phase, "R4")),
    210,
    null,
  );
add(
  "210 schools, contributions to one CV",
  time(60, () => cvContributions(district, rules, "primary", "R4")),
  210,
  null,
);
add(
  "210 schools, hash of the facts",
  time(20, () => createHash("sha256").update(canonicalText(district)).digest("hex")),
  210,
  null,
);
add(
  "210 schools, peer: plain sum",
  time(60, () => plainSum(district)),
  210,
  null,
);

const country = Array.from({ length: 2844 }, (_, seed) => variedDistrict(60, seed + 1));
function assessCountry(): void {
  for (const facts of country) assessBalance(facts, rules);
}
add("2,844 districts × 60 schools", time(2, assessCountry), 2844 * 60, 2000);

for (const size of [50, 100, 200, 400, 800, 1600]) {
  const facts = variedDistrict(size);
  add(
    `curve: ${size} schools`,
    time(15, () => assessBalance(facts, rules)),
    size,
    null,
  );
}

const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
for (const line of lines) {
  process.stdout.write(
    `${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}\n`,
  );
}
