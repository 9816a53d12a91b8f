import type { Scheme } from "@xingfu/standards";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText } from "../base/index.ts";
import { explainNode, noEvidence, scoreScheme, weigh } from "./index.ts";
import type { Evidence, Rating, Scorecard } from "./index.ts";
import { anyCase, anyScheme } from "./testing/arbitrary.ts";

const slack = 1e-9;

/** Every node, and the whole as one more. */
function everyNode(
  card: Scorecard,
): { id: string; maximum: number; points: number | null; low: number; high: number }[] {
  return [...card.nodes, { ...card, id: card.scheme }];
}

/** For each leaf and asked party a judgement, or the figure of its rule. */
function completeInput(scheme: Scheme, pick: (index: number) => number): { evidence: Evidence; ratings: Rating[] } {
  const ratings: Rating[] = [];
  const figures: Evidence["figures"][number][] = [];
  for (const [index, node] of scheme.nodes.entries()) {
    const rule = node.leaf?.rule;
    if (!rule) continue;
    const level = pick(index);
    if ("figure" in rule)
      figures.push({
        key: rule.figure.key,
        value: rule.kind === "grade" ? ("AB"[level % 2] ?? "A") : level,
        source: "填报",
      });
    for (const [place, { party }] of (node.leaf?.raters ?? []).entries())
      ratings.push({
        node: node.id,
        party,
        rater: "r1",
        judgement:
          rule.kind === "rubric"
            ? { kind: "rubric", level: "ABC"[(level + place) % 3] ?? "A" }
            : rule.kind === "yesNo"
              ? { kind: "yesNo", isMet: (level + place) % 2 === 0 }
              : { kind: "survey", satisfied: (level + place) % 30, answers: 30 },
      });
  }
  return { evidence: { ...noEvidence, figures }, ratings };
}

describe("whatever is put in", () => {
  test("points stay within bounds, and no NaN comes out", () => {
    fc.assert(
      fc.property(anyCase, ({ scheme, input }) => {
        const card = scoreScheme(scheme, input.evidence, input.ratings);
        for (const { points, low, high, maximum } of everyNode(card)) {
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(maximum + slack);
          expect(low).toBeLessThanOrEqual(high + slack);
          if (points === null) continue;
          expect(points).toBeGreaterThanOrEqual(low - slack);
          expect(points).toBeLessThanOrEqual(high + slack);
        }
        canonicalText({ ...card, unusedRatings: [] }); // throws on NaN; unused ratings quote what was put in
      }),
      { numRuns: 300 },
    );
  });

  test("the order of the input does not matter", () => {
    fc.assert(
      fc.property(anyCase, fc.infiniteStream(fc.nat()), ({ scheme, input }, keys) => {
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((value) => ({ value, key: keys.next().value ?? 0 }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ value }) => value);
        const { documents, figures, exemptions, vetoes } = input.evidence;
        const other = {
          documents: shuffled(documents),
          figures: shuffled(figures),
          exemptions: shuffled(exemptions),
          vetoes: shuffled(vetoes),
        };
        expect(scoreScheme(scheme, other, shuffled(input.ratings))).toEqual(
          scoreScheme(scheme, input.evidence, input.ratings),
        );
      }),
      { numRuns: 200 },
    );
  });

  test("open points always have a reason", () => {
    fc.assert(
      fc.property(anyCase, ({ scheme, input }) => {
        for (const node of scoreScheme(scheme, input.evidence, input.ratings).nodes) {
          const hasReason = node.gaps.some(({ effect }) => effect === "open");
          expect(node.points === null && node.isApplicable).toBe(hasReason);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("missing input", () => {
  test("never moves points outside the bounds that stood before it came in", () => {
    fc.assert(
      fc.property(
        anyScheme,
        fc.infiniteStream(fc.nat({ max: 12 })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (scheme, stream, kept) => {
          const choices = scheme.nodes.map(() => stream.next().value ?? 0);
          const { evidence, ratings } = completeInput(scheme, (index) => choices[index] ?? 0);
          const some = scoreScheme(
            scheme,
            { ...evidence, figures: evidence.figures.slice(0, Math.floor(evidence.figures.length * kept)) },
            ratings.slice(0, Math.floor(ratings.length * kept)),
          );
          const all = scoreScheme(scheme, evidence, ratings);
          expect(all.points).not.toBeNull();
          const before = new Map(everyNode(some).map((node) => [node.id, node]));
          for (const { id, points, low, high } of everyNode(all)) {
            expect(points).toBeGreaterThanOrEqual((before.get(id)?.low ?? 0) - slack);
            expect(points).toBeLessThanOrEqual((before.get(id)?.high ?? 0) + slack);
            expect(low).toBeCloseTo(high, 9);
          }
          // a band that was certain stays, unless something stood in for what was missing
          const isFilled = [...some.nodes, some].some(({ rescaled }) => rescaled.length > 0);
          const isZeroed = some.nodes.some(({ gaps }) => gaps.some(({ effect }) => effect === "zero"));
          if (isFilled || isZeroed) return;
          if (some.bandByPoints !== null) expect(all.bandByPoints).toBe(some.bandByPoints);
          if (some.band !== null) expect(all.band).toBe(some.band);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("leaves what is certain: the stand-in for a part never falls below it", () => {
    const parts = [
      { id: "a", weight: 1, share: 0, low: 0, high: 0 },
      { id: "b", weight: 1, share: null, low: 0.4, high: 0.9 },
    ];
    expect(weigh(parts, "rescale", 0.5)).toMatchObject({ share: 0.2, low: 0.2, high: 0.45, standIn: 0 });
    expect(weigh(parts, "rescale", 0.51)).toMatchObject({ share: null, standIn: null });
    expect(weigh(parts, "gap", 0.5)).toMatchObject({ share: null, standIn: null });
  });

  test("is scaled up only where the scheme says so", () => {
    fc.assert(
      fc.property(anyCase, ({ scheme, input }) => {
        const card = scoreScheme(scheme, input.evidence, input.ratings);
        for (const [index, node] of scheme.nodes.entries()) {
          const rule = node.leaf ? node.missing.rater : node.missing.child;
          const score = card.nodes[index];
          if (rule === "gap") expect(score?.rescaled).toEqual([]);
          if (node.missing.figure === "gap") expect(score?.gaps.some(({ effect }) => effect === "zero")).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("points of children", () => {
  test("sum to the points of their parent when all is there", () => {
    fc.assert(
      fc.property(anyScheme, fc.infiniteStream(fc.nat({ max: 12 })), (scheme, stream) => {
        const { evidence, ratings } = completeInput(scheme, () => stream.next().value ?? 0);
        const card = scoreScheme(scheme, evidence, ratings);
        for (const { id, points } of everyNode(card)) {
          const parent = id === scheme.id ? null : id;
          const below = scheme.nodes.filter((node) => node.parent === parent).map((node) => node.id);
          if (below.length === 0) continue;
          const sum = card.nodes
            .filter((node) => below.includes(node.id))
            .reduce((total, node) => total + (node.points ?? NaN), 0);
          expect(sum).toBeCloseTo(points ?? NaN, 9);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("a trail", () => {
  test("leads to the points of its node, or says what is missing", () => {
    fc.assert(
      fc.property(anyCase, ({ scheme, input }) => {
        const card = scoreScheme(scheme, input.evidence, input.ratings);
        for (const { id, points, maximum } of everyNode(card)) {
          const trail = explainNode(scheme, card, id);
          expect(trail?.value).toBe(points);
          expect(trail?.gap === null).toBe(points !== null);
          if (points === null) continue;
          expect((maximum * (trail?.numerator ?? NaN)) / (trail?.denominator ?? NaN)).toBeCloseTo(points, 9);
        }
        expect(explainNode(scheme, card, "nowhere")).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});

test("a whole without parts is open", () => {
  expect(weigh([], "rescale", 0.5)).toMatchObject({ share: null, low: 0, high: 1 });
});
