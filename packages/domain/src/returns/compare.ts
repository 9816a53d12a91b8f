/** What loading a return would change, for the preview before it is loaded. */

import type { DistrictYear, Section } from "../base/index.ts";

/** One difference. An added or removed row is one change with `column` null. */
export interface ReturnChange {
  readonly section: Section;
  readonly kind: "added" | "removed" | "changed";
  /** null for the commission's own sections */
  readonly schoolCode: string | null;
  /** natural key of the row within its section, e.g. "2150000001|primary|1|1班" */
  readonly key: string;
  /** property of the row; null = the whole row */
  readonly column: string | null;
  readonly before: string | number | boolean | null;
  readonly after: string | number | boolean | null;
}

/** Number of rows added, removed and changed in one section. */
export interface ChangeCount {
  readonly section: Section;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Differences between two returns of one district and year, sorted by section and key.
 *
 * @param options.sections  compare only these (a workbook may hold a part of the sections); default all
 * @param options.schoolCodes  compare only rows of these schools; default all
 */
export function compareReturns(
  _before: DistrictYear | null,
  _after: DistrictYear,
  _options: { readonly sections?: readonly Section[]; readonly schoolCodes?: readonly string[] } = {},
): ReturnChange[] {
  return [];
}

/** The same comparison as numbers of rows per section. */
export function countChanges(
  _before: DistrictYear | null,
  _after: DistrictYear,
  _options: { readonly sections?: readonly Section[]; readonly schoolCodes?: readonly string[] } = {},
): ChangeCount[] {
  return [];
}
