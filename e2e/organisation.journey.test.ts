/** An administrator renames a school and moves it to another group from a day on; the years before keep the old name. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, openBrowser, openPage, picture, signIn, visit } from "./browser.ts";

const address = inject("address");
const code = "1150990119"; // a kindergarten that no other journey looks at

interface Dossier {
  readonly name: string;
  readonly groupId: number;
  readonly groupName: string;
}

describe.skipIf(address === "")("an administrator", () => {
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let before: Dossier;
  const newName = "云江示例新名幼儿园";
  const day = "2026-09-10";

  beforeAll(async () => {
    browser = await openBrowser();
    ({ page, errors } = await openPage(browser, address));
    await signIn(page, "admin");
    before = await ask<Dossier>(page, "GET", `/schools/${code}`);
  });
  afterAll(async () => {
    await browser.close();
  });

  test("finds the school in the organisation and renames it as of a day", async () => {
    await visit(page, "/system/organisation");
    await page.getByLabel("搜索集团或学校").fill(before.name);
    await page.getByRole("link", { name: before.name }).click();
    await page.getByRole("heading", { level: 1, name: before.name }).waitFor();
    await page.getByRole("button", { name: "变更登记" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("生效日期").fill(day);
    await page.keyboard.press("Enter");
    await dialog.getByLabel("新名称").fill(newName);
    await dialog.getByLabel("批复文号或说明").fill("示例批复〔2026〕9号");
    await dialog.getByRole("button", { name: /^保\s?存$/ }).click();
    await page.getByRole("heading", { level: 1, name: newName }).waitFor();
  });

  test("moves it to another group as of the same day", async () => {
    await page.getByRole("button", { name: "变更登记" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("变更事项").click();
    await page.locator(".ant-select-item-option").filter({ hasText: "变更所属集团" }).click();
    await dialog.getByLabel("生效日期").fill(day);
    await page.keyboard.press("Enter");
    await dialog.getByLabel("新所属集团").fill("江北片区第一学前教育集团");
    await page.keyboard.press("Enter");
    await picture(page, "admin-regroup");
    await dialog.getByRole("button", { name: /^保\s?存$/ }).click();
    await page.getByText("现属江北片区第一学前教育集团").waitFor();
    const history = page.getByText(`${day} — 至今`);
    await history.waitFor();
    expect(await page.getByText(before.name).count()).toBeGreaterThan(0); // the stretch before it, and the event
    await picture(page, "admin-dossier");
  });

  test("sees the old name on a day before, and the new one after", async () => {
    await visit(page, "/system/organisation");
    const date = page.getByLabel("日期");
    await page.getByLabel("搜索集团或学校").fill(code);
    for (const [on, name] of [
      ["2026-09-09", before.name],
      [day, newName],
    ] as const) {
      await date.fill(on);
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name }).waitFor();
    }
  });

  test("a former year still shows the former name", async () => {
    const { page: desk } = await openPage(browser, address);
    await signIn(desk, "officer");
    await visit(desk, `/data/states?year=2025`);
    await desk.getByRole("searchbox").first().fill(before.name);
    await desk.getByRole("link", { name: before.name }).waitFor();
    await visit(desk, `/data/states/${code}?year=2025`);
    await desk.getByRole("heading", { level: 1, name: before.name }).waitFor();
    await desk.context().close();
  });

  test("puts things back as they were", async () => {
    const change = (kind: string, value: string) =>
      ask(page, "POST", `/schools/${code}/changes`, { kind, on: day, value, note: "恢复原状" });
    await change("rename", before.name);
    await change("regroup", String(before.groupId));
    expect(await ask<Dossier>(page, "GET", `/schools/${code}`)).toMatchObject({
      name: before.name,
      groupName: before.groupName,
    });
    expect(errors).toEqual([]);
  });
});
