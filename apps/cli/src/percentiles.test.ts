import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { conventionalKnots, growthPercentiles } from "@xingfu/numerics";
import { Compile } from "typebox/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, runWell } from "./testing/run.ts";

interface Document {
  readonly used: number;
  readonly leftOut: number;
  readonly knots: Readonly<Record<string, unknown>>;
  readonly notes: readonly { readonly code: string; readonly text: string }[];
  readonly percentiles: readonly { readonly id: string | null; readonly percentile: number }[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xingfu 百分位 "));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function save(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Twelve hundred pupils by a rule, so that no random numbers are needed; every fortieth has no prior score. */
const pupils = Array.from({ length: 1200 }, (_, i) => {
  const start = 400 + ((i * 37) % 211);
  const earlier = start - 30 + ((i * 53) % 67);
  const current = Math.round(80 + 0.8 * start + 0.1 * earlier + ((i * 101) % 97) / 1.3);
  return { id: `00${1000 + i}`, a: i % 40 === 7 ? "" : String(start), b: String(earlier), y: String(current) };
});
const csv = ["学籍号,a,b,y", ...pupils.map(({ id, a, b, y }) => [id, a, b, y].join(","))].join("\n");
const usual = ["--prior", "a,b", "--current", "y", "--id", "学籍号"];
const numbers = (cells: readonly string[]): Float64Array =>
  Float64Array.from(cells, (cell) => (cell === "" ? Number.NaN : Number(cell)));

describe("percentiles", () => {
  it("takes weights, and leaves out rows without one", async () => {
    const weighted = pupils.map((pupil, i) => ({ ...pupil, w: i % 50 === 3 ? "" : String(1 + (i % 3)) }));
    const rows = weighted.map(({ id, a, b, y, w }) => [id, a, b, y, w].join(","));
    const path = await save("权重.csv", ["学籍号,a,b,y,w", ...rows].join("\n"));
    const { stdout, stderr } = await runWell(["percentiles", path, ...usual, "--weights", "w", "--csv"]);
    expect(stderr).toContain("（或权重）");
    // a row of weight w counts as w rows
    const copies = weighted.flatMap((pupil) => Array.from({ length: Number(pupil.w) }, () => pupil));
    // the knots are those of the file, whatever its weights
    const knots = [pupils.map(({ a }) => a), pupils.map(({ b }) => b)].map((cells) =>
      conventionalKnots(numbers(cells)),
    );
    const { percentiles } = growthPercentiles(
      {
        current: numbers(copies.map(({ y }) => y)),
        priors: [numbers(copies.map(({ a }) => a)), numbers(copies.map(({ b }) => b))],
      },
      { knots },
    );
    const expected = new Map(
      copies.flatMap(({ id }, i) => (percentiles[i] === 0 ? [] : [[id, percentiles[i]!] as const])),
    );
    const lines = stdout.trim().split("\n").slice(1);
    expect(lines.length).toBe(expected.size);
    for (const line of lines) {
      const [id = "", percentile] = line.split(",");
      expect(Math.abs(Number(percentile) - expected.get(id)!)).toBeLessThanOrEqual(1);
    }
  });

  it("corrects for measurement error by SIMEX", async () => {
    const few = pupils.slice(0, 300);
    const path = await save("误差.csv", ["id,b,y", ...few.map(({ id, b, y }) => [id, b, y].join(","))].join("\n"));
    const asked = ["--prior", "b", "--current", "y", "--id", "id", "--sem", "15", "--simulations", "1"];
    const { stdout } = await runWell(["percentiles", path, ...asked, "--csv"]);
    const cohort = { current: numbers(few.map(({ y }) => y)), priors: [numbers(few.map(({ b }) => b))] };
    const corrected = growthPercentiles(cohort, { measurementError: { standardErrors: [15], simulations: 1 } });
    const printed = stdout.trim().split("\n").slice(1);
    expect(printed.map((line) => Number(line.split(",")[1]))).toEqual([...corrected.percentiles]);
    expect(corrected.percentiles).not.toEqual(growthPercentiles(cohort).percentiles);
  }, 120_000);

  it.each([
    [["--sem", "12"], /每个先前成绩各给一个测量标准误（共 2 个），写了 1 个/],
    [["--sem", "12,-1"], /测量标准误应为不小于 0 的数/],
    [["--sem", "a,b", "--simulations", "0"], /--simulations 应为 1 到 10000 的整数/],
    [["--simulations", "9"], /只与 --sem/],
    [["--weights", "无此列"], /无此列/],
  ])("refuses %s", async (more, sentence) => {
    const path = await save("拒绝.csv", csv);
    const { code, stdout, stderr } = await run(["percentiles", path, ...usual, ...more]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
  });

  it("prints what the engine computes, with identifiers as they stand in the file", async () => {
    const path = await save("成绩.csv", csv);
    const { stdout, stderr } = await runWell(["percentiles", path, ...usual, "--csv"]);
    const expected = growthPercentiles({
      current: numbers(pupils.map(({ y }) => y)),
      priors: [numbers(pupils.map(({ a }) => a)), numbers(pupils.map(({ b }) => b))],
    }).percentiles;
    const lines = pupils.flatMap(({ id }, i) => (expected[i] === 0 ? [] : [`${id},${expected[i]}`]));
    expect(stdout).toBe(`id,percentile\n${lines.join("\n")}\n`);
    expect(lines).toHaveLength(1170);
    expect(stderr).toBe("xingfu: 30 行缺少先前或本次成绩，没有计算；计算了 1170 行。\n");
  });

  it("reads gzip, and prints a table or one JSON object that keeps to its schema", async () => {
    const path = await save("成绩.csv.gz", gzipSync(csv));
    const { stdout } = await runWell([
      "percentiles",
      path,
      "--prior",
      "b",
      "--current",
      "y",
      "--id",
      "学籍号",
      "--json",
    ]);
    const document: Document = JSON.parse(stdout);
    const schema = JSON.parse(
      await readFile(fileURLToPath(new URL("../../../docs/schemas/percentiles.schema.json", import.meta.url)), "utf8"),
    );
    const check = Compile(schema);
    expect(check.Errors(document)[1]).toEqual([]);
    expect(check.Check({ ...document, used: "1200" })).toBe(false);
    expect(document.used).toBe(1200);
    expect(document.percentiles[0]?.id).toBe("001000");
    const table = await runWell(["percentiles", path, "--prior", "b", "--current", "y", "--id", "学籍号"]);
    const rows = table.stdout.trimEnd().split("\n");
    expect(rows[0]).toBe("编号    百分位");
    expect(rows).toHaveLength(1201);
    expect(rows[1]).toBe(`001000  ${String(document.percentiles[0]?.percentile).padStart(2)}`);
  });

  it("takes knots and boundaries from a file", async () => {
    const path = await save("数据.csv", csv);
    const a = { knots: [440, 480, 530, 570], boundaries: [380, 640] };
    const knots = await save("结点.json", JSON.stringify({ a, other: 1 }));
    const { stdout, stderr } = await runWell(["percentiles", path, ...usual, "--knots", knots, "--json"]);
    const document: Document = JSON.parse(stdout);
    expect(document.knots["a"]).toEqual(a);
    expect(stderr).toContain("结点文件里没有 b");
    for (const [content, said] of [
      ["{", "不是 JSON"],
      ["[1]", "应为"],
      ['{"a": {"knots": [1, "2"], "boundaries": [0, 3]}}', "“a”应有 knots"],
      ['{"a": {"knots": [1, 9], "boundaries": [0, 3]}}', "边界"],
    ] as const) {
      const wrong = await save("错.json", content);
      const { code, stdout: out, stderr: error } = await run(["percentiles", path, ...usual, "--knots", wrong]);
      expect([code, out]).toEqual([2, ""]);
      expect(error).toContain(said);
    }
  });

  it("notes repeated and empty identifiers and keeps their rows", async () => {
    const path = await save("重复.csv", `${csv}\n001000,450,440,500\n,451,441,501`);
    const { stdout, stderr } = await runWell(["percentiles", path, ...usual, "--csv"]);
    expect(stderr).toContain("1 个编号不止一行（001000），每一行各算一次");
    expect(stderr).toContain("1 行没有编号");
    expect(stdout.split("\n").filter((line) => line.startsWith("001000,"))).toHaveLength(2);
  });

  it("refuses what it cannot use, in one sentence with exit code 2", async () => {
    const rows = csv.split("\n");
    const cases: readonly (readonly [string, readonly string[], string])[] = [
      [csv, ["--prior", "c", "--current", "y", "--id", "学籍号"], "没有列“c”"],
      [csv, ["--prior", "a", "--current", "y", "--id", "学号"], "没有列“学号”"],
      [csv, ["--prior", "a", "--current", "a", "--id", "学籍号"], "写了两次"],
      [csv, ["--current", "y", "--id", "学籍号"], "缺少 --prior"],
      [csv, ["--prior", "a", "--current", "y", "--id", "a"], "既是编号又是成绩"],
      [csv, [...usual, "--json", "--csv"], "只能给一个"],
      ["", usual, "空文件"],
      [rows[0]!, usual, "没有数据"],
      [rows.slice(0, 12).join("\n"), usual, "不足以估计"],
      [csv.replace("001000,400", "001000,缺考"), usual, "第 1 行数据却是“缺考”"],
      [csv.replace("001000,400", "001000,-Inf"), usual, "第 1 行数据是无穷大"],
      [csv.replaceAll(/^(00\d+),\d+/gm, "$1,5"), usual, "列“a”在所用的行里只有一个值（5）"],
      [csv.replaceAll(/,\d+$/gm, ",6"), usual, "结果变量“y”在每一行都是同一个值"],
      [csv.replaceAll(/,\d+$/gm, ","), usual, "没有一行"],
    ];
    for (const [content, args, said] of cases) {
      const path = await save("坏.csv", content);
      const { code, stdout, stderr } = await run(["percentiles", path, ...args]);
      expect([said, code, stdout]).toEqual([said, 2, ""]);
      expect(stderr).toContain(said);
    }
  });
});

const reference = fileURLToPath(new URL("../../../../shared/reference/growth-percentiles/", import.meta.url));

// the data are the SGP package's and stay outside this repository
describe.skipIf(!existsSync(reference))("SGP's exemplar data (skipped where ../shared is absent)", () => {
  it("gives SGP's percentiles through the command", async () => {
    const read = (name: string): string[][] =>
      gunzipSync(readFileSync(join(reference, name)))
        .toString()
        .trim()
        .split("\n")
        .map((line) => line.split(","));
    const [head, ...rows] = read("sgpData.csv.gz");
    const at = (title: string): number => head!.indexOf(title);
    const cohort = rows.filter((row) => row[at("GRADE_2024")] === "4" && row[at("GRADE_2023")] === "3");
    const lines = cohort.map((row) => [row[0], row[at("SS_2023")], row[at("SS_2024")]].join(","));
    const path = await save("sgp.csv", ["ID,SS_2023,SS_2024", ...lines].join("\n"));
    const { matrices }: { matrices: { knots: number[][]; boundaries: number[][] }[] } = JSON.parse(
      readFileSync(join(reference, "SGP_sgpData_g4_1prior.json"), "utf8"),
    );
    const [matrix] = matrices;
    const knots = await save(
      "sgp.json",
      JSON.stringify({ SS_2023: { knots: matrix!.knots[0], boundaries: matrix!.boundaries[0] } }),
    );
    const args = ["--prior", "SS_2023", "--current", "SS_2024", "--id", "ID", "--knots", knots, "--csv"];
    const { stdout } = await runWell(["percentiles", path, ...args]);
    const ours = new Map(
      stdout
        .trim()
        .split("\n")
        .slice(1)
        .map((line): [string, string] => [line.split(",")[0]!, line.split(",")[1]!]),
    );
    const [titles, ...expected] = read("SGP_sgpData_g4_1prior.csv.gz");
    const order = titles!.indexOf("SGP_ORDER_1");
    expect(expected.length).toBeGreaterThan(6000);
    expect(expected.filter((row) => ours.get(row[0]!) !== row[order])).toEqual([]);
  });
});
