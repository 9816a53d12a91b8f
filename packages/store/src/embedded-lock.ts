/** A lock file that names its holder, so that a holder that was killed does not block the next one. */

import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { processStamp } from "./embedded-process.ts";
import { StoreFault } from "./fault.ts";

/** Waits until no living process holds `path`, then holds it. */
export async function lockFolder(path: string): Promise<{ release(): Promise<void> }> {
  const mine = JSON.stringify({
    pid: process.pid,
    stamp: await processStamp(process.pid),
    token: randomBytes(8).toString("hex"),
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await writeFile(path, mine, { flag: "wx", mode: 0o600 });
      return {
        release: async () => {
          if ((await readText(path)) === mine) await rm(path, { force: true });
        },
      };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const held = await readText(path);
    if (held !== null && !(await isAlive(held))) await takeAway(path, held);
    if (Date.now() > deadline) {
      throw new StoreFault("EMBEDDED_FAILED", { problem: `另一进程正在启动或停止数据库（${held ?? ""}）`, log: path });
    }
    await pause(30);
  }
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

async function isAlive(held: string): Promise<boolean> {
  let holder: { pid: number; stamp: string | null };
  try {
    holder = JSON.parse(held) as { pid: number; stamp: string | null };
  } catch {
    // just created and not written yet; an empty file left by a full disk is cleared by the deadline's message
    return held.length === 0;
  }
  const stamp = await processStamp(holder.pid);
  return stamp !== null && stamp === holder.stamp;
}

/** Removes a dead holder's file; of several that try, only one removes it, and never a newer one. */
async function takeAway(path: string, held: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readText(aside)) === held) await rm(aside, { force: true });
  else await rename(aside, path);
}
