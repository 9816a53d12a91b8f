/**
 * Value-added evaluation (增值评价): what a school adds, not whom it receives.
 *
 * Terms. A *source* is where measurements come from, and the rules say which are lawful; a *scheme* is the declaration,
 * made before the data, of what is measured and how; a *prior* is a pupil's own earlier measurement; the *expectation* is
 * what pupils with the same priors reach on average; a *band* says on which side of it a school surely is, if any.
 */
export type { MeasurementRow, Omission, Placement } from "./cohort.ts";
export { omissions } from "./cohort.ts";
export * from "./explain.ts";
export { minimumUnits } from "./interval.ts";
export * from "./lawful.ts";
export * from "./measure.ts";
export * from "./result.ts";
export * from "./scheme.ts";
export * from "./share.ts";
