/** A small round for tests: the shipped scheme of compulsory schools, four schools, one inspector. */

import { schemeAt } from "@xingfu/standards";
import type { EvaluationState, Mover, Scheme } from "@xingfu/domain/scheme";
import { assignInspectors, createRound, listEvaluations, moveEvaluations, readEvaluation } from "../index.ts";
import type { Actor, EvaluationHead, Round, Store } from "../index.ts";
import type { TestDistrict } from "./index.ts";
import { year } from "./rows.ts";

export function testScheme(): Scheme {
  const scheme = schemeAt("example-compulsory", "2025-10-01");
  if (scheme === undefined) throw new RangeError("the compulsory scheme does not ship");
  return scheme;
}

export const schemeHash = "a".repeat(64);

export interface TestRound {
  readonly round: Round;
  /** of schools[0] … schools[3] */
  readonly evaluations: readonly EvaluationHead[];
}

/** A round of all four schools; the inspector is assigned to schools[0] and schools[2]. */
export async function makeRound(store: Store, place: TestDistrict, name = "2025 年度评估"): Promise<TestRound> {
  return store.withActor(place.officer, async (tx) => {
    const round = await createRound(
      tx,
      year,
      { scheme: testScheme(), hash: schemeHash },
      {
        name,
        calendar: {
          selfEvaluationUntil: "2099-03-31",
          reviewUntil: "2099-04-30",
          onSiteUntil: "2099-05-31",
          appealDays: 10,
        },
        ratersPerSchool: 2,
        note: "",
      },
      place.schools.map((school) => school.code),
    );
    const wanted = [place.schools[0], place.schools[2]].flatMap((school) =>
      school === undefined
        ? []
        : [{ schoolCode: school.code, accountId: place.inspector.accountId, party: "commission" }],
    );
    await assignInspectors(tx, round.id, wanted);
    return { round, evaluations: await listEvaluations(tx, round.id) };
  });
}

/** Moves one evaluation along a path, each step by the side that may make it. */
export async function walk(
  store: Store,
  place: TestDistrict,
  evaluationId: number,
  path: readonly (readonly [EvaluationState, Mover])[],
): Promise<void> {
  const actors: Readonly<Record<Mover, Actor>> = {
    school: place.principal,
    commission: place.officer,
    inspector: place.inspector,
  };
  for (const [to, side] of path)
    await store.withActor(actors[side], async (tx) => {
      const head = await readEvaluation(tx, evaluationId);
      const moved = await moveEvaluations(tx, [head], { to, side, reason: "测试", appealUntil: "2099-06-30" });
      if (moved.length !== 1) throw new Error(`${head.state} → ${to} by ${side} was not made`);
    });
}

/** The way of an evaluation without detours, from planned to published. */
export const wholeWay: readonly (readonly [EvaluationState, Mover])[] = [
  ["selfEvaluation", "commission"],
  ["submitted", "school"],
  ["reviewed", "inspector"],
  ["onSite", "commission"],
  ["moderated", "commission"],
  ["feedback", "commission"],
  ["decided", "school"],
  ["published", "commission"],
];
