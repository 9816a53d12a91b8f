/** The organisation tree: district → group ↔ school → campus → grade → class, each with its dated history. */

import type { NodeKind } from "@xingfu/domain/access";
import { note } from "./audit.ts";
import { query, queryOne } from "./connection.ts";
import { StoreFault } from "./fault.ts";
import type { District } from "./gate.ts";
import type { Transaction } from "./store.ts";

/** A node as it was on one day. */
export interface OrgNode {
  readonly id: number;
  readonly parentId: number | null;
  readonly kind: NodeKind;
  readonly code: string | null;
  readonly name: string;
  /** 办学类型 of a school; kind of a group: "primary" | "secondary" | "kindergarten" */
  readonly type: string | null;
  /** group a school belongs to on that day */
  readonly groupId: number | null;
  readonly clusterName: string | null;
}

/** One stretch of a node's history. */
export interface OrgVersion {
  readonly from: string;
  /** first day it no longer holds; null = still holds */
  readonly to: string | null;
  readonly name: string;
  readonly type: string;
  readonly groupId: number | null;
  readonly groupName: string | null;
}

export type SchoolEventKind = "opened" | "renamed" | "retyped" | "regrouped" | "merged" | "closed";

export interface SchoolEvent {
  readonly on: string;
  readonly kind: SchoolEventKind;
  readonly before: string | null;
  readonly after: string | null;
  readonly note: string | null;
}

export interface SchoolDossier {
  readonly nodeId: number;
  readonly schoolCode: string;
  readonly name: string;
  readonly type: string;
  readonly groupId: number | null;
  readonly groupName: string | null;
  readonly clusterName: string | null;
  readonly closedOn: string | null;
  readonly mergedInto: { readonly schoolCode: string; readonly name: string } | null;
  readonly versions: readonly OrgVersion[];
  readonly events: readonly SchoolEvent[];
  /** school years with rows */
  readonly years: readonly number[];
}

export interface SchoolChange {
  readonly kind: "rename" | "retype" | "regroup" | "merge" | "close";
  /** ISO date from which it holds */
  readonly on: string;
  /** rename: name; retype: type code; regroup: id of the group or null; merge: school code; close: null */
  readonly value: string | null;
  readonly note?: string;
}

/** A node to create. Parents come before their children in the list. */
export interface NewUnit {
  readonly kind: Exclude<NodeKind, "district">;
  /** 学校标识码 of a school or campus; own code of a group, grade or class */
  readonly code: string | null;
  /** code of the school, campus or grade it is below; null = the district */
  readonly parentCode: string | null;
  readonly clusterName: string | null;
  /** first day and what held from then on, oldest first; at least one */
  readonly versions: readonly {
    readonly from: string;
    readonly name: string;
    readonly type: string | null;
    /** group by name; null = none */
    readonly groupName: string | null;
  }[];
  /** first day on which it no longer exists; null = still open */
  readonly closedOn: string | null;
  /** code of the school it was merged into on `closedOn` */
  readonly mergedIntoCode: string | null;
}

/** What of a version is shown, for a unit `u` and its version `v`. */
const nodeColumns = `u.id, u.parent_id as "parentId", u.kind, u.code, v.name, v.type, v.group_id as "groupId",
  u.cluster_name as "clusterName"`;

export async function readDistrict(tx: Transaction): Promise<District> {
  return queryOne(
    tx,
    "district",
    `select district_id as "districtId", code, name, is_sample as "isSample" from app.districts where district_id = app.district_id()`,
  );
}

/**
 * A stamp of what the actor may read today: equal stamps, equal rows. It changes with roles, and with the schools of a
 * group.
 */
export async function readReach(tx: Transaction): Promise<string> {
  const { reach } = await queryOne<{ reach: string }>(
    tx,
    "reach",
    `select md5(concat(app.district_id(), ' ', current_setting('app.actions', true), ' ', current_setting('app.read_units', true))) as reach`,
  );
  return reach;
}

/** Nodes the actor may see as they stood on a day (today when left out); grades and classes only when asked for. */
export async function readOrganisation(
  tx: Transaction,
  options: { readonly on?: string; readonly kinds?: readonly NodeKind[] } = {},
): Promise<readonly OrgNode[]> {
  return query(
    tx,
    `select ${nodeColumns}
     from (select coalesce($1::date, app.today()) as day) d,
       app.org_units u join app.org_versions v on v.district_id = u.district_id and v.unit_id = u.id
     where u.district_id = app.district_id() and u.kind = any ($2) and v.from_on <= d.day and (v.to_on is null or v.to_on > d.day)
       and (u.closed_on is null or u.closed_on > d.day)
     order by cardinality(u.path), array_position(array['district', 'group', 'school', 'campus', 'grade', 'class'], u.kind), u.id`,
    [options.on ?? null, options.kinds ?? ["district", "group", "school", "campus"]],
  );
}

/** A school or campus by its code, open or closed. */
interface SchoolUnit {
  readonly id: number;
  readonly kind: NodeKind;
  readonly clusterName: string | null;
  readonly openedOn: string;
  readonly closedOn: string | null;
  readonly mergedCode: string | null;
  readonly mergedName: string | null;
}

async function findSchool(tx: Transaction, schoolCode: string): Promise<SchoolUnit> {
  return queryOne(
    tx,
    `school ${schoolCode}`,
    `select u.id, u.kind, u.cluster_name as "clusterName", u.opened_on as "openedOn", u.closed_on as "closedOn", m.code as "mergedCode",
       (select v.name from app.org_versions v where v.district_id = m.district_id and v.unit_id = m.id order by v.from_on desc limit 1)
         as "mergedName"
     from app.org_units u left join app.org_units m on m.district_id = u.district_id and m.id = u.merged_into_id
     where u.district_id = app.district_id() and u.code = $1 and u.kind in ('school', 'campus')`,
    [schoolCode],
  );
}

async function readVersions(tx: Transaction, unitId: number): Promise<OrgVersion[]> {
  return query(
    tx,
    `select v.from_on as "from", v.to_on as "to", v.name, coalesce(v.type, '') as type, v.group_id as "groupId",
       (select g.name from app.org_versions g where g.district_id = v.district_id and g.unit_id = v.group_id and g.from_on <= v.from_on
        order by g.from_on desc limit 1) as "groupName"
     from app.org_versions v where v.district_id = app.district_id() and v.unit_id = $1 order by v.from_on`,
    [unitId],
  );
}

export async function readSchool(tx: Transaction, schoolCode: string): Promise<SchoolDossier> {
  const unit = await findSchool(tx, schoolCode);
  const versions = await readVersions(tx, unit.id);
  const [{ today } = { today: "" }] = await query<{ today: string }>(tx, "select app.today() as today");
  const now = versions.findLast((version) => version.from <= today) ?? versions[0];
  if (now === undefined) throw new StoreFault("NOT_FOUND", { what: `school ${schoolCode}` });
  const events = await query<SchoolEvent>(
    tx,
    `select on_day as "on", kind, before, after, note from app.org_events
     where district_id = app.district_id() and unit_id = $1 order by on_day, id`,
    [unit.id],
  );
  const years = await query<{ year: number }>(
    tx,
    `select distinct school_year as year from app.current_sections
     where district_id = app.district_id() and school_id = $1 and batch_id is not null order by 1`,
    [unit.id],
  );
  return {
    nodeId: unit.id,
    schoolCode,
    name: now.name,
    type: now.type,
    groupId: now.groupId,
    groupName: now.groupName,
    clusterName: unit.clusterName,
    closedOn: unit.closedOn,
    mergedInto:
      unit.mergedCode === null ? null : { schoolCode: unit.mergedCode, name: unit.mergedName ?? unit.mergedCode },
    versions,
    events,
    years: years.map((row) => row.year),
  };
}

function refuse(reason: string): never {
  throw new StoreFault("ORGANISATION_CHANGE_REFUSED", { reason });
}

/** A dated change; what held before stays in the history. ORGANISATION_CHANGE_REFUSED says why not. */
export async function changeSchool(tx: Transaction, schoolCode: string, change: SchoolChange): Promise<SchoolDossier> {
  const unit = await findSchool(tx, schoolCode);
  const versions = await readVersions(tx, unit.id);
  const last = versions.at(-1);
  if (last === undefined) throw new StoreFault("NOT_FOUND", { what: `school ${schoolCode}` });
  if (unit.closedOn !== null) refuse(`该校已于 ${unit.closedOn} 撤销，不能再变更`);
  if (change.on < last.from) refuse(`变更日期不能早于最近一次变更（${last.from}）`);
  if (!isDay(change.on)) refuse(`日期无效：${change.on}`);
  const value = change.value?.trim() ?? "";
  const event = await describe();
  if (change.kind === "merge" || change.kind === "close") {
    if (change.on === unit.openedOn) refuse("撤销日期必须晚于设立日期");
    await query(
      tx,
      `update app.org_units set closed_on = $2, merged_into_id = $3 where district_id = app.district_id() and id = $1`,
      [unit.id, change.on, event.mergedInto],
    );
    if (change.on > last.from) await endVersion();
  } else {
    const next = { name: last.name, type: last.type, groupId: last.groupId, ...event.next };
    if (change.on === last.from) {
      await query(
        tx,
        `update app.org_versions set name = $3, type = $4, group_id = $5
         where district_id = app.district_id() and unit_id = $1 and from_on = $2`,
        [unit.id, last.from, next.name, next.type, next.groupId],
      );
    } else {
      await endVersion();
      await query(
        tx,
        `insert into app.org_versions (district_id, unit_id, from_on, name, type, group_id) values (app.district_id(), $1, $2, $3, $4, $5)`,
        [unit.id, change.on, next.name, next.type, next.groupId],
      );
    }
  }
  await query(
    tx,
    `insert into app.org_events (district_id, unit_id, on_day, kind, before, after, note) values (app.district_id(), $1, $2, $3, $4, $5, $6)`,
    [unit.id, change.on, event.kind, event.before, event.after, change.note ?? null],
  );
  await note(tx, `organisation.${change.kind}`, `school ${schoolCode}`, {
    on: change.on,
    before: event.before,
    after: event.after,
    ...(change.note === undefined ? {} : { note: change.note }),
  });
  return readSchool(tx, schoolCode);

  async function endVersion(): Promise<void> {
    const ended = await query(
      tx,
      `update app.org_versions set to_on = $3 where district_id = app.district_id() and unit_id = $1 and from_on = $2 returning unit_id`,
      [unit.id, last?.from, change.on],
    );
    if (ended.length === 0) throw new StoreFault("FORBIDDEN", {});
  }

  /** Checks the value and says what becomes of it. */
  async function describe(): Promise<{
    kind: SchoolEventKind;
    before: string | null;
    after: string | null;
    mergedInto: number | null;
    next: { name?: string; type?: string; groupId?: number | null };
  }> {
    const before = last;
    if (before === undefined) return refuse("没有历史");
    switch (change.kind) {
      case "rename":
        if (value === "") refuse("新名称不能为空");
        if (value === before.name) refuse("新名称与现名称相同");
        return { kind: "renamed", before: before.name, after: value, mergedInto: null, next: { name: value } };
      case "retype":
        if (!/^\d{3}$/.test(value)) refuse(`办学类型须为三位代码：${value}`);
        if (value === before.type) refuse("新类型与现类型相同");
        return { kind: "retyped", before: before.type, after: value, mergedInto: null, next: { type: value } };
      case "regroup": {
        if (value === "")
          return {
            kind: "regrouped",
            before: before.groupName,
            after: null,
            mergedInto: null,
            next: { groupId: null },
          };
        const [group] = await query<{ id: number; name: string }>(
          tx,
          `select u.id, v.name from app.org_units u join app.org_versions v on v.district_id = u.district_id and v.unit_id = u.id
           where u.district_id = app.district_id() and u.id = $1 and u.kind = 'group' and u.closed_on is null and v.to_on is null`,
          [/^\d{1,15}$/.test(value) ? value : "0"],
        );
        if (group === undefined) return refuse("没有这个集团");
        return {
          kind: "regrouped",
          before: before.groupName,
          after: group.name,
          mergedInto: null,
          next: { groupId: group.id },
        };
      }
      case "merge": {
        const target = await findSchool(tx, value).catch(() => refuse(`没有学校 ${value}`));
        if (target.id === unit.id) refuse("不能并入自身");
        if (target.closedOn !== null) refuse(`学校 ${value} 已撤销`);
        return { kind: "merged", before: before.name, after: value, mergedInto: target.id, next: {} };
      }
      case "close":
        return { kind: "closed", before: before.name, after: null, mergedInto: null, next: {} };
    }
  }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10) === text;
}

/** What stands in the tree already, for finding parents, groups and merged schools by code or name. */
interface Standing {
  readonly byCode: Map<string, { readonly id: number; readonly path: readonly number[] }>;
  readonly groups: Map<string, number>;
  readonly root: { readonly id: number; readonly path: readonly number[] };
}

/** Creates nodes with their history; all or none. Groups first, then schools, campuses, grades and classes. */
export async function placeUnits(tx: Transaction, units: readonly NewUnit[]): Promise<readonly OrgNode[]> {
  if (units.length === 0) return [];
  const standing = await readStanding(
    tx,
    units.some((unit) => unit.kind === "grade" || unit.kind === "class"),
  );
  const ids = await query<{ id: number }>(
    tx,
    "select nextval('app.org_units_id_seq') as id from generate_series(1, $1)",
    [units.length],
  );
  const placed = units.map((unit, index) => {
    const id = ids[index]?.id ?? 0;
    const parent = unit.parentCode === null ? standing.root : standing.byCode.get(unit.parentCode);
    if (parent === undefined) return refuse(`没有上级单元 ${unit.parentCode}`);
    const path = [...parent.path, id];
    if (unit.code !== null && (unit.kind !== "group" || !standing.byCode.has(unit.code)))
      standing.byCode.set(unit.code, { id, path });
    if (unit.kind === "group") for (const version of unit.versions) standing.groups.set(version.name, id);
    const [first] = unit.versions;
    if (first === undefined) return refuse(`单元 ${unit.code ?? ""} 没有名称`);
    return { unit, id, parentId: parent.id, path, openedOn: first.from };
  });
  const groupOf = (name: string | null): number | null => {
    if (name === null) return null;
    return standing.groups.get(name) ?? refuse(`没有集团 ${name}`);
  };
  await query(
    tx,
    `insert into app.org_units (district_id, id, kind, parent_id, path, code, cluster_name, opened_on, closed_on)
     select app.district_id(), r.id, r.kind, r.parent_id, r.path, r.code, r.cluster_name, r.opened_on, r.closed_on
     from json_to_recordset($1) as r (id bigint, kind text, parent_id bigint, path bigint[], code text, cluster_name text, opened_on date, closed_on date)`,
    [
      JSON.stringify(
        placed.map(({ unit, id, parentId, path, openedOn }) => ({
          id,
          kind: unit.kind,
          parent_id: parentId,
          path,
          code: unit.code,
          cluster_name: unit.clusterName,
          opened_on: openedOn,
          closed_on: unit.closedOn,
        })),
      ),
    ],
  );
  const versions = placed.flatMap(({ unit, id }) =>
    unit.versions.map((version, index) => ({
      unit_id: id,
      from_on: version.from,
      to_on: unit.versions[index + 1]?.from ?? unit.closedOn,
      name: version.name,
      type: version.type,
      group_id: groupOf(version.groupName),
    })),
  );
  await query(
    tx,
    `insert into app.org_versions (district_id, unit_id, from_on, to_on, name, type, group_id)
     select app.district_id(), r.unit_id, r.from_on, r.to_on, r.name, r.type, r.group_id
     from json_to_recordset($1) as r (unit_id bigint, from_on date, to_on date, name text, type text, group_id bigint)`,
    [JSON.stringify(versions)],
  );
  const merged = placed.filter(({ unit }) => unit.mergedIntoCode !== null);
  for (const { unit, id } of merged) {
    const target = standing.byCode.get(unit.mergedIntoCode ?? "") ?? refuse(`没有学校 ${unit.mergedIntoCode}`);
    await query(tx, `update app.org_units set merged_into_id = $2 where district_id = app.district_id() and id = $1`, [
      id,
      target.id,
    ]);
  }
  await query(
    tx,
    `insert into app.org_events (district_id, unit_id, on_day, kind, before, after)
     select app.district_id(), r.unit_id, r.on_day, r.kind, r.before, r.after
     from json_to_recordset($1) as r (unit_id bigint, on_day date, kind text, before text, after text)`,
    [
      JSON.stringify(
        placed
          .filter(({ unit }) => unit.kind === "school" || unit.kind === "campus")
          .flatMap(({ unit, id }) => history(unit, id)),
      ),
    ],
  );
  await note(tx, "organisation.place", null, { units: units.length });
  return query(
    tx,
    `select ${nodeColumns} from app.org_units u
       join lateral (select * from app.org_versions v where v.district_id = u.district_id and v.unit_id = u.id order by v.from_on desc limit 1) v on true
     where u.district_id = app.district_id() and u.id = any ($1) order by u.id`,
    [placed.map(({ id }) => id)],
  );
}

/** The events a dated history implies. */
function history(
  unit: NewUnit,
  id: number,
): { unit_id: number; on_day: string; kind: SchoolEventKind; before: string | null; after: string | null }[] {
  const events = unit.versions.flatMap((version, index) => {
    const before = unit.versions[index - 1];
    const event = (kind: SchoolEventKind, was: string | null, is: string | null) => ({
      unit_id: id,
      on_day: version.from,
      kind,
      before: was,
      after: is,
    });
    if (before === undefined) return [event("opened", null, version.name)];
    return [
      ...(before.name === version.name ? [] : [event("renamed", before.name, version.name)]),
      ...(before.type === version.type ? [] : [event("retyped", before.type, version.type)]),
      ...(before.groupName === version.groupName ? [] : [event("regrouped", before.groupName, version.groupName)]),
    ];
  });
  if (unit.closedOn === null) return events;
  const kind = unit.mergedIntoCode === null ? "closed" : "merged";
  return [
    ...events,
    {
      unit_id: id,
      on_day: unit.closedOn,
      kind,
      before: unit.versions.at(-1)?.name ?? null,
      after: unit.mergedIntoCode,
    },
  ];
}

async function readStanding(tx: Transaction, withClasses: boolean): Promise<Standing> {
  const rows = await query<{ id: number; kind: NodeKind; code: string | null; path: number[] }>(
    tx,
    `select id, kind, code, path from app.org_units where district_id = app.district_id() and ($1 or kind not in ('grade', 'class'))`,
    [withClasses],
  );
  const names = await query<{ id: number; name: string }>(
    tx,
    `select v.unit_id as id, v.name from app.org_versions v join app.org_units u on u.district_id = v.district_id and u.id = v.unit_id
     where v.district_id = app.district_id() and u.kind = 'group' order by v.from_on`,
  );
  const root = rows.find((row) => row.kind === "district");
  if (root === undefined) throw new StoreFault("FORBIDDEN", {});
  // a group's own code must not hide a school's
  const ordered = rows.toSorted((a, b) => Number(a.kind !== "group") - Number(b.kind !== "group"));
  return {
    byCode: new Map(ordered.flatMap((row) => (row.code === null ? [] : [[row.code, { id: row.id, path: row.path }]]))),
    groups: new Map(names.map((row) => [row.name, row.id])),
    root,
  };
}
