/** The stage for the journeys: one server with the whole sample district, one browser. */

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

const root = join(import.meta.dirname, "..");

declare module "vitest" {
  interface ProvidedContext {
    /** address of the server, or "" when there is no browser to use it with */
    address: string;
  }
}

/** A port that is free now, on the loopback interface. */
async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === "object") resolve(address.port);
        else reject(new Error("no port"));
      });
    });
  });
}

async function untilHealthy(address: string, server: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`the server stopped with ${server.exitCode}:\n${output()}`);
    const isUp = await fetch(`${address}/api/v1/health`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the server was not up in three minutes:\n${output()}`);
}

/** vitest global set-up: starts what `npm start` starts, in a folder of its own whose name has a space and Chinese. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!process.env.CHROMIUM_PATH) {
    project.provide("address", "");
    return undefined;
  }
  if (process.env.XINGFU_ADDRESS) {
    project.provide("address", process.env.XINGFU_ADDRESS); // a server that is running already, with the sample as seeded
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "xingfu 旅程 "));
  const port = await freePort();
  const address = `http://localhost:${port}`;
  let output = "";
  const server = spawn(process.execPath, [join(root, "apps/cli/bin/xingfu.mjs"), "serve"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PORT: String(port),
      XINGFU_DATA: join(folder, "数据"),
      NODE_ENV: "production",
      DATABASE_URL: "",
    },
  });
  server.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  server.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await untilHealthy(address, server, () => output);
  project.provide("address", address);
  return async () => {
    const hasStopped = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await hasStopped;
    await rm(folder, { recursive: true, force: true });
  };
}
