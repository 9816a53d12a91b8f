/** What the compiler of schemes finds wrong, in words of the interface: it speaks English, because it also runs on the command line. */

import type { SchemeProblem } from "@xingfu/standards";
import type { TFunction } from "i18next";
import type { TextProblem } from "@xingfu/standards/text";

/** Each thing the compiler may find, by the form of its sentence; the groups are put into the wording. */
export const problemForms: readonly (readonly [form: RegExp, key: string])[] = [
  [/^the file is not a record$/, "notRecord"],
  [/^has no source \(tag (.*)\)$/, "noTag"],
  [/^has no source$/, "noSource"],
  [/^source (.*) is not listed in the document$/, "sourceUnlisted"],
  [/^general knowledge cannot be verified$/, "generalVerified"],
  [/^a verified value needs the address of the official page$/, "verifiedAddress"],
  [/^checkedOn: is not a date \((.*)\)$/, "checkedOn"],
  [/^is false although the source is the district's own$/, "districtRule"],
  [/^(.*) is before effectiveFrom$/, "endsEarly"],
  [/^nobody rates$/, "noParties"],
  [/^(.*) is no 办学类型$/, "schoolType"],
  [/^is not a record$/, "notRecord"],
  [/^points sum to (.*), not (.*)$/, "pointsSum"],
  [/^(.*) stands twice$/, "twice"],
  [/^are 0$/, "noPoints"],
  [/^is a fourth level$/, "tooDeep"],
  [/^belongs to a node with children$/, "evidenceAbove"],
  [/^needs either takes or label$/, "noLabel"],
  [/^(.*) is in no guide$/, "noGuide"],
  [/^there is no entry (.*)$/, "noEntry"],
  [/^the rule takes a figure, so nobody rates$/, "figureRaters"],
  [/^(.*) is no method$/, "noMethod"],
  [/^says not how it is looked at$/, "noMethods"],
  [/^nobody rates this leaf$/, "noRaters"],
  [/^is no party of the scheme$/, "noParty"],
  [/^takes a figure, not a judgement$/, "figureJudgement"],
  [/^weights sum to (.*), not 1$/, "weightsSum"],
  [/^is (.*), so rescaling would never or always happen$/, "presentAtLeast"],
  [/^there is no rule (.*)$/, "noSuchRule"],
  [/^has no rule$/, "noRule"],
  [/^(.*) is no kind of rule$/, "noKind"],
  [/^(.*) is not above zeroAt (.*)$/, "fullAt"],
  [/^mixes atLeast and atMost$/, "mixed"],
  [/^its limit (.*) can never be reached$/, "neverReached"],
  [/^gives no less than a better band$/, "notFalling"],
  [/^gives more than the last band$/, "otherwise"],
  [/^(.*) gives no less than (.*)$/, "notFallingBy"],
  [/^results below it have no band$/, "lastBand"],
  [/^there is no node (.*)$/, "noNode"],
  [/^there is no band (.*)$/, "noBand"],
  [/^is not a member$/, "notMember"],
  [/^is empty$/, "empty"],
  [/^is missing, not a list$/, "missing"],
  [/^is (.*), not a list$/, "notList"],
  [/^is missing$/, "missing"],
  [/^is (.*)$/, "is"],
];

/** A problem in words; the compiler's own sentence when its form is not known. */
export function problemWords({ problem, mend }: SchemeProblem, t: TFunction): string {
  for (const [form, key] of problemForms) {
    const found = form.exec(problem);
    if (found !== null) return t(`evaluation:problem.${key}`, { a: found[1] ?? "", b: found[2] ?? "" });
  }
  return `${problem} · ${mend}`;
}

export function textProblemWords({ line, message }: TextProblem, t: TFunction): string {
  return t("evaluation:problem.text", { line, message });
}
