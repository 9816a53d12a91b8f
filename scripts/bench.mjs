/** Runs every bench/*.bench.ts one after another; each prints its own table of figures and ratios. No gate. */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const wanted = process.argv.slice(2);

process.stdout.write(
  `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}\n`,
);
let hasFailed = false;
for (const file of globSync("bench/*.bench.ts", { cwd: root }).toSorted()) {
  if (wanted.length > 0 && !wanted.some((name) => file.includes(name))) continue;
  process.stdout.write(`\n== ${file}\n`);
  const { status } = spawnSync(process.execPath, ["--expose-gc", file], { cwd: root, stdio: "inherit" });
  if (status !== 0) hasFailed = true;
}
process.exit(hasFailed ? 1 : 0);
