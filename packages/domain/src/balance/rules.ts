/** The numbers an assessment is made by: the national document on a date, with local documents laid over it. */

import { entryAt, tableAt } from "@xingfu/standards";
import type { Field, Override } from "@xingfu/standards";
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
  readonly resources: Readonly<
    Record<
      Indicator,
      {
        readonly threshold: Readonly<Record<Phase, number>>;
        /** 100 for an indicator per hundred pupils, else 1 */
        readonly per: number;
        /** amounts of a combined school are split between its stages */
        readonly isSplit: boolean;
        readonly reference: string;
      }
    >
  >;
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
      readonly builtYear: number;
      readonly musicM2: number;
      readonly artM2: number;
      readonly smallSchoolPupils: number;
      readonly largestClassBelow: number;
      readonly roomM2: Readonly<Record<Phase, number>>;
    };
    readonly G4: {
      readonly builtYear: number;
      readonly migrantShare: number;
      readonly pupils: number;
      readonly combinedPupils: number;
    };
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

const documentId = "moe-2017-quality-balance";
const tableNames = [
  "resources",
  "school",
  "spread",
  "splitting",
  "exclusions",
  "relaxations",
  "government",
  "quality",
  "recognition",
  "precondition",
] as const;

/** Hours of training that count as complete; part of how staff are summarized, so no local document replaces it. */
export function trainingHours(): number {
  const field = entryAt(`${documentId}/government/G9`)?.fields.hours;
  if (typeof field?.value !== "number") throw new RangeError("G9 has no hours");
  return field.value;
}

/**
 * The rules in force on a date.
 *
 * @param date       ISO date; see {@link assessmentDate}
 * @param overrides  numbers of local documents; one that is not yet in force on the date has no effect, and of two for
 *                   the same number the one in force later holds
 * @throws Fault RULES_INVALID for a date before the document, an unknown reference or field, or an impossible value
 * @source moe-2017-quality-balance
 */
export function balanceRules(date: string, overrides: readonly RuleOverride[] = []): BalanceRules {
  const numbers = new Map<string, number | boolean>();
  const fields = new Map<string, Field>();
  const lists = new Map<string, readonly string[]>();
  let edition = "";
  for (const name of tableNames) {
    for (const entry of tableAt(`${documentId}/${name}`, date).entries) {
      if (entry.effectiveFrom > edition) edition = entry.effectiveFrom;
      for (const [key, types] of Object.entries(entry.lists)) lists.set(`${name}/${entry.id}.${key}`, types);
      for (const [key, field] of Object.entries(entry.fields)) {
        const path = `${entry.reference}.${key}`;
        fields.set(path, field);
        if (typeof field.value === "object") {
          for (const [phase, value] of Object.entries(field.value)) numbers.set(`${path}.${phase}`, value);
        } else numbers.set(path, field.value);
      }
    }
  }
  if (fields.size === 0)
    throw new Fault("RULES_INVALID", { reference: documentId, problem: `not in force on ${date}` });

  for (const override of overrides) checkOverride(override, fields);
  const inForce = overrides
    .filter((override) => override.effectiveFrom <= date)
    .toSorted((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : a.effectiveFrom > b.effectiveFrom ? 1 : 0));
  for (const { reference, field, phase, value } of inForce) {
    const path = `${reference}.${field}`;
    if (phase !== undefined) numbers.set(`${path}.${phase}`, value);
    else if (numbers.has(path)) numbers.set(path, value);
    else for (const key of numbers.keys()) if (key.startsWith(`${path}.`)) numbers.set(key, value);
  }

  const at = (path: string): number => {
    const value = numbers.get(`${documentId}/${path}`);
    if (typeof value === "number") return value;
    throw new Fault("RULES_INVALID", { reference: path, problem: "has no number" });
  };
  const isOn = (path: string): boolean => numbers.get(`${documentId}/${path}`) === true;
  const byPhase = (path: string): Readonly<Record<Phase, number>> => ({
    primary: at(`${path}.primary`),
    junior: at(`${path}.junior`),
  });
  const types = (id: string): readonly string[] => lists.get(`exclusions/${id}.types`) ?? [];
  const weights = (id: string): StageWeights => {
    const path = `splitting/${id}.weight`;
    return {
      kindergarten: at(`${path}.kindergarten`),
      primary: at(`${path}.primary`),
      junior: at(`${path}.junior`),
      senior: at(`${path}.senior`),
      vocational: at(`${path}.vocational`),
    };
  };
  const resource = (id: Indicator) => ({
    threshold: byPhase(`resources/${id}.threshold`),
    per: perHundred.has(id) ? 100 : 1,
    isSplit: isOn(`resources/${id}.isSplit`),
    reference: `${documentId}/resources/${id}`,
  });
  const spread = (id: Indicator) => byPhase(`spread/${id}.limit`);

  return {
    id: documentId,
    version: inForce.length === 0 ? edition : `${edition}+local.${inForce.length}`,
    date,
    overrides: inForce,
    resources: {
      R1: resource("R1"),
      R2: resource("R2"),
      R3: resource("R3"),
      R4: resource("R4"),
      R5: resource("R5"),
      R6: resource("R6"),
      R7: resource("R7"),
    },
    school: {
      metAtLeast: at("school/rule.metAtLeast"),
      restShare: at("school/rule.restShare"),
      reference: `${documentId}/school/rule`,
    },
    spread: {
      R1: spread("R1"),
      R2: spread("R2"),
      R3: spread("R3"),
      R4: spread("R4"),
      R5: spread("R5"),
      R6: spread("R6"),
      R7: spread("R7"),
    },
    spreadReference: `${documentId}/spread`,
    splitting: {
      "primary-junior": weights("primary-junior"),
      "junior-senior": weights("junior-senior"),
      "primary-junior-senior": weights("primary-junior-senior"),
      other: weights("other"),
    },
    splittingReference: `${documentId}/splitting`,
    exclusions: {
      specialTypes: types("special"),
      vocationalTypes: types("vocational"),
      teachingPointTypes: types("teachingPointUnder50"),
      teachingPointPupils: at("exclusions/teachingPointUnder50.pupils"),
    },
    relaxations: {
      commitmentYears: at("relaxations/commitment.years"),
      R3: {
        pupilsFrom: at("relaxations/R3.visiting.pupilsFrom"),
        pupilsBelow: at("relaxations/R3.visiting.pupilsBelow"),
      },
      G3: {
        builtYear: at("relaxations/G3.built.builtYear"),
        musicM2: at("relaxations/G3.built.musicM2"),
        artM2: at("relaxations/G3.built.artM2"),
        smallSchoolPupils: at("relaxations/G3.small.smallSchoolPupils"),
        largestClassBelow: at("relaxations/G3.small.largestClassBelow"),
        roomM2: byPhase("relaxations/G3.small.roomM2"),
      },
      G4: {
        builtYear: at("relaxations/G4.built.builtYear"),
        migrantShare: at("relaxations/G4.migrant.migrantShare"),
        pupils: at("relaxations/G4.built.pupils"),
        combinedPupils: at("relaxations/G4.built.combinedPupils"),
      },
    },
    government: {
      G2: { quotaYuan: byPhase("government/G2.quotaYuan") },
      G3: {
        classesPerRoom: at("government/G3.classesPerRoom"),
        musicM2: at("government/G3.musicM2"),
        artM2: at("government/G3.artM2"),
      },
      G4: { pupils: at("government/G4.pupils"), combinedPupils: at("government/G4.combinedPupils") },
      G5: { classSize: byPhase("government/G5.classSize") },
      G6: { smallSchoolPupils: at("government/G6.smallSchoolPupils") },
      G7: { quotaYuan: at("government/G7.quotaYuan") },
      G8: { ratio: at("government/G8.ratio") },
      G9: { hours: at("government/G9.hours"), share: at("government/G9.share") },
      G11: { rotatedShare: at("government/G11.rotatedShare"), leadShare: at("government/G11.leadShare") },
      G12: { share: at("government/G12.share") },
      G13: { share: byPhase("government/G13.share") },
      G14: { share: at("government/G14.share") },
      G15: { share: at("government/G15.share") },
    },
    quality: {
      Q1: { share: at("quality/Q1.share") },
      Q2: { share: at("quality/Q2.share") },
      Q4: { share: at("quality/Q4.share") },
      Q9: { level: at("quality/Q9.level"), betweenSchoolShare: at("quality/Q9.betweenSchoolShare") },
    },
    recognition: { share: at("recognition/satisfaction.share") },
    precondition: { years: at("precondition/basicBalance.years") },
  };
}

/** Indicators printed per hundred pupils. */
const perHundred: ReadonlySet<Indicator> = new Set(["R1", "R2", "R3", "R7"]);

function checkOverride(override: RuleOverride, fields: ReadonlyMap<string, Field>): void {
  const { reference, phase, value } = override;
  const refuse = (problem: string): never => {
    throw new Fault("RULES_INVALID", { reference: `${reference}.${override.field}`, problem });
  };
  const field = fields.get(`${reference}.${override.field}`);
  if (!field) return refuse("there is no such number");
  if (!field.isOverridable) return refuse("is part of a definition and cannot be replaced");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(override.effectiveFrom))
    return refuse(`effectiveFrom is not a date: ${override.effectiveFrom}`);
  if (override.source.trim() === "") return refuse("has no source");
  const sample = typeof field.value === "object" ? Object.values(field.value)[0] : field.value;
  if (phase !== undefined && (typeof field.value !== "object" || !Object.hasOwn(field.value, phase)))
    return refuse(`has no value for ${phase}`);
  if (typeof value !== typeof sample) return refuse(`is a ${typeof sample}, not ${String(value)}`);
  if (typeof value === "number" && !(Number.isFinite(value) && value > 0))
    return refuse(`must be above 0, not ${value}`);
  if (typeof value === "number" && field.unit === "share" && value > 1)
    return refuse(`is a share of at most 1, not ${value}`);
}
