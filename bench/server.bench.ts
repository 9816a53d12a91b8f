/**
 * How long a request waits at full size: the sample district with 170,000 pupils and three school years, row-level
 * security on, 50 connections at once. Prints p50, p95, p99, requests per second and processor time by route, and the
 * server's memory. On a machine that does other work besides, only the processor times mean something.
 *
 *     node bench/server.bench.ts [seconds per route] [pattern of paths]
 *
 * Targets: p95 ≤ 100 ms, RSS ≤ 400 MB. The server runs in a process of its own, on the same cores as the load.
 * Uses DATABASE_URL when given, else an embedded database in XINGFU_BENCH_DATA (kept between runs), else a new one
 * that is removed at the end.
 */

import { spawn } from "node:child_process";
import { glob, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";

const seconds = Number(process.argv[2] ?? 8);
const wanted = process.argv[3] ?? "";
const connections = 50;
const target = { p95Ms: 100, rssMb: 400 };

interface Started {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The server in a process of its own, with the sample district in it. */
async function start(dataFolder: string): Promise<Started> {
  // the flag is the one of scripts/ready.mjs
  const program = fileURLToPath(new URL("./server-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--max-semi-space-size=8", program], {
    env: {
      ...process.env,
      XINGFU_DATA: dataFolder,
      PORT: process.env["PORT"] ?? "3105",
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
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit").once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

/** MB of memory the process holds now, and held at most. */
async function memory(pid: number): Promise<{ readonly now: number; readonly most: number }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  return { now: of("VmRSS"), most: of("VmHWM") };
}

/** Clock ticks of the processor as /proc counts them: 100 a second on Linux. */
const tickMs = 10;

interface ProcessTimes {
  readonly cpuMs: number;
  readonly parent: string;
}

async function timesOf(pid: string): Promise<ProcessTimes | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // from the state on: the name may hold spaces
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, parent: fields[1] ?? "" };
  } catch {
    return null; // it has ended
  }
}

/** Processor time of the server and of the embedded database's sessions so far, in ms. */
async function cpu(
  server: Started,
  dataFolder: string,
): Promise<{ readonly server: number; readonly database: number }> {
  let postmaster = "";
  for await (const file of glob("**/postmaster.pid", { cwd: dataFolder })) {
    postmaster = (await readFile(join(dataFolder, file), "utf8")).split("\n")[0] ?? "";
  }
  const all = await Promise.all((await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(timesOf));
  const sessions = all.filter((times) => times !== null && times.parent === postmaster);
  return {
    server: (await timesOf(String(server.pid)))?.cpuMs ?? 0,
    database: sessions.reduce((sum, times) => sum + (times?.cpuMs ?? 0), 0),
  };
}

async function signIn(url: string, name: string): Promise<string> {
  const reply = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password: "shili-demo-2025" }),
  });
  if (!reply.ok) throw new Error(`${name} cannot sign in: ${await reply.text()}`);
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

interface Row {
  readonly route: string;
  readonly actor: string;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly perSecond: number;
  /** processor time per request, ms */
  readonly serverCpu: number;
  readonly databaseCpu: number;
  readonly kb: number;
  readonly failures: number;
}

interface Question {
  readonly path: string;
  readonly actor: "officer" | "principal";
  readonly packed: boolean;
}

async function measure(server: Started, { path, actor, packed }: Question, cookie: string): Promise<Row> {
  const { url } = server;
  const headers = { cookie, ...(packed ? { "accept-encoding": "gzip" } : {}) };
  const first = await fetch(`${url}/api/v1${path}`, { headers });
  const bytes = (await first.arrayBuffer()).byteLength;
  if (first.status !== 200) throw new Error(`${path} answers ${first.status}`);
  const latencies: number[] = [];
  const before = await cpu(server, dataFolder);
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon({ url: `${url}/api/v1${path}`, connections, duration: seconds, headers }, (error, outcome) =>
      error === null || error === undefined ? resolve(outcome) : reject(error),
    );
    run.on("response", (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  });
  const after = await cpu(server, dataFolder);
  const sorted = latencies.toSorted((a, b) => a - b);
  const quantile = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return {
    route: `GET ${path}${packed ? " (gzip)" : ""}`,
    actor,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    perSecond: result.requests.average,
    serverCpu: (after.server - before.server) / latencies.length,
    databaseCpu: (after.database - before.database) / latencies.length,
    kb: bytes / 1024,
    failures: result.non2xx + result.errors + result.timeouts,
  };
}

/** The value-added evaluations of a new sample district are computed in the background; they would be measured too. */
async function untilComputed(url: string, cookie: string): Promise<void> {
  for (;;) {
    const reply = await fetch(`${url}/api/v1/growth/schemes`, { headers: { cookie } });
    const { runs } = (await reply.json()) as { runs: { state: string }[] };
    if (!runs.some(({ state }) => state === "queued" || state === "running")) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const kept = process.env["XINGFU_BENCH_DATA"];
const dataFolder = kept ?? (await mkdtemp(join(tmpdir(), "xingfu-bench-")));
const started = performance.now();
const server = await start(dataFolder);
const startSeconds = (performance.now() - started) / 1000;
try {
  const officer = await signIn(server.url, "officer");
  const principal = await signIn(server.url, "principal1");
  const states = await fetch(`${server.url}/api/v1/returns/2025/states`, { headers: { cookie: principal } });
  const own = ((await states.json()) as { schools: { schoolCode: string }[] }).schools[0]?.schoolCode ?? "";
  await untilComputed(server.url, officer);
  const idle = await memory(server.pid);
  const routes: readonly (readonly [string, "officer" | "principal", boolean])[] = [
    ["/session", "officer", false],
    ["/overview?year=2025", "officer", false],
    ["/balance/2025/assessment", "officer", true],
    ["/balance/2025/facts", "officer", true],
    ["/balance/2025/provenance?section=premises", "officer", false],
    ["/balance/2025/scenarios", "officer", false],
    ["/balance/2025/assessment", "principal", false],
    ["/returns/2025/states", "officer", false],
    ["/returns/2025/batches", "officer", false],
    [`/returns/2025/schools/${own}`, "principal", false],
    ["/organisation", "officer", false],
    [`/schools/${own}`, "principal", false],
    ["/audit?page=1&size=50", "officer", false],
    [`/pupils/2025?school=${own}&page=2`, "principal", false],
    [`/pupils/2025/classes?school=${own}`, "principal", false],
    ["/growth/schemes", "officer", false],
    ["/growth/schemes/1/evaluation", "officer", true],
    ["/growth/schemes/1/evaluation", "principal", false],
    [`/growth/schools/${own}`, "principal", false],
    ["/growth/measures", "officer", false],
  ];
  const rows: Row[] = [];
  for (const [path, actor, packed] of routes.filter(([route]) => new RegExp(wanted).test(route))) {
    rows.push(await measure(server, { path, actor, packed }, actor === "officer" ? officer : principal));
    process.stderr.write(`${rows.at(-1)?.route}\n`);
  }
  const after = await memory(server.pid);

  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index < 2 ? cell.padEnd(index === 0 ? 52 : 10) : cell.padStart(9))).join(" ");
  const out = [
    `${connections} connections, ${seconds} s per route, load and server on the same cores`,
    line(["route", "actor", "p50 ms", "p95 ms", "p99 ms", "req/s", "server ms", "db ms", "KB", "failed", "p95/100"]),
    ...rows.map((row) =>
      line([
        row.route,
        row.actor,
        row.p50.toFixed(1),
        row.p95.toFixed(1),
        row.p99.toFixed(1),
        row.perSecond.toFixed(0),
        row.serverCpu.toFixed(2),
        row.databaseCpu.toFixed(2),
        row.kb.toFixed(1),
        String(row.failures),
        (row.p95 / target.p95Ms).toFixed(2),
      ]),
    ),
    `start ${startSeconds.toFixed(1)} s · RSS ${idle.now} MB before, ${after.now} MB after, ${after.most} MB at most (target ${target.rssMb})`,
  ];
  process.stdout.write(`${out.join("\n")}\n`);
} finally {
  await server.stop();
  if (kept === undefined) await rm(dataFolder, { recursive: true, force: true });
}
