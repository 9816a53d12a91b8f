/** The whole assessment: facts and rules in, verdicts with their figures and gaps out. */

import type { BalanceAssessment } from "./assessment.ts";
import type { BalanceFacts } from "./facts.ts";
import type { BalanceRules } from "./rules.ts";

/**
 * The assessment of one district and year. Total: any well-typed facts give an assessment without exception, NaN or
 * infinity; what cannot be computed says why in `gaps`.
 *
 * @source moe-2017-quality-balance
 */
export function assessBalance(facts: BalanceFacts, rules: BalanceRules): BalanceAssessment {
  throw new Error(`not written yet: ${facts.districtCode} ${rules.version}`);
}
