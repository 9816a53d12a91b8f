/** How a figure of the preschool assessment came about. */

import type { Gap, Trail, TrailInput } from "../base/index.ts";
import { areas } from "./assess.ts";
import type { PreschoolAssessment } from "./assess.ts";
import type { PreschoolFacts } from "./facts.ts";
import type { PreschoolRules } from "./rules.ts";

const formulas: Readonly<Record<string, string>> = {
  A1: "pupils ÷ populationAged3To6",
  A2: "(publicPupils + inclusivePrivatePupils) ÷ pupils",
  A3: "publicPupils ÷ pupils",
  satisfaction: "preschoolSatisfiedAnswers ÷ preschoolValidAnswers",
  "C2.size": "classesWithin ÷ classes",
  "C3.ratio": "pupils ÷ teachers",
  "C4.certified": "(certifiedTeachers + certifiedKindergartenHeads) ÷ (teachers + kindergartenHeads)",
};

/**
 * The trail of a condition of the district, or of one kindergarten under a condition of C1.
 *
 * @param id  "A2", "C1.outdoor", "B4.review"
 * @param schoolCode  a kindergarten, for C1 only
 * @returns undefined when there is no such condition or kindergarten
 */
export function explainPreschool(
  assessment: PreschoolAssessment,
  facts: PreschoolFacts,
  rules: PreschoolRules,
  id: string,
  schoolCode?: string,
): Trail | undefined {
  const item = id.split(".")[0]!;
  const all = [...assessment.items.flatMap(({ conditions }) => conditions), assessment.satisfaction];
  const condition = all.find((one) => one.id === id);
  if (!condition) return undefined;
  const table = { A: "coverage", B: "government", C: "care" }[item[0]!] ?? "recognition";
  const base = { reference: `${rules.id}/${table}/${item}`, rulesVersion: rules.version };
  if (schoolCode !== undefined) {
    const one = facts.kindergartens.find((candidate) => candidate.schoolCode === schoolCode);
    const area = Object.entries(areas).find(([key]) => id === `C1.${key}`)?.[1];
    if (!one || !area) return undefined;
    const amount = one[area.item];
    const own = condition.failing.find((failing) => failing.schoolCode === schoolCode);
    const isComputed = amount !== null && one.pupils !== null && one.pupils > 0 && own?.value !== null;
    const gap: Gap | null = own?.gap ?? (isComputed ? null : { why: "no-denominator", item: "pupils" });
    return {
      ...base,
      formula: `${area.item} ÷ pupils`,
      substituted: `${amount ?? "—"} ÷ ${one.pupils ?? "—"}`,
      inputs: [
        { item: area.item, value: amount, unit: area.item === "books" ? "册" : "m²", section: area.where, schoolCode },
        { item: "pupils", value: one.pupils, unit: "人", section: "schools", schoolCode },
      ],
      numerator: amount,
      denominator: one.pupils,
      value: isComputed ? amount / one.pupils : null,
      gap,
    };
  }
  const { numerator, denominator, value, gap, failing } = condition;
  if (condition.kind === "reviewed") {
    const found = facts.findings.filter((finding) => finding.item === item);
    return {
      ...base,
      formula: "finding",
      substituted: found.map(({ isMet }) => (isMet === null ? "—" : isMet ? "达标" : "未达标")).join("，"),
      inputs: found.map(({ isMet, finding }): TrailInput => ({
        item: "finding",
        value: isMet === null ? null : Number(isMet),
        unit: "",
        section: "findings",
        ...(finding ? { note: finding } : {}),
      })),
      numerator,
      denominator,
      value,
      gap,
    };
  }
  if (item === "C1") {
    return {
      ...base,
      formula: "count",
      substituted: String(value ?? "—"),
      inputs: failing.map((one) => ({
        item: areas[id.slice(3) as keyof typeof areas].item,
        value: one.value,
        unit: id === "C1.books" ? "册/人" : "m²/人",
        schoolCode: one.schoolCode,
      })),
      numerator,
      denominator,
      value,
      gap,
    };
  }
  return {
    ...base,
    formula: formulas[id]!,
    substituted: `${numerator ?? "—"} ÷ ${denominator ?? "—"}`,
    inputs: [
      { item: "numerator", value: numerator, unit: id === "C2.size" ? "个" : "人" },
      { item: "denominator", value: denominator, unit: id === "C2.size" ? "个" : "人" },
    ],
    numerator,
    denominator,
    value,
    gap,
  };
}
