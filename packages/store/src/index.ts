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
export * from "./fault.ts";
export * from "./gate.ts";
export * from "./migrate.ts";
export * from "./orgs.ts";
export * from "./page.ts";
export * from "./pupils.ts";
export * from "./returns.ts";
export * from "./store.ts";
