/**
 * The PostgreSQL that comes with the program: one server per data folder, started, shared, adopted and stopped here.
 *
 * Every process that uses the folder keeps one connection open as its lease; the process that finds no other lease
 * when it stops also stops the server. A killed process loses its lease with its connection, so nothing has to be
 * cleaned up. Starting and stopping happen under a lock file, so that two processes never do either at once.
 */

import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rename, rm, rmdir, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { findBinaries } from "./embedded-binaries.ts";
import { lockFolder } from "./embedded-lock.ts";
import { processIsGone, serverProcess } from "./embedded-process.ts";
import { canReach, serverUser } from "./embedded-user.ts";
import type { ServerUser } from "./embedded-user.ts";
import { StoreFault } from "./fault.ts";

const run = promisify(execFile);

export interface EmbeddedOptions {
  /** folder that holds everything; created when missing */
  readonly dataFolder: string;
  /** one line of progress, in Chinese */
  readonly log?: (line: string) => void;
  /** true only for data that may be lost: no fsync */
  readonly isThrowaway?: boolean;
}

export interface Embedded {
  /** for openStore; of a Unix socket */
  readonly url: string;
  /** true when the cluster was created by this call */
  readonly isNew: boolean;
  /** ends this process's use; the last user stops the server */
  stop(): Promise<void>;
}

/** major version of the binaries this program comes with */
const major = "18";
const adminName = "xingfu_admin";
const databaseName = "xingfu";
const leaseName = "xingfu lease";
/** initdb needs about 60 MB and the first load about 300 MB; below this a start would only fail later */
const leastFreeMb = 200;

/** recovery after a killed server replays at most 1 GB of log: seconds; a slow disk may need a minute or two */
const startLimitMs = 180_000;

/** Starts, or joins, the PostgreSQL of a data folder. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const folder = resolve(options.dataFolder);
  const log = options.log ?? (() => {});
  await prepareFolder(folder);
  const lock = await lockFolder(join(folder, "start.lock"));
  try {
    return await startLocked(folder, log, options.isThrowaway ?? false);
  } catch (error) {
    throw asFault(error, folder);
  } finally {
    await lock.release();
  }
}

async function startLocked(folder: string, log: (line: string) => void, isThrowaway: boolean): Promise<Embedded> {
  const cluster = join(folder, "postgres");
  const isEmpty = await checkVersion(folder, cluster);
  const place = await prepareCluster(folder, cluster, { isNew: isEmpty, isThrowaway, log });
  let lease = await adopt(cluster, place);
  if (lease === null) {
    log("正在启动内置数据库");
    lease = await launch(folder, cluster, place, isThrowaway);
  }
  const isNew = await createDatabase(lease);
  const url = addressOf(place, databaseName);
  const held = lease;
  let stopping: Promise<void> | null = null;
  return {
    url,
    isNew,
    stop: () => (stopping ??= stop(folder, cluster, held, place.socketFolder)),
  };
}

/** What is needed to reach the server of a folder. */
interface Place {
  readonly user: ServerUser | null;
  readonly password: string;
  readonly socketFolder: string;
  readonly isReachable: boolean;
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `.probe-${process.pid}`);
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw asFault(error, folder);
  }
}

/** True when there is no cluster yet; refuses one of another major version. */
async function checkVersion(folder: string, cluster: string): Promise<boolean> {
  const found = await readFile(join(cluster, "PG_VERSION"), "utf8").then(
    (text) => text.trim(),
    () => null,
  );
  if (found === null || found === major) return found === null;
  const code = Number(found) > Number(major) ? "DATA_FOLDER_NEWER" : "DATA_FOLDER_OLDER";
  throw new StoreFault(code, { folder, found, supported: major });
}

async function prepareCluster(
  folder: string,
  cluster: string,
  options: { isNew: boolean; isThrowaway: boolean; log: (line: string) => void },
): Promise<Place> {
  const { isNew, isThrowaway, log } = options;
  const secretFile = join(folder, "secret.json");
  const user = await serverUser(isNew ? null : cluster);
  const socketFolder = await prepareSocketFolder(folder, user);
  const isReachable = user === null || (await canReach(folder, user));
  if (!isNew) {
    const text = await readFile(secretFile, "utf8");
    const { password } = JSON.parse(text) as { password: string };
    return { user, password, socketFolder, isReachable };
  }
  const space = await statfs(folder);
  const freeMb = Math.floor((space.bavail * space.bsize) / 2 ** 20);
  if (freeMb < leastFreeMb) throw new StoreFault("DISK_FULL", { folder, freeMb });

  log("正在建立内置数据库");
  const password = randomBytes(24).toString("base64url");
  const binaries = await findBinaries(user);
  const passwordFile = join(socketFolder, "first-password");
  // initdb fills a folder of its own and it gets its name last: a killed first start leaves nothing that looks ready
  const fresh = join(folder, "postgres.new");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  if (user !== null) await chown(fresh, user.uid, user.gid);
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== null) await chown(passwordFile, user.uid, user.gid);
  try {
    await run(
      binaries.initdb,
      [
        "-D",
        isReachable ? fresh : "/proc/self/cwd",
        "-U",
        adminName,
        "--auth=scram-sha-256",
        `--pwfile=${passwordFile}`,
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
        ...(isThrowaway ? ["--no-sync"] : []),
      ],
      { cwd: fresh, env: environment(), ...(user === null ? {} : { uid: user.uid, gid: user.gid }) },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(secretFile, `${JSON.stringify({ password })}\n`, { mode: 0o600 });
  await rename(fresh, cluster);
  return { user, password, socketFolder, isReachable };
}

/** A short folder of the server's own user for the socket: its path may have about 100 bytes at most. */
async function prepareSocketFolder(folder: string, user: ServerUser | null): Promise<string> {
  const uid = user?.uid ?? process.getuid?.() ?? 0;
  const name = createHash("sha256").update(`${uid}\n${folder}`).digest("hex").slice(0, 12);
  for (const base of ["/tmp", "/var/tmp"]) {
    const path = join(base, `xingfu-${name}`);
    try {
      await mkdir(path, { mode: 0o700 });
      if (user !== null) await chown(path, user.uid, user.gid);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") continue;
    }
    const found = await stat(path);
    // somebody else's folder of that name would let them stand in for the server
    if (found.isDirectory() && found.uid === uid) {
      await chmod(path, 0o700);
      return path;
    }
  }
  throw new StoreFault("DATA_FOLDER_NOT_WRITABLE", { folder: "/tmp", problem: "不能建立数据库套接字目录" });
}

function addressOf(place: Place, database: string): string {
  return `postgresql://${adminName}:${place.password}@/${database}?host=${encodeURIComponent(place.socketFolder)}`;
}

/** Settings of a modest machine that also runs the application. Sizes in MB are kept small on purpose. */
function settings(place: Place, isThrowaway: boolean): string[] {
  const pairs: Record<string, string> = {
    listen_addresses: "",
    unix_socket_directories: place.socketFolder,
    unix_socket_permissions: "0700",
    port: "5432",
    max_connections: "60",
    shared_buffers: "128MB",
    work_mem: "8MB",
    maintenance_work_mem: "64MB",
    effective_cache_size: "512MB",
    max_wal_size: "1GB",
    checkpoint_completion_target: "0.9",
    checkpoint_timeout: "1min", // little is left to write when the server is asked to stop
    // the machine has few cores and they are also the application's
    max_parallel_workers_per_gather: "0",
    jit: "off",
    io_method: "sync",
    log_destination: "stderr",
    log_min_messages: "warning",
    log_line_prefix: "%m [%p] ",
    timezone: "UTC",
    log_timezone: "UTC",
    lc_messages: "C",
    wal_level: "minimal",
    max_wal_senders: "0",
  };
  if (isThrowaway) Object.assign(pairs, { fsync: "off", synchronous_commit: "off", full_page_writes: "off" });
  return Object.entries(pairs).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Nothing of the caller's PG* settings may reach the server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", HOME: "/" };
}

async function connectLease(place: Place): Promise<Client> {
  const client = new Client({
    host: place.socketFolder,
    port: 5432,
    user: adminName,
    password: place.password,
    database: "postgres",
    application_name: leaseName,
    connectionTimeoutMillis: 5000,
  });
  client.on("error", () => {}); // the server may be stopped by hand; the pool reports it
  await client.connect();
  return client;
}

/** A lease on the server that already runs on this folder; null when none does. */
async function adopt(cluster: string, place: Place): Promise<Client | null> {
  // a server that is starting or stopping answers, or is gone, within seconds
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const server = await serverProcess(cluster);
    if (server === null) return null;
    try {
      return await connectLease(place);
    } catch (error) {
      if (sqlStateOf(error) === "28P01") throw error;
    }
    await pause(100);
  }
  throw new StoreFault("EMBEDDED_FAILED", {
    problem: "服务器进程存在但没有应答",
    log: join(dirname(cluster), "postgres.log"),
  });
}

async function launch(folder: string, cluster: string, place: Place, isThrowaway: boolean): Promise<Client> {
  const { user } = place;
  const binaries = await findBinaries(user);
  const logFile = join(folder, "postgres.log");
  await keepLogShort(logFile);
  for (let attempt = 0; ; attempt += 1) {
    const output = openSync(logFile, "a", 0o600);
    const sizeBefore = (await stat(logFile)).size;
    const child = spawn(
      binaries.postgres,
      ["-D", place.isReachable ? cluster : "/proc/self/cwd", ...settings(place, isThrowaway)],
      {
        cwd: cluster,
        env: environment(),
        stdio: ["ignore", output, output],
        detached: true, // Ctrl-C in the terminal is for us; the server is stopped in order
        ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
      },
    );
    closeSync(output);
    const end: { reason: string | null } = { reason: null };
    child.once("error", (error) => {
      end.reason = error.message;
    });
    child.once("exit", (code, signal) => {
      end.reason = signal ?? `exit ${code}`;
    });
    child.unref();
    const deadline = Date.now() + startLimitMs;
    while (end.reason === null && Date.now() < deadline) {
      try {
        return await connectLease(place);
      } catch (error) {
        if (sqlStateOf(error) === "28P01") throw error;
      }
      await pause(15);
    }
    if (end.reason === null) {
      child.kill("SIGINT");
      throw new StoreFault("EMBEDDED_FAILED", { problem: "数据库启动后长时间没有应答", log: logFile });
    }
    const said = (await readFile(logFile, "utf8")).slice(sizeBefore);
    if (/No space left on device/i.test(said)) throw new StoreFault("DISK_FULL", { folder });
    // backends of a killed server need a moment to notice that it is gone
    if (attempt < 20 && /pre-existing shared memory block|is still in use|lock file .* already exists/.test(said)) {
      await pause(300);
      continue;
    }
    const lines = said.trim().split("\n");
    const problem = lines.find((line) => /FATAL|PANIC|ERROR/.test(line)) ?? (lines.at(-1) || end.reason);
    throw new StoreFault("EMBEDDED_FAILED", {
      problem: problem.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, ""),
      log: logFile,
    });
  }
}

/** One older log is kept beside the current one, about 5 MB each. */
async function keepLogShort(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > 5 * 2 ** 20) await rename(logFile, `${logFile}.1`);
}

/** True when it was made now: a first start that was killed half-way is made good by the next one. */
async function createDatabase(lease: Client): Promise<boolean> {
  const { rowCount } = await lease.query("select from pg_database where datname = $1", [databaseName]);
  if (rowCount === 1) return false;
  await lease.query(`create database ${databaseName}`);
  return true;
}

async function stop(folder: string, cluster: string, lease: Client, socketFolder: string): Promise<void> {
  const lock = await lockFolder(join(folder, "start.lock"));
  try {
    let others = 0;
    try {
      const { rows } = await lease.query<{ others: string }>(
        "select count(*) as others from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()",
        [leaseName],
      );
      others = Number(rows[0]?.others ?? 0);
    } catch {
      // the server is already gone
    }
    await lease.end().catch(() => {});
    if (others > 0) return;
    const server = await serverProcess(cluster);
    if (server === null) return;
    process.kill(server.pid, "SIGINT"); // fast: open transactions are rolled back, everything is written
    for (let waited = 0; !(await processIsGone(server.pid)); waited += 20) {
      if (waited === 20_000) process.kill(server.pid, "SIGQUIT"); // immediate: recovery at the next start
      if (waited > 30_000) return;
      await pause(20);
    }
    await rmdir(socketFolder).catch(() => {}); // made again at the next start
  } finally {
    await lock.release();
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

function sqlStateOf(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** What the file system or a tool said, as a fault a person can act on. */
function asFault(error: unknown, folder: string): Error {
  if (error instanceof StoreFault) return error;
  const said = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT" || /No space left on device/i.test(said)) {
    return new StoreFault("DISK_FULL", { folder }, { cause: error });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR" || code === "EEXIST") {
    return new StoreFault("DATA_FOLDER_NOT_WRITABLE", { folder, problem: code }, { cause: error });
  }
  return new StoreFault("EMBEDDED_FAILED", { problem: said, log: join(folder, "postgres.log") }, { cause: error });
}
