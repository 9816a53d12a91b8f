/** Distributions of shares over schools: middle half as a bar, median as a line, the school's view beside the others' as marks. */

import type { EChartsOption } from "echarts";
import type { Palette } from "../lib/palette.ts";
import { categoryAxis, frame, valueAxis } from "./theme.ts";

export interface QuartileRow {
  readonly name: string;
  /** lower quartile, median, upper quartile; shares of points, 0–1 */
  readonly quartiles: readonly [number, number, number];
  /** means; null = not known */
  readonly self: number | null;
  readonly external: number | null;
}

export interface QuartileLabels {
  readonly share: string;
  readonly middle: string;
  readonly median: string;
  readonly self: string;
  readonly external: string;
}

export function quartilesOption(rows: readonly QuartileRow[], labels: QuartileLabels, palette: Palette): EChartsOption {
  const ordered = rows.toReversed(); // the axis counts from below
  const names = ordered.map((row) => row.name);
  const marks = (pick: (row: QuartileRow) => number | null) =>
    ordered.flatMap((row, at) => {
      const value = pick(row);
      return value === null ? [] : [[value * 100, at]];
    });
  const format = { formatter: (value: unknown) => `${Math.round(Number(value))}%` };
  return {
    ...frame(palette),
    legend: {
      top: 0,
      textStyle: { color: palette.inkSoft },
      data: [labels.middle, labels.median, labels.self, labels.external],
    },
    grid: { left: 8, right: 24, top: 34, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: { ...valueAxis(palette, labels.share), min: 0, max: 100, axisLabel: { color: palette.inkSoft, ...format } },
    yAxis: { ...categoryAxis(palette, names), splitLine: { show: true, lineStyle: { color: palette.line } } },
    series: [
      {
        type: "bar",
        stack: "middle",
        silent: true,
        itemStyle: { color: "transparent" },
        barWidth: 12,
        data: ordered.map((row) => row.quartiles[0] * 100),
      },
      {
        type: "bar",
        name: labels.middle,
        stack: "middle",
        silent: true,
        itemStyle: { color: palette.accentSoft, borderColor: palette.accent, borderWidth: 1 },
        data: ordered.map((row) => (row.quartiles[2] - row.quartiles[0]) * 100),
      },
      {
        type: "scatter",
        name: labels.median,
        symbol: "rect",
        symbolSize: [3, 16],
        itemStyle: { color: palette.accent },
        data: marks((row) => row.quartiles[1]),
        tooltip: { valueFormatter: format.formatter },
      },
      {
        type: "scatter",
        name: labels.self,
        symbol: "diamond",
        symbolSize: 10,
        itemStyle: { color: palette.surface, borderColor: palette.amber, borderWidth: 1.6 },
        data: marks((row) => row.self),
      },
      {
        type: "scatter",
        name: labels.external,
        symbol: "circle",
        symbolSize: 9,
        itemStyle: { color: palette.ink },
        data: marks((row) => row.external),
      },
    ],
  };
}
