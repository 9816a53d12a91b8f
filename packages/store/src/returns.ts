/**
 * Returns: what is reported for a school year.
 *
 * Rows are never changed. Each load writes a batch of new rows and then points (year, school, section) at it, in one
 * transaction; undo points back. District sections belong to the district's own node.
 */

import { openStates } from "@xingfu/domain/access";
import type { ReturnState } from "@xingfu/domain/access";
import { sections } from "@xingfu/domain/base";
import type { DistrictYear, SchoolRow, SchoolYear, Section, SectionRows } from "@xingfu/domain/base";
import { createHash } from "node:crypto";
import { note } from "./audit.ts";
import { query, queryArrays, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import { placeUnits } from "./orgs.ts";
import { pageWindow } from "./page.ts";
import type { By, Page, Paging } from "./page.ts";
import { isSchoolSection, sectionTables } from "./section-columns.ts";
import type { Transaction } from "./store.ts";

export type BatchKind = "import" | "finding" | "veto" | "sample" | "pupils" | "edit";

/** A change of reported data that went in as a whole and can be taken back as a whole. */
export interface Batch {
  readonly id: number;
  readonly year: SchoolYear;
  readonly kind: BatchKind;
  readonly fileName: string | null;
  readonly by: By;
  readonly sections: readonly Section[];
  readonly schoolCount: number;
  readonly rowCount: number;
  readonly undone: By | null;
  readonly canUndo: boolean;
}

/** Rows to load. A section that is absent stays as it is. */
export interface RowsToLoad {
  readonly year: SchoolYear;
  readonly kind: BatchKind;
  readonly fileName: string | null;
  readonly isSample: boolean;
  readonly rows: { readonly [S in Section]?: readonly SectionRows[S][] };
  /**
   * What is replaced. "listed": only schools that have rows in the file; "all": every school in the actor's reach, so
   * that a school absent from the file loses its rows in the sections present.
   */
  readonly replace: "listed" | "all";
}

export interface ProvenanceEntry {
  readonly section: Section;
  /** null = a district section */
  readonly schoolCode: string | null;
  readonly batchId: number;
  readonly kind: BatchKind;
  readonly fileName: string | null;
  readonly by: By;
}

export interface YearEntry {
  readonly year: SchoolYear;
  readonly hasData: boolean;
  /** every school that has rows is locked */
  readonly isLocked: boolean;
  readonly deadline: string | null;
}

/** A stamp that changes whenever rows of the year change, and who changed them last. */
export interface Revision {
  /** 0 = nothing was ever loaded */
  readonly revision: number;
  readonly reported: By | null;
}

/** Loads and moves of one year wait for each other: whoever comes second sees what the first one did. */
export async function lockYear(tx: Transaction, year: SchoolYear): Promise<void> {
  await query(tx, "select pg_advisory_xact_lock(app.district_id(), $1)", [year]);
}

/** Rows of the year the actor may see, as one record; null when there are none. `schoolCode` narrows to one school and its campuses. */
export async function loadDistrictYear(
  tx: Transaction,
  year: SchoolYear,
  options: { readonly schoolCode?: string } = {},
): Promise<DistrictYear | null> {
  const units = await query<{ id: number; code: string; path: number[] }>(
    tx,
    `select id, code, path from app.org_units where district_id = app.district_id() and kind in ('school', 'campus')`,
  );
  const [head] = await query<{ code: string; name: string; isSample: boolean }>(
    tx,
    `select code, name, is_sample as "isSample" from app.districts where district_id = app.district_id()`,
  );
  const own = options.schoolCode === undefined ? null : units.find((unit) => unit.code === options.schoolCode);
  if (head === undefined || own === undefined) return null;
  const schoolIds =
    own === null ? {} : { schoolIds: units.filter((unit) => unit.path.includes(own.id)).map((unit) => unit.id) };
  const places = await readPlaces(tx, year, schoolIds);
  if (places.length === 0) return null;
  const codes = new Map(units.map((unit) => [unit.id, unit.code]));
  const rows: { [S in Section]: SectionRows[S][] } = {
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
  for (const section of sections) await readSection(tx, section, places, codes, rows[section]);
  const isSample = head.isSample || places.some((place) => place.isSample);
  return { districtCode: head.code, districtName: head.name, schoolYear: year, isSample, ...rows };
}

/** Where the current rows of one school and section are. */
interface Place {
  readonly section: Section;
  readonly schoolId: number;
  readonly batchId: number;
  readonly isSample: boolean;
}

/** The order of the schools is that of the file they came in with, whatever has been loaded over them since. */
async function readPlaces(
  tx: Transaction,
  year: SchoolYear,
  filter: { readonly schoolIds?: readonly number[]; readonly section?: Section } = {},
): Promise<readonly Place[]> {
  return query(
    tx,
    `select section, school_id as "schoolId", batch_id as "batchId", is_sample as "isSample" from app.current_sections
     where district_id = app.district_id() and school_year = $1 and batch_id is not null
       and ($2::bigint[] is null or school_id = any ($2)) and ($3::text is null or section = $3)
     order by first_position, school_id`,
    [year, filter.schoolIds ?? null, filter.section ?? null],
  );
}

/** Appends the rows of one section to `into`. The table's columns are those of the section's row type. */
async function readSection<S extends Section>(
  tx: Transaction,
  section: S,
  places: readonly Place[],
  codes: ReadonlyMap<number, string>,
  into: SectionRows[S][],
): Promise<void> {
  const pieces = places.filter((place) => place.section === section);
  if (pieces.length === 0) return;
  const { keys, select } = sectionTables[section];
  const hasSchool = isSchoolSection(section);
  for (const values of await queryArrays(tx, select, [
    pieces.map((piece) => piece.batchId),
    pieces.map((piece) => piece.schoolId),
  ])) {
    const row: Record<string, unknown> = hasSchool ? { schoolCode: codes.get(values[0] as number) } : {};
    for (let column = 0; column < keys.length; column += 1) row[keys[column] ?? ""] = values[column + 1];
    into.push(row as SectionRows[S] & Record<string, unknown>);
  }
}

/** One district section by itself, and whether what is current there is invented. */
export async function loadDistrictSection<S extends Section>(
  tx: Transaction,
  year: SchoolYear,
  section: S,
): Promise<{ readonly rows: readonly SectionRows[S][]; readonly isSample: boolean }> {
  const places = await readPlaces(tx, year, { section });
  const rows: SectionRows[S][] = [];
  await readSection(tx, section, places, new Map(), rows);
  return { rows, isSample: places.some((place) => place.isSample) };
}

/** Cheap: one row by key. */
export async function revision(tx: Transaction, year: SchoolYear): Promise<Revision> {
  const [row] = await query<{ revision: number; by: number | null; name: string | null; at: string | null }>(
    tx,
    `select revision, reported_by as by, reported_name as name, reported_at as at from app.return_years
     where district_id = app.district_id() and school_year = $1`,
    [year],
  );
  if (row === undefined || row.at === null) return { revision: row?.revision ?? 0, reported: null };
  return { revision: row.revision, reported: { accountId: row.by, name: row.name, at: row.at } };
}

/** Years with rows or a deadline, newest first. */
export async function listYears(tx: Transaction): Promise<readonly YearEntry[]> {
  const years = await query<{ year: SchoolYear; deadline: string | null }>(
    tx,
    `select coalesce(y.school_year, d.school_year) as year, d.deadline
     from (select * from app.return_years where district_id = app.district_id()) y
       full join (select * from app.return_deadlines where district_id = app.district_id() and deadline is not null) d on d.school_year = y.school_year
     order by 1 desc`,
  );
  const reported = await query<{ year: SchoolYear }>(
    tx,
    `select distinct school_year as year from app.current_sections where district_id = app.district_id() and batch_id is not null`,
  );
  const withRows = new Set(reported.map((row) => row.year));
  const locked = new Map<SchoolYear, boolean>();
  for (const { year } of years) locked.set(year, withRows.has(year) && (await isYearLocked(tx, year)));
  return years.map(({ year, deadline }) => ({
    year,
    deadline,
    hasData: withRows.has(year),
    isLocked: locked.get(year) ?? false,
  }));
}

/** Every school that has rows in the year is locked; a campus stands where its school stands. */
async function isYearLocked(tx: Transaction, year: SchoolYear): Promise<boolean> {
  const locked = new Set(
    (
      await query<{ id: number }>(
        tx,
        `select school_id as id from app.school_returns where district_id = app.district_id() and school_year = $1 and state = 'locked'`,
        [year],
      )
    ).map((row) => row.id),
  );
  if (locked.size === 0) return false;
  const reported = await query<{ id: number }>(
    tx,
    `select school_id as id from app.current_sections
     where district_id = app.district_id() and school_year = $1 and section = 'schools' and batch_id is not null`,
    [year],
  );
  const open = reported.map((row) => row.id).filter((id) => !locked.has(id));
  if (open.length === 0) return reported.length > 0;
  const owners = await query<{ id: number }>(
    tx,
    `select path[2] as id from app.org_units where district_id = app.district_id() and id = any ($1)`,
    [open],
  );
  return owners.length > 0 && owners.every((owner) => locked.has(owner.id));
}

/** What an actor may fill in, and the schools it can name. */
interface Reach {
  /** every school and the district's own sections */
  readonly isWide: boolean;
  readonly recordsFindings: boolean;
  readonly managesOrganisation: boolean;
  readonly fillUnits: ReadonlySet<number>;
  readonly rootId: number;
  readonly byCode: ReadonlyMap<string, Unit>;
  readonly byId: ReadonlyMap<number, Unit>;
}

interface Unit {
  readonly id: number;
  readonly code: string;
  /** the school whose state counts: itself, or the school a campus belongs to */
  readonly schoolId: number;
}

async function readReach(tx: Transaction): Promise<Reach> {
  const { wide, finds, manages, units } = await queryOne<{
    wide: boolean;
    finds: boolean;
    manages: boolean;
    units: number[];
  }>(
    tx,
    "actor",
    `select app.may('return.fill') as wide, app.may('finding.record') as finds, app.may('organisation.manage') as manages, app.fill_units() as units`,
  );
  const rows = await query<{ id: number; code: string | null; kind: string; path: number[] }>(
    tx,
    `select id, code, kind, path from app.org_units where district_id = app.district_id() and kind in ('district', 'school', 'campus')`,
  );
  const root = rows.find((row) => row.kind === "district");
  if (root === undefined) throw new StoreFault("FORBIDDEN", {});
  const schools = rows.flatMap(({ id, code, kind, path }): Unit[] =>
    kind === "district" || code === null ? [] : [{ id, code, schoolId: path[1] ?? id }],
  );
  return {
    isWide: wide,
    recordsFindings: finds,
    managesOrganisation: manages,
    fillUnits: new Set(units),
    rootId: root.id,
    byCode: new Map(schools.map((unit) => [unit.code, unit])),
    byId: new Map(schools.map((unit) => [unit.id, unit])),
  };
}

/** What is current now for a school and section. */
interface Pointer {
  readonly schoolId: number;
  readonly section: Section;
  readonly batchId: number | null;
  readonly revision: number;
  readonly by: string | null;
  readonly at: string;
  readonly hash: string | null;
  readonly firstPosition: number;
}

async function readPointers(
  tx: Transaction,
  year: SchoolYear,
  wanted: readonly Section[],
): Promise<readonly Pointer[]> {
  return query(
    tx,
    `select school_id as "schoolId", section, batch_id as "batchId", revision, switched_name as by, switched_at as at,
       encode(content_hash, 'hex') as hash, first_position as "firstPosition"
     from app.current_sections where district_id = app.district_id() and school_year = $1 and section = any ($2)`,
    [year, wanted],
  );
}

/** Rows of one school in one section, in the order of the file. */
interface Piece {
  readonly section: Section;
  readonly schoolId: number;
  readonly rows: readonly object[];
  readonly firstPosition: number;
  readonly hash: string;
  readonly previous: Pointer | undefined;
}

/**
 * Loads rows as one batch, whole or not at all; sections of schools that did not change keep their batch. Unknown
 * schools are created for actors who may.
 */
export async function loadRows(tx: Transaction, load: RowsToLoad): Promise<Batch> {
  return loadRowsSince(tx, load, null);
}

/**
 * The same for rows that were made from an earlier state: refused when somebody changed the same rows after
 * `since.revision`. `importId` names the checked file they come from; null = they were typed by hand.
 */
export async function loadRowsSince(
  tx: Transaction,
  load: RowsToLoad,
  since: { readonly importId: number | null; readonly revision: number } | null,
): Promise<Batch> {
  await lockYear(tx, load.year);
  const present = sections.filter((section) => load.rows[section] !== undefined);
  const reach = await readReachWithSchools(tx, load, present);
  refuseOutOfReach(load, present, reach);
  const pointers = await readPointers(tx, load.year, present);
  const pieces = changedPieces(load, present, reach, pointers);
  const stale = since === null ? undefined : pieces.find((piece) => (piece.previous?.revision ?? 0) > since.revision);
  if (since !== null && stale?.previous !== undefined) {
    const { by, at } = stale.previous;
    if (since.importId === null) throw new StoreFault("CHANGED_MEANWHILE", { what: "填报数据", by, at });
    throw new StoreFault("IMPORT_STALE", { importId: since.importId, by, at });
  }
  await refuseClosed(
    tx,
    load.year,
    pieces.map((piece) => piece.schoolId),
    reach,
  );

  const revised = await nextRevision(tx, load.year);
  const rowCount = pieces.reduce((sum, piece) => sum + piece.rows.length, 0);
  const schoolIds = new Set(pieces.map((piece) => piece.schoolId));
  const { id: batchId } = await queryOne<{ id: number }>(
    tx,
    "batch",
    `insert into app.batches (district_id, school_year, kind, file_name, is_sample, row_count, sections, school_count, pointer_count)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      load.year,
      load.kind,
      load.fileName,
      load.isSample,
      rowCount,
      sections.filter((section) => pieces.some((piece) => piece.section === section)),
      [...schoolIds].filter((id) => id !== reach.rootId).length,
      pieces.length,
    ],
  );
  for (const section of present) {
    const rows = pieces.flatMap((piece) =>
      piece.section === section
        ? piece.rows.map((row, index) => ({ ...row, schoolId: piece.schoolId, position: piece.firstPosition + index }))
        : [],
    );
    if (rows.length > 0) await query(tx, sectionTables[section].insert, [batchId, JSON.stringify(rows)]);
  }
  await query(
    tx,
    `insert into app.batch_sections (district_id, batch_id, school_id, section, previous_batch_id, row_count, first_position, content_hash)
     select app.district_id(), $1, r.school_id, r.section, r.previous, r.row_count, r.first_position, decode(r.hash, 'hex')
     from json_to_recordset($2) as r (school_id bigint, section text, previous bigint, row_count integer, first_position integer, hash text)`,
    [
      batchId,
      JSON.stringify(
        pieces.map((piece) => ({
          school_id: piece.schoolId,
          section: piece.section,
          previous: piece.previous?.batchId ?? null,
          row_count: piece.rows.length,
          first_position: piece.firstPosition,
          hash: piece.hash,
        })),
      ),
    ],
  );
  await switchPointers(
    tx,
    load.year,
    revised,
    pieces.map((piece) => ({
      school_id: piece.schoolId,
      section: piece.section,
      batch_id: batchId,
      first_position: piece.firstPosition,
      hash: piece.hash,
      is_sample: load.isSample,
    })),
  );
  await note(tx, "return.load", `batch ${batchId}`, {
    year: load.year,
    kind: load.kind,
    fileName: load.fileName,
    rows: rowCount,
    schools: schoolIds.size,
    sections: present,
    ...(since === null || since.importId === null ? {} : { importId: since.importId }),
  });
  return readBatch(tx, batchId);
}

/** The reach, after schools the file names for the first time were entered into the tree by an actor who may. */
async function readReachWithSchools(tx: Transaction, load: RowsToLoad, present: readonly Section[]): Promise<Reach> {
  const reach = await readReach(tx);
  if (!reach.isWide || !reach.managesOrganisation) return reach;
  const missing = (load.rows.schools ?? []).filter((row) => !reach.byCode.has(row.schoolCode));
  const known = new Set([...reach.byCode.keys(), ...missing.map((row) => row.schoolCode)]);
  const unknown = new Set<string>();
  for (const section of present.filter(isSchoolSection)) {
    for (const { schoolCode } of load.rows[section] ?? []) if (!known.has(schoolCode)) unknown.add(schoolCode);
  }
  if (unknown.size > 0) throw new StoreFault("SCHOOL_UNKNOWN", { schoolCodes: [...unknown] });
  if (missing.length === 0) return reach;
  await placeMissing(tx, load.year, missing, known);
  return readReach(tx);
}

async function placeMissing(
  tx: Transaction,
  year: SchoolYear,
  missing: readonly SchoolRow[],
  known: ReadonlySet<string>,
): Promise<void> {
  const from = `${year}-09-01`;
  const standing = await query<{ name: string }>(
    tx,
    `select v.name from app.org_units u join app.org_versions v on v.district_id = u.district_id and v.unit_id = u.id
     where u.district_id = app.district_id() and u.kind = 'group'`,
  );
  const names = new Set(standing.map((row) => row.name));
  const groups = new Set(
    missing.flatMap((row) => (row.groupName === null || names.has(row.groupName) ? [] : [row.groupName])),
  );
  const isCampus = (row: SchoolRow): boolean => !row.isCounted && row.parentCode !== null && known.has(row.parentCode);
  const unit = (row: SchoolRow) => ({
    kind: isCampus(row) ? ("campus" as const) : ("school" as const),
    code: row.schoolCode,
    parentCode: isCampus(row) ? row.parentCode : null,
    clusterName: row.clusterName,
    versions: [{ from, name: row.name, type: row.type, groupName: row.groupName }],
    closedOn: null,
    mergedIntoCode: null,
  });
  await placeUnits(tx, [
    ...[...groups].map((name) => ({
      kind: "group" as const,
      code: null,
      parentCode: null,
      clusterName: null,
      versions: [{ from, name, type: null, groupName: null }],
      closedOn: null,
      mergedIntoCode: null,
    })),
    ...missing.filter((row) => !isCampus(row)).map(unit),
    ...missing.filter(isCampus).map(unit),
  ]);
}

/** A school's user brings its own school only, a reviewer findings and vetoes only. */
function refuseOutOfReach(load: RowsToLoad, present: readonly Section[], reach: Reach): void {
  if (reach.isWide) {
    const unknown = new Set(
      present
        .filter(isSchoolSection)
        .flatMap((section) =>
          (load.rows[section] ?? []).flatMap((row) => (reach.byCode.has(row.schoolCode) ? [] : [row.schoolCode])),
        ),
    );
    if (unknown.size > 0) throw new StoreFault("SCHOOL_UNKNOWN", { schoolCodes: [...unknown] });
    return;
  }
  const schoolCodes = new Set<string>();
  for (const section of present.filter(isSchoolSection)) {
    for (const { schoolCode } of load.rows[section] ?? []) {
      const unit = reach.byCode.get(schoolCode);
      if (unit === undefined || !reach.fillUnits.has(unit.id)) schoolCodes.add(schoolCode);
    }
  }
  const closed = present.filter((section) => {
    if (isSchoolSection(section) || (load.rows[section] ?? []).length === 0) return false;
    return !(reach.recordsFindings && (section === "findings" || section === "vetoes"));
  });
  if (schoolCodes.size > 0 || closed.length > 0)
    throw new StoreFault("OUT_OF_REACH", { schoolCodes: [...schoolCodes], sections: closed });
}

/** The rows cut up by school and section, without those that are already current. */
function changedPieces(
  load: RowsToLoad,
  present: readonly Section[],
  reach: Reach,
  pointers: readonly Pointer[],
): Piece[] {
  const current = new Map(pointers.map((pointer) => [`${pointer.schoolId} ${pointer.section}`, pointer]));
  const listed = new Set<number>();
  const grouped = new Map<string, { section: Section; schoolId: number; rows: object[]; firstPosition: number }>();
  for (const section of present) {
    const isSchool = isSchoolSection(section);
    if (!isSchool && !reach.isWide && (load.rows[section] ?? []).length === 0) continue;
    if (!isSchool)
      grouped.set(`${reach.rootId} ${section}`, { section, schoolId: reach.rootId, rows: [], firstPosition: 0 });
    for (const [index, row] of (load.rows[section] ?? []).entries()) {
      const schoolId = "schoolCode" in row ? (reach.byCode.get(row.schoolCode)?.id ?? 0) : reach.rootId;
      if (isSchool) listed.add(schoolId);
      const key = `${schoolId} ${section}`;
      const group = grouped.get(key) ?? { section, schoolId, rows: [], firstPosition: index };
      group.rows.push(row);
      grouped.set(key, group);
    }
  }
  // schools that the file leaves without rows in a section it has
  for (const pointer of pointers) {
    const key = `${pointer.schoolId} ${pointer.section}`;
    const isFilled = reach.isWide || reach.fillUnits.has(pointer.schoolId);
    const isReplaced = load.replace === "all" ? isFilled : listed.has(pointer.schoolId);
    if (!isSchoolSection(pointer.section) || grouped.has(key) || !isReplaced || pointer.batchId === null) continue;
    grouped.set(key, {
      section: pointer.section,
      schoolId: pointer.schoolId,
      rows: [],
      firstPosition: pointer.firstPosition,
    });
  }
  const pieces: Piece[] = [];
  for (const [key, { section, schoolId, rows, firstPosition }] of grouped) {
    const { keys } = sectionTables[section];
    const hash = createHash("sha256");
    for (const row of rows) hash.update(JSON.stringify(keys.map((name) => valueOf(row, name))));
    const previous = current.get(key);
    const digest = hash.digest("hex");
    if ((previous?.batchId ?? null) === null ? rows.length === 0 : previous?.hash === digest) continue;
    const place = load.replace === "listed" ? (previous?.firstPosition ?? firstPosition) : firstPosition;
    pieces.push({ section, schoolId, rows, firstPosition: place, hash: digest, previous });
  }
  return pieces;
}

function valueOf(row: object, key: string): unknown {
  return Object.hasOwn(row, key) ? (Reflect.get(row, key) ?? null) : null;
}

/** Schools that have submitted, and a year that is locked as a whole, take no rows. */
async function refuseClosed(
  tx: Transaction,
  year: SchoolYear,
  unitIds: readonly number[],
  reach: Reach,
): Promise<void> {
  const schoolIds = [...new Set(unitIds.flatMap((id) => reach.byId.get(id)?.schoolId ?? []))];
  const closed = await query<{ schoolCode: string; state: ReturnState }>(
    tx,
    `select u.code as "schoolCode", r.state from app.school_returns r join app.org_units u on u.district_id = r.district_id and u.id = r.school_id
     where r.district_id = app.district_id() and r.school_year = $1 and r.school_id = any ($2) and not r.state = any ($3) order by u.code`,
    [year, schoolIds, openStates],
  );
  const isLocked = closed.some((school) => school.state === "locked") || unitIds.includes(reach.rootId);
  if (isLocked) {
    if (await isYearLocked(tx, year)) throw new StoreFault("YEAR_LOCKED", { schoolYear: year });
  }
  const [first] = closed;
  if (first !== undefined) throw new StoreFault("RETURN_CLOSED", { ...first, schools: closed });
}

async function nextRevision(tx: Transaction, year: SchoolYear): Promise<number> {
  const { revision: next } = await queryOne<{ revision: number }>(
    tx,
    "year",
    `insert into app.return_years as y (district_id, school_year, revision, reported_by, reported_name, reported_at)
     values (app.district_id(), $1, 1, app.account_id(), app.account_name(), now())
     on conflict (district_id, school_year) do update set revision = y.revision + 1, reported_by = excluded.reported_by,
       reported_name = excluded.reported_name, reported_at = excluded.reported_at
     returning revision`,
    [year],
  );
  return next;
}

/** Names as in the statement's record. */
interface NewPointer {
  readonly school_id: number;
  readonly section: Section;
  readonly batch_id: number | null;
  readonly first_position: number;
  readonly hash: string | null;
  readonly is_sample: boolean;
}

async function switchPointers(
  tx: Transaction,
  year: SchoolYear,
  revised: number,
  pointers: readonly NewPointer[],
): Promise<void> {
  const switched = await query(
    tx,
    `insert into app.current_sections (district_id, school_year, school_id, section, batch_id, first_position, content_hash, is_sample, revision,
       switched_by, switched_name, switched_at)
     select app.district_id(), $1, r.school_id, r.section, r.batch_id, r.first_position, decode(r.hash, 'hex'), r.is_sample, $2,
       app.account_id(), app.account_name(), now()
     from json_to_recordset($3) as r (school_id bigint, section text, batch_id bigint, first_position integer, hash text, is_sample boolean)
     on conflict (district_id, school_year, school_id, section) do update set batch_id = excluded.batch_id,
       first_position = excluded.first_position, content_hash = excluded.content_hash, is_sample = excluded.is_sample,
       revision = excluded.revision, switched_by = excluded.switched_by, switched_name = excluded.switched_name, switched_at = excluded.switched_at
     returning section`,
    [year, revised, JSON.stringify(pointers)],
  );
  if (switched.length !== pointers.length) throw new StoreFault("FORBIDDEN", {});
}

interface BatchRecord extends Omit<Batch, "by" | "undone"> {
  readonly createdBy: number;
  readonly createdName: string | null;
  readonly createdAt: string;
  readonly undoneBy: number | null;
  readonly undoneName: string | null;
  readonly undoneAt: string | null;
}

/** A batch can be undone while everything it brought is current: a later load over any of it comes first. */
const batchColumns = `b.id, b.school_year as year, b.kind, b.file_name as "fileName", b.sections, b.school_count as "schoolCount",
  b.row_count as "rowCount", b.created_by as "createdBy", b.created_name as "createdName", b.created_at as "createdAt",
  b.undone_by as "undoneBy", b.undone_name as "undoneName", b.undone_at as "undoneAt",
  b.undone_at is null and b.kind <> 'pupils' and b.pointer_count > 0 and (app.may('return.fill') or b.created_by = app.account_id())
    and b.pointer_count = (select count(*) from app.current_sections c where c.district_id = b.district_id and c.batch_id = b.id) as "canUndo"`;

function asBatch(record: BatchRecord): Batch {
  const { createdBy, createdName, createdAt, undoneBy, undoneName, undoneAt, ...batch } = record;
  return {
    ...batch,
    by: { accountId: createdBy, name: createdName, at: createdAt },
    undone: undoneAt === null ? null : { accountId: undoneBy, name: undoneName, at: undoneAt },
  };
}

/** One batch the actor may see. */
export async function readBatch(tx: Transaction, batchId: number): Promise<Batch> {
  const record = await queryOne<BatchRecord>(
    tx,
    `batch ${batchId}`,
    `select ${batchColumns} from app.batches b where b.district_id = app.district_id() and b.id = $1`,
    [batchId],
  );
  return asBatch(record);
}

/** Newest first. */
export async function listBatches(tx: Transaction, year: SchoolYear, paging: Paging): Promise<Page<Batch>> {
  const { page, size, offset } = pageWindow(paging);
  const records = await query<BatchRecord>(
    tx,
    `select ${batchColumns} from app.batches b where b.district_id = app.district_id() and b.school_year = $1
     order by b.id desc limit $2 offset $3`,
    [year, size, offset],
  );
  const [counted] = await query<{ total: number }>(
    tx,
    `select count(*) as total from app.batches b where b.district_id = app.district_id() and b.school_year = $1`,
    [year],
  );
  return { items: records.map(asBatch), page, size, total: counted?.total ?? 0 };
}

/** Points back to what was current before the batch. UNDO_REFUSED names the later batch that stands in the way. */
export async function undoBatch(tx: Transaction, batchId: number): Promise<Batch> {
  const { year } = await readBatch(tx, batchId);
  await lockYear(tx, year);
  const batch = await readBatch(tx, batchId);
  if (batch.undone !== null) throw new StoreFault("UNDO_REFUSED", { batchId, reason: "undone", laterBatchId: null });
  if (batch.kind === "pupils") throw new StoreFault("UNDO_REFUSED", { batchId, reason: "pupils", laterBatchId: null });
  const pieces = await query<NewPointer & { now: number | null }>(
    tx,
    `select s.school_id, s.section, s.previous_batch_id as batch_id, c.batch_id as now, coalesce(p.first_position, s.first_position) as first_position,
       encode(p.content_hash, 'hex') as hash, coalesce(b.is_sample, false) as is_sample
     from app.batch_sections s left join app.current_sections c on c.district_id = s.district_id and c.school_year = $2
         and c.school_id = s.school_id and c.section = s.section
       left join app.batch_sections p on p.district_id = s.district_id and p.batch_id = s.previous_batch_id and p.school_id = s.school_id
         and p.section = s.section
       left join app.batches b on b.district_id = s.district_id and b.id = s.previous_batch_id
     where s.district_id = app.district_id() and s.batch_id = $1`,
    [batchId, year],
  );
  const later = pieces.map((piece) => piece.now).filter((now) => now !== batchId);
  if (later.length > 0) {
    throw new StoreFault("UNDO_REFUSED", {
      batchId,
      reason: "superseded",
      laterBatchId: later.reduce((most, now) => Math.max(most ?? 0, now ?? 0), 0),
    });
  }
  await refuseClosed(
    tx,
    year,
    pieces.map((piece) => piece.school_id),
    await readReach(tx),
  );
  const marked = await query(
    tx,
    `update app.batches set undone_by = app.account_id(), undone_name = app.account_name(), undone_at = now()
     where district_id = app.district_id() and id = $1 returning id`,
    [batchId],
  );
  if (marked.length === 0) throw new StoreFault("FORBIDDEN", {});
  await switchPointers(tx, year, await nextRevision(tx, year), pieces);
  await note(tx, "return.undo", `batch ${batchId}`, { year, fileName: batch.fileName, rows: batch.rowCount });
  return readBatch(tx, batchId);
}

/** Who reported what is current, and when. */
export async function readProvenance(
  tx: Transaction,
  year: SchoolYear,
  filter: { readonly schoolCode?: string; readonly section?: Section },
): Promise<readonly ProvenanceEntry[]> {
  const units = new Map(
    (
      await query<{ id: number; code: string | null; kind: string }>(
        tx,
        `select id, code, kind from app.org_units where district_id = app.district_id() and kind in ('district', 'school', 'campus')
       and ($1::text is null or code = $1 and kind <> 'district')`,
        [filter.schoolCode ?? null],
      )
    ).map((unit) => [unit.id, unit]),
  );
  const places = await readPlaces(tx, year, {
    schoolIds: [...units.keys()],
    ...(filter.section === undefined ? {} : { section: filter.section }),
  });
  const batches = new Map(
    (
      await query<{
        id: number;
        kind: BatchKind;
        fileName: string | null;
        accountId: number;
        name: string | null;
        at: string;
      }>(
        tx,
        `select id, kind, file_name as "fileName", created_by as "accountId", created_name as name, created_at as at from app.batches
     where district_id = app.district_id() and id = any ($1)`,
        [[...new Set(places.map((place) => place.batchId))]],
      )
    ).map((batch) => [batch.id, batch]),
  );
  return places.flatMap(({ section, schoolId, batchId }): ProvenanceEntry[] => {
    const unit = units.get(schoolId);
    const batch = batches.get(batchId);
    if (unit === undefined || batch === undefined) return [];
    const { kind, fileName, accountId, name, at } = batch;
    return [
      {
        section,
        schoolCode: unit.kind === "district" ? null : unit.code,
        batchId,
        kind,
        fileName,
        by: { accountId, name, at },
      },
    ];
  });
}
