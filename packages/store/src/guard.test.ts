import { permissions, roles } from "@xingfu/domain/access";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testStore } from "./testing/index.ts";
import type { TestStore } from "./testing/index.ts";

let bench: TestStore;
let admin: Client;
beforeAll(async () => {
  bench = await testStore();
  admin = new Client(bench.url);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await bench.close();
});

const names = async (sql: string): Promise<string[]> =>
  (await admin.query<{ name: string }>(sql)).rows.map((row) => row.name);
const tables = `pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'app'::regnamespace`;

it("looks at all tables", async () => {
  expect((await names(`select relname as name from ${tables}`)).length).toBeGreaterThan(30);
});

it("finds row-level security enabled, forced and with a policy on every table", async () => {
  const unguarded = `select c.relname as name from ${tables}
    and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`;
  expect(await names(unguarded)).toEqual([]);
  await admin.query("begin; create table app.forgotten (district_id int primary key)");
  expect(await names(unguarded)).toEqual(["forgotten"]);
  await admin.query("rollback");
});

it("finds a Chinese comment on every table and column", async () => {
  expect(
    await names(`select c.relname as name from ${tables} and coalesce(obj_description(c.oid), '') !~ '[一-龥]'`),
  ).toEqual([]);
  expect(
    await names(`select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relkind in ('r', 'p') and c.relnamespace = 'app'::regnamespace and a.attnum > 0 and not a.attisdropped
    and coalesce(col_description(c.oid, a.attnum), '') !~ '[一-龥]'`),
  ).toEqual([]);
});

it("finds no right on a whole table but delete", async () => {
  expect(
    await names(`select c.relname || ' ' || x.privilege_type || ' ' || x.grantee::regrole as name from pg_class c, aclexplode(c.relacl) x
    where c.relkind in ('r', 'p') and c.relnamespace = 'app'::regnamespace and x.grantee <> c.relowner and x.privilege_type <> 'DELETE'`),
  ).toEqual([]);
});

it("finds nothing that may be changed or removed in the audit and in reported rows", async () => {
  expect(
    await names(`select distinct table_name || ' ' || privilege_type as name from information_schema.role_column_grants
    where grantee = 'xingfu_user' and privilege_type = 'UPDATE'
    and (table_name in ('audit_events', 'batch_sections', 'return_moves', 'scheme_versions', 'evaluation_moves', 'self_entry_versions',
        'evaluation_results', 'issue_steps', 'issue_files')
      or table_name in ('return_schools', 'return_classes', 'return_class_bands', 'return_staff', 'return_staff_counts', 'return_premises',
        'return_finance', 'return_district_figures', 'return_monitoring', 'return_findings', 'return_satisfaction', 'return_vetoes'))`),
  ).toEqual([]);
  expect(
    await names(`select table_name as name from information_schema.role_table_grants where grantee = 'xingfu_user' and privilege_type = 'DELETE'
    order by 1`),
  ).toEqual([
    "entry_photos",
    "evaluation_evidence",
    "evaluation_exemptions",
    "evaluations",
    "evidence_files",
    "grants",
    "import_changes",
    "import_issues",
    "inspector_conflicts",
    "scenarios",
    "scheme_drafts",
    "survey_links",
    "survey_results",
    "survey_strata",
    "survey_tokens",
    "surveys",
  ]);
});

it("finds the district first in every key", async () => {
  // the code of a district is unique among districts
  expect(
    await names(`select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and i.indisunique
    and (select attname from pg_attribute a where a.attrelid = c.oid and a.attnum = i.indkey[0]) <> 'district_id'`),
  ).toEqual(["app.districts_code_key"]);
});

it("finds the district in every foreign key, and what happens on delete said", async () => {
  expect(
    await names(`select conname as name from pg_constraint k where contype = 'f' and connamespace = 'app'::regnamespace
    and (select attname from pg_attribute a where a.attrelid = k.conrelid and a.attnum = k.conkey[1]) <> 'district_id'`),
  ).toEqual([]);
  expect(
    await names(`select conname as name from pg_constraint where contype = 'f' and connamespace = 'app'::regnamespace
    and confdeltype not in ('r', 'c')`),
  ).toEqual([]);
});

it("finds no trigger of our own", async () => {
  expect(
    await names(`select tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'app'::regnamespace
    and not t.tgisinternal`),
  ).toEqual([]);
});

it("leaves the login nothing but the gate", async () => {
  expect(
    await names(`select distinct c.relname as name from pg_class c, pg_roles r where r.rolname like 'xingfu_login%'
    and c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege(r.oid, c.oid, 'select')`),
  ).toEqual([]);
  expect(
    await names(`select r.rolname as name from pg_roles r where r.rolname like 'xingfu%' and (rolsuper or rolbypassrls or rolcreaterole)
    and rolname <> 'xingfu_admin'`),
  ).toEqual([]);
  expect(
    await names(`select p.proname as name from pg_proc p join pg_roles r on r.rolname like 'xingfu_login%' and has_function_privilege(r.oid, p.oid, 'execute')
    where p.pronamespace = 'gate'::regnamespace and p.proname = 'found_district'`),
  ).toEqual([]);
});

it("keeps the database's table of actions equal to the domain's", async () => {
  for (const role of roles) {
    const { rows } = await admin.query<{ actions: string[] }>("select app.actions_of($1) as actions", [role]);
    expect({ role, actions: rows[0]?.actions.toSorted() }).toEqual({
      role,
      actions: [...permissions[role]].toSorted(),
    });
  }
});
