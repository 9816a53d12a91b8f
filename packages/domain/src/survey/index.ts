/**
 * Surveys: what families, teachers and the public say, without knowing who said it.
 *
 * Terms. A *survey* (问卷调查) asks several parties, each by a *form* (问卷) of its own; a *question* (题项) may count
 * towards the party's satisfaction or towards one leaf of an evaluation scheme; a *sheet* (答卷) is what one person
 * answered; a *stratum* is a school's people of one party and stage; a *cell* is a school's sheets of one party.
 */
export * from "./check.ts";
export * from "./counts.ts";
export * from "./disclose.ts";
export * from "./estimate.ts";
export * from "./form.ts";
export * from "./keywords.ts";
export * from "./plan.ts";
export * from "./result.ts";
export * from "./sheet.ts";
export * from "./starter.ts";
export * from "./strata.ts";
