/** Coefficients of variation of one phase against their limit: a dot per indicator, a line where the limit is. */

import type { EChartsOption } from "echarts";
import type { Verdict } from "@xingfu/domain/base";
import type { Palette } from "../lib/palette.ts";
import { categoryAxis, frame, valueAxis } from "./theme.ts";

export interface SpreadDot {
  /** e.g. "R4 教学用房" */
  readonly name: string;
  readonly cv: number | null;
  readonly limit: number;
  readonly verdict: Verdict;
}

export interface SpreadLabels {
  readonly cv: string;
  readonly limit: string;
  readonly verdicts: Readonly<Record<Verdict, string>>;
}

const shapes: Readonly<Record<Verdict, string>> = { met: "circle", notMet: "rect", notComputable: "diamond" };

export function spreadOption(dots: readonly SpreadDot[], labels: SpreadLabels, palette: Palette): EChartsOption {
  const limit = dots[0]?.limit ?? 0;
  const most = Math.max(limit, ...dots.map((dot) => dot.cv ?? 0));
  const names = dots.map((dot) => dot.name).toReversed();
  return {
    ...frame(palette),
    xAxis: { ...valueAxis(palette, labels.cv), min: 0, max: Math.ceil(most * 11) / 10 },
    yAxis: { ...categoryAxis(palette, names), splitLine: { show: true, lineStyle: { color: palette.line } } },
    series: [
      {
        type: "scatter",
        symbolSize: 13,
        label: {
          show: true,
          position: "right",
          color: palette.ink,
          formatter: ({ value }: { value?: unknown }) =>
            Array.isArray(value) && typeof value[0] === "number" ? value[0].toFixed(3) : "",
        },
        data: dots.flatMap((dot) =>
          dot.cv === null
            ? []
            : [
                {
                  name: dot.name,
                  value: [dot.cv, dot.name],
                  symbol: shapes[dot.verdict],
                  itemStyle: { color: dot.verdict === "notMet" ? palette.red : palette.accent },
                },
              ],
        ),
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: palette.amber, type: "dashed", width: 1.5 },
          label: { formatter: `${labels.limit} ${limit.toFixed(2)}`, color: palette.amber, position: "end" },
          data: [{ xAxis: limit }],
        },
        tooltip: {
          formatter: (at: unknown) => tooltipWords(at, dots, labels),
        },
      },
    ],
  };
}

function tooltipWords(at: unknown, dots: readonly SpreadDot[], labels: SpreadLabels): string {
  const name = typeof at === "object" && at !== null && "name" in at ? at.name : null;
  const dot = dots.find((candidate) => candidate.name === name);
  if (dot === undefined || dot.cv === null) return "";
  return `${dot.name}<br>${labels.cv} ${dot.cv.toFixed(4)}<br>${labels.limit} ${dot.limit.toFixed(2)} · ${labels.verdicts[dot.verdict]}`;
}
