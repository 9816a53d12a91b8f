import { randomUUID } from "node:crypto";
import { schoolYear } from "@xingfu/domain/base";
import type { PlannedStratum, Sheet, SurveyParty, SurveyPlan } from "@xingfu/domain/survey";
import { starterForm, summarizeSurvey } from "@xingfu/domain/survey";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  closeSurvey,
  createSurvey,
  deleteSurvey,
  deleteSurveyLink,
  issueSurveyTokens,
  listSchoolResults,
  listSurveyFlags,
  listSurveyLinks,
  listSurveys,
  loadSampleSheets,
  makeSurveyLinks,
  openSurvey,
  planSurvey,
  readSheets,
  readSurvey,
  readSurveyKey,
  readSurveyProgress,
  readSurveyResult,
  saveSurvey,
  saveSurveyResult,
  surveyCounts,
} from "./index.ts";
import type { Actor, KeptSheet, SurveyKey } from "./index.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";

let bench: TestStore;
let place: TestDistrict;
let owner: Client;
beforeAll(async () => {
  bench = await testStore({ poolSize: 8 });
  place = await bench.makeDistrict();
  owner = new Client(bench.url);
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await bench.close();
});

const day = (shift: number): string => {
  const date = new Date(Date.now() + shift * 86_400_000);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(date);
};
const plan = (change: Partial<SurveyPlan> = {}): SurveyPlan => ({
  title: "满意度调查",
  year: schoolYear(2025),
  asker: "测试区教委",
  purpose: "改进工作",
  opensOn: day(-3),
  closesOn: day(3),
  forms: [starterForm("parents"), starterForm("teachers")],
  ...change,
});
const as = <T>(actor: Actor, fn: Parameters<typeof bench.store.withActor<T>>[1]): Promise<T> =>
  bench.store.withActor(actor, fn);
const school = (at: number): string => place.schools[at]?.code ?? "";
const strata = (): PlannedStratum[] =>
  [0, 1, 2].flatMap((at) =>
    (["parents", "teachers"] as const).map((party) => ({
      unit: school(at),
      party,
      stage: party === "parents" ? ("primary" as const) : null,
      population: 100,
      sheets: 40,
      toAsk: 60,
    })),
  );
const aspects = { moral: 5, lessons: 4, teachers: 4, open: 4, fair: 4, culture: 4 };
const sheet: Sheet = { overall: 5, aspects };

async function opened(change: Partial<SurveyPlan> = {}): Promise<number> {
  return as(place.officer, async (tx) => {
    const { id } = await createSurvey(tx, plan(change), false);
    await planSurvey(tx, id, strata());
    await openSurvey(tx, id);
    return id;
  });
}
const tokensOf = (id: number, at: number, count: number): Promise<SurveyKey[]> =>
  as(place.officer, async (tx) => {
    const tokens = await issueSurveyTokens(tx, id, {
      unit: school(at),
      party: "parents",
      stage: "primary",
      count,
      replace: false,
    });
    return tokens.map((token) => readSurveyKey(token) ?? expect.fail(token));
  });
const answer = (key: SurveyKey, party: SurveyParty, given: Sheet = sheet, sheetId: string = randomUUID()) =>
  bench.store.gate.answerSurvey(key, { party, sheet: given, sheetId });
const stored = async (id: number): Promise<number> => {
  const { rows } = await owner.query<{ count: string }>(
    "select count(*) from app.survey_answers where survey_id = $1",
    [id],
  );
  return Number(rows[0]?.count);
};

describe("a survey that is being built", () => {
  it("is the manager's alone, and saved by one at a time", async () => {
    const made = await as(place.officer, (tx) => createSurvey(tx, plan(), false));
    expect(made).toMatchObject({ state: "draft", revision: 1, hasResult: false });
    const saved = await as(place.officer, (tx) => saveSurvey(tx, made.id, plan({ title: "新名称" }), 1));
    expect(saved).toMatchObject({ title: "新名称", revision: 2 });
    await expect(as(place.officer, (tx) => saveSurvey(tx, made.id, plan(), 1))).rejects.toMatchObject({
      code: "CHANGED_MEANWHILE",
    });
    for (const other of [place.viewer, place.inspector, place.principal, place.nobody, place.outsider]) {
      await expect(as(other, (tx) => readSurvey(tx, made.id))).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(as(other, (tx) => deleteSurvey(tx, made.id))).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    for (const other of [place.viewer, place.principal, place.administrator])
      await expect(as(other, (tx) => createSurvey(tx, plan(), false))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await as(place.officer, (tx) => deleteSurvey(tx, made.id));
    expect((await as(place.officer, listSurveys)).map(({ id }) => id)).not.toContain(made.id);
  });

  it("never changes once it was opened", async () => {
    const id = await opened();
    for (const change of [
      () => as(place.officer, (tx) => saveSurvey(tx, id, plan(), 2)),
      () => as(place.officer, (tx) => planSurvey(tx, id, strata())),
      () => as(place.officer, (tx) => deleteSurvey(tx, id)),
      () => as(place.officer, (tx) => openSurvey(tx, id)),
    ])
      await expect(change()).rejects.toMatchObject({ code: "SURVEY_STATE" });
  });

  it("is planned for schools there are", async () => {
    const { id } = await as(place.officer, (tx) => createSurvey(tx, plan(), false));
    const wrong = strata().map((stratum) => ({ ...stratum, unit: "2159999999" }));
    await expect(as(place.officer, (tx) => planSurvey(tx, id, wrong))).rejects.toMatchObject({
      code: "SCHOOL_UNKNOWN",
      fields: { schoolCodes: ["2159999999"] },
    });
    await as(place.officer, (tx) => planSurvey(tx, id, strata()));
    await as(place.officer, (tx) => makeSurveyLinks(tx, id, { label: "" }));
    await as(place.officer, (tx) => planSurvey(tx, id, strata().slice(0, 2)));
    const left = await as(place.officer, (tx) => listSurveyLinks(tx, id));
    expect(left.map(({ unit, party, stage, most }) => [unit, party, stage, most])).toEqual([
      [school(0), "parents", "primary", 100],
      [school(0), "teachers", null, 100],
    ]);
  });
});

describe("a token", () => {
  it("opens its form, takes one answer, and then says that it was used", async () => {
    const id = await opened();
    const [token] = await tokensOf(id, 0, 2);
    if (token === undefined) return expect.fail("no token");
    const form = await bench.store.gate.readSurveyForm(token);
    expect(form).toMatchObject({ outcome: "open", party: "parents", unitName: "示例1小学", asker: "测试区教委" });
    expect(form?.form).toEqual(starterForm("parents"));
    expect(await answer(token, "teachers")).toMatchObject({ outcome: "spent" });
    expect(await answer(token, "parents")).toMatchObject({ outcome: "stored" });
    expect(await answer(token, "parents")).toMatchObject({ outcome: "spent" });
    expect(await bench.store.gate.readSurveyForm(token)).toMatchObject({ outcome: "spent", form: null });
    expect(await stored(id)).toBe(1);
    const [progress] = await as(place.officer, (tx) => readSurveyProgress(tx, id));
    expect(progress).toMatchObject({ unit: school(0), party: "parents", answers: 1, unusedTokens: 1 });
  });

  it("used by many at once is taken once", async () => {
    const id = await opened();
    const [token] = await tokensOf(id, 0, 1);
    if (token === undefined) return expect.fail("no token");
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => answer(token, "parents")));
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([...Array(11).fill("spent"), "stored"]);
    expect(await stored(id)).toBe(1);
  });

  it("whose reply was lost is handed in again and stored once", async () => {
    const id = await opened();
    const [token] = await tokensOf(id, 0, 1);
    if (token === undefined) return expect.fail("no token");
    const sheetId = randomUUID();
    const outcomes = [await answer(token, "parents", sheet, sheetId), await answer(token, "parents", sheet, sheetId)];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["stored", "stored"]);
    expect(await stored(id)).toBe(1);
  });

  it("that was never made is unknown, and one of another survey too", async () => {
    const [one, two] = [await opened(), await opened()];
    const [token] = await tokensOf(one, 0, 1);
    if (token === undefined) return expect.fail("no token");
    const invented = { ...token, hash: token.hash.map((byte) => byte ^ 1) };
    expect(await answer(invented, "parents")).toMatchObject({ outcome: "unknown" });
    expect(await answer({ ...token, surveyId: two }, "parents")).toMatchObject({
      outcome: "unknown",
    });
    expect(await answer({ ...token, surveyId: 999_999 }, "parents")).toMatchObject({
      outcome: "unknown",
    });
    expect(readSurveyKey("1.1.short")).toBeNull();
    expect(readSurveyKey("1.1.' or true --")).toBeNull();
  });

  it("is worthless after it was replaced", async () => {
    const id = await opened();
    const [token] = await tokensOf(id, 0, 1);
    if (token === undefined) return expect.fail("no token");
    const wanted = { unit: school(0), party: "parents", stage: "primary", count: 3, replace: true } as const;
    await as(place.officer, (tx) => issueSurveyTokens(tx, id, wanted));
    expect(await answer(token, "parents")).toMatchObject({ outcome: "spent" });
    const [progress] = await as(place.officer, (tx) => readSurveyProgress(tx, id));
    expect(progress?.unusedTokens).toBe(3);
  });

  it("is made by who manages surveys only", async () => {
    const id = await opened();
    const wanted = { unit: school(0), party: "parents", stage: "primary", count: 1, replace: false } as const;
    for (const other of [place.viewer, place.principal, place.outsider])
      await expect(as(other, (tx) => issueSurveyTokens(tx, id, wanted))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("leaves nothing behind that stands beside an answer", async () => {
    const id = await opened();
    for (const token of await tokensOf(id, 0, 12)) await answer(token, "parents");
    const columns = await owner.query<{ name: string }>(
      "select column_name as name from information_schema.columns where table_schema = 'app' and table_name = 'survey_answers' order by ordinal_position",
    );
    expect(columns.rows.map(({ name }) => name)).toEqual([
      "district_id",
      "id",
      "survey_id",
      "unit_id",
      "party",
      "stage",
      "answered_on",
      "sheet",
    ]);
    expect((await owner.query("select 1 from app.survey_tokens where survey_id = $1", [id])).rowCount).toBe(0);
    const transactions = async (): Promise<number> =>
      (await owner.query("select distinct xmin from app.survey_answers where survey_id = $1", [id])).rowCount ?? 0;
    const ids = async (): Promise<string[]> =>
      (
        await owner.query<{ id: string }>("select id from app.survey_answers where survey_id = $1 order by ctid", [id])
      ).rows.map((row) => row.id);
    const before = await ids();
    expect(await transactions()).toBe(12); // valid check: before closing each answer is a transaction of its own
    await as(place.officer, (tx) => closeSurvey(tx, id));
    expect(await transactions()).toBe(1);
    expect((await ids()).some((one) => before.includes(one))).toBe(false);
    const audit = await owner.query(
      "select 1 from app.audit_events where detail::text like '%overall%' or action like 'survey.answer%'",
    );
    expect(audit.rowCount).toBe(0);
  });
});

describe("a link", () => {
  it("takes as many answers as it was made for, also when all come at once", async () => {
    const id = await opened();
    const links = await as(place.officer, (tx) => makeSurveyLinks(tx, id, { party: "teachers", label: "" }));
    await owner.query("update app.survey_links set most = 5 where survey_id = $1", [id]);
    const key = readSurveyKey(links[0]?.key ?? "");
    if (key === null) return expect.fail("no key");
    expect(await bench.store.gate.readSurveyForm(key)).toMatchObject({ outcome: "open", party: "teachers" });
    const outcomes = await Promise.all(Array.from({ length: 9 }, () => answer(key, "teachers")));
    expect(outcomes.filter(({ outcome }) => outcome === "stored")).toHaveLength(5);
    expect(outcomes.filter(({ outcome }) => outcome === "full")).toHaveLength(4);
    expect(await bench.store.gate.readSurveyForm(key)).toMatchObject({ outcome: "full" });
    expect(await stored(id)).toBe(5);
  });

  it("is made once per stratum, and can be taken back", async () => {
    const id = await opened();
    const first = await as(place.officer, (tx) => makeSurveyLinks(tx, id, { label: "" }));
    expect(await as(place.officer, (tx) => makeSurveyLinks(tx, id, { label: "" }))).toEqual(first);
    const [link] = first;
    if (link === undefined) return expect.fail("no link");
    await as(place.officer, (tx) => deleteSurveyLink(tx, id, link.id));
    const key = readSurveyKey(link.key);
    if (key === null) return expect.fail("no key");
    expect(await answer(key, link.party)).toMatchObject({ outcome: "unknown" });
  });
});

describe("the days of a survey", () => {
  it.each([
    ["before its first day", { opensOn: day(1), closesOn: day(5) }, "notYet"],
    ["after its last day", { opensOn: day(-5), closesOn: day(-1) }, "closed"],
  ])("%s no answer is taken, and the token is not spent", async (_, days, outcome) => {
    const id = await opened(days);
    const [token] = await tokensOf(id, 0, 1);
    if (token === undefined) return expect.fail("no token");
    expect(await answer(token, "parents")).toMatchObject({ outcome });
    expect(await bench.store.gate.readSurveyForm(token)).toMatchObject({ outcome, opensOn: days.opensOn });
    const [progress] = await as(place.officer, (tx) => readSurveyProgress(tx, id));
    expect(progress?.unusedTokens).toBe(1);
  });

  it("a draft takes none, and a closed one none any more", async () => {
    const id = await opened();
    const [token] = await tokensOf(id, 0, 1);
    if (token === undefined) return expect.fail("no token");
    await as(place.officer, (tx) => closeSurvey(tx, id));
    expect(await answer(token, "parents")).toMatchObject({ outcome: "closed" });
    expect(await bench.store.gate.readSurveyForm(token)).toMatchObject({ outcome: "closed" });
    expect(await stored(id)).toBe(0);
  });
});

describe("answers and results", () => {
  let id: number;
  const portions = async (actor: Actor, survey: number): Promise<KeptSheet[]> =>
    as(actor, async (tx) => {
      const all: KeptSheet[] = [];
      for await (const portion of readSheets(tx, survey, 7)) all.push(...portion);
      return all;
    });

  beforeAll(async () => {
    id = await opened();
    // 14 parents of school 0, 25 of school 1, 4 of school 2
    for (const [at, count] of [14, 25, 4].entries()) {
      const tokens = await tokensOf(id, at, count);
      for (const [number, token] of tokens.entries())
        await answer(token, "parents", { overall: number % 4 === 0 ? 2 : 5, aspects });
    }
    await bench.store.gate.flagSurvey({
      districtId: place.districtId,
      surveyId: id,
      unitId: place.schools[0]?.unitId ?? 0,
      answers: 100,
    });
    await bench.store.gate.flagSurvey({
      districtId: place.districtId,
      surveyId: id,
      unitId: place.schools[0]?.unitId ?? 0,
      answers: 50,
    });
  });

  it("are read by nobody while the survey is open, not even by who manages it", async () => {
    expect(await portions(place.officer, id)).toEqual([]);
    expect(await stored(id)).toBe(43);
    const progress = await as(place.officer, (tx) => readSurveyProgress(tx, id));
    expect(progress.filter(({ party }) => party === "parents").map(({ answers }) => answers)).toEqual([14, 25, 4]);
    await expect(as(place.principal, (tx) => readSurveyProgress(tx, id))).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("are summed up after closing: small schools, and what would give them away, are kept nowhere", async () => {
    await as(place.officer, async (tx) => {
      await closeSurvey(tx, id);
      const survey = await readSurvey(tx, id);
      const summary = summarizeSurvey(survey.forms, strata());
      for await (const portion of readSheets(tx, id))
        for (const kept of portion) summary.add(kept.party, kept.unit, kept.stage, kept.sheet);
      const { result, schools } = summary.finish();
      await saveSurveyResult(tx, id, result, schools);
    });
    const result = await as(place.officer, (tx) => readSurveyResult(tx, id));
    expect(result?.parties.map(({ party, sheets }) => [party, sheets])).toEqual([
      ["parents", 43],
      ["teachers", 0],
    ]);
    const parents = (await as(place.officer, (tx) => listSchoolResults(tx, id))).filter(
      ({ party }) => party === "parents",
    );
    // school 2 has four sheets; school 0 is hidden with it, because 43 − 25 − 14 would tell
    expect(parents.map(({ unit, sheets, isShown, answers }) => [unit, sheets, isShown, answers])).toEqual([
      [school(0), 14, false, null],
      [school(1), 25, true, 25],
      [school(2), 4, false, null],
    ]);
    expect(parents[1]).toMatchObject({
      satisfied: 18,
      leaves: { "example-compulsory/B2": { answers: 25, satisfied: 25 } },
    });
  });

  it("of one's own school are seen by its principal when they may be shown, the district's by everybody who reads schools", async () => {
    expect(await as(place.principal, (tx) => listSchoolResults(tx, id))).toEqual([]); // school 0 is held back
    expect((await as(place.groupHead, (tx) => listSchoolResults(tx, id))).map(({ unit }) => unit)).toEqual([school(1)]);
    expect((await as(place.viewer, (tx) => listSchoolResults(tx, id))).map(({ unit }) => unit)).toEqual([school(1)]);
    expect((await as(place.principal, listSurveys)).map((survey) => survey.id)).toContain(id);
    for (const other of [place.nobody, place.outsider]) {
      await expect(as(other, (tx) => readSurvey(tx, id))).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect(await as(other, (tx) => listSchoolResults(tx, id))).toEqual([]);
    }
    for (const other of [place.viewer, place.principal, place.groupHead]) {
      expect(await portions(other, id)).toEqual([]);
      expect(await as(other, (tx) => listSurveyFlags(tx, id))).toEqual([]);
    }
    expect(await portions(place.officer, id)).toHaveLength(43);
  });

  it("give the scheme engine what may be shown, by leaf and party of the scheme", async () => {
    const counts = await as(place.officer, (tx) => surveyCounts(tx, id, "example-compulsory"));
    expect(new Set(counts.map(({ unit }) => unit))).toEqual(new Set([school(1)]));
    expect(counts.find(({ node }) => node === "B2")).toEqual({
      unit: school(1),
      node: "B2",
      party: "parents",
      satisfied: 25,
      answers: 25,
    });
    expect(await as(place.officer, (tx) => surveyCounts(tx, id, "example-senior"))).toEqual([]);
  });

  it("come with the days on which many came from one place", async () => {
    expect(await as(place.officer, (tx) => listSurveyFlags(tx, id))).toMatchObject([
      { unit: school(0), answers: 150, on: day(0) },
    ]);
  });

  it("that are invented go into a sample district only", async () => {
    const real = await opened();
    const rows = [{ unit: school(0), party: "parents" as const, stage: "primary", on: day(0), sheet }];
    await expect(as(place.officer, (tx) => loadSampleSheets(tx, real, rows))).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});
