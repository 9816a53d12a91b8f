/** Work on files that would hold up the event loop: what a worker thread can be asked. */

import { schoolSections } from "@xingfu/domain/base";
import type { DistrictYear, PupilRow, Section } from "@xingfu/domain/base";
import type { ChangeCount, ReturnChange } from "@xingfu/domain/returns";
import { compareReturns, countChanges } from "@xingfu/domain/returns";
import type { ReportModel, ReportSource } from "@xingfu/domain/report";
import { districtReport, schoolReport } from "@xingfu/domain/report";
import {
  markIssues,
  readAccounts,
  readCsv,
  readMeasures,
  readPupils,
  readTypedCells,
  readWorkbook,
  writeAccountsTemplate,
  writeMeasures,
  writeReport,
  writeTable,
  writeWorkbook,
} from "@xingfu/exchange";
import type {
  AccountsRead,
  Issue,
  ListRead,
  MeasureRow,
  ReadMeasuresOptions,
  ReadOptions,
  ReadPupilsOptions,
  TableExport,
  TypedCell,
  TypedRead,
  WorkbookRead,
  WriteMeasuresOptions,
  WriteOptions,
} from "@xingfu/exchange";

export interface CheckInput {
  readonly bytes: Uint8Array;
  /** the section a CSV holds; null = a workbook */
  readonly section: Section | null;
  /** whether schools without a row in the file lose their rows */
  readonly replace: "listed" | "all";
  readonly options: ReadOptions & { readonly schoolYear: NonNullable<ReadOptions["schoolYear"]> };
}

export interface CheckOutput {
  readonly read: WorkbookRead;
  /** empty when there are errors: what cannot be loaded changes nothing */
  readonly changes: readonly ReturnChange[];
  readonly counts: readonly ChangeCount[];
}

/** Preview lists at most this many differences; the counts stay exact. */
const keptChanges = 5000;

/** Reads a file and compares it with what is reported now. */
async function check(input: CheckInput): Promise<CheckOutput> {
  const read =
    input.section === null
      ? await readWorkbook(input.bytes, input.options)
      : await readCsv(input.section, input.bytes, input.options);
  const after = read.districtYear;
  if (after === null || read.totals.errors > 0) return { read, changes: [], counts: [] };
  const before: DistrictYear | null = input.options.current ?? null;
  const options = {
    sections: read.presentSections,
    ...(input.replace === "all" ? {} : { schoolCodes: schoolsIn(after) }),
  };
  return {
    read,
    changes: compareReturns(before, after, options).slice(0, keptChanges),
    counts: countChanges(before, after, options),
  };
}

function schoolsIn(year: DistrictYear): string[] {
  return [...new Set(schoolSections.flatMap((section) => year[section].map((row) => row.schoolCode)))];
}

export interface CellsInput {
  readonly current: DistrictYear;
  readonly previous: DistrictYear | null;
  readonly cells: readonly TypedCell[];
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
  model: (input: { readonly model: ReportModel; readonly format: "docx" | "xlsx" }): Promise<Uint8Array> =>
    writeReport(input.model, input.format),
  cells: async ({ current, previous, cells }: CellsInput): Promise<TypedRead> =>
    readTypedCells(current, cells, previous ?? undefined),
  mark: (input: { readonly bytes: Uint8Array; readonly issues: readonly Issue[] }): Promise<Uint8Array> =>
    markIssues(input.bytes, input.issues),
  write: (input: WriteOptions): Promise<Uint8Array> => writeWorkbook(input),
  table: (input: TableExport): Promise<Uint8Array> => writeTable(input),
  accounts: (input: { readonly bytes: Uint8Array; readonly fileName: string }): Promise<AccountsRead> =>
    readAccounts(input.bytes, { fileName: input.fileName }),
  measuresTemplate: async (input: Pick<WriteMeasuresOptions, "kind" | "year" | "district">): Promise<Uint8Array> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeMeasures({ ...input, isSample: false, rows: [] })) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
  accountsTemplate: (_input: null): Promise<Uint8Array> => writeAccountsTemplate(),
};

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type TaskInput<K extends TaskName> = Parameters<Tasks[K]>[0];
export type TaskOutput<K extends TaskName> = Awaited<ReturnType<Tasks[K]>>;

export interface RollInput extends Omit<ReadPupilsOptions, "onRows"> {
  readonly bytes: Uint8Array;
}

export interface MeasuresInput extends Omit<ReadMeasuresOptions, "onRows"> {
  readonly bytes: Uint8Array;
}

type OnRows<Row> = (rows: readonly Row[]) => Promise<void>;

/** Long lists, read in batches; `onRows` is awaited, so a slow database slows the reader. */
export const lists = {
  roll: ({ bytes, ...options }: RollInput, onRows: OnRows<PupilRow>): Promise<ListRead> =>
    readPupils(bytes, { ...options, onRows }),
  measures: ({ bytes, ...options }: MeasuresInput, onRows: OnRows<MeasureRow>): Promise<ListRead> =>
    readMeasures(bytes, { ...options, onRows }),
};

export type ListName = keyof typeof lists;
export interface ListInputs {
  readonly roll: RollInput;
  readonly measures: MeasuresInput;
}
export interface ListRows {
  readonly roll: PupilRow;
  readonly measures: MeasureRow;
}
