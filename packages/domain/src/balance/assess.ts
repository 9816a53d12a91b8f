/** The whole assessment: facts and rules in, verdicts with their figures and gaps out. */

import { allMet } from "../base/index.ts";
import type { BalanceAssessment } from "./assessment.ts";
import type { BalanceFacts } from "./facts.ts";
import { assessItems } from "./items.ts";
import { mergeSchools } from "./merge.ts";
import { assessPrecondition, assessSatisfaction, assessVetoes, recognitionGaps, vetoVerdict } from "./recognition.ts";
import { assessResources } from "./resources.ts";
import type { BalanceRules } from "./rules.ts";

/**
 * The assessment of one district and year. Total: any well-typed facts give an assessment without exception, NaN or
 * infinity; what cannot be computed says why in `gaps`. No trails are built here; explainIndicator, explainCv and
 * explainCondition work them out when somebody asks.
 *
 * @source moe-2017-quality-balance
 */
export function assessBalance(facts: BalanceFacts, rules: BalanceRules): BalanceAssessment {
  const merged = mergeSchools(facts, rules);
  const resources = assessResources(facts, merged, rules);
  const items = assessItems(facts, merged, rules);
  const satisfaction = assessSatisfaction(facts, rules);
  const vetoes = assessVetoes(facts.vetoes);
  const precondition = assessPrecondition(facts.figures, facts.schoolYear, rules);
  const parts = {
    resources: resources.verdict,
    government: items.government,
    quality: items.quality,
    recognition: satisfaction.verdict,
    vetoes: vetoVerdict(vetoes),
    precondition: precondition.verdict,
  };
  return {
    district: { code: facts.districtCode, name: facts.districtName },
    schoolYear: facts.schoolYear,
    isSample: facts.isSample,
    rules: { id: rules.id, version: rules.version },
    rows: resources.rows,
    excluded: resources.excluded,
    cv: resources.cv,
    items: items.items,
    satisfaction,
    vetoes,
    precondition,
    parts,
    verdict: allMet(Object.values(parts)),
    gaps: [...resources.gaps, ...items.gaps, ...recognitionGaps(satisfaction, vetoes, precondition)],
  };
}
