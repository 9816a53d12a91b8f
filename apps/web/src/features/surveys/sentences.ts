/** The sentences the pages open with, and the bands schools stand in. */

import type { SurveyEntry, SurveyStratum } from "@xingfu/contract";
import { responseRate } from "@xingfu/domain/survey";
import type { PartyResult, SchoolResult, SurveyResult } from "@xingfu/domain/survey";
import { entryAt, labelOf } from "@xingfu/standards";
import type { TFunction } from "i18next";
import { number, percent } from "../../lib/format.ts";

/** 社会认可度达到85%以上 */
const recognition = entryAt("moe-2017-quality-balance/recognition/satisfaction");
export const recognitionReference = "moe-2017-quality-balance/recognition/satisfaction";
/** share from which it is reached */
export const limit = Number(recognition?.fields["share"]?.value);

export const partyWords = (party: string): string => labelOf("satisfactionParties", party);

/** Where a share with its interval stands against the limit; null = it may not be told. */
export type Band = "above" | "near" | "below";
export function bandOf(low: number | null, high: number | null): Band | null {
  if (low === null || high === null) return null;
  if (low >= limit) return "above";
  return high < limit ? "below" : "near";
}

export function listSentence(surveys: readonly SurveyEntry[], t: TFunction): string {
  const of = (state: SurveyEntry["state"]): readonly SurveyEntry[] =>
    surveys.filter((survey) => survey.state === state);
  const [open, draft, closed] = [of("open"), of("draft"), of("closed")];
  if (surveys.length === 0) return t("surveys:list.none");
  const parts = [
    ...(open.length === 0 ? [] : [t("surveys:list.open", { count: open.length, named: named(open, t) })]),
    ...(draft.length === 0 ? [] : [t("surveys:list.draft", { count: draft.length })]),
    ...(closed.length === 0 ? [] : [t("surveys:list.closed", { count: closed.length, named: closed[0]?.title })]),
  ];
  return t("surveys:sentence", { parts: parts.join(t("common:list.semicolon")) });
}

function named(surveys: readonly SurveyEntry[], t: TFunction): string {
  return surveys.map((survey) => survey.title).join(t("common:list.comma"));
}

/** All valid answers together, as the assessment adds them up. */
export function pooled(result: SurveyResult): { readonly answers: number; readonly satisfied: number } {
  const told = result.parties.filter(({ share }) => share.gap === null);
  return {
    answers: told.reduce((sum, { share }) => sum + share.answers, 0),
    satisfied: told.reduce((sum, { share }) => sum + share.satisfied, 0),
  };
}

export function resultSentence(result: SurveyResult, t: TFunction): string {
  const { answers, satisfied } = pooled(result);
  const sheets = result.parties.reduce((sum, party) => sum + party.sheets, 0);
  if (answers === 0) return t("surveys:result.tooFew", { sheets });
  const below = result.parties.filter(({ share }) => bandOf(share.low, share.high) === "below");
  const near = result.parties.filter(({ share }) => bandOf(share.low, share.high) === "near");
  const list = (parties: readonly PartyResult[]): string =>
    parties.map(({ party, share }) => `${partyWords(party)} ${percent(share.value ?? 0)}`).join(t("common:list.comma"));
  const share = satisfied / answers;
  return [
    t(share >= limit ? "surveys:result.met" : "surveys:result.notMet", {
      sheets: number(sheets),
      share: percent(share),
      limit: percent(limit, 0),
    }),
    below.length === 0 ? t("surveys:result.noneBelow") : t("surveys:result.below", { named: list(below) }),
    ...(near.length === 0 ? [] : [t("surveys:result.near", { named: list(near) })]),
  ].join("");
}

/** The sentence of a person who sees own schools only. */
export function ownSentence(schools: readonly (SchoolResult & { readonly unitName: string })[], t: TFunction): string {
  const told = schools.filter((school) => school.share !== null);
  if (told.length === 0) return t("surveys:result.ownNone");
  const names = new Set(told.map((school) => school.unitName));
  const parts = told.map(
    (school) =>
      `${names.size > 1 ? `${school.unitName} ` : ""}${partyWords(school.party)} ${percent(school.share ?? 0)}`,
  );
  return t("surveys:result.own", { named: parts.slice(0, 6).join(t("common:list.comma")) });
}

export function progressSentence(strata: readonly SurveyStratum[], t: TFunction): string {
  const answers = strata.reduce((sum, stratum) => sum + stratum.answers, 0);
  const asked = strata.reduce((sum, stratum) => sum + stratum.toAsk, 0);
  if (strata.length === 0) return t("surveys:progress.noPlan");
  const few = new Set(strata.filter((stratum) => stratum.answers < 10).map((stratum) => stratum.unit));
  return t("surveys:progress.sentence", {
    answers: number(answers),
    asked: number(asked),
    rate: percent(responseRate(answers, asked) ?? 0),
    few: few.size,
  });
}
