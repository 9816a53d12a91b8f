/** A school's clerk: figures by workbook, seen before they are loaded, and taken back; nothing of another school. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readWorkbook, writeWorkbook } from "../packages/exchange/src/index.ts";
import { ask, downloadOf, dropFile, openBrowser, openPage, picture, settled, signIn, visit } from "./browser.ts";

const address = inject("address");
const samples = join(import.meta.dirname, "../samples");
const own = "2150990001"; // the school of clerk1, whose return is still a draft

describe.skipIf(address === "")("a school's clerk", () => {
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let workbook: { name: string; bytes: Uint8Array };
  let before: number;

  beforeAll(async () => {
    browser = await openBrowser();
    ({ page, errors } = await openPage(browser, address));
    await signIn(page, "clerk1");
  });
  afterAll(async () => {
    await browser.close();
  });

  test("downloads the own school's workbook with what is reported", async () => {
    await visit(page, "/data/import");
    workbook = await downloadOf(page, page.getByRole("button", { name: "带现有数据的工作簿" }));
    const { districtYear } = await readWorkbook(workbook.bytes, { fileName: workbook.name });
    expect(districtYear?.schools.map((school) => school.schoolCode)).toEqual([own]);
    before = districtYear?.premises[0]?.multimediaRooms ?? 0;
    expect(before).toBeGreaterThan(0);
  });

  test("changes a figure, drags the file in, and sees what loading it would change", async () => {
    const { districtYear } = await readWorkbook(workbook.bytes, { fileName: workbook.name });
    if (districtYear === null) throw new Error("the workbook cannot be read");
    const [premises, ...others] = districtYear.premises;
    if (premises === undefined) throw new Error("the school has no premises");
    const rows = { ...districtYear, premises: [{ ...premises, multimediaRooms: before + 1 }, ...others] };
    const sections = (["schools", "premises"] as const).filter((section) => rows[section].length > 0);
    const bytes = await writeWorkbook({ schoolYear: rows.schoolYear, rows, sections });
    await dropFile(page, "本校填报.xlsx", bytes);
    await page.waitForURL(/\/data\/import\/\d+/);
    await page.getByText(/载入后将改动 1 所学校的 1 行数据/).waitFor();
    const change = page.getByRole("row").filter({ hasText: "网络多媒体教室数" });
    await change.getByText(String(before + 1), { exact: true }).waitFor();
    expect(await change.textContent()).toContain(String(before));
    await picture(page, "clerk-preview");
  });

  test("loads it and finds the new figure in the school's return", async () => {
    await page.getByRole("button", { name: /^载\s?入$/ }).click();
    await page.getByRole("button", { name: /^确\s?定$/ }).click();
    await page.getByText(/已载入 1 行/).waitFor();
    expect(await reportedRooms(page)).toBe(String(before + 1));
  });

  test("undoes the batch and finds the old figure", async () => {
    await visit(page, "/data/import");
    const batch = page.getByRole("row").filter({ hasText: "本校填报.xlsx" }).first();
    await batch.getByRole("button", { name: /^撤\s?销$/ }).click();
    await page.getByRole("button", { name: /^确\s?定$/ }).click();
    await page.getByText(/第 \d+ 批已撤销/).waitFor();
    await batch.getByText(/由 .+ 撤销/).waitFor();
    expect(await reportedRooms(page)).toBe(String(before));
  });

  test("gets every problem of a faulty file with its cell, and nothing of it is loaded", async () => {
    const { revision } = await state(page);
    await visit(page, "/data/import");
    await dropFile(page, "faulty-2025.xlsx", await readFile(join(samples, "faulty/faulty-2025.xlsx")));
    await page.waitForURL(/\/data\/import\/\d+/);
    await page
      .getByText(/处错误/)
      .first()
      .waitFor();
    await settled(page);
    expect(await page.getByRole("button", { name: /^载\s?入$/ }).isDisabled()).toBe(true);
    await picture(page, "clerk-issues");
    const marked = await downloadOf(page, page.getByRole("button", { name: "下载标出问题的工作簿" }));
    expect(marked.name).toBe("faulty-2025（已标注问题）.xlsx");
    await page.getByRole("button", { name: /^放\s?弃$/ }).click();
    await page.waitForURL(/\/data\/import$/);
    expect((await state(page)).revision).toBe(revision);
  });

  test("sees the own school only, whatever is asked for", async () => {
    const { schools } = await ask<{ schools: { schoolCode: string }[] }>(page, "GET", "/returns/2025/states");
    expect(schools.map((school) => school.schoolCode)).toEqual([own]);
    expect((await page.request.get("/api/v1/returns/2025/schools/3150990001")).status()).toBe(404);
    expect((await page.request.get("/api/v1/balance/2025/facts")).status()).toBe(403);
  });

  test("has seen no error in the console", () => {
    expect(errors).toEqual([]);
  });
});

/** Rooms as the school's return shows them. */
async function reportedRooms(page: Page): Promise<string> {
  await visit(page, `/data/states/${own}?section=premises`);
  const name = (await page.getByRole("button", { name: /网络多媒体教室数：/ }).getAttribute("aria-label")) ?? "";
  return name.split("：").at(-1) ?? "";
}

/** The school's newest batch stands for everything that was loaded. */
async function state(page: Page): Promise<{ revision: number }> {
  const { items } = await ask<{ items: { id: number }[] }>(page, "GET", "/returns/2025/batches?size=1");
  return { revision: items[0]?.id ?? 0 };
}
