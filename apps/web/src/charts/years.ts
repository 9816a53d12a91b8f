/** Coefficients of variation of one phase over the years, one line per indicator, with the limit. */

import type { EChartsOption } from "echarts";
import type { Palette } from "../lib/palette.ts";
import { frame, valueAxis } from "./theme.ts";

export interface YearLine {
  readonly name: string;
  /** one value per year; null = not computable that year */
  readonly values: readonly (number | null)[];
  readonly isOver: boolean;
}

const dashes: readonly (readonly number[] | "solid")[] = [
  "solid",
  [6, 3],
  [2, 3],
  [8, 3, 2, 3],
  [12, 4],
  [4, 4],
  [1, 3],
];

export function yearsOption(
  years: readonly string[],
  lines: readonly YearLine[],
  limit: number,
  labels: { readonly cv: string; readonly limit: string },
  palette: Palette,
): EChartsOption {
  return {
    ...frame(palette),
    grid: { left: 8, right: 40, top: 28, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    tooltip: { trigger: "axis", confine: true, backgroundColor: palette.raised, textStyle: { color: palette.ink } },
    xAxis: {
      type: "category",
      data: [...years],
      boundaryGap: false,
      axisLabel: { color: palette.ink },
      axisLine: { lineStyle: { color: palette.lineStrong } },
    },
    yAxis: { ...valueAxis(palette, labels.cv), nameGap: 40, min: 0 },
    series: [
      ...lines.map((line, at) => ({
        type: "line" as const,
        name: line.name,
        data: [...line.values],
        symbolSize: 7,
        connectNulls: false,
        lineStyle: {
          width: line.isOver ? 2.5 : 1.5,
          color: line.isOver ? palette.red : palette.accent,
          type:
            dashes[at % dashes.length] === "solid"
              ? ("solid" as const)
              : [...(dashes[at % dashes.length] ?? [])].map(Number),
        },
        itemStyle: { color: line.isOver ? palette.red : palette.accent },
        endLabel: { show: true, formatter: "{a}", color: line.isOver ? palette.red : palette.inkSoft },
        labelLayout: { moveOverlap: "shiftY" as const },
      })),
      {
        type: "line",
        data: [],
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: palette.amber, type: "dashed", width: 1.5 },
          label: {
            formatter: `${labels.limit} ${limit.toFixed(2)}`,
            color: palette.amber,
            position: "insideMiddleTop",
            backgroundColor: palette.surface, // lines near the limit pass behind the words
            padding: [1, 5],
          },
          data: [{ yAxis: limit }],
        },
      },
    ],
  };
}
