import { schoolYear } from "@xingfu/domain/base";
import { schemeAt } from "@xingfu/standards";
import type { GrowthBand } from "@xingfu/store";
import { describe, expect, it } from "vitest";
import { figuresToKeep, growthFigures, schemeFigures } from "./held.ts";

const band = (more: Partial<GrowthBand> = {}): GrowthBand => ({
  schemeId: 7,
  title: "小学数学",
  kind: "schoolExam",
  stage: "primary",
  years: [schoolYear(2025)],
  runId: 3,
  band: "notDistinguishable",
  valueAdded: null as never,
  ...more,
});
const scheme = schemeAt("example-compulsory", "2025-10-01");
if (scheme === undefined) throw new Error("the compulsory scheme does not ship");

describe("figures the platform holds", () => {
  it("gives a scheme the academic band where there is exactly one", () => {
    const one = growthFigures([band()]);
    expect(one.map(({ key, value }) => [key, value])).toEqual([
      ["growth.scheme7", "expected"],
      ["growth.valueAddedBand", "expected"],
    ]);
    expect(figuresToKeep(scheme, one)).toMatchObject([{ key: "valueAddedBand", value: "expected" }]);
    const two = growthFigures([band(), band({ schemeId: 8, band: "above" })]);
    expect(two.map(({ key }) => key)).not.toContain("growth.valueAddedBand");
  });

  it("takes no fitness for learning, and makes no band up", () => {
    const fitness = growthFigures([band({ kind: "fitness", band: "above" })]);
    expect(figuresToKeep(scheme, fitness)).toEqual([]);
    expect(schemeFigures(scheme, [], fitness, true)).toMatchObject([
      { key: "valueAddedBand", value: null, gap: { why: "not-reported", where: "growth" } },
    ]);
    const hidden = growthFigures([band({ band: null })]);
    expect(hidden).toMatchObject([{ key: "growth.scheme7", value: null, gap: { why: "not-reported" } }]);
  });

  it("keeps to what was taken down once it is handed in", () => {
    const kept = [{ key: "valueAddedBand", value: "above", source: "增值评价", asOf: null, revision: 1 }];
    const now = growthFigures([band({ band: "below" })]);
    expect(schemeFigures(scheme, kept, now, true)[0]?.value).toBe("below");
    expect(schemeFigures(scheme, kept, now, false)[0]?.value).toBe("above");
  });
});
