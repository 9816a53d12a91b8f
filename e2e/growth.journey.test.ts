/** Value added: an officer declares, brings measures in, computes and reads a band down to its trail; a principal sees the own school. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, dropFile, openBrowser, openPage, picture, signIn, visit } from "./browser.ts";

const address = inject("address");
const code = "2150990001"; // the school of principal1
const school = "云江实验小学";
const title = "旅程：小学体质健康增值评价";

interface Roll {
  readonly items: readonly { readonly pupilCode: string; readonly grade: number }[];
  readonly total: number;
}

interface Schemes {
  readonly runs: readonly { readonly state: string }[];
}

/** Pupil codes of the school's sixth grade, as its principal reads them. */
async function sixthGrade(page: Page): Promise<string[]> {
  const codes: string[] = [];
  for (let at = 1; ; at++) {
    const roll = await ask<Roll>(page, "GET", `/pupils/2025?school=${code}&page=${at}&size=200`);
    codes.push(...roll.items.filter(({ grade }) => grade === 6).map(({ pupilCode }) => pupilCode));
    if (at * 200 >= roll.total) return codes;
  }
}

function fileOf(codes: readonly string[], kind = "体质健康"): Uint8Array {
  const lines = codes.map((pupil, at) => `${pupil},2025-2026学年,${kind},${80 + (at % 20)},2025/11/20,`);
  return Buffer.from(["学籍号,学年,项目,数值,测量日期,免测", ...lines].join("\r\n"));
}

describe.skipIf(address === "")("value added", { timeout: 240_000 }, () => {
  let browser: Browser;
  let officer: Page;
  let principal: Page;
  let codes: string[];
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    const [desk, own] = await Promise.all([openPage(browser, address), openPage(browser, address)]);
    [officer, principal] = [desk.page, own.page];
    await Promise.all([signIn(officer, "officer"), signIn(principal, "principal1")]);
    for (const page of [officer, principal]) page.on("pageerror", (error) => errors.push(error.message));
    codes = await sixthGrade(principal);
    // the runs that the seed asked for are computed once the server is up
    for (;;) {
      const { runs } = await ask<Schemes>(officer, "GET", "/growth/schemes");
      if (runs.every(({ state }) => state === "done")) break;
      await officer.waitForTimeout(500);
    }
  }, 600_000);
  afterAll(async () => {
    await browser.close();
  });

  test("the officer reads how few schools can be told apart", async () => {
    await officer.goto("/");
    await officer.getByRole("link", { name: "增值评价", exact: true }).click();
    await officer
      .getByText(/所学校中，能确定高于预期的 \d+ 所、低于预期的 \d+ 所，其余 \d+ 所与预期没有显著差别/)
      .waitFor();
    await officer.getByText(/任取两所学校，只有 \d+% 能分出高低/).waitFor();
    await picture(officer, "growth-overview");
    await officer.getByText("视力", { exact: true }).click();
    await officer
      .getByText(/小学视力：\d+ 所学校中/)
      .first()
      .waitFor();
    // nothing on the page orders schools by their values
    const table = officer.getByRole("region", { name: "小学视力增值评价" });
    expect(await table.getByRole("button", { name: /^增值/ }).count()).toBe(0);
  });

  test("the officer is told which rule forbids the scores of a region-wide exam", async () => {
    await visit(officer, "/growth/data");
    await officer.getByLabel("项目").first().click();
    await officer.getByTitle("区域性考试").click();
    await dropFile(officer, "统考.csv", fileOf(codes, "期末统考"));
    await officer.getByText(/这类数据按规定不得用于增值评价.*依据《.+》（.+）/).waitFor();
    await picture(officer, "growth-forbidden");
  });

  test("the officer declares a scheme, and learns what a file has wrong", async () => {
    await visit(officer, "/growth/schemes");
    await officer.getByRole("button", { name: "登记方案" }).click();
    const form = officer.getByRole("dialog", { name: "登记增值评价方案" });
    await form.getByLabel("方案名称").fill(title);
    await form.getByLabel("文号").fill("旅程〔2026〕1号");
    await picture(officer, "growth-declare");
    await form.getByRole("button", { name: /登\s?记/ }).click();
    await officer.getByRole("heading", { name: title }).waitFor();

    await visit(officer, "/growth/data");
    const strangers = [codes[0] ?? "", codes[0] ?? "", "G50019920180000000X"];
    await dropFile(officer, "体测.csv", fileOf(strangers));
    await officer.getByText("“体测.csv”没有载入：1 处错误").waitFor();
    await officer.getByText(/第 3 行 A 列“学籍号”：与第 2 行重复/).waitFor();
    await dropFile(officer, "体测.csv", fileOf(strangers.slice(1)));
    await officer.getByText(/名册中没有学籍号“G50019920180000000X”/).waitFor();
    await picture(officer, "growth-issues");
  });

  test("the officer brings a grade's measures in and computes", async () => {
    await dropFile(officer, "体测.csv", fileOf(codes));
    await officer.getByText(`“体测.csv”已载入，共 ${codes.length} 人。`).waitFor();
    await visit(officer, "/growth/schemes");
    const card = officer.locator("section").filter({ has: officer.getByRole("heading", { name: title }) });
    await card.getByRole("button", { name: "开始计算" }).click();
    await card.getByText(/排队中|计算中/).waitFor();
    await card.getByText(/已完成/).waitFor({ timeout: 120_000 });
    await card.getByRole("link", { name: "查看结果" }).click();
    await officer.getByText("晚于测量日期：结果只供参考").waitFor();
    await officer.getByText("晚于数据载入：请以公布文件为准").waitFor();
  });

  test("the officer reads a school's band and opens it down to its trail", async () => {
    const line = officer.getByRole("row").filter({ hasText: code });
    await line.getByText(/高于预期|低于预期|与预期无显著差别/).waitFor();
    await line.getByRole("button").click();
    const trail = officer.getByRole("dialog").filter({ hasText: "与平均的差" });
    await trail.getByText("保留比例").first().waitFor();
    await trail.getByText(/方案：旅程：小学体质健康增值评价，旅程〔2026〕1号/).waitFor();
    await trail.getByText(/测量数据 .* 条，批次 .*、7/).waitFor();
    await picture(officer, "growth-trail");
    await trail.getByRole("button", { name: /关闭|Close/ }).click();
    await line.getByRole("link", { name: school }).click();
    await officer.getByRole("heading", { level: 1, name: `${school} · 增值` }).waitFor();
    await officer.getByText("对哪些学生").first().waitFor();
    await picture(officer, "growth-school");
  });

  test("the principal sees the own school, and of the others only how many are in each band", async () => {
    await principal.goto("/growth");
    await principal.getByText(new RegExp(`^${school}：.*体质健康`)).waitFor();
    await principal.getByText("全区分布").waitFor();
    expect(await principal.getByRole("link", { name: "教育集团" }).count()).toBe(0);
    await principal.getByRole("link", { name: school }).click();
    await principal.getByText("与自己相比").first().waitFor();
    await visit(principal, "/growth/schools/2150990002");
    await principal.getByText("还没有这所学校的增值结果").waitFor();
    const refused = await principal.request.get("/api/v1/growth/schools/2150990002");
    expect(await refused.json()).toEqual({ evaluations: [] });
  });

  test("the officer takes the batch back", async () => {
    await visit(officer, "/growth/data");
    const line = officer.getByRole("row").filter({ hasText: "体测.csv" });
    await line.getByRole("button", { name: /撤\s?销/ }).click();
    await officer
      .getByRole("tooltip")
      .getByRole("button", { name: /撤\s?销/ })
      .click();
    await line.getByText(/已撤销/).waitFor();
    expect(errors).toEqual([]);
  });
});
