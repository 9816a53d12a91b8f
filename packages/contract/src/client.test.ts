import { schoolYear } from "@xingfu/domain/base";
import { describe, expect, it } from "vitest";
import { ApiError, createClient } from "./client.ts";
import { routes } from "./routes.ts";
import { download, nothing } from "./route.ts";
import type { Route } from "./route.ts";

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A server that answers from a list, and what was sent to it. */
function answering(...replies: Response[]) {
  const sent: Sent[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    sent.push({ method: init.method ?? "GET", url: String(url), headers: new Headers(init.headers), body: init.body });
    const reply = replies.shift();
    if (reply === undefined) throw new TypeError("fetch failed");
    return reply;
  };
  return { sent, fetch };
}

const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });

describe("the client", () => {
  it("fills the path and leaves out query members that are not given", async () => {
    const { sent, fetch } = answering(json({ entries: [] }));
    const client = createClient("http://x", { fetch });
    await client.readProvenance({ params: { year: schoolYear(2025) }, query: { section: "staff" } });
    expect(sent[0]?.url).toBe("http://x/api/v1/balance/2025/provenance?section=staff");
  });

  it("carries the token of the session it signed in with", async () => {
    const { sent, fetch } = answering(json({ csrfToken: "t1" }), new Response(null, { status: 204 }));
    const client = createClient("", { fetch });
    await client.signIn({ body: { name: "a", password: "b" } });
    await client.deleteScenario({ params: { id: 3 } });
    expect(sent[1]?.headers.get("x-csrf-token")).toBe("t1");
  });

  it("fetches the token first when it has none", async () => {
    const { sent, fetch } = answering(json({ session: { csrfToken: "t2" } }), new Response(null, { status: 204 }));
    await createClient("", { fetch }).deleteScenario({ params: { id: 3 } });
    expect(sent.map((one) => one.url)).toEqual(["/api/v1/session", "/api/v1/balance/scenarios/3"]);
    expect(sent[1]?.headers.get("x-csrf-token")).toBe("t2");
  });

  it("tries once more with a fresh token when the old one is refused", async () => {
    const { sent, fetch } = answering(
      json({ csrfToken: "old" }),
      json({ code: "CSRF_REFUSED", title: "x", status: 403, fields: {}, requestId: "r" }, 403),
      json({ session: { csrfToken: "new" } }),
      new Response(null, { status: 204 }),
    );
    const client = createClient("", { fetch });
    await client.signIn({ body: { name: "a", password: "b" } });
    await client.deleteScenario({ params: { id: 3 } });
    expect(sent.at(-1)?.headers.get("x-csrf-token")).toBe("new");
  });

  it("throws the code and fields of a refusal and says that nobody is signed in any more", async () => {
    let signedOut = 0;
    const refusal = { code: "SESSION_EXPIRED", title: "登录已过期", status: 401, fields: { a: 1 }, requestId: "r1" };
    const client = createClient("", {
      fetch: answering(json(refusal, 401)).fetch,
      onSignedOut: () => (signedOut += 1),
    });
    await expect(client.listYears()).rejects.toMatchObject({
      name: "ApiError",
      code: "SESSION_EXPIRED",
      status: 401,
      fields: { a: 1 },
      requestId: "r1",
    });
    expect(signedOut).toBe(1);
  });

  it("tells an unreachable server from a refusal", async () => {
    const client = createClient("", { fetch: answering().fetch });
    await expect(client.listYears()).rejects.toMatchObject({ code: null, status: 0 });
    await expect(client.listYears()).rejects.toBeInstanceOf(ApiError);
  });

  it("gives a file with its Chinese name", async () => {
    const headers = {
      "content-disposition": `attachment; filename="report.docx"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.docx`,
    };
    const client = createClient("", { fetch: answering(new Response("abc", { headers })).fetch });
    const file = await client.downloadReport({ params: { year: schoolYear(2025) }, query: { format: "docx" } });
    expect(file.fileName).toBe("报告.docx");
    expect(await file.blob.text()).toBe("abc");
  });

  it("sends a file as multipart form data", async () => {
    const { sent, fetch } = answering(json({ session: { csrfToken: "t" } }), json({ id: 1 }));
    const file = { blob: new Blob(["x"]), fileName: "数据.xlsx" };
    await createClient("", { fetch }).checkImport({ params: { year: schoolYear(2025) }, file });
    const form = sent[1]?.body;
    expect(form).toBeInstanceOf(FormData);
    const part = form instanceof FormData ? form.get("file") : null;
    expect(part instanceof File ? part.name : null).toBe("数据.xlsx");
  });
});

describe("the route table", () => {
  const table = Object.entries<Route>(routes);

  it("has no two routes on one method and path", () => {
    const places = table.map(([, route]) => `${route.method} ${route.path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it.each(table)("%s names exactly the parameters of its path", (_, route) => {
    const inPath = [...route.path.matchAll(/:([a-zA-Z]+)/g)].map((match) => match[1]);
    expect(inPath).toEqual(Object.keys(route.params?.properties ?? {}));
  });

  it.each(table)("%s refuses unknown members of what it takes", (_, route) => {
    for (const schema of [route.params, route.query, route.body]) {
      if (schema !== undefined) expect(schema).toHaveProperty("additionalProperties", false);
    }
  });

  it.each(table.filter(([, route]) => route.method !== "GET"))("%s can be refused for its token", (_, route) => {
    expect(route.errors).toContain("CSRF_REFUSED");
  });

  it("answers every route with JSON, a file or nothing", () => {
    for (const [, route] of table) {
      expect(route.reply === nothing || route.reply === download || typeof route.reply === "object").toBe(true);
    }
  });
});
