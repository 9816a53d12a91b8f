/** Worker threads behind one queue, so that a large workbook never holds up the event loop. */

import { Worker } from "node:worker_threads";
import type { ListRead } from "@xingfu/exchange";
import { Refusal } from "../refusal.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { ListInputs, ListName, ListRows, TaskInput, TaskName, TaskOutput } from "./tasks.ts";

export interface Workers {
  /** runs one task; BUSY when the queue is full, FILE_UNREADABLE when it takes too long or runs out of memory */
  run<K extends TaskName>(name: K, input: TaskInput<K>): Promise<TaskOutput<K>>;
  /** reads a long list and hands its rows over in batches, in order */
  readList<K extends ListName>(
    name: K,
    input: ListInputs[K],
    onRows: (rows: readonly ListRows[K][]) => Promise<void>,
  ): Promise<ListRead>;
  close(): Promise<void>;
}

export interface WorkersOptions {
  /** threads at once; each holds a copy of the readers and writers */
  readonly threads?: number;
  /** a thread with nothing to do ends after this time and gives its memory back */
  readonly idleMs?: number;
  /** a task that takes longer is given up */
  readonly taskMs?: number;
}

/** Requests that wait beyond this are told to come back. */
const mostWaiting = 30;
/** MB of JavaScript heap a thread may use; a workbook that needs more is refused instead of ending the server. */
const heapMb = 768;

interface Thread {
  readonly worker: Worker;
  idle: NodeJS.Timeout | null;
}

export function openWorkers({ threads = 1, idleMs = 5_000, taskMs = 120_000 }: WorkersOptions = {}): Workers {
  const free: Thread[] = [];
  const all = new Set<Thread>();
  const waiting: ((thread: Thread | null) => void)[] = [];
  let isClosed = false;

  function start(): Thread {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 },
    });
    const thread: Thread = { worker, idle: null };
    all.add(thread);
    return thread;
  }

  async function borrow(): Promise<Thread> {
    if (isClosed) throw new Refusal("BUSY", { retryAfterSeconds: 5 });
    const thread = free.pop();
    if (thread !== undefined) {
      if (thread.idle !== null) clearTimeout(thread.idle);
      thread.idle = null;
      return thread;
    }
    if (all.size < threads) return start();
    if (waiting.length >= mostWaiting) throw new Refusal("BUSY", { retryAfterSeconds: 15 });
    const next = await new Promise<Thread | null>((resolve) => waiting.push(resolve));
    if (next !== null) return next;
    return borrow();
  }

  function give(thread: Thread): void {
    const next = waiting.shift();
    if (next !== undefined) {
      next(thread);
      return;
    }
    thread.idle = setTimeout(() => void end(thread), idleMs).unref();
    free.push(thread);
  }

  async function end(thread: Thread): Promise<void> {
    all.delete(thread);
    const place = free.indexOf(thread);
    if (place >= 0) free.splice(place, 1);
    if (thread.idle !== null) clearTimeout(thread.idle);
    await thread.worker.terminate();
    waiting.shift()?.(null); // whoever waits may start a thread of their own
  }

  async function converse<T>(
    first: ToWorker,
    onMessage: (message: FromWorker, answer: (message: ToWorker) => void, finish: (value: T) => void) => Promise<void>,
  ): Promise<T> {
    const thread = await borrow();
    const { worker } = thread;
    let isSound = true;
    try {
      return await new Promise<T>((resolve, reject) => {
        const settle = (act: () => void): void => {
          clearTimeout(timer);
          worker.off("message", take).off("error", crash).off("exit", vanish);
          act();
        };
        // a thread that failed in an unknown state is not used again
        const fail = (error: unknown): void =>
          settle(() => {
            isSound = false;
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        const take = (message: FromWorker): void => {
          if (message.kind === "failed") {
            settle(() => reject(new Error(message.message, { cause: message.stack })));
            return;
          }
          const answer = (reply: ToWorker): void => worker.postMessage(reply);
          onMessage(message, answer, (value) => settle(() => resolve(value))).catch(fail);
        };
        const crash = (error: Error & { readonly code?: string }): void =>
          fail(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? unreadable("内容过多") : error);
        const vanish = (): void => fail(new Refusal("BUSY", { retryAfterSeconds: 5 }));
        const timer = setTimeout(() => fail(unreadable("处理用时过长")), taskMs);
        worker.on("message", take).on("error", crash).on("exit", vanish);
        worker.postMessage(first);
      });
    } finally {
      if (isSound) give(thread);
      else await end(thread);
    }
  }

  return {
    run: (name, input) =>
      converse({ kind: "task", name, input }, async (message, _answer, finish) => {
        // the worker answers a task with that task's output
        if (message.kind === "done") finish(message.output as TaskOutput<typeof name>);
      }),
    readList: (name, input, onRows) =>
      converse({ kind: "list", name, input }, async (message, answer, finish) => {
        if (message.kind === "rows") {
          await onRows(message.rows as Parameters<typeof onRows>[0]); // the worker answers a list with that list's rows
          answer({ kind: "more" });
        } else if (message.kind === "read") {
          finish(message.output);
        }
      }),
    async close() {
      isClosed = true;
      for (const resolve of waiting.splice(0)) resolve(null);
      await Promise.all([...all].map((thread) => end(thread)));
    },
  };
}

function unreadable(problem: string): Refusal<"FILE_UNREADABLE"> {
  return new Refusal("FILE_UNREADABLE", { problem });
}
