/** An officer works out a plan and shares it; the leader looks at it beside what is reported and beside another plan. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, openBrowser, openPage, picture, signIn, visit } from "./browser.ts";

const address = inject("address");
const name = "云江棠渡初级中学补足设备";

describe.skipIf(address === "")("an officer and the leader", () => {
  let browser: Browser;
  let officer: Page;
  let leader: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    const [desk, second] = await Promise.all([openPage(browser, address), openPage(browser, address)]);
    [officer, leader] = [desk.page, second.page];
    await Promise.all([signIn(officer, "officer"), signIn(leader, "viewer")]);
    for (const page of [officer, leader]) page.on("pageerror", (error) => errors.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
  });

  test("the officer saves a plan and shares it", async () => {
    await visit(officer, "/balance/what-if?find=云江棠渡初级中学");
    await officer.getByText("校舍与装备", { exact: true }).click();
    const cell = officer.getByLabel(/云江棠渡初级中学.*教学仪器设备/);
    await cell.fill("2450000");
    await cell.press("Enter");
    await officer.getByText(/改动之后/).waitFor();
    await officer.getByRole("button", { name: "保存方案" }).click();
    await officer.getByLabel("方案名称").fill(name);
    await officer.getByLabel("与有相同权限的同事共享").check();
    await officer.getByRole("button", { name: "另存为新方案" }).click();
    await officer.getByText(`方案“${name}”已保存`).waitFor();
  });

  test("the leader finds it, compares it with another one, and cannot change it", async () => {
    await visit(leader, "/balance/what-if");
    const saved = leader.getByRole("listitem").filter({ hasText: name });
    await saved.getByText(/何云舟/).waitFor();
    expect(await saved.getByRole("button", { name: /^删\s?除$/ }).count()).toBe(0);
    await leader.getByLabel(`比较方案“${name}”`).check();
    await leader.getByLabel("比较方案“两所初中补足教学仪器设备”").check();
    const table = leader.getByRole("region", { name: "已保存的方案" });
    await table.getByRole("columnheader", { name }).waitFor();
    const cvs = await table.getByRole("row").filter({ hasText: "超限差异系数" }).getByRole("cell").allInnerTexts();
    expect(cvs).toHaveLength(3);
    expect(cvs[0]).toBe("1"); // as reported
    expect(cvs[2] === "0" || cvs[1] === "0").toBe(true); // the plan for both schools brings it below the limit
    await table.scrollIntoViewIfNeeded();
    await picture(leader, "leader-compare");
  });

  test("the officer deletes it and it is gone for the leader too", async () => {
    const saved = officer.getByRole("listitem").filter({ hasText: name });
    await saved.getByRole("button", { name: /^删\s?除$/ }).click();
    await officer.getByRole("button", { name: /^确\s?定$/ }).click();
    await saved.waitFor({ state: "detached" });
    const { scenarios } = await ask<{ scenarios: { name: string }[] }>(leader, "GET", "/balance/2025/scenarios");
    expect(scenarios.map((scenario) => scenario.name)).not.toContain(name);
    expect(errors).toEqual([]);
  });
});
