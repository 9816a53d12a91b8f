/** Why a figure is absent, in words, and where it can be filled in. */

import type { Gap, Section } from "@xingfu/domain/base";
import { sections } from "@xingfu/domain/base";
import { labelOf } from "@xingfu/standards";
import type { TFunction } from "i18next";

/** @param names  schools by code, for a gap that depends on schools */
export function gapWords(gap: Gap, t: TFunction, names?: ReadonlyMap<string, string>): string {
  switch (gap.why) {
    case "not-reported":
      return t("common:gap.not-reported", { item: itemWords(gap.item, t) });
    case "no-denominator":
      return t("common:gap.no-denominator", { item: itemWords(gap.item, t) });
    case "too-few":
      return t("common:gap.too-few", { have: gap.have, need: gap.need });
    case "suppressed":
      return t("common:gap.suppressed", { below: gap.below });
    case "not-applicable":
      return t("common:gap.not-applicable");
    case "implausible":
      return t("common:gap.implausible", { item: itemWords(gap.item, t) });
    case "not-reviewed":
      return t("common:gap.not-reviewed");
    case "depends":
      return t("common:gap.depends", {
        on: gap.on.map((item) => names?.get(item) ?? itemWords(item, t)).join(t("common:list.comma")),
      });
  }
}

/**
 * Name of a reported item by its key ("teachingFloorAreaM2", "teachers.bachelor"): the official wording where the
 * standards library has one, else ours; the key itself when no name is known.
 */
export function itemWords(item: string, t: TFunction): string {
  for (const list of ["reportedItems", "balanceFields"]) {
    const label = labelOf(list, item);
    if (label !== item) return label;
  }
  const key = item.split(".").at(-1) ?? item;
  const official = labelOf("reportedItems", key);
  return official === key ? t(`common:item.${key}`, { defaultValue: item }) : official;
}

/** The section of the return that would hold what is absent; null = the gap does not say. */
export function gapSection(gap: Gap): Section | null {
  if (gap.why !== "not-reported" || gap.where === undefined) return null;
  const first = gap.where.split(/[./:|]/)[0];
  return sections.find((section) => section === first) ?? null;
}
