/**
 * What inspectors write down, on line or off, and what the commission settles and records. An entry names an assignment,
 * never a person; whom it was given to is for those who may see assignments.
 */

import { createHash, randomUUID } from "node:crypto";
import type { Judgement, ReviewMethod } from "@xingfu/domain/scheme";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { readEvaluation, touchEvaluations } from "./evaluation-rounds.ts";
import type { EvaluationHead } from "./evaluation-rounds.ts";
import { sameJudgement } from "./evaluation-self.ts";
import type { StoredFile } from "./evaluation-self.ts";
import { StoreFault } from "./fault.ts";
import type { By } from "./page.ts";
import type { Transaction } from "./store.ts";

/** Why an entry does not count. */
export type SetApart = "assignmentWithdrawn" | "arrivedLate";

export interface EntryPhoto {
  readonly id: string;
  readonly caption: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly takenAt: string | null;
}

/** What one inspector wrote about one leaf by one method. */
export interface ReviewEntry {
  readonly id: string;
  readonly evaluationId: number;
  readonly assignmentId: number;
  readonly place: string;
  readonly party: string;
  readonly method: ReviewMethod;
  readonly judgement: Judgement | null;
  readonly words: string;
  readonly revision: number;
  /** server's clock */
  readonly savedAt: string;
  /** device's clock, as it was */
  readonly writtenAt: string;
  readonly clockOffSeconds: number | null;
  readonly setApart: SetApart | null;
  readonly photos: readonly EntryPhoto[];
}

type EntryRow = Omit<ReviewEntry, "photos">;

const entryColumns = `id, evaluation_id as "evaluationId", assignment_id as "assignmentId", place, party, method, judgement, words, revision,
  saved_at as "savedAt", written_at as "writtenAt", clock_off_seconds as "clockOffSeconds", set_apart as "setApart"`;

async function withPhotos(tx: Transaction, rows: readonly EntryRow[]): Promise<ReviewEntry[]> {
  const photos =
    rows.length === 0
      ? []
      : await query<EntryPhoto & { readonly entryId: string }>(
          tx,
          `select id, entry_id as "entryId", caption, media_type as "mediaType", byte_count as bytes, taken_at as "takenAt"
           from app.entry_photos where district_id = app.district_id() and entry_id = any ($1::uuid[]) order by added_at, id`,
          [rows.map((row) => row.id)],
        );
  return rows.map((row) => ({
    ...row,
    photos: photos.filter(({ entryId }) => entryId === row.id).map(({ entryId: _, ...photo }) => photo),
  }));
}

/** Entries of some evaluations the actor may see, in the order they were saved. */
export async function listReviewEntries(
  tx: Transaction,
  evaluationIds: readonly number[],
): Promise<readonly ReviewEntry[]> {
  const rows = await query<EntryRow>(
    tx,
    `select ${entryColumns} from app.review_entries
     where district_id = app.district_id() and evaluation_id = any ($1) order by saved_at, id`,
    [evaluationIds],
  );
  return withPhotos(tx, rows);
}

/** An entry as it was sent, already held to the scheme. */
export interface SentEntry {
  readonly id: string;
  readonly evaluationId: number;
  readonly place: string;
  readonly party: string;
  readonly method: ReviewMethod;
  readonly judgement: Judgement | null;
  readonly words: string;
  /** revision the device had; 0 = new */
  readonly baseRevision: number;
  readonly writtenAt: string;
}

export type EntryOutcome =
  | { readonly outcome: "stored" | "replayed" | "conflict" | "setApart"; readonly current: ReviewEntry }
  | { readonly outcome: "refused"; readonly why: "notAssigned" | "closed" | "idTaken" };

/** An assignment of the actor, standing or not. */
export interface OwnAssignment {
  readonly id: number;
  readonly evaluationId: number;
  readonly party: string;
  readonly isWithdrawn: boolean;
}

/** Assignments of the actor, those withdrawn included. */
export async function listOwnAssignments(tx: Transaction): Promise<readonly OwnAssignment[]> {
  return query(
    tx,
    `select id, evaluation_id as "evaluationId", party, withdrawn_at is not null as "isWithdrawn" from app.evaluation_assignments
     where district_id = app.district_id() and account_id = app.account_id() order by id`,
  );
}

/**
 * Stores entries one by one. Sending again changes nothing, an older base overwrites nothing, and what an inspector sends
 * after being withdrawn, or once the ratings are closed, is kept but does not count.
 *
 * @param clockOffSeconds  how far ahead the device's clock was as it sent; null = near enough
 * @returns outcomes in the order of `entries`
 */
export async function storeReviewEntries(
  tx: Transaction,
  entries: readonly SentEntry[],
  clockOffSeconds: number | null,
): Promise<readonly EntryOutcome[]> {
  const assignments = await listOwnAssignments(tx);
  const heads = new Map<number, EvaluationHead | null>();
  for (const { evaluationId } of entries) {
    if (heads.has(evaluationId)) continue;
    const isKnown = assignments.some((assignment) => assignment.evaluationId === evaluationId);
    heads.set(evaluationId, isKnown ? await readEvaluation(tx, evaluationId) : null);
  }
  const outcomes: EntryOutcome[] = [];
  const changed: { readonly place: string; readonly schoolCode: string; readonly outcome: string }[] = [];
  const touched = new Set<number>();
  for (const entry of entries) {
    const head = heads.get(entry.evaluationId) ?? null;
    const own = assignments.filter(
      ({ evaluationId, party }) => evaluationId === entry.evaluationId && party === entry.party,
    );
    const assignment = own.find(({ isWithdrawn }) => !isWithdrawn) ?? own.at(-1);
    if (head === null || assignment === undefined) {
      outcomes.push({ outcome: "refused", why: "notAssigned" });
      continue;
    }
    if (head.state === "planned" || head.state === "selfEvaluation") {
      outcomes.push({ outcome: "refused", why: "closed" });
      continue;
    }
    const isOpen = head.state === "submitted" || head.state === "reviewed" || head.state === "onSite";
    const setApart: SetApart | null = assignment.isWithdrawn ? "assignmentWithdrawn" : isOpen ? null : "arrivedLate";
    const outcome = await storeEntry(tx, head, assignment.id, { ...entry, clockOffSeconds, setApart });
    outcomes.push(outcome);
    if (outcome.outcome !== "stored" && outcome.outcome !== "setApart") continue;
    touched.add(entry.evaluationId);
    changed.push({ place: entry.place, schoolCode: head.schoolCode, outcome: outcome.outcome });
  }
  if (touched.size > 0) {
    await touchEvaluations(tx, [...touched]);
    await note(tx, "evaluation.rate", `${changed.length} entries`, { entries: changed });
  }
  return outcomes;
}

type DatedEntry = SentEntry & { readonly clockOffSeconds: number | null; readonly setApart: SetApart | null };

async function storeEntry(
  tx: Transaction,
  head: EvaluationHead,
  assignmentId: number,
  entry: DatedEntry,
): Promise<EntryOutcome> {
  const known = await findEntry(tx, entry.id);
  if (known === null) {
    const added = await addEntry(tx, head, assignmentId, entry.id, entry);
    if (added === null) {
      // somebody else's, or the same message that came twice at once
      const twin = await findEntry(tx, entry.id);
      return twin === null ? { outcome: "refused", why: "idTaken" } : compare(twin, assignmentId, entry);
    }
    return { outcome: entry.setApart === null ? "stored" : "setApart", current: added };
  }
  const compared = compare(known, assignmentId, entry);
  if (compared.outcome !== "stored") return compared;
  if (entry.setApart !== null && known.setApart === null) {
    // what counted stays as it was; the late words stand beside it under an id of their own
    const twin = (await listReviewEntries(tx, [entry.evaluationId])).find(
      (other) =>
        other.assignmentId === assignmentId &&
        other.setApart !== null &&
        other.place === entry.place &&
        other.method === entry.method &&
        Date.parse(other.writtenAt) === Date.parse(entry.writtenAt),
    );
    if (twin !== undefined) return { outcome: "replayed", current: twin };
    const apart = await addEntry(tx, head, assignmentId, randomUUID(), entry);
    return apart === null ? { outcome: "refused", why: "idTaken" } : { outcome: "setApart", current: apart };
  }
  const [row] = await query<EntryRow>(
    tx,
    `update app.review_entries set judgement = $3, words = $4, revision = revision + 1, written_at = $5, clock_off_seconds = $6,
       saved_at = now(), set_apart = coalesce(set_apart, $7)
     where district_id = app.district_id() and id = $1 and revision = $2 returning ${entryColumns}`,
    [
      entry.id,
      entry.baseRevision,
      entry.judgement === null ? null : JSON.stringify(entry.judgement),
      entry.words,
      entry.writtenAt,
      entry.clockOffSeconds,
      entry.setApart,
    ],
  );
  if (row === undefined) {
    const current = await findEntry(tx, entry.id);
    return current === null ? { outcome: "refused", why: "idTaken" } : { outcome: "conflict", current };
  }
  const [current] = await withPhotos(tx, [row]);
  if (current === undefined) return { outcome: "refused", why: "idTaken" };
  return { outcome: current.setApart === null ? "stored" : "setApart", current };
}

/** What is to be done with an entry whose id is known; "stored" = it can be stored on top. */
function compare(known: ReviewEntry, assignmentId: number, entry: DatedEntry): EntryOutcome {
  const isSamePlace =
    known.evaluationId === entry.evaluationId &&
    known.place === entry.place &&
    known.party === entry.party &&
    known.method === entry.method;
  if (!isSamePlace || known.assignmentId !== assignmentId) return { outcome: "refused", why: "idTaken" };
  if (known.words === entry.words && sameJudgement(known.judgement, entry.judgement))
    return { outcome: "replayed", current: known };
  return { outcome: known.revision === entry.baseRevision ? "stored" : "conflict", current: known };
}

async function findEntry(tx: Transaction, entryId: string): Promise<ReviewEntry | null> {
  const rows = await query<EntryRow>(
    tx,
    `select ${entryColumns} from app.review_entries where district_id = app.district_id() and id = $1`,
    [entryId],
  );
  return (await withPhotos(tx, rows))[0] ?? null;
}

/** null when the id is taken */
async function addEntry(
  tx: Transaction,
  head: EvaluationHead,
  assignmentId: number,
  entryId: string,
  entry: DatedEntry,
): Promise<ReviewEntry | null> {
  const rows = await query<EntryRow>(
    tx,
    `insert into app.review_entries (district_id, id, evaluation_id, school_id, assignment_id, place, party, method, judgement, words,
       revision, written_at, clock_off_seconds, set_apart)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12) on conflict do nothing returning ${entryColumns}`,
    [
      entryId,
      head.id,
      head.schoolId,
      assignmentId,
      entry.place,
      entry.party,
      entry.method,
      entry.judgement === null ? null : JSON.stringify(entry.judgement),
      entry.words,
      entry.writtenAt,
      entry.clockOffSeconds,
      entry.setApart,
    ],
  );
  return (await withPhotos(tx, rows))[0] ?? null;
}

/** Attaches a photo to one's own entry. @returns true when it was there already */
export async function addEntryPhoto(
  tx: Transaction,
  photo: {
    readonly id: string;
    readonly entryId: string;
    readonly caption: string;
    readonly takenAt: string | null;
    readonly mediaType: string;
    readonly bytes: Uint8Array;
  },
): Promise<boolean> {
  const own = await listOwnAssignments(tx);
  const entry = await findEntry(tx, photo.entryId);
  if (entry === null || !own.some(({ id }) => id === entry.assignmentId))
    throw new StoreFault("NOT_FOUND", { what: `entry ${photo.entryId}` });
  const added = await query(
    tx,
    `insert into app.entry_photos (district_id, id, entry_id, evaluation_id, assignment_id, caption, media_type, byte_count, sha256, content, taken_at)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning id`,
    [
      photo.id,
      photo.entryId,
      entry.evaluationId,
      entry.assignmentId,
      photo.caption,
      photo.mediaType,
      photo.bytes.byteLength,
      createHash("sha256").update(photo.bytes).digest(),
      Buffer.from(photo.bytes),
      photo.takenAt,
    ],
  );
  return added.length === 0;
}

export async function readEntryPhoto(tx: Transaction, photoId: string): Promise<StoredFile> {
  return queryOne(
    tx,
    `photo ${photoId}`,
    `select id::text as "fileName", media_type as "mediaType", content from app.entry_photos
     where district_id = app.district_id() and id = $1`,
    [photoId],
  );
}

/** One's own, while one still rates. */
export async function deleteEntryPhoto(tx: Transaction, photoId: string): Promise<void> {
  const { entryId } = await queryOne<{ readonly entryId: string }>(
    tx,
    `photo ${photoId}`,
    `delete from app.entry_photos where district_id = app.district_id() and id = $1 returning entry_id as "entryId"`,
    [photoId],
  );
  await note(tx, "evaluation.deletePhoto", `entry ${entryId}`, { photoId });
}

// What the commission settles and records --------------------------------------------------------------------------------

/** States in which ratings and what the commission records can still change the result. */
function refuseSettled(head: EvaluationHead): void {
  if (["submitted", "reviewed", "onSite", "moderated"].includes(head.state)) return;
  throw new StoreFault("EVALUATION_CLOSED", { state: head.state });
}

/** What was settled for a party and leaf. */
export interface Moderation {
  readonly place: string;
  readonly party: string;
  /** null = taken back */
  readonly judgement: Judgement | null;
  readonly reason: string;
  readonly revision: number;
  readonly by: By;
}

interface ModerationRow extends Omit<Moderation, "by"> {
  readonly byAccount: number;
  readonly byName: string | null;
  readonly savedAt: string;
}

export async function listModerations(tx: Transaction, evaluationId: number): Promise<readonly Moderation[]> {
  const rows = await query<ModerationRow>(
    tx,
    `select place, party, judgement, reason, revision, by_account as "byAccount", by_name as "byName", saved_at as "savedAt"
     from app.moderations where district_id = app.district_id() and evaluation_id = $1 order by place, party`,
    [evaluationId],
  );
  return rows.map(({ byAccount, byName, savedAt, ...row }) => ({
    ...row,
    by: { accountId: byAccount, name: byName, at: savedAt },
  }));
}

/** @throws ENTRY_CHANGED with both versions; EVALUATION_CLOSED before hand-in and after moderation */
export async function moderateLeaf(
  tx: Transaction,
  evaluationId: number,
  sent: {
    readonly place: string;
    readonly party: string;
    readonly judgement: Judgement | null;
    readonly reason: string;
    readonly revision: number;
  },
): Promise<number> {
  const head = await readEvaluation(tx, evaluationId);
  refuseSettled(head);
  const values = [
    evaluationId,
    sent.place,
    sent.party,
    sent.judgement === null ? null : JSON.stringify(sent.judgement),
    sent.reason,
  ];
  const [row] =
    sent.revision === 0
      ? await query<{ readonly revision: number }>(
          tx,
          `insert into app.moderations (district_id, evaluation_id, place, party, judgement, reason, revision)
           values (app.district_id(), $1, $2, $3, $4, $5, 1) on conflict do nothing returning revision`,
          values,
        )
      : await query<{ readonly revision: number }>(
          tx,
          `update app.moderations set judgement = $4, reason = $5, revision = revision + 1, by_account = app.account_id(),
             by_name = app.account_name(), saved_at = now()
           where district_id = app.district_id() and evaluation_id = $1 and place = $2 and party = $3 and revision = $6
           returning revision`,
          [...values, sent.revision],
        );
  if (row === undefined) {
    const current =
      (await listModerations(tx, evaluationId)).find(
        ({ place, party }) => place === sent.place && party === sent.party,
      ) ?? null;
    throw new StoreFault("ENTRY_CHANGED", { current, sent });
  }
  await touchEvaluations(tx, [evaluationId]);
  await note(tx, "evaluation.moderate", `school ${head.schoolCode}`, {
    evaluationId,
    place: sent.place,
    party: sent.party,
    reason: sent.reason,
  });
  return row.revision;
}

export interface VetoEntry {
  readonly veto: string;
  readonly hasOccurred: boolean | null;
  readonly words: string;
  readonly by: By | null;
}

interface RecordedRow {
  readonly recordedBy: number;
  readonly recordedName: string | null;
  readonly recordedAt: string;
}
const recordedColumns = `recorded_by as "recordedBy", recorded_name as "recordedName", recorded_at as "recordedAt"`;

export async function listVetoes(tx: Transaction, evaluationId: number): Promise<readonly VetoEntry[]> {
  const rows = await query<Omit<VetoEntry, "by"> & RecordedRow>(
    tx,
    `select veto, has_occurred as "hasOccurred", words, ${recordedColumns} from app.evaluation_vetoes
     where district_id = app.district_id() and evaluation_id = $1 order by veto`,
    [evaluationId],
  );
  return rows.map(({ recordedBy, recordedName, recordedAt, ...row }) => ({
    ...row,
    by: { accountId: recordedBy, name: recordedName, at: recordedAt },
  }));
}

/** @throws EVALUATION_CLOSED before hand-in and after moderation */
export async function setVeto(
  tx: Transaction,
  evaluationId: number,
  { veto, hasOccurred, words }: Omit<VetoEntry, "by">,
): Promise<VetoEntry> {
  const head = await readEvaluation(tx, evaluationId);
  refuseSettled(head);
  await query(
    tx,
    `insert into app.evaluation_vetoes (district_id, evaluation_id, veto, has_occurred, words) values (app.district_id(), $1, $2, $3, $4)
     on conflict (district_id, evaluation_id, veto) do update set has_occurred = excluded.has_occurred, words = excluded.words,
       recorded_by = app.account_id(), recorded_name = app.account_name(), recorded_at = now()`,
    [evaluationId, veto, hasOccurred, words],
  );
  await touchEvaluations(tx, [evaluationId]);
  await note(tx, "evaluation.veto", `school ${head.schoolCode}`, { evaluationId, veto, hasOccurred });
  const entry = (await listVetoes(tx, evaluationId)).find((other) => other.veto === veto);
  if (entry === undefined) throw new StoreFault("NOT_FOUND", { what: `veto ${veto}` });
  return entry;
}

/** Records of every school of a round that no veto has occurred, where nothing is recorded yet and it still can be. */
export async function clearVetoes(
  tx: Transaction,
  roundId: number,
  vetoes: readonly string[],
  words: string,
): Promise<number> {
  const rows = await query<{ readonly evaluationId: number }>(
    tx,
    `insert into app.evaluation_vetoes (district_id, evaluation_id, veto, has_occurred, words)
     select app.district_id(), e.id, v.veto, false, $3 from app.evaluations e, unnest($2::text[]) v(veto)
     where e.district_id = app.district_id() and e.round_id = $1 and e.state in ('submitted', 'reviewed', 'onSite', 'moderated')
     on conflict do nothing returning evaluation_id as "evaluationId"`,
    [roundId, vetoes, words],
  );
  const ids = [...new Set(rows.map((row) => row.evaluationId))];
  if (ids.length > 0) {
    await touchEvaluations(tx, ids);
    await note(tx, "evaluation.clearVetoes", `round ${roundId}`, { evaluations: ids.length, vetoes });
  }
  return rows.length;
}

export interface ExemptionEntry {
  readonly place: string;
  readonly reason: string;
  readonly by: By;
}

export async function listExemptions(tx: Transaction, evaluationId: number): Promise<readonly ExemptionEntry[]> {
  const rows = await query<Omit<ExemptionEntry, "by"> & RecordedRow>(
    tx,
    `select place, reason, ${recordedColumns} from app.evaluation_exemptions
     where district_id = app.district_id() and evaluation_id = $1 order by place`,
    [evaluationId],
  );
  return rows.map(({ recordedBy, recordedName, recordedAt, ...row }) => ({
    ...row,
    by: { accountId: recordedBy, name: recordedName, at: recordedAt },
  }));
}

/** An empty reason takes the exemption back. @throws EVALUATION_CLOSED once it is moderated */
export async function setExemption(
  tx: Transaction,
  evaluationId: number,
  place: string,
  reason: string,
): Promise<ExemptionEntry | null> {
  const head = await readEvaluation(tx, evaluationId);
  if (head.state !== "planned" && head.state !== "selfEvaluation") refuseSettled(head);
  if (reason === "")
    await query(
      tx,
      `delete from app.evaluation_exemptions where district_id = app.district_id() and evaluation_id = $1 and place = $2`,
      [evaluationId, place],
    );
  else
    await query(
      tx,
      `insert into app.evaluation_exemptions (district_id, evaluation_id, place, reason) values (app.district_id(), $1, $2, $3)
       on conflict (district_id, evaluation_id, place) do update set reason = excluded.reason, recorded_by = app.account_id(),
         recorded_name = app.account_name(), recorded_at = now()`,
      [evaluationId, place, reason],
    );
  await touchEvaluations(tx, [evaluationId]);
  await note(tx, "evaluation.exempt", `school ${head.schoolCode}`, { evaluationId, place, reason });
  // while the school still writes, the commission does not see its side
  return (await listExemptions(tx, evaluationId)).find((other) => other.place === place) ?? null;
}

/** Satisfied and all answers of one party about one leaf of one school. */
export interface SurveyCount {
  readonly evaluationId: number;
  readonly place: string;
  readonly party: string;
  readonly satisfied: number;
  readonly answers: number;
}

/**
 * Records survey counts; what was recorded of the same leaf and party before is replaced. The counts are those of valid
 * answers only and say nothing about persons.
 *
 * @param source  where they come from, as it is shown
 * @throws EVALUATION_CLOSED when one of the evaluations is past moderation
 */
export async function recordSurveyCounts(
  tx: Transaction,
  roundId: number,
  source: string,
  counts: readonly SurveyCount[],
): Promise<void> {
  const ids = [...new Set(counts.map(({ evaluationId }) => evaluationId))];
  const [closed] = await query<{ readonly state: string }>(
    tx,
    `select state from app.evaluations where district_id = app.district_id() and id = any ($1)
       and app.evaluation_stage(state) > app.evaluation_stage('moderated') limit 1`,
    [ids],
  );
  if (closed !== undefined) throw new StoreFault("EVALUATION_CLOSED", { state: closed.state });
  await query(
    tx,
    `insert into app.evaluation_surveys (district_id, evaluation_id, place, party, satisfied, answers, source)
     select app.district_id(), x."evaluationId", x.place, x.party, x.satisfied, x.answers, $2
     from json_to_recordset($1) x("evaluationId" bigint, place text, party text, satisfied integer, answers integer)
     on conflict (district_id, evaluation_id, place, party) do update set satisfied = excluded.satisfied, answers = excluded.answers,
       source = excluded.source, recorded_by = app.account_id(), recorded_name = app.account_name(), recorded_at = now()`,
    [JSON.stringify(counts), source],
  );
  await touchEvaluations(tx, ids);
  await note(tx, "evaluation.survey", `round ${roundId}`, { source, evaluations: ids.length, counts: counts.length });
}
