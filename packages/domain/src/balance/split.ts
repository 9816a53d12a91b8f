/** Dividing what a combined school has between its stages. */

import type { Stage } from "../base/index.ts";
import type { StageWeights } from "./rules.ts";

/**
 * The part of a whole-school amount that belongs to each stage, in the unit of the amount.
 *
 *     amount(stage) = amount × n(stage) · w(stage) ÷ Σ n · w
 *
 * @param pupilsByStage  pupils ≥ 0; a stage that is absent or has no pupils gets nothing
 * @returns only the stages with pupils; {} when there are none
 * @source moe-2017-quality-balance, splitting
 */
export function splitAmount(
  amount: number,
  pupilsByStage: Readonly<Partial<Record<Stage, number>>>,
  weights: StageWeights,
): Partial<Record<Stage, number>> {
  throw new Error(`not written yet: ${amount} ${Object.keys(pupilsByStage).length} ${weights.primary}`);
}
