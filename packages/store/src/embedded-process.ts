/** Which process is which: a process number alone may have been given to somebody else. */

import { execFile } from "node:child_process";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Something that tells this process from a later one of the same number; null when there is none, or it is a zombie. */
export async function processStamp(pid: number): Promise<string | null> {
  if (process.platform === "linux") {
    const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    if (text === null) return null;
    // the name in brackets may hold anything; fields are counted after it: state is the 1st, start time the 20th
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
  }
  const shown = await run("ps", ["-o", "stat=,lstart=", "-p", String(pid)]).then(
    (done) => done.stdout.trim(),
    () => "",
  );
  return shown === "" || shown.startsWith("Z") ? null : shown.replace(/^\S+\s+/, "");
}

export async function processIsGone(pid: number): Promise<boolean> {
  return (await processStamp(pid)) === null;
}

/** The postgres that serves `cluster` according to its postmaster.pid; null when there is none alive. */
export async function serverProcess(cluster: string): Promise<{ readonly pid: number } | null> {
  const file = join(cluster, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const pid = Number(text.split("\n", 1)[0]);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  if (await processIsGone(pid)) return null; // postgres clears the file itself at its next start
  if (await serves(pid, cluster)) return { pid };
  // The number now belongs to something else. Were it of the same user, postgres would refuse to start.
  await rm(file, { force: true });
  return null;
}

/** Whether the process is a postgres whose working folder is the cluster. */
async function serves(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === "linux") {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").then(
      (text) => text.trim(),
      () => "",
    );
    if (name !== "postgres") return false;
    const [workingFolder, wanted] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => null),
      realpath(cluster),
    ]);
    return workingFolder === null || workingFolder === wanted;
  }
  const command = await run("ps", ["-o", "command=", "-p", String(pid)]).then(
    (done) => done.stdout.trim(),
    () => "",
  );
  return basename(command.split(" ", 1)[0] ?? "").startsWith("postgres") && command.includes(cluster);
}
