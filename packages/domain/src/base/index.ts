/**
 * The floor of the domain: school years, verdicts, gaps, trails, and the rows a district reports.
 *
 * Terms. A *return* (填报) is what is reported for one school year; a *section* is one sheet of it; a *gap* is a
 * figure that is absent for a stated reason; a *trail* is how a figure came about.
 */
export * from "./canonical.ts";
export * from "./district-year.ts";
export * from "./fault.ts";
export * from "./gap.ts";
export * from "./judge.ts";
export * from "./quantity.ts";
export * from "./school-code.ts";
export * from "./trail.ts";
export * from "./verdict.ts";
export * from "./year.ts";
