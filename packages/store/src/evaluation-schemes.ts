/** District schemes: drafts that change, versions that never do. */

import type { Scheme } from "@xingfu/domain/scheme";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import type { By } from "./page.ts";
import type { Transaction } from "./store.ts";

/** A version of a scheme by its name. */
export interface SchemeName {
  readonly scheme: string;
  readonly version: string;
}

/** What a list says about a draft. */
export interface SchemeDraft {
  readonly id: number;
  readonly title: string | null;
  readonly scheme: string | null;
  readonly version: string | null;
  readonly problemCount: number;
  readonly copiedFrom: SchemeName | null;
  readonly revision: number;
  readonly created: By;
  readonly updated: By;
}

/** The text of a draft with what its compiler found in it. */
export interface DraftText {
  readonly source: string;
  readonly title: string | null;
  readonly scheme: string | null;
  readonly version: string | null;
  readonly problemCount: number;
}

/** A version published by the district. */
export interface PublishedScheme {
  readonly scheme: Scheme;
  readonly source: string;
  readonly hash: string;
  readonly copiedFrom: SchemeName | null;
  readonly published: By;
}

interface DraftRow extends Omit<SchemeDraft, "created" | "updated" | "copiedFrom"> {
  readonly copiedFrom: string | null;
  readonly createdBy: number;
  readonly createdName: string | null;
  readonly createdAt: string;
  readonly updatedBy: number;
  readonly updatedName: string | null;
  readonly updatedAt: string;
}

const draftColumns = `id, title, scheme_code as scheme, version, problem_count as "problemCount", copied_from as "copiedFrom", revision,
  created_by as "createdBy", created_name as "createdName", created_at as "createdAt",
  updated_by as "updatedBy", updated_name as "updatedName", updated_at as "updatedAt"`;

/** "example-compulsory 2025.1" as kept in one column */
const nameText = (name: SchemeName | null): string | null => (name === null ? null : `${name.scheme} ${name.version}`);
function nameOf(text: string | null): SchemeName | null {
  const [scheme, version] = text?.split(" ") ?? [];
  return scheme === undefined || version === undefined ? null : { scheme, version };
}

function asDraft(row: DraftRow): SchemeDraft {
  return {
    id: row.id,
    title: row.title,
    scheme: row.scheme,
    version: row.version,
    problemCount: row.problemCount,
    copiedFrom: nameOf(row.copiedFrom),
    revision: row.revision,
    created: { accountId: row.createdBy, name: row.createdName, at: row.createdAt },
    updated: { accountId: row.updatedBy, name: row.updatedName, at: row.updatedAt },
  };
}

/** Changed last, first. */
export async function listSchemeDrafts(tx: Transaction): Promise<readonly SchemeDraft[]> {
  const rows = await query<DraftRow>(
    tx,
    `select ${draftColumns} from app.scheme_drafts where district_id = app.district_id() order by updated_at desc, id desc`,
  );
  return rows.map(asDraft);
}

export async function readSchemeDraft(
  tx: Transaction,
  draftId: number,
): Promise<{ readonly draft: SchemeDraft; readonly source: string }> {
  const row = await queryOne<DraftRow & { readonly source: string }>(
    tx,
    `scheme draft ${draftId}`,
    `select ${draftColumns}, source from app.scheme_drafts where district_id = app.district_id() and id = $1`,
    [draftId],
  );
  return { draft: asDraft(row), source: row.source };
}

export async function createSchemeDraft(
  tx: Transaction,
  { source, title, scheme, version, problemCount }: DraftText,
  copiedFrom: SchemeName | null,
): Promise<SchemeDraft> {
  const row = await queryOne<DraftRow>(
    tx,
    "scheme draft",
    `insert into app.scheme_drafts (district_id, source, title, scheme_code, version, problem_count, copied_from)
     values (app.district_id(), $1, $2, $3, $4, $5, $6) returning ${draftColumns}`,
    [source, title, scheme, version, problemCount, nameText(copiedFrom)],
  );
  await note(tx, "scheme.draft", `scheme draft ${row.id}`, { title, copiedFrom: nameText(copiedFrom) });
  return asDraft(row);
}

/** @throws ENTRY_CHANGED when somebody saved since `revision` */
export async function saveSchemeDraft(
  tx: Transaction,
  draftId: number,
  { source, title, scheme, version, problemCount }: DraftText,
  revision: number,
): Promise<SchemeDraft> {
  const [row] = await query<DraftRow>(
    tx,
    `update app.scheme_drafts set source = $3, title = $4, scheme_code = $5, version = $6, problem_count = $7, revision = revision + 1,
       updated_by = app.account_id(), updated_name = app.account_name(), updated_at = now()
     where district_id = app.district_id() and id = $1 and revision = $2 returning ${draftColumns}`,
    [draftId, revision, source, title, scheme, version, problemCount],
  );
  if (row !== undefined) return asDraft(row);
  const standing = await readSchemeDraft(tx, draftId);
  if (standing.source === source) return standing.draft; // the same save, sent again
  throw new StoreFault("ENTRY_CHANGED", {
    current: { source: standing.source, revision: standing.draft.revision, by: standing.draft.updated },
    sent: { source, revision },
  });
}

export async function deleteSchemeDraft(tx: Transaction, draftId: number): Promise<void> {
  const { title } = await queryOne<{ title: string | null }>(
    tx,
    `scheme draft ${draftId}`,
    `delete from app.scheme_drafts where district_id = app.district_id() and id = $1 returning title`,
    [draftId],
  );
  await note(tx, "scheme.discard", `scheme draft ${draftId}`, { title });
}

interface VersionRow {
  readonly compiled: Scheme;
  readonly source: string;
  readonly hash: string;
  readonly copiedFrom: string | null;
  readonly publishedBy: number;
  readonly publishedName: string | null;
  readonly publishedAt: string;
}

const versionColumns = `compiled, source, hash, copied_from as "copiedFrom", published_by as "publishedBy",
  published_name as "publishedName", published_at as "publishedAt"`;

function asPublished(row: VersionRow): PublishedScheme {
  return {
    scheme: row.compiled,
    source: row.source,
    hash: row.hash,
    copiedFrom: nameOf(row.copiedFrom),
    published: { accountId: row.publishedBy, name: row.publishedName, at: row.publishedAt },
  };
}

/** Published versions of the district, latest first. */
export async function listPublishedSchemes(tx: Transaction): Promise<readonly PublishedScheme[]> {
  const rows = await query<VersionRow>(
    tx,
    `select ${versionColumns} from app.scheme_versions where district_id = app.district_id() order by id desc`,
  );
  return rows.map(asPublished);
}

/** null when the district has published no such version */
export async function findPublishedScheme(
  tx: Transaction,
  { scheme, version }: SchemeName,
): Promise<PublishedScheme | null> {
  const [row] = await query<VersionRow>(
    tx,
    `select ${versionColumns} from app.scheme_versions
     where district_id = app.district_id() and scheme_code = $1 and version = $2`,
    [scheme, version],
  );
  return row === undefined ? null : asPublished(row);
}

/**
 * Makes a version of a draft, and the draft is gone.
 *
 * @throws ENTRY_CHANGED when the draft was saved since `revision`; ALREADY_EXISTS when there is such a version
 */
export async function publishScheme(
  tx: Transaction,
  draftId: number,
  revision: number,
  { scheme, hash }: { readonly scheme: Scheme; readonly hash: string },
): Promise<PublishedScheme> {
  const { draft, source } = await readSchemeDraft(tx, draftId);
  if (draft.revision !== revision)
    throw new StoreFault("ENTRY_CHANGED", {
      current: { source, revision: draft.revision, by: draft.updated },
      sent: { revision },
    });
  const row = await queryOne<VersionRow>(
    tx,
    "scheme version",
    `insert into app.scheme_versions (district_id, scheme_code, version, copied_from, title, source, compiled, hash)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7) returning ${versionColumns}`,
    [scheme.id, scheme.version, nameText(draft.copiedFrom), scheme.title, source, JSON.stringify(scheme), hash],
  );
  await query(tx, `delete from app.scheme_drafts where district_id = app.district_id() and id = $1`, [draftId]);
  await note(tx, "scheme.publish", `scheme ${scheme.id} ${scheme.version}`, { title: scheme.title, hash });
  return asPublished(row);
}

/** How many rounds were planned with each version, by "id version". */
export async function countSchemeRounds(tx: Transaction): Promise<ReadonlyMap<string, number>> {
  const rows = await query<{ readonly name: string; readonly rounds: number }>(
    tx,
    `select scheme_code || ' ' || scheme_version as name, count(*) as rounds from app.evaluation_rounds
     where district_id = app.district_id() group by 1`,
  );
  return new Map(rows.map(({ name, rounds }) => [name, rounds]));
}
