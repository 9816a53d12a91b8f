/** Random schemes and inputs for property tests; built as files and compiled, so that only possible schemes occur. */
import type { Scheme } from "@xingfu/standards";
import * as fc from "fast-check";
import type { Evidence, Rating } from "../index.ts";
import { compiled } from "./written.ts";

const parties = ["self", "commission", "parents", "teachers"] as const;

interface LeafPlan {
  readonly points: number;
  readonly kind: "rubric" | "yesNo" | "survey" | "bands" | "count" | "grade";
  readonly mayNotApply: boolean;
  readonly weights: readonly number[];
}

const leaf: fc.Arbitrary<LeafPlan> = fc.record({
  points: fc.integer({ min: 1, max: 20 }),
  kind: fc.constantFrom("rubric", "yesNo", "survey", "bands", "count", "grade"),
  mayNotApply: fc.boolean(),
  weights: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }).filter((w) => w.some((x) => x > 0)),
});

function ruleOf(kind: LeafPlan["kind"], figure: string, points: number): unknown {
  const source = { key: figure, label: "指标" };
  switch (kind) {
    case "rubric":
      return {
        kind,
        levels: [
          { id: "A", label: "优", share: 1 },
          { id: "B", label: "良", share: 0.7 },
          { id: "C", label: "差", share: 0 },
        ],
      };
    case "yesNo":
      return kind;
    case "survey":
      return { kind, minAnswers: 10, zeroAt: 0.3, fullAt: 0.9 };
    case "bands":
      return {
        kind,
        figure: source,
        bands: [
          { atLeast: 10, share: 1 },
          { atLeast: 5, share: 0.4 },
        ],
        otherwise: 0.1,
      };
    case "count":
      return { kind, figure: source, each: points / 7 };
    case "grade":
      return {
        kind,
        figure: source,
        grades: [
          { id: "A", label: "高", share: 0.9 },
          { id: "B", label: "低", share: 0.2 },
        ],
      };
  }
}

/** A scheme of one to four areas with one to four leaves each. */
export const anyScheme: fc.Arbitrary<Scheme> = fc
  .record({
    areas: fc.array(fc.array(leaf, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
    rater: fc.constantFrom("gap", "rescale"),
    figure: fc.constantFrom("gap", "zero"),
    child: fc.constantFrom("gap", "rescale"),
    presentAtLeast: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
  })
  .map(({ areas, ...missing }) => {
    const written = areas.map((leaves, a) => ({
      id: `a${a}`,
      label: "重点内容",
      points: leaves.reduce((sum, { points }) => sum + points, 0),
      children: leaves.map(({ points, kind, mayNotApply, weights }, index) => {
        const id = `a${a}.${index}`;
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return {
          id,
          label: "要点",
          points,
          rule: ruleOf(kind, `f-${id}`, points),
          evidence: { plan: "规划", record: "记录" },
          ...(mayNotApply ? { mayNotApply: "不适用的学校" } : {}),
          ...(kind === "bands" || kind === "count" || kind === "grade"
            ? {}
            : { raters: Object.fromEntries(weights.map((weight, party) => [parties[party] ?? "", weight / total])) }),
        };
      }),
    }));
    return compiled({
      id: "random",
      version: "1",
      title: "随机方案",
      districtRule: true,
      points: written.reduce((sum, { points }) => sum + points, 0),
      parties: Object.fromEntries(parties.map((party) => [party, "主体"])),
      methods: ["documentReview"],
      missing,
      areas: written,
      bands: [
        { id: "good", label: "良好", atLeast: 0.6 },
        { id: "fair", label: "一般", atLeast: 0 },
      ],
      gates: [{ id: "first", label: "第一项", node: "a0", atLeast: 0.5, band: "fair" }],
      vetoes: [{ id: "v", label: "否决", band: "fair" }],
      flagSelfAbove: 0.2,
      effectiveFrom: "2026-01-01",
      tag: "D",
      source: "随机",
      checkedOn: "2026-01-01",
    });
  });

export interface Input {
  readonly evidence: Evidence;
  readonly ratings: readonly Rating[];
}

const judgement: fc.Arbitrary<Rating["judgement"]> = fc.oneof(
  fc.record({ kind: fc.constant("rubric" as const), level: fc.constantFrom("A", "B", "C", "Z") }),
  fc.record({ kind: fc.constant("yesNo" as const), isMet: fc.boolean() }),
  fc.record({
    kind: fc.constant("survey" as const),
    satisfied: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(NaN, -1, 0.5, Infinity)),
    answers: fc.integer({ min: 0, max: 40 }),
  }),
);

/** Whatever may be sent in for a scheme, sane or not. */
export function anyInput(scheme: Scheme): fc.Arbitrary<Input> {
  const node = fc.constantFrom(...scheme.nodes.map(({ id }) => id), "nowhere");
  const figures = scheme.nodes.map(({ id }) => `f-${id}`);
  return fc.record({
    ratings: fc.array(
      fc.record({ node, party: fc.constantFrom(...parties, "nobody"), rater: fc.constantFrom("r1", "r2"), judgement }),
      { maxLength: 60 },
    ),
    evidence: fc.record({
      documents: fc.array(fc.record({ node, item: fc.constantFrom("plan", "record", "other") }), { maxLength: 20 }),
      figures: fc.array(
        fc.record({
          key: fc.constantFrom(...figures),
          value: fc.oneof(
            fc.constant(null),
            fc.integer({ min: -2, max: 20 }),
            fc.constantFrom("A", "B", "Z", NaN, Infinity, -Infinity, 1e308),
          ),
          source: fc.constantFrom("填报", "balance"),
        }),
        { maxLength: 20 },
      ),
      exemptions: fc.array(fc.record({ node, reason: fc.constant("寄宿") }), { maxLength: 2 }),
      vetoes: fc.array(
        fc.record({ veto: fc.constantFrom("v", "w"), hasOccurred: fc.constantFrom(true, false, null) }),
        { maxLength: 3 },
      ),
    }),
  });
}

/** A scheme and an input for it. */
export const anyCase: fc.Arbitrary<{ readonly scheme: Scheme; readonly input: Input }> = anyScheme.chain((scheme) =>
  anyInput(scheme).map((input) => ({ scheme, input })),
);
