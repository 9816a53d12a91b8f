/** Raters measured against each other: severity with intervals, agreement by leaf, raw beside corrected. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { RaterReport } from "@xingfu/contract";
import { useTranslation } from "react-i18next";
import { percent, plain, signed } from "../../lib/format.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { ratersQuery, roundQuery } from "./asked.ts";
import { RoundFrame } from "./RoundFrame.tsx";

export function Raters() {
  const { t } = useTranslation("evaluation");
  const id = Number(useParams({ from: "/inside/work/evaluation/rounds/$round/raters" }).round);
  const round = useQuery(roundQuery(id));
  const query = useQuery(ratersQuery(id));
  return (
    <RoundFrame id={id} name={round.data?.round.name} year={round.data?.round.year}>
      <Loaded query={query} lines={9}>
        {(report) =>
          report.gap !== null ? (
            <Empty title={t("raters.none")}>{t(`raters.gap.${report.gap}`, { defaultValue: report.gap })}</Empty>
          ) : (
            <Measured
              report={report}
              labels={new Map(round.data?.scheme.nodes.map((node) => [node.id, node.label]) ?? [])}
            />
          )
        }
      </Loaded>
    </RoundFrame>
  );
}

type Rater = RaterReport["raters"][number];
type Agreement = RaterReport["agreement"][number];
type School = RaterReport["schools"][number];

function Measured({ report, labels }: { readonly report: RaterReport; readonly labels: ReadonlyMap<string, string> }) {
  const { t } = useTranslation("evaluation");
  const clear = report.raters.filter(
    (rater) => rater.severity !== null && (rater.severity.low > 0 || rater.severity.high < 0),
  );
  const strict = clear.filter((rater) => (rater.severity?.value ?? 0) < 0);
  const most = Math.max(
    0.05,
    ...report.raters.flatMap(({ severity }) =>
      severity === null ? [] : [Math.abs(severity.low), Math.abs(severity.high)],
    ),
  );
  const raters: Column<Rater>[] = [
    { key: "inspector", header: t("assign.inspector"), width: 140, value: (row) => row.inspector },
    {
      key: "schools",
      header: t("raters.schools"),
      width: 90,
      align: "end",
      kind: "number",
      value: (row) => row.schools,
    },
    {
      key: "ratings",
      header: t("raters.ratings"),
      width: 90,
      align: "end",
      kind: "number",
      value: (row) => row.ratings,
    },
    {
      key: "severity",
      header: t("raters.severity"),
      width: 280,
      value: (row) => row.severity?.value ?? null,
      render: (row) =>
        row.severity === null ? (
          <span className="soft">{t("raters.tooFew")}</span>
        ) : (
          <Interval estimate={row.severity} most={most} />
        ),
    },
    {
      key: "words",
      header: t("raters.reads"),
      width: 200,
      value: (row) =>
        row.severity === null
          ? null
          : row.severity.high < 0
            ? t("raters.strict")
            : row.severity.low > 0
              ? t("raters.lenient")
              : t("raters.usual"),
    },
    { key: "corrected", header: t("raters.isCorrected"), width: 110, value: (row) => row.isCorrected },
  ];
  const agreement: Column<Agreement>[] = [
    { key: "node", header: t("scheme.node"), width: 280, value: (row) => `${row.node} ${labels.get(row.node) ?? ""}` },
    {
      key: "ratings",
      header: t("raters.ratings"),
      width: 100,
      align: "end",
      kind: "number",
      value: (row) => row.ratings,
    },
    { key: "icc", header: "ICC", width: 100, align: "end", kind: "number", decimals: 2, value: (row) => row.icc },
    {
      key: "alpha",
      header: "Krippendorff α",
      width: 140,
      align: "end",
      kind: "number",
      decimals: 2,
      value: (row) => row.alpha,
    },
  ];
  const schools: Column<School>[] = [
    { key: "school", header: t("board.school"), width: 260, value: (row) => row.school },
    {
      key: "raters",
      header: t("raters.count"),
      width: 100,
      align: "end",
      kind: "number",
      value: (row) => row.raters,
      isUnsorted: true,
    },
    {
      key: "raw",
      header: t("raters.raw"),
      width: 110,
      align: "end",
      isUnsorted: true,
      value: (row) => (row.raw === null ? null : percent(row.raw, 1)),
    },
    {
      key: "corrected",
      header: t("raters.corrected"),
      width: 220,
      align: "end",
      isUnsorted: true,
      value: (row) =>
        row.corrected === null
          ? null
          : `${percent(row.corrected.value, 1)} (${percent(row.corrected.low, 1)} – ${percent(row.corrected.high, 1)})`,
    },
  ];
  return (
    <>
      <p className="answer">
        {t("raters.answer", {
          raters: report.raters.length,
          clear: clear.length,
          strict: strict.length,
          lenient: clear.length - strict.length,
          confidence: percent(report.confidence, 0),
        })}
      </p>
      <p className="answer-note">{t("raters.hint")}</p>
      <Sheet title={t("raters.title")} isFlush>
        <DataTable
          title={t("raters.title")}
          rows={report.raters}
          columns={raters}
          rowKey={(row) => String(row.accountId)}
        />
      </Sheet>
      <div className="columns-2">
        <Sheet title={t("raters.agreement")} isFlush>
          <DataTable
            title={t("raters.agreement")}
            rows={report.agreement}
            columns={agreement}
            rowKey={(row) => row.node}
            isSearchless
          />
        </Sheet>
        <Sheet title={t("raters.bySchool")} isFlush>
          <DataTable
            title={t("raters.bySchool")}
            rows={report.schools}
            columns={schools}
            rowKey={(row) => row.schoolCode}
          />
        </Sheet>
      </div>
    </>
  );
}

/** A dot with its interval around nought. */
function Interval({
  estimate,
  most,
}: {
  readonly estimate: { readonly value: number; readonly low: number; readonly high: number };
  readonly most: number;
}) {
  const at = (value: number): number => 90 + (value / most) * 80;
  const words = `${signed(estimate.value * 100, 1)} (${plain(estimate.low * 100, 1)} – ${plain(estimate.high * 100, 1)})`;
  return (
    <span className="sides">
      <svg width="180" height="18" viewBox="0 0 180 18" role="img" aria-label={words}>
        <line x1="90" x2="90" y1="2" y2="16" className="sides-line" />
        <line x1={at(estimate.low)} x2={at(estimate.high)} y1="9" y2="9" className="sides-gap" />
        <circle cx={at(estimate.value)} cy="9" r="4" className="sides-external" />
      </svg>
      <span className="small soft">{signed(estimate.value * 100, 1)}</span>
    </span>
  );
}
