/** Who reviews which school: assignments, their withdrawal, and pairs that must not meet. */

import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { touchEvaluations } from "./evaluation-rounds.ts";
import { StoreFault } from "./fault.ts";
import type { By } from "./page.ts";
import type { Transaction } from "./store.ts";

/** Somebody who may review. */
export interface Reviewer {
  readonly accountId: number;
  readonly name: string;
}

/** Everybody of the district who may review, by name; [] for anybody but the commission. */
export async function listReviewers(tx: Transaction): Promise<readonly Reviewer[]> {
  return query(tx, `select account_id as "accountId", name from app.reviewers() order by name, account_id`);
}

export const conflictKinds = ["formerSchool", "relative", "other"] as const;
export type ConflictKind = (typeof conflictKinds)[number];

export interface Conflict {
  readonly id: number;
  readonly accountId: number;
  readonly inspector: string;
  readonly schoolCode: string;
  readonly school: string;
  readonly kind: ConflictKind;
  readonly note: string;
  /** last day, included; null = for good */
  readonly until: string | null;
  readonly recorded: By;
}

interface ConflictRow extends Omit<Conflict, "recorded"> {
  readonly recordedBy: number;
  readonly recordedName: string | null;
  readonly recordedAt: string;
}

const conflictColumns = `c.id, c.account_id as "accountId", c.account_name as inspector, u.code as "schoolCode",
  (select v.name from app.org_versions v where v.district_id = u.district_id and v.unit_id = u.id order by v.from_on desc limit 1) as school,
  c.kind, c.note, c.until_on as until, c.recorded_by as "recordedBy", c.recorded_name as "recordedName", c.recorded_at as "recordedAt"`;

function asConflict({ recordedBy, recordedName, recordedAt, ...row }: ConflictRow): Conflict {
  return { ...row, recorded: { accountId: recordedBy, name: recordedName, at: recordedAt } };
}

/** All that were recorded, by inspector and school; those that have run out are among them. */
export async function listConflicts(tx: Transaction): Promise<readonly Conflict[]> {
  const rows = await query<ConflictRow>(
    tx,
    `select ${conflictColumns} from app.inspector_conflicts c
       join app.org_units u on u.district_id = c.district_id and u.id = c.school_id
     where c.district_id = app.district_id() order by c.account_name, u.code, c.id`,
  );
  return rows.map(asConflict);
}

/** @throws NOT_FOUND for somebody who does not review; SCHOOL_UNKNOWN; ALREADY_EXISTS for the same pair and kind */
export async function recordConflict(
  tx: Transaction,
  input: {
    readonly accountId: number;
    readonly schoolCode: string;
    readonly kind: ConflictKind;
    readonly note: string;
    readonly until: string | null;
  },
): Promise<Conflict> {
  const reviewer = (await listReviewers(tx)).find((other) => other.accountId === input.accountId);
  if (reviewer === undefined) throw new StoreFault("NOT_FOUND", { what: `reviewer ${input.accountId}` });
  const [school] = await query<{ readonly id: number }>(
    tx,
    `select id from app.org_units where district_id = app.district_id() and kind = 'school' and code = $1`,
    [input.schoolCode],
  );
  if (school === undefined) throw new StoreFault("SCHOOL_UNKNOWN", { schoolCodes: [input.schoolCode] });
  const { id } = await queryOne<{ readonly id: number }>(
    tx,
    "conflict",
    `insert into app.inspector_conflicts (district_id, account_id, account_name, school_id, kind, note, until_on)
     values (app.district_id(), $1, $2, $3, $4, $5, $6) returning id`,
    [input.accountId, reviewer.name, school.id, input.kind, input.note, input.until],
  );
  await note(tx, "conflict.record", `school ${input.schoolCode}`, { inspector: reviewer.name, kind: input.kind });
  const conflict = (await listConflicts(tx)).find((other) => other.id === id);
  if (conflict === undefined) throw new StoreFault("NOT_FOUND", { what: `conflict ${id}` });
  return conflict;
}

export async function deleteConflict(tx: Transaction, conflictId: number): Promise<void> {
  const { inspector, kind } = await queryOne<{ readonly inspector: string; readonly kind: string }>(
    tx,
    `conflict ${conflictId}`,
    `delete from app.inspector_conflicts where district_id = app.district_id() and id = $1
     returning account_name as inspector, kind`,
    [conflictId],
  );
  await note(tx, "conflict.delete", `conflict ${conflictId}`, { inspector, kind });
}

export interface Assignment {
  readonly id: number;
  readonly evaluationId: number;
  readonly schoolCode: string;
  readonly school: string;
  readonly accountId: number;
  readonly inspector: string;
  readonly party: string;
  readonly assigned: By;
  /** null while it stands */
  readonly withdrawn: { readonly by: By; readonly reason: string; readonly keepsEntries: boolean } | null;
  /** leaves with a rating that counts */
  readonly rated: number;
}

interface AssignmentRow extends Omit<Assignment, "assigned" | "withdrawn" | "rated"> {
  readonly assignedBy: number;
  readonly assignedName: string | null;
  readonly assignedAt: string;
  readonly withdrawnBy: number | null;
  readonly withdrawnName: string | null;
  readonly withdrawnAt: string | null;
  readonly withdrawnReason: string | null;
  readonly keepsEntries: boolean | null;
}

const assignmentColumns = `a.id, a.evaluation_id as "evaluationId", e.school_code as "schoolCode", e.school_name as school,
  a.account_id as "accountId", a.account_name as inspector, a.party, a.assigned_by as "assignedBy", a.assigned_name as "assignedName",
  a.assigned_at as "assignedAt", a.withdrawn_by as "withdrawnBy", a.withdrawn_name as "withdrawnName", a.withdrawn_at as "withdrawnAt",
  a.withdrawn_reason as "withdrawnReason", a.keeps_entries as "keepsEntries"`;

async function asAssignments(tx: Transaction, rows: readonly AssignmentRow[]): Promise<Assignment[]> {
  const counts = await query<{ readonly id: number; readonly rated: number }>(
    tx,
    `select assignment_id as id, count(distinct place) as rated from app.review_entries
     where district_id = app.district_id() and assignment_id = any ($1) and judgement is not null and set_apart is null
     group by assignment_id`,
    [rows.map((row) => row.id)],
  );
  const rated = new Map(counts.map((count) => [count.id, count.rated]));
  return rows.map((row): Assignment => ({
    id: row.id,
    evaluationId: row.evaluationId,
    schoolCode: row.schoolCode,
    school: row.school,
    accountId: row.accountId,
    inspector: row.inspector,
    party: row.party,
    assigned: { accountId: row.assignedBy, name: row.assignedName, at: row.assignedAt },
    withdrawn:
      row.withdrawnAt === null
        ? null
        : {
            by: { accountId: row.withdrawnBy, name: row.withdrawnName, at: row.withdrawnAt },
            reason: row.withdrawnReason ?? "",
            keepsEntries: row.keepsEntries ?? true,
          },
    rated: rated.get(row.id) ?? 0,
  }));
}

/** Of a round, by school and inspector; what the actor may see of them. */
export async function listAssignments(tx: Transaction, roundId: number): Promise<readonly Assignment[]> {
  const rows = await query<AssignmentRow>(
    tx,
    `select ${assignmentColumns} from app.evaluation_assignments a
       join app.evaluations e on e.district_id = a.district_id and e.id = a.evaluation_id
     where a.district_id = app.district_id() and a.round_id = $1 order by e.school_code, a.account_name, a.id`,
    [roundId],
  );
  return asAssignments(tx, rows);
}

/** Assignments of one evaluation the actor may see, withdrawn ones included. */
export async function listEvaluationAssignments(
  tx: Transaction,
  evaluationIds: readonly number[],
): Promise<readonly Pick<Assignment, "id" | "evaluationId" | "accountId" | "inspector" | "party">[]> {
  return query(
    tx,
    `select id, evaluation_id as "evaluationId", account_id as "accountId", account_name as inspector, party
     from app.evaluation_assignments where district_id = app.district_id() and evaluation_id = any ($1) order by id`,
    [evaluationIds],
  );
}

/**
 * Assigns inspectors to schools of a round; all or none.
 *
 * @throws CONFLICT_OF_INTEREST with every pair that must not meet; SCHOOL_UNKNOWN for a school outside the round;
 *   EVALUATION_CLOSED once an evaluation is moderated; NOT_FOUND for somebody who does not review; ALREADY_EXISTS
 */
export async function assignInspectors(
  tx: Transaction,
  roundId: number,
  wanted: readonly { readonly schoolCode: string; readonly accountId: number; readonly party: string }[],
): Promise<readonly Assignment[]> {
  const evaluations = await query<{ readonly id: number; readonly code: string; readonly state: string }>(
    tx,
    `select id, school_code as code, state from app.evaluations where district_id = app.district_id() and round_id = $1`,
    [roundId],
  );
  const byCode = new Map(evaluations.map((evaluation) => [evaluation.code, evaluation]));
  const unknown = wanted.filter(({ schoolCode }) => !byCode.has(schoolCode)).map(({ schoolCode }) => schoolCode);
  if (unknown.length > 0) throw new StoreFault("SCHOOL_UNKNOWN", { schoolCodes: [...new Set(unknown)] });
  const closed = wanted
    .map(({ schoolCode }) => byCode.get(schoolCode)?.state ?? "")
    .find((state) => !["planned", "selfEvaluation", "submitted", "reviewed", "onSite"].includes(state));
  if (closed !== undefined) throw new StoreFault("EVALUATION_CLOSED", { state: closed });
  const names = new Map((await listReviewers(tx)).map((reviewer) => [reviewer.accountId, reviewer.name]));
  const stranger = wanted.find(({ accountId }) => !names.has(accountId));
  if (stranger !== undefined) throw new StoreFault("NOT_FOUND", { what: `reviewer ${stranger.accountId}` });

  const [today] = await query<{ readonly day: string }>(tx, `select app.today() as day`);
  const conflicts = (await listConflicts(tx)).filter(({ until }) => until === null || until >= (today?.day ?? ""));
  const pairs = wanted.flatMap(({ schoolCode, accountId }) =>
    conflicts.filter((conflict) => conflict.accountId === accountId && conflict.schoolCode === schoolCode),
  );
  if (pairs.length > 0)
    throw new StoreFault("CONFLICT_OF_INTEREST", {
      pairs: pairs.map(({ inspector, schoolCode, school, kind, until }) => ({
        inspector,
        schoolCode,
        school,
        kind,
        until,
      })),
    });

  const rows = await query<{ readonly id: number }>(
    tx,
    `insert into app.evaluation_assignments (district_id, round_id, evaluation_id, account_id, account_name, party)
     select app.district_id(), $1, x.evaluation, x.account, x.name, x.party
     from json_to_recordset($2) x(evaluation bigint, account bigint, name text, party text) returning id`,
    [
      roundId,
      JSON.stringify(
        wanted.map(({ schoolCode, accountId, party }) => ({
          evaluation: byCode.get(schoolCode)?.id,
          account: accountId,
          name: names.get(accountId),
          party,
        })),
      ),
    ],
  );
  await note(tx, "assignment.assign", `round ${roundId}`, {
    assignments: wanted.map(({ schoolCode, accountId }) => ({ schoolCode, inspector: names.get(accountId) })),
  });
  const made = new Set(rows.map((row) => row.id));
  return (await listAssignments(tx, roundId)).filter((assignment) => made.has(assignment.id));
}

/**
 * Withdraws an inspector from a school. What comes in later is kept apart; with `keepsEntries` false, what is there too.
 *
 * @throws ALREADY_EXISTS when it was withdrawn before
 */
export async function withdrawAssignment(
  tx: Transaction,
  assignmentId: number,
  { reason, keepsEntries }: { readonly reason: string; readonly keepsEntries: boolean },
): Promise<Assignment> {
  const before = await queryOne<{
    readonly roundId: number;
    readonly evaluationId: number;
    readonly withdrawnAt: string | null;
    readonly inspector: string;
    readonly schoolCode: string;
  }>(
    tx,
    `assignment ${assignmentId}`,
    `select a.round_id as "roundId", a.evaluation_id as "evaluationId", a.withdrawn_at as "withdrawnAt", a.account_name as inspector,
       e.school_code as "schoolCode"
     from app.evaluation_assignments a join app.evaluations e on e.district_id = a.district_id and e.id = a.evaluation_id
     where a.district_id = app.district_id() and a.id = $1`,
    [assignmentId],
  );
  if (before.withdrawnAt !== null) throw new StoreFault("ALREADY_EXISTS", { what: "withdrawal" });
  await query(
    tx,
    `update app.evaluation_assignments set withdrawn_by = app.account_id(), withdrawn_name = app.account_name(), withdrawn_at = now(),
       withdrawn_reason = $2, keeps_entries = $3
     where district_id = app.district_id() and id = $1`,
    [assignmentId, reason, keepsEntries],
  );
  if (!keepsEntries)
    await query(
      tx,
      `update app.review_entries set set_apart = 'assignmentWithdrawn'
       where district_id = app.district_id() and assignment_id = $1 and set_apart is null`,
      [assignmentId],
    );
  await touchEvaluations(tx, [before.evaluationId]);
  await note(tx, "assignment.withdraw", `school ${before.schoolCode}`, {
    inspector: before.inspector,
    reason,
    keepsEntries,
  });
  const assignment = (await listAssignments(tx, before.roundId)).find((other) => other.id === assignmentId);
  if (assignment === undefined) throw new StoreFault("NOT_FOUND", { what: `assignment ${assignmentId}` });
  return assignment;
}
