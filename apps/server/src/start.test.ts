import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testStore } from "@xingfu/store/testing";
import type { TestStore } from "@xingfu/store/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "./start.ts";

let database: TestStore;
beforeAll(async () => {
  database = await testStore();
});
afterAll(() => database.close());

const env = { XINGFU_LOG: "silent" };

describe("the server", () => {
  it("starts, answers, runs what is to be prepared first, and stops", async () => {
    const steps: string[] = [];
    const server = await startServer({
      env,
      port: 0,
      databaseUrl: database.url,
      prepare: async () => {
        steps.push("prepared");
      },
      onReady: ({ url }) => steps.push(url),
    });
    expect(steps).toEqual(["prepared", server.url]);
    const reply = await fetch(`${server.url}/api/v1/health`);
    expect(await reply.json()).toMatchObject({ status: "ok" });
    await Promise.all([server.stop(), server.stop()]);
    await expect(fetch(`${server.url}/api/v1/health`)).rejects.toThrow("fetch failed");
  });

  it("says that the port is taken before it starts anything", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
    const { port } = other.address() as AddressInfo;
    const dataFolder = await mkdtemp(join(tmpdir(), "xingfu-"));
    await expect(startServer({ env, port, dataFolder })).rejects.toMatchObject({
      code: "PORT_TAKEN",
      fields: { port },
      message: expect.stringContaining(`端口 ${port} 已被占用`),
    });
    await rm(dataFolder, { recursive: true });
    await new Promise((resolve) => other.close(resolve));
  });

  it("stops what it started when it cannot start the rest", async () => {
    const failing = startServer({
      env,
      port: 0,
      databaseUrl: database.url,
      prepare: async () => Promise.reject(new Error("no sample")),
    });
    await expect(failing).rejects.toThrow("no sample");
  });

  it("says when the database cannot be had", async () => {
    const databaseUrl = "postgresql://nobody@127.0.0.1:1/none";
    await expect(startServer({ env, port: 0, databaseUrl })).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  });

  it("refuses a wrong configuration by name", async () => {
    await expect(startServer({ env: { PORT: "abc" } })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
