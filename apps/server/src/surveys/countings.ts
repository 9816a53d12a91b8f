/** Answers of closed surveys that are being counted: goes on while the tab is closed, can be asked after and stopped. */

import type { SurveyCounting } from "@xingfu/contract";
import { summarizeSurvey } from "@xingfu/domain/survey";
import { listStrata, readSheets, readSurvey, readSurveyProgress, saveSurveyResult } from "@xingfu/store";
import type { Actor, Store } from "@xingfu/store";
import { Refusal } from "../refusal.ts";

interface Counting {
  progress: SurveyCounting;
  isCancelled: boolean;
  work: Promise<void>;
}

/** Finished countings remembered. */
const mostKept = 50;

class Cancelled extends Error {}

export interface Countings {
  /** begins to count; one that is running already goes on */
  start(actor: Actor, surveyId: number): Promise<SurveyCounting>;
  /** null = none since the server started */
  read(actor: Actor, surveyId: number): SurveyCounting | null;
  cancel(actor: Actor, surveyId: number): void;
  /** waits for what is running */
  close(): Promise<void>;
}

export function createCountings(store: Store, onFailure: (error: unknown) => void): Countings {
  const countings = new Map<string, Counting>();
  const nameOf = (actor: Actor, surveyId: number): string => `${actor.districtId}/${surveyId}`;

  async function run(actor: Actor, surveyId: number, counting: Counting): Promise<void> {
    try {
      await store.withActor(actor, async (tx) => {
        const survey = await readSurvey(tx, surveyId);
        const summary = summarizeSurvey(survey.forms, await listStrata(tx, surveyId));
        for await (const portion of readSheets(tx, surveyId)) {
          if (counting.isCancelled) throw new Cancelled();
          for (const { party, unit, stage, sheet } of portion) summary.add(party, unit, stage, sheet);
          counting.progress = { ...counting.progress, done: counting.progress.done + portion.length };
        }
        const { result, schools } = summary.finish();
        if (counting.isCancelled) throw new Cancelled();
        await saveSurveyResult(tx, surveyId, result, schools);
      });
      counting.progress = { ...counting.progress, state: "done" };
    } catch (error) {
      counting.progress = { ...counting.progress, state: error instanceof Cancelled ? "cancelled" : "failed" };
      if (!(error instanceof Cancelled)) onFailure(error);
    }
  }

  return {
    async start(actor, surveyId) {
      const name = nameOf(actor, surveyId);
      const known = countings.get(name);
      if (known?.progress.state === "running") return known.progress;
      const total = await store.withActor(actor, async (tx) =>
        (await readSurveyProgress(tx, surveyId)).reduce((sum, stratum) => sum + stratum.answers, 0),
      );
      if ([...countings.values()].filter(({ progress }) => progress.state === "running").length > 1)
        throw new Refusal("BUSY", { retryAfterSeconds: 15 });
      const counting: Counting = {
        progress: { state: "running", done: 0, total },
        isCancelled: false,
        work: Promise.resolve(),
      };
      countings.delete(name);
      countings.set(name, counting);
      for (const oldest of countings.keys()) {
        if (countings.size <= mostKept) break;
        countings.delete(oldest);
      }
      counting.work = run(actor, surveyId, counting);
      return counting.progress;
    },
    read: (actor, surveyId) => countings.get(nameOf(actor, surveyId))?.progress ?? null,
    cancel(actor, surveyId) {
      const counting = countings.get(nameOf(actor, surveyId));
      if (counting !== undefined) counting.isCancelled = true;
    },
    async close() {
      for (const counting of countings.values()) counting.isCancelled = true;
      await Promise.all([...countings.values()].map(({ work }) => work));
    },
  };
}
