/** One return assessed: facts, rules, result and the hashes that let anybody check that the same went in. */

import { createHash } from "node:crypto";
import { assessBalance, assessmentDate, balanceRules, summarizeDistrict } from "@xingfu/domain/balance";
import type { BalanceAssessment, BalanceFacts, BalanceRules, RuleOverride } from "@xingfu/domain/balance";
import { canonicalText } from "@xingfu/domain/base";
import type { DistrictYear } from "@xingfu/domain/base";

export interface Assessed {
  readonly facts: BalanceFacts;
  readonly rules: BalanceRules;
  readonly assessment: BalanceAssessment;
  /** hex of sha256 over the canonical text of the facts, and of the rules */
  readonly hashes: { readonly inputs: string; readonly rules: string };
}

export function assessReturn(year: DistrictYear, overrides: readonly RuleOverride[]): Assessed {
  const facts = summarizeDistrict(year);
  const rules = balanceRules(assessmentDate(year.schoolYear), overrides);
  return {
    facts,
    rules,
    assessment: assessBalance(facts, rules),
    hashes: { inputs: sha256(canonicalText(facts)), rules: sha256(canonicalText(rules)) },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** The object that `assess --json` prints; docs/schemas/assessment.schema.json describes it. */
export function assessmentDocument({ assessment, hashes }: Assessed) {
  const { district, schoolYear, isSample, rules, verdict, parts, ...rest } = assessment;
  return {
    district,
    schoolYear,
    isSample,
    rules: { id: rules.id, version: rules.version, hash: hashes.rules },
    inputsHash: hashes.inputs,
    verdict,
    parts,
    rows: rest.rows,
    excluded: rest.excluded,
    cv: rest.cv,
    items: rest.items,
    satisfaction: rest.satisfaction,
    vetoes: rest.vetoes,
    precondition: rest.precondition,
    gaps: rest.gaps,
  };
}
