/** Surveys: built, planned, opened, closed and summed up. Who answers goes through the gate, never through here. */

import type { SatisfactionRow, SchoolYear, Stage } from "@xingfu/domain/base";
import { satisfactionParties } from "@xingfu/domain/base";
import type {
  PlannedStratum,
  SchoolResult,
  Sheet,
  SurveyParty,
  SurveyPlan,
  SurveyResult,
  SurveyState,
} from "@xingfu/domain/survey";
import { leastShown, schemeParty } from "@xingfu/domain/survey";
import { note } from "./audit.ts";
import { query, queryArrays, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import { loadDistrictSection, loadRows, lockYear } from "./returns.ts";
import type { Transaction } from "./store.ts";
import { newSecret, writeSurveyKey } from "./survey-key.ts";

export interface SurveyEntry {
  readonly id: number;
  readonly year: SchoolYear;
  readonly title: string;
  readonly opensOn: string;
  readonly closesOn: string;
  readonly state: SurveyState;
  readonly parties: readonly SurveyParty[];
  readonly isSample: boolean;
  /** false = closed, but its answers have not been counted yet */
  readonly hasResult: boolean;
  readonly changedBy: string | null;
  readonly changedAt: string;
}

export interface StoredSurvey extends SurveyPlan {
  readonly id: number;
  readonly state: SurveyState;
  /** counts up with every change */
  readonly revision: number;
  readonly isSample: boolean;
  readonly hasResult: boolean;
  readonly changedBy: string | null;
  readonly changedAt: string;
}

/** A stratum of the plan with the name of its school. */
export interface StoredStratum extends PlannedStratum {
  readonly unitName: string;
}

/** How many sheets of a stratum have come in. */
export interface StratumProgress extends StoredStratum {
  readonly answers: number;
  /** one-time tokens that were made and not used yet */
  readonly unusedTokens: number;
}

export interface SurveyLink {
  readonly id: number;
  readonly unit: string;
  readonly unitName: string;
  readonly party: SurveyParty;
  readonly stage: Stage | null;
  readonly label: string;
  /** what stands behind the # of the address */
  readonly key: string;
  readonly most: number;
  readonly used: number;
}

export interface StoredSchoolResult extends SchoolResult {
  readonly unitName: string;
}

export interface SurveyFlag {
  readonly unit: string;
  readonly unitName: string;
  readonly on: string;
  readonly answers: number;
}

/** One sheet as it is kept. */
export interface KeptSheet {
  readonly id: string;
  readonly unit: string;
  readonly party: SurveyParty;
  readonly stage: string;
  readonly on: string;
  readonly sheet: Sheet;
}

const headColumns = `s.id, s.school_year as year, s.title, s.opens_on as "opensOn", s.closes_on as "closesOn", s.state, s.is_sample as "isSample",
  s.result is not null as "hasResult", s.changed_name as "changedBy", s.changed_at as "changedAt"`;
/** The code of a unit and its name today; the district has its own code. */
const unitColumns = `coalesce(u.code, '') as unit, (select v.name from app.org_versions v where v.district_id = u.district_id and v.unit_id = u.id
  order by v.from_on desc limit 1) as "unitName"`;

/** Newest first. People of schools see the closed ones. */
export async function listSurveys(tx: Transaction): Promise<readonly SurveyEntry[]> {
  return query(
    tx,
    `select ${headColumns}, (select coalesce(json_agg(f.value ->> 'party'), '[]'::json) from jsonb_array_elements(s.forms) f(value)) as parties
     from app.surveys s where s.district_id = app.district_id() order by s.opens_on desc, s.id desc`,
  );
}

export async function readSurvey(tx: Transaction, surveyId: number): Promise<StoredSurvey> {
  return queryOne(
    tx,
    `survey ${surveyId}`,
    `select ${headColumns}, s.asker, s.purpose, s.forms, s.revision from app.surveys s where s.district_id = app.district_id() and s.id = $1`,
    [surveyId],
  );
}

export async function createSurvey(tx: Transaction, survey: SurveyPlan, isSample: boolean): Promise<StoredSurvey> {
  const { id } = await queryOne<{ id: number }>(
    tx,
    "survey",
    `insert into app.surveys (district_id, school_year, title, asker, purpose, opens_on, closes_on, forms, is_sample)
     values (app.district_id(), $1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [...valuesOf(survey), isSample],
  );
  await note(tx, "survey.create", `survey ${id}`, { title: survey.title });
  return readSurvey(tx, id);
}

function valuesOf(survey: SurveyPlan): unknown[] {
  const { year, title, asker, purpose, opensOn, closesOn, forms } = survey;
  return [year, title, asker, purpose, opensOn, closesOn, JSON.stringify(forms)];
}

/** Replaces a survey that is still being built. CHANGED_MEANWHILE when somebody saved it since `revision` was read. */
export async function saveSurvey(
  tx: Transaction,
  surveyId: number,
  survey: SurveyPlan,
  revision: number,
): Promise<StoredSurvey> {
  const before = await readInState(tx, surveyId, "draft");
  const saved = await query(
    tx,
    `update app.surveys set school_year = $2, title = $3, asker = $4, purpose = $5, opens_on = $6, closes_on = $7, forms = $8,
       revision = revision + 1, changed_name = app.account_name(), changed_at = now()
     where district_id = app.district_id() and id = $1 and state = 'draft' and revision = $9 returning id`,
    [surveyId, ...valuesOf(survey), revision],
  );
  if (saved.length === 0)
    throw new StoreFault("CHANGED_MEANWHILE", { what: before.title, by: before.changedBy, at: before.changedAt });
  await note(tx, "survey.save", `survey ${surveyId}`, { title: survey.title });
  return readSurvey(tx, surveyId);
}

async function readInState(tx: Transaction, surveyId: number, state: SurveyState): Promise<StoredSurvey> {
  const survey = await readSurvey(tx, surveyId);
  if (survey.state !== state) throw new StoreFault("SURVEY_STATE", { state: survey.state, needed: state });
  return survey;
}

/** Only one that was never opened: what people answered is not thrown away. */
export async function deleteSurvey(tx: Transaction, surveyId: number): Promise<void> {
  const { title } = await readInState(tx, surveyId, "draft");
  const gone = await query(
    tx,
    `delete from app.surveys where district_id = app.district_id() and id = $1 and state = 'draft' returning id`,
    [surveyId],
  );
  if (gone.length === 0) throw new StoreFault("FORBIDDEN", {});
  await note(tx, "survey.delete", `survey ${surveyId}`, { title });
}

/** From now on nothing of it changes; answers are taken from its first day on. */
export async function openSurvey(tx: Transaction, surveyId: number): Promise<StoredSurvey> {
  const { title } = await readInState(tx, surveyId, "draft");
  const opened = await query(
    tx,
    `update app.surveys set state = 'open', revision = revision + 1, changed_name = app.account_name(), changed_at = now()
     where district_id = app.district_id() and id = $1 and state = 'draft' returning id`,
    [surveyId],
  );
  if (opened.length === 0) throw new StoreFault("FORBIDDEN", {});
  await note(tx, "survey.open", `survey ${surveyId}`, { title });
  return readSurvey(tx, surveyId);
}

/** Takes no more answers and shuffles the ones there are. Their counts are saved afterwards. */
export async function closeSurvey(tx: Transaction, surveyId: number): Promise<StoredSurvey> {
  const { title } = await readInState(tx, surveyId, "open");
  await query(tx, "select app.close_survey($1)", [surveyId]);
  await note(tx, "survey.close", `survey ${surveyId}`, { title });
  return readSurvey(tx, surveyId);
}

/** Replaces the plan. Strata that stay keep their links and tokens; those of strata that are left out go. */
export async function planSurvey(tx: Transaction, surveyId: number, strata: readonly PlannedStratum[]): Promise<void> {
  await readInState(tx, surveyId, "draft");
  const rows = JSON.stringify(strata.map((stratum) => ({ ...stratum, stage: stratum.stage ?? "" })));
  const known = `json_to_recordset($2) as r (unit text, party text, stage text, population integer, sheets integer, "toAsk" integer)
    join app.org_units u on u.district_id = app.district_id() and u.code = r.unit and u.kind in ('district', 'school', 'campus')`;
  await query(
    tx,
    `delete from app.survey_strata s where s.district_id = app.district_id() and s.survey_id = $1
       and not exists (select from ${known} where u.id = s.unit_id and r.party = s.party and r.stage = s.stage)`,
    [surveyId, rows],
  );
  const placed = await query(
    tx,
    `insert into app.survey_strata (district_id, survey_id, unit_id, party, stage, population, sheets, to_ask)
     select app.district_id(), $1, u.id, r.party, r.stage, r.population, r.sheets, r."toAsk" from ${known}
     on conflict (district_id, survey_id, unit_id, party, stage)
       do update set population = excluded.population, sheets = excluded.sheets, to_ask = excluded.to_ask returning unit_id`,
    [surveyId, rows],
  );
  if (placed.length !== strata.length) {
    const units = await query<{ code: string }>(
      tx,
      `select code from app.org_units where district_id = app.district_id() and code is not null`,
    );
    const codes = new Set(units.map((row) => row.code));
    throw new StoreFault("SCHOOL_UNKNOWN", {
      schoolCodes: [...new Set(strata.map((stratum) => stratum.unit))].filter((unit) => !codes.has(unit)),
    });
  }
  await note(tx, "survey.plan", `survey ${surveyId}`, { strata: strata.length });
}

/** By name of the school, then party and stage. */
export async function listStrata(tx: Transaction, surveyId: number): Promise<readonly StoredStratum[]> {
  return query(
    tx,
    `select ${unitColumns}, s.party, nullif(s.stage, '') as stage, s.population, s.sheets, s.to_ask as "toAsk"
     from app.survey_strata s join app.org_units u on u.district_id = s.district_id and u.id = s.unit_id
     where s.district_id = app.district_id() and s.survey_id = $1 order by "unitName", s.party, s.stage`,
    [surveyId],
  );
}

/** How many sheets came in, by stratum. What they say is told by nobody before the survey is closed. */
export async function readSurveyProgress(tx: Transaction, surveyId: number): Promise<readonly StratumProgress[]> {
  const strata = await listStrata(tx, surveyId);
  const came = await query<{ unit: string; party: string; stage: string; sheets: number }>(
    tx,
    `select coalesce(u.code, '') as unit, c.party, c.stage, c.sheets from app.survey_sheets($1) c
       join app.org_units u on u.district_id = app.district_id() and u.id = c.unit_id`,
    [surveyId],
  );
  const left = await query<{ unit: string; party: string; stage: string; tokens: number }>(
    tx,
    `select coalesce(u.code, '') as unit, t.party, t.stage, count(*)::integer as tokens from app.survey_tokens t
       join app.org_units u on u.district_id = t.district_id and u.id = t.unit_id
     where t.district_id = app.district_id() and t.survey_id = $1 group by 1, 2, 3`,
    [surveyId],
  );
  const key = (of: { unit: string; party: string; stage: string | null }): string =>
    `${of.unit}/${of.party}/${of.stage ?? ""}`;
  const answers = new Map(came.map((row) => [key(row), row.sheets]));
  const tokens = new Map(left.map((row) => [key(row), row.tokens]));
  return strata.map((stratum) => ({
    ...stratum,
    answers: answers.get(key(stratum)) ?? 0,
    unusedTokens: tokens.get(key(stratum)) ?? 0,
  }));
}

/** A stratum by what people see of it. */
export interface StratumName {
  readonly unit: string;
  readonly party: SurveyParty;
  readonly stage: Stage | null;
}

/**
 * Makes one link for each stratum that has none of this label yet, each for as many sheets as the stratum has people
 * (one at least).
 */
export async function makeSurveyLinks(
  tx: Transaction,
  surveyId: number,
  wanted: { readonly party?: SurveyParty; readonly label: string },
): Promise<readonly SurveyLink[]> {
  await refuseClosed(tx, surveyId);
  const strata = await query<{ unitId: number; party: string; stage: string; population: number }>(
    tx,
    `select s.unit_id as "unitId", s.party, s.stage, s.population from app.survey_strata s
     where s.district_id = app.district_id() and s.survey_id = $1 and ($2::text is null or s.party = $2) and s.population > 0
       and not exists (select from app.survey_links l where l.district_id = s.district_id and l.survey_id = s.survey_id
         and l.unit_id = s.unit_id and l.party = s.party and l.stage = s.stage and l.label = $3)`,
    [surveyId, wanted.party ?? null, wanted.label],
  );
  const rows = strata.map((stratum) => {
    const { secret, hash } = newSecret();
    return {
      unit_id: stratum.unitId,
      party: stratum.party,
      stage: stratum.stage,
      most: Math.min(100_000, stratum.population),
      code: writeSurveyKey(tx.districtId, surveyId, secret, null),
      hash: hash.toString("hex"),
    };
  });
  await query(
    tx,
    `insert into app.survey_links (district_id, survey_id, unit_id, party, stage, label, code, code_hash, most)
     select app.district_id(), $1, r.unit_id, r.party, r.stage, $3, r.code, decode(r.hash, 'hex'), r.most
     from json_to_recordset($2) as r (unit_id bigint, party text, stage text, most integer, code text, hash text)`,
    [surveyId, JSON.stringify(rows), wanted.label],
  );
  await note(tx, "survey.links", `survey ${surveyId}`, { links: rows.length, party: wanted.party ?? null });
  return listSurveyLinks(tx, surveyId);
}

async function refuseClosed(tx: Transaction, surveyId: number): Promise<void> {
  const { state } = await readSurvey(tx, surveyId);
  if (state === "closed") throw new StoreFault("SURVEY_STATE", { state, needed: "open" });
}

export async function listSurveyLinks(tx: Transaction, surveyId: number): Promise<readonly SurveyLink[]> {
  return query(
    tx,
    `select l.id, ${unitColumns}, l.party, nullif(l.stage, '') as stage, l.label, l.code as key, l.most, l.used
     from app.survey_links l join app.org_units u on u.district_id = l.district_id and u.id = l.unit_id
     where l.district_id = app.district_id() and l.survey_id = $1 order by "unitName", l.party, l.stage, l.label, l.id`,
    [surveyId],
  );
}

/** Takes a link back; sheets that came by it stay. */
export async function deleteSurveyLink(tx: Transaction, surveyId: number, linkId: number): Promise<void> {
  await queryOne(
    tx,
    `link ${linkId}`,
    `delete from app.survey_links where district_id = app.district_id() and survey_id = $1 and id = $2 returning id`,
    [surveyId, linkId],
  );
  await note(tx, "survey.unlink", `survey ${surveyId}`, { linkId });
}

/**
 * Makes one-time tokens for a stratum. They are returned here and never again: only their hashes are kept.
 * `replace` makes the ones that were not used yet worthless, for instance when a printed list was lost.
 */
export async function issueSurveyTokens(
  tx: Transaction,
  surveyId: number,
  wanted: StratumName & { readonly count: number; readonly replace: boolean },
): Promise<readonly string[]> {
  await refuseClosed(tx, surveyId);
  const { unitId } = await queryOne<{ unitId: number }>(
    tx,
    `stratum ${wanted.unit} ${wanted.party}`,
    `select s.unit_id as "unitId" from app.survey_strata s join app.org_units u on u.district_id = s.district_id and u.id = s.unit_id
     where s.district_id = app.district_id() and s.survey_id = $1 and u.code = $2 and s.party = $3 and s.stage = $4`,
    [surveyId, wanted.unit, wanted.party, wanted.stage ?? ""],
  );
  if (wanted.replace) {
    await query(
      tx,
      `delete from app.survey_tokens where district_id = app.district_id() and survey_id = $1 and unit_id = $2 and party = $3 and stage = $4`,
      [surveyId, unitId, wanted.party, wanted.stage ?? ""],
    );
  }
  const secrets = Array.from({ length: wanted.count }, newSecret);
  const [{ macs } = { macs: null }] = await query<{ macs: readonly Buffer[] | null }>(
    tx,
    "select app.survey_macs($1, $2) as macs",
    [surveyId, secrets.map(({ hash }) => hash)],
  );
  if (macs === null || macs.length !== secrets.length)
    throw new StoreFault("NOT_FOUND", { what: `survey ${surveyId}` });
  await query(
    tx,
    `insert into app.survey_tokens (district_id, survey_id, token_hash, unit_id, party, stage)
     select app.district_id(), $1, h.hash, $3, $4, $5 from unnest($2::bytea[]) h(hash)`,
    [surveyId, secrets.map(({ hash }) => hash), unitId, wanted.party, wanted.stage ?? ""],
  );
  await note(tx, "survey.tokens", `survey ${surveyId}`, {
    unit: wanted.unit,
    party: wanted.party,
    count: wanted.count,
    replace: wanted.replace,
  });
  return secrets.map(({ secret }, at) => writeSurveyKey(tx.districtId, surveyId, secret, macs[at] ?? null));
}

/**
 * Sheets of a closed survey in their random order, in portions; nothing of who or when. One reading at a time in a
 * transaction: it goes through a cursor, so that the order is found once and not once per portion.
 */
export async function* readSheets(
  tx: Transaction,
  surveyId: number,
  portion = 4000,
): AsyncGenerator<readonly KeptSheet[], void, undefined> {
  const codes = await unitCodes(tx);
  await query(
    tx,
    `declare survey_sheets no scroll cursor for
     select a.id, a.unit_id, a.party, a.stage, a.answered_on, a.sheet from app.survey_answers a
     where a.district_id = app.district_id() and a.survey_id = $1 order by a.id`,
    [surveyId],
  );
  try {
    for (;;) {
      const found = await queryArrays(tx, `fetch ${Math.trunc(portion)} from survey_sheets`);
      // columns of the cursor above
      const rows = (found as [string, number, SurveyParty, string, string, Sheet][]).map(
        ([id, unitId, party, stage, on, sheet]): KeptSheet => ({
          id,
          unit: codes.get(unitId) ?? "",
          party,
          stage,
          on,
          sheet,
        }),
      );
      if (rows.length > 0) yield rows;
      if (rows.length < portion) return;
    }
  } finally {
    await query(tx, "close survey_sheets").catch(() => undefined); // gone with the transaction when that has failed
  }
}

/** Codes of the units sheets belong to, by id. */
async function unitCodes(tx: Transaction): Promise<ReadonlyMap<number, string>> {
  const units = await query<{ id: number; code: string }>(
    tx,
    `select id, code from app.org_units where district_id = app.district_id() and code is not null and kind in ('district', 'school', 'campus')`,
  );
  return new Map(units.map((row) => [row.id, row.code]));
}

/** Keeps what a closed survey was summed up to, in place of what was kept before. */
export async function saveSurveyResult(
  tx: Transaction,
  surveyId: number,
  result: SurveyResult,
  schools: readonly SchoolResult[],
): Promise<void> {
  await readInState(tx, surveyId, "closed");
  await query(tx, `delete from app.survey_results where district_id = app.district_id() and survey_id = $1`, [
    surveyId,
  ]);
  await query(
    tx,
    `insert into app.survey_results (district_id, survey_id, unit_id, party, population, asked, sheets, is_shown, answers, satisfied, share, low,
       high, leaves)
     select app.district_id(), $1, u.id, r.party, r.population, r.asked, r.sheets, r."isShown", r.answers, r.satisfied, r.share, r.low, r.high, r.leaves
     from json_to_recordset($2) as r (unit text, party text, population integer, asked integer, sheets integer, "isShown" boolean,
         answers integer, satisfied integer, share double precision, low double precision, high double precision, leaves jsonb)
       join app.org_units u on u.district_id = app.district_id() and u.code = r.unit and u.kind in ('district', 'school', 'campus')`,
    [surveyId, JSON.stringify(schools)],
  );
  await query(tx, `update app.surveys set result = $2 where district_id = app.district_id() and id = $1`, [
    surveyId,
    JSON.stringify(result),
  ]);
  await note(tx, "survey.count", `survey ${surveyId}`, { schools: schools.length });
}

/** The district's sums; null = not counted yet. */
export async function readSurveyResult(tx: Transaction, surveyId: number): Promise<SurveyResult | null> {
  const { result } = await queryOne<{ result: SurveyResult | null }>(
    tx,
    `survey ${surveyId}`,
    `select result from app.surveys where district_id = app.district_id() and id = $1`,
    [surveyId],
  );
  return result;
}

/** Results of the schools the actor reaches; who manages surveys also sees which are held back. By name. */
export async function listSchoolResults(tx: Transaction, surveyId: number): Promise<readonly StoredSchoolResult[]> {
  return query(
    tx,
    `select ${unitColumns}, r.party, r.population, r.asked, r.sheets, r.is_shown as "isShown", r.answers, r.satisfied, r.share, r.low, r.high, r.leaves
     from app.survey_results r join app.org_units u on u.district_id = r.district_id and u.id = r.unit_id
     where r.district_id = app.district_id() and r.survey_id = $1 order by "unitName", r.party`,
    [surveyId],
  );
}

/** Days on which many sheets for one school came from one place. */
export async function listSurveyFlags(tx: Transaction, surveyId: number): Promise<readonly SurveyFlag[]> {
  return query(
    tx,
    `select ${unitColumns}, f.on_day as "on", f.answers from app.survey_flags f
       join app.org_units u on u.district_id = f.district_id and u.id = f.unit_id
     where f.district_id = app.district_id() and f.survey_id = $1 order by f.on_day, "unitName"`,
    [surveyId],
  );
}

/**
 * Takes counts of satisfied sheets over into the district's return; parties that are not among them stay as reported. A
 * batch of its own that can be undone.
 */
export async function recordSatisfaction(
  tx: Transaction,
  year: SchoolYear,
  counts: readonly SatisfactionRow[],
): Promise<{ readonly batchId: number }> {
  await lockYear(tx, year);
  const { rows, isSample } = await loadDistrictSection(tx, year, "satisfaction");
  const replaced = new Map(counts.map((row) => [row.party, row]));
  const satisfaction = satisfactionParties.flatMap((party) => {
    const row = replaced.get(party) ?? rows.find((known) => known.party === party);
    return row === undefined ? [] : [row];
  });
  const batch = await loadRows(tx, {
    year,
    kind: "finding",
    fileName: null,
    isSample,
    replace: "listed",
    rows: { satisfaction },
  });
  return { batchId: batch.id };
}

/** What people of one party of a school say about one leaf of a scheme. */
export interface LeafCount {
  readonly unit: string;
  /** node of the scheme */
  readonly node: string;
  /** party of the scheme: 人大代表 and 政协委员 together, 其他群众 as community */
  readonly party: string;
  readonly satisfied: number;
  readonly answers: number;
}

/**
 * Satisfied and all answers by school, leaf and party of one scheme, as the scheme engine takes them (`Judgement` of kind
 * "survey"). Only what may be shown: a school below ten answers has no row, and its leaf stays open.
 *
 * @param schemeId  id of the scheme without its version
 */
export async function surveyCounts(
  tx: Transaction,
  surveyId: number,
  schemeId: string,
  unit?: string,
): Promise<readonly LeafCount[]> {
  const rows = await query<{ unit: string; party: SurveyParty; leaves: SchoolResult["leaves"] }>(
    tx,
    `select coalesce(u.code, '') as unit, r.party, r.leaves from app.survey_results r
       join app.org_units u on u.district_id = r.district_id and u.id = r.unit_id
     where r.district_id = app.district_id() and r.survey_id = $1 and r.is_shown and ($2::text is null or u.code = $2) order by u.code, r.party`,
    [surveyId, unit ?? null],
  );
  const counts = new Map<string, { unit: string; node: string; party: string; satisfied: number; answers: number }>();
  for (const row of rows) {
    const party = schemeParty(row.party);
    if (party === null) continue;
    for (const [leaf, { answers, satisfied }] of Object.entries(row.leaves)) {
      const at = leaf.indexOf("/");
      if (leaf.slice(0, at) !== schemeId || answers < leastShown) continue;
      const node = leaf.slice(at + 1);
      const key = `${row.unit}/${node}/${party}`;
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { unit: row.unit, node, party, satisfied, answers });
      else {
        known.satisfied += satisfied;
        known.answers += answers;
      }
    }
  }
  return [...counts.values()];
}

/** Invented sheets into an open survey of a sample district, many at once. */
export async function loadSampleSheets(
  tx: Transaction,
  surveyId: number,
  sheets: readonly Omit<KeptSheet, "id">[],
): Promise<number> {
  const idOf = new Map([...(await unitCodes(tx))].map(([id, code]) => [code, id]));
  const rows = sheets.map(({ unit, party, stage, on, sheet }) => ({
    unit_id: idOf.get(unit) ?? null,
    party,
    stage,
    answered_on: on,
    sheet,
  }));
  const [{ loaded } = { loaded: 0 }] = await query<{ loaded: number }>(
    tx,
    "select app.load_sample_sheets($1, $2) as loaded",
    [surveyId, JSON.stringify(rows)],
  );
  return loaded;
}
