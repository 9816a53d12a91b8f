/** The answers in words, computed from the assessment. */

import type { AssessmentRow, BalanceAssessment, CvContributions, IndicatorResult } from "@xingfu/domain/balance";
import { indicators } from "@xingfu/domain/balance";
import type { Verdict } from "@xingfu/domain/base";
import type { TFunction } from "i18next";
import { number } from "../../lib/format.ts";
import type { VerdictTone } from "../../ui/Verdict.tsx";

export interface VerdictCounts {
  readonly met: number;
  readonly notMet: number;
  readonly notComputable: number;
}

export function countVerdicts(parts: Iterable<{ readonly verdict: Verdict }>): VerdictCounts {
  const counts = { met: 0, notMet: 0, notComputable: 0 };
  for (const { verdict } of parts) counts[verdict] += 1;
  return counts;
}

/** How loud an indicator is: one that is not met while its school still passes only asks for attention. */
export function indicatorTone(result: IndicatorResult, row: Pick<AssessmentRow, "verdict">): VerdictTone {
  if (result.verdict !== "notMet") return result.verdict;
  return row.verdict === "notMet" ? "notMet" : "attention";
}

/** The verdict of the whole district in one sentence, then what keeps it from being met. */
export function districtSentence(assessment: BalanceAssessment, t: TFunction): string {
  const rows = countVerdicts(assessment.rows);
  const cv = countVerdicts(assessment.cv);
  const items = countVerdicts(assessment.items);
  const vetoed = assessment.vetoes.filter((veto) => veto.verdict === "notMet");
  const clauses: string[] = [];
  if (rows.notMet > 0) clauses.push(t("balance:sentence.rows", { count: rows.notMet, all: assessment.rows.length }));
  if (cv.notMet > 0) {
    const failing = assessment.cv.filter((entry) => entry.verdict === "notMet");
    const named = failing
      .slice(0, 3)
      .map((entry) =>
        t("balance:sentence.cvOne", {
          phase: t(`common:stage.${entry.phase}`),
          indicator: entry.indicator,
          cv: entry.cv === null ? "" : number(entry.cv, 3),
          limit: number(entry.limit, 2),
        }),
      )
      .join(t("common:list.comma"));
    clauses.push(t("balance:sentence.cv", { count: cv.notMet, all: assessment.cv.length, named }));
  }
  if (items.notMet > 0) {
    const named = assessment.items
      .filter((entry) => entry.verdict === "notMet")
      .map((entry) => entry.id)
      .join(t("common:list.comma"));
    clauses.push(t("balance:sentence.items", { count: items.notMet, all: assessment.items.length, named }));
  }
  if (assessment.satisfaction.verdict === "notMet") clauses.push(t("balance:sentence.satisfaction"));
  if (vetoed.length > 0) {
    clauses.push(t("balance:sentence.vetoes", { named: vetoed.map((veto) => veto.id).join(t("common:list.comma")) }));
  }
  if (assessment.precondition.verdict === "notMet") clauses.push(t("balance:sentence.precondition"));
  const unknown = unknownCount(assessment);
  if (unknown > 0) clauses.push(t("balance:sentence.unknown", { count: unknown }));
  if (clauses.length === 0) return t("balance:sentence.allMet", { rows: assessment.rows.length });
  return clauses.join(t("common:list.semicolon")) + t("balance:sentence.end");
}

/** Rows, coefficients, items, satisfaction, vetoes and the precondition that cannot be judged yet. */
export function unknownCount(assessment: BalanceAssessment): number {
  return [
    ...assessment.rows,
    ...assessment.cv,
    ...assessment.items,
    assessment.satisfaction,
    ...assessment.vetoes,
    assessment.precondition,
  ].filter((entry) => entry.verdict === "notComputable").length;
}

/** One school and phase: how many are met, what is not, and whether it passes. */
export function rowSentence(row: AssessmentRow, t: TFunction): string {
  const failing = indicators.filter((indicator) => row.indicators[indicator].verdict === "notMet");
  const unknown = indicators.filter((indicator) => row.indicators[indicator].verdict === "notComputable");
  const parts = [t("balance:sentence.rowMet", { count: row.metCount })];
  if (failing.length > 0) {
    parts.push(t("balance:sentence.rowNotMet", { named: failing.join(t("common:list.comma")) }));
  }
  if (unknown.length > 0) {
    parts.push(t("balance:sentence.rowUnknown", { named: unknown.join(t("common:list.comma")) }));
  }
  const deep = failing.filter((indicator) => (row.indicators[indicator].ratio ?? 1) < 0.85);
  const why =
    row.verdict === "met"
      ? "passes"
      : row.verdict === "notComputable"
        ? "open"
        : failing.length === 1 && deep.length === 1
          ? "below85"
          : "tooFew";
  parts.push(t(`balance:sentence.row.${why}`));
  return parts.join(t("balance:sentence.pause")) + t("balance:sentence.end");
}

/** What raising schools to the threshold does to a coefficient. */
export function contributionSentence(found: CvContributions, t: TFunction): string {
  if (found.cv === null) return t("balance:spread.notComputable");
  const words = { cv: number(found.cv, 4), limit: number(found.limit, 2) };
  if (found.schoolsToLimit === 0) return t("balance:spread.holds", words);
  const all = found.cvIfAllReach === null ? "" : number(found.cvIfAllReach, 4);
  if (found.schoolsToLimit === null) return t("balance:spread.notEnough", { ...words, all });
  return t("balance:spread.enough", { ...words, count: found.schoolsToLimit, all });
}
