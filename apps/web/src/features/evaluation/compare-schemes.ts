/** What a changed scheme says otherwise than the one it was copied from, node by node. */

import type { MissingRule, Scheme, SchemeNode } from "@xingfu/standards";

/** What about a node, or about the whole scheme, may differ. */
export const comparedMembers = [
  "title",
  "label",
  "points",
  "rule",
  "raters",
  "methods",
  "evidence",
  "missing",
  "mayNotApply",
  "place",
  "bands",
  "gates",
  "vetoes",
  "parties",
  "flagSelfAbove",
  "appealDays",
] as const;
export type ComparedMember = (typeof comparedMembers)[number];

export interface SchemeDifference {
  /** id of a node; null = the scheme as a whole */
  readonly node: string | null;
  readonly label: string;
  readonly kind: "added" | "removed" | "changed";
  /** what changed; null for a node that was added or removed */
  readonly member: ComparedMember | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** Differences in the order of the new tree, the whole first, removed nodes last. */
export function compareSchemes(before: Scheme, after: Scheme): readonly SchemeDifference[] {
  const found: SchemeDifference[] = [];
  const members = [
    "title",
    "points",
    "parties",
    "missing",
    "bands",
    "gates",
    "vetoes",
    "flagSelfAbove",
    "appealDays",
  ] as const;
  for (const member of members)
    if (!isEqual(before[member], after[member]))
      found.push({
        node: null,
        label: after.title,
        kind: "changed",
        member,
        before: before[member],
        after: after[member],
      });
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  for (const node of after.nodes) {
    const original = old.get(node.id);
    if (original === undefined) {
      found.push({ node: node.id, label: node.label, kind: "added", member: null, before: null, after: node.points });
      continue;
    }
    for (const member of comparedMembers) {
      const [was, is] = [memberOf(original, member), memberOf(node, member)];
      if (!isEqual(was, is))
        found.push({ node: node.id, label: node.label, kind: "changed", member, before: was, after: is });
    }
  }
  const kept = new Set(after.nodes.map((node) => node.id));
  for (const node of before.nodes)
    if (!kept.has(node.id))
      found.push({ node: node.id, label: node.label, kind: "removed", member: null, before: node.points, after: null });
  return found;
}

function memberOf(node: SchemeNode, member: ComparedMember): unknown {
  switch (member) {
    case "label":
    case "points":
    case "mayNotApply":
      return node[member];
    case "missing":
      return node.missing satisfies MissingRule;
    case "place":
      return node.parent;
    case "rule":
      return node.leaf?.rule ?? null;
    case "raters":
      return node.leaf?.raters.map(({ party, weight }) => ({ party, weight })) ?? null;
    case "methods":
    case "evidence":
      return node.leaf?.[member] ?? null;
    default:
      return null;
  }
}

/** Whether two plain values say the same; the order of members does not matter. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && isEqual(value, right.get(key)));
}
