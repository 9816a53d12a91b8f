/** Runs every case of cases/*.yaml: cases an inspector can read, one loop. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { stages } from "../base/index.ts";
import type { Phase, Stage, Verdict } from "../base/index.ts";
import { assessBalance, balanceRules, indicators, pupilWeightedCv, splitAmount } from "./index.ts";
import type { Indicator, IndicatorResult, SchoolFacts, StageFacts } from "./index.ts";
import { weightsFor } from "./split.ts";
import { ampleDistrict, ampleSchool, ampleStage } from "./testing/facts.ts";

const rules = balanceRules("2025-09-01");
type Pupils = Partial<Record<Stage, number | null>>;

interface CvCase { title: string; schools: [number, number][]; expect: Record<"cv" | "mean" | "sd" | "pupils", number> | null; isNot?: number }
interface SplitCase {
  title: string; pupils: Partial<Record<Stage, number>>; amount: number; key: string;
  share?: Record<string, number>; perPupil?: Record<string, number>; parts?: Record<string, number>; perWeightedPupil?: number;
}
interface RuleCase { title: string; ratios: (number | null)[]; metCount: number; verdict: Verdict }
interface RowCase {
  title: string; school?: Partial<SchoolFacts>; stages: Partial<Record<Stage, Partial<StageFacts>>>;
  expect: Partial<Record<Phase, Partial<Record<Indicator, Partial<IndicatorResult>>>>>;
}
interface ExclusionCase { title: string; type: string; pupils: Pupils; reason?: string; phases?: Phase[] }
interface ItemCase {
  title: string; school?: Partial<SchoolFacts>; stage?: Partial<StageFacts>; figures?: Record<string, number | null>;
  findings?: Record<string, boolean | null>; condition: string; verdict: Verdict; value?: number; limit?: number; relaxed?: string;
}

const runners: Record<string, (one: never) => void> = {
  cv(one: CvCase) {
    const spread = pupilWeightedCv(one.schools.map(([pupils, amount]) => ({ pupils, amount })));
    if (one.expect === null) {
      expect(spread).toBeUndefined();
      return;
    }
    expect(spread?.pupils).toBe(one.expect.pupils);
    for (const key of ["cv", "mean", "sd"] as const) expect(spread?.[key]).toBeCloseTo(one.expect[key], 7);
    if (one.isNot !== undefined) expect(Math.abs((spread?.cv ?? 0) - one.isNot)).toBeGreaterThan(0.02);
  },

  splitting(one: SplitCase) {
    const present = stages.filter((stage) => (one.pupils[stage] ?? 0) > 0);
    const { key, weights } = weightsFor(rules, present);
    expect(key).toBe(one.key);
    const parts = splitAmount(one.amount, one.pupils, weights);
    expect(Object.keys(parts)).toEqual(present);
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(one.amount, 8);
    for (const stage of present) {
      const part = parts[stage] ?? 0;
      if (one.share) expect(part / one.amount).toBeCloseTo(one.share[stage] ?? NaN, 7);
      if (one.parts) expect(part).toBeCloseTo(one.parts[stage] ?? NaN, 1);
      if (one.perPupil) expect(part / (one.pupils[stage] ?? 0)).toBeCloseTo(one.perPupil[stage] ?? NaN, 4);
      if (one.perWeightedPupil) expect(part / ((one.pupils[stage] ?? 0) * weights[stage])).toBeCloseTo(one.perWeightedPupil, 4);
    }
  },

  schoolRule(one: RuleCase) {
    const pupils = 1000;
    const amount = (place: number) => {
      const indicator = indicators[place];
      const ratio = one.ratios[place] ?? null;
      if (indicator === undefined || ratio === null) return null;
      const { threshold, per } = rules.resources[indicator];
      return (ratio * threshold.primary * pupils) / per;
    };
    const sports = amount(4);
    const teaching = amount(3);
    const school = ampleSchool("2150000001", {}, {
      stages: [
        ampleStage("primary", pupils, {
          teachers: { doctorate: 0, master: 0, bachelor: amount(0), associate: 0, secondary: 0, belowSecondary: 0, unspecified: 0 },
          leadTeachers: amount(1),
          peArtsTeachers: amount(2),
        }),
      ],
      shared: {
        teachingFloorAreaM2: teaching, indoorSportsAreaM2: 0, sportsGroundAreaM2: sports, convertedSportsAreaM2: null,
        leasedSportsAreaM2: null, equipmentYuan: amount(5), multimediaRooms: amount(6),
      },
    });
    const row = assessBalance(ampleDistrict([school]), rules).rows[0];
    expect({ metCount: row?.metCount, verdict: row?.verdict }).toEqual({ metCount: one.metCount, verdict: one.verdict });
  },

  rows(one: RowCase) {
    const present = stages.filter((stage) => one.stages[stage] !== undefined);
    const ample = ampleSchool("2150000001", Object.fromEntries(present.map((stage) => [stage, 400])));
    const school = { ...ample, ...one.school, stages: ample.stages.map((facts) => ({ ...facts, ...one.stages[facts.stage] })) };
    const { rows } = assessBalance(ampleDistrict([school]), rules);
    for (const [phase, wanted] of Object.entries(one.expect)) {
      const row = rows.find((candidate) => candidate.phase === phase);
      for (const [indicator, figures] of Object.entries(wanted)) {
        const found = row?.indicators[indicator as Indicator];
        for (const [key, value] of Object.entries(figures)) {
          const actual = found?.[key as keyof IndicatorResult];
          if (typeof value === "number") expect(actual, `${indicator}.${key}`).toBeCloseTo(value, 9);
          else expect(actual, `${indicator}.${key}`).toEqual(value);
        }
      }
    }
  },

  exclusions(one: ExclusionCase) {
    const ample = ampleSchool("2150000001", Object.fromEntries(Object.entries(one.pupils).map(([stage, count]) => [stage, count ?? 1])));
    const school = { ...ample, type: one.type, stages: ample.stages.map((facts) => ({ ...facts, pupils: one.pupils[facts.stage] ?? null })) };
    const { rows, excluded } = assessBalance(ampleDistrict([school]), rules);
    expect(rows.map((row) => row.phase)).toEqual(one.phases ?? []);
    expect(excluded.map((exclusion) => exclusion.reason)).toEqual(one.reason === undefined ? [] : [one.reason]);
  },

  items(one: ItemCase) {
    const ample = ampleSchool("2150000001", { primary: 400 });
    const school = { ...ample, ...one.school, stages: ample.stages.map((facts) => ({ ...facts, ...one.stage })) };
    const district = ampleDistrict([school]);
    const { items } = assessBalance(
      {
        ...district,
        figures: { ...district.figures, ...one.figures },
        findings: district.findings.map((finding) => ({ ...finding, isMet: one.findings?.[finding.item] === undefined ? finding.isMet : (one.findings[finding.item] ?? null) })),
      },
      rules,
    );
    const condition = items.flatMap((item) => item.conditions).find((candidate) => candidate.id === one.condition);
    expect(condition?.verdict).toBe(one.verdict);
    if (one.value !== undefined) expect(condition?.value).toBeCloseTo(one.value, 12);
    if (one.limit !== undefined) expect(condition?.limit).toBe(one.limit);
    expect(condition?.relaxed.map(({ relaxation }) => relaxation)).toEqual(one.relaxed === undefined ? [] : [one.relaxed]);
  },
};

const folder = join(import.meta.dirname, "cases");
for (const file of readdirSync(folder).toSorted()) {
  const { kind, source, cases } = parse(readFileSync(join(folder, file), "utf8")) as { kind: string; source?: string; cases: { title: string; source?: string }[] };
  describe(file, () => {
    for (const one of cases) {
      test(one.title, () => {
        expect(one.source ?? source, "every case says where it comes from").toBeTruthy();
        runners[kind]?.(one as never);
        expect.hasAssertions();
      });
    }
  });
}
