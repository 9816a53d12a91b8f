import { createHash, randomBytes } from "node:crypto";
import { createClient } from "@xingfu/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openHarness } from "../testing/harness.ts";
import type { Harness } from "../testing/harness.ts";
import { lockOut } from "./lock-out.ts";
import { cookieName } from "./sessions.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

/** An account with a password, made by the administrator. */
async function issue(name: string) {
  const administrator = await harness.as(harness.district.administrator);
  const { nodes } = await administrator.client.readOrganisation();
  const node = nodes.find((one) => one.kind === "district");
  return administrator.client.createAccount({
    body: { name, displayName: name, roles: [{ role: "viewer", nodeId: node?.id ?? 0 }] },
  });
}

const signIn = (name: string, password: string, headers: Record<string, string> = {}) =>
  harness.app.inject({
    method: "POST",
    url: "/api/v1/session",
    payload: { name, password, district: harness.district.code },
    headers,
  });

const cookieOf = (reply: Awaited<ReturnType<typeof signIn>>): string =>
  `${cookieName}=${reply.cookies.find((one) => one.name === cookieName)?.value ?? ""}`;

describe("signing in", () => {
  it("opens a session in a cookie no script can read", async () => {
    const { password } = await issue("signs-in");
    const reply = await signIn("signs-in", password);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ name: "signs-in", scope: "district", mustChangePassword: true });
    expect(reply.cookies[0]).toMatchObject({ name: cookieName, httpOnly: true, sameSite: "Lax", path: "/" });
  });

  it("says the same of a wrong password and of a name nobody has", async () => {
    await issue("has-account");
    const [wrong, unknown] = [
      await signIn("has-account", "wrong password"),
      await signIn("nobody-at-all", "wrong password"),
    ];
    const without = (reply: typeof wrong): object => ({ ...reply.json<Record<string, unknown>>(), requestId: "" });
    expect(wrong.statusCode).toBe(401);
    expect(without(unknown)).toEqual(without(wrong));
    expect(unknown.cookies).toEqual([]);
  });

  it("locks a name out after repeated failures, with the right password too, and an unknown name alike", async () => {
    const { password } = await issue("locked-out");
    for (const name of ["locked-out", "never-existed"]) {
      const codes: string[] = [];
      for (let i = 0; i < lockOut.limit + 1; i += 1) codes.push((await signIn(name, "wrong password")).json().code);
      expect(codes).toEqual([
        ...Array.from({ length: lockOut.limit - 1 }, () => "SIGN_IN_REFUSED"),
        "SIGN_IN_LOCKED",
        "SIGN_IN_LOCKED",
      ]);
    }
    const right = await signIn("locked-out", password);
    expect(right.json()).toMatchObject({ code: "SIGN_IN_LOCKED", fields: { retryAfterSeconds: expect.any(Number) } });
    expect(right.headers["retry-after"]).toMatch(/^\d+$/);
  });

  it("lets an administrator end a lock-out and writes all of it to the audit", async () => {
    const { password, accountId } = await issue("unlocked");
    for (let i = 0; i < lockOut.limit; i += 1) await signIn("unlocked", "wrong password");
    const administrator = await harness.as(harness.district.administrator);
    await administrator.client.updateAccount({ params: { id: accountId }, body: { unlock: true } });
    expect((await signIn("unlocked", password)).statusCode).toBe(200);
    const { items } = await administrator.client.listAudit({ query: { size: 200 } });
    expect(items.filter((entry) => JSON.stringify(entry).includes("unlocked")).length).toBeGreaterThan(lockOut.limit);
    expect(JSON.stringify(items)).not.toContain("wrong password");
  });

  it("refuses a form of another site", async () => {
    const { password } = await issue("forged");
    const refused = { statusCode: 403 };
    expect(await signIn("forged", password, { origin: "https://evil.example" })).toMatchObject(refused);
    expect(await signIn("forged", password, { "sec-fetch-site": "cross-site" })).toMatchObject(refused);
    expect(await signIn("forged", password, { origin: "http://localhost:80" })).toMatchObject({ statusCode: 200 });
  });

  it("is limited per address", async () => {
    const strict = await openHarness({ signInsPerMinute: 3 });
    const attempt = () =>
      strict.app.inject({
        method: "POST",
        url: "/api/v1/session",
        payload: { name: "a", password: "b", district: "x" },
      });
    const codes = [];
    for (let i = 0; i < 4; i += 1) codes.push((await attempt()).json<{ code: string }>().code);
    expect(codes.at(-1)).toBe("RATE_LIMITED");
    expect(codes[0]).toBe("SIGN_IN_REFUSED");
    await strict.close();
  });
});

describe("a first password", () => {
  it("opens nothing but its own change", async () => {
    const { password } = await issue("first-time");
    const reply = await signIn("first-time", password);
    const cookie = cookieOf(reply);
    const token = reply.json<{ csrfToken: string }>().csrfToken;
    const states = await harness.app.inject({ url: "/api/v1/years", headers: { cookie } });
    expect(states.json()).toMatchObject({ code: "PASSWORD_CHANGE_REQUIRED" });

    const change = (current: string, next: string) =>
      harness.app.inject({
        method: "POST",
        url: "/api/v1/session/password",
        payload: { current, next },
        headers: { cookie, "x-csrf-token": token },
      });
    expect((await change(password, "short")).json()).toMatchObject({
      code: "PASSWORD_WEAK",
      fields: { rule: expect.any(String) },
    });
    expect((await change(password, password)).json()).toMatchObject({ code: "PASSWORD_WEAK" });
    expect((await change("not my password", "一条足够长的新密码")).json()).toMatchObject({ code: "SIGN_IN_REFUSED" });
    expect((await change(password, "一条足够长的新密码啊")).json()).toMatchObject({ mustChangePassword: false });
    expect((await harness.app.inject({ url: "/api/v1/years", headers: { cookie } })).statusCode).toBe(200);
    expect((await signIn("first-time", password)).statusCode).toBe(401);
    expect((await signIn("first-time", "一条足够长的新密码啊")).statusCode).toBe(200);
  });

  it("changed here ends the account's other sessions", async () => {
    const { password } = await issue("two-browsers");
    const [here, there] = [await signIn("two-browsers", password), await signIn("two-browsers", password)];
    await harness.app.inject({
      method: "POST",
      url: "/api/v1/session/password",
      payload: { current: password, next: "一条足够长的新密码啊" },
      headers: { cookie: cookieOf(here), "x-csrf-token": here.json<{ csrfToken: string }>().csrfToken },
    });
    const years = (reply: typeof here) =>
      harness.app.inject({ url: "/api/v1/years", headers: { cookie: cookieOf(reply) } });
    expect((await years(here)).statusCode).toBe(200);
    expect((await years(there)).statusCode).toBe(401);
  });
});

describe("a session", () => {
  it("is nobody's without a cookie, or with one we never gave", async () => {
    expect((await harness.stranger.readSession()).session).toBeNull();
    for (const cookie of [`${cookieName}=x`, `${cookieName}=${"A".repeat(43)}`]) {
      const reply = await harness.app.inject({ url: "/api/v1/years", headers: { cookie } });
      expect(reply.json()).toMatchObject({ code: "NOT_SIGNED_IN" });
    }
  });

  it("ends when one signs out, and with the account", async () => {
    const person = await harness.as(harness.district.viewer);
    await person.client.signOut();
    await expect(person.client.listYears()).rejects.toMatchObject({ status: 401 });

    const { password, accountId } = await issue("closed-later");
    const cookie = cookieOf(await signIn("closed-later", password));
    const administrator = await harness.as(harness.district.administrator);
    await administrator.client.updateAccount({ params: { id: accountId }, body: { isActive: false } });
    expect((await harness.app.inject({ url: "/api/v1/years", headers: { cookie } })).statusCode).toBe(401);
    expect((await signIn("closed-later", password)).json()).toMatchObject({ code: "SIGN_IN_REFUSED" });
  });

  it("that is over says so", async () => {
    const { districtId, accountId } = harness.district.viewer;
    const token = randomBytes(32).toString("base64url");
    const tokenHash = createHash("sha256").update(token).digest();
    await harness.store.gate.openSession({
      districtId,
      accountId,
      tokenHash,
      idleSeconds: 60,
      absoluteSeconds: 1,
      address: "127.0.0.1",
    });
    const ask = () => harness.app.inject({ url: "/api/v1/years", headers: { cookie: `${cookieName}=${token}` } });
    expect((await ask()).statusCode).toBe(200);
    await vi.waitFor(async () => expect((await ask()).json()).toMatchObject({ status: 401, code: "SESSION_EXPIRED" }), {
      timeout: 30_000,
    });
  });

  it("tells roles, actions and reach", async () => {
    const clerk = await harness.as(harness.district.clerk);
    const { session } = await clerk.client.readSession();
    expect(session).toMatchObject({
      scope: "school",
      roles: [{ role: "clerk", nodeKind: "school", schoolCode: harness.district.schools[0]?.code }],
    });
    expect(session?.actions).toContain("return.fill");
    expect(session?.actions).not.toContain("assessment.read");
  });

  it("changes nothing without its token, or with another's", async () => {
    const officer = await harness.as(harness.district.officer);
    const other = await harness.as(harness.district.viewer);
    const foreign = (await other.client.readSession()).session?.csrfToken ?? "";
    const put = {
      method: "PUT",
      url: "/api/v1/returns/2025/deadline",
      payload: { deadline: null },
      withoutToken: true,
    } as const;
    expect((await officer.send(put)).json()).toMatchObject({ code: "CSRF_REFUSED" });
    expect((await officer.send({ ...put, headers: { "x-csrf-token": foreign } })).json()).toMatchObject({
      code: "CSRF_REFUSED",
    });
    expect((await officer.send({ ...put, withoutToken: false })).statusCode).toBe(204);
  });

  it("is opened by the client of the contract", async () => {
    const { password } = await issue("by-client");
    let cookie = "";
    const client = createClient("", {
      fetch: async (url, init = {}) => {
        const reply = await harness.app.inject({
          method: init.method === "POST" ? "POST" : "GET",
          url: String(url),
          headers: { ...Object.fromEntries(new Headers(init.headers)), cookie },
          ...(typeof init.body === "string" ? { payload: init.body } : {}),
        });
        cookie = reply.cookies.map((one) => `${one.name}=${one.value}`).join("; ") || cookie;
        return new Response(reply.payload, { status: reply.statusCode });
      },
    });
    await client.signIn({ body: { name: "by-client", password, district: harness.district.code } });
    const next = "一条足够长的新密码啊";
    expect(await client.changePassword({ body: { current: password, next } })).toMatchObject({ name: "by-client" });
  });
});
