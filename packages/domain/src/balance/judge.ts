/** Comparing a figure with a limit, unrounded. */

import type { Verdict } from "../base/index.ts";

/**
 * Relative allowance for binary fractions: 5.8 m² × 317 pupils ÷ 317 must count as 5.8. It is a million times finer than
 * any reported figure.
 */
const allowance = 1e-12;

export type Compare = "atLeast" | "atMost" | "below";

/** Whether the unrounded value keeps the limit. */
export function keeps(value: number, compare: Compare, limit: number): boolean {
  const margin = allowance * Math.abs(limit);
  if (compare === "atLeast") return value >= limit - margin;
  if (compare === "atMost") return value <= limit + margin;
  return value < limit - margin;
}

export function judge(value: number | null, compare: Compare, limit: number): Verdict {
  if (value === null) return "notComputable";
  return keeps(value, compare, limit) ? "met" : "notMet";
}
