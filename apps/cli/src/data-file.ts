/**
 * Reads the columns a model needs from a CSV file, plain or gzip, of any size: the file is read in pieces, numbers go
 * straight into typed arrays and texts into codes, and columns nobody asks for are skipped.
 */

import { createReadStream } from "node:fs";
import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import type { Table } from "@xingfu/numerics";
import { factorOf } from "@xingfu/numerics";
import { CommandRefusal, oneLine } from "./terminal.ts";

/** How a column is to be read: `number` becomes a factor by itself when a cell is no number. */
export type ColumnKind = "number" | "factor";

/** A cell that is no number, in a column where the others may be. */
export interface TextCell {
  /** data row, from 1 */
  readonly row: number;
  readonly text: string;
}

export interface DataFile {
  readonly table: Table;
  readonly rows: number;
  /** columns asked for as numbers that hold text, with the first cell that does; they are factors in the table */
  readonly texts: ReadonlyMap<string, TextCell>;
}

/** The longest row taken; beyond it a quotation mark was probably never closed. */
const LONGEST_ROW = 1 << 24;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * @param choose  from the header to the columns wanted; may throw to refuse unknown names
 * @throws CommandRefusal when the file cannot be opened or is no CSV text, with the row where it ends to be
 */
export async function readDataFile(
  path: string,
  choose: (header: readonly string[]) => ReadonlyMap<string, ColumnKind>,
): Promise<DataFile> {
  const texts = new Map<string, TextCell>();
  for (;;) {
    // a column whose first text comes late is read again from the start, so that its levels are named as in the file
    const reader = new CsvReader((header) => {
      const wanted = choose(header);
      return new Map([...wanted].map(([name, kind]) => [name, texts.has(name) ? "factor" : kind]));
    });
    const found = await readOnce(path, reader);
    if (found === null) return { table: reader.table(), rows: reader.rows, texts };
    texts.set(found.name, found.cell);
  }
}

async function readOnce(path: string, reader: CsvReader): Promise<LateText | null> {
  const { size, isZipped } = await openData(path);
  if (size === 0) throw new CommandRefusal({ zh: `${path} 是空文件。`, en: `${path} is empty.` });
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const stream = isZipped ? file.pipe(createGunzip({ chunkSize: 1 << 20 })) : file;
  if (stream !== file) file.on("error", (error) => stream.destroy(error));
  try {
    for await (const chunk of stream) {
      const late = reader.take(chunk);
      if (late) return late;
    }
    return reader.end();
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    if (error instanceof RangeError) {
      throw new CommandRefusal(
        {
          zh: `读到第 ${reader.rows} 行时内存不够。公式里用到的列越少，需要的内存越少。`,
          en: `Out of memory after ${reader.rows} rows. Fewer columns in the formula need less memory.`,
        },
        { cause: error },
      );
    }
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("Z_")) {
      throw new CommandRefusal(
        {
          zh: `${path} 的 gzip 压缩数据不完整或已损坏（${code}）。`,
          en: `The gzip data of ${path} are damaged or cut off (${code}).`,
        },
        { cause: error },
      );
    }
    throw cannotRead(path, error);
  } finally {
    file.destroy();
  }
}

function cannotRead(path: string, error: unknown): CommandRefusal {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new CommandRefusal({ zh: `没有找到文件：${path}`, en: `No such file: ${path}` });
  }
  return new CommandRefusal(
    { zh: `不能读取 ${path}（${code}）`, en: `Cannot read ${path} (${code})` },
    { cause: error },
  );
}

/** Looks at the first bytes: gzip is told by its signature, not by the name. */
async function openData(path: string): Promise<{ readonly size: number; readonly isZipped: boolean }> {
  const found: Stats = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  if (found.isDirectory()) {
    throw new CommandRefusal({ zh: `${path} 是文件夹，不是 CSV 文件。`, en: `${path} is a folder, not a CSV file.` });
  }
  const head = new Uint8Array(4);
  const file = await open(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  try {
    await file.read(head, 0, 4, 0);
  } finally {
    await file.close();
  }
  if (head[0] === 0x50 && head[1] === 0x4b) {
    throw new CommandRefusal({
      zh: `${path} 是 xlsx 工作簿或 zip 压缩包，请另存为 CSV。`,
      en: `${path} is a workbook or a zip archive; save it as CSV.`,
    });
  }
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new CommandRefusal({
      zh: `${path} 是 UTF-16 编码，请另存为 UTF-8 的 CSV。`,
      en: `${path} is UTF-16; save it as CSV in UTF-8.`,
    });
  }
  return { size: found.size, isZipped: head[0] === 0x1f && head[1] === 0x8b };
}

interface LateText {
  readonly name: string;
  readonly cell: TextCell;
}

/** Splits bytes into rows and cells. Rows that are not whole yet wait for the next piece. */
class CsvReader {
  rows = 0;
  private readonly choose: (header: readonly string[]) => ReadonlyMap<string, ColumnKind>;
  private rest: Buffer = Buffer.alloc(0);
  private delimiter = 0x2c;
  private header: readonly string[] | null = null;
  /** per column of the file; null = not wanted */
  private columns: (NumberColumn | FactorCodes | null)[] = [];
  private names: readonly string[] = [];
  private isChinese = false;

  constructor(choose: (header: readonly string[]) => ReadonlyMap<string, ColumnKind>) {
    this.choose = choose;
  }

  /** @returns the column that turned out to hold text, or null */
  take(chunk: Buffer): LateText | null {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const { end, late } = this.read(bytes, false);
    if (late) return late;
    if (bytes.length - end > LONGEST_ROW) {
      throw new CommandRefusal({
        zh: `第 ${this.rows + 1} 行数据超过 ${LONGEST_ROW >> 20} MB 还没有结束：这不像 CSV 文件，或者有一个引号没有闭合。`,
        en: `Row ${this.rows + 1} does not end within ${LONGEST_ROW >> 20} MB: this is no CSV file, or a quotation mark is not closed.`,
      });
    }
    this.rest = Buffer.from(bytes.subarray(end));
    return null;
  }

  end(): LateText | null {
    const { late } = this.read(this.rest, true);
    if (late) return late;
    if (this.header === null) throw new CommandRefusal({ zh: "文件里没有标题行。", en: "The file has no header row." });
    if (this.rows === 0)
      throw new CommandRefusal({ zh: "文件只有标题行，没有数据。", en: "The file has no rows below its header." });
    return null;
  }

  table(): Table {
    const table: Record<string, Table[string]> = {};
    // a short text in GBK may be valid UTF-8 by chance, so all of them decide together
    const isChinese =
      this.isChinese || this.columns.some((column) => column instanceof FactorCodes && !column.isUtf8());
    this.columns.forEach((column, c) => {
      if (column) table[this.names[c]!] = column.finish(this.rows, isChinese);
      this.columns[c] = null;
    });
    return table;
  }

  private read(bytes: Buffer, isLast: boolean): { readonly end: number; readonly late: LateText | null } {
    let at = 0;
    if (this.header === null) {
      const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
      const end = headerEnd(bytes, start, isLast);
      if (end < 0) return { end: 0, late: null };
      this.readHeader(bytes.subarray(start, end));
      at = end;
    }
    const { columns, delimiter } = this;
    const width = columns.length;
    const size = bytes.length;
    for (;;) {
      // blank lines, the end of the line before among them
      while (at < size && (bytes[at] === NEWLINE || bytes[at] === RETURN)) at++;
      if (at >= size) return { end: size, late: null };
      const rowStart = at;
      let cells = 0;
      let isWhole = false;
      for (;;) {
        const from = at;
        let to: number;
        let isQuoted = false;
        if (bytes[at] === QUOTE) {
          isQuoted = true;
          at++;
          for (;;) {
            at = bytes.indexOf(QUOTE, at);
            if (at < 0) break;
            if (bytes[at + 1] !== QUOTE) break;
            at += 2;
          }
          if (at < 0 || (at + 1 >= size && !isLast)) {
            if (!isLast) return { end: rowStart, late: null };
            throw new CommandRefusal({
              zh: `第 ${this.rows + 1} 行数据有一个引号没有闭合。`,
              en: `A quotation mark of row ${this.rows + 1} is not closed.`,
            });
          }
          to = at;
          at++;
          // what follows the closing mark belongs to nothing
          while (at < size && bytes[at] !== delimiter && bytes[at] !== NEWLINE && bytes[at] !== RETURN) at++;
        } else {
          while (at < size) {
            const byte = bytes[at]!;
            if (byte === delimiter || byte === NEWLINE || byte === RETURN) break;
            at++;
          }
          to = at;
        }
        if (at >= size && !isLast) return { end: rowStart, late: null };
        if (cells < width) {
          const column = columns[cells]!;
          if (column !== null && !column.add(bytes, isQuoted ? from + 1 : from, to, isQuoted, this.rows)) {
            const text = oneLine(this.cellText(bytes, isQuoted ? from + 1 : from, to, isQuoted)).slice(0, 40);
            return { end: at, late: { name: this.names[cells]!, cell: { row: this.rows + 1, text } } };
          }
        }
        cells++;
        if (at >= size || bytes[at] !== delimiter) {
          isWhole = true;
          break;
        }
        at++;
        if (at >= size && !isLast) return { end: rowStart, late: null };
      }
      if (isWhole && cells !== width) {
        throw new CommandRefusal({
          zh: `第 ${this.rows + 1} 行数据有 ${cells} 列，标题行有 ${width} 列。`,
          en: `Row ${this.rows + 1} has ${cells} cells, the header has ${width}.`,
        });
      }
      this.rows++;
    }
  }

  private cellText(bytes: Buffer, from: number, to: number, isQuoted: boolean): string {
    return textOf(bytes, from, to, isQuoted, this.isChinese || !isUtf8(bytes.subarray(from, to)));
  }

  private readHeader(line: Buffer): void {
    if (line.includes(0)) throw new CommandRefusal({ zh: "这不是文本文件。", en: "This is no text file." });
    this.isChinese = !isUtf8(line);
    // the separator is the one that splits the header most
    let most = 0;
    for (const candidate of [0x2c, 0x09, 0x3b]) {
      const count = splitLine(line, candidate, this.isChinese).length;
      if (count > most) {
        most = count;
        this.delimiter = candidate;
      }
    }
    const names = splitLine(line, this.delimiter, this.isChinese).map((name, c) =>
      name.trim() === "" ? `X${c === 0 ? "" : c}` : name.trim(),
    );
    const twice = names.find((name, c) => names.indexOf(name) !== c);
    const wanted = this.choose(names);
    if (twice !== undefined && wanted.has(twice)) {
      throw new CommandRefusal({ zh: `标题行里有两列都叫“${twice}”。`, en: `Two columns are called "${twice}".` });
    }
    this.header = names;
    this.names = names;
    this.columns = names.map((name) => {
      const kind = wanted.get(name);
      if (kind === undefined) return null;
      return kind === "number" ? new NumberColumn() : new FactorCodes();
    });
  }
}

/** Where the first line ends, quoted line breaks aside; −1 = not in these bytes. */
function headerEnd(bytes: Buffer, start: number, isLast: boolean): number {
  let isQuoted = false;
  for (let i = start; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (bytes[i] === NEWLINE || bytes[i] === RETURN)) return i;
  }
  return isLast && bytes.length > start ? bytes.length : -1;
}

function splitLine(line: Buffer, delimiter: number, isChinese: boolean): string[] {
  const names: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === QUOTE) {
      let end = at + 1;
      while (end < line.length && (line[end] !== QUOTE || line[end + 1] === QUOTE)) end += line[end] === QUOTE ? 2 : 1;
      names.push(textOf(line, at + 1, end, true, isChinese));
      at = end + 1;
      while (at < line.length && line[at] !== delimiter) at++;
    } else {
      const end = line.indexOf(delimiter, at);
      names.push(textOf(line, at, end < 0 ? line.length : end, false, isChinese));
      at = end < 0 ? line.length : end;
    }
    if (at >= line.length) return names;
    at++;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** Chinese Windows writes GBK; GB18030 contains it */
const chinese = new TextDecoder("gb18030");

function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** @param isChinese  GBK; else UTF-8 */
function textOf(bytes: Uint8Array, from: number, to: number, isQuoted: boolean, isChinese: boolean): string {
  const text = (isChinese ? chinese : utf8).decode(bytes.subarray(from, to));
  return isQuoted ? text.replaceAll('""', '"') : text;
}

/** Rows per piece of a growing column. */
const PIECE = 1 << 16;

/** Numbers of one column, in pieces until the number of rows is known. */
class NumberColumn {
  private readonly pieces: Float64Array[] = [];

  /** @returns false when the cell is no number */
  add(bytes: Buffer, from: number, to: number, _isQuoted: boolean, row: number): boolean {
    const value = numberOf(bytes, from, to);
    if (value === undefined) return false;
    const piece = row >>> 16;
    (this.pieces[piece] ??= new Float64Array(PIECE))[row & (PIECE - 1)] = value;
    return true;
  }

  finish(rows: number): Float64Array {
    const all = new Float64Array(rows);
    for (let p = 0; p * PIECE < rows; p++) {
      all.set(this.pieces[p]!.subarray(0, Math.min(PIECE, rows - p * PIECE)), p * PIECE);
      this.pieces[p] = all.subarray(0, 0); // lets go of the piece
    }
    return all;
  }
}

/** Texts of one column as codes in order of appearance; empty and NA are missing. */
class FactorCodes {
  private readonly pieces: Int32Array[] = [];
  /** the texts as they stand in the file; which encoding they are in shows when all have been seen */
  private readonly stored: { readonly bytes: Buffer; readonly isQuoted: boolean }[] = [];
  /** open addressing over the stored bytes, so that a cell seen before makes no string */
  private slots = new Int32Array(1024).fill(-1);
  private hashes = new Int32Array(1024);

  add(bytes: Buffer, from: number, to: number, isQuoted: boolean, row: number): boolean {
    const piece = row >>> 16;
    (this.pieces[piece] ??= new Int32Array(PIECE))[row & (PIECE - 1)] = this.codeOf(bytes, from, to, isQuoted);
    return true;
  }

  private codeOf(bytes: Buffer, from: number, to: number, isQuoted: boolean): number {
    if (to === from || (to - from === 2 && bytes[from] === 0x4e && bytes[from + 1] === 0x41)) return -1;
    let hash = 0x811c9dc5 | 0;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const code = this.slots[slot]!;
      if (code < 0) break;
      if (this.hashes[slot] === hash && isSame(this.stored[code]!.bytes, bytes, from, to)) return code;
      slot = (slot + 1) & mask;
    }
    const code = this.stored.length;
    this.slots[slot] = code;
    this.hashes[slot] = hash;
    this.stored.push({ bytes: Buffer.from(bytes.subarray(from, to)), isQuoted });
    if (code * 2 > this.slots.length) this.grow();
    return code;
  }

  private grow(): void {
    const old = this.slots;
    const oldHashes = this.hashes;
    this.slots = new Int32Array(old.length * 4).fill(-1);
    this.hashes = new Int32Array(old.length * 4);
    const mask = this.slots.length - 1;
    old.forEach((code, at) => {
      if (code < 0) return;
      const hash = oldHashes[at]!;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = code;
      this.hashes[slot] = hash;
    });
  }

  isUtf8(): boolean {
    return this.stored.every(({ bytes }) => isUtf8(bytes));
  }

  finish(rows: number, isChinese: boolean): { readonly codes: Int32Array; readonly levels: readonly string[] } {
    // R's order: numbers by value, texts by their characters
    const texts = this.stored.map(({ bytes, isQuoted }) => textOf(bytes, 0, bytes.length, isQuoted, isChinese));
    const { codes: rank, levels } = factorOf(texts);
    const codes = new Int32Array(rows);
    for (let p = 0; p * PIECE < rows; p++) {
      const piece = this.pieces[p]!;
      const count = Math.min(PIECE, rows - p * PIECE);
      for (let r = 0; r < count; r++) codes[p * PIECE + r] = piece[r]! < 0 ? -1 : rank[piece[r]!]!;
      this.pieces[p] = codes.subarray(0, 0); // lets go of the piece
    }
    return { codes, levels };
  }
}

function isSame(stored: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (stored.length !== to - from) return false;
  for (let i = 0; i < stored.length; i++) if (stored[i] !== bytes[from + i]) return false;
  return true;
}

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * The number a cell holds; NaN = missing (empty, NA, NaN); undefined = no number. Up to 15 digits the value is one
 * exact integer divided or multiplied once by an exact power of ten, which rounds as the language itself does.
 */
function numberOf(bytes: Buffer, from: number, to: number): number | undefined {
  let at = from;
  let end = to;
  while (at < end && bytes[at] === 0x20) at++;
  while (end > at && bytes[end - 1] === 0x20) end--;
  if (at === end) return Number.NaN;
  const first = at;
  const isNegative = bytes[at] === 0x2d;
  if (isNegative || bytes[at] === 0x2b) at++;
  let mantissa = 0;
  let digits = 0;
  let decimals = 0;
  let isAfterPoint = false;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - 0x30);
      digits++;
      if (isAfterPoint) decimals++;
    } else if (byte === 0x2e && !isAfterPoint) isAfterPoint = true;
    else break;
  }
  if (at === end && digits > 0 && digits <= 15 && decimals <= 22) {
    const value = decimals === 0 ? mantissa : mantissa / POWERS[decimals]!;
    return isNegative ? -value : value;
  }
  if (end - first > 64) return undefined; // no number is written this long
  const text = bytes.toString("latin1", first, end);
  if (text === "NA" || text === "NaN") return Number.NaN;
  const infinite = /^([-+]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}
