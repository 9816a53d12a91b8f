/**
 * Returns: what is reported for a school year.
 *
 * Rows are never changed. Each load writes a batch of new rows and then points (year, school, section) at it, in one
 * transaction; undo points back. District sections belong to the district's own node.
 */

import type { ReturnState } from "@xingfu/domain/access";
import type { DistrictYear, SchoolYear, Section, SectionRows } from "@xingfu/domain/base";
import type { By, Page, Paging } from "./page.ts";
import type { Transaction } from "./store.ts";

export type BatchKind = "import" | "finding" | "veto" | "sample" | "pupils" | "edit";

/** A change of reported data that went in as a whole and can be taken back as a whole. */
export interface Batch {
  readonly id: number;
  readonly year: SchoolYear;
  readonly kind: BatchKind;
  readonly fileName: string | null;
  readonly by: By;
  readonly sections: readonly Section[];
  readonly schoolCodes: readonly string[];
  readonly rowCount: number;
  readonly undone: By | null;
  readonly canUndo: boolean;
}

/** Rows to load. A section that is absent stays as it is. */
export interface RowsToLoad {
  readonly year: SchoolYear;
  readonly kind: BatchKind;
  readonly fileName: string | null;
  readonly isSample: boolean;
  readonly rows: { readonly [S in Section]?: readonly SectionRows[S][] };
  /**
   * What is replaced. "listed": only schools that have rows in the file; "all": every school in the actor's reach, so
   * that a school absent from the file loses its rows in the sections present.
   */
  readonly replace: "listed" | "all";
}

/** One problem of an imported file, at its cell: the shape of exchange's Issue. */
export interface ImportIssue {
  readonly sheet: string;
  readonly section: Section | null;
  readonly row: number | null;
  readonly column: string | null;
  readonly header: string | null;
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly value: string | null;
  readonly expected: string | null;
  readonly message: string;
}

export interface ImportChange {
  readonly section: Section;
  readonly kind: "added" | "removed" | "changed";
  readonly schoolCode: string | null;
  readonly key: string;
  readonly column: string | null;
  readonly before: string | number | boolean | null;
  readonly after: string | number | boolean | null;
}

export type ImportState = "checked" | "loaded" | "undone" | "discarded";

/** A file that was read and checked. Nothing of it is loaded until one says so. */
export interface ImportRecord {
  readonly id: number;
  readonly year: SchoolYear;
  readonly fileName: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly state: ImportState;
  readonly by: By;
  readonly errorCount: number;
  readonly warningCount: number;
  /** true when more issues were found than are kept; the counts are exact */
  readonly areIssuesCut: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly changes: readonly { readonly section: Section; readonly added: number; readonly removed: number; readonly changed: number }[];
  readonly schoolCodes: readonly string[];
  readonly batchId: number | null;
}

/** An import to keep. The rows are kept packed beside the file, so that loading need not read it again. */
export interface NewImport {
  readonly year: SchoolYear;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** null when the file could not be read into rows */
  readonly rows: DistrictYear | null;
  readonly presentSections: readonly Section[];
  readonly replace: "listed" | "all";
  /** at most 20,000 are kept */
  readonly issues: readonly ImportIssue[];
  readonly errorCount: number;
  readonly warningCount: number;
  /** at most 20,000 are kept; the summary by section is made from `changeCounts` */
  readonly changes: readonly ImportChange[];
  readonly changeCounts: readonly { readonly section: Section; readonly added: number; readonly removed: number; readonly changed: number }[];
  readonly schoolCodes: readonly string[];
  /** revision of the year the preview was made against */
  readonly baseRevision: number;
}

/** Where one school's return stands. */
export interface SchoolReturn {
  readonly schoolCode: string;
  readonly school: string;
  readonly type: string;
  readonly groupName: string | null;
  readonly state: ReturnState;
  readonly moved: By | null;
  readonly isLate: boolean;
  readonly openComments: number;
  readonly hasRows: boolean;
}

export interface CellComment {
  readonly id: number;
  readonly section: Section | null;
  readonly rowKey: string | null;
  readonly column: string | null;
  readonly text: string;
  readonly by: By;
  readonly isResolved: boolean;
}

export interface NewComment {
  readonly section: Section | null;
  readonly rowKey: string | null;
  readonly column: string | null;
  readonly text: string;
}

export interface ReturnMove {
  readonly from: ReturnState;
  readonly to: ReturnState;
  readonly note: string;
  readonly by: By;
}

export interface ProvenanceEntry {
  readonly section: Section;
  /** null = a district section */
  readonly schoolCode: string | null;
  readonly batchId: number;
  readonly kind: BatchKind;
  readonly fileName: string | null;
  readonly by: By;
}

export interface YearEntry {
  readonly year: SchoolYear;
  readonly hasData: boolean;
  /** every school that has rows is locked */
  readonly isLocked: boolean;
  readonly deadline: string | null;
}

/** A stamp that changes whenever rows of the year change, and who changed them last. */
export interface Revision {
  /** 0 = nothing was ever loaded */
  readonly revision: number;
  readonly reported: By | null;
}

const later = (): never => { throw new Error("not written yet"); };

/** Rows of the year the actor may see, as one record; null when there are none. `schoolCode` narrows to one school. */
export async function loadDistrictYear(_tx: Transaction, _year: SchoolYear, _options: { readonly schoolCode?: string } = {}): Promise<DistrictYear | null> { return later(); }
/** Cheap: one row by key. */
export async function revision(_tx: Transaction, _year: SchoolYear): Promise<Revision> { return later(); }
/** Years with rows or a deadline, newest first. */
export async function listYears(_tx: Transaction): Promise<readonly YearEntry[]> { return later(); }
/** Loads rows as one batch, whole or not at all; sections that did not change keep their batch. Unknown schools are created for actors who may. */
export async function loadRows(_tx: Transaction, _load: RowsToLoad): Promise<Batch> { return later(); }

export async function saveImport(_tx: Transaction, _file: NewImport): Promise<ImportRecord> { return later(); }
export async function readImport(_tx: Transaction, _importId: number): Promise<ImportRecord> { return later(); }
export async function listImportIssues(_tx: Transaction, _importId: number, _query: Paging & { readonly severity?: "error" | "warning"; readonly section?: Section }): Promise<Page<ImportIssue>> { return later(); }
export async function listImportChanges(_tx: Transaction, _importId: number, _query: Paging & { readonly section?: Section }): Promise<Page<ImportChange>> { return later(); }
/** The file as uploaded, with all kept issues, for marking. */
export async function readImportFile(_tx: Transaction, _importId: number): Promise<{ readonly fileName: string; readonly bytes: Uint8Array; readonly issues: readonly ImportIssue[] }> { return later(); }
export async function loadImport(_tx: Transaction, _importId: number): Promise<Batch> { return later(); }
export async function discardImport(_tx: Transaction, _importId: number): Promise<void> { return later(); }

export async function listBatches(_tx: Transaction, _year: SchoolYear, _query: Paging): Promise<Page<Batch>> { return later(); }
export async function undoBatch(_tx: Transaction, _batchId: number): Promise<Batch> { return later(); }
export async function readProvenance(_tx: Transaction, _year: SchoolYear, _query: { readonly schoolCode?: string; readonly section?: Section }): Promise<readonly ProvenanceEntry[]> { return later(); }

export async function listStates(_tx: Transaction, _year: SchoolYear): Promise<{ readonly deadline: string | null; readonly schools: readonly SchoolReturn[] }> { return later(); }
/** All or none; TRANSITION_REFUSED (a domain Fault) for a move that does not exist from the state it is in. */
export async function moveReturns(_tx: Transaction, _year: SchoolYear, _move: { readonly schoolCodes: readonly string[]; readonly to: ReturnState; readonly note: string; readonly comments?: readonly NewComment[] }): Promise<readonly SchoolReturn[]> { return later(); }
export async function readSchoolReturn(_tx: Transaction, _year: SchoolYear, _schoolCode: string): Promise<{ readonly school: SchoolReturn; readonly comments: readonly CellComment[]; readonly moves: readonly ReturnMove[] }> { return later(); }
export async function resolveComment(_tx: Transaction, _commentId: number): Promise<void> { return later(); }
export async function setDeadline(_tx: Transaction, _year: SchoolYear, _deadline: string | null): Promise<void> { return later(); }
