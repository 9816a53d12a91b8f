/** The schemes that ship score as they are: full input earns all points, no input leaves everything open. */
import { schemeAt } from "@xingfu/standards";
import type { JudgementRule, Rule, Scheme } from "@xingfu/standards";
import { describe, expect, test } from "vitest";
import { explainNode, noEvidence, scoreScheme } from "./index.ts";
import type { Evidence, Judgement, Rating } from "./index.ts";

const ids = ["compulsory", "senior", "kindergarten", "vocational", "special"].map((kind) => `example-${kind}`);

function shipped(id: string): Scheme {
  const scheme = schemeAt(id, "2025-09-01");
  if (!scheme) throw new Error(`${id} is not shipped`);
  return scheme;
}

function bestJudgement(rule: JudgementRule): Judgement {
  if (rule.kind === "rubric") return { kind: "rubric", level: rule.levels[0]?.id ?? "" };
  if (rule.kind === "yesNo") return { kind: "yesNo", isMet: true };
  return { kind: "survey", satisfied: rule.minAnswers, answers: rule.minAnswers };
}

function bestFigure(rule: Rule): number | string | null {
  if (rule.kind === "grade") return rule.grades[0]?.id ?? null;
  if (rule.kind === "bands") return rule.bands[0]?.limit ?? null;
  return rule.kind === "count" ? rule.cap / rule.each : null;
}

function bestInput(scheme: Scheme): { evidence: Evidence; ratings: Rating[] } {
  const leaves = scheme.nodes.flatMap((node) => (node.leaf ? [{ id: node.id, leaf: node.leaf }] : []));
  return {
    ratings: leaves.flatMap(({ id, leaf }) =>
      leaf.raters.map(({ party, rule }) => ({ node: id, party, rater: "r1", judgement: bestJudgement(rule) })),
    ),
    evidence: {
      documents: leaves.flatMap(({ id, leaf }) => leaf.evidence.map((item) => ({ node: id, item: item.id }))),
      figures: leaves.flatMap(({ leaf }) =>
        "figure" in leaf.rule ? [{ key: leaf.rule.figure.key, value: bestFigure(leaf.rule), source: "示例" }] : [],
      ),
      exemptions: [],
      vetoes: scheme.vetoes.map(({ id }) => ({ veto: id, hasOccurred: false })),
    },
  };
}

describe.each(ids)("%s", (id) => {
  const scheme = shipped(id);
  const { evidence, ratings } = bestInput(scheme);

  test("the best of everything earns all points and the best band", () => {
    const card = scoreScheme(scheme, evidence, ratings);
    expect(card.points).toBeCloseTo(100, 9);
    expect(card.band).toBe("excellent");
    expect(card.nodes.flatMap((node) => node.gaps)).toEqual([]);
    expect(card.evidence.present).toBe(card.evidence.asked);
    expect(card.unusedRatings).toEqual([]);
    expect(card.ignored).toEqual([]);
    expect(explainNode(scheme, card, id)?.gap).toBeNull();
  });

  test("nothing put in is open from 0 to 100, and in no band", () => {
    const card = scoreScheme(scheme, noEvidence, []);
    expect(card).toMatchObject({ points: null, low: 0, high: 100, band: null, comparison: null });
    const open = card.nodes.flatMap((node) => node.gaps).filter((gap) => gap.effect === "open");
    expect(open.length).toBeGreaterThan(scheme.nodes.filter((node) => node.leaf !== null).length);
  });

  test("without the survey of parents the total stays open", () => {
    const isAsked = scheme.nodes.some((node) => node.leaf?.raters.some((rater) => rater.party === "parents"));
    const card = scoreScheme(
      scheme,
      evidence,
      ratings.filter(({ party }) => party !== "parents"),
    );
    expect(isAsked).toBe(true);
    expect(card.points).toBeNull();
    expect(card.high).toBeCloseTo(100, 9);
    expect(card.low).toBeLessThan(100);
  });
});
