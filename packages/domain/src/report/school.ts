/** One school's page of the assessment (学校指标情况报告). */

import type { ReportModel, ReportSource } from "./model.ts";

/** The report of one school: its rows, its figures against each threshold, what is missing. Null = unknown school. */
export function schoolReport(_source: ReportSource, _schoolCode: string): ReportModel | null {
  throw new Error("not written yet");
}
