/** Brings a database to this version: forward-only SQL files, applied once each, under a lock, recorded with a checksum. */

import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { Client } from "pg";
import { addressParts, clientConfig, loginConfig, translate } from "./connection.ts";
import { StoreFault } from "./fault.ts";

export interface MigrationReport {
  /** names of the migrations applied now, e.g. "0001_access" */
  readonly applied: readonly string[];
  readonly total: number;
}

export interface MigrationProgress {
  readonly done: number;
  readonly total: number;
  readonly name: string;
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** hex sha256 of the file */
  readonly checksum: string;
}

/** any number that nothing else locks: "xing" in ASCII */
const migrationLock = 0x78696e67;
const leastVersion = 150000;

/** The migrations of this program, in order. */
export async function readMigrations(
  folder: URL = new URL("../migrations/", import.meta.url),
): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(new URL(name, folder));
      return {
        name: name.slice(0, -4),
        sql: bytes.toString("utf8"),
        checksum: createHash("sha256").update(bytes).digest("hex"),
      };
    }),
  );
}

/** Applies what is missing; waits for another process that is doing so. Refuses a newer or a changed history. */
export async function migrate(
  url: string,
  migrations: readonly Migration[],
  onProgress: (progress: MigrationProgress) => void = () => {},
): Promise<MigrationReport> {
  const client = new Client({ ...clientConfig(url), application_name: "xingfu migrate" });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("set client_min_messages = warning; set timezone = 'UTC'");
    await refuseOldServer(client);
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await makeRoles(client);
    const applied = await applyMissing(client, migrations, onProgress);
    await makeLogin(client, url);
    return { applied, total: migrations.length };
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(() => {});
  }
}

async function refuseOldServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  );
  const found = rows[0];
  if (found !== undefined && found.number < leastVersion) {
    throw new StoreFault("DATABASE_TOO_OLD", { found: found.version, supported: "15" });
  }
}

/** Roles belong to the cluster: another database of it may have made them, or be making them now. */
async function makeRoles(client: Client): Promise<void> {
  try {
    for (const role of ["xingfu_owner", "xingfu_user"]) await makeRole(client, role, "nologin noinherit");
    await client.query(joinRole("xingfu_owner"));
  } catch (error) {
    throw new StoreFault(
      "ROLES_MISSING",
      { problem: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
}

/** An administrator that is no superuser must be a member of a role to act as it; having made it is not enough since 16. */
function joinRole(role: string): string {
  return `do $$ begin if not (select rolsuper from pg_roles where rolname = current_user) then execute format('grant ${role} to %I', current_user); end if; end $$`;
}

async function makeRole(client: Client, role: string, options: string): Promise<void> {
  await client.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${role}') then
      create role ${role} ${options};
    end if;
  exception when duplicate_object or unique_violation then null; end $$`);
}

/** The login of this database: it may become the user inside a transaction and call the gate, and nothing else. */
async function makeLogin(client: Client, url: string): Promise<void> {
  const { name, password } = loginConfig(url);
  const { database } = addressParts(url);
  try {
    await makeRole(client, name, "noinherit");
    if (password !== null) {
      await client.query(`alter role ${name} login password ${client.escapeLiteral(password)}`);
    } else {
      await client.query(joinRole(name));
    }
    await client.query(`
      grant xingfu_user to ${name};
      grant usage on schema gate to ${name};
      grant execute on function gate.districts, gate.find_account, gate.note_failure, gate.open_session, gate.find_session,
        gate.end_session, gate.sweep_sessions, gate.sweep_imports, gate.take_growth_run, gate.hold_growth_run,
        gate.drop_growth_run, gate.read_survey, gate.answer_survey, gate.flag_survey to ${name};
      grant temporary on database ${client.escapeIdentifier(database)} to xingfu_user, xingfu_owner;
    `);
  } catch (error) {
    throw new StoreFault(
      "ROLES_MISSING",
      { problem: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
}

async function applyMissing(
  client: Client,
  migrations: readonly Migration[],
  onProgress: (progress: MigrationProgress) => void,
): Promise<string[]> {
  await client.query(`
    create schema if not exists ledger;
    create table if not exists ledger.migrations (
      name text primary key, checksum text not null, applied_at timestamptz not null default now()
    );
    comment on schema ledger is '数据库升级记录';
    comment on table ledger.migrations is '已执行的升级';
  `);
  const { rows } = await client.query<{ name: string; checksum: string }>(
    "select name, checksum from ledger.migrations order by name",
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of rows) {
    const migration = known.get(name);
    if (migration === undefined) {
      throw new StoreFault("DATABASE_NEWER", { found: name, supported: migrations.at(-1)?.name ?? "" });
    }
    if (migration.checksum !== checksum) throw new StoreFault("MIGRATION_CHANGED", { migration: name });
  }
  const recorded = new Set(rows.map((row) => row.name));
  const missing = migrations.filter((migration) => !recorded.has(migration.name));
  for (const [index, { name, sql, checksum }] of missing.entries()) {
    onProgress({ done: index, total: missing.length, name });
    await client.query("begin");
    try {
      if (recorded.size === 0 && index === 0) {
        // the owner makes its schemas itself, so that everything in them is its own
        await client.query(
          "do $$ begin execute format('grant create on database %I to xingfu_owner', current_database()); end $$",
        );
      }
      await client.query("set local role xingfu_owner");
      await client.query(sql);
      await client.query("reset role");
      await client.query("insert into ledger.migrations (name, checksum) values ($1, $2)", [name, checksum]);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      throw error;
    }
  }
  if (missing.length > 0) onProgress({ done: missing.length, total: missing.length, name: missing.at(-1)?.name ?? "" });
  return missing.map((migration) => migration.name);
}
