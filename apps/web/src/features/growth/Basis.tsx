/** What a result rests on: the declaration, the data, the notes, how much can be trusted, and what was checked. */

import { Link } from "@tanstack/react-router";
import type { GrowthEvaluation } from "@xingfu/contract";
import { useTranslation } from "react-i18next";
import { day, moment, number, percent, shortHash } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import { Sheet } from "../../ui/Page.tsx";
import { yearsWords } from "./sentences.ts";
import { decimalsOf, timingOf } from "./source.ts";

export function Basis({ evaluation }: { readonly evaluation: GrowthEvaluation }) {
  return (
    <div className="columns-2">
      <Trust evaluation={evaluation} />
      <Stamp evaluation={evaluation} />
    </div>
  );
}

function Trust({ evaluation: { scheme, summary, comparison } }: { readonly evaluation: GrowthEvaluation }) {
  const { t, i18n } = useTranslation("growth");
  const decimals = decimalsOf(scheme);
  const { unit } = scheme.declaration.measure;
  const { stability, falseAlarms } = summary;
  const names = new Map(comparison?.sensitivity.flatMap(({ bandChanges }) => bandChanges ?? []).map((c) => [c, c]));
  return (
    <Sheet title={t("trust.title")}>
      <div className="stack">
        <ul className="stack tight">
          {summary.notes.map(({ kind, text }) => (
            <li key={`${kind}${text}`} className={`note${kind === "declaredAfterwards" ? "" : " plain"}`}>
              {i18n.language === "en" ? t(`note.${kind}`) : text}
            </li>
          ))}
        </ul>
        <dl className="facts">
          <dt>{t("trust.falseAlarms")}</dt>
          <dd>
            {t("trust.falseAlarmsText", {
              rate: percent(falseAlarms.rate, 0),
              judged: falseAlarms.judged,
              most: number(falseAlarms.expectedAtMost, 1),
            })}
          </dd>
          <dt>{t("trust.stability")}</dt>
          <dd>
            {stability.value === null
              ? stability.gap === null
                ? "–"
                : gapWords(stability.gap, t)
              : t("trust.stabilityText", {
                  value: number(stability.value, 2),
                  lower: number(stability.lower ?? 0, 2),
                  upper: number(stability.upper ?? 1, 2),
                })}
          </dd>
          {summary.spread
            .filter(({ sd }) => sd !== null)
            .map(({ level, sd }) => (
              <div key={level} className="facts-row">
                <dt>{t(`spread.${level}`)}</dt>
                <dd>
                  {number(sd ?? 0, decimals)} {unit}
                </dd>
              </div>
            ))}
        </dl>
        {summary.sensitivity.length === 0 ? null : (
          <div className="stack tight">
            <h3>{t("checks.title")}</h3>
            <ul className="stack tight small">
              {summary.sensitivity.map(({ leftOut, entryYear, bandChangeCount, largestChange, gap }) => (
                <li key={`${leftOut}${entryYear ?? ""}`}>
                  {t(`checks.${leftOut}`, { year: entryYear ?? 0 })}
                  {t("common:list.colon")}
                  {bandChangeCount === null
                    ? gap === null
                      ? "–"
                      : gapWords(gap, t, names)
                    : t("checks.changes", {
                        count: bandChangeCount,
                        largest: number(largestChange ?? 0, decimals),
                        unit,
                      })}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Sheet>
  );
}

function Stamp({ evaluation: { scheme, run, summary } }: { readonly evaluation: GrowthEvaluation }) {
  const { t } = useTranslation("growth");
  const { declaration } = scheme;
  const timing = timingOf(scheme, run, summary);
  const words = (list: readonly string[], none: string): string =>
    list.length === 0 ? none : list.join(t("common:list.comma"));
  return (
    <Sheet title={t("stamp.title")} aside={<Link to="/growth/method">{t("stamp.method")}</Link>}>
      <dl className="facts">
        <dt>{t("stamp.scheme")}</dt>
        <dd>{declaration.title}</dd>
        <dt>{t("stamp.declared")}</dt>
        <dd>
          {t("stamp.declaredText", { on: declaration.declaredOn, number: scheme.documentNumber })}
          <TimingMark holds={timing.declaredBeforehand} yes="stamp.beforeMeasures" no="stamp.afterMeasures" />
        </dd>
        <dt>{t("stamp.recorded")}</dt>
        <dd>
          {t("stamp.recordedText", { at: moment(scheme.recorded.at), name: scheme.recorded.name ?? "–" })}
          <TimingMark holds={timing.recordedBeforeData} yes="stamp.beforeData" no="stamp.afterData" />
        </dd>
        <dt>{t("stamp.years")}</dt>
        <dd>{yearsWords(declaration, t)}</dd>
        <dt>{t("stamp.adjusted")}</dt>
        <dd>
          {t("stamp.priors", { count: declaration.priors })}
          {t("common:list.comma")}
          {words(
            declaration.adjustments.map((one) => t(`adjustment.${one}`)),
            t("stamp.noAdjustments"),
          )}
        </dd>
        <dt>{t("stamp.minimum")}</dt>
        <dd>{t("stamp.minimumText", { pupils: declaration.minimumPupils, group: declaration.minimumSubGroup })}</dd>
        <dt>{t("stamp.sample")}</dt>
        <dd>
          {t("stamp.sampleText", {
            used: number(summary.sample.used),
            all: number(summary.sample.measurements),
            schools: summary.schools,
          })}
        </dd>
        <dt>{t("stamp.loaded")}</dt>
        <dd>
          {run.firstLoadedAt === null || run.lastLoadedAt === null
            ? "–"
            : t("stamp.loadedText", {
                first: day(run.firstLoadedAt),
                last: day(run.lastLoadedAt),
                batches: (run.batchIds ?? []).join(t("common:list.comma")),
              })}
        </dd>
        <dt>{t("stamp.computed")}</dt>
        <dd>
          {t("stamp.computedText", {
            id: run.id,
            at: moment(run.endedAt ?? run.requested.at),
            method: run.method ?? "",
          })}
          <div className="mono faint" title={run.inputHash ?? ""}>
            sha256 {shortHash(run.inputHash ?? "")}
          </div>
        </dd>
      </dl>
    </Sheet>
  );
}

function TimingMark({ holds, yes, no }: { readonly holds: boolean | null; readonly yes: string; readonly no: string }) {
  const { t } = useTranslation("growth");
  if (holds === null) return null;
  return <div className={holds ? "small soft" : "small amber-words"}>{t(holds ? yes : no)}</div>;
}
