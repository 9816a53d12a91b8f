/** What a school puts in: judgement and words by leaf, evidence, figures. Nothing is overwritten unseen. */

import { createHash } from "node:crypto";
import type { Gap } from "@xingfu/domain/base";
import type { Judgement } from "@xingfu/domain/scheme";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { readEvaluation, touchEvaluations } from "./evaluation-rounds.ts";
import { StoreFault } from "./fault.ts";
import type { By } from "./page.ts";
import type { Transaction } from "./store.ts";

/** What the school says about one leaf, or writes in one chapter. */
export interface SelfEntry {
  readonly place: string;
  readonly judgement: Judgement | null;
  readonly words: string;
  readonly revision: number;
  readonly by: By;
}

interface EntryRow extends Omit<SelfEntry, "by"> {
  readonly byAccount: number;
  readonly byName: string | null;
  readonly savedAt: string;
}

const entryColumns = `place, judgement, words, revision, by_account as "byAccount", by_name as "byName", saved_at as "savedAt"`;

function asEntry<R extends EntryRow>({ byAccount, byName, savedAt, ...row }: R): SelfEntry {
  return { ...row, by: { accountId: byAccount, name: byName, at: savedAt } };
}

/** Current entries; [] while they are hidden from the actor. */
export async function listSelfEntries(tx: Transaction, evaluationId: number): Promise<readonly SelfEntry[]> {
  const rows = await query<EntryRow>(
    tx,
    `select ${entryColumns} from app.self_entries where district_id = app.district_id() and evaluation_id = $1 order by place`,
    [evaluationId],
  );
  return rows.map(asEntry);
}

/** Every version of one entry, latest first. */
export async function listSelfVersions(
  tx: Transaction,
  evaluationId: number,
  place: string,
): Promise<readonly SelfEntry[]> {
  const rows = await query<EntryRow>(
    tx,
    `select ${entryColumns} from app.self_entries where district_id = app.district_id() and evaluation_id = $1 and place = $2
     union all
     select ${entryColumns} from app.self_entry_versions where district_id = app.district_id() and evaluation_id = $1 and place = $2
     order by revision desc`,
    [evaluationId, place],
  );
  return rows.map(asEntry);
}

/**
 * Keeps an entry on top of the revision it was made on; the version before is kept as well. The same content sent again
 * is no conflict.
 *
 * @throws ENTRY_CHANGED with both versions when somebody saved since; EVALUATION_CLOSED outside the self-evaluation
 */
export async function saveSelfEntry(
  tx: Transaction,
  evaluationId: number,
  place: string,
  sent: { readonly judgement: Judgement | null; readonly words: string; readonly revision: number },
): Promise<SelfEntry> {
  const { schoolId } = await openForSchool(tx, evaluationId);
  const judgement = sent.judgement === null ? null : JSON.stringify(sent.judgement);
  const saved =
    sent.revision === 0
      ? await query<EntryRow>(
          tx,
          `insert into app.self_entries (district_id, evaluation_id, place, school_id, judgement, words, revision)
           values (app.district_id(), $1, $2, $3, $4, $5, 1) on conflict do nothing returning ${entryColumns}`,
          [evaluationId, place, schoolId, judgement, sent.words],
        )
      : await replaceEntry(tx, evaluationId, place, schoolId, { ...sent, judgement });
  const [row] = saved;
  if (row !== undefined) {
    await touchEvaluations(tx, [evaluationId]);
    return asEntry(row);
  }
  const current = (await listSelfEntries(tx, evaluationId)).find((entry) => entry.place === place) ?? null;
  if (current?.words === sent.words && sameJudgement(current.judgement, sent.judgement)) return current;
  throw new StoreFault("ENTRY_CHANGED", { current, sent });
}

async function replaceEntry(
  tx: Transaction,
  evaluationId: number,
  place: string,
  schoolId: number,
  {
    judgement,
    words,
    revision,
  }: { readonly judgement: string | null; readonly words: string; readonly revision: number },
): Promise<readonly EntryRow[]> {
  const [before] = await query<EntryRow>(
    tx,
    `select ${entryColumns} from app.self_entries
     where district_id = app.district_id() and evaluation_id = $1 and place = $2 and revision = $3 for update`,
    [evaluationId, place, revision],
  );
  if (before === undefined) return [];
  if (before.words === words && JSON.stringify(before.judgement) === JSON.stringify(parsed(judgement))) return [before];
  await query(
    tx,
    `insert into app.self_entry_versions (district_id, evaluation_id, place, revision, school_id, judgement, words, by_account, by_name, saved_at)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      evaluationId,
      place,
      revision,
      schoolId,
      before.judgement === null ? null : JSON.stringify(before.judgement),
      before.words,
      before.byAccount,
      before.byName,
      before.savedAt,
    ],
  );
  return query<EntryRow>(
    tx,
    `update app.self_entries set judgement = $4, words = $5, revision = revision + 1, by_account = app.account_id(),
       by_name = app.account_name(), saved_at = now()
     where district_id = app.district_id() and evaluation_id = $1 and place = $2 and revision = $3 returning ${entryColumns}`,
    [evaluationId, place, revision, judgement, words],
  );
}

function parsed(judgement: string | null): unknown {
  return judgement === null ? null : JSON.parse(judgement);
}

/** Whether two judgements say the same, whatever the order of their members. */
export function sameJudgement(a: Judgement | null, b: Judgement | null): boolean {
  if (a === null || b === null) return a === b;
  const text = (judgement: Judgement) =>
    JSON.stringify(Object.entries(judgement).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

async function openForSchool(
  tx: Transaction,
  evaluationId: number,
): Promise<{ readonly schoolId: number; readonly schoolCode: string }> {
  const head = await readEvaluation(tx, evaluationId);
  if (!head.sides.includes("school")) throw new StoreFault("FORBIDDEN", {});
  if (head.state !== "selfEvaluation") throw new StoreFault("EVALUATION_CLOSED", { state: head.state });
  return head;
}

/** A figure the platform holds, as it was when it was put in. */
export interface KeptFigure {
  readonly key: string;
  readonly label: string;
  readonly value: number | string | null;
  readonly unit: string;
  readonly gap: Gap | null;
  readonly source: string;
  readonly asOf: string | null;
}

/** A piece of evidence, without the bytes of a file. */
export interface EvaluationEvidence {
  readonly id: number;
  readonly place: string;
  readonly item: string | null;
  readonly kind: "file" | "link" | "figure";
  readonly title: string;
  readonly url: string | null;
  readonly file: {
    readonly name: string;
    readonly mediaType: string;
    readonly bytes: number;
    readonly sha256: string;
  } | null;
  readonly figure: KeptFigure | null;
  readonly by: By;
}

interface EvidenceRow {
  readonly id: number;
  readonly place: string;
  readonly item: string | null;
  readonly kind: EvaluationEvidence["kind"];
  readonly title: string;
  readonly url: string | null;
  readonly figure: KeptFigure | null;
  readonly mediaType: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly addedBy: number;
  readonly addedName: string | null;
  readonly addedAt: string;
}

const evidenceColumns = `id, place, item, kind, title, url, figure, media_type as "mediaType", byte_count as bytes,
  encode(sha256, 'hex') as sha256, added_by as "addedBy", added_name as "addedName", added_at as "addedAt"`;

function asEvidence(row: EvidenceRow): EvaluationEvidence {
  const { id, place, item, kind, title, url, figure, mediaType, bytes, sha256 } = row;
  return {
    id,
    place,
    item,
    kind,
    title,
    url,
    figure,
    file: mediaType === null || bytes === null || sha256 === null ? null : { name: title, mediaType, bytes, sha256 },
    by: { accountId: row.addedBy, name: row.addedName, at: row.addedAt },
  };
}

/** In the order it was put in; [] while it is hidden from the actor. */
export async function listEvaluationEvidence(
  tx: Transaction,
  evaluationId: number,
): Promise<readonly EvaluationEvidence[]> {
  const rows = await query<EvidenceRow>(
    tx,
    `select ${evidenceColumns} from app.evaluation_evidence where district_id = app.district_id() and evaluation_id = $1 order by id`,
    [evaluationId],
  );
  return rows.map(asEvidence);
}

export type NewEvidence = { readonly place: string; readonly item: string | null; readonly title: string } & (
  | { readonly kind: "file"; readonly mediaType: string; readonly bytes: Uint8Array }
  | { readonly kind: "link"; readonly url: string }
  | { readonly kind: "figure"; readonly figure: KeptFigure }
);

/** @throws EVALUATION_CLOSED outside the self-evaluation */
export async function addEvaluationEvidence(
  tx: Transaction,
  evaluationId: number,
  evidence: NewEvidence,
): Promise<EvaluationEvidence> {
  const { schoolId, schoolCode } = await openForSchool(tx, evaluationId);
  const file = evidence.kind === "file" ? evidence : null;
  const row = await queryOne<EvidenceRow>(
    tx,
    "evidence",
    `insert into app.evaluation_evidence (district_id, evaluation_id, school_id, place, item, kind, title, url, figure, media_type,
       byte_count, sha256, content)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning ${evidenceColumns}`,
    [
      evaluationId,
      schoolId,
      evidence.place,
      evidence.item,
      evidence.kind,
      evidence.title,
      evidence.kind === "link" ? evidence.url : null,
      evidence.kind === "figure" ? JSON.stringify(evidence.figure) : null,
      file?.mediaType ?? null,
      file?.bytes.byteLength ?? null,
      file === null ? null : createHash("sha256").update(file.bytes).digest(),
      file === null ? null : Buffer.from(file.bytes),
    ],
  );
  await touchEvaluations(tx, [evaluationId]);
  await note(tx, "evaluation.addEvidence", `school ${schoolCode}`, {
    evaluationId,
    place: evidence.place,
    kind: evidence.kind,
    title: evidence.title,
  });
  return asEvidence(row);
}

/** @throws NOT_FOUND also once the school has handed in: what was handed in stays */
export async function deleteEvaluationEvidence(tx: Transaction, evidenceId: number): Promise<void> {
  const { evaluationId } = await queryOne<{ readonly evaluationId: number }>(
    tx,
    `evidence ${evidenceId}`,
    `select evaluation_id as "evaluationId" from app.evaluation_evidence where district_id = app.district_id() and id = $1`,
    [evidenceId],
  );
  const { schoolCode } = await openForSchool(tx, evaluationId);
  const { title, place } = await queryOne<{ readonly title: string; readonly place: string }>(
    tx,
    `evidence ${evidenceId}`,
    `delete from app.evaluation_evidence where district_id = app.district_id() and id = $1 returning title, place`,
    [evidenceId],
  );
  await touchEvaluations(tx, [evaluationId]);
  await note(tx, "evaluation.deleteEvidence", `school ${schoolCode}`, { evaluationId, place, title });
}

/** A stored file with its bytes. */
export interface StoredFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

export async function readEvaluationFile(tx: Transaction, evidenceId: number): Promise<StoredFile> {
  return queryOne(
    tx,
    `evidence ${evidenceId}`,
    `select title as "fileName", media_type as "mediaType", content from app.evaluation_evidence
     where district_id = app.district_id() and id = $1 and kind = 'file'`,
    [evidenceId],
  );
}

/** A figure a rule takes. */
export interface EvaluationFigure {
  readonly key: string;
  readonly value: number | string | null;
  readonly source: string;
  readonly asOf: string | null;
  readonly revision: number;
}

const figureColumns = `key, value, source, as_of as "asOf", revision`;

export async function listEvaluationFigures(
  tx: Transaction,
  evaluationId: number,
): Promise<readonly EvaluationFigure[]> {
  return query(
    tx,
    `select ${figureColumns} from app.evaluation_figures where district_id = app.district_id() and evaluation_id = $1 order by key`,
    [evaluationId],
  );
}

/** @throws ENTRY_CHANGED with both versions; EVALUATION_CLOSED outside the self-evaluation */
export async function saveEvaluationFigure(
  tx: Transaction,
  evaluationId: number,
  sent: {
    readonly key: string;
    readonly value: number | string | null;
    readonly source: string;
    readonly revision: number;
  },
): Promise<EvaluationFigure> {
  const { schoolId } = await openForSchool(tx, evaluationId);
  const value = sent.value === null ? null : JSON.stringify(sent.value);
  const [row] =
    sent.revision === 0
      ? await query<EvaluationFigure>(
          tx,
          `insert into app.evaluation_figures (district_id, evaluation_id, key, school_id, value, source, as_of, revision)
           values (app.district_id(), $1, $2, $3, $4, $5, app.today(), 1) on conflict do nothing returning ${figureColumns}`,
          [evaluationId, sent.key, schoolId, value, sent.source],
        )
      : await query<EvaluationFigure>(
          tx,
          `update app.evaluation_figures set value = $4, source = $5, as_of = app.today(), revision = revision + 1,
             by_account = app.account_id(), by_name = app.account_name(), saved_at = now()
           where district_id = app.district_id() and evaluation_id = $1 and key = $2 and revision = $3 returning ${figureColumns}`,
          [evaluationId, sent.key, sent.revision, value, sent.source],
        );
  if (row !== undefined) {
    await touchEvaluations(tx, [evaluationId]);
    return row;
  }
  const current = (await listEvaluationFigures(tx, evaluationId)).find((figure) => figure.key === sent.key) ?? null;
  if (current !== null && current.value === sent.value) return current;
  throw new StoreFault("ENTRY_CHANGED", { current, sent });
}

/** Takes down what the platform's own figures are at the moment a school hands in; replaces what was taken down before. */
export async function keepPlatformFigures(
  tx: Transaction,
  evaluationId: number,
  figures: readonly Omit<EvaluationFigure, "revision">[],
): Promise<void> {
  if (figures.length === 0) return;
  await query(
    tx,
    `insert into app.evaluation_figures (district_id, evaluation_id, key, school_id, value, source, as_of, revision)
     select app.district_id(), e.id, x.key, e.school_id, x.value, x.source, x."asOf", 1
     from app.evaluations e, json_to_recordset($2) x(key text, value json, source text, "asOf" date)
     where e.district_id = app.district_id() and e.id = $1
     on conflict (district_id, evaluation_id, key) do update set value = excluded.value, source = excluded.source, as_of = excluded.as_of,
       revision = evaluation_figures.revision + 1, by_account = app.account_id(), by_name = app.account_name(), saved_at = now()`,
    [evaluationId, JSON.stringify(figures)],
  );
}
