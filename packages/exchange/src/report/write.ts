/** A report as a file. */

import type { ReportModel } from "@xingfu/domain/report";

import { writeDocx } from "./docx.ts";
import { writeReportXlsx } from "./xlsx.ts";

/** The report as a Word document or as a spreadsheet. Equal models give equal bytes. */
export async function writeReport(model: ReportModel, format: "docx" | "xlsx"): Promise<Uint8Array> {
  return format === "docx" ? writeDocx(model) : writeReportXlsx(model);
}
