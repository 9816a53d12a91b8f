/** What comes out of an evaluation: inputs of its score, words to the school, appeals, decided results. */

import type { Evidence, ModeratedJudgement, Rating, ReviewEntry as Looked, Scorecard } from "@xingfu/domain/scheme";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { readEvaluation, touchEvaluations } from "./evaluation-rounds.ts";
import type { EvaluationHead } from "./evaluation-rounds.ts";
import { StoreFault } from "./fault.ts";
import type { By } from "./page.ts";
import type { Transaction } from "./store.ts";

/** What one evaluation is scored from; raters are codes of assignments. */
export interface ScoringInput {
  readonly evaluationId: number;
  readonly evidence: Evidence;
  /** the school's own ratings; its party is for the scheme to say */
  readonly self: readonly Pick<Rating, "node" | "judgement">[];
  readonly entries: readonly Looked[];
  readonly moderated: readonly ModeratedJudgement[];
  readonly surveys: readonly {
    readonly node: string;
    readonly party: string;
    readonly satisfied: number;
    readonly answers: number;
  }[];
}

interface Mutable {
  documents: { node: string; item: string }[];
  figures: { key: string; value: number | string | null; source: string }[];
  exemptions: { node: string; reason: string }[];
  vetoes: { veto: string; hasOccurred: boolean | null }[];
  self: Pick<Rating, "node" | "judgement">[];
  entries: Looked[];
  moderated: ModeratedJudgement[];
  surveys: ScoringInput["surveys"][number][];
}

type Keyed<T> = T & { readonly evaluationId: number };

/** Inputs by evaluation, of what the actor may see; every id given is there. */
export async function loadScoringInputs(
  tx: Transaction,
  evaluationIds: readonly number[],
): Promise<ReadonlyMap<number, ScoringInput>> {
  const inputs = new Map<number, Mutable>(
    evaluationIds.map((id) => [
      id,
      { documents: [], figures: [], exemptions: [], vetoes: [], self: [], entries: [], moderated: [], surveys: [] },
    ]),
  );
  const ids = [evaluationIds];
  const of = `where district_id = app.district_id() and evaluation_id = any ($1)`;
  for (const { evaluationId, ...row } of await query<Keyed<Mutable["self"][number]>>(
    tx,
    `select evaluation_id as "evaluationId", place as node, judgement from app.self_entries ${of} and judgement is not null`,
    ids,
  ))
    inputs.get(evaluationId)?.self.push(row);
  for (const { evaluationId, ...row } of await query<Keyed<Mutable["documents"][number]>>(
    tx,
    `select distinct evaluation_id as "evaluationId", place as node, item from app.evaluation_evidence ${of} and item is not null`,
    ids,
  ))
    inputs.get(evaluationId)?.documents.push(row);
  for (const { evaluationId, ...row } of await query<Keyed<Mutable["figures"][number]>>(
    tx,
    `select evaluation_id as "evaluationId", key, value, source from app.evaluation_figures ${of}`,
    ids,
  ))
    inputs.get(evaluationId)?.figures.push(row);
  for (const { evaluationId, assignmentId, ...row } of await query<
    Keyed<Omit<Looked, "rater"> & { readonly assignmentId: number }>
  >(
    tx,
    `select evaluation_id as "evaluationId", assignment_id as "assignmentId", place as node, party, method, judgement,
       saved_at as "revisedAt", true as "isCounted" from app.review_entries ${of} and judgement is not null and set_apart is null`,
    ids,
  ))
    inputs.get(evaluationId)?.entries.push({ ...row, rater: `a${assignmentId}` });
  for (const { evaluationId, ...row } of await query<Keyed<ModeratedJudgement>>(
    tx,
    `select evaluation_id as "evaluationId", place as node, party, judgement from app.moderations ${of} and judgement is not null`,
    ids,
  ))
    inputs.get(evaluationId)?.moderated.push(row);
  for (const { evaluationId, ...row } of await query<Keyed<Mutable["surveys"][number]>>(
    tx,
    `select evaluation_id as "evaluationId", place as node, party, satisfied, answers from app.evaluation_surveys ${of}`,
    ids,
  ))
    inputs.get(evaluationId)?.surveys.push(row);
  for (const { evaluationId, ...row } of await query<Keyed<Mutable["exemptions"][number]>>(
    tx,
    `select evaluation_id as "evaluationId", place as node, reason from app.evaluation_exemptions ${of}`,
    ids,
  ))
    inputs.get(evaluationId)?.exemptions.push(row);
  for (const { evaluationId, ...row } of await query<Keyed<Mutable["vetoes"][number]>>(
    tx,
    `select evaluation_id as "evaluationId", veto, has_occurred as "hasOccurred" from app.evaluation_vetoes ${of}`,
    ids,
  ))
    inputs.get(evaluationId)?.vetoes.push(row);
  return new Map(
    [...inputs].map(([evaluationId, { documents, figures, exemptions, vetoes, ...rest }]) => [
      evaluationId,
      { evaluationId, evidence: { documents, figures, exemptions, vetoes }, ...rest },
    ]),
  );
}

/** What the commission writes to the school. */
export interface Feedback {
  readonly strengths: string;
  readonly concerns: string;
  readonly nextSteps: string;
  readonly revision: number;
  readonly by: By | null;
}

interface FeedbackRow extends Omit<Feedback, "by"> {
  readonly byAccount: number;
  readonly byName: string | null;
  readonly savedAt: string;
}

const feedbackColumns = `strengths, concerns, next_steps as "nextSteps", revision, by_account as "byAccount", by_name as "byName",
  saved_at as "savedAt"`;

function asFeedback({ byAccount, byName, savedAt, ...row }: FeedbackRow): Feedback {
  return { ...row, by: { accountId: byAccount, name: byName, at: savedAt } };
}

/** null = nothing written, or hidden from the actor */
export async function readFeedback(tx: Transaction, evaluationId: number): Promise<Feedback | null> {
  const [row] = await query<FeedbackRow>(
    tx,
    `select ${feedbackColumns} from app.evaluation_feedback where district_id = app.district_id() and evaluation_id = $1`,
    [evaluationId],
  );
  return row === undefined ? null : asFeedback(row);
}

/** @throws ENTRY_CHANGED with both versions; EVALUATION_CLOSED before hand-in and once it is decided or appealed */
export async function saveFeedback(
  tx: Transaction,
  evaluationId: number,
  sent: Omit<Feedback, "by">,
): Promise<Feedback> {
  const head = await readEvaluation(tx, evaluationId);
  if (!["submitted", "reviewed", "onSite", "moderated", "feedback"].includes(head.state))
    throw new StoreFault("EVALUATION_CLOSED", { state: head.state });
  const values = [evaluationId, sent.strengths, sent.concerns, sent.nextSteps];
  const [row] =
    sent.revision === 0
      ? await query<FeedbackRow>(
          tx,
          `insert into app.evaluation_feedback (district_id, evaluation_id, strengths, concerns, next_steps, revision)
           values (app.district_id(), $1, $2, $3, $4, 1) on conflict do nothing returning ${feedbackColumns}`,
          values,
        )
      : await query<FeedbackRow>(
          tx,
          `update app.evaluation_feedback set strengths = $2, concerns = $3, next_steps = $4, revision = revision + 1,
             by_account = app.account_id(), by_name = app.account_name(), saved_at = now()
           where district_id = app.district_id() and evaluation_id = $1 and revision = $5 returning ${feedbackColumns}`,
          [...values, sent.revision],
        );
  if (row === undefined) throw new StoreFault("ENTRY_CHANGED", { current: await readFeedback(tx, evaluationId), sent });
  await touchEvaluations(tx, [evaluationId]);
  await note(tx, "evaluation.feedback", `school ${head.schoolCode}`, { evaluationId, revision: row.revision });
  return asFeedback(row);
}

export interface Appeal {
  readonly id: number;
  readonly places: readonly string[];
  readonly words: string;
  readonly by: By;
  readonly answer: { readonly isUpheld: boolean; readonly words: string; readonly by: By } | null;
}

interface AppealRow {
  readonly id: number;
  readonly places: readonly string[];
  readonly words: string;
  readonly byAccount: number;
  readonly byName: string | null;
  readonly appealedAt: string;
  readonly isUpheld: boolean | null;
  readonly answer: string | null;
  readonly answeredBy: number | null;
  readonly answeredName: string | null;
  readonly answeredAt: string | null;
}

const appealColumns = `id, places, words, by_account as "byAccount", by_name as "byName", appealed_at as "appealedAt", is_upheld as "isUpheld",
  answer, answered_by as "answeredBy", answered_name as "answeredName", answered_at as "answeredAt"`;

function asAppeal(row: AppealRow): Appeal {
  return {
    id: row.id,
    places: row.places,
    words: row.words,
    by: { accountId: row.byAccount, name: row.byName, at: row.appealedAt },
    answer:
      row.answeredAt === null || row.isUpheld === null || row.answer === null
        ? null
        : {
            isUpheld: row.isUpheld,
            words: row.answer,
            by: { accountId: row.answeredBy, name: row.answeredName, at: row.answeredAt },
          },
  };
}

/** In the order they came. */
export async function listAppeals(tx: Transaction, evaluationId: number): Promise<readonly Appeal[]> {
  const rows = await query<AppealRow>(
    tx,
    `select ${appealColumns} from app.evaluation_appeals where district_id = app.district_id() and evaluation_id = $1 order by id`,
    [evaluationId],
  );
  return rows.map(asAppeal);
}

/** Keeps the words of an appeal; the move goes with it in the same transaction. */
export async function addAppeal(
  tx: Transaction,
  head: Pick<EvaluationHead, "id" | "schoolId" | "schoolCode">,
  places: readonly string[],
  words: string,
): Promise<Appeal> {
  const row = await queryOne<AppealRow>(
    tx,
    "appeal",
    `insert into app.evaluation_appeals (district_id, evaluation_id, school_id, places, words)
     values (app.district_id(), $1, $2, $3, $4) returning ${appealColumns}`,
    [head.id, head.schoolId, places, words],
  );
  await note(tx, "evaluation.appeal", `school ${head.schoolCode}`, { evaluationId: head.id, appealId: row.id, places });
  return asAppeal(row);
}

/** @throws ALREADY_EXISTS when it was answered before */
export async function answerAppeal(
  tx: Transaction,
  head: Pick<EvaluationHead, "id" | "schoolCode">,
  appealId: number,
  { isUpheld, words }: { readonly isUpheld: boolean; readonly words: string },
): Promise<Appeal> {
  const known = (await listAppeals(tx, head.id)).find((appeal) => appeal.id === appealId);
  if (known === undefined) throw new StoreFault("NOT_FOUND", { what: `appeal ${appealId}` });
  if (known.answer !== null) throw new StoreFault("ALREADY_EXISTS", { what: "answer" });
  const row = await queryOne<AppealRow>(
    tx,
    `appeal ${appealId}`,
    `update app.evaluation_appeals set is_upheld = $3, answer = $4, answered_by = app.account_id(), answered_name = app.account_name(),
       answered_at = now()
     where district_id = app.district_id() and evaluation_id = $1 and id = $2 and answered_at is null returning ${appealColumns}`,
    [head.id, appealId, isUpheld, words],
  );
  await note(tx, "evaluation.answerAppeal", `school ${head.schoolCode}`, { evaluationId: head.id, appealId, isUpheld });
  return asAppeal(row);
}

/** A decided result. */
export interface StoredResult {
  readonly evaluationId: number;
  readonly scorecard: Scorecard;
  readonly share: number | null;
  readonly band: string | null;
  readonly hash: string;
  readonly decidedAt: string;
}

const resultColumns = `evaluation_id as "evaluationId", scorecard, share, band, hash, decided_at as "decidedAt"`;

/** The last decision about each of some evaluations, of those the actor may see. */
export async function listResults(
  tx: Transaction,
  evaluationIds: readonly number[],
): Promise<ReadonlyMap<number, StoredResult>> {
  const rows = await query<StoredResult>(
    tx,
    `select distinct on (evaluation_id) ${resultColumns} from app.evaluation_results
     where district_id = app.district_id() and evaluation_id = any ($1) order by evaluation_id, id desc`,
    [evaluationIds],
  );
  return new Map(rows.map((row) => [row.evaluationId, row]));
}

/** Keeps the result of a decision just made; earlier ones stay. */
export async function storeResult(
  tx: Transaction,
  head: Pick<EvaluationHead, "id" | "schoolId" | "schoolCode">,
  scorecard: Scorecard,
  hash: string,
): Promise<void> {
  await query(
    tx,
    `insert into app.evaluation_results (district_id, evaluation_id, school_id, scorecard, share, band, hash)
     values (app.district_id(), $1, $2, $3, $4, $5, $6)`,
    [
      head.id,
      head.schoolId,
      JSON.stringify(scorecard),
      scorecard.points === null ? null : scorecard.points / scorecard.maximum,
      scorecard.band,
      hash,
    ],
  );
  await note(tx, "evaluation.decide", `school ${head.schoolCode}`, {
    evaluationId: head.id,
    band: scorecard.band,
    hash,
  });
}
