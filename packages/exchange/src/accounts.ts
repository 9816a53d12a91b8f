/** A sheet of accounts to create in one go. */

import type { Role } from "@xingfu/domain/access";

import type { Issue, IssueTotals } from "./template/issue.ts";

/** One account as written in the sheet. */
export interface AccountSheetRow {
  /** 1-based row of the sheet, to point at when creating fails */
  readonly row: number;
  /** sign-in name */
  readonly accountName: string;
  /** the person's name */
  readonly displayName: string;
  readonly role: Role;
  /** code or name of the node: a school's 学校标识码, a group's name; null = the district itself */
  readonly node: string | null;
  /** first password; null = the server makes one up */
  readonly password: string | null;
}

export interface AccountsRead {
  readonly accounts: readonly AccountSheetRow[];
  readonly issues: readonly Issue[];
  readonly totals: IssueTotals;
}

/** Reads the accounts sheet (xlsx or csv by content). Never throws on content. */
export async function readAccounts(
  _bytes: Uint8Array,
  _options: { readonly fileName: string },
): Promise<AccountsRead> {
  throw new Error("not written yet");
}

/** An empty accounts sheet with help, drop-downs and one example line in the help. */
export async function writeAccountsTemplate(): Promise<Uint8Array> {
  throw new Error("not written yet");
}
