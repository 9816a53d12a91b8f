/** Shares with their intervals against a limit: a dot and a bar per row. Rows stand in a fixed order, never by value. */

import type { EChartsOption } from "echarts";
import type { Palette } from "../lib/palette.ts";
import { categoryAxis, frame, valueAxis } from "./theme.ts";

export interface ShareRow {
  readonly name: string;
  /** 0–1 */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** the whole interval lies below the limit */
  readonly isBelow: boolean;
}

export function sharesOption(
  rows: readonly ShareRow[],
  limit: number,
  labels: { readonly share: string; readonly limit: string },
  palette: Palette,
): EChartsOption {
  const percent = (share: number): number => Number((share * 100).toFixed(1));
  const least = Math.min(limit, ...rows.map((row) => row.low));
  const colour = (row: ShareRow): string => (row.isBelow ? palette.red : palette.accent);
  return {
    ...frame(palette),
    tooltip: { show: false }, // everything a tooltip would say is written beside the dot
    grid: { left: 8, right: 128, top: 28, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: { ...valueAxis(palette, labels.share), min: Math.floor(least * 20) * 5, max: 100 },
    yAxis: categoryAxis(palette, rows.map((row) => row.name).toReversed()),
    series: [
      ...rows.map((row) => ({
        type: "line" as const,
        silent: true,
        symbol: "none",
        lineStyle: { width: 3, color: colour(row), opacity: 0.55 },
        data: [
          [percent(row.low), row.name],
          [percent(row.high), row.name],
        ],
      })),
      {
        // the words stand behind the end of the interval, where no bar passes under them
        type: "scatter",
        symbolSize: 1,
        silent: true,
        data: rows.map((row) => ({
          name: row.name,
          value: [percent(row.high), row.name],
          itemStyle: { color: "transparent" },
          label: {
            show: true,
            position: "right" as const,
            distance: 8,
            color: palette.ink,
            formatter: `${percent(row.value).toFixed(1)}%（${percent(row.low).toFixed(1)}–${percent(row.high).toFixed(1)}）`,
          },
        })),
      },
      {
        type: "scatter",
        symbolSize: 13,
        silent: true,
        data: rows.map((row) => ({
          name: row.name,
          value: [percent(row.value), row.name],
          symbol: row.isBelow ? "rect" : "circle",
          itemStyle: { color: colour(row) },
        })),
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: palette.amber, type: "dashed", width: 1.5 },
          label: { formatter: labels.limit, color: palette.amber, position: "end" },
          data: [{ xAxis: percent(limit) }],
        },
      },
    ],
  };
}
