/**
 * Whether the rows of a return fit together, and what a new return would change.
 *
 * Terms. A *problem* is a row that contradicts another row, the year before, or plain sense; an *error* keeps the
 * return from being loaded, a *warning* does not; a *change* is one difference between two returns.
 */
export * from "./check.ts";
export * from "./compare.ts";
export * from "./plausibility.ts";
