/**
 * School evaluation at full size: the sample district with its two rounds, row-level security on, 50 connections at once.
 * Prints p50, p95, p99 and requests per second by route.
 *
 *     node bench/evaluation.bench.ts [seconds per route]
 *
 * Target: p95 ≤ 100 ms for a school's result. On a machine that does other work besides, the times mean little.
 * Uses an embedded database in XINGFU_BENCH_DATA (kept between runs), else a new one that is removed at the end.
 */

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";

const seconds = Number(process.argv[2] ?? 6);
const connections = 50;

const kept = process.env["XINGFU_BENCH_DATA"];
const dataFolder = kept ?? (await mkdtemp(join(tmpdir(), "xingfu-bench-")));
const child = spawn(process.execPath, [fileURLToPath(new URL("./server-process.ts", import.meta.url))], {
  env: {
    ...process.env,
    XINGFU_DATA: dataFolder,
    PORT: process.env["PORT"] ?? "3106",
    XINGFU_LOG: "error",
    XINGFU_REQUESTS_PER_MINUTE: "100000000",
    XINGFU_SIGN_INS_PER_MINUTE: "100000000",
  },
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise<string>((resolve, reject) => {
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    process.stderr.write(chunk);
    const ready = /READY (\S+)/.exec(text)?.[1];
    if (ready !== undefined) resolve(ready);
  });
  child.once("exit", (status) => reject(new Error(`the server ended with ${status}`)));
});

async function signIn(name: string): Promise<string> {
  const reply = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password: "shili-demo-2025" }),
  });
  if (!reply.ok) throw new Error(`${name} could not sign in: ${reply.status}`);
  return (reply.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

interface Listed {
  readonly rounds: readonly { readonly id: number; readonly year: number }[];
}
interface Board {
  readonly rows: readonly { readonly evaluationId: number }[];
}
async function read<T>(cookie: string, path: string): Promise<T> {
  const reply = await fetch(`${url}/api/v1${path}`, { headers: { cookie } });
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return (await reply.json()) as T; // a shape of the contract
}

/** Every connection asks for the paths in turn. */
async function measure(name: string, cookie: string, paths: readonly string[]): Promise<void> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: paths.map((path) => ({ path: `/api/v1${path}`, headers: { cookie, "accept-encoding": "gzip" } })),
  });
  const { p50, p97_5, p99 } = result.latency;
  const rate = Math.round(result.requests.average);
  console.log(
    `${name.padEnd(44)} p50 ${String(p50).padStart(4)} ms  p97.5 ${String(p97_5).padStart(4)} ms  p99 ${String(p99).padStart(4)} ms  ${rate}/s  ${result.non2xx} refused`,
  );
}

try {
  const officer = await signIn("officer");
  const principal = await signIn("principal2");
  const { rounds } = await read<Listed>(officer, "/evaluation/rounds");
  const [running, finished] = rounds;
  if (running === undefined || finished === undefined) throw new Error("the sample has no rounds");
  const board = await read<Board>(officer, `/evaluation/rounds/${finished.id}/board`);
  const results = board.rows.map(({ evaluationId }) => `/evaluation/evaluations/${evaluationId}/result`);
  const { evaluations } = await read<{ readonly evaluations: readonly { readonly id: number }[] }>(
    principal,
    "/evaluation/own",
  );
  const own = evaluations.map(({ id }) => `/evaluation/evaluations/${id}`);
  await measure("result, every school (officer)", officer, results);
  await measure(
    "result, own school (principal)",
    principal,
    own.map((path) => `${path}/result`),
  );
  await measure(
    "self-evaluation (principal)",
    principal,
    own.map((path) => `${path}/self`),
  );
  await measure("board of a round (officer)", officer, [`/evaluation/rounds/${running.id}/board`]);
  await measure("summary of a round (officer)", officer, [`/evaluation/rounds/${finished.id}/summary`]);
} finally {
  child.removeAllListeners("exit");
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  if (kept === undefined) await rm(dataFolder, { recursive: true, force: true });
}
