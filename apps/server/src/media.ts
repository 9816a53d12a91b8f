/** Media types of the files we send and take, and whether a file is what its name says: told by its content. */

import { Refusal } from "./refusal.ts";

export const mediaTypes = {
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
} as const;

interface Kind {
  readonly mediaType: string;
  readonly begins: readonly (readonly number[])[];
  /** an entry an archive of this kind has */
  readonly holds?: string;
}

const zip = [0x50, 0x4b, 0x03, 0x04];
const jpeg: Kind = { mediaType: "image/jpeg", begins: [[0xff, 0xd8, 0xff]] };

/** Evidence files by extension, with the bytes they must begin with. */
const kinds: Readonly<Record<string, Kind>> = {
  ".pdf": { mediaType: "application/pdf", begins: [[0x25, 0x50, 0x44, 0x46]] },
  ".docx": { mediaType: mediaTypes.docx, begins: [zip], holds: "word/" },
  ".xlsx": { mediaType: mediaTypes.xlsx, begins: [zip], holds: "xl/" },
  ".pptx": {
    mediaType: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    begins: [zip],
    holds: "ppt/",
  },
  ".zip": { mediaType: "application/zip", begins: [zip] },
  ".jpg": jpeg,
  ".jpeg": jpeg,
  ".png": { mediaType: "image/png", begins: [[0x89, 0x50, 0x4e, 0x47]] },
};

/** The media type of an evidence file; null when its content is not what its name says. */
export function evidenceType(fileName: string, bytes: Uint8Array): string | null {
  const extension = /\.[^.]*$/.exec(fileName.toLowerCase())?.[0] ?? "";
  if (extension === ".txt") return bytes.includes(0) ? null : "text/plain; charset=utf-8";
  const kind = kinds[extension];
  const isKind = kind?.begins.some((begin) => begin.every((byte, index) => bytes[index] === byte)) ?? false;
  return isKind ? (kind?.mediaType ?? null) : null;
}

/** The extension of a media type we take, with its dot; "" for any other. */
export function extensionOf(mediaType: string): string {
  return Object.entries(kinds).find(([, kind]) => kind.mediaType === mediaType)?.[0] ?? "";
}

/** The media type of a file that may be kept. @throws FILE_UNREADABLE for a program, a web page, or what it is not */
export function checkedType(fileName: string, bytes: Uint8Array): string {
  const problem = dangerOf(bytes);
  if (problem !== null) throw new Refusal("FILE_UNREADABLE", { problem });
  const mediaType = evidenceType(fileName, bytes);
  if (mediaType === null) throw new Refusal("FILE_UNREADABLE", { problem: "文件内容与扩展名不符" });
  const extension = /\.[^.]*$/.exec(fileName.toLowerCase())?.[0] ?? "";
  const holds = kinds[extension]?.holds;
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return mediaType;
  const names = archiveNames(bytes);
  if (names === null) throw new Refusal("FILE_UNREADABLE", { problem: "压缩文件已损坏" });
  if (holds !== undefined && !names.some((name) => name.startsWith(holds)))
    throw new Refusal("FILE_UNREADABLE", { problem: "文件内容与扩展名不符" });
  const bad = names.find((name) => programName.test(name));
  if (bad !== undefined)
    throw new Refusal("FILE_UNREADABLE", { problem: `压缩文件内有程序、宏或网页：${bad.slice(0, 80)}` });
  return mediaType;
}

const programName =
  /(\.(exe|dll|com|scr|bat|cmd|msi|ps1|vbs|js|jse|wsf|hta|jar|apk|sh|lnk|html?|xhtml|svg)|vbaProject\.bin)$/i;

/** Beginnings of programs: Windows, Linux, macOS, Java or Mach-O, scripts. */
const programs: readonly (readonly number[])[] = [
  [0x4d, 0x5a],
  [0x7f, 0x45, 0x4c, 0x46],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe],
  [0x23, 0x21],
];

/** What is wrong with content that a browser or system might run, whatever its name; null = nothing. */
function dangerOf(bytes: Uint8Array): string | null {
  if (programs.some((begin) => begin.every((byte, index) => bytes[index] === byte)))
    return "文件内容是可执行程序，不能作为材料上传";
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const head = Buffer.from(bytes.subarray(0, 4096));
  const text = (isUtf16 ? head.filter((byte) => byte !== 0) : head).toString("latin1").toLowerCase();
  if (/<(!doctype\s+html|html|head|body|script|iframe|svg)[\s>/]/.test(text)) return "文件内容是网页，不能作为材料上传";
  return null;
}

/** Names in the directory of a zip archive; null when it has none that can be read. */
function archiveNames(bytes: Uint8Array): readonly string[] | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > file.length) return null;
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  const names: string[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== 0x02014b50) return null;
    const length = file.readUInt16LE(at + 28);
    names.push(file.toString("utf8", at + 46, at + 46 + length));
    at += 46 + length + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return names;
}
