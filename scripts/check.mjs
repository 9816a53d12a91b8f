/**
 * One command for everything that must be green: types, lint, format, dependency rules, generated files, glossary,
 * dead code, tests. `--static` leaves the tests out; `--fix` formats instead of complaining.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = (name) => join(root, "node_modules/.bin", name);
const isFixing = process.argv.includes("--fix");
const isStatic = process.argv.includes("--static");

/** dependency-cruiser reads nothing, and says all is well, when it cannot parse TypeScript. */
function dependencyRules() {
  const { stdout } = spawnSync(
    bin("depcruise"),
    ["--config", ".dependency-cruiser.mjs", "packages", "apps", "e2e", "-T", "json"],
    {
      cwd: root,
      maxBuffer: 1 << 28,
    },
  );
  const { modules, summary } = JSON.parse(stdout.toString());
  const sources = modules.filter(
    (module) => /^(packages|apps|e2e)\/.*[.]tsx?$/.test(module.source) && module.dependencies.length > 0,
  );
  for (const violation of summary.violations) {
    process.stdout.write(`  ${violation.rule.name}: ${violation.from} → ${violation.to}\n`);
  }
  if (sources.length < 50) process.stdout.write(`  only ${sources.length} modules with imports were read\n`);
  return summary.error === 0 && sources.length >= 50;
}

/** @type {[name: string, step: () => boolean][]} */
const steps = [
  ["types", () => run(bin("tsc"), ["-p", "."]) && run(bin("tsc"), ["-p", "apps/web"])],
  [
    "lint",
    () => run(bin("oxlint"), ["--type-aware", "--deny-warnings", "packages", "apps", "e2e", "scripts", "bench"]),
  ],
  ["format", () => run(bin("oxfmt"), isFixing ? ["."] : ["--check", "."])],
  ["dependency rules", dependencyRules],
  ["generated files", () => node(["scripts/check-generated.mjs"])],
  ["glossary", () => node(["scripts/check-glossary.mjs"])],
  ["dead code", () => run(bin("knip"), [])],
  ["tests", () => isStatic || node(["scripts/test.mjs"])],
];

function run(file, args) {
  const { status } = spawnSync(file, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  return status === 0;
}
function node(args) {
  return run(process.execPath, args);
}

const failed = [];
for (const [name, step] of steps) {
  const started = Date.now();
  process.stdout.write(`── ${name}\n`);
  const isGreen = step();
  process.stdout.write(`${isGreen ? "✓" : "✗"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
  if (!isGreen) failed.push(name);
}
process.stdout.write(failed.length === 0 ? "all green\n" : `not green: ${failed.join(", ")}\n`);
process.exit(failed.length === 0 ? 0 : 1);
