/** One person's answers: which questions they meet, and whether what came back can be an answer. */

import type { Form, Question } from "./form.ts";
import { optionsOf, questionsOf } from "./form.ts";

/** id of a choice, ids of choices, a point, points by row, yes or no, or words */
export type AnswerValue = string | number | boolean | readonly string[] | Readonly<Record<string, number>>;
export type Sheet = Readonly<Record<string, AnswerValue>>;

/** Why an answer is not taken. */
export type SheetProblem =
  /** no such question in the form */
  | { readonly question: string; readonly why: "unknown" }
  /** a question that must be answered was not */
  | { readonly question: string; readonly why: "missing" }
  /** not one of the answers the question offers */
  | { readonly question: string; readonly why: "notOffered" }
  | { readonly question: string; readonly why: "tooMany"; readonly most: number }
  | { readonly question: string; readonly why: "tooLong"; readonly most: number };

/** The answers as text that conditions are held against; [] when there is none. */
export function chosenOf(question: Question, value: AnswerValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  if (typeof value === "number") return [String(value)];
  if (typeof value === "string") return question.kind === "text" ? [] : [value];
  return isList(value) ? value : [];
}

/** Questions this person is asked, in order: those whose conditions hold by what was answered before. */
export function askedQuestions(form: Form, sheet: Sheet): readonly Question[] {
  const chosen = new Map<string, readonly string[]>();
  const asked: Question[] = [];
  for (const question of questionsOf(form)) {
    const isAsked = question.showIf.every((condition) =>
      condition.anyOf.some((answer) => chosen.get(condition.question)?.includes(answer) === true),
    );
    if (!isAsked) continue;
    asked.push(question);
    chosen.set(question.id, chosenOf(question, sheet[question.id]));
  }
  return asked;
}

/**
 * What is kept of a sheet that came in. Answers to questions that were hidden by a later change of mind are left out;
 * words are trimmed, and left out when nothing remains.
 *
 * @param raw  anything a browser may send
 */
export function readSheet(
  form: Form,
  raw: Readonly<Record<string, unknown>>,
): { readonly sheet: Sheet; readonly problems: readonly SheetProblem[] } {
  const problems: SheetProblem[] = [];
  const known = new Map(questionsOf(form).map((question) => [question.id, question]));
  const readable: Record<string, AnswerValue> = {};
  const faults = new Map<string, SheetProblem>();
  for (const [id, value] of Object.entries(raw)) {
    const question = known.get(id);
    if (question === undefined) {
      problems.push({ question: id.slice(0, 40), why: "unknown" });
      continue;
    }
    if (value === null || value === undefined) continue;
    const read = readValue(question, value);
    if (read === null) continue;
    if ("why" in read) faults.set(id, read);
    else readable[id] = read.value;
  }
  const sheet: Record<string, AnswerValue> = {};
  for (const question of askedQuestions(form, readable)) {
    const fault = faults.get(question.id);
    const value = readable[question.id];
    if (fault !== undefined) problems.push(fault);
    else if (value !== undefined) sheet[question.id] = value;
    if (fault === undefined && question.isRequired && !isComplete(question, value))
      problems.push({ question: question.id, why: "missing" });
  }
  return { sheet, problems };
}

/** Whether a required question has all it asks for: every row of a matrix, at least one choice. */
export function isComplete(question: Question, value: AnswerValue | undefined): boolean {
  if (value === undefined) return false;
  if (question.kind === "matrix" && typeof value === "object" && !isList(value))
    return question.rows.every((row) => value[row.id] !== undefined);
  return true;
}

/** null = no answer was given */
function readValue(question: Question, value: unknown): { readonly value: AnswerValue } | SheetProblem | null {
  const notOffered: SheetProblem = { question: question.id, why: "notOffered" };
  switch (question.kind) {
    case "single":
      return typeof value === "string" && optionsOf(question).includes(value) ? { value } : notOffered;
    case "multiple": {
      if (!Array.isArray(value)) return notOffered;
      const offered = optionsOf(question);
      const taken = value.filter((one): one is string => typeof one === "string" && offered.includes(one));
      if (taken.length !== value.length || new Set(taken).size !== taken.length) return notOffered;
      if (question.most !== null && taken.length > question.most)
        return { question: question.id, why: "tooMany", most: question.most };
      return taken.length === 0 ? null : { value: offered.filter((one) => taken.includes(one)) };
    }
    case "scale":
      return isPoint(value, question.points) ? { value } : notOffered;
    case "yesNo":
      return typeof value === "boolean" ? { value } : notOffered;
    case "matrix": {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return notOffered;
      const points: Record<string, number> = {};
      for (const [row, point] of Object.entries(value)) {
        if (!question.rows.some((known) => known.id === row) || !isPoint(point, question.points)) return notOffered;
        points[row] = point;
      }
      return Object.keys(points).length === 0 ? null : { value: points };
    }
    case "text": {
      if (typeof value !== "string") return notOffered;
      const words = value.trim();
      if ([...words].length > question.most) return { question: question.id, why: "tooLong", most: question.most };
      return words === "" ? null : { value: words };
    }
  }
}

function isPoint(value: unknown, points: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= points;
}

/** `Array.isArray` does not narrow a list that is read only. */
export function isList(value: AnswerValue): value is readonly string[] {
  return Array.isArray(value);
}
