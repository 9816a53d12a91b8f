/** Schools with their intervals, band by band; within a band in the order they are given, never by value. */

import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams, EChartsOption } from "echarts";
import type { Band } from "@xingfu/domain/growth";
import type { Palette } from "../lib/palette.ts";
import { frame, valueAxis } from "./theme.ts";

export interface IntervalMark {
  readonly code: string;
  readonly name: string;
  readonly band: Band;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

export interface CaterpillarLabels {
  readonly value: string;
  readonly interval: string;
  readonly bands: Readonly<Record<Band, string>>;
  readonly format: (value: number) => string;
}

/** Bands from left to right. */
export const bandOrder = ["below", "notDistinguishable", "above"] as const satisfies readonly Band[];

export function bandColor(band: Band, palette: Palette): string {
  return band === "above" ? palette.accent : band === "below" ? palette.amber : palette.inkFaint;
}

/** Pixels of one school at least, so that a finger or a pointer can find it. */
export const leastStep = 9;

export function caterpillarOption(
  schools: readonly IntervalMark[],
  labels: CaterpillarLabels,
  palette: Palette,
): EChartsOption {
  const drawn = bandOrder.flatMap((band) => schools.filter((school) => school.band === band));
  const starts = bandOrder.map((band) => drawn.findIndex((school) => school.band === band));
  const counts = bandOrder.map((band) => drawn.filter((school) => school.band === band).length);
  const base = frame(palette);
  return {
    ...base,
    grid: { left: 8, right: 16, top: 44, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: {
      type: "category",
      data: drawn.map(({ code }) => code),
      axisLabel: { show: false },
      axisTick: { show: false },
      axisLine: { show: false },
    },
    yAxis: { ...valueAxis(palette, labels.value), nameGap: 36 },
    tooltip: { ...base.tooltip, formatter: (at: unknown) => tooltipWords(at, drawn, labels) },
    series: [
      {
        type: "custom",
        renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => whisker(api, drawn, palette),
        encode: { x: 0, y: [2, 3] },
        data: drawn.map(({ code, value, lower, upper }) => ({ name: code, value: [code, value, lower, upper] })),
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: palette.lineStrong, width: 1 },
          label: { show: false },
          data: [{ yAxis: 0 }],
        },
        markArea: {
          silent: true,
          itemStyle: { color: "transparent" },
          label: { position: "top", color: palette.ink, fontSize: 12.5 },
          data: bandOrder.flatMap((band, at) => {
            const from = starts[at] ?? -1;
            const count = counts[at] ?? 0;
            if (from < 0 || count === 0) return [];
            const color = band === "notDistinguishable" ? "transparent" : palette.accentSoft;
            return [
              [
                {
                  name: `${labels.bands[band]} ${count}`,
                  xAxis: drawn[from]?.code ?? "",
                  itemStyle: { color: band === "below" ? palette.amberSoft : color, opacity: 0.6 },
                },
                { xAxis: drawn[from + count - 1]?.code ?? "" },
              ],
            ];
          }) as never, // the library's type wants pairs it can index; these are pairs
        },
      },
    ],
  };
}

function whisker(api: CustomSeriesRenderItemAPI, drawn: readonly IntervalMark[], palette: Palette) {
  const at = Number(api.value(0));
  const school = drawn[at];
  if (school === undefined) return null;
  const [x = 0, low = 0] = api.coord([at, school.lower]);
  const [, high = 0] = api.coord([at, school.upper]);
  const [, middle = 0] = api.coord([at, school.value]);
  const color = bandColor(school.band, palette);
  const size = school.band === "notDistinguishable" ? 3 : 4.2;
  const dot =
    school.band === "notDistinguishable"
      ? { type: "circle" as const, shape: { cx: x, cy: middle, r: size } }
      : {
          type: "polygon" as const,
          shape: {
            points:
              school.band === "above"
                ? [
                    [x, middle - size],
                    [x + size, middle + size],
                    [x - size, middle + size],
                  ]
                : [
                    [x, middle + size],
                    [x + size, middle - size],
                    [x - size, middle - size],
                  ],
          },
        };
  return {
    type: "group" as const,
    children: [
      // the whole height answers to the pointer
      {
        type: "rect" as const,
        shape: { x: x - leastStep / 2, y: high - 6, width: leastStep, height: low - high + 12 },
        style: { fill: "transparent" },
      },
      {
        type: "line" as const,
        shape: { x1: x, y1: low, x2: x, y2: high },
        style: { stroke: color, lineWidth: school.band === "notDistinguishable" ? 1.2 : 2 },
      },
      { ...dot, style: { fill: color } },
    ],
  };
}

function tooltipWords(at: unknown, drawn: readonly IntervalMark[], labels: CaterpillarLabels): string {
  const code = typeof at === "object" && at !== null && "name" in at ? at.name : null;
  const school = drawn.find((candidate) => candidate.code === code);
  if (school === undefined) return "";
  const { format } = labels;
  return `${school.name}<br>${labels.bands[school.band]}<br>${labels.value} ${format(school.value)}<br>${labels.interval} ${format(school.lower)} … ${format(school.upper)}`;
}
