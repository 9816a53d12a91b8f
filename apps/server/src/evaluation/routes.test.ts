import { randomUUID } from "node:crypto";
import { ApiError } from "@xingfu/contract";
import type { Judgement, ReplyOf, Routes } from "@xingfu/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHarness, year } from "../testing/harness.ts";
import type { Harness, Person } from "../testing/harness.ts";

let harness: Harness;
let officer: Person;
let inspector: Person;
let principal: Person;
let clerk: Person;
let viewer: Person;
let groupHead: Person;
beforeAll(async () => {
  harness = await openHarness();
  const { district } = harness;
  [officer, inspector, principal, clerk, viewer, groupHead] = (await Promise.all(
    [district.officer, district.inspector, district.principal, district.clerk, district.viewer, district.groupHead].map(
      (actor) => harness.as(actor),
    ),
  )) as [Person, Person, Person, Person, Person, Person];
});
afterAll(() => harness.close());

const refusal = (promise: Promise<unknown>): Promise<{ code: unknown; fields: unknown }> =>
  promise.then(
    () => ({ code: "none", fields: {} }),
    (error: unknown) =>
      error instanceof ApiError ? { code: error.code, fields: error.fields } : Promise.reject(error),
  );
const code = async (promise: Promise<unknown>): Promise<unknown> => (await refusal(promise)).code;
const level = (name: string): Judgement => ({ kind: "rubric", level: name });

const calendar = {
  selfEvaluationUntil: "2099-03-31",
  reviewUntil: "2099-04-30",
  onSiteUntil: "2099-05-31",
  appealDays: 10,
};
let rounds = 0;
async function plan(more: { readonly calendar?: Partial<typeof calendar> } = {}) {
  rounds += 1;
  const round = await officer.client.createRound({
    body: {
      name: `第 ${rounds} 轮`,
      year,
      scheme: "example-compulsory",
      schemeVersion: "2025.1",
      calendar: { ...calendar, ...more.calendar },
      ratersPerSchool: 1,
      note: "",
      schoolCodes: harness.district.schools.map((school) => school.code),
    },
  });
  const { rows } = await officer.client.readBoard({ params: { id: round.id } });
  const [first] = rows;
  if (first === undefined) throw new Error("no evaluation");
  return { round, first, id: first.evaluationId, rows };
}

async function assign(roundId: number): Promise<number> {
  const { assignments } = await officer.client.assignInspectors({
    params: { id: roundId },
    body: {
      assignments: [
        {
          schoolCode: harness.district.schools[0]?.code ?? "",
          accountId: harness.district.inspector.accountId,
          party: "commission",
        },
      ],
    },
  });
  return assignments[0]?.id ?? 0;
}

const move = (
  person: Person,
  id: number,
  from: ReplyOf<Routes["moveEvaluation"]>["state"],
  to: ReplyOf<Routes["moveEvaluation"]>["state"],
  reason = "",
) => person.client.moveEvaluation({ params: { id }, body: { from, to, reason } });

const entry = (evaluationId: number, more: object = {}) => ({
  id: randomUUID(),
  evaluationId,
  place: "B1",
  party: "commission",
  method: "documentReview" as const,
  judgement: level("B"),
  words: "",
  baseRevision: 0,
  writtenAt: new Date().toISOString(),
  ...more,
});
const sync = (person: Person, entries: readonly ReturnType<typeof entry>[], deviceNow = new Date().toISOString()) =>
  person.client.syncEntries({ body: { deviceNow, entries: [...entries] } });

/** Self-evaluation of the first school, handed in, with an inspector assigned. */
async function handedIn() {
  const planned = await plan();
  const assignment = await assign(planned.round.id);
  await move(officer, planned.id, "planned", "selfEvaluation");
  for (const place of ["B1", "B2"])
    await principal.client.saveSelfEntry({
      params: { id: planned.id, place },
      body: { judgement: level("A"), words: `${place} 自评`, revision: 0 },
    });
  await move(principal, planned.id, "selfEvaluation", "submitted");
  return { ...planned, assignment };
}

describe("a whole evaluation", () => {
  it("goes from plan to publication, each side seeing its part", async () => {
    const { id, round } = await handedIn();
    expect((await viewer.client.readSelf({ params: { id } })).isVisible).toBe(false);
    expect((await officer.client.readSelf({ params: { id } })).entries.map(({ place }) => place)).toEqual(["B1", "B2"]);

    const { scheme } = await officer.client.readRound({ params: { id: round.id } });
    const leaves = scheme.nodes.filter((node) => node.leaf?.raters.some(({ party }) => party === "commission"));
    const { results } = await sync(
      inspector,
      leaves.map((node) => entry(id, { place: node.id })),
    );
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(["stored"]));
    await move(inspector, id, "submitted", "reviewed");
    await move(inspector, id, "reviewed", "onSite");
    await officer.client.setVetoes({ params: { id: round.id }, body: { words: "已核查" } });
    await officer.client.recordSurveyCounts({
      params: { id: round.id },
      body: {
        source: "问卷",
        counts: scheme.nodes.flatMap((node) =>
          (node.leaf?.raters ?? [])
            .filter(({ rule }) => rule.kind === "survey")
            .map(({ party }) => ({
              schoolCode: harness.district.schools[0]?.code ?? "",
              place: node.id,
              party,
              satisfied: 90,
              answers: 100,
            })),
        ),
      },
    });
    await officer.client.moderateLeaf({
      params: { id, place: "B3", party: "commission" },
      body: { judgement: level("D"), reason: "现场未见", revision: 0 },
    });
    await move(officer, id, "onSite", "moderated");
    expect((await principal.client.readResult({ params: { id } })).isVisible).toBe(false);
    await officer.client.saveFeedback({
      params: { id },
      body: { strengths: "党建", concerns: "课程", nextSteps: "补课表", revision: 0 },
    });
    expect((await principal.client.readFeedback({ params: { id } })).feedback).toBeNull();
    await move(officer, id, "moderated", "feedback");

    const fed = await principal.client.readResult({ params: { id } });
    expect(fed).toMatchObject({ isVisible: true, isFinal: false, feedback: { strengths: "党建" } });
    expect(fed.concerns).toEqual(["B3"]);
    expect(JSON.stringify(fed)).not.toContain("inspector");
    // the value-added leaf is a gap that says so
    expect(fed.valueAdded).toMatchObject({ why: "not-reported", where: "growth" });
    expect(fed.scorecard?.points).toBeNull();

    const appeal = await principal.client.appeal({ params: { id }, body: { places: ["B3"], words: "课表在附件" } });
    const answered = await officer.client.answerAppeal({
      params: { id, appeal: appeal.id },
      body: { isUpheld: false, words: "附件无课表" },
    });
    expect(answered.answer).toMatchObject({ isUpheld: false });
    const decided = await principal.client.readResult({ params: { id } });
    expect(decided).toMatchObject({ isFinal: true, evaluation: { state: "decided" } });
    expect(decided.hash).toMatch(/^[0-9a-f]{64}$/);
    await move(officer, id, "decided", "published");
    for (const person of [viewer, groupHead, inspector])
      expect((await person.client.readResult({ params: { id } })).hash).toBe(decided.hash);
    const { history } = await principal.client.readEvaluation({ params: { id } });
    expect(history.map(({ to }) => to)).toEqual([
      "selfEvaluation",
      "submitted",
      "feedback",
      "appeal",
      "decided",
      "published",
    ]);

    const report = await principal.client.readEvaluationReport({ params: { id } });
    expect(report.title).toBe("示例1小学发展性评价报告");
    expect(report.parts.map(({ heading }) => heading)).toContain("七、一校一品");
    const file = await principal.client.downloadEvaluationReport({ params: { id }, query: { format: "docx" } });
    expect(file.fileName).toMatch(/示例1小学.*docx$/);
    expect(
      Buffer.from(await file.blob.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe("PK");
    const sheet = await viewer.client.downloadRoundReport({ params: { id: round.id }, query: { format: "xlsx" } });
    expect(sheet.blob.size).toBeGreaterThan(1000);
    const raters = await officer.client.readRaters({ params: { id: round.id } });
    expect(raters.raters).toMatchObject([{ schools: 1, ratings: leaves.length, severity: null }]);
    expect(await code(principal.client.readRaters({ params: { id: round.id } }))).toBe("FORBIDDEN");

    const summary = await officer.client.readRoundSummary({ params: { id: round.id } });
    expect(summary.schools.map(({ school }) => school)).toEqual(["示例1小学"]);
    // too few schools for a distribution
    expect(summary.nodes.every(({ quartiles }) => quartiles === null)).toBe(true);
    expect((await officer.client.listReminders({ params: { id: round.id } })).reminders).toEqual([]);
  });
});

describe("bad input", () => {
  it("names what is wrong with a scheme, place by place", async () => {
    const source = "id: x\nversion: '1'\ntitle: 坏方案\npoints: 100\nareas:\n  - { id: a, label: 甲, points: 60 }\n";
    const draft = await officer.client.createSchemeDraft({ body: { source } });
    const problems = draft.problems.map(({ path, problem }) => `${path} ${problem}`).join("\n");
    expect(problems).toMatch(/areas/);
    expect(draft.draft.problemCount).toBe(draft.problems.length);
    const refused = await refusal(
      officer.client.publishScheme({ params: { id: draft.draft.id }, body: { revision: draft.draft.revision } }),
    );
    expect(refused).toMatchObject({ code: "SCHEME_INVALID", fields: { problems: draft.problems } });
    const broken = await officer.client.checkScheme({ body: { source: "a: [1\nb" } });
    expect(broken).toMatchObject({ scheme: null, written: null, problems: [{ path: "" }] });
  });

  it("refuses a leaf without a rater and weights that do not sum", async () => {
    const { source } = await officer.client.readScheme({
      params: { scheme: "example-compulsory", version: "2025.1" },
    });
    for (const [from, to] of [
      ["commission: 1\n", "commission: 0.5\n"],
      ["points: 15\n", "points: 14\n"],
    ] as const) {
      expect(source).toContain(from);
      const { problems } = await officer.client.checkScheme({ body: { source: source.replace(from, to) } });
      expect(problems.length, to).toBeGreaterThan(0);
      expect(problems[0]?.mend).not.toBe("");
    }
  });

  it("publishes a copy that never changes, and a running round keeps the scheme it was planned with", async () => {
    const copy = await officer.client.createSchemeDraft({
      body: { copyOf: { scheme: "example-compulsory", version: "2025.1" } },
    });
    expect(copy.problems).toEqual([]);
    const entry1 = await officer.client.publishScheme({
      params: { id: copy.draft.id },
      body: { revision: copy.draft.revision },
    });
    expect(entry1).toMatchObject({ origin: "district", copiedFrom: { scheme: "example-compulsory" } });
    const round = await officer.client.createRound({
      body: {
        name: "区级方案",
        year,
        scheme: entry1.scheme,
        schemeVersion: entry1.version,
        calendar,
        ratersPerSchool: 1,
        note: "",
        schoolCodes: [harness.district.schools[1]?.code ?? ""],
      },
    });
    const again = await officer.client.createSchemeDraft({ body: { source: copy.source } });
    expect(await code(officer.client.publishScheme({ params: { id: again.draft.id }, body: { revision: 1 } }))).toBe(
      "ALREADY_EXISTS",
    );
    const changed = await officer.client.saveSchemeDraft({
      params: { id: again.draft.id },
      body: {
        source: copy.source.replace(entry1.version, "2099.9").replace("flagSelfAbove: 0.2", "flagSelfAbove: 0.4"),
        revision: 1,
      },
    });
    await officer.client.publishScheme({ params: { id: again.draft.id }, body: { revision: changed.draft.revision } });
    expect((await officer.client.readRound({ params: { id: round.id } })).round).toMatchObject({
      schemeVersion: entry1.version,
      schemeHash: entry1.hash,
    });
    expect((await officer.client.readRound({ params: { id: round.id } })).scheme.flagSelfAbove).toBe(0.2);
  });

  it("refuses a calendar whose days contradict each other", async () => {
    expect(await refusal(plan({ calendar: { reviewUntil: "2099-01-01" } }))).toMatchObject({
      code: "CALENDAR_INVALID",
      fields: { field: "reviewUntil" },
    });
    expect(await code(plan({ calendar: { onSiteUntil: "2099-02-31" } }))).toBe("CALENDAR_INVALID");
  });

  it("refuses an unknown level, a stray place and a chapter with a judgement", async () => {
    const { id } = await plan();
    await move(officer, id, "planned", "selfEvaluation");
    const save = (place: string, judgement: Judgement | null) =>
      refusal(principal.client.saveSelfEntry({ params: { id, place }, body: { judgement, words: "", revision: 0 } }));
    expect(await save("B1", level("Z"))).toEqual({
      code: "JUDGEMENT_REFUSED",
      fields: { place: "B1", why: "unknownLevel" },
    });
    expect(await save("B1", { kind: "yesNo", isMet: true })).toMatchObject({ fields: { why: "wrongKind" } });
    expect(await save("A1", null)).toMatchObject({ fields: { why: "notALeaf" } });
    expect(await save("chapter:character", level("A"))).toMatchObject({ fields: { why: "wrongKind" } });
    expect(await save("chapter:character", null)).toMatchObject({ code: "none" });
  });

  it("overwrites nothing when two people write the same leaf, and shows both versions", async () => {
    const { id } = await plan();
    await move(officer, id, "planned", "selfEvaluation");
    const save = (person: Person, words: string, revision: number) =>
      person.client.saveSelfEntry({ params: { id, place: "B1" }, body: { judgement: null, words, revision } });
    expect((await save(principal, "甲", 0)).revision).toBe(1);
    expect(await refusal(save(clerk, "乙", 0))).toMatchObject({
      code: "ENTRY_CHANGED",
      fields: { current: { words: "甲", revision: 1 }, sent: { words: "乙", revision: 0 } },
    });
    // the same message twice is no conflict
    expect((await save(principal, "甲", 0)).revision).toBe(1);
    expect((await save(clerk, "甲乙", 1)).revision).toBe(2);
    const { versions } = await principal.client.listSelfVersions({ params: { id, place: "B1" } });
    expect(versions.map(({ words }) => words)).toEqual(["甲乙", "甲"]);
  });

  it("stores exactly one of ten writes on the same revision", async () => {
    const { id } = await plan();
    await move(officer, id, "planned", "selfEvaluation");
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        code(
          (index % 2 === 0 ? principal : clerk).client.saveSelfEntry({
            params: { id, place: "B1" },
            body: { judgement: null, words: `第 ${index} 人`, revision: 0 },
          }),
        ),
      ),
    );
    expect(results.filter((result) => result === "none")).toHaveLength(1);
    expect(results.filter((result) => result === "ENTRY_CHANGED")).toHaveLength(9);
  });

  it("refuses programs and web pages as evidence by their content, and what is too large", async () => {
    const { id } = await plan();
    await move(officer, id, "planned", "selfEvaluation");
    const add = (fileName: string, content: string) =>
      refusal(
        principal.client.addEvaluationFile({
          params: { id, place: "B1" },
          query: { item: "plan" },
          file: { fileName, blob: new Blob([Buffer.from(content, "utf8")]) },
        }),
      );
    expect(await add("计划.pdf", "%PDF-1.7 计划")).toMatchObject({ code: "none" });
    expect(await add("计划.pdf", "MZ 程序")).toMatchObject({
      code: "FILE_UNREADABLE",
      fields: { problem: expect.stringContaining("可执行程序") },
    });
    expect(await add("说明.txt", "  <!DOCTYPE html><html><script>alert(1)</script>")).toMatchObject({
      fields: { problem: expect.stringContaining("网页") },
    });
    expect(await add("照片.png", "<svg onload=alert(1)>")).toMatchObject({ code: "FILE_UNREADABLE" });
    expect(await add("计划.docx", "PK\u0003\u0004 不完整")).toMatchObject({ code: "FILE_UNREADABLE" });
    const { evidence } = await principal.client.readSelf({ params: { id } });
    expect(evidence.map(({ title }) => title)).toEqual(["计划.pdf"]);
    // two gigabytes are refused by their announcement, before they are read
    const large = await principal.send({
      method: "POST",
      url: `/api/v1/evaluation/evaluations/${id}/self/B1/files`,
      headers: { "content-type": "multipart/form-data; boundary=x", "content-length": String(2 * 1024 ** 3) },
      payload: "",
    });
    expect(large.statusCode).toBe(413);
    expect(large.json()).toMatchObject({ code: "BODY_TOO_LARGE", fields: { maxBytes: 20 * 1024 * 1024 } });
  });

  it("refuses an inspector who must keep away, with the reason", async () => {
    const { round } = await plan();
    const [school] = harness.district.schools;
    const { conflict } = await officer.client.recordConflict({
      body: {
        accountId: harness.district.inspector.accountId,
        schoolCode: school?.code ?? "",
        kind: "formerSchool",
        note: "2024 年前在该校任教",
        until: "2099-08-31",
      },
    });
    expect(await refusal(assign(round.id))).toMatchObject({
      code: "CONFLICT_OF_INTEREST",
      fields: { pairs: [{ schoolCode: school?.code, kind: "formerSchool" }] },
    });
    const proposal = await officer.client.planAssignments({
      params: { id: round.id },
      body: { party: "commission", accountIds: [harness.district.inspector.accountId], ratersPerSchool: 1 },
    });
    expect(proposal.assignments.map(({ schoolCode }) => schoolCode)).not.toContain(school?.code);
    expect(proposal.short).toEqual([{ schoolCode: school?.code, school: school?.name, missing: 1 }]);
    await officer.client.deleteConflict({ params: { id: conflict.id } });
    expect(await assign(round.id)).toBeGreaterThan(0);
  });

  it("keeps conflicting, repeated and late entries apart from what stands", async () => {
    const { id, assignment } = await handedIn();
    const first = entry(id, { words: "一" });
    expect((await sync(inspector, [first])).results[0]).toMatchObject({ outcome: "stored", current: { revision: 1 } });
    expect((await sync(inspector, [first])).results[0]).toMatchObject({
      outcome: "replayed",
      current: { revision: 1 },
    });
    const onTablet = { ...first, words: "平板", baseRevision: 1 };
    const onPhone = { ...first, words: "手机", baseRevision: 1 };
    expect((await sync(inspector, [onTablet])).results[0]).toMatchObject({
      outcome: "stored",
      current: { revision: 2 },
    });
    expect((await sync(inspector, [onPhone])).results[0]).toMatchObject({
      outcome: "conflict",
      current: { words: "平板", revision: 2 },
    });
    expect((await sync(officer, [{ ...first, words: "别人" }])).results[0]).toMatchObject({ why: "notAssigned" });
    const { results } = await sync(inspector, [
      entry(id, { place: "Z9" }),
      entry(id, { judgement: level("Z") }),
      entry(id, { method: "interview" }),
      entry(id, { judgement: null, words: " " }),
      entry(id, { party: "parents" }),
    ]);
    expect(results.map(({ why }) => why)).toEqual([
      "unknownLeaf",
      "unknownLevel",
      "interviewRatesNothing",
      "empty",
      "partyNotAsked",
    ]);

    await officer.client.withdrawAssignment({
      params: { id: assignment },
      body: { reason: "亲属在校", keepsEntries: true },
    });
    const late = { ...first, words: "离线补记", baseRevision: 2 };
    expect((await sync(inspector, [late])).results[0]).toMatchObject({
      outcome: "setApart",
      current: { setApart: "assignmentWithdrawn" },
    });
    expect((await sync(inspector, [late])).results[0]).toMatchObject({ outcome: "replayed" });
    const { leaves, setApart } = await officer.client.readModeration({ params: { id } });
    expect(setApart.map(({ words }) => words)).toEqual(["离线补记"]);
    expect(leaves.find(({ place }) => place === "B1")?.ratings.map(({ words }) => words)).toEqual(["平板"]);
  });

  it("keeps a device's clock and goes by its own", async () => {
    const { id } = await handedIn();
    const reply = await sync(
      inspector,
      [entry(id, { writtenAt: "1999-12-31T23:59:59+08:00" })],
      "1999-12-31T23:59:59+08:00",
    );
    expect(reply.clockOffSeconds).toBeLessThan(-8e8);
    const stored = reply.results[0]?.current;
    expect(stored?.writtenAt).toBe("1999-12-31T15:59:59.000Z");
    expect(stored?.clockOffSeconds).toBe(reply.clockOffSeconds);
    expect(Math.abs(Date.parse(stored?.savedAt ?? "") - Date.now())).toBeLessThan(60_000);
    expect(await code(sync(inspector, [entry(id)], "2026-02-31T99:00:00Z"))).toBe("INPUT_INVALID");
  });

  it("refuses an appeal after the deadline, and a hand-in after the last day", async () => {
    const { id } = await handedIn();
    await move(inspector, id, "submitted", "reviewed");
    await move(officer, id, "reviewed", "moderated", "不到校");
    await move(officer, id, "moderated", "feedback");
    harness.pass(12 * 24 * 3600);
    expect(
      await refusal(principal.client.appeal({ params: { id }, body: { places: [], words: "有异议" } })),
    ).toMatchObject({ code: "EVALUATION_MOVE_REFUSED", fields: { why: "tooLate", from: "feedback", to: "appeal" } });
    expect((await principal.client.readResult({ params: { id } })).appeals).toEqual([]);
    harness.pass(-12 * 24 * 3600);
    const past = await plan({ calendar: { selfEvaluationUntil: "2026-01-01" } });
    await move(officer, past.id, "planned", "selfEvaluation");
    expect(await refusal(move(principal, past.id, "selfEvaluation", "submitted"))).toMatchObject({
      fields: { why: "tooLate", until: "2026-01-01" },
    });
    const { reminders } = await officer.client.listReminders({ params: { id: past.round.id } });
    expect(reminders).toMatchObject([{ whom: "school", late: { what: "selfEvaluation", due: "2026-01-01" } }]);
    const bulk = await officer.client.moveEvaluations({
      params: { id: past.round.id },
      body: { schoolCodes: past.rows.map(({ schoolCode }) => schoolCode), to: "submitted", reason: "逾期未交" },
    });
    expect(bulk.moved).toEqual([past.first.schoolCode]);
    expect(bulk.refused.map(({ why }) => why)).toEqual(["noSuchMove", "noSuchMove", "noSuchMove"]);
  });

  it("takes an issue through the ledger and closes it only after the school has answered", async () => {
    const { id } = await handedIn();
    const issue = await inspector.client.recordIssue({
      params: { id },
      body: { place: "B1", title: "无会议记录", words: "", owner: "", dueOn: null },
    });
    expect(
      await refusal(officer.client.moveIssue({ params: { id: issue.id }, body: { to: "rectifying", words: "" } })),
    ).toMatchObject({ code: "ISSUE_MOVE_REFUSED", fields: { why: "ownerMissing" } });
    expect(await code(principal.client.readIssue({ params: { id: issue.id } }))).toBe("NOT_FOUND");
    await officer.client.updateIssue({
      params: { id: issue.id },
      body: {
        place: "B1",
        title: "无会议记录",
        words: "",
        owner: "办公室",
        dueOn: "2026-01-01",
        revision: issue.revision,
      },
    });
    await officer.client.moveIssue({ params: { id: issue.id }, body: { to: "rectifying", words: "" } });
    const { items, counts } = await principal.client.listIssues({ query: { overdue: true } });
    expect(items.map(({ title, isOverdue, recorded }) => ({ title, isOverdue, name: recorded.name }))).toEqual([
      { title: "无会议记录", isOverdue: true, name: null },
    ]);
    expect(counts.overdue).toBe(1);
    await principal.client.moveIssue({ params: { id: issue.id }, body: { to: "rectified", words: "已补" } });
    expect(
      await code(principal.client.moveIssue({ params: { id: issue.id }, body: { to: "closed", words: "" } })),
    ).toBe("ISSUE_MOVE_REFUSED");
    const closed = await officer.client.moveIssue({ params: { id: issue.id }, body: { to: "closed", words: "" } });
    expect(closed.state).toBe("closed");
  });
});
