/** Holds the engine to the worked example of docs/methods/scoring.md, and the page to the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { explainNode, scoreScheme } from "./index.ts";
import { compiled, evidenceOf, ratingsOf } from "./testing/written.ts";
import type { WrittenRating } from "./testing/written.ts";

interface Example {
  ratings: WrittenRating[];
  documents: string[];
  figures: Record<string, number>;
  nodes: Record<string, number>;
  total: number;
  band: string;
  evidence: object;
  comparison: { difference: number };
  withoutClubs: { low: number; high: number };
}

const page = readFileSync(join(import.meta.dirname, "../../../../docs/methods/scoring.md"), "utf8");
const example: Example = parse(/## Worked example[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "");
const scheme = compiled(parse(readFileSync(join(import.meta.dirname, "cases/hand-written.yaml"), "utf8")));
const { documents, figures } = example;
const card = scoreScheme(scheme, evidenceOf({ documents, figures }), ratingsOf(example.ratings));

test("every node of the worked example comes out as printed", () => {
  expect(Object.keys(example.nodes).toSorted()).toEqual(scheme.nodes.map(({ id }) => id).toSorted());
  for (const node of card.nodes) expect(node.points, node.id).toBeCloseTo(example.nodes[node.id] ?? NaN, 9);
  expect(card.points).toBeCloseTo(example.total, 9);
  expect(card.band).toBe(example.band);
  expect(card.evidence).toEqual(example.evidence);
  const { difference, ...rest } = example.comparison;
  expect(card.comparison).toMatchObject(rest);
  expect(card.comparison?.difference).toBeCloseTo(difference, 12);
});

test("the example with the figure missing is open between the printed bounds", () => {
  const open = scoreScheme(scheme, evidenceOf({ documents }), ratingsOf(example.ratings));
  const { low, high, ...rest } = example.withoutClubs;
  expect(open).toMatchObject(rest);
  expect(open.low).toBeCloseTo(low, 9);
  expect(open.high).toBeCloseTo(high, 9);
});

test("the trail of a node shows the printed sum", () => {
  expect(explainNode(scheme, card, "plan")).toMatchObject({
    formula: "30 × (1 × commission) ÷ 1",
    substituted: "30 × (1 × 0.9) ÷ 1",
    inputs: [{ item: "commission", value: 0.9, note: "mean of 2 raters" }],
    reference: "hand-written/plan",
    rulesVersion: "hand-written 2026.1",
    gap: null,
  });
  expect(explainNode(scheme, card, "hand-written")?.substituted).toBe("100 × (30 × 0.9 + 70 × 0.771429) ÷ 100");
  expect(explainNode(scheme, card, "clubs")?.inputs[0]).toEqual({ item: "clubs", value: 6, unit: "个", note: "test" });
});
