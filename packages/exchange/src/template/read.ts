/** A grid of cells becomes the rows of one section; everything that stands in the way becomes an issue. */

import type { SchoolYear, Section, SectionRows } from "@xingfu/domain/base";

import type { AnyColumn, CellData, SheetTemplate } from "./column.ts";
import { columnsIn, headerText, plain, splitHeader, unitsOf } from "./column.ts";
import type { IssueCode, IssueList } from "./issue.ts";
import { columnLetter } from "./issue.ts";
import type { RawCell } from "./values.ts";
import { isBlank, readCell, shown, trimmed } from "./values.ts";

/** A sheet as read from any kind of file. */
export interface Grid {
  readonly name: string;
  readonly rows: readonly (readonly RawCell[])[];
  readonly merges: readonly Merge[];
  /** "row,column" (0-based) of formulas whose result was not saved */
  readonly valueless: ReadonlySet<string>;
}

/** 0-based, both ends included. */
export interface Merge {
  readonly startRow: number;
  readonly startCol: number;
  readonly endRow: number;
  readonly endCol: number;
}

/** The rows of a sheet, and where each stands, so that later checks can point at cells. */
export interface SectionRead<S extends Section> {
  readonly rows: readonly SectionRows[S][];
  /** 1-based sheet row of each row */
  readonly places: readonly number[];
  /** by property: column letter and printed header */
  readonly columns: ReadonlyMap<string, { readonly letter: string; readonly header: string }>;
  /** "index|property" of cells that already have an error */
  readonly faulty: ReadonlySet<string>;
  /** every school code in the sheet, also of rows that were left out */
  readonly seenCodes: ReadonlySet<string>;
}

/** Header rows are looked for in this many rows from the top. */
const headerDepth = 10;
const totalRow = /^(?:合计|总计|小计|总数|累计|[全本][区县市校](?:合计|总计))$/u;
const noteRow = /^(?:注|说明|备注|填表人|填报人|审核人|单位负责人|负责人|填表日期|填报日期|数据来源)(?:\d*[::、.]|$)/u;

interface Found {
  readonly column: AnyColumn;
  readonly index: number;
  readonly text: string;
  readonly unit: string | null;
}

interface Header {
  readonly found: readonly Found[];
  readonly unknown: readonly { readonly index: number; readonly text: string }[];
  /** first row of data, 0-based */
  readonly dataRow: number;
  /** last row of the header, 0-based */
  readonly row: number;
}

export function readSection<S extends Section>(
  template: SheetTemplate<S>,
  grid: Grid,
  year: SchoolYear,
  issues: IssueList,
  ownSchools: ReadonlySet<string> | null,
): SectionRead<S> {
  const columns = columnsIn(template, year);
  const issue = (
    severity: "error" | "warning",
    code: IssueCode,
    at: { readonly row?: number; readonly index?: number; readonly header?: string },
    value: string | null,
    expected: string | null,
  ): void =>
    issues.add({
      sheet: grid.name,
      section: template.section,
      row: at.row === undefined ? null : at.row + 1,
      column: at.index === undefined ? null : columnLetter(at.index),
      header: at.header ?? null,
      code,
      severity,
      value,
      expected,
    });
  const empty: SectionRead<S> = { rows: [], places: [], columns: new Map(), faulty: new Set(), seenCodes: new Set() };

  const header = findHeader(columns, grid);
  if (header === null) {
    const expected = columns.slice(0, 4).map(headerText).join("、");
    issue("error", "HEADER_MISSING", {}, null, expected);
    return empty;
  }
  const used = new Map<string, Found & { readonly factor: number | null }>();
  for (const found of header.found) {
    const { key } = found.column;
    if (key === null) continue;
    const text = headerText(found.column);
    const first = used.get(key);
    if (first !== undefined) {
      const letters = `${columnLetter(first.index)} 列和 ${columnLetter(found.index)} 列`;
      issue("error", "COLUMN_TWICE", { row: header.row, index: found.index, header: text }, letters, text);
      continue;
    }
    used.set(key, { ...found, factor: headerFactor(found) });
    const factor = headerFactor(found);
    const printed = Object.values(unitsOf(found.column.type))[0] ?? 1;
    if (factor !== null && factor !== printed && found.column.unit !== null) {
      issue(
        "warning",
        "UNIT_IN_HEADER",
        { row: header.row, index: found.index, header: text },
        found.unit,
        found.column.unit,
      );
    }
  }
  for (const { index, text } of header.unknown) {
    issue("warning", "COLUMN_UNKNOWN", { row: header.row, index }, shown(text), null);
  }
  const missing = columns.filter((column) => column.key !== null && !used.has(column.key));
  const isComplete = missing.every((column) => !column.isRequired);
  for (const isRequired of [true, false]) {
    const names = missing.filter((column) => column.isRequired === isRequired).map(headerText);
    if (names.length === 0) continue;
    issue(isRequired ? "error" : "warning", "COLUMN_MISSING", { row: header.row }, null, names.join("、"));
  }
  const places = new Map(
    [...used].map(([key, { index, column }]) => [key, { letter: columnLetter(index), header: headerText(column) }]),
  );
  if (!isComplete) return { ...empty, columns: places };

  const merged = mergedCells(grid, header.dataRow);
  const rows: SectionRows[S][] = [];
  const rowPlaces: number[] = [];
  const faulty = new Set<string>();
  const seenCodes = new Set<string>();
  const active = [...used.values()];
  const identity = new Set<string>(template.identity);
  const beside = active.filter(({ column }) => !identity.has(column.key ?? ""));

  for (let r = header.dataRow; r < grid.rows.length; r += 1) {
    const raw = grid.rows[r] ?? [];
    if (active.every(({ index }) => isBlank(raw[index]) && !grid.valueless.has(`${r},${index}`))) continue;
    const lead = leadText(raw);
    if (lead !== null && (totalRow.test(plain(lead)) || (noteRow.test(plain(lead)) && filledCells(raw) <= 2))) {
      issue("warning", "ROW_SKIPPED", { row: r }, shown(lead), null);
      continue;
    }
    if (template.keyRows !== null && beside.every(({ index }) => isBlank(raw[index]))) continue;

    const values: Record<string, CellData> = {};
    let isUsable = true;
    const faults: string[] = [];
    for (const { column, index, factor } of active) {
      const key = column.key ?? "";
      const at = { row: r, index, header: headerText(column) };
      let cell = raw[index] ?? null;
      const origin = merged.get(`${r},${index}`);
      if (origin !== undefined && isBlank(cell)) {
        const first = grid.rows[origin.startRow]?.[origin.startCol] ?? null;
        const isRepeatable = origin.startCol === index && !isAmount(column);
        if (isRepeatable) cell = first;
        else if (!isBlank(first) && isAmount(column)) {
          issue("error", "MERGED_CELLS", at, shown(first), "数值");
          faults.push(key);
        }
      }
      if (isBlank(cell) && grid.valueless.has(`${r},${index}`)) {
        issue("warning", "FORMULA_NO_VALUE", at, null, null);
      }
      const read = readCell(column, cell, factor);
      if (read.fault !== undefined) {
        issue("error", read.fault.code, at, shown(cell), read.fault.expected);
        faults.push(key);
        if (column.isRequired) isUsable = false;
      } else if (read.remark !== undefined) {
        issue("warning", read.remark.code, at, shown(cell), read.remark.expected);
      }
      if (read.fault === undefined && read.value === null && column.isRequired) {
        issue("error", "REQUIRED", at, null, column.help);
        isUsable = false;
      }
      values[key] = read.value;
    }
    for (const column of template.columns) {
      if (column.key !== null && !used.has(column.key)) values[column.key] = column.whenEmpty ?? null;
    }
    const code = values["schoolCode"];
    if (typeof code === "string") {
      seenCodes.add(code);
      const parent = values["parentCode"];
      const isOwn =
        ownSchools === null || ownSchools.has(code) || (typeof parent === "string" && ownSchools.has(parent));
      if (!isOwn) {
        const place = used.get("schoolCode");
        const at = { row: r, ...(place && { index: place.index, header: headerText(place.column) }) };
        issue("error", "OTHER_SCHOOL", at, code, [...(ownSchools ?? [])].slice(0, 3).join("、"));
        continue;
      }
    }
    if (!isUsable) continue;
    if (!isRow(template, values)) continue;
    for (const key of faults) faulty.add(`${rows.length}|${key}`);
    rows.push(values);
    rowPlaces.push(r + 1);
  }
  return { rows, places: rowPlaces, columns: places, faulty, seenCodes };
}

/** Whether every property of the section's rows is there; each was read by its own column definition. */
function isRow<S extends Section>(
  template: SheetTemplate<S>,
  values: Record<string, CellData>,
): values is Record<string, CellData> & SectionRows[S] {
  return template.columns.every(({ key }) => key === null || key in values);
}

/** Amounts must not be copied down a merged cell: one number for two rows is a total, not a value. */
function isAmount(column: AnyColumn): boolean {
  return ["whole", "decimal", "money", "share", "numbers"].includes(column.type.kind);
}

function headerFactor(found: Found): number | null {
  if (found.unit === null) return null;
  const units = unitsOf(found.column.type);
  const own = Object.entries(units).find(([unit]) => plain(unit) === found.unit);
  return own === undefined ? null : own[1];
}

function leadText(raw: readonly RawCell[]): string | null {
  for (const cell of raw.slice(0, 4)) {
    if (isBlank(cell)) continue;
    return typeof cell === "string" ? trimmed(cell) : null;
  }
  return null;
}

function filledCells(raw: readonly RawCell[]): number {
  return raw.reduce<number>((count, cell) => count + (isBlank(cell) ? 0 : 1), 0);
}

/** Cells below or beside the first cell of a merged range, with their range. */
function mergedCells(grid: Grid, dataRow: number): ReadonlyMap<string, Merge> {
  const cells = new Map<string, Merge>();
  for (const merge of grid.merges) {
    if (merge.endRow < dataRow) continue;
    // a merge over whole rows or columns is layout, and its cells are too many to list
    if ((merge.endRow - merge.startRow + 1) * (merge.endCol - merge.startCol + 1) > 100_000) continue;
    for (let r = Math.max(merge.startRow, dataRow); r <= Math.min(merge.endRow, grid.rows.length); r += 1) {
      for (let c = merge.startCol; c <= merge.endCol; c += 1) {
        if (r !== merge.startRow || c !== merge.startCol) cells.set(`${r},${c}`, merge);
      }
    }
  }
  return cells;
}

/**
 * The header with the most known columns within the first rows: one row, or two rows where a merged cell above
 * groups the ones below. Null when fewer than two columns are known.
 */
function findHeader(columns: readonly AnyColumn[], grid: Grid): Header | null {
  const byName = new Map<string, AnyColumn>();
  for (const column of columns) {
    for (const name of [column.header, ...column.aliases]) {
      if (!byName.has(plain(name))) byName.set(plain(name), column);
    }
  }
  const texts = grid.rows
    .slice(0, headerDepth + 1)
    .map((row) => row.map((cell) => (isBlank(cell) ? "" : trimmed(String(cell)))));
  for (const merge of grid.merges) {
    if (merge.startRow > headerDepth || merge.endCol - merge.startCol > 200) continue;
    const text = texts[merge.startRow]?.[merge.startCol] ?? "";
    for (let r = merge.startRow; r <= Math.min(merge.endRow, texts.length - 1); r += 1) {
      const row = texts[r];
      if (row === undefined) continue;
      for (let c = merge.startCol; c <= merge.endCol; c += 1) row[c] = text;
    }
  }
  const match = (index: number, text: string, more: readonly string[] = []): Found | null => {
    for (const candidate of [text, ...more]) {
      const { name, unit } = splitHeader(candidate);
      const column = byName.get(name) ?? byName.get(plain(candidate));
      if (column !== undefined) return { column, index, text, unit };
    }
    return null;
  };
  let best: Header | null = null;
  for (let r = 0; r < Math.min(headerDepth, texts.length); r += 1) {
    const upper = texts[r] ?? [];
    const lower = texts[r + 1] ?? [];
    for (const depth of [1, 2] as const) {
      const found: Found[] = [];
      const unknown: { index: number; text: string }[] = [];
      const width = depth === 1 ? upper.length : Math.max(upper.length, lower.length);
      for (let c = 0; c < width; c += 1) {
        const parent = upper[c] ?? "";
        const child = depth === 1 ? "" : (lower[c] ?? "");
        const text = child === "" ? parent : child;
        if (text === "") continue;
        const hit = child === "" || child === parent ? match(c, parent) : match(c, `${parent}${child}`, [child]);
        if (hit === null)
          unknown.push({ index: c, text: child === "" || child === parent ? text : `${parent}/${child}` });
        else found.push(hit);
      }
      const distinct = new Set(found.map(({ column }) => column)).size;
      const bestDistinct = best === null ? 1 : new Set(best.found.map(({ column }) => column)).size;
      if (distinct > bestDistinct) best = { found, unknown, dataRow: r + depth, row: r + depth - 1 };
    }
  }
  return best;
}
