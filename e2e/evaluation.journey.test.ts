/**
 * A whole evaluation: an officer brings in a scheme written by hand and plans a round, a principal evaluates the school, an
 * inspector reviews it without a network, the commission moderates, gives feedback, answers an appeal and publishes.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, dropFile, openBrowser, openPage, picture, settled, signIn, visit } from "./browser.ts";

const address = inject("address");
const school = "2150990001";
const year = 2026;
/** Published versions never change, so a server that is tried again needs another one. */
const version = `2026.${Date.now() % 1_000_000}`;
const title = `手写的小方案 ${version}`;

interface ReviewReply {
  readonly entries: readonly { readonly place: string; readonly words: string; readonly photos: readonly unknown[] }[];
}

describe.skipIf(address === "")("an evaluation", { timeout: 120_000 }, () => {
  let browser: Browser;
  let officer: Page;
  let principal: Page;
  let inspector: Page;
  let device: BrowserContext;
  let name: string;
  let evaluation: number;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    const [desk, office, tablet] = await Promise.all([
      openPage(browser, address),
      openPage(browser, address),
      openPage(browser, address, "phone"),
    ]);
    officer = desk.page;
    principal = office.page;
    inspector = tablet.page;
    device = inspector.context();
    errors.push(...desk.errors, ...office.errors);
    await signIn(officer, "officer");
    await signIn(principal, "principal1");
    await signIn(inspector, "inspector");
  }, 120_000);
  afterAll(async () => {
    await browser.close();
  });

  test("begins with a scheme of 23 lines written by hand, whose faults are shown where they are", async () => {
    const file = join(import.meta.dirname, "../packages/domain/src/scheme/cases/hand-written.yaml");
    await visit(officer, "/evaluation/schemes");
    const text = (await readFile(file, "utf8")).replace("手写的小方案", title).replace('"2026.1"', `"${version}"`);
    await dropFile(officer, "hand-written.yaml", Buffer.from(text));
    await officer.waitForURL(/\/evaluation\/drafts\/\d+/);
    await officer.getByText("检查通过", { exact: false }).first().waitFor();
    await officer.getByRole("treeitem", { name: /家长满意/ }).click();
    const points = officer.getByRole("spinbutton", { name: "分值" });
    await points.fill("35");
    await points.blur();
    await officer.getByText("下级分值合计 75，应为 70").first().waitFor();
    await picture(officer, "evaluation-scheme-fault");
    await officer.getByRole("button", { name: "撤销" }).click();
    await officer.getByText("方案检查通过", { exact: false }).waitFor();
    await officer.getByRole("button", { name: "发布", exact: true }).click();
    await officer.getByRole("dialog").getByRole("button", { name: "发布" }).click();
    await officer.waitForURL(/\/evaluation\/schemes\/hand-written\//);
    await officer.getByText("2 项重点内容、4 个评价单元", { exact: false }).waitFor();
  });

  test("is planned for a school by the officer, with an inspector free of conflicts", async () => {
    await visit(officer, `/evaluation/plan?year=${year}`);
    await officer.getByRole("radio", { name: title }).check();
    await officer.getByRole("button", { name: "下一步" }).click();
    const row = officer
      .getByRole("row")
      .filter({ has: officer.getByRole("checkbox") })
      .first();
    await row.waitFor();
    name = await schoolName(officer);
    await officer.getByRole("searchbox").fill(name);
    await officer.getByRole("checkbox", { name }).check();
    await officer.getByRole("button", { name: "下一步" }).click();
    await officer.getByText("1 所学校，自评截止", { exact: false }).waitFor();
    await picture(officer, "evaluation-plan");
    await officer.getByRole("button", { name: /建立轮次/ }).click();
    await officer.waitForURL(/\/evaluation\/rounds\/\d+\/inspectors/);
    await settled(officer);
    const { inspectors } = await ask<{ inspectors: readonly { accountId: number; name: string }[] }>(
      officer,
      "GET",
      `/evaluation/rounds/${roundOf(officer)}/inspectors`,
    );
    const session = await ask<{ session: { accountId: number } }>(inspector, "GET", "/session");
    const person = inspectors.find((entry) => entry.accountId === session.session.accountId);
    expect(person).toBeDefined();
    await officer.getByRole("button", { name: "手工分配" }).click();
    const dialog = officer.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "学校" }).click();
    await officer.getByTitle(name, { exact: true }).last().click();
    await dialog.getByRole("combobox", { name: "督学" }).click();
    await officer
      .getByTitle(new RegExp(`^${person?.name ?? ""} `))
      .last()
      .click();
    await dialog.getByRole("button", { name: "确定" }).click();
    await officer.getByRole("cell", { name: "有效" }).waitFor();
    await officer.getByRole("link", { name: "进度", exact: true }).click();
    await officer.getByRole("checkbox", { name: `选择${name}` }).check();
    await officer.getByRole("button", { name: "启动自评" }).click();
    await officer.getByRole("dialog").getByRole("button", { name: "确定" }).click();
    await officer.getByText("自评中 1 所", { exact: false }).first().waitFor();
  });

  test("is written by the principal, saved as it is written, and handed in", async () => {
    await visit(principal, "/evaluation/own");
    await principal.getByRole("row").filter({ hasText: title }).getByRole("link", { name }).click();
    await principal.waitForURL(/\/evaluation\/schools\/\d+\/self/);
    evaluation = Number(/schools\/(\d+)/.exec(principal.url())?.[1]);
    await principal.getByRole("radio", { name: /优/ }).check();
    await principal.getByLabel("说明：做了什么，成效如何").fill("三年规划已完成两年，目标达成过半。");
    await principal.getByText("已保存", { exact: false }).waitFor();
    await principal.getByRole("button", { name: "下一项" }).click();
    await principal.getByRole("radio", { name: /是/ }).check();
    await principal.getByRole("button", { name: /社团/ }).first().click();
    await principal.getByLabel("社团数").fill("6");
    await principal.getByText("已保存", { exact: false }).first().waitFor();
    await principal.reload();
    await settled(principal);
    await principal
      .getByRole("button", { name: /发展规划/ })
      .first()
      .click();
    expect(await principal.getByLabel("说明：做了什么，成效如何").inputValue()).toContain("三年规划");
    await picture(principal, "evaluation-self");
    await principal.getByRole("button", { name: "提交自评" }).first().click();
    await principal.getByRole("dialog").getByRole("button", { name: "提交自评" }).click();
    await principal.getByText("自评只能查看", { exact: false }).waitFor();
  });

  test("is reviewed by the inspector without a network; nothing is lost when the tab is closed", async () => {
    await visit(inspector, "/evaluation/own");
    await inspector.getByRole("button", { name: /带到学校|更新离线内容/ }).click();
    await inspector.getByText("没有网络也能打开", { exact: false }).waitFor();
    await device.setOffline(true);
    await inspector.reload();
    await inspector.getByRole("link", { name }).first().click();
    await inspector.getByText("现在用的是存在本机的内容", { exact: false }).waitFor();
    await inspector.getByRole("radio", { name: /良/ }).check();
    await inspector.getByLabel(/记录：看到什么/).fill("规划有审议记录，第三年任务未分解。");
    await inspector
      .locator("input[type=file]")
      .setInputFiles(join(import.meta.dirname, "../apps/web/public/icon-192.png"));
    await inspector.getByText("离线：1 条记录、1 张照片待上传").waitFor();
    await picture(inspector, "evaluation-offline");
    await inspector.close();

    inspector = await device.newPage();
    await inspector.goto(`/evaluation/schools/${evaluation}/review`);
    await inspector.getByText("离线：1 条记录、1 张照片待上传").waitFor();
    await inspector.getByRole("button", { name: /report/ }).click();
    await inspector.getByRole("radio", { name: /是/ }).check();
    await inspector.getByText("离线：2 条记录、1 张照片待上传").waitFor();
    await device.setOffline(false);
    await inspector.getByText("在线，全部已上传").waitFor({ timeout: 30_000 });
    const { entries } = await ask<ReviewReply>(inspector, "GET", `/evaluation/evaluations/${evaluation}/review`);
    expect(entries.map((entry) => entry.place).toSorted()).toEqual(["plan", "report"]);
    const plan = entries.find((entry) => entry.place === "plan");
    expect(plan?.words).toContain("第三年任务未分解");
    expect(plan?.photos).toHaveLength(1);
  });

  test("goes through review and visit to moderation, where the commission settles a leaf", async () => {
    await inspector.goto(`/evaluation/schools/${evaluation}`);
    for (const move of ["完成审阅", "进入现场评估"]) {
      await inspector.getByRole("button", { name: move }).first().click();
      await inspector.getByRole("dialog").getByRole("button", { name: move }).click();
      await inspector.getByRole("dialog").waitFor({ state: "hidden" });
    }
    await visit(officer, `/evaluation/schools/${evaluation}/moderation`);
    await officer.getByRole("button", { name: "进入合议" }).first().click();
    await officer.getByRole("dialog").getByRole("button", { name: "进入合议" }).click();
    await officer.getByRole("dialog").waitFor({ state: "hidden" });
    await officer.getByRole("button", { name: /发展规划/ }).click();
    const dialog = officer.getByRole("dialog");
    await dialog.getByRole("radio", { name: /中/ }).check();
    await dialog.getByLabel("合议理由").fill("第三年任务确未分解。");
    await dialog.getByRole("button", { name: "定下" }).click();
    await officer.getByText("已合议 1 项", { exact: false }).waitFor();
    await picture(officer, "evaluation-moderation");
  });

  test("is fed back to the school, which appeals; the commission answers and publishes", async () => {
    await visit(officer, `/evaluation/schools/${evaluation}/feedback`);
    await officer.getByLabel("做得好的").fill("社团活动覆盖面广。");
    await officer.getByLabel("下一步建议").fill("把第三年任务分解到学期。");
    await officer.getByText("已保存", { exact: false }).waitFor();
    await officer.getByRole("button", { name: "反馈给学校" }).first().click();
    await officer.getByRole("dialog").getByRole("button", { name: "反馈给学校" }).click();
    await officer.getByText("可以申诉", { exact: false }).waitFor();

    await visit(principal, `/evaluation/schools/${evaluation}/result`);
    await principal.getByText("把第三年任务分解到学期。").first().waitFor();
    await picture(principal, "evaluation-result");
    expect(await principal.getByText("罗清禾", { exact: false }).count()).toBe(0); // a school never learns who rated
    await visit(principal, `/evaluation/schools/${evaluation}/feedback`);
    await principal.getByLabel("申诉理由和依据").fill("第三年任务已在九月分解，附会议记录。");
    await principal.getByRole("button", { name: "提交申诉" }).click();
    await principal.getByText("等区教委答复。").first().waitFor();

    await visit(officer, "/evaluation");
    await visit(officer, `/evaluation/schools/${evaluation}/feedback`);
    await officer.getByLabel("答复内容").fill("会议记录晚于评估日，维持结果。");
    await officer.getByRole("button", { name: "维持结果并答复" }).click();
    await officer.getByText("维持结果", { exact: false }).first().waitFor();
    await officer.getByRole("button", { name: "公布" }).first().click();
    await officer.getByRole("dialog").getByRole("button", { name: "公布" }).click();
    await officer.getByText("已公布").first().waitFor();

    await visit(principal, `/evaluation/schools/${evaluation}`);
    await principal.getByText("这次评估已完成", { exact: false }).waitFor();
    await picture(principal, "evaluation-way");
  });

  test("leaves nothing on the inspector's device after signing out", async () => {
    await inspector.goto("/evaluation/own");
    await inspector.locator(".shell-top button[aria-haspopup]").last().click();
    await inspector.getByText("退出登录").click();
    await inspector.waitForURL(/sign-in/);
    // the program is loaded anew after signing out; asked in the midst of it the page answers nothing
    const left = (): Promise<readonly string[]> =>
      inspector
        .evaluate<readonly string[]>(
          `Promise.all([indexedDB.databases(), caches.keys()]).then(([databases, names]) =>
             [...databases.map(({ name }) => name), ...names.filter((name) => name.includes("answers"))])`,
        )
        .catch(() => ["the page is being loaded"]);
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
  });

  test("has shown the officer and the principal no error in the console", () => {
    expect(errors).toEqual([]);
  });
});

/** The round in the address of the page. */
function roundOf(page: Page): string {
  return /rounds\/(\d+)/.exec(page.url())?.[1] ?? "";
}

async function schoolName(page: Page): Promise<string> {
  const { name } = await ask<{ name: string }>(page, "GET", `/schools/${school}`);
  return name;
}
