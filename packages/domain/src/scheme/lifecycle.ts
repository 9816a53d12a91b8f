/**
 * The stages of one evaluation: who may move it, by when, and what each side sees. One machine for everything that is
 * evaluated by a scheme, written as two tables.
 */

/** 已计划 自评中 已提交 已审阅 现场评估 已合议 已反馈 申诉中 已裁定 已公布, in the order of an evaluation without detours */
export const evaluationStates = [
  "planned",
  "selfEvaluation",
  "submitted",
  "reviewed",
  "onSite",
  "moderated",
  "feedback",
  "appeal",
  "decided",
  "published",
] as const;
export type EvaluationState = (typeof evaluationStates)[number];

/** Who moves an evaluation: 学校, 区教委, 督学 */
export const movers = ["school", "commission", "inspector"] as const;
export type Mover = (typeof movers)[number];

/** Condition of time a move has beside its mover. */
type Timing =
  | "any"
  /** up to and including the last day of the self-evaluation */
  | "untilSelfEvaluationEnds"
  /** once that day is over */
  | "afterSelfEvaluation"
  /** up to and including the last day for appeals */
  | "untilAppealEnds"
  /** once that day is over, or at once where the scheme has no appeal */
  | "afterAppeal";

export interface EvaluationMove {
  readonly from: EvaluationState;
  readonly to: EvaluationState;
  readonly by: readonly Mover[];
  readonly timing: Timing;
  /** the move must say why; the reason goes into the audit and to the other side */
  readonly needsReason: boolean;
}

const move = (
  from: EvaluationState,
  to: EvaluationState,
  by: readonly Mover[],
  timing: Timing = "any",
  needsReason = false,
): EvaluationMove => ({ from, to, by, timing, needsReason });

/** Every move there is. No way leads out of "published" but its withdrawal: a correction is decided again, in the open. */
export const evaluationMoves: readonly EvaluationMove[] = [
  move("planned", "selfEvaluation", ["commission"]),
  move("selfEvaluation", "submitted", ["school"], "untilSelfEvaluationEnds"),
  // a school that hands nothing in does not hold up the round
  move("selfEvaluation", "submitted", ["commission"], "afterSelfEvaluation", true),
  move("submitted", "selfEvaluation", ["commission"], "any", true),
  move("submitted", "reviewed", ["commission", "inspector"]),
  move("reviewed", "onSite", ["commission", "inspector"]),
  move("reviewed", "moderated", ["commission"], "any", true), // no visit
  move("onSite", "moderated", ["commission"]),
  move("moderated", "onSite", ["commission"], "any", true), // another look
  move("moderated", "feedback", ["commission"]),
  move("feedback", "appeal", ["school"], "untilAppealEnds", true),
  move("feedback", "decided", ["school"]), // the school accepts
  move("feedback", "decided", ["commission"], "afterAppeal"),
  move("appeal", "moderated", ["commission"], "any", true), // upheld
  move("appeal", "decided", ["commission"], "any", true), // answered
  move("decided", "published", ["commission"]),
  move("published", "decided", ["commission"], "any", true), // withdrawn
];

/** Where one school's evaluation stands. */
export interface Standing {
  readonly state: EvaluationState;
  /** last day, ISO date; null = no limit */
  readonly selfEvaluationUntil: string | null;
  /** last day for an appeal, ISO date; null before feedback, and where the scheme has no appeal */
  readonly appealUntil: string | null;
}

export interface MoveRequest {
  readonly to: EvaluationState;
  readonly by: Mover;
  /** instant of the server's clock, ISO with offset; never of a device */
  readonly at: string;
  readonly reason: string;
}

export type MoveRefusal =
  /** no such move exists from here */
  | "noSuchMove"
  /** it exists, but another side makes it */
  | "notTheirMove"
  | "tooLate"
  | "tooEarly"
  | "reasonMissing"
  /** the scheme has no appeal */
  | "noAppeal"
  /** `at` is no instant */
  | "badTime";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The day in China (UTC+8 all year) on which an instant falls, ISO date; null when the text is no instant. */
export function dayInChina(at: string): string | null {
  const instant = /(Z|[+-]\d{2}:\d{2})$/.test(at) ? Date.parse(at) : NaN;
  return Number.isNaN(instant) ? null : new Date(instant + 8 * hourMs).toISOString().slice(0, 10);
}

/** Why a move is refused; null when it may be made. */
export function refuseMove(standing: Standing, { to, by, at, reason }: MoveRequest): MoveRefusal | null {
  const day = dayInChina(at);
  if (day === null) return "badTime";
  const moves = evaluationMoves.filter((candidate) => candidate.from === standing.state && candidate.to === to);
  if (moves.length === 0) return "noSuchMove";
  const own = moves.find((candidate) => candidate.by.includes(by));
  if (!own) return "notTheirMove";
  const late = refuseTiming(own.timing, standing, day);
  if (late !== null) return late;
  return own.needsReason && reason.trim() === "" ? "reasonMissing" : null;
}

/** Deadlines are whole days in China and include their last day. */
function refuseTiming(timing: Timing, { selfEvaluationUntil, appealUntil }: Standing, day: string): MoveRefusal | null {
  switch (timing) {
    case "any":
      return null;
    case "untilSelfEvaluationEnds":
      return selfEvaluationUntil !== null && day > selfEvaluationUntil ? "tooLate" : null;
    case "afterSelfEvaluation":
      return selfEvaluationUntil === null || day <= selfEvaluationUntil ? "tooEarly" : null;
    case "untilAppealEnds":
      if (appealUntil === null) return "noAppeal";
      return day > appealUntil ? "tooLate" : null;
    case "afterAppeal":
      return appealUntil !== null && day <= appealUntil ? "tooEarly" : null;
  }
}

/**
 * The evaluation after a move. Feedback opens the time for appeals: `appealDays` days after the day it is given.
 *
 * @param appealDays  of the scheme; null = no appeal
 * @returns where it stands then, or why the move is refused
 */
export function moveEvaluation(
  standing: Standing,
  request: MoveRequest,
  appealDays: number | null,
):
  | { readonly standing: Standing; readonly refusal: null }
  | { readonly standing: null; readonly refusal: MoveRefusal } {
  const refusal = refuseMove(standing, request);
  if (refusal !== null) return { standing: null, refusal };
  if (request.to !== "feedback") return { standing: { ...standing, state: request.to }, refusal: null };
  const appealUntil =
    appealDays === null
      ? null
      : (dayInChina(new Date(Date.parse(request.at) + appealDays * dayMs).toISOString()) ?? null);
  return { standing: { ...standing, state: "feedback", appealUntil }, refusal: null };
}

/** Moves a side can make at an instant, those that only lack a reason included. */
export function openMoves(standing: Standing, by: Mover, at: string): readonly EvaluationMove[] {
  return evaluationMoves.filter(
    (candidate) =>
      candidate.by.includes(by) &&
      candidate.from === standing.state &&
      refuseMove(standing, { to: candidate.to, by, at, reason: "given" }) === null,
  );
}

/** Who looks. A reader (leader, head of a group) sees what was fed back to the school; the public what is published. */
export const viewers = ["school", "commission", "inspector", "reader", "public"] as const;
export type Viewer = (typeof viewers)[number];

/** What there is to see of one evaluation. An inspector always sees his own ratings; these are everybody's. */
export const materials = [
  "selfRating",
  "externalRatings",
  "raterNames",
  "surveyResults",
  "scorecard",
  "band",
  "appeal",
  "decision",
] as const;
export type Material = (typeof materials)[number];

/**
 * The state from which on a side sees a material; null = never. Inspectors see nobody else's ratings until all have rated;
 * schools never learn who rated what.
 */
export const visibleFrom: Readonly<Record<Material, Readonly<Record<Viewer, EvaluationState | null>>>> = {
  selfRating: {
    school: "selfEvaluation",
    commission: "submitted",
    inspector: "submitted",
    reader: "feedback",
    public: null,
  },
  externalRatings: {
    school: "feedback",
    commission: "submitted",
    inspector: "moderated",
    reader: "feedback",
    public: null,
  },
  raterNames: { school: null, commission: "planned", inspector: "moderated", reader: null, public: null },
  surveyResults: {
    school: "feedback",
    commission: "submitted",
    inspector: "moderated",
    reader: "feedback",
    public: null,
  },
  scorecard: { school: "feedback", commission: "reviewed", inspector: "moderated", reader: "feedback", public: null },
  band: {
    school: "feedback",
    commission: "moderated",
    inspector: "moderated",
    reader: "feedback",
    public: "published",
  },
  appeal: { school: "appeal", commission: "appeal", inspector: "decided", reader: "decided", public: null },
  decision: { school: "decided", commission: "decided", inspector: "decided", reader: "decided", public: "published" },
};

/** Whether a side sees a material while the evaluation is in a state. After a step back it is hidden again. */
export function sees(viewer: Viewer, material: Material, state: EvaluationState): boolean {
  const from = visibleFrom[material][viewer];
  return from !== null && evaluationStates.indexOf(state) >= evaluationStates.indexOf(from);
}
