/** The national quality-and-balance assessment on the wire. */

import type { BalanceAssessment, BalanceFacts, BalanceRules } from "@xingfu/domain/balance";
import { Type } from "typebox";
import type { Static } from "typebox";
import { defineRoute, download, nothing } from "./route.ts";
import {
  By,
  Id,
  IsoDate,
  IsoTime,
  ItemId,
  SchoolCode,
  SectionName,
  StageName,
  VetoId,
  Year,
  domainRecord,
  nullable,
  oneOf,
  record,
  text,
} from "./shapes.ts";

/** The rules an assessment was made by. */
export const RulesStamp = record({
  id: Type.String(),
  version: Type.String(),
  /** hex sha256 of the canonical text of the rules */
  hash: Type.String(),
});
export type RulesStamp = Static<typeof RulesStamp>;

/** An assessment with what it was made from. */
export interface AssessmentReply {
  /** "own": rows of the actor's schools only, and no verdict about the district may be read from it */
  readonly scope: "district" | "own";
  readonly assessment: BalanceAssessment;
  /** hex sha256 of the canonical text of the facts; null for scope "own" */
  readonly inputsHash: string | null;
  readonly rules: RulesStamp;
  /** the latest batch that went in */
  readonly reported: By | null;
}

/** The engine's whole input, for what-if and trails in the browser. */
export interface FactsReply {
  readonly facts: BalanceFacts;
  readonly rules: BalanceRules;
  readonly inputsHash: string;
  readonly rulesHash: string;
}

/** One raw number of a what-if. */
export const Change = record({
  schoolCode: SchoolCode,
  stage: nullable(StageName),
  field: text(60, 1),
  value: Type.Number({ minimum: -1e15, maximum: 1e15 }),
});
export type Change = Static<typeof Change>;

export const Scenario = record({
  id: Id,
  year: Year,
  name: Type.String(),
  note: Type.String(),
  changes: Type.Array(Change),
  /** others with the same reach may read it */
  isShared: Type.Boolean(),
  isOwn: Type.Boolean(),
  ownerName: Type.String(),
  createdAt: IsoTime,
  updatedAt: IsoTime,
});
export type Scenario = Static<typeof Scenario>;

export const ScenarioInput = record({
  name: text(100, 1),
  note: text(2000),
  changes: Type.Array(Change, { maxItems: 5000 }),
  isShared: Type.Boolean(),
});
export type ScenarioInput = Static<typeof ScenarioInput>;

/** A file that supports a finding (佐证材料). */
export const Evidence = record({
  id: Id,
  year: Year,
  item: Type.String(),
  fileName: Type.String(),
  mediaType: Type.String(),
  bytes: Type.Integer(),
  sha256: Type.String(),
  by: By,
});
export type Evidence = Static<typeof Evidence>;

/** Where a section's rows came from. */
export const ProvenanceEntry = record({
  section: SectionName,
  schoolCode: nullable(Type.String()),
  batchId: Id,
  kind: Type.String(),
  fileName: nullable(Type.String()),
  by: By,
});
export type ProvenanceEntry = Static<typeof ProvenanceEntry>;

const year = record({ year: Year });
const id = record({ id: Id });

export const balanceRoutes = {
  readAssessment: defineRoute({
    part: "balance",
    summary: "The assessment of a year: the whole district, or the actor's own schools.",
    method: "GET",
    path: "/balance/:year/assessment",
    access: ["assessment.read", "school.read"],
    params: year,
    reply: domainRecord<AssessmentReply>("scope, assessment, inputsHash, rules {id, version, hash}, reported"),
    errors: ["NO_DATA"],
  }),
  readFacts: defineRoute({
    part: "balance",
    summary: "Facts and rules of a year, the input of the engine.",
    method: "GET",
    path: "/balance/:year/facts",
    access: ["assessment.read"],
    params: year,
    reply: domainRecord<FactsReply>("facts, rules, inputsHash, rulesHash"),
    errors: ["NO_DATA"],
  }),
  readProvenance: defineRoute({
    part: "balance",
    summary: "Who reported the rows of a section, and when.",
    method: "GET",
    path: "/balance/:year/provenance",
    access: ["assessment.read", "school.read"],
    params: year,
    query: record({ schoolCode: Type.Optional(SchoolCode), section: Type.Optional(SectionName) }),
    reply: record({ entries: Type.Array(ProvenanceEntry) }),
    errors: [],
  }),
  listScenarios: defineRoute({
    part: "balance",
    summary: "What-if scenarios of a year: one's own and shared ones.",
    method: "GET",
    path: "/balance/:year/scenarios",
    access: ["scenario.use"],
    params: year,
    reply: record({ scenarios: Type.Array(Scenario) }),
    errors: [],
  }),
  createScenario: defineRoute({
    part: "balance",
    summary: "Save a what-if scenario.",
    method: "POST",
    path: "/balance/:year/scenarios",
    access: ["scenario.use"],
    params: year,
    body: ScenarioInput,
    reply: Scenario,
    errors: ["SCENARIO_INVALID", "ALREADY_EXISTS", "NO_DATA", "CSRF_REFUSED"],
  }),
  readScenario: defineRoute({
    part: "balance",
    summary: "One scenario.",
    method: "GET",
    path: "/balance/scenarios/:id",
    access: ["scenario.use"],
    params: id,
    reply: Scenario,
    errors: [],
  }),
  updateScenario: defineRoute({
    part: "balance",
    summary: "Replace one's own scenario.",
    method: "PUT",
    path: "/balance/scenarios/:id",
    access: ["scenario.use"],
    params: id,
    body: ScenarioInput,
    reply: Scenario,
    errors: ["SCENARIO_INVALID", "ALREADY_EXISTS", "CSRF_REFUSED"],
  }),
  deleteScenario: defineRoute({
    part: "balance",
    summary: "Delete one's own scenario.",
    method: "DELETE",
    path: "/balance/scenarios/:id",
    access: ["scenario.use"],
    params: id,
    reply: nothing,
    errors: ["CSRF_REFUSED"],
  }),
  recordFinding: defineRoute({
    part: "balance",
    summary: "Record the finding of a reviewed item; the reviewer is the actor.",
    method: "PUT",
    path: "/balance/:year/findings/:item",
    access: ["finding.record"],
    params: record({ year: Year, item: ItemId }),
    body: record({
      isMet: nullable(Type.Boolean()),
      finding: nullable(text(4000)),
      evidence: nullable(text(1000)),
      /** today when left out */
      reviewedOn: Type.Optional(IsoDate),
    }),
    reply: record({ batchId: Id }),
    errors: ["YEAR_LOCKED", "CSRF_REFUSED"],
  }),
  recordVeto: defineRoute({
    part: "balance",
    summary: "Record whether a veto has occurred.",
    method: "PUT",
    path: "/balance/:year/vetoes/:veto",
    access: ["finding.record"],
    params: record({ year: Year, veto: VetoId }),
    body: record({
      hasOccurred: nullable(Type.Boolean()),
      finding: nullable(text(4000)),
      evidence: nullable(text(1000)),
    }),
    reply: record({ batchId: Id }),
    errors: ["YEAR_LOCKED", "CSRF_REFUSED"],
  }),
  listEvidence: defineRoute({
    part: "balance",
    summary: "Evidence files of a year, newest first.",
    method: "GET",
    path: "/balance/:year/evidence",
    access: ["assessment.read"],
    params: year,
    query: record({ item: Type.Optional(ItemId) }),
    reply: record({ evidence: Type.Array(Evidence) }),
    errors: [],
  }),
  addEvidence: defineRoute({
    part: "balance",
    summary: "Attach an evidence file to an item.",
    method: "POST",
    path: "/balance/:year/items/:item/evidence",
    access: ["finding.record"],
    params: record({ year: Year, item: ItemId }),
    upload: {
      maxBytes: 20 * 1024 * 1024,
      extensions: [".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png", ".txt", ".zip"],
    },
    reply: Evidence,
    errors: ["BODY_TOO_LARGE", "CONTENT_TYPE_REFUSED", "FILE_UNREADABLE", "YEAR_LOCKED", "CSRF_REFUSED"],
  }),
  readEvidence: defineRoute({
    part: "balance",
    summary: "Download an evidence file.",
    method: "GET",
    path: "/balance/evidence/:id",
    access: ["assessment.read"],
    params: id,
    reply: download,
    errors: [],
  }),
  deleteEvidence: defineRoute({
    part: "balance",
    summary: "Remove an evidence file.",
    method: "DELETE",
    path: "/balance/evidence/:id",
    access: ["finding.record"],
    params: id,
    reply: nothing,
    errors: ["YEAR_LOCKED", "CSRF_REFUSED"],
  }),
  downloadReport: defineRoute({
    part: "balance",
    summary: "The report of the district, or of one school.",
    method: "GET",
    path: "/balance/:year/report",
    access: ["report.export"],
    params: year,
    query: record({ format: oneOf(["docx", "xlsx"]), schoolCode: Type.Optional(SchoolCode) }),
    reply: download,
    errors: ["NO_DATA", "BUSY"],
  }),
};
