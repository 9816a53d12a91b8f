/** One column of the workbook, defined once: it prints the header and help, and it reads and writes the cell. */

import type { SchoolYear, Section, SectionRows } from "@xingfu/domain/base";

/** What a cell may hold once it is read. */
export type CellData = string | number | boolean | null | readonly number[];

/** One entry of a drop-down. The label is printed; the value is kept. */
export interface Choice {
  readonly value: string | number | null;
  readonly label: string;
  /** other spellings that clerks use */
  readonly aliases?: readonly string[];
}

/**
 * How a cell is read and written. `units` gives the factor from each unit that may stand in the header or behind
 * the number to the unit that is kept; the first is the one the template prints.
 */
export type CellType =
  | { readonly kind: "text"; readonly maxLength: number }
  /** text of letters and digits that must not become a number: leading zeros count */
  | { readonly kind: "code"; readonly pattern: RegExp; readonly form: string }
  | { readonly kind: "whole"; readonly min: number; readonly max: number; readonly units: Units }
  | { readonly kind: "decimal"; readonly min: number; readonly max: number; readonly units: Units }
  /** kept in yuan, rounded to the fen (0.01) */
  | { readonly kind: "money"; readonly max: number; readonly units: Units }
  /** kept as 0–1 */
  | { readonly kind: "share" }
  | { readonly kind: "yesNo" }
  /** `open` = text outside the list is read as this value instead of being refused */
  | { readonly kind: "choice"; readonly choices: () => readonly Choice[]; readonly open?: string }
  | { readonly kind: "date" }
  /** several amounts in one cell, e.g. "96、100、98" */
  | { readonly kind: "numbers"; readonly min: number; readonly max: number; readonly units: Units };

/** Unit as written (after NFKC, so ㎡ is "m2") → factor to the unit that is kept. */
export type Units = Readonly<Record<string, number>>;

export const people: Units = { 人: 1, 名: 1, 位: 1, 个: 1 };
export const squareMetres: Units = { m2: 1, 平方米: 1, 平米: 1, "m²": 1, 平方: 1 };
export const rooms: Units = { 间: 1, 个: 1, 口: 1, 套: 1 };
export const classUnits: Units = { 个: 1, 班: 1, 个班: 1 };
export const hours: Units = { 学时: 1, 课时: 1, 小时: 1 };
export const years: Units = { 年: 1 };
/** yuan; the statistics print 万元 */
export const tenThousandYuan: Units = { 万元: 10_000, 元: 1, 千元: 1000, 亿元: 100_000_000, 万: 10_000 };
export const noUnit: Units = {};

/** A column of any section. */
export interface AnyColumn {
  /** property of the row; null = printed to help the reader of the sheet, never read */
  readonly key: string | null;
  /** official wording without the unit */
  readonly header: string;
  /** unit as printed in brackets behind the header; null = none */
  readonly unit: string | null;
  /** other headers the column has had or commonly has, without unit */
  readonly aliases: readonly string[];
  /** first and last school year that has the column; default always */
  readonly since?: number;
  readonly until?: number;
  /** an empty cell is an error; other empty cells are gaps (未填报) */
  readonly isRequired: boolean;
  readonly type: CellType;
  /** value of an empty cell where that is not a gap */
  readonly whenEmpty?: CellData;
  /** what to fill in, for a civil servant */
  readonly help: string;
  /** clause or code standard the column serves */
  readonly source: string;
  /** width in characters */
  readonly width: number;
}

/** A column of one section: its key is a property of that section's rows. */
export interface Column<S extends Section> extends AnyColumn {
  readonly key: (keyof SectionRows[S] & string) | null;
}

/** One sheet of the workbook. */
export interface SheetTemplate<S extends Section> {
  readonly section: S;
  readonly sheet: string;
  readonly aliases: readonly string[];
  /** line above the header */
  readonly title: string;
  /** who fills it in, from what, and what to look out for */
  readonly intro: readonly string[];
  readonly columns: readonly Column<S>[];
  /** columns that together name a row */
  readonly identity: readonly (keyof SectionRows[S] & string)[];
  /** rows that are always printed, with the text of the printed-only columns by header; null = free rows */
  readonly keyRows: (() => readonly KeyRow[]) | null;
}

/** A row that the template prints beforehand; rows with nothing filled in beside it count as not reported. */
export interface KeyRow {
  readonly values: Readonly<Record<string, string | number>>;
  readonly printed: Readonly<Record<string, string>>;
}

/** The columns that exist in a school year. */
export function columnsIn<C extends AnyColumn>(
  template: { readonly columns: readonly C[] },
  year: SchoolYear,
): readonly C[] {
  return template.columns.filter((column) => (column.since ?? year) <= year && year <= (column.until ?? year));
}

/** The header as printed: "教学仪器设备资产值（万元）". */
export function headerText(column: Pick<AnyColumn, "header" | "unit">): string {
  return column.unit === null ? column.header : `${column.header}（${column.unit}）`;
}

const plainTexts = new Map<string, string>();
/** A sheet repeats few short texts many times; beyond this many different ones the memory is started afresh. */
const plainMemory = 2000;

/** White space, width and case removed, so that "学校 名称" and "学校名称" are one. */
export function plain(text: string): string {
  const known = plainTexts.get(text);
  if (known !== undefined) return known;
  const made = text
    .normalize("NFKC")
    .replaceAll(/[\s\u200B-\u200D\uFEFF]+/gu, "")
    .toLowerCase();
  if (text.length <= 20) {
    if (plainTexts.size >= plainMemory) plainTexts.clear();
    plainTexts.set(text, made);
  }
  return made;
}

/** A header taken apart: its name and the unit in the last brackets. */
export function splitHeader(text: string): { readonly name: string; readonly unit: string | null } {
  const bare = plain(text).replaceAll("*", "").replace(/[::]$/u, "");
  const match = /^(.+?)[([【]([^()[\]【】]+)[)\]】]$/u.exec(bare);
  if (match === null) return { name: bare, unit: null };
  return { name: match[1] ?? bare, unit: (match[2] ?? "").replace(/^单位:?/u, "") };
}

/** Units that a column accepts, with their factors; empty for columns without units. */
export function unitsOf(type: CellType): Units {
  if (type.kind === "share") return { "%": 0.01 };
  return "units" in type ? type.units : noUnit;
}
