/** Accounts and the roles they hold on nodes. */

import type { Role } from "@xingfu/domain/access";
import type { RoleOnNode } from "./gate.ts";
import type { Page, Paging } from "./page.ts";
import type { Transaction } from "./store.ts";

export interface Account {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
  readonly isActive: boolean;
  readonly mustChangePassword: boolean;
  readonly lockedUntil: string | null;
  readonly lastSignInAt: string | null;
  readonly createdAt: string;
  readonly roles: readonly RoleOnNode[];
}

export interface GrantInput {
  readonly role: Role;
  readonly nodeId: number;
}

export interface NewAccount {
  readonly name: string;
  readonly displayName: string;
  /** PHC string of argon2id */
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
  readonly roles: readonly GrantInput[];
}

export interface AccountChange {
  readonly displayName?: string;
  /** false also ends the account's sessions */
  readonly isActive?: boolean;
  /** replaces all roles */
  readonly roles?: readonly GrantInput[];
  /** ends a lock-out */
  readonly unlock?: true;
  /** a new first password: must be changed, and ends the account's sessions */
  readonly passwordHash?: string;
}

export async function listAccounts(_tx: Transaction, _query: Paging & { readonly search?: string; readonly role?: Role }): Promise<Page<Account>> {
  throw new Error("not written yet");
}
export async function readAccount(_tx: Transaction, _accountId: number): Promise<Account> {
  throw new Error("not written yet");
}
/** All or none; ALREADY_EXISTS names the sign-in names that are taken, INPUT_INVALID a role on the wrong kind of node. */
export async function createAccounts(_tx: Transaction, _accounts: readonly NewAccount[]): Promise<readonly { readonly id: number; readonly name: string }[]> {
  throw new Error("not written yet");
}
export async function updateAccount(_tx: Transaction, _accountId: number, _change: AccountChange): Promise<Account> {
  throw new Error("not written yet");
}
/** The actor's own password; ends every other session of the account. */
export async function changeOwnPassword(_tx: Transaction, _passwordHash: string, _keepTokenHash: Uint8Array): Promise<void> {
  throw new Error("not written yet");
}
