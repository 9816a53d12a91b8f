/** Imported files: kept with their problems and their preview until they are loaded or discarded. */

import { sections } from "@xingfu/domain/base";
import type { DistrictYear, SchoolYear, Section } from "@xingfu/domain/base";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import { pageWindow } from "./page.ts";
import type { By, Page, Paging } from "./page.ts";
import { loadRowsSince, lockYear } from "./returns.ts";
import type { Batch } from "./returns.ts";
import type { Transaction } from "./store.ts";

/** One problem of an imported file, at its cell: the shape of exchange's Issue. */
export interface ImportIssue {
  readonly sheet: string;
  readonly section: Section | null;
  readonly row: number | null;
  readonly column: string | null;
  readonly header: string | null;
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly value: string | null;
  readonly expected: string | null;
  readonly message: string;
}

export interface ImportChange {
  readonly section: Section;
  readonly kind: "added" | "removed" | "changed";
  readonly schoolCode: string | null;
  readonly key: string;
  readonly column: string | null;
  readonly before: string | number | boolean | null;
  readonly after: string | number | boolean | null;
}

export type ImportState = "checked" | "loaded" | "undone" | "discarded";

/** A file that was read and checked. Nothing of it is loaded until one says so. */
export interface ImportRecord {
  readonly id: number;
  readonly year: SchoolYear;
  readonly fileName: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly state: ImportState;
  readonly by: By;
  readonly errorCount: number;
  readonly warningCount: number;
  /** true when more issues were found than are kept; the counts are exact */
  readonly areIssuesCut: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly changes: readonly {
    readonly section: Section;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  }[];
  readonly schoolCodes: readonly string[];
  readonly batchId: number | null;
}

/** An import to keep. The rows are kept packed beside the file, so that loading need not read it again. */
export interface NewImport {
  readonly year: SchoolYear;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** null when the file could not be read into rows */
  readonly rows: DistrictYear | null;
  readonly presentSections: readonly Section[];
  readonly replace: "listed" | "all";
  /** at most 20,000 are kept */
  readonly issues: readonly ImportIssue[];
  readonly errorCount: number;
  readonly warningCount: number;
  /** at most 20,000 are kept; the summary by section is made from `changeCounts` */
  readonly changes: readonly ImportChange[];
  readonly changeCounts: readonly {
    readonly section: Section;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  }[];
  readonly schoolCodes: readonly string[];
  /** revision of the year the preview was made against */
  readonly baseRevision: number;
}

/** more than a person can read; the counts stay exact */
const mostKept = 20_000;
const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Keeps a checked file. Loads nothing. */
export async function saveImport(tx: Transaction, file: NewImport): Promise<ImportRecord> {
  const present = file.presentSections;
  const rowCounts = Object.fromEntries(present.map((section) => [section, file.rows?.[section].length ?? 0]));
  const packed = file.rows === null ? null : await pack(JSON.stringify(file.rows), { level: 1 });
  const issues = file.issues.slice(0, mostKept);
  const changes = file.changes.slice(0, mostKept);
  const { id } = await queryOne<{ id: number }>(
    tx,
    "import",
    `insert into app.imports (district_id, school_year, file_name, sha256, byte_count, content, packed_rows, present, replaces_all, error_count,
       warning_count, are_issues_cut, row_counts, change_counts, school_codes, base_revision)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning id`,
    [
      file.year,
      file.fileName,
      createHash("sha256").update(file.bytes).digest(),
      file.bytes.byteLength,
      Buffer.from(file.bytes),
      packed,
      present,
      file.replace === "all",
      file.errorCount,
      file.warningCount,
      issues.length < file.errorCount + file.warningCount,
      JSON.stringify(rowCounts),
      JSON.stringify(file.changeCounts),
      file.schoolCodes,
      file.baseRevision,
    ],
  );
  await query(
    tx,
    `insert into app.import_issues (district_id, import_id, position, severity, section, issue)
     select app.district_id(), $1, i.position, i.value ->> 'severity', i.value ->> 'section', i.value
     from jsonb_array_elements($2) with ordinality as i (value, position)`,
    [id, JSON.stringify(issues)],
  );
  await query(
    tx,
    `insert into app.import_changes (district_id, import_id, position, section, change)
     select app.district_id(), $1, c.position, c.value ->> 'section', c.value from jsonb_array_elements($2) with ordinality as c (value, position)`,
    [id, JSON.stringify(changes)],
  );
  await note(tx, "import.check", `import ${id}`, {
    year: file.year,
    fileName: file.fileName,
    bytes: file.bytes.byteLength,
    errors: file.errorCount,
    warnings: file.warningCount,
  });
  return readImport(tx, id);
}

interface ImportRow extends Omit<ImportRecord, "by"> {
  readonly createdBy: number;
  readonly createdName: string | null;
  readonly createdAt: string;
}

export async function readImport(tx: Transaction, importId: number): Promise<ImportRecord> {
  const { createdBy, createdName, createdAt, ...record } = await queryOne<ImportRow>(
    tx,
    `import ${importId}`,
    `select i.id, i.school_year as year, i.file_name as "fileName", encode(i.sha256, 'hex') as sha256, i.byte_count as bytes,
       case when b.undone_at is not null then 'undone' else i.state end as state, i.error_count as "errorCount", i.warning_count as "warningCount",
       i.are_issues_cut as "areIssuesCut", i.row_counts as counts, i.change_counts as changes, i.school_codes as "schoolCodes",
       i.batch_id as "batchId", i.created_by as "createdBy", i.created_name as "createdName", i.created_at as "createdAt"
     from app.imports i left join app.batches b on b.district_id = i.district_id and b.id = i.batch_id
     where i.district_id = app.district_id() and i.id = $1`,
    [importId],
  );
  return { ...record, by: { accountId: createdBy, name: createdName, at: createdAt } };
}

/** Errors first, then in the order of the file. */
export async function listImportIssues(
  tx: Transaction,
  importId: number,
  filter: Paging & { readonly severity?: "error" | "warning"; readonly section?: Section },
): Promise<Page<ImportIssue>> {
  await readImport(tx, importId);
  const { page, size, offset } = pageWindow(filter);
  const where = `district_id = app.district_id() and import_id = $1 and ($2::text is null or severity = $2) and ($3::text is null or section = $3)`;
  const values = [importId, filter.severity ?? null, filter.section ?? null];
  const rows = await query<{ issue: ImportIssue }>(
    tx,
    `select issue from app.import_issues where ${where} order by severity, position limit $4 offset $5`,
    [...values, size, offset],
  );
  const [counted] = await query<{ total: number }>(
    tx,
    `select count(*) as total from app.import_issues where ${where}`,
    values,
  );
  return { items: rows.map((row) => row.issue), page, size, total: counted?.total ?? 0 };
}

export async function listImportChanges(
  tx: Transaction,
  importId: number,
  filter: Paging & { readonly section?: Section },
): Promise<Page<ImportChange>> {
  await readImport(tx, importId);
  const { page, size, offset } = pageWindow(filter);
  const where = `district_id = app.district_id() and import_id = $1 and ($2::text is null or section = $2)`;
  const values = [importId, filter.section ?? null];
  const rows = await query<{ change: ImportChange }>(
    tx,
    `select change from app.import_changes where ${where} order by position limit $3 offset $4`,
    [...values, size, offset],
  );
  const [counted] = await query<{ total: number }>(
    tx,
    `select count(*) as total from app.import_changes where ${where}`,
    values,
  );
  return { items: rows.map((row) => row.change), page, size, total: counted?.total ?? 0 };
}

/** The file as uploaded, with all kept issues, for marking. NOT_FOUND once it was discarded. */
export async function readImportFile(
  tx: Transaction,
  importId: number,
): Promise<{ readonly fileName: string; readonly bytes: Uint8Array; readonly issues: readonly ImportIssue[] }> {
  const file = await queryOne<{ fileName: string; bytes: Buffer }>(
    tx,
    `import ${importId}`,
    `select file_name as "fileName", content as bytes from app.imports where district_id = app.district_id() and id = $1 and content is not null`,
    [importId],
  );
  const rows = await query<{ issue: ImportIssue }>(
    tx,
    `select issue from app.import_issues where district_id = app.district_id() and import_id = $1 order by position`,
    [importId],
  );
  return { ...file, issues: rows.map((row) => row.issue) };
}

/** Loads a checked file: whole or not at all, and only when nobody changed the same rows since it was checked. */
export async function loadImport(tx: Transaction, importId: number): Promise<Batch> {
  const { year } = await readImport(tx, importId);
  await lockYear(tx, year);
  const record = await readImport(tx, importId);
  if (record.state !== "checked") throw new StoreFault("IMPORT_CLOSED", { importId, state: record.state });
  if (record.errorCount > 0) throw new StoreFault("IMPORT_HAS_ERRORS", { errorCount: record.errorCount });
  const kept = await queryOne<{
    packed: Buffer | null;
    present: Section[];
    replacesAll: boolean;
    baseRevision: number;
  }>(
    tx,
    `import ${importId}`,
    `select packed_rows as packed, present, replaces_all as "replacesAll", base_revision as "baseRevision" from app.imports
     where district_id = app.district_id() and id = $1`,
    [importId],
  );
  if (kept.packed === null) throw new StoreFault("IMPORT_HAS_ERRORS", { errorCount: Math.max(1, record.errorCount) });
  const rows = JSON.parse((await unpack(kept.packed)).toString("utf8")) as DistrictYear;
  const batch = await loadRowsSince(
    tx,
    {
      year,
      kind: "import",
      fileName: record.fileName,
      isSample: rows.isSample,
      replace: kept.replacesAll ? "all" : "listed",
      rows: Object.fromEntries(
        sections.filter((section) => kept.present.includes(section)).map((section) => [section, rows[section]]),
      ),
    },
    { importId, revision: kept.baseRevision },
  );
  await close(tx, importId, "loaded", batch.id);
  return batch;
}

export async function discardImport(tx: Transaction, importId: number): Promise<void> {
  const record = await readImport(tx, importId);
  if (record.state !== "checked") throw new StoreFault("IMPORT_CLOSED", { importId, state: record.state });
  await close(tx, importId, "discarded", null);
  await note(tx, "import.discard", `import ${importId}`, { fileName: record.fileName });
}

/** What served the decision goes; a loaded file itself stays, as the source of its batch. */
async function close(
  tx: Transaction,
  importId: number,
  state: "loaded" | "discarded",
  batchId: number | null,
): Promise<void> {
  const closed = await query(
    tx,
    `update app.imports set state = $2, batch_id = $3, closed_at = now(), packed_rows = null,
       content = case when $2 = 'discarded' then null else content end
     where district_id = app.district_id() and id = $1 and state = 'checked' returning id`,
    [importId, state, batchId],
  );
  if (closed.length === 0) throw new StoreFault("IMPORT_CLOSED", { importId, state: "closed" });
  await query(tx, `delete from app.import_changes where district_id = app.district_id() and import_id = $1`, [
    importId,
  ]);
  if (state === "discarded")
    await query(tx, `delete from app.import_issues where district_id = app.district_id() and import_id = $1`, [
      importId,
    ]);
}
