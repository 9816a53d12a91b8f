/** Changes of a form that touch more than one field. */

import type { Question, QuestionKind } from "@xingfu/domain/survey";
import type { TFunction } from "i18next";

/** An id that none of the others has: "q1", "q2" … */
export function freeId(others: readonly { readonly id: string }[]): string {
  const taken = new Set(others.map((other) => other.id));
  let number = others.length + 1;
  while (taken.has(`q${number}`)) number += 1;
  return `q${number}`;
}

export function newQuestion(kind: QuestionKind, id: string, t: TFunction): Question {
  const asked = { id, text: "", note: "", isRequired: kind !== "text", showIf: [] };
  const counted = { isOverall: false, leaves: [] };
  const scale = {
    points: 5,
    lowLabel: t("surveys:builder.lowFirst"),
    highLabel: t("surveys:builder.highFirst"),
    satisfiedFrom: 4,
  };
  const choices = ["a", "b"].map((choice) => ({ id: choice, label: "", isSatisfied: false }));
  switch (kind) {
    case "single":
      return { ...asked, ...counted, kind, choices };
    case "multiple":
      return { ...asked, kind, choices, most: null };
    case "scale":
      return { ...asked, ...counted, ...scale, kind, hasFaces: false };
    case "matrix":
      return { ...asked, ...scale, kind, rows: [{ id: "a", label: "", leaves: [] }] };
    case "yesNo":
      return { ...asked, ...counted, kind, satisfiedIs: true };
    case "text":
      return { ...asked, kind, most: 300 };
  }
}

/** The same question of another kind; what both kinds have is kept. */
export function changeKind(question: Question, kind: QuestionKind, t: TFunction): Question {
  if (kind === question.kind) return question;
  const made = newQuestion(kind, question.id, t);
  const { text, note, isRequired, showIf } = question;
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(made))
    if (name !== "kind" && name in question) kept[name] = Reflect.get(question, name);
  // names that both kinds have mean the same in both, but for the limit: of choices, or of characters
  if ("most" in kept) delete kept["most"];
  return { ...made, ...kept, text, note, isRequired, showIf };
}

/** The questions without one, and without conditions on it. */
export function withoutQuestion(questions: readonly Question[], at: number): readonly Question[] {
  const gone = questions[at]?.id;
  return questions
    .filter((_, index) => index !== at)
    .map((question) => ({ ...question, showIf: question.showIf.filter((condition) => condition.question !== gone) }));
}
