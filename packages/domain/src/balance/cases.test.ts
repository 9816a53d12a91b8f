/** Runs every case of cases/*.yaml: cases an inspector can read. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { stages } from "../base/index.ts";
import type { Phase, Stage, Verdict } from "../base/index.ts";
import { assessBalance, balanceRules, indicators, pupilWeightedCv, splitAmount } from "./index.ts";
import type { Indicator, IndicatorResult, SchoolFacts, StageFacts } from "./index.ts";
import { weightsFor } from "./split.ts";
import { ampleDistrict, ampleSchool, ampleStage } from "./testing/facts.ts";

const rules = balanceRules("2025-09-01");
type Pupils = Partial<Record<Stage, number | null>>;

interface CvCase {
  title: string;
  schools: [number, number][];
  expect: Record<"cv" | "mean" | "sd" | "pupils", number> | null;
  isNot?: number;
}
interface SplitCase {
  title: string;
  pupils: Partial<Record<Stage, number>>;
  amount: number;
  key: string;
  share?: Record<string, number>;
  perPupil?: Record<string, number>;
  parts?: Record<string, number>;
  perWeightedPupil?: number;
}
interface RuleCase {
  title: string;
  ratios: (number | null)[];
  metCount: number;
  verdict: Verdict;
}
interface RowCase {
  title: string;
  school?: Partial<SchoolFacts>;
  stages: Partial<Record<Stage, Partial<StageFacts>>>;
  expect: Partial<Record<Phase, Partial<Record<Indicator, Partial<IndicatorResult>>>>>;
}
interface ExclusionCase {
  title: string;
  type: string;
  pupils: Pupils;
  reason?: string;
  phases?: Phase[];
}
interface ItemCase {
  title: string;
  school?: Partial<SchoolFacts>;
  stage?: Partial<StageFacts>;
  figures?: Record<string, number | null>;
  findings?: Record<string, boolean | null>;
  condition: string;
  verdict: Verdict;
  value?: number;
  limit?: number;
  relaxed?: string;
}

const folder = join(import.meta.dirname, "cases");

/** Content of one file of cases. */
function read(file: string) {
  return parse(readFileSync(join(folder, file), "utf8"));
}

test("every case says where it comes from", () => {
  const files: { source?: string; cases: { title: string; source?: string }[] }[] = readdirSync(folder).map(read);
  expect(files).toHaveLength(6);
  for (const { source, cases } of files) expect(cases.filter((one) => !(one.source ?? source))).toEqual([]);
});

/** Numbers of a record rounded to so many decimals, everything else as it is. */
function rounded(record: object, decimals: number): Record<string, unknown> {
  const scale = 10 ** decimals;
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      typeof value === "number" ? Math.round(value * scale) / scale : value,
    ]),
  );
}

const cvCases: CvCase[] = read("cv.yaml").cases;
test.each(cvCases)("cv.yaml: $title", (one) => {
  const spread = pupilWeightedCv(one.schools.map(([pupils, amount]) => ({ pupils, amount })));
  expect(spread ? rounded(spread, 7) : null).toEqual(one.expect && rounded(one.expect, 7));
  expect(Math.abs((spread?.cv ?? 0) - (one.isNot ?? 9))).toBeGreaterThan(0.02);
});

const splitCases: SplitCase[] = read("splitting.yaml").cases;
test.each(splitCases)("splitting.yaml: $title", (one) => {
  const present = stages.filter((stage) => (one.pupils[stage] ?? 0) > 0);
  const { key, weights } = weightsFor(rules, present);
  expect(key).toBe(one.key);
  const parts = splitAmount(one.amount, one.pupils, weights);
  expect(Object.keys(parts)).toEqual(present);
  expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(one.amount, 8);
  for (const stage of present) {
    const part = parts[stage] ?? 0;
    const pupils = one.pupils[stage] ?? 0;
    expect(part / one.amount).toBeCloseTo(one.share?.[stage] ?? part / one.amount, 7);
    expect(part).toBeCloseTo(one.parts?.[stage] ?? part, 1);
    expect(part / pupils).toBeCloseTo(one.perPupil?.[stage] ?? part / pupils, 4);
    const perWeighted = part / (pupils * weights[stage]);
    expect(perWeighted).toBeCloseTo(one.perWeightedPupil ?? perWeighted, 4);
  }
});

const ruleCases: RuleCase[] = read("school-rule.yaml").cases;
test.each(ruleCases)("school-rule.yaml: $title", (one) => {
  const pupils = 1000;
  const amount = (place: number) => {
    const indicator = indicators[place];
    const ratio = one.ratios[place] ?? null;
    if (indicator === undefined || ratio === null) return null;
    const { threshold, per } = rules.resources[indicator];
    return (ratio * threshold.primary * pupils) / per;
  };
  const stage = ampleStage("primary", pupils, {
    teachers: {
      doctorate: 0,
      master: 0,
      bachelor: amount(0),
      associate: 0,
      secondary: 0,
      belowSecondary: 0,
      unspecified: 0,
    },
    leadTeachers: amount(1),
    peArtsTeachers: amount(2),
  });
  const shared = {
    teachingFloorAreaM2: amount(3),
    indoorSportsAreaM2: 0,
    sportsGroundAreaM2: amount(4),
    convertedSportsAreaM2: null,
    leasedSportsAreaM2: null,
    equipmentYuan: amount(5),
    multimediaRooms: amount(6),
  };
  const row = assessBalance(ampleDistrict([ampleSchool("2150000001", {}, { stages: [stage], shared })]), rules).rows[0];
  expect({ metCount: row?.metCount, verdict: row?.verdict }).toEqual({ metCount: one.metCount, verdict: one.verdict });
});

const rowCases: RowCase[] = read("rows.yaml").cases;
test.each(rowCases)("rows.yaml: $title", (one) => {
  const present = stages.filter((stage) => one.stages[stage] !== undefined);
  const ample = ampleSchool("2150000001", Object.fromEntries(present.map((stage) => [stage, 400])));
  const school = {
    ...ample,
    ...one.school,
    stages: ample.stages.map((facts) => ({ ...facts, ...one.stages[facts.stage] })),
  };
  const { rows } = assessBalance(ampleDistrict([school]), rules);
  for (const [phase, wanted] of Object.entries(one.expect)) {
    const row = rows.find((candidate) => candidate.phase === phase);
    for (const indicator of indicators)
      expect(rounded(row?.indicators[indicator] ?? {}, 9)).toMatchObject(rounded(wanted[indicator] ?? {}, 9));
  }
});

const exclusionCases: ExclusionCase[] = read("exclusions.yaml").cases;
test.each(exclusionCases)("exclusions.yaml: $title", (one) => {
  const ample = ampleSchool(
    "2150000001",
    Object.fromEntries(Object.entries(one.pupils).map(([stage, count]) => [stage, count ?? 1])),
  );
  const school = {
    ...ample,
    type: one.type,
    stages: ample.stages.map((facts) => ({ ...facts, pupils: one.pupils[facts.stage] ?? null })),
  };
  const { rows, excluded } = assessBalance(ampleDistrict([school]), rules);
  expect(rows.map((row) => row.phase)).toEqual(one.phases ?? []);
  expect(excluded.map((exclusion) => exclusion.reason)).toEqual(one.reason === undefined ? [] : [one.reason]);
});

const itemCases: ItemCase[] = read("items.yaml").cases;
test.each(itemCases)("items.yaml: $title", (one) => {
  const ample = ampleSchool("2150000001", { primary: 400 });
  const school = { ...ample, ...one.school, stages: ample.stages.map((facts) => ({ ...facts, ...one.stage })) };
  const district = ampleDistrict([school]);
  const findings = district.findings.map((finding) => {
    const isMet = one.findings?.[finding.item];
    return { ...finding, isMet: isMet === undefined ? finding.isMet : isMet };
  });
  const { items } = assessBalance({ ...district, figures: { ...district.figures, ...one.figures }, findings }, rules);
  const condition = items.flatMap((item) => item.conditions).find((candidate) => candidate.id === one.condition);
  expect(condition?.verdict).toBe(one.verdict);
  expect(condition?.value ?? -1).toBeCloseTo(one.value ?? condition?.value ?? -1, 12);
  expect(condition?.limit ?? null).toBe(one.limit ?? condition?.limit ?? null);
  expect(condition?.relaxed.map(({ relaxation }) => relaxation)).toEqual(
    one.relaxed === undefined ? [] : [one.relaxed],
  );
});
