/** Media types of the files we send, and whether a file is what its name says. */

export const mediaTypes = {
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
} as const;

interface Kind {
  readonly mediaType: string;
  readonly begins: readonly (readonly number[])[];
}

const zip = [0x50, 0x4b, 0x03, 0x04];
const jpeg: Kind = { mediaType: "image/jpeg", begins: [[0xff, 0xd8, 0xff]] };

/** Evidence files by extension, with the bytes they must begin with. */
const kinds: Readonly<Record<string, Kind>> = {
  ".pdf": { mediaType: "application/pdf", begins: [[0x25, 0x50, 0x44, 0x46]] },
  ".docx": { mediaType: mediaTypes.docx, begins: [zip] },
  ".xlsx": { mediaType: mediaTypes.xlsx, begins: [zip] },
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
