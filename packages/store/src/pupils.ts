/** The roll: pupils and where they were enrolled in each year. Every read of names is written to the audit. */

import type { PupilRow, SchoolYear, Stage } from "@xingfu/domain/base";
import type { Page, Paging } from "./page.ts";
import type { Transaction } from "./store.ts";

/** Pupils of one class, without names. */
export interface ClassCount {
  readonly schoolCode: string;
  readonly stage: Stage;
  readonly grade: number;
  readonly className: string;
  readonly pupils: number;
  readonly migrantPupils: number;
}

const later = (): never => { throw new Error("not written yet"); };

/**
 * Replaces the rolls of the schools the rows name, whole or not at all. SCHOOL_UNKNOWN, OUT_OF_REACH or
 * PUPIL_ELSEWHERE say which rows stand in the way.
 *
 * @param load.rows  chunks of rows in any order, read once; a few thousand rows a chunk
 */
export async function loadPupils(_tx: Transaction, _load: { readonly year: SchoolYear; readonly fileName: string | null; readonly rows: AsyncIterable<readonly PupilRow[]> | Iterable<readonly PupilRow[]> }): Promise<{ readonly batchId: number; readonly pupils: number; readonly schools: number }> { return later(); }
/** Pupils per class; of one school, or of every school the actor may read. */
export async function countPupils(_tx: Transaction, _year: SchoolYear, _schoolCode?: string): Promise<readonly ClassCount[]> { return later(); }
/** Names of one school; the read is written to the audit in the same transaction. */
export async function listPupils(_tx: Transaction, _query: Paging & { readonly year: SchoolYear; readonly schoolCode: string }): Promise<Page<PupilRow>> { return later(); }
