/** Everybody's pages, at the desk and on the phone: they open, fit, say no error and pass the accessibility rules. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, dropFile, openBrowser, openPage, picture, settled, signIn, visit, widths } from "./browser.ts";

const address = inject("address");

const visits: Readonly<Record<string, readonly string[]>> = {
  nobody: ["/sign-in"],
  officer: [
    "/",
    "/balance",
    "/balance?school=3150990001",
    "/balance/schools",
    "/balance/spread",
    "/balance/items?item=Q5",
    "/balance/missing",
    "/balance/what-if",
    "/balance/years",
    "/balance/report",
    "/schools",
    "/schools/3150990001",
    "/data/import",
    "/data/import?year=2024",
    "/data/states",
    "/data/states/3150990001",
    "/data/pupils",
    "/data/standards?at=moe-2017-quality-balance/resources%23R1",
    "/system/organisation",
    "/system/audit",
    "/account",
    "/no-such-page",
  ],
  principal1: ["/", "/balance", "/schools/2150990001", "/data/import", "/data/states/2150990001", "/data/pupils"],
  admin: ["/", "/system/people", "/schools/2150990001"],
};

describe.skipIf(address === "")("each page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  for (const size of Object.keys(widths) as (keyof typeof widths)[]) {
    for (const [who, paths] of Object.entries(visits)) {
      test(`opens for ${who} at the ${size}, fits its width and is accessible`, async () => {
        const { page, errors } = await openPage(browser, address, size);
        if (who === "nobody") await page.goto("/");
        else await signIn(page, who);
        const problems: string[] = [];
        for (const path of paths) {
          await visit(page, path);
          await picture(page, `${size}-${who}${path.replaceAll(/\W+/g, "-")}`);
          problems.push(...(await problemsOf(page)).map((problem) => `${path}: ${problem}`));
        }
        expect(problems).toEqual([]);
        expect(errors).toEqual([]);
        await page.context().close();
      });
    }

    test(`of a faulty import and of scenarios side by side stand at the ${size}`, async () => {
      const { page, errors } = await openPage(browser, address, size);
      await signIn(page, "officer");
      await visit(page, "/balance/what-if");
      await page.getByLabel("比较方案“两所初中补足教学仪器设备”").check();
      await page.getByRole("region", { name: "已保存的方案" }).waitFor();
      await picture(page, `${size}-officer-compare`);
      const problems = await problemsOf(page);

      await visit(page, "/data/import");
      const faulty = join(import.meta.dirname, "../samples/faulty/faulty-2025.xlsx");
      await dropFile(page, "faulty-2025.xlsx", await readFile(faulty));
      await page.waitForURL(/\/data\/import\/\d+/);
      await settled(page);
      await picture(page, `${size}-officer-issues`);
      problems.push(...(await problemsOf(page)));
      await ask(page, "DELETE", `/returns/imports/${new URL(page.url()).pathname.split("/").at(-1) ?? ""}`);
      expect(problems).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    });
  }

  test("of a year without data say so and where to begin", async () => {
    const { page } = await openPage(browser, address, "phone");
    await signIn(page, "officer");
    for (const path of [
      "/?year=2026",
      "/balance?year=2026",
      "/data/import?year=2026",
      "/data/states/2150990001?year=2026",
    ]) {
      await visit(page, path);
      await picture(page, `phone-empty${path.replaceAll(/\W+/g, "-")}`);
      expect(await problemsOf(page), path).toEqual([]);
    }
    await page.context().close();
  });

  test("fit and can be read in English and in the dark", async () => {
    const { page, errors } = await openPage(browser, address, "phone");
    await page.addInitScript(
      `localStorage.setItem("xingfu.preferences", JSON.stringify({ language: "en", theme: "dark" }))`,
    );
    await page.goto("/");
    await page.getByLabel("Name", { exact: true }).fill("officer");
    await page.getByLabel("Password", { exact: true }).fill("shili-demo-2025");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    const problems: string[] = [];
    for (const path of [
      "/",
      "/balance",
      "/balance/schools",
      "/balance/spread",
      "/data/states/3150990001",
      "/data/import",
    ]) {
      await visit(page, path);
      await picture(page, `phone-english-dark${path.replaceAll(/\W+/g, "-")}`);
      problems.push(...(await problemsOf(page)).map((problem) => `${path}: ${problem}`));
    }
    expect(problems).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

/** What is wrong with the page as it stands: wider than the window, or a serious breach of WCAG 2.2 AA. */
async function problemsOf(page: Page): Promise<string[]> {
  const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"));
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true) // there are no frames, and without it every page costs an empty one
    .exclude("tbody tr:nth-child(n + 6)") // made like the rows above them, and a district has hundreds
    .exclude(".item-card:nth-of-type(n + 4):not([open])")
    .exclude("section.sheet:nth-of-type(n + 9)")
    .options({ resultTypes: ["violations"] })
    .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
    .analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return [
    ...(overflow > 0 ? [`${overflow} px wider than the window`] : []),
    ...serious.map(
      ({ id, nodes }) =>
        `${id} at ${nodes
          .slice(0, 3)
          .map((node) => node.target.join(" "))
          .join(", ")}`,
    ),
  ];
}
