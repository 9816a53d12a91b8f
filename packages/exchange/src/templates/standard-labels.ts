/** Official wording of the rows that the template prints beforehand, taken from the standards library. */

import { labelOf, tableAt, unitLabels } from "@xingfu/standards";

import type { Choice } from "../template/column.ts";

const document = "moe-2017-quality-balance";
/** The template prints the wording in force; the document has not been revised since. */
const wordingDate = "2026-01-01";

export interface StandardRow {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  /** ids of the items a figure is used for, e.g. "G14" */
  readonly usedBy: string;
}

function rowsOf(table: string): readonly StandardRow[] {
  return tableAt(`${document}/${table}`, wordingDate).entries.map((entry) => ({
    id: entry.id,
    label: entry.label,
    unit: unitLabels[entry.unit],
    usedBy: (entry.texts["usedBy"] ?? "")
      .split(",")
      .map((id) => labelOf("balanceParts", id))
      .join("、"),
  }));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const plainChoices = (rows: readonly StandardRow[]): readonly Choice[] =>
  rows.map((row) => ({ value: row.id, label: row.id, aliases: [row.label] }));

/** The 15 + 9 items. */
export const items = once(() => [...rowsOf("government"), ...rowsOf("quality")]);
export const itemChoices = once(() => plainChoices(items()));
export const vetoes = once(() => rowsOf("vetoes"));
export const vetoChoices = once(() => plainChoices(vetoes()));
export const figures = once(() => rowsOf("figures"));
/** Printed as the label; the key is read too. */
export const figureChoices = once(() =>
  figures().map((row): Choice => ({ value: row.id, label: row.label, aliases: [row.id] })),
);
