/** What scoring says about one school: points of every node, the parties side by side, what is missing and why. */

import type { Gap, Verdict } from "../base/index.ts";
import type { UnusedRating } from "./rating.ts";

/** What a missing input did to the points of its node. */
export type GapEffect =
  /** the points stay open */
  | "open"
  /** the scheme lets the mean of the rest stand in, and it does */
  | "rescaled"
  /** the scheme counts it as no points */
  | "zero"
  /** nothing: the input does not enter the points */
  | "none";

export interface ScoreGap {
  readonly node: string;
  /** party that has not rated; null for a document, a figure or a node */
  readonly party: string | null;
  readonly effect: GapEffect;
  readonly gap: Gap;
}

/** What one party gave, over the leaves it was asked about. Sums of declared points, so columns of parties can be compared. */
export interface PartyScore {
  readonly party: string;
  /** points given on the leaves it has rated; null when it has rated none */
  readonly points: number | null;
  /** full points of the leaves it has rated */
  readonly outOf: number;
  /** full points of the leaves it was asked about */
  readonly asked: number;
  /** raters of a leaf; 0 for a node with children */
  readonly raters: number;
  /** lowest and highest share of points among several raters of a leaf */
  readonly spread: { readonly lowest: number; readonly highest: number } | null;
}

/** The school's own rating beside that of the others, over the leaves that both have rated. */
export interface Comparison {
  readonly self: number;
  /** external parties by their declared weights among each other */
  readonly external: number;
  /** full points of the leaves compared */
  readonly outOf: number;
  /** (self − external) ÷ outOf, −1 … 1 */
  readonly difference: number;
  /** the difference reaches what the scheme flags; it changes no points */
  readonly isFlagged: boolean;
}

export interface NodeScore {
  readonly id: string;
  /** false for a node that does not apply to the school; its siblings then share its weight */
  readonly isApplicable: boolean;
  /** full points */
  readonly maximum: number;
  /** null = open, see gaps */
  readonly points: number | null;
  /** points that are certain, and points still possible, whatever the missing input turns out to be */
  readonly low: number;
  readonly high: number;
  /** documents and figures asked for and put in, of the node and below */
  readonly evidence: { readonly asked: number; readonly present: number };
  readonly parties: readonly PartyScore[];
  /** null when no leaf has both */
  readonly comparison: Comparison | null;
  /** figure of a leaf whose rule takes one */
  readonly figure: { readonly value: number | string; readonly source: string } | null;
  /** children (of a leaf: parties) that are missing and for which the mean of the others stands in */
  readonly rescaled: readonly string[];
  readonly gaps: readonly ScoreGap[];
}

/** A gate or veto. */
export interface LimitResult {
  readonly id: string;
  readonly kind: "gate" | "veto";
  /** "notMet": it limits the result; "notComputable": not known yet */
  readonly verdict: Verdict;
  /** the result is at most this band when it is not met */
  readonly band: string;
}

/** An input that was put in and could not be used. */
export interface IgnoredInput {
  readonly kind: "document" | "exemption" | "veto";
  /** node (and item), or veto */
  readonly id: string;
  readonly why: "unknown" | "notAsked" | "notAllowed";
}

export interface Scorecard {
  readonly scheme: string;
  readonly version: string;
  readonly maximum: number;
  readonly points: number | null;
  readonly low: number;
  readonly high: number;
  /** band by points alone; null while it is not certain */
  readonly bandByPoints: string | null;
  /** band after gates and vetoes; null while it is not certain */
  readonly band: string | null;
  readonly limits: readonly LimitResult[];
  readonly evidence: { readonly asked: number; readonly present: number };
  readonly parties: readonly PartyScore[];
  readonly comparison: Comparison | null;
  /** in the order of the scheme */
  readonly nodes: readonly NodeScore[];
  /** areas that are missing and for which the mean of the others stands in */
  readonly rescaled: readonly string[];
  readonly unusedRatings: readonly UnusedRating[];
  readonly ignored: readonly IgnoredInput[];
}
