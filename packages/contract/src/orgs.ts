/** The organisation tree and its history. */

import { Type } from "typebox";
import type { Static } from "typebox";
import { defineRoute } from "./route.ts";
import { Id, IsoDate, NodeKindName, SchoolCode, nullable, oneOf, record, text } from "./shapes.ts";

/** A node as it was on one day. */
export const OrgNode = record({
  id: Id,
  parentId: nullable(Id),
  kind: NodeKindName,
  /** 学校标识码 of a school, own code of a district or group */
  code: nullable(Type.String()),
  name: Type.String(),
  /** 办学类型 of a school; kind of a group: "primary" | "secondary" | "kindergarten" */
  type: nullable(Type.String()),
  /** 集团 a school belongs to on that day */
  groupId: nullable(Id),
  clusterName: nullable(Type.String()),
});
export type OrgNode = Static<typeof OrgNode>;

/** One stretch of a school's history. */
export const SchoolVersion = record({
  from: IsoDate,
  /** first day it no longer holds; null = still holds */
  to: nullable(IsoDate),
  name: Type.String(),
  type: Type.String(),
  groupId: nullable(Id),
  groupName: nullable(Type.String()),
});

export const SchoolEvent = record({
  on: IsoDate,
  kind: oneOf(["opened", "renamed", "retyped", "regrouped", "merged", "closed"]),
  before: nullable(Type.String()),
  after: nullable(Type.String()),
  note: nullable(Type.String()),
});

export const SchoolDossier = record({
  nodeId: Id,
  schoolCode: Type.String(),
  name: Type.String(),
  type: Type.String(),
  groupId: nullable(Id),
  groupName: nullable(Type.String()),
  clusterName: nullable(Type.String()),
  /** null while it is open */
  closedOn: nullable(IsoDate),
  mergedInto: nullable(record({ schoolCode: Type.String(), name: Type.String() })),
  versions: Type.Array(SchoolVersion),
  events: Type.Array(SchoolEvent),
  /** school years with rows */
  years: Type.Array(Type.Integer()),
});
export type SchoolDossier = Static<typeof SchoolDossier>;

/** A dated change; `value` by kind: new name, new type code, id of the group, code of the school merged into. */
export const SchoolChange = record({
  kind: oneOf(["rename", "retype", "regroup", "merge", "close"]),
  on: IsoDate,
  /** rename: the name; retype: 办学类型 code; regroup: id of the group or null; merge: 学校标识码; close: null */
  value: nullable(text(200)),
  note: Type.Optional(text(1000)),
});
export type SchoolChange = Static<typeof SchoolChange>;

export const orgsRoutes = {
  readOrganisation: defineRoute({
    part: "orgs",
    summary: "District, groups, schools and campuses as they stood on a day; today when left out.",
    method: "GET",
    path: "/organisation",
    access: "signedIn",
    query: record({ on: Type.Optional(IsoDate) }),
    reply: record({ on: IsoDate, nodes: Type.Array(OrgNode) }),
    errors: [],
  }),
  readSchool: defineRoute({
    part: "orgs",
    summary: "One school with its history.",
    method: "GET",
    path: "/schools/:code",
    access: "signedIn",
    params: record({ code: SchoolCode }),
    reply: SchoolDossier,
    errors: [],
  }),
  changeSchool: defineRoute({
    part: "orgs",
    summary: "Rename, retype, regroup, merge or close a school from a day on.",
    method: "POST",
    path: "/schools/:code/changes",
    access: ["organisation.manage"],
    params: record({ code: SchoolCode }),
    body: SchoolChange,
    reply: SchoolDossier,
    errors: ["ORGANISATION_CHANGE_REFUSED", "ALREADY_EXISTS", "CSRF_REFUSED"],
  }),
};
