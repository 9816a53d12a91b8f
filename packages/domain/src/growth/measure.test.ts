import { describe, expect, test } from "vitest";
import { Fault, schoolYear } from "../base/index.ts";
import type { GrowthData, GrowthResult, MeasurementRow } from "./index.ts";
import { explainEstimate, measureGrowth } from "./index.ts";
import { smallDistrict } from "./testing/district.ts";
import { soundScheme } from "./testing/scheme.ts";

/** A measure without an official range, so that it can be shifted and scaled. */
const wellbeing = { kind: "wellbeing", form: "score", label: "身心健康", unit: "分" } as const;
const scheme = soundScheme({ measure: wellbeing, subGroups: ["sex", "prior", "migrant"] });
const district = smallDistrict(7, { movers: 0.05 });
const result = measureGrowth(district.data, scheme);

function change(data: GrowthData, by: (row: MeasurementRow, at: number) => MeasurementRow | null): GrowthData {
  return { ...data, rows: data.rows.flatMap((row, at) => by(row, at) ?? []) };
}

/** Every number of a result, to look for those that are none. */
function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbersOf);
}

describe("an ordinary district", () => {
  test("gives every school a value with its interval, sorted by code", () => {
    expect(result.schools).toHaveLength(12);
    const codes = result.schools.map(({ schoolCode }) => schoolCode);
    expect(codes).toEqual(codes.toSorted());
    for (const { valueAdded, band } of result.schools) {
      expect(valueAdded.gap).toBeNull();
      const { value, lower, upper } = valueAdded;
      expect(lower! < value! && value! < upper!).toBe(true);
      expect(band).toBe(lower! > 0 ? "above" : upper! < 0 ? "below" : "notDistinguishable");
    }
    expect(numbersOf(result).filter((number) => !Number.isFinite(number))).toEqual([]);
    expect(result.isDeclaredBeforehand).toBe(true);
    expect(result.falseAlarms).toEqual({ rate: 0.05, judged: 12, expectedAtMost: 0.6000000000000001 });
    expect(result.pairs.total).toBe(66);
    expect(result.pairs.separable).toBeLessThan(66);
  });

  test("shrinks every difference towards 0", () => {
    for (const { valueAdded } of result.schools) {
      expect(Math.abs(valueAdded.value!)).toBeLessThan(Math.abs(valueAdded.difference!) + 0.05);
      expect(valueAdded.reliability).toBeGreaterThan(0);
      expect(valueAdded.reliability).toBeLessThan(1);
    }
  });

  test("checks every cohort and the extremes, and tells the spreads with intervals", () => {
    expect(result.sensitivity.map(({ leftOut, entryYear }) => [leftOut, entryYear])).toEqual([
      ["cohort", 2021],
      ["cohort", 2022],
      ["extremes", null],
    ]);
    for (const { largestChange } of result.sensitivity) expect(largestChange).toBeGreaterThan(0);
    expect(result.schools.every(({ isRobust }) => isRobust !== null)).toBe(true);
    expect(result.spread.map(({ level, gap }) => [level, gap])).toEqual(
      ["group", "school", "schoolYear", "class", "pupil"].map((level) => [level, null]),
    );
    for (const { sd, lower, upper } of result.spread) expect(lower! <= sd! && sd! <= upper!).toBe(true);
    const pupil = result.spread.find(({ level }) => level === "pupil");
    expect(pupil?.sd).toBeGreaterThan(5.5);
    expect(pupil?.sd).toBeLessThan(6.5);
    expect(result.stability.value).toBeGreaterThan(0);
    expect(result.stability.value).toBeLessThan(1);
  });

  test("every figure opens to a trail", () => {
    const [school] = result.schools;
    const trail = explainEstimate(result, school!.valueAdded, school!.schoolCode);
    expect(trail.value).toBe(school!.valueAdded.value);
    expect(trail.inputs.map(({ item }) => item)).toEqual([
      "pupils",
      "difference",
      "differenceSe",
      "reliability",
      "spread",
    ]);
    expect(trail.reference).toBe("district-2026-growth/sources/wellbeing");
    expect(trail.gap).toBeNull();
  });

  test("names groups by name and years in order", () => {
    expect(result.groups.map(({ groupName }) => groupName)).toEqual(["示例集团0", "示例集团1"]);
    expect(result.groups.every(({ valueAdded }) => valueAdded.gap === null)).toBe(true);
    for (const { years } of result.schools) expect(years.map((one) => one.schoolYear)).toEqual([2024, 2025]);
  });
});

describe("properties", () => {
  test("the order of rows changes nothing, to the last digit", () => {
    const shuffled = { ...district.data, rows: district.data.rows.toReversed() };
    expect(measureGrowth(shuffled, scheme)).toEqual(result);
  });

  test("relabelled schools keep their values", () => {
    const relabel = (code: string): string => String(2_150_009_999 - Number(code.slice(-3)));
    const relabelled = measureGrowth(
      {
        rows: district.data.rows.map((row) => ({
          ...row,
          placements: row.placements.map((one) => ({ ...one, schoolCode: relabel(one.schoolCode) })),
        })),
        schools: district.data.schools.map((school) => ({ ...school, schoolCode: relabel(school.schoolCode) })),
      },
      scheme,
      { withChecks: false },
    );
    for (const { schoolCode, valueAdded, band } of result.schools) {
      const other = relabelled.schools.find((one) => one.schoolCode === relabel(schoolCode));
      expect(other?.valueAdded.value).toBeCloseTo(valueAdded.value!, 6);
      expect(other?.valueAdded.upper).toBeCloseTo(valueAdded.upper!, 6);
      expect(other?.band).toBe(band);
    }
  });

  test("a shifted and scaled measure scales the values and moves no band", () => {
    const scaled = measureGrowth(
      change(district.data, (row) => ({ ...row, value: row.value === null ? null : 1000 + 20 * row.value })),
      scheme,
      { withChecks: false },
    );
    result.schools.forEach(({ valueAdded, band }, at) => {
      expect(scaled.schools[at]!.valueAdded.value! / 20).toBeCloseTo(valueAdded.value!, 5);
      expect(scaled.schools[at]!.valueAdded.lower! / 20).toBeCloseTo(valueAdded.lower!, 5);
      expect(scaled.schools[at]?.band).toBe(band);
    });
    expect(scaled.pairs).toEqual(result.pairs);
  });

  test("a school that receives stronger pupils is not better for it, but its level is higher", () => {
    const favoured = district.data.schools[3]!.schoolCode;
    const own = (row: MeasurementRow): boolean => row.pupilCode.startsWith("3-");
    const plain = smallDistrict(7);
    // ten points more in the first year carry over at 0.7 a year, as the district's pupils do
    const raised = change(plain.data, (row) =>
      own(row) && row.value !== null ? { ...row, value: row.value + 10 * 0.7 ** (row.schoolYear - 2023) } : row,
    );
    const before = measureGrowth(plain.data, scheme, { withChecks: false }).schools[3]!;
    const after = measureGrowth(raised, scheme, { withChecks: false }).schools[3]!;
    expect(before.schoolCode).toBe(favoured);
    expect(after.level.difference! - before.level.difference!).toBeGreaterThan(4);
    expect(Math.abs(after.valueAdded.difference! - before.valueAdded.difference!)).toBeLessThan(0.5);
  });
});

describe("small groups", () => {
  /** The first school with only so many girls. */
  function withGirls(count: number): GrowthResult {
    const girls = new Set<string>();
    const data = change(smallDistrict(7).data, (row) => {
      if (row.placements[0]?.schoolCode !== "2150000001") return row;
      const isGirl = row.sex === "female" && (girls.has(row.pupilCode) || girls.size < count);
      if (isGirl) girls.add(row.pupilCode);
      return { ...row, sex: isGirl ? "female" : "male" };
    });
    return measureGrowth(data, scheme, { withChecks: false });
  }

  test("nine girls are suppressed, and the boys with them", () => {
    const groups = withGirls(9).schools[0]!.subGroups.filter(({ grouping }) => grouping === "sex");
    expect(groups.map(({ estimate }) => estimate.gap)).toEqual([
      { why: "suppressed", below: 10 },
      { why: "suppressed", below: 10 },
    ]);
    expect(groups.map(({ estimate }) => estimate.pupils)).toEqual([null, null]);
  });

  test("ten girls are shown", () => {
    const groups = withGirls(10).schools[0]!.subGroups.filter(({ grouping }) => grouping === "sex");
    expect(groups.map(({ estimate }) => estimate.gap)).toEqual([null, null]);
    expect(groups[0]?.estimate.pupils).toBe(10);
  });

  test("a school of nine pupils is suppressed, one of ten is judged", () => {
    for (const [count, gap] of [
      [9, { why: "suppressed", below: 10 }],
      [10, null],
    ] as const) {
      const kept = new Set<string>();
      const data = change(smallDistrict(7).data, (row) => {
        if (row.placements[0]?.schoolCode !== "2150000001") return row;
        if (kept.size < count) kept.add(row.pupilCode);
        return kept.has(row.pupilCode) ? row : null;
      });
      expect(measureGrowth(data, scheme, { withChecks: false }).schools[0]?.valueAdded.gap).toEqual(gap);
    }
  });

  test("a year of nine pupils is suppressed, and the school's other year with it", () => {
    const kept = new Set<string>();
    const data = change(smallDistrict(7).data, (row) => {
      if (row.placements[0]?.schoolCode !== "2150000001" || row.schoolYear !== 2025) return row;
      if (kept.size < 9) kept.add(row.pupilCode);
      return kept.has(row.pupilCode) ? row : null;
    });
    const [school] = measureGrowth(data, scheme, { withChecks: false }).schools;
    expect(school?.valueAdded.gap).toBeNull();
    expect(school?.years.map(({ estimate }) => estimate.gap)).toEqual([
      { why: "suppressed", below: 10 },
      { why: "suppressed", below: 10 },
    ]);
  });

  test("a declared minimum above ten is a plain too-few", () => {
    const strict = measureGrowth(district.data, { ...scheme, minimumPupils: 500 }, { withChecks: false });
    expect(strict.schools[0]?.valueAdded.gap).toEqual({ why: "too-few", have: 72, need: 500 });
    expect(strict.notes.map(({ kind }) => kind)).toContain("tooFewSchools");
  });
});

describe("districts that cannot be judged give gaps and a note", () => {
  const cases: [string, GrowthData, string][] = [
    ["no rows", { rows: [], schools: district.data.schools }, "tooFewSchools"],
    ["nothing at all", { rows: [], schools: [] }, "tooFewSchools"],
    ["one school", smallDistrict(1, { schools: 1 }).data, "tooFewSchools"],
    ["four schools", smallDistrict(1, { schools: 4 }).data, "tooFewSchools"],
    ["one pupil per school", smallDistrict(1, { classes: 1, pupilsPerClass: 1 }).data, "tooFewSchools"],
    ["a constant measure", change(district.data, (row) => ({ ...row, value: 80 })), "notFitted"],
    ["no value at all", change(district.data, (row) => ({ ...row, value: null })), "tooFewSchools"],
    ["infinite values", change(district.data, (row) => ({ ...row, value: Number.POSITIVE_INFINITY })), "tooFewSchools"],
    ["every row twice", { ...district.data, rows: [...district.data.rows, ...district.data.rows] }, "tooFewSchools"],
    ["no placement", change(district.data, (row) => ({ ...row, placements: [] })), "tooFewSchools"],
  ];
  test.each(cases)("%s", (_, data, note) => {
    const poor = measureGrowth(data, scheme);
    expect(poor.notes.map(({ kind }) => kind)).toContain(note);
    for (const { valueAdded, band, years, subGroups } of poor.schools) {
      expect(valueAdded.value).toBeNull();
      expect(valueAdded.gap).not.toBeNull();
      expect(band).toBeNull();
      expect([...years, ...subGroups].every(({ estimate }) => estimate.gap !== null)).toBe(true);
    }
    expect(numbersOf(poor).filter((number) => !Number.isFinite(number))).toEqual([]);
  });

  test("a constant prior is left out by name", () => {
    const flat = change(district.data, (row) => (row.schoolYear === 2023 ? { ...row, value: 80 } : row));
    const one = measureGrowth(flat, { ...scheme, years: [schoolYear(2024)] }, { withChecks: false });
    expect(one.notes.find(({ kind }) => kind === "dropped")?.text).toContain("prior1");
    expect(one.notes.map(({ kind }) => kind)).toContain("oneYear");
    expect(one.schools.every(({ valueAdded }) => valueAdded.gap === null)).toBe(true);
    expect(one.stability.gap).toEqual({ why: "too-few", have: 1, need: 2 });
  });

  test("rows that do not enter are counted by reason", () => {
    const rows = district.data.rows;
    const victim = (at: number): string => `0-2022-1-${at}`;
    const broken = change(district.data, (row) => {
      if (row.schoolYear !== 2025) return row;
      if (row.pupilCode === victim(0)) return { ...row, value: null };
      if (row.pupilCode === victim(1)) return { ...row, value: Number.NaN };
      if (row.pupilCode === victim(2)) return { ...row, sex: null };
      if (row.pupilCode === victim(3)) return { ...row, placements: [] };
      return row.pupilCode === victim(4) ? { ...row, pupilCode: "new" } : row;
    });
    const twice = rows.find((row) => row.pupilCode === victim(5) && row.schoolYear === 2025)!;
    const found = measureGrowth({ ...broken, rows: [...broken.rows, twice] }, scheme, { withChecks: false });
    expect(found.sample.omitted).toEqual({
      notMeasured: 1,
      implausible: 1,
      noPrior: 1,
      noAdjustment: 1,
      noPlacement: 1,
      duplicate: 2,
    });
    expect(found.notes.map(({ kind }) => kind)).toContain("leftOut");
  });
});

describe("law and declaration", () => {
  test("the official range of fitness makes 121 implausible", () => {
    const fitness = smallDistrict(3).data;
    const above = fitness.rows.filter(({ value, schoolYear: year }) => year > 2023 && (value ?? 0) > 120).length;
    const raised = change(fitness, (row, at) => (at === 1 || at === 2 ? { ...row, value: at === 1 ? 120 : 121 } : row));
    const found = measureGrowth(raised, soundScheme(), { withChecks: false });
    expect(found.permission.range).toEqual({ low: 0, high: 120 });
    expect(found.sample.omitted.implausible).toBe(above + 1);
  });

  test("a scheme declared after the first measurement is marked", () => {
    const late = measureGrowth(district.data, { ...scheme, declaredOn: "2024-11-16" }, { withChecks: false });
    expect(late.isDeclaredBeforehand).toBe(false);
    expect(late.notes.map(({ kind }) => kind)).toContain("declaredAfterwards");
    const inTime = measureGrowth(district.data, { ...scheme, declaredOn: "2024-11-15" }, { withChecks: false });
    expect(inTime.isDeclaredBeforehand).toBe(true);
  });

  test("region-wide term scores are refused with their clause", () => {
    const unlawful = { ...scheme, measure: { ...wellbeing, kind: "regionalExam" as const } };
    const refusal = (): GrowthResult => measureGrowth(district.data, unlawful);
    expect(refusal).toThrow(Fault);
    expect(refusal).toThrow(/regional/);
  });

  test("of an examination no school's level is shown", () => {
    const exam = { ...scheme, measure: { ...wellbeing, kind: "provincialMonitoring" as const } };
    const found = measureGrowth(district.data, exam, { withChecks: false });
    expect(found.schools.every(({ level }) => level.gap?.why === "not-applicable" && level.difference === null)).toBe(
      true,
    );
    expect(found.schools.every(({ valueAdded }) => valueAdded.gap === null)).toBe(true);
    expect(found.errorCorrelation).toBeNull();
  });
});
