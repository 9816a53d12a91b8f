import { randomUUID } from "node:crypto";
import { routes } from "@xingfu/contract";
import type { Survey } from "@xingfu/contract";
import { readSheet, starterForm, starterForms } from "@xingfu/domain/survey";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHarness, primarySchool, together, year } from "../testing/harness.ts";
import type { Harness, Person } from "../testing/harness.ts";

let harness: Harness;
let officer: Person;
let viewer: Person;
let principal: Person;
beforeAll(async () => {
  harness = await openHarness();
  const { district } = harness;
  [officer, viewer, principal] = (await Promise.all(
    [district.officer, district.viewer, district.principal].map((actor) => harness.as(actor)),
  )) as [Person, Person, Person];
  await harness.report(
    together(...district.schools.slice(0, 3).map((school) => primarySchool(school.code, school.name))),
  );
});
afterAll(() => harness.close());

const day = (shift: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(
    new Date(Date.now() + shift * 86_400_000),
  );
const input = () => ({
  title: "家长满意度",
  year,
  asker: "测试区教委",
  purpose: "改进工作",
  opensOn: day(-1),
  closesOn: day(5),
  forms: [starterForm("parents"), starterForm("public")].map((form) => structuredClone(form)) as never,
});
const planOf = (isKept: boolean) => ({
  stages: ["primary" as const],
  margin: 0.05,
  responseRate: 0.6,
  leastPerSchool: 20,
  others: { deputies: 0, advisers: 0, public: 3000 },
  isKept,
});
const aspects = { moral: 5, lessons: 4, teachers: 4, open: 4, fair: 4, culture: 2 };
const sheet = { overall: 5, aspects };

async function opened(): Promise<Survey> {
  const { id } = await officer.client.createSurvey({ body: input() });
  await officer.client.planSurvey({ params: { id }, body: planOf(true) });
  return officer.client.openSurvey({ params: { id } });
}
async function tokens(id: number, at: number, count: number): Promise<string[]> {
  const unit = harness.district.schools[at]?.code ?? "";
  const body = { unit, party: "parents" as const, stage: "primary" as const, count, replace: false };
  return (await officer.client.issueSurveyTokens({ params: { id }, body })).keys;
}
const send = (key: string, given: object = sheet, remoteAddress = "203.0.113.5") =>
  harness.app.inject({
    method: "POST",
    url: "/api/v1/survey-answer",
    remoteAddress,
    payload: { key, party: "parents", sheetId: randomUUID(), sheet: given },
  });

describe("building a survey", () => {
  it("takes every kind of question there is", async () => {
    const all = { ...input(), forms: starterForms.map((form) => structuredClone(form)) as never };
    const made = await officer.client.createSurvey({ body: all });
    expect(made.forms).toEqual(starterForms);
    await officer.client.deleteSurvey({ params: { id: made.id } });
  });

  it("refuses what is not a form, each place by name", async () => {
    const wrong = { ...input(), forms: [{ party: "aliens", greeting: "", sections: [], isAdmin: true }] as never };
    await expect(officer.client.createSurvey({ body: wrong })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });

  it("opens nothing that has problems, and says which", async () => {
    const form = structuredClone(starterForm("parents"));
    const [first] = form.sections[0]?.questions ?? [];
    const broken = { ...form, sections: [{ id: "s", title: "", questions: [first, { ...first, isOverall: false }] }] };
    const { id } = await officer.client.createSurvey({ body: { ...input(), forms: [broken] as never } });
    await expect(officer.client.openSurvey({ params: { id } })).rejects.toMatchObject({
      code: "SURVEY_INVALID",
      fields: {
        problems: [{ code: "doubledId", party: "parents", question: 2, detail: "overall" }, { code: "noPlan" }],
      },
    });
  });

  it("plans from what was reported", async () => {
    const { id } = await officer.client.createSurvey({ body: input() });
    const { strata } = await officer.client.planSurvey({ params: { id }, body: planOf(false) });
    // 3 schools of 400 pupils: 1,200 parents need 292 sheets; 3,000 people need 341
    expect(strata.map(({ party, population, sheets }) => [party, population, sheets])).toEqual([
      ["parents", 400, 98],
      ["parents", 400, 97],
      ["parents", 400, 97],
      ["public", 3000, 341],
    ]);
    expect((await officer.client.readSurveyProgress({ params: { id } })).strata).toEqual([]);
    const none = await officer.client.createSurvey({ body: { ...input(), year: 2011 as typeof year } });
    await expect(officer.client.planSurvey({ params: { id: none.id }, body: planOf(true) })).rejects.toMatchObject({
      code: "NO_DATA",
    });
  });
});

describe("a person with a token", () => {
  it("sees the form, hands in once, and is told when it was used", async () => {
    const { id } = await opened();
    const [key = ""] = await tokens(id, 0, 1);
    const form = await harness.stranger.openSurveyForm({ body: { key } });
    expect(form).toMatchObject({ title: "家长满意度", asker: "测试区教委", party: "parents", unitName: "示例1小学" });
    expect(readSheet(form.form, sheet).problems).toEqual([]);
    expect((await send(key)).statusCode).toBe(204);
    expect((await send(key)).json()).toMatchObject({ status: 409, code: "SURVEY_REFUSED", fields: { why: "spent" } });
    await expect(harness.stranger.openSurveyForm({ body: { key } })).rejects.toMatchObject({
      fields: { why: "spent" },
    });
  });

  it("who sends nonsense keeps the token", async () => {
    const { id } = await opened();
    const [key = ""] = await tokens(id, 0, 1);
    for (const given of [
      {},
      { overall: 9, aspects },
      { overall: 5, aspects, x: 1 },
      { overall: 5, aspects, words: "字".repeat(301) },
    ])
      expect((await send(key, given)).json()).toMatchObject({ status: 422, code: "SURVEY_SHEET_INVALID" });
    expect((await send(key, { words: "x".repeat(70_000) })).json()).toMatchObject({ code: "BODY_TOO_LARGE" });
    expect((await send("1.1.x")).json()).toMatchObject({ fields: { why: "unknown" } });
    expect((await send(key)).statusCode).toBe(204);
  });

  it("leaves neither key nor address nor account in the log, signed in or not", async () => {
    const lines: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    // the log takes the stream that stands there when the server is built
    process.stdout.write = (line: string) => lines.push(line) > 0;
    const loud = await openHarness({ logLevel: "debug" });
    try {
      const own = await loud.as(loud.district.officer);
      const made = await own.client.createSurvey({ body: input() });
      await loud.report(primarySchool(loud.district.schools[0]?.code ?? "", "第一小学"));
      await own.client.planSurvey({ params: { id: made.id }, body: planOf(true) });
      await own.client.openSurvey({ params: { id: made.id } });
      const { links } = await own.client.makeSurveyLinks({ params: { id: made.id }, body: { label: "" } });
      const key = links.find(({ party }) => party === "parents")?.key ?? "";
      const before = lines.length;
      const reply = await loud.app.inject({
        method: "POST",
        url: "/api/v1/survey-answer",
        remoteAddress: "203.0.113.77",
        headers: { cookie: own.cookie },
        payload: { key, party: "parents", sheetId: randomUUID(), sheet },
      });
      expect(reply.statusCode).toBe(204);
      expect(before).toBeGreaterThan(0); // other requests are logged
      const after = lines.slice(before).join("");
      expect(after).not.toContain("203.0.113.77");
      expect(after).not.toContain(key);
      expect(after).not.toContain("survey-answer");
    } finally {
      process.stdout.write = write;
      await loud.close();
    }
  });

  /** A server of its own with an open link, and how to answer by it from an address. */
  async function openLink(perMinute: number) {
    const own = await openHarness({ surveyAnswersPerMinute: perMinute });
    const person = await own.as(own.district.officer);
    await own.report(primarySchool(own.district.schools[0]?.code ?? "", "第一小学", {}));
    const { id } = await person.client.createSurvey({ body: input() });
    await person.client.planSurvey({ params: { id }, body: planOf(true) });
    await person.client.openSurvey({ params: { id } });
    const { links } = await person.client.makeSurveyLinks({ params: { id }, body: { party: "public", label: "" } });
    const key = links[0]?.key ?? "";
    const one = (remoteAddress: string) =>
      own.app.inject({
        method: "POST",
        url: "/api/v1/survey-answer",
        remoteAddress,
        payload: { key, party: "public", sheetId: randomUUID(), sheet: { overall: 4 } },
      });
    const progress = () => person.client.readSurveyProgress({ params: { id } });
    return { own, one, progress };
  }
  const many = async <T>(count: number, one: () => Promise<T>): Promise<T[]> => {
    const replies: T[] = [];
    while (replies.length < count) replies.push(...(await Promise.all(Array.from({ length: 100 }, one))));
    return replies;
  };

  it("is slowed, not dropped, when very many come from one address", async () => {
    const { own, one, progress } = await openLink(1);
    const replies = await many(100, () => one("203.0.113.9"));
    const refused = replies.filter(({ statusCode }) => statusCode === 429);
    const taken = replies.filter(({ statusCode }) => statusCode === 204);
    expect(taken.length + refused.length).toBe(100);
    expect(taken.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThan(0);
    expect((await one("203.0.113.10")).statusCode).toBe(204); // another address goes on
    own.pass(600);
    expect((await one("203.0.113.9")).statusCode).toBe(204); // and so does this one, later
    const { strata } = await progress();
    expect(strata.find(({ party }) => party === "public")?.answers).toBe(taken.length + 2);
    await own.close();
  });

  it("of whom thousands share an address are all taken at their pace, and the school is flagged", async () => {
    const { own, one, progress } = await openLink(1e6);
    const replies = await many(1100, () => one("203.0.113.9"));
    expect(replies.every(({ statusCode }) => statusCode === 204)).toBe(true);
    const { strata, flags } = await progress();
    expect(strata.find(({ party }) => party === "public")?.answers).toBe(1100);
    expect(flags).toMatchObject([{ on: day(0), answers: 1100 }]);
    expect(JSON.stringify(flags)).not.toContain("203.0.113");
    await own.close();
  });
});

describe("a closed survey", () => {
  let id: number;
  beforeAll(async () => {
    ({ id } = await opened());
    for (const [at, count] of [30, 24, 12].entries())
      for (const [number, key] of (await tokens(id, at, count)).entries()) {
        const words = number % 3 === 0 ? `食堂的午餐太凉，请王老师打13812345678，第${number}次` : undefined;
        const reply = await send(key, {
          overall: number % 3 === 0 ? 2 : 5,
          aspects,
          ...(words === undefined ? {} : { words }),
        });
        if (reply.statusCode !== 204) throw new Error(reply.payload);
      }
  });

  it("tells nothing before it is closed", async () => {
    expect(await officer.client.readSurveyResult({ params: { id } })).toMatchObject({ result: null, schools: [] });
    for (const person of [viewer, principal])
      await expect(person.client.readSurvey({ params: { id } })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(
      officer.client.exportSurvey({ params: { id }, query: { party: "parents", format: "csv" } }),
    ).rejects.toMatchObject({
      code: "SURVEY_STATE",
    });
  });

  it("is counted, with progress, and again when asked", async () => {
    expect(await officer.client.closeSurvey({ params: { id } })).toMatchObject({ state: "running", total: 66 });
    await expect
      .poll(async () => (await officer.client.readSurveyResult({ params: { id } })).counting, { timeout: 10_000 })
      .toEqual({ state: "done", done: 66, total: 66 });
    const { result, schools } = await officer.client.readSurveyResult({ params: { id } });
    const parents = result?.parties.find(({ party }) => party === "parents");
    expect(parents).toMatchObject({ sheets: 66, population: 1200, texts: 22 });
    expect(parents?.share).toMatchObject({ answers: 66, satisfied: 44, gap: null });
    expect(parents?.share.value).toBeCloseTo(44 / 66, 10); // a third of every school, so the weights change nothing
    expect(parents?.keywords.unsatisfied.map(({ word }) => word)).toEqual(expect.arrayContaining(["食堂", "午餐"]));
    expect(
      schools.filter(({ party }) => party === "parents").map(({ sheets, satisfied }) => [sheets, satisfied]),
    ).toEqual([
      [30, 20],
      [24, 16],
      [12, 8],
    ]);
    expect(await officer.client.closeSurvey({ params: { id } })).toMatchObject({ total: 66 });
    await officer.client.cancelCounting({ params: { id } });
  });

  it("is seen by the principal for the own school and the district", async () => {
    const seen = await principal.client.readSurveyResult({ params: { id } });
    expect(seen.result?.parties).toHaveLength(2);
    expect(seen.schools.map(({ unitName, party }) => [unitName, party])).toEqual([["示例1小学", "parents"]]);
    expect((await viewer.client.readSurveyResult({ params: { id } })).schools).toHaveLength(3);
  });

  it("shows what people wrote without what points at somebody", async () => {
    const { texts, total } = await officer.client.listSurveyTexts({ params: { id }, query: { party: "parents" } });
    expect(total).toBe(22);
    expect(texts[0]?.text).toMatch(/^食堂的午餐太凉，请某老师打［电话］，第\d+次$/);
    const none = await officer.client.listSurveyTexts({ params: { id }, query: { party: "public" } });
    expect(none).toEqual({ texts: [], total: 0 });
  });

  it.each(["csv", "xlsx"] as const)("is exported as %s, sheet by sheet", async (format) => {
    const file = await officer.client.exportSurvey({ params: { id }, query: { party: "parents", format } });
    expect(file.fileName).toBe(`家长满意度（家长）答卷.${format}`);
    const bytes = Buffer.from(await file.blob.arrayBuffer());
    if (format === "xlsx") return expect(bytes.subarray(0, 2).toString()).toBe("PK");
    const lines = bytes.toString().trim().split("\r\n");
    expect(lines).toHaveLength(68);
    expect(lines[1]).toContain("总的来说，您对孩子所在学校满意吗");
    expect(lines.slice(2).filter((line) => line.startsWith("示例3小学"))).toHaveLength(12);
    expect(bytes.toString()).not.toContain("13812345678");
  });

  it("gives its counts to the district's report only when an officer accepts them", async () => {
    const before = await officer.client.readFacts({ params: { year } });
    await officer.client.acceptSatisfaction({ params: { id }, body: { parties: ["parents", "public"] } });
    const after = await officer.client.readFacts({ params: { year } });
    expect(JSON.stringify(before)).not.toContain('"satisfiedAnswers":44');
    expect(JSON.stringify(after)).toContain('{"party":"parents","validAnswers":66,"satisfiedAnswers":44}');
    expect(JSON.stringify(after)).not.toContain('"party":"public"'); // fewer than ten sheets
    await expect(
      viewer.client.acceptSatisfaction({ params: { id }, body: { parties: ["parents"] } }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

it("keeps the public routes free of sessions", () => {
  expect([routes.openSurveyForm, routes.answerSurvey].map((route) => [route.access, route.isTraceless])).toEqual([
    ["public", true],
    ["public", true],
  ]);
});
