/** Who is late with an evaluation: the stage that should be over, and for how many days. */

import { dayInChina } from "./lifecycle.ts";
import type { EvaluationState, Mover } from "./lifecycle.ts";

/** What an evaluation is waited for. */
export type LateStage = "selfEvaluation" | "review" | "onSite" | "appealAnswer";

export interface Late {
  readonly what: LateStage;
  /** who should have done it */
  readonly whom: Mover;
  /** last day it should have been done, ISO date in China */
  readonly due: string;
  /** whole days since, ≥ 1 */
  readonly days: number;
}

/** Last days of a round, ISO dates, each included. */
export interface Calendar {
  readonly selfEvaluationUntil: string;
  readonly reviewUntil: string;
  readonly onSiteUntil: string;
  /** days a school has for an appeal, and the commission for its answer; null = no appeal */
  readonly appealDays: number | null;
}

const dayMs = 24 * 3_600_000;

/** Whole days from one ISO date to another; negative when the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

/** The ISO date a number of days after another. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/**
 * What is overdue on a day; null when nothing is.
 *
 * @param since  instant at which the evaluation came into its state, ISO; null = when it was planned
 * @param day    ISO date in China
 */
export function lateOf(
  { state, since }: { readonly state: EvaluationState; readonly since: string | null },
  calendar: Calendar,
  day: string,
): Late | null {
  const due = dueOf(state, since, calendar);
  if (due === null) return null;
  const days = daysBetween(due.due, day);
  return days > 0 ? { ...due, days } : null;
}

function dueOf(state: EvaluationState, since: string | null, calendar: Calendar): Omit<Late, "days"> | null {
  switch (state) {
    case "selfEvaluation":
      return { what: "selfEvaluation", whom: "school", due: calendar.selfEvaluationUntil };
    case "submitted":
      return { what: "review", whom: "inspector", due: calendar.reviewUntil };
    case "reviewed":
    case "onSite":
      return { what: "onSite", whom: "inspector", due: calendar.onSiteUntil };
    case "appeal": {
      const from = since === null ? null : dayInChina(since);
      if (from === null || calendar.appealDays === null) return null;
      return { what: "appealAnswer", whom: "commission", due: dayAfter(from, calendar.appealDays) };
    }
    default:
      return null;
  }
}
