/** Option values that several commands take, checked. */

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { isSchoolYear } from "@xingfu/domain/base";
import type { SchoolYear } from "@xingfu/domain/base";
import type { Call, Option } from "./command.ts";
import { readReturnFile } from "./return-file.ts";
import type { ReturnFileOptions } from "./return-file.ts";
import { CommandRefusal } from "./terminal.ts";

export const yearOption: Option = {
  kind: "value",
  value: "2025",
  help: {
    zh: "学年，按起始年份（2025 即 2025-2026学年）；缺省取文件里写的学年",
    en: "school year by its first calendar year; default: as the file says",
  },
};
export const previousOption: Option = {
  kind: "value",
  value: "WORKBOOK",
  help: { zh: "上一学年的工作簿，用于比对异常变化", en: "last year's workbook, to compare with" },
};
export const districtOption: Option = {
  kind: "value",
  value: "500199:示例区",
  help: {
    zh: "行政区划代码和名称；CSV 里没有写，缺省取文件夹名",
    en: "code and name of the district, for CSV; default: name of the folder",
  },
};

/** The year of `--year`; undefined = not given. */
export function yearOf(call: Call): SchoolYear | undefined {
  const text = call.value("year");
  if (text === undefined) return undefined;
  const match = /^(\d{4})(?:[-—–/](\d{4}))?(?:学年)?$/u.exec(text.normalize("NFKC"));
  const year = Number(match?.[1]);
  const isPair = match?.[2] === undefined || Number(match[2]) === year + 1;
  if (!isSchoolYear(year) || !isPair) {
    throw new CommandRefusal({
      zh: `--year ${text} 不是学年。请写起始年份，如 2025（即 2025-2026学年）。`,
      en: `--year ${text} is not a school year. Give its first calendar year, e.g. 2025.`,
    });
  }
  return year;
}

/** What `--year`, `--district` and `--previous` say about reading a return. */
export async function returnOptions(call: Call): Promise<ReturnFileOptions> {
  const schoolYear = yearOf(call);
  const district = districtOf(call);
  const previousPath = call.value("previous");
  const previous =
    previousPath === undefined
      ? undefined
      : await readReturnFile(previousPath, district === undefined ? {} : { district });
  if (previous !== undefined && previous.districtYear === null) {
    throw new CommandRefusal({
      zh: `上一学年的文件 ${previous.fileName} 不能读取：${previous.issues[0]?.message ?? ""}`,
      en: `Last year's file ${previous.fileName} cannot be read: ${previous.issues[0]?.message ?? ""}`,
    });
  }
  return {
    ...(schoolYear === undefined ? {} : { schoolYear }),
    ...(district === undefined ? {} : { district }),
    ...(previous?.districtYear ? { previous: previous.districtYear } : {}),
  };
}

export function districtOf(call: Call): { readonly code: string; readonly name: string } | undefined {
  const text = call.value("district");
  if (text === undefined) return undefined;
  const match = /^(\d{6,12})[:：\s](.+)$/u.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new CommandRefusal({
      zh: `--district ${text} 应写成“行政区划代码:名称”，如 500199:示例区。`,
      en: `--district ${text} should be CODE:NAME, e.g. 500199:示例区.`,
    });
  }
  return { code: match[1], name: match[2].trim() };
}

/** A path to write to with one of the extensions. */
export function outputPath<const E extends string>(
  path: string,
  extensions: readonly E[],
): { readonly path: string; readonly extension: E } {
  const extension = extensions.find((one) => extname(path).toLowerCase() === `.${one}`);
  if (extension === undefined) {
    const names = extensions.map((one) => `.${one}`);
    throw new CommandRefusal({
      zh: `输出文件 ${path} 的扩展名应为 ${names.join(" 或 ")}。`,
      en: `The output file ${path} should end in ${names.join(" or ")}.`,
    });
  }
  return { path: resolve(path), extension };
}

/** Writes a file whole or not at all: a reader never sees half of it. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw new CommandRefusal({ zh: `不能写入 ${path}（${code}）。`, en: `Cannot write ${path} (${code}).` }, { cause });
  }
}
