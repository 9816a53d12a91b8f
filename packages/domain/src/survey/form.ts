/** What is asked: a survey as plain data, the same for the builder, the page of the people who answer, and the counts. */

import type { SatisfactionParty, SchoolYear } from "../base/index.ts";

/** Who is asked; the parties of 社会认可度. */
export type SurveyParty = SatisfactionParty;

/** An answer that must have been given before for a question to be asked. All conditions of a question must hold. */
export interface Condition {
  /** id of an earlier question of the form */
  readonly question: string;
  /** any of these: ids of choices, "yes" or "no", or points of a scale as text */
  readonly anyOf: readonly string[];
}

export interface Choice {
  readonly id: string;
  readonly label: string;
  /** whether this choice counts as satisfied, where the question counts towards anything */
  readonly isSatisfied: boolean;
}

interface Asked {
  /** lower-case letters and digits; unique in the form and never shown */
  readonly id: string;
  readonly text: string;
  /** one more sentence below the question; "" = none */
  readonly note: string;
  readonly isRequired: boolean;
  readonly showIf: readonly Condition[];
}

/** What a question counts towards. */
interface Counted {
  /** true for the one question of the form that gives the party's satisfaction */
  readonly isOverall: boolean;
  /** leaves of evaluation schemes it informs: "scheme id/node id"; one question may inform schemes of several kinds of school */
  readonly leaves: readonly string[];
}

/** A row of a matrix: a statement or a subject, rated on the matrix's scale. */
export interface MatrixRow {
  readonly id: string;
  readonly label: string;
  readonly leaves: readonly string[];
}

interface Scale {
  /** 1 … points; the ends have words */
  readonly points: number;
  readonly lowLabel: string;
  readonly highLabel: string;
  /** smallest point that counts as satisfied */
  readonly satisfiedFrom: number;
}

export type Question =
  | (Asked & Counted & { readonly kind: "single"; readonly choices: readonly Choice[] })
  | (Asked & {
      readonly kind: "multiple";
      readonly choices: readonly Choice[];
      /** choices one may take; null = as many as there are */
      readonly most: number | null;
    })
  /** `hasFaces`: drawn as faces, for people who do not read well yet */
  | (Asked & Counted & Scale & { readonly kind: "scale"; readonly hasFaces: boolean })
  | (Asked & Scale & { readonly kind: "matrix"; readonly rows: readonly MatrixRow[] })
  | (Asked & Counted & { readonly kind: "yesNo"; readonly satisfiedIs: boolean })
  /** `most`: characters */
  | (Asked & { readonly kind: "text"; readonly most: number });

export type QuestionKind = Question["kind"];
export const questionKinds = [
  "single",
  "multiple",
  "scale",
  "matrix",
  "yesNo",
  "text",
] as const satisfies readonly QuestionKind[];

export interface FormSection {
  readonly id: string;
  readonly title: string;
  readonly questions: readonly Question[];
}

/** What one party is asked. */
export interface Form {
  readonly party: SurveyParty;
  /** said before the first question, in the words of who is asked */
  readonly greeting: string;
  readonly sections: readonly FormSection[];
}

/** A survey as it is built; once it has been opened it never changes. */
export interface SurveyPlan {
  readonly title: string;
  readonly year: SchoolYear;
  /** who asks, e.g. 示例区教育委员会 */
  readonly asker: string;
  /** what the answers are for, in one sentence */
  readonly purpose: string;
  /** days in China, both included */
  readonly opensOn: string;
  readonly closesOn: string;
  readonly forms: readonly Form[];
}

export const surveyStates = ["draft", "open", "closed"] as const;
/** 编制中 进行中 已结束 */
export type SurveyState = (typeof surveyStates)[number];

export function questionsOf(form: Form): readonly Question[] {
  return form.sections.flatMap((section) => section.questions);
}

/**
 * The answers a question can have, as text, in the order they are shown; [] for a matrix or free text.
 * Conditions and counts use these texts.
 */
export function optionsOf(question: Question): readonly string[] {
  switch (question.kind) {
    case "single":
    case "multiple":
      return question.choices.map((choice) => choice.id);
    case "scale":
      return pointsOf(question);
    case "yesNo":
      return ["yes", "no"];
    default:
      return [];
  }
}

/** "1" … as many as the scale has. */
export function pointsOf({ points }: { readonly points: number }): readonly string[] {
  return Array.from({ length: Math.max(0, Math.trunc(points)) }, (_, at) => String(at + 1));
}

/** The party of an evaluation scheme that answers of a survey's party speak for; null = schemes do not ask it. */
export function schemeParty(party: SurveyParty): string | null {
  switch (party) {
    case "pupils":
    case "parents":
    case "teachers":
      return party;
    case "deputies":
    case "advisers":
      return "deputies";
    case "public":
      return "community";
    case "principals":
      return null;
  }
}
