/** What a scorecard tells a school and a district: strengths, concerns, disagreements, distributions. No order of schools. */

import type { Scheme } from "@xingfu/standards";
import type { NodeScore, Scorecard } from "./scorecard.ts";
import { reaches } from "./weigh.ts";

/** Share of points from which a leaf is a strength, and below which it is a concern. */
const strongFrom = 5 / 6;
const weakBelow = 2 / 3;
const mostNamed = 5;
/** Share of points below which an area needs support; the line of 合格 in the shipped schemes. */
export const supportBelow = 0.6;
/** Fewer schools than this are not described by quartiles or counts. */
export const leastSchools = 10;

/** Points as a share of full points, 0–1; null when open or not applicable. */
export function shareOf({ points, maximum }: Pick<NodeScore, "points" | "maximum">): number | null {
  return points === null || maximum === 0 ? null : points / maximum;
}

function leavesOf(scheme: Scheme, card: Scorecard): readonly { readonly score: NodeScore; readonly share: number }[] {
  const leaves = new Set(scheme.nodes.filter((node) => node.leaf !== null).map((node) => node.id));
  return card.nodes.flatMap((score) => {
    const share = leaves.has(score.id) && score.isApplicable ? shareOf(score) : null;
    return share === null ? [] : [{ score, share }];
  });
}

/** Leaves with at least 5/6 of their points, highest share first, then more points; at most five. */
export function strengthsOf(scheme: Scheme, card: Scorecard): readonly string[] {
  return leavesOf(scheme, card)
    .filter(({ share }) => reaches(share, strongFrom))
    .toSorted((a, b) => b.share - a.share || b.score.maximum - a.score.maximum)
    .slice(0, mostNamed)
    .map(({ score }) => score.id);
}

/** Leaves below 2/3 of their points, most points lost first; at most five. */
export function concernsOf(scheme: Scheme, card: Scorecard): readonly string[] {
  return leavesOf(scheme, card)
    .filter(({ share }) => !reaches(share, weakBelow))
    .toSorted((a, b) => (1 - b.share) * b.score.maximum - (1 - a.share) * a.score.maximum)
    .slice(0, mostNamed)
    .map(({ score }) => score.id);
}

/** Where the parties disagree about a leaf; shares of points. */
export interface Disagreement {
  readonly place: string;
  readonly self: number | null;
  readonly external: number | null;
  /** the external parties farthest apart; null below two */
  readonly parties: { readonly lowest: string; readonly highest: string; readonly spread: number } | null;
  readonly isFlagged: boolean;
}

/** Leaves on which two parties stand a fifth of the points or more apart, or the self-rating is flagged; farthest first. */
export function disagreementsOf(scheme: Scheme, card: Scorecard): readonly Disagreement[] {
  const self = scheme.parties.find((party) => party.isSelf)?.id;
  return leavesOf(scheme, card)
    .flatMap(({ score }) => {
      const seen = score.parties
        .filter((party) => party.party !== self && party.points !== null)
        .map((party) => ({ party: party.party, share: (party.points ?? 0) / score.maximum }))
        .toSorted((a, b) => a.share - b.share);
      const [lowest, highest] = [seen[0], seen.at(-1)];
      const parties =
        lowest === undefined || highest === undefined || seen.length < 2
          ? null
          : { lowest: lowest.party, highest: highest.party, spread: highest.share - lowest.share };
      const { comparison } = score;
      const isFlagged = comparison?.isFlagged ?? false;
      const apart = Math.max(parties?.spread ?? 0, Math.abs(comparison?.difference ?? 0));
      if (!isFlagged && !reaches(apart, 0.2)) return [];
      const disagreement: Disagreement = {
        place: score.id,
        self: comparison === null ? null : comparison.self / comparison.outOf,
        external: comparison === null ? null : comparison.external / comparison.outOf,
        parties,
        isFlagged,
      };
      return [{ disagreement, apart }];
    })
    .toSorted((a, b) => b.apart - a.apart)
    .map(({ disagreement }) => disagreement);
}

/** One node over many schools. Shares of points, never by school. */
export interface NodeDistribution {
  readonly id: string;
  readonly label: string;
  /** schools with points on the node */
  readonly schools: number;
  /** null below ten schools */
  readonly quartiles: readonly [number, number, number] | null;
  readonly selfMean: number | null;
  readonly externalMean: number | null;
  /** schools below 60 % of the points; null below ten schools */
  readonly low: number | null;
}

/** Quartile by linear interpolation between order statistics (type 7). @param sorted [n ≥ 1] ascending */
function quartile(sorted: readonly number[], q: 1 | 2 | 3): number {
  const at = ((sorted.length - 1) * q) / 4;
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (at - Math.floor(at)) * (above - below);
}

/** Distribution of every node, in the order of the scheme; what fewer than ten schools say is left out. */
export function distributionsOf(scheme: Scheme, cards: readonly Scorecard[]): readonly NodeDistribution[] {
  const scores = cards.map((card) => new Map(card.nodes.map((score) => [score.id, score])));
  return scheme.nodes.map(({ id, label }): NodeDistribution => {
    const own = scores.flatMap((byId) => byId.get(id) ?? []);
    const shares = own.flatMap((score) => shareOf(score) ?? []).toSorted((a, b) => a - b);
    const isEnough = shares.length >= leastSchools;
    const compared = own.flatMap(({ comparison }) => comparison ?? []);
    const mean = (side: "self" | "external") =>
      compared.length < leastSchools
        ? null
        : compared.reduce((sum, comparison) => sum + comparison[side] / comparison.outOf, 0) / compared.length;
    return {
      id,
      label,
      schools: shares.length,
      quartiles: isEnough ? [quartile(shares, 1), quartile(shares, 2), quartile(shares, 3)] : null,
      selfMean: mean("self"),
      externalMean: mean("external"),
      low: isEnough ? shares.filter((share) => !reaches(share, supportBelow)).length : null,
    };
  });
}

/** Areas below 60 % of their points. */
export function weakAreasOf(scheme: Scheme, card: Scorecard): readonly string[] {
  const areas = new Set(scheme.nodes.filter((node) => node.parent === null).map((node) => node.id));
  return card.nodes.flatMap((score) => {
    const share = areas.has(score.id) ? shareOf(score) : null;
    return share !== null && !reaches(share, supportBelow) ? [score.id] : [];
  });
}

/** How many schools stand in each band, best first; those whose band is not certain last. */
export function countBands(
  scheme: Scheme,
  cards: readonly Pick<Scorecard, "band">[],
): readonly { readonly band: string | null; readonly label: string; readonly schools: number }[] {
  const count = (band: string | null) => cards.filter((card) => card.band === band).length;
  return [
    ...scheme.bands.map(({ id, label }) => ({ band: id, label, schools: count(id) })),
    { band: null, label: "", schools: count(null) },
  ];
}

/** Label of a band; the id itself when the scheme does not know it. */
export function bandOf(scheme: Scheme, id: string | null): { readonly id: string; readonly label: string } | null {
  return id === null ? null : { id, label: scheme.bands.find((band) => band.id === id)?.label ?? id };
}
