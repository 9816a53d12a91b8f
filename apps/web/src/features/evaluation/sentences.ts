/** The sentence a page opens with, computed from what it shows. */

import type { BoardRow, Evaluation, EvaluationResult, Issue, Round, RoundSummary } from "@xingfu/contract";
import { evaluationStates } from "@xingfu/domain/scheme";
import type { Scheme } from "@xingfu/standards";
import type { TFunction } from "i18next";
import { percent } from "../../lib/format.ts";
import { bandLabel } from "./scheme-words.ts";

export function roundsSentence(rounds: readonly Round[], t: TFunction): string {
  if (rounds.length === 0) return t("evaluation:rounds.answerNone");
  const running = rounds.filter((round) => !isOver(round));
  const [latest] = running;
  if (latest === undefined) return t("evaluation:rounds.answerOver", { count: rounds.length });
  return t("evaluation:rounds.answer", {
    count: running.length,
    name: latest.name,
    schools: latest.schools,
    states: stateCounts(latest.states, t),
  });
}

/** All its schools are decided or published. */
export function isOver({ states, schools }: Round): boolean {
  return (states["decided"] ?? 0) + (states["published"] ?? 0) >= schools;
}

/** "自评中 120 所、已提交 40 所", in the order of a round */
export function stateCounts(states: Readonly<Record<string, number>>, t: TFunction): string {
  return evaluationStates
    .filter((state) => (states[state] ?? 0) > 0)
    .map((state) =>
      t("evaluation:board.stateCount", { state: t(`evaluation:state.${state}`), count: states[state] ?? 0 }),
    )
    .join(t("common:list.comma"));
}

export function boardSentence(rows: readonly BoardRow[], t: TFunction): string {
  const late = rows.filter((row) => row.late !== null);
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  const key = late.length === 0 ? "evaluation:board.answer" : "evaluation:board.answerLate";
  const worst = late.toSorted((a, b) => (b.late?.days ?? 0) - (a.late?.days ?? 0))[0];
  return t(key, {
    schools: rows.length,
    states: stateCounts(counts, t),
    late: late.length,
    worst: worst?.school ?? "",
    days: worst?.late?.days ?? 0,
  });
}

export function ownSentence(evaluations: readonly Evaluation[], t: TFunction): string {
  if (evaluations.length === 0) return t("evaluation:own.answerNone");
  const late = evaluations.filter((evaluation) => evaluation.late !== null).length;
  const open = evaluations.filter(({ sides, state }) =>
    sides.includes("school") ? state === "selfEvaluation" || state === "feedback" : isReviewable(state),
  ).length;
  return t("evaluation:own.answer", { count: evaluations.length, open, late });
}

/** States in which inspectors rate. */
export function isReviewable(state: Evaluation["state"]): boolean {
  return state === "submitted" || state === "reviewed" || state === "onSite";
}

export function resultSentence(
  { evaluation, scorecard, isFinal, strengths, disagreements }: EvaluationResult,
  scheme: Scheme,
  t: TFunction,
): string {
  const labels = new Map(scheme.nodes.map((node) => [node.id, node.label]));
  const named = (ids: readonly string[]): string =>
    ids
      .slice(0, 3)
      .map((id) => labels.get(id) ?? id)
      .join(t("common:list.comma"));
  if (scorecard === null) return t("evaluation:result.answerHidden");
  const head =
    scorecard.band === null
      ? t("evaluation:result.answerOpen", {
          low: percent(scorecard.low / scorecard.maximum, 0),
          high: percent(scorecard.high / scorecard.maximum, 0),
        })
      : t(isFinal ? "evaluation:result.answerFinal" : "evaluation:result.answerNow", {
          school: evaluation.school,
          band: bandLabel(scheme, scorecard.band),
        });
  const flagged = disagreements.filter((entry) => entry.isFlagged).length;
  return [
    head,
    strengths.length > 0 ? t("evaluation:result.answerStrengths", { nodes: named(strengths) }) : "",
    flagged > 0 ? t("evaluation:result.answerFlagged", { count: flagged }) : "",
  ].join("");
}

export function summarySentence({ scored, round, bands, flagged, issues }: RoundSummary, t: TFunction): string {
  return t("evaluation:summary.answer", {
    scored,
    schools: round.schools,
    bands: bands
      .filter((band) => band.schools > 0)
      .map((band) => t("evaluation:board.stateCount", { state: band.label, count: band.schools }))
      .join(t("common:list.comma")),
    flagged: flagged.length,
    overdue: issues.overdue,
  });
}

export function issuesSentence(
  counts: { readonly states: Readonly<Record<string, number>>; readonly overdue: number },
  t: TFunction,
): string {
  const of = (...states: readonly Issue["state"][]): number =>
    states.reduce((sum, state) => sum + (counts.states[state] ?? 0), 0);
  const open = of("recorded", "rectifying", "rectified");
  if (open + of("closed") === 0) return t("evaluation:issues.answerNone");
  return t("evaluation:issues.answer", {
    open,
    waiting: of("rectified"),
    overdue: counts.overdue,
    closed: of("closed"),
  });
}
