/** An evaluation as its pages are headed, and its moves: whether it is the time for one, and what goes with it. */

import type { Evaluation, RefusedMove } from "@xingfu/contract";
import { lateOf, moveEvaluation, openMoves, refuseMove } from "@xingfu/domain/scheme";
import type { EvaluationState, MoveRefusal, Mover, Standing } from "@xingfu/domain/scheme";
import {
  addAppeal,
  answerAppeal,
  keepPlatformFigures,
  listAppeals,
  listEvaluations,
  moveEvaluations,
  readEvaluation,
  storeResult,
} from "@xingfu/store";
import type { Appeal, EvaluationHead, Transaction } from "@xingfu/store";
import type { Assessments } from "../balance/assessments.ts";
import { chinaDay } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { Refusal } from "../refusal.ts";
import type { SignedIn } from "../session/sessions.ts";
import { figuresToKeep, heldFigures } from "./held.ts";
import { isDecided } from "./scored.ts";
import type { Scores } from "./scored.ts";

export function standingOf(head: EvaluationHead): Standing {
  return {
    state: head.state,
    selfEvaluationUntil: head.calendar.selfEvaluationUntil,
    appealUntil: head.appealUntil,
  };
}

/** @param now  the server's clock */
export function toEvaluation(head: EvaluationHead, now: Date): Evaluation {
  const at = now.toISOString();
  const late = lateOf(head, head.calendar, chinaDay(now));
  return {
    id: head.id,
    roundId: head.roundId,
    round: head.round,
    year: head.year,
    schoolCode: head.schoolCode,
    school: head.school,
    type: head.type,
    state: head.state,
    since: head.since,
    selfEvaluationUntil: head.calendar.selfEvaluationUntil,
    reviewUntil: head.calendar.reviewUntil,
    onSiteUntil: head.calendar.onSiteUntil,
    appealUntil: head.appealUntil,
    late: late === null ? null : { what: late.what, due: late.due, days: late.days },
    sides: [...head.sides],
    moves: head.sides.flatMap((side) =>
      openMoves(standingOf(head), side, at).map(({ to, needsReason }) => ({ to, by: side, needsReason })),
    ),
    revision: head.revision,
    isSample: head.isSample,
  };
}

/** What a move works with. */
export interface Mending {
  readonly store: Deps["store"];
  readonly assessments: Assessments;
  readonly scores: Scores;
  readonly now: () => Date;
}

interface Wanted {
  readonly to: EvaluationState;
  readonly reason: string;
}

/** The side of the actor that can make a move now, or why none can. */
function sideFor(
  head: EvaluationHead,
  { to, reason }: Wanted,
  at: string,
): { readonly side: Mover; readonly why: null } | { readonly side: null; readonly why: MoveRefusal } {
  let why: MoveRefusal = "notTheirMove";
  for (const side of head.sides) {
    const refusal = refuseMove(standingOf(head), { to, by: side, at, reason });
    if (refusal === null) return { side, why: null };
    if (refusal !== "notTheirMove") why = refusal;
  }
  return { side: null, why };
}

function refused(head: EvaluationHead, to: EvaluationState, why: MoveRefusal): Refusal<"EVALUATION_MOVE_REFUSED"> {
  const until = to === "appeal" ? head.appealUntil : to === "submitted" ? head.calendar.selfEvaluationUntil : null;
  return new Refusal("EVALUATION_MOVE_REFUSED", { from: head.state, to, why, until });
}

/**
 * Makes one move with all that belongs to it: the platform's figures are taken down at hand-in, an appeal and its answer
 * are kept, a decision stores the result.
 *
 * @param from  state the actor saw
 * @throws CHANGED_MEANWHILE when it is another by now; EVALUATION_MOVE_REFUSED with the reason
 */
export async function moveOne(
  deps: Mending,
  session: SignedIn,
  evaluationId: number,
  from: EvaluationState,
  wanted: Wanted & { readonly places?: readonly string[] },
): Promise<EvaluationHead> {
  const { store, scores } = deps;
  const before = await store.withActor(session.actor, (tx) => readEvaluation(tx, evaluationId));
  if (before.state !== from) throw changed();
  const held =
    wanted.to === "submitted" && from === "selfEvaluation"
      ? await heldFigures(deps, session, before.year, before.schoolCode)
      : [];
  return store.withActor(session.actor, async (tx) => {
    const head = await readEvaluation(tx, evaluationId);
    if (head.state !== from) throw changed();
    const at = deps.now().toISOString();
    const { side, why } = sideFor(head, wanted, at);
    if (side === null) throw refused(head, wanted.to, why);
    const keep = async (): Promise<void> => {
      const { scheme } = await scores.schemeOf(tx, head.roundId);
      await keepPlatformFigures(tx, head.id, figuresToKeep(scheme, held));
    };
    // the school may write until it has moved, the commission from then on
    if (held.length > 0 && side === "school") await keep();
    if (wanted.to === "appeal") await addAppeal(tx, head, wanted.places ?? [], wanted.reason);
    if (head.state === "appeal") await answerOpen(tx, head, wanted);
    const { standing } = moveEvaluation(
      standingOf(head),
      { to: wanted.to, by: side, at, reason: wanted.reason },
      head.calendar.appealDays,
    );
    const moved = await moveEvaluations(tx, [head], {
      to: wanted.to,
      side,
      reason: wanted.reason,
      appealUntil: standing?.appealUntil ?? null,
    });
    if (moved.length === 0) throw changed();
    if (held.length > 0 && side === "commission") await keep();
    const after = await readEvaluation(tx, evaluationId);
    if (wanted.to === "decided" && !isDecided(head.state)) await decide(tx, scores, after);
    return after;
  });
}

function changed(): Refusal<"CHANGED_MEANWHILE"> {
  return new Refusal("CHANGED_MEANWHILE", { what: "评估状态", by: null, at: null });
}

/** The move out of an appeal is its answer, unless it was answered already. */
async function answerOpen(tx: Transaction, head: EvaluationHead, { to, reason }: Wanted): Promise<void> {
  const open = (await listAppeals(tx, head.id)).find((appeal) => appeal.answer === null);
  if (open === undefined) return;
  await answerAppeal(tx, head, open.id, { isUpheld: to === "moderated", words: reason });
}

/** Stores the result of a decision just made. */
async function decide(tx: Transaction, scores: Scores, head: EvaluationHead): Promise<void> {
  const { card, hash } = await scores.afresh(tx, head);
  await storeResult(tx, head, card, hash);
}

/** An appeal with its move. */
export async function appealAgainst(
  deps: Mending,
  session: SignedIn,
  evaluationId: number,
  places: readonly string[],
  words: string,
): Promise<Appeal> {
  const { state } = await deps.store.withActor(session.actor, (tx) => readEvaluation(tx, evaluationId));
  await moveOne(deps, session, evaluationId, state, { to: "appeal", reason: words, places });
  const appeal = (await deps.store.withActor(session.actor, (tx) => listAppeals(tx, evaluationId))).at(-1);
  if (appeal === undefined) throw new Refusal("NOT_FOUND", {});
  return appeal;
}

/** Moves many schools of a round, each for itself. */
export async function moveMany(
  deps: Mending,
  session: SignedIn,
  roundId: number,
  schoolCodes: readonly string[],
  wanted: Wanted,
): Promise<{ readonly moved: string[]; readonly refused: RefusedMove[] }> {
  const heads = (await deps.store.withActor(session.actor, (tx) => listEvaluations(tx, roundId))).filter((head) =>
    schoolCodes.includes(head.schoolCode),
  );
  const at = deps.now().toISOString();
  const refusedMoves: RefusedMove[] = [];
  const bySide = new Map<Mover, EvaluationHead[]>();
  for (const head of heads) {
    const { side, why } = sideFor(head, wanted, at);
    if (side === null) refusedMoves.push({ schoolCode: head.schoolCode, school: head.school, state: head.state, why });
    else bySide.set(side, [...(bySide.get(side) ?? []), head]);
  }
  const moved: string[] = [];
  // a hand-in takes figures down, a decision stores a result, an appeal is answered: one by one
  const isSimple = wanted.to !== "submitted" && wanted.to !== "decided" && wanted.to !== "appeal";
  for (const [side, own] of bySide) {
    const together = isSimple ? own.filter(({ state }) => state !== "appeal") : [];
    if (together.length > 0) {
      const [first] = together;
      const appealUntil =
        first === undefined || wanted.to !== "feedback"
          ? null
          : (moveEvaluation(
              standingOf(first),
              { to: wanted.to, by: side, at, reason: wanted.reason },
              first.calendar.appealDays,
            ).standing?.appealUntil ?? null);
      const ids = await deps.store.withActor(session.actor, (tx) =>
        moveEvaluations(tx, together, { to: wanted.to, side, reason: wanted.reason, appealUntil }),
      );
      moved.push(...together.filter(({ id }) => ids.includes(id)).map(({ schoolCode }) => schoolCode));
    }
    for (const head of own.filter((other) => !together.includes(other))) {
      await moveOne(deps, session, head.id, head.state, wanted);
      moved.push(head.schoolCode);
    }
  }
  return { moved: moved.toSorted(), refused: refusedMoves };
}
