/** The shapes of official tables: documents, tables, entries, fields, code lists. */

import type { Unit } from "./unit.ts";

export type { Unit } from "./unit.ts";

/** Where a value comes from and how far it can be relied on. */
export interface Provenance {
  /** "F:S2,S8" found in a public source, "M-certain" | "M-likely" | "M-unsure" general knowledge, "D" a district's own */
  readonly tag: string;
  /** true only when the value was read on an official page of the issuer */
  readonly isVerified: boolean;
  /** address or note that says where to look */
  readonly source: string;
  /** ISO date of the last look */
  readonly checkedOn: string;
}

export type FieldValue = number | boolean;

/** One number of an entry: a threshold, a limit, a weight, a switch. */
export interface Field {
  /** Chinese name of the number */
  readonly label: string;
  readonly unit: Unit;
  /** one value, or one per key: a phase ("primary", "junior") or a stage */
  readonly value: FieldValue | Readonly<Record<string, FieldValue>>;
  /** false when the number is part of a definition and cannot be replaced by a local document */
  readonly isOverridable: boolean;
  /** own provenance where it differs from the entry's */
  readonly provenance: Provenance | null;
}

/** One thing an item asks for; an item of the 15 + 9 has one or several. */
export interface Condition {
  /** "G3.music" … */
  readonly id: string;
  readonly label: string;
  readonly kind: "computed" | "reviewed";
  /** unit of the condition's value as it is shown */
  readonly unit: Unit;
  /** unit of each school's own value, where the condition holds school by school */
  readonly schoolUnit: Unit | null;
}

/** One row of a table as printed: an indicator, an item, a veto, an exclusion … */
export interface Entry {
  readonly id: string;
  /** "moe-2017-quality-balance/resources/R1" */
  readonly reference: string;
  /** official Chinese wording */
  readonly label: string;
  /** a few characters for a column head or a chart */
  readonly shortLabel: string;
  readonly unit: Unit;
  readonly fields: Readonly<Record<string, Field>>;
  readonly conditions: readonly Condition[];
  /** texts that belong to the row, by key: "formula", "note", "usedBy" … */
  readonly texts: Readonly<Record<string, string>>;
  /** lists of codes that belong to the row, by key */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** ISO dates, both ends included; `null` = still in force */
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
  readonly provenance: Provenance;
}

/** One table of a document. */
export interface Table {
  /** "moe-2017-quality-balance/resources" */
  readonly id: string;
  readonly documentId: string;
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** A number replaced by a provincial, city or district document; never a copy of the table. */
export interface Override {
  /** "moe-2017-quality-balance/government/G7" */
  readonly reference: string;
  readonly field: string;
  /** phase or stage, for a field with one value per key */
  readonly phase?: string;
  readonly value: FieldValue;
  /** the document that says so */
  readonly source: string;
  /** ISO date */
  readonly effectiveFrom: string;
}

/** An official document. */
export interface StandardDocument {
  readonly id: string;
  readonly title: string;
  /** 文号 */
  readonly number: string;
  readonly issuer: string;
  readonly issuedOn: string;
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
  /** address of the official text, empty when unknown */
  readonly address: string;
  readonly provenance: Provenance;
  readonly summary: string;
  /** ids of its tables, in the order of the document */
  readonly tables: readonly string[];
  /** "national", or the name of the region a local document holds for */
  readonly region: string;
  /** what a local document replaces */
  readonly overrides: readonly Override[];
  /** true for an invented document that only shows how one is written */
  readonly isExample: boolean;
}

/** One code of a code list. */
export interface Code {
  readonly code: string;
  readonly label: string;
  /** other spellings that mean the same, e.g. 体育与健康 for 体育 */
  readonly aliases: readonly string[];
  /** code of the group it belongs to, or null */
  readonly parent: string | null;
  /** codes of other lists that go with it, e.g. the stages a school type teaches */
  readonly stages: readonly string[];
}

export interface CodeList {
  readonly id: string;
  readonly title: string;
  readonly provenance: Provenance;
  readonly codes: readonly Code[];
}
