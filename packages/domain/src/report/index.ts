/**
 * The written report of an assessment as plain data; files and pages render it.
 *
 * Terms. A *model* is the whole report; a *part* is a heading with its blocks; a *block* is a paragraph, a table or
 * a note. Wording is decided here, layout nowhere here.
 */
export * from "./district.ts";
export * from "./evaluation.ts";
export * from "./model.ts";
export * from "./school.ts";
