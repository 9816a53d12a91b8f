/** Two assessments of one district side by side: years, or before and after a what-if. */

import type { Verdict } from "../base/index.ts";
import type { PreschoolAssessment } from "./assess.ts";

export interface PreschoolDifference {
  /** id of the condition, or "satisfaction" */
  readonly id: string;
  readonly before: { readonly value: number | null; readonly verdict: Verdict };
  readonly after: { readonly value: number | null; readonly verdict: Verdict };
}

/** Conditions whose value or verdict differs, in the order of the document. */
export function comparePreschool(
  before: PreschoolAssessment,
  after: PreschoolAssessment,
): readonly PreschoolDifference[] {
  const of = (assessment: PreschoolAssessment): ReadonlyMap<string, PreschoolDifference["before"]> =>
    new Map(
      [...assessment.items.flatMap(({ conditions }) => conditions), assessment.satisfaction].map(
        ({ id, value, verdict }) => [id, { value, verdict }],
      ),
    );
  const [left, right] = [of(before), of(after)];
  const absent = { value: null, verdict: "notComputable" } as const;
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((id) => {
    const [one, other] = [left.get(id) ?? absent, right.get(id) ?? absent];
    return one.value === other.value && one.verdict === other.verdict ? [] : [{ id, before: one, after: other }];
  });
}
