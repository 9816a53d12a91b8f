/** Everybody's pages, at the desk and on the phone: they open, fit, say no error and pass the accessibility rules. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ask, dropFile, openBrowser, openPage, picture, settled, signIn, visit, widths } from "./browser.ts";

const address = inject("address");

/** Who looks at which pages. An officer's pages are cut in two, so that both can be gone through at once. */
const visits: readonly (readonly [who: string, what: string, addresses: readonly string[]])[] = [
  [
    "officer",
    "about the assessment",
    [
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
    ],
  ],
  [
    "officer",
    "about value added",
    [
      "/growth",
      "/growth/plane",
      "/growth/groups",
      "/growth/schemes",
      "/growth/data",
      "/growth/method",
      "/growth/schools/2150990001",
    ],
  ],
  [
    "officer",
    "about the data",
    [
      "/schools",
      "/schools/3150990001",
      "/data/import",
      "/data/import?year=2024",
      "/data/states",
      "/data/states/3150990001",
      "/data/pupils",
      "/data/standards?at=moe-2017-quality-balance/resources%23R1",
      "/surveys",
      "/surveys/1",
      "/surveys/2",
      "/surveys/2/form",
      "/surveys/2/plan",
      "/surveys/2/links",
      "/system/organisation",
      "/system/audit",
      "/account",
      "/no-such-page",
    ],
  ],
  [
    "principal1",
    "about the own school",
    [
      "/",
      "/balance",
      "/growth",
      "/growth/schools/2150990001",
      "/growth/data",
      "/surveys/1",
      "/schools/2150990001",
      "/data/import",
      "/data/states/2150990001",
      "/data/pupils",
    ],
  ],
  ["admin", "about accounts and schools", ["/", "/system/people", "/schools/2150990001"]],
];

// a busy machine may take several times as long as an idle one, on which each takes less than a minute
describe.skipIf(address === "").concurrent("each page", { timeout: 300_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  for (const [who, what, paths] of visits) {
    test(`${what} opens for ${who}, fits both widths and is accessible`, async () => {
      const { page, errors } = await openPage(browser, address);
      await signIn(page, who);
      const problems: string[] = [];
      for (const path of paths) {
        await visit(page, path);
        problems.push(...(await problemsAtBothWidths(page, `${who}${path}`, who === "officer")));
      }
      expect(problems).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    });
  }

  test("before signing in fits both widths and is accessible", async () => {
    const { page, errors } = await openPage(browser, address);
    await page.goto("/");
    await settled(page);
    expect(await problemsAtBothWidths(page, "nobody/sign-in")).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("of a faulty import and of plans side by side fits both widths and is accessible", async () => {
    const { page, errors } = await openPage(browser, address);
    await signIn(page, "officer");
    await visit(page, "/balance/what-if");
    await page.getByLabel("比较方案“两所初中补足教学仪器设备”").check();
    await page.getByRole("region", { name: "已保存的方案" }).waitFor();
    const problems = await problemsAtBothWidths(page, "officer/compare");

    await visit(page, "/data/import");
    const faulty = join(import.meta.dirname, "../samples/faulty/faulty-2025.xlsx");
    await dropFile(page, "faulty-2025.xlsx", await readFile(faulty));
    await page.waitForURL(/\/data\/import\/\d+/);
    await settled(page);
    problems.push(...(await problemsAtBothWidths(page, "officer/issues")));
    await ask(page, "DELETE", `/returns/imports/${new URL(page.url()).pathname.split("/").at(-1) ?? ""}`);
    expect(problems).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("of a year without data says so on the phone too", async () => {
    const { page } = await openPage(browser, address, "phone"); // the console tells of each answer "no data"
    await signIn(page, "officer");
    const problems: string[] = [];
    for (const path of ["/", "/balance", "/data/import", "/data/states/2150990001"]) {
      await visit(page, `${path}?year=2026`);
      await picture(page, name("phone", `empty${path}`));
      problems.push(...(await problemsOf(page, `empty${path}`)));
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test("fits and can be read in English and in the dark", async () => {
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
      "/growth",
      "/growth/schools/2150990001",
      "/data/states/3150990001",
      "/data/import",
      "/surveys/1",
      "/surveys/2/form",
    ]) {
      await visit(page, path);
      await picture(page, name("phone", `dark${path}`));
      problems.push(...(await problemsOf(page, `dark${path}`)));
    }
    expect(problems).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

const name = (size: string, path: string): string => `${size}-${path.replaceAll(/\W+/g, "-")}`;

/**
 * The same page at the desk and, made narrow, on the phone. Colours are the same on both, and for everybody who sees a
 * page that an officer sees too: `withColours` looks at them once.
 */
async function problemsAtBothWidths(page: Page, path: string, withColours = true): Promise<string[]> {
  await page.setViewportSize(widths.desk);
  await picture(page, name("desk", path));
  const atDesk = await problemsOf(page, `desk ${path}`, withColours ? [] : ["color-contrast"]);
  await page.setViewportSize(widths.phone);
  await settled(page);
  await picture(page, name("phone", path));
  return [...atDesk, ...(await problemsOf(page, `phone ${path}`, ["color-contrast"]))];
}

/** Lines that are made like the ones above them, of which a district has hundreds: the rules are held to the first few. */
const repeated = [
  "tbody tr:nth-child(n + 5)",
  ".clause:nth-child(n + 3)",
  ".item-card:nth-of-type(n + 4):not([open])",
  ".paper > section:nth-of-type(n + 4)",
].join(", ");

/** What is wrong with the page as it stands: wider than the window, or a serious breach of WCAG 2.2 AA. */
async function problemsOf(page: Page, path: string, without: readonly string[] = []): Promise<string[]> {
  const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"));
  await page.evaluate(
    `document.head.append(Object.assign(document.createElement("style"), { id: "few", textContent: "${repeated} { display: none !important }" }))`,
  );
  const violations = await breaches(page, without);
  await page.evaluate(`document.getElementById("few").remove()`);
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return [
    ...(overflow > 0 ? [`${path}: ${overflow} px wider than the window`] : []),
    ...serious.map(({ id, nodes }) => {
      const places = nodes.slice(0, 3).map((node) => node.target.join(" "));
      return `${path}: ${id} at ${places.join(", ")}`;
    }),
  ];
}

interface Breach {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** Runs the rules. axe is brought in once and stays, because nothing here loads the app anew. */
async function breaches(page: Page, without: readonly string[]): Promise<readonly Breach[]> {
  if (!(await page.evaluate(`"axe" in window`))) {
    await new AxeBuilder({ page }).setLegacyMode(true).withRules("document-title").analyze();
  }
  const options = {
    resultTypes: ["violations"],
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] },
    rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
  };
  return await page.evaluate<Breach[]>(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations.map(({ id, impact, nodes }) =>
       ({ id, impact, nodes: nodes.map(({ target }) => ({ target: target.map(String) })) })))`,
  );
}
