/** How one route of the wire is written down: once, for validation, types, OpenAPI and the client. */

import type { Action } from "@xingfu/domain/access";
import type { Static, TObject, TSchema } from "typebox";
import type { ErrorCode } from "./errors.ts";

/** Reply without a body (204). */
export const nothing = "nothing";
/** Reply that is a file to save, not JSON. */
export const download = "download";

/** Parts of the wire, as OpenAPI tags. */
export type Part =
  | "session"
  | "overview"
  | "balance"
  | "returns"
  | "evaluation"
  | "orgs"
  | "accounts"
  | "audit"
  | "pupils"
  | "growth"
  | "surveys"
  | "system";

/**
 * Who may call: everybody, everybody who is signed in, or who holds one of the actions somewhere. Where the actor
 * holds it is for the database to say.
 */
export type Access = "public" | "signedIn" | readonly Action[];

/** A multipart body with exactly one file in the field `file`. */
export interface Upload {
  /** bytes; a larger file is refused with BODY_TOO_LARGE */
  readonly maxBytes: number;
  /** extensions that are taken, lower case with dot; the content is checked as well */
  readonly extensions: readonly string[];
}

export interface Route {
  readonly part: Part;
  /** one English sentence for OpenAPI */
  readonly summary: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** below /api/v1, with `:name` for each member of `params` */
  readonly path: string;
  readonly access: Access;
  /**
   * A public route that must not be able to tell who called: no session is looked for, the request is not logged, and
   * the general limit by address does not apply. The part limits by itself.
   */
  readonly isTraceless?: true;
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: TObject;
  /** bytes of a JSON body; 1 MiB when left out */
  readonly bodyBytes?: number;
  readonly upload?: Upload;
  readonly reply: TSchema | typeof nothing | typeof download;
  /** codes beyond those every route can answer with (see `commonErrors`) */
  readonly errors: readonly ErrorCode[];
}

/** The route itself, with its literal types kept. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

/** The part of every path before a route's own. */
export const apiPrefix = "/api/v1";

/** What a handler gets and a client gives, by member of the route. */
export type ParamsOf<R extends Route> = R extends { readonly params: infer T extends TObject } ? Static<T> : undefined;
export type QueryOf<R extends Route> = R extends { readonly query: infer T extends TObject } ? Static<T> : undefined;
export type BodyOf<R extends Route> = R extends { readonly body: infer T extends TObject } ? Static<T> : undefined;
/** The JSON value a route answers with. */
export type ReplyOf<R extends Route> = R["reply"] extends infer T extends TSchema ? Static<T> : undefined;
