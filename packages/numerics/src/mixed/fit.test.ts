import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { oracleDesigns } from "../../oracles/mixed/designs.ts";
import type { MixedFit, Table } from "../index.ts";
import {
  bootstrapFit,
  compareFits,
  componentIntervals,
  fitMixed,
  fitSummaries,
  fittedValues,
  groupEffects,
  mergeSummaries,
  NumericsFault,
  predictRows,
  residualsOf,
  seededRandom,
  summarizeGroups,
  summarizeRows,
} from "../index.ts";
import { effectTransform, internalsOf } from "./fit.ts";
import { evaluateTheta } from "./objective.ts";

const designs = new Map(oracleDesigns().map((design) => [design.id, design]));

function numbersIn(table: Table, name: string): Float64Array {
  const column = table[name];
  if (!(column instanceof Float64Array)) throw new TypeError(name);
  return column;
}

function textsIn(table: Table, name: string): string[] {
  const column = table[name];
  if (!Array.isArray(column)) throw new TypeError(name);
  return column.map(String);
}

/** Some rows of a table, in the order given. */
function take(table: Table, rows: readonly number[]): Table {
  const one = (column: Table[string]): Table[string] => {
    if ("codes" in column) return { codes: Int32Array.from(rows, (i) => column.codes[i]!), levels: column.levels };
    if (column instanceof Float64Array) return Float64Array.from(rows, (i) => column[i]!);
    return rows.map((i) => column[i]!);
  };
  return Object.fromEntries(Object.entries(table).map(([name, column]) => [name, one(column)]));
}

function rowsOf(table: Table): number[] {
  return Array.from({ length: numbersIn(table, "y").length }, (_, i) => i);
}

function shuffled(rows: readonly number[], seed: number): number[] {
  const random = seededRandom(seed);
  const result = [...rows];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** The largest difference of two fits, relative where it makes sense. */
function distance(a: MixedFit, b: MixedFit): number {
  let worst = Math.abs(a.criterion - b.criterion) / Math.abs(b.criterion);
  worst = Math.max(worst, Math.abs(a.sigma / b.sigma - 1));
  b.fixed.forEach(({ estimate, se }, i) => {
    worst = Math.max(worst, Math.abs(a.fixed[i]!.estimate - estimate) / se, Math.abs(a.fixed[i]!.se / se - 1));
  });
  b.random.forEach(({ sd }, i) =>
    sd.forEach((value, j) => {
      worst = Math.max(worst, Math.abs(a.random[i]!.sd[j]! - value) / b.sigma);
    }),
  );
  return worst;
}

/** Refuses as a NumericsFault with this code. */
function faultCode(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof NumericsFault) {
      return error.message.length > 10 ? error.code : "no message";
    }
    throw error;
  }
  return "no fault";
}

describe("gradient", () => {
  it.each([
    "slope",
    "nested",
    "nested-slopes",
    "three-levels",
    "slope-uncorrelated",
    "slope-without-fixed",
    "crossed",
    "crossed-slopes",
    "crossed-nested",
    "weights",
  ])("of the deviance of %s equals central differences", (id) => {
    const { formula, table, weights } = designs.get(id)!;
    for (const method of ["ML", "REML"] as const) {
      const { engine, levels, places } = internalsOf(
        fitMixed(formula, table, { method, ...(weights ? { weights } : {}) }),
      );
      const random = seededRandom(3);
      const theta = Float64Array.from(places, ({ row, column }) => (row === column ? 0.4 : 0) + 0.2 * random.uniform());
      const { gradient } = evaluateTheta(engine, method, levels, places, theta)!;
      const value = (i: number, h: number): number =>
        evaluateTheta(
          engine,
          method,
          levels,
          places,
          theta.map((t, j) => (i === j ? t + h : t)),
        )!.value;
      gradient.forEach((slope, i) => {
        // fourth order, so that the step can be large enough for the rounding of the deviance
        const h = 1e-3;
        const numeric = (8 * (value(i, h) - value(i, -h)) - (value(i, 2 * h) - value(i, -2 * h))) / (12 * h);
        expect(Math.abs(numeric - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
      });
    }
  });
});

describe("a fit does not depend on", () => {
  it.each(["slope", "nested", "crossed", "weights"])("the order of rows: %s", (id) => {
    const { formula, table, weights } = designs.get(id)!;
    const options = weights ? { weights } : {};
    const a = fitMixed(formula, table, options);
    const b = fitMixed(formula, take(table, shuffled(rowsOf(table), 5)), options);
    expect(distance(b, a)).toBeLessThan(1e-9);
  });

  it("the names of groups", () => {
    const { formula, table } = designs.get("nested-slope")!;
    const school = textsIn(table, "school").map((name) => `z${1000 - Number(name.slice(1))}`);
    expect(distance(fitMixed(formula, { ...table, school }), fitMixed(formula, table))).toBeLessThan(1e-9);
  });

  it("shift and scale of the columns, but for their units", () => {
    const { formula, table } = designs.get("slope")!;
    const a = fitMixed(formula, table, { method: "ML" });
    const x = numbersIn(table, "x").map((value) => 1e9 + 1000 * value);
    const y = numbersIn(table, "y").map((value) => 5000 + 1e5 * value);
    const b = fitMixed(formula, { ...table, x, y }, { method: "ML" });
    expect(b.fixed[1]!.estimate / (a.fixed[1]!.estimate * 100)).toBeCloseTo(1, 6);
    expect(b.sigma / (a.sigma * 1e5)).toBeCloseTo(1, 7);
    expect(b.random[0]!.sd[1]! / (a.random[0]!.sd[1]! * 100)).toBeCloseTo(1, 5);
    expect(b.criterion - a.criterion).toBeCloseTo(2 * 900 * Math.log(1e5), 3);
  });

  it("duplicating every row at half the weight", () => {
    const { formula, table } = designs.get("slope")!;
    const rows = rowsOf(table);
    const a = fitMixed(formula, table, { method: "ML" });
    const b = fitMixed(formula, take(table, [...rows, ...rows]), {
      method: "ML",
      weights: new Float64Array(2 * rows.length).fill(0.5),
    });
    // the same X'WX and Z'WZ: the same estimates at the same relative Λ, so β agrees; ν doubles and with it the profile
    expect(b.nobs).toBe(2 * a.nobs);
    const [whole, doubled] = [a, b].map((fit) => {
      const { engine, layout, levels } = internalsOf(fit);
      // Λ = [0.5 0; 0.1 0.2] of the effects in their own units, in the scale of each fit: T⁻¹ Λ
      const [t00 = 1, t01 = 0, , t11 = 1] = effectTransform(layout, levels[0]!);
      const [l10, l11] = [0.1 / t11, 0.2 / t11];
      const at = engine.evaluate([Float64Array.of((0.5 - t01 * l10) / t00, (-t01 * l11) / t00, l10, l11)])!;
      return { at, residual: at.residual / layout.scale[layout.p]! ** 2 };
    });
    expect(doubled!.at.logDeterminant).toBeCloseTo(whole!.at.logDeterminant, 8);
    expect(doubled!.residual / whole!.residual).toBeCloseTo(1, 10);
  });
});

describe("summaries", () => {
  it.each([
    "intercept",
    "slope",
    "slope-uncorrelated",
    "nested",
    "nested-slopes",
    "four-effects",
    "weights-nested",
    "offset",
  ])("of any partition in any order give the fit of all rows: %s", (id) => {
    const { formula, table: full, weights, offset } = designs.get(id)!;
    const table = {
      ...full,
      sex: { codes: Int32Array.from(textsIn(full, "sex"), (sex) => (sex === "M" ? 1 : 0)), levels: ["F", "M"] },
    };
    const options = { ...(weights ? { weights } : {}), ...(offset ? { offset } : {}) };
    const whole = fitMixed(formula, table, options);
    const random = seededRandom(17);
    const parts: number[][] = [[], [], [], [], []];
    for (const row of rowsOf(table)) parts[random.integer(5)]!.push(row);
    const summaries = parts.map((rows) => summarizeRows(formula, take(table, rows), options));
    const merged = mergeSummaries([
      summaries[3]!,
      mergeSummaries([summaries[0]!, summaries[4]!]),
      summaries[1]!,
      summaries[2]!,
    ]);
    const fit = fitSummaries([merged], options);
    expect(distance(fit, whole)).toBeLessThan(1e-9);
    const [a, b] = [groupEffects(fit)[0]!, groupEffects(whole)[0]!];
    const names = new Map(Array.from({ length: a.size }, (_, g) => [a.levelName(g), g]));
    for (let g = 0; g < b.size; g++) {
      const q = b.names.length;
      expect(Math.abs(a.modes[names.get(b.levelName(g))! * q]! - b.modes[g * q]!)).toBeLessThan(1e-8);
    }
  });

  it("from grouped sums, as SQL gives them, equal the fit from rows", () => {
    const { formula, table } = designs.get("nested-slopes")!;
    const whole = fitMixed(formula, table);
    const [x, y] = [numbersIn(table, "x"), numbersIn(table, "y")];
    const groups = new Map<string, { keys: string[]; n: number; sums: number[]; products: number[] }>();
    rowsOf(table).forEach((i) => {
      const keys = [textsIn(table, "classGroup")[i]!, textsIn(table, "school")[i]!];
      const group = groups.get(keys.join()) ?? { keys, n: 0, sums: [0, 0], products: [0, 0, 0] };
      groups.set(keys.join(), group);
      group.n++;
      group.sums[0]! += x[i]!;
      group.sums[1]! += y[i]!;
      group.products[0]! += x[i]! ** 2;
      group.products[1]! += x[i]! * y[i]!;
      group.products[2]! += y[i]! ** 2;
    });
    const fit = fitSummaries([summarizeGroups(formula, ["x", "y"], [...groups.values()])]);
    expect(distance(fit, whole)).toBeLessThan(1e-9);
  });

  it("refuse what does not belong together", () => {
    const { table } = designs.get("crossed")!;
    const a = summarizeRows("y ~ x + (1 | school)", table);
    const b = summarizeRows("y ~ z + (1 | school)", table);
    expect(faultCode(() => mergeSummaries([a, b]))).toBe("SUMMARY_INVALID");
    expect(faultCode(() => mergeSummaries([]))).toBe("SUMMARY_INVALID");
    expect(faultCode(() => summarizeRows("y ~ x + (1 | school) + (1 | rater)", table))).toBe("SUMMARY_INVALID");
    expect(
      faultCode(() =>
        summarizeGroups("y ~ x + (1 | g)", ["x", "y"], [{ keys: ["a"], n: 0, sums: [0, 0], products: [0, 0, 0] }]),
      ),
    ).toBe("SUMMARY_INVALID");
  });
});

/** A signal that is given while the search is under way: looked at for the tenth time. */
function cancelledLater(): object {
  let looks = 0;
  return {
    signal: {
      get aborted() {
        return ++looks > 10;
      },
    },
  };
}

describe("bad input is refused in words, or answered with a note", () => {
  const n = 60;
  const random = seededRandom(5);
  const base = {
    y: Float64Array.from({ length: n }, () => random.normal()),
    x: Float64Array.from({ length: n }, () => random.normal()),
    g: Array.from({ length: n }, (_, i) => `g${i % 6}`),
  };
  it.each<[string, string, Table, object, string]>([
    ["one group only", "y ~ x + (1 | g)", { ...base, g: base.g.map(() => "a") }, {}, "DATA_INSUFFICIENT"],
    ["one row per group", "y ~ x + (1 | g)", { ...base, g: base.g.map((_, i) => `g${i}`) }, {}, "MODEL_NOT_IDENTIFIED"],
    ["a constant outcome", "y ~ x + (1 | g)", { ...base, y: new Float64Array(n).fill(3) }, {}, "DATA_INSUFFICIENT"],
    [
      "an outcome explained exactly",
      "y ~ x + (1 | g)",
      { ...base, y: base.x.map((x) => 2 * x + 1) },
      {},
      "DATA_INSUFFICIENT",
    ],
    [
      "infinite values",
      "y ~ x + (1 | g)",
      { ...base, x: base.x.map((x, i) => (i === 7 ? Infinity : x)) },
      {},
      "COLUMN_INVALID",
    ],
    ["negative weights", "y ~ x + (1 | g)", base, { weights: base.x }, "COLUMN_INVALID"],
    ["an empty table", "y ~ x + (1 | g)", {}, {}, "DATA_INSUFFICIENT"],
    ["columns without rows", "y ~ x + (1 | g)", { y: [], x: [], g: [] }, {}, "DATA_INSUFFICIENT"],
    ["columns of different length", "y ~ x + (1 | g)", { ...base, x: new Float64Array(3) }, {}, "COLUMN_INVALID"],
    [
      "only missing values",
      "y ~ x + (1 | g)",
      { ...base, x: new Float64Array(n).fill(Number.NaN) },
      {},
      "DATA_INSUFFICIENT",
    ],
    ["an unknown column", "y ~ zz + (1 | g)", base, {}, "COLUMN_UNKNOWN"],
    ["an outcome of text", "g ~ x + (1 | g)", base, {}, "COLUMN_INVALID"],
    ["no random term", "y ~ x", base, {}, "FORMULA_INVALID"],
    ["an effect asked for twice", "y ~ x + (1 | g) + (x | g)", base, {}, "MODEL_NOT_IDENTIFIED"],
    [
      "more effects than rows",
      "y ~ x + (x + I(x^2) + I(x^3) + I(x^4) + I(x^5) + I(x^6) + I(x^7) + I(x^8) + I(x^9) | g)",
      base,
      {},
      "MODEL_NOT_IDENTIFIED",
    ],
    ["arithmetic on text", "y ~ I(g + 1) + (1 | g)", base, {}, "COLUMN_INVALID"],
    ["an unknown function", "y ~ spline(x) + (1 | g)", base, {}, "FORMULA_INVALID"],
    ["a fixed factor with one level", "y ~ k + (1 | g)", { ...base, k: base.g.map(() => "a") }, {}, "COLUMN_INVALID"],
    ["a cancelled call", "y ~ x + (1 | g)", base, { signal: { aborted: true } }, "STOPPED"],
    [
      "a call cancelled while it evaluates",
      "y ~ x + (1 | g) + (1 | h)",
      { ...base, h: base.g.map((_, i) => `h${(i * 7) % 5}`) },
      cancelledLater(),
      "STOPPED",
    ],
    ["a time limit of nothing", "y ~ x + (1 | g)", base, { timeLimitSeconds: 1e-9 }, "STOPPED"],
  ])("%s", (_, formula, table, options, code) => {
    expect(faultCode(() => fitMixed(formula, table, options))).toBe(code);
  });

  it("a constant or collinear covariate is dropped by name", () => {
    const fit = fitMixed("y ~ x + c + I(2 * x + 1) + (1 | g)", { ...base, c: new Float64Array(n).fill(4) });
    expect(fit.dropped).toEqual(["c", "I(2 * x + 1)"]);
    expect(fit.notes.map(({ text }) => text)).toContain(
      "Left out because they follow from the other columns: c, I(2 * x + 1).",
    );
    expect(distance(fit, fitMixed("y ~ x + (1 | g)", base))).toBeLessThan(1e-9);
  });

  it("a collinear covariate with a slope of its own stays in the random part", () => {
    const c = base.x.map((x) => 3 - x);
    const fit = fitMixed("y ~ x + c + (c | g)", { ...base, c });
    expect(fit.dropped).toEqual(["c"]);
    expect(fit.random[0]!.names).toEqual(["(Intercept)", "c"]);
    expect(Math.abs(fit.criterion - fitMixed("y ~ c + (c | g)", { ...base, c }).criterion)).toBeLessThan(1e-6);
  });

  it("missing rows are counted by column", () => {
    const x = base.x.map((value, i) => (i < 4 ? Number.NaN : value));
    const g = base.g.map((value, i) => (i === 3 || i === 9 ? null : value));
    const fit = fitMixed("y ~ x + (1 | g)", { ...base, x, g });
    expect(fit.missing).toEqual({ rows: 5, byColumn: { x: 4, g: 2 } });
    expect(fit.nobs).toBe(n - 5);
    expect(
      distance(
        fit,
        fitMixed(
          "y ~ x + (1 | g)",
          take(
            { ...base, x, g },
            rowsOf(base).filter((i) => i > 3 && i !== 9),
          ),
        ),
      ),
    ).toBeLessThan(1e-12);
    expect(Number.isNaN(fittedValues(fit)[0]!)).toBe(true);
  });

  it("a variance of zero is a result with a note in plain words", () => {
    const { formula, table } = designs.get("singular-variance")!;
    const fit = fitMixed(formula, table);
    expect(fit.isSingular).toBe(true);
    expect(fit.random[0]!.sd[0]).toBe(0);
    expect(fit.notes[0]?.text).toMatch(/estimated as zero/);
    expect(groupEffects(fit)[0]!.modes.every((mode) => mode === 0)).toBe(true);
  });

  it("a covariance no group can show is noted, and only then", () => {
    const kind = base.g.map((_, i) => (i % 6 < 3 ? "p" : "q"));
    const mixedKind = base.g.map((_, i) => (i % 4 < 2 ? "p" : "q"));
    const noted = (values: readonly string[], formula: string): boolean =>
      fitMixed(formula, { ...base, kind: [...values] }).notes.some((note) => note.kind === "not-identified");
    expect(noted(kind, "y ~ x + (0 + kind | g)")).toBe(true);
    expect(noted(kind, "y ~ x + (kind | g)")).toBe(true);
    expect(noted(mixedKind, "y ~ x + (0 + kind | g)")).toBe(false);
    expect(noted(mixedKind, "y ~ x + (x | g)")).toBe(false);
  });

  it("a factor of 100,000 levels is fitted, and one too large to cross is refused", () => {
    const rows = 250_000;
    const draw = seededRandom(8);
    const table = {
      y: Float64Array.from({ length: rows }, () => draw.normal()),
      g: {
        codes: Int32Array.from({ length: rows }, (_, i) => i % 100_000),
        levels: Array.from({ length: 100_000 }, (_, i) => `${i}`),
      },
      h: {
        codes: Int32Array.from({ length: rows }, () => draw.integer(50_000)),
        levels: Array.from({ length: 50_000 }, (_, i) => `${i}`),
      },
    };
    const fit = fitMixed("y ~ 1 + (1 | g)", table);
    expect(fit.groups).toEqual({ g: 100_000 });
    expect(Number.isFinite(fit.criterion)).toBe(true);
    // both by chance: what is left after the cheap eliminations is one dense block of 20,000
    expect(faultCode(() => fitMixed("y ~ 1 + (1 | g) + (1 | h)", table))).toBe("TOO_LARGE");
    const stopped = { timeLimitSeconds: 1 };
    expect(faultCode(() => fitMixed("y ~ 1 + (1 | g) + (1 | h)", table, stopped))).toBe("STOPPED");
  }, 240_000);

  it("9,000 effects besides the largest factor are no obstacle where few of them meet", () => {
    const rows = 60_000;
    const draw = seededRandom(12);
    const sizes = { pupil: 20_000, teacher: 6000, room: 3000 };
    const spread = { pupil: 0.6, teacher: 0.4, room: 0.3 };
    const names = ["pupil", "teacher", "room"] as const;
    const effects = names.map((name) => Float64Array.from({ length: sizes[name] }, () => spread[name] * draw.normal()));
    const y = new Float64Array(rows);
    const codes = names.map(() => new Int32Array(rows));
    for (let i = 0; i < rows; i++) {
      y[i] = draw.normal();
      names.forEach((name, f) => {
        // near in one factor is near in the others
        const at = Math.floor(((i % 20_000) / 20_000) * sizes[name]) + (f === 0 ? 0 : draw.integer(3));
        codes[f]![i] = at % sizes[name];
        y[i]! += effects[f]![codes[f]![i]!]!;
      });
    }
    const table = Object.fromEntries([
      ["y", y],
      ...names.map((name, f) => [
        name,
        { codes: codes[f]!, levels: Array.from({ length: sizes[name] }, (_, g) => `${g}`) },
      ]),
    ]) as Table;
    const fit = fitMixed("y ~ 1 + (1 | pupil) + (1 | teacher) + (1 | room)", table);
    expect(fit.report.converged).toBe(true);
    for (const { group, sd } of fit.random) {
      expect(Math.abs(sd[0]! - spread[group as keyof typeof spread])).toBeLessThan(0.05);
    }
  }, 240_000);
});

describe("the search", () => {
  it("reaches a variance far above the residual's", () => {
    // lme4 1.1-31 finds: sd 5.066487, residual 0.361708, criterion 34.270013
    const fit = fitMixed("score ~ prior + (1 | school)", {
      score: [71, 74, 69, 80, 78, 83, 64, 60, 66, 75, 72, 77],
      prior: [50, 54, 47, 55, 51, 58, 49, 44, 52, 53, 50, 56],
      school: ["A", "A", "A", "B", "B", "B", "C", "C", "C", "D", "D", "D"],
    });
    expect(fit.report.converged).toBe(true);
    expect(fit.report.evaluations).toBeLessThan(40);
    expect(fit.criterion).toBeLessThan(34.270014);
    expect(fit.random[0]!.sd[0]).toBeCloseTo(5.0665, 4);
  });

  it.each([0.01, 0.1, 1, 10, 100, 1000])("converges for groups that differ %f times as much as rows do", (ratio) => {
    for (let seed = 0; seed < 6; seed++) {
      const random = seededRandom(seed);
      const n = 300;
      const effects = Array.from({ length: 20 }, () => [ratio * random.normal(), ratio * random.normal()]);
      const g = Array.from({ length: n }, (_, i) => `g${i % 20}`);
      const x = Float64Array.from({ length: n }, () => random.normal());
      const y = x.map((value, i) => effects[i % 20]![0]! + effects[i % 20]![1]! * value + random.normal());
      const fit = fitMixed("y ~ x + (x | g)", { y, x, g });
      expect(fit.report.converged).toBe(true);
      expect(fit.report.evaluations).toBeLessThan(100);
      expect(fit.report.promisedDecrease).toBeLessThan(1e-7);
    }
  });
});

describe("at the edge", () => {
  it("the search ends in the lower rank, not in a valley above it", () => {
    // no slopes and next to no intercepts: lme4 1.1-31 finds 860.539734338707 with a correlation of −1
    const random = seededRandom(2);
    const effects = Array.from({ length: 20 }, () => [0.001 * random.normal(), 0.001 * random.normal()]);
    for (let i = 0; i < 70; i++) random.normal(); // the draw that was handed to lme4 had more columns
    const g = Array.from({ length: 300 }, (_, i) => `g${i % 20}`);
    for (let i = 0; i < 300; i++) random.integer(10);
    const x = Float64Array.from({ length: 300 }, () => random.normal());
    const y = x.map((v, i) => effects[i % 20]![0]! + effects[i % 20]![1]! * v + random.normal());
    const fit = fitMixed("y ~ x + (x | g)", { y, x, g }, { method: "ML" });
    expect(fit.criterion).toBeLessThan(860.5397344);
    expect(fit.random[0]!.corr[0]![1]).toBe(-1);
    expect(fit.notes.map(({ kind }) => kind)).toEqual(["perfect-correlation"]);
  });

  it("an outcome the groups explain entirely is refused", () => {
    const table = { y: [1, 1, 2, 2, 3, 3, 5, 5], g: ["a", "a", "b", "b", "c", "c", "d", "d"] };
    expect(faultCode(() => fitMixed("y ~ 1 + (1 | g)", table))).toBe("DATA_INSUFFICIENT");
  });
});

describe("what follows from a fit", () => {
  it("residuals and fitted values add up to the outcome", () => {
    const { formula, table } = designs.get("crossed-slopes")!;
    const fit = fitMixed(formula, table);
    const [fitted, residuals] = [fittedValues(fit), residualsOf(fit)];
    numbersIn(table, "y").forEach((y, i) => expect(fitted[i]! + residuals[i]!).toBeCloseTo(y, 10));
  });

  it("diagnostic and prediction variances add up to the variance of the effect", () => {
    const fit = fitMixed(designs.get("slope")!.formula, designs.get("slope")!.table);
    const [effect] = groupEffects(fit);
    for (let i = 0; i < effect!.modes.length; i++) {
      const total = effect!.diagnosticSe[i]! ** 2 + effect!.predictionSe[i]! ** 2;
      expect(total).toBeCloseTo(fit.random[0]!.variance[i % 2]!, 10);
      expect(effect!.predictionSe[i]!).toBeGreaterThan(effect!.comparativeSe[i]!);
    }
  });

  it("prediction knows old groups and gives new ones the mean", () => {
    const { formula, table } = designs.get("nested")!;
    const fit = fitMixed(formula, table);
    const same = predictRows(fit, take(table, [3, 4, 5]));
    same.values.forEach((value, i) => expect(value).toBeCloseTo(fittedValues(fit)[3 + i]!, 10));
    const fresh = predictRows(fit, { x: [0, 1], sex: ["F", "M"], school: ["new", "new"], classGroup: ["c1", "c1"] });
    expect(fresh.newGroups).toEqual({ "classGroup:school": 2, school: 2 });
    expect(fresh.values[0]).toBeCloseTo(fit.fixed[0]!.estimate, 12);
    expect(faultCode(() => predictRows(fit, { x: [0], sex: ["?"], school: ["s001"], classGroup: ["c1"] }))).toBe(
      "COLUMN_INVALID",
    );
  });

  it("a likelihood-ratio test compares nested models and refuses others", () => {
    const { table } = designs.get("slope")!;
    const small = fitMixed("y ~ x + (1 | school)", table, { method: "ML" });
    const large = fitMixed("y ~ x + (x | school)", table, { method: "ML" });
    const test = compareFits(small, large);
    expect(test.df).toBe(2);
    expect(test.chiSquared).toBeCloseTo(small.criterion - large.criterion, 9);
    expect(test.note).toMatch(/edge/);
    expect(faultCode(() => compareFits(large, small))).toBe("OPTION_INVALID");
    const reml = fitMixed("y ~ z + (x | school)", table);
    expect(faultCode(() => compareFits(fitMixed("y ~ (1 | school)", table), reml))).toBe("OPTION_INVALID");
  });

  it("the criterion rises by the quantile of χ² at the ends of an interval", () => {
    const { formula, table } = designs.get("intercept")!;
    const fit = fitMixed(formula, table, { method: "ML" });
    const interval = componentIntervals(fit)[0]!;
    expect(interval.lower).toBeLessThan(fit.random[0]!.sd[0]!);
    expect(interval.upper).toBeGreaterThan(fit.random[0]!.sd[0]!);
    const { engine, layout } = internalsOf(fit);
    for (const end of [interval.lower, interval.upper]) {
      // minimize over σ by golden section, independently of the profile's own optimizer
      const scale = layout.scale[layout.p]!;
      const value = (sigma: number): number => {
        const at = engine.evaluate([Float64Array.of(end / sigma)])!;
        const variance = (sigma * scale) ** 2;
        return (
          at.logDeterminant +
          fit.nobs * Math.log(2 * Math.PI * variance) +
          at.residual / variance -
          2 * fit.nobs * Math.log(scale)
        );
      };
      let [low, high] = [fit.sigma * 0.8, fit.sigma * 1.2];
      for (let i = 0; i < 100; i++) {
        const [a, b] = [low + 0.382 * (high - low), low + 0.618 * (high - low)];
        if (value(a) < value(b)) high = b;
        else low = a;
      }
      expect(value((low + high) / 2) - fit.criterion).toBeCloseTo(3.841458820694124, 4);
    }
  });

  it.each(["nested", "crossed"])("is not bound by the time and the signal of the fit: %s", (id) => {
    const { formula, table } = designs.get(id)!;
    const signal = { aborted: false };
    const fit = fitMixed(formula, table, { signal });
    signal.aborted = true;
    expect(groupEffects(fit)).toHaveLength(2);
    expect(componentIntervals(fit)).toHaveLength(3);
  });

  it("a copy of a fit is refused where the fit itself is needed", () => {
    const { formula, table } = designs.get("intercept")!;
    expect(faultCode(() => groupEffects({ ...fitMixed(formula, table) }))).toBe("OPTION_INVALID");
  });
});

describe("recovery", () => {
  it("covers the truth at the nominal rate over 500 districts, and shrinkage beats raw means", () => {
    const districts = 500;
    const [schools, pupils, sd] = [24, 18, 0.35];
    let slopesCovered = 0;
    let effectsCovered = 0;
    let alarms = 0;
    let shrunken = 0;
    let raw = 0;
    let sdCovered = 0;
    let variance = 0;
    for (let d = 0; d < districts; d++) {
      const random = seededRandom(1000 + d);
      const truth = Float64Array.from({ length: schools }, () => sd * random.normal());
      const n = schools * pupils;
      const x = Float64Array.from({ length: n }, () => random.normal());
      const codes = Int32Array.from({ length: n }, (_, i) => i % schools);
      const y = x.map((value, i) => 0.6 * value + truth[codes[i]!]! + 0.8 * random.normal());
      const school = { codes, levels: Array.from({ length: schools }, (_, g) => `s${g}`) };
      const fit = fitMixed("y ~ x + (1 | school)", { y, x, school });
      const slope = fit.fixed[1]!;
      if (Math.abs(slope.estimate - 0.6) < 1.96 * slope.se) slopesCovered++;
      variance += fit.random[0]!.variance[0]!;
      if (d < 100) {
        const interval = componentIntervals(fit)[0]!;
        if (interval.lower <= sd && sd <= interval.upper) sdCovered++;
      }
      const [effect] = groupEffects(fit);
      const sums = new Float64Array(schools);
      y.forEach((value, i) => {
        sums[codes[i]!]! += (value - fit.fixed[0]!.estimate - slope.estimate * x[i]!) / pupils;
      });
      truth.forEach((u, g) => {
        const [mode, se] = [effect!.modes[g]!, effect!.predictionSe[g]!];
        if (Math.abs(mode - u) < 1.96 * se) effectsCovered++;
        if (Math.abs(mode) > 1.96 * se && Math.sign(mode) !== Math.sign(u)) alarms++;
        shrunken += (mode - u) ** 2;
        raw += (sums[g]! - u) ** 2;
      });
    }
    const effects = districts * schools;
    // binomial limits of four standard errors around 95 %
    expect(Math.abs(slopesCovered / districts - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / districts));
    expect(Math.abs(sdCovered / 100 - 0.95)).toBeLessThan(0.09);
    // effects of one district share its estimates, so a wider band
    expect(Math.abs(effectsCovered / effects - 0.95)).toBeLessThan(0.015);
    expect(alarms / effects).toBeLessThan(0.025);
    expect(shrunken).toBeLessThan(0.95 * raw);
    expect(variance / districts / sd ** 2).toBeGreaterThan(0.95);
    expect(variance / districts / sd ** 2).toBeLessThan(1.05);
  });

  it("the parametric bootstrap spreads as the standard errors say", () => {
    const { formula, table } = designs.get("intercept")!;
    const fit = fitMixed(formula, table);
    const slopes = bootstrapFit(fit, seededRandom(3), 200, (refit) => refit.fixed[1]!.estimate);
    const mean = slopes.reduce((sum, value) => sum + value, 0) / slopes.length;
    const spread = Math.sqrt(slopes.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (slopes.length - 1));
    expect(spread / fit.fixed[1]!.se).toBeGreaterThan(0.8);
    expect(spread / fit.fixed[1]!.se).toBeLessThan(1.2);
  });
});

const shared = join(import.meta.dirname, "../../../../../shared/reference/mixed-models");

describe.skipIf(!existsSync(shared))("reference fits of Exam and Hsb82", () => {
  /** lme4's order of levels, which the CSV does not hold */
  const order: Record<string, string[]> = {
    schgend: ["mixed", "boys", "girls"],
    vr: ["bottom 25%", "mid 50%", "top 25%"],
    sector: ["Public", "Catholic"],
  };
  const read = (file: string): Table => {
    const bytes = readFileSync(join(shared, "data", file));
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
    const [header = "", ...lines] = text.trim().split("\n");
    const cells = lines.map((line) => line.replaceAll('"', "").split(","));
    return Object.fromEntries(
      header
        .replaceAll('"', "")
        .split(",")
        .map((name, j) => {
          const column = cells.map((row) => row[j]!);
          const levels = order[name];
          if (levels) return [name, { codes: Int32Array.from(column, (value) => levels.indexOf(value)), levels }];
          return [
            name,
            column.every((value) => Number.isFinite(Number(value))) ? Float64Array.from(column, Number) : column,
          ];
        }),
    );
  };
  const tables: Record<string, Table> = existsSync(shared)
    ? { Exam: read("Exam.csv"), Hsb82: read("Hsb82.csv.gz") }
    : {};
  const files = existsSync(shared)
    ? readdirSync(join(shared, "fits")).filter((file) => /_(ML|REML)\.json$/.test(file))
    : [];

  it.each(files)("%s", (file) => {
    const expected = JSON.parse(readFileSync(join(shared, "fits", file), "utf8"));
    const fit = fitMixed(expected.formula, tables[expected.data]!, { method: expected.method });
    expect(Math.abs(fit.criterion - expected.minus2logLik)).toBeLessThan(1e-8);
    expect(fit.fixed.map(({ name }) => name)).toEqual(expected.fixef_names);
    fit.fixed.forEach(({ estimate, se }, i) => {
      expect(Math.abs(estimate - expected.fixef[i]) / Math.abs(expected.fixef[i])).toBeLessThan(1e-7);
      expect(Math.abs(se / expected.fixef_se[i] - 1)).toBeLessThan(1e-8);
    });
    const [group] = Object.keys(expected.ranef);
    const effect = groupEffects(fit).find((entry) => entry.group === group)!;
    const { levels, u, condVar, pev_henderson: pev } = expected.ranef[group!];
    const codes = new Map(Array.from({ length: effect.size }, (_, g) => [effect.levelName(g), g]));
    const q = effect.names.length;
    const variance = (of: number | number[], i: number): number => (Array.isArray(of) ? of.flat()[i * q + i]! : of);
    levels.forEach((level: string, at: number) => {
      for (let i = 0; i < q; i++) {
        const to = codes.get(level)! * q + i;
        expect(Math.abs(effect.modes[to]! - u[i][at])).toBeLessThan(1e-7);
        // lme4 gives no joint covariance where a factor has several terms
        const comparative = condVar ? variance(condVar[at], i) : effect.comparativeSe[to]! ** 2;
        const prediction = pev ? variance(pev[at], i) : effect.predictionSe[to]! ** 2;
        expect(Math.abs(effect.comparativeSe[to]! ** 2 - comparative)).toBeLessThan(1e-7);
        expect(Math.abs(effect.predictionSe[to]! ** 2 - prediction)).toBeLessThan(1e-7);
      }
    });
  });
});
