/**
 * The scheme engine: one way to evaluate anything that has a tree, raters and evidence.
 *
 * Terms. A *scheme* (评价方案) is a tree of areas, key indicators and checkpoints with points; a *leaf* is a node without
 * children; a *party* (评价主体) rates leaves; *evidence* is what was put in; a *scorecard* is the result for one school; a
 * *round* (评估轮次) is one yearly run of a scheme for many schools; an *evaluation* is one school in a round, at one state of
 * its lifecycle; a *review entry* is what one inspector wrote down about a leaf; an *issue* is an entry of the rectification
 * ledger (问题台账).
 */
export * from "./assign.ts";
export * from "./evidence.ts";
export * from "./explain.ts";
export * from "./late.ts";
export * from "./ledger.ts";
export * from "./lifecycle.ts";
export * from "./outcome.ts";
export * from "./rating.ts";
export { leafPoints, roundRatings } from "./raters.ts";
export type { RaterGap, RoundRating, SchoolRatings, UnusedRoundRating } from "./raters.ts";
export * from "./raters-agreement.ts";
export * from "./raters-plan.ts";
export * from "./raters-severity.ts";
export * from "./review.ts";
export * from "./score.ts";
export * from "./scorecard.ts";
export * from "./weigh.ts";
export type { Method, Scheme, SchemeNode, SchemeProblem } from "@xingfu/standards";
