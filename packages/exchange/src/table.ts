/** Any table of the application as a spreadsheet. */

import type { CellStyle, CellValue } from "hucre";
import { writeXlsx } from "hucre";

import { fixedDate, polishWorkbook } from "./file/polish.ts";
import { columnLetter } from "./template/issue.ts";
import { border, styles } from "./template/write.ts";

export interface TableColumn {
  readonly header: string;
  readonly unit?: string;
  /** default "text"; a share (0–1) is shown as a percentage */
  readonly kind?: "text" | "number" | "share" | "date";
  /** decimals shown; the cell keeps the unrounded number. Default 2 for numbers, 1 for shares */
  readonly decimals?: number;
  /** width in characters; default from the header */
  readonly width?: number;
}

export interface TableExport {
  readonly title: string;
  readonly columns: readonly TableColumn[];
  /** one array per row, in the order of the columns; null = a gap, shown as 未填报 */
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  /** lines under the table: source, rule version, filters */
  readonly notes?: readonly string[];
  readonly isSample: boolean;
}

/** The table as xlsx. Equal input gives equal bytes. */
export async function writeTable(table: TableExport): Promise<Uint8Array> {
  const { columns, rows, notes = [], isSample } = table;
  const last = Math.max(0, columns.length - 1);
  const cells = new Map<string, { value: CellValue; style: CellStyle }>();
  cells.set("0,0", {
    value: `${table.title}${isSample ? "【示例数据】" : ""}`,
    style: isSample ? styles.sample : styles.title,
  });
  columns.forEach((column, c) => {
    const value = column.unit === undefined ? column.header : `${column.header}（${column.unit}）`;
    cells.set(`1,${c}`, { value, style: styles.optional });
  });
  const body = rows.map((row) => columns.map((column, c) => cellOf(column, row[c] ?? null)));
  notes.forEach((note, i) => cells.set(`${rows.length + 3 + i},0`, { value: note, style: styles.intro }));
  const bytes = await writeXlsx({
    sheets: [
      {
        name: sheetTitle(table.title),
        columns: columns.map((column) => ({ width: column.width ?? widthOf(column), style: styleOf(column) })),
        rows: [[], [], ...body],
        cells,
        merges: [
          { startRow: 0, startCol: 0, endRow: 0, endCol: last },
          ...notes.map((_, i) => ({
            startRow: rows.length + 3 + i,
            startCol: 0,
            endRow: rows.length + 3 + i,
            endCol: last,
          })),
        ],
        rowDefs: new Map([
          [0, { height: 26 }],
          [1, { height: 32 }],
        ]),
        freezePane: { rows: 2 },
        autoFilter: { range: `A2:${columnLetter(last)}${rows.length + 2}` },
        pageSetup: {
          paperSize: "a4",
          orientation: columns.length > 7 ? "landscape" : "portrait",
          fitToPage: true,
          fitToWidth: 1,
          fitToHeight: 0,
          printTitlesRow: "$2:$2",
        },
        headerFooter: { oddFooter: `&L${isSample ? "示例数据" : ""}&C第 &P 页，共 &N 页` },
      },
    ],
    properties: { title: table.title, creator: "Xingfu", created: fixedDate, modified: fixedDate },
  });
  return polishWorkbook(bytes, 3);
}

/** Sheet names may not hold some characters nor be longer than 31. */
export function sheetTitle(title: string): string {
  return (
    title
      .replaceAll(/[\\/?*[\]:：]/gu, " ")
      .trim()
      .slice(0, 31) || "表"
  );
}

function cellOf(column: TableColumn, value: string | number | boolean | null): CellValue {
  if (value === null) return "未填报";
  if (typeof value === "boolean") return value ? "是" : "否";
  if (column.kind === "date" && typeof value === "string" && /^\d{4}-\d{2}-\d{2}/.test(value))
    return value.slice(0, 10);
  return value;
}

function widthOf(column: TableColumn): number {
  return Math.min(40, Math.max(10, 4 + [...column.header, ...(column.unit ?? "")].length * 1.9));
}

function styleOf(column: TableColumn): CellStyle {
  const decimals = column.decimals ?? (column.kind === "share" ? 1 : 2);
  const tail = decimals === 0 ? "" : `.${"0".repeat(decimals)}`;
  const isNumber = column.kind === "number" || column.kind === "share";
  return {
    ...styles.cell,
    border,
    alignment: { vertical: "center", horizontal: isNumber ? "right" : "left", wrapText: true },
    numFmt: column.kind === "share" ? `0${tail}%` : column.kind === "number" ? `#,##0${tail}` : "@",
  };
}
