/**
 * What a person waits for: starting and stopping the whole program, the first page, a changed number of the what-if.
 *
 *     node bench/web.bench.ts
 *
 * Runs `npm start` in a new data folder with the whole sample (170,000 pupils, three school years), opens pages in a
 * headless Chromium (CHROMIUM_PATH, else the one on the path) and stops it again, all on the same cores. Each page is
 * opened several times in a window that remembers nothing; the first opening of a newly started browser stands apart,
 * because it also loads fonts and the browser's own parts. Needs a built tree; building is not counted.
 */

import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser, openPage, signIn } from "../e2e/browser.ts";
import type { Browser, Page } from "../e2e/browser.ts";
import { findChromium } from "../scripts/browser.mjs";

const root = join(import.meta.dirname, "..");
const port = process.env["PORT"] ?? "3106";
const address = `http://localhost:${port}`;
const openings = 7;
const rows: string[] = [];

function tell(what: string, values: readonly number[], unit: string, target: number): void {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const spread = sorted.length > 1 ? ` (${sorted[0]?.toFixed(2)}–${sorted.at(-1)?.toFixed(2)})` : "";
  rows.push(
    `${what.padEnd(58)} ${`${middle.toFixed(2)} ${unit}`.padStart(12)}${spread.padEnd(18)} target ${target} ${unit}, ratio ${(middle / target).toFixed(2)}`,
  );
}

interface Running {
  readonly seconds: number;
  stop(): Promise<number>;
}

/** `npm start` until the first page is answered. */
async function npmStart(dataFolder: string): Promise<Running> {
  const from = performance.now();
  const child = spawn("npm", ["start", "--silent"], {
    cwd: root,
    env: { ...process.env, PORT: port, XINGFU_DATA: dataFolder, DATABASE_URL: "" },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true, // a process group of its own, as a terminal has
  });
  let hasEnded = false;
  const end = new Promise<void>((resolve) =>
    child.once("exit", () => {
      hasEnded = true;
      resolve();
    }),
  );
  for (;;) {
    if (hasEnded) throw new Error("npm start ended before the first page was answered");
    if (performance.now() - from > 180_000) throw new Error("npm start did not answer within three minutes");
    const isUp = await fetch(address, { headers: { accept: "text/html" } }).then(
      (reply) => reply.ok,
      () => false,
    );
    if (isUp) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    seconds: (performance.now() - from) / 1000,
    stop: async () => {
      const asked = performance.now();
      process.kill(-(child.pid ?? 0), "SIGINT"); // Ctrl-C reaches the whole group
      await end;
      return (performance.now() - asked) / 1000;
    },
  };
}

/** Seconds to the largest contentful paint of an address, and kilobytes of script that came for it (gzip). */
async function firstPaint(page: Page, path: string, ready: string): Promise<{ seconds: number; scriptKb: number }> {
  const scripts: string[] = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith(".js")) scripts.push(pathname);
  });
  await page.goto(path);
  await page.locator(ready).first().waitFor();
  await page.waitForLoadState("networkidle");
  const ms = await page.evaluate<number>(`new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
      .observe({ type: "largest-contentful-paint", buffered: true });
  })`);
  let bytes = 0;
  for (const path of new Set(scripts)) {
    const file = join(root, "apps/web/dist", path);
    const packed = await stat(`${file}.gz`).catch(() => stat(file));
    bytes += packed.size;
  }
  return { seconds: ms / 1000, scriptKb: bytes / 1000 };
}

/** Runs in the page: from the next key to the frame after the one in which the answer became another. */
const awaitVerdicts = `(() => {
  const text = () => document.querySelector(".answer").textContent;
  const before = text();
  globalThis.shown = new Promise((resolve) => {
    addEventListener("keydown", () => {
      const from = performance.now();
      const look = () => {
        if (text() === before) return void requestAnimationFrame(look);
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - from); // comes after the frame is painted
        port2.postMessage(null);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  });
})()`;

/** Milliseconds from Enter in a cell to the frame that shows the new verdicts. */
async function whatIf(page: Page): Promise<number[]> {
  await page.goto("/balance/what-if?find=3150990001");
  await page.getByText("校舍与装备", { exact: true }).click();
  const cell = page.getByLabel(/教学仪器设备/).first();
  await cell.waitFor();
  const times: number[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    await cell.fill(String(2_400_000 + turn * 1000 - (turn % 2) * 800_000));
    await page.evaluate(awaitVerdicts);
    await cell.press("Enter");
    times.push(await page.evaluate<number>("globalThis.shown"));
  }
  return times.slice(2); // the first ones compile
}

process.env["CHROMIUM_PATH"] = findChromium() ?? "";
spawnSync(process.execPath, [join(root, "scripts/build-web.mjs")], { stdio: "inherit" });
const dataFolder = await mkdtemp(join(tmpdir(), "xingfu-bench-"));
let browser: Browser | undefined;
try {
  const first = await npmStart(dataFolder);
  tell("first npm start to the first page, whole sample", [first.seconds], "s", 25);
  tell("Ctrl-C to the end", [await first.stop()], "s", 3);
  const later = await npmStart(dataFolder);
  tell("later npm start to the first page", [later.seconds], "s", 3);
  try {
    for (const [what, who, path, ready] of [
      ["sign-in page", null, "/", "input[type=password]"],
      ["overview, signed in", "officer", "/", "h1"],
    ] as const) {
      browser = await openBrowser();
      const times: number[] = [];
      let scriptKb = 0;
      for (let turn = 0; turn <= openings; turn += 1) {
        const { page } = await openPage(browser, address);
        if (who !== null) {
          await signIn(page, who);
          const state = await page.context().storageState();
          await page.context().close();
          const context = await browser.newContext({ baseURL: address, locale: "zh-CN", storageState: state });
          const measured = await firstPaint(await context.newPage(), path, ready);
          times.push(measured.seconds);
          ({ scriptKb } = measured);
          await context.close();
        } else {
          const measured = await firstPaint(page, path, ready);
          times.push(measured.seconds);
          ({ scriptKb } = measured);
          await page.context().close();
        }
      }
      const [fresh = NaN, ...others] = times;
      tell(`${what}: largest contentful paint, empty cache`, others, "s", 1);
      if (who === null) tell(`${what}: the same in a newly started browser`, [fresh], "s", 1);
      tell(`${what}: script, gzip`, [scriptKb], "kB", 350);
      await browser.close();
    }
    browser = await openBrowser();
    const { page } = await openPage(browser, address);
    await signIn(page, "officer");
    tell("what-if: number changed to verdicts painted", await whatIf(page), "ms", 50);
    await browser.close();
  } finally {
    tell("Ctrl-C to the end", [await later.stop()], "s", 3);
  }
  process.stdout.write(`${rows.join("\n")}\n`);
} finally {
  await browser?.close().catch(() => {});
  await rm(dataFolder, { recursive: true, force: true });
}
