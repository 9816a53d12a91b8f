/** What loading a return would change, for the preview before it is loaded. */

import type { DistrictYear, Section } from "../base/index.ts";
import { sections } from "../base/index.ts";
import { rowKey } from "./check.ts";

export type ChangedValue = string | number | boolean | null;

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
  /** lists are given as "96、100" */
  readonly before: ChangedValue;
  readonly after: ChangedValue;
}

/** Number of rows added, removed and changed in one section. */
export interface ChangeCount {
  readonly section: Section;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
}

export interface CompareOptions {
  /** compare only these (a workbook may hold a part of the sections); default all */
  readonly sections?: readonly Section[];
  /** compare only rows of these schools; default all */
  readonly schoolCodes?: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** Differences between two returns of one district and year, by section, then by the order of the rows. */
export function compareReturns(
  before: DistrictYear | null,
  after: DistrictYear,
  options: CompareOptions = {},
): ReturnChange[] {
  const changes: ReturnChange[] = [];
  walk(before, after, options, (section, key, was, is) => {
    const schoolCode = codeOf(is ?? was);
    if (was === null || is === null) {
      const kind = was === null ? "added" : "removed";
      changes.push({ section, kind, schoolCode, key, column: null, before: null, after: null });
      return;
    }
    for (const column of Object.keys(is)) {
      const [a, b] = [simple(was[column]), simple(is[column])];
      if (a !== b) changes.push({ section, kind: "changed", schoolCode, key, column, before: a, after: b });
    }
  });
  return changes;
}

/** The same comparison as numbers of rows per section. */
export function countChanges(
  before: DistrictYear | null,
  after: DistrictYear,
  options: CompareOptions = {},
): ChangeCount[] {
  const counts = new Map<
    Section,
    { section: Section; added: number; removed: number; changed: number; unchanged: number }
  >();
  for (const section of options.sections ?? sections) {
    counts.set(section, { section, added: 0, removed: 0, changed: 0, unchanged: 0 });
  }
  walk(before, after, options, (section, _, was, is) => {
    const count = counts.get(section);
    if (count === undefined) return;
    if (was === null) count.added += 1;
    else if (is === null) count.removed += 1;
    else if (Object.keys(is).some((column) => simple(was[column]) !== simple(is[column]))) count.changed += 1;
    else count.unchanged += 1;
  });
  return [...counts.values()];
}

/** Visits every row of either return once: rows of `after` in order, then rows that are gone. */
function walk(
  before: DistrictYear | null,
  after: DistrictYear,
  options: CompareOptions,
  visit: (section: Section, key: string, was: Row | null, is: Row | null) => void,
): void {
  const codes = options.schoolCodes === undefined ? null : new Set(options.schoolCodes);
  const isMeant = (row: Row): boolean => codes === null || codes.has(codeOf(row) ?? "");
  for (const section of sections) {
    if (options.sections !== undefined && !options.sections.includes(section)) continue;
    // equal keys are possible in a faulty return; the second becomes a row of its own
    const keyed = (rows: readonly object[]): Map<string, Row> => {
      const found = new Map<string, Row>();
      for (const item of rows) {
        const row: Row = { ...item };
        if (!isMeant(row)) continue;
        let key = rowKey(section, row);
        for (let copy = 2; found.has(key); copy += 1) key = `${rowKey(section, row)}|#${copy}`;
        found.set(key, row);
      }
      return found;
    };
    const was = keyed(before?.[section] ?? []);
    const is = keyed(after[section]);
    for (const [key, row] of is) visit(section, key, was.get(key) ?? null, row);
    for (const [key, row] of was) if (!is.has(key)) visit(section, key, row, null);
  }
}

function codeOf(row: Row | null): string | null {
  const code = row?.["schoolCode"];
  return typeof code === "string" ? code : null;
}

function simple(value: unknown): ChangedValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return Array.isArray(value) ? (value.length === 0 ? "无" : value.join("、")) : null;
}
