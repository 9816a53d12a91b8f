import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHarness, primarySchool, year } from "./testing/harness.ts";
import type { Harness, Person } from "./testing/harness.ts";

/** Requests as nobody should send them: each gets a clear answer, and nothing is written. */

let harness: Harness;
let officer: Person;

beforeAll(async () => {
  harness = await openHarness();
  officer = await harness.as(harness.district.officer);
  await harness.report(primarySchool(harness.district.schools[0]?.code ?? "", "第一小学"));
});
afterAll(() => harness.close());

const base = "/api/v1";
const scenario = { name: "方案", note: "", changes: [], isShared: false };

describe("a JSON body", () => {
  const post = (payload: string | object, type = "application/json") =>
    officer.send({ method: "POST", url: `${base}/balance/2025/scenarios`, payload, headers: { "content-type": type } });

  it("larger than allowed is refused", async () => {
    const reply = await post(JSON.stringify({ ...scenario, note: "x".repeat(1024 * 1024) }));
    expect(reply.json()).toMatchObject({ status: 413, code: "BODY_TOO_LARGE" });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"])(
    "sent as %s is refused",
    async (type) => {
      expect((await post(JSON.stringify(scenario), type)).json()).toMatchObject({
        status: 415,
        code: "CONTENT_TYPE_REFUSED",
        fields: { expected: "application/json" },
      });
    },
  );

  it.each(["{", "", "[]", "null", "1", '"text"', '{"name":"a","name":}'])("that is %j is refused", async (payload) => {
    expect((await post(payload)).json()).toMatchObject({ status: 400, code: "INPUT_INVALID" });
  });

  it("with unknown fields is refused, each by name", async () => {
    const reply = await post({ ...scenario, districtId: 1, isAdmin: true });
    expect(reply.json()).toMatchObject({
      code: "INPUT_INVALID",
      fields: { problems: [{ at: "body", problem: expect.stringMatching(/districtId.*isAdmin/) }] },
    });
  });

  it("with a poisoned prototype is refused", async () => {
    const reply = await post('{"name":"a","note":"","changes":[],"isShared":false,"__proto__":{"isAdmin":true}}');
    expect(reply.statusCode).toBe(400);
  });

  it("with U+0000 is refused before the database sees it", async () => {
    expect((await post({ ...scenario, name: "a\0b" })).json()).toMatchObject({ code: "INPUT_INVALID" });
  });

  it("with numbers that are none is refused", async () => {
    const change = (value: unknown) => ({
      ...scenario,
      changes: [{ schoolCode: "2150000001", stage: null, field: "x", value }],
    });
    for (const value of ["1", null, 1e300]) expect((await post(change(value))).statusCode).toBe(400);
  });

  it("leaves nothing behind when it is refused", async () => {
    expect((await officer.client.listScenarios({ params: { year } })).scenarios).toEqual([]);
  });

  it("with SQL and HTML in its texts is kept as it is", async () => {
    const name = `'; drop table app.scenarios; -- <img src=x onerror=alert(1)>`;
    const saved = await officer.client.createScenario({ params: { year }, body: { ...scenario, name } });
    expect((await officer.client.readScenario({ params: { id: saved.id } })).name).toBe(name);
    const reply = await officer.send({ url: `${base}/balance/scenarios/${saved.id}` });
    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(reply.headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("an address", () => {
  it.each([
    `${base}/balance/1989/assessment`,
    `${base}/balance/20250/assessment`,
    `${base}/balance/2025.5/assessment`,
    `${base}/balance/二〇二五/assessment`,
    `${base}/balance/2025'--/assessment`,
    `${base}/balance/2025/assessment?x=1`,
    `${base}/balance/2025/report?format=pdf`,
    `${base}/balance/scenarios/0`,
    `${base}/balance/scenarios/9007199254740993`,
    `${base}/balance/scenarios/1e3`,
    `${base}/schools/215000001`,
    `${base}/schools/2150000001%00`,
    `${base}/returns/2025/batches?size=201`,
    `${base}/returns/2025/batches?page=0`,
    `${base}/audit?from=2025-02-30x`,
    `${base}/organisation?on=${encodeURIComponent("2025-09-01'; select 1;--")}`,
  ])("%s is refused as input", async (url) => {
    expect((await officer.send({ url })).json()).toMatchObject({ status: 400, code: "INPUT_INVALID" });
  });

  it("that names a day no calendar has is refused", async () => {
    expect((await officer.send({ url: `${base}/organisation?on=2025-02-30` })).statusCode).toBe(400);
  });

  it.each([`${base}/nothing`, base, `${base}/../../etc/passwd`, "/assets/../package.json", "/.env"])(
    "%s is not found",
    async (url) => {
      expect((await officer.send({ url })).json()).toMatchObject({ status: 404, code: "NOT_FOUND" });
    },
  );

  it("of another's thing is not found, as one that does not exist", async () => {
    const outsider = await harness.as(harness.district.outsider);
    const own = await officer.client.createScenario({
      params: { year },
      body: { ...scenario, name: "别人的", isShared: true },
    });
    const [foreign, missing] = [
      await outsider.send({ url: `${base}/balance/scenarios/${own.id}` }),
      await outsider.send({ url: `${base}/balance/scenarios/99999999` }),
    ];
    const without = (reply: typeof foreign): object => ({ ...reply.json<object>(), requestId: "" });
    expect(without(foreign)).toEqual(without(missing));
    expect(foreign.statusCode).toBe(404);
  });
});

describe("an upload", () => {
  const url = `${base}/returns/2025/imports`;
  const form = (name: string, fileName: string, content: string): string =>
    `--b\r\ncontent-disposition: form-data; name="${name}"; filename="${fileName}"\r\ncontent-type: application/octet-stream\r\n\r\n${content}\r\n`;
  const send = (payload: string, headers: Record<string, string> = {}) =>
    officer.send({
      method: "POST",
      url,
      payload,
      headers: { "content-type": "multipart/form-data; boundary=b", ...headers },
    });

  it("announced as too long is refused before it is read", async () => {
    const reply = await send("--b--\r\n", { "content-length": String(40 * 1024 * 1024) });
    expect(reply.json()).toMatchObject({ status: 413, code: "BODY_TOO_LARGE", fields: { maxBytes: 32 * 1024 * 1024 } });
  });

  it.each([
    ["without a file", "--b--\r\n", "INPUT_INVALID"],
    ["in another field", `${form("other", "a.xlsx", "x")}--b--\r\n`, "INPUT_INVALID"],
    ["of another kind", `${form("file", "a.exe", "MZ")}--b--\r\n`, "FILE_UNREADABLE"],
    ["of a macro workbook", `${form("file", "a.xlsm", "PK")}--b--\r\n`, "FILE_UNREADABLE"],
    ["of nothing", `${form("file", "a.xlsx", "")}--b--\r\n`, "FILE_UNREADABLE"],
    ["of two files", `${form("file", "a.exe", "x")}${form("file", "b.xlsx", "x")}--b--\r\n`, "FILE_UNREADABLE"],
  ])("%s is refused", async (_, payload, code) => {
    expect((await send(payload)).json()).toMatchObject({ code });
  });

  it("sent as JSON is refused", async () => {
    const reply = await officer.send({
      method: "POST",
      url,
      payload: {},
      headers: { "content-type": "application/json" },
    });
    expect(reply.json()).toMatchObject({ status: 415, fields: { expected: "multipart/form-data" } });
  });

  it("whose name is a path keeps its last part", async () => {
    const checked = (await send(`${form("file", "..\\\\..\\\\evil/填报.xlsx", "x")}--b--\r\n`)).json<{
      fileName: string;
    }>();
    expect(checked.fileName).toBe("填报.xlsx");
  });

  it("that breaks off leaves nothing behind", async () => {
    await harness.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = harness.app.server.address() as AddressInfo;
    const { session } = await officer.client.readSession();
    const countImports = async () => (await officer.client.listBatches({ params: { year } })).total;
    const before = await countImports();
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(
          `POST ${url} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncookie: ${officer.cookie}\r\nx-csrf-token: ${session?.csrfToken}\r\n` +
            `content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000\r\n\r\n${form("file", "a.xlsx", "PK")}`,
        );
        setTimeout(() => {
          socket.destroy();
          resolve();
        }, 100);
      });
    });
    expect(await countImports()).toBe(before);
    expect((await officer.send({ url: `${base}/health` })).statusCode).toBe(200);
  });
});

describe("a failure", () => {
  it("tells nothing of the inside", async () => {
    const broken = await openHarness({ logLevel: "silent" });
    const person = await broken.as(broken.district.officer);
    await broken.store.close();
    const reply = await person.send({ url: `${base}/years` }).catch(() => null);
    const direct = await broken.app.inject({ url: `${base}/years`, headers: { cookie: person.cookie } });
    expect(direct.statusCode).toBeGreaterThanOrEqual(500);
    expect(direct.payload).not.toMatch(/select|postgres|node_modules|\bError\b|\.ts|stack|pool/);
    expect(direct.json()).toMatchObject({ requestId: expect.stringMatching(/\S/), title: expect.stringMatching(/\S/) });
    expect(reply).toBeNull();
    await broken.close().catch(() => {});
  });

  it("is counted for the alarm, a refusal is not", async () => {
    await officer.send({ url: `${base}/nothing` });
    const metrics = await harness.app.inject({ url: `${base}/metrics` });
    expect(metrics.payload).toContain("http_request_duration_seconds");
    expect(metrics.payload).not.toMatch(/xingfu_reportable_errors_total\{/);
  });
});

describe("the limits", () => {
  it("hold per address and say when to come back", async () => {
    const strict = await openHarness({ requestsPerMinute: 5 });
    const replies = [];
    for (let i = 0; i < 6; i += 1) replies.push(await strict.app.inject({ url: `${base}/health` }));
    expect(replies.at(-1)?.json()).toMatchObject({
      status: 429,
      code: "RATE_LIMITED",
      fields: { retryAfterSeconds: expect.any(Number) },
    });
    expect(replies.at(-1)?.headers["retry-after"]).toMatch(/^\d+$/);
    await strict.close();
  });

  it("keep the metrics for this machine, or for who has the token", async () => {
    const guarded = await openHarness({ metricsToken: "secret" });
    const ask = (authorization?: string) =>
      guarded.app.inject({ url: `${base}/metrics`, headers: authorization === undefined ? {} : { authorization } });
    expect([
      (await ask()).statusCode,
      (await ask("Bearer wrong!")).statusCode,
      (await ask("Bearer secret")).statusCode,
    ]).toEqual([404, 404, 200]);
    expect((await harness.app.inject({ url: `${base}/metrics`, remoteAddress: "203.0.113.9" })).statusCode).toBe(404);
    await guarded.close();
  });
});
