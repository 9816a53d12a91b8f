/** A result cut by who may see it: the district as a whole, what compares schools, and each school by itself. */

import type { Band, GroupGrowth, GrowthResult, SchoolGrowth, SensitivityCheck } from "./result.ts";
import { bands } from "./result.ts";

/** What names no school: for everybody who sees any school's result. */
export type GrowthSummary = Omit<GrowthResult, "scheme" | "schools" | "groups" | "sensitivity"> & {
  readonly schools: number;
  readonly groups: number;
  /** judged schools by band */
  readonly bandCounts: Readonly<Record<Band, number>>;
  readonly sensitivity: readonly (Omit<SensitivityCheck, "bandChanges"> & {
    /** how many schools change their band */
    readonly bandChangeCount: number | null;
  })[];
};

/** What names or compares schools: for those who see the district's assessment. */
export interface GrowthComparison {
  readonly groups: readonly GroupGrowth[];
  readonly sensitivity: readonly SensitivityCheck[];
}

/** One school among others: what a chart and a table of schools need. */
export type SchoolBrief = Pick<
  SchoolGrowth,
  "schoolCode" | "school" | "groupName" | "band" | "valueAdded" | "level" | "coverage" | "isRobust"
>;
/** What a school's own page says beyond the brief. */
export type SchoolDetail = Pick<SchoolGrowth, "withoutAdjustments" | "years" | "subGroups">;

export interface SharedResult {
  readonly summary: GrowthSummary;
  readonly comparison: GrowthComparison;
  readonly schools: readonly { readonly brief: SchoolBrief; readonly detail: SchoolDetail }[];
}

export function shareResult({ scheme: _, schools, groups, sensitivity, ...whole }: GrowthResult): SharedResult {
  const bandCounts = Object.fromEntries(
    bands.map((band) => [band, schools.filter((school) => school.band === band).length]),
  ) as Record<Band, number>;
  return {
    summary: {
      ...whole,
      schools: schools.length,
      groups: groups.length,
      bandCounts,
      sensitivity: sensitivity.map(({ bandChanges, ...check }) => ({
        ...check,
        bandChangeCount: bandChanges?.length ?? null,
      })),
    },
    comparison: { groups, sensitivity },
    schools: schools.map(({ withoutAdjustments, years, subGroups, ...brief }) => ({
      brief,
      detail: { withoutAdjustments, years, subGroups },
    })),
  };
}
