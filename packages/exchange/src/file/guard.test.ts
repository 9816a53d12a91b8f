import { deflateRawSync } from "node:zlib";

import { strToU8, unzipSync, zipSync } from "fflate";
import { writeXlsx } from "hucre";
import { expect, test } from "vitest";

import { markIssues, readWorkbook } from "../index.ts";
import { schools } from "../testing/sheets.ts";

async function refusal(bytes: Uint8Array, fileName = "return.xlsx"): Promise<string> {
  const result = await readWorkbook(bytes, { fileName });
  expect(result.districtYear).toBeNull();
  expect(result.issues).toHaveLength(1);
  expect(result.issues[0]?.sheet).toBe("");
  return result.issues[0]?.code ?? "";
}

const good = await schools(["2150990001", "甲小学", "211", 100, null]);
const parts = unzipSync(good);

test.each([
  ["an empty file", new Uint8Array(0), "FILE_EMPTY"],
  ["an old xls", Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]), "FILE_TYPE"],
  [
    "an encrypted workbook",
    Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.from("EncryptedPackage", "utf16le")]),
    "FILE_ENCRYPTED",
  ],
  ["a pdf", Buffer.from("%PDF-1.7 …"), "FILE_TYPE"],
  ["a csv with another name", Buffer.from("学校标识码,学校名称\n1,2\n"), "FILE_TYPE"],
  ["a web page with another name", Buffer.from("<html><table></table></html>"), "FILE_TYPE"],
  ["a picture", Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0]), "FILE_TYPE"],
  [
    "a Word document",
    zipSync({ "[Content_Types].xml": strToU8("<Types/>"), "word/document.xml": strToU8("<a/>") }),
    "FILE_TYPE",
  ],
  ["a plain archive", zipSync({ "a.txt": strToU8("a") }), "FILE_TYPE"],
  ["a cut file", good.subarray(0, Math.floor(good.length / 2)), "FILE_CORRUPT"],
  ["a workbook with macros", zipSync({ ...parts, "xl/vbaProject.bin": strToU8("x") }), "FILE_MACRO"],
  [
    "a macro workbook by its content type",
    zipSync({ ...parts, "[Content_Types].xml": strToU8("application/vnd.ms-excel.sheet.macroEnabled.main+xml") }),
    "FILE_MACRO",
  ],
])("refuses %s", async (_, bytes, code) => {
  expect(await refusal(bytes)).toBe(code);
});

test("refuses damaged bytes inside a part", async () => {
  const broken = Uint8Array.from(good);
  for (let at = 80; at < 140; at += 1) broken[at] = 0xff;
  expect(await refusal(broken)).toBe("FILE_CORRUPT");
});

test("refuses a bomb before inflating it", async () => {
  const bomb = zipSync({ ...parts, "xl/worksheets/sheet2.xml": new Uint8Array(60_000_000) }, { level: 9 });
  expect(bomb.length).toBeLessThan(200_000);
  expect(await refusal(bomb)).toBe("FILE_BOMB");
});

test("refuses a part that inflates to more than its directory claims", async () => {
  expect(await refusal(liar(deflateRawSync(Buffer.alloc(40_000_000)), 1000))).toBe("FILE_CORRUPT");
});

/** A zip of one content-type part whose stored size is honest and whose inflated size is not. */
function liar(stored: Uint8Array, claimed: number): Uint8Array {
  const name = Buffer.from("[Content_Types].xml");
  const workbook = zipSync({ "xl/workbook.xml": strToU8("<a/>") }, { level: 0 });
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(stored.length, 18);
  local.writeUInt32LE(claimed, 22);
  local.writeUInt16LE(name.length, 26);
  const head = Buffer.concat([local, name, stored]);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(stored.length, 20);
  entry.writeUInt32LE(claimed, 24);
  entry.writeUInt16LE(name.length, 28);
  const other = Buffer.from(workbook.subarray(workbook.length - 22 - 46 - 15, workbook.length - 22));
  other.writeUInt32LE(head.length, 42);
  const otherLocal = workbook.subarray(0, workbook.length - 22 - other.length);
  const directory = Buffer.concat([entry, name, other]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(2, 8);
  end.writeUInt16LE(2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(head.length + otherLocal.length, 16);
  return Buffer.concat([head, otherLocal, directory, end]);
}

test("refuses a sheet with too many rows, and one with a single cell at the far end", async () => {
  const many = await writeXlsx({ sheets: [{ name: "学校", rows: Array.from({ length: 100_001 }, () => [1]) }] });
  expect(await refusal(many)).toBe("SHEET_TOO_LARGE");
  const far = {
    ...parts,
    "xl/worksheets/sheet2.xml": strToU8(
      `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>`,
    ),
  };
  expect(await refusal(zipSync(far))).toBe("SHEET_TOO_LARGE");
});

test("a refused file cannot be marked", async () => {
  await expect(markIssues(Buffer.from("%PDF"), [])).rejects.toThrow(RangeError);
});
