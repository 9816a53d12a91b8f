/** Who reviews which school: nobody where he must not, about as many schools each, and pairs that mix. */

/** A plan of assignments. */
export interface AssignmentPlan {
  readonly pairs: readonly { readonly school: string; readonly inspector: number }[];
  /** schools for which too few inspectors were free, with the number missing */
  readonly short: readonly { readonly school: string; readonly missing: number }[];
  /** groups of inspectors who are joined by shared schools, directly or through others; severity compares within one only */
  readonly connectedGroups: number;
}

/**
 * Assigns inspectors to schools one school after the other: of those who may, the ones with the fewest schools so far, and
 * among these the ones who have shared the fewest schools with those already chosen here, so that raters mix.
 *
 * @param schools     codes, in any order; the plan does not depend on it
 * @param inspectors  with the schools each has already
 * @param mustNot     whether an inspector must keep away from a school
 * @param taken       pairs that stand already; they count for load and mixing and are not planned again
 * @param seed        turns the order in which equals are taken
 */
export function planAssignments(options: {
  readonly schools: readonly string[];
  readonly inspectors: readonly number[];
  readonly ratersPerSchool: number;
  readonly mustNot: (inspector: number, school: string) => boolean;
  readonly taken: readonly { readonly school: string; readonly inspector: number }[];
  readonly seed: number;
}): AssignmentPlan {
  const { ratersPerSchool, mustNot, seed } = options;
  const inspectors = [...new Set(options.inspectors)].toSorted((a, b) => a - b);
  const bySchool = new Map<string, number[]>();
  const load = new Map<number, number>(inspectors.map((inspector) => [inspector, 0]));
  const shared = new Map<string, number>();
  const pairKey = (a: number, b: number) => (a < b ? `${a} ${b}` : `${b} ${a}`);
  const give = (school: string, inspector: number): void => {
    const own = bySchool.get(school) ?? [];
    for (const other of own) shared.set(pairKey(other, inspector), (shared.get(pairKey(other, inspector)) ?? 0) + 1);
    bySchool.set(school, [...own, inspector]);
    load.set(inspector, (load.get(inspector) ?? 0) + 1);
  };
  for (const { school, inspector } of options.taken) give(school, inspector);

  const freeFor = (school: string) => inspectors.filter((inspector) => !mustNot(inspector, school));
  const pairs: { readonly school: string; readonly inspector: number }[] = [];
  const short: { readonly school: string; readonly missing: number }[] = [];
  // schools with the fewest who may come first, so that the others do not take them away
  const order = [...new Set(options.schools)]
    .map((school) => ({ school, free: freeFor(school) }))
    .toSorted((a, b) => a.free.length - b.free.length || (a.school < b.school ? -1 : 1));
  for (const [turn, { school, free }] of order.entries()) {
    for (let have = bySchool.get(school)?.length ?? 0; have < ratersPerSchool; have += 1) {
      const chosen = bySchool.get(school) ?? [];
      const sharedWith = (inspector: number) =>
        chosen.reduce((sum, other) => sum + (shared.get(pairKey(other, inspector)) ?? 0), 0);
      const place = (inspector: number) => (inspectors.indexOf(inspector) + turn + seed) % inspectors.length;
      const [next] = free
        .filter((inspector) => !chosen.includes(inspector))
        .toSorted(
          (a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0) || sharedWith(a) - sharedWith(b) || place(a) - place(b),
        );
      if (next === undefined) {
        short.push({ school, missing: ratersPerSchool - have });
        break;
      }
      give(school, next);
      pairs.push({ school, inspector: next });
    }
  }
  return { pairs, short, connectedGroups: countGroups([...bySchool.values()]) };
}

/** Groups of inspectors joined by schools; those without any school do not count. */
function countGroups(teams: readonly (readonly number[])[]): number {
  const parent = new Map<number, number>();
  const rootOf = (inspector: number): number => {
    let at = inspector;
    for (let up = parent.get(at) ?? at; up !== at; up = parent.get(at) ?? at) at = up;
    return at;
  };
  for (const team of teams) {
    const [first] = team;
    if (first === undefined) continue;
    for (const inspector of team) parent.set(rootOf(inspector), rootOf(first));
  }
  return new Set([...parent.keys()].map(rootOf)).size;
}
