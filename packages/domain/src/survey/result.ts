/** A closed survey summed up: what each party says in the district, and what may be told of each school. */

import type { SatisfactionRow } from "../base/index.ts";
import type { SatisfiedCount, Tally } from "./counts.ts";
import { countSheets, isSatisfied } from "./counts.ts";
import type { Cell } from "./disclose.ts";
import { hideSmallCells, leastShown } from "./disclose.ts";
import type { Share, StratumCount } from "./estimate.ts";
import { estimateShare } from "./estimate.ts";
import type { Form, Question, SurveyParty } from "./form.ts";
import { questionsOf } from "./form.ts";
import type { Keyword } from "./keywords.ts";
import { keywords } from "./keywords.ts";
import type { PlannedStratum } from "./plan.ts";
import type { Sheet } from "./sheet.ts";

/** One party in the whole district. */
export interface PartyResult {
  readonly party: SurveyParty;
  readonly population: number;
  readonly asked: number;
  readonly sheets: number;
  /** the question that gives satisfaction */
  readonly share: Share;
  /** null below ten sheets; a question with fewer than ten answers has no options */
  readonly tally: Tally | null;
  /** people who wrote something */
  readonly texts: number;
  /** what the unsatisfied write more about than the satisfied, and the other way round */
  readonly keywords: { readonly unsatisfied: readonly Keyword[]; readonly satisfied: readonly Keyword[] };
}

/** One party of one school. What may not be shown is null and empty. */
export interface SchoolResult {
  readonly unit: string;
  readonly party: SurveyParty;
  readonly population: number;
  readonly asked: number;
  readonly sheets: number;
  readonly isShown: boolean;
  readonly answers: number | null;
  readonly satisfied: number | null;
  /** weighted over the school's stages, with its 95 % interval */
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly leaves: Readonly<Record<string, SatisfiedCount>>;
}

export interface SurveyResult {
  readonly parties: readonly PartyResult[];
}

/** Texts of one group that are looked through for words; sheets come in random order, so the first are a sample. */
const mostTexts = 4000;

/** Takes sheets as they come and sums them up at the end. */
export interface Summary {
  /** @param unit school code, or the district's */
  add(party: SurveyParty, unit: string, stage: string, sheet: Sheet): void;
  finish(): { readonly result: SurveyResult; readonly schools: readonly SchoolResult[] };
}

interface StratumSum {
  readonly unit: string;
  readonly stage: string;
  readonly overall: SatisfiedCount;
  population: number;
  asked: number;
  sheets: number;
}

interface PartySum {
  readonly form: Form;
  readonly overall: Question | undefined;
  readonly words: readonly string[];
  readonly strata: Map<string, StratumSum>;
  readonly schools: Map<string, ReturnType<typeof countSheets>>;
  readonly whole: ReturnType<typeof countSheets>;
  readonly texts: { readonly unsatisfied: string[]; readonly satisfied: string[] };
  writers: number;
}

/** @param plan people and people asked of every stratum; sheets of one that is not planned are counted all the same */
export function summarizeSurvey(forms: readonly Form[], plan: readonly PlannedStratum[]): Summary {
  const parties = new Map(forms.map((form) => [form.party, startParty(form)]));
  const stratumOf = (sum: PartySum, unit: string, stage: string): StratumSum => {
    const key = `${unit}/${stage}`;
    let stratum = sum.strata.get(key);
    if (stratum === undefined) {
      stratum = { unit, stage, overall: { answers: 0, satisfied: 0 }, population: 0, asked: 0, sheets: 0 };
      sum.strata.set(key, stratum);
    }
    return stratum;
  };
  for (const planned of plan) {
    const sum = parties.get(planned.party);
    if (sum === undefined) continue;
    const stratum = stratumOf(sum, planned.unit, planned.stage ?? "");
    stratum.population += planned.population;
    stratum.asked += planned.toAsk;
  }
  return {
    add(party, unit, stage, sheet) {
      const sum = parties.get(party);
      if (sum === undefined) return;
      const stratum = stratumOf(sum, unit, stage);
      stratum.sheets += 1;
      const value = sum.overall === undefined ? undefined : sheet[sum.overall.id];
      const isGood = sum.overall !== undefined && value !== undefined && isSatisfied(sum.overall, value);
      if (value !== undefined) {
        stratum.overall.answers += 1;
        if (isGood) stratum.overall.satisfied += 1;
      }
      sum.whole.add(sheet);
      let school = sum.schools.get(unit);
      if (school === undefined) sum.schools.set(unit, (school = countSheets(sum.form)));
      school.add(sheet);
      const written = sum.words.flatMap((id) => (typeof sheet[id] === "string" ? [sheet[id]] : []));
      if (written.length === 0) return;
      sum.writers += 1;
      const group = isGood ? sum.texts.satisfied : sum.texts.unsatisfied;
      if (group.length < mostTexts) group.push(written.join("\n"));
    },
    finish: () => ({
      result: { parties: [...parties.values()].map(partyResult) },
      schools: [...parties.values()].flatMap(schoolResults),
    }),
  };
}

function startParty(form: Form): PartySum {
  const questions = questionsOf(form);
  return {
    form,
    overall: questions.find((question) => "isOverall" in question && question.isOverall),
    words: questions.flatMap((question) => (question.kind === "text" ? [question.id] : [])),
    strata: new Map(),
    schools: new Map(),
    whole: countSheets(form),
    texts: { unsatisfied: [], satisfied: [] },
    writers: 0,
  };
}

function countOf({ unit, stage, population, overall }: StratumSum): StratumCount {
  return { id: `${unit}/${stage}`, population, ...overall };
}

function partyResult(sum: PartySum): PartyResult {
  const strata = [...sum.strata.values()];
  const total = (of: (stratum: StratumSum) => number): number => strata.reduce((all, stratum) => all + of(stratum), 0);
  const { tally } = sum.whole;
  const share = estimateShare(strata.map(countOf));
  const { unsatisfied, satisfied } = sum.texts;
  const isTold = sum.writers >= leastShown;
  const words = (own: readonly string[], others: readonly string[]): readonly Keyword[] =>
    isTold && own.length >= leastShown ? keywords(own, others.length >= leastShown ? others : []) : [];
  return {
    party: sum.form.party,
    population: total((stratum) => stratum.population),
    asked: total((stratum) => stratum.asked),
    sheets: tally.sheets,
    share,
    tally: tally.sheets < leastShown ? null : withoutSmall(tally),
    texts: isTold ? sum.writers : 0,
    keywords: { unsatisfied: words(unsatisfied, satisfied), satisfied: words(satisfied, unsatisfied) },
  };
}

function withoutSmall(tally: Tally): Tally {
  return {
    ...tally,
    questions: tally.questions.map((count) => (count.answered < leastShown ? { ...count, options: [] } : count)),
  };
}

function schoolResults(sum: PartySum): readonly SchoolResult[] {
  const { party } = sum.form;
  const bySchool = new Map<string, StratumSum[]>();
  for (const stratum of sum.strata.values()) {
    const own = bySchool.get(stratum.unit);
    if (own === undefined) bySchool.set(stratum.unit, [stratum]);
    else own.push(stratum);
  }
  const published = { rows: false, columns: true } as const;
  const sheetCells = [...sum.schools].map(([unit, { tally }]): Cell => ({
    row: unit,
    column: party,
    count: tally.sheets,
  }));
  const sheets = hideSmallCells(sheetCells, published);
  // the district's counts of every question are published, so each leaf is a column with a known total
  const leaves = hideSmallCells(
    [...sum.schools].flatMap(([unit, { tally }]) =>
      Object.entries(tally.leaves).map(([leaf, { answers }]): Cell => ({ row: unit, column: leaf, count: answers })),
    ),
    published,
  );
  const overall = hideSmallCells(
    [...sum.schools].map(([unit, { tally }]): Cell => ({
      row: unit,
      column: party,
      count: tally.overall?.answers ?? 0,
    })),
    published,
  );
  return [...bySchool].map(([unit, strata]): SchoolResult => {
    const total = (of: (stratum: StratumSum) => number): number => strata.reduce((all, one) => all + of(one), 0);
    const tally = sum.schools.get(unit)?.tally;
    const count = tally?.sheets ?? 0;
    const isShown = count >= leastShown && sheets.isShown(unit, party);
    const head = {
      unit,
      party,
      population: total((stratum) => stratum.population),
      asked: total((stratum) => stratum.asked),
      sheets: count,
      isShown,
    };
    const isTold =
      isShown && tally?.overall != null && tally.overall.answers >= leastShown && overall.isShown(unit, party);
    const share = isTold ? estimateShare(strata.map(countOf)) : null;
    return {
      ...head,
      answers: isTold ? (tally.overall?.answers ?? null) : null,
      satisfied: isTold ? (tally.overall?.satisfied ?? null) : null,
      share: share?.value ?? null,
      low: share?.low ?? null,
      high: share?.high ?? null,
      leaves: isShown
        ? Object.fromEntries(
            Object.entries(tally?.leaves ?? {}).filter(
              ([leaf, { answers }]) => answers >= leastShown && leaves.isShown(unit, leaf),
            ),
          )
        : {},
    };
  });
}

/**
 * What a closed survey offers for the district's report of 社会认可度: valid and satisfied sheets of each party it asked,
 * unweighted, as the national document counts answers. A party with fewer than ten sheets is left out. Offered only: an
 * officer decides whether it is taken over.
 *
 * @source moe-2017-quality-balance, recognition
 */
export function satisfactionFrom(result: SurveyResult): readonly SatisfactionRow[] {
  return result.parties
    .filter(({ share }) => share.gap === null)
    .map(({ party, share }) => ({ party, validAnswers: share.answers, satisfiedAnswers: share.satisfied }));
}
