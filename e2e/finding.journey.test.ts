/** A reviewed item: an inspector keeps the evidence, records the finding, and the verdict follows. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, downloadOf, dropFile, openBrowser, openPage, picture, signIn, visit } from "./browser.ts";

const address = inject("address");

describe.skipIf(address === "")("an officer reviewing an item", () => {
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

  test("uploads the evidence and gets the same file back", async () => {
    await visit(page, "/balance/items?item=Q5");
    const card = page.locator("#item-Q5");
    await card.getByText("无法判定").first().waitFor();
    const bytes = new TextEncoder().encode("设施设备利用情况抽查记录");
    await dropFile(page, "抽查记录.txt", bytes);
    const file = card.getByRole("button", { name: "抽查记录.txt", exact: true });
    await file.waitFor();
    const back = await downloadOf(page, file);
    expect(back.name).toBe("抽查记录.txt");
    expect(Buffer.from(back.bytes).equals(Buffer.from(bytes))).toBe(true);
  });

  test("records the finding and sees the verdict of the item change", async () => {
    const card = page.locator("#item-Q5");
    await card.getByRole("radio", { name: "达标", exact: true }).check();
    await card.getByLabel(/认定意见/).fill("抽查十所学校，设施设备均按课表使用。");
    await card.getByLabel(/佐证材料名称/).fill("抽查记录");
    await card.getByRole("button", { name: "保存认定" }).click();
    await page.getByText("Q5 的认定已保存").waitFor();
    await card.locator("summary").getByText("达标", { exact: true }).waitFor();
    await card.getByText(/何云舟（示例） 认定，\d{4}-\d{2}-\d{2}/).waitFor();
    await picture(page, "officer-finding");
  });

  test("takes the finding and the file back", async () => {
    const card = page.locator("#item-Q5");
    await card.getByRole("button", { name: "删除“抽查记录.txt”" }).click();
    await page.getByRole("button", { name: /^确\s?定$/ }).click();
    await card.getByRole("button", { name: "抽查记录.txt", exact: true }).waitFor({ state: "detached" });
    const { items } = await ask<{ items: { id: number; kind: string; canUndo: boolean }[] }>(
      page,
      "GET",
      "/returns/2025/batches",
    );
    const finding = items.find((batch) => batch.kind === "finding" && batch.canUndo);
    await ask(page, "POST", `/returns/batches/${finding?.id ?? 0}/undo`);
    await page.reload();
    await card.getByText("无法判定").first().waitFor();
    expect(errors).toEqual([]);
  });
});
