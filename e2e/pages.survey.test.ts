/** Everybody's pages, at the desk and on the phone: they open, fit, say no error and pass the accessibility rules. */

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser, openPage, picture, signIn, widths } from "./browser.ts";

const address = inject("address");

const visits = [
  ["officer", "/"],
  ["officer", "/balance"],
  ["officer", "/balance/schools"],
  ["officer", "/balance/spread"],
  ["officer", "/balance/items"],
  ["officer", "/balance/missing"],
  ["officer", "/balance/what-if"],
  ["officer", "/balance/years"],
  ["officer", "/balance/report"],
  ["officer", "/schools"],
  ["officer", "/schools/3150990001"],
  ["officer", "/data/import"],
  ["officer", "/data/states"],
  ["officer", "/data/states/3150990001"],
  ["officer", "/data/pupils"],
  ["officer", "/data/standards"],
  ["officer", "/system/organisation"],
  ["officer", "/system/audit"],
  ["officer", "/account"],
  ["principal1", "/"],
  ["principal1", "/balance"],
  ["principal1", "/data/pupils"],
  ["admin", "/system/people"],
] as const;

describe.skipIf(address === "")("each page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  for (const size of Object.keys(widths) as (keyof typeof widths)[]) {
    for (const who of new Set(visits.map(([name]) => name))) {
      test(`opens for ${who} at the ${size}, fits its width and is accessible`, { timeout: 240_000 }, async () => {
        const { page, errors } = await openPage(browser, address, size);
        await signIn(page, who);
        const problems: string[] = [];
        for (const [, path] of visits.filter(([name]) => name === who)) {
          await page.goto(path);
          await page.locator("h1").first().waitFor();
          await page.waitForLoadState("networkidle");
          await page.locator(".ant-skeleton").first().waitFor({ state: "detached" });
          await picture(page, `${size}-${who}${path.replaceAll("/", "-")}`);
          const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"));
          if (overflow > 0) problems.push(`${path}: ${overflow} px wider than the window`);
          const { violations } = await new AxeBuilder({ page })
            .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
            .analyze();
          for (const { id, impact, nodes } of violations) {
            if (impact === "serious" || impact === "critical") {
              problems.push(
                `${path}: ${id} at ${nodes
                  .slice(0, 3)
                  .map((node) => node.target.join(" "))
                  .join(", ")}`,
              );
            }
          }
        }
        expect(problems).toEqual([]);
        expect(errors).toEqual([]);
        await page.context().close();
      });
    }
  }
});
