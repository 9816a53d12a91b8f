import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { PreschoolDocument } from "./preschool.ts";
import { run, runWell } from "./testing/run.ts";

const workbook = fileURLToPath(new URL("../../../samples/sample-district-2025.xlsx", import.meta.url));

describe("preschool", () => {
  it("gives the verdict first, then every condition with its figure, limit and what is missing", async () => {
    const { stdout } = await runWell(["preschool", workbook]);
    const lines = stdout.split("\n");
    expect(lines[0]).toContain("学前教育普及普惠评估");
    expect(lines).toContain("示例数据：学校、人员和数值均为虚构。");
    expect(stdout).toMatch(/结论：未达标。未达标的部分：幼儿园保教质量保障情况；无法判定的部分：普及普惠水平、/);
    expect(stdout).toMatch(/A3 公办园在园幼儿占比 +达标 +90\.\d% +≥ 50\.0%/);
    expect(stdout).toMatch(/未填报：当地3—6岁人口数/);
    expect(stdout).toMatch(/还差多少[\s\S]*C2 .* 个班/);
    expect(stdout).not.toMatch(/NaN|undefined|null/);
  });

  it("prints the same as one JSON object, unrounded, with hashes", async () => {
    const { stdout } = await runWell(["preschool", workbook, "--json"]);
    const document: PreschoolDocument = JSON.parse(stdout);
    expect(document).toMatchObject({ verdict: "notMet", schoolYear: 2025, isSample: true });
    expect(document.inputsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(document.items.find(({ id }) => id === "A3")?.conditions[0]?.value).toBeGreaterThan(0.9);
    expect(document.missing.map(({ condition }) => condition)).toContain("C2.size");
  });

  it("refuses a file that is not there, with nothing on standard output", async () => {
    const { code, stdout, stderr } = await run(["preschool", "nowhere.xlsx"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("nowhere.xlsx");
  });
});
