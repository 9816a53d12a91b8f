/** Finishing touches on a workbook that the library has written, and the one place that fixes its time stamps. */

import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

/** Given to every file, so that equal content has equal bytes. */
export const fixedDate = new Date(Date.UTC(2020, 0, 1));
/** A zip entry stores local fields; this has the same fields in every time zone. */
const zipDate = new Date(2020, 0, 1);

/**
 * The same workbook with comment boxes large enough for their text, and, on sheets with a template head, columns
 * that keep their format below the last row, so that codes typed there stay text.
 *
 * @param dataRow  1-based row whose cells carry the columns' formats, on sheets frozen above it; null = leave the
 *                 columns alone
 */
export function polishWorkbook(bytes: Uint8Array, dataRow: number | null): Uint8Array {
  const parts = unzipSync(bytes);
  const polished: Record<string, Uint8Array> = {};
  for (const [name, part] of Object.entries(parts)) {
    if (/vmlDrawing\d*\.vml$/i.test(name)) polished[name] = strToU8(widerNotes(strFromU8(part)));
    else if (dataRow !== null && /^xl\/worksheets\/sheet\d+\.xml$/.test(name)) {
      polished[name] = strToU8(formattedColumns(strFromU8(part), dataRow));
    } else polished[name] = part;
  }
  return zipSync(polished, { level: 6, mtime: zipDate });
}

function widerNotes(vml: string): string {
  return vml
    .replaceAll(/width:\d+pt;height:[\d.]+pt/g, "width:260pt;height:110pt")
    .replaceAll(/<x:Anchor>(\d+),(\d+),(\d+),(\d+),\d+,\d+,\d+,\d+<\/x:Anchor>/g, (_, c, x, r, y) => {
      const [column, row] = [Number(c), Number(r)];
      return `<x:Anchor>${column},${x},${row},${y},${column + 4},10,${row + 5},10</x:Anchor>`;
    });
}

function formattedColumns(xml: string, dataRow: number): string {
  if (!xml.includes(`ySplit="${dataRow - 1}"`)) return xml;
  const row = new RegExp(`<row [^>]*?r="${dataRow}"[^>]*>(.*?)</row>`, "s").exec(xml);
  if (row === null) return xml;
  const styles = new Map<number, string>();
  for (const cell of (row[1] ?? "").matchAll(/<c ([^>]*?)\/?>/g)) {
    const reference = /r="([A-Z]+)\d+"/.exec(cell[1] ?? "")?.[1];
    const style = /s="(\d+)"/.exec(cell[1] ?? "")?.[1];
    if (reference === undefined || style === undefined) continue;
    let column = 0;
    for (const letter of reference) column = column * 26 + letter.charCodeAt(0) - 64;
    styles.set(column, style);
  }
  return xml.replaceAll(/<col min="(\d+)" max="\1"/g, (text, column: string) => {
    const style = styles.get(Number(column));
    return style === undefined ? text : `${text} style="${style}"`;
  });
}
