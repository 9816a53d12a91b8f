/** Trails of a scorecard: how the points of one node came about. */

import type { Scheme } from "@xingfu/standards";
import type { Gap, Trail, TrailInput } from "../base/index.ts";
import type { NodeScore, Scorecard } from "./scorecard.ts";
import { countedShare, weigh } from "./weigh.ts";
import type { Part } from "./weigh.ts";

/** At most six decimals, as a trail shows them. */
function shown(value: number | null): string {
  return value === null ? "?" : String(Math.round(value * 1e6) / 1e6);
}

/** One weighted part of a node as its trail shows it. */
interface TrailPart extends Part {
  readonly note: string;
}

/** What a trail is drawn up from. */
interface Account {
  readonly reference: string;
  readonly maximum: number;
  readonly points: number | null;
  readonly parts: readonly TrailPart[];
  readonly figure: TrailInput | null;
  readonly gap: Gap | null;
}

/**
 * How the points of a node came about:
 *
 *     points = maximum × Σ weightᵢ × shareᵢ ÷ Σ weightᵢ
 *
 * over the children that apply, or over the parties of a leaf whose ratings count. Where the scheme lets the mean of those
 * present stand in for a missing one, its share is that mean and its note says so. A leaf with a figure has one part.
 *
 * @param id  id of a node, or of the scheme for the whole
 * @returns a trail with a gap when the points are open or the node does not apply; undefined when there is no such node
 */
export function explainNode(scheme: Scheme, card: Scorecard, id: string): Trail | undefined {
  const scores = new Map(card.nodes.map((score) => [score.id, score]));
  const node = scheme.nodes.find((candidate) => candidate.id === id);
  const score = scores.get(id);
  const childrenOf = (parent: string | null) =>
    scheme.nodes.filter((child) => child.parent === parent).flatMap((child) => childPart(scores.get(child.id)));
  if (id === scheme.id) {
    const parts = childrenOf(null);
    const { maximum, points } = card;
    return trailOf(scheme, scheme.missing.child, scheme.missing.presentAtLeast, {
      reference: id,
      maximum,
      points,
      parts,
      figure: null,
      gap:
        points === null
          ? { why: "depends", on: parts.filter((part) => part.share === null).map((part) => part.id) }
          : null,
    });
  }
  if (!node || !score) return undefined;
  const reference = node.reference ?? `${scheme.id}/${id}`;
  const account = {
    reference,
    maximum: score.maximum,
    points: score.points,
    figure: null,
    gap: score.isApplicable
      ? (score.gaps.find((gap) => gap.effect === "open")?.gap ?? null)
      : ({ why: "not-applicable", rule: reference } as const),
  };
  const { rater, child, presentAtLeast } = node.missing;
  if (!node.leaf) return trailOf(scheme, child, presentAtLeast, { ...account, parts: childrenOf(id) });
  if ("figure" in node.leaf.rule) {
    const { key, unit } = node.leaf.rule.figure;
    const share = score.points === null ? null : score.points / score.maximum;
    const value = score.figure?.value ?? null;
    const figure: TrailInput = {
      item: key,
      value: typeof value === "number" ? value : null,
      unit,
      note: [typeof value === "string" ? value : "", score.figure?.source ?? ""]
        .filter((text) => text !== "")
        .join(", "),
    };
    const parts = [{ id: key, weight: 1, share, low: share ?? 0, high: share ?? 1, note: "" }];
    return trailOf(scheme, "gap", 1, { ...account, parts, figure });
  }
  const parts = node.leaf.raters
    .filter(({ weight }) => weight > 0)
    .map(({ party, weight }): TrailPart => {
      const own = score.parties.find((candidate) => candidate.party === party);
      const share = own === undefined || own.points === null ? null : own.points / score.maximum;
      const note = own === undefined || own.raters < 2 ? "" : `mean of ${own.raters} raters`;
      return { id: party, weight, share, low: share ?? 0, high: share ?? 1, note };
    });
  return trailOf(scheme, rater, presentAtLeast, { ...account, parts });
}

/** A child as a part of its parent; none when it does not apply. */
function childPart(score: NodeScore | undefined): TrailPart[] {
  if (!score?.isApplicable) return [];
  const { id, maximum, points, low, high } = score;
  const share = points === null ? null : points / maximum;
  return [{ id, weight: maximum, share, low: low / maximum, high: high / maximum, note: "" }];
}

function trailOf(
  scheme: Scheme,
  onMissing: "gap" | "rescale",
  presentAtLeast: number,
  { reference, maximum, points, parts, figure, gap }: Account,
): Trail {
  const { standIn } = weigh(parts, onMissing, presentAtLeast);
  const counted = parts.map((part) => ({ part, share: countedShare(part, standIn) }));
  const weights = parts.reduce((sum, part) => sum + part.weight, 0);
  const earned = counted.reduce((sum, { part, share }) => sum + part.weight * (share ?? 0), 0);
  const write = (name: (entry: (typeof counted)[number]) => string) =>
    parts.length === 0
      ? ""
      : `${shown(maximum)} × (${counted.map((entry) => `${shown(entry.part.weight)} × ${name(entry)}`).join(" + ")}) ÷ ${shown(weights)}`;
  const inputs = counted.map(({ part, share }): TrailInput => {
    const note = part.share === null && share !== null ? "mean of the others" : part.note;
    return { item: part.id, value: share, unit: "", ...(note === "" ? {} : { note }) };
  });
  return {
    formula: write(({ part }) => part.id),
    substituted: write(({ share }) => shown(share)),
    inputs: figure === null ? inputs : [figure, ...inputs],
    numerator: points === null ? null : earned,
    denominator: weights,
    value: points,
    reference,
    rulesVersion: `${scheme.id} ${scheme.version}`,
    gap,
  };
}
