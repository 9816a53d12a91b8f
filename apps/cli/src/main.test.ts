import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writeWorkbook } from "@xingfu/exchange";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandHelp } from "./command.ts";
import { commands } from "./commands.ts";
import { fiveSchools } from "./testing/returns.ts";
import { binary, run, runWell, start } from "./testing/run.ts";

let folder: string;
let workbook: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xingfu 命令 "));
  workbook = join(folder, "五校.xlsx");
  await writeFile(workbook, await writeWorkbook({ schoolYear: fiveSchools.schoolYear, rows: fiveSchools }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("help", () => {
  it("of every command is there in Chinese and in English", async () => {
    const list = await run(["--help"]);
    expect(list.code).toBe(0);
    for (const [name, { summary, load }] of Object.entries(commands)) {
      expect(list.stdout).toContain(`  ${name} `);
      const { command } = await load();
      for (const language of ["zh", "en"] as const) {
        const help = commandHelp(name, command, language);
        expect(help).toMatch(language === "zh" ? `用法：xingfu ${name}` : `Usage: xingfu ${name}`);
        for (const option of Object.keys(command.options)) expect(help).toMatch(new RegExp(`--${option}.*  \\S`));
      }
      expect(summary.en + command.about.en).not.toMatch(/[\u4E00-\u9FFF]/u);
    }
    const [zh, en] = await Promise.all([run(["assess", "--help"]), run(["user", "add", "--help", "--lang", "en"])]);
    expect(zh).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^用法：xingfu assess/) });
    expect(en).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^Usage: xingfu user add/) });
  });

  it("follows the locale; C and an empty one mean Chinese", async () => {
    const locales = ["zh_CN.UTF-8", "C.UTF-8", "", "en_US.UTF-8", "de_DE"];
    const helps = await Promise.all(locales.map((LANG) => run(["--help"], { env: { LANG } })));
    expect(helps.map((help) => help.stdout.slice(0, 3))).toEqual(["用法：", "用法：", "用法：", "Usa", "Usa"]);
  });
});

describe("what is typed wrongly", () => {
  it.each([
    [["asess", "x.xlsx"], "是不是 xingfu assess？"],
    [["user", "ad"], "是不是 xingfu user add？"],
    [["assess", "x.xlsx", "--jsno"], "是不是 --json？"],
    [["assess", "x.xlsx", "--json=yes"], "--json 不带值"],
    [["assess", "x.xlsx", "--report"], "--report 后面缺少值"],
    [["assess", "x.xlsx", "--report", "--json"], "--report 后面缺少值"],
    [["assess", "x.xlsx", "--year", "2024", "--year", "2025"], "--year 只能给一次"],
    [["assess", "x.xlsx", "-j"], "没有选项 -j"],
    [["assess"], "缺少 WORKBOOK"],
    [["assess", "a.xlsx", "b.xlsx"], "多余的参数：b.xlsx"],
    [["template", "out.docx"], ".xlsx"],
    [["template", "out.xlsx", "--sections", "scools"], "是不是 schools？"],
    [["--jsno"], "没有命令"],
    [["user"], "user add"],
    [[], "xingfu --help"],
  ])("%j exits with 2 and says what was probably meant", async (args, sentence) => {
    const { code, stdout, stderr } = await run(args, { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence === "xingfu --help" ? "用法：xingfu" : sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("a file whose name begins with a dash is given after --", async () => {
    const { code, stderr } = await run(["assess", "--", "--json"], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain("没有找到文件：--json");
  });
});

describe("the starter", () => {
  it("runs from any folder, through a link, with a relative path", async () => {
    const link = join(folder, "幸福 link.mjs");
    await symlink(binary, link);
    const { status, stdout } = spawnSync(process.execPath, [link, "assess", "五校.xlsx", "--json"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty("district.name", "测试区");
  });

  const old = { NODE_OPTIONS: "--no-strip-types" };

  it("hands over to the project's Node when its own cannot run TypeScript, and passes the exit code on", async () => {
    const good = await runWell(["assess", workbook, "--json"], { env: old });
    expect(JSON.parse(good.stdout)).toHaveProperty("rows.length", 5);
    expect((await run(["assess", join(folder, "没有.xlsx")], { env: old })).code).toBe(2);
  });

  it("passes signals on to the Node it handed over to", async () => {
    // waits for a password that never comes
    const child = start(
      ["import", workbook, "--server", "http://127.0.0.1:9", "--name", "officer", "--password-stdin"],
      { env: old },
    );
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    await expect.poll(() => readFile(children, "utf8"), { timeout: 30_000 }).toMatch(/\d/);
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(143);
  });

  it("says in both languages what to run when packages are missing", async () => {
    const bare = join(folder, "没有 安装", "apps", "cli", "bin", "xingfu.mjs");
    await mkdir(dirname(bare), { recursive: true });
    await cp(binary, bare);
    const { status, stdout, stderr } = spawnSync(process.execPath, [bare, "--help"], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("npm ci");
    expect(stderr).toContain("没有装全");
    expect(stderr).toContain("Packages are missing");
  });
});

describe("check and template", () => {
  it("check lists issues on standard output, and exits with 2 only for errors", async () => {
    await runWell(["check", workbook]);
    const [first] = fiveSchools.schools;
    if (first === undefined) throw new Error("no schools");
    const faulty = join(folder, "有错.xlsx");
    const marked = join(folder, "标注.xlsx");
    await writeFile(
      faulty,
      await writeWorkbook({
        schoolYear: fiveSchools.schoolYear,
        rows: { ...fiveSchools, schools: [...fiveSchools.schools, first] },
      }),
    );
    const bad = await run(["check", faulty, "--marked", marked]);
    expect(bad.code).toBe(2);
    expect(bad.stdout).toMatch(/^学校!A\d+ DUPLICATE_ROW /m);
    const again = await run(["check", marked, "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({
      errorCount: 1,
      issues: expect.arrayContaining([expect.objectContaining({ code: "DUPLICATE_ROW" })]),
    });
    expect(await run(["check", faulty, "--marked", faulty])).toMatchObject({ code: 2, stdout: "" });
  });

  it("template writes a workbook that has nothing to complain about but its emptiness", async () => {
    const path = join(folder, "模板.xlsx");
    await runWell(["template", path, "--year", "2025", "--district", "500199:示例区"]);
    const empty = await run(["check", path, "--year", "2025", "--json"]);
    expect(JSON.parse(empty.stdout)).toMatchObject({ errorCount: 0, warningCount: 0 });
    const two = join(folder, "两张表.xlsx");
    await run(["template", two, "--year", "2025", "--sections", "schools,premises"]);
    expect(JSON.parse((await run(["check", two, "--json", "--district", "500199:示例区"])).stdout)).toMatchObject({
      presentSections: ["schools", "premises"],
    });
  });
});
