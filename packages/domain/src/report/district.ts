/** The district's self-evaluation report (自查自评报告). */

import type { ReportModel, ReportSource } from "./model.ts";

/** The whole report of a district: verdict in words, the four parts with every item, what is missing, annexes. */
export function districtReport(_source: ReportSource): ReportModel {
  throw new Error("not written yet");
}
