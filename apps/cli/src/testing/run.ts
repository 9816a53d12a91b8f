/** The real command as a child process, as a person would run it. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const binary = fileURLToPath(new URL("../../bin/xingfu.mjs", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** added to the environment; undefined takes a name away */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** Runs `xingfu` to its end. Standard input is empty unless given. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = start(args, options);
  child.stdin.end(options.input ?? "");
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

/** Runs `xingfu` and fails with what it said unless it exits with 0. */
export async function runWell(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await run(args, options);
  if (finished.code !== 0)
    throw new Error(`xingfu ${args.join(" ")} exited with ${finished.code}:\n${finished.stderr}`);
  return finished;
}

/** Starts `xingfu` without waiting for its end. */
export function start(args: readonly string[], options: RunOptions = {}) {
  const env: Record<string, string | undefined> = {
    ...process.env,
    LANG: "zh_CN.UTF-8",
    LC_ALL: undefined,
    LC_MESSAGES: undefined,
    ...options.env,
  };
  return spawn(process.execPath, [binary, ...args], { cwd: options.cwd, env, stdio: ["pipe", "pipe", "pipe"] });
}
