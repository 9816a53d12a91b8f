/** Whether a file may be opened at all: its type, its claims about its own size, macros and passwords. */

import { inflateRawSync } from "node:zlib";

import type { FileIssueCode } from "../template/issue.ts";

export interface Refusal {
  readonly code: FileIssueCode;
  readonly value: string | null;
  readonly expected: string | null;
}

/** Bounds of a file. */
export interface FileLimits {
  readonly maxBytes: number;
  /** sum of the sizes of all parts once inflated */
  readonly maxInflatedBytes: number;
  /** rows and cells of one sheet */
  readonly maxRows: number;
  readonly maxCells: number;
}

/** A return of a large district is about 2 MB (20 MB inflated); ten times that is room enough. */
export const workbookLimits: FileLimits = {
  maxBytes: 30_000_000,
  maxInflatedBytes: 300_000_000,
  maxRows: 100_000,
  maxCells: 3_000_000,
};
/** A roll of a million pupils. */
export const rollLimits: FileLimits = {
  maxBytes: 150_000_000,
  maxInflatedBytes: 1_500_000_000,
  maxRows: 1_048_576,
  maxCells: 20_000_000,
};

/** Inflated ÷ stored beyond which a part over 50 MB is taken for a bomb; sheets of equal rows reach about 100. */
const bombRatio = 400;
const maxParts = 5000;

interface Part {
  readonly name: string;
  readonly method: number;
  readonly stored: number;
  readonly inflated: number;
  readonly offset: number;
  readonly isEncrypted: boolean;
}

const startsWith = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** Why an xlsx file must not be opened; null = it may. Nothing is inflated before the sizes are known. */
export function refuseWorkbook(bytes: Uint8Array, fileName: string, limits: FileLimits): Refusal | null {
  if (bytes.length === 0) return { code: "FILE_EMPTY", value: null, expected: null };
  if (bytes.length > limits.maxBytes) {
    return { code: "FILE_TOO_LARGE", value: megabytes(bytes.length), expected: megabytes(limits.maxBytes) };
  }
  const foreign = foreignType(bytes, fileName);
  if (foreign !== null) return foreign;
  const parts = directoryOf(bytes);
  if (parts === null) return { code: "FILE_CORRUPT", value: "压缩结构不完整", expected: null };
  return refuseParts(bytes, parts, limits);
}

/** Wrong types by their first bytes, whatever the file is called. */
function foreignType(bytes: Uint8Array, fileName: string): Refusal | null {
  const type = (value: string): Refusal => ({ code: "FILE_TYPE", value, expected: null });
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04)) return null;
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)) {
    // an OLE container is either an old xls or an encrypted xlsx; the stream name stands in UTF-16 in its directory
    const isEncrypted = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(
      Buffer.from("EncryptedPackage", "utf16le"),
    );
    return isEncrypted ? { code: "FILE_ENCRYPTED", value: null, expected: null } : type("旧版 .xls 或 .et 文件");
  }
  if (startsWith(bytes, 0x25, 0x50, 0x44, 0x46)) return type("PDF 文件");
  if (startsWith(bytes, 0x50, 0x4b)) return { code: "FILE_CORRUPT", value: "压缩结构不完整", expected: null };
  if (startsWith(bytes, 0x52, 0x61, 0x72, 0x21)) return type("RAR 压缩包");
  if (startsWith(bytes, 0x37, 0x7a, 0xbc, 0xaf)) return type("7z 压缩包");
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47) || startsWith(bytes, 0xff, 0xd8, 0xff)) return type("图片");
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096));
  if (/^\s*(?:\uFEFF)?\s*<(?:!doctype html|html|table|meta|\?xml)/i.test(head.toString("utf8"))) {
    return type("网页或 XML 文件，只是改了扩展名");
  }
  if (!head.includes(0))
    return type(fileName.toLowerCase().endsWith(".csv") ? "CSV 文本" : "文本（如 CSV），只是改了扩展名");
  return type("不是 .xlsx 工作簿");
}

/** The central directory of a zip file; null when there is none or it contradicts itself. */
export function directoryOf(bytes: Uint8Array): readonly Part[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = -1;
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 65_535); at -= 1) {
    if (view.getUint32(at, true) === 0x06054b50) {
      end = at;
      break;
    }
  }
  if (end < 0) return null;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  // zip64 is never needed below 4 GB; a file that claims it is refused as damaged
  if (count === 0xffff || at === 0xffffffff || count > maxParts) return null;
  const parts: Part[] = [];
  const decoder = new TextDecoder();
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) return null;
    const nameLength = view.getUint16(at + 28, true);
    const extra = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    parts.push({
      name: decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength)).replaceAll("\\", "/"),
      method: view.getUint16(at + 10, true),
      stored: view.getUint32(at + 20, true),
      inflated: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
    });
    at += 46 + nameLength + extra;
  }
  return parts;
}

/** One part inflated, or null when its bytes are not what the directory claims. */
export function inflatePart(bytes: Uint8Array, part: Part): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (part.offset + 30 > bytes.length || view.getUint32(part.offset, true) !== 0x04034b50) return null;
  const start = part.offset + 30 + view.getUint16(part.offset + 26, true) + view.getUint16(part.offset + 28, true);
  const stored = bytes.subarray(start, start + part.stored);
  if (stored.length !== part.stored) return null;
  if (part.method === 0) return part.stored === part.inflated ? stored : null;
  if (part.method !== 8) return null;
  try {
    const inflated = inflateRawSync(stored, { maxOutputLength: Math.max(1, part.inflated) });
    return inflated.length === part.inflated ? inflated : null;
  } catch {
    return null;
  }
}

/** Names of the sheets in the order of the workbook, without opening it; [] when they cannot be found. */
export function sheetNames(bytes: Uint8Array): readonly string[] {
  const part = directoryOf(bytes)?.find(({ name }) => name.toLowerCase() === "xl/workbook.xml");
  const xml = part === undefined ? null : inflatePart(bytes, part);
  if (xml === null) return [];
  const names = new TextDecoder().decode(xml).matchAll(/<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"/g);
  return [...names].map((match) => match[1] ?? "");
}

function refuseParts(bytes: Uint8Array, parts: readonly Part[], limits: FileLimits): Refusal | null {
  let total = 0;
  for (const part of parts) {
    total += part.inflated;
    if (part.isEncrypted) return { code: "FILE_ENCRYPTED", value: null, expected: null };
    if (part.inflated > 50_000_000 && part.inflated / Math.max(1, part.stored) > bombRatio) {
      return { code: "FILE_BOMB", value: `${part.name} ${megabytes(part.inflated)}`, expected: null };
    }
  }
  if (total > limits.maxInflatedBytes) return { code: "FILE_BOMB", value: megabytes(total), expected: null };

  const byName = new Map(parts.map((part) => [part.name.toLowerCase(), part]));
  const macro = parts.find((part) => /vbaproject\.bin$|\/macrosheets\//i.test(part.name));
  if (macro !== undefined) return { code: "FILE_MACRO", value: macro.name, expected: null };
  const other = otherOffice(byName);
  if (other !== null) return { code: "FILE_TYPE", value: other, expected: null };
  const types = byName.get("[content_types].xml");
  const typesText = types === undefined || types.inflated > 5_000_000 ? null : inflatePart(bytes, types);
  if (typesText === null) return { code: "FILE_CORRUPT", value: "缺少内容类型清单", expected: null };
  const content = new TextDecoder().decode(typesText);
  if (/macroEnabled/i.test(content)) return { code: "FILE_MACRO", value: "启用宏的工作簿", expected: null };

  for (const part of parts) {
    const isSheet = /^xl\/worksheets\/[^/]+\.xml$/i.test(part.name);
    // the roll is read as a stream with its own byte limit; everything else is checked against its claim first
    if (isSheet && limits === rollLimits) continue;
    const inflated = inflatePart(bytes, part);
    if (inflated === null) return { code: "FILE_CORRUPT", value: `${part.name} 不完整`, expected: null };
    if (!isSheet) continue;
    const size = sheetSize(inflated);
    if (size.rows > limits.maxRows || size.cells > limits.maxCells || size.lastRow > limits.maxRows) {
      return {
        code: "SHEET_TOO_LARGE",
        value: `${Math.max(size.rows, size.lastRow)} 行、${size.cells} 个单元格`,
        expected: `${limits.maxRows} 行、${limits.maxCells} 个单元格`,
      };
    }
  }
  return null;
}

function otherOffice(byName: ReadonlyMap<string, Part>): string | null {
  if (byName.has("word/document.xml")) return "Word 文档";
  if (byName.has("ppt/presentation.xml")) return "演示文稿";
  if (byName.has("xl/workbook.bin")) return ".xlsb 二进制工作簿";
  if (byName.has("content.xml") && byName.has("mimetype")) return "OpenDocument 文件";
  if (!byName.has("[content_types].xml")) return "普通压缩包";
  const hasWorkbook = [...byName.keys()].some((name) => name.endsWith("workbook.xml"));
  return hasWorkbook ? null : "不是工作簿";
}

/** Rows and cells that a sheet's text will make, counted without parsing it. */
function sheetSize(xml: Uint8Array): { readonly rows: number; readonly cells: number; readonly lastRow: number } {
  const text = Buffer.from(xml.buffer, xml.byteOffset, xml.length);
  const count = (needle: string): number => {
    let found = 0;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) found += 1;
    return found;
  };
  // a reader makes a dense grid up to the last row named, so one far cell is as costly as all rows before it
  const tail = text.subarray(Math.max(0, text.length - 200_000)).toString("latin1");
  let lastRow = 0;
  for (const match of tail.matchAll(/<(?:\w+:)?row\b[^>]*?\br="(\d+)"/g)) lastRow = Math.max(lastRow, Number(match[1]));
  for (const match of tail.matchAll(/<(?:\w+:)?c\b[^>]*?\br="[A-Z]+(\d+)"/g))
    lastRow = Math.max(lastRow, Number(match[1]));
  return {
    rows: count("<row") + count(":row "),
    cells: count("<c ") + count("<c>") + count("<c/") + count(":c "),
    lastRow,
  };
}
