/** Long lists of one sheet, read row by row: rolls and measures of hundreds of thousands of pupils. */

import { streamXlsxRows, writeXlsxStream } from "hucre";

import { openCsv } from "../file/csv.ts";
import type { Refusal } from "../file/guard.ts";
import { refuseWorkbook, rollLimits, sheetNames } from "../file/guard.ts";
import type { AnyColumn, CellData } from "./column.ts";
import { headerText, plain, splitHeader } from "./column.ts";
import type { Issue, IssueCode, IssueTotals } from "./issue.ts";
import { IssueList, columnLetter } from "./issue.ts";
import type { RawCell } from "./values.ts";
import { isBlank, readCell, shown } from "./values.ts";

/** A column of a list: its key names the value of the row. */
export interface ListColumn<K extends string> extends AnyColumn {
  readonly key: K;
}

export interface ListTemplate<K extends string> {
  readonly sheet: string;
  /** other names of the sheet, as `plain` gives them; without any of them the first sheet is read */
  readonly sheetAliases: readonly string[];
  readonly columns: readonly ListColumn<K>[];
}

export interface ListRead {
  /** rows handed to onRows */
  readonly count: number;
  readonly issues: readonly Issue[];
  readonly totals: IssueTotals;
}

/** One row that was read, and a way to say what is wrong with it beyond its cells. */
export interface ListRow<K extends string> {
  /** as the sheet numbers it, from 1 */
  readonly row: number;
  readonly values: Readonly<Partial<Record<K, CellData>>>;
  readonly refuse: (code: IssueCode, key: K, value: string | null, expected: string) => void;
}

export interface ListOptions<K extends string, Row> {
  readonly fileName: string;
  /** the row, or null when it was refused or is to be left out */
  readonly make: (row: ListRow<K>) => Row | null;
  /** called with batches of valid rows, in order; awaited, so a slow consumer slows the reader */
  readonly onRows: (rows: readonly Row[]) => void | Promise<void>;
  /** default 5000 */
  readonly batchSize?: number;
}

/** Rows in which the header is looked for. */
const headerWithin = 10;

/** Reads the list (xlsx or csv by content) row by row. Never throws on content; what onRows throws goes through. */
export async function readList<K extends string, Row>(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  template: ListTemplate<K>,
  options: ListOptions<K, Row>,
): Promise<ListRead> {
  const issues = new IssueList();
  const bytes = source instanceof Uint8Array ? source : await gather(source);
  const reader = new ListReader(issues, template, options);
  const refusal =
    bytes === null
      ? { code: "FILE_TOO_LARGE" as const, value: "超过上限", expected: `${rollLimits.maxBytes / 1e6} MB` }
      : await streamRows(bytes, template, options.fileName, reader);
  if (refusal === null) await reader.finish();
  else issues.add({ sheet: "", section: null, row: null, column: null, header: null, severity: "error", ...refusal });
  return { count: reader.count, issues: issues.list(), totals: issues.totals() };
}

async function streamRows<K extends string, Row>(
  bytes: Uint8Array,
  template: ListTemplate<K>,
  fileName: string,
  reader: ListReader<K, Row>,
): Promise<Refusal | null> {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!isZip && fileName.toLowerCase().endsWith(".csv")) {
    const opened = openCsv(bytes, template.sheet, rollLimits);
    if ("refusal" in opened) return opened.refusal;
    let index = 0;
    for (const row of opened.grid.rows) {
      await reader.take(index, row);
      index += 1;
    }
    return null;
  }
  const refusal = refuseWorkbook(bytes, fileName, rollLimits);
  if (refusal !== null) return refusal;
  // a list in a workbook with other sheets is found by its name, else it is the first sheet
  const known = new Set([plain(template.sheet), ...template.sheetAliases]);
  const sheet = Math.max(
    0,
    sheetNames(bytes).findIndex((name) => known.has(plain(name))),
  );
  const rows = streamXlsxRows(bytes, { sheet });
  for (;;) {
    let next: Awaited<ReturnType<typeof rows.next>>;
    try {
      next = await rows.next();
    } catch (error) {
      return { code: "FILE_CORRUPT", value: error instanceof Error ? error.message : String(error), expected: null };
    }
    if (next.done === true || next.value.index >= rollLimits.maxRows) return null;
    await reader.take(next.value.index, next.value.values);
  }
}

async function gather(source: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > rollLimits.maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Place<K extends string> {
  readonly column: ListColumn<K>;
  readonly index: number;
}

/** Takes rows one by one: first the header is looked for, then each row is read and handed on in batches. */
class ListReader<K extends string, Row> {
  count = 0;
  private places: readonly Place<K>[] | null = null;
  private batch: Row[] = [];
  private hasFailed = false;
  private readonly issues: IssueList;
  private readonly template: ListTemplate<K>;
  private readonly options: ListOptions<K, Row>;

  constructor(issues: IssueList, template: ListTemplate<K>, options: ListOptions<K, Row>) {
    this.issues = issues;
    this.template = template;
    this.options = options;
  }

  async take(row: number, cells: readonly RawCell[]): Promise<void> {
    if (this.hasFailed) return;
    if (this.places === null) {
      this.places = this.findHeader(row, cells);
      if (this.places === null && row >= headerWithin - 1) this.failHeader();
      return;
    }
    const made = this.read(row, cells, this.places);
    if (made === null) return;
    this.batch.push(made);
    if (this.batch.length >= (this.options.batchSize ?? 5000)) await this.flush();
  }

  async finish(): Promise<void> {
    if (this.places === null && !this.hasFailed) this.failHeader();
    await this.flush();
  }

  private failHeader(): void {
    this.hasFailed = true;
    const first = this.template.columns.slice(0, 4).map(headerText).join("、");
    this.issue("error", "HEADER_MISSING", null, null, null, null, first);
  }

  private async flush(): Promise<void> {
    if (this.batch.length === 0) return;
    this.count += this.batch.length;
    const rows = this.batch;
    this.batch = [];
    await this.options.onRows(rows);
  }

  private issue(
    severity: "error" | "warning",
    code: IssueCode,
    row: number | null,
    index: number | null,
    header: string | null,
    value: string | null,
    expected: string | null,
  ): void {
    this.issues.add({
      sheet: this.template.sheet,
      section: null,
      row: row === null ? null : row + 1,
      column: index === null ? null : columnLetter(index),
      header,
      code,
      severity,
      value,
      expected,
    });
  }

  private findHeader(row: number, cells: readonly RawCell[]): readonly Place<K>[] | null {
    const places: Place<K>[] = [];
    cells.forEach((cell, index) => {
      if (typeof cell !== "string") return;
      const { name } = splitHeader(cell);
      const column = this.template.columns.find((candidate) =>
        [candidate.header, ...candidate.aliases].some((known) => plain(known) === name),
      );
      if (column !== undefined && !places.some((place) => place.column === column)) places.push({ column, index });
    });
    if (places.length < 3) return null;
    for (const column of this.template.columns) {
      if (places.some((place) => place.column === column)) continue;
      this.issue(column.isRequired ? "error" : "warning", "COLUMN_MISSING", row, null, null, null, headerText(column));
      if (column.isRequired) this.hasFailed = true;
    }
    return places;
  }

  private read(row: number, cells: readonly RawCell[], places: readonly Place<K>[]): Row | null {
    if (places.every(({ index }) => isBlank(cells[index]))) return null;
    const values: Partial<Record<K, CellData>> = {};
    let isUsable = true;
    for (const { column, index } of places) {
      const raw = cells[index] ?? null;
      const read = readCell(column, raw, null);
      if (read.fault !== undefined) {
        this.issue("error", read.fault.code, row, index, column.header, shown(raw), read.fault.expected);
        isUsable = false;
      } else if (read.value === null && column.isRequired) {
        this.issue("error", "REQUIRED", row, index, column.header, null, column.help);
        isUsable = false;
      }
      values[column.key] = read.value;
    }
    if (!isUsable) return null;
    return this.options.make({
      row: row + 1,
      values,
      refuse: (code, key, value, expected) => {
        const place = places.find(({ column }) => column.key === key);
        this.issue("error", code, row, place?.index ?? null, place?.column.header ?? null, value, expected);
      },
    });
  }
}

/**
 * A list as chunks of an xlsx file, its title above the header; memory does not grow with the rows.
 *
 * @param rows  cells in the order of the columns
 */
export async function* writeList<K extends string>(
  template: ListTemplate<K>,
  title: string,
  rows: Iterable<readonly RawCell[]> | AsyncIterable<readonly RawCell[]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  async function* lines(): AsyncGenerator<RawCell[]> {
    yield [title];
    yield template.columns.map(headerText);
    for await (const row of rows) yield [...row];
  }
  const stream = writeXlsxStream(lines(), {
    name: template.sheet,
    columns: template.columns.map((column) => ({ width: column.width })),
    freezePane: { rows: 2 },
  });
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // a reader that stopped early must not keep the writer waiting
  }
}
