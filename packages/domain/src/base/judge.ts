/** Judging: a figure against its limit, unrounded, and what people found about an item. */

import type { FindingRow } from "./district-year.ts";
import type { Verdict } from "./verdict.ts";

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

/** What people found about an item: one "not met" decides, one open finding leaves it open. */
export function reviewVerdict(item: string, findings: readonly FindingRow[]): Verdict {
  let verdict: Verdict = "notComputable";
  for (const finding of findings) {
    if (finding.item !== item) continue;
    if (finding.isMet === false) return "notMet";
    if (finding.isMet === true) verdict = "met";
  }
  return findings.some((finding) => finding.item === item && finding.isMet === null) ? "notComputable" : verdict;
}
