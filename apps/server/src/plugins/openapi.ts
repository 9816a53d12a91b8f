/** The route table as OpenAPI 3.1, whose schemas are JSON Schema, as ours are. */

import { apiPrefix, commonErrors, download, errors, nothing, routes } from "@xingfu/contract";
import type { ErrorCode, ErrorEntry, Route } from "@xingfu/contract";
import type { FastifyInstance } from "fastify";
import type { TObject } from "typebox";

export function installOpenApi(app: FastifyInstance, version: string): void {
  let text: string | null = null;
  app.get(`${apiPrefix}/openapi.json`, async (_request, reply) => {
    text ??= JSON.stringify(openApi(version));
    return reply.type("application/json; charset=utf-8").header("cache-control", "no-cache").send(text);
  });
}

/** The document itself. */
export function openApi(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries<Route>(routes)) {
    const path = `${apiPrefix}${route.path.replace(/:([a-zA-Z]+)/g, "{$1}")}`;
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(name, route);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Xingfu 幸福", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/" }],
    paths,
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "xingfu_session" },
        token: { type: "apiKey", in: "header", name: "x-csrf-token" },
      },
      schemas: {
        Problem: {
          type: "object",
          required: ["type", "title", "status", "code", "fields", "requestId"],
          properties: {
            type: { type: "string" },
            title: { type: "string" },
            status: { type: "integer" },
            code: { type: "string", enum: Object.keys(errors) },
            fields: { type: "object" },
            requestId: { type: "string" },
          },
        },
      },
    },
  };
}

function operation(name: string, route: Route): Record<string, unknown> {
  const changes = route.method !== "GET";
  const security = route.access === "public" ? [] : [changes ? { session: [], token: [] } : { session: [] }];
  return {
    operationId: name,
    tags: [route.part],
    summary: route.summary,
    security,
    ...(Array.isArray(route.access) ? { description: `Needs one of: ${route.access.join(", ")}.` } : {}),
    parameters: [...parameters("path", route.params), ...parameters("query", route.query)],
    ...requestBody(route),
    responses: { ...success(route), ...refusals(route) },
  };
}

function parameters(place: "path" | "query", schema: TObject | undefined): Record<string, unknown>[] {
  const required: readonly string[] = schema?.required ?? [];
  return Object.entries(schema?.properties ?? {}).map(([name, type]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: type,
  }));
}

function requestBody(route: Route): Record<string, unknown> {
  if (route.body !== undefined) {
    return { requestBody: { required: true, content: { "application/json": { schema: route.body } } } };
  }
  if (route.upload === undefined) return {};
  const file = {
    type: "object",
    required: ["file"],
    properties: { file: { type: "string", contentMediaType: "application/octet-stream" } },
    description: `One file (${route.upload.extensions.join(", ")}) of at most ${route.upload.maxBytes} bytes.`,
  };
  return { requestBody: { required: true, content: { "multipart/form-data": { schema: file } } } };
}

function success(route: Route): Record<string, unknown> {
  if (route.reply === nothing) return { 204: { description: "Done." } };
  if (route.reply === download) {
    return { 200: { description: "A file.", content: { "application/octet-stream": {} } } };
  }
  return { 200: { description: "Done.", content: { "application/json": { schema: route.reply } } } };
}

/** Codes of a route by status. */
function refusals(route: Route): Record<string, unknown> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set<ErrorCode>([...commonErrors, ...route.errors])) {
    const entry: ErrorEntry = errors[code];
    if (entry.status !== null) byStatus.set(entry.status, [...(byStatus.get(entry.status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(", "),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}
