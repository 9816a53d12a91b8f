import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrate, readMigrations } from "./migrate.ts";
import type { Migration } from "./migrate.ts";
import { testStore } from "./testing/index.ts";
import type { TestStore } from "./testing/index.ts";

let bench: TestStore;
let admin: Client;
let migrations: readonly Migration[];
beforeAll(async () => {
  bench = await testStore();
  migrations = await readMigrations();
  admin = new Client(bench.url);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await bench.close();
});

const extra = (name: string, sql: string): Migration => ({ name, sql, checksum: `checksum of ${name} ${sql}` });
const recorded = async (): Promise<string[]> =>
  (await admin.query<{ name: string }>("select name from ledger.migrations order by name")).rows.map((row) => row.name);

it("applies nothing twice", async () => {
  expect(await migrate(bench.url, migrations)).toEqual({ applied: [], total: migrations.length });
});

it("lets only one of several processes apply a migration; the others wait and find it done", async () => {
  const slow = extra("9001_slow", "select pg_sleep(0.3); create table app.slow (district_id integer primary key)");
  const reports = await Promise.all([1, 2, 3].map(() => migrate(bench.url, [...migrations, slow])));
  expect(reports.map((report) => report.applied.length).toSorted()).toEqual([0, 0, 1]);
});

it("tells its progress", async () => {
  const told: string[] = [];
  await migrate(
    bench.url,
    [
      ...migrations,
      extra("9001_slow", "select pg_sleep(0.3); create table app.slow (district_id integer primary key)"),
      extra("9002_more", "select 1"),
    ],
    ({ done, total, name }) => told.push(`${done}/${total} ${name}`),
  );
  expect(told).toEqual(["0/1 9002_more", "1/1 9002_more"]);
});

it("refuses a database that a newer version has migrated, and changes nothing", async () => {
  await expect(migrate(bench.url, migrations)).rejects.toMatchObject({
    code: "DATABASE_NEWER",
    fields: { found: "9001_slow", supported: migrations.at(-1)?.name },
  });
  await admin.query("delete from ledger.migrations where name like '9%'");
});

it("refuses when an applied file was changed", async () => {
  const [first, ...others] = migrations;
  await expect(
    migrate(bench.url, [
      { ...(first as Migration), checksum: "other" },
      ...others,
      extra("9003_never", "create table app.never (i int)"),
    ]),
  ).rejects.toMatchObject({ code: "MIGRATION_CHANGED", fields: { migration: first?.name } });
  expect(await recorded()).toEqual(migrations.map((migration) => migration.name));
});

it("takes back a migration that fails half-way", async () => {
  await expect(
    migrate(bench.url, [...migrations, extra("9004_fails", "create table app.half (i int); select 1 / 0")]),
  ).rejects.toThrow("division by zero");
  expect((await admin.query("select to_regclass('app.half') as half")).rows).toEqual([{ half: null }]);
  expect(await recorded()).toEqual(migrations.map((migration) => migration.name));
});
