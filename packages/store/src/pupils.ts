/** The roll: pupils and where they were enrolled in each year. Every read of names is written to the audit. */

import type { PupilRow, SchoolYear, Stage } from "@xingfu/domain/base";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { note } from "./audit.ts";
import { clientOf, query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import { pageWindow } from "./page.ts";
import type { Page, Paging } from "./page.ts";
import { lockYear } from "./returns.ts";
import type { Question, Transaction } from "./store.ts";

/** Pupils of one class, without names. */
export interface ClassCount {
  readonly schoolCode: string;
  readonly stage: Stage;
  readonly grade: number;
  readonly className: string;
  readonly pupils: number;
  readonly migrantPupils: number;
}

/**
 * Replaces the rolls of the schools the rows name, whole or not at all. SCHOOL_UNKNOWN, OUT_OF_REACH or
 * PUPIL_ELSEWHERE say which rows stand in the way.
 *
 * @param load.rows  chunks of rows in any order, read once; a few thousand rows a chunk
 */
export async function loadPupils(
  tx: Transaction,
  load: {
    readonly year: SchoolYear;
    readonly fileName: string | null;
    readonly isSample?: boolean;
    readonly rows: AsyncIterable<readonly PupilRow[]> | Iterable<readonly PupilRow[]>;
  },
): Promise<{ readonly batchId: number; readonly pupils: number; readonly schools: number }> {
  await lockYear(tx, load.year);
  const schools = await query<{ id: number; code: string; mayFill: boolean }>(
    tx,
    `select id, code, app.may('return.fill') or id = any (app.fill_units()) as "mayFill" from app.org_units
     where district_id = app.district_id() and kind in ('school', 'campus')`,
  );
  const known = new Map(schools.map((school) => [school.code, school]));
  // Row-level security allows no COPY into a guarded table; the rows go through one of the transaction's own.
  await query(
    tx,
    `create temporary table roll_rows (pupil_code text collate "C" not null, name text not null, sex text, birth_date date,
       school_id bigint not null, stage text not null, grade smallint not null, class_name text not null, is_migrant boolean) on commit drop`,
  );
  await query(tx, `grant select on pg_temp.roll_rows to xingfu_owner`);
  const used = new Set<number>();
  const unknown = new Set<string>();
  const closed = new Set<string>();
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const chunk of load.rows) {
      let text = "";
      for (const row of chunk) {
        const school = known.get(row.schoolCode);
        if (school === undefined) unknown.add(row.schoolCode);
        else if (!school.mayFill) closed.add(row.schoolCode);
        else {
          used.add(school.id);
          text += copyLine(row, school.id);
        }
      }
      count += chunk.length;
      if (text !== "") yield text;
    }
  }
  const into = clientOf(tx).query(copyFrom("copy pg_temp.roll_rows from stdin"));
  await pipeline(Readable.from(lines(), { objectMode: true }), into);
  const [actor] = await query<{ isWide: boolean }>(tx, `select app.may('return.fill') as "isWide"`);
  if (unknown.size > 0 && actor?.isWide === true) throw new StoreFault("SCHOOL_UNKNOWN", { schoolCodes: [...unknown] });
  if (unknown.size + closed.size > 0)
    throw new StoreFault("OUT_OF_REACH", { schoolCodes: [...closed, ...unknown], sections: [] });
  const [doubled] = await query<{ codes: string[] | null }>(
    tx,
    `select array_agg(pupil_code) as codes from (select pupil_code from pg_temp.roll_rows group by pupil_code having count(*) > 1 limit 20) x`,
  );
  if (doubled?.codes != null) throw new StoreFault("PUPIL_ELSEWHERE", { pupilCodes: doubled.codes });
  if (used.size > 0) {
    await query(tx, "analyze pg_temp.roll_rows"); // the joins with the roll are planned by the number of rows
    const [done] = await query<{ elsewhere: string[] }>(tx, "select app.replace_rolls($1::smallint) as elsewhere", [
      load.year,
    ]);
    if (done !== undefined && done.elsewhere.length > 0)
      throw new StoreFault("PUPIL_ELSEWHERE", { pupilCodes: done.elsewhere });
  }
  const { id: batchId } = await queryOne<{ id: number }>(
    tx,
    "batch",
    `insert into app.batches (district_id, school_year, kind, file_name, is_sample, row_count, sections, school_count, pointer_count)
     values (app.district_id(), $1, 'pupils', $2, $3, $4, '{}', $5, 0) returning id`,
    [load.year, load.fileName, load.isSample ?? false, count, used.size],
  );
  await query(tx, "drop table pg_temp.roll_rows"); // a transaction may load several rolls
  await note(tx, "pupils.load", `batch ${batchId}`, {
    year: load.year,
    fileName: load.fileName,
    pupils: count,
    schools: used.size,
  });
  return { batchId, pupils: count, schools: used.size };
}

/** One line of COPY's text format. */
function copyLine(row: PupilRow, schoolId: number): string {
  return `${escaped(row.pupilCode)}\t${escaped(row.name)}\t${row.sex ?? "\\N"}\t${row.birthDate === null ? "\\N" : escaped(row.birthDate)}\t${
    schoolId
  }\t${row.stage}\t${row.grade}\t${escaped(row.className)}\t${row.isMigrant === null ? "\\N" : row.isMigrant ? "t" : "f"}\n`;
}

const special = /[\\\t\n\r]/g;
const marks: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escaped(text: string): string {
  return special.test(text) ? text.replace(special, (mark) => marks[mark] ?? mark) : text;
}

/** Pupils per class; of one school, or of every school the actor may read. */
export async function countPupils(
  tx: Transaction,
  year: SchoolYear,
  schoolCode?: string,
): Promise<readonly ClassCount[]> {
  return query(
    tx,
    `select u.code as "schoolCode", c.stage, c.grade, c.class_name as "className", c.pupils, c.migrants as "migrantPupils"
     from app.roll_counts c join app.org_units u on u.district_id = c.district_id and u.id = c.school_id
     where c.district_id = app.district_id() and c.school_year = $1 and ($2::text is null or u.code = $2)
     order by u.code, array_position(array['kindergarten', 'primary', 'junior', 'senior', 'vocational'], c.stage), c.grade, c.class_name`,
    [year, schoolCode ?? null],
  );
}

/** A pupil as app.read_roll() gives it. */
type PupilArray = readonly [
  pupilCode: string,
  name: string,
  sex: PupilRow["sex"],
  birthDate: string | null,
  stage: Stage,
  grade: number,
  className: string,
  isMigrant: boolean | null,
];

/**
 * Names of one school; NOT_FOUND for a school the actor cannot see, FORBIDDEN for one whose names the actor may not read.
 * The database checks the reach and writes the reading to the audit in the same transaction.
 */
export function pupilPage(
  filter: Paging & { readonly year: SchoolYear; readonly schoolCode: string },
): Question<Page<PupilRow>> {
  const { page, size } = pageWindow(filter);
  return {
    text: "select total, pupils from app.read_roll($1, $2::smallint, $3, $4)",
    values: [filter.schoolCode, filter.year, page, size],
    read: (rows) => {
      const [row] = rows as { total: number; pupils: PupilArray[] }[];
      if (row === undefined) throw new StoreFault("NOT_FOUND", { what: `school ${filter.schoolCode}` });
      const items = row.pupils.map(
        ([pupilCode, name, sex, birthDate, stage, grade, className, isMigrant]): PupilRow => ({
          schoolCode: filter.schoolCode,
          pupilCode,
          name,
          sex,
          birthDate,
          stage,
          grade,
          className,
          isMigrant,
        }),
      );
      return { items, page, size, total: row.total };
    },
  };
}
