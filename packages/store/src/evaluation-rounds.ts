/** Rounds of school evaluation, the schools in them, and where each of them stands. */

import type { SchoolYear } from "@xingfu/domain/base";
import type { Calendar, EvaluationState, Mover, Scheme } from "@xingfu/domain/scheme";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import type { By } from "./page.ts";
import type { Transaction } from "./store.ts";

/** One yearly run of a scheme for many schools. Counts are of the evaluations the actor may see. */
export interface Round {
  readonly id: number;
  readonly name: string;
  readonly year: SchoolYear;
  readonly scheme: string;
  readonly schemeVersion: string;
  readonly schemeTitle: string;
  readonly schemeHash: string;
  readonly calendar: Calendar;
  readonly ratersPerSchool: number;
  readonly note: string;
  readonly schools: number;
  readonly states: Readonly<Record<string, number>>;
  readonly isSample: boolean;
  readonly revision: number;
  readonly created: By;
}

export interface RoundInput {
  readonly name: string;
  readonly calendar: Calendar;
  readonly ratersPerSchool: number;
  readonly note: string;
}

/** One school in a round, with whom the actor acts for there. */
export interface EvaluationHead {
  readonly id: number;
  readonly roundId: number;
  readonly round: string;
  readonly year: SchoolYear;
  readonly schoolId: number;
  readonly schoolCode: string;
  readonly school: string;
  readonly type: string;
  readonly groupName: string | null;
  readonly state: EvaluationState;
  /** when it came into this state; null = since it was planned */
  readonly since: string | null;
  readonly calendar: Calendar;
  readonly appealUntil: string | null;
  readonly revision: number;
  readonly isSample: boolean;
  readonly sides: readonly Mover[];
}

interface RoundRow extends Omit<Round, "calendar" | "schools" | "states" | "created"> {
  readonly selfEvaluationUntil: string;
  readonly reviewUntil: string;
  readonly onSiteUntil: string;
  readonly appealDays: number | null;
  readonly createdBy: number;
  readonly createdName: string | null;
  readonly createdAt: string;
}

const roundColumns = `r.id, r.name, r.school_year as year, r.scheme_code as scheme, r.scheme_version as "schemeVersion",
  r.scheme_title as "schemeTitle", r.scheme_hash as "schemeHash", r.self_until as "selfEvaluationUntil", r.review_until as "reviewUntil",
  r.on_site_until as "onSiteUntil", r.appeal_days as "appealDays", r.raters_per_school as "ratersPerSchool", r.note,
  r.is_sample as "isSample", r.revision, r.created_by as "createdBy", r.created_name as "createdName", r.created_at as "createdAt"`;

async function asRounds(tx: Transaction, rows: readonly RoundRow[]): Promise<Round[]> {
  const counts = await query<{ readonly roundId: number; readonly state: string; readonly schools: number }>(
    tx,
    `select round_id as "roundId", state, count(*) as schools from app.evaluations
     where district_id = app.district_id() and round_id = any ($1) group by round_id, state`,
    [rows.map((row) => row.id)],
  );
  return rows.map((row): Round => {
    const own = counts.filter((count) => count.roundId === row.id);
    const { selfEvaluationUntil, reviewUntil, onSiteUntil, appealDays, createdBy, createdName, createdAt, ...rest } =
      row;
    return {
      ...rest,
      calendar: { selfEvaluationUntil, reviewUntil, onSiteUntil, appealDays },
      schools: own.reduce((sum, { schools }) => sum + schools, 0),
      states: Object.fromEntries(own.map(({ state, schools }) => [state, schools])),
      created: { accountId: createdBy, name: createdName, at: createdAt },
    };
  });
}

/** Latest first. */
export async function listRounds(tx: Transaction): Promise<readonly Round[]> {
  const rows = await query<RoundRow>(
    tx,
    `select ${roundColumns} from app.evaluation_rounds r where r.district_id = app.district_id() order by r.school_year desc, r.id desc`,
  );
  return asRounds(tx, rows);
}

export async function readRound(tx: Transaction, roundId: number): Promise<Round> {
  const row = await queryOne<RoundRow>(
    tx,
    `round ${roundId}`,
    `select ${roundColumns} from app.evaluation_rounds r where r.district_id = app.district_id() and r.id = $1`,
    [roundId],
  );
  const [round] = await asRounds(tx, [row]);
  if (round === undefined) throw new StoreFault("NOT_FOUND", { what: `round ${roundId}` });
  return round;
}

/** The scheme a round was planned with; it never changes, so it may be kept for as long as one likes. */
export async function readRoundScheme(tx: Transaction, roundId: number): Promise<Scheme> {
  const { scheme } = await queryOne<{ readonly scheme: Scheme }>(
    tx,
    `round ${roundId}`,
    `select scheme from app.evaluation_rounds where district_id = app.district_id() and id = $1`,
    [roundId],
  );
  return scheme;
}

/** A school as it stood on the first day of a year. */
export interface PlannedSchool {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly groupName: string | null;
  /** name of a round of the year it is already in */
  readonly alreadyIn: string | null;
}

/** Schools that exist in a year, by code; campuses belong to their school. */
export async function listSchoolsToPlan(tx: Transaction, year: SchoolYear): Promise<readonly PlannedSchool[]> {
  const schools = await query<Omit<PlannedSchool, "alreadyIn">>(
    tx,
    `select u.id, u.code, v.name, coalesce(v.type, '') as type,
       (select g.name from app.org_versions g where g.district_id = v.district_id and g.unit_id = v.group_id order by g.from_on desc limit 1)
         as "groupName"
     from app.org_units u
       join lateral (select x.* from app.org_versions x where x.district_id = u.district_id and x.unit_id = u.id
         order by x.from_on <= make_date($1, 9, 1) desc, case when x.from_on <= make_date($1, 9, 1) then x.from_on end desc, x.from_on
         limit 1) v on true
     where u.district_id = app.district_id() and u.kind = 'school' and u.opened_on < make_date($1 + 1, 9, 1)
       and (u.closed_on is null or u.closed_on > make_date($1, 9, 1)) order by u.code`,
    [year],
  );
  const taken = await query<{ readonly schoolId: number; readonly round: string }>(
    tx,
    `select e.school_id as "schoolId", r.name as round from app.evaluations e
       join app.evaluation_rounds r on r.district_id = e.district_id and r.id = e.round_id
     where e.district_id = app.district_id() and e.school_year = $1`,
    [year],
  );
  const rounds = new Map(taken.map(({ schoolId, round }) => [schoolId, round]));
  return schools.map((school) => ({ ...school, alreadyIn: rounds.get(school.id) ?? null }));
}

/**
 * Plans a round: keeps the scheme as it stands and makes an evaluation for every school.
 *
 * @throws SCHOOL_UNKNOWN; ALREADY_EXISTS for a round of the same name and year
 */
export async function createRound(
  tx: Transaction,
  year: SchoolYear,
  scheme: { readonly scheme: Scheme; readonly hash: string },
  input: RoundInput,
  schoolCodes: readonly string[],
): Promise<Round> {
  const { calendar } = input;
  const { id } = await queryOne<{ readonly id: number }>(
    tx,
    "round",
    `insert into app.evaluation_rounds (district_id, name, school_year, scheme_code, scheme_version, scheme_title, scheme_hash, scheme,
       self_until, review_until, on_site_until, appeal_days, raters_per_school, note)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id`,
    [
      input.name,
      year,
      scheme.scheme.id,
      scheme.scheme.version,
      scheme.scheme.title,
      scheme.hash,
      JSON.stringify(scheme.scheme),
      calendar.selfEvaluationUntil,
      calendar.reviewUntil,
      calendar.onSiteUntil,
      calendar.appealDays,
      input.ratersPerSchool,
      input.note,
    ],
  );
  await note(tx, "round.plan", `round ${id}`, {
    name: input.name,
    year,
    scheme: scheme.scheme.id,
    version: scheme.scheme.version,
    hash: scheme.hash,
    schools: schoolCodes.length,
  });
  await placeEvaluations(tx, id, year, schoolCodes);
  return readRound(tx, id);
}

/** @throws SCHOOL_UNKNOWN; ALREADY_EXISTS for a school that is in the round */
export async function addRoundSchools(
  tx: Transaction,
  roundId: number,
  schoolCodes: readonly string[],
): Promise<Round> {
  const { year } = await readRound(tx, roundId);
  await placeEvaluations(tx, roundId, year, schoolCodes);
  await note(tx, "round.addSchools", `round ${roundId}`, { schoolCodes });
  return readRound(tx, roundId);
}

async function placeEvaluations(
  tx: Transaction,
  roundId: number,
  year: SchoolYear,
  schoolCodes: readonly string[],
): Promise<void> {
  const byCode = new Map((await listSchoolsToPlan(tx, year)).map((school) => [school.code, school]));
  const wanted = [...new Set(schoolCodes)];
  const unknown = wanted.filter((code) => !byCode.has(code));
  if (unknown.length > 0) throw new StoreFault("SCHOOL_UNKNOWN", { schoolCodes: unknown });
  await query(
    tx,
    `insert into app.evaluations (district_id, round_id, school_id, school_year, school_code, school_name, school_type, group_name)
     select app.district_id(), $1, x.id, $2, x.code, x.name, x.type, x."groupName"
     from json_to_recordset($3) x(id bigint, code text, name text, type text, "groupName" text)`,
    [roundId, year, JSON.stringify(wanted.map((code) => byCode.get(code)))],
  );
}

/** Only while it is planned: a school that has begun is not taken out. */
export async function removeRoundSchool(tx: Transaction, roundId: number, schoolCode: string): Promise<void> {
  const { state } = await queryOne<{ readonly state: string }>(
    tx,
    `school ${schoolCode} of round ${roundId}`,
    `select state from app.evaluations where district_id = app.district_id() and round_id = $1 and school_code = $2`,
    [roundId, schoolCode],
  );
  if (state !== "planned") throw new StoreFault("EVALUATION_CLOSED", { state });
  await query(
    tx,
    `delete from app.evaluations where district_id = app.district_id() and round_id = $1 and school_code = $2`,
    [roundId, schoolCode],
  );
  await note(tx, "round.removeSchool", `round ${roundId}`, { schoolCode });
}

/** @throws ENTRY_CHANGED when somebody changed the round since `revision` */
export async function updateRound(
  tx: Transaction,
  roundId: number,
  input: RoundInput,
  revision: number,
): Promise<Round> {
  const { calendar } = input;
  const changed = await query(
    tx,
    `update app.evaluation_rounds set name = $3, self_until = $4, review_until = $5, on_site_until = $6, appeal_days = $7,
       raters_per_school = $8, note = $9, revision = revision + 1
     where district_id = app.district_id() and id = $1 and revision = $2 returning id`,
    [
      roundId,
      revision,
      input.name,
      calendar.selfEvaluationUntil,
      calendar.reviewUntil,
      calendar.onSiteUntil,
      calendar.appealDays,
      input.ratersPerSchool,
      input.note,
    ],
  );
  const round = await readRound(tx, roundId);
  if (changed.length === 0) throw new StoreFault("ENTRY_CHANGED", { current: round, sent: { ...input, revision } });
  // deadlines stand on every evaluation's page
  await query(
    tx,
    `select app.touch_evaluations(array(select id from app.evaluations where district_id = app.district_id() and round_id = $1))`,
    [roundId],
  );
  await note(tx, "round.update", `round ${roundId}`, { ...input });
  return round;
}

interface HeadRow extends Omit<EvaluationHead, "calendar" | "sides"> {
  readonly selfEvaluationUntil: string;
  readonly reviewUntil: string;
  readonly onSiteUntil: string;
  readonly appealDays: number | null;
  readonly isSchool: boolean;
  readonly isCommission: boolean;
  readonly isInspector: boolean;
}

const headColumns = `e.id, e.round_id as "roundId", r.name as round, e.school_year as year, e.school_id as "schoolId",
  e.school_code as "schoolCode", e.school_name as school, e.school_type as type, e.group_name as "groupName", e.state,
  e.state_since as since, r.self_until as "selfEvaluationUntil", r.review_until as "reviewUntil", r.on_site_until as "onSiteUntil",
  r.appeal_days as "appealDays", e.appeal_until as "appealUntil", e.revision, r.is_sample as "isSample",
  e.school_id = any ((select app.fill_units())::bigint[]) as "isSchool", (select app.may('evaluation.manage')) as "isCommission",
  exists (select from app.evaluation_assignments a where a.district_id = e.district_id and a.evaluation_id = e.id
    and a.account_id = (select app.account_id()) and a.withdrawn_at is null) as "isInspector"`;
const headTables = `app.evaluations e join app.evaluation_rounds r on r.district_id = e.district_id and r.id = e.round_id`;

function asHead({
  selfEvaluationUntil,
  reviewUntil,
  onSiteUntil,
  appealDays,
  isSchool,
  isCommission,
  isInspector,
  ...row
}: HeadRow): EvaluationHead {
  const sides: Mover[] = [];
  if (isSchool) sides.push("school");
  if (isCommission) sides.push("commission");
  if (isInspector) sides.push("inspector");
  return { ...row, calendar: { selfEvaluationUntil, reviewUntil, onSiteUntil, appealDays }, sides };
}

export async function readEvaluation(tx: Transaction, evaluationId: number): Promise<EvaluationHead> {
  const row = await queryOne<HeadRow>(
    tx,
    `evaluation ${evaluationId}`,
    `select ${headColumns} from ${headTables} where e.district_id = app.district_id() and e.id = $1`,
    [evaluationId],
  );
  return asHead(row);
}

/** Evaluations of a round the actor may see, by code of the school. */
export async function listEvaluations(tx: Transaction, roundId: number): Promise<readonly EvaluationHead[]> {
  const rows = await query<HeadRow>(
    tx,
    `select ${headColumns} from ${headTables} where e.district_id = app.district_id() and e.round_id = $1 order by e.school_code`,
    [roundId],
  );
  return rows.map(asHead);
}

/** Evaluations the actor fills in or is assigned to, latest year first. */
export async function listOwnEvaluations(tx: Transaction): Promise<readonly EvaluationHead[]> {
  const rows = await query<HeadRow>(
    tx,
    `select ${headColumns} from ${headTables}
     where e.district_id = app.district_id() and (e.school_id = any ((select app.fill_units())::bigint[])
       or exists (select from app.evaluation_assignments a where a.district_id = e.district_id and a.evaluation_id = e.id
         and a.account_id = (select app.account_id()) and a.withdrawn_at is null))
     order by e.school_year desc, e.round_id desc, e.school_code`,
  );
  return rows.map(asHead);
}

/** A school's evaluations in the years before, latest first. */
export async function listEarlierEvaluations(
  tx: Transaction,
  { schoolId, year }: Pick<EvaluationHead, "schoolId" | "year">,
): Promise<readonly EvaluationHead[]> {
  const rows = await query<HeadRow>(
    tx,
    `select ${headColumns} from ${headTables}
     where e.district_id = app.district_id() and e.school_id = $1 and e.school_year < $2 order by e.school_year desc, e.id desc`,
    [schoolId, year],
  );
  return rows.map(asHead);
}

/** A step of an evaluation's way. An inspector's name is not kept here. */
export interface MoveRecord {
  readonly from: EvaluationState;
  readonly to: EvaluationState;
  readonly side: Mover;
  readonly reason: string;
  readonly name: string | null;
  readonly at: string;
}

/** In the order they were made. */
export async function listMoves(tx: Transaction, evaluationId: number): Promise<readonly MoveRecord[]> {
  return query(
    tx,
    `select from_state as "from", to_state as "to", side, reason, by_name as name, moved_at as at from app.evaluation_moves
     where district_id = app.district_id() and evaluation_id = $1 order by id`,
    [evaluationId],
  );
}

/**
 * Moves evaluations for one side; the database holds who may. Whether it is the time for it was checked before.
 *
 * @param appealUntil  last day for an appeal when `to` is feedback
 * @returns ids of those that were still in the state they were seen in
 */
export async function moveEvaluations(
  tx: Transaction,
  heads: readonly Pick<EvaluationHead, "id" | "state" | "schoolCode">[],
  move: {
    readonly to: EvaluationState;
    readonly side: Mover;
    readonly reason: string;
    readonly appealUntil: string | null;
  },
): Promise<readonly number[]> {
  const { moved } = await queryOne<{ readonly moved: readonly number[] }>(
    tx,
    "moves",
    `select app.move_evaluations($1, $2, $3, $4, $5, $6) as moved`,
    [heads.map((head) => head.id), heads.map((head) => head.state), move.to, move.side, move.reason, move.appealUntil],
  );
  const done = heads.filter((head) => moved.includes(head.id));
  if (done.length > 0)
    await note(tx, "evaluation.move", done.length === 1 ? `school ${done[0]?.schoolCode}` : `${done.length} schools`, {
      to: move.to,
      side: move.side,
      reason: move.reason,
      evaluations: done.map(({ id, state, schoolCode }) => ({ id, schoolCode, from: state })),
    });
  return moved;
}

/** Says that what a result is made from has changed. */
export async function touchEvaluations(tx: Transaction, evaluationIds: readonly number[]): Promise<void> {
  await query(tx, `select app.touch_evaluations($1)`, [evaluationIds]);
}

/** What a round's schools have done so far. */
export interface Progress {
  /** leaves judged and pieces of evidence put in, by the school */
  readonly judged: number;
  readonly evidenced: number;
  /** leaf and party pairs with a rating that counts; what the actor may see of them */
  readonly reviewed: number;
  readonly setApart: number;
  readonly openIssues: number;
  readonly overdueIssues: number;
  readonly band: string | null;
}

/** Progress by evaluation. */
export async function readProgress(tx: Transaction, roundId: number): Promise<ReadonlyMap<number, Progress>> {
  const progress = new Map<number, Progress>();
  const none: Progress = {
    judged: 0,
    evidenced: 0,
    reviewed: 0,
    setApart: 0,
    openIssues: 0,
    overdueIssues: 0,
    band: null,
  };
  const add = (id: number, more: Partial<Progress>): void => {
    progress.set(id, { ...(progress.get(id) ?? none), ...more });
  };
  for (const { id, ...more } of await query<{ id: number; judged: number; evidenced: number }>(
    tx,
    `select evaluation_id as id, judged, evidenced from app.self_progress($1)`,
    [roundId],
  ))
    add(id, more);
  const inRound = `evaluation_id = any (array(select e.id from app.evaluations e where e.district_id = app.district_id() and e.round_id = $1))`;
  for (const { id, ...more } of await query<{ id: number; reviewed: number; setApart: number }>(
    tx,
    `select evaluation_id as id, count(distinct (place, party)) filter (where judgement is not null and set_apart is null) as reviewed,
       count(*) filter (where set_apart is not null) as "setApart"
     from app.review_entries where district_id = app.district_id() and ${inRound} group by evaluation_id`,
    [roundId],
  ))
    add(id, more);
  for (const { id, ...more } of await query<{ id: number; openIssues: number; overdueIssues: number }>(
    tx,
    `select evaluation_id as id, count(*) as "openIssues", count(*) filter (where due_on < app.today()) as "overdueIssues"
     from app.evaluation_issues where district_id = app.district_id() and ${inRound} and state in ('recorded', 'rectifying', 'rectified')
     group by evaluation_id`,
    [roundId],
  ))
    add(id, more);
  for (const { id, band } of await query<{ id: number; band: string | null }>(
    tx,
    `select distinct on (evaluation_id) evaluation_id as id, band from app.evaluation_results
     where district_id = app.district_id() and ${inRound} order by evaluation_id, id desc`,
    [roundId],
  ))
    add(id, { band });
  return progress;
}

/** One school of the sample as it is to stand. Times are ISO. */
export interface SampleSchool {
  readonly code: string;
  readonly state: EvaluationState;
  readonly since: string | null;
  readonly appealUntil: string | null;
  readonly moves: readonly MoveRecord[];
  readonly self: readonly {
    readonly place: string;
    readonly judgement: object | null;
    readonly words: string;
    readonly name: string;
    readonly at: string;
  }[];
  readonly surveys: readonly {
    readonly place: string;
    readonly party: string;
    readonly satisfied: number;
    readonly answers: number;
    readonly source: string;
  }[];
  readonly figures: readonly {
    readonly key: string;
    readonly value: string;
    readonly source: string;
    readonly asOf: string;
  }[];
  readonly feedback: { readonly strengths: string; readonly concerns: string; readonly nextSteps: string } | null;
  readonly vetoes: readonly { readonly veto: string; readonly occurred: boolean }[];
}

/**
 * Puts a planned round of sample data into the states it is to have, entries of inspectors included; refused in a
 * district that is not one of sample data.
 */
export async function loadSampleRound(
  tx: Transaction,
  roundId: number,
  schools: readonly SampleSchool[],
  entries: readonly {
    readonly id: string;
    readonly code: string;
    readonly account: number;
    readonly leaf: string;
    readonly level: string;
    readonly at: string;
  }[],
): Promise<void> {
  await query(tx, `select app.load_sample_round($1, $2, $3)`, [
    roundId,
    JSON.stringify(schools),
    JSON.stringify(entries),
  ]);
  await note(tx, "round.loadSample", `round ${roundId}`, { schools: schools.length, entries: entries.length });
}
