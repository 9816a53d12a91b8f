/** The computed sentences that open the pages. */

import type { GrowthEvaluation, SchoolEvaluation } from "@xingfu/contract";
import type { GrowthScheme } from "@xingfu/domain/growth";
import { labelOf } from "@xingfu/standards";
import type { TFunction } from "i18next";
import { number, percent, signed } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import { decimalsOf } from "./source.ts";

/** "2024、2025 学年" */
export function yearsWords({ years }: Pick<GrowthScheme, "years">, t: TFunction): string {
  return t("growth:years", { years: years.toSorted((a, b) => a - b).join(t("common:list.comma")) });
}

export function measureWords({ measure, stage }: GrowthScheme, t: TFunction): string {
  return t("growth:measureOf", { stage: labelOf("stages", stage), kind: t(`growth:kind.${measure.kind}`) });
}

/** How many schools can be told from expectation, and how many pairs from one another. */
export function districtSentence({ scheme, summary }: GrowthEvaluation, t: TFunction): string {
  const { above, below, notDistinguishable } = summary.bandCounts;
  const judged = above + below + notDistinguishable;
  const about = { years: yearsWords(scheme.declaration, t), what: measureWords(scheme.declaration, t) };
  if (judged === 0) return t("growth:answer.none", { ...about, schools: summary.schools });
  const { separable, total } = summary.pairs;
  return (
    t("growth:answer.bands", { ...about, judged, above, below, rest: notDistinguishable }) +
    (summary.schools > judged ? t("growth:answer.unjudged", { count: summary.schools - judged }) : "") +
    t("growth:answer.pairs", {
      separable: number(separable),
      total: number(total),
      share: percent(total === 0 ? 0 : separable / total, 0),
    })
  );
}

/** What one school adds, in one scheme. */
export function schoolSentence({ scheme, brief }: Pick<SchoolEvaluation, "scheme" | "brief">, t: TFunction): string {
  const { valueAdded, band } = brief;
  const about = { years: yearsWords(scheme.declaration, t), what: measureWords(scheme.declaration, t) };
  if (valueAdded.value === null || band === null) {
    const why = valueAdded.gap === null ? t("common:gap.unknown") : gapWords(valueAdded.gap, t);
    return t("growth:school.none", { ...about, why });
  }
  const decimals = decimalsOf(scheme);
  return t(`growth:school.${band}`, {
    ...about,
    value: signed(valueAdded.value, decimals),
    unit: scheme.declaration.measure.unit,
    lower: signed(valueAdded.lower ?? 0, decimals),
    upper: signed(valueAdded.upper ?? 0, decimals),
  });
}
