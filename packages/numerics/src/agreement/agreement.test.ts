import { describe, expect, it } from "vitest";
import type { RatingMatrix } from "../index.ts";
import { NumericsFault, intraclassCorrelations, krippendorffAlpha, seededRandom } from "../index.ts";

function matrix(rows: readonly (readonly (number | null)[])[]): RatingMatrix {
  const values = Float64Array.from(rows.flat(), (value) => value ?? NaN);
  return { subjects: rows.length, raters: rows[0]!.length, values };
}

/** Normal ratings: three of `raters` rate each subject, or all of them. */
function drawn(
  seed: number,
  subjects: number,
  raters: number,
  sd: readonly [number, number, number],
  isComplete: boolean,
) {
  const random = seededRandom(seed);
  const levels = Array.from({ length: raters }, () => sd[1] * random.normal());
  const values = new Float64Array(subjects * raters).fill(NaN);
  for (let i = 0; i < subjects; i++) {
    const subject = sd[0] * random.normal();
    const first = random.integer(raters);
    for (let step = 0; step < (isComplete ? raters : 3); step++) {
      const j = (first + step * (isComplete ? 1 : 1 + (i % 2))) % raters;
      values[i * raters + j] = subject + levels[j]! + sd[2] * random.normal();
    }
  }
  return { subjects, raters, values };
}

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof NumericsFault) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no fault";
}

describe("intraclassCorrelations", () => {
  it("does not change with unit, order of subjects, order of raters, and empty rows and columns", () => {
    const base = drawn(3, 30, 8, [1, 0.5, 0.7], false);
    const found = intraclassCorrelations(base);
    const { subjects, raters, values } = base;
    const wide = new Float64Array((subjects + 1) * (raters + 2)).fill(NaN);
    for (let i = 0; i < subjects; i++)
      for (let j = 0; j < raters; j++)
        wide[(subjects - i) * (raters + 2) + raters - j] = 40 + 7 * values[i * raters + j]!;
    const again = intraclassCorrelations({ subjects: subjects + 1, raters: raters + 2, values: wide });
    expect(again.subjects).toBe(subjects);
    expect(again.raters).toBe(raters);
    for (const form of ["oneWay", "consistency", "agreement"] as const) {
      expect(again[form].single.value).toBeCloseTo(found[form].single.value, 6);
      if (form !== "agreement") expect(again[form].single.upper).toBeCloseTo(found[form].single.upper!, 9);
    }
  });

  it("gives an incomplete matrix the same estimates as mean squares give a complete one, where one cell is just added", () => {
    const base = drawn(5, 60, 4, [1, 0.5, 0.7], true);
    const complete = intraclassCorrelations(base);
    const values = base.values.slice();
    values[0] = NaN;
    const without = intraclassCorrelations({ ...base, values });
    expect(without.isComplete).toBe(false);
    expect(without.perSubject).toBeCloseTo(60 / (59 / 4 + 1 / 3), 12);
    for (const form of ["oneWay", "consistency", "agreement"] as const) {
      expect(Math.abs(without[form].single.value - complete[form].single.value)).toBeLessThan(0.02);
      expect(Math.abs(without[form].average.value - complete[form].average.value)).toBeLessThan(0.02);
    }
    expect(Math.abs(without.consistency.single.lower! - complete.consistency.single.lower!)).toBeLessThan(0.02);
    expect(without.agreement.single.lower).toBeNull();
  });

  it.each([true, false])("covers at the stated rate, complete: %s", { timeout: 240_000 }, (isComplete) => {
    const sd = [1, 0.6, 0.8] as const;
    const truth = { consistency: 1 / (1 + 0.64), agreement: 1 / (1 + 0.36 + 0.64) };
    let [consistent, agreeing] = [0, 0];
    const districts = 500;
    for (let seed = 1; seed <= districts; seed++) {
      const { consistency, agreement } = intraclassCorrelations(drawn(seed, 24, 6, sd, isComplete), 0.9);
      const { lower, upper } = consistency.single;
      if (lower! <= truth.consistency && truth.consistency <= upper!) consistent += 1;
      const whole = agreement.single;
      if (isComplete && whole.lower! <= truth.agreement && truth.agreement <= whole.upper!) agreeing += 1;
    }
    // three standard errors of 500 draws at 0.9: exact for consistency, Satterthwaite's approximation for agreement
    expect(Math.abs(consistent / districts - 0.9)).toBeLessThan(0.04);
    if (isComplete) expect(Math.abs(agreeing / districts - 0.9)).toBeLessThan(0.05);
  });

  it("is 1 without an interval where raters never differ, and refuses what cannot be answered", () => {
    const same = intraclassCorrelations(
      matrix([
        [1, 1, null],
        [2, null, 2],
        [null, 4, 4],
      ]),
    );
    expect(same.agreement).toEqual({
      single: { value: 1, lower: null, upper: null },
      average: { value: 1, lower: null, upper: null },
    });
    const shifted = intraclassCorrelations(
      matrix([
        [1, 2],
        [2, 3],
        [4, 5],
      ]),
    );
    expect(shifted.consistency.single).toEqual({ value: 1, lower: null, upper: null });
    expect(shifted.agreement.single.value).toBeLessThan(1);
    expect(
      faultOf(() =>
        intraclassCorrelations(
          matrix([
            [3, 3],
            [3, 3],
          ]),
        ),
      ),
    ).toMatch(/DATA_INSUFFICIENT: all ratings/);
    expect(
      faultOf(() =>
        intraclassCorrelations(
          matrix([
            [1, null],
            [null, 2],
            [3, null],
          ]),
        ),
      ),
    ).toMatch(/DATA_INSUFFICIENT/);
    expect(faultOf(() => intraclassCorrelations(matrix([[1, 2]])))).toMatch(/DATA_INSUFFICIENT/);
    expect(
      faultOf(() =>
        intraclassCorrelations(
          matrix([
            [1, Infinity],
            [1, 2],
          ]),
        ),
      ),
    ).toMatch(/COLUMN_INVALID/);
    expect(
      faultOf(() =>
        intraclassCorrelations(
          matrix([
            [1, 3],
            [1, 2],
          ]),
          1,
        ),
      ),
    ).toMatch(/OPTION_INVALID/);
    expect(faultOf(() => intraclassCorrelations({ subjects: 2, raters: 2, values: new Float64Array(3) }))).toMatch(
      /COLUMN_INVALID/,
    );
  });
});

describe("krippendorffAlpha", () => {
  const some = drawn(9, 40, 6, [1, 0.3, 0.6], false);
  const levels = { ...some, values: some.values.map((value) => Math.max(0, Math.round(2 + value))) };

  it("is the same for the same seed, and moves with another", () => {
    const [a, b, c] = [1, 1, 2].map((seed) => krippendorffAlpha(levels, { metric: "ordinal", seed, resamples: 200 }));
    expect(a).toEqual(b);
    expect(c!.value).toBe(a!.value);
    expect(c!.lower).not.toBe(a!.lower);
    expect(a!.lower!).toBeLessThan(a!.value);
    expect(a!.upper!).toBeGreaterThan(a!.value);
  });

  it("does not change with what its metric does not see", () => {
    const of = (metric: "nominal" | "ordinal" | "interval" | "ratio", see: (value: number) => number) =>
      krippendorffAlpha({ ...levels, values: levels.values.map(see) }, { metric, resamples: 50 });
    const same = (value: number) => value;
    // 5 × 7ˣ mod 11 for 0 … 9 takes each level elsewhere; NaN stays NaN
    expect(of("nominal", (x) => (5 * 7 ** x) % 11).value).toBeCloseTo(of("nominal", same).value, 12);
    expect(of("ordinal", (x) => x ** 3)).toEqual(of("ordinal", same));
    expect(of("interval", (x) => 3 - 2 * x).value).toBeCloseTo(of("interval", same).value, 12);
    expect(of("ratio", (x) => 8 * x).value).toBeCloseTo(of("ratio", same).value, 12);
  });

  it("has an interval that covers the value of a large population about as often as stated", () => {
    const shape = [1, 0, 0.8] as const;
    const truth = krippendorffAlpha(drawn(1, 40_000, 30, shape, false), { metric: "interval", resamples: 0 }).value;
    let covered = 0;
    for (let seed = 2; seed < 402; seed++) {
      const { lower, upper } = krippendorffAlpha(drawn(seed, 60, 30, shape, false), {
        metric: "interval",
        resamples: 300,
      });
      if (lower! <= truth && truth <= upper!) covered += 1;
    }
    // the bootstrap of 60 units is a little short of 0.95
    expect(covered / 400).toBeGreaterThan(0.89);
    expect(covered / 400).toBeLessThan(0.98);
  });

  it("gives no interval where many samples hold one value only, and refuses what cannot be answered", () => {
    const rare = matrix([
      [1, 1],
      [1, 1],
      [1, 2],
      [1, 1],
    ]);
    expect(krippendorffAlpha(rare, { metric: "nominal" })).toMatchObject({
      value: 0,
      lower: null,
      upper: null,
      units: 4,
    });
    const fault = (rows: (number | null)[][], options = {}) =>
      faultOf(() => krippendorffAlpha(matrix(rows), { metric: "ratio", ...options }));
    expect(
      fault([
        [1, 1],
        [1, 1],
      ]),
    ).toMatch(/DATA_INSUFFICIENT: all paired ratings are the same/);
    expect(
      fault([
        [1, null],
        [null, 1],
      ]),
    ).toMatch(/DATA_INSUFFICIENT: no unit has two/);
    expect(fault([[1, -2]])).toMatch(/COLUMN_INVALID/);
    expect(fault([[1, 2]], { resamples: 1.5 })).toMatch(/OPTION_INVALID/);
    expect(fault([[1, 2]], { coverage: 0 })).toMatch(/OPTION_INVALID/);
  });
});
