/** The main job: an officer sees the verdict, opens a failing figure to its rows, tries what would mend it, takes the report. */

import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser, openPage, picture, signIn } from "./browser.ts";

const address = inject("address");

describe.skipIf(address === "")("an officer of the commission", () => {
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

  test("reads the verdict of the sample district in one sentence", async () => {
    await page.getByRole("link", { name: "优质均衡", exact: true }).click();
    await page.getByText(/91 个学校学段中 7 个未达标/).waitFor();
    await picture(page, "officer-verdict");
    expect(await page.getByText("示例数据").first().isVisible()).toBe(true);
  });

  test("opens a failing figure down to the rows it was made of", async () => {
    await page.goto("/balance?school=3150990001");
    const drawer = page.getByRole("dialog", { name: "云江榆桥初级中学" });
    await drawer.getByText("84.0%").first().waitFor();
    await drawer.getByRole("button").filter({ hasText: "生均教学仪器设备值" }).first().click();
    const trail = page.getByRole("dialog").filter({ hasText: "分子" });
    await trail.getByText("2,016,000").first().waitFor();
    await trail.getByText("960").first().waitFor();
    await trail.getByText("校舍与装备").first().waitFor();
    await picture(page, "officer-trail");
  });

  test("finds with a what-if what would make the school and the spread pass, and leaves the reported data alone", async () => {
    await page.goto("/balance/what-if?find=云江榆桥初级中学");
    await page.getByText("校舍与装备", { exact: true }).click();
    const cell = page.getByLabel(/云江榆桥初级中学.*教学仪器设备/);
    await cell.fill("2400000");
    await cell.press("Enter");
    await page.getByText(/未达标的学校学段由 7 个变为 6 个/).waitFor();
    await picture(page, "officer-what-if");
    const reply = await page.request.get("/api/v1/balance/2025/assessment");
    const { assessment } = (await reply.json()) as { assessment: { rows: { schoolCode: string; verdict: string }[] } };
    expect(assessment.rows.find((row) => row.schoolCode === "3150990001")?.verdict).toBe("notMet");
  });

  test("saves the what-if as a scenario that is still there after a reload", async () => {
    await page.getByRole("button", { name: "保存方案" }).click();
    await page.getByLabel("方案名称").fill("为榆桥初中补足设备");
    await page.getByRole("button", { name: "另存为新方案" }).click();
    await page.getByText("方案“为榆桥初中补足设备”已保存").waitFor();
    await page.reload();
    await page.getByText(/未达标的学校学段由 7 个变为 6 个/).waitFor();
  });

  test("takes the district's report home as a Word file", async () => {
    await page.goto("/balance/report");
    const download = page.waitForEvent("download");
    await page.getByText("下载 Word（docx）").click();
    const file = await (await download).path();
    const bytes = await readFile(file);
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    expect(bytes.length).toBeGreaterThan(20_000);
  });

  test("has seen no error in the console", () => {
    expect(errors).toEqual([]);
  });
});
