/** What is missing: per school and indicator the amount still needed, and the least a failing school must do. */

import { Link } from "@tanstack/react-router";
import { cheapestPath, indicators, shortfalls } from "@xingfu/domain/balance";
import type { Indicator, Path, Shortfall } from "@xingfu/domain/balance";
import { assessmentDate, balanceRules } from "@xingfu/domain/balance";
import { phases } from "@xingfu/domain/base";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { beside, missing, number, percent } from "../../lib/format.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty } from "../../ui/States.tsx";
import { useBalance, useEngine, useOpenTrail } from "./source.ts";
import { indicatorEntry, numeratorUnit, unitWords } from "./wording.ts";

const amountDecimals = (indicator: Indicator): number => (indicator === "R4" || indicator === "R5" ? 1 : 0);

export function Missing() {
  const { t } = useTranslation("balance");
  const reply = useBalance();
  const engine = useEngine();
  const { assessment } = reply;
  const rules = useMemo(
    () => engine.data?.rules ?? balanceRules(assessmentDate(assessment.schoolYear)),
    [engine.data, assessment],
  );
  const lacking = useMemo(() => shortfalls(assessment, rules), [assessment, rules]);
  const paths = useMemo(() => cheapestPath(assessment, rules), [assessment, rules]);
  const totals = indicators
    .map((indicator) => {
      const own = lacking.filter((entry) => entry.indicator === indicator);
      return {
        indicator,
        schools: own.length,
        amount: own.reduce((sum, entry) => sum + missing(entry.missingToThreshold, indicator), 0),
      };
    })
    .filter((entry) => entry.schools > 0);
  if (lacking.length === 0) return <Empty title={t("missing.none")}>{t("missing.noneHint")}</Empty>;
  return (
    <>
      <p className="answer">
        {t("missing.answer", {
          count: new Set(lacking.map((entry) => `${entry.schoolCode}${entry.phase}`)).size,
          failing: paths.length,
        })}
      </p>
      <div className="columns-auto">
        {totals.map(({ indicator, schools, amount }) => (
          <div key={indicator} className="figure">
            <span className="figure-label">
              {indicator} {indicatorEntry(indicator).label}
            </span>
            <span className="figure-value">
              {number(amount, amountDecimals(indicator))}
              <small>{numeratorUnit(indicator)}</small>
            </span>
            <span className="figure-foot">{t("missing.total", { count: schools })}</span>
          </div>
        ))}
      </div>
      <Paths paths={paths} />
      <Shortfalls rows={lacking} />
    </>
  );
}

function stepWords(path: Path, t: ReturnType<typeof useTranslation>["t"]): string {
  return path.steps
    .map((step) =>
      t(`missing.step.${step.to}`, {
        id: step.indicator,
        label: indicatorEntry(step.indicator).shortLabel,
        amount: number(missing(step.amount, step.indicator), amountDecimals(step.indicator)),
        unit: numeratorUnit(step.indicator),
      }),
    )
    .join(t("common:list.semicolon"));
}

function Paths({ paths }: { readonly paths: readonly Path[] }) {
  const { t } = useTranslation("balance");
  if (paths.length === 0) return null;
  const columns: Column<Path>[] = [
    {
      key: "school",
      header: t("heat.school"),
      width: 220,
      value: (path) => path.school,
      render: (path) => (
        <Link to="." search={(before) => ({ ...before, school: path.schoolCode })}>
          {path.school}
        </Link>
      ),
    },
    {
      key: "phase",
      header: t("gaps.phase"),
      width: 84,
      value: (path) => t(`common:stage.${path.phase}`),
      choices: phases.map((phase) => ({ value: t(`common:stage.${phase}`), label: t(`common:stage.${phase}`) })),
    },
    { key: "steps", header: t("missing.steps"), width: 560, value: (path) => stepWords(path, t), isWrapped: true },
    {
      key: "effort",
      header: t("missing.effort"),
      width: 110,
      align: "end",
      kind: "share",
      decimals: 1,
      value: (path) => path.effort,
      render: (path) => percent(path.effort, 1),
      explain: t("missing.effortHint"),
    },
    {
      key: "unknown",
      header: t("missing.unknown"),
      width: 120,
      value: (path) => path.unknown.join(t("common:list.comma")),
    },
  ];
  return (
    <Sheet title={t("missing.paths", { count: paths.length })} aside={t("missing.pathsHint")} isFlush>
      <DataTable
        title={t("missing.pathsName")}
        rows={paths}
        columns={columns}
        rowKey={(path) => `${path.schoolCode}${path.phase}`}
        rowHeight={46}
        notes={[t("missing.effortHint")]}
      />
    </Sheet>
  );
}

function Shortfalls({ rows }: { readonly rows: readonly Shortfall[] }) {
  const { t } = useTranslation("balance");
  const reply = useBalance();
  const open = useOpenTrail(reply);
  const columns: Column<Shortfall>[] = [
    {
      key: "school",
      header: t("heat.school"),
      width: 220,
      value: (row) => row.school,
      render: (row) => (
        <Link to="." search={(before) => ({ ...before, school: row.schoolCode })}>
          {row.school}
        </Link>
      ),
    },
    { key: "code", header: t("heat.code"), width: 120, value: (row) => row.schoolCode, isHiddenAtFirst: true },
    {
      key: "phase",
      header: t("gaps.phase"),
      width: 84,
      value: (row) => t(`common:stage.${row.phase}`),
      choices: phases.map((phase) => ({ value: t(`common:stage.${phase}`), label: t(`common:stage.${phase}`) })),
    },
    {
      key: "indicator",
      header: t("missing.indicator"),
      width: 170,
      value: (row) => `${row.indicator} ${indicatorEntry(row.indicator).shortLabel}`,
      choices: indicators.map((indicator) => {
        const label = `${indicator} ${indicatorEntry(indicator).shortLabel}`;
        return { value: label, label };
      }),
    },
    {
      key: "value",
      header: t("missing.value"),
      width: 150,
      align: "end",
      kind: "number",
      decimals: 2,
      value: (row) => row.value,
      render: (row) => (
        <button type="button" className="link-button" onClick={() => open.indicator(row, row.indicator, "notMet")}>
          {beside(row.value, row.indicator, row.threshold)}{" "}
          <span className="faint">{unitWords(indicatorEntry(row.indicator).unit)}</span>
        </button>
      ),
    },
    {
      key: "threshold",
      header: t("missing.threshold"),
      width: 90,
      align: "end",
      kind: "number",
      value: (row) => row.threshold,
    },
    {
      key: "ratio",
      header: t("missing.ratio"),
      width: 90,
      align: "end",
      kind: "share",
      decimals: 1,
      value: (row) => row.ratio,
      render: (row) => percent(row.ratio, 1),
    },
    {
      key: "toThreshold",
      header: t("missing.toThreshold"),
      width: 130,
      align: "end",
      kind: "number",
      decimals: 1,
      value: (row) => missing(row.missingToThreshold, row.indicator),
      render: (row) => (
        <>
          {number(missing(row.missingToThreshold, row.indicator), amountDecimals(row.indicator))}{" "}
          <span className="faint">{numeratorUnit(row.indicator)}</span>
        </>
      ),
    },
    {
      key: "to85",
      header: t("missing.to85"),
      width: 130,
      align: "end",
      kind: "number",
      decimals: 1,
      value: (row) => missing(row.missingTo85, row.indicator),
      render: (row) =>
        row.missingTo85 === 0 ? (
          <span className="faint">{t("missing.reached85")}</span>
        ) : (
          <>
            {number(missing(row.missingTo85, row.indicator), amountDecimals(row.indicator))}{" "}
            <span className="faint">{numeratorUnit(row.indicator)}</span>
          </>
        ),
    },
    {
      key: "unit",
      header: t("missing.unit"),
      width: 70,
      value: (row) => numeratorUnit(row.indicator),
      isHiddenAtFirst: true,
    },
  ];
  return (
    <Sheet title={t("missing.all", { count: rows.length })} isFlush>
      <DataTable
        title={t("missing.name")}
        rows={rows}
        columns={columns}
        rowKey={(row) => `${row.schoolCode}${row.phase}${row.indicator}`}
        notes={[t("missing.rounded")]}
      />
    </Sheet>
  );
}
