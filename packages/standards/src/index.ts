/**
 * Official tables as data: which document says which number since when.
 *
 * Terms. A *document* holds *tables*, a table *entries*, an entry *fields* (numbers). A *reference* names an entry:
 * "moe-2017-quality-balance/resources/R4". A *local document* replaces single fields by reference. A *scheme* is a dated
 * tree of what a school is evaluated on. No I/O at run time.
 */

import { schemes } from "./generated/all-schemes.ts";
import { loaders, schemeHeadings } from "./generated/scheme-headings.ts";
import { codeLists, documents, tables } from "./generated/tables.ts";
import type { Scheme, ShippedScheme } from "./scheme.ts";
import type { Code, Entry, Override, StandardDocument, Table } from "./table.ts";

export * from "./compile-scheme.ts";
export type * from "./scheme.ts";
export { methods } from "./scheme.ts";
export type * from "./table.ts";
export { isUnit, unitLabels } from "./unit.ts";
export { codeLists, documents, schemeHeadings };

const tablesById = new Map(tables.map((table) => [table.id, table]));
const documentsById = new Map(documents.map((document) => [document.id, document]));
const codesByList = new Map(codeLists.map((list) => [list.id, new Map(list.codes.map((code) => [code.code, code]))]));
const namesByList = new Map(
  codeLists.map((list) => [
    list.id,
    new Map(list.codes.flatMap((code) => [code.code, code.label, ...code.aliases].map((name) => [name, code.code]))),
  ]),
);

/**
 * The table with the entries in force on `date`; without a date, the newest version of each entry.
 *
 * @param id    "moe-2017-quality-balance/resources"
 * @param date  ISO date
 * @throws RangeError when there is no such table: ids are written in code, never typed by a user
 */
export function tableAt(id: string, date?: string): Table {
  const table = tablesById.get(id);
  if (!table) throw new RangeError(`no table ${id}`);
  const entries =
    date === undefined
      ? table.entries.filter(
          (entry) => !table.entries.some((other) => other.id === entry.id && other.effectiveFrom > entry.effectiveFrom),
        )
      : table.entries.filter(
          (entry) => entry.effectiveFrom <= date && (entry.effectiveTo === null || date <= entry.effectiveTo),
        );
  return { ...table, entries };
}

/** The entry a reference names, in force on `date` (newest without a date); undefined when there is none. */
export function entryAt(reference: string, date?: string): Entry | undefined {
  const cut = reference.lastIndexOf("/");
  const id = reference.slice(0, Math.max(cut, 0));
  if (!tablesById.has(id)) return undefined;
  return tableAt(id, date).entries.find((entry) => entry.reference === reference);
}

/** The document a reference, table id or document id belongs to; undefined when there is none. */
export function documentOf(reference: string): StandardDocument | undefined {
  return documentsById.get(reference.split("/")[0] ?? "");
}

/** What local document `id` replaces, as the rules of an assessment take it; [] for an unknown or national document. */
export function overridesOf(id: string): readonly Override[] {
  return documentsById.get(id)?.overrides ?? [];
}

/** The version of a scheme in force on `date`; undefined when there is none. */
export function schemeAt(id: string, date: string): Scheme | undefined {
  return schemes.find((scheme) => scheme.id === id && isInForce(scheme, date));
}

/**
 * One shipped scheme, fetched by itself: what a page uses, so that the browser never gets all of them. (`schemeAt` and
 * `schemesFor` hold all schemes in memory; a page that called them would be sent all.)
 *
 * @returns undefined when no such version ships
 */
export async function loadScheme(id: string, version: string): Promise<ShippedScheme | undefined> {
  return await loaders[`${id} ${version}`]?.();
}

/** The schemes in force on `date` for a school of this 办学类型 (three digits of GB/T 33782); [] when there is none. */
export function schemesFor(schoolType: string, date: string): readonly Scheme[] {
  return schemes.filter(
    (scheme) => scheme.schoolTypes.some((prefix) => schoolType.startsWith(prefix)) && isInForce(scheme, date),
  );
}

function isInForce({ effectiveFrom, effectiveTo }: Scheme, date: string): boolean {
  return effectiveFrom <= date && (effectiveTo === null || date <= effectiveTo);
}

/** The codes of a list in the order of its document; throws RangeError for an unknown list. */
export function codeList(name: string): readonly Code[] {
  const list = codeLists.find((candidate) => candidate.id === name);
  if (!list) throw new RangeError(`no code list ${name}`);
  return list.codes;
}

/** Chinese label of a code; the code itself when the list does not know it, so that nothing is shown as empty. */
export function labelOf(list: string, code: string): string {
  return codesByList.get(list)?.get(code)?.label ?? code;
}

/** The code that a code, label or other spelling stands for; undefined when the list does not know it. */
export function codeOf(list: string, name: string): string | undefined {
  return namesByList.get(list)?.get(name.trim());
}

/** One code with its parent and stages; undefined when the list does not know it. */
export function codeEntry(list: string, code: string): Code | undefined {
  return codesByList.get(list)?.get(code);
}
