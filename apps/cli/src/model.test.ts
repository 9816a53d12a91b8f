import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Compile } from "typebox/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, runWell } from "./testing/run.ts";

interface Document {
  readonly nobs: number;
  readonly groups: Readonly<Record<string, number>>;
  readonly criterion: number;
  readonly fixed: readonly { readonly name: string; readonly estimate: number; readonly se: number }[];
  readonly random: readonly {
    readonly group: string;
    readonly names: readonly string[];
    readonly sd: readonly number[];
    readonly variance: readonly number[];
    readonly corr: readonly (readonly (number | null)[])[];
  }[];
  readonly sigma: number;
  readonly notes: readonly { readonly kind: string; readonly text: string }[];
  readonly converged: boolean;
  readonly ranef?: Readonly<
    Record<string, Readonly<Record<string, { readonly mode: readonly number[]; readonly se: readonly number[] }>>>
  >;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xingfu 模型 "));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function save(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function model(path: string, formula: string, ...args: readonly string[]): Promise<Document> {
  const { stdout } = await runWell(["model", path, "--formula", formula, "--json", ...args]);
  const document: Document = JSON.parse(stdout);
  return document;
}

/** Sixty pupils of six schools; the numbers follow a rule, so that every line can be checked by eye. */
const lines = Array.from({ length: 60 }, (_, i) => {
  const school = ["东", "南", "西", "北", "中", "山"][i % 6]!;
  const prior = ((i * 7) % 23) / 2;
  const score = 50 + 1.5 * prior + [3, -2, 0, 1, -4, 2][i % 6]! + (((i * 31) % 17) - 8) / 4;
  return { school, prior, score, sex: i % 4 < 2 ? "M" : "F", grade: i % 3, weight: 1 + (i % 2), pupil: i };
});
const columns = ["school", "prior", "score", "sex", "grade", "weight", "pupil"] as const;
const csv = [columns.join(","), ...lines.map((line) => columns.map((name) => line[name]).join(","))].join("\n");
const formula = "score ~ prior + sex + (1 | school)";

describe("model", () => {
  it("prints what its schema says", async () => {
    const schema: object = JSON.parse(
      await readFile(fileURLToPath(new URL("../../../docs/schemas/model.schema.json", import.meta.url)), "utf8"),
    );
    const validator = Compile(schema);
    const path = await save("一.csv", csv);
    const plain = await model(path, formula);
    expect(validator.Errors(plain)).toEqual([true, []]);
    expect(plain).not.toHaveProperty("ranef");
    const whole = await model(path, "score ~ prior + (prior | school) + (1 | sex:school)", "--ml", "--ranef");
    expect(validator.Errors(whole)).toEqual([true, []]);
    expect(Object.keys(whole.ranef!)).toEqual(["sex:school", "school"]);
    expect(Object.keys(whole.ranef!["sex:school"]!)).toContain("F:山");
    expect(validator.Check({ ...plain, sigma: null })).toBe(false);
    expect(validator.Check({ ...plain, fixed: undefined })).toBe(false);
  });

  it("reads the same table from every way of writing it", async () => {
    const expected = await model(await save("甲.csv", csv), formula, "--ranef");
    expect(expected.fixed.map(({ name }) => name)).toEqual(["(Intercept)", "prior", "sexM"]);
    const quoted = csv.replaceAll(/[^\n,]+/g, (cell) => `"${cell}"`);
    const gbk = Buffer.concat(
      [...csv].map((character) => {
        const code = { 东: "b6ab", 南: "c4cf", 西: "cef7", 北: "b1b1", 中: "d6d0", 山: "c9bd" }[character];
        return code === undefined ? Buffer.from(character) : Buffer.from(code, "hex");
      }),
    );
    const files: readonly (readonly [string, string | Uint8Array])[] = [
      ["压缩.csv.gz", gzipSync(csv)],
      ["压缩却叫.csv", gzipSync(csv)],
      ["引号.csv", quoted],
      ["换行.csv", `\uFEFF${csv.replaceAll("\n", "\r\n")}\r\n\r\n`],
      ["分号.csv", csv.replaceAll(",", ";")],
      ["制表.tsv", csv.replaceAll(",", "\t")],
      ["国标.csv", gbk],
      ["多列.csv", csv.replaceAll("\n", ',"a ""b"",\n c"\n').replace('"a ""b"",\n c"', "remark") + ',"z\n\n"'],
    ];
    for (const [name, content] of files) {
      const found = await model(await save(name, content), formula, "--ranef");
      expect({ ...found, seconds: 0 }, name).toEqual({ ...expected, seconds: 0 });
    }
  });

  it("names levels as in the file and orders them as R does, or as told", async () => {
    const path = await save("类别.csv", csv);
    const byNumber = await model(path, "score ~ grade + (1 | school)");
    expect(byNumber.fixed.map(({ name }) => name)).toEqual(["(Intercept)", "grade"]);
    const byGrade = await model(path, "score ~ sex * grade + (1 | school)", "--factor", "grade,sex");
    expect(byGrade.fixed.map(({ name }) => name)).toEqual([
      "(Intercept)",
      "sexM",
      "grade1",
      "grade2",
      "sexM:grade1",
      "sexM:grade2",
    ]);
    const turned = await model(path, "score ~ grade + (1 | school)", "--levels", "grade=2,0");
    expect(turned.fixed.map(({ name }) => name)).toEqual(["(Intercept)", "grade0", "grade1"]);
    const zeros = await save(
      "零.csv",
      csv.replaceAll(/^[东南]/gmu, (name) => (name === "东" ? "007" : "1.0")),
    );
    expect(Object.keys((await model(zeros, formula, "--ranef")).ranef!["school"]!)).toEqual(
      expect.arrayContaining(["007", "1.0", "西"]),
    );
  });

  it("counts missing rows and says so", async () => {
    const path = await save("缺.csv", csv.replace("\n东,0,", "\n东,NA,").replace("\n南,3.5,", "\n,3.5,"));
    const { stdout, stderr } = await runWell(["model", path, "--formula", formula, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ nobs: 58, missing: { rows: 2, byColumn: { prior: 1, school: 1 } } });
    expect(stderr).toContain("2 行缺少公式用到的值，没有使用（prior 1、school 1）");
  });

  it("prints a readable text in both languages", async () => {
    const path = await save("文字.csv", csv);
    const zh = await runWell(["model", path, "--formula", formula, "--weights", "weight", "--ranef"]);
    expect(zh.stdout).toMatch(
      /线性混合模型（REML）[\s\S]*固定效应[\s\S]*sexM[\s\S]*残差[\s\S]*school 各组的效应[\s\S]*山/,
    );
    const en = await runWell(["model", path, "--formula", formula, "--lang", "en"]);
    expect(en.stdout).toMatch(/Linear mixed model \(REML\)[\s\S]*Fixed effects/);
    expect(en.stdout).not.toMatch(/[\u4E00-\u9FFF]{3}/u);
  });
});

describe("what cannot be used exits with 2, a sentence and nothing on standard output", () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["no formula", [], /缺少 --formula/],
    [
      "an open bracket",
      ["--formula", "score ~ prior + (1 | school"],
      /这个括号没有闭合[\s\S]*\n {2}score ~ prior \+ \(1 \| school\n {29}\^/,
    ],
    ["an unknown sign", ["--formula", "score ~ prior $ 2"], /公式里不能有“\$”[\s\S]*\n {16}\^/],
    ["a caret under wide characters", ["--formula", "分数 ~ 前测 $ 2"], /\n {2}分数 ~ 前测 \$ 2\n {14}\^/],
    ["no random term", ["--formula", "score ~ prior"], /没有随机项/],
    [
      "an unknown column",
      ["--formula", "score ~ priro + (1 | school)"],
      /没有列“priro”。是不是“prior”？[\s\S]*\n {10}\^/,
    ],
    ["an unknown weight", ["--formula", formula, "--weights", "w"], /没有列“w”/],
    ["an unknown factor", ["--formula", formula, "--factor", "grad"], /是不是“grade”/],
    ["an unknown level", ["--formula", formula, "--levels", "sex=X"], /没有“X”；各类别为：F, M/],
    [
      "an outcome of text",
      ["--formula", "sex ~ prior + (1 | school)"],
      /列“sex”是结果变量，应全是数字（第 1 行数据是“M”）/,
    ],
    ["arithmetic on text", ["--formula", "score ~ log(sex) + (1 | school)"], /列“sex”含有文字/],
    ["weights of text", ["--formula", formula, "--weights", "sex"], /列“sex”应全是数字/],
    ["one group per row", ["--formula", "score ~ sex + (1 | pupil)"], /每个 pupil 只有一行/],
    ["a time limit of nothing", ["--formula", formula, "--time-limit", "0"], /应是秒数/],
    ["a function that is not known", ["--formula", "score ~ spline(prior) + (1 | school)"], /不能这样使用函数 spline/],
  ];
  it.each(cases)("%s", async (_, args, sentence) => {
    const { code, stdout, stderr } = await run(["model", await save("用.csv", csv), ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  const header = "school,prior,score,sex\n";
  const files: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ["an empty file", "", /是空文件/],
    ["a header alone", header, /没有数据/],
    ["one school only", `${header}${"东,1,2,M\n东,2,3,F\n东,3,5,M\n".repeat(4)}`, /只有一个 school/],
    ["a constant outcome", `${header}${"东,1,2,M\n南,2,2,F\n西,3,2,M\n".repeat(4)}`, /同一个值/],
    ["an infinite value", csv.replace("\n南,3.5,", "\n南,Inf,"), /列“prior”第 2 行数据是无穷大/],
    ["a ragged row", csv.replace("\n南,3.5,", "\n南,"), /第 2 行数据有 6 列，标题行有 7 列/],
    ["an open quotation mark", csv.replace("\n南,", '\n"南,'), /引号没有闭合/],
    ["a damaged gzip", gzipSync(csv).subarray(0, 300), /gzip 压缩数据不完整/],
    ["a workbook", Buffer.from("504b0304000000", "hex"), /xlsx/],
    ["UTF-16", Buffer.from(`\uFEFF${csv}`, "utf16le"), /UTF-16/],
    ["bytes of something else", Buffer.from([1, 0, 2, 0, 10, 5, 6, 7]), /不是文本文件/],
    ["two columns of one name", csv.replace("grade", "score"), /两列都叫“score”/],
    ["only missing outcomes", csv.replaceAll(/,[\d.]+,([MF])/g, ",NA,$1"), /没有一行/],
  ];
  it.each(files)("%s", async (name, content, sentence) => {
    const { code, stdout, stderr } = await run(["model", await save(`${name}.csv`, content), "--formula", formula]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("a file that is not there", async () => {
    const { code, stderr } = await run(["model", join(folder, "没有.csv"), "--formula", formula]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("没有找到文件") });
  });
});

const shared = fileURLToPath(new URL("../../../../shared/reference/mixed-models", import.meta.url));
const fits = existsSync(shared)
  ? readdirSync(join(shared, "fits")).filter((name) => /_(ML|REML)\.json$/.test(name))
  : [];

describe("the reference fits of two public data sets", () => {
  it("are beside this repository", (context) => {
    if (fits.length === 0) context.skip(`there is no ${shared}`);
    expect(fits.length).toBe(20);
  });

  /** The data sets' own order of categories, which their CSV files do not hold. */
  const levels = ["schgend=mixed,boys,girls", "sector=Public,Catholic"];

  it.each(fits)("%s", async (name) => {
    const expected = JSON.parse(readFileSync(join(shared, "fits", name), "utf8"));
    const path = join(shared, "data", expected.data === "Exam" ? "Exam.csv" : "Hsb82.csv.gz");
    const used = levels.filter((order) => expected.formula.includes(order.split("=")[0]));
    const fit = await model(
      path,
      expected.formula,
      "--ranef",
      ...used.flatMap((order) => ["--levels", order]),
      ...(expected.method === "ML" ? ["--ml"] : []),
    );
    expect(fit.converged).toBe(true);
    expect(fit.nobs).toBe(expected.n);
    expect(Math.abs(fit.criterion - expected.minus2logLik)).toBeLessThan(1e-8);
    expect(fit.fixed.map((effect) => effect.name)).toEqual(expected.fixef_names);
    fit.fixed.forEach(({ estimate, se }, i) => {
      expect(Math.abs(estimate / expected.fixef[i] - 1)).toBeLessThan(1e-6);
      expect(Math.abs(se / expected.fixef_se[i] - 1)).toBeLessThan(1e-6);
    });
    expect(Math.abs(fit.sigma / expected.sigma - 1)).toBeLessThan(1e-6);
    for (const { var1, var2, vcov, sdcor } of expected.varcomp) {
      const term = fit.random.find(({ names }) => names.includes(var1));
      if (term === undefined) continue; // the residual
      const at = term.names.indexOf(var1);
      if (var2 === null || var2 === "") expect(Math.abs(term.variance[at]! / vcov - 1)).toBeLessThan(1e-6);
      else expect(Math.abs(term.corr[at]![term.names.indexOf(var2)]! / sdcor - 1)).toBeLessThan(1e-6);
    }
    const { levels: schools, u, condVar } = expected.ranef.school;
    schools.forEach((school: string, g: number) => {
      const { mode, se } = fit.ranef!["school"]![school]!;
      mode.forEach((value, k) => {
        expect(Math.abs(value - u[k][g])).toBeLessThan(1e-6);
        const variance = Array.isArray(condVar?.[g]) ? condVar[g].flat()[k * mode.length + k] : condVar?.[g];
        // lme4 gives no joint covariance where a factor has several terms
        if (variance !== undefined) expect(Math.abs(se[k]! ** 2 - variance)).toBeLessThan(1e-6);
      });
    });
  });
});
