/** Figures about the server itself, in the form Prometheus reads. */

import { timingSafeEqual } from "node:crypto";
import { apiPrefix } from "@xingfu/contract";
import type { ErrorCode } from "@xingfu/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Counter, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { Refusal } from "../refusal.ts";

export interface Metrics {
  readonly countReportable: (code: ErrorCode) => void;
  readonly countAssessment: (outcome: "cached" | "computed") => void;
  readonly countSignIn: (outcome: "ok" | "refused" | "locked") => void;
}

export interface MetricsOptions {
  /** bearer token; null = only from this machine */
  readonly token: string | null;
  /** process figures too (memory, event loop); off in tests, which make many servers in one process */
  readonly withProcess: boolean;
}

export function installMetrics(app: FastifyInstance, options: MetricsOptions): Metrics {
  const registers = [new Registry()];
  const [registry] = registers;
  if (options.withProcess && registry !== undefined) collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from the request to the last byte of the reply",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const failures = new Counter({
    name: "xingfu_reportable_errors_total",
    help: "Failures that are our mistake or our machine's",
    labelNames: ["code"],
    registers,
  });
  const assessments = new Counter({
    name: "xingfu_assessments_total",
    help: "Assessments asked for, by whether they were computed or taken from memory",
    labelNames: ["outcome"],
    registers,
  });
  const signIns = new Counter({
    name: "xingfu_sign_ins_total",
    help: "Attempts to sign in",
    labelNames: ["outcome"],
    registers,
  });

  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unmatched";
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });

  app.get(`${apiPrefix}/metrics`, async (request, reply) => {
    if (!mayRead(request, options.token)) throw new Refusal("NOT_FOUND", {});
    reply.type("text/plain; version=0.0.4; charset=utf-8");
    return registry?.metrics();
  });

  return {
    countReportable: (code) => failures.inc({ code }),
    countAssessment: (outcome) => assessments.inc({ outcome }),
    countSignIn: (outcome) => signIns.inc({ outcome }),
  };
}

const thisMachine = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

function mayRead(request: FastifyRequest, token: string | null): boolean {
  if (token === null) return thisMachine.has(request.ip);
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
