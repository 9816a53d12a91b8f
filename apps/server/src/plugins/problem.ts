/** Every refusal and failure as RFC 9457 problem details with our code; nothing of the inside leaves the server. */

import { errors } from "@xingfu/contract";
import type { ErrorCode, ErrorEntry, InputProblem, Problem } from "@xingfu/contract";
import { Fault } from "@xingfu/domain/base";
import { StoreFault } from "@xingfu/store";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../refusal.ts";

/** What Fastify and its plugins call their refusals, and what we call them. */
const codesOfFastify: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_VALIDATION: "INPUT_INVALID",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "CONTENT_TYPE_REFUSED",
  FST_ERR_CTP_EMPTY_JSON_BODY: "INPUT_INVALID",
  FST_ERR_CTP_INVALID_JSON_BODY: "INPUT_INVALID",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "INPUT_INVALID",
  FST_ERR_CTP_BODY_TOO_LARGE: "BODY_TOO_LARGE",
  FST_ERR_BAD_URL: "INPUT_INVALID",
  FST_REQ_FILE_TOO_LARGE: "BODY_TOO_LARGE",
  FST_INVALID_MULTIPART_CONTENT_TYPE: "CONTENT_TYPE_REFUSED",
  FST_PARTS_LIMIT: "INPUT_INVALID",
  FST_FILES_LIMIT: "INPUT_INVALID",
  FST_FIELDS_LIMIT: "INPUT_INVALID",
  FST_PROTO_VIOLATION: "INPUT_INVALID",
  FST_MP_PREMATURE_CLOSE: "INPUT_INVALID",
};

export interface Failure {
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The code and fields of anything that was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal || error instanceof Fault || error instanceof StoreFault) {
    const code: ErrorCode = error.code; // a new code of store or domain does not compile until the contract has it
    return { code, fields: pick(error.fields, errors[code].fields) };
  }
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    if (error.code === "ENOSPC" || error.code === "EDQUOT") return { code: "DISK_FULL", fields: {} };
    // the browser went away before its request was whole
    const isAborted = error.code === "ECONNRESET" && error.message === "aborted";
    const code = isAborted ? "INPUT_INVALID" : codesOfFastify[error.code];
    if (code === "INPUT_INVALID") return { code, fields: { problems: problemsOf(error) } };
    if (code === "BODY_TOO_LARGE") return { code, fields: {} };
    if (code !== undefined) return { code, fields: {} };
  }
  if (error instanceof SyntaxError) return { code: "INPUT_INVALID", fields: { problems: [] } }; // JSON that is none
  return { code: "INTERNAL", fields: {} };
}

/** Status of a code on the wire; one that belongs to the start of the program is our mistake here. */
function statusOf(entry: ErrorEntry): number {
  return entry.status ?? 500;
}

export function problemBody(failure: Failure, requestId: string): Problem {
  const entry = errors[failure.code];
  return {
    type: `urn:xingfu:error:${failure.code}`,
    title: entry.title,
    status: statusOf(entry),
    code: failure.code,
    fields: failure.fields,
    requestId,
  };
}

export function sendProblem(reply: FastifyReply, failure: Failure): FastifyReply {
  const body = problemBody(failure, reply.request.id);
  const retryAfter = failure.fields["retryAfterSeconds"];
  if (typeof retryAfter === "number") reply.header("retry-after", String(Math.ceil(retryAfter)));
  return reply
    .code(body.status)
    .header("cache-control", "no-store")
    .type("application/problem+json; charset=utf-8")
    .send(JSON.stringify(body));
}

export interface ProblemOptions {
  /** counts what is our mistake, for the alarm */
  readonly onReportable: (code: ErrorCode) => void;
}

export function installProblems(app: FastifyInstance, options: ProblemOptions): void {
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const failure = failureOf(error);
    if (errors[failure.code].isReportable) {
      options.onReportable(failure.code);
      request.log.error({ err: error, code: failure.code }, "request failed");
    } else {
      request.log.info({ code: failure.code, detail: error.message }, "request refused");
    }
    return sendProblem(reply, failure);
  });
}

/** Only the fields the contract lists: an inner fault may carry more than the wire should. */
function pick(fields: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function problemsOf(error: Error): readonly InputProblem[] {
  return "problems" in error && Array.isArray(error.problems) ? error.problems : [];
}
