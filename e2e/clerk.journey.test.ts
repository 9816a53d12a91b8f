/** A school clerk: a faulty file is refused with all its problems, another school's figures stay hidden. */

import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser, openPage, picture, signIn } from "./browser.ts";

const address = inject("address");
const samples = join(import.meta.dirname, "../samples");

describe.skipIf(address === "")("a school's clerk and the officer", () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await openBrowser();
    ({ page } = await openPage(browser, address));
    await signIn(page, "officer");
  });
  afterAll(async () => {
    await browser.close();
  });

  test("the officer drags in a faulty workbook and gets every problem with its cell, and nothing is loaded", async () => {
    const before = await page.request.get("/api/v1/balance/2025/assessment");
    await page.goto("/data/import");
    await page.locator("input[type=file]").first().setInputFiles(join(samples, "faulty/faulty-2025.xlsx"));
    const check = page.getByRole("button", { name: "检查", exact: true });
    if (await check.isVisible()) await check.click();
    await page.waitForURL(/\/data\/import\/\d+/);
    await page.getByText("校舍与装备").or(page.getByText("校舍装备")).first().waitFor();
    await picture(page, "officer-issues");
    const after = await page.request.get("/api/v1/balance/2025/assessment");
    const hash = async (reply: typeof before) => ((await reply.json()) as { inputsHash: string }).inputsHash;
    expect(await hash(after)).toBe(await hash(before));
  });

  test("the clerk sees the own school only, whatever is asked for", async () => {
    const window = await openPage(browser, address);
    await signIn(window.page, "clerk1");
    const own = await window.page.request.get("/api/v1/returns/2025/states");
    const { schools } = (await own.json()) as { schools: { schoolCode: string }[] };
    expect(schools.map((school) => school.schoolCode)).toEqual(["2150990001"]);
    const other = await window.page.request.get("/api/v1/returns/2025/schools/3150990001");
    expect(other.status()).toBe(404);
    const facts = await window.page.request.get("/api/v1/balance/2025/facts");
    expect(facts.status()).toBe(403);
    await window.page.context().close();
  });
});
