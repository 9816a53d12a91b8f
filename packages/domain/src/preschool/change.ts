/** What-if: the same assessment with some numbers changed. Never touches what was reported. */

import { Fault } from "../base/index.ts";
import { preschoolFigures } from "./facts.ts";
import type { KindergartenAmounts, PreschoolFacts, PreschoolFigure } from "./facts.ts";

export type PreschoolChange =
  | { readonly kind: "figure"; readonly figure: PreschoolFigure; readonly value: number }
  | {
      readonly kind: "amount";
      readonly schoolCode: string;
      readonly amount: keyof KindergartenAmounts;
      readonly value: number;
    }
  /** a kindergarten becomes public, inclusive or neither */
  | { readonly kind: "standing"; readonly schoolCode: string; readonly standing: "public" | "inclusive" | "private" }
  | { readonly kind: "finding"; readonly item: string; readonly isMet: boolean };

/**
 * The facts with the changes made, one after the other.
 *
 * @throws Fault SCENARIO_INVALID for an unknown kindergarten or figure, or a number below 0
 */
export function changePreschool(facts: PreschoolFacts, changes: readonly PreschoolChange[]): PreschoolFacts {
  return changes.reduce((before, change, at) => {
    const refuse = (problem: string): never => {
      throw new Fault("SCENARIO_INVALID", { change: at, problem });
    };
    if ("value" in change && !(Number.isFinite(change.value) && change.value >= 0))
      return refuse(`a number of at least 0 is needed, not ${change.value}`);
    if (change.kind === "figure") {
      if (!preschoolFigures.includes(change.figure)) return refuse(`there is no figure ${change.figure}`);
      return { ...before, figures: { ...before.figures, [change.figure]: change.value } };
    }
    if (change.kind === "finding") {
      const { item, isMet } = change;
      const made = { item, isMet, finding: null, evidence: null, reviewer: null, reviewedOn: null };
      return { ...before, findings: [...before.findings.filter((one) => one.item !== item), made] };
    }
    const { schoolCode } = change;
    if (!before.kindergartens.some((one) => one.schoolCode === schoolCode))
      return refuse(`there is no kindergarten ${schoolCode}`);
    const changed =
      change.kind === "amount"
        ? { [change.amount]: change.value }
        : change.standing === "public"
          ? { ownership: "public" as const, isInclusive: null }
          : { ownership: "private" as const, isInclusive: change.standing === "inclusive" };
    return {
      ...before,
      kindergartens: before.kindergartens.map((one) => (one.schoolCode === schoolCode ? { ...one, ...changed } : one)),
    };
  }, facts);
}
