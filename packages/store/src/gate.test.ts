import { Client } from "pg";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  changeOwnPassword,
  createAccounts,
  listAccounts,
  listAudit,
  openStore,
  readAccount,
  updateAccount,
} from "./index.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";

let bench: TestStore;
let place: TestDistrict;
let admin: Client;
beforeAll(async () => {
  bench = await testStore();
  place = await bench.makeDistrict();
  admin = new Client(bench.url);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await bench.close();
});

const hash = (token: string): Uint8Array => createHash("sha256").update(token).digest();
const open = (token: string, actor = place.principal, idleSeconds = 600) =>
  bench.store.gate.openSession({
    ...actor,
    tokenHash: hash(token),
    idleSeconds,
    absoluteSeconds: 3600,
    address: "127.0.0.1",
  });
const find = (token: string) => bench.store.gate.findSession(hash(token));
const fail = (name: string, accountId: number | null) =>
  bench.store.gate.noteFailure({
    districtId: place.districtId,
    accountId,
    name,
    address: "127.0.0.1",
    limit: 3,
    windowSeconds: 60,
    lockSeconds: 300,
  });

it("finds accounts by name whatever the case, and districts by themselves", async () => {
  const name = (await bench.store.withActor(place.principal, (tx) => readAccount(tx, place.principal.accountId))).name;
  expect(await bench.store.gate.findAccount(place.districtId, name.toUpperCase())).toMatchObject({
    accountId: place.principal.accountId,
    passwordHash: "test",
  });
  expect(await bench.store.gate.findAccount(place.outsider.districtId, name)).toBeNull();
  expect((await bench.store.gate.listDistricts()).map((district) => district.code)).toContain(place.code);
  await expect(
    bench.store.gate.foundDistrict({
      code: place.code,
      name: "重复",
      isSample: false,
      administrator: { name: "a", displayName: "a", passwordHash: "a", mustChangePassword: true },
    }),
  ).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
});

it("opens a session, says who it is, and ends it", async () => {
  await open("one");
  expect(await find("one")).toMatchObject({
    isExpired: false,
    accountId: place.principal.accountId,
    district: { code: place.code },
    roles: [{ role: "principal", nodeKind: "school", schoolCode: place.schools[0]?.code, nodeName: "示例1小学" }],
  });
  expect(await find("none")).toBeNull();
  await bench.store.gate.endSession(hash("one"));
  expect(await find("one")).toMatchObject({ isExpired: true });
});

it("expires a session by idle and by absolute time", async () => {
  await open("idle");
  await open("old");
  await admin.query("update app.sessions set last_seen_at = now() - interval '11 minutes' where token_hash = $1", [
    hash("idle"),
  ]);
  await admin.query("update app.sessions set expires_at = now() - interval '1 second' where token_hash = $1", [
    hash("old"),
  ]);
  expect(await find("idle")).toMatchObject({ isExpired: true });
  expect(await find("old")).toMatchObject({ isExpired: true });
  await open("used");
  await admin.query("update app.sessions set last_seen_at = now() - interval '9 minutes' where token_hash = $1", [
    hash("used"),
  ]);
  expect(await find("used")).toMatchObject({ isExpired: false });
  const { rows } = await admin.query(
    "select now() - last_seen_at < interval '1 minute' as seen from app.sessions where token_hash = $1",
    [hash("used")],
  );
  expect(rows).toEqual([{ seen: true }]);
});

it("locks an account at the limit and lets it in again after sign-in or when an administrator ends the lock", async () => {
  const id = place.clerk.accountId;
  const { name } = await bench.store.withActor(place.clerk, (tx) => readAccount(tx, id));
  expect(await fail(name, id)).toMatchObject({ failedCount: 1, lockedUntil: null });
  expect(await fail(name, id)).toMatchObject({ failedCount: 2, lockedUntil: null });
  expect((await fail(name, id)).lockedUntil).not.toBeNull();
  expect((await bench.store.gate.findAccount(place.districtId, name))?.lockedUntil).not.toBeNull();
  expect(
    await bench.store.withActor(place.administrator, (tx) => updateAccount(tx, id, { unlock: true })),
  ).toMatchObject({ lockedUntil: null });
  expect(await bench.store.gate.findAccount(place.districtId, name)).toMatchObject({
    lockedUntil: null,
    failedCount: 0,
  });
  await fail(name, id);
  await open("clerk", place.clerk);
  expect(await bench.store.gate.findAccount(place.districtId, name)).toMatchObject({ failedCount: 0 });
  await fail("没有此人", null);
  const audit = await bench.store.withActor(place.administrator, (tx) => listAudit(tx, { action: "session." }));
  expect(audit.items.slice(0, 3).map((entry) => [entry.action, entry.account])).toEqual([
    ["session.refuse", "没有此人"],
    ["session.signIn", `clerk of ${place.code}`],
    ["session.refuse", name],
  ]);
});

it("ends the other sessions when a password changes and all when the account is closed", async () => {
  await open("keep", place.viewer);
  await open("drop", place.viewer);
  await bench.store.withActor(place.viewer, (tx) => changeOwnPassword(tx, "new hash", hash("keep")));
  expect([(await find("keep"))?.isExpired, (await find("drop"))?.isExpired]).toEqual([false, true]);
  const closed = await bench.store.withActor(place.administrator, (tx) =>
    updateAccount(tx, place.viewer.accountId, { isActive: false }),
  );
  expect(closed.isActive).toBe(false);
  expect((await find("keep"))?.isExpired).toBe(true);
  await expect(open("again", place.viewer)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await bench.store.gate.findActor(place.districtId, closed.name)).toBeNull();
  await bench.store.withActor(place.administrator, (tx) =>
    updateAccount(tx, place.viewer.accountId, { isActive: true }),
  );
});

it("creates accounts all or none, with roles that fit their node", async () => {
  const account = (name: string, nodeId: number, role: "clerk" | "officer" = "clerk") => ({
    name,
    displayName: name,
    passwordHash: "x",
    mustChangePassword: true,
    roles: [{ role, nodeId }],
  });
  const create = (...accounts: ReturnType<typeof account>[]) =>
    bench.store.withActor(place.administrator, (tx) => createAccounts(tx, accounts));
  const school = place.schools[0]?.unitId ?? 0;
  await expect(create(account("new1", school), account("NEW1", school))).rejects.toMatchObject({
    code: "ALREADY_EXISTS",
    fields: { what: "NEW1" },
  });
  await expect(create(account("new2", school), account("new3", place.unitId))).rejects.toMatchObject({
    code: "INPUT_INVALID",
    fields: { problems: [{ at: "/roles/1" }] },
  });
  await expect(create(account("new4", school, "officer"))).rejects.toMatchObject({ code: "INPUT_INVALID" });
  expect((await bench.store.withActor(place.administrator, (tx) => listAccounts(tx, { search: "new" }))).total).toBe(0);
  expect(await create(account("new5", school), account("张三", school))).toHaveLength(2);
  expect(
    (await bench.store.withActor(place.administrator, (tx) => listAccounts(tx, { search: "张", role: "clerk" }))).items,
  ).toMatchObject([
    { name: "张三", mustChangePassword: true, roles: [{ role: "clerk", schoolCode: place.schools[0]?.code }] },
  ]);
  await expect(
    bench.store.withActor(place.administrator, (tx) =>
      updateAccount(tx, place.administrator.accountId, { isActive: false }),
    ),
  ).rejects.toMatchObject({ code: "INPUT_INVALID" });
});

it("sweeps what is over", async () => {
  await admin.query("update app.sessions set ended_at = now() - interval '40 days' where token_hash = $1", [
    hash("one"),
  ]);
  expect(await bench.store.gate.sweep(30)).toEqual({ sessions: 1, imports: 0 });
  expect(await find("one")).toBeNull();
});

it("says when the database cannot be reached", async () => {
  const store = await openStore({ url: "postgresql://nobody:secret@/nothing?host=%2Ftmp%2Fnowhere" });
  await expect(store.ping()).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  await expect(store.withActor(place.officer, async () => {})).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  await store.close();
});
