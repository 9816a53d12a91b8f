/** A thread of its own for one run: it takes seconds, and the others are to be answered meanwhile. */

import { parentPort, workerData } from "node:worker_threads";
import { Fault } from "@xingfu/domain/base";
import type { GrowthScheme, GrowthSchool, SharedResult } from "@xingfu/domain/growth";
import { measureGrowth, shareResult } from "@xingfu/domain/growth";
import type { GrowthInput } from "@xingfu/store";
import { measurementRows } from "./input.ts";

export interface ComputeInput {
  readonly input: GrowthInput;
  readonly schools: readonly GrowthSchool[];
  readonly scheme: GrowthScheme;
}

export type FromCompute =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "done"; readonly result: SharedResult }
  | { readonly kind: "refused"; readonly code: string; readonly fields: Readonly<Record<string, unknown>> };

const port = parentPort;
if (port === null) throw new Error("this module runs in a worker thread");
const say = (message: FromCompute): void => port.postMessage(message);

const { input, schools, scheme } = workerData as ComputeInput; // the one who starts the thread gives nothing else
try {
  const result = measureGrowth({ rows: measurementRows(input), schools }, scheme, {
    onProgress: (share) => say({ kind: "progress", share }),
  });
  say({ kind: "done", result: shareResult(result) });
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  say({ kind: "refused", code: error.code, fields: { ...error.fields } });
}
