/**
 * Value-added evaluation (增值评价): what a school adds, not whom it receives.
 *
 * Terms. A *source* is where measurements come from, and the rules say which are lawful; a *scheme* is the declaration,
 * made before the data, of what is measured and how.
 */
export * from "./lawful.ts";
export * from "./scheme.ts";
