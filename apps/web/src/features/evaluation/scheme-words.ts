/** Parts of a scheme in words: rules, raters, differences. Official wording comes from the scheme itself. */

import { codeList } from "@xingfu/standards";
import type { Gap } from "@xingfu/domain/base";
import type { Party, Rater, Rule, Scheme } from "@xingfu/standards";
import type { TFunction } from "i18next";
import { percent, plain } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import type { SchemeDifference } from "./compare-schemes.ts";

/** What turns input into points, in a line. */
export function ruleWords(rule: Rule, t: TFunction): string {
  const comma = t("common:list.comma");
  switch (rule.kind) {
    case "rubric":
      return t("evaluation:rule.rubric", {
        levels: rule.levels.map(({ label, share }) => `${label} ${percent(share, 0)}`).join(comma),
      });
    case "yesNo":
      return t("evaluation:rule.yesNo");
    case "survey":
      return t("evaluation:rule.survey", {
        zero: percent(rule.zeroAt, 0),
        full: percent(rule.fullAt, 0),
        answers: rule.minAnswers,
      });
    case "bands":
      return t("evaluation:rule.bands", {
        figure: rule.figure.label,
        bands: rule.bands
          .map(
            ({ limit, share }) =>
              `${rule.compare === "atLeast" ? "≥" : "≤"} ${plain(limit, 4)}${rule.figure.unit} ${percent(share, 0)}`,
          )
          .join(comma),
        otherwise: percent(rule.otherwise, 0),
      });
    case "count":
      return t("evaluation:rule.count", {
        figure: rule.figure.label,
        unit: rule.figure.unit,
        each: plain(rule.each),
        cap: plain(rule.cap),
      });
    case "grade":
      return t("evaluation:rule.grade", {
        figure: rule.figure.label,
        grades: rule.grades.map(({ label, share }) => `${label} ${percent(share, 0)}`).join(comma),
      });
  }
}

export function partyLabel(parties: readonly Party[], id: string): string {
  return parties.find((party) => party.id === id)?.label ?? id;
}

export function bandLabel(scheme: Scheme, id: string): string {
  return scheme.bands.find((band) => band.id === id)?.label ?? id;
}

/** Who rates with which weight, the counting ones first: 区教委评审组 50%、家长 30% */
export function ratersWords(
  raters: readonly Pick<Rater, "party" | "weight">[],
  parties: readonly Party[],
  t: TFunction,
): string {
  return raters
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ party, weight }) =>
      weight === 0
        ? t("evaluation:scheme.besideOnly", { party: partyLabel(parties, party) })
        : `${partyLabel(parties, party)} ${percent(weight, 0)}`,
    )
    .join(t("common:list.comma"));
}

/** One side of a difference in words; "–" where there is nothing. */
export function differenceWords(
  difference: SchemeDifference,
  side: "before" | "after",
  scheme: Scheme,
  t: TFunction,
): string {
  const value = difference[side];
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return difference.member === "flagSelfAbove" ? percent(value, 0) : plain(value, 4);
  if (typeof value === "string") return value;
  switch (difference.member) {
    case "rule":
      return ruleWords(value as Rule, t);
    case "raters":
      return ratersWords(value as readonly Rater[], scheme.parties, t);
    case "methods":
      return (value as readonly string[])
        .map((method) => t(`evaluation:method.${method}`))
        .join(t("common:list.comma"));
    case "missing":
      return Object.entries(value as Readonly<Record<string, string | number>>)
        .map(([key, entry]) =>
          typeof entry === "number"
            ? t("evaluation:missing.presentAtLeastIs", { share: percent(entry, 0) })
            : t(`evaluation:missing.${key}.${entry}`),
        )
        .join(t("common:list.semicolon"));
    default:
      return (value as readonly { readonly label: string; readonly atLeast?: number }[])
        .map(({ label, atLeast }) => (atLeast === undefined ? label : `${label} ≥ ${percent(atLeast, 0)}`))
        .join(t("common:list.comma"));
  }
}

/** A gap of a scorecard in words: keys of figures, pieces of evidence and nodes by the names the scheme gives them. */
export function schemeGapWords(gap: Gap, scheme: Scheme, t: TFunction): string {
  if (gap.why === "depends")
    return t("common:gap.depends", { on: gap.on.map((id) => namedIn(scheme, id)).join(t("common:list.comma")) });
  if (gap.why === "not-reported" || gap.why === "implausible")
    return t(`common:gap.${gap.why}`, { item: namedIn(scheme, gap.item) });
  return gapWords(gap, t);
}

/** Name of a node, party, figure ("valueAddedBand") or piece of evidence ("B1/plan"); the key itself when it is none of them. */
function namedIn(scheme: Scheme, key: string): string {
  const node = scheme.nodes.find((candidate) => candidate.id === key);
  if (node !== undefined) return node.label;
  const party = scheme.parties.find((candidate) => candidate.id === key);
  if (party !== undefined) return party.label;
  for (const { id, leaf } of scheme.nodes) {
    if (leaf === null) continue;
    if ("figure" in leaf.rule && leaf.rule.figure.key === key) return leaf.rule.figure.label;
    for (const item of leaf.evidence) if (`${id}/${item.id}` === key) return item.label;
  }
  return key;
}

/** Names of the 办学类型 a scheme is for; a prefix of the code stands for all that begin with it. */
export function schoolTypeWords(prefixes: readonly string[], t: TFunction): string {
  const types = codeList("schoolTypes");
  return prefixes
    .flatMap((prefix) => {
      const own = types.filter((type) => type.code.startsWith(prefix)).map((type) => type.label);
      return own.length === 0 ? [prefix] : own;
    })
    .join(t("common:list.comma"));
}
