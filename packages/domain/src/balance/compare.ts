/** The same district over several years, or reported against a what-if: which verdicts changed, and why. */

import type { Phase, SchoolYear, Verdict } from "../base/index.ts";
import type { BalanceAssessment } from "./assessment.ts";

/** Why a figure moved. */
export interface Cause {
  readonly kind: "numerator" | "pupils" | "rule" | "reported" | "notReported" | "schoolAdded" | "schoolRemoved" | "relaxation" | "finding" | "value";
  readonly before: number | null;
  readonly after: number | null;
}

/** One verdict that is not what it was. */
export interface VerdictChange {
  readonly from: SchoolYear;
  readonly to: SchoolYear;
  /** "district", "part:resources", "row", "R1" … "R7", "cv", "G1" … "Q9", "satisfaction", "V1" …, "precondition" */
  readonly subject: string;
  readonly schoolCode: string | null;
  readonly phase: Phase | null;
  /** indicator of a coefficient of variation; null otherwise */
  readonly indicator: string | null;
  readonly before: Verdict | null;
  readonly after: Verdict | null;
  readonly valueBefore: number | null;
  readonly valueAfter: number | null;
  /** largest first */
  readonly causes: readonly Cause[];
}

/** Verdicts that changed between each assessment and the next, in the order given (oldest first). */
export function compareYears(assessments: readonly BalanceAssessment[]): VerdictChange[] {
  throw new Error(`not written yet: ${assessments.length}`);
}
