import { describe, expect, it } from "vitest";
import {
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredTail,
  fQuantile,
  fTail,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from "./continuous.ts";

/** Relative difference; the expected values are R 4.2.2's pnorm, qnorm, pt, qt, pchisq, qchisq and pf. */
function relative(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.abs(expected);
}

describe("distributions agree with R to 1e-12", () => {
  it.each([
    ["pnorm(1.96)", normalCdf(1.96), 0.97500210485177963],
    ["pnorm(-8)", normalCdf(-8), 6.2209605742717849e-16],
    ["qnorm(0.975)", normalQuantile(0.975), 1.959963984540054],
    ["qnorm(1e-10)", normalQuantile(1e-10), -6.3613409024040557],
    ["pt(2.5, 7)", studentCdf(2.5, 7), 0.97950389070712363],
    ["qt(0.975, 4.5)", studentQuantile(0.975, 4.5), 2.6589123472044025],
    ["pchisq(3.84, 1, lower = FALSE)", chiSquaredTail(3.84, 1), 0.050043521248705224],
    ["pchisq(300, 12, lower = FALSE)", chiSquaredTail(300, 12), 4.6959578959561346e-57],
    ["pchisq(0.3, 3)", chiSquaredCdf(0.3, 3), 0.039971519693122383],
    ["qchisq(0.95, 1)", chiSquaredQuantile(0.95, 1), 3.841458820694124],
    ["qchisq(0.5, 40)", chiSquaredQuantile(0.5, 40), 39.335344846611349],
    ["pf(3.2, 3, 60, lower = FALSE)", fTail(3.2, 3, 60), 0.029585067326319995],
    ["qf(0.975, 5, 15)", fQuantile(0.975, 5, 15), 3.5764153492790602],
    ["qf(0.025, 208, 3.7)", fQuantile(0.025, 208, 3.7), 0.34105892643523206],
    ["qf(0.95, 1, 2)", fQuantile(0.95, 1, 2), 18.512820512820493],
    ["qf(0.975, 33.3, 400)", fQuantile(0.975, 33.3, 400), 1.5723862484750286],
  ])("%s", (_, actual, expected) => {
    expect(relative(actual, expected)).toBeLessThan(1e-12);
  });

  it("puts the ends of the scale at infinity instead of failing", () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(chiSquaredTail(0, 3)).toBe(1);
  });
});
