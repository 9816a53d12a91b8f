/** Sheets counted: how often each answer was given, and how many of those asked are satisfied. */

import type { Form, Question } from "./form.ts";
import { optionsOf, pointsOf, questionsOf } from "./form.ts";
import type { AnswerValue, Sheet } from "./sheet.ts";
import { chosenOf, isList } from "./sheet.ts";

/** How one question, or one row of a matrix, was answered. */
export interface QuestionCount {
  readonly question: string;
  /** row of a matrix; null = the question itself */
  readonly row: string | null;
  /** people who answered it */
  answered: number;
  /** by option, in the order of `optionsOf`; empty for words */
  readonly options: { readonly option: string; count: number }[];
}

/** People who answered a question that counts towards something, and those of them who are satisfied. */
export interface SatisfiedCount {
  answers: number;
  satisfied: number;
}

/** All counts of one form. Counts of two sets of sheets add up. */
export interface Tally {
  sheets: number;
  readonly questions: readonly QuestionCount[];
  /** the question that gives the party's satisfaction; null = the form has none */
  readonly overall: SatisfiedCount | null;
  /** by leaf, "scheme id/node id" */
  readonly leaves: Readonly<Record<string, SatisfiedCount>>;
}

/** Counts sheets of one form as they come. */
export interface Counter {
  add(sheet: Sheet): void;
  readonly tally: Tally;
}

export function countSheets(form: Form): Counter {
  const questions = questionsOf(form);
  const counts: QuestionCount[] = [];
  const overallQuestion = questions.find((question) => "isOverall" in question && question.isOverall);
  const overall = overallQuestion === undefined ? null : zero();
  const leaves: Record<string, SatisfiedCount> = {};
  const steps: ((sheet: Sheet) => void)[] = [];
  for (const question of questions) {
    for (const row of question.kind === "matrix" ? question.rows : [null]) {
      const options = (question.kind === "matrix" ? pointsOf(question) : optionsOf(question)).map((option) => ({
        option,
        count: 0,
      }));
      const place = new Map(options.map((entry) => [entry.option, entry]));
      const count: QuestionCount = { question: question.id, row: row?.id ?? null, answered: 0, options };
      counts.push(count);
      const own = row ?? ("leaves" in question ? question : null);
      const targets = [
        ...(question === overallQuestion && overall !== null ? [overall] : []),
        ...(own?.leaves ?? []).map((leaf) => (leaves[leaf] ??= zero())),
      ];
      steps.push((sheet) => {
        const value = row === null ? sheet[question.id] : pointIn(sheet[question.id], row.id);
        if (value === undefined) return;
        count.answered += 1;
        for (const option of chosenOf(question, value)) {
          const entry = place.get(option);
          if (entry !== undefined) entry.count += 1;
        }
        if (targets.length === 0) return;
        const isGood = isSatisfied(question, value);
        for (const target of targets) {
          target.answers += 1;
          if (isGood) target.satisfied += 1;
        }
      });
    }
  }
  const tally: Tally = { sheets: 0, questions: counts, overall, leaves };
  return {
    tally,
    add(sheet) {
      tally.sheets += 1;
      for (const step of steps) step(sheet);
    },
  };
}

function zero(): SatisfiedCount {
  return { answers: 0, satisfied: 0 };
}

function pointIn(value: AnswerValue | undefined, row: string): number | undefined {
  return typeof value === "object" && !isList(value) ? value[row] : undefined;
}

/** Whether an answer counts as satisfied. */
export function isSatisfied(question: Question, value: AnswerValue): boolean {
  switch (question.kind) {
    case "single":
      return question.choices.some((choice) => choice.id === value && choice.isSatisfied);
    case "scale":
    case "matrix":
      return typeof value === "number" && value >= question.satisfiedFrom;
    case "yesNo":
      return value === question.satisfiedIs;
    default:
      return false;
  }
}

/** The counts of several tallies of one form together; the first gives the order. */
export function addTallies(tallies: readonly Tally[]): Tally | null {
  const [first] = tallies;
  if (first === undefined) return null;
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  const key = ({ question, row }: QuestionCount): string => `${question}/${row ?? ""}`;
  const byKey = tallies.map((tally) => new Map(tally.questions.map((count) => [key(count), count])));
  const satisfied = (of: (tally: Tally) => SatisfiedCount | null | undefined): SatisfiedCount => ({
    answers: sum((tally) => of(tally)?.answers ?? 0),
    satisfied: sum((tally) => of(tally)?.satisfied ?? 0),
  });
  return {
    sheets: sum((tally) => tally.sheets),
    questions: first.questions.map((count) => {
      const same = byKey.flatMap((map) => map.get(key(count)) ?? []);
      return {
        question: count.question,
        row: count.row,
        answered: same.reduce((total, one) => total + one.answered, 0),
        options: count.options.map(({ option }, at) => ({
          option,
          count: same.reduce((total, one) => total + (one.options[at]?.count ?? 0), 0),
        })),
      };
    }),
    overall: first.overall === null ? null : satisfied((tally) => tally.overall),
    leaves: Object.fromEntries(
      [...new Set(tallies.flatMap((tally) => Object.keys(tally.leaves)))].map((leaf) => [
        leaf,
        satisfied((tally) => tally.leaves[leaf]),
      ]),
    ),
  };
}
