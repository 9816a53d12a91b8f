/**
 * The national quality-and-balance assessment (县域义务教育优质均衡发展督导评估, 教督〔2017〕6号).
 *
 * Terms. *Facts* are counts and amounts per school and stage; a *row* is one school and phase; an *indicator* is one
 * of the seven resource indicators; an *item* is one of the 15 + 9; a *change* is one raw number of a what-if.
 */
export * from "./assess.ts";
export * from "./assessment.ts";
export * from "./change.ts";
export * from "./compare.ts";
export * from "./cv.ts";
export * from "./explain.ts";
export * from "./facts.ts";
export * from "./missing.ts";
export * from "./rules.ts";
export * from "./split.ts";
export * from "./summarize.ts";
