/** Shapes that several parts of the wire share. Requests refuse unknown members; replies are checked in tests. */

import type { Section, SchoolYear, Stage } from "@xingfu/domain/base";
import type { ReturnState, Role, NodeKind, Action } from "@xingfu/domain/access";
import { Type } from "typebox";
import type { Static, TProperties, TSchema } from "typebox";

/** A record that refuses members it does not know. */
export function record<P extends TProperties>(properties: P) {
  return Type.Object(properties, { additionalProperties: false });
}

/** A value that may be absent: null, never left out. */
export function nullable<T extends TSchema>(type: T) {
  return Type.Union([type, Type.Null()]);
}

/** One of a list of words. */
export function oneOf<const T extends readonly string[]>(words: T) {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...words] });
}

/** A domain record that is passed through as it is; its own type says what it holds. */
export function domainRecord<T>(description: string) {
  return Type.Unsafe<T>({ type: "object", description });
}

/** Text people write; `max` characters. */
export function text(max: number, min = 0) {
  return Type.String({ minLength: min, maxLength: max });
}

export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** ISO date, e.g. 2025-09-01 */
export const IsoDate = Type.String({ pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$" });
/** ISO time with offset, UTC */
export const IsoTime = Type.String({ maxLength: 40 });
export const Year = Type.Unsafe<SchoolYear>({ type: "integer", minimum: 1990, maximum: 2100 });
export const SchoolCode = Type.String({ pattern: "^\\d{10}$" });
export const PageNumber = Type.Integer({ minimum: 1, maximum: 1_000_000 });
export const PageSize = Type.Integer({ minimum: 1, maximum: 200 });

/** Query members of a list that pages; page 1 and 50 a page when left out. */
export const paging = { page: Type.Optional(PageNumber), size: Type.Optional(PageSize) };

/** One page of a list. */
export function pageOf<T extends TSchema>(item: T) {
  return record({ items: Type.Array(item), page: PageNumber, size: PageSize, total: Type.Integer({ minimum: 0 }) });
}

export const SectionName = oneOf([
  "schools",
  "classes",
  "classBands",
  "staff",
  "staffCounts",
  "premises",
  "finance",
  "districtFigures",
  "monitoring",
  "findings",
  "satisfaction",
  "vetoes",
] as const satisfies readonly Section[]);

export const StageName = oneOf([
  "kindergarten",
  "primary",
  "junior",
  "senior",
  "vocational",
] as const satisfies readonly Stage[]);

export const ReturnStateName = oneOf([
  "draft",
  "submitted",
  "returned",
  "verified",
  "locked",
] as const satisfies readonly ReturnState[]);

export const RoleName = oneOf([
  "administrator",
  "officer",
  "inspector",
  "viewer",
  "groupHead",
  "principal",
  "clerk",
] as const satisfies readonly Role[]);

export const NodeKindName = oneOf([
  "district",
  "group",
  "school",
  "campus",
  "grade",
  "class",
] as const satisfies readonly NodeKind[]);

export const ActionName = oneOf([
  "assessment.read",
  "school.read",
  "return.fill",
  "return.submit",
  "return.verify",
  "finding.record",
  "scenario.use",
  "report.export",
  "pupils.read",
  "accounts.manage",
  "organisation.manage",
  "audit.read",
  "growth.run",
  "evaluation.manage",
  "evaluation.review",
  "evaluation.fill",
  "survey.manage",
] as const satisfies readonly Action[]);

/** Item of the assessment that is reviewed or computed: G1 … G15, Q1 … Q9. */
export const ItemId = Type.String({ pattern: "^(G([1-9]|1[0-5])|Q[1-9])$" });
export const VetoId = Type.String({ pattern: "^V[1-6]$" });

/** Who did something, and when. */
export const By = record({ accountId: nullable(Id), name: nullable(Type.String()), at: IsoTime });
export type By = Static<typeof By>;
