/** Dividing what a combined school has between its stages. */

import { stages } from "../base/index.ts";
import type { Stage } from "../base/index.ts";
import type { BalanceRules, StageWeights } from "./rules.ts";

type PupilsByStage = Readonly<Partial<Record<Stage, number>>>;

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
  pupilsByStage: PupilsByStage,
  weights: StageWeights,
): Partial<Record<Stage, number>> {
  let weighted = 0;
  for (const stage of stages) weighted += (pupilsByStage[stage] ?? 0) * weights[stage];
  const parts: Partial<Record<Stage, number>> = {};
  for (const stage of stages) {
    const pupils = pupilsByStage[stage] ?? 0;
    if (pupils > 0) parts[stage] = amount * ((pupils * weights[stage]) / weighted);
  }
  return parts;
}

/**
 * The weights for the stages a school has pupils in. Attached kindergarten classes do not change the combination as long
 * as it has primary pupils, who are the unit they are counted in.
 *
 * @param stagesPresent  stages with pupils
 */
export function weightsFor(
  rules: BalanceRules,
  stagesPresent: readonly Stage[],
): { readonly key: string; readonly weights: StageWeights } {
  const has = (stage: Stage) => stagesPresent.includes(stage);
  let key = stagesPresent.filter((stage) => stage !== "kindergarten").join("-");
  if (has("kindergarten") && !has("primary")) key = "other";
  const weights = rules.splitting[key];
  if (weights) return { key, weights };
  const other = rules.splitting.other;
  if (!other) throw new RangeError("rules without weights for other combinations");
  return { key: "other", weights: other };
}
