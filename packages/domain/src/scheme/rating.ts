/** One rater's judgement of one leaf, and which ratings can be used. */

import type { JudgementRule, Scheme, SchemeNode } from "@xingfu/standards";

/** What a rater says; each kind of rule takes one kind of judgement. */
export type Judgement =
  | { readonly kind: "rubric"; readonly level: string }
  | { readonly kind: "yesNo"; readonly isMet: boolean }
  /** answers of one group of respondents */
  | { readonly kind: "survey"; readonly satisfied: number; readonly answers: number };

export interface Rating {
  readonly node: string;
  readonly party: string;
  /** code of the person or group of respondents; never a name */
  readonly rater: string;
  readonly judgement: Judgement;
}

/** Why a rating was not used. */
export type UnusedReason =
  | "unknownNode"
  | "notALeaf"
  /** the scheme does not ask this party about this leaf */
  | "partyNotAsked"
  /** the judgement is of another kind than the rule of the leaf takes */
  | "wrongKind"
  | "unknownLevel"
  /** counts that cannot be true */
  | "implausible"
  /** the same rater judged the same leaf in two ways; neither is used */
  | "contradicts"
  /** the leaf does not apply to the school */
  | "notApplicable";

export interface UnusedRating {
  readonly rating: Rating;
  readonly why: UnusedReason;
}

/** A usable judgement: share of the leaf's points, 0–1; for a survey, the answers it rests on. */
export type Reading =
  | { readonly share: number; readonly satisfied?: undefined; readonly answers?: undefined }
  | { readonly share?: undefined; readonly satisfied: number; readonly answers: number };

/** What a judgement says under the rule its party judges by, or why it says nothing. */
export function readJudgement(rule: JudgementRule, judgement: Judgement): Reading | UnusedReason {
  if (judgement.kind === "rubric" && rule.kind === "rubric") {
    const level = rule.levels.find((candidate) => candidate.id === judgement.level);
    return level ? { share: level.share } : "unknownLevel";
  }
  if (judgement.kind === "yesNo" && rule.kind === "yesNo") return { share: judgement.isMet ? 1 : 0 };
  if (judgement.kind === "survey" && rule.kind === "survey") {
    const { satisfied, answers } = judgement;
    const isPlausible =
      Number.isSafeInteger(satisfied) && Number.isSafeInteger(answers) && satisfied >= 0 && satisfied <= answers;
    return isPlausible ? { satisfied, answers } : "implausible";
  }
  return "wrongKind";
}

/** What a rating says about its leaf, or why it says nothing. */
export function hearRating(
  node: SchemeNode,
  { party, judgement }: Pick<Rating, "party" | "judgement">,
): Reading | UnusedReason {
  if (!node.leaf) return "notALeaf";
  const asked = node.leaf.raters.find((rater) => rater.party === party);
  return asked ? readJudgement(asked.rule, judgement) : "partyNotAsked";
}

/** Why a scheme has no use for a rating; null when it has. */
export function refuseRating(
  scheme: Scheme,
  rating: Pick<Rating, "node" | "party" | "judgement">,
): UnusedReason | null {
  const node = scheme.nodes.find((candidate) => candidate.id === rating.node);
  const heard = node === undefined ? "unknownNode" : hearRating(node, rating);
  return typeof heard === "string" ? heard : null;
}
