/** One server for the whole test run, in a temporary folder. It starts with the first test that asks for a store. */

import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "../index.ts";
import { folderVariable } from "./names.ts";

/** Runs before all test files; returns what runs after them. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "xingfu-test-"));
  process.env[folderVariable] = folder;
  return async () => {
    const wasUsed = await access(join(folder, "postgres")).then(
      () => true,
      () => false,
    );
    // the last user stops the server: the workers are gone by now
    if (wasUsed) await (await startEmbedded({ dataFolder: folder, isThrowaway: true })).stop();
    await rm(folder, { recursive: true, force: true });
  };
}
