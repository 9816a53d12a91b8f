import { describe, expect, it } from "vitest";
import { dayAfter, daysBetween, lateOf } from "./index.ts";

const calendar = {
  selfEvaluationUntil: "2026-03-31",
  reviewUntil: "2026-04-30",
  onSiteUntil: "2026-05-31",
  appealDays: 10,
};
const late = (state: Parameters<typeof lateOf>[0]["state"], day: string, since: string | null = null) =>
  lateOf({ state, since }, calendar, day);

describe("lateness", () => {
  it("begins the day after the last", () => {
    expect(late("selfEvaluation", "2026-03-31")).toBeNull();
    expect(late("selfEvaluation", "2026-04-01")).toEqual({
      what: "selfEvaluation",
      whom: "school",
      due: "2026-03-31",
      days: 1,
    });
  });

  it("waits for inspectors from hand-in on", () => {
    expect(late("submitted", "2026-05-02")).toMatchObject({ what: "review", whom: "inspector", days: 2 });
    expect(late("reviewed", "2026-06-10")).toMatchObject({ what: "onSite", days: 10 });
    expect(late("onSite", "2026-06-10")).toMatchObject({ what: "onSite", days: 10 });
  });

  it("gives the commission as long for an answer as the school had", () => {
    // 23:30 in China on the 1st is the 1st
    expect(late("appeal", "2026-06-11", "2026-06-01T15:30:00Z")).toBeNull();
    expect(late("appeal", "2026-06-12", "2026-06-01T15:30:00Z")).toMatchObject({ due: "2026-06-11", days: 1 });
    expect(
      lateOf({ state: "appeal", since: "2026-06-01T15:30:00Z" }, { ...calendar, appealDays: null }, "2027-01-01"),
    ).toBeNull();
  });

  it("waits for nothing before the start and after moderation", () => {
    for (const state of ["planned", "moderated", "feedback", "decided", "published"] as const)
      expect(late(state, "2030-01-01")).toBeNull();
  });

  it("counts days over months and years", () => {
    expect(daysBetween("2025-12-31", "2026-03-01")).toBe(60);
    expect(dayAfter("2026-02-28", 1)).toBe("2026-03-01");
  });
});
