import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schoolYear } from "../base/index.ts";
import type { Condition, Form, Question, SurveyPlan } from "./index.ts";
import {
  addTallies,
  askedQuestions,
  checkSurvey,
  countSheets,
  hideSmallCells,
  keywords,
  logLikelihood,
  maskPersons,
  planSample,
  readSheet,
  sheetsNeeded,
  starterForm,
  starterForms,
} from "./index.ts";

const scale = (id: string, showIf: readonly Condition[] = [], isOverall = false): Question => ({
  id,
  kind: "scale",
  text: id,
  note: "",
  isRequired: true,
  showIf,
  points: 5,
  lowLabel: "低",
  highLabel: "高",
  satisfiedFrom: 4,
  hasFaces: false,
  isOverall,
  leaves: [],
});
const several = (id: string): Question => ({
  id,
  kind: "multiple",
  text: id,
  note: "",
  isRequired: false,
  showIf: [],
  choices: ["a", "b", "c"].map((choice) => ({ id: choice, label: choice, isSatisfied: false })),
  most: 2,
});
const formOf = (...questions: readonly Question[]): Form => ({
  party: "parents",
  greeting: "",
  sections: [{ id: "s", title: "", questions }],
});
const surveyOf = (...forms: readonly Form[]): SurveyPlan => ({
  title: "测试",
  year: schoolYear(2025),
  asker: "测试区",
  purpose: "测试",
  opensOn: "2026-05-01",
  closesOn: "2026-05-31",
  forms,
});
const codesOf = (...questions: readonly Question[]): string[] =>
  checkSurvey(surveyOf(formOf(scale("overall", [], true), ...questions))).map(
    ({ code, question, detail }) => `${question ?? "-"} ${code} ${detail}`,
  );

describe("checking a survey", () => {
  it("finds nothing wrong with the forms to start from", () => {
    expect(checkSurvey(surveyOf(...starterForms))).toEqual([]);
  });

  it("finds what the survey itself lacks", () => {
    const bad = { ...surveyOf(), title: " ", asker: "", purpose: "", opensOn: "2026-02-30", closesOn: "2026-05-31" };
    expect(checkSurvey(bad).map(({ code }) => code)).toEqual([
      "titleMissing",
      "askerMissing",
      "purposeMissing",
      "dayInvalid",
      "noForm",
    ]);
    expect(checkSurvey({ ...surveyOf(formOf(scale("a", [], true))), closesOn: "2026-04-30" })).toMatchObject([
      { code: "closesBeforeOpens", detail: "2026-05-01 – 2026-04-30" },
    ]);
    const form = formOf(scale("a", [], true));
    expect(checkSurvey(surveyOf(form, form)).map(({ code }) => code)).toEqual(["doubledForm"]);
  });

  it("finds doubled and unusable ids", () => {
    expect(codesOf(scale("a"), scale("a"), scale("Q 1"))).toEqual(["3 doubledId a", "4 idInvalid Q 1"]);
  });

  it("finds a loop of conditions once, with its questions", () => {
    expect(
      codesOf(
        scale("a", [{ question: "c", anyOf: ["1"] }]),
        scale("b", [{ question: "a", anyOf: ["1"] }]),
        scale("c", [{ question: "b", anyOf: ["1"] }]),
      ),
    ).toEqual(["2 conditionLoop 2 → 4 → 3 → 2"]);
    expect(codesOf(scale("a", [{ question: "a", anyOf: ["1"] }]))).toEqual(["2 conditionOnItself a"]);
  });

  it("finds conditions on what comes later, on nothing, and on answers that are not offered", () => {
    expect(codesOf(scale("a", [{ question: "b", anyOf: ["1"] }]), scale("b"))).toEqual(["2 conditionOnLater 3"]);
    expect(codesOf(scale("a", [{ question: "x", anyOf: ["1"] }]))).toEqual(["2 conditionUnknown x"]);
    expect(codesOf(scale("a", [{ question: "overall", anyOf: [] }]))).toEqual(["2 conditionEmpty 1"]);
    expect(codesOf(scale("a", [{ question: "overall", anyOf: ["5", "6"] }]))).toEqual(["2 conditionAnswerUnknown 6"]);
  });

  it("finds a question nobody can be asked: its own conditions exclude each other, or those it inherits", () => {
    const low = { question: "overall", anyOf: ["1", "2"] };
    const high = { question: "overall", anyOf: ["4", "5"] };
    expect(codesOf(scale("a", [low, high]))).toEqual(["2 unreachable 1, 1"]);
    expect(codesOf(scale("a", [low]), scale("b", [{ question: "a", anyOf: ["1"] }, high]))).toEqual([
      "3 unreachable 2, 1",
    ]);
    expect(codesOf(scale("a", [low, high]), scale("b", [{ question: "a", anyOf: ["1"] }]))).toEqual([
      "2 unreachable 1, 1",
      "3 unreachable 2",
    ]);
    // several choices may be taken at once
    expect(
      codesOf(
        several("m"),
        scale("b", [
          { question: "m", anyOf: ["a"] },
          { question: "m", anyOf: ["b"] },
        ]),
      ),
    ).toEqual([]);
  });

  it("finds two questions that count towards the same thing, and warns of a form that counts towards nothing", () => {
    expect(codesOf(scale("a", [], true))).toEqual(["2 doubledOverall "]);
    const leaf = (id: string): Question => ({ ...scale(id), leaves: ["s/B1"] }) as Question;
    expect(codesOf(leaf("a"), leaf("b"))).toEqual(["3 doubledLeaf s/B1"]);
    expect(checkSurvey(surveyOf(formOf(scale("a"))))).toMatchObject([{ code: "noOverall", isWarning: true }]);
    expect(
      checkSurvey(surveyOf(formOf({ ...scale("a", [], true), leaves: ["s/B9"] } as Question)), new Set(["s/B1"])),
    ).toMatchObject([{ code: "leafUnknown", detail: "s/B9" }]);
  });

  it("finds answers nobody could give", () => {
    const single: Question = {
      ...several("a"),
      kind: "single",
      isOverall: false,
      leaves: ["s/B1"],
    } as Question;
    expect(codesOf(single)).toEqual(["2 noSatisfiedChoice "]);
    expect(codesOf({ ...several("m"), most: 9 } as Question)).toEqual(["2 mostInvalid 9"]);
    expect(codesOf({ ...scale("a"), points: 1, lowLabel: "" } as Question)).toEqual([
      "2 scaleInvalid 1",
      "2 endUnnamed ",
    ]);
    expect(codesOf({ ...scale("a"), satisfiedFrom: 6 } as Question)).toEqual(["2 satisfiedFromInvalid 6"]);
  });
});

describe("a sheet", () => {
  const form = starterForm("parents");

  it("is asked only what its earlier answers lead to", () => {
    expect(askedQuestions(form, { overall: 5 }).map(({ id }) => id)).toEqual(["overall", "aspects", "words"]);
    expect(askedQuestions(form, { overall: 2 }).map(({ id }) => id)).toEqual(["overall", "why", "aspects", "words"]);
  });

  const aspects = { moral: 4, lessons: 5, teachers: 5, open: 3, fair: 4, culture: 5 };
  it("keeps what can be an answer and leaves out what a change of mind has hidden", () => {
    const { sheet, problems } = readSheet(form, { overall: 5, why: ["care"], aspects, words: "  很好  " });
    expect(problems).toEqual([]);
    expect(sheet).toEqual({ overall: 5, aspects, words: "很好" });
  });

  it("names each answer that cannot be one", () => {
    expect(
      readSheet(form, {
        overall: 2,
        why: ["care", "safety", "meals", "sports"],
        aspects: { moral: 4 },
        words: "字".repeat(301),
        other: 1,
      }).problems,
    ).toEqual([
      { question: "other", why: "unknown" },
      { question: "why", why: "tooMany", most: 3 },
      { question: "aspects", why: "missing" },
      { question: "words", why: "tooLong", most: 300 },
    ]);
    for (const overall of [0, 6, 2.5, "5", true, [], {}])
      expect(readSheet(form, { overall, aspects }).problems).toContainEqual({ question: "overall", why: "notOffered" });
    expect(readSheet(form, { overall: 2, aspects, why: ["care", "care"] }).problems).toEqual([
      { question: "why", why: "notOffered" },
    ]);
  });

  it("never fails, whatever comes in", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("overall", "why", "aspects", "words", "x"), fc.anything()), (raw) => {
        const { sheet } = readSheet(form, raw);
        expect(readSheet(form, sheet).sheet).toEqual(sheet);
      }),
    );
  });
});

describe("counts", () => {
  const form = starterForm("parents");
  const aspects = { moral: 4, lessons: 2, teachers: 5, open: 3, fair: 4, culture: 5 };

  it("tell how often each answer was given and who is satisfied, one person once", () => {
    const counter = countSheets(form);
    counter.add({ overall: 5, aspects });
    counter.add({ overall: 3, why: ["care", "meals"], aspects: { ...aspects, moral: 1 }, words: "午餐" });
    const { tally } = counter;
    expect(tally.overall).toEqual({ answers: 2, satisfied: 1 });
    expect(tally.leaves["example-compulsory/B2"]).toEqual({ answers: 2, satisfied: 1 });
    expect(tally.leaves["example-compulsory/B5"]).toEqual({ answers: 2, satisfied: 0 });
    expect(tally.questions.find(({ question }) => question === "why")).toMatchObject({
      answered: 1,
      options: expect.arrayContaining([
        { option: "care", count: 1 },
        { option: "teaching", count: 0 },
      ]),
    });
    expect(tally.questions.find(({ question }) => question === "words")).toMatchObject({ answered: 1, options: [] });
  });

  it("of two halves add up to those of the whole", () => {
    const sheets = Array.from({ length: 30 }, (_, at) => ({ overall: 1 + (at % 5), aspects }));
    const whole = countSheets(form);
    const halves = [countSheets(form), countSheets(form)] as const;
    sheets.forEach((sheet, at) => {
      whole.add(sheet);
      halves[at % 2 === 0 ? 0 : 1].add(sheet);
    });
    expect(addTallies(halves.map(({ tally }) => tally))).toEqual(whole.tally);
  });
});

describe("what may be shown", () => {
  const columns = { rows: false, columns: true };

  it("hides a small cell and the next smallest, from which it could be worked out", () => {
    const shown = hideSmallCells(
      [
        { row: "a", column: "p", count: 9 },
        { row: "b", column: "p", count: 40 },
        { row: "c", column: "p", count: 25 },
        { row: "d", column: "p", count: 0 },
      ],
      columns,
    );
    expect(["a", "b", "c", "d"].map((row) => shown.isShown(row, "p"))).toEqual([false, true, false, true]);
  });

  it("hides a third cell while the hidden ones together are still fewer than ten", () => {
    const cells = [3, 4, 12, 30].map((count, at) => ({ row: `r${at}`, column: "p", count }));
    const shown = hideSmallCells(cells, columns);
    expect(cells.map(({ row }) => shown.isShown(row, "p"))).toEqual([false, false, false, true]);
  });

  it("hides the total where there is nothing else to cover a cell", () => {
    const shown = hideSmallCells([{ row: "a", column: "p", count: 5 }], columns);
    expect([...shown.hiddenColumns]).toEqual(["p"]);
  });

  it("never leaves a line with a published total from which a small group follows", () => {
    const counts = fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(counts, (table) => {
        const cells = table.flatMap((line, r) => line.map((count, c) => ({ row: `r${r}`, column: `c${c}`, count })));
        const shown = hideSmallCells(cells, { rows: true, columns: true });
        for (const side of ["row", "column"] as const) {
          for (const name of new Set(cells.map((cell) => cell[side]))) {
            const line = cells.filter((cell) => cell[side] === name && cell.count > 0);
            const hidden = line.filter((cell) => !shown.isShown(cell.row, cell.column));
            expect(line.every((cell) => cell.count >= 10 || hidden.includes(cell))).toBe(true);
            if (hidden.length === 0 || (side === "row" ? shown.hiddenRows : shown.hiddenColumns).has(name)) continue;
            expect(hidden.length).toBeGreaterThan(1);
            expect(hidden.reduce((sum, cell) => sum + cell.count, 0)).toBeGreaterThanOrEqual(10);
          }
        }
      }),
    );
  });
});

describe("the sampling plan", () => {
  it("needs what the textbook says", () => {
    // 1.96² · ¼ / 0.05² = 384.1 for an endless population; 278 of 1,000
    expect([sheetsNeeded(1e9, 0.05), sheetsNeeded(1000, 0.05), sheetsNeeded(5, 0.05), sheetsNeeded(0, 0.05)]).toEqual([
      385, 278, 5, 0,
    ]);
    expect(() => sheetsNeeded(10, 0)).toThrow(RangeError);
    expect(() => sheetsNeeded(-1, 0.1)).toThrow(RangeError);
  });

  const strata = [1200, 300, 25, 6].map((population, at) => ({
    unit: `s${at}`,
    party: "parents" as const,
    stage: "primary" as const,
    population,
  }));

  it("spreads the sheets in proportion, with the minimum of each school on top", () => {
    const plan = planSample(strata, { margin: 0.05, responseRate: 0.5, leastPerSchool: 20 });
    expect(plan.map(({ sheets, toAsk }) => [sheets, toAsk])).toEqual([
      [242, 484],
      [60, 120],
      [20, 25],
      [6, 6],
    ]);
  });

  it("never asks more than there are and always reaches what the figure needs", () => {
    const populations = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(populations, fc.integer({ min: 0, max: 60 }), (sizes, least) => {
        const own = sizes.map((population, at) => ({
          unit: `s${at % 7}`,
          party: "pupils" as const,
          stage: null,
          population,
        }));
        const plan = planSample(own, { margin: 0.03, responseRate: 0.7, leastPerSchool: least });
        const total = sizes.reduce((sum, size) => sum + size, 0);
        for (const stratum of plan) {
          expect(stratum.sheets).toBeLessThanOrEqual(stratum.population);
          expect(stratum.toAsk).toBeLessThanOrEqual(stratum.population);
          expect(stratum.toAsk).toBeGreaterThanOrEqual(stratum.sheets);
        }
        expect(plan.reduce((sum, stratum) => sum + stratum.sheets, 0)).toBeGreaterThanOrEqual(
          sheetsNeeded(total, 0.03),
        );
      }),
    );
  });
});

describe("free text", () => {
  it("is summed up by the words that set it apart, each person counted once", () => {
    const lunch = Array.from({ length: 12 }, () => "食堂的午餐太凉，食堂排队太久");
    const calm = Array.from({ length: 20 }, () => "作业适量，课堂有趣");
    const [first] = keywords(lunch, calm);
    expect(first).toMatchObject({ texts: 12, others: 0 });
    expect(keywords(lunch, calm).map(({ word }) => word)).toEqual(expect.arrayContaining(["食堂", "午餐"]));
    expect(keywords(["校服", ...lunch], calm).map(({ word }) => word)).not.toContain("校服");
  });

  it("is measured as R's deviance of independence", () => {
    const results = readFileSync(join(import.meta.dirname, "oracles/results.json"), "utf8");
    const { keyness } = JSON.parse(results) as { keyness: Record<"a" | "n" | "b" | "m" | "keyness", number>[] };
    expect(keyness.length).toBe(5);
    // the deviance of an iterated fit is good to about eight digits
    for (const word of keyness)
      expect(Math.abs(logLikelihood(word.a, word.n, word.b, word.m) - word.keyness)).toBeLessThan(1e-6);
  });

  it.each([
    ["请联系13812345678或023-67891234", "请联系［电话］或［电话］"],
    ["身份证50010120100101123X", "身份证［证件号］"],
    ["王老师和欧阳静老师很好，感谢老师", "某老师和某老师很好，感谢老师"],
    ["由于老师太忙，许多老师离开", "由于老师太忙，许多老师离开"],
    ["我叫李小明，在三年级（2）班", "我叫［姓名］，在某班"],
    ["微信号abc_12345", "微信号［号码］"],
    ["发到a.b@c.cn", "发到［邮箱］"],
    ["班主任很负责，坐班车方便", "班主任很负责，坐班车方便"],
  ])("%s is shown as %s", (text, masked) => {
    expect(maskPersons(text)).toBe(masked);
  });
});
