/** Editing the record of a scheme as its file is written: finding, changing, adding, moving nodes. Pure; nothing is changed in place. */

import { compileScheme, entryAt } from "@xingfu/standards";
import type { Scheme, SchemeProblem } from "@xingfu/standards";

/** A record as a scheme file holds it. */
export type Written = Readonly<Record<string, unknown>>;

/** Where a node stands: its place among the areas, then among the children of each node on the way. [] = the whole scheme */
export type Place = readonly number[];

/** One line of the tree as it is edited. */
export interface TreeRow {
  readonly place: Place;
  readonly node: Written;
  readonly id: string;
  /** own wording, or that of the official entry it takes */
  readonly label: string;
  readonly isOfficial: boolean;
  readonly points: number | null;
  /** points of the children; null for a leaf */
  readonly below: number | null;
}

const deepest = 3;

export function isWritten(value: unknown): value is Written {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The scheme that a record compiles to in the browser, or everything wrong with it. */
export function compileWritten(written: Written): {
  readonly scheme: Scheme | null;
  readonly problems: readonly SchemeProblem[];
} {
  return compileScheme(written, "", { entryOf: (reference) => entryAt(reference), sources: {} });
}

/** Nodes directly below a node, or the areas of the scheme. What is no record counts as an empty one, so that places hold. */
export function childrenOf(owner: Written, isScheme: boolean): readonly Written[] | null {
  const list = isScheme ? owner["areas"] : owner["children"];
  return Array.isArray(list) ? list.map((child: unknown) => (isWritten(child) ? child : {})) : null;
}

export function nodeAt(written: Written, place: Place): Written | undefined {
  let owner: Written | undefined = written;
  for (const [depth, index] of place.entries())
    owner = owner === undefined ? undefined : childrenOf(owner, depth === 0)?.[index];
  return owner;
}

/** The record with the node at a place put in anew. */
export function withNode(written: Written, place: Place, node: Written): Written {
  const [first, ...rest] = place;
  if (first === undefined) return node;
  return withChild(written, true, first, rest, node);
}

function withChild(owner: Written, isScheme: boolean, at: number, rest: Place, node: Written): Written {
  const children = childrenOf(owner, isScheme) ?? [];
  const [next, ...further] = rest;
  const changed = children.map((child, index) => {
    if (index !== at) return child;
    return next === undefined ? node : withChild(child, false, next, further, node);
  });
  return { ...owner, [isScheme ? "areas" : "children"]: changed };
}

/** A node or record with one member set, or left out when the value is undefined. */
export function withMember(node: Written, key: string, value: unknown): Written {
  if (value !== undefined) return { ...node, [key]: value };
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== key));
}

/** All nodes in the order of the tree. */
export function treeOf(written: Written): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const guide = typeof written["guide"] === "string" ? written["guide"] : "";
  const walk = (owner: Written, place: Place): void => {
    for (const [index, node] of (childrenOf(owner, place.length === 0) ?? []).entries()) {
      const own = [...place, index];
      const below = childrenOf(node, false);
      rows.push({
        place: own,
        node,
        id: textOf(node["id"]),
        label: labelOf(node, guide),
        isOfficial: node["takes"] !== undefined,
        points: numberOf(node["points"]),
        below: below === null ? null : sum(below),
      });
      walk(node, own);
    }
  };
  walk(written, []);
  return rows;
}

/** Points of a list of nodes, without the dust of adding decimals. */
export function sum(nodes: readonly Written[]): number {
  const total = nodes.reduce((points, node) => points + (numberOf(node["points"]) ?? 0), 0);
  return Math.round(total * 1e6) / 1e6;
}

function labelOf(node: Written, guide: string): string {
  const taken = textOf(node["takes"]);
  if (taken === "") return textOf(node["label"]);
  return entryAt(taken.includes("/") ? taken : `${guide}/${taken}`)?.label ?? taken;
}

export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** What a node takes from above for a member it does not say itself, and from where ([] = the scheme). */
export function inheritedOf(
  written: Written,
  place: Place,
  key: string,
): { readonly value: unknown; readonly from: Place } | null {
  for (let depth = place.length - 1; depth >= 0; depth--) {
    const from = place.slice(0, depth);
    const value = nodeAt(written, from)?.[key];
    if (value !== undefined) return { value, from };
  }
  return null;
}

/** An id nobody has: N1, N2 … */
function freshId(written: Written): string {
  const known = new Set(treeOf(written).map((row) => row.id));
  let number = 1;
  while (known.has(`N${number}`)) number++;
  return `N${number}`;
}

/** What an edit of the tree leads to: the record, and where the node now stands. */
interface Edited {
  readonly written: Written;
  readonly place: Place;
}

/** Adds a node below `parent` ([] = an area), last. Null where the tree may go no deeper. */
export function addBelow(written: Written, parent: Place, label: string): Edited | null {
  const owner = nodeAt(written, parent);
  if (owner === undefined || parent.length >= deepest) return null;
  const isScheme = parent.length === 0;
  const children = childrenOf(owner, isScheme) ?? [];
  const full = numberOf(owner["points"]) ?? 0;
  const left = Math.max(0, Math.round((full - sum(children)) * 1e6) / 1e6);
  // a leaf that gets children asks for nothing itself any more
  const rest = children.length === 0 && !isScheme ? withMember(owner, "evidence", undefined) : owner;
  const node = { id: freshId(written), label, points: left > 0 ? left : 1 };
  return {
    written: withNode(written, parent, { ...rest, [isScheme ? "areas" : "children"]: [...children, node] }),
    place: [...parent, children.length],
  };
}

/** The record without a node; a parent that loses its last child becomes a leaf. */
export function removeNode(written: Written, place: Place): Edited | null {
  const parent = place.slice(0, -1);
  const at = place.at(-1);
  const owner = nodeAt(written, parent);
  if (owner === undefined || at === undefined) return null;
  const isScheme = parent.length === 0;
  const rest = (childrenOf(owner, isScheme) ?? []).filter((_, index) => index !== at);
  if (isScheme && rest.length === 0) return null;
  const kept =
    rest.length === 0
      ? withMember(owner, "children", undefined)
      : { ...owner, [isScheme ? "areas" : "children"]: rest };
  return {
    written: withNode(written, parent, kept),
    place: rest.length === 0 ? parent : [...parent, Math.min(at, rest.length - 1)],
  };
}

/** Moves a node one place up or down among its siblings; null at the end. */
export function moveNode(written: Written, place: Place, by: -1 | 1): Edited | null {
  const parent = place.slice(0, -1);
  const at = place.at(-1);
  const owner = nodeAt(written, parent);
  if (owner === undefined || at === undefined) return null;
  const isScheme = parent.length === 0;
  const children = [...(childrenOf(owner, isScheme) ?? [])];
  const [here, there] = [children[at], children[at + by]];
  if (here === undefined || there === undefined) return null;
  children[at] = there;
  children[at + by] = here;
  return {
    written: withNode(written, parent, { ...owner, [isScheme ? "areas" : "children"]: children }),
    place: [...parent, at + by],
  };
}

/** The place that the path of a problem ("areas/A1/children/B2/raters") speaks of; [] when it is about the whole. */
export function placeOf(written: Written, path: string): Place {
  const steps = path.split("/");
  const place: number[] = [];
  let owner = written;
  for (let at = 0; at + 1 < steps.length; at += 2) {
    if (steps[at] !== (place.length === 0 ? "areas" : "children")) break;
    const children = childrenOf(owner, place.length === 0) ?? [];
    const step = steps[at + 1] ?? "";
    const byId = children.findIndex((child) => child["id"] === step);
    const index = byId >= 0 ? byId : Number(step) - 1;
    const child = children[index];
    if (child === undefined) break;
    place.push(index);
    owner = child;
  }
  return place;
}

/** What a problem's path says beyond the node: "raters", "rule/levels/2/share"; "" when it is about the node itself. */
export function memberOf(path: string, place: Place): string {
  return path
    .split("/")
    .slice(place.length * 2)
    .join("/");
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** The places from the area down to the node's parent. */
export function pathTo(place: Place): readonly Place[] {
  return place.slice(0, -1).map((_, index) => place.slice(0, index + 1));
}
