/** What an evaluation comes to for a school, and a round for the district. */

import type { EvaluationResult, ResultYear, RoundSummary } from "@xingfu/contract";
import {
  bandOf,
  concernsOf,
  countBands,
  disagreementsOf,
  distributionsOf,
  shareOf,
  strengthsOf,
  weakAreasOf,
} from "@xingfu/domain/scheme";
import type { Scheme, Scorecard } from "@xingfu/domain/scheme";
import {
  listAppeals,
  listEarlierEvaluations,
  listEvaluationFigures,
  listEvaluations,
  listIssues,
  listResults,
  listSelfEntries,
  readFeedback,
  readProgress,
  readRound,
} from "@xingfu/store";
import type { EvaluationHead, Transaction } from "@xingfu/store";
import { toIssue } from "./issue-routes.ts";
import { toEvaluation } from "./moves.ts";
import { toRound } from "./round-routes.ts";
import { maySee } from "./scored.ts";
import type { Scores } from "./scored.ts";

/** Key of the figure that value-added evaluation gives a school. */
const valueAddedKey = "valueAddedBand";

/** A school's result as far as the actor may see it. */
export async function resultOf(
  tx: Transaction,
  scores: Scores,
  head: EvaluationHead,
  now: Date,
): Promise<EvaluationResult> {
  const evaluation = toEvaluation(head, now);
  const { scheme } = await scores.schemeOf(tx, head.roundId);
  const scored = (await scores.of(tx, [head])).get(head.id);
  const issues = (await listIssues(tx, { evaluationId: head.id, size: 200 })).items.map(toIssue);
  const gap = { why: "not-reported", item: valueAddedKey, where: "growth" } as const;
  if (scored === undefined)
    return {
      evaluation,
      isVisible: false,
      scorecard: null,
      isFinal: false,
      hash: null,
      decidedAt: null,
      strengths: [],
      concerns: [],
      disagreements: [],
      years: [],
      valueAdded: gap,
      character: "",
      feedback: null,
      issues,
      appeals: await appealsOf(tx, head),
    };
  const { card, hash, decidedAt } = scored;
  const added = (await listEvaluationFigures(tx, head.id)).find(({ key }) => key === valueAddedKey);
  const entries = await listSelfEntries(tx, head.id);
  return {
    evaluation,
    isVisible: true,
    scorecard: card,
    isFinal: decidedAt !== null,
    hash,
    decidedAt,
    strengths: strengthsOf(scheme, card),
    concerns: concernsOf(scheme, card),
    disagreements: disagreementsOf(scheme, card),
    years: await yearsBefore(tx, scores, head, scheme),
    valueAdded:
      typeof added?.value === "string"
        ? { band: added.value, label: gradeLabel(scheme, added.value), source: added.source }
        : gap,
    character: entries.find(({ place }) => place === "chapter:character")?.words ?? "",
    feedback: maySee(head, "band") ? await readFeedback(tx, head.id) : null,
    issues,
    appeals: await appealsOf(tx, head),
  };
}

async function appealsOf(tx: Transaction, head: EvaluationHead): Promise<EvaluationResult["appeals"]> {
  return (await listAppeals(tx, head.id)).map((appeal) => ({ ...appeal, places: [...appeal.places] }));
}

function gradeLabel(scheme: Scheme, grade: string): string {
  for (const { leaf } of scheme.nodes)
    if (leaf?.rule.kind === "grade" && leaf.rule.figure.key === valueAddedKey)
      return leaf.rule.grades.find(({ id }) => id === grade)?.label ?? grade;
  return grade;
}

/** The school's own rounds before that are decided, latest first, at most two. */
async function yearsBefore(
  tx: Transaction,
  scores: Scores,
  head: EvaluationHead,
  scheme: Scheme,
): Promise<ResultYear[]> {
  const earlier = await listEarlierEvaluations(tx, head);
  const results = await listResults(
    tx,
    earlier.map(({ id }) => id),
  );
  const years: ResultYear[] = [];
  for (const before of earlier) {
    const result = results.get(before.id);
    if (result === undefined) continue;
    const { scheme: planned } = await scores.schemeOf(tx, before.roundId);
    years.push({
      evaluationId: before.id,
      round: before.round,
      year: before.year,
      scheme: planned.id,
      schemeVersion: planned.version,
      isSameTree: treeOf(planned) === treeOf(scheme),
      share: result.share,
      band: bandOf(planned, result.band),
      areas: areasOf(planned, result.scorecard),
    });
    if (years.length === 2) break;
  }
  return years;
}

function treeOf(scheme: Scheme): string {
  return scheme.nodes.map(({ id, points }) => `${id}=${points}`).join(" ");
}

function areasOf(scheme: Scheme, card: Scorecard): ResultYear["areas"] {
  return scheme.nodes
    .filter((node) => node.parent === null)
    .map(({ id, label }) => {
      const score = card.nodes.find((candidate) => candidate.id === id);
      return { id, label, share: score === undefined ? null : shareOf(score) };
    });
}

/** A round over the schools whose scorecards the actor may see. */
export async function summaryOf(tx: Transaction, scores: Scores, roundId: number): Promise<RoundSummary> {
  const round = await readRound(tx, roundId);
  const { scheme } = await scores.schemeOf(tx, roundId);
  const heads = await listEvaluations(tx, roundId);
  const scored = await scores.of(tx, heads);
  const progress = await readProgress(tx, roundId);
  const cards = [...scored.values()].map(({ card }) => card);
  const schools = heads
    .flatMap((head) => {
      const card = scored.get(head.id)?.card;
      if (card === undefined) return [];
      const weakAreas = weakAreasOf(scheme, card);
      const { openIssues = 0, overdueIssues = 0 } = progress.get(head.id) ?? {};
      const limits = card.limits.filter(({ verdict }) => verdict === "notMet").length;
      return [
        {
          evaluationId: head.id,
          schoolCode: head.schoolCode,
          school: head.school,
          type: head.type,
          band: maySee(head, "band") ? bandOf(scheme, card.band) : null,
          weakAreas,
          openIssues,
          need: weakAreas.length + limits + overdueIssues,
          isFlagged:
            card.comparison?.isFlagged === true || card.nodes.some((node) => node.comparison?.isFlagged === true),
        },
      ];
    })
    .toSorted((a, b) => a.school.localeCompare(b.school, "zh-CN"));
  const ledger = await listIssues(tx, { roundId, size: 1 });
  const { recorded = 0, rectifying = 0, rectified = 0, closed = 0 } = ledger.counts.states;
  return {
    round: toRound(round),
    scored: cards.filter(({ points }) => points !== null).length,
    bands: countBands(scheme, cards),
    nodes: distributionsOf(scheme, cards),
    flagged: schools.filter(({ isFlagged }) => isFlagged).map(({ schoolCode, school }) => ({ schoolCode, school })),
    schools: schools.map(({ isFlagged: _, ...school }) => school),
    issues: { open: recorded + rectifying + rectified, overdue: ledger.counts.overdue, closed },
  };
}
