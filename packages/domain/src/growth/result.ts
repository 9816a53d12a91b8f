/** What an evaluation says: districts, schools, groups and sub-groups, each figure with its interval or its gap. */

import type { Gap, SchoolYear } from "../base/index.ts";
import type { Omission } from "./cohort.ts";
import type { SourcePermission } from "./lawful.ts";
import type { GrowthScheme, SubGrouping } from "./scheme.ts";

/** Against expectation. There is no order within a band. */
export const bands = ["above", "below", "notDistinguishable"] as const;
export type Band = (typeof bands)[number];

/** A difference from the mean of the schools, in the measure's unit; all numbers are null when there is a gap. */
export interface GrowthEstimate {
  /** shrunken: the best estimate */
  readonly value: number | null;
  readonly se: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** what the pupils show by themselves, before shrinking, and its standard error */
  readonly difference: number | null;
  readonly differenceSe: number | null;
  /** share of the difference that is kept, 0–1 */
  readonly reliability: number | null;
  /** pupils behind it; null when so few that they are not named */
  readonly pupils: number | null;
  readonly gap: Gap | null;
}

/** A sub-group of a school's pupils. */
export interface SubGroup {
  readonly grouping: SubGrouping;
  /** "female" | "male", "low" | "middle" | "high" prior (thirds of the district), "yes" | "no" */
  readonly group: string;
}

export interface SchoolGrowth {
  readonly schoolCode: string;
  readonly school: string;
  readonly groupName: string | null;
  /** null when the value is a gap */
  readonly band: Band | null;
  /** what the school adds in a year beyond expectation */
  readonly valueAdded: GrowthEstimate;
  /** the same with the priors alone */
  readonly withoutAdjustments: GrowthEstimate;
  /** how high its pupils stand, whatever they brought (结果); always a gap for examinations */
  readonly level: GrowthEstimate;
  /** measurements of the judged years that entered, of all there are at the school; null where there is none */
  readonly coverage: number | null;
  /** each year against the other schools of that year */
  readonly years: readonly { readonly schoolYear: SchoolYear; readonly estimate: GrowthEstimate }[];
  /** each sub-group against the same sub-group of the other schools */
  readonly subGroups: readonly (SubGroup & { readonly estimate: GrowthEstimate })[];
  /** whether the band stays when a cohort or the extremes are left out; null when that was not looked into */
  readonly isRobust: boolean | null;
}

export interface GroupGrowth {
  readonly groupName: string;
  readonly schools: number;
  readonly band: Band | null;
  readonly valueAdded: GrowthEstimate;
}

/** How much of the differences lies where. */
export interface GrowthSpread {
  readonly level: "group" | "school" | "schoolYear" | "class" | "pupil";
  /** standard deviation of the true effects, in the measure's unit, after the expectation */
  readonly sd: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly gap: Gap | null;
}

/** One check: the evaluation once more without some of the data. */
export interface SensitivityCheck {
  readonly leftOut: "cohort" | "extremes";
  /** year of entry of the cohort */
  readonly entryYear: number | null;
  /** schools whose band changes, by code */
  readonly bandChanges: readonly string[] | null;
  /** of any school's value, in the measure's unit */
  readonly largestChange: number | null;
  readonly gap: Gap | null;
}

export type GrowthNoteKind =
  | "declaredAfterwards"
  | "datesUnknown"
  | "tooFewSchools"
  | "oneYear"
  | "oneClass"
  | "leftOut"
  | "dropped"
  | "moved"
  | "notFitted"
  | "unverified";

/** What a reader must know, in a plain Chinese sentence. */
export interface GrowthNote {
  readonly kind: GrowthNoteKind;
  readonly text: string;
}

export interface GrowthResult {
  readonly scheme: GrowthScheme;
  readonly permission: SourcePermission;
  readonly method: { readonly id: string; readonly version: string };
  /** null when no measurement has a date */
  readonly isDeclaredBeforehand: boolean | null;
  /** measurements of the judged years */
  readonly sample: {
    readonly measurements: number;
    readonly used: number;
    readonly omitted: Readonly<Record<Omission, number>>;
  };
  /** sorted by school code; never by value */
  readonly schools: readonly SchoolGrowth[];
  /** sorted by name */
  readonly groups: readonly GroupGrowth[];
  readonly spread: readonly GrowthSpread[];
  /** correlation between the true effects of one school in two years, 0–1 */
  readonly stability: {
    readonly value: number | null;
    readonly lower: number | null;
    readonly upper: number | null;
    readonly gap: Gap | null;
  };
  /** pairs of judged schools whose difference exceeds its uncertainty at the scheme's rate */
  readonly pairs: { readonly separable: number; readonly total: number };
  readonly falseAlarms: {
    /** of a school that is exactly as expected */
    readonly rate: number;
    readonly judged: number;
    /** schools called above or below by chance alone, at most, if all were as expected */
    readonly expectedAtMost: number;
  };
  /** correlation of the errors of level and value added within schools, for ellipses; null for examinations */
  readonly errorCorrelation: number | null;
  /** empty when it was not asked for */
  readonly sensitivity: readonly SensitivityCheck[];
  readonly notes: readonly GrowthNote[];
}
