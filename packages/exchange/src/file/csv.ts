/** Opens a CSV file as a grid: encoding and separator are found out, never asked. */

import iconv from "iconv-lite";
import papaparse from "papaparse";

import type { FileLimits, Refusal } from "./guard.ts";
import type { Grid } from "../template/read.ts";

/** Text of a file in UTF-8 (with or without a byte-order mark), UTF-16 with a mark, GBK or GB18030; null = none of them. */
export function decodeText(bytes: Uint8Array): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return iconv.decode(buffer, "utf16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return iconv.decode(buffer, "utf16be");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes); // drops the byte-order mark itself
  } catch {
    // Chinese Windows writes GBK; GB18030 contains it
    const text = iconv.decode(buffer, "gb18030");
    return text.includes("\uFFFD") ? null : text;
  }
}

/** The separator that splits the first lines into the most columns evenly. */
export function sniffDelimiter(text: string): string {
  const lines = text.split(/\r?\n/, 12).filter((line) => line.trim() !== "");
  let best = { delimiter: ",", columns: 1 };
  for (const delimiter of [",", "\t", ";", "|", ","]) {
    const widest = Math.max(...lines.map((line) => line.split(delimiter).length), 1);
    if (widest > best.columns) best = { delimiter, columns: widest };
  }
  return best.delimiter;
}

export function openCsv(
  bytes: Uint8Array,
  name: string,
  limits: FileLimits,
): { readonly grid: Grid } | { readonly refusal: Refusal } {
  if (bytes.length === 0) return { refusal: { code: "FILE_EMPTY", value: null, expected: null } };
  if (bytes.length > limits.maxBytes) {
    return {
      refusal: {
        code: "FILE_TOO_LARGE",
        value: `${(bytes.length / 1e6).toFixed(1)} MB`,
        expected: `${limits.maxBytes / 1e6} MB`,
      },
    };
  }
  const isBinary =
    bytes.subarray(0, 4096).includes(0) &&
    !(bytes[0] === 0xff && bytes[1] === 0xfe) &&
    !(bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isBinary) return { refusal: { code: "FILE_TYPE", value: "不是 CSV 文本", expected: null } };
  const text = decodeText(bytes);
  if (text === null) return { refusal: { code: "ENCODING", value: "既不是 UTF-8 也不是 GBK", expected: null } };
  const parsed = papaparse.parse<string[]>(text, { delimiter: sniffDelimiter(text), skipEmptyLines: false });
  if (parsed.data.length > limits.maxRows) {
    const expected = `${limits.maxRows} 行`;
    return { refusal: { code: "SHEET_TOO_LARGE", value: `${parsed.data.length} 行`, expected } };
  }
  // a leading apostrophe is how spreadsheets protect text such as codes
  const rows = parsed.data.map((row) => row.map((cell) => (cell === "" ? null : cell.replace(/^'(?=[0-9=+@-])/u, ""))));
  return { grid: { name, rows, merges: [], valueless: new Set() } };
}
