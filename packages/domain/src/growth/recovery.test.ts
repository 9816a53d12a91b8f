/**
 * Known true effects come back: over many invented districts the intervals cover at the stated rate, shrinkage is nearer to
 * the truth than raw means, and schools exactly as expected are called above or below at most at the stated rate.
 */
import { expect, test } from "vitest";
import { measureGrowth } from "./index.ts";
import type { SmallDistrictOptions } from "./testing/district.ts";
import { smallDistrict } from "./testing/district.ts";
import { soundScheme } from "./testing/scheme.ts";

const scheme = soundScheme({
  measure: { kind: "wellbeing", form: "score", label: "身心健康", unit: "分" },
  adjustments: [],
});

interface Tally {
  schools: number;
  covered: number;
  rawError: number;
  shrunkenError: number;
  levelError: number;
  /** districts in which the shrunken values are nearer to the truth than the raw ones */
  nearer: number;
  asExpected: number;
  falseAlarms: number;
  named: number;
  wrongSide: number;
}

function tally(districts: number, firstSeed: number, options: SmallDistrictOptions): Tally {
  const sum: Tally = {
    schools: 0,
    covered: 0,
    rawError: 0,
    shrunkenError: 0,
    levelError: 0,
    nearer: 0,
    asExpected: 0,
    falseAlarms: 0,
    named: 0,
    wrongSide: 0,
  };
  for (let seed = firstSeed; seed < firstSeed + districts; seed++) {
    const { data, effects } = smallDistrict(seed, options);
    let raw = 0;
    let shrunken = 0;
    for (const { schoolCode, valueAdded, level, band } of measureGrowth(data, scheme, { withChecks: false }).schools) {
      const truth = effects.get(schoolCode)!;
      const { value, lower, upper, difference } = valueAdded;
      sum.schools += 1;
      if (lower! <= truth && truth <= upper!) sum.covered += 1;
      raw += (difference! - truth) ** 2;
      shrunken += (value! - truth) ** 2;
      sum.levelError += (level.difference! - truth) ** 2;
      if (truth === 0) {
        sum.asExpected += 1;
        if (band !== "notDistinguishable") sum.falseAlarms += 1;
      } else if (band !== "notDistinguishable") {
        sum.named += 1;
        if ((band === "above") !== truth > 0) sum.wrongSide += 1;
      }
    }
    sum.rawError += raw;
    sum.shrunkenError += shrunken;
    if (shrunken < raw) sum.nearer += 1;
  }
  return sum;
}

const small = { schools: 10, classes: 2, pupilsPerClass: 10 };

test("500 districts whose schools differ: coverage, and less error than raw means", { timeout: 240_000 }, () => {
  const found = tally(500, 1, small);

  expect(found.schools).toBe(5000);
  // 0.95 with four standard errors of 5000 schools; they are not independent within a district

  expect(found.covered / found.schools).toBeGreaterThan(0.938);

  expect(found.covered / found.schools).toBeLessThan(0.972);

  expect(found.shrunkenError).toBeLessThan(0.92 * found.rawError);

  expect(found.nearer).toBeGreaterThan(250);
  // the level of the pupils says next to nothing about what the school adds

  expect(found.levelError).toBeGreaterThan(5 * found.shrunkenError);

  expect(found.named).toBeGreaterThan(150);

  expect(found.wrongSide / found.named).toBeLessThan(0.05);
});

test("100 districts in which no school differs: false alarms at most at the stated rate", () => {
  const found = tally(100, 10_001, { ...small, schoolSd: 0 });

  expect(found.asExpected).toBe(1000);

  expect(found.falseAlarms / found.asExpected).toBeLessThanOrEqual(scheme.falseAlarmRate);

  expect(found.shrunkenError).toBeLessThan(0.3 * found.rawError);
});

test("100 districts in which every second school is exactly as expected: the same", () => {
  const found = tally(100, 20_001, { ...small, schoolSd: 3, everyNull: 2 });

  expect(found.asExpected).toBe(500);

  expect(found.falseAlarms / found.asExpected).toBeLessThanOrEqual(scheme.falseAlarmRate);

  expect(found.named).toBeGreaterThan(100);
});
