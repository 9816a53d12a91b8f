import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { conditionalQuantiles, growthPercentiles } from "../../src/index.ts";
import { splineTerm } from "../../src/quantile-regression/spline.ts";
import type { GrowthPercentiles, SplineKnots } from "../../src/index.ts";
import { quantileDesigns } from "./designs.ts";

interface OracleCohort {
  id: string;
  rows: number;
  columns: number;
  knots: { knots: number[]; boundaries: [number, number] }[];
  objective: number[];
  percentile: number[];
  basis: number[][];
}

const oracle: { cohorts: OracleCohort[] } = JSON.parse(readFileSync(join(import.meta.dirname, "results.json"), "utf8"));
const designs = new Map(quantileDesigns().map((design) => [design.id, design]));

/** One fit per cohort, shared by the tests of this file. */
const fits = new Map<string, GrowthPercentiles>();
function fitOf(id: string): GrowthPercentiles {
  const { current, priors, knots } = designs.get(id)!;
  const fit = fits.get(id) ?? growthPercentiles({ current, priors }, knots ? { knots } : {});
  fits.set(id, fit);
  return fit;
}

/** How far apart two lists of percentiles are. */
function compare(
  ours: ArrayLike<number>,
  theirs: readonly number[],
): { readonly same: number; readonly apart: number } {
  const apart = theirs.map((value, i) => Math.abs(value - ours[i]!));
  return { same: apart.filter((one) => one === 0).length / apart.length, apart: Math.max(...apart) };
}

describe.each(oracle.cohorts)("$id", (expected) => {
  it("has R's knots, boundaries and basis", () => {
    const { fit } = fitOf(expected.id);
    expect(fit.knots).toEqual(expected.knots);
    const { priors } = designs.get(expected.id)!;
    expected.basis.forEach((row, i) => {
      const ours = priors.flatMap((prior, k) => {
        const { width, first, values } = splineTerm(Float64Array.of(prior[i]!), fit.knots[k]!, "prior");
        const functions = new Float64Array(width + 1);
        functions.set(values, first[0]);
        return [...functions.subarray(1)];
      });
      // 1e-12: R prints 14 decimals, and outside the boundaries it takes another way to the same cubic
      row.forEach((value, c) => expect(Math.abs(ours[c]! - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value))));
    });
  });

  it("reaches the optimum of the linear programme at all 100 quantiles", () => {
    const { fit } = fitOf(expected.id);
    expect(fit.used).toBe(expected.rows);
    expect(fit.coefficients.length / 100 - fit.dropped.length).toBe(expected.columns);
    expect(fit.report.rescues).toBe(0);
    expected.objective.forEach((value, t) => {
      expect(Math.abs(fit.objective[t]! / value - 1)).toBeLessThan(1e-9);
      expect(fit.gap[t]!).toBeLessThan(1e-9 * value);
    });
  });

  it("gives quantreg's percentiles", () => {
    const { same, apart } = compare(fitOf(expected.id).percentiles, expected.percentile);
    expect(same).toBeGreaterThanOrEqual(0.999);
    expect(apart).toBeLessThanOrEqual(1);
  });
});

const folder = join(import.meta.dirname, "../../../../../shared/reference/growth-percentiles");
const isPresent = existsSync(join(folder, "sgpData.csv.gz"));

/** A CSV file as columns of text. */
function columnsOf(name: string): { readonly column: (title: string) => readonly string[]; readonly rows: number } {
  const text = gunzipSync(readFileSync(join(folder, name))).toString();
  const [head, ...lines] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return { rows: lines.length, column: (title) => lines.map((cells) => cells[head!.indexOf(title)]!) };
}

const numbers = (cells: readonly string[]): number[] =>
  cells.map((cell) => (cell === "" || cell === "NA" ? Number.NaN : Number(cell)));

interface SgpMatrix {
  order: number;
  n: number;
  knots: number[][];
  boundaries: [number, number][];
  objective_br: number[];
}

// the data are the SGP package's and stay outside this repository
describe.skipIf(!isPresent)("SGP's exemplar data (skipped where ../shared is absent)", () => {
  const cases = [
    { name: "SGP_sgpData_g4_1prior", grades: [4, 3], order: 1 },
    { name: "SGP_sgpData_g5_2prior", grades: [5, 4, 3], order: 1 },
    { name: "SGP_sgpData_g5_2prior", grades: [5, 4, 3], order: 2 },
  ];
  it.each(cases)("$name with $order priors", ({ name, grades, order }) => {
    const data = columnsOf("sgpData.csv.gz");
    const { matrices }: { matrices: SgpMatrix[] } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
    const matrix = matrices.find((one) => one.order === order)!;
    const years = [2024, 2023, 2022].slice(0, order + 1);
    const inGrade = years.map((year) => numbers(data.column(`GRADE_${year}`)));
    const scores = years.map((year, back) => {
      const score = numbers(data.column(`SS_${year}`));
      return Float64Array.from(score, (value, i) => (inGrade[back]![i] === grades[back] ? value : Number.NaN));
    });
    const knots = matrix.knots.map((one, k): SplineKnots => ({ knots: one, boundaries: matrix.boundaries[k]! }));
    const [current, ...priors] = scores;
    const { percentiles, used, fit } = growthPercentiles({ current: current!, priors }, { knots });
    expect(used).toBe(matrix.n);
    matrix.objective_br.forEach((value, t) => {
      expect(Math.abs(fit.objective[t]! / value - 1)).toBeLessThan(1e-9);
    });
    const byId = new Map(data.column("ID").map((id, i) => [id, percentiles[i]!]));
    const reference = columnsOf(`${name}.csv.gz`);
    const expected = numbers(reference.column(`SGP_ORDER_${order}`));
    const ours = reference.column("ID").map((id) => byId.get(id)!);
    const compared = expected.map((_, i) => i).filter((i) => !Number.isNaN(expected[i]!));
    expect(compared).toHaveLength(matrix.n);
    const { same, apart } = compare(
      compared.map((i) => ours[i]!),
      compared.map((i) => expected[i]!),
    );
    expect(same).toBe(1);
    expect(apart).toBe(0);
    // SGP prints the scores at which percentiles end, for the highest order, rounded; its lowest ones are cut at the scale's end
    if (order < matrices.length) return;
    const rowOf = new Map(data.column("ID").map((id, row) => [id, row]));
    const ids = reference.column("ID");
    const shown = compared.slice(0, 500);
    const quantiles = conditionalQuantiles(
      fit,
      priors.map((prior) => Float64Array.from(shown, (i) => prior[rowOf.get(ids[i]!)!]!)),
    );
    for (const percentile of [35, 50, 65, 99]) {
      const cuts = numbers(reference.column(`PERCENTILE_CUT_${percentile}`));
      expect(shown.map((_, at) => Math.round(quantiles[at * 100 + percentile]!))).toEqual(shown.map((i) => cuts[i]!));
    }
  });
});
