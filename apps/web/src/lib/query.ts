/** What the pages ask the server for, each under the key it is cached by. */

import { QueryClient, queryOptions } from "@tanstack/react-query";
import type { AssessmentReply } from "@xingfu/contract";
import type { SchoolYear, Section } from "@xingfu/domain/base";
import { ApiError, api } from "./api.ts";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: true,
      networkMode: "always", // without a network an answer may still come from the device, and a failure is to be said, not waited for
      // a refusal stays a refusal; only a lost connection or a busy server is worth another try
      retry: (count, error) =>
        count < 2 &&
        error instanceof ApiError &&
        ((error.status === 0 && navigator.onLine) || error.status === 502 || error.status === 503),
    },
    mutations: { networkMode: "always" },
  },
});

/** The districts one may sign in to. */
export const districtsQuery = queryOptions({
  queryKey: ["districts"],
  queryFn: async () => (await api.readSession()).districts,
  staleTime: Number.POSITIVE_INFINITY,
});

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async () => {
    const { session, districts } = await api.readSession();
    queryClient.setQueryData(districtsQuery.queryKey, districts);
    return session;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const yearsQuery = queryOptions({ queryKey: ["years"], queryFn: () => api.listYears(), staleTime: 300_000 });

export const overviewQuery = (year: SchoolYear) =>
  queryOptions({ queryKey: ["overview", year], queryFn: () => api.readOverview({ query: { year } }) });

export const assessmentQuery = (year: SchoolYear) =>
  queryOptions({ queryKey: ["assessment", year], queryFn: () => api.readAssessment({ params: { year } }) });

export const factsQuery = (year: SchoolYear) =>
  queryOptions({ queryKey: ["facts", year], queryFn: () => api.readFacts({ params: { year } }) });

/** Years shown side by side at most. */
const historyYears = 3;

/** The assessments of the latest years with data, oldest first; a year with nothing the reader may see is left out. */
export const historyQuery = queryOptions({
  queryKey: ["history"],
  queryFn: async () => {
    const { years } = await queryClient.query(yearsQuery);
    const latest = years.filter((entry) => entry.hasData).map((entry) => entry.year);
    latest.sort((a, b) => a - b);
    const replies = await Promise.all(latest.slice(-historyYears).map(assessmentOrNone));
    return replies.filter((reply) => reply !== null);
  },
});

async function assessmentOrNone(year: SchoolYear): Promise<AssessmentReply | null> {
  try {
    return await queryClient.query(assessmentQuery(year));
  } catch (error) {
    if (error instanceof ApiError && error.code === "NO_DATA") return null; // other schools' data only
    throw error;
  }
}

export const provenanceQuery = (year: SchoolYear, schoolCode?: string) =>
  queryOptions({
    queryKey: ["provenance", year, schoolCode ?? null],
    queryFn: () => api.readProvenance({ params: { year }, query: schoolCode === undefined ? {} : { schoolCode } }),
  });

export const scenariosQuery = (year: SchoolYear) =>
  queryOptions({ queryKey: ["scenarios", year], queryFn: () => api.listScenarios({ params: { year } }) });

export const evidenceQuery = (year: SchoolYear) =>
  queryOptions({ queryKey: ["evidence", year], queryFn: () => api.listEvidence({ params: { year }, query: {} }) });

export const statesQuery = (year: SchoolYear) =>
  queryOptions({ queryKey: ["states", year], queryFn: () => api.listStates({ params: { year } }) });

export const schoolReturnQuery = (year: SchoolYear, code: string) =>
  queryOptions({
    queryKey: ["return", year, code],
    queryFn: () => api.readSchoolReturn({ params: { year, code } }),
  });

export const batchesQuery = (year: SchoolYear, page: number) =>
  queryOptions({
    queryKey: ["batches", year, page],
    queryFn: () => api.listBatches({ params: { year }, query: { page, size: 50 } }),
  });

export const importQuery = (id: number) =>
  queryOptions({ queryKey: ["import", id], queryFn: () => api.readImport({ params: { id } }) });

export const issuesQuery = (
  id: number,
  page: number,
  severity: "error" | "warning" | undefined,
  section: Section | undefined,
) =>
  queryOptions({
    queryKey: ["issues", id, page, severity ?? null, section ?? null],
    queryFn: () =>
      api.listImportIssues({
        params: { id },
        query: {
          page,
          size: 200,
          ...(severity === undefined ? {} : { severity }),
          ...(section === undefined ? {} : { section }),
        },
      }),
  });

export const changesQuery = (id: number, page: number, section: Section | undefined) =>
  queryOptions({
    queryKey: ["changes", id, page, section ?? null],
    queryFn: () =>
      api.listImportChanges({
        params: { id },
        query: { page, size: 200, ...(section === undefined ? {} : { section }) },
      }),
  });

export const organisationQuery = (on?: string) =>
  queryOptions({
    queryKey: ["organisation", on ?? null],
    queryFn: () => api.readOrganisation({ query: on === undefined ? {} : { on } }),
    staleTime: 300_000,
  });

export const schoolQuery = (code: string) =>
  queryOptions({ queryKey: ["school", code], queryFn: () => api.readSchool({ params: { code } }) });

/** Parts of the cache that hold nothing but figures made from reported data. */
const madeFromReturns = new Set([
  "assessment",
  "facts",
  "provenance",
  "overview",
  "states",
  "batches",
  "return",
  "history",
  "years",
  "import",
  "school",
]);

/** Everything that a change of reported data makes out of date. */
export async function forgetReturns(): Promise<void> {
  await queryClient.invalidateQueries({ predicate: ({ queryKey }) => madeFromReturns.has(String(queryKey[0])) });
}
