/**
 * Value-added evaluation: measures in batches, schemes declared once, runs, and what the runs found. A pupil's measure goes
 * in and out through functions of the owner only; no person may select it (decision 0007).
 */

import type { SchoolYear, Stage } from "@xingfu/domain/base";
import { checkSource } from "@xingfu/domain/growth";
import type {
  GrowthComparison,
  GrowthScheme,
  GrowthSummary,
  SchoolBrief,
  SchoolDetail,
  SharedResult,
  SourceKind,
} from "@xingfu/domain/growth";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { note } from "./audit.ts";
import { clientOf, query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import type { PupilProblems } from "./fault.ts";
import type { HeldRun, RunFailure } from "./gate.ts";
import type { By } from "./page.ts";
import type { Transaction } from "./store.ts";

/** One pupil's measure of one school year. */
export interface PupilMeasure {
  /** where it stands in its file, for messages; from 1 */
  readonly row: number;
  readonly pupilCode: string;
  /** null = exempt or not measured */
  readonly value: number | null;
  /** ISO date; null = not known */
  readonly measuredOn: string | null;
}

export interface MeasureBatch {
  readonly id: number;
  readonly kind: SourceKind;
  readonly year: SchoolYear;
  readonly fileName: string | null;
  readonly isSample: boolean;
  readonly pupils: number;
  /** of them exempt or not measured */
  readonly missing: number;
  readonly schools: number;
  /** ISO dates of the first and last measurement; null when none has a date */
  readonly firstOn: string | null;
  readonly lastOn: string | null;
  readonly by: By;
  readonly undone: By | null;
}

const batchColumns = `b.id, b.kind, b.school_year as year, b.file_name as "fileName", b.is_sample as "isSample", b.row_count as pupils,
  b.missing_count as missing, b.school_count as schools, b.first_on as "firstOn", b.last_on as "lastOn",
  json_build_object('accountId', b.created_by, 'name', b.created_name, 'at', to_char(b.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as by,
  case when b.undone_at is not null then json_build_object('accountId', b.undone_by, 'name', b.undone_name,
    'at', to_char(b.undone_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end as undone`;

/** Loads of one kind and year wait for each other, and for a roll of the year; other kinds go on beside them. */
async function lockMeasures(tx: Transaction, kind: SourceKind, year: SchoolYear): Promise<void> {
  await query(
    tx,
    `select pg_advisory_xact_lock_shared(app.district_id(), $2),
       pg_advisory_xact_lock(hashtextextended(app.district_id() || ' ' || $1 || ' ' || $2, 0))`,
    [kind, year],
  );
}

/** Of each kind of problem this many rows are named. */
const mostProblems = 1000;

/**
 * Loads the measures of one kind and school year, whole or not at all, as a batch that can be taken back; the schools and
 * grades whose pupils it names get these measures instead of those they had.
 *
 * @param load.rows  chunks in any order, read once; a few thousand rows a chunk
 * @throws Fault SOURCE_REFUSED when the rules on sources forbid them; StoreFault MEASURES_REFUSED with the rows in the way
 */
export async function loadMeasures(
  tx: Transaction,
  load: {
    readonly kind: SourceKind;
    readonly year: SchoolYear;
    readonly fileName: string | null;
    readonly isSample?: boolean;
    readonly rows: AsyncIterable<readonly PupilMeasure[]> | Iterable<readonly PupilMeasure[]>;
  },
): Promise<MeasureBatch> {
  await lockMeasures(tx, load.kind, load.year);
  await query(
    tx,
    `create temporary table measure_rows (row_no integer not null, pupil_code text collate "C" not null, amount double precision,
       measured_on date) on commit drop`,
  );
  await query(tx, "grant select on pg_temp.measure_rows to xingfu_owner");
  const seen = new Set<string>();
  const twice: (readonly [number, string])[] = [];
  async function* lines(): AsyncGenerator<string> {
    for await (const chunk of load.rows) {
      let text = "";
      for (const { row, pupilCode, value, measuredOn } of chunk) {
        if (seen.has(pupilCode)) twice.push([row, pupilCode]);
        seen.add(pupilCode);
        // a pupil code is letters and digits; COPY's own signs in it would be refused as unknown pupils, not read as signs
        text += `${row}\t${pupilCode.replaceAll(/[\\\t\n\r]/g, "?")}\t${value ?? "\\N"}\t${measuredOn ?? "\\N"}\n`;
      }
      if (text !== "") yield text;
    }
  }
  const into = clientOf(tx).query(copyFrom("copy pg_temp.measure_rows from stdin"));
  await pipeline(Readable.from(lines(), { objectMode: true }), into);
  const { found } = await queryOne<{
    found: {
      unknown: PupilProblems;
      cohorts: readonly { stage: Stage; grade: number; first: string | null; last: string | null }[];
    };
  }>(tx, "measures", "select app.place_measures($1::smallint, $2) as found", [load.year, mostProblems]);
  for (const { stage, grade, first, last } of found.cohorts) {
    // a measurement without a date is taken to be of the end of its school year, as the evaluation takes it
    for (const day of new Set([first ?? `${load.year + 1}-08-31`, last ?? `${load.year + 1}-08-31`]))
      checkSource({ kind: load.kind, form: "score", stage, grade }, day);
  }
  if (found.unknown.count > 0 || twice.length > 0) {
    throw new StoreFault("MEASURES_REFUSED", {
      unknown: found.unknown,
      twice: { count: twice.length, rows: twice.slice(0, mostProblems) },
    });
  }
  const { id } = await queryOne<{ id: number }>(
    tx,
    "batch",
    "select app.replace_measures($1, $2::smallint, $3, $4) as id",
    [load.kind, load.year, load.fileName, load.isSample ?? false],
  );
  await query(tx, "drop table pg_temp.measure_rows"); // a transaction may load several kinds and years
  return readMeasureBatch(tx, id);
}

/** Takes a batch back. UNDO_REFUSED names the later batch that stands in the way. */
export async function undoMeasures(tx: Transaction, batchId: number): Promise<MeasureBatch> {
  const { kind, year } = await readMeasureBatch(tx, batchId);
  await lockMeasures(tx, kind, year);
  const done = await queryOne<{ later: number | null; wasUndone: boolean }>(
    tx,
    `batch ${batchId}`,
    `select later_batch_id as later, was_undone as "wasUndone" from app.undo_measures($1)`,
    [batchId],
  );
  if (done.wasUndone) throw new StoreFault("UNDO_REFUSED", { batchId, reason: "undone", laterBatchId: null });
  if (done.later !== null)
    throw new StoreFault("UNDO_REFUSED", { batchId, reason: "superseded", laterBatchId: done.later });
  return readMeasureBatch(tx, batchId);
}

async function readMeasureBatch(tx: Transaction, batchId: number): Promise<MeasureBatch> {
  return queryOne(
    tx,
    `batch ${batchId}`,
    `select ${batchColumns} from app.measure_batches b where b.district_id = app.district_id() and b.id = $1`,
    [batchId],
  );
}

/** Batches the actor may see, newest first, at most 200. */
export async function listMeasureBatches(tx: Transaction): Promise<readonly MeasureBatch[]> {
  return query(
    tx,
    `select ${batchColumns} from app.measure_batches b where b.district_id = app.district_id() order by b.id desc limit 200`,
  );
}

/** How many pupils of a school have a current measure. */
export interface MeasureCount {
  readonly kind: SourceKind;
  readonly year: SchoolYear;
  readonly schoolCode: string;
  /** of the newest of its batches */
  readonly batchId: number;
  readonly pupils: number;
  readonly missing: number;
}

/** What is loaded now, by kind, year and school within the actor's reach. */
export async function countMeasures(tx: Transaction): Promise<readonly MeasureCount[]> {
  return query(
    tx,
    `select c.kind, c.school_year as year, u.code as "schoolCode", max(c.batch_id) as "batchId", sum(p.row_count) as pupils,
       sum(p.missing_count) as missing
     from app.current_measures c
       join app.measure_packs p on p.district_id = c.district_id and p.batch_id = c.batch_id and p.school_id = c.school_id
         and p.stage = c.stage and p.grade = c.grade
       join app.org_units u on u.district_id = c.district_id and u.id = c.school_id
     where c.district_id = app.district_id() group by c.kind, c.school_year, u.code order by c.kind, c.school_year, u.code`,
  );
}

/** A scheme as it was declared, and when the platform learnt of it. */
export interface DeclaredScheme {
  readonly id: number;
  readonly documentNumber: string;
  readonly declaration: GrowthScheme;
  readonly recorded: By;
}

const schemeColumns = `s.id, s.document_number as "documentNumber", s.declaration,
  json_build_object('accountId', s.recorded_by, 'name', s.recorded_name, 'at', to_char(s.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as recorded`;

/** Records a scheme. It never changes afterwards. The caller has checked that it holds. */
export async function declareScheme(
  tx: Transaction,
  { documentNumber, declaration }: Pick<DeclaredScheme, "documentNumber" | "declaration">,
): Promise<DeclaredScheme> {
  const scheme = await queryOne<DeclaredScheme>(
    tx,
    "scheme",
    `insert into app.growth_schemes as s (district_id, name, title, kind, stage, school_years, priors, declared_on, document_number, declaration)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${schemeColumns}`,
    [
      declaration.id,
      declaration.title,
      declaration.measure.kind,
      declaration.stage,
      declaration.years,
      declaration.priors,
      declaration.declaredOn,
      documentNumber,
      JSON.stringify(declaration),
    ],
  );
  await note(tx, "growth.declare", `scheme ${declaration.id}`, { title: declaration.title, documentNumber });
  return scheme;
}

/** All schemes, in the order in which they were recorded. */
export async function listSchemes(tx: Transaction): Promise<readonly DeclaredScheme[]> {
  return query(
    tx,
    `select ${schemeColumns} from app.growth_schemes s where s.district_id = app.district_id() order by s.id`,
  );
}

export async function readScheme(tx: Transaction, schemeId: number): Promise<DeclaredScheme> {
  return queryOne(
    tx,
    `scheme ${schemeId}`,
    `select ${schemeColumns} from app.growth_schemes s where s.district_id = app.district_id() and s.id = $1`,
    [schemeId],
  );
}

export const runStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type RunState = (typeof runStates)[number];

/** One computation of a scheme. */
export interface GrowthRun {
  readonly id: number;
  readonly schemeId: number;
  readonly state: RunState;
  /** 0–100 */
  readonly progress: number;
  readonly requested: By;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** who cancelled it */
  readonly endedBy: string | null;
  readonly failure: RunFailure | null;
  /** name and version; null until it is done, like all that follows */
  readonly method: string | null;
  /** SHA-256 over the rows it was computed from */
  readonly inputHash: string | null;
  readonly inputRows: number | null;
  readonly batchIds: readonly number[] | null;
  /** when the first batch of a judged year, and the last of all, was loaded */
  readonly firstLoadedAt: string | null;
  readonly lastLoadedAt: string | null;
}

const runColumns = `r.id, r.scheme_id as "schemeId", r.state, r.progress,
  json_build_object('accountId', r.requested_by, 'name', r.requested_name, 'at', to_char(r.requested_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as requested,
  r.started_at as "startedAt", r.ended_at as "endedAt", r.ended_name as "endedBy", r.failure, r.method, r.input_hash as "inputHash",
  r.input_rows as "inputRows", r.batch_ids as "batchIds", r.first_loaded_at as "firstLoadedAt", r.last_loaded_at as "lastLoadedAt"`;

/** Puts a run of the scheme into the queue; ALREADY_EXISTS while another one waits or runs. */
export async function requestRun(tx: Transaction, schemeId: number): Promise<GrowthRun> {
  const scheme = await readScheme(tx, schemeId);
  const run = await queryOne<GrowthRun>(
    tx,
    "run",
    `insert into app.growth_runs as r (district_id, scheme_id) values (app.district_id(), $1) returning ${runColumns}`,
    [schemeId],
  );
  await note(tx, "growth.run", `scheme ${scheme.declaration.id}`, { run: run.id });
  return run;
}

/** Cancels a run that waits or runs; RUN_ENDED for one that has ended. */
export async function cancelRun(tx: Transaction, runId: number): Promise<GrowthRun> {
  const before = await readRun(tx, runId);
  const [run] = await query<GrowthRun>(
    tx,
    `update app.growth_runs r set state = 'cancelled', ended_at = now(), ended_name = app.account_name(), worker = null, lease_until = null
     where r.district_id = app.district_id() and r.id = $1 and r.state in ('queued', 'running') returning ${runColumns}`,
    [runId],
  );
  if (run === undefined) {
    const isOver = before.state !== "queued" && before.state !== "running";
    throw isOver ? new StoreFault("RUN_ENDED", { runId, state: before.state }) : new StoreFault("FORBIDDEN", {});
  }
  await note(tx, "growth.cancel", `run ${runId}`, {});
  return run;
}

export async function readRun(tx: Transaction, runId: number): Promise<GrowthRun> {
  return queryOne(
    tx,
    `run ${runId}`,
    `select ${runColumns} from app.growth_runs r where r.district_id = app.district_id() and r.id = $1`,
    [runId],
  );
}

/** Runs of all schemes, newest first, at most 100. */
export async function listRuns(tx: Transaction): Promise<readonly GrowthRun[]> {
  return query(
    tx,
    `select ${runColumns} from app.growth_runs r where r.district_id = app.district_id() order by r.id desc limit 100`,
  );
}

/**
 * What a run computes with, as columns: one entry per measure. `pupil` is a number that only ties the years together;
 * texts are numbers of an entry of their list, −1 = not known.
 */
export interface GrowthInput {
  readonly pupil: Int32Array;
  readonly schoolYear: Int16Array;
  /** NaN = exempt or not measured */
  readonly value: Float64Array;
  readonly stage: Int32Array;
  readonly grade: Int8Array;
  readonly measuredOn: Int32Array;
  readonly birthDate: Int32Array;
  readonly school: Int32Array;
  readonly className: Int32Array;
  /** 1 = female, 0 = male, −1 = not known */
  readonly female: Int8Array;
  /** 1 = yes, 0 = no, −1 = not known */
  readonly migrant: Int8Array;
  readonly stages: readonly Stage[];
  readonly days: readonly string[];
  readonly schoolCodes: readonly string[];
  readonly classNames: readonly string[];
}

/** What is known of a run's input beside its rows. */
export type InputFacts = Pick<GrowthRun, "inputHash" | "inputRows" | "batchIds" | "firstLoadedAt" | "lastLoadedAt">;

/**
 * Reads the measures a run needs, pseudonymous, placed by the roll; the reading is written to the audit.
 * NOT_FOUND when the run is not running any more.
 */
export async function readGrowthInput(
  tx: Transaction,
  runId: number,
): Promise<{ readonly input: GrowthInput; readonly facts: InputFacts }> {
  const facts = await queryOne<InputFacts>(
    tx,
    `run ${runId}`,
    `select input_hash as "inputHash", input_rows as "inputRows", batch_ids as "batchIds", first_loaded_at as "firstLoadedAt",
       last_loaded_at as "lastLoadedAt" from app.gather_growth($1)`,
    [runId],
  );
  const columns = new InputColumns(facts.inputRows ?? 0);
  const stream = clientOf(tx).query(
    copyTo(
      `copy (select pupil, school_year, amount, stage, grade, measured_on, birth_date, school_code, class_name, sex, is_migrant
         from pg_temp.growth_input order by pupil, school_year) to stdout`,
    ),
  );
  let rest = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream) {
    const text = rest + String(chunk);
    const end = text.lastIndexOf("\n");
    rest = text.slice(end + 1);
    if (end >= 0) for (const line of text.slice(0, end).split("\n")) columns.take(line);
  }
  return { input: columns.finish(), facts };
}

/** Texts that come again and again, as numbers of a list. */
class TextList {
  readonly texts: string[] = [];
  readonly #places = new Map<string, number>();

  place(text: string | undefined): number {
    if (text === undefined || text === "\\N") return -1;
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.texts.push(unescaped(text)) - 1;
      this.#places.set(text, place);
    }
    return place;
  }
}

const signs: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f", v: "\v" };

function unescaped(text: string): string {
  return text.includes("\\") ? text.replaceAll(/\\(.)/g, (_, sign: string) => signs[sign] ?? sign) : text;
}

/** Lines of COPY put into columns as they come, so that no row is held as text. */
class InputColumns {
  #size = 0;
  readonly #pupil: Int32Array;
  readonly #schoolYear: Int16Array;
  readonly #value: Float64Array;
  readonly #stage: Int32Array;
  readonly #grade: Int8Array;
  readonly #measuredOn: Int32Array;
  readonly #birthDate: Int32Array;
  readonly #school: Int32Array;
  readonly #className: Int32Array;
  readonly #female: Int8Array;
  readonly #migrant: Int8Array;
  readonly #stages = new TextList();
  readonly #days = new TextList();
  readonly #schools = new TextList();
  readonly #classes = new TextList();

  constructor(size: number) {
    this.#pupil = new Int32Array(size);
    this.#schoolYear = new Int16Array(size);
    this.#value = new Float64Array(size);
    this.#stage = new Int32Array(size);
    this.#grade = new Int8Array(size);
    this.#measuredOn = new Int32Array(size);
    this.#birthDate = new Int32Array(size);
    this.#school = new Int32Array(size);
    this.#className = new Int32Array(size);
    this.#female = new Int8Array(size);
    this.#migrant = new Int8Array(size);
  }

  take(line: string): void {
    const [pupil, year, amount, stage, grade, on, born, school, className, sex, migrant] = line.split("\t");
    const at = this.#size;
    this.#size += 1;
    this.#pupil[at] = Number(pupil);
    this.#schoolYear[at] = Number(year);
    this.#value[at] = amount === "\\N" ? Number.NaN : Number(amount);
    this.#stage[at] = this.#stages.place(stage);
    this.#grade[at] = Number(grade);
    this.#measuredOn[at] = this.#days.place(on);
    this.#birthDate[at] = this.#days.place(born);
    this.#school[at] = this.#schools.place(school);
    this.#className[at] = this.#classes.place(className);
    this.#female[at] = sex === "\\N" ? -1 : Number(sex === "female");
    this.#migrant[at] = migrant === "\\N" ? -1 : Number(migrant === "t");
  }

  finish(): GrowthInput {
    if (this.#size !== this.#pupil.length)
      throw new RangeError(`${this.#size} rows came where ${this.#pupil.length} were counted`);
    return {
      pupil: this.#pupil,
      schoolYear: this.#schoolYear,
      value: this.#value,
      stage: this.#stage,
      grade: this.#grade,
      measuredOn: this.#measuredOn,
      birthDate: this.#birthDate,
      school: this.#school,
      className: this.#className,
      female: this.#female,
      migrant: this.#migrant,
      stages: this.#stages.texts as readonly Stage[], // the roll holds no other word
      days: this.#days.texts,
      schoolCodes: this.#schools.texts,
      classNames: this.#classes.texts,
    };
  }
}

/**
 * Keeps what a run found and ends it. RUN_ENDED, and nothing kept, when the run is no longer this worker's: it was
 * cancelled, or another server has taken it over.
 */
export async function saveRun(
  tx: Transaction,
  { runId, worker }: HeldRun,
  facts: InputFacts,
  { summary, comparison, schools }: SharedResult,
): Promise<void> {
  const ended = await query(
    tx,
    `update app.growth_runs set state = 'done', progress = 100, ended_at = now(), worker = null, lease_until = null, method = $3,
       input_hash = $4, input_rows = $5, batch_ids = $6, first_loaded_at = $7, last_loaded_at = $8, summary = $9
     where district_id = app.district_id() and id = $1 and state = 'running' and worker = $2 returning id`,
    [
      runId,
      worker,
      `${summary.method.id} ${summary.method.version}`,
      facts.inputHash,
      facts.inputRows,
      facts.batchIds,
      facts.firstLoadedAt,
      facts.lastLoadedAt,
      JSON.stringify(summary),
    ],
  );
  if (ended.length === 0) throw new StoreFault("RUN_ENDED", { runId, state: (await readRun(tx, runId)).state });
  await query(
    tx,
    "insert into app.growth_district_results (district_id, run_id, result) values (app.district_id(), $1, $2)",
    [runId, JSON.stringify(comparison)],
  );
  await query(
    tx,
    `insert into app.growth_school_results (district_id, run_id, school_id, brief, detail)
     select app.district_id(), $1, u.id, r.brief, r.detail
     from json_to_recordset($2) r(brief jsonb, detail jsonb)
       join app.org_units u on u.district_id = app.district_id() and u.kind in ('school', 'campus') and u.code = r.brief->>'schoolCode'`,
    [runId, JSON.stringify(schools)],
  );
  await note(tx, "growth.done", `run ${runId}`, { inputHash: facts.inputHash, batches: facts.batchIds });
}

/** What a scheme's latest finished run says, as far as the actor may see. */
export interface GrowthEvaluation {
  readonly scheme: DeclaredScheme;
  readonly run: GrowthRun;
  readonly summary: GrowthSummary;
  /** null for actors of single schools or groups */
  readonly comparison: GrowthComparison | null;
  /** schools within reach, by code */
  readonly schools: readonly SchoolBrief[];
}

/** NOT_FOUND for an unknown scheme; null for one that was never computed to the end. */
export async function readGrowth(tx: Transaction, schemeId: number): Promise<GrowthEvaluation | null> {
  const scheme = await readScheme(tx, schemeId);
  const [found] = await query<GrowthRun & { summary: GrowthSummary }>(
    tx,
    `select ${runColumns}, r.summary from app.growth_runs r
     where r.district_id = app.district_id() and r.scheme_id = $1 and r.state = 'done' order by r.id desc limit 1`,
    [schemeId],
  );
  if (found === undefined) return null;
  const { summary, ...run } = found;
  const [compared] = await query<{ result: GrowthComparison }>(
    tx,
    "select result from app.growth_district_results where district_id = app.district_id() and run_id = $1",
    [run.id],
  );
  const schools = await query<{ brief: SchoolBrief }>(
    tx,
    `select brief from app.growth_school_results where district_id = app.district_id() and run_id = $1
     order by brief->>'schoolCode'`,
    [run.id],
  );
  return { scheme, run, summary, comparison: compared?.result ?? null, schools: schools.map(({ brief }) => brief) };
}

/** One school in one scheme's latest finished run. */
export interface SchoolEvaluation {
  readonly scheme: DeclaredScheme;
  readonly run: GrowthRun;
  readonly summary: GrowthSummary;
  readonly brief: SchoolBrief;
  readonly detail: SchoolDetail;
}

/** What the latest finished run of every scheme says of a school within reach, in the order of the schemes. */
export async function readSchoolEvaluations(tx: Transaction, schoolCode: string): Promise<readonly SchoolEvaluation[]> {
  const schemes = new Map((await listSchemes(tx)).map((scheme) => [scheme.id, scheme]));
  const rows = await query<GrowthRun & Omit<SchoolEvaluation, "scheme" | "run">>(
    tx,
    `select ${runColumns}, r.summary, x.brief, x.detail
     from app.growth_runs r
       join app.org_units u on u.district_id = r.district_id and u.kind in ('school', 'campus') and u.code = $1
       join app.growth_school_results x on x.district_id = r.district_id and x.run_id = r.id and x.school_id = u.id
     where r.district_id = app.district_id() and r.id in (select max(l.id) from app.growth_runs l
       where l.district_id = app.district_id() and l.state = 'done' group by l.scheme_id)
     order by r.scheme_id`,
    [schoolCode],
  );
  return rows.flatMap(({ summary, brief, detail, ...run }) => {
    const scheme = schemes.get(run.schemeId);
    return scheme === undefined ? [] : [{ scheme, run, summary, brief, detail }];
  });
}

/** A school's band in one scheme, for evaluations that take it as evidence. */
export interface GrowthBand {
  readonly schemeId: number;
  readonly title: string;
  readonly kind: SourceKind;
  readonly stage: Stage;
  readonly years: readonly SchoolYear[];
  readonly runId: number;
  readonly band: SchoolBrief["band"];
  readonly valueAdded: SchoolBrief["valueAdded"];
}

/**
 * The bands of a school within reach in the latest finished run of every scheme.
 *
 * @param year  only schemes that judge this school year
 */
export async function growthBandOf(
  tx: Transaction,
  schoolCode: string,
  year?: SchoolYear,
): Promise<readonly GrowthBand[]> {
  return (await readSchoolEvaluations(tx, schoolCode)).flatMap(({ scheme, run, brief }) => {
    const { title, measure, stage, years } = scheme.declaration;
    if (year !== undefined && !years.includes(year)) return [];
    const { band, valueAdded } = brief;
    return [{ schemeId: scheme.id, title, kind: measure.kind, stage, years, runId: run.id, band, valueAdded }];
  });
}
