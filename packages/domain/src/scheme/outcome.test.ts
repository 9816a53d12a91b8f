import { schemeAt } from "@xingfu/standards";
import { describe, expect, it } from "vitest";
import {
  concernsOf,
  countBands,
  disagreementsOf,
  distributionsOf,
  noEvidence,
  planAssignments,
  scoreScheme,
  strengthsOf,
  weakAreasOf,
} from "./index.ts";
import type { Rating, Scheme } from "./index.ts";

const scheme = schemeAt("example-compulsory", "2025-10-01") as Scheme;
const rated = (level: string, more: Readonly<Record<string, string>> = {}, self = level): Rating[] =>
  scheme.nodes.flatMap((node) =>
    (node.leaf?.raters ?? []).flatMap(({ party, rule }): Rating[] => {
      const judgement =
        rule.kind === "survey"
          ? ({ kind: "survey", satisfied: 95, answers: 100 } as const)
          : ({ kind: "rubric", level: party === "self" ? self : (more[node.id] ?? level) } as const);
      return [{ node: node.id, party, rater: "r", judgement }];
    }),
  );
const cardOf = (ratings: readonly Rating[]) => scoreScheme(scheme, noEvidence, ratings);

describe("what a scorecard tells", () => {
  it("names strengths by share, and concerns by points lost", () => {
    const card = cardOf(rated("A", { B3: "D", C1: "D" }));
    expect(strengthsOf(scheme, card)).toHaveLength(5);
    expect(strengthsOf(scheme, card)).not.toContain("B3");
    expect(concernsOf(scheme, card)).toEqual(["B3", "C1"]);
    expect(concernsOf(scheme, cardOf(rated("A")))).toEqual([]);
  });

  it("says nothing of a leaf that is open", () => {
    const card = cardOf([]);
    expect(strengthsOf(scheme, card)).toEqual([]);
    expect(concernsOf(scheme, card)).toEqual([]);
    expect(weakAreasOf(scheme, card)).toEqual([]);
    expect(disagreementsOf(scheme, card)).toEqual([]);
  });

  it("shows where parties stand apart", () => {
    const card = cardOf(rated("A", { B3: "D", B6: "D" }, "A"));
    const apart = disagreementsOf(scheme, card).find(({ place }) => place === "B6");
    expect(
      disagreementsOf(scheme, card)
        .map(({ place }) => place)
        .toSorted(),
    ).toEqual(["B3", "B6"]);
    // on B6 satisfied pupils and parents stand against the commission: 1 − 0.3
    expect(apart).toMatchObject({ place: "B6", parties: { lowest: "commission", spread: expect.closeTo(0.7, 9) } });
  });

  it("describes no node by fewer than ten schools", () => {
    const few = Array.from({ length: 9 }, () => cardOf(rated("B")));
    expect(
      distributionsOf(scheme, few).every(
        ({ quartiles, low, selfMean }) => quartiles === null && low === null && selfMean === null,
      ),
    ).toBe(true);
    const levels = ["A", "A", "A", "B", "B", "B", "B", "C", "C", "D"];
    const node = distributionsOf(
      scheme,
      levels.map((level) => cardOf(rated(level))),
    ).find(({ id }) => id === "B3");
    // type 7 on 0.3 0.6 0.6 0.8 0.8 0.8 0.8 1 1 1
    expect(node?.quartiles?.map((value) => Number(value.toFixed(9)))).toEqual([0.65, 0.8, 0.95]);
    expect(node?.low).toBe(1);
  });

  it("counts bands with the uncertain apart", () => {
    const counts = countBands(scheme, [{ band: "good" }, { band: null }, { band: "good" }]);
    expect(counts.find(({ band }) => band === "good")?.schools).toBe(2);
    expect(counts.at(-1)).toMatchObject({ band: null, schools: 1 });
  });
});

describe("a plan of assignments", () => {
  const schools = Array.from({ length: 40 }, (_, index) => `s${String(index).padStart(2, "0")}`);
  const inspectors = Array.from({ length: 8 }, (_, index) => index + 1);
  const plan = (more: Partial<Parameters<typeof planAssignments>[0]> = {}) =>
    planAssignments({ schools, inspectors, ratersPerSchool: 2, mustNot: () => false, taken: [], seed: 1, ...more });
  const load = (pairs: readonly { readonly inspector: number }[]) =>
    inspectors.map((inspector) => pairs.filter((pair) => pair.inspector === inspector).length);

  it("shares the schools out evenly and joins all inspectors", () => {
    const { pairs, short, connectedGroups } = plan();
    expect(load(pairs)).toEqual([10, 10, 10, 10, 10, 10, 10, 10]);
    expect(short).toEqual([]);
    expect(connectedGroups).toBe(1);
  });

  it("does not depend on the order of its input", () => {
    const turned = plan({ schools: schools.toReversed(), inspectors: inspectors.toReversed() });
    expect(turned.pairs.toSorted((a, b) => a.school.localeCompare(b.school))).toEqual(
      plan().pairs.toSorted((a, b) => a.school.localeCompare(b.school)),
    );
  });

  it("never assigns whom it must not, and says where too few are free", () => {
    const { pairs, short } = plan({ mustNot: (inspector, school) => school === "s00" && inspector > 1 });
    expect(pairs.filter(({ school }) => school === "s00").map(({ inspector }) => inspector)).toEqual([1]);
    expect(short).toEqual([{ school: "s00", missing: 1 }]);
    expect(Math.max(...load(pairs)) - Math.min(...load(pairs))).toBeLessThanOrEqual(1);
  });

  it("counts what is assigned already and plans only the rest", () => {
    const taken = [{ school: "s00", inspector: 3 }];
    const { pairs } = plan({ taken });
    expect(pairs.filter(({ school }) => school === "s00")).toHaveLength(1);
    expect(load([...pairs, ...taken])).toEqual([10, 10, 10, 10, 10, 10, 10, 10]);
  });
});
