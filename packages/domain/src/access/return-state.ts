/** The life of one school's return for one year (填报状态). */

export const returnStates = ["draft", "submitted", "returned", "verified", "locked"] as const;
/** 填报中 已提交 已退回 已核定 已锁定 */
export type ReturnState = (typeof returnStates)[number];

/** Moves that exist, and the action each needs. */
export const returnMoves: readonly {
  readonly from: ReturnState;
  readonly to: ReturnState;
  readonly action: "return.submit" | "return.verify";
}[] = [
  { from: "draft", to: "submitted", action: "return.submit" },
  { from: "returned", to: "submitted", action: "return.submit" },
  { from: "submitted", to: "returned", action: "return.verify" },
  { from: "submitted", to: "verified", action: "return.verify" },
  { from: "verified", to: "returned", action: "return.verify" },
  { from: "verified", to: "locked", action: "return.verify" },
  { from: "locked", to: "verified", action: "return.verify" },
];

/** States in which rows may still be imported or undone. */
export const openStates: readonly ReturnState[] = ["draft", "returned"];
