/** The organisation tree: district → group ↔ school → campus → grade → class, each with its dated history. */

import type { NodeKind } from "@xingfu/domain/access";
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
    readonly from: string; readonly name: string; readonly type: string | null;
    /** group by name; null = none */
    readonly groupName: string | null;
  }[];
  /** first day on which it no longer exists; null = still open */
  readonly closedOn: string | null;
  /** code of the school it was merged into on `closedOn` */
  readonly mergedIntoCode: string | null;
}

export async function readDistrict(_tx: Transaction): Promise<District> {
  throw new Error("not written yet");
}
/** Nodes the actor may see as they stood on a day (today when left out); grades and classes only when asked for. */
export async function readOrganisation(_tx: Transaction, _options: { readonly on?: string; readonly kinds?: readonly NodeKind[] } = {}): Promise<readonly OrgNode[]> {
  throw new Error("not written yet");
}
export async function readSchool(_tx: Transaction, _schoolCode: string): Promise<SchoolDossier> {
  throw new Error("not written yet");
}
/** A dated change; what held before stays in the history. ORGANISATION_CHANGE_REFUSED says why not. */
export async function changeSchool(_tx: Transaction, _schoolCode: string, _change: SchoolChange): Promise<SchoolDossier> {
  throw new Error("not written yet");
}
/** Creates nodes with their history; all or none. */
export async function placeUnits(_tx: Transaction, _units: readonly NewUnit[]): Promise<readonly OrgNode[]> {
  throw new Error("not written yet");
}
