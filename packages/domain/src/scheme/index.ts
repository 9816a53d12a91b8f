/**
 * The scheme engine: one way to evaluate anything that has a tree, raters and evidence.
 *
 * Terms. A *scheme* (评价方案) is a tree of areas, key indicators and checkpoints with points; a *leaf* is a node without
 * children; a *party* (评价主体) rates leaves; *evidence* is what was put in; a *scorecard* is the result for one school; a
 * *round* is one run of a scheme through its stages.
 */
export * from "./evidence.ts";
export * from "./explain.ts";
export * from "./lifecycle.ts";
export * from "./rating.ts";
export * from "./score.ts";
export * from "./scorecard.ts";
export * from "./weigh.ts";
