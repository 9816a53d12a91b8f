/** The roll (学生名册): one row per pupil, streamed both ways because a district has hundreds of thousands. */

import type { PupilRow, SchoolYear } from "@xingfu/domain/base";

import type { Issue, IssueTotals } from "./template/issue.ts";

export interface PupilsRead {
  /** rows handed to onRows */
  readonly count: number;
  readonly issues: readonly Issue[];
  readonly totals: IssueTotals;
}

export interface ReadPupilsOptions {
  readonly fileName: string;
  /** called with batches of valid rows, in order; awaited, so a slow consumer slows the reader */
  readonly onRows: (rows: readonly PupilRow[]) => void | Promise<void>;
  /** default 5000 */
  readonly batchSize?: number;
  /** rows of other schools are errors */
  readonly onlySchools?: readonly string[];
}

/** Reads a pupils sheet (xlsx or csv by content) row by row. Never throws on content. */
export async function readPupils(
  _source: Uint8Array | AsyncIterable<Uint8Array>,
  _options: ReadPupilsOptions,
): Promise<PupilsRead> {
  throw new Error("not written yet");
}

export interface WritePupilsOptions {
  readonly schoolYear: SchoolYear;
  readonly district: { readonly code: string; readonly name: string };
  readonly rows: Iterable<PupilRow> | AsyncIterable<PupilRow>;
  readonly isSample: boolean;
}

/** The roll as chunks of an xlsx file. */
export async function* writePupils(_options: WritePupilsOptions): AsyncGenerator<Uint8Array, void, undefined> {
  throw new Error("not written yet");
}
