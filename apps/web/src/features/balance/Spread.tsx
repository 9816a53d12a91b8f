/** How unequal schools are: fourteen coefficients against their limits, and what would bring one down. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { cvContributions, indicators } from "@xingfu/domain/balance";
import type { CvContribution, CvResult, Indicator } from "@xingfu/domain/balance";
import { phases } from "@xingfu/domain/base";
import type { Phase } from "@xingfu/domain/base";
import { Button } from "antd";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../charts/Chart.tsx";
import { contributionsOption } from "../../charts/contributions.ts";
import { spreadOption } from "../../charts/spread.ts";
import { decimalsOf, number, percent, signed } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import type { Palette } from "../../lib/palette.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Figure } from "../../ui/Figure.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { contributionSentence, countVerdicts } from "./sentences.ts";
import { useBalance, useEngine, useOpenTrail } from "./source.ts";
import type { Engine } from "./source.ts";
import { indicatorEntry, ruleNumber, unitWords } from "./wording.ts";

export function Spread() {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const navigate = useNavigate();
  const { at } = useSearch({ from: "/inside/work/balance/spread" });
  const chosen = chosenCv(assessment.cv, at);
  const counts = countVerdicts(assessment.cv);
  const choose = useCallback(
    (phase: Phase, indicator: Indicator) =>
      void navigate({
        to: ".",
        search: (before) => ({ ...before, at: `${phase}-${indicator}` }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const failing = assessment.cv.filter((entry) => entry.verdict === "notMet");
  return (
    <>
      <p className="answer">
        {t("spread.answer", { ...counts, all: assessment.cv.length })}
        {failing.length === 0
          ? null
          : t("spread.failing", {
              named: failing
                .map((entry) =>
                  t("sentence.cvOne", {
                    phase: t(`common:stage.${entry.phase}`),
                    indicator: `${entry.indicator} ${indicatorEntry(entry.indicator).shortLabel}`,
                    cv: number(entry.cv ?? 0, 3),
                    limit: number(entry.limit, 2),
                  }),
                )
                .join(t("common:list.comma")),
            })}
      </p>
      <div className="spread-grid">
        {phases.map((phase) => (
          <PhasePanel key={phase} phase={phase} onChoose={choose} chosen={chosen} />
        ))}
      </div>
      {chosen === undefined ? null : <Detail key={`${chosen.phase}${chosen.indicator}`} result={chosen} />}
    </>
  );
}

function chosenCv(all: readonly CvResult[], at: string | undefined): CvResult | undefined {
  return (
    all.find((entry) => `${entry.phase}-${entry.indicator}` === at) ??
    all.find((entry) => entry.verdict === "notMet") ??
    all.toSorted((a, b) => (b.cv ?? 0) / b.limit - (a.cv ?? 0) / a.limit)[0]
  );
}

function PhasePanel({
  phase,
  chosen,
  onChoose,
}: {
  readonly phase: Phase;
  readonly chosen: CvResult | undefined;
  readonly onChoose: (phase: Phase, indicator: Indicator) => void;
}) {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const dots = useMemo(
    () =>
      assessment.cv
        .filter((entry) => entry.phase === phase)
        .map((entry) => ({
          ...entry,
          name: `${entry.indicator} ${indicatorEntry(entry.indicator).shortLabel}`,
        })),
    [assessment, phase],
  );
  const over = dots.filter((dot) => dot.verdict === "notMet").length;
  const unknown = dots.filter((dot) => dot.verdict === "notComputable").length;
  const option = useCallback(
    (palette: Palette) =>
      spreadOption(
        dots,
        {
          cv: t("spread.cv"),
          limit: t("spread.limit"),
          verdicts: {
            met: t("common:verdict.met"),
            notMet: t("common:verdict.notMet"),
            notComputable: t("common:verdict.notComputable"),
          },
        },
        palette,
      ),
    [dots, t],
  );
  const select = (name: string): void => {
    const indicator = indicators.find((entry) => name.startsWith(entry));
    if (indicator !== undefined) onChoose(phase, indicator);
  };
  const limit = dots[0]?.limit ?? 0;
  const finding = over === 0 ? "spread.allWithin" : "spread.someOver";
  return (
    <Sheet>
      <Chart
        title={
          t(finding, {
            phase: t(`common:stage.${phase}`),
            count: over,
            all: dots.length - unknown,
            limit: number(limit, 2),
          }) + (unknown === 0 ? "" : t("spread.unknown", { count: unknown }))
        }
        option={option}
        height={300}
        onSelect={select}
        table={{
          columns: [t("spread.indicator"), t("spread.cv"), t("spread.limit"), t("heat.verdict")],
          rows: dots.map((dot) => [
            dot.name,
            dot.cv === null ? null : dot.cv.toFixed(4),
            dot.limit,
            t(`common:verdict.${dot.verdict}`),
          ]),
        }}
      />
      <div className="chips no-print" role="group" aria-label={t("spread.choose")}>
        {dots.map((dot) => (
          <Button
            key={dot.indicator}
            size="small"
            type={chosen?.phase === phase && chosen.indicator === dot.indicator ? "primary" : "default"}
            aria-pressed={chosen?.phase === phase && chosen.indicator === dot.indicator}
            onClick={() => onChoose(phase, dot.indicator)}
          >
            {dot.indicator}
          </Button>
        ))}
      </div>
    </Sheet>
  );
}

function Detail({ result }: { readonly result: CvResult }) {
  const { t } = useTranslation("balance");
  const reply = useBalance();
  const open = useOpenTrail(reply);
  const engine = useEngine();
  const entry = indicatorEntry(result.indicator);
  return (
    <Sheet
      title={t("spread.detail", { phase: t(`common:stage.${result.phase}`), id: result.indicator, label: entry.label })}
      aside={<Verdict verdict={result.verdict} isPlate />}
    >
      <div className="stack">
        <div className="columns-auto">
          <Figure
            label={t("spread.cv")}
            value={result.cv}
            decimals={4}
            limit={`≤ ${ruleNumber(result.limit)}`}
            verdict={result.verdict}
            gap={result.gap}
            onOpen={() => open.cv(result)}
          />
          <Figure
            label={t("spread.mean")}
            value={result.mean}
            unit={unitWords(entry.unit)}
            decimals={decimalsOf(result.indicator)}
          />
          <Figure
            label={t("spread.sd")}
            value={result.sd}
            unit={unitWords(entry.unit)}
            decimals={decimalsOf(result.indicator)}
          />
          <Figure label={t("spread.pupils")} value={result.pupils} decimals={0} unit={t("spread.people")} />
        </div>
        {result.gap === null ? null : <div className="note">{gapWords(result.gap, t)}</div>}
        <Loaded query={engine}>{(loaded) => <Contributions result={result} engine={loaded} />}</Loaded>
      </div>
    </Sheet>
  );
}

/** Contributors drawn in the bar chart; the table has all. */
const drawnAtMost = 12;

function Contributions({ result, engine }: { readonly result: CvResult; readonly engine: Engine }) {
  const { t } = useTranslation("balance");
  const { phase, indicator } = result;
  const found = useMemo(
    () => cvContributions(engine.facts, engine.rules, phase, indicator),
    [engine, phase, indicator],
  );
  const top = useMemo(() => found.schools.slice(0, drawnAtMost), [found]);
  const option = useCallback(
    (palette: Palette) =>
      contributionsOption(
        top.map((school) => ({ name: school.school, share: school.share, isBelow: school.deviation < 0 })),
        { share: t("spread.sharePercent"), below: t("spread.below"), above: t("spread.above") },
        palette,
      ),
    [top, t],
  );
  if (found.cv === null) return null;
  const unit = unitWords(indicatorEntry(indicator).unit);
  const decimals = decimalsOf(indicator);
  const columns: Column<CvContribution>[] = [
    { key: "school", header: t("heat.school"), width: 220, value: (row) => row.school },
    {
      key: "pupils",
      header: t("heat.pupils"),
      width: 90,
      align: "end",
      kind: "number",
      value: (row) => row.pupils,
      render: (row) => number(row.pupils),
    },
    {
      key: "value",
      header: t("spread.value"),
      unit,
      width: 110,
      align: "end",
      kind: "number",
      decimals,
      value: (row) => row.value,
      render: (row) => number(row.value, decimals),
    },
    {
      key: "deviation",
      header: t("spread.deviation"),
      unit,
      width: 120,
      align: "end",
      kind: "number",
      decimals,
      value: (row) => row.deviation,
      render: (row) => signed(row.deviation, decimals),
    },
    {
      key: "share",
      header: t("spread.share"),
      width: 110,
      align: "end",
      kind: "share",
      decimals: 2,
      value: (row) => row.share,
      render: (row) => percent(row.share, 2),
    },
    {
      key: "isBelow",
      header: t("spread.isBelow"),
      width: 110,
      align: "center",
      value: (row) => t(row.isBelowThreshold ? "common:verdict.notMet" : "common:verdict.met"),
      render: (row) => (
        <Verdict
          verdict={row.isBelowThreshold ? "notMet" : "met"}
          {...(row.isBelowThreshold ? { tone: "attention" as const } : {})}
        />
      ),
    },
    {
      key: "after",
      header: t("spread.ifRaised"),
      width: 170,
      align: "end",
      kind: "number",
      decimals: 4,
      value: (row) => row.cvIfRaised,
      render: (row) => (row.cvIfRaised === null ? "–" : number(row.cvIfRaised, 4)),
      explain: t("spread.ifRaisedHint"),
    },
  ];
  const leading = top.reduce((sum, school) => sum + school.share, 0);
  return (
    <>
      <p className="answer" style={{ fontSize: 16 }}>
        {contributionSentence(found, t)}
      </p>
      <Chart
        title={t("spread.contributions", { count: top.length, share: percent(leading, 0) })}
        option={option}
        height={Math.max(200, 60 + top.length * 26)}
        table={{
          columns: [t("heat.school"), t("spread.share")],
          rows: top.map((school) => [school.school, percent(school.share, 2)]),
        }}
      />
      <DataTable
        title={t("spread.table", { phase: t(`common:stage.${phase}`), id: indicator })}
        rows={found.schools}
        columns={columns}
        rowKey={(row) => row.schoolCode}
        maxHeight="420px"
        notes={[t("spread.note")]}
      />
    </>
  );
}
