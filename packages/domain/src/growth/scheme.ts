/** What an evaluation will measure and how, declared before the data: so that nobody chooses the model by its result. */

import { Fault, isSchoolYear, stages } from "../base/index.ts";
import type { SchoolYear, Stage } from "../base/index.ts";
import type { SourceForm, SourceKind } from "./lawful.ts";
import { sourceForms, sourceKinds } from "./lawful.ts";

/** What may be adjusted for besides the prior measurements. */
export const adjustments = ["sex", "age", "specialNeeds", "migrant"] as const;
export type Adjustment = (typeof adjustments)[number];

/** Sub-groups that a school's page may show: for whom the school adds. */
export const subGroupings = ["sex", "prior", "specialNeeds", "migrant"] as const;
export type SubGrouping = (typeof subGroupings)[number];

/** Below this many pupils nothing is shown of a group, whatever a scheme says. */
export const privacyMinimum = 10;

export interface GrowthScheme {
  readonly id: string;
  readonly title: string;
  /** ISO date on which it was declared; it must not be later than the first measurement it judges */
  readonly declaredOn: string;
  readonly measure: {
    readonly kind: SourceKind;
    /** only a pupil's own value shows growth: "score" or "level" */
    readonly form: SourceForm;
    /** more is better; in words, for the page */
    readonly label: string;
    /** as printed behind a number: 分, … ; may be empty */
    readonly unit: string;
  };
  readonly stage: Stage;
  /** last grade of the stage where it is not 6, 3, 3 (五四制) */
  readonly lastGrade?: number;
  /** school years whose measurements are judged; each needs the measurements of the years before as priors */
  readonly years: readonly SchoolYear[];
  /** earlier yearly measurements that form the expectation: 1 or 2 */
  readonly priors: 1 | 2;
  readonly adjustments: readonly Adjustment[];
  readonly subGroups: readonly SubGrouping[];
  /** pupils a school needs to be judged, at least 10 */
  readonly minimumPupils: number;
  /** pupils a sub-group needs to be shown, at least 10 */
  readonly minimumSubGroup: number;
  /**
   * How often a school that is exactly as expected may be called above or below, 0.001–0.2. Intervals have
   * the coverage 1 − falseAlarmRate, so that a band and an interval never contradict each other.
   */
  readonly falseAlarmRate: number;
}

/**
 * The same scheme when it holds.
 *
 * @throws Fault GROWTH_SCHEME_INVALID; `field` is the first that is wrong, `problem` lists everything that is wrong
 */
export function checkGrowthScheme(scheme: GrowthScheme): GrowthScheme {
  const problems: { field: string; problem: string }[] = [];
  const need = (field: string, holds: boolean, problem: string): void => {
    if (!holds) problems.push({ field, problem: `${field} ${problem}` });
  };
  const { measure, years, priors, falseAlarmRate } = scheme;
  need("id", scheme.id.trim() !== "", "is empty");
  need("title", scheme.title.trim() !== "", "is empty");
  need("declaredOn", isDay(scheme.declaredOn), `is not a date: ${scheme.declaredOn}`);
  need("measure.kind", (sourceKinds as readonly string[]).includes(measure.kind), `is unknown: ${measure.kind}`);
  need("measure.form", (sourceForms as readonly string[]).includes(measure.form), `is unknown: ${measure.form}`);
  need(
    "measure.form",
    measure.form !== "distribution" && measure.form !== "mean",
    `is ${measure.form}: growth is measured on pupils, so it needs a score or a level of each`,
  );
  need("stage", stages.includes(scheme.stage), `is unknown: ${scheme.stage}`);
  const { lastGrade } = scheme;
  need(
    "lastGrade",
    lastGrade === undefined || (Number.isInteger(lastGrade) && lastGrade >= 1 && lastGrade <= 6),
    `must be a grade from 1 to 6, not ${lastGrade}`,
  );
  need("years", years.length > 0, "names no school year");
  need("years", new Set(years).size === years.length, "names a school year twice");
  for (const year of years) need("years", isSchoolYear(year), `has ${year}, which is no school year`);
  need(
    "priors",
    priors === 1 || priors === 2,
    `must be 1 or 2, not ${String(priors)}: without a prior it is no growth`,
  );
  checkList("adjustments", scheme.adjustments, adjustments);
  checkList("subGroups", scheme.subGroups, subGroupings);
  for (const field of ["minimumPupils", "minimumSubGroup"] as const) {
    const value = scheme[field];
    need(
      field,
      Number.isInteger(value) && value >= privacyMinimum,
      `must be a whole number of at least ${privacyMinimum}, not ${value}: smaller groups point at persons`,
    );
  }
  need(
    "falseAlarmRate",
    falseAlarmRate >= 0.001 && falseAlarmRate <= 0.2,
    `must lie between 0.001 and 0.2, not ${falseAlarmRate}`,
  );
  const [first] = problems;
  if (first) {
    throw new Fault("GROWTH_SCHEME_INVALID", {
      field: first.field,
      problem: problems.map(({ problem }) => problem).join("; "),
    });
  }
  return scheme;

  function checkList(field: string, chosen: readonly string[], known: readonly string[]): void {
    need(field, new Set(chosen).size === chosen.length, "names the same twice");
    for (const one of chosen) need(field, known.includes(one), `has ${one}; known are ${known.join(", ")}`);
  }
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
