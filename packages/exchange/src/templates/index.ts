/** The sheets of the workbook, in their order. */

import type { Section } from "@xingfu/domain/base";

import type { SheetTemplate } from "../template/column.ts";
import { classBandsSheet } from "./class-bands.ts";
import { classesSheet } from "./classes.ts";
import { districtFiguresSheet } from "./district-figures.ts";
import { financeSheet } from "./finance.ts";
import { findingsSheet } from "./findings.ts";
import { monitoringSheet } from "./monitoring.ts";
import { premisesSheet } from "./premises.ts";
import { satisfactionSheet } from "./satisfaction.ts";
import { schoolsSheet } from "./schools.ts";
import { staffCountsSheet } from "./staff-counts.ts";
import { staffSheet } from "./staff.ts";
import { vetoesSheet } from "./vetoes.ts";

/** The template of each section. */
export const sheetTemplates: { readonly [S in Section]: SheetTemplate<S> } = {
  schools: schoolsSheet,
  classes: classesSheet,
  classBands: classBandsSheet,
  staff: staffSheet,
  staffCounts: staffCountsSheet,
  premises: premisesSheet,
  finance: financeSheet,
  districtFigures: districtFiguresSheet,
  monitoring: monitoringSheet,
  findings: findingsSheet,
  satisfaction: satisfactionSheet,
  vetoes: vetoesSheet,
};
