/** Builds apps/web when its sources or what they are made from changed since the last build. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const web = join(root, "apps/web");
const stamp = join(web, "dist/.built-from");

function sourcesHash() {
  const hash = createHash("sha256");
  const patterns = [
    "apps/web/src/**/*",
    "apps/web/public/**/*",
    "apps/web/*.{html,ts,json}",
    "packages/{domain,standards,contract}/src/**/*.ts",
    "package-lock.json",
  ];
  for (const file of globSync(patterns, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()) {
    if (/[.]test[.]tsx?$/.test(file)) continue;
    hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

const wanted = sourcesHash();
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

process.stderr.write("正在构建浏览器界面… / Building the browser app …\n");
const vite = join(root, "node_modules/vite/bin/vite.js");
// Built beside the old one and then put in its place, so that an interrupted build never leaves half an app.
const next = "dist.next";
const result = spawnSync(process.execPath, [vite, "build", "--outDir", next, "--emptyOutDir", "--logLevel", "warn"], {
  cwd: web,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, NODE_ENV: "production" },
});
if (result.status !== 0) process.exit(result.status ?? 1);
writeFileSync(join(web, next, ".built-from"), wanted);
rmSync(join(web, "dist"), { recursive: true, force: true });
renameSync(join(web, next), join(web, "dist"));
