/**
 * PostgreSQL as the authority: what is stored, who may see it, and what was done to it.
 *
 * Terms. An *actor* is an account of a district; `withActor` is the only way to a query. A *batch* is a set of rows
 * that went in together; a *pointer* says which batch is current for a school and section. The *gate* is what happens
 * before there is an actor. A *unit* is a node of the organisation tree.
 */
export * from "./accounts.ts";
export * from "./audit.ts";
export * from "./balance.ts";
export * from "./embedded.ts";
export * from "./evaluation.ts";
export * from "./fault.ts";
export type {
  District,
  FoundSession,
  Gate,
  HeldRun,
  NewDistrict,
  RoleOnNode,
  RunFailure,
  SignInAccount,
} from "./gate.ts";
export * from "./growth.ts";
export * from "./imports.ts";
export type { MigrationProgress, MigrationReport } from "./migrate.ts";
export * from "./migration-status.ts";
export * from "./orgs.ts";
export type { By, Page, Paging } from "./page.ts";
export * from "./pupils.ts";
export {
  listBatches,
  listYears,
  loadDistrictYear,
  loadRows,
  loadRowsSince,
  readBatch,
  readProvenance,
  revision,
  undoBatch,
} from "./returns.ts";
export type { Batch, BatchKind, ProvenanceEntry, Revision, RowsToLoad, YearEntry } from "./returns.ts";
export * from "./states.ts";
export * from "./store.ts";
export type { OpenedForm, Opening, SurveyGate } from "./survey-gate.ts";
export { readSurveyKey } from "./survey-key.ts";
export type { SurveyKey } from "./survey-key.ts";
export * from "./surveys.ts";
