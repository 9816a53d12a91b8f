/** An officer without a mouse: from signing in to the verdict, to a failing school, to the rows behind its figure. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser, openPage, settled, signIn } from "./browser.ts";

const address = inject("address");

describe.skipIf(address === "")("an officer with the keyboard only", () => {
  let browser: Browser;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    browser = await openBrowser();
    ({ page, errors } = await openPage(browser, address));
    await signIn(page, "officer");
  });
  afterAll(async () => {
    await browser.close();
  });

  test("comes first to the link that skips the doors", async () => {
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("跳到正文");
  });

  test("opens the verdict, a failing school, and the trail of its figure", async () => {
    await tabTo(page, /^优质均衡$/);
    await page.keyboard.press("Enter");
    await page.getByText(/91 个学校学段中 7 个未达标/).waitFor();
    await settled(page);

    await tabTo(page, /^云江榆桥初级中学/);
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog", { name: "云江榆桥初级中学" });
    await drawer.waitFor();
    await tabTo(page, /^R6/);
    await page.keyboard.press("Enter");
    const trail = page.getByRole("dialog").filter({ hasText: "分子" });
    await trail.getByText("2,016,000").first().waitFor();
    await expect.poll(() => focused(page)).toMatch(/^生均教学仪器设备值/); // the trail itself has the focus now
  });

  test("closes one after the other and is back where the school was opened", async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").filter({ hasText: "分子" }).waitFor({ state: "hidden" });
    await expect.poll(() => focused(page)).toMatch(/^R6/);
    // a key that comes within a frame of the first closing still belongs to it: like a person, press again
    const drawer = page.getByRole("dialog");
    await expect
      .poll(async () => {
        if (await drawer.isVisible()) await page.keyboard.press("Escape");
        return drawer.isVisible();
      })
      .toBe(false);
    await expect.poll(() => focused(page)).toMatch(/^云江榆桥初级中学/);
    expect(errors).toEqual([]);
  });
});

const nameOfFocused = `(() => {
  const element = document.activeElement;
  return (element?.getAttribute("aria-label") ?? element?.textContent ?? "").trim();
})()`;

async function focused(page: Page): Promise<string> {
  return String(await page.evaluate(nameOfFocused));
}

/** Presses Tab until what has the focus bears the name; a page that takes more than a hundred steps is a failure. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 100; step += 1) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (name.test(now)) return;
    passed.push(now.slice(0, 20));
  }
  throw new Error(`not reached: ${name}; passed ${passed.join(" | ")}`);
}
