/** The shape of an evaluation scheme (评价方案): a dated tree with points, and for each leaf who rates it and by which rule. */

import type { Provenance } from "./table.ts";

/** How a leaf is looked at: 资料查阅, 现场查验, 观察走访, 问卷 */
export const methods = ["documentReview", "onSiteCheck", "observation", "survey"] as const;
export type Method = (typeof methods)[number];

/** 重点内容, 关键指标, 考查要点; a tree may end at any of them, for instance where the wording of checkpoints is not known */
export const levels = ["area", "keyIndicator", "checkpoint"] as const;
export type Level = (typeof levels)[number];

/** Who rates. The party "self" is the school itself; every other one is external. */
export interface Party {
  readonly id: string;
  readonly label: string;
  readonly isSelf: boolean;
}

/** One party asked about a leaf. */
export interface Rater {
  readonly party: string;
  /** share of the leaf's points, 0–1; 0 = asked and shown beside the others, but counts nothing */
  readonly weight: number;
  /** how this party judges: inspectors by a rubric, parents by a survey … */
  readonly rule: JudgementRule;
}

/** One level of a rubric, best first. */
export interface RubricLevel {
  readonly id: string;
  readonly label: string;
  /** share of the leaf's points, 0–1 */
  readonly share: number;
  /** what a rater must see to give this level; empty when the scheme does not say */
  readonly descriptor: string;
}

/** A figure that is not a person's judgement. */
export interface FigureSource {
  /** key under which the figure is put in, e.g. "retention" */
  readonly key: string;
  readonly label: string;
  /** unit as printed, e.g. "%" or "人" */
  readonly unit: string;
  /** part of the platform that computes it ("balance", "growth"), or null when it is reported */
  readonly part: string | null;
}

/** What turns input into a share of the leaf's points. */
export type Rule =
  | { readonly kind: "rubric"; readonly levels: readonly RubricLevel[] }
  | { readonly kind: "yesNo" }
  /** share of satisfied answers, linear from `zeroAt` (no points) to `fullAt` (all points) */
  | { readonly kind: "survey"; readonly minAnswers: number; readonly zeroAt: number; readonly fullAt: number }
  /** the first band, best first, whose limit the figure keeps; `otherwise` when it keeps none */
  | {
      readonly kind: "bands";
      readonly figure: FigureSource;
      readonly compare: "atLeast" | "atMost";
      readonly bands: readonly { readonly limit: number; readonly share: number }[];
      readonly otherwise: number;
    }
  /** `each` points for every one counted, `cap` points at most */
  | { readonly kind: "count"; readonly figure: FigureSource; readonly each: number; readonly cap: number }
  /** a coded result of another part, such as a value-added band */
  | {
      readonly kind: "grade";
      readonly figure: FigureSource;
      readonly grades: readonly { readonly id: string; readonly label: string; readonly share: number }[];
    };

/** Rules that take a figure. */
export type FigureRule = Extract<Rule, { readonly figure: FigureSource }>;
/** Rules that take a person's judgement. */
export type JudgementRule = Exclude<Rule, FigureRule>;

/** A document, file or record that must be put in for a leaf (佐证材料). */
export interface EvidenceItem {
  readonly id: string;
  readonly label: string;
}

/** What happens when input is missing. Nothing is filled in that the scheme does not say. */
export interface MissingRule {
  /** "gap": the leaf stays open; "rescale": the parties present take over its weight */
  readonly rater: "gap" | "rescale";
  /** "gap": the leaf stays open; "zero": the figure counts as no points, and the scorecard says so */
  readonly figure: "gap" | "zero";
  /** "gap": the node stays open; "rescale": the mean of the children present stands in for it */
  readonly child: "gap" | "rescale";
  /** share of weight that must be present before anything is rescaled, 0–1 */
  readonly presentAtLeast: number;
}

/** What only a leaf has. */
export interface Leaf {
  /** empty for a rule that takes a figure */
  readonly raters: readonly Rater[];
  readonly methods: readonly Method[];
  readonly evidence: readonly EvidenceItem[];
  /** rule of the leaf; a party may judge by one of its own */
  readonly rule: Rule;
}

/** One node of the tree. */
export interface SchemeNode {
  readonly id: string;
  /** id of the node above; null for an area */
  readonly parent: string | null;
  readonly level: Level;
  readonly label: string;
  /** entry of an official document the wording comes from; null for the scheme's own wording */
  readonly reference: string | null;
  /** of the wording; the points have the provenance of the scheme */
  readonly provenance: Provenance;
  /** full points (分值); those of children sum to their parent's */
  readonly points: number;
  readonly missing: MissingRule;
  /** when this node may be left out for a school, in words; null when it always applies */
  readonly mayNotApply: string | null;
  readonly note: string;
  /** null for a node with children */
  readonly leaf: Leaf | null;
}

/** A band of the whole result (等级), best first. */
export interface ResultBand {
  readonly id: string;
  readonly label: string;
  /** share of full points from which it holds */
  readonly atLeast: number;
}

/** A node that must reach a share of its points, or the result is at most `band`. */
export interface Gate {
  readonly id: string;
  readonly label: string;
  readonly node: string;
  /** 0–1 */
  readonly atLeast: number;
  readonly band: string;
}

/** A fact that holds the result down to `band` at most (一票否决). */
export interface SchemeVeto {
  readonly id: string;
  readonly label: string;
  readonly band: string;
}

/** One version of an evaluation scheme. Published versions never change: a change is a new version with its own dates. */
export interface Scheme {
  /** the same for all versions */
  readonly id: string;
  readonly version: string;
  readonly title: string;
  /** true when points, raters and rules are the district's own (区级规则), because no national document prescribes any */
  readonly isDistrictRule: boolean;
  /** table of the official guide the tree follows; null when it follows none */
  readonly guide: string | null;
  /** prefixes of 办学类型 the scheme is for; [] = none by itself */
  readonly schoolTypes: readonly string[];
  /** full points of the whole, e.g. 100 */
  readonly points: number;
  readonly parties: readonly Party[];
  /** preorder: every node stands after its parent */
  readonly nodes: readonly SchemeNode[];
  /** what happens to the whole when an area is open */
  readonly missing: MissingRule;
  readonly bands: readonly ResultBand[];
  readonly gates: readonly Gate[];
  readonly vetoes: readonly SchemeVeto[];
  /** self-rating minus external rating, as a share of points, from which the difference is flagged; null = never */
  readonly flagSelfAbove: number | null;
  /** days in which a school may appeal after feedback; null = the scheme has no appeal */
  readonly appealDays: number | null;
  readonly note: string;
  /** ISO dates, both ends included; null = still in force */
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
  readonly provenance: Provenance;
}

/** What a list of schemes says about one, without the scheme itself. */
export interface SchemeHeading extends Pick<
  Scheme,
  "id" | "version" | "title" | "isDistrictRule" | "guide" | "schoolTypes" | "points" | "effectiveFrom" | "effectiveTo"
> {
  readonly nodes: number;
  readonly leaves: number;
  /** nodes whose wording nobody has read on the issuer's page */
  readonly unverified: number;
}

/** A scheme that ships, compiled and as its file is written: a district's own begins as a copy of the latter. */
export interface ShippedScheme {
  readonly scheme: Scheme;
  readonly written: Readonly<Record<string, unknown>>;
}
