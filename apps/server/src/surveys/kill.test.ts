import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

/** Answered means stored, whatever happens to the server and its database afterwards. */

interface Ready {
  readonly url: string;
  readonly keys: readonly string[];
  readonly stored: number;
}

let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xingfu-survey-"));
});
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const program = fileURLToPath(new URL("../testing/survey-process.ts", import.meta.url));
  const child = spawn(process.execPath, [program, "4"], {
    env: { ...process.env, XINGFU_DATA: folder, PORT: "0", XINGFU_LOG: "silent", DATABASE_URL: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const ready = await new Promise<Ready>((resolve, reject) => {
    let text = "";
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const line = /READY (.+)\n/.exec(text)?.[1];
      if (line !== undefined) resolve(JSON.parse(line) as Ready);
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${complaint}`)));
  });
  return { child, ready };
}

async function databasePid(): Promise<number> {
  for await (const file of glob("**/postmaster.pid", { cwd: folder }))
    return Number((await readFile(join(folder, file), "utf8")).split("\n")[0]);
  throw new Error("no database is running");
}

const aspects = { moral: 5, lessons: 4, teachers: 4, open: 4, fair: 4, culture: 4 };

it("an answer that was confirmed is there after server and database were killed", async () => {
  const { child, ready } = await start();
  const count = { confirmed: 0, sent: 0 };
  const death = new AbortController();
  const answer = async (worker: number): Promise<void> => {
    while (!death.signal.aborted) {
      count.sent += 1;
      const reply = await fetch(`${ready.url}/api/v1/survey-answer`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          key: ready.keys[worker % ready.keys.length],
          party: "parents",
          sheetId: randomUUID(),
          sheet: { overall: 5, aspects },
        }),
      }).catch(() => null);
      if (reply?.status === 204) count.confirmed += 1;
      else if (reply === null) return;
    }
  };
  const workers = Array.from({ length: 12 }, (_, worker) => answer(worker));
  while (count.confirmed < 80) await new Promise((resolve) => setTimeout(resolve, 5));
  process.kill(await databasePid(), "SIGKILL");
  child.kill("SIGKILL");
  death.abort();
  await Promise.all(workers);
  const after = (await start()).ready;
  expect(count.confirmed).toBeGreaterThanOrEqual(80);
  expect(after.stored).toBeGreaterThanOrEqual(count.confirmed);
  expect(after.stored).toBeLessThanOrEqual(count.sent);
}, 240_000); // two starts of an embedded database, on a machine that may be busy
