import { describe, expect, test } from "vitest";
import {
  dayInChina,
  materials,
  moveEvaluation,
  movers,
  openMoves,
  refuseMove,
  evaluationMoves,
  evaluationStates,
  sees,
} from "./index.ts";
import type { MoveRequest, Mover, Standing, EvaluationState, Viewer, Material } from "./index.ts";

const noon = "2026-05-10T12:00:00+08:00";
const standing = (state: EvaluationState, rest: Partial<Standing> = {}): Standing => ({
  state,
  selfEvaluationUntil: null,
  appealUntil: null,
  ...rest,
});
const ask = (to: EvaluationState, by: Mover, rest: Partial<MoveRequest> = {}): MoveRequest => ({
  to,
  by,
  at: noon,
  reason: "因故",
  ...rest,
});

/** Every move that may be made when no deadline stands in the way. */
const allowed = new Set([
  "planned → selfEvaluation by commission",
  "selfEvaluation → submitted by school",
  "submitted → selfEvaluation by commission",
  "submitted → reviewed by commission",
  "submitted → reviewed by inspector",
  "reviewed → onSite by commission",
  "reviewed → onSite by inspector",
  "reviewed → moderated by commission",
  "onSite → moderated by commission",
  "moderated → onSite by commission",
  "moderated → feedback by commission",
  "feedback → decided by school",
  "feedback → decided by commission",
  "appeal → moderated by commission",
  "appeal → decided by commission",
  "decided → published by commission",
  "published → decided by commission",
]);

describe("moves", () => {
  const all = evaluationStates.flatMap((from) =>
    evaluationStates.flatMap((to) => movers.map((by) => ({ from, to, by, name: `${from} → ${to} by ${by}` }))),
  );
  test("exactly these are allowed, and all others refused", () => {
    expect(
      all.filter(({ from, to, by }) => refuseMove(standing(from), ask(to, by)) === null).map(({ name }) => name),
    ).toEqual(all.map(({ name }) => name).filter((name) => allowed.has(name)));
  });

  test.each(evaluationMoves.filter(({ needsReason }) => needsReason))(
    "$from → $to needs a reason",
    ({ from, to, by }) => {
      const at = "2026-05-10T12:00:00+08:00";
      const place = standing(from, { selfEvaluationUntil: "2026-05-01", appealUntil: "2026-06-01" });
      const mover = by[0] ?? "school";
      expect(refuseMove(place, ask(to, mover, { at, reason: "  " }))).toBe("reasonMissing");
      expect(refuseMove(place, ask(to, mover, { at, reason: "理由" }))).toBeNull();
    },
  );

  test("a move of another side says so, and one that does not exist says that", () => {
    expect(refuseMove(standing("decided"), ask("published", "school"))).toBe("notTheirMove");
    expect(refuseMove(standing("decided"), ask("published", "commission"))).toBeNull();
    expect(refuseMove(standing("planned"), ask("published", "commission"))).toBe("noSuchMove");
  });

  test("the buttons of a side are the moves that would not be refused", () => {
    const place = standing("feedback", { appealUntil: "2026-05-10" });
    expect(openMoves(place, "school", noon).map(({ to }) => to)).toEqual(["appeal", "decided"]);
    expect(openMoves(place, "commission", noon)).toEqual([]);
    expect(openMoves(place, "commission", "2026-05-11T00:00:00+08:00").map(({ to }) => to)).toEqual(["decided"]);
    expect(openMoves(place, "school", "2026-05-11T00:00:00+08:00").map(({ to }) => to)).toEqual(["decided"]);
  });
});

describe("deadlines", () => {
  const place = standing("feedback", { appealUntil: "2026-05-10" });
  test.each([
    ["the last second of the last day in China", "2026-05-10T23:59:59+08:00", null],
    ["the same second in UTC", "2026-05-10T15:59:59Z", null],
    ["the first second after", "2026-05-11T00:00:00+08:00", "tooLate"],
    ["the same in UTC, still the tenth there", "2026-05-10T16:00:00Z", "tooLate"],
    ["a time without offset", "2026-05-10T12:00:00", "badTime"],
    ["no time", "tomorrow", "badTime"],
  ])("an appeal at %s", (_what, at, refusal) => {
    expect(refuseMove(place, ask("appeal", "school", { at }))).toBe(refusal);
  });

  test("the commission decides only when the time for appeals is over", () => {
    expect(refuseMove(place, ask("decided", "commission", { at: "2026-05-10T23:59:59+08:00" }))).toBe("tooEarly");
    expect(refuseMove(place, ask("decided", "commission", { at: "2026-05-11T00:00:00+08:00" }))).toBeNull();
  });

  test("without an appeal in the scheme nobody appeals and nobody waits", () => {
    expect(refuseMove(standing("feedback"), ask("appeal", "school"))).toBe("noAppeal");
    expect(refuseMove(standing("feedback"), ask("decided", "commission"))).toBeNull();
  });

  test("a school hands in until the last day, and the commission closes after it", () => {
    const running = standing("selfEvaluation", { selfEvaluationUntil: "2026-05-10" });
    const after = "2026-05-11T00:00:00+08:00";
    expect(refuseMove(running, ask("submitted", "school"))).toBeNull();
    expect(refuseMove(running, ask("submitted", "school", { at: after }))).toBe("tooLate");
    expect(refuseMove(running, ask("submitted", "commission"))).toBe("tooEarly");
    expect(refuseMove(running, ask("submitted", "commission", { at: after }))).toBeNull();
  });

  test("feedback sets the last day for appeals, and an upheld appeal sets it anew", () => {
    const late = "2026-02-20T23:30:00+08:00";
    const first = moveEvaluation(standing("moderated"), ask("feedback", "commission", { at: late }), 10);
    expect(first.standing).toEqual({ state: "feedback", selfEvaluationUntil: null, appealUntil: "2026-03-02" });
    expect(moveEvaluation(standing("moderated"), ask("feedback", "commission"), null).standing?.appealUntil).toBeNull();
    const again = moveEvaluation(
      standing("moderated", { appealUntil: "2026-03-02" }),
      ask("feedback", "commission"),
      5,
    );
    expect(again.standing?.appealUntil).toBe("2026-05-15");
  });

  test("a refused move changes nothing", () => {
    expect(moveEvaluation(place, ask("published", "commission"), 10)).toEqual({
      standing: null,
      refusal: "noSuchMove",
    });
  });

  test("a day in China begins at 16:00 UTC", () => {
    expect(dayInChina("2025-12-31T15:59:59.999Z")).toBe("2025-12-31");
    expect(dayInChina("2025-12-31T16:00:00Z")).toBe("2026-01-01");
    expect(dayInChina("2025-13-01T00:00:00Z")).toBeNull();
  });
});

test("a whole evaluation with an upheld appeal ends in publication", () => {
  const steps: [EvaluationState, Mover][] = [
    ["selfEvaluation", "commission"],
    ["submitted", "school"],
    ["reviewed", "inspector"],
    ["onSite", "inspector"],
    ["moderated", "commission"],
    ["feedback", "commission"],
    ["appeal", "school"],
    ["moderated", "commission"],
    ["feedback", "commission"],
    ["decided", "school"],
    ["published", "commission"],
  ];
  let place = standing("planned", { selfEvaluationUntil: "2026-05-10" });
  for (const [to, by] of steps) {
    const { standing: next, refusal } = moveEvaluation(place, ask(to, by), 10);
    expect(refusal, `${place.state} → ${to}`).toBeNull();
    if (next) place = next;
  }
  expect(place.state).toBe("published");
});

describe("what each side sees", () => {
  test.each<[Viewer, Material, EvaluationState, EvaluationState]>([
    // viewer, material, last state without it, first state with it
    ["school", "scorecard", "moderated", "feedback"],
    ["school", "externalRatings", "moderated", "feedback"],
    ["school", "selfRating", "planned", "selfEvaluation"],
    ["commission", "selfRating", "selfEvaluation", "submitted"],
    ["inspector", "externalRatings", "onSite", "moderated"],
    ["inspector", "surveyResults", "onSite", "moderated"],
    ["public", "band", "decided", "published"],
    ["public", "decision", "decided", "published"],
    ["school", "decision", "appeal", "decided"],
  ])("%s sees %s not in %s but in %s", (viewer, material, before, from) => {
    expect(sees(viewer, material, before)).toBe(false);
    expect(sees(viewer, material, from)).toBe(true);
  });

  test("no school ever sees who rated what, and the commission does", () => {
    expect(evaluationStates.some((state) => sees("school", "raterNames", state))).toBe(false);
    expect(evaluationStates.every((state) => sees("commission", "raterNames", state))).toBe(true);
  });

  test("the public sees nothing before publication, and only band and decision after it", () => {
    for (const state of evaluationStates)
      expect(materials.filter((material) => sees("public", material, state))).toEqual(
        state === "published" ? ["band", "decision"] : [],
      );
  });
});
