/** Opens an xlsx file as grids. */

import type { Workbook } from "hucre";
import { readXlsx } from "hucre";

import type { Grid } from "../template/read.ts";

/** The visible sheets of a workbook that `refuseWorkbook` has let through; null when it cannot be parsed after all. */
export async function openGrids(bytes: Uint8Array): Promise<{ readonly grids: readonly Grid[] } | { readonly problem: string }> {
  let workbook: Workbook;
  try {
    workbook = await readXlsx(bytes);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  return {
    grids: workbook.sheets.map((sheet) => {
      const valueless = new Set<string>();
      for (const [place, cell] of sheet.cells ?? []) {
        const isFormula = cell.formula !== undefined || cell.formulaSharedIndex !== undefined;
        if (isFormula && (cell.value === null || cell.value === "")) valueless.add(place);
      }
      return { name: sheet.name, rows: sheet.rows, merges: sheet.merges ?? [], valueless };
    }),
  };
}
