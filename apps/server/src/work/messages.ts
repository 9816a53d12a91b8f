/** What the main thread and a worker thread say to one another. */

import type { ListRead } from "@xingfu/exchange";
import type { ListName, TaskName } from "./tasks.ts";

export type ToWorker =
  | { readonly kind: "task"; readonly name: TaskName; readonly input: unknown }
  | { readonly kind: "list"; readonly name: ListName; readonly input: unknown }
  /** the last rows were taken; send the next */
  | { readonly kind: "more" };

export type FromWorker =
  | { readonly kind: "done"; readonly output: unknown }
  | { readonly kind: "rows"; readonly rows: unknown }
  | { readonly kind: "read"; readonly output: ListRead }
  | { readonly kind: "failed"; readonly message: string; readonly stack: string | undefined };
