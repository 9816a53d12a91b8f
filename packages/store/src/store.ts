/** Opening a database: migrations, the pool, and the two ways in — as an actor, or through the gate. */

import type { Gate } from "./gate.ts";
import type { MigrationReport } from "./migrate.ts";

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
  migrate(onProgress?: (progress: { readonly done: number; readonly total: number; readonly name: string }) => void): Promise<MigrationReport>;
  /** runs `fn` in one transaction with the actor's rights; commits, or rolls back when it throws */
  withActor<T>(actor: Actor, fn: (tx: Transaction) => Promise<T>): Promise<T>;
  /** what has to happen before there is an actor: sign-in, sessions, founding a district */
  readonly gate: Gate;
  /** throws DATABASE_UNAVAILABLE when the database does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export async function openStore(_options: StoreOptions): Promise<Store> {
  throw new Error("not written yet");
}
