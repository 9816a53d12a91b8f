/** What has to happen before there is an actor: sign-in, sessions, founding a district. */

import type { NodeKind, Role } from "@xingfu/domain/access";
import type { Actor } from "./store.ts";

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
  readonly administrator: { readonly name: string; readonly displayName: string; readonly passwordHash: string; readonly mustChangePassword: boolean };
}

export interface Gate {
  listDistricts(): Promise<readonly District[]>;
  /** creates a district, its root node and its first administrator; ALREADY_EXISTS when the code is taken */
  foundDistrict(district: NewDistrict): Promise<{ readonly districtId: number; readonly unitId: number; readonly administrator: Actor }>;
  /** null when there is no such name; names compare without regard to case */
  findAccount(districtId: number, name: string): Promise<SignInAccount | null>;
  /** counts a failure; locks the account for `lockSeconds` at the `limit`-th within `windowSeconds`. Written to the audit. */
  noteFailure(failure: {
    readonly districtId: number; readonly accountId: number | null; readonly name: string; readonly address: string;
    readonly limit: number; readonly windowSeconds: number; readonly lockSeconds: number;
  }): Promise<{ readonly failedCount: number; readonly lockedUntil: string | null }>;
  /** opens a session, clears the failures, writes the audit */
  openSession(session: {
    readonly districtId: number; readonly accountId: number;
    /** sha256 of the cookie's token, 32 bytes; the token itself is never stored */
    readonly tokenHash: Uint8Array; readonly idleSeconds: number; readonly absoluteSeconds: number; readonly address: string;
  }): Promise<{ readonly expiresAt: string }>;
  /** null when there is none; counts as use of the session (kept to the minute) */
  findSession(tokenHash: Uint8Array): Promise<FoundSession | null>;
  endSession(tokenHash: Uint8Array): Promise<void>;
  /** an actor by sign-in name, for the command line; null when there is none or it is closed */
  findActor(districtId: number, name: string): Promise<Actor | null>;
  /** removes ended sessions and checked imports that nobody came back to for `days` days */
  sweep(days: number): Promise<{ readonly sessions: number; readonly imports: number }>;
}
