/** A browser window for a journey, and the things every person does in it. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";

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
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, errors };
}

/** Keeps a picture of the page when SCREENS names a folder, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
}

/** Password of the sample district's demonstration accounts; `npm start` prints it. */
const demoPassword = "shili-demo-2025";

/** Signs in with a demonstration account and waits for the first page. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.goto("/");
  await page.getByLabel("用户名").fill(name);
  await page.getByLabel("密码", { exact: true }).fill(demoPassword);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.includes("sign-in"));
  await page.locator("h1").first().waitFor();
}
