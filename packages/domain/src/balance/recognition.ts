/** Part four and the two gates around the assessment: satisfaction (社会认可度), vetoes (一票否决), the precondition. */

import { tableAt } from "@xingfu/standards";
import { allMet, judge, satisfactionParties, usable } from "../base/index.ts";
import type { Gap, SchoolYear, VetoRow } from "../base/index.ts";
import type { AssessmentGap, PreconditionResult, SatisfactionResult, VetoResult } from "./assessment.ts";
import type { BalanceFacts } from "./facts.ts";
import type { BalanceRules } from "./rules.ts";

/**
 * Satisfied answers among the valid answers of all parties together. The document names the parties and the limit but no
 * way of adding them up; pooling is a district rule (区级口径). A party that nobody has asked leaves the result open.
 *
 * @source moe-2017-quality-balance, recognition
 */
export function assessSatisfaction(facts: BalanceFacts, rules: BalanceRules): SatisfactionResult {
  const limit = rules.recognition.share;
  const missing: string[] = [];
  let isPlausible = true;
  let valid = 0;
  let satisfied = 0;
  const parties = satisfactionParties.map((party) => {
    const rows = facts.satisfaction.filter((row) => row.party === party);
    let answers: number | null = rows.length > 0 ? 0 : null;
    let yes: number | null = answers;
    for (const row of rows) {
      const rowAnswers = usable(row.validAnswers);
      const rowYes = usable(row.satisfiedAnswers);
      if ((row.validAnswers !== null && rowAnswers === null) || (row.satisfiedAnswers !== null && rowYes === null))
        isPlausible = false;
      if (rowAnswers !== null && rowYes !== null && rowYes > rowAnswers) isPlausible = false;
      answers = answers === null || rowAnswers === null ? null : answers + rowAnswers;
      yes = yes === null || rowYes === null ? null : yes + rowYes;
    }
    if (answers === null || yes === null) missing.push(party);
    else {
      valid += answers;
      satisfied += yes;
    }
    const value = answers === null || yes === null || answers === 0 || yes > answers ? null : yes / answers;
    return {
      party,
      validAnswers: answers === null || answers < Infinity ? answers : null,
      value: value !== null && Number.isFinite(value) ? value : null,
    };
  });
  const gap: Gap | null = !isPlausible
    ? { why: "implausible", item: "satisfiedAnswers" }
    : missing.length > 0
      ? { why: "depends", on: missing.map((party) => `satisfaction.${party}`) }
      : valid === 0
        ? { why: "no-denominator", item: "validAnswers" }
        : Number.isFinite(satisfied / valid)
          ? null
          : { why: "implausible", item: "validAnswers" };
  const value = gap ? null : satisfied / valid;
  return { value, limit, verdict: judge(value, "atLeast", limit), parties, gap };
}

const vetoIds = tableAt("moe-2017-quality-balance/vetoes").entries.map((entry) => entry.id);

/** The six vetoes in the order of the document; one that occurred is "notMet", one nobody has looked into is open. */
export function assessVetoes(rows: readonly VetoRow[]): VetoResult[] {
  return vetoIds.map((id) => {
    const answers = rows.filter((row) => row.veto === id).map((row) => row.hasOccurred);
    const hasOccurred = answers.includes(true) ? true : answers.length === 0 || answers.includes(null) ? null : false;
    return { id, hasOccurred, verdict: hasOccurred === null ? "notComputable" : hasOccurred ? "notMet" : "met" };
  });
}

/** Whole years from 基本均衡 recognition to the school year. */
export function assessPrecondition(
  figures: Readonly<Record<string, number | null>>,
  schoolYear: SchoolYear,
  rules: BalanceRules,
): PreconditionResult {
  const limit = rules.precondition.years;
  const item = "basicBalanceYear";
  const year = Object.hasOwn(figures, item) ? (figures[item] ?? null) : null;
  const isPlausible = year === null || (Number.isInteger(year) && year >= 1990 && year <= schoolYear + 1);
  const gap: Gap | null =
    year === null
      ? { why: "not-reported", item, where: `districtFigures.${item}` }
      : isPlausible
        ? null
        : { why: "implausible", item };
  const value = gap || year === null ? null : schoolYear - year;
  return { value, limit, verdict: judge(value, "atLeast", limit), gap };
}

/** Gaps of the fourth part and the gates. */
export function recognitionGaps(
  satisfaction: SatisfactionResult,
  vetoes: readonly VetoResult[],
  precondition: PreconditionResult,
): AssessmentGap[] {
  const gaps: AssessmentGap[] = [];
  const add = (subject: string, gap: Gap) => gaps.push({ subject, schoolCode: null, phase: null, gap });
  if (satisfaction.gap) add("satisfaction", satisfaction.gap);
  for (const veto of vetoes) if (veto.hasOccurred === null) add(veto.id, { why: "not-reviewed", item: veto.id });
  if (precondition.gap) add("precondition", precondition.gap);
  return gaps;
}

/** Met when every veto has been looked into and none occurred. */
export function vetoVerdict(vetoes: readonly VetoResult[]) {
  return allMet(vetoes.map((veto) => veto.verdict));
}
