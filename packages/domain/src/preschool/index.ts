/**
 * The national assessment of preschool education (县域学前教育普及普惠督导评估, 教督〔2020〕1号).
 *
 * Terms. *Facts* are counts and amounts per kindergarten; an *inclusive* kindergarten (普惠性) is a public one or a private one
 * recognised as such; an *item* is one of A1–A3, B1–B9, C1–C5; a *condition* is a part of an item with one limit.
 */
export * from "./assess.ts";
export * from "./change.ts";
export * from "./compare.ts";
export * from "./explain.ts";
export * from "./facts.ts";
export * from "./missing.ts";
export * from "./rules.ts";
