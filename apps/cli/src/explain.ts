/** How one figure of an assessment came about, from a target as it is typed at the command line. */

import { explainCondition, explainCv, explainIndicator, indicators, readableFormula } from "@xingfu/domain/balance";
import type { Indicator } from "@xingfu/domain/balance";
import { phases } from "@xingfu/domain/base";
import type { Phase, Trail } from "@xingfu/domain/base";
import { documentOf, labelOf } from "@xingfu/standards";
import type { Assessed } from "./assessed.ts";
import { CommandRefusal, textTable } from "./terminal.ts";
import { entryOf, gapText, indicatorLabel, itemLabel, noteText, phaseLabel, sectionLabel } from "./wording.ts";

/** One trail with what it explains. */
export interface Explained {
  /** as typed, or the condition of the item that was typed */
  readonly target: string;
  readonly title: string;
  readonly trail: Trail;
}

/**
 * The trails of a target: one for a figure, one per condition for an item.
 *
 * @param target  "2150000001:primary:R4", "cv:junior:R6", "G9", "G9.share", "G3.music@2150000001", "satisfaction"
 * @throws CommandRefusal when there is no such figure
 */
export function explain(target: string, assessed: Assessed): readonly Explained[] {
  const { facts, rules, assessment } = assessed;
  const [place = "", phaseText = "", indicatorText = ""] = target.split(":");
  if (place === "cv" || /^\d{10}$/.test(place)) {
    const phase = phaseOf(phaseText);
    const indicator = indicatorOf(indicatorText);
    if (phase === undefined || indicator === undefined) throw unknown(target);
    if (place === "cv") {
      const title = `${phaseLabel(phase)} ${indicatorLabel(indicator)} 校际差异系数`;
      return [{ target, title, trail: explainCv(facts, rules, phase, indicator) }];
    }
    const school = facts.schools.find((one) => one.schoolCode === place);
    if (school === undefined) throw refuse(`没有标识码为 ${place} 的学校`, `There is no school ${place}`);
    const title = `${school.name} ${phaseLabel(phase)} ${indicatorLabel(indicator)}`;
    return [{ target, title, trail: explainIndicator(facts, rules, place, phase, indicator) }];
  }

  const [id = "", schoolCode] = target.split("@");
  if (id === "satisfaction" || id === "precondition") {
    const title = labelOf("balanceParts", id === "satisfaction" ? "recognition" : id);
    return [{ target, title, trail: explainCondition(facts, rules, id) }];
  }
  const item = assessment.items.find((one) => id === one.id || id.startsWith(`${one.id}.`));
  const conditions =
    item?.conditions.filter((one) => id === item.id || one.id === id || one.id.startsWith(`${id}:`)) ?? [];
  if (item === undefined || conditions.length === 0) throw unknown(target);
  if (schoolCode !== undefined && !facts.schools.some((one) => one.schoolCode === schoolCode)) {
    throw refuse(`没有标识码为 ${schoolCode} 的学校`, `There is no school ${schoolCode}`);
  }
  return conditions.map((condition) => {
    const label =
      entryOf(item.id)?.conditions.find((one) => one.id === condition.id.split(":")[0])?.label ?? condition.id;
    const rest = condition.id
      .split(":")
      .slice(1)
      .map((word) => labelOf("stages", word))
      .join(" ");
    const trail =
      schoolCode === undefined
        ? explainCondition(facts, rules, condition.id)
        : explainCondition(facts, rules, condition.id, schoolCode);
    return { target: condition.id, title: `${item.id} ${label}${rest === "" ? "" : `（${rest}）`}`, trail };
  });
}

function phaseOf(text: string): Phase | undefined {
  return phases.find((phase) => phase === text || phaseLabel(phase) === text);
}

function indicatorOf(text: string): Indicator | undefined {
  return indicators.find((indicator) => indicator === text.toUpperCase());
}

function refuse(zh: string, en: string): CommandRefusal {
  return new CommandRefusal({ zh: `${zh}。`, en: `${en}.` });
}

function unknown(target: string): CommandRefusal {
  return new CommandRefusal({
    zh: `不能解释“${target}”。可用：学校标识码:primary:R4、cv:junior:R6、G9、G3.music、G3.music@学校标识码、satisfaction、precondition。`,
    en: `Cannot explain "${target}". Use SCHOOLCODE:primary:R4, cv:junior:R6, G9, G3.music, G3.music@SCHOOLCODE, satisfaction, precondition.`,
  });
}

/**
 * A trail as a person reads it.
 *
 * @param names  names of schools by code
 */
export function trailText({ target, title, trail }: Explained, names: ReadonlyMap<string, string>): string {
  const lines = [
    `${title}    ${target}`,
    `  公式  ${readableFormula(trail.formula)}`,
    ...(trail.substituted === "" ? [] : [`  代入  ${noteText(trail.substituted)}`]),
    ...(trail.numerator === null && trail.denominator === null
      ? []
      : [`  分子  ${exact(trail.numerator)}`, `  分母  ${exact(trail.denominator)}`]),
    `  数值  ${exact(trail.value)}`,
    ...(trail.gap === null ? [] : [`  缺失  ${gapText(trail.gap)}`]),
    `  依据  ${documentOf(trail.reference)?.number ?? ""} ${trail.reference}，规则 ${trail.rulesVersion}`,
  ];
  const inputs = textTable(
    [
      { title: "项目" },
      { title: "数值", align: "right" },
      { title: "单位" },
      { title: "表" },
      { title: "学校标识码" },
      { title: "学校" },
      { title: "说明" },
    ],
    trail.inputs.map((input) => [
      itemLabel(input.item),
      exact(input.value),
      input.unit,
      input.section === undefined ? "" : sectionLabel(input.section),
      input.schoolCode ?? "",
      names.get(input.schoolCode ?? "") ?? "",
      noteText(input.note ?? ""),
    ]),
  );
  return `${lines.join("\n")}\n${inputs === "" ? "" : `\n${inputs.replace(/^/gm, "  ").trimEnd()}\n`}`;
}

/** All digits: a trail is there to be checked. */
function exact(value: number | null): string {
  return value === null ? "—" : String(value);
}
