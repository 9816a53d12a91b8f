/** The district's or a school's return as a workbook (or one section as CSV), read and written. */

import type { DistrictYear, SchoolYear, Section, SectionRows } from "@xingfu/domain/base";
import { schoolSections, schoolYearLabel, sections } from "@xingfu/domain/base";
import { checkDistrictYear } from "@xingfu/domain/returns";
import type { WriteSheet } from "hucre";
import { writeXlsx } from "hucre";

import { openCsv } from "./file/csv.ts";
import type { Refusal } from "./file/guard.ts";
import { refuseWorkbook, workbookLimits } from "./file/guard.ts";
import { fixedDate, polishWorkbook } from "./file/polish.ts";
import { openGrids } from "./file/sheets.ts";
import type { AnyColumn } from "./template/column.ts";
import { columnsIn, plain } from "./template/column.ts";
import type { Issue, IssueTotals } from "./template/issue.ts";
import { IssueList, columnLetter } from "./template/issue.ts";
import type { Grid, SectionRead } from "./template/read.ts";
import { readSection } from "./template/read.ts";
import type { ListRanges } from "./template/write.ts";
import { headRows, listKey, styles, writeSection } from "./template/write.ts";
import type { Identity } from "./templates/identity.ts";
import { identitySheet, isIdentitySheet, readIdentity, writeIdentity } from "./templates/identity.ts";
import { sheetTemplates } from "./templates/index.ts";

/** What a file holds. */
export interface WorkbookRead {
  /** the rows that could be read; sections without a sheet are empty; null = the file was refused as a whole */
  readonly districtYear: DistrictYear | null;
  /** sorted by sheet, row, column; at most `keptIssues`; the rows may be loaded only when totals.errors is 0 */
  readonly issues: readonly Issue[];
  readonly totals: IssueTotals;
  /** rows read per section */
  readonly counts: Readonly<Record<Section, number>>;
  /** sections that have a sheet in the file; loading replaces these and leaves the others */
  readonly presentSections: readonly Section[];
}

export interface ReadOptions {
  readonly fileName: string;
  /** the year to read for; a workbook that names another year is refused unless `isYearForced` */
  readonly schoolYear?: SchoolYear;
  /** take `schoolYear` whatever the workbook says */
  readonly isYearForced?: boolean;
  /** the district to read for; a workbook that names another one is refused */
  readonly district?: { readonly code: string; readonly name: string };
  /** last year's return, for the comparison */
  readonly previous?: DistrictYear;
  /** rows of other schools are errors, and the commission's own sheets are left out (a school imports only its own) */
  readonly onlySchools?: readonly string[];
  /** sections that must have a sheet; default ["schools"] */
  readonly required?: readonly Section[];
  /**
   * the district's return as stored: sections that the file lacks are taken from it for the cross-row checks, so
   * that a workbook with single sheets can be checked; they do not appear in the result
   */
  readonly current?: DistrictYear;
}

/** Reads an xlsx workbook. Never throws on content: whatever is wrong is in `issues`. */
export async function readWorkbook(bytes: Uint8Array, options: ReadOptions): Promise<WorkbookRead> {
  const issues = new IssueList();
  const refusal = refuseWorkbook(bytes, options.fileName, workbookLimits);
  if (refusal !== null) return refused(issues, refusal);
  const opened = await openGrids(bytes, (name) => isIdentitySheet(name) || sectionNamed(name) !== undefined);
  if ("problem" in opened) return refused(issues, { code: "FILE_CORRUPT", value: opened.problem, expected: null });
  const { grids } = opened;
  issues.knowSheets(grids.map((grid) => grid.name));

  const identity = readIdentity(grids.find((grid) => isIdentitySheet(grid.name)));
  const found = findSheets(grids, issues);
  const required = options.required ?? ["schools"];
  if (found.size === 0 || required.some((section) => !found.has(section))) {
    const missing = found.size === 0 ? ["schools" as const] : required.filter((section) => !found.has(section));
    for (const section of missing) {
      fileIssue(issues, { code: "SHEET_MISSING", value: null, expected: sheetTemplates[section].sheet });
    }
    return result(null, issues, new Map());
  }
  return readFrom(found, identity, issues, options);
}

/** Reads one section from CSV (UTF-8, UTF-8 with BOM, GBK/GB18030; comma, semicolon, tab or bar). */
export async function readCsv(
  section: Section,
  bytes: Uint8Array,
  options: ReadOptions & { readonly schoolYear: SchoolYear },
): Promise<WorkbookRead> {
  const issues = new IssueList();
  const opened = openCsv(bytes, sheetTemplates[section].sheet, workbookLimits);
  if ("refusal" in opened) return refused(issues, opened.refusal);
  const identity: Identity = {
    districtName: options.district?.name ?? options.current?.districtName ?? null,
    districtCode: options.district?.code ?? options.current?.districtCode ?? null,
    yearText: null,
    schoolYear: options.schoolYear,
    isSample: options.current?.isSample ?? false,
  };
  return readFrom(new Map([[section, opened.grid]]), identity, issues, options);
}

function readFrom(
  found: ReadonlyMap<Section, Grid>,
  identity: Identity,
  issues: IssueList,
  options: ReadOptions,
): WorkbookRead {
  const year = yearFor(identity, options, issues);
  const district = districtFor(identity, options, issues);
  if (year === null || district === null) return result(null, issues, new Map());

  const own = options.onlySchools === undefined ? null : new Set(options.onlySchools);
  const read = new Map<Section, AnySectionRead>();
  for (const section of sections) {
    const grid = found.get(section);
    if (grid === undefined) continue;
    if (own !== null && !isSchoolSection(section)) {
      issues.add({
        sheet: grid.name,
        section,
        row: null,
        column: null,
        header: null,
        code: "SHEET_NOT_OWN",
        severity: "warning",
        value: grid.name,
        expected: null,
      });
      continue;
    }
    const rows = readOne(section, grid, year, issues, own);
    read.set(section, { ...rows, sheet: grid.name });
    if (own !== null && section === "schools") for (const row of rows.rows) if ("name" in row) own.add(codeOf(row));
  }

  const blank = {
    districtCode: district.code,
    districtName: district.name,
    schoolYear: year,
    isSample: identity.isSample,
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
  } satisfies DistrictYear;
  const districtYear: DistrictYear = { ...blank, ...rowsOf(read) };
  crossCheck(districtYear, read, issues, options);
  return result(districtYear, issues, read);
}

type AnySectionRead = SectionRead<Section> & { readonly sheet: string };

function readOne<S extends Section>(
  section: S,
  grid: Grid,
  year: SchoolYear,
  issues: IssueList,
  own: ReadonlySet<string> | null,
): SectionRead<S> {
  return readSection<S>(sheetTemplates[section], grid, year, issues, own);
}

/** The rows of a return by section. */
type Rows = { readonly [S in Section]: readonly SectionRows[S][] };

function rowsIn<S extends Section>(year: Rows, section: S): Rows[S] {
  return year[section];
}

function codeOf(row: SectionRows[Section]): string {
  return "schoolCode" in row ? row.schoolCode : "";
}

function isSchoolSection(section: Section): boolean {
  return schoolSections.some((own) => own === section);
}

function rowsOf(read: ReadonlyMap<Section, AnySectionRead>): { readonly [S in Section]?: readonly SectionRows[S][] } {
  return Object.fromEntries([...read].map(([section, { rows }]) => [section, rows]));
}

const sectionNames: ReadonlyMap<string, Section> = new Map(
  sections.flatMap((section) => {
    const template = sheetTemplates[section];
    return [template.sheet, ...template.aliases].map((name) => [plain(name), section] as const);
  }),
);

/** The section a sheet holds, by its name; the name may carry a number in front ("附表1 学校") or be an alias. */
function sectionNamed(sheet: string): Section | undefined {
  const name = plain(sheet);
  return (
    sectionNames.get(name) ?? sectionNames.get(name.replace(/^(?:附?[表件])?[0-9一二三四五六七八九十]+[.、_\-)]*/u, ""))
  );
}

function findSheets(grids: readonly Grid[], issues: IssueList): ReadonlyMap<Section, Grid> {
  const found = new Map<Section, Grid>();
  for (const grid of grids) {
    const section = sectionNamed(grid.name);
    if (section === undefined) continue;
    const first = found.get(section);
    if (first === undefined) found.set(section, grid);
    else {
      issues.add({
        sheet: grid.name,
        section,
        row: null,
        column: null,
        header: null,
        code: "SHEET_TWICE",
        severity: "error",
        value: `${first.name}、${grid.name}`,
        expected: sheetTemplates[section].sheet,
      });
    }
  }
  return found;
}

function yearFor(identity: Identity, options: ReadOptions, issues: IssueList): SchoolYear | null {
  const wanted = options.schoolYear;
  if (wanted !== undefined && options.isYearForced === true) return wanted;
  const at = {
    sheet: identitySheet,
    section: null,
    row: null,
    column: null,
    header: "学年",
    severity: "error" as const,
  };
  if (identity.schoolYear === null) {
    if (wanted !== undefined && identity.yearText === null) return wanted;
    const expected = wanted === undefined ? "2025-2026学年" : schoolYearLabel(wanted);
    if (identity.yearText === null) issues.add({ ...at, code: "YEAR_MISSING", value: null, expected });
    else issues.add({ ...at, code: "YEAR_DIFFERS", value: identity.yearText, expected });
    return null;
  }
  if (wanted !== undefined && wanted !== identity.schoolYear) {
    issues.add({
      ...at,
      code: "YEAR_DIFFERS",
      value: schoolYearLabel(identity.schoolYear),
      expected: schoolYearLabel(wanted),
    });
    return null;
  }
  return identity.schoolYear;
}

function districtFor(
  identity: Identity,
  options: ReadOptions,
  issues: IssueList,
): { readonly code: string; readonly name: string } | null {
  const at = { sheet: identitySheet, section: null, row: null, column: null, severity: "error" as const };
  const wanted = options.district;
  if (wanted !== undefined) {
    if (identity.districtCode !== null && identity.districtCode !== wanted.code) {
      const value = `${identity.districtName ?? ""}(${identity.districtCode})`;
      issues.add({
        ...at,
        header: "行政区划代码",
        code: "DISTRICT_DIFFERS",
        value,
        expected: `${wanted.name}(${wanted.code})`,
      });
      return null;
    }
    return wanted;
  }
  if (identity.districtName === null || identity.districtCode === null) {
    const expected = identity.districtName === null ? "区县名称" : "行政区划代码";
    issues.add({ ...at, header: expected, code: "DISTRICT_MISSING", value: null, expected });
    return null;
  }
  return { code: identity.districtCode, name: identity.districtName };
}

/** Problems between rows become issues at their cells; cells that already have an error are not named again. */
function crossCheck(
  districtYear: DistrictYear,
  read: ReadonlyMap<Section, AnySectionRead>,
  issues: IssueList,
  options: ReadOptions,
): void {
  const seen = new Set([...read.values()].flatMap((section) => [...section.seenCodes]));
  const checked =
    options.current === undefined ? districtYear : { ...options.current, ...districtYearParts(districtYear, read) };
  for (const problem of checkDistrictYear(checked, options.previous)) {
    const section = read.get(problem.section);
    if (section === undefined) continue;
    if (problem.index !== null && problem.column !== null && section.faulty.has(`${problem.index}|${problem.column}`))
      continue;
    // a school whose own row was left out for another error is not unknown
    if (
      problem.code === "UNKNOWN_SCHOOL" &&
      problem.value !== null &&
      seen.has(problem.value) &&
      read.get("schools")?.seenCodes.has(problem.value)
    )
      continue;
    if (
      problem.code === "GONE_SINCE_LAST_YEAR" &&
      section.seenCodes.has(/（(\w+)）$/u.exec(problem.value ?? "")?.[1] ?? "")
    )
      continue;
    const other = problem.otherIndex === undefined ? undefined : section.places[problem.otherIndex];
    const place = problem.column === null ? undefined : section.columns.get(problem.column);
    issues.add({
      sheet: section.sheet,
      section: problem.section,
      row: problem.index === null ? null : (section.places[problem.index] ?? null),
      column: place?.letter ?? null,
      header: place?.header ?? null,
      code: problem.code,
      severity: problem.severity,
      value: problem.value,
      expected: other === undefined ? problem.expected : `第 ${other} 行`,
    });
  }
}

function districtYearParts(year: DistrictYear, read: ReadonlyMap<Section, AnySectionRead>): Partial<DistrictYear> {
  return { schoolYear: year.schoolYear, isSample: year.isSample, ...rowsOf(read) };
}

function fileIssue(issues: IssueList, refusal: Refusal): void {
  issues.add({ sheet: "", section: null, row: null, column: null, header: null, severity: "error", ...refusal });
}

function refused(issues: IssueList, refusal: Refusal): WorkbookRead {
  fileIssue(issues, refusal);
  return result(null, issues, new Map());
}

function result(
  districtYear: DistrictYear | null,
  issues: IssueList,
  read: ReadonlyMap<Section, AnySectionRead>,
): WorkbookRead {
  const count = (section: Section): number => read.get(section)?.rows.length ?? 0;
  return {
    districtYear,
    issues: issues.list(),
    totals: issues.totals(),
    counts: {
      schools: count("schools"),
      classes: count("classes"),
      classBands: count("classBands"),
      staff: count("staff"),
      staffCounts: count("staffCounts"),
      premises: count("premises"),
      finance: count("finance"),
      districtFigures: count("districtFigures"),
      monitoring: count("monitoring"),
      findings: count("findings"),
      satisfaction: count("satisfaction"),
      vetoes: count("vetoes"),
    },
    presentSections: sections.filter((section) => read.has(section)),
  };
}

export interface WriteOptions {
  readonly schoolYear: SchoolYear;
  /** default: of `rows`, else left for the clerk to fill in */
  readonly district?: { readonly code: string; readonly name: string };
  /** rows to write; without them an empty template */
  readonly rows?: DistrictYear;
  /** default: of `rows`, else false */
  readonly isSample?: boolean;
  /** default: all, or the schools' sections when `schoolCode` is given */
  readonly sections?: readonly Section[];
  /** write only this school's rows and those of campuses that belong to it */
  readonly schoolCode?: string;
}

const codeSheet = "代码表";

/** The template, empty or filled. Equal options give equal bytes. */
export async function writeWorkbook(options: WriteOptions): Promise<Uint8Array> {
  const { rows, schoolYear } = options;
  const isSample = options.isSample ?? rows?.isSample ?? false;
  const district = options.district ?? (rows && { code: rows.districtCode, name: rows.districtName }) ?? null;
  const chosen = options.sections ?? (options.schoolCode === undefined ? sections : schoolSections);
  const ordered = sections.filter((section) => chosen.includes(section));
  const lists = codeLists(ordered, schoolYear);
  const names = new Map(rows?.schools.map((school) => [school.schoolCode, school.name]));
  const own = ownCodes(options);
  const sheets: WriteSheet[] = [
    writeIdentity({
      schoolYear,
      district,
      isSample,
      sheets: ordered.map((section) => {
        const template = sheetTemplates[section];
        return {
          name: template.sheet,
          by: isSchoolSection(section) ? "学校填报，区县汇总" : "区县填报",
          holds: `${template.title}。${template.intro[0] ?? ""}`,
        };
      }),
    }),
  ];
  for (const section of ordered)
    sheets.push(sheetOf(section, rows, own, { year: schoolYear, isSample, lists: lists.ranges, schoolNames: names }));
  sheets.push(lists.sheet);
  const bytes = await writeXlsx({
    sheets,
    defaultFont: { name: "等线", size: 11 },
    properties: {
      title: "县域义务教育优质均衡发展督导评估数据填报工作簿",
      creator: "Xingfu",
      lastModifiedBy: "Xingfu",
      created: fixedDate,
      modified: fixedDate,
    },
  });
  return polishWorkbook(bytes, headRows + 1);
}

function ownCodes(options: WriteOptions): ReadonlySet<string> | null {
  const { schoolCode, rows } = options;
  if (schoolCode === undefined) return null;
  const campuses = rows?.schools.filter((school) => !school.isCounted && school.parentCode === schoolCode) ?? [];
  return new Set([schoolCode, ...campuses.map((school) => school.schoolCode)]);
}

function sheetOf<S extends Section>(
  section: S,
  rows: DistrictYear | undefined,
  own: ReadonlySet<string> | null,
  shared: {
    readonly year: SchoolYear;
    readonly isSample: boolean;
    readonly lists: ListRanges;
    readonly schoolNames: ReadonlyMap<string, string>;
  },
): WriteSheet {
  const all = rows === undefined ? [] : rowsIn(rows, section);
  const kept: readonly SectionRows[S][] =
    own === null ? all : all.filter((row) => !("schoolCode" in row) || own.has(row.schoolCode));
  return writeSection<S>({ template: sheetTemplates[section], rows: kept, ...shared });
}

/** The sheet that drop-downs point at: one column per list. Short lists too, so that a clerk can look them all up. */
function codeLists(
  chosen: readonly Section[],
  year: SchoolYear,
): { readonly ranges: ListRanges; readonly sheet: WriteSheet } {
  const lists = new Map<string, { readonly header: string; readonly labels: readonly string[] }>();
  for (const section of chosen) {
    for (const column of columnsIn<AnyColumn>(sheetTemplates[section], year)) {
      if (column.type.kind !== "choice") continue;
      const labels = column.type.choices().map((choice) => choice.label);
      if (!lists.has(listKey(labels))) lists.set(listKey(labels), { header: column.header, labels });
    }
  }
  const ranges = new Map<string, string>();
  const cells: NonNullable<WriteSheet["cells"]> = new Map();
  let c = 0;
  const widths: { readonly width: number }[] = [];
  for (const [key, { header, labels }] of lists) {
    const letter = columnLetter(c);
    ranges.set(key, `'${codeSheet}'!$${letter}$2:$${letter}$${labels.length + 1}`);
    cells.set(`0,${c}`, { value: header, style: styles.optional });
    labels.forEach((label, i) => cells.set(`${i + 1},${c}`, { value: label, style: styles.cell }));
    widths.push({ width: Math.min(40, Math.max(12, ...labels.map((label) => 2 + label.length * 1.8))) });
    c += 1;
  }
  return { ranges, sheet: { name: codeSheet, columns: widths, cells, freezePane: { rows: 1 } } };
}
