/** What the raters of a round said, in the form in which raters are measured: shares of points by rater, school and leaf. */

import type { Scheme } from "@xingfu/standards";
import type { Gap } from "../base/index.ts";
import { readJudgement } from "./rating.ts";
import type { Rating, UnusedReason } from "./rating.ts";

/** One judgement by one rater of one leaf at one school. */
export interface RoundRating {
  /** code of the person; never a name */
  readonly rater: string;
  readonly school: string;
  readonly node: string;
  /** share of the leaf's points, 0–1 */
  readonly share: number;
}

/** What cannot be said about a rater or a corrected score. */
export type RaterGap =
  | Gap
  /** no school in common with anybody, so nobody to be compared with */
  | { readonly why: "not-connected" };

export interface UnusedRoundRating {
  readonly rating: RoundRating;
  readonly why: Extract<UnusedReason, "unknownNode" | "implausible" | "contradicts">;
}

/** What one party said at one school, as the round keeps it. */
export interface SchoolRatings {
  readonly school: string;
  readonly ratings: readonly Rating[];
}

/**
 * The ratings of one party as shares of points. What `scoreScheme` lists as unused, and surveys, whose answers come from
 * nobody in particular, are left out.
 */
export function roundRatings(scheme: Scheme, party: string, schools: readonly SchoolRatings[]): readonly RoundRating[] {
  const rules = new Map(
    scheme.nodes.map((node) => [node.id, node.leaf?.raters.find((asked) => asked.party === party)?.rule]),
  );
  return schools.flatMap(({ school, ratings }) =>
    ratings.flatMap(({ node, party: own, rater, judgement }): readonly RoundRating[] => {
      const rule = own === party ? rules.get(node) : undefined;
      const reading = rule && readJudgement(rule, judgement);
      if (typeof reading !== "object" || reading.share === undefined) return [];
      return [{ rater, school, node, share: reading.share }];
    }),
  );
}

/** Full points of every leaf that a party rates by levels or by yes and no: what the ratings of that party are weighted by. */
export function leafPoints(scheme: Scheme, party: string): ReadonlyMap<string, number> {
  const points = new Map<string, number>();
  for (const { id, points: full, leaf } of scheme.nodes) {
    const rule = leaf?.raters.find((asked) => asked.party === party)?.rule;
    if (rule && rule.kind !== "survey") points.set(id, full);
  }
  return points;
}

/** A usable rating by numbers: of rater, of leaf. */
interface TableEntry {
  readonly rater: number;
  readonly node: number;
  readonly share: number;
}

/** The usable ratings of a round; raters, schools and leaves in the order of their codes. */
export interface RoundTable {
  readonly raters: readonly string[];
  readonly schools: readonly string[];
  readonly nodes: readonly string[];
  /** [nodes] full points */
  readonly points: Float64Array;
  /** [schools] by leaf, then by rater */
  readonly entries: readonly (readonly TableEntry[])[];
  readonly unused: readonly UnusedRoundRating[];
}

/** Same input in any order gives the same table. A rater who says two things about one leaf of a school is not heard on it. */
export function tableOfRound(ratings: readonly RoundRating[], points: ReadonlyMap<string, number>): RoundTable {
  const unused: UnusedRoundRating[] = [];
  const heard = new Map<string, RoundRating[]>();
  for (const rating of ratings) {
    const full = points.get(rating.node);
    if (full === undefined) unused.push({ rating, why: "unknownNode" });
    else if (!(rating.share >= 0 && rating.share <= 1)) unused.push({ rating, why: "implausible" });
    else {
      const key = JSON.stringify([rating.school, rating.node, rating.rater]);
      const own = heard.get(key);
      if (own) own.push(rating);
      else heard.set(key, [rating]);
    }
  }
  const kept: RoundRating[] = [];
  for (const own of heard.values()) {
    const first = own[0]!;
    if (own.every(({ share }) => share === first.share)) kept.push(first);
    else for (const rating of own) unused.push({ rating, why: "contradicts" });
  }
  const codes = (of: (rating: RoundRating) => string): readonly string[] => [...new Set(kept.map(of))].toSorted();
  const raters = codes(({ rater }) => rater);
  const schools = codes(({ school }) => school);
  const nodes = codes(({ node }) => node);
  const numbers = (list: readonly string[]): ReadonlyMap<string, number> =>
    new Map(list.map((code, number) => [code, number]));
  const [raterOf, schoolOf, nodeOf] = [numbers(raters), numbers(schools), numbers(nodes)];
  const entries: TableEntry[][] = schools.map(() => []);
  for (const { rater, school, node, share } of kept)
    entries[schoolOf.get(school)!]!.push({ rater: raterOf.get(rater)!, node: nodeOf.get(node)!, share });
  for (const own of entries) own.sort((a, b) => a.node - b.node || a.rater - b.rater);
  const keyOf = ({ rating: { rater, school, node, share }, why }: UnusedRoundRating): string =>
    JSON.stringify([school, node, rater, why, share]);
  return {
    raters,
    schools,
    nodes,
    points: Float64Array.from(nodes, (node) => points.get(node)!),
    entries,
    unused: unused.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
}

/** Numbers joined into parts: who can be reached from whom. */
export interface Parts {
  join(a: number, b: number): void;
  /** the smallest number of its part */
  of(a: number): number;
}

export function separateParts(size: number): Parts {
  const parent = Int32Array.from({ length: size }, (_, at) => at);
  const of = (a: number): number => {
    let at = a;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  return {
    of,
    join(a, b) {
      const [one, other] = [of(a), of(b)];
      parent[Math.max(one, other)] = Math.min(one, other);
    },
  };
}
