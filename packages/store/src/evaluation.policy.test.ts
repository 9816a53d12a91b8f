import {
  evaluationMoves,
  evaluationStates,
  issueStatesOfSchool,
  materials,
  movers,
  viewers,
  visibleFrom,
} from "@xingfu/domain/scheme";
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { query } from "./connection.ts";
import {
  addAppeal,
  addEntryPhoto,
  addEvaluationEvidence,
  assignInspectors,
  createRound,
  createSchemeDraft,
  listAppeals,
  listAssignments,
  listConflicts,
  listEvaluations,
  listEvaluationEvidence,
  listIssues,
  listIssueSteps,
  listModerations,
  listMoves,
  listOwnEvaluations,
  listResults,
  listReviewEntries,
  listReviewers,
  listRounds,
  listSchemeDrafts,
  listSelfEntries,
  listVetoes,
  loadScoringInputs,
  moderateLeaf,
  moveEvaluations,
  moveIssue,
  readEntryPhoto,
  readEvaluation,
  readFeedback,
  readIssue,
  readProgress,
  recordConflict,
  recordIssue,
  recordSurveyCounts,
  saveFeedback,
  saveSelfEntry,
  setVeto,
  storeResult,
  storeReviewEntries,
  updateIssue,
  withdrawAssignment,
} from "./index.ts";
import type { Actor, EvaluationHead, SentEntry, Transaction } from "./index.ts";
import { makeRound, schemeHash, testScheme, walk, wholeWay } from "./testing/evaluation.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";
import { year } from "./testing/rows.ts";

const everybody = [
  "officer",
  "inspector",
  "viewer",
  "groupHead",
  "principal",
  "clerk",
  "administrator",
  "nobody",
  "outsider",
] as const;
type Who = (typeof everybody)[number];

let bench: TestStore;
let place: TestDistrict;
let first: EvaluationHead;
let third: EvaluationHead;
let roundId: number;
beforeAll(async () => {
  bench = await testStore();
});
afterAll(() => bench.close());
beforeEach(async () => {
  place = await bench.makeDistrict();
  const { round, evaluations } = await makeRound(bench.store, place);
  const [one, , three] = evaluations;
  if (one === undefined || three === undefined) throw new Error("no evaluations");
  roundId = round.id;
  first = one;
  third = three;
});

const as = <T>(actor: Actor, fn: (tx: Transaction) => Promise<T>) => bench.store.withActor(actor, fn);
const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : error);

async function asEach<T>(fn: (tx: Transaction) => Promise<T>): Promise<Record<Who, unknown>> {
  const results: Partial<Record<Who, unknown>> = {};
  for (const who of everybody) results[who] = await as(place[who], fn).catch(codeOf);
  return results as Record<Who, unknown>;
}
/** Those for whom the answer is not empty. */
async function whoSees(fn: (tx: Transaction) => Promise<{ readonly length: number }>): Promise<string[]> {
  const seen = await asEach(async (tx) => (await fn(tx)).length > 0);
  return Object.entries(seen)
    .filter(([, sees]) => sees === true)
    .map(([who]) => who);
}

const entry = (more: Partial<SentEntry> = {}): SentEntry => ({
  id: randomUUID(),
  evaluationId: first.id,
  place: "B1",
  party: "commission",
  method: "documentReview",
  judgement: { kind: "rubric", level: "B" },
  words: "材料齐全",
  baseRevision: 0,
  writtenAt: "2026-03-02T09:00:00+08:00",
  ...more,
});

/** Moves the first school's evaluation to a state, with something of every kind put in on the way. */
async function reach(state: (typeof evaluationStates)[number]): Promise<void> {
  for (const [index, step] of wholeWay.entries()) {
    const { state: now } = await as(place.officer, (tx) => readEvaluation(tx, first.id));
    if (now === state) return;
    if (evaluationStates.indexOf(now) >= evaluationStates.indexOf(step[0])) continue; // made before
    if (index === 1)
      await as(place.principal, async (tx) => {
        await saveSelfEntry(tx, first.id, "B1", {
          judgement: { kind: "rubric", level: "A" },
          words: "自评",
          revision: 0,
        });
        await addEvaluationEvidence(tx, first.id, {
          place: "B1",
          item: "plan",
          title: "计划.pdf",
          kind: "file",
          mediaType: "application/pdf",
          bytes: new Uint8Array([37, 80, 68, 70]),
        });
      });
    if (index === 2) {
      const interview = entry({ method: "interview", judgement: null, words: "访谈记录" });
      const rated = entry();
      await as(place.inspector, (tx) => storeReviewEntries(tx, [rated, interview], null));
      await as(place.inspector, (tx) =>
        addEntryPhoto(tx, {
          id: randomUUID(),
          entryId: rated.id,
          caption: "",
          takenAt: null,
          mediaType: "image/png",
          bytes: new Uint8Array([1]),
        }),
      );
      await as(place.officer, async (tx) => {
        await recordSurveyCounts(tx, roundId, "问卷", [
          { evaluationId: first.id, place: "B2", party: "parents", satisfied: 80, answers: 100 },
        ]);
        await setVeto(tx, first.id, { veto: "safety", hasOccurred: false, words: "" });
        await moderateLeaf(tx, first.id, {
          place: "B3",
          party: "commission",
          judgement: { kind: "rubric", level: "C" },
          reason: "合议",
          revision: 0,
        });
        await saveFeedback(tx, first.id, { strengths: "好", concerns: "", nextSteps: "", revision: 0 });
      });
    }
    await walk(bench.store, place, first.id, [step]);
  }
}

describe("the database's tables of states", () => {
  let admin: Client;
  beforeAll(async () => {
    admin = new Client(bench.url);
    await admin.connect();
  });
  afterAll(() => admin.end());
  const value = async (sql: string, values: readonly unknown[]): Promise<unknown> =>
    (await admin.query<{ value: unknown }>(`select ${sql} as value`, [...values])).rows[0]?.value;

  it("has the states in the domain's order", async () => {
    for (const [index, state] of evaluationStates.entries())
      expect(await value("app.evaluation_stage($1)", [state])).toBe(index + 1);
    expect(await value("app.evaluation_stage($1)", ["archived"])).toBeNull();
  });

  it("lets move whom the domain lets move", async () => {
    for (const from of evaluationStates) {
      for (const to of evaluationStates) {
        const allowed = new Set(
          evaluationMoves.filter((move) => move.from === from && move.to === to).flatMap((move) => move.by),
        );
        expect({ from, to, by: await value("app.evaluation_movers($1, $2)", [from, to]) }).toEqual({
          from,
          to,
          by: movers.filter((mover) => allowed.has(mover)),
        });
      }
    }
  });

  it("shows each side what the domain shows it", async () => {
    for (const material of materials)
      for (const viewer of viewers)
        expect({ material, viewer, from: await value("app.visible_from($1, $2)", [material, viewer]) }).toEqual({
          material,
          viewer,
          from: visibleFrom[material][viewer],
        });
  });

  it("hands issues to schools in the domain's states", () => {
    expect(issueStatesOfSchool).toEqual(["rectifying", "rectified", "closed"]);
  });
});

describe("what each side sees", () => {
  it("shows rounds and evaluations to the reach", async () => {
    expect(await asEach(async (tx) => (await listEvaluations(tx, roundId)).length)).toEqual({
      officer: 4,
      inspector: 4,
      viewer: 4,
      groupHead: 2,
      principal: 1,
      clerk: 1,
      administrator: 0,
      nobody: 0,
      outsider: 0,
    });
    expect(await whoSees((tx) => listRounds(tx))).toEqual([
      "officer",
      "inspector",
      "viewer",
      "groupHead",
      "principal",
      "clerk",
    ]);
    expect(await asEach(async (tx) => (await listOwnEvaluations(tx)).length)).toMatchObject({
      officer: 0,
      inspector: 2,
      viewer: 0,
      groupHead: 0,
      principal: 1,
      clerk: 1,
    });
  });

  it("keeps the self-evaluation with the school until it is handed in", async () => {
    await walk(bench.store, place, first.id, wholeWay.slice(0, 1));
    await as(place.clerk, (tx) => saveSelfEntry(tx, first.id, "B1", { judgement: null, words: "草稿", revision: 0 }));
    const read = (tx: Transaction) => listSelfEntries(tx, first.id);
    expect(await whoSees(read)).toEqual(["principal", "clerk"]);
    // the commission sees how far it is, not what it says
    expect((await as(place.officer, (tx) => readProgress(tx, roundId))).get(first.id)).toMatchObject({ judged: 0 });
    await walk(bench.store, place, first.id, wholeWay.slice(1, 2));
    expect(await whoSees(read)).toEqual(["officer", "inspector", "principal", "clerk"]);
    await walk(bench.store, place, first.id, wholeWay.slice(2, 6));
    expect(await whoSees(read)).toEqual(["officer", "inspector", "viewer", "groupHead", "principal", "clerk"]);
    expect(await as(place.inspector, (tx) => listSelfEntries(tx, third.id))).toEqual([]);
  });

  it("shows external ratings, survey, settled judgements and words by state", async () => {
    const commission = ["officer"];
    const raters = ["officer", "inspector"];
    const all = ["officer", "inspector", "viewer", "groupHead", "principal", "clerk"];
    const seen = async () => ({
      ratings: await whoSees(async (tx) => (await loadScoringInputs(tx, [first.id])).get(first.id)?.entries ?? []),
      survey: await whoSees(async (tx) => (await loadScoringInputs(tx, [first.id])).get(first.id)?.surveys ?? []),
      settled: await whoSees((tx) => listModerations(tx, first.id)),
      vetoes: await whoSees((tx) => listVetoes(tx, first.id)),
      words: await whoSees(async (tx) => ((await readFeedback(tx, first.id)) === null ? [] : [1])),
    });
    await reach("reviewed");
    expect(await seen()).toEqual({
      ratings: raters,
      survey: commission,
      settled: commission,
      vetoes: commission,
      words: commission,
    });
    await reach("moderated");
    expect(await seen()).toEqual({ ratings: raters, survey: raters, settled: raters, vetoes: raters, words: raters });
    await reach("feedback");
    expect(await seen()).toEqual({ ratings: all, survey: all, settled: all, vetoes: all, words: all });
  });

  it("never tells a school or a reader who rated, nor what was said in interviews, nor shows photos", async () => {
    await reach("published");
    const names = await asEach(async (tx) => (await listAssignments(tx, roundId)).length);
    expect(names).toMatchObject({ officer: 2, inspector: 2, viewer: 0, groupHead: 0, principal: 0, clerk: 0 });
    const methods = await asEach(async (tx) =>
      (await listReviewEntries(tx, [first.id])).map(({ method }) => method).toSorted(),
    );
    expect(methods).toMatchObject({
      officer: ["documentReview", "interview"],
      inspector: ["documentReview", "interview"],
      viewer: ["documentReview"],
      groupHead: ["documentReview"],
      principal: ["documentReview"],
      clerk: ["documentReview"],
    });
    expect(
      await whoSees(async (tx) => (await listReviewEntries(tx, [first.id])).flatMap(({ photos }) => photos)),
    ).toEqual(["officer", "inspector"]);
    // the inspector's own step is not among those a school sees, and nobody's name is kept with it
    const ofSchool = await as(place.principal, (tx) => listMoves(tx, first.id));
    expect(ofSchool.map(({ to }) => to)).toEqual(["selfEvaluation", "submitted", "feedback", "decided", "published"]);
    const ofOfficer = await as(place.officer, (tx) => listMoves(tx, first.id));
    expect(ofOfficer.find(({ to }) => to === "reviewed")).toMatchObject({ side: "inspector", name: null });
  });

  it("shows an inspector the ratings of others once they are moderated", async () => {
    await walk(bench.store, place, first.id, wholeWay.slice(0, 2));
    // the officer rates as well, under an assignment of his own
    await as(place.officer, async (tx) => {
      await assignInspectors(tx, roundId, [
        { schoolCode: first.schoolCode, accountId: place.officer.accountId, party: "commission" },
      ]);
      await storeReviewEntries(tx, [entry({ words: "区教委" })], null);
    });
    await as(place.inspector, (tx) => storeReviewEntries(tx, [entry({ words: "督学" })], null));
    const words = (tx: Transaction) => listReviewEntries(tx, [first.id]).then((all) => all.map((one) => one.words));
    expect(await as(place.inspector, words)).toEqual(["督学"]);
    expect(await as(place.officer, words)).toEqual(["区教委", "督学"]);
    await walk(bench.store, place, first.id, wholeWay.slice(2, 5));
    expect(await as(place.inspector, words)).toEqual(["区教委", "督学"]);
  });

  it("shows a decision to those the state allows", async () => {
    await reach("decided");
    const scorecard = { points: 80, maximum: 100, band: "good" } as never;
    expect(await as(place.officer, (tx) => storeResult(tx, third, scorecard, schemeHash)).catch(codeOf)).toBe(
      "FORBIDDEN",
    );
    await as(place.officer, (tx) => storeResult(tx, first, scorecard, schemeHash));
    const all = ["officer", "inspector", "viewer", "groupHead", "principal", "clerk"];
    const read = async (tx: Transaction) => [...(await listResults(tx, [first.id])).values()];
    expect(await whoSees(read)).toEqual(all);
    expect((await as(place.viewer, read))[0]).toMatchObject({ share: 0.8, band: "good" });
  });

  it("shows drafts, conflicts and the list of reviewers to the commission only", async () => {
    await as(place.officer, async (tx) => {
      await createSchemeDraft(tx, { source: "id: x", title: null, scheme: null, version: null, problemCount: 1 }, null);
      await recordConflict(tx, {
        accountId: place.inspector.accountId,
        schoolCode: first.schoolCode,
        kind: "relative",
        note: "",
        until: null,
      });
    });
    expect(await whoSees((tx) => listSchemeDrafts(tx))).toEqual(["officer"]);
    expect(await whoSees((tx) => listConflicts(tx))).toEqual(["officer"]);
    expect(await whoSees((tx) => listReviewers(tx))).toEqual(["officer", "outsider"]);
    expect((await as(place.officer, (tx) => listReviewers(tx))).map(({ accountId }) => accountId).toSorted()).toEqual(
      [place.officer.accountId, place.inspector.accountId].toSorted(),
    );
  });
});

describe("what each side may do", () => {
  it("lets the commission plan, and nobody else", async () => {
    const results = await asEach((tx) =>
      createRound(
        tx,
        year,
        { scheme: testScheme(), hash: schemeHash },
        {
          name: "另一轮",
          calendar: {
            selfEvaluationUntil: "2099-03-31",
            reviewUntil: "2099-04-30",
            onSiteUntil: "2099-05-31",
            appealDays: null,
          },
          ratersPerSchool: 1,
          note: "",
        },
        [first.schoolCode],
      ).then(() => "done"),
    );
    expect(results).toEqual({
      officer: "done",
      inspector: "FORBIDDEN",
      viewer: "FORBIDDEN",
      groupHead: "FORBIDDEN",
      principal: "FORBIDDEN",
      clerk: "FORBIDDEN",
      administrator: "FORBIDDEN",
      nobody: "FORBIDDEN",
      outsider: "SCHOOL_UNKNOWN",
    });
  });

  it("moves an evaluation for the side the actor has there only", async () => {
    await walk(bench.store, place, first.id, wholeWay.slice(0, 1));
    const submitted = (side: "school" | "commission" | "inspector") =>
      asEach(async (tx) => {
        const moved = await moveEvaluations(tx, [{ ...first, state: "selfEvaluation" }], {
          to: "submitted",
          side,
          reason: "",
          appealUntil: null,
        });
        if (moved.length > 0) throw Object.assign(new Error("rolled back"), { code: "moved" });
        return "refused";
      });
    const refused = Object.fromEntries(everybody.map((who) => [who, "refused"]));
    expect(await submitted("school")).toEqual({ ...refused, principal: "moved", clerk: "moved" });
    expect(await submitted("commission")).toEqual({ ...refused, officer: "moved" });
    expect(await submitted("inspector")).toEqual(refused);
  });

  it("gives nobody a way to a state around its door", async () => {
    const changed = await asEach((tx) =>
      query(tx, "update app.evaluations set state = 'published' where district_id = app.district_id() returning id"),
    );
    expect(new Set(Object.values(changed))).toEqual(new Set(["FORBIDDEN"]));
    const told = await asEach((tx) =>
      query(
        tx,
        `insert into app.evaluation_moves (district_id, evaluation_id, school_id, from_state, to_state, side, reason)
         values (app.district_id(), ${first.id}, ${first.schoolId}, 'planned', 'published', 'commission', '')`,
      ),
    );
    expect(new Set(Object.values(told))).toEqual(new Set(["FORBIDDEN"]));
  });

  it("moves nothing that is no longer in the state it was seen in", async () => {
    await walk(bench.store, place, first.id, wholeWay.slice(0, 1));
    const again = { to: "selfEvaluation", side: "commission", reason: "", appealUntil: null } as const;
    expect(await as(place.officer, (tx) => moveEvaluations(tx, [first], again))).toEqual([]);
  });

  it("lets the school write its self-evaluation, and only while it is open", async () => {
    const sent = { judgement: null, words: "写", revision: 0 } as const;
    const write = (tx: Transaction) => saveSelfEntry(tx, first.id, "B2", sent).then(() => "done");
    expect(await as(place.principal, write).catch(codeOf)).toBe("EVALUATION_CLOSED");
    await walk(bench.store, place, first.id, wholeWay.slice(0, 1));
    expect(await asEach(write)).toEqual({
      officer: "FORBIDDEN",
      inspector: "FORBIDDEN",
      viewer: "FORBIDDEN",
      groupHead: "FORBIDDEN",
      principal: "done",
      clerk: "done",
      administrator: "NOT_FOUND",
      nobody: "NOT_FOUND",
      outsider: "NOT_FOUND",
    });
    // past the store's own check, the policy says the same
    await walk(bench.store, place, first.id, wholeWay.slice(1, 2));
    const raw = `update app.self_entries set words = 'x', by_account = app.account_id() where district_id = app.district_id() returning place`;
    expect(await as(place.principal, (tx) => query(tx, raw))).toEqual([]);
    expect(await as(place.officer, (tx) => query(tx, raw))).toEqual([]);
  });

  it("lets assigned inspectors rate, and keeps what the withdrawn send apart", async () => {
    await walk(bench.store, place, first.id, wholeWay.slice(0, 1));
    const send = (actor: Actor, more: Partial<SentEntry> = {}) =>
      as(actor, (tx) => storeReviewEntries(tx, [entry(more)], null)).then(([one]) => one);
    expect(await send(place.inspector)).toMatchObject({ outcome: "refused", why: "closed" });
    await walk(bench.store, place, first.id, wholeWay.slice(1, 2));
    expect(await send(place.inspector)).toMatchObject({ outcome: "stored" });
    expect(await send(place.officer)).toMatchObject({ outcome: "refused", why: "notAssigned" });
    expect(await send(place.principal)).toMatchObject({ outcome: "refused", why: "notAssigned" });
    const [assignment] = await as(place.officer, (tx) => listAssignments(tx, roundId));
    await as(place.officer, (tx) =>
      withdrawAssignment(tx, assignment?.id ?? 0, { reason: "亲属", keepsEntries: true }),
    );
    expect(await send(place.inspector, { words: "补充" })).toMatchObject({
      outcome: "setApart",
      current: { setApart: "assignmentWithdrawn" },
    });
    const counted = (await as(place.officer, (tx) => loadScoringInputs(tx, [first.id]))).get(first.id)?.entries;
    expect(counted).toHaveLength(1);
    expect(await as(place.officer, (tx) => listReviewEntries(tx, [first.id]))).toHaveLength(2);
    // an inspector cannot make his own entry count
    const raw = `update app.review_entries set set_apart = null where district_id = app.district_id() and set_apart is not null returning id`;
    expect(await as(place.inspector, (tx) => query(tx, raw)).catch(codeOf)).toBe("FORBIDDEN");
  });

  it("lets a school answer for what was handed to it, and see no issue before", async () => {
    await reach("submitted");
    const issue = await as(place.inspector, (tx) =>
      recordIssue(tx, first.id, { place: "B1", title: "台账不全", words: "", owner: "", dueOn: null }),
    );
    const ledger = async (tx: Transaction) => (await listIssues(tx, {})).items;
    expect(await whoSees(ledger)).toEqual(["officer", "inspector"]);
    await as(place.officer, async (tx) => {
      await updateIssue(
        tx,
        issue.id,
        { place: "B1", title: "台账不全", words: "", owner: "教导处", dueOn: "2099-01-01" },
        issue.revision,
      );
      await moveIssue(tx, await readIssue(tx, issue.id), { to: "rectifying", side: "commission", words: "" });
    });
    expect(await whoSees(ledger)).toEqual(["officer", "inspector", "viewer", "groupHead", "principal", "clerk"]);
    const ofSchool = await as(place.principal, async (tx) => ({
      issue: await readIssue(tx, issue.id),
      steps: await listIssueSteps(tx, issue.id),
    }));
    expect(ofSchool.issue.recordedName).toBeNull();
    expect(ofSchool.steps.map(({ side, name }) => ({ side, name }))).toEqual([
      { side: "inspector", name: null },
      { side: "commission", name: expect.stringContaining("officer") },
    ]);
    const close = `update app.evaluation_issues set state = 'closed' where district_id = app.district_id() returning id`;
    expect(await as(place.principal, (tx) => query(tx, close)).catch(codeOf)).toBe("FORBIDDEN");
    expect(await as(place.groupHead, (tx) => query(tx, close))).toEqual([]);
    await as(place.principal, async (tx) =>
      moveIssue(tx, await readIssue(tx, issue.id), { to: "rectified", side: "school", words: "已补齐" }),
    );
    expect(await as(place.officer, (tx) => readIssue(tx, issue.id))).toMatchObject({ state: "rectified" });
  });

  it("takes an appeal from the school alone", async () => {
    await reach("feedback");
    const results = await asEach((tx) => addAppeal(tx, first, ["B1"], "请复核").then(() => "done"));
    expect(results).toEqual({
      ...Object.fromEntries(everybody.map((who) => [who, "FORBIDDEN"])),
      principal: "done",
      clerk: "done",
    });
    expect(await whoSees((tx) => listAppeals(tx, first.id))).toEqual(["officer", "principal", "clerk"]);
  });

  it("keeps evidence as it was handed in", async () => {
    await reach("submitted");
    const [evidence] = await as(place.principal, (tx) => listEvaluationEvidence(tx, first.id));
    const drop = `delete from app.evaluation_evidence where district_id = app.district_id() returning id`;
    expect(evidence).toMatchObject({ file: { name: "计划.pdf", bytes: 4 } });
    for (const who of everybody) expect(await as(place[who], (tx) => query(tx, drop)), who).toEqual([]);
  });

  it("opens a photo to reviewers only", async () => {
    await reach("published");
    const [photo] = (await as(place.officer, (tx) => listReviewEntries(tx, [first.id]))).flatMap(
      ({ photos }) => photos,
    );
    const opened = await asEach((tx) => readEntryPhoto(tx, photo?.id ?? "").then(() => "opened"));
    expect(opened).toMatchObject({
      officer: "opened",
      inspector: "opened",
      viewer: "NOT_FOUND",
      principal: "NOT_FOUND",
    });
  });
});
