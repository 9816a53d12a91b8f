import { describe, expect, it } from "vitest";
import { countedRatings, moderatedRater } from "./index.ts";
import type { ReviewEntry } from "./index.ts";

const look = (level: string | null, more: Partial<ReviewEntry> = {}): ReviewEntry => ({
  node: "B1",
  party: "commission",
  rater: "a1",
  method: "documentReview",
  judgement: level === null ? null : { kind: "rubric", level },
  revisedAt: "2026-03-01T01:00:00.000Z",
  isCounted: true,
  ...more,
});
const levels = (entries: readonly ReviewEntry[]) =>
  countedRatings(entries, []).map(({ rater, judgement }) => [rater, judgement.kind === "rubric" && judgement.level]);

describe("which look counts", () => {
  it("takes one of each inspector", () => {
    expect(levels([look("A"), look("B", { rater: "a2" })])).toEqual([
      ["a1", "A"],
      ["a2", "B"],
    ]);
  });

  it("lets what was seen at the school take the place of the papers, whenever it was saved", () => {
    const seen = look("C", { method: "onSiteCheck", revisedAt: "2026-02-01T01:00:00.000Z" });
    expect(levels([look("A"), seen])).toEqual([["a1", "C"]]);
    expect(levels([seen, look("A")])).toEqual([["a1", "C"]]);
  });

  it("takes the look at the school that was revised last", () => {
    const early = look("C", { method: "onSiteCheck" });
    const late = look("B", { method: "observation", revisedAt: "2026-03-02T01:00:00.000Z" });
    expect(levels([late, early])).toEqual([["a1", "B"]]);
    // at the same instant the order of input decides nothing
    const same = look("D", { method: "observation" });
    expect(levels([early, same])).toEqual(levels([same, early]));
  });

  it("rates nothing by words, by interviews or by what was kept apart", () => {
    expect(levels([look(null), look("A", { method: "interview" }), look("A", { isCounted: false })])).toEqual([]);
  });

  it("puts what was settled in the place of the party's ratings on that leaf", () => {
    const settled = { node: "B1", party: "commission", judgement: { kind: "rubric", level: "D" } } as const;
    expect(countedRatings([look("A"), look("B", { node: "B2" })], [settled])).toEqual([
      { node: "B2", party: "commission", rater: "a1", judgement: { kind: "rubric", level: "B" } },
      { ...settled, rater: moderatedRater },
    ]);
  });
});
