/** Workbooks for tests: small ones built cell by cell, and the head that every return needs. Test use only. */

import type { WriteSheet } from "hucre";
import { writeXlsx } from "hucre";

type Value = string | number | boolean | Date | null;

export const identityRows: readonly (readonly Value[])[] = [
  ["区县名称", "示例区"],
  ["行政区划代码", "500199"],
  ["学年", "2025-2026学年"],
  ["数据性质", "示例数据"],
];

export const schoolHeader = ["学校标识码", "学校名称", "办学类型", "小学在校生数（人）", "初中在校生数（人）"] as const;

/** A sheet of plain rows. */
export function sheet(name: string, rows: readonly (readonly Value[])[], more: Partial<WriteSheet> = {}): WriteSheet {
  return { name, rows: rows.map((row) => [...row]), ...more };
}

/** A workbook with the identity sheet and the given sheets. */
export async function workbook(...sheets: readonly WriteSheet[]): Promise<Uint8Array> {
  return writeXlsx({ sheets: [sheet("填报说明", identityRows), ...sheets] });
}

/** A workbook whose 学校 sheet has these rows under the usual header. */
export async function schools(...rows: readonly (readonly Value[])[]): Promise<Uint8Array> {
  return workbook(sheet("学校", [schoolHeader, ...rows]));
}
