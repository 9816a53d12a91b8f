/** Holds the engine to the worked example of docs/methods/growth.md, and the page to the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { schoolYear } from "../base/index.ts";
import type { MeasurementRow } from "./index.ts";
import { measureGrowth } from "./index.ts";
import { soundScheme } from "./testing/scheme.ts";

interface Example {
  priors: number[];
  chances: number[];
  carry: number;
  mean: number;
  schools: { code: string; classes: number; intake: number; adds: number }[];
  results: {
    code: string;
    pupils: number;
    meanTotal: number;
    level: number;
    difference: number;
    reliability: number;
    value: number;
    lower: number;
    upper: number;
    band: string;
  }[];
  pairs: { separable: number; total: number };
}

const page = readFileSync(join(import.meta.dirname, "../../../../docs/methods/growth.md"), "utf8");
const example: Example = parse(/## A worked example[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "");

/** Every pupil of the example in both years: each prior with each chance, in every class. */
function rowsOf({ priors, chances, carry, mean, schools }: Example): MeasurementRow[] {
  return schools.flatMap(({ code, classes, intake, adds }) =>
    Array.from({ length: classes }, (_, number) =>
      priors.flatMap((prior) =>
        chances.flatMap((chance) =>
          [2024, 2025].map((year): MeasurementRow => ({
            pupilCode: `${code}-${number}-${prior}-${chance}`,
            schoolYear: schoolYear(year),
            measuredOn: `${year}-11-15`,
            stage: "primary",
            grade: year - 2020,
            value: year === 2024 ? prior + intake : mean + carry * (prior + intake - mean) + adds + chance,
            sex: null,
            birthDate: null,
            hasSpecialNeeds: null,
            isMigrant: null,
            placements: [{ schoolCode: code, className: `${number + 1}班`, share: 1 }],
          })),
        ),
      ),
    ).flat(),
  );
}

const rows = rowsOf(example);
const result = measureGrowth(
  { rows, schools: [] },
  soundScheme({ years: [schoolYear(2025)], adjustments: [], minimumPupils: 10 }),
  { withChecks: false },
);

test("the schools of the worked example come out as printed", () => {
  const rounded = (value: number | null): number => Math.round((value ?? Number.NaN) * 100) / 100 + 0; // −0 is 0
  const found = result.schools.map(({ schoolCode, valueAdded, level, band }) => {
    const totals = rows.flatMap((row) =>
      row.schoolYear === 2025 && row.placements[0]?.schoolCode === schoolCode ? (row.value ?? []) : [],
    );
    return {
      code: schoolCode,
      pupils: valueAdded.pupils,
      meanTotal: rounded(totals.reduce((sum, total) => sum + total, 0) / totals.length),
      level: rounded(level.difference),
      difference: rounded(valueAdded.difference),
      reliability: rounded(valueAdded.reliability),
      value: rounded(valueAdded.value),
      lower: rounded(valueAdded.lower),
      upper: rounded(valueAdded.upper),
      band,
    };
  });
  expect(found).toEqual(example.results);
});

test("so do the pairs that can be told apart", () => {
  expect(result.pairs).toEqual(example.pairs);
});
