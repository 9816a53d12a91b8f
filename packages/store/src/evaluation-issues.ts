/** The rectification ledger (问题台账): issues, what became of them, and the files that show it. */

import { createHash } from "node:crypto";
import type { SchoolYear } from "@xingfu/domain/base";
import type { IssueState, Mover } from "@xingfu/domain/scheme";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { readEvaluation, touchEvaluations } from "./evaluation-rounds.ts";
import { listOwnAssignments } from "./evaluation-review.ts";
import type { StoredFile } from "./evaluation-self.ts";
import { StoreFault } from "./fault.ts";
import { pageWindow } from "./page.ts";
import type { Page, Paging } from "./page.ts";
import type { Transaction } from "./store.ts";

export interface Issue {
  readonly id: number;
  readonly evaluationId: number;
  readonly schoolCode: string;
  readonly school: string;
  readonly round: string;
  readonly year: SchoolYear;
  readonly place: string | null;
  readonly title: string;
  readonly words: string;
  readonly state: IssueState;
  /** "" = not named yet */
  readonly owner: string;
  readonly dueOn: string | null;
  readonly isOverdue: boolean;
  readonly revision: number;
  /** inspectors are named only to those who may see assignments */
  readonly recordedName: string | null;
  readonly recordedAt: string;
  /** whom the actor acts for on it */
  readonly sides: readonly Mover[];
}

interface IssueRow extends Omit<Issue, "sides"> {
  readonly isSchool: boolean;
  readonly isCommission: boolean;
  readonly isInspector: boolean;
}

const issueColumns = `i.id, i.evaluation_id as "evaluationId", e.school_code as "schoolCode", e.school_name as school, r.name as round,
  e.school_year as year, i.place, i.title, i.words, i.state, i.owner, i.due_on as "dueOn",
  coalesce(i.due_on < app.today() and i.state in ('recorded', 'rectifying', 'rectified'), false) as "isOverdue", i.revision,
  coalesce(i.recorded_name, (select a.account_name from app.evaluation_assignments a
    where a.district_id = i.district_id and a.id = i.assignment_id)) as "recordedName", i.recorded_at as "recordedAt",
  i.school_id = any ((select app.fill_units())::bigint[]) as "isSchool", (select app.may('evaluation.manage')) as "isCommission",
  exists (select from app.evaluation_assignments a where a.district_id = i.district_id and a.evaluation_id = i.evaluation_id
    and a.account_id = (select app.account_id()) and a.withdrawn_at is null) as "isInspector"`;
const issueTables = `app.evaluation_issues i
  join app.evaluations e on e.district_id = i.district_id and e.id = i.evaluation_id
  join app.evaluation_rounds r on r.district_id = e.district_id and r.id = e.round_id`;

function asIssue({ isSchool, isCommission, isInspector, ...row }: IssueRow): Issue {
  const sides: Mover[] = [];
  if (isSchool) sides.push("school");
  if (isCommission) sides.push("commission");
  if (isInspector) sides.push("inspector");
  return { ...row, sides };
}

export interface IssueFilter extends Paging {
  readonly roundId?: number;
  readonly evaluationId?: number;
  readonly schoolCode?: string;
  readonly state?: IssueState;
  readonly overdue?: boolean;
}

export interface IssuePage extends Page<Issue> {
  /** of all that match but for state and overdue */
  readonly counts: { readonly states: Readonly<Record<string, number>>; readonly overdue: number };
}

const isOverdue = `(i.due_on < app.today() and i.state in ('recorded', 'rectifying', 'rectified'))`;

/** Issues the actor may see, overdue first, then by due day. */
export async function listIssues(tx: Transaction, filter: IssueFilter): Promise<IssuePage> {
  const { page, size, offset } = pageWindow(filter);
  const within = `i.district_id = app.district_id() and ($1::bigint is null or e.round_id = $1) and ($2::bigint is null or i.evaluation_id = $2)
    and ($3::text is null or e.school_code = $3)`;
  const values = [filter.roundId ?? null, filter.evaluationId ?? null, filter.schoolCode ?? null];
  const counted = await query<{ readonly state: string; readonly issues: number; readonly overdue: number }>(
    tx,
    `select i.state, count(*) as issues, count(*) filter (where ${isOverdue}) as overdue from ${issueTables} where ${within} group by i.state`,
    values,
  );
  const rows = await query<IssueRow>(
    tx,
    `select ${issueColumns} from ${issueTables}
     where ${within} and ($4::text is null or i.state = $4) and ($5::boolean is null or coalesce(${isOverdue}, false) = $5)
     order by coalesce(${isOverdue}, false) desc, array_position(array['rectified', 'recorded', 'rectifying', 'closed', 'withdrawn'], i.state),
       i.due_on nulls last, i.id
     limit $6 offset $7`,
    [...values, filter.state ?? null, filter.overdue ?? null, size, offset],
  );
  const matching = counted.filter((count) => filter.state === undefined || count.state === filter.state);
  const total = matching.reduce(
    (sum, { issues, overdue }) =>
      sum + (filter.overdue === undefined ? issues : filter.overdue ? overdue : issues - overdue),
    0,
  );
  return {
    items: rows.map(asIssue),
    page,
    size,
    total,
    counts: {
      states: Object.fromEntries(counted.map(({ state, issues }) => [state, issues])),
      overdue: counted.reduce((sum, { overdue }) => sum + overdue, 0),
    },
  };
}

export async function readIssue(tx: Transaction, issueId: number): Promise<Issue> {
  const row = await queryOne<IssueRow>(
    tx,
    `issue ${issueId}`,
    `select ${issueColumns} from ${issueTables} where i.district_id = app.district_id() and i.id = $1`,
    [issueId],
  );
  return asIssue(row);
}

export interface IssueInput {
  readonly place: string | null;
  readonly title: string;
  readonly words: string;
  readonly owner: string;
  readonly dueOn: string | null;
}

/**
 * Records an issue as the commission, or as an inspector of the school.
 *
 * @throws FORBIDDEN for anybody else; EVALUATION_CLOSED before the school has handed in
 */
export async function recordIssue(tx: Transaction, evaluationId: number, input: IssueInput): Promise<Issue> {
  const head = await readEvaluation(tx, evaluationId);
  if (head.state === "planned" || head.state === "selfEvaluation")
    throw new StoreFault("EVALUATION_CLOSED", { state: head.state });
  const isCommission = head.sides.includes("commission");
  const assignment = isCommission
    ? null
    : (await listOwnAssignments(tx)).find((own) => own.evaluationId === evaluationId && !own.isWithdrawn);
  if (assignment === undefined) throw new StoreFault("FORBIDDEN", {});
  if (assignment !== null && !["submitted", "reviewed", "onSite"].includes(head.state))
    throw new StoreFault("EVALUATION_CLOSED", { state: head.state });
  const { id } = await queryOne<{ readonly id: number }>(
    tx,
    "issue",
    `insert into app.evaluation_issues (district_id, evaluation_id, school_id, place, title, words, owner, due_on, assignment_id,
       recorded_by, recorded_name)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8, case when $8::bigint is null then app.account_id() end,
       case when $8::bigint is null then app.account_name() end) returning id`,
    [
      evaluationId,
      head.schoolId,
      input.place,
      input.title,
      input.words,
      input.owner,
      input.dueOn,
      assignment?.id ?? null,
    ],
  );
  await addStep(tx, id, {
    to: "recorded",
    side: isCommission ? "commission" : "inspector",
    words: "",
    assignmentId: assignment?.id ?? null,
  });
  await touchEvaluations(tx, [evaluationId]);
  await note(tx, "issue.record", `school ${head.schoolCode}`, { issueId: id, title: input.title });
  return readIssue(tx, id);
}

/** @throws ENTRY_CHANGED with both versions */
export async function updateIssue(
  tx: Transaction,
  issueId: number,
  input: IssueInput,
  revision: number,
): Promise<Issue> {
  const changed = await query(
    tx,
    `update app.evaluation_issues set place = $3, title = $4, words = $5, owner = $6, due_on = $7, revision = revision + 1
     where district_id = app.district_id() and id = $1 and revision = $2 returning id`,
    [issueId, revision, input.place, input.title, input.words, input.owner, input.dueOn],
  );
  const issue = await readIssue(tx, issueId);
  if (changed.length === 0) throw new StoreFault("ENTRY_CHANGED", { current: issue, sent: { ...input, revision } });
  await touchEvaluations(tx, [issue.evaluationId]);
  await note(tx, "issue.update", `school ${issue.schoolCode}`, { issueId, ...input });
  return issue;
}

/** Moves an issue that is still in the state it was seen in; whether the side may was checked before. */
export async function moveIssue(
  tx: Transaction,
  issue: Issue,
  move: { readonly to: IssueState; readonly side: Mover; readonly words: string },
): Promise<Issue> {
  const moved = await query(
    tx,
    `update app.evaluation_issues set state = $3, revision = revision + 1
     where district_id = app.district_id() and id = $1 and state = $2 returning id`,
    [issue.id, issue.state, move.to],
  );
  if (moved.length === 0) throw new StoreFault("CHANGED_MEANWHILE", { what: "问题台账", by: null, at: null });
  await addStep(tx, issue.id, { ...move, assignmentId: await assignmentFor(tx, issue, move.side) });
  await touchEvaluations(tx, [issue.evaluationId]);
  await note(tx, "issue.move", `school ${issue.schoolCode}`, {
    issueId: issue.id,
    from: issue.state,
    to: move.to,
    side: move.side,
  });
  return readIssue(tx, issue.id);
}

async function assignmentFor(tx: Transaction, issue: Issue, side: Mover): Promise<number | null> {
  if (side !== "inspector") return null;
  const own = (await listOwnAssignments(tx)).find(
    (assignment) => assignment.evaluationId === issue.evaluationId && !assignment.isWithdrawn,
  );
  return own?.id ?? null;
}

export interface IssueStep {
  readonly id: number;
  readonly to: IssueState | null;
  readonly side: Mover;
  readonly words: string;
  readonly files: readonly {
    readonly id: number;
    readonly name: string;
    readonly mediaType: string;
    readonly bytes: number;
  }[];
  readonly name: string | null;
  readonly at: string;
}

async function addStep(
  tx: Transaction,
  issueId: number,
  step: {
    readonly to: IssueState | null;
    readonly side: Mover;
    readonly words: string;
    readonly assignmentId: number | null;
  },
): Promise<number> {
  const { id } = await queryOne<{ readonly id: number }>(
    tx,
    "step",
    `insert into app.issue_steps (district_id, issue_id, to_state, side, words, assignment_id, by_account, by_name)
     values (app.district_id(), $1, $2, $3, $4, $5, case when $3 <> 'inspector' then app.account_id() end,
       case when $3 <> 'inspector' then app.account_name() end) returning id`,
    [issueId, step.to, step.side, step.words, step.assignmentId],
  );
  return id;
}

/** In the order they were made. */
export async function listIssueSteps(tx: Transaction, issueId: number): Promise<readonly IssueStep[]> {
  const steps = await query<Omit<IssueStep, "files">>(
    tx,
    `select s.id, s.to_state as "to", s.side, s.words, coalesce(s.by_name, (select a.account_name from app.evaluation_assignments a
       where a.district_id = s.district_id and a.id = s.assignment_id)) as name, s.stepped_at as at
     from app.issue_steps s where s.district_id = app.district_id() and s.issue_id = $1 order by s.id`,
    [issueId],
  );
  const files = await query<IssueStep["files"][number] & { readonly stepId: number }>(
    tx,
    `select id, step_id as "stepId", file_name as name, media_type as "mediaType", byte_count as bytes from app.issue_files
     where district_id = app.district_id() and issue_id = $1 order by id`,
    [issueId],
  );
  return steps.map((step) => ({
    ...step,
    files: files.filter(({ stepId }) => stepId === step.id).map(({ stepId: _, ...file }) => file),
  }));
}

/** Adds a file as a step of its own. */
export async function addIssueFile(
  tx: Transaction,
  issue: Issue,
  side: Mover,
  words: string,
  file: { readonly fileName: string; readonly mediaType: string; readonly bytes: Uint8Array },
): Promise<IssueStep> {
  const stepId = await addStep(tx, issue.id, {
    to: null,
    side,
    words,
    assignmentId: await assignmentFor(tx, issue, side),
  });
  await query(
    tx,
    `insert into app.issue_files (district_id, issue_id, step_id, file_name, media_type, byte_count, sha256, content)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7)`,
    [
      issue.id,
      stepId,
      file.fileName,
      file.mediaType,
      file.bytes.byteLength,
      createHash("sha256").update(file.bytes).digest(),
      Buffer.from(file.bytes),
    ],
  );
  await note(tx, "issue.addFile", `school ${issue.schoolCode}`, { issueId: issue.id, fileName: file.fileName });
  const step = (await listIssueSteps(tx, issue.id)).find((other) => other.id === stepId);
  if (step === undefined) throw new StoreFault("NOT_FOUND", { what: `step ${stepId}` });
  return step;
}

export async function readIssueFile(tx: Transaction, fileId: number): Promise<StoredFile> {
  return queryOne(
    tx,
    `issue file ${fileId}`,
    `select file_name as "fileName", media_type as "mediaType", content from app.issue_files
     where district_id = app.district_id() and id = $1`,
    [fileId],
  );
}
