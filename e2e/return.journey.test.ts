/** A return that goes back: the officer says at a cell what is wrong, the clerk mends it by hand, the officer locks it. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, openBrowser, openPage, picture, signIn, visit } from "./browser.ts";

const address = inject("address");
const code = "3150990001"; // the school of clerk2, whose return is submitted
const path = `/data/states/${code}`;

interface Batch {
  readonly id: number;
  readonly kind: string;
  readonly canUndo: boolean;
}

describe.skipIf(address === "")("an officer and a school's clerk", () => {
  let browser: Browser;
  let officer: Page;
  let clerk: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    const [desk, school] = await Promise.all([openPage(browser, address), openPage(browser, address)]);
    [officer, clerk] = [desk.page, school.page];
    await Promise.all([signIn(officer, "officer"), signIn(clerk, "clerk2")]);
    officer.on("pageerror", (error) => errors.push(error.message));
    clerk.on("pageerror", (error) => errors.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
  });

  test("the officer returns the school's form with a comment at a cell", async () => {
    await visit(officer, `${path}?section=finance`);
    await officer.getByText("已提交，等待区教委审核").waitFor();
    await officer.getByRole("button", { name: /教师培训经费决算：/ }).click();
    await officer.getByLabel("加入意见").fill("请与培训台账核对");
    await officer.getByRole("button", { name: "加入意见" }).click();
    await officer.getByRole("button", { name: "退回修改" }).click();
    await officer.getByText("将附上 1 条单元格意见一并退回学校").waitFor();
    await officer.getByLabel("说明（可不填）").fill("一处需要核对");
    await confirm(officer);
    await officer.getByText("已退回修改，有 1 条意见待处理").waitFor();
  });

  test("the clerk finds the comment, mends the cell by hand and submits again", async () => {
    await visit(clerk, "/data/states");
    await clerk.getByRole("link", { name: "云江榆桥初级中学" }).click();
    await clerk.getByRole("link", { name: /学校经费 · 教师培训经费决算/ }).click();
    const cell = clerk.getByRole("button", { name: /教师培训经费决算：/ });
    const before = (await cell.textContent()) ?? "";
    await cell.click();
    const dialog = clerk.getByRole("dialog");
    await dialog.getByText("请与培训台账核对").waitFor();

    await dialog.getByLabel("改为").fill("很多");
    await dialog.getByRole("button", { name: "加入修改" }).click();
    await clerk.getByRole("button", { name: "保存修改" }).click();
    await clerk.getByText(/“很多”不是数字/).waitFor();
    await picture(clerk, "return-refused");

    await cell.click();
    await dialog.getByLabel("改为").fill("12万元");
    await dialog.getByRole("button", { name: "加入修改" }).click();
    // somebody changes the same cell before it is saved: neither change is lost, and the clerk decides
    const { rows } = await ask<{ rows: { finance: { trainingSpentYuan: number }[] } }>(
      officer,
      "GET",
      `/returns/2025/schools/${code}`,
    );
    const other = { section: "finance", rowKey: code, column: "trainingSpentYuan", text: "110000" };
    const seen = String(rows.finance[0]?.trainingSpentYuan);
    await ask(officer, "POST", `/returns/2025/schools/${code}/cells`, { cells: [{ ...other, seen }] });
    await clerk.getByRole("button", { name: "保存修改" }).click();
    await clerk.getByText("（已被他人改为：110,000）").waitFor();
    await picture(clerk, "return-changed-meanwhile");
    await clerk.getByRole("button", { name: "仍然修改" }).click();
    await clerk.getByRole("button", { name: "保存修改" }).click();
    await clerk.getByText(/修改已保存，为第 \d+ 批/).waitFor();
    await clerk.getByRole("button", { name: /教师培训经费决算：120,000/ }).waitFor();
    expect(before.replaceAll(",", "")).not.toBe("120000");

    await clerk.getByRole("button", { name: "已处理" }).click();
    await clerk.getByText("已退回修改，没有待处理的意见").waitFor();
    await picture(clerk, "return-mended");
    await clerk.getByRole("button", { name: "重新提交" }).click();
    await confirm(clerk);
    await clerk.getByText("已提交，等待区教委审核").waitFor();
  });

  test("the officer verifies and locks it", async () => {
    await officer.reload();
    await officer.getByText("已提交，等待区教委审核").waitFor();
    await officer.getByRole("button", { name: /^核\s?定$/ }).click();
    await confirm(officer);
    await officer.getByRole("button", { name: /^锁\s?定$/ }).click();
    await officer.getByText("锁定之后数据不能再变动").waitFor();
    await confirm(officer);
    await officer.getByText("已锁定，数据不能再变动。").waitFor();
    await picture(officer, "return-locked");
  });

  test("what is locked takes no change and says so", async () => {
    await clerk.reload();
    await clerk.getByText("已锁定，数据不能再变动。").waitFor();
    expect(await clerk.getByRole("button", { name: /教师培训经费决算：/ }).count()).toBe(0);
    const cell = { section: "finance", rowKey: code, column: "trainingSpentYuan", text: "1", seen: "120000" };
    await expect(ask(clerk, "POST", `/returns/2025/schools/${code}/cells`, { cells: [cell] })).rejects.toThrow(
      /RETURN_CLOSED|YEAR_LOCKED/, // with the only school they see locked, the whole year is locked to them
    );
    await visit(clerk, "/data/import?year=2024");
    await clerk.getByText("2024—2025学年已锁定，不能再导入或修改数据。").waitFor();
    await picture(clerk, "return-year-locked");
    await expect(ask(clerk, "POST", `/returns/2024/schools/${code}/cells`, { cells: [cell] })).rejects.toThrow(
      /YEAR_LOCKED/,
    );
  });

  test("the officer opens it again, and what was changed can be taken back", async () => {
    await visit(officer, path);
    await officer.getByRole("button", { name: "解除锁定" }).click();
    await confirm(officer);
    await officer.getByText("已核定。如需修改，须先由区教委退回。").waitFor();
    const move = (page: Page, to: string) =>
      ask(page, "POST", `/returns/2025/schools/${code}/state`, { to, note: "恢复原状" });
    await move(officer, "returned");
    for (const change of ["the clerk's", "the officer's"]) {
      const { items } = await ask<{ items: Batch[] }>(officer, "GET", "/returns/2025/batches");
      const edit = items.find((batch) => batch.kind === "edit" && batch.canUndo);
      expect(edit, change).toBeDefined();
      await ask(officer, "POST", `/returns/batches/${edit?.id ?? 0}/undo`);
    }
    await move(clerk, "submitted");
    expect(errors).toEqual([]);
  });
});

async function confirm(page: Page): Promise<void> {
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^确\s?定$/ })
    .click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}
