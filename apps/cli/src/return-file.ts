/** A district's return from a workbook, a folder of CSV sheets or one CSV sheet, with everything that is wrong with it. */

import { readFile, readdir, stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { isSchoolYear, sections } from "@xingfu/domain/base";
import type { DistrictYear, SchoolYear, Section } from "@xingfu/domain/base";
import { readCsv, readWorkbook } from "@xingfu/exchange";
import type { Issue, ReadOptions, WorkbookRead } from "@xingfu/exchange";
import { CommandRefusal, note, oneLine } from "./terminal.ts";

export interface ReturnFile {
  /** as shown to the person: the last part of the path */
  readonly fileName: string;
  /** null = the file cannot be used at all */
  readonly districtYear: DistrictYear | null;
  readonly issues: readonly Issue[];
  readonly errorCount: number;
  readonly warningCount: number;
  readonly presentSections: readonly Section[];
  /** the file itself; null for a folder */
  readonly bytes: Uint8Array | null;
}

export interface ReturnFileOptions {
  readonly schoolYear?: SchoolYear | undefined;
  /** last year's return, for the comparison */
  readonly previous?: DistrictYear | undefined;
  /** the district's return as stored, for sheets the file lacks */
  readonly current?: DistrictYear | undefined;
  /** rows of other schools are errors */
  readonly onlySchools?: readonly string[] | undefined;
  /** CSV has no place for it; default: of a sheet 填报说明.csv, else the name of the folder */
  readonly district?: { readonly code: string; readonly name: string } | undefined;
  /** sections that must have a sheet; default ["schools"] */
  readonly required?: readonly Section[] | undefined;
}

/** More than the reader takes in any case; nothing of such a file is read into memory. */
const mostBytes = 256 * 2 ** 20;

/** Words in a file name that say which sheet it is; longer words win. */
const sheetWords: Readonly<Record<Section, readonly string[]>> = {
  schools: ["学校", "schools"],
  classes: ["班级", "classes"],
  classBands: ["班额分段", "班额", "classbands"],
  staff: ["教职工", "staff"],
  staffCounts: ["教师统计", "staffcounts"],
  premises: ["校舍装备", "校舍", "premises"],
  finance: ["学校经费", "经费", "finance"],
  districtFigures: ["县级数据", "districtfigures"],
  monitoring: ["质量监测", "monitoring"],
  findings: ["定性评估", "findings"],
  satisfaction: ["满意度", "satisfaction"],
  vetoes: ["一票否决", "vetoes"],
};

/**
 * Reads what lies at a path. What is wrong with the content is in `issues`.
 *
 * @throws CommandRefusal when there is nothing at the path, or it cannot be opened
 */
export async function readReturnFile(path: string, options: ReturnFileOptions = {}): Promise<ReturnFile> {
  const found = await stat(path).catch((error: unknown) => {
    throw cannotOpen(path, error);
  });
  const fileName = basename(resolve(path));
  if (found.isDirectory()) return readFolder(path, fileName, options);
  if (found.size > mostBytes) {
    const mb = Math.round(found.size / 2 ** 20);
    throw new CommandRefusal({
      zh: `${path} 有 ${mb} MB，过大，没有读取。请确认是否为填报工作簿。`,
      en: `${path} has ${mb} MB; that is too large for a return.`,
    });
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw cannotOpen(path, error);
  });
  if ([".csv", ".tsv", ".txt"].includes(extname(fileName).toLowerCase())) {
    return { ...(await readSheets([{ name: fileName, bytes }], fileName, options)), bytes };
  }
  const { districtYear, issues, totals, presentSections } = await readWorkbook(bytes, readOptions(fileName, options));
  return {
    fileName,
    districtYear,
    issues,
    errorCount: totals.errors,
    warningCount: totals.warnings,
    presentSections,
    bytes,
  };
}

function readOptions(fileName: string, options: ReturnFileOptions): ReadOptions {
  const { schoolYear, previous, current, onlySchools, district, required } = options;
  return {
    fileName,
    ...(schoolYear === undefined ? {} : { schoolYear }),
    ...(previous === undefined ? {} : { previous }),
    ...(current === undefined ? {} : { current }),
    ...(onlySchools === undefined ? {} : { onlySchools }),
    ...(district === undefined ? {} : { district }),
    ...(required === undefined ? {} : { required }),
  };
}

interface SheetFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function readFolder(path: string, fileName: string, options: ReturnFileOptions): Promise<ReturnFile> {
  const names = (await readdir(path)).filter((name) => /\.(csv|tsv|txt)$/i.test(name)).toSorted();
  if (names.length === 0) {
    throw new CommandRefusal({
      zh: `文件夹 ${path} 里没有 CSV 文件。每张表一个文件，文件名用表名，如 学校.csv、校舍装备.csv。`,
      en: `The folder ${path} has no CSV files: one per sheet, named like schools.csv, premises.csv.`,
    });
  }
  const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(path, name)) })));
  return { ...(await readSheets(files, fileName, options)), bytes: null };
}

/** Each sheet is read by itself; then the sheets are checked against each other. */
async function readSheets(
  files: readonly SheetFile[],
  fileName: string,
  options: ReturnFileOptions,
): Promise<ReturnFile> {
  const sheets = new Map<Section, SheetFile>();
  let identity: Identity = {};
  for (const file of files) {
    if (isIdentityFile(file.name)) {
      identity = readIdentity(file.bytes);
      continue;
    }
    const section = sectionOf(file.name);
    if (section === undefined) {
      await note(
        `xingfu: ${oneLine(file.name)} 的文件名不是表名，没有读取。可用：${sections.map((one) => sheetWords[one][0]).join("、")}`,
      );
      continue;
    }
    const first = sheets.get(section);
    if (first !== undefined) {
      throw new CommandRefusal({
        zh: `${first.name} 和 ${file.name} 都是“${sheetWords[section][0] ?? section}”表。请只保留一个。`,
        en: `${first.name} and ${file.name} are both the sheet ${section}. Keep one.`,
      });
    }
    sheets.set(section, file);
  }
  const missing = (options.required ?? ["schools"]).filter((section) => !sheets.has(section));
  if (missing.length > 0) {
    const wanted = missing.map((section) => `${sheetWords[section][0] ?? section}.csv`).join("、");
    throw new CommandRefusal({
      zh: `${fileName} 缺少 ${wanted}。`,
      en: `${fileName} lacks ${missing.map((one) => `${one}.csv`).join(", ")}.`,
    });
  }

  const schoolYear = options.schoolYear ?? identity.schoolYear;
  if (schoolYear === undefined) {
    throw new CommandRefusal({
      zh: "CSV 没有写明学年。请用 --year 指定，如 --year 2025（即 2025-2026学年）。",
      en: "CSV does not say which school year it is. Give it with --year, e.g. --year 2025.",
    });
  }
  const district = options.district ?? options.current ?? identityDistrict(identity, fileName);
  const base = {
    ...readOptions(fileName, options),
    schoolYear,
    district: { code: codeOf(district), name: nameOf(district) },
  };
  const alone = new Map<Section, WorkbookRead>();
  for (const [section, { name, bytes }] of sheets)
    alone.set(section, await readCsv(section, bytes, { ...base, fileName: name }));

  const rows = { ...emptyYear(schoolYear, base.district, identity.isSample ?? false), ...rowsOf(alone) };
  const current = options.current === undefined ? rows : { ...options.current, ...rowsOf(alone) };
  const reads: WorkbookRead[] = [];
  for (const [section, { name, bytes }] of sheets)
    reads.push(await readCsv(section, bytes, { ...base, fileName: name, current }));
  return {
    fileName,
    districtYear: reads.every((read) => read.districtYear !== null) ? rows : null,
    issues: reads.flatMap((read) => read.issues),
    errorCount: reads.reduce((sum, read) => sum + read.totals.errors, 0),
    warningCount: reads.reduce((sum, read) => sum + read.totals.warnings, 0),
    presentSections: sections.filter((section) => sheets.has(section)),
    bytes: null,
  };
}

function rowsOf(reads: ReadonlyMap<Section, WorkbookRead>): Partial<DistrictYear> {
  return Object.fromEntries([...reads].map(([section, read]) => [section, read.districtYear?.[section] ?? []]));
}

function emptyYear(
  year: SchoolYear,
  district: { readonly code: string; readonly name: string },
  isSample: boolean,
): DistrictYear {
  return {
    districtCode: district.code,
    districtName: district.name,
    schoolYear: year,
    isSample,
    schools: [],
    classes: [],
    classBands: [],
    staff: [],
    staffCounts: [],
    premises: [],
    finance: [],
    districtFigures: [],
    monitoring: [],
    findings: [],
    satisfaction: [],
    vetoes: [],
  };
}

/** "premises-2025.csv", "03 校舍装备.csv", "staff_counts.csv" → section. */
export function sectionOf(fileName: string): Section | undefined {
  const plain = fileName
    .replace(/\.[^.]*$/, "")
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s_-]/g, "");
  const hits = sections.flatMap((section) =>
    sheetWords[section].filter((word) => plain.includes(word)).map((word) => ({ section, word })),
  );
  return hits.toSorted((a, b) => b.word.length - a.word.length)[0]?.section;
}

/** What a sheet 填报说明 saved as CSV says. */
interface Identity {
  readonly code?: string;
  readonly name?: string;
  readonly schoolYear?: SchoolYear;
  readonly isSample?: boolean;
}

function isIdentityFile(name: string): boolean {
  return /填报说明|封面|identity/i.test(name);
}

function readIdentity(bytes: Uint8Array): Identity {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder("gb18030").decode(bytes); // as Excel on Chinese Windows saves it
  }
  const after = (label: string): string | undefined =>
    new RegExp(`(?:^|[,;\\t"])${label}"?[:：]?[,;\\t]+"?([^,;\\t"\\r\\n]+)`, "mu").exec(text)?.[1]?.trim();
  const year = Number(/^\d{4}/.exec(after("学年") ?? "")?.[0]);
  const [code, name] = [after("行政区划代码"), after("区县名称")];
  return {
    ...(code === undefined ? {} : { code }),
    ...(name === undefined ? {} : { name }),
    ...(isSchoolYear(year) ? { schoolYear: year } : {}),
    isSample: after("数据性质")?.startsWith("示例") ?? false,
  };
}

function identityDistrict(identity: Identity, fileName: string): { readonly code: string; readonly name: string } {
  return { code: identity.code ?? "", name: identity.name ?? fileName };
}

function codeOf(district: { readonly code: string } | DistrictYear): string {
  return "code" in district ? district.code : district.districtCode;
}

function nameOf(district: { readonly name: string } | DistrictYear): string {
  return "name" in district ? district.name : district.districtName;
}

function cannotOpen(path: string, error: unknown): CommandRefusal {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new CommandRefusal({ zh: `没有找到文件：${path}`, en: `No such file: ${path}` });
  }
  return new CommandRefusal(
    { zh: `不能打开 ${path}（${code}）`, en: `Cannot open ${path} (${code})` },
    { cause: error },
  );
}

/** The part of an issue that is printed; the wire keeps codes as text. */
type PrintedIssue = Pick<Issue, "sheet" | "row" | "column" | "severity" | "message"> & { readonly code: string };

/** One line: place, code, sentence. Warnings say so. `学校!D12 NOT_A_NUMBER …` */
export function issueLine(issue: PrintedIssue, fileName: string): string {
  const sheet = issue.sheet === "" ? fileName : /[\s!']/u.test(issue.sheet) ? `'${issue.sheet}'` : issue.sheet;
  const cell = `${issue.column ?? ""}${issue.row ?? ""}`;
  const severity = issue.severity === "warning" ? "警告：" : "";
  return oneLine(`${sheet}${cell === "" ? "" : `!${cell}`} ${issue.code} ${severity}${issue.message}`);
}

/** How many issues there are, in words; says so when more were found than are listed. */
export function issueCount(file: ReturnFile): string {
  const listed = file.issues.length;
  const all = file.errorCount + file.warningCount;
  const cut = all > listed ? `（以上列出前 ${listed} 处）` : "";
  return `${file.fileName}：${file.errorCount} 处错误，${file.warningCount} 处警告${cut}`;
}
