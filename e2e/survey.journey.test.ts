/** An officer plans, opens and hands out a survey; parents and a pupil answer on a phone; it is closed and read. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, openBrowser, openPage, picture, signIn, visit } from "./browser.ts";

const address = inject("address");
const title = "家长和学生短问卷";

interface Links {
  readonly links: readonly {
    readonly party: string;
    readonly key: string;
    readonly unit: string;
    readonly stage: string | null;
  }[];
}

describe.skipIf(address === "")("an officer, parents and a pupil", () => {
  let browser: Browser;
  let officer: Page;
  let id = "";
  let school = "";
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    const desk = await openPage(browser, address);
    officer = desk.page;
    await signIn(officer, "officer");
    officer.on("pageerror", (error) => errors.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
  });

  /** A phone of somebody who has never been here. */
  async function phone(key: string): Promise<Page> {
    const { page } = await openPage(browser, address, "phone");
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`/s#${key}`);
    return page;
  }

  test("the officer begins one from the last, with the keyboard moves a question and is told what is wrong", async () => {
    await visit(officer, "/surveys");
    await officer.getByRole("button", { name: "新建调查" }).click();
    await officer.waitForURL(/\/surveys\/\d+\/form/);
    id = /surveys\/(\d+)/.exec(officer.url())?.[1] ?? "";
    await officer.getByLabel("名称").fill(title);
    const today = new Date().toISOString().slice(0, 10);
    await officer.getByLabel("开始日期").fill("2026-01-01");
    await officer.getByLabel("截止日期").fill(`${Number(today.slice(0, 4)) + 1}-12-31`);
    for (const party of ["教师", "校长", "人大代表", "政协委员", "其他群众"]) {
      await officer.getByLabel("对象").getByText(party, { exact: true }).click();
      await officer.getByRole("button", { name: `去掉${party}问卷` }).click();
    }
    await officer.getByLabel("对象").getByText("家长", { exact: true }).click();
    // the reason moves before the question it depends on: a condition on what comes later
    const second = officer.locator("#question-2");
    await second.focus();
    await officer.keyboard.press("Alt+ArrowUp");
    await officer.getByText("出现条件看的是后面的第 2 题").waitFor();
    await picture(officer, "survey-builder-problem");
    await officer.getByRole("button", { name: "第 1 题下移" }).click();
    await officer.getByText("出现条件看的是后面的第 2 题").waitFor({ state: "detached" });
    // the phone beside it is the page itself
    await officer.getByLabel("手机预览").getByRole("button", { name: "开始作答" }).click();
    await officer.getByLabel("手机预览").getByRole("heading", { name: "总的来说，您对孩子所在学校满意吗？" }).waitFor();
    await officer.getByRole("button", { name: /^保\s?存$/ }).click();
    await officer.getByText("问卷已保存").waitFor();
    await picture(officer, "survey-builder");
    expect(await officer.getByRole("button", { name: "开放调查" }).isDisabled()).toBe(true); // no plan yet
  });

  test("plans whom to ask, opens it and makes the links", async () => {
    await visit(officer, `/surveys/${id}/plan`);
    await officer.getByRole("button", { name: "保存计划" }).click();
    await officer.getByText(/所学校（含区级对象）需要 [\d,]+ 份答卷/).waitFor();
    await picture(officer, "survey-plan");
    await officer.getByRole("button", { name: "开放调查" }).click();
    await officer.getByRole("button", { name: /^确\s?定$/ }).click();
    await officer.getByText("进行中").waitFor();
    await visit(officer, `/surveys/${id}/links`);
    await officer.getByRole("button", { name: "为每校每类对象生成链接" }).click();
    await officer.getByText(/生成了 \d+ 个链接/).waitFor();
    await officer.getByRole("button", { name: "二维码" }).first().click();
    expect(await officer.locator(".slips svg").count()).toBeGreaterThan(0);
    await picture(officer, "survey-slips");
    await officer.getByRole("button", { name: /^返\s?回$/ }).click();
  });

  test("a parent answers on a phone, question by question, and is thanked", async () => {
    const { links } = await ask<Links>(officer, "GET", `/surveys/${id}/links`);
    const link = links.find(({ party, stage }) => party === "parents" && stage === "primary");
    school = link?.unit ?? "";
    const page = await phone(link?.key ?? "");
    await page.getByRole("heading", { name: title }).waitFor();
    await page.getByText("本问卷不记名").waitFor();
    await picture(page, "survey-phone-greeting");
    await page.getByRole("button", { name: "开始作答" }).click();
    await page.getByRole("button", { name: "下一题" }).click();
    await page.getByText("这一题还没有答，请先作答。").waitFor();
    await page.getByLabel("2 分（很不满意为 1 分，很满意为 5 分）").check({ force: true });
    await picture(page, "survey-phone-scale");
    // what was answered survives a phone that drops the page
    await page.reload();
    await page.getByRole("button", { name: "接着上次作答" }).click();
    expect(await page.getByLabel("2 分（很不满意为 1 分，很满意为 5 分）").isChecked()).toBe(true);
    await page.getByRole("button", { name: "下一题" }).click();
    await page.getByRole("heading", { name: /您不太满意的是哪些方面/ }).waitFor();
    for (const choice of ["教学与作业", "食堂与午休", "校园安全"]) await page.getByLabel(choice).check();
    await page.getByLabel("家校沟通").click();
    await page.getByText("最多选 3 项，请先取消一项。").waitFor();
    await picture(page, "survey-phone-choices");
    await page.getByRole("button", { name: "下一题" }).click();
    for (const group of await page.getByRole("radiogroup").all())
      await group.getByRole("radio").nth(3).check({ force: true });
    await picture(page, "survey-phone-matrix");
    await page.getByRole("button", { name: "下一题" }).click();
    await page.getByRole("textbox").fill("希望午餐热一点，谢谢王老师");
    await page.getByRole("button", { name: "提交问卷" }).click();
    await page.getByRole("heading", { name: "已收到，谢谢您" }).waitFor();
    await picture(page, "survey-phone-thanks");
    expect(
      await page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('xingfu.answer')).length"),
    ).toBe(0);
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  test("a pupil's token works with a broken line, once, and is refused the second time", async () => {
    const { keys } = await ask<{ keys: string[] }>(officer, "POST", `/surveys/${id}/tokens`, {
      unit: school,
      party: "pupils",
      stage: "primary",
      count: 1,
      replace: false,
    });
    const page = await phone(keys[0] ?? "");
    await page.getByRole("button", { name: "开始作答" }).click();
    for (let number = 0; number < 3; number += 1) {
      await page.getByRole("radio").nth(4).check({ force: true });
      if (number === 0) await picture(page, "survey-phone-faces");
      await page.getByRole("button", { name: "下一题" }).click();
    }
    await page.getByRole("radio", { name: "是", exact: true }).check();
    await page.getByRole("button", { name: "下一题" }).click();
    await page.getByLabel("2 小时以上").check();
    await page.getByRole("button", { name: "下一题" }).click();
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "提交问卷" }).click();
    await page.getByText(/网络没有连通。答案已保存/).waitFor();
    await page.context().setOffline(false);
    await page.getByRole("heading", { name: "收到啦，谢谢你" }).waitFor({ timeout: 20_000 });
    await page.context().close();
    const again = await phone(keys[0] ?? "");
    await again.getByText("这个答题码已经使用过。").waitFor();
    await picture(again, "survey-phone-spent");
    await again.context().close();
    const wrong = await phone("1.1.nonsense");
    await wrong.getByText("这个链接无效。").waitFor();
    await wrong.context().close();
  });

  test("the officer sees how many answered, not what, closes it and reads what may be shown", async () => {
    await visit(officer, `/surveys/${id}`);
    await officer.getByText(/^收到 2 份答卷/).waitFor();
    await picture(officer, "survey-progress");
    await officer.getByRole("button", { name: "结束调查" }).click();
    await officer.getByRole("button", { name: /^确\s?定$/ }).click();
    await officer.getByText("没有一类对象达到 10 份，不显示结果。").waitFor();
    await picture(officer, "survey-too-few");
  });

  test("the finished survey of the sample is read, and its principal sees the own school", async () => {
    const { surveys } = await ask<{ surveys: { id: number; title: string }[] }>(officer, "GET", "/surveys");
    const finished = surveys.find((survey) => survey.title === "2026 年教育满意度调查")?.id;
    await visit(officer, `/surveys/${finished}`);
    await officer.getByText(/各类对象合计满意度 \d+\.\d%，达到规定的 85%。/).waitFor();
    await officer
      .getByRole("button", { name: /^9\d\.\d%$/ })
      .first()
      .click();
    await officer.getByRole("dialog").getByText("学生满意度").waitFor();
    await officer.keyboard.press("Escape");
    await officer.getByRole("button", { name: "看部分原话" }).click();
    await officer.getByText(/随机显示 \d+ 条，共 \d+ 条/).waitFor();
    const { page: principal } = await openPage(browser, address);
    await signIn(principal, "principal1");
    await visit(principal, `/surveys/${finished}`);
    await principal.getByRole("heading", { name: "本校结果" }).waitFor();
    expect(await principal.getByRole("heading", { name: "各学校" }).count()).toBe(0);
    await picture(principal, "survey-principal");
    await principal.context().close();
    expect(errors).toEqual([]);
  });
});
