/**
 * The HTTP server.
 *
 * Terms. A *session* is one signed-in browser; a *refusal* is an answer with a code of the contract; a *roll* is a pupil
 * list that is being read in; *prepared* JSON is written once and sent many times.
 */
export { buildApp } from "./app.ts";
export type { AppConfig, AppOptions } from "./app.ts";
export { readConfig } from "./config.ts";
export type { Config } from "./config.ts";
export { shippedScheme } from "./evaluation/schemes.ts";
export { scoreInput } from "./evaluation/scored.ts";
export { openApi } from "./plugins/openapi.ts";
export { Refusal } from "./refusal.ts";
export { createPasswords, makePassword, passwordWeakness, standardCost } from "./session/password.ts";
export { startServer, stopOnSignals } from "./start.ts";
export type { RunningServer, StartOptions } from "./start.ts";
