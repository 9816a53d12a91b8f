/** Parts two and three: the 15 items of 政府保障程度 and the 9 of 教育质量, each condition judged by its definition. */

import { allMet, judge, keeps, reviewVerdict, usable } from "../base/index.ts";
import type { Gap, Verdict } from "../base/index.ts";
import type { AssessmentGap, FailingSchool, ItemCondition, ItemResult } from "./assessment.ts";
import { conditionDefinitions, figureValue, itemOf, monitoredSubjects } from "./conditions.ts";
import type { MonitoringCondition, PooledCondition, SchoolCondition } from "./conditions.ts";
import type { BalanceFacts } from "./facts.ts";
import type { Merged } from "./merge.ts";
import type { BalanceRules } from "./rules.ts";

export interface Items {
  readonly items: readonly ItemResult[];
  readonly government: Verdict;
  readonly quality: Verdict;
  readonly gaps: readonly AssessmentGap[];
}

const none: readonly never[] = [];

/** All 24 items; an item is met when all its conditions are. */
export function assessItems(facts: BalanceFacts, merged: Merged, rules: BalanceRules): Items {
  const gaps: AssessmentGap[] = [];
  const byItem = new Map<string, ItemCondition[]>();
  for (const definition of conditionDefinitions) {
    const conditions = assessCondition(definition, facts, merged, rules, gaps);
    const item = itemOf(definition.id);
    const others = byItem.get(item);
    if (others) others.push(...conditions);
    else byItem.set(item, [...conditions]);
  }
  const items: ItemResult[] = [];
  for (const [id, conditions] of byItem) {
    const computed = conditions.find((condition) => condition.kind === "computed");
    items.push({
      id,
      kind: computed ? "computed" : "reviewed",
      value: computed?.value ?? null,
      verdict: allMet(conditions.map((condition) => condition.verdict)),
      conditions,
    });
  }
  const part = (letter: string) =>
    allMet(items.filter((item) => item.id.startsWith(letter)).map((item) => item.verdict));
  return { items, government: part("G"), quality: part("Q"), gaps };
}

function assessCondition(
  definition: (typeof conditionDefinitions)[number],
  facts: BalanceFacts,
  merged: Merged,
  rules: BalanceRules,
  gaps: AssessmentGap[],
): readonly ItemCondition[] {
  switch (definition.kind) {
    case "figures": {
      const { id, compare } = definition;
      const limit = definition.limit(facts, rules);
      const { value, gap } = figureValue(definition, facts);
      if (gap) gaps.push({ subject: id, schoolCode: null, phase: null, gap });
      return [
        {
          id,
          kind: "computed",
          value,
          limit,
          compare,
          verdict: judge(value, compare, limit),
          gap,
          failing: none,
          relaxed: none,
        },
      ];
    }
    case "review": {
      const item = itemOf(definition.id);
      const verdict = reviewVerdict(item, facts.findings);
      const gap: Gap | null = verdict === "notComputable" ? { why: "not-reviewed", item } : null;
      if (gap) gaps.push({ subject: definition.id, schoolCode: null, phase: null, gap });
      return [
        {
          id: definition.id,
          kind: "reviewed",
          value: null,
          limit: null,
          compare: null,
          verdict,
          gap,
          failing: none,
          relaxed: none,
        },
      ];
    }
    case "schools":
      return [assessSchools(definition, facts, merged, rules, gaps)];
    case "pooled":
      return [assessPooled(definition, merged, rules, gaps)];
    default:
      return assessMonitoring(definition, facts, rules, gaps);
  }
}

/** A condition every school must meet: its value is the number of failures, its limit 0. */
function assessSchools(
  definition: SchoolCondition,
  facts: BalanceFacts,
  merged: Merged,
  rules: BalanceRules,
  gaps: AssessmentGap[],
): ItemCondition {
  const failing: FailingSchool[] = [];
  const relaxed: { schoolCode: string; relaxation: string }[] = [];
  const unknown: string[] = [];
  let failures = 0;
  for (const school of merged.schools) {
    const result = definition.judge(school, facts, rules);
    if (result === null) continue;
    const { schoolCode } = school.school;
    const { phase, value, limit, verdict } = result;
    if (result.relaxation !== null) relaxed.push({ schoolCode, relaxation: result.relaxation });
    if (verdict === "met") continue;
    failing.push({ schoolCode, phase, value, limit, verdict });
    failures += result.failures;
    if (result.gap) {
      unknown.push(schoolCode);
      gaps.push({ subject: definition.id, schoolCode, phase, gap: result.gap });
    }
  }
  const verdict: Verdict = failures > 0 ? "notMet" : unknown.length > 0 ? "notComputable" : "met";
  return {
    id: definition.id,
    kind: "computed",
    value: verdict === "notComputable" ? null : failures,
    limit: 0,
    compare: "atMost",
    verdict,
    gap: verdict === "notComputable" ? { why: "depends", on: unknown } : null,
    failing,
    relaxed,
  };
}

/** A share over all schools; where some are unknown it fails only when it would in the best case. */
function assessPooled(
  definition: PooledCondition,
  merged: Merged,
  rules: BalanceRules,
  gaps: AssessmentGap[],
): ItemCondition {
  const { id, isPart, isEach } = definition;
  const limit = definition.limit(rules);
  const failing: FailingSchool[] = [];
  const unknown: string[] = [];
  let numerator = 0;
  let denominator = 0;
  let bestNumerator = 0;
  let bestDenominator = 0;
  let isBounded = isPart;
  let hasShortage = false;
  for (const school of merged.schools) {
    const part = definition.part(school, rules);
    if (part === null) continue;
    const { schoolCode } = school.school;
    const isImpossible =
      isPart && part.numerator !== null && part.denominator !== null && part.numerator > part.denominator;
    if (part.numerator === null || part.denominator === null || isImpossible) {
      unknown.push(schoolCode);
      const item = part.denominator === null ? definition.denominatorItem : definition.numeratorItem;
      const gap: Gap = isImpossible
        ? { why: "implausible", item }
        : { why: "not-reported", item, where: `staff.${item}` };
      gaps.push({ subject: id, schoolCode, phase: null, gap });
      failing.push({ schoolCode, phase: null, value: null, limit: isEach ? limit : null, verdict: "notComputable" });
      if (part.denominator === null) isBounded = false;
      else {
        bestNumerator += part.denominator;
        bestDenominator += part.denominator;
      }
      continue;
    }
    numerator += part.numerator;
    denominator += part.denominator;
    if (part.numerator < part.denominator) hasShortage = true;
    if (isEach && part.denominator > 0 && !keeps(part.numerator / part.denominator, "atLeast", limit)) {
      failing.push({ schoolCode, phase: null, value: part.numerator / part.denominator, limit, verdict: "notMet" });
    }
  }
  const base = { id, kind: "computed", limit, compare: "atLeast", failing, relaxed: none } as const;
  if (unknown.length > 0) {
    const best = (numerator + bestNumerator) / (denominator + bestDenominator);
    const isCertain =
      (isBounded && !keeps(best, "atLeast", limit) && Number.isFinite(best)) || (isPart && limit >= 1 && hasShortage);
    return {
      ...base,
      value: null,
      verdict: isCertain ? "notMet" : "notComputable",
      gap: { why: "depends", on: unknown },
    };
  }
  const value = numerator / denominator;
  if (denominator === 0 || !Number.isFinite(value)) {
    const gap: Gap = { why: "no-denominator", item: definition.denominatorItem };
    gaps.push({ subject: id, schoolCode: null, phase: null, gap });
    return { ...base, value: null, verdict: "notComputable", gap };
  }
  return { ...base, value, verdict: judge(value, "atLeast", limit), gap: null };
}

/** Each reported phase and subject by itself; no report at all is a gap. */
function assessMonitoring(
  definition: MonitoringCondition,
  facts: BalanceFacts,
  rules: BalanceRules,
  gaps: AssessmentGap[],
): ItemCondition[] {
  const { id, field, compare } = definition;
  const limit = definition.limit(rules);
  const base = { kind: "computed", limit, compare, failing: none, relaxed: none } as const;
  const subjects = monitoredSubjects(facts);
  if (subjects.length === 0) {
    const gap: Gap = { why: "not-reported", item: field, where: `monitoring.${field}` };
    gaps.push({ subject: id, schoolCode: null, phase: null, gap });
    return [{ ...base, id, value: null, verdict: "notComputable", gap }];
  }
  return subjects.map((row) => {
    const value = usable(row[field]);
    const conditionId = `${id}:${row.phase}:${row.subjectName}`;
    const isImpossible = row[field] !== null && value === null;
    const gap: Gap | null =
      value !== null
        ? null
        : isImpossible
          ? { why: "implausible", item: field }
          : { why: "not-reported", item: field, where: `monitoring.${field}` };
    if (gap) gaps.push({ subject: conditionId, schoolCode: null, phase: row.phase, gap });
    return { ...base, id: conditionId, value, verdict: judge(value, compare, limit), gap };
  });
}
