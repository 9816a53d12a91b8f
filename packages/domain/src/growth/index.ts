/**
 * Value-added evaluation (增值评价): what a school adds, not whom it receives.
 *
 * Terms. A *source* is where measurements come from, and the rules say which are lawful.
 */
export * from "./lawful.ts";
