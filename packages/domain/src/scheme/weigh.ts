/** From a figure to a share of points, and from weighted parts to a whole that may have holes. */

import type { FigureRule } from "@xingfu/standards";

/** Allowance for binary fractions, relative to the limit: a figure of exactly 0.95 must keep a limit of 0.95. */
const allowance = 1e-12;

/** Whether an unrounded value reaches a limit. */
export function reaches(value: number, limit: number): boolean {
  return value >= limit - allowance * Math.max(1, Math.abs(limit));
}

/**
 * Share of points a figure earns, 0–1; null when the figure cannot be true (not finite, a negative count, an unknown grade).
 *
 * @param full  full points of the leaf, above 0
 */
export function shareOfFigure(rule: FigureRule, value: number | string, full: number): number | null {
  if (rule.kind === "grade") return rule.grades.find((grade) => grade.id === value)?.share ?? null;
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  if (rule.kind === "count") return value < 0 ? null : Math.min(value * rule.each, rule.cap) / full;
  const band = rule.bands.find(({ limit }) =>
    rule.compare === "atLeast" ? reaches(value, limit) : reaches(-value, -limit),
  );
  return band?.share ?? rule.otherwise;
}

/** One weighted part of a whole. */
export interface Part {
  readonly id: string;
  /** > 0 */
  readonly weight: number;
  /** 0–1; null = missing */
  readonly share: number | null;
  /** what the share is at least and at most, whatever is still missing */
  readonly low: number;
  readonly high: number;
}

export interface Whole {
  readonly share: number | null;
  readonly low: number;
  readonly high: number;
  /** ids of missing parts */
  readonly missing: readonly string[];
  /** mean of the parts present, which stands in for the missing ones; null when nothing is filled in */
  readonly standIn: number | null;
}

/** What is counted for a part: its own share, or the stand-in within what is already certain of the part; null when open. */
export function countedShare({ share, low, high }: Part, standIn: number | null): number | null {
  if (share !== null || standIn === null) return share;
  return Math.min(Math.max(standIn, low), high);
}

/**
 * The weighted mean of parts.
 *
 *     share = Σ wᵢ sᵢ ÷ Σ wᵢ
 *     low   = Σ wᵢ lowᵢ ÷ Σ wᵢ,  high = Σ wᵢ highᵢ ÷ Σ wᵢ
 *
 * Where parts are missing, `onMissing` is "rescale" and the parts present weigh enough, the mean of those present stands in
 * for each missing one, within what is already certain of it. For a part of which nothing is known (0 … 1) that is the
 * same as scaling the weights of the others to 1.
 *
 * @param presentAtLeast  share of weight that must be present before anything is filled in
 * @returns share null when it stays open; low ≤ share ≤ high
 */
export function weigh(parts: readonly Part[], onMissing: "gap" | "rescale", presentAtLeast: number): Whole {
  let total = 0;
  let present = 0;
  let sum = 0;
  let low = 0;
  let high = 0;
  const missing: string[] = [];
  for (const part of parts) {
    total += part.weight;
    low += part.weight * part.low;
    high += part.weight * part.high;
    if (part.share === null) missing.push(part.id);
    else {
      present += part.weight;
      sum += part.weight * part.share;
    }
  }
  if (total === 0) return { share: null, low: 0, high: 1, missing, standIn: null };
  const isFilled =
    missing.length > 0 && onMissing === "rescale" && present > 0 && reaches(present / total, presentAtLeast);
  const standIn = isFilled ? sum / present : null;
  if (missing.length > 0 && standIn === null)
    return { share: null, low: low / total, high: high / total, missing, standIn };
  for (const part of parts) if (part.share === null) sum += part.weight * (countedShare(part, standIn) ?? 0);
  // the same sums in another order may differ in the last digit
  const share = Math.min(Math.max(sum / total, low / total), high / total);
  return { share, low: low / total, high: high / total, missing, standIn };
}
