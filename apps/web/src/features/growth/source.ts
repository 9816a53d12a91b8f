/** What the pages of value-added evaluation ask the server for, and which evaluation they look at. */

import { queryOptions } from "@tanstack/react-query";
import type { DeclaredScheme, GrowthEvaluation, GrowthRun } from "@xingfu/contract";
import type { GrowthEstimate, GrowthSummary } from "@xingfu/domain/growth";
import { explainEstimate } from "@xingfu/domain/growth";
import { createContext, useCallback, useContext } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment, number } from "../../lib/format.ts";
import { queryClient } from "../../lib/query.ts";
import { useTrail } from "../../ui/TrailPlace.tsx";

/** How often a run that is under way is asked for. */
const followMs = 1500;

export const isActive = ({ state }: Pick<GrowthRun, "state">): boolean => state === "queued" || state === "running";

export const schemesQuery = queryOptions({
  queryKey: ["growth", "schemes"],
  queryFn: () => api.listGrowthSchemes(),
  refetchInterval: (query) => (query.state.data?.runs.some(isActive) === true ? followMs : false),
});

export const evaluationQuery = (id: number, runId: number | null) =>
  queryOptions({
    // a new run is a new answer
    queryKey: ["growth", "evaluation", id, runId],
    queryFn: async () => (await api.readGrowthEvaluation({ params: { id } })).evaluation,
  });

export const schoolGrowthQuery = (code: string) =>
  queryOptions({
    queryKey: ["growth", "school", code],
    queryFn: async () => (await api.readSchoolGrowth({ params: { code } })).evaluations,
  });

export const measuresQuery = queryOptions({ queryKey: ["growth", "measures"], queryFn: () => api.readMeasures() });

export async function forgetGrowth(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ["growth"] });
}

/** The newest run of a scheme that is done; null = none. */
export function doneRun(runs: readonly GrowthRun[], schemeId: number): GrowthRun | null {
  return runs.find((run) => run.schemeId === schemeId && run.state === "done") ?? null;
}

/** The scheme in the address, else the first one with a result, else the first. */
export function chosenScheme(
  schemes: readonly DeclaredScheme[],
  runs: readonly GrowthRun[],
  asked: string | undefined,
): DeclaredScheme | null {
  const named = schemes.find((scheme) => String(scheme.id) === asked);
  return named ?? schemes.find((scheme) => doneRun(runs, scheme.id) !== null) ?? schemes[0] ?? null;
}

const EvaluationContext = createContext<GrowthEvaluation | null>(null);
export const EvaluationPlace = EvaluationContext.Provider;

/** The evaluation of the pages below the switch of schemes. */
export function useEvaluation(): GrowthEvaluation {
  const evaluation = useContext(EvaluationContext);
  if (evaluation === null) throw new Error("a page of results was drawn without an evaluation");
  return evaluation;
}

/** Decimals of the measure's unit: fitness in tenths of a mark, vision in hundredths of its scale. */
export function decimalsOf({ declaration }: DeclaredScheme): number {
  return declaration.measure.kind === "vision" ? 3 : 2;
}

/** When a scheme was made known, against the data it judges. */
export interface Timing {
  readonly declaredBeforehand: boolean | null;
  /** the platform learnt of it before any of the data was loaded */
  readonly recordedBeforeData: boolean | null;
}

export function timingOf(scheme: DeclaredScheme, run: GrowthRun, summary: GrowthSummary): Timing {
  return {
    declaredBeforehand: summary.isDeclaredBeforehand,
    recordedBeforeData: run.firstLoadedAt === null ? null : scheme.recorded.at <= run.firstLoadedAt,
  };
}

export interface TrailSubject {
  readonly evaluation: Pick<GrowthEvaluation, "scheme" | "run" | "summary">;
  readonly title: string;
  readonly subtitle?: string;
  readonly estimate: GrowthEstimate;
  readonly schoolCode?: string;
}

/** Opens the trail of an estimate. */
export function useGrowthTrail(): (subject: TrailSubject) => void {
  const open = useTrail();
  const { t } = useTranslation("growth");
  return useCallback(
    ({ evaluation, title, subtitle, estimate, schoolCode }) => {
      const { scheme, run, summary } = evaluation;
      const { declaration } = scheme;
      const trail = explainEstimate({ ...summary, scheme: declaration }, estimate, schoolCode);
      const sources = [
        t("trail.scheme", { title: declaration.title, number: scheme.documentNumber, on: declaration.declaredOn }),
        t("trail.run", { id: run.id, name: run.requested.name ?? "–", at: moment(run.endedAt ?? run.requested.at) }),
        t("trail.batches", { count: number(run.inputRows ?? 0), batches: (run.batchIds ?? []).join("、") || "–" }),
      ];
      open({
        title,
        ...(subtitle === undefined ? {} : { subtitle }),
        year: declaration.years.at(-1) ?? (0 as never), // a scheme has at least one year
        trail,
        unit: declaration.measure.unit,
        decimals: decimalsOf(scheme),
        sections: [],
        sources,
        inputsHash: run.inputHash,
        ...(schoolCode === undefined ? {} : { schoolCode }),
      });
    },
    [open, t],
  );
}
