import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { intraclassCorrelations, krippendorffAlpha } from "../../src/index.ts";
import type { AlphaMetric, IntraclassCorrelations } from "../../src/index.ts";
import { agreementDesigns } from "./designs.ts";

interface OracleForm {
  value: number;
  lower: number | null;
  upper: number | null;
}
type FormName = "oneWay" | "consistency" | "agreement";
interface OracleDesign {
  id: string;
  ratings: number;
  intraclass: Record<FormName, { single: OracleForm; average: OracleForm }>;
  alpha: Partial<Record<AlphaMetric, number>>;
  bootstrap?: { lower: number; upper: number; sd: number };
}

const oracle: { designs: OracleDesign[] } = JSON.parse(readFileSync(join(import.meta.dirname, "results.json"), "utf8"));
const designs = new Map(agreementDesigns().map((design) => [design.id, design]));

function compare(ours: IntraclassCorrelations, theirs: OracleDesign["intraclass"], tolerance: number): void {
  for (const form of ["oneWay", "consistency", "agreement"] as const) {
    for (const unit of ["single", "average"] as const) {
      const [found, expected] = [ours[form][unit], theirs[form][unit]];
      expect(Math.abs(found.value - expected.value), `${form} ${unit}`).toBeLessThan(tolerance);
      for (const end of ["lower", "upper"] as const) {
        if (expected[end] === null) expect(found[end], `${form} ${unit} ${end}`).toBeNull();
        // both are roots of the same closed form
        else expect(Math.abs(found[end]! - expected[end]), `${form} ${unit} ${end}`).toBeLessThan(1e-9);
      }
    }
  }
}

it("holds every design to R", () => {
  expect(oracle.designs.map(({ id }) => id)).toEqual([...designs.keys()]);
});

describe.each(oracle.designs)("$id", (expected) => {
  const design = designs.get(expected.id)!;

  it("has R's intraclass correlations and their intervals", () => {
    const found = intraclassCorrelations(design);
    expect(found.ratings).toBe(expected.ratings);
    // closed forms; REML of an incomplete matrix as far as lme4 goes
    compare(found, expected.intraclass, found.isComplete ? 1e-9 : 1e-6);
  });

  it("has the α of its definition, to rounding", () => {
    for (const [metric, value] of Object.entries(expected.alpha) as [AlphaMetric, number][])
      expect(Math.abs(krippendorffAlpha(design, { metric, resamples: 0 }).value - value), metric).toBeLessThan(1e-12);
  });
});

it("has R's bootstrap interval within the chance of 4000 samples on either side", () => {
  const drawn = oracle.designs.filter(({ bootstrap }) => bootstrap);
  expect(drawn.length).toBeGreaterThan(2);
  for (const { id, bootstrap } of drawn) {
    const { lower, upper } = krippendorffAlpha(designs.get(id)!, { metric: "ordinal", resamples: 4000 });
    // a quantile at 2.5 % of 4000 draws has a standard error of some 0.045 standard deviations
    expect(Math.abs(lower! - bootstrap!.lower) / bootstrap!.sd, id).toBeLessThan(0.25);
    expect(Math.abs(upper! - bootstrap!.upper) / bootstrap!.sd, id).toBeLessThan(0.25);
  }
});

it("reproduces the printed figures", () => {
  const { oneWay, agreement, consistency } = intraclassCorrelations(designs.get("Shrout and Fleiss")!);
  // table 4 of Shrout and Fleiss 1979
  expect([oneWay.single, agreement.single, consistency.single].map(({ value }) => value.toFixed(2))).toEqual([
    "0.17",
    "0.29",
    "0.71",
  ]);
  expect([oneWay.average, agreement.average, consistency.average].map(({ value }) => value.toFixed(2))).toEqual([
    "0.44",
    "0.62",
    "0.91",
  ]);
  const metrics = ["nominal", "ordinal", "interval", "ratio"] as const;
  const alphas = metrics.map((metric) => krippendorffAlpha(designs.get("Krippendorff")!, { metric, resamples: 0 }));
  expect(alphas.map(({ value }) => value.toFixed(3))).toEqual(["0.743", "0.815", "0.849", "0.797"]);
});
