import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  assessBalance,
  assessmentDate,
  balanceRules,
  changeableFields,
  indicators,
  summarizeDistrict,
} from "@xingfu/domain/balance";
import { makeDistrict } from "@xingfu/fixtures";
import i18next from "i18next";
import type { TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { contributionsOption } from "../../charts/contributions.ts";
import { spreadOption } from "../../charts/spread.ts";
import { yearsOption } from "../../charts/years.ts";
import { light } from "../../lib/palette.ts";
import { changedCvs, changedRows } from "./Outcome.tsx";
import { countVerdicts, districtSentence, indicatorTone, rowSentence } from "./sentences.ts";
import {
  changesOf,
  emptyHistory,
  fieldGroups,
  gridRows,
  hasField,
  isUnusual,
  pastedChanges,
  redone,
  reportedValue,
  stepped,
  typedCell,
  undone,
  withChanges,
  withoutChange,
} from "./what-if.ts";
import { conditionLabel, exclusionLabel, limitWords, thresholdWords } from "./wording.ts";

const year = makeDistrict(20170, { scale: 0.2 }).years.at(-1);
if (year === undefined) throw new Error("the sample has no year");
const facts = summarizeDistrict(year);
const rules = balanceRules(assessmentDate(year.schoolYear));
const assessment = assessBalance(facts, rules);
let t: TFunction;

const wording = (language: string, part: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../../locales", language, `${part}.json`), "utf8"));

beforeAll(async () => {
  t = await i18next.init({
    lng: "zh-CN",
    resources: { "zh-CN": { common: wording("zh-CN", "common"), balance: wording("zh-CN", "balance") } },
    interpolation: { escapeValue: false },
  });
});

describe("the verdict in words", () => {
  it("names how many rows, coefficients and items are not met", () => {
    const rows = countVerdicts(assessment.rows);
    const text = districtSentence(assessment, t);
    if (rows.notMet > 0) expect(text).toContain(`${assessment.rows.length} 个学校学段中 ${rows.notMet} 个未达标`);
    for (const item of assessment.items.filter((entry) => entry.verdict === "notMet")) expect(text).toContain(item.id);
    expect(text.endsWith("。")).toBe(true);
    expect(text).not.toMatch(/[a-z]+:|\{\{/);
  });

  it("says so when nothing is wrong", () => {
    const met = <T extends { readonly verdict: string }>(entries: readonly T[]) =>
      entries.map((entry) => ({ ...entry, verdict: "met" as const }));
    const whole = {
      ...assessment,
      rows: met(assessment.rows),
      cv: met(assessment.cv),
      items: met(assessment.items),
      vetoes: met(assessment.vetoes),
      satisfaction: { ...assessment.satisfaction, verdict: "met" as const },
      precondition: { ...assessment.precondition, verdict: "met" as const },
    };
    expect(districtSentence(whole, t)).toBe(`${whole.rows.length} 个学校学段、全部差异系数和各项指标均达标。`);
  });

  it("tells of a school how many indicators are met and which are not", () => {
    for (const row of assessment.rows) {
      const text = rowSentence(row, t);
      expect(text).toContain(`7 项指标中 ${row.metCount} 项达标`);
      for (const indicator of indicators) {
        if (row.indicators[indicator].verdict === "notMet") expect(text).toContain(indicator);
      }
    }
  });

  it("is red only where it keeps a school from passing", () => {
    for (const row of assessment.rows) {
      for (const indicator of indicators) {
        const tone = indicatorTone(row.indicators[indicator], row);
        if (tone === "notMet") expect(row.verdict).toBe("notMet");
        if (tone === "attention") expect(row.verdict).not.toBe("notMet");
      }
    }
  });
});

describe("official wording", () => {
  it("is known for every condition and exclusion of an assessment", () => {
    for (const item of assessment.items) {
      for (const condition of item.conditions) expect(conditionLabel(condition.id)).not.toBe(condition.id);
    }
    for (const entry of assessment.excluded) expect(exclusionLabel(entry.reason)).not.toBe(entry.reason);
  });

  it("prints limits with their sign and unit", () => {
    expect(thresholdWords("R4", 4.5)).toBe("≥ 4.5 m²/生");
    expect(limitWords({ id: "G9.share", limit: 1, compare: "atLeast" })).toBe("≥ 100.00%");
    expect(limitWords({ id: "G1.review", limit: null, compare: null })).toBeNull();
  });
});

describe("a what-if", () => {
  const rows = gridRows(facts, "teachers");
  const row = rows.find(
    (entry) =>
      (reportedValue(facts, { ...entry, schoolCode: entry.school.schoolCode, field: "leadTeachers" }) ?? 0) > 0,
  );
  if (row === undefined) throw new Error("no row with lead teachers");
  const cell = { schoolCode: row.school.schoolCode, stage: row.stage, field: "leadTeachers" };
  const reported = reportedValue(facts, cell) ?? 0;

  it("offers every number the engine lets one change", () => {
    const offered = new Set<string>(Object.values(fieldGroups).flat());
    expect(changeableFields.map((entry) => entry.field).filter((field) => !offered.has(field))).toEqual([]);
    expect([...offered].filter((field) => !changeableFields.some((entry) => entry.field === field))).toEqual([]);
  });

  it("knows the reported value of every cell it shows", () => {
    for (const group of Object.keys(fieldGroups) as (keyof typeof fieldGroups)[]) {
      for (const line of gridRows(facts, group)) {
        for (const field of fieldGroups[group]) {
          if (!hasField(line, field) || changeableFields.find((entry) => entry.field === field)?.isList === true)
            continue;
          const value = reportedValue(facts, { schoolCode: line.school.schoolCode, stage: line.stage, field });
          expect(value === null || typeof value === "number", `${line.key} ${field}`).toBe(true);
        }
      }
    }
  });

  it("keeps one change per cell and drops one that equals what is reported", () => {
    const once = withChanges(facts, [], [{ ...cell, value: reported + 5 }]);
    const twice = withChanges(facts, once, [{ ...cell, value: reported + 7 }]);
    expect(twice).toEqual([{ ...cell, value: reported + 7 }]);
    expect(withChanges(facts, twice, [{ ...cell, value: reported }])).toEqual([]);
    expect(withoutChange(twice, cell)).toEqual([]);
  });

  it("can be undone and redone, and forgets what was undone when something new is typed", () => {
    const first = stepped(emptyHistory, [{ ...cell, value: 1 }]);
    const second = stepped(first, [{ ...cell, value: 2 }]);
    expect(changesOf(undone(second))).toEqual(changesOf(first));
    expect(changesOf(redone(undone(second)))).toEqual(changesOf(second));
    expect(stepped(undone(second), [{ ...cell, value: 3 }]).states).toHaveLength(3);
    expect(stepped(second, [{ ...cell, value: 2 }])).toBe(second);
    expect(undone(emptyHistory)).toEqual(emptyHistory);
  });

  it("reads typed numbers and refuses what cannot be counted", () => {
    expect(typedCell(row, "leadTeachers", "１２人")).toEqual({ kind: "changes", changes: [{ ...cell, value: 12 }] });
    expect(typedCell(row, "leadTeachers", "")).toEqual({ kind: "reset" });
    expect(typedCell(row, "leadTeachers", "-1")).toEqual({ kind: "wrong", why: "negative" });
    expect(typedCell(row, "leadTeachers", "1.5")).toEqual({ kind: "wrong", why: "notWhole" });
    expect(typedCell(row, "leadTeachers", "many")).toEqual({ kind: "wrong", why: "notNumber" });
  });

  it("lays a pasted block over the grid and counts what does not fit", () => {
    const fields = fieldGroups.teachers;
    const pasted = pastedChanges(rows, fields, { row: rows.length - 1, column: 0 }, [
      ["100", "1"],
      ["200", "2"],
    ]);
    expect(pasted.changes).toHaveLength(2);
    expect(pasted.refused).toBe(2);
  });

  it("points out a number far from both years, and only then", () => {
    expect(isUnusual(400, 100, 110)).toBe(true);
    expect(isUnusual(400, 100, 380)).toBe(false);
    expect(isUnusual(5, null, undefined)).toBe(false);
  });

  it("finds no change between an assessment and itself", () => {
    expect(changedRows(assessment, assessment)).toEqual([]);
    expect(changedCvs(assessment, assessment)).toEqual([]);
  });
});

describe("charts", () => {
  const labels = { cv: "cv", limit: "limit", verdicts: { met: "m", notMet: "n", notComputable: "u" } };

  it("draw one dot per coefficient that exists, a square where it is over", () => {
    const option = spreadOption(
      [
        { name: "R1", cv: 0.2, limit: 0.5, verdict: "met" },
        { name: "R2", cv: 0.6, limit: 0.5, verdict: "notMet" },
        { name: "R3", cv: null, limit: 0.5, verdict: "notComputable" },
      ],
      labels,
      light,
    );
    expect(option).toMatchObject({
      animation: false,
      xAxis: { min: 0, max: 0.7 },
      series: [
        {
          data: [
            { name: "R1", symbol: "circle" },
            { name: "R2", symbol: "rect", itemStyle: { color: light.red } },
          ],
          markLine: { data: [{ xAxis: 0.5 }] },
        },
      ],
    });
  });

  it("draw the largest contributor at the top, below and above the mean apart", () => {
    const option = contributionsOption(
      [
        { name: "a", share: 0.6, isBelow: true },
        { name: "b", share: 0.4, isBelow: false },
      ],
      { share: "s", below: "below", above: "above" },
      light,
    );
    expect(option).toMatchObject({
      yAxis: { data: ["b", "a"] },
      series: [
        { name: "below", data: [null, 60] },
        { name: "above", data: [40, null] },
      ],
    });
  });

  it("leave a year without a coefficient open and mark the line that is over", () => {
    const option = yearsOption(
      ["2024", "2025"],
      [{ name: "R1", values: [null, 0.5], isOver: true }],
      0.45,
      labels,
      light,
    );
    expect(option).toMatchObject({
      series: [
        { data: [null, 0.5], connectNulls: false, itemStyle: { color: light.red } },
        { markLine: { data: [{ yAxis: 0.45 }] } },
      ],
    });
  });
});
