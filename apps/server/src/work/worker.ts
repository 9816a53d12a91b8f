/** A worker thread: one task at a time, asked by message. */

import { parentPort } from "node:worker_threads";
import type { ListRead } from "@xingfu/exchange";
import type { FromWorker, ToWorker } from "./messages.ts";
import { lists, tasks } from "./tasks.ts";
import type { ListName, TaskName } from "./tasks.ts";

const port = parentPort;
if (port === null) throw new Error("this module runs in a worker thread");

let goOn: (() => void) | null = null;

port.on("message", (message: ToWorker) => {
  if (message.kind === "more") {
    goOn?.();
    return;
  }
  const work = message.kind === "task" ? runTask(message.name, message.input) : runList(message.name, message.input);
  work.catch((error: unknown) => {
    const { message: text, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
    say({ kind: "failed", message: text, stack });
  });
});

function say(message: FromWorker): void {
  port?.postMessage(message);
}

async function runTask(name: TaskName, input: unknown): Promise<void> {
  // the pair of name and input was type-checked where it was sent
  const task = tasks[name] as (value: unknown) => Promise<unknown>;
  say({ kind: "done", output: await task(input) });
}

async function runList(name: ListName, input: unknown): Promise<void> {
  // the pair of name and input was type-checked where it was sent
  const read = lists[name] as (value: unknown, onRows: (rows: unknown) => Promise<void>) => Promise<ListRead>;
  const output = await read(input, async (rows) => {
    const taken = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    say({ kind: "rows", rows });
    await taken;
  });
  say({ kind: "read", output });
}
