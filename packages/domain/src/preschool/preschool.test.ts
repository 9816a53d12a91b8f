import { makeDistrict } from "@xingfu/fixtures";
import { describe, expect, it } from "vitest";
import { Fault } from "../base/index.ts";
import {
  assessPreschool,
  changePreschool,
  comparePreschool,
  explainPreschool,
  missingPreschool,
  preschoolRules,
  summarizePreschool,
} from "./index.ts";
import type { KindergartenFacts, PreschoolCondition, PreschoolFacts } from "./index.ts";
import { district, kindergarten } from "./testing/facts.ts";

const rules = preschoolRules("2025-09-01");
const assess = (facts: PreschoolFacts) => assessPreschool(facts, rules);
const conditionOf = (facts: PreschoolFacts, id: string): PreschoolCondition => {
  const { items, satisfaction } = assess(facts);
  return [...items.flatMap(({ conditions }) => conditions), satisfaction].find((one) => one.id === id)!;
};
/** The district with one kindergarten changed. */
const withOne = (changes: Partial<KindergartenFacts>, at = 0): PreschoolFacts => {
  const facts = district();
  return { ...facts, kindergartens: facts.kindergartens.map((one, i) => (i === at ? { ...one, ...changes } : one)) };
};
const withFigures = (figures: Partial<PreschoolFacts["figures"]>): PreschoolFacts =>
  district({ figures: { ...district().figures, ...figures } });

describe("rules", () => {
  it("are those of the document", () => {
    expect(rules).toMatchObject({
      coverage: { A1: 0.85, A2: 0.8, A3: 0.5 },
      C1: { outdoorM2: 4, roomM2: 8.17, floorM2: 10.44, plannedYear: 2017, books: 3 },
      C2: { share: 0.85, young: 25, middle: 30, top: 35, mixed: 30 },
      C3: { pupilsPerTeacher: 15 },
    });
  });

  it("refuse a date before the document", () => {
    expect(() => preschoolRules("2019-09-01")).toThrow(Fault);
  });
});

describe("a district exactly at every limit", () => {
  const assessment = assess(district());

  it("meets them all", () => {
    expect(assessment.items.map(({ id }) => id).join(" ")).toBe("A1 A2 A3 B1 B2 B3 B4 B5 B6 B7 B8 B9 C1 C2 C3 C4 C5");
    expect(assessment.items.filter(({ verdict }) => verdict !== "met")).toEqual([]);
    expect(assessment).toMatchObject({ verdict: "met", gaps: [], pupils: 900, kindergartens: 10 });
    expect(missingPreschool(assessment, district(), rules)).toEqual([]);
  });

  it("has a trail for every condition, which ends in its value", () => {
    for (const condition of [...assessment.items.flatMap(({ conditions }) => conditions), assessment.satisfaction]) {
      const trail = explainPreschool(assessment, district(), rules, condition.id);
      expect(trail, condition.id).toMatchObject({ value: condition.value, gap: null });
    }
    expect(explainPreschool(assessment, district(), rules, "A2")).toMatchObject({
      substituted: "720 ÷ 900",
      reference: "moe-2020-preschool-universal/coverage/A2",
    });
    expect(explainPreschool(assessment, district(), rules, "C1.outdoor", "2150000000")).toMatchObject({
      substituted: "360 ÷ 90",
      value: 4,
    });
    expect(explainPreschool(assessment, district(), rules, "C1.outdoor", "?")).toBeUndefined();
  });
});

describe("just below each limit it is not met, and what is missing is said", () => {
  it.each<readonly [string, PreschoolFacts, string, number]>([
    ["A1", withFigures({ populationAged3To6: 1100 }), "children", 35],
    ["A2", withOne({ isInclusive: false }, 7), "children", 90],
    ["A3", withOne({ ownership: "private", isInclusive: true }), "children", 90],
    ["C1.outdoor", withOne({ outdoorM2: 359 }), "m2", 1],
    ["C1.room", withOne({ roomM2: 735 }), "m2", 0.3],
    ["C1.floor", withOne({ floorM2: 900 }), "m2", 39.6],
    ["C1.books", withOne({ books: 260 }), "books", 10],
    ["C3.ratio", withOne({ teachers: 5, certifiedTeachers: 5 }), "teachers", 1],
    ["C4.certified", withOne({ certifiedTeachers: 4 }), "people", 2],
  ])("%s", (id, facts, unit, amount) => {
    const assessment = assess(facts);
    expect(conditionOf(facts, id).verdict).toBe("notMet");
    expect(assessment.verdict).toBe("notMet");
    const [short, ...others] = missingPreschool(assessment, facts, rules);
    expect(short).toMatchObject({ condition: id, unit });
    expect(short!.amount).toBeCloseTo(amount, 9);
    expect(others).toEqual([]);
  });

  it("C2: six of thirty classes too large are more than 15 %", () => {
    const big = [{ kind: "young" as const, atLeast: 26, atMost: 26, classes: 3 }];
    const facts = district();
    const kindergartens = facts.kindergartens.map((one, i) => (i < 2 ? { ...one, classes: big } : one));
    const assessment = assess({ ...facts, kindergartens });
    expect(conditionOf({ ...facts, kindergartens }, "C2.size")).toMatchObject({ value: 0.8, verdict: "notMet" });
    // 0.85 × 30 = 25.5 classes, so 26
    expect(missingPreschool(assessment, { ...facts, kindergartens }, rules)[0]).toMatchObject({
      unit: "classes",
      amount: 2,
    });
  });

  it("names the largest kindergarten as the shortest way to the share of inclusive places", () => {
    const facts = withOne({ isInclusive: false }, 7);
    const larger = {
      ...facts,
      kindergartens: [
        ...facts.kindergartens,
        kindergarten("2159999999", {
          ownership: "private",
          isInclusive: false,
          pupils: 300,
          teachers: 20,
          certifiedTeachers: 20,
          outdoorM2: 2000,
          roomM2: 4000,
          floorM2: 4000,
          books: 900,
        }),
      ],
    };
    const [short] = missingPreschool(assess(larger), larger, rules);
    expect(short).toMatchObject({ condition: "A2", amount: 330, at: [{ schoolCode: "2159999999" }, {}] });
  });
});

describe("what is not known stays open, with a reason", () => {
  it("no population: A1 cannot be computed", () => {
    expect(conditionOf(withFigures({ populationAged3To6: null }), "A1")).toMatchObject({
      value: null,
      verdict: "notComputable",
      gap: { why: "not-reported", item: "populationAged3To6", where: "districtFigures.populationAged3To6" },
    });
    expect(conditionOf(withFigures({ populationAged3To6: 0 }), "A1").gap).toMatchObject({ why: "no-denominator" });
  });

  it("who is inclusive may come as one figure, which cannot exceed the private children", () => {
    const open = {
      ...district(),
      kindergartens: district().kindergartens.map((one) => ({ ...one, isInclusive: null })),
    };
    expect(conditionOf(open, "A2")).toMatchObject({
      verdict: "notComputable",
      gap: { item: "inclusivePrivatePupils" },
    });
    const told = (inclusivePrivatePupils: number) => ({
      ...open,
      figures: { ...open.figures, inclusivePrivatePupils },
    });
    expect(conditionOf(told(270), "A2")).toMatchObject({ value: 0.8, verdict: "met" });
    expect(conditionOf(told(451), "A2").gap).toMatchObject({ why: "implausible" });
  });

  it("public kindergartens alone may settle A2", () => {
    const facts = district();
    const kindergartens = facts.kindergartens.map((one, i) => ({
      ...one,
      ownership: i < 9 ? ("public" as const) : ("private" as const),
      isInclusive: null,
    }));
    expect(conditionOf({ ...facts, kindergartens }, "A2")).toMatchObject({ value: null, verdict: "met" });
  });

  it("floor area is asked of later years only, and 2017 itself is open", () => {
    expect(conditionOf(withOne({ floorM2: null, builtYear: 2016 }), "C1.floor").verdict).toBe("met");
    expect(conditionOf(withOne({ floorM2: 100, builtYear: 2017 }), "C1.floor").verdict).toBe("notComputable");
    expect(conditionOf(withOne({ floorM2: 100, builtYear: null }), "C1.floor").verdict).toBe("notComputable");
    expect(conditionOf(withOne({ floorM2: 100, builtYear: 2018 }), "C1.floor").verdict).toBe("notMet");
  });

  it("class bands settle what they can", () => {
    const span = (atLeast: number, atMost: number | null) => [{ kind: null, atLeast, atMost, classes: 3 }];
    const facts = district();
    const all = (atLeast: number, atMost: number | null): PreschoolFacts => ({
      ...facts,
      kindergartens: facts.kindergartens.map((one) => ({ ...one, classes: span(atLeast, atMost) })),
    });
    expect(conditionOf(all(0, 25), "C2.size")).toMatchObject({ value: 1, verdict: "met" });
    expect(conditionOf(all(26, 30), "C2.size")).toMatchObject({ value: null, verdict: "notComputable" });
    expect(conditionOf(all(66, null), "C2.size")).toMatchObject({ value: 0, verdict: "notMet" });
    expect(conditionOf(all(0, null), "C2.size")).toMatchObject({ value: null, verdict: "notComputable" });
    expect(conditionOf(all(36, 40), "C2.size")).toMatchObject({ value: 0, verdict: "notMet" });
  });

  it("one teacher without certificate settles C4 while heads are unknown", () => {
    const facts = withOne({ certifiedTeachers: 5 });
    const open = { ...facts, figures: { ...facts.figures, kindergartenHeads: null } };
    expect(conditionOf(open, "C4.certified")).toMatchObject({ value: null, verdict: "notMet" });
  });

  it("impossible numbers and an empty district give gaps, never NaN", () => {
    for (const facts of [
      district({ kindergartens: [], findings: [] }),
      withOne({ pupils: Number.NaN, teachers: -1, outdoorM2: Infinity, classes: [] }),
      withOne({ pupils: 0, teachers: 0, certifiedTeachers: 0 }),
      withFigures({ preschoolValidAnswers: 0, preschoolSatisfiedAnswers: 0 }),
    ]) {
      const text = JSON.stringify(assess(facts), (_, value: unknown) =>
        typeof value === "number" && !Number.isFinite(value) ? "NOT FINITE" : value,
      );
      expect(text).not.toContain("NOT FINITE");
    }
    expect(assess(district({ kindergartens: [] })).verdict).toBe("notComputable");
    expect(assess(district({ findings: [] })).parts.government).toBe("notComputable");
  });
});

describe("what-if", () => {
  it("changes the facts and nothing else, and the difference is shown", () => {
    const before = withOne({ outdoorM2: 300 });
    const after = changePreschool(before, [
      { kind: "amount", schoolCode: "2150000000", amount: "outdoorM2", value: 360 },
      { kind: "standing", schoolCode: "2150000009", standing: "inclusive" },
      { kind: "figure", figure: "populationAged3To6", value: 950 },
      { kind: "finding", item: "B3", isMet: false },
    ]);
    expect(before.kindergartens[0]!.outdoorM2).toBe(300);
    expect(comparePreschool(assess(before), assess(after)).map(({ id }) => id)).toEqual([
      "A1",
      "A2",
      "B3.review",
      "C1.outdoor",
    ]);
  });

  it("refuses what is no kindergarten and no number", () => {
    expect(() => changePreschool(district(), [{ kind: "standing", schoolCode: "?", standing: "public" }])).toThrow(
      Fault,
    );
    expect(() =>
      changePreschool(district(), [{ kind: "figure", figure: "populationAged3To6", value: Number.NaN }]),
    ).toThrow(Fault);
  });
});

describe("the sample district", () => {
  const facts = summarizePreschool(makeDistrict().years.at(-1)!);

  it("has its kindergartens, with values on both sides of the limits and gaps where nothing is asked yet", () => {
    const assessment = assess(facts);
    expect(facts.kindergartens.length).toBeGreaterThanOrEqual(119);
    expect(assessment.pupils).toBeGreaterThan(20_000);
    const of = (id: string) => conditionOf(facts, id);
    expect([of("A3").verdict, of("C3.ratio").verdict, of("C2.size").verdict]).toEqual(["met", "met", "notMet"]);
    // every child is of a class, so the shares of classes are of all kindergartens
    expect(of("C2.size").denominator).toBe(
      makeDistrict()
        .years.at(-1)!
        .classes.filter(({ stage }) => stage === "kindergarten").length,
    );
    expect(of("A1").gap).toMatchObject({ item: "populationAged3To6" });
    expect(of("C1.books").gap).toMatchObject({ why: "depends" });
    expect(missingPreschool(assessment, facts, rules)[0]).toMatchObject({ condition: "C2.size", unit: "classes" });
  });
});
