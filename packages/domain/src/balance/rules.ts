/** The numbers an assessment is made by: the national document on a date, with local documents laid over it. */

import type { Override } from "@xingfu/standards";
import { Fault } from "../base/index.ts";
import type { Phase, SchoolYear, Stage } from "../base/index.ts";
import type { Indicator } from "./assessment.ts";

/** A number of the national document replaced by a local one. */
export type RuleOverride = Override;

/** Weights of the stages of one combined school. */
export type StageWeights = Readonly<Record<Stage, number>>;

/** Every number of the assessment. A plain record: its canonical text is what the rules' hash is made of. */
export interface BalanceRules {
  /** id of the document */
  readonly id: string;
  /** edition of the document, and how many numbers local documents replace: "2017-04-19", "2017-04-19+local.1" */
  readonly version: string;
  /** ISO date on which the rules are taken */
  readonly date: string;
  readonly overrides: readonly RuleOverride[];
  readonly resources: Readonly<Record<Indicator, {
    readonly threshold: Readonly<Record<Phase, number>>;
    /** 100 for an indicator per hundred pupils, else 1 */
    readonly per: number;
    /** amounts of a combined school are split between its stages */
    readonly isSplit: boolean;
    readonly reference: string;
  }>>;
  readonly school: {
    /** indicators that must be met, of seven */
    readonly metAtLeast: number;
    /** share of the threshold that every other indicator must reach */
    readonly restShare: number;
    readonly reference: string;
  };
  /** limit of the coefficient of variation */
  readonly spread: Readonly<Record<Indicator, Readonly<Record<Phase, number>>>>;
  readonly spreadReference: string;
  /** by combination of stages: "primary-junior", "junior-senior", "primary-junior-senior", and "other" */
  readonly splitting: Readonly<Record<string, StageWeights>>;
  readonly splittingReference: string;
  readonly exclusions: {
    /** prefixes or codes of 办学类型 */
    readonly specialTypes: readonly string[];
    readonly vocationalTypes: readonly string[];
    readonly teachingPointTypes: readonly string[];
    /** a teaching point with fewer pupils is left out */
    readonly teachingPointPupils: number;
  };
  readonly relaxations: {
    /** years within which a commitment must be kept */
    readonly commitmentYears: number;
    readonly R3: { readonly pupilsFrom: number; readonly pupilsBelow: number };
    readonly G3: {
      readonly builtYear: number; readonly musicM2: number; readonly artM2: number;
      readonly smallSchoolPupils: number; readonly largestClassBelow: number;
      readonly roomM2: Readonly<Record<Phase, number>>;
    };
    readonly G4: { readonly builtYear: number; readonly migrantShare: number; readonly pupils: number; readonly combinedPupils: number };
  };
  readonly government: {
    readonly G2: { readonly quotaYuan: Readonly<Record<Phase, number>> };
    readonly G3: { readonly classesPerRoom: number; readonly musicM2: number; readonly artM2: number };
    readonly G4: { readonly pupils: number; readonly combinedPupils: number };
    readonly G5: { readonly classSize: Readonly<Record<Phase, number>> };
    readonly G6: { readonly smallSchoolPupils: number };
    readonly G7: { readonly quotaYuan: number };
    readonly G8: { readonly ratio: number };
    readonly G9: { readonly hours: number; readonly share: number };
    readonly G11: { readonly rotatedShare: number; readonly leadShare: number };
    readonly G12: { readonly share: number };
    readonly G13: { readonly share: Readonly<Record<Phase, number>> };
    readonly G14: { readonly share: number };
    readonly G15: { readonly share: number };
  };
  readonly quality: {
    readonly Q1: { readonly share: number };
    readonly Q2: { readonly share: number };
    readonly Q4: { readonly share: number };
    readonly Q9: { readonly level: number; readonly betweenSchoolShare: number };
  };
  readonly recognition: { readonly share: number };
  readonly precondition: { readonly years: number };
}

/**
 * The day whose rules hold for a school year: 1 September, the day the education statistics are taken. Whoever
 * assesses a year takes this day, so that the same year always has the same rules and the same hash.
 */
export function assessmentDate(year: SchoolYear): string {
  return `${year}-09-01`;
}

/**
 * The rules in force on a date.
 *
 * @param date       ISO date; see {@link assessmentDate}
 * @param overrides  numbers of local documents; one that is not yet in force on the date has no effect
 * @throws Fault RULES_INVALID for a date before the document, an unknown reference or field, or an impossible value
 * @source moe-2017-quality-balance
 */
export function balanceRules(date: string, overrides: readonly RuleOverride[] = []): BalanceRules {
  throw new Fault("RULES_INVALID", { reference: date, problem: `not written yet (${overrides.length})` });
}
