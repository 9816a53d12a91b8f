/**
 * School evaluation in the database.
 *
 * Terms. A *round* is one yearly run of a scheme for many schools; an *evaluation* is one school in a round; a *head* is what
 * its pages are headed with and whom the actor acts for; an *entry* is what one person wrote about one place, with a
 * revision. States change in `app.move_evaluations` and nowhere else.
 */
export * from "./evaluation-inspectors.ts";
export * from "./evaluation-issues.ts";
export * from "./evaluation-outcome.ts";
export * from "./evaluation-review.ts";
export * from "./evaluation-rounds.ts";
export * from "./evaluation-schemes.ts";
export * from "./evaluation-self.ts";
