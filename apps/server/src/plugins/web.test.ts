import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installWeb } from "./web.ts";

let folder: string;
let app: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xingfu-web-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>幸福</title>");
  await writeFile(join(folder, "assets", "app-1a2b.js"), "export {};");
  await writeFile(join(folder, "assets", "app-1a2b.js.br"), brotliCompressSync("export {};"));
  app = fastify();
  await installWeb(app, folder);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { accept: "text/html", ...headers } });

describe("the built web app", () => {
  it("keeps hashed assets for ever", async () => {
    const reply = await get("/assets/app-1a2b.js");
    expect([reply.statusCode, reply.payload]).toEqual([200, "export {};"]);
    expect(reply.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(reply.headers["content-type"]).toMatch(/javascript/);
  });

  it("is sent compressed when it was compressed before", async () => {
    const reply = await get("/assets/app-1a2b.js", { "accept-encoding": "gzip, br" });
    expect(reply.headers["content-encoding"]).toBe("br");
    expect(brotliDecompressSync(reply.rawPayload).toString()).toBe("export {};");
  });

  it.each(["/", "/index.html", "/balance/2025", "/schools/2150000001?tab=history"])(
    "answers %s with its one page, fresh",
    async (url) => {
      const reply = await get(url);
      expect([reply.statusCode, reply.payload]).toEqual([200, "<!doctype html><title>幸福</title>"]);
      expect(reply.headers["cache-control"]).toBe("no-cache");
      expect(reply.headers["content-type"]).toMatch(/^text\/html/);
    },
  );

  it.each(["/assets/gone-9f.js", "/api/v1/nothing"])("does not answer %s with a page", async (url) => {
    const reply = await get(url);
    expect(reply.statusCode).toBeGreaterThanOrEqual(400);
    expect(reply.payload).not.toContain("doctype");
  });

  it("says how to build it when it was not built", async () => {
    const bare = fastify();
    await installWeb(bare, "/nonexistent");
    const reply = await bare.inject({ url: "/", headers: { accept: "text/html" } });
    expect([reply.statusCode, reply.payload]).toEqual([503, expect.stringContaining("尚未构建")]);
    await bare.close();
  });
});
