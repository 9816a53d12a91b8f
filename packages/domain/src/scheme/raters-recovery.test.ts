/**
 * Known severities come back: over many invented rounds corrected scores are nearer to the truth than raw ones, and the intervals
 * cover at their stated rate. The figures are those printed in docs/methods/raters.md, row by row.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { measureRaters } from "./index.ts";
import type { RoundOptions } from "./testing/round.ts";
import { knownRound } from "./testing/round.ts";

const rubric = (thought: number): number => (thought < 0.35 ? 0 : thought < 0.55 ? 0.6 : thought < 0.75 ? 0.8 : 1);

const rounds: readonly { readonly name: string; readonly districts: number; readonly options: RoundOptions }[] = [
  { name: "60 schools, 12 raters, 3 each", districts: 500, options: {} },
  { name: "24 schools, 6 raters, 3 each", districts: 500, options: { schools: 24, raters: 6 } },
  { name: "60 schools, 12 raters, 2 each", districts: 200, options: { perSchool: 2 } },
  { name: "each rater judges 70 % of the leaves", districts: 200, options: { rates: 0.7 } },
  { name: "strict raters sent to weak schools", districts: 200, options: { sentToWeak: true } },
  { name: "four levels of a rubric", districts: 200, options: { scale: rubric } },
  { name: "raters do not differ", districts: 200, options: { severitySd: 0, leafSd: 0 } },
];

const page = readFileSync(join(import.meta.dirname, "../../../../docs/methods/raters.md"), "utf8");
const printed = new Map(
  [...page.matchAll(/^\| (.+?) \| (\d+) \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) \| ([\d.]+) \|$/gm)].map(
    ([, name, ...figures]) => [name, figures],
  ),
);

test.each(rounds)("$name", { timeout: 240_000 }, ({ name, districts, options }) => {
  const sum = { schools: 0, schoolsCovered: 0, raters: 0, ratersCovered: 0, nearer: 0, raw: 0, corrected: 0, named: 0 };
  for (let seed = 1; seed <= districts; seed++) {
    const { ratings, points, severity, score } = knownRound(seed, options);
    const found = measureRaters(ratings, points);
    let raw = 0;
    let corrected = 0;
    for (const school of found.schools) {
      if ("why" in school.corrected) throw new Error(JSON.stringify(school));
      const truth = score.get(school.school)!;
      sum.schools += 1;
      if (school.corrected.lower <= truth && truth <= school.corrected.upper) sum.schoolsCovered += 1;
      raw += (school.raw - truth) ** 2;
      corrected += (school.corrected.value - truth) ** 2;
    }
    if (corrected < raw) sum.nearer += 1;
    sum.raw += raw;
    sum.corrected += corrected;
    for (const rater of found.raters) {
      if ("why" in rater.severity) throw new Error(JSON.stringify(rater));
      const truth = severity.get(rater.rater)!;
      sum.raters += 1;
      if (rater.severity.lower <= truth && truth <= rater.severity.upper) sum.ratersCovered += 1;
      if (rater.severity.band !== "notDistinguishable") sum.named += 1;
    }
  }
  const nearer = sum.nearer / districts;
  const schoolCoverage = sum.schoolsCovered / sum.schools;
  const raterCoverage = sum.ratersCovered / sum.raters;

  if (districts === 500) expect(nearer).toBeGreaterThanOrEqual(0.95);
  if (options.severitySd === 0) {
    // nothing to correct: next to nothing is corrected, and hardly anybody is called strict
    expect(sum.corrected).toBeLessThan(1.02 * sum.raw);
    expect(sum.named / sum.raters).toBeLessThan(0.05);
    expect(raterCoverage).toBeGreaterThan(0.95);
  } else {
    expect(sum.corrected).toBeLessThan(sum.raw);
    // 0.95 within what chance allows; schools of a district share its raters, so districts are what is independent
    expect(Math.abs(schoolCoverage - 0.95)).toBeLessThan(0.02);
    expect(Math.abs(raterCoverage - 0.95)).toBeLessThan(0.025);
  }
  const percent = (share: number): string => (100 * share).toFixed(1);
  const error = (squares: number): string => (100 * Math.sqrt(squares / sum.schools)).toFixed(2);
  expect(printed.get(name)).toEqual([
    String(districts),
    percent(nearer),
    percent(schoolCoverage),
    percent(raterCoverage),
    error(sum.raw),
    error(sum.corrected),
  ]);
});
