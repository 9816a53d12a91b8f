import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loginConfig } from "./connection.ts";
import {
  addEvidence,
  changeSchool,
  createAccounts,
  createScenario,
  deleteEvidence,
  listAccounts,
  listAudit,
  listBatches,
  listEvidence,
  listScenarios,
  listStates,
  loadDistrictYear,
  loadPupils,
  loadRows,
  moveReturns,
  readEvidence,
  readOrganisation,
  readSchool,
  recordFinding,
  recordVeto,
  setDeadline,
  updateScenario,
} from "./index.ts";
import type { Actor, Transaction } from "./index.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";
import { classRow, districtRows, pupilRow, schoolRow, year } from "./testing/rows.ts";

type Who =
  | "officer"
  | "inspector"
  | "viewer"
  | "groupHead"
  | "principal"
  | "clerk"
  | "administrator"
  | "nobody"
  | "outsider";
const everybody: readonly Who[] = [
  "officer",
  "inspector",
  "viewer",
  "groupHead",
  "principal",
  "clerk",
  "administrator",
  "nobody",
  "outsider",
];

let bench: TestStore;
let place: TestDistrict;
let codes: string[];
beforeAll(async () => {
  bench = await testStore();
  place = await bench.makeDistrict();
  codes = place.schools.map((school) => school.code);
  await bench.store.withActor(place.officer, async (tx) => {
    await loadRows(tx, {
      year,
      kind: "sample",
      fileName: null,
      isSample: true,
      replace: "all",
      rows: districtRows(codes),
    });
    await loadPupils(tx, { year, fileName: null, rows: [codes.map((code) => pupilRow(code, 1))] });
    await addEvidence(tx, {
      year,
      item: "G1",
      fileName: "文件.pdf",
      mediaType: "application/pdf",
      bytes: new Uint8Array([1, 2, 3]),
    });
  });
});
afterAll(() => bench.close());

const as = <T>(actor: Actor, fn: (tx: Transaction) => Promise<T>) => bench.store.withActor(actor, fn);
const code = (index: number): string => codes[index] ?? "";

/** What each one gets: the value, or the code of the refusal. */
async function asEach<T>(fn: (tx: Transaction) => Promise<T>): Promise<Record<Who, unknown>> {
  const results: Partial<Record<Who, unknown>> = {};
  for (const who of everybody) {
    results[who] = await as(place[who], fn).catch((error: unknown) =>
      error instanceof Error && "code" in error ? error.code : error,
    );
  }
  return results as Record<Who, unknown>;
}

describe("reading", () => {
  it("shows the rows of the reach and no others", async () => {
    const seen = await asEach(
      async (tx) => (await loadDistrictYear(tx, year))?.schools.map((row) => codes.indexOf(row.schoolCode)) ?? null,
    );
    const all = [0, 1, 2, 3];
    expect(seen).toEqual({
      officer: all,
      inspector: all,
      viewer: all,
      groupHead: [0, 1],
      principal: [0],
      clerk: [0],
      administrator: null,
      nobody: null,
      outsider: null,
    });
  });

  it("shows the district's own sections to the commission only", async () => {
    const seen = await asEach(async (tx) => (await loadDistrictYear(tx, year))?.districtFigures.length ?? null);
    expect(seen).toEqual({
      officer: 2,
      inspector: 2,
      viewer: 2,
      groupHead: 0,
      principal: 0,
      clerk: 0,
      administrator: null,
      nobody: null,
      outsider: null,
    });
  });

  it("shows the part of the tree that concerns one", async () => {
    const seen = await asEach(async (tx) => (await readOrganisation(tx)).map((node) => node.kind).join(" "));
    const whole = "district group group school school school school campus";
    expect(seen).toEqual({
      officer: whole,
      inspector: whole,
      viewer: whole,
      administrator: whole,
      groupHead: "district group school school campus",
      principal: "district group school campus",
      clerk: "district group school campus",
      nobody: "",
      outsider: "district",
    });
    await expect(as(place.principal, (tx) => readSchool(tx, code(1)))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await as(place.principal, (tx) => readSchool(tx, code(0)))).toMatchObject({
      schoolCode: code(0),
      groupName: "甲集团",
      years: [2025],
    });
  });

  it("shows states, batches, evidence, accounts and the audit to whom they concern", async () => {
    expect(await asEach(async (tx) => (await listStates(tx, year)).schools.length)).toEqual({
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
    expect(
      await asEach(
        async (tx) => (await listBatches(tx, year, {})).items.filter((batch) => batch.kind === "sample").length,
      ),
    ).toEqual({
      officer: 1,
      inspector: 1,
      viewer: 1,
      groupHead: 1,
      principal: 1,
      clerk: 1,
      administrator: 0,
      nobody: 0,
      outsider: 0,
    });
    expect(await asEach(async (tx) => (await listEvidence(tx, year)).length)).toEqual({
      officer: 1,
      inspector: 1,
      viewer: 1,
      groupHead: 0,
      principal: 0,
      clerk: 0,
      administrator: 0,
      nobody: 0,
      outsider: 0,
    });
    expect(await asEach(async (tx) => (await listAccounts(tx, {})).total)).toEqual({
      officer: 1,
      inspector: 1,
      viewer: 1,
      groupHead: 1,
      principal: 1,
      clerk: 1,
      administrator: 8,
      nobody: 1,
      outsider: 1,
    });
    const audit = await asEach(async (tx) => (await listAudit(tx, { action: "return.load" })).total > 0);
    expect(everybody.filter((who) => audit[who])).toEqual(["officer", "administrator"]);
  });
});

describe("writing", () => {
  it("lets rows in from those who fill them, for their own schools", async () => {
    const row = (pupils: number) => [classRow(code(0), 1, { pupils }), classRow(code(0), 2)];
    let pupils = 100;
    const load = (tx: Transaction) =>
      loadRows(tx, {
        year,
        kind: "edit",
        fileName: null,
        isSample: true,
        replace: "listed",
        rows: { classes: row((pupils += 1)) },
      }).then((batch) => batch.rowCount);
    expect(await asEach(load)).toEqual({
      officer: 2,
      principal: 2,
      clerk: 2,
      inspector: "OUT_OF_REACH",
      viewer: "OUT_OF_REACH",
      groupHead: "OUT_OF_REACH",
      administrator: "OUT_OF_REACH",
      nobody: "FORBIDDEN",
      outsider: "SCHOOL_UNKNOWN",
    });
  });

  it("lets findings, vetoes and evidence in from the commission's reviewers", async () => {
    const finding = { item: "G3", isMet: true, finding: null, evidence: null, reviewer: null, reviewedOn: null };
    const refused = {
      viewer: "OUT_OF_REACH",
      groupHead: "OUT_OF_REACH",
      principal: "OUT_OF_REACH",
      clerk: "OUT_OF_REACH",
      administrator: "OUT_OF_REACH",
      nobody: "FORBIDDEN",
    };
    expect(await asEach(async (tx) => (await recordFinding(tx, year, finding)).batchId > 0)).toEqual({
      officer: true,
      inspector: true,
      outsider: true,
      ...refused,
    });
    const veto = { veto: "V2", hasOccurred: false, finding: null, evidence: null };
    expect(await asEach(async (tx) => (await recordVeto(tx, year, veto)).batchId > 0)).toEqual({
      officer: true,
      inspector: true,
      outsider: true,
      ...refused,
    });
    const file = { year, item: "Q1", fileName: "a.txt", mediaType: "text/plain", bytes: new Uint8Array([7]) };
    const added = await asEach((tx) => addEvidence(tx, file).then((evidence) => evidence.bytes));
    expect(everybody.filter((who) => added[who] === 1)).toEqual(["officer", "inspector", "outsider"]);
    const [own] = await as(place.inspector, (tx) => listEvidence(tx, year, "Q1"));
    const id = own?.id ?? 0;
    expect((await as(place.viewer, (tx) => readEvidence(tx, id))).content).toEqual(Buffer.from([7]));
    await expect(as(place.principal, (tx) => readEvidence(tx, id))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(as(place.viewer, (tx) => deleteEvidence(tx, id))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await as(place.inspector, (tx) => deleteEvidence(tx, id));
  });

  it("lets schools submit and only the commission return, verify and lock", async () => {
    const move =
      (to: "submitted" | "returned" | "verified" | "locked", index = 0) =>
      (tx: Transaction) =>
        moveReturns(tx, year, {
          schoolCodes: [code(index)],
          to,
          note: "请核对",
          comments:
            to === "returned" ? [{ section: "classes", rowKey: "1班", column: "pupils", text: "人数有误" }] : [],
        });
    for (const who of ["inspector", "viewer", "groupHead"] as const)
      await expect(as(place[who], move("submitted"))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(as(place.administrator, move("submitted"))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(as(place.clerk, move("submitted", 1))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await as(place.clerk, move("submitted"))).toMatchObject([{ state: "submitted" }]);
    for (const to of ["returned", "verified"] as const)
      await expect(as(place.principal, move(to))).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await as(place.officer, move("returned"))).toMatchObject([{ state: "returned", openComments: 1 }]);
    await expect(as(place.officer, move("locked"))).rejects.toMatchObject({
      code: "TRANSITION_REFUSED",
      fields: { from: "returned", to: "locked" },
    });
    expect(await as(place.principal, move("submitted"))).toMatchObject([
      { state: "submitted", moved: { name: `principal of ${place.code}` } },
    ]);
    expect(await as(place.officer, move("returned"))).toMatchObject([{ openComments: 2 }]);
    const deadline = await asEach((tx) => setDeadline(tx, year, "2026-03-01T00:00:00+08:00").then(() => true));
    expect(everybody.filter((who) => deadline[who] === true)).toEqual(["officer", "outsider"]);
    expect((await as(place.clerk, (tx) => listStates(tx, year))).deadline).toBe("2026-02-28T16:00:00.000Z");
  });

  it("lets scenarios be made by the commission, shared when wanted, changed by their owner", async () => {
    const input = {
      name: "增加教室",
      note: "",
      changes: [{ schoolCode: code(0), stage: null, field: "multimediaRooms", value: 30 }],
      isShared: false,
    };
    const made = await asEach((tx) => createScenario(tx, year, input).then((scenario) => scenario.isOwn));
    expect(everybody.filter((who) => made[who] === true)).toEqual(["officer", "inspector", "viewer", "outsider"]);
    expect(await as(place.viewer, (tx) => listScenarios(tx, year))).toHaveLength(1);
    const [own] = await as(place.officer, (tx) => listScenarios(tx, year));
    const id = own?.id ?? 0;
    expect(own?.changes).toEqual(input.changes);
    await expect(as(place.viewer, (tx) => updateScenario(tx, id, { ...input, name: "x" }))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await as(place.officer, (tx) => updateScenario(tx, id, { ...input, isShared: true }));
    expect(await as(place.viewer, (tx) => listScenarios(tx, year))).toHaveLength(2);
    await expect(as(place.viewer, (tx) => updateScenario(tx, id, input))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(as(place.officer, (tx) => createScenario(tx, year, input))).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
    });
    expect(await as(place.principal, (tx) => listScenarios(tx, year))).toEqual([]);
  });

  it("lets accounts be made by administrators and schools be changed by administrators and officers", async () => {
    let number = 0;
    const made = await asEach((tx) =>
      createAccounts(tx, [
        {
          name: `made${(number += 1)}`,
          displayName: "新人",
          passwordHash: "x",
          mustChangePassword: true,
          roles: [{ role: "clerk", nodeId: place.schools[1]?.unitId ?? 0 }],
        },
      ]).then((created) => created.length),
    );
    expect(everybody.filter((who) => made[who] === 1)).toEqual(["administrator"]);
    const changed = await asEach((tx) =>
      changeSchool(tx, code(3), { kind: "rename", on: "2026-01-01", value: `更名${(number += 1)}` }).then(() => true),
    );
    expect(everybody.filter((who) => changed[who] === true)).toEqual(["officer", "administrator"]);
  });

  it("does not let a closed account do anything", async () => {
    const admin = new Client(bench.url);
    await admin.connect();
    await admin.query("update app.accounts set is_active = false where id = $1", [place.viewer.accountId]);
    expect(await as(place.viewer, (tx) => loadDistrictYear(tx, year))).toBeNull();
    await admin.query("update app.accounts set is_active = true where id = $1", [place.viewer.accountId]);
    expect(await as(place.viewer, (tx) => loadDistrictYear(tx, year))).not.toBeNull();
    await admin.end();
  });

  it("follows the membership of the day, not of the past", async () => {
    await as(place.officer, (tx) =>
      changeSchool(tx, code(1), { kind: "regroup", on: "2026-02-01", value: String(place.groups[1]?.unitId) }),
    );
    const seen = await as(place.groupHead, async (tx) =>
      (await loadDistrictYear(tx, year))?.schools.map((row) => codes.indexOf(row.schoolCode)),
    );
    expect(seen).toEqual([0]);
    const then = await as(place.officer, (tx) => readOrganisation(tx, { on: "2025-12-31" }));
    expect(then.find((node) => node.code === code(1))?.groupId).toBe(place.groups[0]?.unitId);
  });
});

describe("outside withActor", () => {
  it("refuses the login every table, and an actor's settings do not outlive the transaction", async () => {
    const login = new Client(loginConfig(bench.url).config);
    await login.connect();
    await expect(login.query("select * from app.return_staff")).rejects.toMatchObject({
      code: "42501",
      message: expect.stringContaining("schema app"),
    });
    await login.query(
      `begin; set local role xingfu_user; select app.enter(${place.officer.districtId}, ${place.officer.accountId})`,
    );
    expect((await login.query("select from app.return_schools")).rowCount).toBeGreaterThan(0);
    await expect(login.query("update app.return_schools set name = 'x'")).rejects.toMatchObject({ code: "42501" });
    await login.query("rollback");
    await expect(login.query("select * from app.return_schools")).rejects.toMatchObject({ code: "42501" });
    await login.query("begin; set local role xingfu_user");
    expect((await login.query("select from app.return_schools")).rowCount).toBe(0);
    await expect(login.query("select password_hash from app.accounts")).rejects.toMatchObject({ code: "42501" });
    await login.query("rollback");
    await expect(
      login.query("select gate.found_district('500999', 'x', false, 'a', 'a', 'a', false)"),
    ).rejects.toMatchObject({ code: "42501" });
    await login.end();
  });

  it("ends a transaction with its function, and rolls back what a throwing one did", async () => {
    let kept: Transaction | undefined;
    await as(place.officer, async (tx) => void (kept = tx));
    await expect(loadDistrictYear(kept as Transaction, year)).rejects.toThrow("over");
    await expect(
      as(place.officer, async (tx) => {
        await loadRows(tx, {
          year,
          kind: "edit",
          fileName: null,
          isSample: true,
          replace: "listed",
          rows: { schools: [schoolRow(code(2), { name: "未提交" })] },
        });
        throw new Error("changed my mind");
      }),
    ).rejects.toThrow("changed my mind");
    expect((await as(place.officer, (tx) => loadDistrictYear(tx, year)))?.schools.map((row) => row.name)).not.toContain(
      "未提交",
    );
    await expect(as({ districtId: 1.5, accountId: 1 }, async () => {})).rejects.toThrow(RangeError);
  });
});
