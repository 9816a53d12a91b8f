/**
 * All tests: first everything that needs no browser, then the journeys in a real Chromium.
 *
 * Ends with one line, "N passed, N failed, N skipped", and exits with 1 when anything failed or nothing ran.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "./browser.mjs";

const root = join(import.meta.dirname, "..");
const results = mkdtempSync(join(tmpdir(), "xingfu-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };
let hasBroken = false;

/** Far above what a slow machine needs: a run that hangs is a failure with a name, not an endless wait. */
const limitMinutes = { units: 30, journeys: 20 };

/** @param {keyof typeof limitMinutes} name */
function run(name, config, env = {}) {
  const file = join(results, `${name}.json`);
  const args = ["run", "--config", config, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { status, error } = spawnSync(process.execPath, [vitest, ...args, ...process.argv.slice(2)], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
    timeout: limitMinutes[name] * 60_000,
    killSignal: "SIGKILL",
  });
  if (error?.code === "ETIMEDOUT") {
    process.stdout.write(`✗ ${name}: not finished after ${limitMinutes[name]} minutes, stopped\n`);
  }
  if (status !== 0) hasBroken = true;
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
    total.skipped += report.numPendingTests + report.numTodoTests;
  } catch {
    hasBroken = true;
  }
}

run("units", "vitest.config.ts");

const chromium = findChromium();
if (!chromium) {
  process.stdout.write(
    "未找到 Chromium,浏览器旅程测试按跳过计。安装:apt-get install chromium fonts-noto-cjk,或设置 CHROMIUM_PATH。\n" +
      "No Chromium found: the browser journeys count as skipped. Install it (Debian: apt-get install chromium fonts-noto-cjk) or set CHROMIUM_PATH.\n",
  );
}
run("journeys", "e2e/vitest.config.ts", chromium ? { CHROMIUM_PATH: chromium } : {});

rmSync(results, { recursive: true, force: true });
if (hasBroken && total.failed === 0) total.failed = 1; // a suite that could not be loaded has no test to blame
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
