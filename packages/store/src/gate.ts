/** What has to happen before there is an actor: sign-in, sessions, founding a district. */

import type { NodeKind, Role } from "@xingfu/domain/access";
import { Client } from "pg";
import type { Pool, QueryResultRow } from "pg";
import { clientConfig, translate } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import type { Actor } from "./store.ts";
import { surveyGate } from "./survey-gate.ts";
import type { SurveyGate } from "./survey-gate.ts";

export interface District {
  readonly districtId: number;
  /** 行政区划代码 */
  readonly code: string;
  readonly name: string;
  readonly isSample: boolean;
}

/** One role of an account, with the node it sits on. */
export interface RoleOnNode {
  readonly role: Role;
  readonly nodeId: number;
  readonly nodeKind: NodeKind;
  readonly nodeName: string;
  /** 学校标识码 when the node is a school */
  readonly schoolCode: string | null;
}

/** An account as sign-in needs it. */
export interface SignInAccount {
  readonly districtId: number;
  readonly accountId: number;
  readonly name: string;
  readonly passwordHash: string;
  readonly isActive: boolean;
  readonly mustChangePassword: boolean;
  readonly failedCount: number;
  /** null = not locked out now */
  readonly lockedUntil: string | null;
}

export interface FoundSession {
  /** true when its idle or absolute time is over or the account was closed; then it opens nothing */
  readonly isExpired: boolean;
  readonly districtId: number;
  readonly accountId: number;
  /** sign-in name */
  readonly name: string;
  readonly displayName: string;
  readonly mustChangePassword: boolean;
  /** absolute end, ISO time */
  readonly expiresAt: string;
  readonly idleSeconds: number;
  readonly district: District;
  readonly roles: readonly RoleOnNode[];
}

export interface NewDistrict {
  readonly code: string;
  readonly name: string;
  readonly isSample: boolean;
  /** first account; creates the others */
  readonly administrator: {
    readonly name: string;
    readonly displayName: string;
    readonly passwordHash: string;
    readonly mustChangePassword: boolean;
  };
}

/** A run that a worker has taken up. */
export interface HeldRun {
  readonly actor: Actor;
  readonly runId: number;
  readonly worker: string;
}

/** Why a run failed: a code of the contract with its fields. */
export interface RunFailure {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Gate extends SurveyGate {
  listDistricts(): Promise<readonly District[]>;
  /** creates a district, its root node and its first administrator; ALREADY_EXISTS when the code is taken */
  foundDistrict(
    district: NewDistrict,
  ): Promise<{ readonly districtId: number; readonly unitId: number; readonly administrator: Actor }>;
  /** null when there is no such name; names compare without regard to case */
  findAccount(districtId: number, name: string): Promise<SignInAccount | null>;
  /** counts a failure; locks the account for `lockSeconds` at the `limit`-th within `windowSeconds`. Written to the audit. */
  noteFailure(failure: {
    readonly districtId: number;
    readonly accountId: number | null;
    readonly name: string;
    readonly address: string;
    readonly limit: number;
    readonly windowSeconds: number;
    readonly lockSeconds: number;
  }): Promise<{ readonly failedCount: number; readonly lockedUntil: string | null }>;
  /** opens a session, clears the failures, writes the audit */
  openSession(session: {
    readonly districtId: number;
    readonly accountId: number;
    /** sha256 of the cookie's token, 32 bytes; the token itself is never stored */
    readonly tokenHash: Uint8Array;
    readonly idleSeconds: number;
    readonly absoluteSeconds: number;
    readonly address: string;
  }): Promise<{ readonly expiresAt: string }>;
  /** null when there is none; counts as use of the session (kept to the minute) */
  findSession(tokenHash: Uint8Array): Promise<FoundSession | null>;
  endSession(tokenHash: Uint8Array): Promise<void>;
  /** an actor by sign-in name, for the command line; null when there is none or it is closed */
  findActor(districtId: number, name: string): Promise<Actor | null>;
  /** takes up the oldest run of value-added evaluation that waits or whose server has fallen silent; null = none */
  takeGrowthRun(
    worker: string,
    leaseSeconds: number,
  ): Promise<{ readonly actor: Actor; readonly runId: number } | null>;
  /** renews the lease; false = the run is no longer this worker's: cancelled, or taken over by another server */
  holdGrowthRun(run: HeldRun, percent: number, leaseSeconds: number): Promise<boolean>;
  /** lets the run go: failed for a reason, or back into the queue with null */
  dropGrowthRun(run: HeldRun, failure: RunFailure | null): Promise<void>;
  /** removes ended sessions and checked imports that nobody came back to for `days` days */
  sweep(days: number): Promise<{ readonly sessions: number; readonly imports: number }>;
}

/** The gate of one database. Its functions run as the owner and are the only thing the login may call. */
export function openGate(pool: Pool, url: string): Gate {
  /** @param name  the server keeps the plan of a named statement per connection: for what is asked hundreds of times a second */
  const ask = async <R extends QueryResultRow>(text: string, values: unknown[] = [], name?: string): Promise<R[]> => {
    try {
      return (await pool.query<R>({ text, values, ...(name === undefined ? {} : { name }) })).rows;
    } catch (error) {
      throw translate(error);
    }
  };

  const findAccount: Gate["findAccount"] = async (districtId, name) => {
    const [row] = await ask<Omit<SignInAccount, "districtId">>(
      `select account_id as "accountId", name, password_hash as "passwordHash", is_active as "isActive",
         must_change_password as "mustChangePassword", failed_count as "failedCount", locked_until as "lockedUntil"
       from gate.find_account($1, $2)`,
      [districtId, name],
    );
    return row === undefined ? null : { districtId, ...row };
  };

  return {
    ...surveyGate(ask),
    listDistricts: () =>
      ask<District>(`select district_id as "districtId", code, name, is_sample as "isSample" from gate.districts()`),
    foundDistrict: (district) => foundDistrict(url, district),
    findAccount,
    noteFailure: async ({ districtId, accountId, name, address, limit, windowSeconds, lockSeconds }) => {
      const [row] = await ask<{ failedCount: number; lockedUntil: string | null }>(
        `select failed_count as "failedCount", locked_until as "lockedUntil" from gate.note_failure($1, $2, $3, $4, $5, $6, $7)`,
        [districtId, accountId, name, address, limit, windowSeconds, lockSeconds],
      );
      return row ?? { failedCount: 0, lockedUntil: null };
    },
    openSession: async ({ districtId, accountId, tokenHash, idleSeconds, absoluteSeconds, address }) => {
      const [row] = await ask<{ expiresAt: string }>(
        `select gate.open_session($1, $2, $3, $4, $5, $6) as "expiresAt"`,
        [districtId, accountId, Buffer.from(tokenHash), idleSeconds, absoluteSeconds, address],
      );
      if (row === undefined) throw new StoreFault("FORBIDDEN", {});
      return row;
    },
    findSession: async (tokenHash) => {
      const [row] = await ask<
        Omit<FoundSession, "district"> & { districtCode: string; districtName: string; isSample: boolean }
      >(
        `select is_expired as "isExpired", district_id as "districtId", account_id as "accountId", name,
           display_name as "displayName", must_change_password as "mustChangePassword", expires_at as "expiresAt",
           idle_seconds as "idleSeconds", district_code as "districtCode", district_name as "districtName",
           is_sample as "isSample", roles
         from gate.find_session($1)`,
        [Buffer.from(tokenHash)],
      );
      if (row === undefined) return null;
      const { districtCode, districtName, isSample, ...session } = row;
      return { ...session, district: { districtId: row.districtId, code: districtCode, name: districtName, isSample } };
    },
    endSession: async (tokenHash) => {
      await ask("select gate.end_session($1)", [Buffer.from(tokenHash)]);
    },
    findActor: async (districtId, name) => {
      const found = await findAccount(districtId, name);
      return found?.isActive === true ? { districtId, accountId: found.accountId } : null;
    },
    takeGrowthRun: async (worker, leaseSeconds) => {
      const [row] = await ask<{ districtId: number; accountId: number; runId: number }>(
        `select district_id as "districtId", account_id as "accountId", run_id as "runId" from gate.take_growth_run($1, $2)`,
        [worker, leaseSeconds],
      );
      return row === undefined
        ? null
        : { actor: { districtId: row.districtId, accountId: row.accountId }, runId: row.runId };
    },
    holdGrowthRun: async ({ actor, runId, worker }, percent, leaseSeconds) => {
      const [row] = await ask<{ held: boolean }>("select gate.hold_growth_run($1, $2, $3, $4, $5) as held", [
        actor.districtId,
        runId,
        worker,
        percent,
        leaseSeconds,
      ]);
      return row?.held === true;
    },
    dropGrowthRun: async ({ actor, runId, worker }, failure) => {
      await ask("select gate.drop_growth_run($1, $2, $3, $4)", [
        actor.districtId,
        runId,
        worker,
        failure === null ? null : JSON.stringify(failure),
      ]);
    },
    sweep: async (days) => {
      const [row] = await ask<{ sessions: number; imports: number }>(
        "select gate.sweep_sessions($1) as sessions, gate.sweep_imports($1) as imports",
        [days],
      );
      return row ?? { sessions: 0, imports: 0 };
    },
  };
}

/** Through the migrating user: a request can never found a district. */
async function foundDistrict(url: string, district: NewDistrict): ReturnType<Gate["foundDistrict"]> {
  const client = new Client(clientConfig(url));
  client.on("error", () => {});
  const { administrator } = district;
  try {
    await client.connect();
    await client.query("set role xingfu_owner");
    const { rows } = await client.query<{ district_id: number; unit_id: number; account_id: number }>(
      "select district_id, unit_id, account_id from gate.found_district($1, $2, $3, $4, $5, $6, $7)",
      [
        district.code,
        district.name,
        district.isSample,
        administrator.name,
        administrator.displayName,
        administrator.passwordHash,
        administrator.mustChangePassword,
      ],
    );
    const [row] = rows;
    if (row === undefined) throw new StoreFault("NOT_FOUND", { what: `district ${district.code}` });
    return {
      districtId: row.district_id,
      unitId: row.unit_id,
      administrator: { districtId: row.district_id, accountId: row.account_id },
    };
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(() => {});
  }
}
