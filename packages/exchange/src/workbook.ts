/** The district's or a school's return as a workbook (or one section as CSV), read and written. */

import type { DistrictYear, SchoolYear, Section } from "@xingfu/domain/base";

import type { Issue, IssueTotals } from "./template/issue.ts";

/** What a file holds. */
export interface WorkbookRead {
  /** the rows that could be read; sections without a sheet are empty; null = the file was refused as a whole */
  readonly districtYear: DistrictYear | null;
  /** sorted by sheet, row, column; at most `keptIssues`; may be loaded only when totals.errors is 0 */
  readonly issues: readonly Issue[];
  readonly totals: IssueTotals;
  /** rows read per section */
  readonly counts: Readonly<Record<Section, number>>;
  /** sections that have a sheet in the file; loading replaces these and leaves the others */
  readonly presentSections: readonly Section[];
}

export interface ReadOptions {
  readonly fileName: string;
  /** the year to read for; a workbook that names another year is refused */
  readonly schoolYear?: SchoolYear;
  /** the district to read for; a workbook that names another one is refused */
  readonly district?: { readonly code: string; readonly name: string };
  /** last year's return, for the comparison */
  readonly previous?: DistrictYear;
  /** rows of other schools are errors (a school imports only its own) */
  readonly onlySchools?: readonly string[];
  /** sections that must have a sheet; default ["schools"] */
  readonly required?: readonly Section[];
  /**
   * the district's return as stored: sections that the file lacks are taken from it for the cross-row checks, so
   * that a workbook with single sheets can be checked
   */
  readonly current?: DistrictYear;
}

/** Reads an xlsx workbook. Never throws on content: whatever is wrong is in `issues`. */
export async function readWorkbook(_bytes: Uint8Array, _options: ReadOptions): Promise<WorkbookRead> {
  throw new Error("not written yet");
}

/** Reads one section from CSV (UTF-8, UTF-8 with BOM, GBK/GB18030; comma, semicolon or tab). */
export async function readCsv(
  _section: Section,
  _bytes: Uint8Array,
  _options: ReadOptions & { readonly schoolYear: SchoolYear },
): Promise<WorkbookRead> {
  throw new Error("not written yet");
}

export interface WriteOptions {
  readonly schoolYear: SchoolYear;
  /** default: of `rows`, else left for the clerk to fill in */
  readonly district?: { readonly code: string; readonly name: string };
  /** rows to write; without them an empty template */
  readonly rows?: DistrictYear;
  /** default: of `rows`, else false */
  readonly isSample?: boolean;
  /** default: all, or the schools' sections when `schoolCode` is given */
  readonly sections?: readonly Section[];
  /** write only this school's rows (and campuses that belong to it) */
  readonly schoolCode?: string;
}

/** The template, empty or filled. Equal options give equal bytes. */
export async function writeWorkbook(_options: WriteOptions): Promise<Uint8Array> {
  throw new Error("not written yet");
}
