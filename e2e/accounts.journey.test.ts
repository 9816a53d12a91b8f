/** An administrator gives many people their accounts; one of them signs in, another locks himself out. */

import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, dropFile, openBrowser, openPage, picture, signIn, visit } from "./browser.ts";

const address = inject("address");
const mark = randomUUID().slice(0, 8); // the names must be new, also on a server that has seen this journey before
const [first, second] = [`kx.${mark}`, `ky.${mark}`];
const header = "登录名,姓名,角色,所属单位,初始密码";

describe.skipIf(address === "")("an administrator", () => {
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let passwords: Map<string, string>;

  beforeAll(async () => {
    browser = await openBrowser();
    ({ page, errors } = await openPage(browser, address));
    await signIn(page, "admin");
  });
  afterAll(async () => {
    await browser.close();
  });

  test("uploads a sheet with faulty rows, sees each of them, and no account is made", async () => {
    await visit(page, "/system/people");
    await page.getByRole("button", { name: "批量建立" }).click();
    const rows = [header, `${first},甲老师,学校填报员,2150990002,`, `${second},乙老师,门卫,9999999999,`];
    await dropFile(page, "账号.csv", new TextEncoder().encode(rows.join("\n")));
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/有 \d+ 处问题，没有建立任何账号/).waitFor();
    await dialog.getByText("门卫").first().waitFor();
    await dialog.getByText("9999999999").first().waitFor(); // both faults of one row at once
    await picture(page, "admin-faulty-accounts");
    const { total } = await ask<{ total: number }>(page, "GET", `/accounts?search=${mark}`);
    expect(total).toBe(0);
  });

  test("mends the sheet and gets the first passwords, shown once", async () => {
    const rows = [header, `${first},甲老师,学校填报员,2150990002,`, `${second},乙老师,督学,,`];
    await dropFile(page, "账号.csv", new TextEncoder().encode(rows.join("\n")));
    const issued = page.getByRole("dialog").filter({ hasText: "初始密码（2 个）" });
    await issued.waitFor();
    const cells = await issued.locator("tbody tr").allInnerTexts();
    passwords = new Map(
      cells.map((text) => {
        const [name = "", , password = ""] = text.split("\t");
        return [name.trim(), password.trim()];
      }),
    );
    expect([...passwords.keys()].toSorted()).toEqual([first, second]);
    await picture(page, "admin-issued");
    await issued.getByRole("button", { name: "已记下，关闭" }).click();
    await page.getByLabel("搜索姓名或用户名").fill(mark);
    await page.getByText("待改初始密码").first().waitFor();
  });

  test("one of them signs in and goes nowhere before the password is changed", async () => {
    const { page: theirs, errors: seen } = await openPage(browser, address, "phone");
    const password = passwords.get(first) ?? "";
    await signIn(theirs, first, password);
    expect(new URL(theirs.url()).pathname).toBe("/account");
    await visit(theirs, "/data/states");
    expect(new URL(theirs.url()).pathname).toBe("/account");
    await picture(theirs, "first-password");
    await theirs.getByLabel("当前密码").fill(password);
    await theirs.getByLabel("新密码", { exact: true }).fill("红叶满山秋水长天");
    await theirs.getByLabel("再次输入新密码").fill("红叶满山秋水长天");
    await theirs.getByRole("button", { name: "修改密码" }).click();
    await theirs.getByText("新密码至少").waitFor();
    await theirs.getByLabel("新密码", { exact: true }).fill("红叶满山秋水长天一色");
    await theirs.getByLabel("再次输入新密码").fill("红叶满山秋水长天一色");
    await theirs.getByRole("button", { name: "修改密码" }).click();
    await theirs.getByRole("heading", { level: 1, name: "总览" }).waitFor();
    expect(seen).toEqual([]);
    await theirs.context().close();
  });

  test("one who types wrong passwords is told that the account is locked and for how long", async () => {
    const { page: theirs } = await openPage(browser, address);
    await theirs.goto("/");
    const alert = theirs.getByRole("alert").first();
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await theirs.getByLabel("用户名").fill(second);
      await theirs.getByLabel("密码", { exact: true }).fill(`错误的密码 ${attempt}`);
      const answered = theirs.waitForResponse((reply) => reply.request().method() === "POST");
      await theirs.keyboard.press("Enter");
      await answered;
      if (attempt < 5) await alert.getByText("用户名或密码不正确").waitFor();
    }
    await alert.getByText(/已暂时锁定。请等待 15 分钟后再试/).waitFor();
    await picture(theirs, "locked-out");
    await theirs.context().close();
  });

  test("lets that person in again, and closes both accounts at last", async () => {
    await page.reload();
    await page.getByLabel("搜索姓名或用户名").fill(mark);
    await page.getByText("共 2 个账号").waitFor(); // a menu opened before would move with its row
    const row = page.getByRole("row").filter({ hasText: second });
    await row.getByText("已锁定").waitFor();
    await row.getByRole("button", { name: /^操\s?作$/ }).click();
    await page.getByRole("menuitem", { name: "解除锁定" }).click();
    await page.getByText("已解除乙老师的锁定").waitFor();
    await row.getByText("待改初始密码").waitFor();
    for (const name of [first, second]) {
      await page
        .getByRole("row")
        .filter({ hasText: name })
        .getByRole("button", { name: /^操\s?作$/ })
        .click();

      await page.getByRole("menuitem", { name: "停用账号" }).filter({ visible: true }).click();
      await page.getByRole("row").filter({ hasText: name }).getByText("已停用").waitFor();
    }
    expect(errors).toEqual([]);
  });
});
