import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmbedded } from "./index.ts";
import type { Embedded } from "./index.ts";

let base: string;
const running = new Set<Embedded>();
const children = new Set<ChildProcess>();
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "xingfu embedded 数据-"));
  await chmod(base, 0o755);
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const server of running) await server.stop();
  await Promise.all(
    [...children].map((child) => child.exitCode ?? child.signalCode ?? new Promise((done) => child.once("exit", done))),
  );
  children.clear();
  running.clear();
  await rm(base, { recursive: true, force: true });
});

const start = async (dataFolder: string, isThrowaway = true): Promise<Embedded> => {
  const server = await startEmbedded({ dataFolder, isThrowaway });
  running.add(server);
  return server;
};
const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new Client(url);
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end().catch(() => {});
  }
};
const serverPid = async (folder: string): Promise<number> =>
  Number((await readFile(join(folder, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
const isAlive = async (pid: number): Promise<boolean> => {
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  return state !== null && !/\) Z /.test(state);
};

/** Another process that uses the folder until it is killed or told to stop. */
async function otherProcess(folder: string): Promise<ChildProcess> {
  const module = new URL("./index.ts", import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `
    import { startEmbedded } from ${JSON.stringify(module)};
    const server = await startEmbedded({ dataFolder: ${JSON.stringify(folder)}, isThrowaway: true });
    process.once("SIGTERM", async () => { await server.stop(); process.exit(0); });
    console.log("ready");
    setInterval(() => {}, 1000);
  `,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.add(child);
  await new Promise((done, fail) => {
    child.stdout?.once("data", done);
    child.once("exit", (code) => fail(new Error(`ended with ${code}`)));
  });
  return child;
}

describe("a data folder with spaces and Chinese characters", () => {
  it("gets a server with checksums, UTF-8 and a secret nobody else can read, and keeps its data", async () => {
    const folder = join(base, "数据 目录");
    const first = await start(folder);
    expect(first.isNew).toBe(true);
    expect(await ask(first.url, "show data_checksums")).toEqual(["on"]);
    expect(await ask(first.url, "show server_encoding")).toEqual(["UTF8"]);
    expect(await ask(first.url, "show listen_addresses")).toEqual([""]);
    expect((await stat(join(folder, "secret.json"))).mode & 0o777).toBe(0o600);
    await ask(first.url, "create table kept as select '留下' as text");
    await first.stop();
    await expect(ask(first.url, "select 1")).rejects.toMatchObject({ code: "ENOENT" });
    const second = await start(folder);
    expect(second.isNew).toBe(false);
    expect(await ask(second.url, "select text from kept")).toEqual(["留下"]);
  });

  it("keeps fsync on unless the data may be lost", async () => {
    const server = await start(join(base, "real"), false);
    expect(await ask(server.url, "show fsync")).toEqual(["on"]);
    expect(await ask(server.url, "show synchronous_commit")).toEqual(["on"]);
  });

  it.runIf(process.getuid?.() === 0)("works below a home only root may enter", async () => {
    const closed = await mkdtemp(join(homedir(), "xingfu-closed-"));
    try {
      await chmod(closed, 0o700);
      const server = await start(join(closed, "data"));
      expect(await ask(server.url, "select 1")).toEqual([1]);
      await server.stop();
      const again = await start(join(closed, "data"));
      expect(again.isNew).toBe(false);
      await again.stop();
    } finally {
      await rm(closed, { recursive: true, force: true });
    }
  });
});

describe("several processes", () => {
  it("share one server, which the last one stops", async () => {
    const folder = join(base, "shared");
    const here = await start(folder);
    const there = await otherProcess(folder);
    const pid = await serverPid(folder);
    await here.stop();
    expect(await isAlive(pid)).toBe(true);
    const again = await start(folder);
    expect(again.isNew).toBe(false);
    expect(await serverPid(folder)).toBe(pid);
    const ended = new Promise((done) => there.once("exit", done));
    there.kill("SIGTERM");
    await ended;
    expect(await ask(again.url, "select 1")).toEqual([1]);
    await again.stop();
    expect(await isAlive(pid)).toBe(false);
  });

  it("start at the same moment and get the same server", async () => {
    const folder = join(base, "race");
    const [here] = await Promise.all([start(folder), otherProcess(folder), otherProcess(folder)]);
    const [leases] = await ask(
      here.url,
      "select count(*)::int from pg_stat_activity where application_name = 'xingfu lease'",
    );
    expect(leases).toBe(3);
  });

  it("adopt the server a killed process left behind, without losing a committed row", async () => {
    const folder = join(base, "killed");
    const there = await otherProcess(folder);
    const pid = await serverPid(folder);
    const ended = new Promise((done) => there.once("exit", done));
    there.kill("SIGKILL");
    await ended;
    expect(await isAlive(pid)).toBe(true);
    const here = await start(folder);
    expect(await serverPid(folder)).toBe(pid);
    expect(here.isNew).toBe(false);
    await here.stop();
    expect(await isAlive(pid)).toBe(false);
  });

  it("recover after the server itself was killed", async () => {
    const folder = join(base, "crashed");
    const first = await start(folder, false);
    await ask(first.url, "create table kept as select 7 as number");
    process.kill(await serverPid(folder), "SIGKILL");
    await pause(50);
    const second = await start(folder, false);
    expect(await ask(second.url, "select number from kept")).toEqual([7]);
  });
});

describe("a pid file", () => {
  it("of a number that belongs to something else now does not stop a start", async () => {
    const folder = join(base, "stale");
    const first = await start(folder);
    await first.stop();
    const file = join(folder, "postgres", "postmaster.pid");
    await writeFile(file, `${process.pid}\n${join(folder, "postgres")}\n1\n5432\n\n\n0 0\nready\n`);
    const second = await start(folder);
    expect(await ask(second.url, "select 1")).toEqual([1]);
  });
});

describe("what cannot work is named", () => {
  it("a folder of a newer or an older version", async () => {
    for (const [version, code] of [
      ["19", "DATA_FOLDER_NEWER"],
      ["17", "DATA_FOLDER_OLDER"],
    ] as const) {
      const folder = join(base, version);
      await mkdir(join(folder, "postgres"), { recursive: true });
      await writeFile(join(folder, "postgres", "PG_VERSION"), `${version}\n`);
      await expect(start(folder)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(folder),
        fields: { found: version, supported: "18" },
      });
      expect(await readFile(join(folder, "postgres", "PG_VERSION"), "utf8")).toBe(`${version}\n`);
    }
  });

  it("a folder that cannot be written", async () => {
    const file = join(base, "file");
    await writeFile(file, "");
    await expect(start(join(file, "data"))).rejects.toMatchObject({ code: "DATA_FOLDER_NOT_WRITABLE" });
  });

  it("a server that will not start, with what it said", async () => {
    const folder = join(base, "broken");
    const first = await start(folder);
    await first.stop();
    await writeFile(join(folder, "postgres", "postgresql.conf"), "no_such_setting = 1\n");
    await expect(start(folder)).rejects.toMatchObject({
      code: "EMBEDDED_FAILED",
      message: expect.stringContaining("configuration file"),
    });
  });

  it("a half-made first start is made good by the next one", async () => {
    const folder = join(base, "half");
    await mkdir(join(folder, "postgres.new"), { recursive: true });
    await writeFile(join(folder, "postgres.new", "PG_VERSION"), "18\n");
    await writeFile(join(folder, "start.lock"), JSON.stringify({ pid: 2 ** 22 - 1, stamp: "1", token: "x" }));
    const server = await start(folder);
    expect(server.isNew).toBe(true);
  });
});
