/** Scores one school by a scheme: every node, the parties side by side, what is missing. */

import type { JudgementRule, Rater, Scheme, SchemeNode } from "@xingfu/standards";
import type { Verdict } from "../base/index.ts";
import type { Evidence } from "./evidence.ts";
import { hearRating } from "./rating.ts";
import type { Rating, Reading, UnusedRating, UnusedReason } from "./rating.ts";
import type { Comparison, IgnoredInput, LimitResult, NodeScore, PartyScore, ScoreGap, Scorecard } from "./scorecard.ts";
import { reaches, shareOfFigure, weigh } from "./weigh.ts";
import type { Part, Whole } from "./weigh.ts";

/** What a scheme's tree looks like by index; made once for each scheme. */
interface Plan {
  readonly indexOf: ReadonlyMap<string, number>;
  readonly children: readonly (readonly number[])[];
  readonly areas: readonly number[];
  readonly selfParty: string | null;
}

const plans = new WeakMap<Scheme, Plan>();

function planOf(scheme: Scheme): Plan {
  const known = plans.get(scheme);
  if (known) return known;
  const indexOf = new Map(scheme.nodes.map((node, index) => [node.id, index]));
  const children: number[][] = scheme.nodes.map(() => []);
  const areas: number[] = [];
  for (const [index, node] of scheme.nodes.entries()) {
    if (node.parent === null) areas.push(index);
    else children[indexOf.get(node.parent) ?? -1]?.push(index);
  }
  const plan = { indexOf, children, areas, selfParty: scheme.parties.find((party) => party.isSelf)?.id ?? null };
  plans.set(scheme, plan);
  return plan;
}

/** Usable readings of a leaf by party. */
type LeafReadings = Map<string, Reading[]>;

/** A node while its parent is being put together: shares instead of points, sums instead of quotients. */
interface Draft {
  readonly score: NodeScore;
  readonly whole: Whole;
  /** Σ full points × share over compared leaves */
  readonly compared: { readonly self: number; readonly external: number; readonly outOf: number };
}

/**
 * The scorecard of one school.
 *
 * The order of the input does not matter. Nothing is filled in: a missing rating or figure leaves its leaf open, unless
 * the scheme says that the rest is scaled up or that it counts as zero, and then the gap says so. `low` and `high` bound the
 * points whatever is still missing. Several raters of one party count by their mean; their spread is shown. Self-ratings stand
 * beside the others and enter the points only with the weight the scheme declares.
 *
 * Input that cannot be used (unknown level, a party that was not asked, a rater who contradicts himself …) is listed, never
 * thrown and never guessed at.
 *
 * @param scheme  compiled, so weights sum to 1 and points of children to those of their parent
 */
export function scoreScheme(scheme: Scheme, evidence: Evidence, ratings: readonly Rating[]): Scorecard {
  const plan = planOf(scheme);
  const { exempt, ignored } = readExemptions(scheme, plan, evidence);
  const documents = readDocuments(scheme, plan, evidence, ignored);
  const figures = readFigures(evidence);
  const { readings, unused } = readRatings(scheme, plan, ratings, exempt);

  const drafts: Draft[] = new Array<Draft>(scheme.nodes.length);
  for (let index = scheme.nodes.length - 1; index >= 0; index -= 1) {
    const node = scheme.nodes[index];
    if (!node) continue;
    const children = (plan.children[index] ?? []).map((child) => drafts[child]).filter((draft) => draft !== undefined);
    drafts[index] = node.leaf
      ? scoreLeaf(scheme, plan, node, readings[index] ?? new Map(), documents.get(index), figures, exempt.has(index))
      : gather(scheme, node.id, node.points, node.missing, children);
  }

  const areas = plan.areas.map((index) => drafts[index]).filter((draft) => draft !== undefined);
  const { score, whole } = gather(scheme, scheme.id, scheme.points, scheme.missing, areas);
  const limits = [...judgeGates(scheme, plan, drafts), ...judgeVetoes(scheme, evidence, ignored)];
  const bands = score.isApplicable ? judgeBands(scheme, whole, limits) : { bandByPoints: null, band: null };
  return {
    scheme: scheme.id,
    version: scheme.version,
    maximum: scheme.points,
    points: score.points,
    low: score.low,
    high: score.high,
    ...bands,
    limits,
    evidence: score.evidence,
    parties: score.parties,
    comparison: score.comparison,
    nodes: drafts.map((draft) => draft.score),
    rescaled: score.rescaled,
    unusedRatings: unused,
    ignored: ignored.toSorted((a, b) => compareText(a.kind, b.kind) || compareText(a.id, b.id)),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Indices of the nodes that do not apply, with everything below them. */
function readExemptions(
  scheme: Scheme,
  plan: Plan,
  evidence: Evidence,
): { readonly exempt: ReadonlySet<number>; readonly ignored: IgnoredInput[] } {
  const exempt = new Set<number>();
  const ignored: IgnoredInput[] = [];
  for (const { node } of evidence.exemptions) {
    const index = plan.indexOf.get(node);
    if (index === undefined) ignored.push({ kind: "exemption", id: node, why: "unknown" });
    else if (scheme.nodes[index]?.mayNotApply === null)
      ignored.push({ kind: "exemption", id: node, why: "notAllowed" });
    else exempt.add(index);
  }
  for (const [index, node] of scheme.nodes.entries())
    if (node.parent !== null && exempt.has(plan.indexOf.get(node.parent) ?? -1)) exempt.add(index);
  return { exempt, ignored };
}

/** Items of evidence put in, by index of their leaf. */
function readDocuments(
  scheme: Scheme,
  plan: Plan,
  evidence: Evidence,
  ignored: IgnoredInput[],
): ReadonlyMap<number, ReadonlySet<string>> {
  const documents = new Map<number, Set<string>>();
  for (const { node, item } of evidence.documents) {
    const index = plan.indexOf.get(node);
    const isKnown = scheme.nodes[index ?? -1]?.leaf?.evidence.some((asked) => asked.id === item) ?? false;
    if (index === undefined || !isKnown) {
      ignored.push({ kind: "document", id: `${node}/${item}`, why: index === undefined ? "unknown" : "notAsked" });
      continue;
    }
    const items = documents.get(index);
    if (items) items.add(item);
    else documents.set(index, new Set([item]));
  }
  return documents;
}

type KnownFigure = { readonly value: number | string; readonly source: string } | "contradicts";

function readFigures(evidence: Evidence): ReadonlyMap<string, KnownFigure> {
  const figures = new Map<string, KnownFigure>();
  for (const { key, value, source } of evidence.figures) {
    if (value === null) continue;
    const known = figures.get(key);
    if (known === undefined) figures.set(key, { value, source });
    else if (known !== "contradicts" && !Object.is(known.value, value)) figures.set(key, "contradicts");
    else if (known !== "contradicts" && source < known.source) figures.set(key, { value, source });
  }
  return figures;
}

function readRatings(
  scheme: Scheme,
  plan: Plan,
  ratings: readonly Rating[],
  exempt: ReadonlySet<number>,
): { readonly readings: readonly (LeafReadings | undefined)[]; readonly unused: readonly UnusedRating[] } {
  const unused: UnusedRating[] = [];
  /** by leaf, party and rater */
  const heard: (Map<string, Map<string, { rating: Rating; reading: Reading }[]>> | undefined)[] = [];
  for (const rating of ratings) {
    const index = plan.indexOf.get(rating.node);
    const node = scheme.nodes[index ?? -1];
    const reading = index === undefined || !node ? "unknownNode" : hear(node, rating, exempt.has(index));
    if (typeof reading === "string" || index === undefined) {
      unused.push({ rating, why: typeof reading === "string" ? reading : "unknownNode" });
      continue;
    }
    const byParty = (heard[index] ??= new Map());
    let byRater = byParty.get(rating.party);
    if (!byRater) byParty.set(rating.party, (byRater = new Map()));
    const own = byRater.get(rating.rater);
    if (own) own.push({ rating, reading });
    else byRater.set(rating.rater, [{ rating, reading }]);
  }

  const readings = heard.map((byParty) => {
    const usable: LeafReadings = new Map();
    for (const [party, byRater] of byParty ?? []) {
      const agreed: Reading[] = [];
      for (const own of byRater.values()) {
        const first = own[0];
        if (first && own.every((other) => isSame(other.reading, first.reading))) agreed.push(first.reading);
        else for (const { rating } of own) unused.push({ rating, why: "contradicts" });
      }
      if (agreed.length > 0) usable.set(party, agreed);
    }
    return usable;
  });
  const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => compareText(a, b);
  const keyOf = ({ rating, why }: UnusedRating) =>
    JSON.stringify([rating.node, rating.party, rating.rater, why, Object.entries(rating.judgement).toSorted(byKey)]);
  return {
    readings,
    unused: unused.length < 2 ? unused : unused.toSorted((a, b) => compareText(keyOf(a), keyOf(b))),
  };
}

function hear(node: SchemeNode, rating: Rating, isExempt: boolean): Reading | UnusedReason {
  const reading = hearRating(node, rating);
  return isExempt && typeof reading !== "string" ? "notApplicable" : reading;
}

function isSame(a: Reading, b: Reading): boolean {
  return a.share === b.share && a.satisfied === b.satisfied && a.answers === b.answers;
}

/** Share of points a party gives a leaf, or the gap in its place. */
function partyShare(
  node: SchemeNode,
  rule: JudgementRule,
  readings: readonly Reading[],
): { readonly share: number | null; readonly gap: ScoreGap["gap"] | null; readonly spread: PartyScore["spread"] } {
  if (readings.length === 0) return { share: null, gap: { why: "not-reviewed", item: node.id }, spread: null };
  if (rule.kind === "survey") {
    let satisfied = 0;
    let answers = 0;
    for (const reading of readings) {
      satisfied += reading.satisfied ?? 0;
      answers += reading.answers ?? 0;
    }
    if (answers < rule.minAnswers)
      return { share: null, gap: { why: "too-few", have: answers, need: rule.minAnswers }, spread: null };
    const place = (satisfied / answers - rule.zeroAt) / (rule.fullAt - rule.zeroAt);
    return { share: Math.min(Math.max(place, 0), 1), gap: null, spread: null };
  }
  // sorted, because a sum of binary fractions depends on their order
  const shares = readings.map((reading) => reading.share ?? 0).sort((a, b) => a - b);
  const lowest = shares[0] ?? 0;
  const highest = shares.at(-1) ?? 0;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return {
    share: Math.min(Math.max(mean, lowest), highest),
    gap: null,
    spread: shares.length > 1 ? { lowest, highest } : null,
  };
}

function isNotFinite(value: number | string): boolean {
  return typeof value === "number" && !Number.isFinite(value);
}

const nothingCompared = { self: 0, external: 0, outOf: 0 } as const;

function scoreLeaf(
  scheme: Scheme,
  plan: Plan,
  node: SchemeNode,
  readings: LeafReadings,
  documents: ReadonlySet<string> | undefined,
  figures: ReadonlyMap<string, KnownFigure>,
  isExempt: boolean,
): Draft {
  const leaf = node.leaf;
  if (isExempt || !leaf)
    return {
      score: finish(node.id, false, node.points, { share: null, low: 0, high: 0 }, nothingCompared, scheme, {}),
      whole: { share: null, low: 0, high: 0, missing: [], standIn: null },
      compared: nothingCompared,
    };
  const gaps: ScoreGap[] = leaf.evidence
    .filter((item) => documents?.has(item.id) !== true)
    .map((item) => ({
      node: node.id,
      party: null,
      effect: "none",
      gap: { why: "not-reported", item: `${node.id}/${item.id}` },
    }));
  const asked = leaf.evidence.length;
  const present = documents?.size ?? 0;

  if ("figure" in leaf.rule) {
    const { key } = leaf.rule.figure;
    const figure = figures.get(key);
    const share =
      figure === undefined || figure === "contradicts" ? null : shareOfFigure(leaf.rule, figure.value, node.points);
    const isZero = share === null && node.missing.figure === "zero";
    if (share === null)
      gaps.push({
        node: node.id,
        party: null,
        effect: isZero ? "zero" : "open",
        gap: { why: figure === undefined ? "not-reported" : "implausible", item: key },
      });
    const whole: Whole =
      share === null && !isZero
        ? { share: null, low: 0, high: 1, missing: [key], standIn: null }
        : { share: share ?? 0, low: share ?? 0, high: share ?? 1, missing: [], standIn: null };
    return {
      score: finish(node.id, true, node.points, whole, nothingCompared, scheme, {
        evidence: { asked: asked + 1, present: present + (share === null ? 0 : 1) },
        figure: figure === undefined || figure === "contradicts" || isNotFinite(figure.value) ? null : figure,
        gaps,
      }),
      whole,
      compared: nothingCompared,
    };
  }

  const parties: PartyScore[] = [];
  const shares = new Map<string, number>();
  const missing: { readonly rater: Rater; readonly gap: ScoreGap["gap"] }[] = [];
  for (const rater of leaf.raters) {
    const own = readings.get(rater.party) ?? [];
    const { share, gap, spread } = partyShare(node, rater.rule, own);
    if (share === null) {
      if (gap) missing.push({ rater, gap });
    } else shares.set(rater.party, share);
    parties.push({
      party: rater.party,
      points: share === null ? null : share * node.points,
      outOf: share === null ? 0 : node.points,
      asked: node.points,
      raters: own.length,
      spread,
    });
  }
  const partOf = ({ party, weight }: Rater): Part => {
    const share = shares.get(party) ?? null;
    return { id: party, weight, share, low: share ?? 0, high: share ?? 1 };
  };
  const weighted = leaf.raters.filter((rater) => rater.weight > 0).map(partOf);
  const { rater: onMissing, presentAtLeast } = node.missing;
  const whole = weigh(weighted, onMissing, presentAtLeast);
  for (const { rater, gap } of missing)
    gaps.push({
      node: node.id,
      party: rater.party,
      effect: rater.weight === 0 ? "none" : whole.standIn !== null ? "rescaled" : "open",
      gap,
    });
  const self = plan.selfParty === null ? undefined : shares.get(plan.selfParty);
  const external = weigh(
    weighted.filter((part) => part.id !== plan.selfParty),
    onMissing,
    presentAtLeast,
  ).share;
  const compared =
    self === undefined || external === null
      ? nothingCompared
      : { self: self * node.points, external: external * node.points, outOf: node.points };
  return {
    score: finish(node.id, true, node.points, whole, compared, scheme, {
      evidence: { asked, present },
      parties,
      gaps,
      rescaled: whole.standIn !== null ? whole.missing : [],
    }),
    whole,
    compared,
  };
}

/** A node from its children, or the whole from its areas. */
function gather(
  scheme: Scheme,
  id: string,
  points: number,
  { child: onMissing, presentAtLeast }: Scheme["missing"],
  children: readonly Draft[],
): Draft {
  const applicable = children.filter(({ score }) => score.isApplicable);
  const parts = applicable.map(({ score, whole: { share, low, high } }): Part => {
    return { id: score.id, weight: score.maximum, share, low, high };
  });
  const isApplicable = parts.length > 0;
  const whole: Whole = isApplicable
    ? weigh(parts, onMissing, presentAtLeast)
    : { share: null, low: 0, high: 0, missing: [], standIn: null };
  const evidence = { asked: 0, present: 0 };
  const compared = { self: 0, external: 0, outOf: 0 };
  const sums = new Map<string, { points: number; outOf: number; asked: number }>();
  for (const { score, compared: below } of applicable) {
    evidence.asked += score.evidence.asked;
    evidence.present += score.evidence.present;
    compared.self += below.self;
    compared.external += below.external;
    compared.outOf += below.outOf;
    for (const party of score.parties) {
      let sum = sums.get(party.party);
      if (!sum) sums.set(party.party, (sum = { points: 0, outOf: 0, asked: 0 }));
      sum.points += party.points ?? 0;
      sum.outOf += party.outOf;
      sum.asked += party.asked;
    }
  }
  const parties: PartyScore[] = [];
  for (const { id: party } of scheme.parties) {
    const sum = sums.get(party);
    if (sum) parties.push({ party, ...sum, points: sum.outOf === 0 ? null : sum.points, raters: 0, spread: null });
  }
  const gaps: ScoreGap[] =
    whole.missing.length === 0
      ? []
      : [
          {
            node: id,
            party: null,
            effect: whole.standIn !== null ? "rescaled" : "open",
            gap: { why: "depends", on: whole.missing },
          },
        ];
  return {
    score: finish(id, isApplicable, points, whole, compared, scheme, {
      evidence,
      parties,
      gaps,
      rescaled: whole.standIn !== null ? whole.missing : [],
    }),
    whole,
    compared,
  };
}

function finish(
  id: string,
  isApplicable: boolean,
  maximum: number,
  { share, low, high }: Pick<Whole, "share" | "low" | "high">,
  compared: Draft["compared"],
  { flagSelfAbove }: Scheme,
  rest: Partial<Pick<NodeScore, "evidence" | "parties" | "figure" | "rescaled" | "gaps">>,
): NodeScore {
  const { self, external, outOf } = compared;
  const difference = outOf === 0 ? 0 : (self - external) / outOf;
  const comparison: Comparison | null =
    outOf === 0
      ? null
      : { ...compared, difference, isFlagged: flagSelfAbove !== null && reaches(difference, flagSelfAbove) };
  return {
    id,
    isApplicable,
    maximum,
    points: share === null ? null : share * maximum,
    low: low * maximum,
    high: high * maximum,
    evidence: rest.evidence ?? { asked: 0, present: 0 },
    parties: rest.parties ?? [],
    comparison,
    figure: rest.figure ?? null,
    rescaled: rest.rescaled ?? [],
    gaps: rest.gaps ?? [],
  };
}

function judgeGates(scheme: Scheme, plan: Plan, drafts: readonly Draft[]): LimitResult[] {
  return scheme.gates.map(({ id, node, atLeast, band }) => {
    const draft = drafts[plan.indexOf.get(node) ?? -1];
    let verdict: Verdict = "notComputable";
    if (draft) {
      const { share, low, high } = draft.whole;
      if (!draft.score.isApplicable || reaches(share ?? low, atLeast)) verdict = "met";
      else if (share !== null || !reaches(high, atLeast)) verdict = "notMet";
    }
    return { id, kind: "gate", verdict, band };
  });
}

function judgeVetoes(scheme: Scheme, evidence: Evidence, ignored: IgnoredInput[]): LimitResult[] {
  const known = new Set(scheme.vetoes.map((veto) => veto.id));
  for (const { veto } of evidence.vetoes)
    if (!known.has(veto)) ignored.push({ kind: "veto", id: veto, why: "unknown" });
  return scheme.vetoes.map(({ id, band }) => {
    const found = evidence.vetoes.filter((finding) => finding.veto === id && finding.hasOccurred !== null);
    const first = found[0];
    const isSettled = first !== undefined && found.every((other) => other.hasOccurred === first.hasOccurred);
    const verdict: Verdict = !isSettled ? "notComputable" : first.hasOccurred === true ? "notMet" : "met";
    return { id, kind: "veto", verdict, band };
  });
}

/** Best and worst band there can still be, by points alone and after gates and vetoes. */
function judgeBands(
  scheme: Scheme,
  { share, low, high }: Whole,
  limits: readonly LimitResult[],
): Pick<Scorecard, "bandByPoints" | "band"> {
  const rankAt = (value: number) => scheme.bands.findIndex((band) => reaches(value, band.atLeast));
  const worstOf = (verdict: Verdict) =>
    Math.max(
      -1,
      ...limits
        .filter((limit) => limit.verdict === verdict)
        .map(({ band }) => scheme.bands.findIndex(({ id }) => id === band)),
    );
  const best = rankAt(share ?? high);
  const worst = rankAt(share ?? low);
  const limitedBest = Math.max(best, worstOf("notMet"));
  const limitedWorst = Math.max(worst, worstOf("notMet"), worstOf("notComputable"));
  const certain = (one: number, other: number) => (one === other ? (scheme.bands[one]?.id ?? null) : null);
  return { bandByPoints: certain(best, worst), band: certain(limitedBest, limitedWorst) };
}
