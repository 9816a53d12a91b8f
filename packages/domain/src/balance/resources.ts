/** Part one, resources (资源配置): rows by school and phase, the school rule, the coefficients of variation. */

import { allMet, judge, keeps, phases } from "../base/index.ts";
import type { Gap, Phase, Verdict } from "../base/index.ts";
import { indicators } from "./assessment.ts";
import type { AssessmentGap, AssessmentRow, CvResult, Exclusion, Indicator, IndicatorResult } from "./assessment.ts";
import { pupilWeightedCv } from "./cv.ts";
import type { BalanceFacts } from "./facts.ts";
import { numeratorGap, numeratorOf } from "./indicators.ts";
import type { Merged, MergedSchool } from "./merge.ts";
import { phasesOf } from "./merge.ts";
import type { BalanceRules } from "./rules.ts";

export interface Resources {
  readonly rows: readonly AssessmentRow[];
  readonly excluded: readonly Exclusion[];
  readonly cv: readonly CvResult[];
  readonly verdict: Verdict;
  readonly gaps: readonly AssessmentGap[];
}

/** Rows, coefficients and verdict of the first part. */
export function assessResources(facts: BalanceFacts, merged: Merged, rules: BalanceRules): Resources {
  const gaps: AssessmentGap[] = [];
  const excluded: Exclusion[] = merged.campuses.map(({ campus }) => exclusion(campus, null, "mergedCampus", rules));
  const rows: Record<Phase, AssessmentRow[]> = { primary: [], junior: [] };
  const withoutPupils: Record<Phase, string[]> = { primary: [], junior: [] };

  // What makes the list of rows itself uncertain; then the part may fail for certain but not be met.
  let isComplete = true;
  const doubt = (subject: string, schoolCode: string, phase: Phase | null, gap: Gap) => {
    isComplete = false;
    gaps.push({ subject, schoolCode, phase, gap });
  };
  for (const campus of merged.withoutParent) {
    doubt("parentCode", campus.schoolCode, null, {
      why: "not-reported",
      item: "parentCode",
      where: "schools.parentCode",
    });
  }
  for (const code of merged.duplicateCodes) doubt("schoolCode", code, null, { why: "implausible", item: "schoolCode" });
  for (const code of facts.unplacedCodes)
    doubt("schoolCode", code, null, { why: "not-reported", item: "schools", where: "schools.schoolCode" });

  for (const school of merged.schools) {
    const reason = exclusionReason(school, rules);
    if (reason !== null) {
      excluded.push(exclusion(school.school, null, reason, rules));
      if (reason === "pupilsNotReported") doubt("pupils", school.school.schoolCode, null, pupilsGap(school, null));
      continue;
    }
    for (const phase of phasesOf(school)) {
      const pupils = school.pupils.get(phase) ?? null;
      if (pupils === 0) excluded.push(exclusion(school.school, phase, "noPupils", rules));
      else if (pupils === null) {
        excluded.push(exclusion(school.school, phase, "pupilsNotReported", rules));
        withoutPupils[phase].push(school.school.schoolCode);
        doubt("pupils", school.school.schoolCode, phase, pupilsGap(school, phase));
      } else rows[phase].push(assessRow(school, phase, pupils, rules, gaps));
    }
  }

  const cv: CvResult[] = [];
  for (const phase of phases) {
    for (const indicator of indicators) {
      const result = assessSpread(rows[phase], withoutPupils[phase], phase, indicator, rules);
      if (result.gap) gaps.push({ subject: `cv.${indicator}`, schoolCode: null, phase, gap: result.gap });
      cv.push(result);
    }
  }
  const all = [...rows.primary, ...rows.junior];
  const verdict = allMet([
    ...all.map((row) => row.verdict),
    ...cv.map((result) => result.verdict),
    isComplete ? "met" : "notComputable",
  ]);
  return { rows: all, excluded: excluded.sort(byCodeThenPhase), cv, verdict, gaps };
}

function byCodeThenPhase(a: Exclusion, b: Exclusion): number {
  const left = `${a.schoolCode} ${a.phase === "junior" ? 1 : 0}`;
  const right = `${b.schoolCode} ${b.phase === "junior" ? 1 : 0}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

function exclusion(
  school: { schoolCode: string; name: string },
  phase: Phase | null,
  reason: string,
  rules: BalanceRules,
): Exclusion {
  return {
    schoolCode: school.schoolCode,
    school: school.name,
    phase,
    reason,
    reference: `${rules.id}/exclusions/${reason}`,
  };
}

/** Why a whole school has no row; null when it has one or is judged phase by phase. */
export function exclusionReason(school: MergedSchool, rules: BalanceRules): string | null {
  if (school.kind === "special") return "special";
  if (school.kind === "vocational") return "vocational";
  if (school.pupils.size === 0) return "pupilsNotReported";
  if (phasesOf(school).length === 0) return "noCompulsoryPupils";
  if (school.kind === "teachingPoint") {
    const pupils = school.compulsoryPupils;
    if (pupils !== null && pupils < rules.exclusions.teachingPointPupils) return "teachingPointUnder50";
  }
  return null;
}

function pupilsGap(school: MergedSchool, phase: Phase | null): Gap {
  const item = phase === null ? "pupils" : `${phase}Pupils`;
  const isImpossible = school.sites.some((site) =>
    site.stages.some(
      (facts) =>
        (phase === null || facts.stage === phase) &&
        facts.pupils !== null &&
        !(facts.pupils >= 0 && facts.pupils < Infinity),
    ),
  );
  return isImpossible ? { why: "implausible", item } : { why: "not-reported", item, where: `schools.${item}` };
}

function assessRow(
  school: MergedSchool,
  phase: Phase,
  pupils: number,
  rules: BalanceRules,
  gaps: AssessmentGap[],
): AssessmentRow {
  const { schoolCode, name, type } = school.school;
  const of = (indicator: Indicator) => assessIndicator(school, phase, pupils, indicator, rules);
  const results: Record<Indicator, IndicatorResult> = {
    R1: of("R1"),
    R2: of("R2"),
    R3: of("R3"),
    R4: of("R4"),
    R5: of("R5"),
    R6: of("R6"),
    R7: of("R7"),
  };
  let metCount = 0;
  let unknown = 0;
  let isBelowRest = false;
  for (const indicator of indicators) {
    const result = results[indicator];
    if (result.verdict === "met") metCount += 1;
    else if (result.ratio === null) unknown += 1;
    else if (!keeps(result.ratio, "atLeast", rules.school.restShare)) isBelowRest = true;
    if (result.gap) gaps.push({ subject: indicator, schoolCode, phase, gap: result.gap });
  }
  return {
    schoolCode,
    school: name,
    type,
    phase,
    pupils,
    indicators: results,
    metCount,
    verdict: rowVerdict(metCount, unknown, isBelowRest, rules),
    mergedCampuses: school.mergedCodes,
  };
}

/**
 * At least 6 of 7 met and every other at 85 % or more. A failure that no missing figure can mend is certain; otherwise
 * one unknown indicator leaves the row open, because it might be below 85 %.
 *
 * @source moe-2017-quality-balance, school/rule
 */
function rowVerdict(metCount: number, unknown: number, isBelowRest: boolean, rules: BalanceRules): Verdict {
  if (isBelowRest || metCount + unknown < rules.school.metAtLeast) return "notMet";
  return unknown > 0 ? "notComputable" : "met";
}

/** One indicator of one row, compared unrounded. */
export function assessIndicator(
  school: MergedSchool,
  phase: Phase,
  pupils: number,
  indicator: Indicator,
  rules: BalanceRules,
): IndicatorResult {
  const { threshold: thresholds, per } = rules.resources[indicator];
  const threshold = thresholds[phase];
  const { amount, relaxations } = numeratorOf(school, phase, indicator, rules);
  // Multiplied first: 9 ÷ 1000 × 100 falls below 0.9 in binary, 900 ÷ 1000 does not.
  const value = amount === null ? null : (amount * per) / pupils;
  const needed = (threshold * pupils) / per;
  if (amount === null || value === null || !(value < Infinity) || !(needed < Infinity)) {
    return {
      numerator: null,
      denominator: pupils,
      value: null,
      threshold,
      ratio: null,
      verdict: "notComputable",
      missingToThreshold: null,
      missingTo85: null,
      gap:
        amount === null
          ? numeratorGap(school, phase, indicator, rules)
          : { why: "implausible", item: `${phase}Pupils` },
      relaxations,
    };
  }
  const ratio = value / threshold;
  const verdict = judge(value, "atLeast", threshold);
  const isAtRest = keeps(ratio, "atLeast", rules.school.restShare);
  return {
    numerator: amount,
    denominator: pupils,
    value,
    threshold,
    ratio,
    verdict,
    missingToThreshold: verdict === "met" ? 0 : needed - amount,
    missingTo85: isAtRest ? 0 : needed * rules.school.restShare - amount,
    gap: null,
    relaxations,
  };
}

/** One coefficient of variation, over all counted rows of the phase or not at all. */
function assessSpread(
  rows: readonly AssessmentRow[],
  withoutPupils: readonly string[],
  phase: Phase,
  indicator: Indicator,
  rules: BalanceRules,
): CvResult {
  const limit = rules.spread[indicator][phase];
  const { per } = rules.resources[indicator];
  const missing = [...withoutPupils];
  const amounts: { amount: number; pupils: number }[] = [];
  let pupils = 0;
  for (const row of rows) {
    const { numerator } = row.indicators[indicator];
    pupils += row.pupils;
    if (numerator === null) missing.push(row.schoolCode);
    else amounts.push({ amount: numerator, pupils: row.pupils });
  }
  const spread = missing.length > 0 ? undefined : pupilWeightedCv(amounts);
  const mean = spread ? spread.mean * per : Infinity;
  if (!spread || !(mean < Infinity)) {
    const gap: Gap =
      missing.length > 0
        ? { why: "depends", on: missing.sort() }
        : rows.length === 0
          ? { why: "no-denominator", item: `${phase}Pupils` }
          : amounts.every((school) => school.amount === 0)
            ? { why: "no-denominator", item: `mean of ${indicator}` }
            : { why: "implausible", item: indicator };
    return {
      phase,
      indicator,
      pupils: pupils < Infinity ? pupils : 0,
      mean: null,
      sd: null,
      cv: null,
      limit,
      verdict: "notComputable",
      gap,
    };
  }
  return {
    phase,
    indicator,
    pupils: spread.pupils,
    mean,
    sd: spread.sd * per,
    cv: spread.cv,
    limit,
    verdict: judge(spread.cv, "atMost", limit),
    gap: null,
  };
}
