/** Official wording, units and limits of the assessment, from the standards library. */

import { indicators } from "@xingfu/domain/balance";
import type { Indicator, ItemCondition } from "@xingfu/domain/balance";
import { tableAt, unitLabels } from "@xingfu/standards";
import type { Entry, Unit } from "@xingfu/standards";
import type { TFunction } from "i18next";
import { number, percent, plain } from "../../lib/format.ts";

const document = "moe-2017-quality-balance";
const byId = (table: string): ReadonlyMap<string, Entry> =>
  new Map(tableAt(`${document}/${table}`).entries.map((entry) => [entry.id, entry]));
const resources = byId("resources");
const items = new Map([...byId("government"), ...byId("quality")]);
const vetoes = byId("vetoes");
const exclusions = byId("exclusions");
const relaxations = byId("relaxations");
export const satisfactionEntry = known(byId("recognition"), "satisfaction");
export const preconditionEntry = known(byId("precondition"), "basicBalance");

function known(table: ReadonlyMap<string, Entry>, id: string): Entry {
  const entry = table.get(id);
  if (entry === undefined) throw new RangeError(`the standards library has no ${id}`);
  return entry;
}

export const indicatorEntry = (indicator: Indicator): Entry => known(resources, indicator);
export const itemEntry = (id: string): Entry => known(items, id);
export const vetoEntry = (id: string): Entry => known(vetoes, id);

/** Why a school is left out, in the words of the document; the key itself for one the library does not know. */
export function exclusionLabel(reason: string): string {
  return exclusions.get(reason)?.label ?? reason;
}

/** What a gap is about: "R6", "cv.R6", "Q2.share", "V3" in words. */
export function gapSubject(subject: string, t: TFunction): string {
  const spread = /^cv[.](R\d)$/.exec(subject)?.[1];
  const indicator = indicators.find((entry) => entry === (spread ?? subject));
  if (indicator !== undefined) {
    const name = `${indicator} ${indicatorEntry(indicator).shortLabel}`;
    return spread === undefined ? name : t("balance:years.cvOf", { id: name });
  }
  const id = subject.split(".")[0] ?? subject;
  const entry = items.get(id) ?? vetoes.get(id);
  if (entry !== undefined) return `${id} ${entry.shortLabel}`;
  return subject === "satisfaction" ? satisfactionEntry.shortLabel : subject;
}

export function relaxationLabel(key: string): string {
  return relaxations.get(key)?.label ?? key;
}

/** The library's own entry of a condition: "Q9.level:primary:数学" is listed as "Q9.level". */
function condition(id: string): Entry["conditions"][number] | undefined {
  const plainId = id.split(":")[0] ?? id;
  return items.get(plainId.split(".")[0] ?? "")?.conditions.find((entry) => entry.id === plainId);
}

export function conditionLabel(id: string): string {
  if (id === "satisfaction") return satisfactionEntry.label;
  if (id === "precondition") return preconditionEntry.label;
  const subject = id.split(":").slice(1).at(-1);
  const label = condition(id)?.label ?? id;
  return subject === undefined ? label : `${label}（${subject}）`;
}

/** Unit of a condition's figure, or of one school's where it holds school by school. */
export function conditionUnit(id: string, ofSchool: boolean): string {
  const entry = condition(id);
  const unit = ofSchool ? (entry?.schoolUnit ?? entry?.unit) : entry?.unit;
  return unit === undefined ? "" : unitWords(unit);
}

export function unitWords(unit: Unit): string {
  return unitLabels[unit];
}

/** Unit of the amount itself: people, m², yuan, rooms. */
export function numeratorUnit(indicator: Indicator): string {
  const units: Readonly<Record<Indicator, Unit>> = {
    R1: "people",
    R2: "people",
    R3: "people",
    R4: "m2",
    R5: "m2",
    R6: "yuan",
    R7: "rooms",
  };
  return unitLabels[units[indicator]];
}

/** A limit as printed in a rule: no more decimals than it has. */
export function ruleNumber(value: number): string {
  return plain(value, 4);
}

export function thresholdWords(indicator: Indicator, threshold: number): string {
  return `≥ ${ruleNumber(threshold)} ${unitWords(indicatorEntry(indicator).unit)}`;
}

/** A figure of a condition with its unit: shares as per cent. */
export function conditionFigure(id: string, value: number, ofSchool = false): string {
  const entry = condition(id);
  const unit: Unit =
    id === "satisfaction" ? "share" : ((ofSchool ? entry?.schoolUnit : null) ?? entry?.unit ?? "ratio");
  if (unit === "share") return percent(value, 2);
  if (unit === "ratio") return number(value, 3);
  const words = unitWords(unit);
  return words === "" ? plain(value) : `${plain(value)} ${words}`;
}

const signs: Readonly<Record<NonNullable<ItemCondition["compare"]>, string>> = {
  atLeast: "≥",
  atMost: "≤",
  below: "<",
};

/** The limit of a condition: "≥ 95.00%", "≤ 0 所"; null for a reviewed one. */
export function limitWords({ id, limit, compare }: Pick<ItemCondition, "id" | "limit" | "compare">): string | null {
  return limit === null || compare === null ? null : `${signs[compare]} ${conditionFigure(id, limit)}`;
}
