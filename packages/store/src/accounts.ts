/** Accounts and the roles they hold on nodes. */

import { roleNodes } from "@xingfu/domain/access";
import type { NodeKind, Role } from "@xingfu/domain/access";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import type { RoleOnNode } from "./gate.ts";
import { anywhere, pageWindow } from "./page.ts";
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

/** An account `a` with its roles, one statement. */
const accountColumns = `a.id, a.name, a.display_name as "displayName", a.is_active as "isActive", a.must_change_password as "mustChangePassword",
  case when a.locked_until > now() then a.locked_until end as "lockedUntil", a.last_sign_in_at as "lastSignInAt", a.created_at as "createdAt",
  (select coalesce(json_agg(json_build_object('role', g.role, 'nodeId', u.id, 'nodeKind', u.kind, 'nodeName',
      (select v.name from app.org_versions v where v.district_id = u.district_id and v.unit_id = u.id and v.from_on <= app.today()
       order by v.from_on desc limit 1), 'schoolCode', case when u.kind in ('school', 'campus') then u.code end) order by g.id), '[]'::json)
    from app.grants g join app.org_units u on u.district_id = g.district_id and u.id = g.unit_id
    where g.district_id = a.district_id and g.account_id = a.id) as roles`;

/** By name. `search` looks in the sign-in name and the person's name. */
export async function listAccounts(
  tx: Transaction,
  filter: Paging & { readonly search?: string; readonly role?: Role },
): Promise<Page<Account>> {
  const { page, size, offset } = pageWindow(filter);
  const where = `a.district_id = app.district_id() and ($1::text is null or a.name_key like $1 or a.display_name like $1)
    and ($2::text is null or exists (select from app.grants g where g.district_id = a.district_id and g.account_id = a.id and g.role = $2))`;
  const values = [
    filter.search === undefined || filter.search === "" ? null : anywhere(filter.search.toLowerCase()),
    filter.role ?? null,
  ];
  const items = await query<Account>(
    tx,
    `select ${accountColumns} from app.accounts a where ${where} order by a.name_key limit $3 offset $4`,
    [...values, size, offset],
  );
  const [counted] = await query<{ total: number }>(
    tx,
    `select count(*) as total from app.accounts a where ${where}`,
    values,
  );
  return { items, page, size, total: counted?.total ?? 0 };
}

/** Any account for those who manage accounts; for everybody else his own. */
export async function readAccount(tx: Transaction, accountId: number): Promise<Account> {
  return queryOne(
    tx,
    `account ${accountId}`,
    `select ${accountColumns} from app.accounts a where a.district_id = app.district_id() and a.id = $1`,
    [accountId],
  );
}

/** All or none; ALREADY_EXISTS names the sign-in names that are taken, INPUT_INVALID a role on the wrong kind of node. */
export async function createAccounts(
  tx: Transaction,
  accounts: readonly NewAccount[],
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  if (accounts.length === 0) return [];
  await checkRoles(
    tx,
    accounts.flatMap((account) => account.roles),
  );
  const keys = accounts.map((account) => account.name.toLowerCase());
  const taken = await query<{ name: string }>(
    tx,
    `select name from app.accounts where district_id = app.district_id() and name_key = any ($1) order by name`,
    [keys],
  );
  const doubled = accounts
    .filter((account, index) => keys.indexOf(account.name.toLowerCase()) !== index)
    .map((account) => account.name);
  if (taken.length + doubled.length > 0) {
    throw new StoreFault("ALREADY_EXISTS", {
      what: [...new Set([...taken.map((row) => row.name), ...doubled])].join("、"),
    });
  }
  const created = await query<{ id: number; name: string }>(
    tx,
    `insert into app.accounts (district_id, name, display_name, password_hash, must_change_password)
     select app.district_id(), r.name, r.display_name, r.password_hash, r.must_change_password
     from json_to_recordset($1) as r (name text, display_name text, password_hash text, must_change_password boolean)
     returning id, name`,
    [
      JSON.stringify(
        accounts.map((account) => ({
          name: account.name,
          display_name: account.displayName,
          password_hash: account.passwordHash,
          must_change_password: account.mustChangePassword,
        })),
      ),
    ],
  );
  const ids = new Map(created.map((row) => [row.name, row.id]));
  await insertGrants(
    tx,
    accounts.flatMap((account) => account.roles.map((role) => ({ ...role, accountId: ids.get(account.name) ?? 0 }))),
  );
  for (const account of accounts) {
    await note(tx, "account.create", `account ${account.name}`, {
      displayName: account.displayName,
      roles: account.roles,
    });
  }
  return accounts.map((account) => ({ id: ids.get(account.name) ?? 0, name: account.name }));
}

async function insertGrants(
  tx: Transaction,
  grants: readonly (GrantInput & { readonly accountId: number })[],
): Promise<void> {
  await query(
    tx,
    `insert into app.grants (district_id, account_id, role, unit_id)
     select app.district_id(), r."accountId", r.role, r."nodeId" from json_to_recordset($1) as r ("accountId" bigint, role text, "nodeId" bigint)
     on conflict do nothing`,
    [JSON.stringify(grants)],
  );
}

/** Refuses a role on a node that does not exist or is of the wrong kind. */
async function checkRoles(tx: Transaction, roles: readonly GrantInput[]): Promise<void> {
  const found = await query<{ id: number; kind: NodeKind }>(
    tx,
    `select id, kind from app.org_units where district_id = app.district_id() and id = any ($1)`,
    [roles.map((role) => role.nodeId)],
  );
  const kinds = new Map(found.map((row) => [row.id, row.kind]));
  const problems = roles.flatMap((role, index) => {
    const kind = kinds.get(role.nodeId);
    if (kind !== undefined && roleNodes[role.role].includes(kind)) return [];
    return [
      {
        at: `/roles/${index}`,
        problem: kind === undefined ? `没有单元 ${role.nodeId}` : `角色 ${role.role} 不能设在该类单元上`,
      },
    ];
  });
  if (problems.length > 0) throw new StoreFault("INPUT_INVALID", { problems });
}

export async function updateAccount(tx: Transaction, accountId: number, change: AccountChange): Promise<Account> {
  const before = await readAccount(tx, accountId);
  if (change.isActive === false && accountId === tx.accountId) {
    throw new StoreFault("INPUT_INVALID", { problems: [{ at: "/isActive", problem: "不能停用自己的账号" }] });
  }
  if (change.roles !== undefined) {
    await checkRoles(tx, change.roles);
    if (accountId === tx.accountId && !change.roles.some((role) => role.role === "administrator")) {
      throw new StoreFault("INPUT_INVALID", { problems: [{ at: "/roles", problem: "不能取消自己的管理员角色" }] });
    }
    await query(tx, `delete from app.grants where district_id = app.district_id() and account_id = $1`, [accountId]);
    await insertGrants(
      tx,
      change.roles.map((role) => ({ ...role, accountId })),
    );
  }
  await query(
    tx,
    `update app.accounts set display_name = coalesce($2, display_name), is_active = coalesce($3, is_active),
       locked_until = case when $4 then null else locked_until end, failed_count = case when $4 then 0 else failed_count end,
       first_failed_at = case when $4 then null else first_failed_at end
     where district_id = app.district_id() and id = $1`,
    [accountId, change.displayName ?? null, change.isActive ?? null, change.unlock ?? false],
  );
  if (change.passwordHash !== undefined) {
    // an update of its own: an actor may write a hash, but no expression may read one
    await query(
      tx,
      `update app.accounts set password_hash = $2, must_change_password = true
       where district_id = app.district_id() and id = $1`,
      [accountId, change.passwordHash],
    );
  }
  if (change.isActive === false || change.passwordHash !== undefined) await endSessions(tx, accountId, null);
  await note(tx, "account.update", `account ${before.name}`, {
    ...(change.displayName === undefined
      ? {}
      : { displayName: change.displayName, displayNameBefore: before.displayName }),
    ...(change.isActive === undefined ? {} : { isActive: change.isActive }),
    ...(change.roles === undefined
      ? {}
      : { roles: change.roles, rolesBefore: before.roles.map(({ role, nodeId }) => ({ role, nodeId })) }),
    ...(change.unlock === undefined ? {} : { unlock: true }),
    ...(change.passwordHash === undefined ? {} : { passwordReset: true }),
  });
  return readAccount(tx, accountId);
}

async function endSessions(tx: Transaction, accountId: number, keepTokenHash: Uint8Array | null): Promise<void> {
  await query(
    tx,
    `update app.sessions set ended_at = now() where district_id = app.district_id() and account_id = $1 and ended_at is null
       and token_hash is distinct from $2`,
    [accountId, keepTokenHash === null ? null : Buffer.from(keepTokenHash)],
  );
}

/** The actor's own password; ends every other session of the account. */
export async function changeOwnPassword(
  tx: Transaction,
  passwordHash: string,
  keepTokenHash: Uint8Array,
): Promise<void> {
  const { name } = await queryOne<{ name: string }>(
    tx,
    "account",
    `update app.accounts set password_hash = $1, must_change_password = false
     where district_id = app.district_id() and id = app.account_id() returning name`,
    [passwordHash],
  );
  await endSessions(tx, tx.accountId, keepTokenHash);
  await note(tx, "account.changePassword", `account ${name}`, {});
}
