import { routes } from "@xingfu/contract";
import type { Route } from "@xingfu/contract";
import { permissions } from "@xingfu/domain/access";
import type { Role } from "@xingfu/domain/access";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHarness } from "./testing/harness.ts";
import type { Harness, Person } from "./testing/harness.ts";

/** Each route asked by each role, whatever the route would answer: who is let in and who is not. */

const roles = [
  "administrator",
  "officer",
  "inspector",
  "viewer",
  "groupHead",
  "principal",
  "clerk",
] as const satisfies readonly Role[];
const table = Object.entries<Route>(routes).filter(([, route]) => route.access !== "public");

let harness: Harness;
const people = new Map<Role | "nobody", Person>();
beforeAll(async () => {
  harness = await openHarness();
  for (const role of roles) people.set(role, await harness.as(harness.district[role]));
  people.set("nobody", await harness.as(harness.district.nobody));
});
afterAll(() => harness.close());

/** A request that is well formed as far as the door, and asks for things that do not exist. */
function requestOf(route: Route) {
  const values: Record<string, string> = { year: "2025", code: "2150999999", id: "999999", item: "G1", veto: "V1" };
  const url = `/api/v1${route.path.replace(/:([a-zA-Z]+)/g, (_, name: string) => values[name] ?? "1")}`;
  const form = { payload: "--x--\r\n", headers: { "content-type": "multipart/form-data; boundary=x" } };
  const json = { payload: "{}", headers: { "content-type": "application/json" } };
  return { method: route.method, url, ...(route.upload === undefined ? (route.body === undefined ? {} : json) : form) };
}

async function codeFor(person: Person | undefined, route: Route): Promise<string | null> {
  const reply = await (person === undefined ? harness.app.inject(requestOf(route)) : person.send(requestOf(route)));
  return reply.headers["content-type"]?.toString().startsWith("application/problem+json") === true
    ? reply.json<{ code: string }>().code
    : null;
}

describe.each(table)("%s", (_, route) => {
  it("is closed to strangers", async () => {
    expect(await codeFor(undefined, route)).toBe("NOT_SIGNED_IN");
  });

  const allowed = (role: Role): boolean =>
    !Array.isArray(route.access) || route.access.some((action) => permissions[role].includes(action));

  it.each(roles.filter((role) => !allowed(role)))("is closed to the role %s", async (role) => {
    expect(await codeFor(people.get(role), route)).toBe("FORBIDDEN");
  });

  it.each(roles.filter(allowed))("is open to the role %s", async (role) => {
    const code = await codeFor(people.get(role), route);
    expect(["NOT_SIGNED_IN", "FORBIDDEN", "CSRF_REFUSED", "INTERNAL"]).not.toContain(code);
  });

  it.runIf(Array.isArray(route.access))("is closed to an account without a role", async () => {
    expect(await codeFor(people.get("nobody"), route)).toBe("FORBIDDEN");
  });
});
