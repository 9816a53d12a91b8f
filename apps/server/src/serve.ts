/** One route of the contract on the wire: limits, session, permission, token, shapes, then one call. */

import { Readable } from "node:stream";
import { apiPrefix, download, nothing } from "@xingfu/contract";
import type { BodyOf, ParamsOf, QueryOf, ReplyOf, Route } from "@xingfu/contract";
import { may } from "@xingfu/domain/access";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { PreparedJson } from "./prepared.ts";
import { Refusal } from "./refusal.ts";
import type { Sessions, SignedIn } from "./session/sessions.ts";
import { readUpload } from "./upload.ts";
import type { UploadedFile } from "./upload.ts";
import { validator } from "./validation.ts";

/** What a handler works on. */
export interface Call<R extends Route> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  /** the uploaded file; undefined when the route takes none */
  readonly file: R extends { readonly upload: object } ? UploadedFile : undefined;
  readonly session: R["access"] extends "public" ? SignedIn | null : SignedIn;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** A file to save: whole, or in portions that are sent as they are written. */
export type FileAnswer = {
  /** may be Chinese */
  readonly fileName: string;
  readonly mediaType: string;
} & ({ readonly bytes: Uint8Array } | { readonly chunks: AsyncIterable<Uint8Array> });

export type Answer<R extends Route> = R["reply"] extends typeof nothing
  ? void
  : R["reply"] extends typeof download
    ? FileAnswer
    : Frozen<ReplyOf<R>> | PreparedJson;

/** The same value, read only, as the store and the engines give it. */
type Frozen<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Frozen<Item>[]
      : { readonly [K in keyof T]: Frozen<T[K]> };

/** Puts a route on the wire. */
export type Serve = <R extends Route>(route: R, answer: (call: Call<R>) => Promise<Answer<R>>) => void;

export interface ServeOptions {
  readonly sessions: Sessions;
  /** requests one address may send per minute to routes that check a password */
  readonly signInsPerMinute: number;
  /** sees every JSON reply before it is sent; tests hold it to the contract */
  readonly onReply?: ((route: Route, value: unknown) => void) | undefined;
}

const noQuery = Type.Object({}, { additionalProperties: false });

export function createServe(app: FastifyInstance, options: ServeOptions): Serve {
  return (route, answer) => {
    const readParams = validator(route.params ?? noQuery, "params");
    const readQuery = validator(route.query ?? noQuery, "query");
    const readBody = validator(route.body, "body");
    const checksPassword = route.part === "session" && route.method === "POST";

    app.route({
      method: route.method,
      url: `${apiPrefix}${route.path}`,
      bodyLimit: route.bodyBytes ?? 1024 * 1024,
      ...(route.isTraceless === true ? { logLevel: "error" as const } : {}),
      config: checksPassword
        ? { rateLimit: { max: options.signInsPerMinute, timeWindow: 60_000 } }
        : route.isTraceless === true
          ? { rateLimit: false }
          : {},
      onRequest: async (request) => {
        checkContentType(route, request);
        if (route.isTraceless === true) {
          options.sessions.checkOrigin(request, null);
          return;
        }
        const found = await options.sessions.find(request);
        const session = found === "expired" ? null : found;
        request.signedIn = session;
        if (found === "expired" && route.access !== "public") throw new Refusal("SESSION_EXPIRED", {});
        checkAccess(route, session);
        if (route.method !== "GET") options.sessions.checkOrigin(request, session);
      },
      handler: async (request, reply) => {
        const call = {
          params: readParams(request.params),
          query: readQuery(request.query),
          body: route.upload === undefined ? readBody(request.body) : undefined,
          file: route.upload === undefined ? undefined : await readUpload(request, route.upload),
          session: request.signedIn,
          request,
          reply,
        } as Call<typeof route>; // held to the route's own schemas above
        const value: unknown = await answer(call);
        if (route.reply === nothing) return reply.code(204).send();
        if (route.reply === download) return sendFile(reply, value as FileAnswer); // the type Answer says so
        if (value instanceof PreparedJson) {
          if (options.onReply !== undefined) options.onReply(route, JSON.parse(value.plain.toString()));
          return sendPrepared(request, reply, value);
        }
        options.onReply?.(route, value);
        return reply
          .header("cache-control", "no-store")
          .type("application/json; charset=utf-8")
          .send(JSON.stringify(value));
      },
    });
  };
}

/** A form of another site can send neither JSON nor our header; anything but JSON or an upload is refused. */
function checkContentType(route: Route, request: FastifyRequest): void {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (route.upload !== undefined) {
    if (type !== "multipart/form-data") throw new Refusal("CONTENT_TYPE_REFUSED", { expected: "multipart/form-data" });
    // a length that is already too long is refused before a byte of it is read; 4 KiB for the form around the file
    const length = Number(request.headers["content-length"] ?? 0);
    if (length > route.upload.maxBytes + 4096) {
      throw new Refusal("BODY_TOO_LARGE", { maxBytes: route.upload.maxBytes });
    }
  } else if (route.body !== undefined && type !== "application/json") {
    throw new Refusal("CONTENT_TYPE_REFUSED", { expected: "application/json" });
  }
}

function checkAccess(route: Route, session: SignedIn | null): void {
  if (route.access === "public") return;
  if (session === null) throw new Refusal("NOT_SIGNED_IN", {});
  const isPasswordChange = route.part === "session";
  if (session.mustChangePassword && !isPasswordChange) throw new Refusal("PASSWORD_CHANGE_REQUIRED", {});
  if (route.access === "signedIn") return;
  if (!route.access.some((action) => may(session.grants, action))) throw new Refusal("FORBIDDEN", {});
}

function sendFile(reply: FastifyReply, file: FileAnswer): FastifyReply {
  const plain = file.fileName.replace(/[^\w.-]+/g, "_");
  return reply
    .header("cache-control", "no-store")
    .header(
      "content-disposition",
      `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.fileName).replaceAll("'", "%27")}`,
    )
    .type(file.mediaType)
    .send(
      "chunks" in file
        ? Readable.from(file.chunks, { objectMode: false })
        : Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength),
    );
}

function sendPrepared(request: FastifyRequest, reply: FastifyReply, json: PreparedJson): FastifyReply {
  reply
    .header("cache-control", "private, no-cache")
    .header("etag", json.etag)
    .header("vary", "accept-encoding, cookie");
  if (request.headers["if-none-match"] === json.etag) return reply.code(304).send();
  reply.type("application/json; charset=utf-8");
  if (json.packed !== null && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
    return reply.header("content-encoding", "gzip").send(json.packed);
  }
  return reply.send(json.plain);
}
