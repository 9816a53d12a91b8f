import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assessBalance, assessmentDate, balanceRules, summarizeDistrict } from "@xingfu/domain/balance";
import type { DistrictYear, Section } from "@xingfu/domain/base";
import { writeWorkbook } from "@xingfu/exchange";
import { makeDistrict } from "@xingfu/fixtures";
import { Compile } from "typebox/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { assessmentDocument } from "./assessed.ts";
import { fiveSchools, nineYearSchool, smallReturn } from "./testing/returns.ts";
import { run, runWell, start } from "./testing/run.ts";

type Document = ReturnType<typeof assessmentDocument>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xingfu 测试 "));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function save(name: string, rows: DistrictYear, sections?: readonly Section[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    await writeWorkbook({ schoolYear: rows.schoolYear, rows, ...(sections === undefined ? {} : { sections }) }),
  );
  return path;
}

async function assess(path: string, ...args: readonly string[]): Promise<Document> {
  const { stdout } = await runWell(["assess", path, "--json", ...args]);
  const document: Document = JSON.parse(stdout);
  return document;
}

const schemaFile = fileURLToPath(new URL("../../../docs/schemas/assessment.schema.json", import.meta.url));

describe("the published examples", () => {
  it("of five schools gives 0.5152566 and fails, where an unweighted coefficient would pass", async () => {
    const { cv } = await assess(await save("五校.xlsx", fiveSchools));
    const [spread] = cv.filter((one) => one.phase === "primary" && one.indicator === "R4");
    expect(spread).toMatchObject({ pupils: 302, limit: 0.5, verdict: "notMet", gap: null });
    expect(spread?.cv).toBeCloseTo(0.5152566298844764, 14);
    expect(spread?.mean).toBeCloseTo(1913 / 302, 12);
    expect(spread?.sd).toBeCloseTo(3.263861, 6);
  });

  it("of a nine-year school splits 23,226 by 1 : 1.1", async () => {
    const { rows } = await assess(await save("一贯制.xlsx", nineYearSchool));
    const parts = rows.map((row) => [row.phase, row.pupils, row.indicators.R4.numerator] as const);
    expect(parts.map(([phase, pupils]) => [phase, pupils])).toEqual([
      ["primary", 166],
      ["junior", 210],
    ]);
    const perWeighted = 23_226 / (166 + 210 * 1.1);
    expect(perWeighted).toBeCloseTo(58.5038, 4);
    expect(parts[0]?.[2]).toBeCloseTo(166 * perWeighted, 9);
    expect(parts[1]?.[2]).toBeCloseTo(210 * 1.1 * perWeighted, 9);
  });
});

describe("assess", () => {
  it("gives from a workbook the same digits as the engine from the rows", async () => {
    const rows = makeDistrict(20170, { scale: 0.02 }).years.at(-1);
    if (rows === undefined) throw new Error("the sample has no year");
    const document = await assess(await save("示例区.xlsx", rows));
    const facts = summarizeDistrict(rows);
    const expected = assessBalance(facts, balanceRules(assessmentDate(rows.schoolYear)));
    expect(document.rows).toEqual(JSON.parse(JSON.stringify(expected.rows)));
    expect(document.cv).toEqual(JSON.parse(JSON.stringify(expected.cv)));
    expect(document.items).toEqual(JSON.parse(JSON.stringify(expected.items)));
    expect(document.gaps).toEqual(JSON.parse(JSON.stringify(expected.gaps)));
    expect(document.verdict).toBe(expected.verdict);
    expect(document.isSample).toBe(true);
  });

  it("prints what its schema says, with and without explanations", async () => {
    const schema: object = JSON.parse(await readFile(schemaFile, "utf8"));
    const validator = Compile(schema);
    const path = await save("结构.xlsx", nineYearSchool);
    const document = await assess(path);
    expect(validator.Errors(document)).toEqual([true, []]);
    const explained = await assess(path, "--explain", "3150990001:primary:R4", "--explain", "G9");
    expect(validator.Errors(explained)).toEqual([true, []]);
    expect(explained).toHaveProperty("explained.0.trail.value", document.rows[0]?.indicators.R4.value);

    const [row] = document.rows;
    const broken = { ...document, rows: [{ ...row, verdict: "passed" }] };
    expect(validator.Check(broken)).toBe(false);
    expect(validator.Check({ ...document, cv: undefined, inputsHash: "1" })).toBe(false);
  });

  it("tells the verdict first, then failing schools and what they lack", async () => {
    const { stdout } = await runWell(["assess", await save("文字.xlsx", fiveSchools)]);
    expect(stdout.indexOf("结论：未达标")).toBeGreaterThan(0);
    expect(stdout.indexOf("结论：")).toBeLessThan(stdout.indexOf("未达标和无法判定的学校"));
    // the fourth school: 160 of 76 × 4.5 = 342 m², so 182 are missing, and 130.7 to 85 %
    expect(stdout).toMatch(/R4 教学用房\s+2\.11\s+4\.50\s+46\.8%\s+182\.00 m²\s+130\.70 m²/);
    expect(stdout).toMatch(/小学\s+R4 教学用房\s+302\s+6\.33\s+3\.26\s+0\.5153\s+0\.50\s+未达标/);
  });

  it("explains a figure with all its digits", async () => {
    const { stdout } = await run(["assess", await save("解释.xlsx", fiveSchools), "--explain", "2150990004:小学:R4"]);
    expect(stdout).toContain("例题第四小学");
    expect(stdout).toContain(String(160 / 76));
    expect(stdout).toContain("moe-2017-quality-balance/resources/R4");
  });

  it.each(["2150990009:primary:R4", "2150990001:senior:R4", "cv:primary:R8", "G16", "R4"])(
    "refuses to explain %s",
    async (target) => {
      const { code, stdout, stderr } = await run(["assess", await save("解释.xlsx", fiveSchools), "--explain", target]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/没有标识码为 2150990009 的学校|不能解释/);
    },
  );

  it("lists every fault of a faulty workbook on standard error and prints nothing", async () => {
    const [first, second] = fiveSchools.schools;
    if (first === undefined || second === undefined) throw new Error("no schools");
    const faulty = {
      ...fiveSchools,
      schools: [first, { ...second, type: "999" }, first, { ...second, schoolCode: "12" }],
    };
    const { code, stdout, stderr } = await run(["assess", await save("有错.xlsx", faulty), "--json"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const lines = stderr.trim().split("\n");
    expect(lines.some((line) => /^学校![A-Z]+\d+ DUPLICATE_ROW .*重复/.test(line))).toBe(true);
    expect(lines.some((line) => /^学校![A-Z]+\d+ BAD_SCHOOL_CODE /.test(line))).toBe(true);
    expect(lines.slice(0, -1).filter((line) => !/^[^\s!]+(![A-Z]*\d*)? [A-Z0-9_]+ \S/.test(line))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^xingfu: 有错\.xlsx：\d+ 处错误/);
  });

  it("refuses files that are no workbook, each with its reason", async () => {
    const cases = {
      "空.xlsx": "",
      "文本.xlsx": "不是工作簿",
      "截断.xlsx": "PK\u0003\u0004坏",
      "旧.xls": "\u00D0\u00CF\u0011\u00E0",
    };
    for (const [name, content] of Object.entries(cases)) {
      const path = join(folder, name);
      await writeFile(path, content);
      const { code, stdout, stderr } = await run(["assess", path]);
      expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: "" });
      expect(stderr).toMatch(new RegExp(`^${name} FILE_[A-Z]+ \\S`));
    }
    const { code, stderr } = await run(["assess", join(folder, "没有.xlsx")]);
    expect(code).toBe(2);
    expect(stderr).toContain("没有找到文件");
  });

  it("goes on after warnings and tells them on standard error", async () => {
    const incomplete = { ...fiveSchools, premises: fiveSchools.premises.slice(1) };
    const { code, stdout, stderr } = await run(["assess", await save("警告.xlsx", incomplete), "--json"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^学校!A\d+ ROW_MISSING 警告：/m);
    expect(JSON.parse(stdout)).toHaveProperty("verdict");
  });

  it("refuses a year that the workbook does not hold", async () => {
    const path = await save("学年.xlsx", fiveSchools);
    expect((await assess(path, "--year", "2025")).schoolYear).toBe(2025);
    const other = await run(["assess", path, "--year", "2024", "--json"]);
    expect(other).toMatchObject({ code: 2, stdout: "" });
    expect(other.stderr).toContain("YEAR_DIFFERS");
    expect(await run(["assess", path, "--year", "二五"])).toMatchObject({ code: 2, stdout: "" });
  });

  it("writes a report beside the result", async () => {
    const path = await save("报告.xlsx", fiveSchools);
    const out = join(folder, "新目录", "自评报告.docx");
    const { stdout } = await runWell(["assess", path, "--json", "--report", out]);
    expect(JSON.parse(stdout)).toHaveProperty("verdict", "notMet");
    expect((await readFile(out)).subarray(0, 2).toString()).toBe("PK");
    expect(await readdir(join(folder, "新目录"))).toEqual(["自评报告.docx"]);
    expect(await run(["assess", path, "--report", join(folder, "报告.pdf")])).toMatchObject({ code: 2, stdout: "" });
    expect(await run(["assess", path, "--report", path])).toMatchObject({ code: 2, stdout: "" });
  });

  it("ends quietly when the reader of the pipe has gone", async () => {
    const path = await save(
      "管道.xlsx",
      smallReturn(
        Array.from({ length: 120 }, (_, index) => ({
          code: `21509${String(index).padStart(5, "0")}`,
          name: `第${index}小学`,
          type: "211",
          primaryPupils: 400,
          premises: { teachingFloorAreaM2: 1200, indoorSportsAreaM2: 0 },
        })),
      ),
    );
    const whole = await run(["assess", path, "--json"]);
    expect(whole.stdout.length).toBeGreaterThan(200_000);
    expect(JSON.parse(whole.stdout)).toHaveProperty("rows.length", 120);

    const child = start(["assess", path, "--json"]);
    child.stdin.end();
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => {
      stderr += text.toString();
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(141);
    expect(stderr).not.toMatch(/EPIPE|at .*\.ts/);
  });
});

/** As Excel on Chinese Windows writes it. */
function gbk(text: string): Buffer {
  return Buffer.from(Array.from(text, (character) => encodeGbk(character)).flat());
}

describe("a folder of CSV sheets", () => {
  const schools =
    "学校标识码,学校名称,办学类型,小学在校生数(人)\n2150990001,第一小学,211,45\n2150990002,第二小学,211,37\n";

  it("in GBK is read like a workbook", async () => {
    const csv = join(folder, "测试区数据");
    await mkdir(csv, { recursive: true });
    await writeFile(join(csv, "学校.csv"), gbk(schools));
    await writeFile(
      join(csv, "premises-2025.csv"),
      "\uFEFF学校标识码,教学及辅助用房面积(㎡),室内体育用房面积(㎡)\n2150990001,279,0\n2150990002,137,0\n",
    );
    const document = await assess(csv, "--year", "2025", "--district", "500199:测试区");
    expect(document.district).toEqual({ code: "500199", name: "测试区" });
    expect(document.rows.map((row) => [row.school, row.indicators.R4.value])).toEqual([
      ["第一小学", 279 / 45],
      ["第二小学", 137 / 37],
    ]);

    const same = smallReturn([
      {
        code: "2150990001",
        name: "第一小学",
        type: "211",
        primaryPupils: 45,
        premises: { teachingFloorAreaM2: 279, indoorSportsAreaM2: 0 },
      },
      {
        code: "2150990002",
        name: "第二小学",
        type: "211",
        primaryPupils: 37,
        premises: { teachingFloorAreaM2: 137, indoorSportsAreaM2: 0 },
      },
    ]);
    expect((await assess(await save("同样.xlsx", same))).cv).toEqual(document.cv);
  });

  it("needs a year, and says how to give it; a sheet 填报说明 may hold it", async () => {
    const csv = join(folder, "无学年");
    await mkdir(csv, { recursive: true });
    await writeFile(join(csv, "schools.csv"), schools);
    const refused = await run(["assess", csv, "--json"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("--year 2025");
    await writeFile(
      join(csv, "填报说明.csv"),
      "区县名称,示例区\n行政区划代码,500199\n学年,2024-2025学年\n数据性质,示例数据\n",
    );
    expect(await assess(csv)).toMatchObject({
      schoolYear: 2024,
      isSample: true,
      district: { code: "500199", name: "示例区" },
    });
  });

  it("checks sheets against each other", async () => {
    const csv = join(folder, "不一致");
    await mkdir(csv, { recursive: true });
    await writeFile(join(csv, "学校.csv"), schools);
    await writeFile(join(csv, "校舍装备.csv"), "学校标识码,教学及辅助用房面积(㎡)\n2150990003,279\n");
    const { code, stdout, stderr } = await run(["assess", csv, "--year", "2025"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^校舍装备!A2 UNKNOWN_SCHOOL .*2150990003/m);
  });

  it("without schools, without sheets, or with one sheet twice is refused", async () => {
    for (const [name, files, reason] of [
      ["空文件夹", [], "没有 CSV 文件"],
      ["缺学校", ["校舍装备.csv"], "缺少 学校.csv"],
      ["两张", ["学校.csv", "schools.csv"], "只保留一个"],
    ] as const) {
      const csv = join(folder, name);
      await mkdir(csv, { recursive: true });
      for (const file of files) await writeFile(join(csv, file), schools);
      const { code, stdout, stderr } = await run(["assess", csv, "--year", "2025"]);
      expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: "" });
      expect(stderr).toContain(reason);
    }
  });
});

/** A local threshold of 2 m² for R4 of primary schools. */
function override(more: object = {}): object {
  return {
    reference: "moe-2017-quality-balance/resources/R4",
    field: "threshold",
    phase: "primary",
    value: 2,
    source: "（示例）示例〔2025〕1号",
    effectiveFrom: "2025-01-01",
    ...more,
  };
}

async function rules(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe("--rules", () => {
  it("replaces a number by a local one and says so in the version and the hash", async () => {
    const path = await save("规则.xlsx", fiveSchools);
    const plain = await assess(path);
    const yaml =
      "- reference: moe-2017-quality-balance/resources/R4\n  field: threshold\n  phase: primary\n  value: 2\n  source: （示例）示例〔2025〕1号\n  effectiveFrom: 2025-01-01\n";
    const local = await assess(path, "--rules", await rules("本地.yaml", yaml));
    expect(plain.rows[3]?.indicators.R4).toMatchObject({ threshold: 4.5, verdict: "notMet" });
    expect(local.rows[3]?.indicators.R4).toMatchObject({ threshold: 2, verdict: "met" });
    expect(local.rules.version).toContain("+local.1");
    expect(local.rules.hash).not.toBe(plain.rules.hash);
    expect(local.inputsHash).toBe(plain.inputsHash);
    const json = await assess(path, "--rules", await rules("本地.json", JSON.stringify([override()])));
    expect(json.rules.hash).toBe(local.rules.hash);
  });

  it("has no effect before its day, and says so", async () => {
    const path = await save("规则.xlsx", fiveSchools);
    const later = await rules("以后.json", JSON.stringify([override({ effectiveFrom: "2026-01-01" })]));
    const { code, stdout, stderr } = await run(["assess", path, "--json", "--rules", later]);
    expect(code).toBe(0);
    expect(stderr).toContain("自 2026-01-01 起施行");
    expect(JSON.parse(stdout)).toHaveProperty("rules.version", "2017-04-19");
  });

  it("names every fault with its line", async () => {
    const path = await save("规则.xlsx", fiveSchools);
    const list = [
      override({ reference: "moe-2017-quality-balance/resources/R9" }),
      override({ field: "limit" }),
      override({ value: "二" }),
      override({ source: "" }),
      override({ effectiveFrom: "去年" }),
      override({ valeu: 3 }),
      override({ value: -1 }),
    ];
    const text = `[\n${list.map((one) => JSON.stringify(one)).join(",\n")}\n]`;
    const { code, stdout, stderr } = await run(["assess", path, "--rules", await rules("有错.json", text)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    for (const [line, word] of [
      [2, "R9"],
      [3, "limit"],
      [4, "value"],
      [5, "source"],
      [6, "effectiveFrom"],
      [7, "valeu"],
      [8, "R4"],
    ] as const) {
      expect(stderr).toMatch(new RegExp(`有错\\.json:${line} .*${word}`));
    }
    expect((await run(["assess", path, "--rules", await rules("坏.yaml", "- a: [1\n  b: }")])).code).toBe(2);
    expect((await run(["assess", path, "--rules", await rules("文字.yaml", "你好")])).code).toBe(2);
    expect((await run(["assess", path, "--rules", join(folder, "没有.yaml")])).code).toBe(2);
  });
});

/** The GBK bytes of one character, found by asking the decoder. */
function encodeGbk(character: string): number[] {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return [code];
  const bytes = gbkTable.get(character);
  if (bytes === undefined) throw new RangeError(`${character} is not in GBK`);
  return bytes;
}

const gbkTable = new Map<string, number[]>();
for (let lead = 0x81; lead <= 0xfe; lead += 1) {
  for (let trail = 0x40; trail <= 0xfe; trail += 1) {
    if (trail === 0x7f) continue;
    const [character = ""] = new TextDecoder("gbk").decode(new Uint8Array([lead, trail]));
    if (character !== "\uFFFD" && !gbkTable.has(character)) gbkTable.set(character, [lead, trail]);
  }
}
