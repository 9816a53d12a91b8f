/**
 * The rectification ledger (问题台账): what a review found wrong, who sets it right by when, and who confirms it. One table
 * says who may move an issue.
 */

import type { Mover } from "./lifecycle.ts";

/** 已登记 整改中 待复核 已销号 已撤回 */
export const issueStates = ["recorded", "rectifying", "rectified", "closed", "withdrawn"] as const;
export type IssueState = (typeof issueStates)[number];

export interface IssueMove {
  readonly from: IssueState;
  readonly to: IssueState;
  readonly by: readonly Mover[];
  /** the move must say what was done, or why */
  readonly needsNote: boolean;
  /** the issue must name who sets it right and by when */
  readonly needsOwner: boolean;
}

const move = (
  from: IssueState,
  to: IssueState,
  by: readonly Mover[],
  needs: { readonly note?: true; readonly owner?: true } = {},
): IssueMove => ({ from, to, by, needsNote: needs.note ?? false, needsOwner: needs.owner ?? false });

/** Every move there is. What an inspector has recorded reaches the school when the commission hands it over. */
export const issueMoves: readonly IssueMove[] = [
  move("recorded", "rectifying", ["commission"], { owner: true }),
  move("recorded", "withdrawn", ["commission"], { note: true }),
  move("rectifying", "rectified", ["school"], { note: true }),
  move("rectifying", "withdrawn", ["commission"], { note: true }),
  move("rectified", "rectifying", ["commission", "inspector"], { note: true }), // not done yet
  move("rectified", "closed", ["commission"]),
  move("closed", "rectifying", ["commission"], { note: true }), // it came back
];

/** States in which the school sees an issue. */
export const issueStatesOfSchool: readonly IssueState[] = ["rectifying", "rectified", "closed"];

export type IssueRefusal = "noSuchMove" | "notTheirMove" | "noteMissing" | "ownerMissing";

/** Why an issue may not be moved; null when it may. */
export function refuseIssueMove(
  from: IssueState,
  request: { readonly to: IssueState; readonly by: Mover; readonly note: string; readonly hasOwner: boolean },
): IssueRefusal | null {
  const moves = issueMoves.filter((candidate) => candidate.from === from && candidate.to === request.to);
  if (moves.length === 0) return "noSuchMove";
  const own = moves.find((candidate) => candidate.by.includes(request.by));
  if (!own) return "notTheirMove";
  if (own.needsOwner && !request.hasOwner) return "ownerMissing";
  return own.needsNote && request.note.trim() === "" ? "noteMissing" : null;
}

/** States a side can move an issue to from here. */
export function openIssueMoves(from: IssueState, by: Mover): readonly IssueState[] {
  return issueMoves.filter((candidate) => candidate.from === from && candidate.by.includes(by)).map(({ to }) => to);
}
