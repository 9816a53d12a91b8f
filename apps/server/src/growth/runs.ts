/**
 * Runs of value-added evaluation: taken from the queue in the database, one at a time, computed in a thread of their own, and
 * kept. A run belongs to this server only while it renews its lease, so that a server that stops loses nothing.
 */

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { Worker } from "node:worker_threads";
import type { SchoolYear } from "@xingfu/domain/base";
import type { GrowthScheme, GrowthSchool, SharedResult } from "@xingfu/domain/growth";
import { StoreFault, readGrowthInput, readOrganisation, readRun, readScheme, saveRun } from "@xingfu/store";
import type { GrowthInput, HeldRun, RunFailure, Store, Transaction } from "@xingfu/store";
import type { ComputeInput, FromCompute } from "./compute.ts";

export interface GrowthRuns {
  /** looks into the queue now instead of at the next turn */
  wake(): void;
  /** gives back what is being computed and ends */
  close(): Promise<void>;
}

export interface GrowthRunsOptions {
  readonly store: Store;
  /** told of failures that are our mistake */
  readonly onFailure: (error: unknown) => void;
  /** how often the queue is looked into, for runs that another server's people asked for */
  readonly pollMs?: number;
  /** how often the lease is renewed and a cancelled run noticed */
  readonly holdMs?: number;
}

/** A server that has not renewed its lease for so long is taken for dead. */
const leaseSeconds = 30;
/** MB of JavaScript heap of the thread; a million measures take about 1,000. */
const heapMb = 3072;

export function createGrowthRuns({ store, onFailure, pollMs = 10_000, holdMs = 1000 }: GrowthRunsOptions): GrowthRuns {
  const worker = `${hostname().slice(0, 40)} ${process.pid} ${randomBytes(4).toString("hex")}`;
  let isClosed = false;
  let stop: (() => void) | null = null;
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> | null = null;

  /** Takes runs until there is none. */
  async function work(): Promise<void> {
    for (;;) {
      const taken = isClosed ? null : await store.gate.takeGrowthRun(worker, leaseSeconds);
      if (taken === null) return;
      await computeRun({ ...taken, worker });
    }
  }

  async function computeRun(run: HeldRun): Promise<void> {
    const stopping = new AbortController();
    stop = () => stopping.abort();
    if (isClosed) stopping.abort(); // closed while the run was being taken: it goes back at once
    let percent = 0;
    let isOurs = true;
    const hold = setInterval(() => {
      store.gate.holdGrowthRun(run, percent, leaseSeconds).then(
        (held) => {
          isOurs = held;
          if (!held) stopping.abort();
        },
        () => undefined, // the database is away for a moment; the lease outlasts it
      );
    }, holdMs);
    try {
      const { compute, facts } = await store.withActor(run.actor, (tx) => prepare(tx, run.runId));
      percent = 5;
      const result = await computeApart(compute, stopping.signal, (share) => {
        percent = Math.min(99, Math.round(5 + 94 * share));
      });
      await store.withActor(run.actor, (tx) => saveRun(tx, run, facts, result));
    } catch (error) {
      // cancelled or taken over: nothing of it is ours any more
      if (!isOurs || (error instanceof StoreFault && error.code === "RUN_ENDED")) return;
      const failure = stopping.signal.aborted ? null : failureOfRun(error);
      if (failure?.code === "INTERNAL") onFailure(error);
      await store.gate.dropGrowthRun(run, failure).catch(onFailure);
    } finally {
      clearInterval(hold);
      stop = null;
    }
  }

  function wake(): void {
    if (isClosed || working !== null) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    working = work()
      .catch((error: unknown) => {
        const isAway = error instanceof StoreFault && error.code === "DATABASE_UNAVAILABLE";
        if (!isAway && !isClosed) onFailure(error);
      })
      .finally(() => {
        working = null;
        if (!isClosed) timer = setTimeout(wake, pollMs).unref();
      });
  }

  return {
    wake,
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      stop?.();
      await working;
    },
  };
}

async function prepare(tx: Transaction, runId: number) {
  const { schemeId } = await readRun(tx, runId);
  const { declaration } = await readScheme(tx, schemeId);
  const { input, facts } = await readGrowthInput(tx, runId);
  const schools = await schoolsOf(tx, declaration.years, judgedSchools(input, declaration));
  return { compute: { input, schools, scheme: declaration } satisfies ComputeInput, facts };
}

/** Codes of the schools whose pupils are judged; a school that only lent the start of their way is none of them. */
function judgedSchools(input: GrowthInput, { stage, years }: GrowthScheme): readonly string[] {
  const judged = new Set<number>(years);
  const found = new Set<number>();
  input.school.forEach((school, at) => {
    const isJudged = judged.has(input.schoolYear[at] ?? 0) && input.stages[input.stage[at] ?? -1] === stage;
    if (isJudged) found.add(school);
  });
  return input.schoolCodes.filter((_, at) => found.has(at));
}

/** Schools by the names and groups they had at the end of the last judged year in which they existed. */
async function schoolsOf(
  tx: Transaction,
  years: readonly SchoolYear[],
  codes: readonly string[],
): Promise<readonly GrowthSchool[]> {
  const known = new Map<string, GrowthSchool>();
  for (const year of years.toSorted((a, b) => a - b)) {
    const nodes = await readOrganisation(tx, { on: `${year + 1}-08-31`, kinds: ["group", "school"] });
    const groups = new Map(nodes.map((node) => [node.id, node.name]));
    for (const { code, name, groupId } of nodes) {
      if (code === null) continue;
      known.set(code, { schoolCode: code, name, groupName: groupId === null ? null : (groups.get(groupId) ?? null) });
    }
  }
  return codes.flatMap((code) => known.get(code) ?? []);
}

/** A run that the evaluation itself refuses: the scheme does not fit the data it met. */
class RunRefused extends Error {
  readonly failure: RunFailure;
  constructor(failure: RunFailure) {
    super(failure.code);
    this.failure = failure;
  }
}

function computeApart(
  input: ComputeInput,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<SharedResult> {
  const thread = new Worker(new URL("./compute.ts", import.meta.url), {
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const result = new Promise<SharedResult>((resolve, reject) => {
    const give = (): void => reject(new Error("the run was stopped"));
    if (signal.aborted) give();
    signal.addEventListener("abort", give, { once: true });
    thread.on("message", (message: FromCompute) => {
      if (message.kind === "progress") onProgress(message.share);
      else if (message.kind === "done") resolve(message.result);
      else reject(new RunRefused({ code: message.code, fields: message.fields }));
    });
    thread.on("error", reject);
    thread.on("exit", () => reject(new Error("the thread of a run ended before its time")));
  });
  return result.finally(() => {
    void thread.terminate();
  });
}

function failureOfRun(error: unknown): RunFailure {
  if (error instanceof RunRefused) return error.failure;
  if (error instanceof StoreFault) return { code: error.code, fields: {} };
  return { code: "INTERNAL", fields: {} };
}
