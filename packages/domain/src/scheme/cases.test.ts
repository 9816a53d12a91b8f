/** Runs every case of cases/*.yaml: cases an inspector can read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { noEvidence, scoreScheme } from "./index.ts";
import type { NodeScore, PartyScore, Scorecard } from "./index.ts";
import { compiled, evidenceOf, ratingsOf } from "./testing/written.ts";
import type { WrittenEvidence, WrittenJudgement, WrittenRating } from "./testing/written.ts";

function read<T>(name: string): T {
  return parse(readFileSync(join(import.meta.dirname, "cases", `${name}.yaml`), "utf8"));
}

interface RuleCases {
  rules: {
    rule: unknown;
    cases: {
      title: string;
      put: [string, string, WrittenJudgement][] | number | string | null;
      share: number | null;
      unused?: string[];
    }[];
  }[];
}
const oneLeaf = {
  id: "one",
  version: "1",
  title: "一个考查要点",
  districtRule: true,
  points: 10,
  parties: { commission: "区教委", teachers: "教师" },
  raters: { commission: 1 },
  methods: ["onSiteCheck"],
  effectiveFrom: "2026-01-01",
  tag: "D",
  source: "示例",
  checkedOn: "2026-01-01",
};

describe("rules", () => {
  const all = read<RuleCases>("rules").rules.flatMap(({ rule, cases }) => cases.map((one) => ({ ...one, rule })));
  test("there are cases for every kind", () => expect(all.length).toBeGreaterThan(30));
  test.each(all)("$title", ({ rule, put, share, unused = [] }) => {
    const scheme = compiled({ ...oneLeaf, areas: [{ id: "leaf", label: "要点", points: 10, rule }] });
    const card = Array.isArray(put)
      ? scoreScheme(
          scheme,
          noEvidence,
          ratingsOf(put.map(([party, rater, judgement]): WrittenRating => ["leaf", party, rater, judgement])),
        )
      : scoreScheme(scheme, evidenceOf({ figures: { x: put } }), []);
    if (share === null) expect(card.points).toBeNull();
    else expect(card.points).toBeCloseTo(share * 10, 12);
    expect(card.unusedRatings.map(({ why }) => why)).toEqual(unused);
    expect(card.nodes[0]?.gaps.length).toBe(share === null ? 1 : 0);
  });
});

type Expected = Partial<Omit<Scorecard, "nodes" | "parties" | "limits" | "ignored">> & {
  nodes?: Record<string, Partial<NodeScore>>;
  /** points, out of, asked */
  parties?: Record<string, [number | null, number, number]>;
  limits?: Record<string, string>;
  /** "kind id why" */
  ignored?: string[];
  /** "node party effect why" */
  gaps?: string[];
};
interface SchemeCases {
  scheme: Record<string, unknown>;
  cases: (WrittenEvidence & {
    title: string;
    change?: Record<string, unknown>;
    ratings: WrittenRating[];
    expect: Expected;
  })[];
}

/** Numbers within 1e-8, everything else exactly, members not named left aside. */
function expectClose(found: unknown, expected: unknown, place: string): void {
  if (typeof expected === "number") {
    expect(found, place).toBeTypeOf("number");
    expect(found, place).toBeCloseTo(expected, 8);
  } else if (typeof expected === "object" && expected !== null && !Array.isArray(expected))
    for (const [key, value] of Object.entries(expected))
      expectClose((found as Record<string, unknown> | null)?.[key], value, `${place}.${key}`);
  else expect(found, place).toEqual(expected);
}

for (const name of ["missing", "limits", "parties"]) {
  describe(`cases of ${name}`, () => {
    const { scheme, cases } = read<SchemeCases>(name);
    test.each(cases)("$title", ({ change, ratings, expect: expected, ...evidence }) => {
      const card = scoreScheme(compiled({ ...scheme, ...change }), evidenceOf(evidence), ratingsOf(ratings));
      const { nodes = {}, parties = {}, limits = {}, ignored, gaps, ...whole } = expected;
      expectClose(card, whole, "card");
      for (const [id, node] of Object.entries(nodes))
        expectClose(
          card.nodes.find((score) => score.id === id),
          node,
          id,
        );
      for (const [id, columns] of Object.entries(parties)) {
        const party: PartyScore | undefined = card.parties.find((score) => score.party === id);
        expectClose({ ...[party?.points, party?.outOf, party?.asked] }, { ...columns }, id);
      }
      for (const [id, verdict] of Object.entries(limits))
        expect(card.limits.find((limit) => limit.id === id)?.verdict, id).toBe(verdict);
      if (ignored) expect(card.ignored.map(({ kind, id, why }) => `${kind} ${id} ${why}`)).toEqual(ignored);
      if (gaps)
        expect(
          card.nodes
            .flatMap((node) => node.gaps)
            .map((gap) => `${gap.node} ${gap.party ?? "-"} ${gap.effect} ${gap.gap.why}`),
        ).toEqual(gaps);
    });
  });
}

describe("a scheme written by hand", () => {
  const text = readFileSync(join(import.meta.dirname, "cases/hand-written.yaml"), "utf8");

  test("is about 23 lines long, compiles and scores", () => {
    expect(text.trim().split("\n").length).toBeLessThanOrEqual(23);
    const scheme = compiled(parse(text));
    const card = scoreScheme(
      scheme,
      evidenceOf({ documents: ["plan/text"], figures: { clubs: 8 } }),
      ratingsOf([
        ["plan", "commission", "r1", "B"],
        ["report", "commission", "r1", true],
        ["voice", "parents", "all", [160, 200]],
      ]),
    );
    // 30 × 0.8 + 20 + 30 × (0.8 − 0.6) ÷ 0.3 + 8 × 2
    expect(card.points).toBeCloseTo(80, 12);
    expect(card.band).toBe("good");
    expect(card.evidence).toEqual({ asked: 3, present: 2 });
  });
});
