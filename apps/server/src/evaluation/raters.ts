/** Raters of a round beside each other: how much each rated, and the raw results of the schools. */

import type { RaterReport } from "@xingfu/contract";
import { shareOf } from "@xingfu/domain/scheme";
import { listAssignments, listEvaluations } from "@xingfu/store";
import type { Transaction } from "@xingfu/store";
import type { Scores } from "./scored.ts";

/**
 * What can be said of a round's raters without measuring them against each other: severity and agreement are gaps that say
 * so, and nothing is corrected.
 */
export async function ratersOf(tx: Transaction, scores: Scores, roundId: number): Promise<RaterReport> {
  const heads = await listEvaluations(tx, roundId);
  const scored = await scores.of(tx, heads);
  const assignments = (await listAssignments(tx, roundId)).filter(
    ({ withdrawn }) => withdrawn === null || withdrawn.keepsEntries,
  );
  const raters = new Map<number, RaterReport["raters"][number]>();
  for (const { accountId, inspector, rated } of assignments) {
    if (rated === 0) continue;
    const own = raters.get(accountId);
    raters.set(accountId, {
      accountId,
      inspector,
      schools: (own?.schools ?? 0) + 1,
      ratings: (own?.ratings ?? 0) + rated,
      severity: null,
      isCorrected: false,
    });
  }
  return {
    gap: "notMeasured",
    confidence: 0.95,
    raters: [...raters.values()].toSorted((a, b) => a.inspector.localeCompare(b.inspector, "zh-CN")),
    agreement: [],
    schools: heads
      .filter(({ id }) => scored.has(id))
      .map((head) => {
        const card = scored.get(head.id)?.card;
        return {
          schoolCode: head.schoolCode,
          school: head.school,
          raters: assignments.filter(({ evaluationId, rated }) => evaluationId === head.id && rated > 0).length,
          raw: card === undefined ? null : shareOf(card),
          corrected: null,
        };
      })
      .toSorted((a, b) => a.school.localeCompare(b.school, "zh-CN")),
  };
}
