/** What the main thread and a worker thread say to one another. */

import type { PupilRow } from "@xingfu/domain/base";
import type { PupilsRead } from "@xingfu/exchange";
import type { RollInput, TaskName } from "./tasks.ts";

export type ToWorker =
  | { readonly kind: "task"; readonly name: TaskName; readonly input: unknown }
  | { readonly kind: "roll"; readonly input: RollInput }
  /** the last rows were taken; send the next */
  | { readonly kind: "more" };

export type FromWorker =
  | { readonly kind: "done"; readonly output: unknown }
  | { readonly kind: "rows"; readonly rows: readonly PupilRow[] }
  | { readonly kind: "read"; readonly output: PupilsRead }
  | { readonly kind: "failed"; readonly message: string; readonly stack: string | undefined };
