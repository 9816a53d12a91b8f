/** The worked example of the method page (docs/methods/growth.md), computed by the engine itself when it is looked at. */

import { schoolYear } from "@xingfu/domain/base";
import type { GrowthEstimate, MeasurementRow } from "@xingfu/domain/growth";
import { measureGrowth } from "@xingfu/domain/growth";

/** In each class there is one pupil for each total of last year and each stroke of luck. */
const priors = [60, 68, 72, 76, 80, 88];
const chances = [-8, -3, 3, 8];
/** What remains of a pupil's distance from the mean after a year. */
const carry = 0.7;
const mean = 74;
/** Classes, what is added to each total of last year, and what the school truly adds. */
const schools = [
  { code: "2150000001", classes: 3, intake: -6, adds: 4 },
  { code: "2150000002", classes: 1, intake: -2, adds: 2 },
  { code: "2150000003", classes: 3, intake: 6, adds: 0 },
  { code: "2150000004", classes: 3, intake: -4, adds: 0 },
  { code: "2150000005", classes: 3, intake: 6, adds: -4 },
  { code: "2150000006", classes: 1, intake: 0, adds: -2 },
] as const;

export interface ExampleSchool {
  readonly code: string;
  /** of this year's totals, marks */
  readonly meanTotal: number;
  readonly adds: number;
  readonly estimate: GrowthEstimate;
}

function rowsOf({ code, classes, intake, adds }: (typeof schools)[number]): MeasurementRow[] {
  return Array.from({ length: classes }, (_, number) =>
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
          placements: [{ schoolCode: code, className: String(number), share: 1 }],
        })),
      ),
    ),
  ).flat();
}

export function computeExample(): readonly ExampleSchool[] {
  const rows = schools.map(rowsOf);
  const result = measureGrowth(
    { rows: rows.flat(), schools: [] },
    {
      id: "example",
      title: "example",
      declaredOn: "2025-09-01",
      measure: { kind: "fitness", form: "score", label: "", unit: "" },
      stage: "primary",
      years: [schoolYear(2025)],
      priors: 1,
      adjustments: [],
      subGroups: [],
      minimumPupils: 10,
      minimumSubGroup: 10,
      falseAlarmRate: 0.05,
    },
    { withChecks: false },
  );
  return result.schools.map(({ schoolCode, valueAdded }, at) => {
    const totals = (rows[at] ?? []).flatMap(({ schoolYear: year, value }) => (year === 2025 ? (value ?? []) : []));
    return {
      code: schoolCode,
      meanTotal: totals.reduce((sum, total) => sum + total, 0) / totals.length,
      adds: schools[at]?.adds ?? 0,
      estimate: valueAdded,
    };
  });
}
