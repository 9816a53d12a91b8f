/** What the pages of surveys ask the server for. */

import { queryOptions } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import { queryClient } from "../../lib/query.ts";

export const surveysQuery = queryOptions({
  queryKey: ["surveys"],
  queryFn: async () => (await api.listSurveys()).surveys,
});

export const surveyQuery = (id: number) =>
  queryOptions({ queryKey: ["survey", id], queryFn: () => api.readSurvey({ params: { id } }) });

export const progressQuery = (id: number) =>
  queryOptions({
    queryKey: ["survey-progress", id],
    queryFn: () => api.readSurveyProgress({ params: { id } }),
    staleTime: 5000,
  });

export const linksQuery = (id: number) =>
  queryOptions({
    queryKey: ["survey-links", id],
    queryFn: async () => (await api.listSurveyLinks({ params: { id } })).links,
  });

export const resultQuery = (id: number) =>
  queryOptions({
    queryKey: ["survey-result", id],
    queryFn: () => api.readSurveyResult({ params: { id } }),
    // while answers are being counted, how far it has come is asked again
    refetchInterval: ({ state }) => (state.data?.counting?.state === "running" ? 700 : false),
  });

/** Everything kept of one survey is out of date. */
export async function forgetSurvey(id: number): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey }) =>
      queryKey[0] === "surveys" || (String(queryKey[0]).startsWith("survey") && queryKey[1] === id),
  });
}
