/** How a figure came about. Every published number can be opened to its trail. */

import type { Gap } from "./gap.ts";

/** One number that went into a figure, with the place it was reported in. */
export interface TrailInput {
  /** the item's key, e.g. "teachingFloorAreaM2" */
  readonly item: string;
  readonly value: number | null;
  /** unit as printed: 人, m², 元, 间 … */
  readonly unit: string;
  /** section of the district's return and the school that reported it */
  readonly section?: string;
  readonly schoolCode?: string;
  /** what was done with it: "whole school", "split 0.6452", "campus 示例二校区" … */
  readonly note?: string;
}

export interface Trail {
  /** formula with names of items, e.g. "(teachingFloorAreaM2 − indoorSportsAreaM2) × share ÷ pupils" */
  readonly formula: string;
  /** the same with the numbers put in */
  readonly substituted: string;
  readonly inputs: readonly TrailInput[];
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly value: number | null;
  /** reference to the rule in the standards library, e.g. "moe-2017-quality-balance/resources/R4" */
  readonly reference: string;
  readonly rulesVersion: string;
  readonly gap: Gap | null;
}
