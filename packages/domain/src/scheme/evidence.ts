/** What is put in for a school: documents, figures, exemptions, findings on vetoes. */

/** A document that was put in for a leaf (佐证材料). */
export interface EvidenceDocument {
  readonly node: string;
  /** id of the evidence the leaf asks for */
  readonly item: string;
}

/** A figure of the school, put in once and used by every leaf that asks for its key. */
export interface SchoolFigure {
  readonly key: string;
  /** a number, or the code of a grade; null = known to be missing */
  readonly value: number | string | null;
  /** where it comes from, as it is shown: "balance 2025", "填报" … */
  readonly source: string;
}

/** A node that does not apply to the school. Counts only where the scheme allows it. */
export interface Exemption {
  readonly node: string;
  readonly reason: string;
}

export interface VetoFinding {
  readonly veto: string;
  /** null = not checked yet */
  readonly hasOccurred: boolean | null;
}

/** Everything put in for one school and round, ratings apart. */
export interface Evidence {
  readonly documents: readonly EvidenceDocument[];
  readonly figures: readonly SchoolFigure[];
  readonly exemptions: readonly Exemption[];
  readonly vetoes: readonly VetoFinding[];
}

export const noEvidence: Evidence = { documents: [], figures: [], exemptions: [], vetoes: [] };
