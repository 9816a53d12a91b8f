#!/usr/bin/env node
/**
 * The command `xingfu`: hands over to src/main.ts under a Node that can run it.
 *
 * Plain JavaScript for whatever Node ≥ 20 is at hand; nothing from node_modules is imported before it is known to be
 * there.
 */
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** npm links this file into node_modules/.bin; the sources lie beside the file itself. */
const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const root = join(here, "..", "..", "..");
const modules = join(root, "node_modules");
const main = join(here, "..", "src", "main.ts");

function refuse(chinese, english) {
  process.stderr.write(`xingfu: ${chinese}\nxingfu: ${english}\n`);
  process.exit(1);
}

function refuseIncomplete() {
  refuse(
    `软件包没有装全。请在 ${root} 运行 npm start（或 npm ci），然后重新运行本命令。`,
    `Packages are missing. Run npm start (or npm ci) in ${root}, then run this command again.`,
  );
}

if (["@xingfu/domain", "@xingfu/exchange", "yaml", "hucre"].some((name) => !existsSync(join(modules, name)))) {
  refuseIncomplete();
}

/** Whether a Node can run the sources: version 24, and TypeScript not switched off. */
const isFit = Number(process.versions.node.split(".")[0]) >= 24 && Boolean(process.features.typescript);

if (isFit) {
  try {
    await import(pathToFileURL(main).href);
  } catch (error) {
    if (error?.code === "ERR_MODULE_NOT_FOUND" && error.message.startsWith("Cannot find package")) refuseIncomplete();
    throw error;
  }
} else {
  runElsewhere();
}

/** Runs the same command under the Node that npm brought in. */
function runElsewhere() {
  const node = join(modules, ".bin", "node");
  if (process.env.XINGFU_NODE_TRIED === "1" || !existsSync(node)) {
    refuse(
      `需要 Node.js 24 或更高版本，当前为 ${process.versions.node}。请在 ${root} 运行 npm ci，或自行安装 Node.js 24。`,
      `Node.js 24 or newer is needed; this is ${process.versions.node}. Run npm ci in ${root}, or install Node.js 24.`,
    );
  }
  // an option that switches TypeScript off was meant for somebody else's program
  const options = (process.env.NODE_OPTIONS ?? "").replace(/--no-(experimental-)?strip-types/g, "").trim();
  let child;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) {
    process.on(signal, () => {
      // Ctrl-C at a terminal reaches the child by itself; a second one would mean "at once"
      if (signal !== "SIGINT" || !process.stdin.isTTY) child?.kill(signal);
    });
  }
  child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, NODE_OPTIONS: options, XINGFU_NODE_TRIED: "1" },
  });
  child.on("error", (error) => {
    refuse(
      `${node} 不能运行：${error.message}。请重新运行 npm ci。`,
      `${node} cannot be run: ${error.message}. Run npm ci again.`,
    );
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
