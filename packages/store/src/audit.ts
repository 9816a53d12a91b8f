/** Who did what, and who looked at whose names. Append-only: nothing here changes or removes an entry. */

import { query } from "./connection.ts";
import { anywhere, pageWindow } from "./page.ts";
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
export async function note(
  tx: Transaction,
  action: string,
  subject: string | null,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await query(
    tx,
    `insert into app.audit_events (district_id, account_id, account_name, action, subject, detail)
     values (app.district_id(), app.account_id(), app.account_name(), $1, $2, $3)`,
    [action, subject, JSON.stringify(detail)],
  );
}

/** Newest first; `from` and `to` are days in China, both included. */
export async function listAudit(
  tx: Transaction,
  filter: Paging & {
    readonly action?: string;
    readonly accountId?: number;
    readonly subject?: string;
    readonly from?: string;
    readonly to?: string;
  },
): Promise<Page<AuditEntry>> {
  const { page, size, offset } = pageWindow(filter);
  const where = `district_id = app.district_id()
    and ($1::text is null or action like $1 || '%') and ($2::bigint is null or account_id = $2)
    and ($3::text is null or subject like $3)
    and ($4::date is null or at >= $4::date::timestamp at time zone 'Asia/Shanghai')
    and ($5::date is null or at < ($5::date + 1)::timestamp at time zone 'Asia/Shanghai')`;
  const values = [
    filter.action === undefined ? null : filter.action.replace(/[\\%_]/g, "\\$&"),
    filter.accountId ?? null,
    filter.subject === undefined ? null : anywhere(filter.subject),
    filter.from ?? null,
    filter.to ?? null,
  ];
  const items = await query<AuditEntry>(
    tx,
    `select id, at, account_id as "accountId", account_name as account, action, subject, detail from app.audit_events
     where ${where} order by id desc limit $6 offset $7`,
    [...values, size, offset],
  );
  const [counted] = await query<{ total: number }>(
    tx,
    `select count(*) as total from app.audit_events where ${where}`,
    values,
  );
  return { items, page, size, total: counted?.total ?? 0 };
}
