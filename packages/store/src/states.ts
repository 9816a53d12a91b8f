/** Where each school's return stands: draft, submitted, returned, verified, locked; with comments and deadlines. */

import { openStates, returnMoves } from "@xingfu/domain/access";
import type { ReturnState } from "@xingfu/domain/access";
import { Fault } from "@xingfu/domain/base";
import type { SchoolYear, Section } from "@xingfu/domain/base";
import { note } from "./audit.ts";
import { query } from "./connection.ts";
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

/**
 * Schools that exist in the year or have rows in it, within the actor's reach, by code; a campus is part of its
 * school. Plain reads that are joined here: a plan for all of it at once goes astray on tables just filled.
 */
async function readStates(
  tx: Transaction,
  year: SchoolYear,
  schoolCodes: readonly string[] | null,
): Promise<SchoolReturn[]> {
  const units = await query<{ id: number; code: string; exists: boolean }>(
    tx,
    `select id, code, opened_on < make_date($1 + 1, 9, 1) and (closed_on is null or closed_on > make_date($1, 9, 1)) as exists from app.org_units
     where district_id = app.district_id() and kind = 'school' and ($2::text[] is null or code = any ($2))
       and ((select app.may('school.read')) or id = any ((select app.read_units())::bigint[]))
     order by code`,
    [year, schoolCodes],
  );
  // a later version, or one that began by the first day of the year, covers an earlier one
  const versions = new Map<
    number,
    { readonly name: string; readonly type: string | null; readonly groupId: number | null }
  >();
  for (const version of await query<{ unitId: number; name: string; type: string | null; groupId: number | null }>(
    tx,
    `select unit_id as "unitId", name, type, group_id as "groupId" from app.org_versions where district_id = app.district_id()
     order by from_on <= make_date($1, 9, 1), from_on`,
    [year],
  ))
    versions.set(version.unitId, version);
  const reported = new Set(
    (
      await query<{ id: number }>(
        tx,
        `select distinct school_id as id from app.current_sections where district_id = app.district_id() and school_year = $1 and batch_id is not null`,
        [year],
      )
    ).map((row) => row.id),
  );
  const moved = new Map(
    (
      await query<{ id: number; state: ReturnState; accountId: number; name: string | null; at: string }>(
        tx,
        `select school_id as id, state, moved_by as "accountId", moved_name as name, moved_at as at from app.school_returns
     where district_id = app.district_id() and school_year = $1`,
        [year],
      )
    ).map((row) => [row.id, row]),
  );
  const comments = new Map(
    (
      await query<{ id: number; open: number }>(
        tx,
        `select school_id as id, count(*) as open from app.return_comments
     where district_id = app.district_id() and school_year = $1 and resolved_at is null group by school_id`,
        [year],
      )
    ).map((row) => [row.id, row.open]),
  );
  const { isOver } = await readDeadline(tx, year);
  return units
    .filter((unit) => unit.exists || reported.has(unit.id))
    .map(({ id, code }): SchoolReturn => {
      const version = versions.get(id);
      const move = moved.get(id);
      const state = move?.state ?? "draft";
      return {
        schoolCode: code,
        school: version?.name ?? code,
        type: version?.type ?? "",
        groupName:
          version === undefined || version.groupId === null ? null : (versions.get(version.groupId)?.name ?? null),
        state,
        moved: move === undefined ? null : { accountId: move.accountId, name: move.name, at: move.at },
        isLate: isOver && openStates.includes(state),
        openComments: comments.get(id) ?? 0,
        hasRows: reported.has(id),
      };
    });
}

async function readDeadline(
  tx: Transaction,
  year: SchoolYear,
): Promise<{ readonly deadline: string | null; readonly isOver: boolean }> {
  const [row] = await query<{ deadline: string | null; isOver: boolean | null }>(
    tx,
    `select deadline, deadline < now() as "isOver" from app.return_deadlines where district_id = app.district_id() and school_year = $1`,
    [year],
  );
  return { deadline: row?.deadline ?? null, isOver: row?.isOver ?? false };
}

/** Every school of the year within the actor's reach, by code. */
export async function listStates(
  tx: Transaction,
  year: SchoolYear,
): Promise<{ readonly deadline: string | null; readonly schools: readonly SchoolReturn[] }> {
  const schools = await readStates(tx, year, null);
  return { deadline: (await readDeadline(tx, year)).deadline, schools };
}

/** All or none; TRANSITION_REFUSED (a domain Fault) for a move that does not exist from the state a school is in. */
export async function moveReturns(
  tx: Transaction,
  year: SchoolYear,
  move: {
    readonly schoolCodes: readonly string[];
    readonly to: ReturnState;
    readonly note: string;
    readonly comments?: readonly NewComment[];
  },
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
  await note(
    tx,
    "return.move",
    schools.length === 1 ? `school ${schools[0]?.code ?? ""}` : `${schools.length} schools`,
    {
      year,
      to: move.to,
      note: move.note,
      comments: comments.length,
      ...(schools.length === 1 ? { from: schools[0]?.state } : { schoolCodes: codes }),
    },
  );
  return readStates(tx, year, codes);
}

export async function readSchoolReturn(
  tx: Transaction,
  year: SchoolYear,
  schoolCode: string,
): Promise<{
  readonly school: SchoolReturn;
  readonly comments: readonly CellComment[];
  readonly moves: readonly ReturnMove[];
}> {
  const [school] = await readStates(tx, year, [schoolCode]);
  if (school === undefined) throw new StoreFault("NOT_FOUND", { what: `school ${schoolCode}` });
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
