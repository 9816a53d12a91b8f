/** Which data may feed value-added evaluation, and which rule forbids the rest. The list itself is data. */

import { entryAt, tableAt } from "@xingfu/standards";
import type { Entry } from "@xingfu/standards";
import { Fault } from "../base/index.ts";
import type { Stage } from "../base/index.ts";

/** Where a measurement comes from. */
export const sourceKinds = [
  "nationalMonitoring",
  "provincialMonitoring",
  "graduationExam",
  "schoolExam",
  "regionalExam",
  "fitness",
  "vision",
  "wellbeing",
  "satisfaction",
  "domainLevel",
] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** A pupil's own measurement or level, pupils per level of a school, a school's mean, a place in an order. */
export const sourceForms = ["score", "level", "distribution", "mean", "rank"] as const;
export type SourceForm = (typeof sourceForms)[number];

/** Data somebody wants to use. */
export interface GrowthSource {
  readonly kind: SourceKind;
  readonly form: SourceForm;
  readonly stage: Stage;
  /** year of the stage, from 1; null when it is not about one grade */
  readonly grade: number | null;
  /** last grade of the stage where it is not 6, 3, 3 (五四制) */
  readonly lastGrade?: number;
}

/** What a source may be used for. */
export interface SourcePermission {
  /** "pupils": a value per pupil, so that growth can be measured; "levels": shown as level distributions only */
  readonly use: "pupils" | "levels";
  /** an examination: a school's mean of it is never shown */
  readonly isExam: boolean;
  /** the official range of the measurement, where there is one */
  readonly range: { readonly low: number; readonly high: number } | null;
  /** references into the standards library: the permission, and the table that has the range */
  readonly reference: string;
  readonly measureReference: string | null;
  /** read on an official page by somebody */
  readonly isVerified: boolean;
}

const documentId = "district-2026-growth";
const usualLastGrade: Partial<Record<Stage, number>> = { primary: 6, junior: 3, senior: 3, vocational: 3 };

/**
 * What `source` may be used for, by the rules of the day on which it was measured.
 *
 * @param date  ISO date of the measurement
 * @throws Fault SOURCE_REFUSED with the document and the clause that forbid it
 * @source moe-2025-daily-exams, moe-2021-exam-management and moe-2021-school-protection, by the tables of district-2026-growth
 */
export function checkSource(source: GrowthSource, date: string): SourcePermission {
  const refusal = tableAt(`${documentId}/refusals`, date).entries.find((entry) => isConcerned(entry, source));
  if (refusal) throw refused(source, refusal.texts.clause ?? refusal.reference);
  const permission = entryAt(`${documentId}/sources/${source.kind}`, date);
  if (!permission?.lists.forms?.includes(source.form)) throw refused(source, `${documentId}/clauses/listedOnly`);
  const measureReference = permission.texts.measure ?? null;
  const measure = measureReference === null ? undefined : entryAt(measureReference, date);
  const low = measure?.fields.low?.value;
  const high = measure?.fields.high?.value;
  return {
    use: source.form === "score" || source.form === "level" ? "pupils" : "levels",
    isExam: permission.texts.isExam === "true",
    range: source.form === "score" && typeof low === "number" && typeof high === "number" ? { low, high } : null,
    reference: permission.reference,
    measureReference,
    isVerified: permission.provenance.isVerified,
  };
}

function isConcerned({ lists, texts }: Entry, { kind, form, stage, grade, lastGrade }: GrowthSource): boolean {
  if (!lists.kinds?.includes(kind) || !lists.forms?.includes(form) || !lists.stages?.includes(stage)) return false;
  const last = lastGrade ?? usualLastGrade[stage];
  // a grade nobody names may be any grade, so it is not taken for the last one
  return texts.grades !== "nonGraduating" || grade === null || last === undefined || grade < last;
}

function refused({ kind, form }: GrowthSource, clause: string): Fault<"SOURCE_REFUSED"> {
  return new Fault("SOURCE_REFUSED", { source: kind, form, document: clause.split("/")[0] ?? clause, clause });
}
