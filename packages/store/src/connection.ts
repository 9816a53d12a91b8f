/** The driver, held at one place: how values come back, how refusals are named, what a transaction may be asked. */

import { createHash, createHmac } from "node:crypto";
import { types } from "pg";
import type { ClientConfig, CustomTypesConfig, PoolClient, QueryResultRow } from "pg";
import { StoreFault } from "./fault.ts";
import type { Transaction } from "./store.ts";

/** Ids are below 2^53; dates stay text; times become ISO text in UTC; amounts become numbers. */
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, toSafeInteger],
  [types.builtins.NUMERIC, Number],
  [types.builtins.FLOAT8, Number],
  [types.builtins.DATE, (text) => text],
  [types.builtins.TIMESTAMPTZ, toIsoTime],
  [1016, (text) => text.slice(1, -1).split(",").filter(Boolean).map(toSafeInteger)], // bigint[]
  [1022, toNumbers], // double precision[]
]);

const ownTypes: CustomTypesConfig = {
  getTypeParser: (id, format) => {
    const own = format === "binary" ? undefined : parsers.get(id);
    return own ?? types.getTypeParser(id, format);
  },
};

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${text}`);
  return value;
}

/** "2026-11-23 21:28:53.795+08" → "2026-11-23T13:28:53.795Z" */
function toIsoTime(text: string): string {
  return new Date(text.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00")).toISOString();
}

function toNumbers(text: string): number[] {
  return text === "{}" ? [] : text.slice(1, -1).split(",").map(Number);
}

export function clientConfig(url: string): ClientConfig {
  return { connectionString: url, types: ownTypes, connectionTimeoutMillis: 10_000, keepAlive: true };
}

/** The login made for one database of a cluster, so that several databases in one cluster do not share one. */
export function loginName(database: string): string {
  return `xingfu_login_${createHash("sha256").update(database).digest("hex").slice(0, 12)}`;
}

/**
 * How requests connect. The login's password follows from the migrating user's, so that every process that knows the
 * address knows it and nothing has to be kept. An address without a password (peer, trust, certificate) connects as
 * its own user and is the login from its first statement on.
 */
export function loginConfig(url: string): {
  readonly config: ClientConfig;
  readonly name: string;
  readonly password: string | null;
} {
  const { password, database } = addressParts(url);
  const name = loginName(database);
  if (password === "") return { config: { ...clientConfig(url), options: `-c role=${name}` }, name, password: null };
  const own = createHmac("sha256", password).update(`xingfu login ${database}`).digest("base64url");
  const config = { ...clientConfig(url) };
  const parsed = new URL(asStandard(url));
  parsed.username = name;
  parsed.password = own;
  return { config: { ...config, connectionString: fromStandard(parsed) }, name, password: own };
}

/** URL() needs a host where the address of a socket has none. */
const noHost = "socket.invalid";
function asStandard(url: string): string {
  return url
    .replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)\//, `$1${noHost}/`)
    .replace(/^(postgres(?:ql)?:\/\/)\//, `$1${noHost}/`);
}
function fromStandard(url: URL): string {
  return url.toString().replace(`@${noHost}/`, "@/").replace(`//${noHost}/`, "///");
}

export function addressParts(url: string): {
  readonly user: string;
  readonly password: string;
  readonly database: string;
} {
  const parsed = new URL(asStandard(url));
  const user = decodeURIComponent(parsed.username) || (process.env["PGUSER"] ?? "");
  return {
    user,
    password: decodeURIComponent(parsed.password) || (process.env["PGPASSWORD"] ?? ""),
    database: decodeURIComponent(parsed.pathname.slice(1)) || (process.env["PGDATABASE"] ?? user),
  };
}

const clients = new WeakMap<Transaction, PoolClient>();

/** Makes the transaction that queries take. Its client can be found by the store only. */
export function bindTransaction(tx: Transaction, client: PoolClient): void {
  clients.set(tx, client);
}

export function releaseTransaction(tx: Transaction): void {
  clients.delete(tx);
}

export function clientOf(tx: Transaction): PoolClient {
  const client = clients.get(tx);
  if (client === undefined) throw new Error("the transaction is over");
  return client;
}

const statementNames = new Map<string, string>();

/** One name per statement text, so that the server plans it once per connection. */
function statementName(text: string): string {
  let name = statementNames.get(text);
  if (name === undefined) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 20);
    statementNames.set(text, name);
  }
  return name;
}

/** Rows of one statement of the store. The text is a constant: values come as parameters only. */
export async function query<R extends object>(
  tx: Transaction,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const done = await clientOf(tx).query<R & QueryResultRow>({ name: statementName(text), text, values: [...values] });
  return done.rows;
}

/** The first row; NOT_FOUND when there is none, for whatever reason. */
export async function queryOne<R extends object>(
  tx: Transaction,
  what: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<R> {
  const [row] = await query<R>(tx, text, values);
  if (row === undefined) throw new StoreFault("NOT_FOUND", { what });
  return row;
}

/** Rows as arrays of columns, for large reads. */
export async function queryArrays(
  tx: Transaction,
  text: string,
  values: readonly unknown[] = [],
): Promise<unknown[][]> {
  const done = await clientOf(tx).query<unknown[]>({
    name: statementName(text),
    text,
    values: [...values],
    rowMode: "array",
  });
  return done.rows;
}

/** Names the database's refusals once. Anything unknown stays what it is: a bug to be seen. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreFault) return error;
  if (!("code" in error) || typeof error.code !== "string") {
    // the pool had no connection to give within its time
    if (error.message.startsWith("timeout exceeded when trying to connect"))
      return new StoreFault("BUSY", { retryAfterSeconds: 5 }, { cause: error });
    // the last: the store was closed while a request was still on its way
    const isGone = /^(Connection terminated|Client was closed|Cannot use a pool after)/.test(error.message);
    return isGone ? new StoreFault("DATABASE_UNAVAILABLE", {}, { cause: error }) : error;
  }
  const options = { cause: error };
  switch (error.code) {
    case "42501":
      return new StoreFault("FORBIDDEN", {}, options);
    case "23505":
      return new StoreFault("ALREADY_EXISTS", { what: detailOf(error) }, options);
    case "40001":
    case "40P01":
    case "55P03":
    case "53300":
      return new StoreFault("BUSY", { retryAfterSeconds: 2 }, options);
    case "53100":
    case "ENOSPC":
      return new StoreFault("DISK_FULL", {}, options);
    case "57P01":
    case "57P02":
    case "57P03":
    case "08000":
    case "08003":
    case "08006":
    case "08001":
    case "ECONNREFUSED":
    case "ECONNRESET":
    case "ENOENT":
    case "EPIPE":
    case "ETIMEDOUT":
    case "ENOTFOUND":
      return new StoreFault("DATABASE_UNAVAILABLE", {}, options);
    case "22021":
    case "22P05": // a NUL character or text that UTF-8 cannot hold
      return new StoreFault("INPUT_INVALID", { problems: [{ at: "body", problem: "含有不能保存的字符" }] }, options);
    case "23514":
    case "22001":
    case "22003":
    case "22007":
    case "22008":
    case "22P02":
      return new StoreFault(
        "INPUT_INVALID",
        { problems: [{ at: constraintOf(error), problem: "值不符合要求" }] },
        options,
      );
    default:
      return error;
  }
}

function detailOf(error: Error): string {
  const detail = "detail" in error && typeof error.detail === "string" ? error.detail : "";
  return /=\((.*)\) already exists/.exec(detail)?.[1] ?? constraintOf(error);
}

function constraintOf(error: Error): string {
  return "constraint" in error && typeof error.constraint === "string" ? error.constraint : "value";
}
