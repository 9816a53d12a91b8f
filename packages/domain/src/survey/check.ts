/** Whether a survey can be put to people: everything that is wrong with it, each with its place. */

import type { SurveyParty } from "./form.ts";
import { optionsOf, questionsOf } from "./form.ts";
import type { Form, Question, SurveyPlan } from "./form.ts";

export type SurveyProblemCode =
  | "titleMissing"
  | "askerMissing"
  | "purposeMissing"
  | "dayInvalid"
  | "closesBeforeOpens"
  /** found where the survey is opened: its plan is kept beside it */
  | "noPlan"
  | "noForm"
  | "doubledForm"
  | "noQuestion"
  | "tooManyQuestions"
  | "idInvalid"
  | "doubledId"
  | "textMissing"
  | "tooFewChoices"
  | "doubledChoice"
  | "choiceUnnamed"
  | "mostInvalid"
  | "scaleInvalid"
  | "endUnnamed"
  | "satisfiedFromInvalid"
  | "noSatisfiedChoice"
  | "conditionUnknown"
  | "conditionOnItself"
  | "conditionLoop"
  | "conditionOnLater"
  | "conditionOnWords"
  | "conditionEmpty"
  | "conditionAnswerUnknown"
  | "unreachable"
  | "doubledOverall"
  | "noOverall"
  | "doubledLeaf"
  | "leafUnknown";

/** One thing wrong. `question` is its number in the form, from 1, as the builder shows it; null = the survey itself. */
export interface SurveyProblem {
  readonly code: SurveyProblemCode;
  /** true = the survey may be opened all the same */
  readonly isWarning: boolean;
  readonly party: SurveyParty | null;
  readonly question: number | null;
  /** what it is about: an id, a wrong answer, the questions of a loop */
  readonly detail: string;
}

/** More would not be finished by anybody. */
export const mostQuestions = 60;

interface Place {
  readonly party: SurveyParty;
  readonly number: number;
  readonly question: Question;
}

/**
 * All problems of a survey in the order of its questions. An empty list, or warnings alone, means that it may be opened.
 *
 * @param leaves  leaves of the evaluation scheme that questions may inform; undefined = not checked
 */
export function checkSurvey(survey: SurveyPlan, leaves?: ReadonlySet<string>): readonly SurveyProblem[] {
  const problems: SurveyProblem[] = [];
  const say = (code: SurveyProblemCode, detail = ""): void => {
    problems.push({ code, isWarning: false, party: null, question: null, detail });
  };
  if (survey.title.trim() === "") say("titleMissing");
  if (survey.asker.trim() === "") say("askerMissing");
  if (survey.purpose.trim() === "") say("purposeMissing");
  const [opens, closes] = [survey.opensOn, survey.closesOn];
  if (!isDay(opens)) say("dayInvalid", opens);
  if (!isDay(closes)) say("dayInvalid", closes);
  if (isDay(opens) && isDay(closes) && closes < opens) say("closesBeforeOpens", `${opens} – ${closes}`);
  if (survey.forms.length === 0) say("noForm");
  const parties = new Set<SurveyParty>();
  for (const form of survey.forms) {
    if (parties.has(form.party)) problems.push(atForm(form, "doubledForm"));
    parties.add(form.party);
    problems.push(...checkForm(form, leaves));
  }
  return problems;
}

function atForm(form: Form, code: SurveyProblemCode, isWarning = false): SurveyProblem {
  return { code, isWarning, party: form.party, question: null, detail: "" };
}

function checkForm(form: Form, leaves: ReadonlySet<string> | undefined): readonly SurveyProblem[] {
  const problems: SurveyProblem[] = [];
  const places = questionsOf(form).map((question, at): Place => ({ party: form.party, number: at + 1, question }));
  if (places.length === 0) return [atForm(form, "noQuestion")];
  if (places.length > mostQuestions) problems.push(atForm(form, "tooManyQuestions"));

  const first = new Map<string, Place>();
  let overall = 0;
  const informed = new Set<string>();
  for (const place of places) {
    const { question } = place;
    const say = (code: SurveyProblemCode, detail = ""): void => {
      problems.push({ code, isWarning: false, party: place.party, question: place.number, detail });
    };
    if (!/^[a-z][a-z0-9]{0,19}$/.test(question.id)) say("idInvalid", question.id);
    if (first.has(question.id)) say("doubledId", question.id);
    else first.set(question.id, place);
    if (question.text.trim() === "") say("textMissing");
    checkAnswers(question, say);
    if ("isOverall" in question && question.isOverall) {
      overall += 1;
      if (overall > 1) say("doubledOverall");
    }
    for (const leaf of leavesOf(question)) {
      if (informed.has(leaf)) say("doubledLeaf", leaf);
      informed.add(leaf);
      if (leaves !== undefined && !leaves.has(leaf)) say("leafUnknown", leaf);
    }
  }
  problems.push(...checkConditions(places, first));
  if (overall === 0) problems.push(atForm(form, "noOverall", true));
  return problems.toSorted((a, b) => (a.question ?? 0) - (b.question ?? 0));
}

/** Leaves of the scheme a question informs. */
export function leavesOf(question: Question): readonly string[] {
  if (question.kind === "matrix") return question.rows.flatMap((row) => row.leaves);
  return "leaves" in question ? question.leaves : [];
}

function checkAnswers(question: Question, say: (code: SurveyProblemCode, detail?: string) => void): void {
  if (question.kind === "single" || question.kind === "multiple") {
    if (question.choices.length < 2) say("tooFewChoices");
    const ids = question.choices.map((choice) => choice.id);
    for (const id of new Set(ids.filter((own, at) => ids.indexOf(own) !== at))) say("doubledChoice", id);
    for (const choice of question.choices) if (choice.label.trim() === "") say("choiceUnnamed", choice.id);
  }
  if (question.kind === "multiple" && question.most !== null) {
    if (!Number.isInteger(question.most) || question.most < 1 || question.most > question.choices.length)
      say("mostInvalid", String(question.most));
  }
  if (question.kind === "text" && (!Number.isInteger(question.most) || question.most < 1 || question.most > 2000))
    say("mostInvalid", String(question.most));
  if (question.kind === "scale" || question.kind === "matrix") {
    const isSound = Number.isInteger(question.points) && question.points >= 2 && question.points <= 10;
    if (!isSound) say("scaleInvalid", String(question.points));
    if (question.lowLabel.trim() === "" || question.highLabel.trim() === "") say("endUnnamed");
    const from = question.satisfiedFrom;
    if (isSound && !(Number.isInteger(from) && from >= 2 && from <= question.points))
      say("satisfiedFromInvalid", String(from));
  }
  if (question.kind === "matrix") {
    if (question.rows.length === 0) say("tooFewChoices");
    const ids = question.rows.map((row) => row.id);
    for (const id of new Set(ids.filter((own, at) => ids.indexOf(own) !== at))) say("doubledChoice", id);
    for (const row of question.rows) if (row.label.trim() === "") say("choiceUnnamed", row.id);
  }
  if (question.kind === "single" && (question.isOverall || question.leaves.length > 0)) {
    const satisfied = question.choices.filter((choice) => choice.isSatisfied).length;
    if (satisfied === 0 || satisfied === question.choices.length) say("noSatisfiedChoice");
  }
}

/** Conditions may only look back; what can never be asked is a mistake. */
function checkConditions(places: readonly Place[], first: ReadonlyMap<string, Place>): readonly SurveyProblem[] {
  const problems: SurveyProblem[] = [];
  const inLoop = new Set<string>();
  for (const place of places) {
    const say = (code: SurveyProblemCode, detail: string): void => {
      problems.push({ code, isWarning: false, party: place.party, question: place.number, detail });
    };
    for (const condition of place.question.showIf) {
      const asked = first.get(condition.question);
      if (asked === undefined) {
        say("conditionUnknown", condition.question);
        continue;
      }
      if (asked.question.id === place.question.id) say("conditionOnItself", condition.question);
      else if (asked.number > place.number) {
        const loop = loopThrough(place, first);
        if (loop === null) say("conditionOnLater", String(asked.number));
        else if (!inLoop.has(place.question.id)) {
          for (const member of loop) inLoop.add(member.question.id);
          say("conditionLoop", [...loop, place].map((member) => member.number).join(" → "));
        }
      }
      const offered = optionsOf(asked.question);
      if (offered.length === 0) say("conditionOnWords", String(asked.number));
      else if (condition.anyOf.length === 0) say("conditionEmpty", String(asked.number));
      else {
        const unknown = condition.anyOf.filter((answer) => !offered.includes(answer));
        if (unknown.length > 0) say("conditionAnswerUnknown", unknown.join(", "));
      }
    }
  }
  if (problems.length > 0) return problems; // what is reachable is only asked of conditions that can be read
  return unreachable(places);
}

/** The questions of a loop of conditions that leads back to `from`, beginning with it; null = there is none. */
function loopThrough(from: Place, first: ReadonlyMap<string, Place>): readonly Place[] | null {
  const seen = new Set<string>();
  const walk = (place: Place, path: readonly Place[]): readonly Place[] | null => {
    for (const condition of place.question.showIf) {
      const next = first.get(condition.question);
      if (next === undefined) continue;
      if (next.question.id === from.question.id) return path;
      if (seen.has(next.question.id)) continue;
      seen.add(next.question.id);
      const found = walk(next, [...path, next]);
      if (found !== null) return found;
    }
    return null;
  };
  return walk(from, [from]);
}

/** What must have been answered for a question to be asked: for each question with one answer, the answers left over. */
type Needs = ReadonlyMap<string, ReadonlySet<string>>;

function unreachable(places: readonly Place[]): readonly SurveyProblem[] {
  const problems: SurveyProblem[] = [];
  const byId = new Map(places.map((place) => [place.question.id, place]));
  const needs = new Map<string, Needs | null>();
  for (const place of places) {
    const own = new Map<string, ReadonlySet<string>>();
    let isReachable = true;
    const require = (id: string, answers: Iterable<string>): void => {
      const before = own.get(id);
      const left = new Set([...answers].filter((answer) => before === undefined || before.has(answer)));
      own.set(id, left);
      if (left.size === 0) isReachable = false;
    };
    for (const condition of place.question.showIf) {
      const asked = byId.get(condition.question)?.question;
      const inherited = needs.get(condition.question);
      if (inherited === null) isReachable = false;
      for (const [id, answers] of inherited ?? []) require(id, answers);
      // several choices may be taken at once, so that two conditions on one such question do not exclude each other
      if (asked !== undefined && asked.kind !== "multiple") require(condition.question, condition.anyOf);
    }
    needs.set(place.question.id, isReachable ? own : null);
    if (!isReachable)
      problems.push({
        code: "unreachable",
        isWarning: false,
        party: place.party,
        question: place.number,
        detail: place.question.showIf.map((condition) => byId.get(condition.question)?.number ?? "").join(", "),
      });
  }
  return problems;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().slice(0, 10) === text;
}
