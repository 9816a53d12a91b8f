/** What is wrong with a file, said so that the clerk who filled it in can mend it. */

import type { ProblemCode } from "@xingfu/domain/returns";
import type { Section } from "@xingfu/domain/base";

export const fileIssueCodes = [
  // the file as a whole; nothing of it is read
  "FILE_EMPTY", "FILE_TYPE", "FILE_CORRUPT", "FILE_TOO_LARGE", "FILE_BOMB", "FILE_MACRO", "FILE_ENCRYPTED",
  // its structure
  "SHEET_MISSING", "SHEET_TWICE", "SHEET_TOO_LARGE", "HEADER_MISSING", "COLUMN_MISSING", "COLUMN_TWICE",
  "COLUMN_UNKNOWN", "YEAR_MISSING", "YEAR_DIFFERS", "DISTRICT_MISSING", "DISTRICT_DIFFERS", "ENCODING",
  // one cell
  "REQUIRED", "NOT_A_NUMBER", "NOT_WHOLE", "OUT_OF_RANGE", "NOT_A_DATE", "NOT_IN_LIST", "NOT_YES_NO", "BAD_CODE",
  "TOO_LONG", "FORMULA_ERROR", "FORMULA_NO_VALUE", "UNIT_CONVERTED", "MERGED_CELLS", "OTHER_SCHOOL",
] as const;
export type FileIssueCode = (typeof fileIssueCodes)[number];
export type IssueCode = FileIssueCode | ProblemCode;

export interface Issue {
  /** name of the sheet as in the file; "" when the file as a whole is meant */
  readonly sheet: string;
  readonly section: Section | null;
  /** 1-based row of the sheet; null = the sheet or file as a whole */
  readonly row: number | null;
  /** column letter, e.g. "C" */
  readonly column: string | null;
  /** header of the column, as the template prints it */
  readonly header: string | null;
  readonly code: IssueCode;
  readonly severity: "error" | "warning";
  readonly value: string | null;
  readonly expected: string | null;
  /** Chinese sentence: where, what, how to mend */
  readonly message: string;
}

/** Exact totals, also of issues that were not kept. */
export interface IssueTotals {
  readonly errors: number;
  readonly warnings: number;
  readonly byCode: Readonly<Partial<Record<IssueCode, number>>>;
  /** true when more issues were found than are listed */
  readonly isCut: boolean;
}

/** Issues kept of one file; totals stay exact beyond it, and a list this long is still readable in a browser. */
export const keptIssues = 5000;
