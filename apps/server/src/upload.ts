/** One uploaded file, held in memory up to its limit. */

import type { Upload } from "@xingfu/contract";
import type { FastifyRequest } from "fastify";
import { Refusal } from "./refusal.ts";
import { invalid } from "./validation.ts";

export interface UploadedFile {
  readonly bytes: Uint8Array;
  /** last part of the path a browser gave, without control characters, at most 200 characters */
  readonly fileName: string;
}

export async function readUpload(request: FastifyRequest, upload: Upload): Promise<UploadedFile> {
  const part = await request.file({ limits: { fileSize: upload.maxBytes, files: 1, fields: 0, parts: 2 } });
  if (part === undefined || part.fieldname !== "file") throw invalid("body/file", "缺少名为 file 的文件");
  const fileName = cleanName(part.filename);
  const extension = /\.[^.]*$/.exec(fileName.toLowerCase())?.[0] ?? "";
  if (!upload.extensions.includes(extension)) {
    part.file.resume();
    throw new Refusal("FILE_UNREADABLE", { problem: `只接受 ${upload.extensions.join("、")} 文件` });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of part.file) chunks.push(chunk);
  if (part.file.truncated) throw new Refusal("BODY_TOO_LARGE", { maxBytes: upload.maxBytes });
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) throw new Refusal("FILE_UNREADABLE", { problem: "文件是空的" });
  return { bytes, fileName };
}

function cleanName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  return last.replace(/\p{C}/gu, "").trim().slice(-200) || "file";
}
