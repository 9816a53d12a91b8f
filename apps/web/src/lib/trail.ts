/** The formula and the notes of a trail in words. */

import { entryAt, labelOf } from "@xingfu/standards";
import type { TFunction } from "i18next";
import { stages, verdicts } from "@xingfu/domain/base";
import { itemWords } from "./gap.ts";

/** The formula with the names of its items. */
export function formulaWords(formula: string, t: TFunction): string {
  return formula.replaceAll(/[A-Za-z][\w.]*/g, (key) => itemWords(key, t));
}

/** What was done with a number, in words: "split 0.4308 (primary-junior)" becomes "按 0.4308 分摊（九年一贯制）". */
export function noteWords(note: string, t: TFunction): string {
  return note
    .split("; ")
    .map((part) => partWords(part, t))
    .join(t("common:list.semicolon"));
}

function partWords(part: string, t: TFunction): string {
  const split = /^split ([\d.]+)(?: \((.+)\))?$/.exec(part);
  if (split !== null) {
    const weights = split[2] === undefined ? null : entryAt(`moe-2017-quality-balance/splitting/${split[2]}`);
    const key = weights === null || weights === undefined ? "split" : "splitBy";
    return t(`common:note.${key}`, { share: split[1], weights: weights?.shortLabel });
  }
  if (part === "split unknown") return t("common:note.splitUnknown");
  if (part === "whole school" || part === "divisor" || part === "weight")
    return t(`common:note.${part.replace(" ", "")}`);
  const booked = /^booked (\w+)$/.exec(part)?.[1];
  if (booked !== undefined) return t("common:note.booked", { stage: stageWords(booked) });
  const relaxation = /^relaxation (.+)$/.exec(part)?.[1];
  if (relaxation !== undefined) {
    const entry = entryAt(`moe-2017-quality-balance/relaxations/${relaxation}`);
    return t("common:note.relaxation", { label: entry?.shortLabel ?? relaxation });
  }
  const pupils = /^pupils ([\d.]+)$/.exec(part)?.[1];
  if (pupils !== undefined) return t("common:note.pupils", { count: Number(pupils) });
  const limit = /^limit (.+)$/.exec(part)?.[1];
  if (limit !== undefined) return t("common:note.limit", { limit });
  const verdict = verdicts.find((entry) => entry === part);
  if (verdict !== undefined) return t(`common:verdict.${verdict}`);
  const [first = "", ...rest] = part.split(" ");
  if (stages.some((stage) => stage === first)) return [stageWords(first), ...rest].join(" ");
  return labelOf("satisfactionParties", part);
}

function stageWords(stage: string): string {
  return labelOf("stages", stage);
}

/** The formula with its numbers: counts of verdicts are named, the rest is figures. */
export function substitutedWords(text: string, t: TFunction): string {
  return text.replaceAll(/\b(notMet|notComputable|met)\b/g, (verdict) => t(`common:verdict.${verdict}`));
}
