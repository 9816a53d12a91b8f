/** The shape of a report: headings, sentences, tables and notes, with nothing left to compute. */

import type { BalanceAssessment, BalanceFacts, BalanceRules } from "../balance/index.ts";

/** How a table column is set. */
export interface ReportColumn {
  readonly header: string;
  /** printed under or beside the header; null = none */
  readonly unit: string | null;
  readonly align: "left" | "center" | "right";
  /** share of the table's width; columns are scaled to the page */
  readonly weight: number;
  /** decimals to show; null = as is */
  readonly decimals: number | null;
}

/** What a cell says about the rules; colour and weight follow from it, the text always says it too. */
export type CellTone = "met" | "notMet" | "notComputable" | "muted" | "strong";

export interface ReportCell {
  /** text as printed; a gap is words ("未填报"), never empty */
  readonly text: string;
  /** the unrounded figure behind the text, for spreadsheets; null = text only */
  readonly number: number | null;
  readonly tone: CellTone | null;
}

export interface ReportTable {
  readonly kind: "table";
  readonly caption: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportCell[])[];
  readonly notes: readonly string[];
}

export interface ReportParagraph {
  readonly kind: "paragraph";
  readonly text: string;
  /** lead = the verdict in words at the very beginning */
  readonly style: "body" | "lead" | "item";
}

export interface ReportNote {
  readonly kind: "note";
  readonly text: string;
}

export type ReportBlock = ReportParagraph | ReportTable | ReportNote;

export interface ReportPart {
  /** with its number, e.g. "一、基本情况" */
  readonly heading: string;
  readonly level: 1 | 2;
  /** annexes with wide tables are landscape and start on a new page */
  readonly isAnnex: boolean;
  readonly blocks: readonly ReportBlock[];
}

export interface ReportModel {
  readonly kind: "district" | "school";
  readonly title: string;
  readonly subtitle: string;
  /** place for the document number that the office fills in, e.g. "〔2026〕  号" */
  readonly documentNumber: string;
  /** who issues it; the office may change it */
  readonly issuer: string;
  /** label and text pairs printed under the title: 区县, 学年, 规则版本, 输入校验值 … */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  readonly isSample: boolean;
  /** marks printed on every page, e.g. 示例数据 */
  readonly marks: readonly string[];
  readonly parts: readonly ReportPart[];
}

/** What both reports are written from. */
export interface ReportSource {
  readonly assessment: BalanceAssessment;
  readonly facts: BalanceFacts;
  /** what `balanceRules` returned; the report prints thresholds, version and local replacements */
  readonly rules: BalanceRules;
  readonly hashes: { readonly inputs: string; readonly rules: string };
  /** who reported and when, as printed; null = not known (offline) */
  readonly reported: { readonly by: string; readonly at: string } | null;
  /** ISO date printed on the report */
  readonly writtenOn: string;
}
