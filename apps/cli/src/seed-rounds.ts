/**
 * Two rounds of school evaluation for the sample district: last year's, decided and published, and this year's, with schools
 * in every state. Ratings are drawn with known severities (see fixtures); all words are invented.
 */

import { schoolYear } from "@xingfu/domain/base";
import type { SchoolYear } from "@xingfu/domain/base";
import { dayAfter, planAssignments } from "@xingfu/domain/scheme";
import type { EvaluationState, Mover, Scheme } from "@xingfu/domain/scheme";
import { makeRound, sampleInspectors } from "@xingfu/fixtures";
import { scoreInput, shippedScheme } from "@xingfu/server";
import type { Actor, MoveRecord, SampleSchool, Store } from "@xingfu/store";
import {
  assignInspectors,
  createAccounts,
  createRound,
  listEvaluations,
  listReviewers,
  listRounds,
  listSchoolsToPlan,
  loadSampleRound,
  loadScoringInputs,
  moveEvaluations,
  moveIssue,
  readDistrict,
  readIssue,
  readOrganisation,
  recordIssue,
  storeResult,
} from "@xingfu/store";

const schemeName = { scheme: "example-compulsory", version: "2025.1" } as const;
const party = "commission";
const ratersPerSchool = 2;

/** Where the schools of the running round stand, taken in turn; the first comes to the demonstration accounts' schools. */
const runningStates: readonly EvaluationState[] = [
  "selfEvaluation",
  "submitted",
  "reviewed",
  "onSite",
  "selfEvaluation",
  "moderated",
  "feedback",
  "submitted",
  "planned",
  "onSite",
  "decided",
  "appeal",
];

/** The way to a state without detours, with the side that makes each move. */
const way: readonly (readonly [EvaluationState, Mover])[] = [
  ["selfEvaluation", "commission"],
  ["submitted", "school"],
  ["reviewed", "inspector"],
  ["onSite", "inspector"],
  ["moderated", "commission"],
  ["feedback", "commission"],
  ["decided", "commission"],
];

export interface RoundSeed {
  readonly store: Store;
  readonly administrator: Actor;
  readonly officer: Actor;
  /** hash of the demonstration password */
  readonly hash: () => Promise<string>;
  /** codes of the demonstration accounts' schools */
  readonly ownSchools: readonly string[];
  /** the day of loading, ISO */
  readonly today: string;
}

/** Loads both rounds. @returns a line of progress; null when they are there already */
export async function seedRounds(options: RoundSeed): Promise<string | null> {
  const { store, officer, today } = options;
  const rounds = await store.withActor(officer, (tx) => listRounds(tx));
  if (rounds.length >= 2) return null;
  const known = await shippedScheme(schemeName);
  await addInspectors(options);
  const parts: string[] = [];
  for (const [year, isOver] of [
    [schoolYear(2024), true],
    [schoolYear(2025), false],
  ] as const) {
    if (rounds.some((round) => round.year === year)) continue;
    const schools = await seedRound(
      options,
      known,
      year,
      isOver,
      isOver ? dayAfter(today, -330) : dayAfter(today, -40),
    );
    parts.push(`${year} 学年 ${schools} 所`);
  }
  return parts.join("，");
}

async function addInspectors({ store, administrator, officer, hash }: RoundSeed): Promise<void> {
  const present = (await store.withActor(officer, (tx) => listReviewers(tx))).map(({ name }) => name);
  const missing = sampleInspectors.filter(({ displayName }) => !present.includes(displayName));
  if (missing.length === 0) return;
  const passwordHash = await hash();
  await store.withActor(administrator, async (tx) => {
    const district = (await readOrganisation(tx, { kinds: ["district"] }))[0];
    if (district === undefined) throw new RangeError(`no node for ${(await readDistrict(tx)).name}`);
    await createAccounts(
      tx,
      missing.map(({ signInName, displayName }) => ({
        name: signInName,
        displayName,
        passwordHash,
        mustChangePassword: false,
        roles: [{ role: "inspector", nodeId: district.id }],
      })),
    );
  });
}

async function seedRound(
  { store, officer, ownSchools, today }: RoundSeed,
  known: { readonly scheme: Scheme; readonly hash: string },
  year: SchoolYear,
  isOver: boolean,
  begin: string,
): Promise<number> {
  const { scheme } = known;
  return store.withActor(officer, async (tx) => {
    const schools = (await listSchoolsToPlan(tx, year)).filter(({ type }) =>
      scheme.schoolTypes.some((prefix) => type.startsWith(prefix)),
    );
    const codes = schools.map(({ code }) => code);
    const reviewers = await listReviewers(tx);
    // the demonstration inspector first, then the others in the order of the fixtures
    const names = sampleInspectors.map(({ displayName }) => displayName);
    const inspectors = reviewers
      .filter(({ accountId }) => accountId !== officer.accountId)
      .toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
      .map(({ accountId }) => accountId);
    const round = await createRound(
      tx,
      year,
      known,
      {
        name: `${year}-${year + 1}学年义务教育学校发展性评价`,
        calendar: {
          selfEvaluationUntil: dayAfter(begin, 35),
          reviewUntil: dayAfter(begin, 60),
          onSiteUntil: dayAfter(begin, 90),
          appealDays: scheme.appealDays,
        },
        ratersPerSchool,
        note: "示例轮次，学校和评定均为虚构。",
      },
      codes,
    );
    const plan = planAssignments({
      schools: codes,
      inspectors,
      ratersPerSchool,
      mustNot: () => false,
      taken: [],
      seed: year,
    });
    await assignInspectors(
      tx,
      round.id,
      plan.pairs.map(({ school, inspector }) => ({ schoolCode: school, accountId: inspector, party })),
    );
    const assigned = new Map<string, number[]>(codes.map((code) => [code, []]));
    for (const { school, inspector } of plan.pairs) assigned.get(school)?.push(inspectors.indexOf(inspector));
    const sample = makeRound(scheme, year, assigned);

    const stateOf = (code: string, index: number): EvaluationState => {
      if (isOver) return "decided"; // published below, once the results are stored
      const own = ownSchools.indexOf(code);
      // the first demonstration school writes its self-evaluation, the second has its feedback
      if (own >= 0) return own === 0 ? "selfEvaluation" : "feedback";
      return runningStates[index % runningStates.length] ?? "planned";
    };
    const states = new Map(codes.map((code, index) => [code, stateOf(code, index)]));
    const loaded = sample.evaluations.map((evaluation): SampleSchool => {
      const state = states.get(evaluation.schoolCode) ?? "planned";
      const reached = reach(state, begin, today);
      const has = (other: EvaluationState) => state === other || reached.some(({ to }) => to === other);
      const handIn = reached.find(({ to }) => to === "submitted")?.at ?? at(dayAfter(begin, 20));
      // a school that still writes has done the first half
      const judged = has("submitted")
        ? evaluation.self
        : evaluation.self.slice(0, Math.ceil(evaluation.self.length / 2));
      const writer = { name: "学校填报员（示例）", at: handIn };
      return {
        code: evaluation.schoolCode,
        state,
        since: reached.at(-1)?.at ?? null,
        appealUntil: has("feedback")
          ? dayAfter(reached.find(({ to }) => to === "feedback")?.at.slice(0, 10) ?? today, scheme.appealDays ?? 10)
          : null,
        moves: reached,
        self: has("selfEvaluation")
          ? [
              ...judged.map(({ leaf, level }) => ({
                place: leaf,
                judgement: { kind: "rubric", level },
                words: wordsFor(scheme, leaf, level),
                ...writer,
              })),
              ...(has("submitted")
                ? [
                    {
                      place: "chapter:character",
                      judgement: null,
                      words: characterOf(evaluation.schoolCode),
                      ...writer,
                    },
                  ]
                : []),
            ]
          : [],
        surveys: has("submitted")
          ? evaluation.surveys.map(({ leaf, ...count }) => ({
              place: leaf,
              ...count,
              source: `${year} 学年问卷（示例）`,
            }))
          : [],
        figures: isOver ? valueAddedOf(scheme, sample.truth.qualities.get(evaluation.schoolCode) ?? 0, year) : [],
        feedback: has("feedback")
          ? {
              strengths: "校园文化和党建工作扎实。",
              concerns: "部分学科作业管理不够精细。",
              nextSteps: "按台账逐条整改，下学期回访。",
            }
          : null,
        vetoes: has("reviewed") ? scheme.vetoes.map(({ id }) => ({ veto: id, occurred: false })) : [],
      };
    });
    const rated = new Set(
      codes.filter((code) => !["planned", "selfEvaluation", "submitted"].includes(states.get(code) ?? "planned")),
    );
    const entries = sample.ratings
      .filter(({ schoolCode }) => rated.has(schoolCode))
      .map(({ id, schoolCode: code, inspector, leaf, level }) => ({
        id,
        code,
        account: inspectors[inspector] ?? 0,
        leaf,
        level,
        at: at(dayAfter(begin, 34)),
      }));
    await loadSampleRound(tx, round.id, loaded, entries);

    const heads = await listEvaluations(tx, round.id);
    const decided = heads.filter(({ state }) => state === "decided");
    const inputs = await loadScoringInputs(
      tx,
      decided.map(({ id }) => id),
    );
    for (const head of decided) {
      const input = inputs.get(head.id);
      if (input === undefined) continue;
      const { card, hash } = scoreInput(known, input);
      await storeResult(tx, head, card, hash);
    }
    if (isOver)
      await moveEvaluations(tx, decided, { to: "published", side: "commission", reason: "", appealUntil: null });
    await seedIssues(heads.filter(({ state }) => ["feedback", "decided"].includes(state)).map(({ id }) => id));
    return codes.length;

    /** Some issues at every stop of the ledger. */
    async function seedIssues(evaluationIds: readonly number[]): Promise<void> {
      const titles = ["作业公示台账不完整", "教研活动记录缺两个月", "体育场地安全警示不足", "家长开放日记录不全"];
      for (const [index, evaluationId] of evaluationIds.filter((_, place) => place % 4 === 0).entries()) {
        const issue = await recordIssue(tx, evaluationId, {
          place: null,
          title: titles[index % titles.length] ?? "",
          words: "示例问题，内容为虚构。",
          owner: "分管副校长",
          dueOn: dayAfter(today, index % 3 === 0 ? -7 : 21),
        });
        if (index % 4 !== 3) await moveIssue(tx, issue, { to: "rectifying", side: "commission", words: "请按期整改" });
        if (index % 4 === 2)
          await moveIssue(tx, await readIssue(tx, issue.id), {
            to: "withdrawn",
            side: "commission",
            words: "与另一条重复",
          });
      }
    }
  });
}

/** 10 o'clock in China on a day */
function at(day: string): string {
  return `${day}T10:00:00+08:00`;
}

/** The moves to a state, spread over the days since the beginning. */
function reach(state: EvaluationState, begin: string, today: string): readonly MoveRecord[] {
  const moves: MoveRecord[] = [];
  let from: EvaluationState = "planned";
  const goal = state === "appeal" ? "feedback" : state;
  for (const [index, [to, side]] of way.entries()) {
    if (from === goal) break;
    const day = dayAfter(begin, 2 + index * 5);
    const name = side === "inspector" ? null : side === "school" ? "学校填报员（示例）" : "评估科（示例）";
    moves.push({ from, to, side, reason: "", name, at: at(day < today ? day : today) });
    from = to;
  }
  if (state === "planned") return [];
  if (state === "appeal")
    moves.push({
      from: "feedback",
      to: "appeal",
      side: "school",
      reason: "对课程实施的评定有异议，补充材料见附件。",
      name: "校长（示例）",
      at: at(today),
    });
  return moves;
}

function wordsFor(scheme: Scheme, leaf: string, level: string): string {
  const label = scheme.nodes.find(({ id }) => id === leaf)?.label ?? leaf;
  return level === "A" ? `${label}：制度健全，落实到位，成效明显。` : `${label}：已落实，仍有环节需要改进。`;
}

function characterOf(code: string): string {
  const themes = ["校园足球", "经典诵读", "劳动实践园", "合唱与民乐", "科技创新社团", "书法进课堂"];
  return `一校一品：${themes[Number(code.slice(-2)) % themes.length]}，面向全体学生，每周固定课时。`;
}

/** Last year's value-added band, which the sample carries as a figure of its own. */
function valueAddedOf(scheme: Scheme, quality: number, year: SchoolYear): SampleSchool["figures"] {
  const isAsked = scheme.nodes.some(({ leaf }) => leaf?.rule.kind === "grade");
  if (!isAsked) return [];
  const value = quality > 0.86 ? "above" : quality < 0.72 ? "below" : "expected";
  return [{ key: "valueAddedBand", value, source: `${year} 学年学业增值等级（示例数据）`, asOf: `${year + 1}-08-31` }];
}
