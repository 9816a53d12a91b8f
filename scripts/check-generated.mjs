/** Regenerates every generated file and fails when it differs from what is committed. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const generators = ["packages/standards/scripts/compile.ts", "packages/fixtures/scripts/write-samples.ts"];

let isGreen = true;
for (const generator of generators) {
  const { status } = spawnSync(process.execPath, [generator, "--check"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) isGreen = false;
}
process.exit(isGreen ? 0 : 1);
