/** A browser window for a journey, and the things every person does in it. */

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";

export type { Browser, Page };

const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the Chromium that CHROMIUM_PATH names. As root it needs its sandbox switched off. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath) throw new Error("CHROMIUM_PATH is not set");
  const isRoot = process.getuid?.() === 0;
  return await chromium.launch({ executablePath, args: isRoot ? ["--no-sandbox", ...quiet] : quiet });
}

/** Desk and phone, the two widths every page is looked at. */
export const widths = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** A new window with nothing remembered; errors of the page fail the journey through `errors`. */
export async function openPage(
  browser: Browser,
  address: string,
  size: keyof typeof widths = "desk",
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({
    baseURL: address,
    viewport: widths[size],
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  const page = await context.newPage();
  countRequests(page);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, errors };
}

const asked = new WeakMap<Page, Set<unknown>>();

/** Counts what the page has asked for and not got yet, for `settled`. */
function countRequests(page: Page): void {
  const open = new Set<unknown>();
  asked.set(page, open);
  page.on("request", (request) => open.add(request));
  page.on("requestfinished", (request) => open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
}

const isDrawn = `document.querySelector("h1") !== null && document.querySelector(".bones, .busy-line") === null`;
const twoFrames = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`;

/** Waits until the page has its title, everything it asked for, and nothing left that stands for what is to come. */
export async function settled(page: Page): Promise<void> {
  let calm = 0;
  while (calm < 2) {
    await page.evaluate(twoFrames);
    calm = asked.get(page)?.size === 0 && (await page.evaluate(isDrawn)) ? calm + 1 : 0;
  }
}

/** Goes to an address as a link of the app does, without loading the app anew. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.evaluate(`history.pushState(null, "", ${JSON.stringify(address)})`);
  await settled(page);
}

/** Keeps a picture of the page when SCREENS names a folder, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Drops a file on the page's place for files, as a hand with a mouse does. */
export async function dropFile(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const file = `new File([Uint8Array.from(atob("${Buffer.from(bytes).toString("base64")}"), (c) => c.charCodeAt(0))], ${JSON.stringify(name)})`;
  const dataTransfer = await page.evaluateHandle(
    `(() => { const transfer = new DataTransfer(); transfer.items.add(${file}); return transfer; })()`,
  );
  await page.locator(".file-drop").first().dispatchEvent("drop", { dataTransfer });
}

/** What a click on `trigger` downloads. */
export async function downloadOf(page: Page, trigger: Locator): Promise<{ name: string; bytes: Uint8Array }> {
  const download = page.waitForEvent("download");
  await trigger.click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Asks the server in the name of whoever is signed in on the page: for looking behind it, and for putting things back. */
export async function ask<T>(page: Page, method: string, path: string, data?: object): Promise<T> {
  const session = await page.request.get("/api/v1/session");
  const token = ((await session.json()) as { session: { csrfToken: string } }).session.csrfToken;
  const reply = await page.request.fetch(`/api/v1${path}`, {
    method,
    headers: { "x-csrf-token": token },
    ...(data === undefined ? {} : { data }),
  });
  if (!reply.ok()) throw new Error(`${method} ${path}: ${reply.status()} ${await reply.text()}`);
  return (reply.status() === 204 ? undefined : await reply.json()) as T;
}

/** Password of the sample district's demonstration accounts; `npm start` prints it. */
const demoPassword = "shili-demo-2025";

/** Signs in with a demonstration account and waits for the first page. */
export async function signIn(page: Page, name: string, password = demoPassword): Promise<void> {
  await page.goto("/");
  await page.getByLabel("用户名").fill(name);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.includes("sign-in"));
  await settled(page);
}
