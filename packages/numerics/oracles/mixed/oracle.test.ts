import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MixedFit } from "../../src/index.ts";
import { componentIntervals, fitMixed, fittedValues, groupEffects } from "../../src/index.ts";
import { oracleDesigns } from "./designs.ts";

interface OracleFit {
  id: string;
  method: "ML" | "REML";
  nobs: number;
  criterion: number;
  aic: number;
  bic: number;
  names: string[] | string;
  fixef: number[] | number;
  se: number[] | number;
  sigma: number;
  varcomp: Record<string, { grp: string; var1: string | null; var2: string | null; vcov: number }>;
  modes: Record<string, { levels: string[]; names: string[] | string; u: number[][]; se: number[][] }>;
  fitted: number[];
}

const oracle: {
  fits: OracleFit[];
  intervals: { design: string; lower: number[]; upper: number[] }[];
} = JSON.parse(readFileSync(join(import.meta.dirname, "results.json"), "utf8"));
const designs = new Map(oracleDesigns().map((design) => [design.id, design]));
const list = <T>(value: T[] | T): T[] => (Array.isArray(value) ? value : [value]);

/** One fit per design and method, shared by all tests of this file. */
const fits = new Map<string, MixedFit>();
function fitOf(id: string, method: "ML" | "REML"): MixedFit {
  const key = `${id} ${method}`;
  const { formula, table, weights, offset } = designs.get(id)!;
  const known = fits.get(key);
  const fit =
    known ?? fitMixed(formula, table, { method, ...(weights ? { weights } : {}), ...(offset ? { offset } : {}) });
  fits.set(key, fit);
  return fit;
}

/** lme4 numbers the terms of one factor and brackets nested names: `school.1`, `class:(school:kind)`. */
function plain(group: string): string {
  return group.replace(/\.\d+$/, "").replaceAll(/[()]/g, "");
}

/** |a − b| relative to |b|, where `floor` is the size below which a number counts as zero. */
function relative(a: number, b: number, floor: number): number {
  return Math.abs(a - b) / Math.max(Math.abs(b), floor);
}

describe.each(oracle.fits)("$id by $method agrees with lme4", (expected) => {
  const scale = designs.get(expected.id)!.id === "large-scale" ? 1e6 : 1;

  it("reaches the same criterion or a lower one", () => {
    const fit = fitOf(expected.id, expected.method);
    expect(fit.nobs).toBe(expected.nobs);
    expect(fit.report.converged).toBe(true);
    // 1e-6: where R's optimum is on an edge its polish stops there
    expect(fit.criterion - expected.criterion).toBeLessThan(1e-6);
    expect(fit.criterion - expected.criterion).toBeGreaterThan(-1e-4);
    expect(fit.aic - fit.criterion).toBeCloseTo(expected.aic - expected.criterion, 6);
    expect(fit.bic - fit.criterion).toBeCloseTo(expected.bic - expected.criterion, 6);
  });

  it("gives the same fixed effects and standard errors under the same names", () => {
    const fit = fitOf(expected.id, expected.method);
    expect(fit.fixed.map(({ name }) => name)).toEqual(list(expected.names));
    const estimates = list(expected.fixef);
    list(expected.se).forEach((se, i) => {
      expect(relative(fit.fixed[i]!.estimate, estimates[i]!, se)).toBeLessThan(1e-6);
      expect(relative(fit.fixed[i]!.se, se, 0)).toBeLessThan(1e-6);
    });
  });

  it("gives the same variance components", () => {
    const fit = fitOf(expected.id, expected.method);
    expect(relative(fit.sigma, expected.sigma, 0)).toBeLessThan(1e-6);
    for (const { grp, var1, var2, vcov } of Object.values(expected.varcomp)) {
      if (grp === "Residual") continue;
      const group = plain(grp);
      const effect = fit.random.find((random) => random.group === group && random.names.includes(var1!))!;
      const i = effect.names.indexOf(var1!);
      const j = var2 === null ? i : effect.names.indexOf(var2);
      // a variance below 1e-4 of the residual's is zero to either program
      expect(relative(effect.covariance[i]![j]!, vcov, 1e-4 * fit.sigma ** 2)).toBeLessThan(1e-5);
    }
  });

  it("gives the same conditional modes, comparative standard errors and fitted values", () => {
    const fit = fitOf(expected.id, expected.method);
    const effects = groupEffects(fit);
    for (const [group, modes] of Object.entries(expected.modes)) {
      const effect = effects.find((entry) => entry.group === plain(group))!;
      const codes = new Map(Array.from({ length: effect.size }, (_, g) => [effect.levelName(g), g]));
      const names = list(modes.names);
      expect(effect.names.toSorted()).toEqual(names.toSorted());
      modes.levels.forEach((level, row) => {
        names.forEach((name, column) => {
          const at = codes.get(level)! * effect.names.length + effect.names.indexOf(name);
          expect(Math.abs(effect.modes[at]! - modes.u[row]![column]!)).toBeLessThan(1e-5 * scale);
          expect(Math.abs(effect.comparativeSe[at]! - modes.se[row]![column]!)).toBeLessThan(1e-5 * scale);
        });
      });
    }
    const fitted = fittedValues(fit);
    expected.fitted.forEach((value, i) => expect(Math.abs(fitted[i]! - value)).toBeLessThan(1e-5 * scale));
  });
});

describe.each(oracle.intervals)("profile-likelihood intervals of $design", ({ design, lower, upper }) => {
  it("agree with lme4's to the precision of its interpolation", () => {
    const intervals = componentIntervals(fitOf(design, "ML"));
    // lme4 lists the correlation between the two standard deviations
    const order = lower.length === 4 ? [0, 2, 1, 3] : [0, 1, 2];
    expect(intervals).toHaveLength(order.length);
    order.forEach((at, i) => {
      expect(Math.abs(intervals[i]!.lower - lower[at]!)).toBeLessThan(1e-4);
      expect(Math.abs(intervals[i]!.upper - upper[at]!)).toBeLessThan(1e-4);
    });
  });
});
