/** The HTTP server with everything it serves; no globals, so tests make as many as they like. */

import { randomBytes } from "node:crypto";
import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import type { Route } from "@xingfu/contract";
import type { Store } from "@xingfu/store";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { serveAccounts } from "./accounts/routes.ts";
import { serveAudit } from "./audit/routes.ts";
import { createAssessments } from "./balance/assessments.ts";
import { serveBalance } from "./balance/routes.ts";
import type { Config } from "./config.ts";
import type { Deps } from "./deps.ts";
import { createMeasureImports } from "./growth/imports.ts";
import { serveGrowth } from "./growth/routes.ts";
import { createGrowthRuns } from "./growth/runs.ts";
import { serveEvaluation } from "./evaluation/routes.ts";
import { serveOrgs } from "./orgs/routes.ts";
import { serveOverview } from "./overview/routes.ts";
import { installMetrics } from "./plugins/metrics.ts";
import { installOpenApi } from "./plugins/openapi.ts";
import { installProblems } from "./plugins/problem.ts";
import { installSecurityHeaders } from "./plugins/security.ts";
import { installWeb } from "./plugins/web.ts";
import { createRolls } from "./pupils/rolls.ts";
import { servePupils } from "./pupils/routes.ts";
import { Refusal } from "./refusal.ts";
import { serveReturns } from "./returns/routes.ts";
import { createServe } from "./serve.ts";
import { createPasswords } from "./session/password.ts";
import type { HashCost } from "./session/password.ts";
import { serveSession } from "./session/routes.ts";
import { createSessions } from "./session/sessions.ts";
import { SharedReads } from "./shared.ts";
import { createCountings } from "./surveys/countings.ts";
import { createIntake, serveIntake } from "./surveys/intake.ts";
import { serveSurveys } from "./surveys/routes.ts";
import { serveSystem } from "./system/routes.ts";
import { version } from "./version.ts";
import { openWorkers } from "./work/workers.ts";

export type AppConfig = Pick<
  Config,
  | "isHttps"
  | "isBehindProxy"
  | "sessionIdleMinutes"
  | "sessionHours"
  | "requestsPerMinute"
  | "signInsPerMinute"
  | "surveyAnswersPerMinute"
  | "metricsToken"
  | "logLevel"
>;

export interface AppOptions {
  readonly store: Store;
  readonly config: AppConfig;
  /** the built web app */
  readonly webFolder: string;
  /** the clock; the real one when left out */
  readonly now?: () => Date;
  /** cost of new password hashes; the standard one when left out */
  readonly hashCost?: HashCost;
  /** sees every JSON reply; tests hold it to the contract */
  readonly onReply?: (route: Route, value: unknown) => void;
  /** figures of the process in the metrics: one server per process */
  readonly withProcessMetrics?: boolean;
}

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { store, config, now = () => new Date() } = options;
  const app = fastify({
    logger: { level: config.logLevel },
    genReqId: () => randomBytes(9).toString("base64url"),
    trustProxy: config.isBehindProxy,
    forceCloseConnections: "idle",
    // an upload on a slow line may take minutes
    requestTimeout: 10 * 60_000,
    routerOptions: { maxParamLength: 200 },
  });

  const metrics = installMetrics(app, {
    token: config.metricsToken,
    withProcess: options.withProcessMetrics ?? false,
  });
  installProblems(app, { onReportable: metrics.countReportable });
  await installSecurityHeaders(app, config.isHttps);
  await app.register(cookie);
  await app.register(multipart);
  await app.register(rateLimit, {
    max: config.requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { ttl }) =>
      new Refusal("RATE_LIMITED", { retryAfterSeconds: Math.ceil(ttl / 1000) }),
  });
  app.decorateRequest("signedIn", null);

  const workers = openWorkers();
  const shared = new SharedReads();
  const sessions = createSessions({
    store,
    shared,
    isHttps: config.isHttps,
    idleSeconds: config.sessionIdleMinutes * 60,
    absoluteSeconds: config.sessionHours * 3600,
  });
  const serve = createServe(app, { sessions, signInsPerMinute: config.signInsPerMinute, onReply: options.onReply });
  const rolls = createRolls({
    store,
    workers,
    now,
    onFailure: (error) => app.log.error({ err: error }, "a roll could not be loaded"),
  });
  const measureImports = createMeasureImports({
    store,
    workers,
    now,
    onFailure: (error) => app.log.error({ err: error }, "measures could not be loaded"),
  });
  const growthRuns = createGrowthRuns({
    store,
    onFailure: (error) => app.log.error({ err: error }, "a value-added evaluation could not be computed"),
  });
  const countings = createCountings(store, (error) => app.log.error({ err: error }, "a survey could not be counted"));
  const deps: Deps = {
    serve,
    store,
    sessions,
    passwords: createPasswords(options.hashCost),
    workers,
    assessments: createAssessments(store, metrics, shared),
    metrics,
    shared,
    now,
  };

  serveSession(deps);
  serveOverview(deps);
  serveBalance(deps);
  serveEvaluation(deps);
  serveReturns(deps);
  serveOrgs(deps);
  serveAccounts(deps);
  serveAudit(deps);
  servePupils(deps, rolls);
  serveGrowth(deps, measureImports, growthRuns);
  serveSurveys(deps, countings);
  serveIntake(deps, createIntake(store), config.surveyAnswersPerMinute);
  serveSystem(deps);
  installOpenApi(app, version);
  await installWeb(app, options.webFolder);

  // runs that were asked for before the server started, or that a stop cut off
  app.addHook("onReady", async () => growthRuns.wake());
  app.addHook("onClose", async () => {
    await growthRuns.close();
    await workers.close();
    await rolls.close();
    await measureImports.close();
    await countings.close();
  });
  return app;
}
