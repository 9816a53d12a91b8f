/** The sentences of the first page, computed from the pieces the server sends. */

import type { Overview } from "@xingfu/contract";
import { returnStates } from "@xingfu/domain/access";
import type { ReturnState } from "@xingfu/domain/access";
import type { TFunction } from "i18next";

/** Number of schools by state; a state without a school may be left out. */
export function stateCounts(overview: Overview): Readonly<Partial<Record<ReturnState, number>>> {
  return overview.returns.counts;
}

/** What the assessment says, in one sentence. */
export function overviewSentence(overview: Overview, t: TFunction): string {
  const { balance } = overview;
  const years = { from: overview.year, to: overview.year + 1 };
  if (balance === null) return t("overview:sentence.noData", years);
  const all = balance.rows.met + balance.rows.notMet + balance.rows.notComputable;
  if (balance.scope === "own") {
    if (all === 0) return t("overview:sentence.ownNone");
    if (balance.rows.met === all) return t("overview:sentence.ownAllMet", { all });
    return t(balance.rows.notMet === 0 ? "overview:sentence.ownMet" : "overview:sentence.own", {
      all,
      met: balance.rows.met,
      notMet: balance.rows.notMet,
      open: balance.rows.notComputable,
    });
  }
  if (balance.verdict === "met") return t("overview:sentence.met", { all });
  const clauses: string[] = [];
  if (balance.rows.notMet > 0) clauses.push(t("overview:sentence.rows", { count: balance.rows.notMet, all }));
  if (balance.failingCv.length > 0) clauses.push(t("overview:sentence.cv", { count: balance.failingCv.length }));
  if (balance.failingItems.length > 0) {
    clauses.push(
      t("overview:sentence.items", {
        count: balance.failingItems.length,
        named: balance.failingItems.join(t("common:list.comma")),
      }),
    );
  }
  if (balance.satisfaction?.verdict === "notMet") clauses.push(t("overview:sentence.satisfaction"));
  if (balance.failingVetoes.length > 0) clauses.push(t("overview:sentence.vetoes"));
  const open = balance.openItems.length + balance.openVetoes.length + balance.rows.notComputable;
  if (open > 0) clauses.push(t("overview:sentence.open", { count: open }));
  const key = balance.verdict === "notMet" ? "overview:sentence.notMet" : "overview:sentence.notComputable";
  return t(key, { clauses: clauses.join(t("common:list.comma")) });
}

/** Where the returns stand, in one sentence. */
export function returnsSentence(overview: Overview, t: TFunction): string {
  const { lateCount } = overview.returns;
  const counts = stateCounts(overview);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return t("overview:returns.none");
  const only = returnStates.find((state) => total === 1 && counts[state] === 1);
  if (only !== undefined) {
    const state = t(`common:returnState.${only}`);
    return t(lateCount > 0 ? "overview:returns.oneLate" : "overview:returns.one", { state });
  }
  const done = (counts.submitted ?? 0) + (counts.verified ?? 0) + (counts.locked ?? 0);
  const key = lateCount > 0 ? "overview:returns.sentenceLate" : "overview:returns.sentence";
  return t(key, { total, done, late: lateCount, returned: counts.returned ?? 0 });
}
