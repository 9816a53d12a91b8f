/** What an assessment says: rows, exclusions, coefficients of variation, items, vetoes, verdict, gaps. */

import type { Gap, Phase, SatisfactionParty, SchoolYear, Verdict } from "../base/index.ts";

export const indicators = ["R1", "R2", "R3", "R4", "R5", "R6", "R7"] as const;
/** One of the seven resource indicators (资源配置指标). */
export type Indicator = (typeof indicators)[number];

export interface IndicatorResult {
  /** the row's own amount after merging and splitting, in the unit of the threshold (people, m², yuan, rooms) */
  readonly numerator: number | null;
  /** pupils */
  readonly denominator: number | null;
  /** numerator ÷ pupils, × 100 for R1, R2, R3, R7 */
  readonly value: number | null;
  readonly threshold: number;
  /** value ÷ threshold */
  readonly ratio: number | null;
  readonly verdict: Verdict;
  /** amount still needed, in the numerator's unit, unrounded; 0 when met */
  readonly missingToThreshold: number | null;
  readonly missingTo85: number | null;
  readonly gap: Gap | null;
  /** relaxations that were applied, by their key in the standards library ("R3.visiting", "R5.dense") */
  readonly relaxations: readonly string[];
}

/** One school and phase. */
export interface AssessmentRow {
  readonly schoolCode: string;
  readonly school: string;
  readonly type: string;
  readonly phase: Phase;
  readonly pupils: number;
  readonly indicators: Readonly<Record<Indicator, IndicatorResult>>;
  readonly metCount: number;
  readonly verdict: Verdict;
  /** codes of uncounted campuses merged into this row */
  readonly mergedCampuses: readonly string[];
}

export interface Exclusion {
  readonly schoolCode: string;
  readonly school: string;
  readonly phase: Phase | null;
  /** key of the reason: "special" | "vocational" | "teachingPointUnder50" | "noCompulsoryPupils" | "mergedCampus" | "noPupils" | "pupilsNotReported" */
  readonly reason: string;
  /** reference to the rule */
  readonly reference: string;
}

export interface CvResult {
  readonly phase: Phase;
  readonly indicator: Indicator;
  readonly pupils: number;
  /** pooled mean: Σ amount ÷ Σ pupils (× 100 for R1, R2, R3, R7) */
  readonly mean: number | null;
  readonly sd: number | null;
  readonly cv: number | null;
  readonly limit: number;
  readonly verdict: Verdict;
  readonly gap: Gap | null;
}

/** One condition of an item: a computed figure against a limit, or a finding. */
export interface ItemCondition {
  /**
   * "G3.music", "G1.review"; of Q9 one per phase and subject: "Q9.level:primary:数学". The part before ":" is the
   * id of the condition in the standards library, which has its wording and unit.
   */
  readonly id: string;
  readonly kind: "computed" | "reviewed";
  /** district figure; for a condition that holds school by school, the number of schools (or classes) that fail */
  readonly value: number | null;
  readonly limit: number | null;
  /** how value is compared with limit: at least, at most, or strictly below */
  readonly compare: "atLeast" | "atMost" | "below" | null;
  readonly verdict: Verdict;
  readonly gap: Gap | null;
  /** schools (and phases) that fail or cannot be judged, when the condition holds school by school */
  readonly failing: readonly FailingSchool[];
  /** schools that meet it only by a relaxation, with its key in the standards library ("G3.built") */
  readonly relaxed: readonly { readonly schoolCode: string; readonly relaxation: string }[];
}

/** A school that keeps a condition from being met, with its own figure. */
export interface FailingSchool {
  readonly schoolCode: string;
  readonly phase: Phase | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly verdict: Verdict;
}

/** 基本均衡 recognition for long enough. */
export interface PreconditionResult {
  /** whole years from recognition to the school year */
  readonly value: number | null;
  readonly limit: number;
  readonly verdict: Verdict;
  readonly gap: Gap | null;
}

export interface ItemResult {
  /** "G1" … "G15", "Q1" … "Q9" */
  readonly id: string;
  readonly kind: "computed" | "reviewed";
  readonly value: number | null;
  readonly verdict: Verdict;
  readonly conditions: readonly ItemCondition[];
}

export interface SatisfactionResult {
  readonly value: number | null;
  readonly limit: number;
  readonly verdict: Verdict;
  readonly parties: readonly {
    readonly party: SatisfactionParty;
    readonly validAnswers: number | null;
    readonly value: number | null;
  }[];
  readonly gap: Gap | null;
}

export interface VetoResult {
  readonly id: string;
  readonly hasOccurred: boolean | null;
  readonly verdict: Verdict;
}

/** A figure that is absent, and where it could be filled in. */
export interface AssessmentGap {
  /** "R4", "cv.R4", "G9", "satisfaction", "V3" … */
  readonly subject: string;
  readonly schoolCode: string | null;
  readonly phase: Phase | null;
  readonly gap: Gap;
}

export interface BalanceAssessment {
  readonly district: { readonly code: string; readonly name: string };
  readonly schoolYear: SchoolYear;
  readonly isSample: boolean;
  readonly rules: { readonly id: string; readonly version: string };
  /** sorted by phase (primary first), then schoolCode */
  readonly rows: readonly AssessmentRow[];
  readonly excluded: readonly Exclusion[];
  readonly cv: readonly CvResult[];
  readonly items: readonly ItemResult[];
  readonly satisfaction: SatisfactionResult;
  readonly vetoes: readonly VetoResult[];
  readonly precondition: PreconditionResult;
  readonly parts: {
    readonly resources: Verdict;
    readonly government: Verdict;
    readonly quality: Verdict;
    readonly recognition: Verdict;
    readonly vetoes: Verdict;
    readonly precondition: Verdict;
  };
  readonly verdict: Verdict;
  readonly gaps: readonly AssessmentGap[];
}
