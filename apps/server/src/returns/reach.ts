/** Which schools a person may report for. */

import { may } from "@xingfu/domain/access";
import { readOrganisation } from "@xingfu/store";
import type { OrgNode, Transaction } from "@xingfu/store";
import type { SignedIn } from "../session/sessions.ts";

/**
 * Codes of the schools a school's people fill in returns for: their own school and its campuses. null = every school
 * of the district. The database holds loads to the same reach; this lets a file be checked before.
 */
export async function reportableSchools(session: SignedIn, tx: Transaction): Promise<readonly string[] | null> {
  const filling = session.found.roles.filter((role) =>
    may([{ role: role.role, nodeId: role.nodeId, nodeKind: role.nodeKind }], "return.fill"),
  );
  if (filling.some((role) => role.nodeKind === "district")) return null;
  const nodes = await readOrganisation(tx, { kinds: ["school", "campus"] });
  const within = new Set(filling.map((role) => role.nodeId));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isWithin = (node: OrgNode): boolean => {
    if (within.has(node.id)) return true;
    const parent = node.parentId === null ? undefined : byId.get(node.parentId);
    return parent !== undefined && isWithin(parent);
  };
  return nodes.filter(isWithin).flatMap((node) => (node.code === null ? [] : [node.code]));
}
