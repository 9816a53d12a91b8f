/** Holds the engine to the worked example of docs/methods/raters.md, and the page to the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { measureRaters } from "./index.ts";

interface Example {
  visits: Record<string, Record<string, number>>;
  raters: Record<string, { severity: number; lower: number; upper: number; band: string }>;
  schools: Record<string, { raw: number; corrected: number; lower: number; upper: number }>;
}

const page = readFileSync(join(import.meta.dirname, "../../../../docs/methods/raters.md"), "utf8");
const example: Example = parse(/## A worked example[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "");

test("severities and corrected scores of the worked example come out as printed", () => {
  const ratings = Object.entries(example.visits).flatMap(([school, given]) =>
    Object.entries(given).map(([rater, share]) => ({ rater, school, node: "plan", share })),
  );
  const { raters, schools } = measureRaters(ratings, new Map([["plan", 10]]));
  const round = (value: number): number => Number(value.toFixed(3));
  const found = raters.map(({ rater, severity }) => {
    if ("why" in severity) throw new Error(rater);
    const { value, lower, upper, band } = severity;
    return [rater, { severity: round(value), lower: round(lower), upper: round(upper), band }];
  });
  expect(Object.fromEntries(found)).toEqual(example.raters);
  for (const [code, printed] of Object.entries(example.schools)) {
    const school = schools.find((one) => one.school === code);
    if (!school || "why" in school.corrected) throw new Error(code);
    const { value, lower, upper } = school.corrected;
    expect({ raw: round(school.raw), corrected: round(value), lower: round(lower), upper: round(upper) }).toEqual(
      printed,
    );
  }
});
