/** Who did what, and who looked at whose names. Append-only: nothing here changes or removes an entry. */

import type { Page, Paging } from "./page.ts";
import type { Transaction } from "./store.ts";

export interface AuditEntry {
  readonly id: number;
  readonly at: string;
  readonly accountId: number | null;
  /** name of the account, or what stood for it (e.g. a sign-in name that was refused) */
  readonly account: string | null;
  /** e.g. "session.signIn", "return.load", "pupils.read" */
  readonly action: string;
  /** what it was done to, e.g. "school 2150000012" */
  readonly subject: string | null;
  readonly detail: unknown;
}

/** Writes an entry in the same transaction as what it tells of. Every changing query of the store does so itself. */
export async function note(_tx: Transaction, _action: string, _subject: string | null, _detail: Readonly<Record<string, unknown>>): Promise<void> {
  throw new Error("not written yet");
}
/** Newest first; `from` and `to` are days in China, both included. */
export async function listAudit(_tx: Transaction, _query: Paging & { readonly action?: string; readonly accountId?: number; readonly subject?: string; readonly from?: string; readonly to?: string }): Promise<Page<AuditEntry>> {
  throw new Error("not written yet");
}
