/** What-if: raw numbers replaced by others, on a copy. */

import { Fault } from "../base/index.ts";
import type { Stage } from "../base/index.ts";
import type { BalanceFacts } from "./facts.ts";

/** One raw number of a what-if. */
export interface Change {
  readonly schoolCode: string;
  /** the stage of a count or of a booked amount; null for a number of the whole school */
  readonly stage: Stage | null;
  /** key of {@link changeableFields}; a list's member by its place from 0: "classSizes.3", "musicRoomAreasM2.0" */
  readonly field: string;
  readonly value: number;
}

/** A raw number that a what-if may change. */
export interface ChangeableField {
  readonly field: string;
  /** stage: needs a stage; school: none; both: an amount of the whole school or booked for one stage */
  readonly scope: "stage" | "school" | "both";
  /** a list of numbers; its members are addressed by place, one past the end adds a member */
  readonly isList: boolean;
  readonly isWhole: boolean;
}

/** Labels are in the code list "balanceFields". */
export const changeableFields: readonly ChangeableField[] = [];

/**
 * The facts with the changes made, in order; the facts themselves stay as they are. Changing a number to the value it
 * has gives equal facts.
 *
 * @throws Fault SCENARIO_INVALID with the index of the change for an unknown school, stage or field, or a value that
 * is negative, not finite, or not whole where people and rooms are counted
 */
export function applyChanges(facts: BalanceFacts, changes: readonly Change[]): BalanceFacts {
  throw new Fault("SCENARIO_INVALID", { change: changes.length, problem: facts.districtCode });
}
