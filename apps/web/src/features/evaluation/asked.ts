/** What the pages of school evaluation ask the server for, each under the key it is cached by. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { SchoolYear } from "@xingfu/domain/base";
import type { IssueState } from "@xingfu/domain/scheme";
import { api } from "../../lib/api.ts";
import { queryClient } from "../../lib/query.ts";

const part = "evaluation";

export const schemesQuery = queryOptions({ queryKey: [part, "schemes"], queryFn: () => api.listSchemes() });

export const schemeQuery = (scheme: string, version: string) =>
  queryOptions({
    queryKey: [part, "scheme", scheme, version],
    queryFn: () => api.readScheme({ params: { scheme, version } }),
    staleTime: Number.POSITIVE_INFINITY, // a version never changes
  });

export const draftQuery = (id: number) =>
  queryOptions({ queryKey: [part, "draft", id], queryFn: () => api.readSchemeDraft({ params: { id } }) });

export const roundsQuery = queryOptions({ queryKey: [part, "rounds"], queryFn: () => api.listRounds() });

export const roundQuery = (id: number) =>
  queryOptions({ queryKey: [part, "round", id], queryFn: () => api.readRound({ params: { id } }) });

export const boardQuery = (id: number) =>
  queryOptions({ queryKey: [part, "board", id], queryFn: () => api.readBoard({ params: { id } }) });

export const remindersQuery = (id: number) =>
  queryOptions({ queryKey: [part, "reminders", id], queryFn: () => api.listReminders({ params: { id } }) });

export const candidatesQuery = (year: SchoolYear, scheme: string, version: string) =>
  queryOptions({
    queryKey: [part, "candidates", year, scheme, version],
    queryFn: () => api.listCandidates({ params: { year }, query: { scheme, version } }),
  });

export const summaryQuery = (id: number) =>
  queryOptions({ queryKey: [part, "summary", id], queryFn: () => api.readRoundSummary({ params: { id } }) });

export const ratersQuery = (id: number) =>
  queryOptions({ queryKey: [part, "raters", id], queryFn: () => api.readRaters({ params: { id } }) });

export const inspectorsQuery = (id: number) =>
  queryOptions({ queryKey: [part, "inspectors", id], queryFn: () => api.listInspectors({ params: { id } }) });

export const assignmentsQuery = (id: number) =>
  queryOptions({ queryKey: [part, "assignments", id], queryFn: () => api.listAssignments({ params: { id } }) });

export const conflictsQuery = queryOptions({ queryKey: [part, "conflicts"], queryFn: () => api.listConflicts() });

export const ownEvaluationsQuery = queryOptions({ queryKey: [part, "own"], queryFn: () => api.listOwnEvaluations() });

export const evaluationQuery = (id: number) =>
  queryOptions({
    queryKey: [part, "one", id],
    queryFn: () => api.readEvaluation({ params: { id } }),
    staleTime: 0, // another side may have moved it a moment ago
  });

export const selfQuery = (id: number) =>
  queryOptions({ queryKey: [part, "self", id], queryFn: () => api.readSelf({ params: { id } }) });

export const reviewQuery = (id: number) =>
  queryOptions({ queryKey: [part, "review", id], queryFn: () => api.readReview({ params: { id } }) });

export const moderationQuery = (id: number) =>
  queryOptions({ queryKey: [part, "moderation", id], queryFn: () => api.readModeration({ params: { id } }) });

export const feedbackQuery = (id: number) =>
  queryOptions({ queryKey: [part, "feedback", id], queryFn: () => api.readFeedback({ params: { id } }) });

export const resultQuery = (id: number) =>
  queryOptions({ queryKey: [part, "result", id], queryFn: () => api.readResult({ params: { id } }), staleTime: 0 });

export const reportQuery = (id: number) =>
  queryOptions({ queryKey: [part, "report", id], queryFn: () => api.readEvaluationReport({ params: { id } }) });

export const roundReportQuery = (id: number) =>
  queryOptions({ queryKey: [part, "round-report", id], queryFn: () => api.readRoundReport({ params: { id } }) });

export const issuesQuery = (page: number, size: number, state: IssueState | null, isOverdue: boolean) =>
  queryOptions({
    queryKey: [part, "issues", page, size, state, isOverdue],
    queryFn: () =>
      api.listIssues({
        query: { page, size, ...(state === null ? {} : { state }), ...(isOverdue ? { overdue: true } : {}) },
      }),
    placeholderData: keepPreviousData,
  });

export const issueQuery = (id: number) =>
  queryOptions({ queryKey: [part, "issue", id], queryFn: () => api.readIssue({ params: { id } }) });

/** Everything about evaluations that a change may have made out of date. */
export async function forgetEvaluations(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: [part] });
}
