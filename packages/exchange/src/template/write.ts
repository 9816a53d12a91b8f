/** The sheets of the workbook as written: title, help, header, drop-downs, comments, rows. */

import type { SchoolYear, Section, SectionRows } from "@xingfu/domain/base";
import { schoolYearLabel } from "@xingfu/domain/base";
import type { CellStyle, CellValue, ColumnDef, DataValidation, WriteSheet } from "hucre";

import type { AnyColumn, CellData, KeyRow, SheetTemplate } from "./column.ts";
import { columnsIn, headerText } from "./column.ts";
import { columnLetter } from "./issue.ts";
import { numberForm, writeCell } from "./values.ts";

/** Rows above the data: title, help, header. */
export const headRows = 3;

const font = { name: "等线", size: 11 };
const thin = { style: "thin", color: { rgb: "BFBFBF" } } as const;
export const border = { top: thin, right: thin, bottom: thin, left: thin };
const fill = (rgb: string): NonNullable<CellStyle["fill"]> => ({ type: "pattern", pattern: "solid", fgColor: { rgb } });

export const styles = {
  title: { font: { ...font, size: 14, bold: true }, alignment: { vertical: "center" } },
  intro: { font: { ...font, color: { rgb: "595959" } }, alignment: { vertical: "top", wrapText: true } },
  required: {
    font: { ...font, bold: true, color: { rgb: "FFFFFF" } },
    fill: fill("1F4E79"),
    border,
    alignment: { horizontal: "center", vertical: "center", wrapText: true },
  },
  optional: {
    font: { ...font, bold: true },
    fill: fill("DDEBF7"),
    border,
    alignment: { horizontal: "center", vertical: "center", wrapText: true },
  },
  printed: {
    font: { ...font, bold: true, color: { rgb: "595959" } },
    fill: fill("EDEDED"),
    border,
    alignment: { horizontal: "center", vertical: "center", wrapText: true },
  },
  label: { font: { ...font, bold: true }, fill: fill("DDEBF7"), border, alignment: { vertical: "center" } },
  field: { font, border, fill: fill("FFF2CC"), numFmt: "@", alignment: { vertical: "center", horizontal: "left" } },
  text: { font, alignment: { vertical: "top", wrapText: true } },
  cell: { font, border, alignment: { vertical: "center", wrapText: true } },
  heading: { font: { ...font, size: 12, bold: true }, alignment: { vertical: "center" } },
  sample: { font: { ...font, size: 12, bold: true, color: { rgb: "C00000" } }, alignment: { vertical: "center" } },
} satisfies Record<string, CellStyle>;

/** Where the drop-down of a list stands: a range of the code sheet. */
export type ListRanges = ReadonlyMap<string, string>;

/** Identity of a list: its labels, joined. Equal lists share one range. */
export function listKey(labels: readonly string[]): string {
  return labels.join("\u0000");
}

function dataStyle(column: AnyColumn): CellStyle {
  const { kind } = column.type;
  const isText = kind === "code" || kind === "text" || kind === "choice" || kind === "numbers";
  const isNumber = kind === "whole" || kind === "decimal" || kind === "money" || kind === "share";
  const numFmt =
    kind === "date"
      ? "yyyy\\-mm\\-dd"
      : kind === "whole"
        ? column.unit === "年"
          ? "0"
          : "#,##0"
        : kind === "money" || kind === "decimal"
          ? "#,##0.##"
          : kind === "share"
            ? "0.00##"
            : isText
              ? "@"
              : "General";
  const base: CellStyle = {
    font: column.key === null ? { ...font, color: { rgb: "404040" } } : font,
    border,
    alignment: { vertical: "center", horizontal: isNumber ? "right" : "left", wrapText: column.width > 25 },
    numFmt,
  };
  return column.key === null ? { ...base, fill: fill("F7F7F7") } : base;
}

/** The comment on a header: meaning, unit, source, whether it must be filled in. */
export function headerComment(column: AnyColumn): string {
  const lines = [column.help];
  if (column.unit !== null) lines.push(`单位：${column.unit}`);
  if (column.key !== null) lines.push(column.isRequired ? "必填。" : "未统计的留空。");
  lines.push(`依据：${column.source}`);
  return lines.join("\n");
}

function validationOf(column: AnyColumn, letter: string, lastRow: number, lists: ListRanges): DataValidation | null {
  if (column.key === null) return null;
  const { type } = column;
  const shared = {
    range: `${letter}${headRows + 1}:${letter}${lastRow}`,
    allowBlank: true,
    showInputMessage: true,
    inputTitle: column.header.slice(0, 30),
    inputMessage: `${column.help}${column.unit === null ? "" : `（${column.unit}）`}`.slice(0, 250),
    showErrorMessage: true,
    errorTitle: "填写有误",
  };
  switch (type.kind) {
    case "yesNo":
      return { ...shared, type: "list", values: ["是", "否"], errorMessage: "请选择 是 或 否。" };
    case "choice": {
      const range = lists.get(listKey(type.choices().map((choice) => choice.label)));
      if (range === undefined) return null;
      return {
        ...shared,
        type: "list",
        formula1: range,
        // other spellings and bare codes are read too, so a text outside the list is only asked about
        errorStyle: "warning",
        errorMessage: "建议从下拉列表中选择。",
      };
    }
    case "whole":
      return {
        ...shared,
        type: "whole",
        operator: "between",
        formula1: String(type.min),
        formula2: String(type.max),
        errorMessage: `请填写${numberForm(type)}。`,
      };
    case "decimal":
    case "money":
      return {
        ...shared,
        type: "decimal",
        operator: "between",
        formula1: type.kind === "money" ? "0" : String(type.min),
        formula2: String(type.max),
        errorMessage: `请填写${numberForm(type)}。`,
      };
    case "share":
      return {
        ...shared,
        type: "decimal",
        operator: "between",
        formula1: "0",
        formula2: "1",
        errorMessage: `请填写${numberForm(type)}。`,
      };
    case "date":
      return {
        ...shared,
        type: "date",
        operator: "between",
        formula1: "1",
        formula2: "73415", // 1900-01-01 … 2100-12-31
        errorMessage: "请填写日期，如 2025-09-01。",
      };
    case "text":
      return {
        ...shared,
        type: "textLength",
        operator: "between",
        formula1: "0",
        formula2: String(type.maxLength),
        errorMessage: `不超过 ${type.maxLength} 个字。`,
      };
    default:
      return {
        ...shared,
        type: "textLength",
        operator: "between",
        formula1: "0",
        formula2: "1000",
        errorMessage: "文字过长。",
      };
  }
}

export interface SheetContent<S extends Section> {
  readonly template: SheetTemplate<S>;
  readonly year: SchoolYear;
  readonly rows: readonly SectionRows[S][];
  readonly isSample: boolean;
  readonly lists: ListRanges;
  /** names by school code, printed beside the code */
  readonly schoolNames: ReadonlyMap<string, string>;
}

/** One sheet with its rows; key rows that are not among the rows are printed empty. */
export function writeSection<S extends Section>(content: SheetContent<S>): WriteSheet {
  const { template, year, isSample } = content;
  const columns = columnsIn(template, year);
  const body = bodyRows(content, columns);
  const blanks = template.keyRows === null ? Math.max(0, 20 - body.length) : 0;
  for (let i = 0; i < blanks; i += 1) body.push(columns.map(() => null));

  const cells: NonNullable<WriteSheet["cells"]> = new Map();
  const mark = isSample ? "【示例数据】" : "";
  cells.set("0,0", { value: `${template.title}（${schoolYearLabel(year)}）${mark}`, style: styles.title });
  cells.set("1,0", { value: template.intro.map((line, i) => `${i + 1}. ${line}`).join("\n"), style: styles.intro });
  columns.forEach((column, c) => {
    const style = column.key === null ? styles.printed : column.isRequired ? styles.required : styles.optional;
    cells.set(`2,${c}`, {
      value: headerText(column),
      style,
      comment: { author: "填报说明", text: headerComment(column) },
    });
  });
  const lastRow = headRows + Math.max(body.length + 500, 2000);
  const validations = columns
    .map((column, c) => validationOf(column, columnLetter(c), lastRow, content.lists))
    .filter((validation) => validation !== null);
  const lastColumn = Math.max(0, columns.length - 1);
  const frozen = columns.findIndex((column) => column.header === "学校名称") === 1 ? 2 : 1;
  return {
    name: template.sheet,
    columns: columns.map((column): ColumnDef => ({ width: column.width, style: dataStyle(column) })),
    rows: [[], [], [], ...body],
    cells,
    merges: [
      { startRow: 0, startCol: 0, endRow: 0, endCol: lastColumn },
      { startRow: 1, startCol: 0, endRow: 1, endCol: lastColumn },
    ],
    rowDefs: new Map([
      [0, { height: 26 }],
      [1, { height: 4 + 16 * template.intro.length }],
      [2, { height: 36 }],
      // printed wording wraps; free rows keep the height the clerk's program gives them
      ...(template.keyRows === null
        ? []
        : body.map(
            (row, i) =>
              [
                headRows + i,
                {
                  height: heightOf(
                    row,
                    columns.map(({ width }) => width),
                  ),
                },
              ] as const,
          )),
    ]),
    dataValidations: validations,
    freezePane: { rows: headRows, columns: frozen },
    autoFilter: { range: `A${headRows}:${columnLetter(lastColumn)}${headRows + body.length}` },
    pageSetup: {
      paperSize: "a4",
      orientation: columns.reduce((sum, { width }) => sum + width, 0) > 110 ? "landscape" : "portrait",
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: `$${headRows}:$${headRows}`,
    },
    headerFooter: { oddFooter: `&L${template.sheet}${mark}&C第 &P 页，共 &N 页` },
  };
}

/** Height in points of a row whose texts wrap within the widths (in half-width characters). */
export function heightOf(row: readonly CellValue[], widths: readonly number[]): number {
  const lines = row.map((value, c) => {
    if (typeof value !== "string") return 1;
    const perLine = Math.max(1, Math.floor(((widths[c] ?? 10) - 1) / 2));
    return value.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].length / perLine)), 0);
  });
  return 4 + 15 * Math.min(25, Math.max(1, ...lines));
}

function bodyRows<S extends Section>(content: SheetContent<S>, columns: readonly AnyColumn[]): CellValue[][] {
  const { template, rows, schoolNames } = content;
  const line = (values: Readonly<Record<string, unknown>>, printed: KeyRow["printed"]): CellValue[] =>
    columns.map((column) => {
      if (column.key === null) {
        if (column.header === "学校名称") return schoolNames.get(String(values["schoolCode"])) ?? null;
        return printed[column.header] ?? null;
      }
      return writeCell(column.type, cellData(values[column.key]));
    });
  if (template.keyRows === null) return rows.map((row) => line({ ...row }, {}));
  const keys = template.keyRows();
  const name = (values: Readonly<Record<string, unknown>>): string =>
    template.identity.map((key) => String(values[key])).join("|");
  const known = new Set(keys.map((key) => name(key.values)));
  const filled = new Map<string, SectionRows[S][]>();
  for (const row of rows) {
    const key = name({ ...row });
    filled.set(key, [...(filled.get(key) ?? []), row]);
  }
  const ordered = keys.flatMap((key) => {
    const own = filled.get(name(key.values));
    return own === undefined ? [line(key.values, key.printed)] : own.map((row) => line({ ...row }, key.printed));
  });
  const others = rows.filter((row) => !known.has(name({ ...row }))).map((row) => line({ ...row }, {}));
  return [...ordered, ...others];
}

function cellData(value: unknown): CellData {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return Array.isArray(value) ? value.filter((item) => typeof item === "number") : null;
}
