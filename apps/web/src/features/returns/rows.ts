/** Rows of a return as lines of a table, with their cells in words. */

import type { Section } from "@xingfu/domain/base";
import { codeLists, labelOf } from "@xingfu/standards";
import type { TFunction } from "i18next";
import { plain } from "../../lib/format.ts";
import { itemWords } from "../../lib/gap.ts";

export type RawCell = string | number | boolean | null | readonly number[];
export type RawRow = Readonly<Record<string, RawCell>>;

/** Columns of a section that name its row; what is left is data. */
const keyColumns: Readonly<Record<Section, readonly string[]>> = {
  schools: ["schoolCode"],
  classes: ["schoolCode", "stage", "grade", "className"],
  classBands: ["schoolCode", "stage"],
  staff: ["schoolCode", "staffCode"],
  staffCounts: ["schoolCode", "stage"],
  premises: ["schoolCode", "stage"],
  finance: ["schoolCode"],
  districtFigures: ["figure"],
  monitoring: ["phase", "subjectName"],
  findings: ["item"],
  satisfaction: ["party"],
  vetoes: ["veto"],
};

/** The natural key of a row, as the checks and comments name it. */
export function rowKey(section: Section, row: RawRow): string {
  return keyColumns[section].map((column) => String(row[column] ?? "")).join("|");
}

/** Code list whose labels a column's codes have. */
const lists: Readonly<Record<string, string>> = {
  type: "schoolTypes",
  ownership: "ownerships",
  setting: "settings",
  stage: "stages",
  phase: "stages",
  classType: "classTypes",
  education: "educations",
  subject: "subjects",
  leadLevel: "leadLevels",
  party: "satisfactionParties",
};
const known = new Set(codeLists.map((list) => list.id));

/** The code list a column takes its values from; null = none. */
export function codeListOf(column: string): string | null {
  const list = lists[column];
  return codeLists.find((entry) => entry.id === list)?.id ?? null;
}

/** Whether a column names its row and so cannot be changed by itself. */
export function namesRow(section: Section, column: string): boolean {
  return keyColumns[section].includes(column);
}

/** A row by what names it within its school: "小学 1 1班"; "" = the school has one such row. */
export function rowWords(section: Section, key: string, t: TFunction): string {
  const columns = keyColumns[section];
  const names = key.split("|").map((text, at) => cellWords(text, t, columns[at]));
  return names.filter((name, at) => columns[at] !== "schoolCode" && name !== null && name !== "").join(" ");
}

/** Where a comment or a change belongs: the table, the row and the column in words. */
export function placeWords(
  place: { readonly section: Section | null; readonly rowKey: string | null; readonly column: string | null },
  t: TFunction,
): string {
  const { section, rowKey: key, column } = place;
  if (section === null) return t("returns:school.whole");
  const parts = [t(`common:section.${section}`)];
  const row = key === null ? "" : rowWords(section, key, t);
  if (row !== "") parts.push(row);
  if (column !== null) parts.push(itemWords(column, t));
  return parts.join(" · ");
}

/** Numbers that are no amounts: they are read digit by digit. */
const years: ReadonlySet<string> = new Set(["builtYear", "monitoredYear"]);

/** One cell in words; null = not reported. */
export function cellWords(value: RawCell, t: TFunction, column?: string): string | null {
  if (value === null) return null;
  if (typeof value === "boolean") return t(value ? "common:table.yes" : "common:table.no");
  if (typeof value === "number") return years.has(column ?? "") ? String(value) : plain(value, 6);
  if (Array.isArray(value)) return value.length === 0 ? t("returns:cell.none") : value.join(t("common:list.comma"));
  const list = column === undefined ? undefined : lists[column];
  return typeof value === "string" && list !== undefined && known.has(list) ? labelOf(list, value) : String(value);
}
