/** Opening a database: migrations, the pool, and the two ways in — as an actor, or through the gate. */

import { Pool, escapeLiteral } from "pg";
import type { PoolClient, QueryResult } from "pg";
import { bindTransaction, clientConfig, loginConfig, releaseTransaction, translate } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import { openGate } from "./gate.ts";
import type { Gate } from "./gate.ts";
import { migrate, readMigrations } from "./migrate.ts";
import type { MigrationProgress, MigrationReport } from "./migrate.ts";

/** Who acts: an account of a district. What the account may see and change is looked up by the database itself. */
export interface Actor {
  readonly districtId: number;
  readonly accountId: number;
}

/** One transaction of one actor. Queries take it as their first argument; it is dead after `withActor` returns. */
export interface Transaction {
  readonly districtId: number;
  readonly accountId: number;
}

/** What one statement answers, for {@link Store.ask}. */
export interface Question<T> {
  /** a constant; values stand in it as $1, $2 … */
  readonly text: string;
  readonly values: readonly (string | number | null)[];
  readonly read: (rows: readonly object[]) => T;
}

export interface StoreOptions {
  /** the user of this address migrates; requests use a login of their own that can do nothing by itself */
  readonly url: string;
  /** address of a login that was made by hand, for servers where the store may not make one */
  readonly loginUrl?: string;
  /** connections at most; 10 when left out */
  readonly poolSize?: number;
}

export interface Store {
  /** brings the database to this version; safe to call at every start, by several processes at once */
  migrate(onProgress?: (progress: MigrationProgress) => void): Promise<MigrationReport>;
  /** runs `fn` in one transaction with the actor's rights; commits, or rolls back when it throws */
  withActor<T>(actor: Actor, fn: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * answers one question in a transaction of its own with the actor's rights; the whole of it is one message to the
   * database, so it costs less than half of {@link withActor}: for what many ask at once
   */
  ask<T>(actor: Actor, question: Question<T>): Promise<T>;
  /** what has to happen before there is an actor: sign-in, sessions, founding a district */
  readonly gate: Gate;
  /** throws DATABASE_UNAVAILABLE when the database does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a pool; connects at the first use. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const pool = new Pool({
    ...(options.loginUrl === undefined ? loginConfig(options.url).config : clientConfig(options.loginUrl)),
    max: options.poolSize ?? 10,
    idleTimeoutMillis: 60_000,
    application_name: "xingfu",
  });
  pool.on("error", () => {}); // an idle connection was cut; the next use opens another
  return {
    migrate: async (onProgress) => migrate(options.url, await readMigrations(), onProgress),
    withActor: (actor, fn) => withActor(pool, actor, fn),
    ask: (actor, question) => ask(pool, actor, question),
    gate: openGate(pool, options.url),
    ping: async () => {
      await pool.query("select 1").catch((error: unknown) => {
        throw new StoreFault("DATABASE_UNAVAILABLE", {}, { cause: error });
      });
    },
    close: () => pool.end(),
  };
}

/** One message opens the transaction, takes the user's role and looks up the actor's reach. */
async function withActor<T>(pool: Pool, actor: Actor, fn: (tx: Transaction) => Promise<T>): Promise<T> {
  const opening = enter(actor);
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw translate(error);
  }
  const tx: Transaction = Object.freeze({ districtId: actor.districtId, accountId: actor.accountId });
  let broken: Error | undefined;
  try {
    await client.query(`begin; ${opening}`);
    bindTransaction(tx, client);
    const result = await fn(tx);
    releaseTransaction(tx);
    await client.query("commit");
    return result;
  } catch (error) {
    releaseTransaction(tx);
    await client.query("rollback").catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw translate(error);
  } finally {
    client.release(broken);
  }
}

/** Statements sent together are one transaction: it is committed at their end, or rolled back when one fails. */
async function ask<T>(pool: Pool, actor: Actor, { text, values, read }: Question<T>): Promise<T> {
  const asked = text.replace(/\$(\d+)/g, (_, number: string) => literal(values[Number(number) - 1]));
  try {
    const answers: unknown = await pool.query(`${enter(actor)}; ${asked}`);
    const last = Array.isArray(answers) ? (answers as QueryResult<object>[]).at(-1) : undefined;
    return read(last?.rows ?? []);
  } catch (error) {
    throw translate(error);
  }
}

/** The first statements of every transaction. They carry no parameters, so the two numbers are checked here. */
function enter({ districtId, accountId }: Actor): string {
  if (!isId(districtId, 2 ** 31 - 1) || !isId(accountId, Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`an actor has positive integer ids, not ${districtId}, ${accountId}`);
  }
  return `set local role xingfu_user; select app.enter(${districtId}, ${accountId})`;
}

function isId(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

/** A value as SQL; a message of several statements takes no parameters. */
function literal(value: string | number | null | undefined): string {
  if (value === null) return "null";
  if (typeof value === "string") return escapeLiteral(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new RangeError(`no value for the database: ${value}`);
}
