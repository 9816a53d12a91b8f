/** Work on files that would hold up the event loop: what a worker thread can be asked. */

import type { DistrictYear, PupilRow, Section } from "@xingfu/domain/base";
import type { ChangeCount, ReturnChange } from "@xingfu/domain/returns";
import { compareReturns, countChanges } from "@xingfu/domain/returns";
import type { ReportSource } from "@xingfu/domain/report";
import { districtReport, schoolReport } from "@xingfu/domain/report";
import {
  markIssues, readAccounts, readCsv, readPupils, readWorkbook, writeAccountsTemplate, writeReport, writeTable,
  writeWorkbook,
} from "@xingfu/exchange";
import type {
  AccountsRead, Issue, PupilsRead, ReadOptions, ReadPupilsOptions, TableExport, WorkbookRead, WriteOptions,
} from "@xingfu/exchange";

export interface CheckInput {
  readonly bytes: Uint8Array;
  /** the section a CSV holds; null = a workbook */
  readonly section: Section | null;
  readonly options: ReadOptions & { readonly schoolYear: NonNullable<ReadOptions["schoolYear"]> };
  /** compare only rows of these schools; null = all */
  readonly schoolCodes: readonly string[] | null;
}

export interface CheckOutput {
  readonly read: WorkbookRead;
  /** empty when there are errors: what cannot be loaded changes nothing */
  readonly changes: readonly ReturnChange[];
  readonly counts: readonly ChangeCount[];
}

/** Preview lists at most this many differences; the counts stay exact. */
export const keptChanges = 5000;

/** Reads a file and compares it with what is reported now. */
async function check(input: CheckInput): Promise<CheckOutput> {
  const read =
    input.section === null
      ? await readWorkbook(input.bytes, input.options)
      : await readCsv(input.section, input.bytes, input.options);
  if (read.districtYear === null || read.totals.errors > 0) return { read, changes: [], counts: [] };
  const before: DistrictYear | null = input.options.current ?? null;
  const options = {
    sections: read.presentSections,
    ...(input.schoolCodes === null ? {} : { schoolCodes: input.schoolCodes }),
  };
  return {
    read,
    changes: compareReturns(before, read.districtYear, options).slice(0, keptChanges),
    counts: countChanges(before, read.districtYear, options),
  };
}

export interface ReportInput {
  readonly source: ReportSource;
  readonly schoolCode: string | null;
  readonly format: "docx" | "xlsx";
}

/** The report as a file; null = the school has no part in the assessment. */
async function report(input: ReportInput): Promise<Uint8Array | null> {
  const model = input.schoolCode === null ? districtReport(input.source) : schoolReport(input.source, input.schoolCode);
  return model === null ? null : writeReport(model, input.format);
}

export const tasks = {
  check,
  report,
  mark: (input: { readonly bytes: Uint8Array; readonly issues: readonly Issue[] }): Promise<Uint8Array> =>
    markIssues(input.bytes, input.issues),
  write: (input: WriteOptions): Promise<Uint8Array> => writeWorkbook(input),
  table: (input: TableExport): Promise<Uint8Array> => writeTable(input),
  accounts: (input: { readonly bytes: Uint8Array; readonly fileName: string }): Promise<AccountsRead> =>
    readAccounts(input.bytes, { fileName: input.fileName }),
  accountsTemplate: (_input: null): Promise<Uint8Array> => writeAccountsTemplate(),
};

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type TaskInput<K extends TaskName> = Parameters<Tasks[K]>[0];
export type TaskOutput<K extends TaskName> = Awaited<ReturnType<Tasks[K]>>;

export interface RollInput extends Omit<ReadPupilsOptions, "onRows"> {
  readonly bytes: Uint8Array;
}

/** Reads a roll; `onRows` is awaited, so a slow database slows the reader. */
export function readRoll(input: RollInput, onRows: (rows: readonly PupilRow[]) => Promise<void>): Promise<PupilsRead> {
  const { bytes, ...options } = input;
  return readPupils(bytes, { ...options, onRows });
}
