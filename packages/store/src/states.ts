/** Where each school's return stands: draft, submitted, returned, verified, locked; with comments and deadlines. */

import { returnMoves } from "@xingfu/domain/access";
import type { ReturnState } from "@xingfu/domain/access";
import { Fault } from "@xingfu/domain/base";
import type { SchoolYear, Section } from "@xingfu/domain/base";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import type { By } from "./page.ts";
import { lockYear } from "./returns.ts";
import type { Transaction } from "./store.ts";

/** Where one school's return stands. */
export interface SchoolReturn {
  readonly schoolCode: string;
  readonly school: string;
  readonly type: string;
  readonly groupName: string | null;
  readonly state: ReturnState;
  readonly moved: By | null;
  readonly isLate: boolean;
  readonly openComments: number;
  readonly hasRows: boolean;
}

export interface CellComment {
  readonly id: number;
  readonly section: Section | null;
  readonly rowKey: string | null;
  readonly column: string | null;
  readonly text: string;
  readonly by: By;
  readonly isResolved: boolean;
}

export interface NewComment {
  readonly section: Section | null;
  readonly rowKey: string | null;
  readonly column: string | null;
  readonly text: string;
}

export interface ReturnMove {
  readonly from: ReturnState;
  readonly to: ReturnState;
  readonly note: string;
  readonly by: By;
}

interface StateRow extends Omit<SchoolReturn, "moved"> {
  readonly movedBy: number | null;
  readonly movedName: string | null;
  readonly movedAt: string | null;
}

/** Schools that exist in the year or have rows in it; a campus is part of its school. $1 year, $2 codes or null */
const statesSql = `
  select u.code as "schoolCode", v.name as school, coalesce(v.type, '') as type, g.name as "groupName", coalesce(r.state, 'draft') as state,
    r.moved_by as "movedBy", r.moved_name as "movedName", r.moved_at as "movedAt",
    coalesce(d.deadline < now() and coalesce(r.state, 'draft') in ('draft', 'returned'), false) as "isLate",
    (select count(*) from app.return_comments c where c.district_id = u.district_id and c.school_year = $1 and c.school_id = u.id
      and c.resolved_at is null) as "openComments",
    p.school_id is not null as "hasRows"
  from app.org_units u
    join lateral (select * from app.org_versions x where x.district_id = u.district_id and x.unit_id = u.id
      order by x.from_on <= make_date($1, 9, 1) desc, x.from_on desc limit 1) v on true
    left join lateral (select x.name from app.org_versions x where x.district_id = u.district_id and x.unit_id = v.group_id
      order by x.from_on <= make_date($1, 9, 1) desc, x.from_on desc limit 1) g on true
    left join (select distinct school_id from app.current_sections where district_id = app.district_id() and school_year = $1
      and batch_id is not null) p on p.school_id = u.id
    left join app.school_returns r on r.district_id = u.district_id and r.school_year = $1 and r.school_id = u.id
    left join app.return_deadlines d on d.district_id = u.district_id and d.school_year = $1
  where u.district_id = app.district_id() and u.kind = 'school' and ($2::text[] is null or u.code = any ($2))
    and (p.school_id is not null or u.opened_on < make_date($1 + 1, 9, 1) and (u.closed_on is null or u.closed_on > make_date($1, 9, 1)))
    and ((select app.may('school.read')) or u.id = any ((select app.read_units())::bigint[]))
  order by u.code`;

function asSchoolReturn({ movedBy, movedName, movedAt, ...row }: StateRow): SchoolReturn {
  return { ...row, moved: movedAt === null ? null : { accountId: movedBy, name: movedName, at: movedAt } };
}

/** Every school of the year within the actor's reach, by code. */
export async function listStates(
  tx: Transaction,
  year: SchoolYear,
): Promise<{ readonly deadline: string | null; readonly schools: readonly SchoolReturn[] }> {
  const rows = await query<StateRow>(tx, statesSql, [year, null]);
  const [row] = await query<{ deadline: string | null }>(
    tx, `select deadline from app.return_deadlines where district_id = app.district_id() and school_year = $1`, [year],
  );
  return { deadline: row?.deadline ?? null, schools: rows.map(asSchoolReturn) };
}

/** All or none; TRANSITION_REFUSED (a domain Fault) for a move that does not exist from the state a school is in. */
export async function moveReturns(
  tx: Transaction,
  year: SchoolYear,
  move: { readonly schoolCodes: readonly string[]; readonly to: ReturnState; readonly note: string; readonly comments?: readonly NewComment[] },
): Promise<readonly SchoolReturn[]> {
  await lockYear(tx, year);
  const codes = [...new Set(move.schoolCodes)];
  const schools = await query<{ id: number; code: string; state: ReturnState }>(
    tx,
    `select u.id, u.code, coalesce(r.state, 'draft') as state from app.org_units u
       left join app.school_returns r on r.district_id = u.district_id and r.school_year = $1 and r.school_id = u.id
     where u.district_id = app.district_id() and u.kind = 'school' and u.code = any ($2) order by u.code`,
    [year, codes],
  );
  const missing = codes.filter((code) => !schools.some((school) => school.code === code));
  if (missing.length > 0) throw new StoreFault("NOT_FOUND", { what: `school ${missing.join("、")}` });
  for (const { state } of schools) {
    if (!returnMoves.some(({ from, to }) => from === state && to === move.to)) {
      throw new Fault("TRANSITION_REFUSED", { from: state, to: move.to });
    }
  }
  const ids = schools.map((school) => school.id);
  const moved = await query(
    tx,
    `insert into app.school_returns as r (district_id, school_year, school_id, state)
     select app.district_id(), $1, s, $3 from unnest($2::bigint[]) s
     on conflict (district_id, school_year, school_id) do update
       set state = excluded.state, moved_by = app.account_id(), moved_name = app.account_name(), moved_at = now()
     returning school_id`,
    [year, ids, move.to],
  );
  if (moved.length !== schools.length) throw new StoreFault("FORBIDDEN", {});
  await query(
    tx,
    `insert into app.return_moves (district_id, school_year, school_id, from_state, to_state, note)
     select app.district_id(), $1, r.id, r.state, $3, $4 from json_to_recordset($2) as r (id bigint, state text)`,
    [year, JSON.stringify(schools), move.to, move.note],
  );
  const comments = ids.flatMap((school_id) => (move.comments ?? []).map((comment) => ({ school_id, ...comment })));
  if (comments.length > 0) {
    await query(
      tx,
      `insert into app.return_comments (district_id, school_year, school_id, section, row_key, column_key, body)
       select app.district_id(), $1, r.school_id, r.section, r."rowKey", r."column", r.text
       from json_to_recordset($2) as r (school_id bigint, section text, "rowKey" text, "column" text, text text)`,
      [year, JSON.stringify(comments)],
    );
  }
  await note(tx, "return.move", schools.length === 1 ? `school ${schools[0]?.code ?? ""}` : `${schools.length} schools`, {
    year, to: move.to, note: move.note, comments: comments.length, ...(schools.length === 1 ? { from: schools[0]?.state } : { schoolCodes: codes }),
  });
  return (await query<StateRow>(tx, statesSql, [year, codes])).map(asSchoolReturn);
}

export async function readSchoolReturn(
  tx: Transaction,
  year: SchoolYear,
  schoolCode: string,
): Promise<{ readonly school: SchoolReturn; readonly comments: readonly CellComment[]; readonly moves: readonly ReturnMove[] }> {
  const school = asSchoolReturn(await queryOne<StateRow>(tx, `school ${schoolCode}`, statesSql, [year, [schoolCode]]));
  const of = `from app.org_units u where u.district_id = app.district_id() and u.kind = 'school' and u.code = $2`;
  const comments = await query<Omit<CellComment, "by"> & { accountId: number; name: string | null; at: string }>(
    tx,
    `select c.id, c.section, c.row_key as "rowKey", c.column_key as "column", c.body as text, c.resolved_at is not null as "isResolved",
       c.written_by as "accountId", c.written_name as name, c.written_at as at
     from app.return_comments c where c.district_id = app.district_id() and c.school_year = $1 and c.school_id = (select u.id ${of}) order by c.id`,
    [year, schoolCode],
  );
  const moves = await query<Omit<ReturnMove, "by"> & { accountId: number; name: string | null; at: string }>(
    tx,
    `select m.from_state as "from", m.to_state as "to", m.note, m.moved_by as "accountId", m.moved_name as name, m.moved_at as at
     from app.return_moves m where m.district_id = app.district_id() and m.school_year = $1 and m.school_id = (select u.id ${of}) order by m.id`,
    [year, schoolCode],
  );
  return {
    school,
    comments: comments.map(({ accountId, name, at, ...comment }) => ({ ...comment, by: { accountId, name, at } })),
    moves: moves.map(({ accountId, name, at, ...move }) => ({ ...move, by: { accountId, name, at } })),
  };
}

export async function resolveComment(tx: Transaction, commentId: number): Promise<void> {
  const [resolved] = await query<{ code: string }>(
    tx,
    `update app.return_comments c set resolved_by = app.account_id(), resolved_name = app.account_name(), resolved_at = now()
     from app.org_units u
     where c.district_id = app.district_id() and c.id = $1 and c.resolved_at is null and u.district_id = c.district_id and u.id = c.school_id
     returning u.code`,
    [commentId],
  );
  if (resolved === undefined) throw new StoreFault("NOT_FOUND", { what: `comment ${commentId}` });
  await note(tx, "return.resolveComment", `school ${resolved.code}`, { commentId });
}

/** Null clears it. */
export async function setDeadline(tx: Transaction, year: SchoolYear, deadline: string | null): Promise<void> {
  await query(
    tx,
    `insert into app.return_deadlines (district_id, school_year, deadline) values (app.district_id(), $1, $2)
     on conflict (district_id, school_year) do update
       set deadline = excluded.deadline, set_by = app.account_id(), set_name = app.account_name(), set_at = now()`,
    [year, deadline],
  );
  await note(tx, "return.setDeadline", `year ${year}`, { deadline });
}
