/** A real database for tests: cloned from a migrated template, with actors to act as. */

import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { loginName } from "../connection.ts";
import { createAccounts, openStore, placeUnits, startEmbedded } from "../index.ts";
import type { Actor, Embedded, NewAccount, NewUnit, Store } from "../index.ts";
import { folderVariable, templateName, urlVariable } from "./names.ts";

/** Actors of a small district, one per role, with the codes of the schools they sit on. */
export interface TestDistrict {
  readonly districtId: number;
  readonly code: string;
  readonly unitId: number;
  readonly administrator: Actor;
  readonly officer: Actor;
  readonly inspector: Actor;
  readonly viewer: Actor;
  /** of the group of schools[0] and schools[1] */
  readonly groupHead: Actor;
  /** of schools[0] */
  readonly principal: Actor;
  /** of schools[0] */
  readonly clerk: Actor;
  /** an account without any role */
  readonly nobody: Actor;
  /** officer of another district in the same database */
  readonly outsider: Actor;
  readonly schools: readonly { readonly code: string; readonly unitId: number; readonly name: string }[];
  /** campus of schools[0] */
  readonly campus: { readonly code: string; readonly unitId: number };
  /** the groups of schools[0] and [1], and of schools[2] and [3] */
  readonly groups: readonly { readonly unitId: number; readonly name: string }[];
}

export interface TestStore {
  readonly store: Store;
  /** address as the migrating user */
  readonly url: string;
  /** a district with two groups, four schools (the first with a campus) and one actor per role */
  makeDistrict(): Promise<TestDistrict>;
  /** closes the store and drops the database */
  close(): Promise<void>;
}

let server: Promise<Embedded> | undefined;

/** The run's server, joined by each test process; the process that comes first also makes the template. */
async function serverUrl(): Promise<string> {
  const other = process.env[urlVariable];
  if (other !== undefined) return other;
  const dataFolder = process.env[folderVariable];
  if (dataFolder === undefined) throw new Error("no test folder: global-setup.ts must be among vitest's globalSetup");
  server ??= startEmbedded({ dataFolder, isThrowaway: true });
  return (await server).url;
}

function databaseUrl(url: string, database: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${database}`);
}

/** A fresh database of the run's server (see global-setup.ts), migrated and empty. */
export async function testStore(options: { readonly poolSize?: number } = {}): Promise<TestStore> {
  const base = await serverUrl();
  const name = `test_${randomBytes(8).toString("hex")}`;
  await asAdministrator(base, async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [templateName]);
    if (rowCount === 0) {
      await client.query(`create database ${templateName}`);
      const template = await openStore({ url: databaseUrl(base, templateName) });
      await template.migrate();
      await template.close();
    }
    await client.query(`create database ${name} template ${templateName}`);
  });
  const url = databaseUrl(base, name);
  const store = await openStore({ url, ...options });
  await store.migrate();
  return {
    store,
    url,
    makeDistrict: () => makeDistrict(store),
    close: async () => {
      await store.close();
      await asAdministrator(base, async (client) => {
        await client.query(`drop database ${name} with (force)`);
        await client.query(`drop role ${loginName(name)}`);
      });
    },
  };
}

/** One at a time in the whole run: PostgreSQL refuses to clone a template that somebody else is cloning. */
async function asAdministrator(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(url);
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(1)");
    await work(client);
  } finally {
    await client.end();
  }
}

let districts = 0;

async function makeDistrict(store: Store): Promise<TestDistrict> {
  const number = (districts += 1);
  const code = String(500100 + number);
  const place = await found(store, code);
  const prefix = `21500${String(number).padStart(3, "0")}`;
  const group = (name: string): NewUnit => ({
    kind: "group",
    code: null,
    parentCode: null,
    clusterName: null,
    closedOn: null,
    mergedIntoCode: null,
    versions: [{ from: "2015-09-01", name, type: "primary", groupName: null }],
  });
  const school = (index: number, groupName: string): NewUnit => ({
    kind: "school",
    code: `${prefix}0${index}`,
    parentCode: null,
    clusterName: "东片区",
    closedOn: null,
    mergedIntoCode: null,
    versions: [{ from: "2015-09-01", name: `示例${index}小学`, type: "211", groupName }],
  });
  const nodes = await store.withActor(place.administrator, (tx) =>
    placeUnits(tx, [
      group("甲集团"),
      group("乙集团"),
      school(1, "甲集团"),
      school(2, "甲集团"),
      school(3, "乙集团"),
      school(4, "乙集团"),
      {
        ...school(5, "甲集团"),
        kind: "campus",
        parentCode: `${prefix}01`,
        versions: [{ from: "2015-09-01", name: "示例1小学东校区", type: "211", groupName: null }],
      },
    ]),
  );
  const schools = nodes
    .filter((node) => node.kind === "school")
    .map((node) => ({ code: node.code ?? "", unitId: node.id, name: node.name }));
  const groups = nodes.filter((node) => node.kind === "group").map((node) => ({ unitId: node.id, name: node.name }));
  const campus = nodes.find((node) => node.kind === "campus");
  const district = place.unitId;
  const first = schools[0]?.unitId ?? 0;
  const roles: readonly [string, NewAccount["roles"]][] = [
    ["officer", [{ role: "officer", nodeId: district }]],
    ["inspector", [{ role: "inspector", nodeId: district }]],
    ["viewer", [{ role: "viewer", nodeId: district }]],
    ["groupHead", [{ role: "groupHead", nodeId: groups[0]?.unitId ?? 0 }]],
    ["principal", [{ role: "principal", nodeId: first }]],
    ["clerk", [{ role: "clerk", nodeId: first }]],
    ["nobody", []],
  ];
  const created = await store.withActor(place.administrator, (tx) =>
    createAccounts(
      tx,
      roles.map(([name, granted]) => ({
        name: `${name}${number}`,
        displayName: `${name} of ${code}`,
        passwordHash: "test",
        mustChangePassword: false,
        roles: granted,
      })),
    ),
  );
  const actor = (name: string): Actor => ({
    districtId: place.districtId,
    accountId: created.find((account) => account.name === `${name}${number}`)?.id ?? 0,
  });
  const other = await found(store, String(510100 + number));
  const [outsider] = await store.withActor(other.administrator, (tx) =>
    createAccounts(tx, [
      {
        name: "outsider",
        displayName: "外区人员",
        passwordHash: "test",
        mustChangePassword: false,
        roles: [{ role: "officer", nodeId: other.unitId }],
      },
    ]),
  );
  return {
    districtId: place.districtId,
    code,
    unitId: district,
    administrator: place.administrator,
    officer: actor("officer"),
    inspector: actor("inspector"),
    viewer: actor("viewer"),
    groupHead: actor("groupHead"),
    principal: actor("principal"),
    clerk: actor("clerk"),
    nobody: actor("nobody"),
    outsider: { districtId: other.districtId, accountId: outsider?.id ?? 0 },
    schools,
    groups,
    campus: { code: campus?.code ?? "", unitId: campus?.id ?? 0 },
  };
}

function found(store: Store, code: string): ReturnType<Store["gate"]["foundDistrict"]> {
  return store.gate.foundDistrict({
    code,
    name: `示例区${code}`,
    isSample: false,
    administrator: {
      name: "administrator",
      displayName: "系统管理员",
      passwordHash: "test",
      mustChangePassword: false,
    },
  });
}
