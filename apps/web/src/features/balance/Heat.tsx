/** Schools × indicators: where it holds and where it does not. By name or by one indicator's gap, never by a rank. */

import { Link } from "@tanstack/react-router";
import { indicators } from "@xingfu/domain/balance";
import type { AssessmentRow, Indicator } from "@xingfu/domain/balance";
import type { Phase } from "@xingfu/domain/base";
import { phases } from "@xingfu/domain/base";
import { Segmented, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { beside, decimalsOf, number, percent } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Verdict, VerdictShape } from "../../ui/Verdict.tsx";
import type { VerdictTone } from "../../ui/Verdict.tsx";
import { countVerdicts, indicatorTone } from "./sentences.ts";
import { useBalance, useOpenTrail } from "./source.ts";
import type { TrailOpener } from "./source.ts";
import { exclusionLabel, indicatorEntry, ruleNumber, unitWords } from "./wording.ts";

type Shown = "all" | "notMet" | "notComputable" | "anyBelow";

export function Heat() {
  const { t } = useTranslation("balance");
  const reply = useBalance();
  const { assessment } = reply;
  const open = useOpenTrail(reply);
  const present = phases.filter((phase) => assessment.rows.some((row) => row.phase === phase));
  const [phase, setPhase] = useState<Phase>(present[0] ?? "primary");
  const [shown, setShown] = useState<Shown>("all");

  const ofPhase = useMemo(() => assessment.rows.filter((row) => row.phase === phase), [assessment, phase]);
  const rows = useMemo(() => ofPhase.filter((row) => isShown(row, shown)), [ofPhase, shown]);
  const counts = countVerdicts(ofPhase);
  const columns = useHeatColumns(phase, ofPhase, open);
  const below = indicators
    .map((indicator) => ({
      indicator,
      count: ofPhase.filter((row) => row.indicators[indicator].verdict === "notMet").length,
    }))
    .filter((entry) => entry.count > 0)
    .toSorted((a, b) => b.count - a.count);

  return (
    <>
      <p className="answer">
        {t("heat.answer", { phase: t(`common:stage.${phase}`), all: ofPhase.length, ...counts })}
        {below.length === 0
          ? null
          : t("heat.most", {
              named: below
                .slice(0, 3)
                .map(({ indicator, count }) =>
                  t("heat.mostOne", { label: indicatorEntry(indicator).shortLabel, id: indicator, count }),
                )
                .join(t("common:list.comma")),
            })}
      </p>
      <div className="row apart no-print">
        <Segmented<Phase>
          value={phase}
          onChange={setPhase}
          options={present.map((value) => ({
            value,
            label: t("heat.phase", {
              phase: t(`common:stage.${value}`),
              count: assessment.rows.filter((row) => row.phase === value).length,
            }),
          }))}
        />
        <ul className="legend" aria-label={t("heat.legend")}>
          <li>
            <Verdict verdict="met" />
          </li>
          <li className="row" style={{ gap: 5 }}>
            <span className="verdict attention">
              <VerdictShape verdict="notMet" tone="attention" />
            </span>
            {t("heat.attention")}
          </li>
          <li className="row" style={{ gap: 5 }}>
            <Verdict verdict="notMet" />
            {t("heat.blocking")}
          </li>
          <li>
            <Verdict verdict="notComputable" />
          </li>
        </ul>
      </div>
      <Sheet isFlush>
        <div className="heat">
          <DataTable
            key={phase}
            title={t("heat.title", { phase: t(`common:stage.${phase}`) })}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.schoolCode}
            firstSort={{ key: "school", isDown: false }}
            maxHeight="min(74vh, 900px)"
            notes={[t("heat.note")]}
            tools={
              <label className="tool">
                {t("heat.show")}
                <Select<Shown>
                  value={shown}
                  onChange={setShown}
                  style={{ minWidth: 150 }}
                  popupMatchSelectWidth={false}
                  options={(["all", "notMet", "anyBelow", "notComputable"] as const).map((value) => ({
                    value,
                    label: t(`heat.shown.${value}`),
                  }))}
                />
              </label>
            }
          />
        </div>
      </Sheet>
      <p className="small soft">{t("heat.note")}</p>
      <Excluded phase={phase} />
    </>
  );
}

function isShown(row: AssessmentRow, shown: Shown): boolean {
  if (shown === "all") return true;
  if (shown === "anyBelow") return indicators.some((indicator) => row.indicators[indicator].verdict === "notMet");
  return row.verdict === shown;
}

function useHeatColumns(phase: Phase, rows: readonly AssessmentRow[], open: TrailOpener): Column<AssessmentRow>[] {
  const { t } = useTranslation("balance");
  const threshold = (indicator: Indicator): number | undefined => rows[0]?.indicators[indicator].threshold;
  return [
    {
      key: "school",
      header: t("heat.school"),
      width: 186,
      value: (row) => row.school,
      render: (row) => (
        <Link to="." search={(before) => ({ ...before, school: row.schoolCode })} title={row.school}>
          {row.school}
        </Link>
      ),
    },
    { key: "code", header: t("heat.code"), width: 120, value: (row) => row.schoolCode, isHiddenAtFirst: true },
    {
      key: "pupils",
      header: t("heat.pupils"),
      width: 72,
      align: "end",
      kind: "number",
      value: (row) => row.pupils,
      render: (row) => number(row.pupils),
    },
    ...indicators.map((indicator): Column<AssessmentRow> => {
      const entry = indicatorEntry(indicator);
      const limit = threshold(indicator);
      return {
        key: indicator,
        header: `${indicator} ${entry.shortLabel}`,
        unit: limit === undefined ? unitWords(entry.unit) : `≥ ${ruleNumber(limit)} ${unitWords(entry.unit)}`,
        width: 103,
        align: "end",
        kind: "number",
        decimals: decimalsOf(indicator),
        explain: entry.label,
        value: (row) => row.indicators[indicator].value,
        rank: (row) => row.indicators[indicator].ratio,
        render: (row) => <HeatCell row={row} indicator={indicator} open={open} />,
      };
    }),
    {
      key: "metCount",
      header: t("heat.metCount"),
      unit: t("heat.ofSeven"),
      width: 76,
      align: "center",
      kind: "number",
      value: (row) => row.metCount,
    },
    {
      key: "verdict",
      header: t("heat.verdict"),
      width: 102,
      value: (row) => t(`common:verdict.${row.verdict}`),
      rank: (row) => ({ notMet: 0, notComputable: 1, met: 2 })[row.verdict],
      render: (row) => <Verdict verdict={row.verdict} />,
    },
  ];
}

function HeatCell({
  row,
  indicator,
  open,
}: {
  readonly row: AssessmentRow;
  readonly indicator: Indicator;
  readonly open: TrailOpener;
}) {
  const { t } = useTranslation("balance");
  const result = row.indicators[indicator];
  const tone: VerdictTone = indicatorTone(result, row);
  const words =
    result.value === null ? (result.gap === null ? t("common:gap.unknown") : gapWords(result.gap, t)) : null;
  const title =
    words ??
    t("heat.cell", {
      label: indicatorEntry(indicator).label,
      ratio: result.ratio === null ? "" : percent(result.ratio, 0),
      verdict: t(`common:verdict.${result.verdict}`),
    });
  return (
    <button
      type="button"
      className={`cell-button ${tone}`}
      title={title}
      onClick={() => open.indicator(row, indicator, result.verdict)}
    >
      <VerdictShape verdict={result.verdict} tone={tone} size={11} />
      <span className="hidden-words">{t(`common:verdict.${result.verdict}`)}</span>
      {result.value === null ? t("common:gap.blank") : beside(result.value, indicator, result.threshold)}
    </button>
  );
}

/** Schools that do not take part, with the reason. */
function Excluded({ phase }: { readonly phase: Phase }) {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const rows = assessment.excluded.filter((entry) => entry.phase === null || entry.phase === phase);
  const byReason = Map.groupBy(rows, (entry) => entry.reason);
  if (rows.length === 0) return null;
  return (
    <Sheet title={t("heat.excluded", { count: rows.length })}>
      <ul className="stack tight">
        {[...byReason].map(([reason, entries]) => (
          <li key={reason}>
            <details>
              <summary>
                {exclusionLabel(reason)}
                {t("common:list.colon")}
                {t("heat.schools", { count: entries.length })}
              </summary>
              <p className="small soft">{entries.map((entry) => entry.school).join(t("common:list.comma"))}</p>
            </details>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
