/** Any table of the application as a spreadsheet. */

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
export async function writeTable(_table: TableExport): Promise<Uint8Array> {
  throw new Error("not written yet");
}
