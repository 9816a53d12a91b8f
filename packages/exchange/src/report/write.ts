/** A report as a file. */

import type { ReportModel } from "@xingfu/domain/report";

/** The report as a Word document or as a spreadsheet. */
export async function writeReport(_model: ReportModel, _format: "docx" | "xlsx"): Promise<Uint8Array> {
  throw new Error("not written yet");
}
