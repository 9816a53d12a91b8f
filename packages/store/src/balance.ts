/** What people add to an assessment: what-if scenarios, evidence files, findings and vetoes. */

import type { Change } from "@xingfu/domain/balance";
import type { FindingRow, SchoolYear, VetoRow } from "@xingfu/domain/base";
import { createHash } from "node:crypto";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import type { By } from "./page.ts";
import { loadDistrictSection, loadRows, lockYear } from "./returns.ts";
import type { Transaction } from "./store.ts";

export interface Scenario {
  readonly id: number;
  readonly year: SchoolYear;
  readonly name: string;
  readonly note: string;
  readonly changes: readonly Change[];
  readonly isShared: boolean;
  readonly isOwn: boolean;
  readonly ownerName: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ScenarioInput {
  readonly name: string;
  readonly note: string;
  readonly changes: readonly Change[];
  readonly isShared: boolean;
}

/** A file that supports a finding (佐证材料), without its bytes. */
export interface Evidence {
  readonly id: number;
  readonly year: SchoolYear;
  readonly item: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly by: By;
}

const scenarioColumns = `id, school_year as year, name, note, changes, is_shared as "isShared", owner_id = app.account_id() as "isOwn",
  coalesce(owner_name, '') as "ownerName", created_at as "createdAt", updated_at as "updatedAt"`;

/** One's own and shared ones, latest first. */
export async function listScenarios(tx: Transaction, year: SchoolYear): Promise<readonly Scenario[]> {
  return query(
    tx,
    `select ${scenarioColumns} from app.scenarios where district_id = app.district_id() and school_year = $1 order by updated_at desc, id desc`,
    [year],
  );
}

export async function readScenario(tx: Transaction, scenarioId: number): Promise<Scenario> {
  return queryOne(
    tx,
    `scenario ${scenarioId}`,
    `select ${scenarioColumns} from app.scenarios where district_id = app.district_id() and id = $1`,
    [scenarioId],
  );
}

export async function createScenario(tx: Transaction, year: SchoolYear, input: ScenarioInput): Promise<Scenario> {
  await refuseSameName(tx, year, input.name, null);
  const scenario = await queryOne<Scenario>(
    tx,
    "scenario",
    `insert into app.scenarios (district_id, school_year, name, note, changes, is_shared)
     values (app.district_id(), $1, $2, $3, $4, $5) returning ${scenarioColumns}`,
    [year, input.name, input.note, JSON.stringify(input.changes), input.isShared],
  );
  await note(tx, "scenario.create", `scenario ${scenario.id}`, {
    year,
    name: input.name,
    changes: input.changes.length,
    isShared: input.isShared,
  });
  return scenario;
}

async function refuseSameName(tx: Transaction, year: SchoolYear, name: string, exceptId: number | null): Promise<void> {
  const same = await query(
    tx,
    `select id from app.scenarios where district_id = app.district_id() and school_year = $1 and owner_id = app.account_id() and name = $2
       and id is distinct from $3`,
    [year, name, exceptId],
  );
  if (same.length > 0) throw new StoreFault("ALREADY_EXISTS", { what: name });
}

/** One's own only; somebody else's is NOT_FOUND. */
export async function updateScenario(tx: Transaction, scenarioId: number, input: ScenarioInput): Promise<Scenario> {
  const before = await readScenario(tx, scenarioId);
  if (!before.isOwn) throw new StoreFault("NOT_FOUND", { what: `scenario ${scenarioId}` });
  await refuseSameName(tx, before.year, input.name, scenarioId);
  const scenario = await queryOne<Scenario>(
    tx,
    `scenario ${scenarioId}`,
    `update app.scenarios set name = $2, note = $3, changes = $4, is_shared = $5, updated_at = now()
     where district_id = app.district_id() and id = $1 returning ${scenarioColumns}`,
    [scenarioId, input.name, input.note, JSON.stringify(input.changes), input.isShared],
  );
  await note(tx, "scenario.update", `scenario ${scenarioId}`, {
    name: input.name,
    changes: input.changes.length,
    isShared: input.isShared,
  });
  return scenario;
}

export async function deleteScenario(tx: Transaction, scenarioId: number): Promise<void> {
  const { name } = await queryOne<{ name: string }>(
    tx,
    `scenario ${scenarioId}`,
    `delete from app.scenarios where district_id = app.district_id() and id = $1 returning name`,
    [scenarioId],
  );
  await note(tx, "scenario.delete", `scenario ${scenarioId}`, { name });
}

interface EvidenceRow extends Omit<Evidence, "by"> {
  readonly addedBy: number;
  readonly addedName: string | null;
  readonly addedAt: string;
}

const evidenceColumns = `id, school_year as year, item, file_name as "fileName", media_type as "mediaType", byte_count as bytes,
  encode(sha256, 'hex') as sha256, added_by as "addedBy", added_name as "addedName", added_at as "addedAt"`;

function asEvidence<R extends EvidenceRow>({
  addedBy,
  addedName,
  addedAt,
  ...row
}: R): Omit<R, "addedBy" | "addedName" | "addedAt"> & { readonly by: By } {
  return { ...row, by: { accountId: addedBy, name: addedName, at: addedAt } };
}

/** Newest first; of one item when it is given. */
export async function listEvidence(tx: Transaction, year: SchoolYear, item?: string): Promise<readonly Evidence[]> {
  const rows = await query<EvidenceRow>(
    tx,
    `select ${evidenceColumns} from app.evidence_files
     where district_id = app.district_id() and school_year = $1 and ($2::text is null or item = $2) order by id desc`,
    [year, item ?? null],
  );
  return rows.map(asEvidence);
}

export async function addEvidence(
  tx: Transaction,
  file: {
    readonly year: SchoolYear;
    readonly item: string;
    readonly fileName: string;
    readonly mediaType: string;
    readonly bytes: Uint8Array;
  },
): Promise<Evidence> {
  const sha256 = createHash("sha256").update(file.bytes).digest();
  const row = await queryOne<EvidenceRow>(
    tx,
    "evidence",
    `insert into app.evidence_files (district_id, school_year, item, file_name, media_type, byte_count, sha256, content)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7) returning ${evidenceColumns}`,
    [file.year, file.item, file.fileName, file.mediaType, file.bytes.byteLength, sha256, Buffer.from(file.bytes)],
  );
  await note(tx, "evidence.add", `item ${file.item}`, {
    year: file.year,
    evidenceId: row.id,
    fileName: file.fileName,
    bytes: row.bytes,
    sha256: row.sha256,
  });
  return asEvidence(row);
}

export async function readEvidence(
  tx: Transaction,
  evidenceId: number,
): Promise<Evidence & { readonly content: Uint8Array }> {
  const row = await queryOne<EvidenceRow & { readonly content: Buffer }>(
    tx,
    `evidence ${evidenceId}`,
    `select ${evidenceColumns}, content from app.evidence_files where district_id = app.district_id() and id = $1`,
    [evidenceId],
  );
  return asEvidence(row);
}

export async function deleteEvidence(tx: Transaction, evidenceId: number): Promise<void> {
  const row = await queryOne<EvidenceRow>(
    tx,
    `evidence ${evidenceId}`,
    `delete from app.evidence_files where district_id = app.district_id() and id = $1 returning ${evidenceColumns}`,
    [evidenceId],
  );
  await note(tx, "evidence.delete", `item ${row.item}`, {
    year: row.year,
    evidenceId,
    fileName: row.fileName,
    sha256: row.sha256,
  });
}

/** Replaces the finding of one item; the others stay. A batch of its own that can be undone. */
export async function recordFinding(
  tx: Transaction,
  year: SchoolYear,
  finding: FindingRow,
): Promise<{ readonly batchId: number }> {
  await lockYear(tx, year);
  const { rows, isSample } = await loadDistrictSection(tx, year, "findings");
  const batch = await loadRows(tx, {
    year,
    kind: "finding",
    fileName: null,
    isSample,
    replace: "listed",
    rows: {
      findings: [...rows.filter((row) => row.item !== finding.item), finding].toSorted((a, b) =>
        byNumber(a.item, b.item),
      ),
    },
  });
  return { batchId: batch.id };
}

export async function recordVeto(
  tx: Transaction,
  year: SchoolYear,
  veto: VetoRow,
): Promise<{ readonly batchId: number }> {
  await lockYear(tx, year);
  const { rows, isSample } = await loadDistrictSection(tx, year, "vetoes");
  const batch = await loadRows(tx, {
    year,
    kind: "veto",
    fileName: null,
    isSample,
    replace: "listed",
    rows: {
      vetoes: [...rows.filter((row) => row.veto !== veto.veto), veto].toSorted((a, b) => byNumber(a.veto, b.veto)),
    },
  });
  return { batchId: batch.id };
}

/** "G2" before "G10" */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
