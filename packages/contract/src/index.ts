/**
 * The wire: every route with its shapes, every public error code, and a typed client.
 *
 * Terms. A *route* is one method and path with what it takes and answers; a *problem* is the body of a refusal; an
 * *access* says which actions open a route.
 */
export * from "./accounts.ts";
export * from "./audit.ts";
export * from "./balance.ts";
export * from "./client.ts";
export * from "./errors.ts";
export * from "./growth.ts";
export * from "./evaluation.ts";
export * from "./orgs.ts";
export * from "./overview.ts";
export * from "./pupils.ts";
export * from "./returns.ts";
export * from "./route.ts";
export * from "./routes.ts";
export * from "./session.ts";
export * from "./shapes.ts";
export * from "./surveys.ts";
export * from "./system.ts";
