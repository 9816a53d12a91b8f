/** Typed fetch from the same table as the server. Runs in a browser and in Node. */

import type { Static, TObject, TSchema } from "typebox";
import type { ErrorCode, Problem } from "./errors.ts";
import { apiPrefix, download, nothing } from "./route.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";
import type { RouteName, Routes } from "./routes.ts";

/** A refusal, or no answer at all (code null). Told apart by `code`, never by message. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** null = the server could not be reached or its answer was not ours */
  readonly code: ErrorCode | null;
  /** 0 = no answer */
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  constructor(problem: Partial<Problem> & { readonly status: number; readonly title: string }, options?: ErrorOptions) {
    super(problem.title, options);
    this.code = problem.code ?? null;
    this.status = problem.status;
    this.fields = problem.fields ?? {};
    this.requestId = problem.requestId ?? null;
  }
}

/** A file that came back. */
export interface Download {
  readonly blob: Blob;
  readonly fileName: string;
}

/** A file to send; a browser's File is one. */
export interface UploadFile {
  readonly blob: Blob;
  readonly fileName: string;
}

type Member<R extends Route, K extends "params" | "query" | "body"> = R extends {
  readonly [M in K]: infer T extends TObject;
}
  ? Partial<Static<T>> extends Static<T>
    ? { readonly [M in K]?: Static<T> }
    : { readonly [M in K]: Static<T> }
  : unknown;

type FileMember<R extends Route> = R extends { readonly upload: object } ? { readonly file: UploadFile } : unknown;

/** What one call takes: params, query, body or file as the route says, and a signal to cancel it. */
export type Input<R extends Route> = Member<R, "params"> &
  Member<R, "query"> &
  Member<R, "body"> &
  FileMember<R> & { readonly signal?: AbortSignal };

export type Output<R extends Route> = R["reply"] extends typeof nothing
  ? void
  : R["reply"] extends typeof download
    ? Download
    : R["reply"] extends infer T extends TSchema
      ? Static<T>
      : never;

type Call<R extends Route> =
  Record<never, never> extends Input<R>
    ? (input?: Input<R>) => Promise<Output<R>>
    : (input: Input<R>) => Promise<Output<R>>;

/** One function per route. */
export type Client = { readonly [K in RouteName]: Call<Routes[K]> };

export interface ClientOptions {
  readonly fetch?: typeof globalThis.fetch;
  /** called when a reply says that nobody is signed in any more */
  readonly onSignedOut?: () => void;
  /** headers of every request: a cookie jar outside a browser */
  readonly headers?: () => Record<string, string>;
}

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly file?: UploadFile;
  readonly signal?: AbortSignal;
}

/**
 * A client of the server at `baseUrl` ("" = same origin). It keeps the CSRF token of the last session it saw and
 * fetches a new one when the server refuses the old one.
 */
export function createClient(baseUrl: string, options: ClientOptions = {}): Client {
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);
  let csrfToken: string | null = null;

  async function request(route: Route, input: AnyInput): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json", ...options.headers?.() };
    let body: FormData | string | undefined;
    if (route.method !== "GET") {
      if (csrfToken === null && route.access !== "public") await refreshToken();
      if (csrfToken !== null) headers["x-csrf-token"] = csrfToken;
    }
    if (input.file !== undefined) {
      const form = new FormData();
      form.set("file", input.file.blob, input.file.fileName);
      body = form;
    } else if (input.body !== undefined) {
      headers["content-type"] = "application/json";
      body = JSON.stringify(input.body);
    }
    try {
      return await send(`${baseUrl}${apiPrefix}${fillPath(route.path, input)}`, {
        method: route.method,
        headers,
        credentials: "same-origin",
        ...(body === undefined ? {} : { body }),
        ...(input.signal === undefined ? {} : { signal: input.signal }),
      });
    } catch (cause) {
      if (input.signal?.aborted === true) throw cause;
      throw new ApiError({ status: 0, title: "无法连接服务器" }, { cause });
    }
  }

  async function refreshToken(): Promise<void> {
    const reply = await request(routes.readSession, {});
    const value: unknown = await reply.json().catch(() => null);
    csrfToken = tokenIn(value);
  }

  async function call(route: Route, input: AnyInput): Promise<unknown> {
    let reply = await request(route, input);
    if (!reply.ok) {
      let refusal = await readProblem(reply);
      if (refusal.code === "CSRF_REFUSED") {
        await refreshToken();
        reply = await request(route, input);
        if (!reply.ok) refusal = await readProblem(reply);
      }
      if (!reply.ok) {
        if (refusal.code === "NOT_SIGNED_IN" || refusal.code === "SESSION_EXPIRED") {
          csrfToken = null;
          options.onSignedOut?.();
        }
        throw refusal;
      }
    }
    if (route.reply === nothing) {
      if (route.path === routes.signOut.path) csrfToken = null;
      return undefined;
    }
    if (route.reply === download) {
      return { blob: await reply.blob(), fileName: fileNameOf(reply.headers.get("content-disposition")) };
    }
    const value: unknown = await reply.json();
    csrfToken = tokenIn(value) ?? csrfToken;
    return value;
  }

  const calls = Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [name, (input: AnyInput = {}) => call(route, input)]),
  );
  assertComplete(calls);
  return calls;
}

/** The types of the calls are those of the route table they were made from. */
function assertComplete(calls: object): asserts calls is Client {
  for (const name of Object.keys(routes)) if (!(name in calls)) throw new TypeError(`route ${name} has no call`);
}

function fillPath(path: string, input: AnyInput): string {
  const filled = path.replace(/:([a-zA-Z]+)/g, (_, name: string) => encodeURIComponent(text(input.params?.[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) query.set(name, text(value));
  }
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}

/** A parameter as it stands in an address; the schemas allow nothing but text, numbers and booleans. */
function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TypeError(`a parameter must be text, a number or a boolean, not ${typeof value}`);
}

/** The CSRF token of a session in a reply, wherever the reply carries one. */
function tokenIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  if ("csrfToken" in value && typeof value.csrfToken === "string") return value.csrfToken;
  return "session" in value ? tokenIn(value.session) : null;
}

async function readProblem(reply: Response): Promise<ApiError> {
  const value: unknown = await reply.json().catch(() => null);
  if (isProblem(value)) return new ApiError({ ...value, status: reply.status });
  return new ApiError({ status: reply.status, title: `服务器答复异常（${reply.status}）` });
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" && value !== null && "code" in value && "title" in value && typeof value.code === "string"
  );
}

/** The name in a Content-Disposition header; the UTF-8 form wins. */
function fileNameOf(header: string | null): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(header ?? "")?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="([^"]*)"/i.exec(header ?? "")?.[1] ?? "download";
}
