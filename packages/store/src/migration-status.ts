/** Which migrations a database has, without changing it. */

import { Client } from "pg";
import { clientConfig, translate } from "./connection.ts";
import { readMigrations } from "./migrate.ts";

export interface MigrationStatus {
  /** applied, oldest first; also those of a newer program */
  readonly applied: readonly string[];
  /** of this program, not yet applied */
  readonly missing: readonly string[];
}

/** @param url  address of the user that migrates */
export async function migrationStatus(url: string): Promise<MigrationStatus> {
  const client = new Client({ ...clientConfig(url), application_name: "xingfu migrate" });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows: found } = await client.query<{ ledger: string | null }>(
      "select to_regclass('ledger.migrations')::text as ledger",
    );
    const { rows } = found[0]?.ledger
      ? await client.query<{ name: string }>("select name from ledger.migrations order by name")
      : { rows: [] };
    const applied = rows.map((row) => row.name);
    const own = (await readMigrations()).map((migration) => migration.name);
    return { applied, missing: own.filter((name) => !applied.includes(name)) };
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(() => {});
  }
}
