/** Trails: how one figure of an assessment came about, worked out when somebody asks. */

import type { Phase, Trail } from "../base/index.ts";
import type { Indicator } from "./assessment.ts";
import type { BalanceFacts } from "./facts.ts";
import type { BalanceRules } from "./rules.ts";

/** How the indicator of one row came about; a trail with a gap when the district has no such row. */
export function explainIndicator(
  facts: BalanceFacts, rules: BalanceRules, schoolCode: string, phase: Phase, indicator: Indicator,
): Trail {
  throw new Error(`not written yet: ${facts.districtCode} ${rules.version} ${schoolCode} ${phase} ${indicator}`);
}

/** How a coefficient of variation came about, with one input per school. */
export function explainCv(facts: BalanceFacts, rules: BalanceRules, phase: Phase, indicator: Indicator): Trail {
  throw new Error(`not written yet: ${facts.districtCode} ${rules.version} ${phase} ${indicator}`);
}

/**
 * How a condition of an item came about: the district's figure, or one school's where it holds school by school.
 *
 * @param conditionId  an id of {@link ItemCondition}, "satisfaction" or "precondition"
 */
export function explainCondition(
  facts: BalanceFacts, rules: BalanceRules, conditionId: string, schoolCode?: string,
): Trail {
  throw new Error(`not written yet: ${facts.districtCode} ${rules.version} ${conditionId} ${schoolCode ?? ""}`);
}
