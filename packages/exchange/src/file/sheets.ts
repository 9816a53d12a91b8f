/** Opens an xlsx file as grids. */

import type { Workbook } from "hucre";
import { readXlsx } from "hucre";

import type { Grid } from "../template/read.ts";

/**
 * The sheets of a workbook that `refuseWorkbook` has let through, or why it cannot be parsed after all.
 *
 * @param isWanted  by the sheet's name; others are not parsed
 */
export async function openGrids(
  bytes: Uint8Array,
  isWanted: (name: string) => boolean = () => true,
): Promise<{ readonly grids: readonly Grid[] } | { readonly problem: string }> {
  let workbook: Workbook;
  try {
    workbook = await readXlsx(bytes, { sheets: (info) => isWanted(info.name) });
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
