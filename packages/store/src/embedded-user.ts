/** The operating-system user the server runs as: PostgreSQL refuses to run as root. */

import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { StoreFault } from "./fault.ts";

const run = promisify(execFile);

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const userName = "xingfu";

/**
 * Null for an ordinary user, who runs the server as himself. Root uses the owner of an existing cluster, or the user
 * "xingfu", made when it is missing and possible, or an unprivileged user that every system has.
 */
export async function serverUser(cluster: string | null): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  if (cluster !== null) {
    const { uid, gid } = await stat(cluster);
    if (uid !== 0) return { uid, gid };
  }
  const known = await findUser(userName);
  if (known !== null) return known;
  for (const [command, ...options] of [
    [
      "useradd",
      "--system",
      "--user-group",
      "--no-create-home",
      "--home-dir",
      "/nonexistent",
      "--shell",
      "/usr/sbin/nologin",
      userName,
    ],
    ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", userName],
  ] as const) {
    await run(command, options).catch(() => {});
    const made = await findUser(userName);
    if (made !== null) return made;
  }
  for (const name of ["postgres", "nobody"]) {
    const found = await findUser(name);
    if (found !== null) return found;
  }
  throw new StoreFault("EMBEDDED_FAILED", {
    problem: "以 root 运行时需要一个普通用户来运行数据库，未能建立用户 xingfu",
    log: "/etc/passwd",
  });
}

async function findUser(name: string): Promise<ServerUser | null> {
  const text = await readFile("/etc/passwd", "utf8").catch(() => "");
  const fields = text
    .split("\n")
    .find((line) => line.startsWith(`${name}:`))
    ?.split(":");
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
  return fields !== undefined && uid > 0 ? { uid, gid } : null;
}

/** Whether the user may enter every folder on the way to `path` and the folder itself. */
export async function canReach(path: string, user: ServerUser): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
