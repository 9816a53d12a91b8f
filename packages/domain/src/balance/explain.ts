/** Trails: how one figure of an assessment came about, worked out when somebody asks. */

import { labelOf } from "@xingfu/standards";
import { phases, satisfactionParties, usable } from "../base/index.ts";
import type { Phase, Trail, TrailInput } from "../base/index.ts";
import type { Indicator } from "./assessment.ts";
import {
  conditionDefinitions,
  figureValue,
  itemOf,
  monitoredSubjects,
  schoolByCode,
  teacherCount,
} from "./conditions.ts";
import type { ConditionDefinition, PooledCondition, SignedKey, Source } from "./conditions.ts";
import type { BalanceFacts } from "./facts.ts";
import { openRelaxations, pooledAmount, termsOf } from "./indicators.ts";
import type { Term } from "./indicators.ts";
import { assessItems } from "./items.ts";
import { hasStaff, mergeSchools, stageOf } from "./merge.ts";
import type { MergedSchool } from "./merge.ts";
import { assessPrecondition, assessSatisfaction } from "./recognition.ts";
import { assessIndicator, assessResources, exclusionReason } from "./resources.ts";
import type { BalanceRules } from "./rules.ts";

const unitOfIndicator: Readonly<Record<Indicator, string>> = {
  R1: "人/百名学生",
  R2: "人/百名学生",
  R3: "人/百名学生",
  R4: "m²/生",
  R5: "m²/生",
  R6: "元/生",
  R7: "间/百名学生",
};
const unitOfItem: Readonly<Record<string, string>> = {
  equipmentYuan: "元",
  multimediaRooms: "间",
  teachingFloorAreaM2: "m²",
  indoorSportsAreaM2: "m²",
  sportsGroundAreaM2: "m²",
  convertedSportsAreaM2: "m²",
  leasedSportsAreaM2: "m²",
};

/** At most six decimals, as a trail shows them; the figures beside it are unrounded. */
function shown(value: number | null | undefined): string {
  return value === null || value === undefined ? "?" : String(Math.round(value * 1e6) / 1e6);
}

/**
 * A trail's formula in words for people: item keys replaced by their Chinese names.
 *
 * @returns "（教学及辅助用房面积 − 室内体育用房面积）…" for "(teachingFloorAreaM2 − indoorSportsAreaM2) …"
 */
export function readableFormula(formula: string): string {
  return formula.replaceAll(/[A-Za-z][\w.]*/g, (key) => labelOf("reportedItems", key));
}

function emptyTrail(reference: string, rules: BalanceRules, item: string): Trail {
  return {
    formula: "",
    substituted: "",
    inputs: [],
    numerator: null,
    denominator: null,
    value: null,
    reference,
    rulesVersion: rules.version,
    gap: { why: "not-applicable", rule: item },
  };
}

/** How the indicator of one row came about; a trail with a gap when the district has no such row. */
export function explainIndicator(
  facts: BalanceFacts,
  rules: BalanceRules,
  schoolCode: string,
  phase: Phase,
  indicator: Indicator,
): Trail {
  const { reference, per, isSplit } = rules.resources[indicator];
  const school = schoolByCode(mergeSchools(facts, rules), schoolCode);
  const pupils = school?.pupils.get(phase) ?? null;
  if (!school || !school.pupils.has(phase)) return emptyTrail(reference, rules, "noSuchRow");
  const reason = exclusionReason(school, rules);
  if (reason !== null || pupils === 0)
    return emptyTrail(reference, rules, `${rules.id}/exclusions/${reason ?? "noPupils"}`);
  const inputs: TrailInput[] = [];
  const open = openRelaxations(school, indicator, rules);
  const used = termsOf(indicator, phase).filter((part) => part.relaxation === null || open.includes(part.relaxation));
  const isSplitHere = isSplit && school.pools.some((pool) => pool.shares.size > 1 && pool.shares.has(phase));
  for (const part of used) {
    const relaxed = part.relaxation === null ? "" : `; relaxation ${part.relaxation}`;
    for (const pool of school.pools) {
      const share = pool.shares.get(phase);
      if (part.section === "premises") {
        const key = part.item;
        const base = { item: part.item, unit: unitOfItem[part.item] ?? "", section: "premises" };
        if (share !== undefined && (isSplit || share === 1)) {
          const how =
            share === 1
              ? "whole school"
              : share === null
                ? "split unknown"
                : `split ${shown(share)} (${pool.weightsKey})`;
          const reporting = pool.sites.filter((site, place) => place === 0 || site.shared !== null);
          for (const site of reporting) {
            inputs.push({
              ...base,
              value: site.shared?.[key] ?? null,
              schoolCode: site.schoolCode,
              note: how + relaxed,
            });
          }
        }
        for (const booking of pool.sites) {
          const value = stageOf(booking, phase)?.booked?.[key];
          if (value !== null && value !== undefined)
            inputs.push({ ...base, value, schoolCode: booking.schoolCode, note: `booked ${phase}${relaxed}` });
        }
      } else {
        for (const site of pool.sites) {
          for (const stage of site.stages) {
            const counts = isSplit ? pool.shares.has(stage.stage) && share !== undefined : stage.stage === phase;
            if (!counts || !(hasStaff(stage) || site === school.school)) continue;
            const note = `${stage.stage}${isSplit && share !== 1 ? `; split ${shown(share ?? null)}` : ""}${relaxed}`;
            inputs.push({
              item: part.item,
              value: part.pick(stage),
              unit: "人",
              section: "staff",
              schoolCode: site.schoolCode,
              note,
            });
          }
        }
      }
    }
  }
  for (const site of school.sites) {
    for (const stage of site.stages) {
      if (stage.stage !== phase && !isSplitHere) continue;
      inputs.push({
        item: `${stage.stage}Pupils`,
        value: stage.pupils,
        unit: "人",
        section: "schools",
        schoolCode: site.schoolCode,
        note: stage.stage === phase ? "divisor" : "weight",
      });
    }
  }
  const names = used.map((part, place) => `${place === 0 ? "" : part.sign > 0 ? " + " : " − "}${part.item}`).join("");
  const sum = used.length > 1 ? `(${names})` : names;
  const formula = `${sum}${isSplitHere ? " × share" : ""} ÷ ${phase}Pupils${per === 1 ? "" : ` × ${per}`}`;
  if (pupils === null) {
    return {
      ...emptyTrail(reference, rules, ""),
      formula,
      inputs,
      gap: { why: "not-reported", item: `${phase}Pupils`, where: `schools.${phase}Pupils` },
    };
  }
  const result = assessIndicator(school, phase, pupils, indicator, rules);
  // One pool with nothing booked shows its whole amounts and the share; any other mixture shows the amounts after splitting.
  const [pool] = school.pools;
  const isPlainSplit =
    isSplitHere &&
    school.pools.length === 1 &&
    used.every((part) => part.section === "premises") &&
    school.sites.every((site) => (stageOf(site, phase)?.booked ?? null) === null);
  const number = (part: Term) =>
    isPlainSplit && part.section === "premises"
      ? (pool?.shared?.[part.item] ?? null)
      : partOf(school, phase, part, isSplit);
  const parts = used
    .map((part, place) => `${place === 0 ? "" : part.sign > 0 ? " + " : " − "}${shown(number(part))}`)
    .join("");
  const share = isPlainSplit ? ` × ${shown(pool?.shares.get(phase))}` : "";
  return {
    formula,
    substituted: `${used.length > 1 ? `(${parts})` : parts}${share} ÷ ${shown(pupils)}${per === 1 ? "" : ` × ${per}`} = ${shown(result.value)}`,
    inputs,
    numerator: result.numerator,
    denominator: pupils,
    value: result.value,
    reference,
    rulesVersion: rules.version,
    gap: result.gap,
  };
}

/** One term of a numerator after splitting, for the line with the numbers put in. */
function partOf(school: MergedSchool, phase: Phase, part: Term, isSplit: boolean): number | null {
  let sum: number | null = null;
  const add = (value: number | null) => {
    if (value !== null) sum = (sum ?? 0) + value;
  };
  for (const pool of school.pools) {
    if (part.section === "premises") add(pooledAmount(pool, phase, part.item, isSplit));
    else {
      const share = isSplit ? (pool.shares.get(phase) ?? 0) : 1;
      for (const site of pool.sites)
        for (const stage of site.stages) {
          if ((isSplit ? pool.shares.has(stage.stage) : stage.stage === phase) && hasStaff(stage))
            add((part.pick(stage) ?? 0) * share);
        }
    }
  }
  return sum;
}

/** How a coefficient of variation came about, with one input per school. */
export function explainCv(facts: BalanceFacts, rules: BalanceRules, phase: Phase, indicator: Indicator): Trail {
  const resources = assessResources(facts, mergeSchools(facts, rules), rules);
  const result = resources.cv.find((candidate) => candidate.phase === phase && candidate.indicator === indicator);
  const rows = resources.rows.filter((row) => row.phase === phase);
  const unit = unitOfIndicator[indicator];
  return {
    formula: `sqrt(Σ pupils × (${indicator} − mean)² ÷ Σ pupils) ÷ mean`,
    substituted: `S = ${shown(result?.sd)}, mean = ${shown(result?.mean)}, Σ pupils = ${shown(result?.pupils)}; S ÷ mean = ${shown(result?.cv)}`,
    inputs: rows.map((row) => ({
      item: indicator,
      value: row.indicators[indicator].value,
      unit,
      schoolCode: row.schoolCode,
      note: `pupils ${shown(row.pupils)}`,
    })),
    numerator: result?.sd ?? null,
    denominator: result?.mean ?? null,
    value: result?.cv ?? null,
    reference: `${rules.spreadReference}/${indicator}`,
    rulesVersion: rules.version,
    gap: result?.gap ?? null,
  };
}

/**
 * How a condition of an item came about: the district's figure, or one school's where it holds school by school.
 *
 * @param conditionId  an id of {@link ItemCondition}, "satisfaction" or "precondition"
 */
export function explainCondition(
  facts: BalanceFacts,
  rules: BalanceRules,
  conditionId: string,
  schoolCode?: string,
): Trail {
  if (conditionId === "satisfaction") return explainSatisfaction(facts, rules);
  if (conditionId === "precondition") return explainPrecondition(facts, rules);
  const id = conditionId.split(":")[0] ?? conditionId;
  const definition = conditionDefinitions.find((candidate) => candidate.id === id);
  const reference = `${rules.id}/${id.startsWith("Q") ? "quality" : "government"}/${itemOf(id)}`;
  if (!definition) return emptyTrail(reference, rules, conditionId);
  const merged = mergeSchools(facts, rules);
  if (schoolCode !== undefined) {
    const school = schoolByCode(merged, schoolCode);
    return school
      ? explainForSchool(definition, school, facts, rules, reference)
      : emptyTrail(reference, rules, "noSuchSchool");
  }
  const condition = assessItems(facts, merged, rules)
    .items.flatMap((item) => item.conditions)
    .find((candidate) => candidate.id === conditionId);
  if (!condition) return emptyTrail(reference, rules, conditionId);
  const base = { reference, rulesVersion: rules.version, value: condition.value, gap: condition.gap };
  switch (definition.kind) {
    case "figures": {
      const { numerator, denominator } = figureValue(definition, facts);
      const keys = [...definition.numerator, ...definition.denominator];
      const top = sumText(definition.numerator);
      const bottom = sumText(definition.denominator);
      const numbers = (signed: readonly SignedKey[]) => sumText(signed, (key) => shown(facts.figures[key]));
      return {
        ...base,
        numerator,
        denominator,
        formula: bottom === "" ? top : `${top} ÷ ${bottom}`,
        substituted: `${numbers(definition.numerator)}${bottom === "" ? "" : ` ÷ ${numbers(definition.denominator)}`} = ${shown(condition.value)}`,
        inputs: keys.map(({ key }) => ({
          item: key,
          value: facts.figures[key] ?? null,
          unit: definition.unit,
          section: "districtFigures",
        })),
      };
    }
    case "schools":
      return {
        ...base,
        numerator: condition.value,
        denominator: null,
        formula: definition.formula,
        substituted: `${condition.failing.filter((school) => school.verdict === "notMet").length} notMet, ${condition.failing.filter((school) => school.verdict === "notComputable").length} notComputable`,
        inputs: condition.failing.map((school) => ({
          item: conditionId,
          value: school.value,
          unit: "",
          schoolCode: school.schoolCode,
          note: `${school.verdict}; limit ${shown(school.limit)}`,
        })),
      };
    case "pooled": {
      const inputs: TrailInput[] = [];
      let numerator = 0;
      let denominator = 0;
      for (const school of merged.schools) {
        const part = definition.part(school, rules);
        if (!part) continue;
        numerator += part.numerator ?? 0;
        denominator += part.denominator ?? 0;
        inputs.push(...pooledInputs(definition, school, part));
      }
      const isKnown = condition.value !== null;
      return {
        ...base,
        inputs,
        numerator: isKnown ? numerator : null,
        denominator: isKnown ? denominator : null,
        formula: `Σ ${definition.numeratorItem} ÷ Σ ${definition.denominatorItem}`,
        substituted: `${shown(isKnown ? numerator : null)} ÷ ${shown(isKnown ? denominator : null)} = ${shown(condition.value)}`,
      };
    }
    case "review": {
      const findings = facts.findings.filter((finding) => finding.item === itemOf(id));
      return {
        ...base,
        numerator: null,
        denominator: null,
        formula: "finding",
        substituted: condition.verdict,
        inputs: findings.map((finding) => ({
          item: finding.item,
          value: finding.isMet === null ? null : Number(finding.isMet),
          unit: "",
          section: "findings",
          ...(finding.finding === null ? {} : { note: finding.finding }),
        })),
      };
    }
    default: {
      const row = monitoredSubjects(facts).find(
        (subject) => `${id}:${subject.phase}:${subject.subjectName}` === conditionId,
      );
      return {
        ...base,
        numerator: condition.value,
        denominator: null,
        formula: definition.field,
        substituted: shown(condition.value),
        inputs: row
          ? [
              {
                item: definition.field,
                value: row[definition.field],
                unit: definition.unit,
                section: "monitoring",
                note: `${row.phase} ${row.subjectName}`,
              },
            ]
          : [],
      };
    }
  }
}

function sumText(keys: readonly SignedKey[], text: (key: string) => string = (key) => key): string {
  const joined = keys
    .map(({ key, sign }, place) => `${place === 0 ? "" : sign > 0 ? " + " : " − "}${text(key)}`)
    .join("");
  return keys.length > 1 ? `(${joined})` : joined;
}

function pooledInputs(
  definition: PooledCondition,
  school: MergedSchool,
  part: { readonly numerator: number | null; readonly denominator: number | null },
): TrailInput[] {
  const base = { unit: "人", section: "staff", schoolCode: school.school.schoolCode };
  return [
    { ...base, item: definition.numeratorItem, value: part.numerator },
    { ...base, item: definition.denominatorItem, value: part.denominator },
  ];
}

function explainForSchool(
  definition: ConditionDefinition,
  school: MergedSchool,
  facts: BalanceFacts,
  rules: BalanceRules,
  reference: string,
): Trail {
  const base = { reference, rulesVersion: rules.version };
  if (definition.kind === "schools") {
    const result = definition.judge(school, facts, rules);
    if (!result) return emptyTrail(reference, rules, definition.id);
    const inputs = definition.sources(school, facts).map(inputOf);
    return {
      ...base,
      inputs,
      numerator: result.value,
      denominator: null,
      value: result.value,
      gap: result.gap,
      formula: definition.formula,
      substituted: `${shown(result.value)} ${definition.compare === "atLeast" ? "≥" : "≤"} ${shown(result.limit)}${result.relaxation === null ? "" : `; relaxation ${result.relaxation}`}`,
    };
  }
  if (definition.kind === "pooled") {
    const part = definition.part(school, rules);
    if (!part) return emptyTrail(reference, rules, definition.id);
    const { numerator, denominator } = part;
    const value = numerator === null || denominator === null || denominator === 0 ? null : numerator / denominator;
    return {
      ...base,
      inputs: [...pooledInputs(definition, school, part), ...staffInputs(definition, school)],
      numerator,
      denominator,
      value,
      formula: `${definition.numeratorItem} ÷ ${definition.denominatorItem}`,
      substituted: `${shown(numerator)} ÷ ${shown(denominator)} = ${shown(value)}`,
      gap:
        value !== null
          ? null
          : denominator === 0
            ? { why: "no-denominator", item: definition.denominatorItem }
            : { why: "not-reported", item: numerator === null ? definition.numeratorItem : definition.denominatorItem },
    };
  }
  return emptyTrail(reference, rules, definition.id);
}

/** The counts of each site and phase behind a school's pooled share. */
function staffInputs(definition: PooledCondition, school: MergedSchool): TrailInput[] {
  const inputs: TrailInput[] = [];
  for (const site of school.sites) {
    for (const phase of phases) {
      const stage = stageOf(site, phase);
      if (!stage) continue;
      for (const item of [definition.numeratorItem, definition.denominatorItem]) {
        const value = item === "teachers" ? teacherCount(stage) : stage[item];
        inputs.push({ item, value, unit: "人", section: "staff", schoolCode: site.schoolCode, note: phase });
      }
    }
  }
  return inputs;
}

function inputOf(source: Source): TrailInput {
  const { item, value, unit, section, schoolCode } = source;
  return { item, value, unit, section, ...(schoolCode === null ? {} : { schoolCode }) };
}

function explainSatisfaction(facts: BalanceFacts, rules: BalanceRules): Trail {
  const { value, gap } = assessSatisfaction(facts, rules);
  const rows = facts.satisfaction.filter((row) => satisfactionParties.includes(row.party));
  const sum = (key: "validAnswers" | "satisfiedAnswers") =>
    rows.reduce((total, row) => total + (usable(row[key]) ?? 0), 0);
  const satisfied = gap ? null : sum("satisfiedAnswers");
  const valid = gap ? null : sum("validAnswers");
  return {
    formula: "Σ satisfiedAnswers ÷ Σ validAnswers",
    substituted: `${shown(satisfied)} ÷ ${shown(valid)} = ${shown(value)}`,
    inputs: rows.flatMap((row) =>
      (["satisfiedAnswers", "validAnswers"] as const).map((item) => ({
        item,
        value: row[item],
        unit: "份",
        section: "satisfaction",
        note: row.party,
      })),
    ),
    numerator: satisfied,
    denominator: valid,
    value,
    reference: `${rules.id}/recognition/satisfaction`,
    rulesVersion: rules.version,
    gap,
  };
}

function explainPrecondition(facts: BalanceFacts, rules: BalanceRules): Trail {
  const { value, gap } = assessPrecondition(facts.figures, facts.schoolYear, rules);
  const year = facts.figures.basicBalanceYear ?? null;
  return {
    formula: "schoolYear − basicBalanceYear",
    substituted: `${facts.schoolYear} − ${shown(year)} = ${shown(value)}`,
    inputs: [{ item: "basicBalanceYear", value: year, unit: "年份", section: "districtFigures" }],
    numerator: value,
    denominator: null,
    value,
    reference: `${rules.id}/precondition/basicBalance`,
    rulesVersion: rules.version,
    gap,
  };
}
