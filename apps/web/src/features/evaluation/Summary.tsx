/** A round as the district sees it: bands, distributions, areas of concern, who needs support. No league table. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { RoundSummary } from "@xingfu/contract";
import type { EChartsOption } from "echarts";
import { labelOf } from "@xingfu/standards";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../charts/Chart.tsx";
import { quartilesOption } from "../../charts/quartiles.ts";
import { percent } from "../../lib/format.ts";
import type { Palette } from "../../lib/palette.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { summaryQuery } from "./asked.ts";
import { RoundFrame } from "./RoundFrame.tsx";
import { summarySentence } from "./sentences.ts";

export function Summary() {
  const { t } = useTranslation("evaluation");
  const id = Number(useParams({ from: "/inside/work/evaluation/rounds/$round/summary" }).round);
  const query = useQuery(summaryQuery(id));
  return (
    <RoundFrame id={id} name={query.data?.round.name} year={query.data?.round.year}>
      <Loaded query={query} lines={10}>
        {(summary) =>
          summary.scored === 0 ? (
            <Empty title={t("summary.none")}>{t("summary.noneHint")}</Empty>
          ) : (
            <>
              <p className="answer">{summarySentence(summary, t)}</p>
              <Bands summary={summary} />
              <Nodes summary={summary} />
              <Schools summary={summary} />
            </>
          )
        }
      </Loaded>
    </RoundFrame>
  );
}

function Bands({ summary }: { readonly summary: RoundSummary }) {
  const { t } = useTranslation("evaluation");
  const most = Math.max(1, ...summary.bands.map((band) => band.schools));
  return (
    <Sheet title={t("summary.bands")} aside={t("summary.bandsHint")}>
      <ul className="party-bars">
        {summary.bands.map((band) => (
          <li key={band.band ?? ""}>
            <span>{band.band === null ? t("band.open") : band.label}</span>
            <span className="party-bar" aria-hidden="true">
              <span style={{ width: `${(100 * band.schools) / most}%` }} />
            </span>
            <span className="end">{t("summary.schools", { count: band.schools })}</span>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Nodes({ summary }: { readonly summary: RoundSummary }) {
  const { t } = useTranslation("evaluation");
  const shown = summary.nodes.filter((node) => node.quartiles !== null);
  const byMedian = shown.toSorted((a, b) => (a.quartiles?.[1] ?? 1) - (b.quartiles?.[1] ?? 1));
  const [lowest, highest] = [byMedian[0], byMedian.at(-1)];
  if (lowest === undefined || highest === undefined) return <p className="note plain">{t("summary.tooFew")}</p>;
  const title = t("summary.chart", {
    lowest: lowest.label,
    share: percent(lowest.quartiles?.[1] ?? 0, 0),
    highest: highest.label,
  });
  return (
    <Sheet>
      <NodesChart nodes={summary.nodes} title={title} />
    </Sheet>
  );
}

function NodesChart({ nodes, title }: { readonly nodes: RoundSummary["nodes"]; readonly title: string }) {
  const { t } = useTranslation("evaluation");
  const option = useCallback(
    (palette: Palette): EChartsOption =>
      quartilesOption(
        nodes.flatMap(({ id, label, quartiles, selfMean, externalMean }) =>
          quartiles === null ? [] : [{ name: `${id} ${label}`, quartiles, self: selfMean, external: externalMean }],
        ),
        {
          share: t("summary.share"),
          middle: t("summary.middle"),
          median: t("summary.median"),
          self: t("sides.self"),
          external: t("sides.external"),
        },
        palette,
      ),
    [nodes, t],
  );
  return (
    <Chart
      title={title}
      option={option}
      height={Math.max(260, nodes.length * 30 + 70)}
      table={{
        columns: [
          t("scheme.node"),
          t("summary.schoolsCount"),
          t("summary.lower"),
          t("summary.median"),
          t("summary.upper"),
          t("sides.self"),
          t("sides.external"),
          t("summary.low"),
        ],
        rows: nodes.map((node) => [
          `${node.id} ${node.label}`,
          node.schools,
          ...(node.quartiles ?? [null, null, null]).map((value) => (value === null ? null : percent(value, 0))),
          node.selfMean === null ? null : percent(node.selfMean, 0),
          node.externalMean === null ? null : percent(node.externalMean, 0),
          node.low,
        ]),
      }}
    />
  );
}

type School = RoundSummary["schools"][number];

function Schools({ summary }: { readonly summary: RoundSummary }) {
  const { t } = useTranslation("evaluation");
  const labels = new Map(summary.nodes.map((node) => [node.id, node.label]));
  const flagged = new Set(summary.flagged.map((school) => school.schoolCode));
  const columns: Column<School>[] = [
    {
      key: "school",
      header: t("board.school"),
      width: 240,
      value: (row) => row.school,
      render: (row) => (
        <Link to="/evaluation/schools/$id/result" params={{ id: String(row.evaluationId) }}>
          {row.school}
        </Link>
      ),
    },
    { key: "type", header: t("board.type"), width: 120, value: (row) => labelOf("schoolTypes", row.type) },
    {
      key: "band",
      header: t("board.band"),
      width: 100,
      isUnsorted: true,
      value: (row) => row.band?.label ?? t("band.open"),
      choices: summary.bands.map((band) => {
        const label = band.band === null ? t("band.open") : band.label;
        return { value: label, label };
      }),
    },
    {
      key: "need",
      header: t("summary.need"),
      width: 110,
      align: "end",
      kind: "number",
      explain: t("summary.needHint"),
      value: (row) => row.need,
    },
    {
      key: "weak",
      header: t("summary.weak"),
      width: 300,
      isWrapped: true,
      value: (row) => row.weakAreas.map((area) => labels.get(area) ?? area).join(t("common:list.comma")),
    },
    {
      key: "issues",
      header: t("board.issues"),
      width: 100,
      align: "end",
      kind: "number",
      value: (row) => row.openIssues,
    },
    {
      key: "flagged",
      header: t("summary.flagged"),
      width: 120,
      value: (row) => flagged.has(row.schoolCode),
      choices: [
        { value: "true", label: t("common:table.yes") },
        { value: "false", label: t("common:table.no") },
      ],
      render: (row) =>
        flagged.has(row.schoolCode) ? <span className="verdict attention">{t("sides.flagged")}</span> : null,
    },
  ];
  return (
    <Sheet title={t("summary.bySchool")} aside={t("summary.bySchoolHint")} isFlush>
      <DataTable
        title={t("summary.bySchool")}
        rows={summary.schools}
        columns={columns}
        rowKey={(row) => row.schoolCode}
        rowHeight={46}
      />
    </Sheet>
  );
}
