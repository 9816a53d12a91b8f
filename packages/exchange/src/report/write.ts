/** A report as a file. */

import type { ReportModel } from "@xingfu/domain/report";

import { writeReportXlsx } from "./xlsx.ts";

/** The report as a Word document or as a spreadsheet. Equal models give equal bytes. */
export async function writeReport(model: ReportModel, format: "docx" | "xlsx"): Promise<Uint8Array> {
  if (format === "xlsx") return writeReportXlsx(model);
  // the Word library is large, and reading a workbook must not wait for it
  const { writeDocx } = await import("./docx.ts");
  return writeDocx(model);
}
