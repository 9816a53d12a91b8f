/** Result beside value added: a dot and an ellipse of uncertainty per school, the district's mean as cross-hairs. */

import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams, EChartsOption } from "echarts";
import type { Band } from "@xingfu/domain/growth";
import type { Palette } from "../lib/palette.ts";
import { bandColor } from "./caterpillar.ts";
import { frame, valueAxis } from "./theme.ts";

export interface PlaneMark {
  readonly code: string;
  readonly name: string;
  readonly band: Band;
  readonly level: number;
  readonly levelSe: number;
  readonly value: number;
  readonly valueSe: number;
}

export interface PlaneLabels {
  readonly level: string;
  readonly value: string;
  readonly bands: Readonly<Record<Band, string>>;
  /** high level and high value added, and so on around the clock */
  readonly corners: readonly [string, string, string, string];
  readonly format: (value: number) => string;
}

/** √ of the 95 % quantile of χ² with two degrees of freedom. */
const radius = Math.sqrt(-2 * Math.log(0.05));
const corners = 40;

/**
 * Points on the ellipse that holds both true values in 95 of 100 cases.
 *
 * @param correlation  of the two errors
 */
export function ellipse(
  { level, levelSe, value, valueSe }: Omit<PlaneMark, "code" | "name" | "band">,
  correlation: number,
): readonly (readonly [number, number])[] {
  const rest = Math.sqrt(Math.max(0, 1 - correlation * correlation));
  return Array.from({ length: corners }, (_, at) => {
    const angle = (2 * Math.PI * at) / corners;
    const x = radius * Math.cos(angle);
    const y = radius * Math.sin(angle);
    return [level + levelSe * x, value + valueSe * (correlation * x + rest * y)];
  });
}

export function planeOption(
  schools: readonly PlaneMark[],
  correlation: number,
  labels: PlaneLabels,
  palette: Palette,
): EChartsOption {
  const base = frame(palette);
  const bound = (points: readonly number[]): number => Math.ceil(Math.max(...points.map(Math.abs), 0.01) * 105) / 100;
  const rings = schools.map((school) => ellipse(school, correlation));
  const acrossMost = bound(rings.flatMap((ring) => ring.map(([x]) => x)));
  const upMost = bound(rings.flatMap((ring) => ring.map(([, y]) => y)));
  // the bounds are where the ellipses end, no round numbers
  const ends = { showMinLabel: false, showMaxLabel: false };
  const axis = { axisLabel: { color: palette.inkSoft, formatter: (value: number) => labels.format(value), ...ends } };
  const corner = (name: string, at: readonly [number, number], align: "left" | "right", up: "top" | "bottom") => ({
    name,
    value: [at[0] * acrossMost * 0.98, at[1] * upMost * 0.97],
    label: {
      show: true,
      formatter: name,
      color: palette.inkFaint,
      align,
      verticalAlign: up,
      position: "inside" as const,
      backgroundColor: palette.surface,
      padding: [2, 5],
      borderRadius: 3,
    },
    itemStyle: { color: "transparent" },
  });
  const ordered = schools
    .map((school, at) => ({ school, ring: rings[at] ?? [] }))
    .toSorted((a, b) => loudness(a.school.band) - loudness(b.school.band));
  return {
    ...base,
    tooltip: { ...base.tooltip, formatter: (at: unknown) => tooltipWords(at, schools, labels) },
    grid: { left: 12, right: 20, top: 16, bottom: 34, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: { ...valueAxis(palette, labels.level), ...axis, min: -acrossMost, max: acrossMost },
    yAxis: { ...valueAxis(palette, labels.value), ...axis, nameGap: 40, min: -upMost, max: upMost },
    series: [
      {
        type: "custom",
        renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
          const entry = ordered[Number(api.value(2))];
          if (entry === undefined) return null;
          const color = bandColor(entry.school.band, palette);
          const isLoud = entry.school.band !== "notDistinguishable";
          return {
            type: "polygon" as const,
            shape: { points: entry.ring.map(([x, y]) => api.coord([x, y])) },
            style: {
              fill: isLoud ? color : "transparent",
              fillOpacity: 0.12,
              stroke: color,
              strokeOpacity: isLoud ? 0.9 : 0.22,
              lineWidth: isLoud ? 1.3 : 1,
            },
          };
        },
        data: ordered.map(({ school }, at) => ({ name: school.code, value: [school.level, school.value, at] })),
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: palette.lineStrong, width: 1, type: "solid" },
          label: { show: false },
          data: [{ xAxis: 0 }, { yAxis: 0 }],
        },
      },
      {
        type: "scatter",
        symbolSize: 7,
        data: ordered.map(({ school }) => ({
          name: school.code,
          value: [school.level, school.value],
          symbol: school.band === "notDistinguishable" ? "circle" : "triangle",
          symbolRotate: school.band === "below" ? 180 : 0,
          itemStyle: { color: bandColor(school.band, palette) },
        })),
      },
      {
        type: "scatter",
        silent: true,
        symbolSize: 1,
        data: [
          corner(labels.corners[0], [1, 1], "right", "top"),
          corner(labels.corners[1], [1, -1], "right", "bottom"),
          corner(labels.corners[2], [-1, -1], "left", "bottom"),
          corner(labels.corners[3], [-1, 1], "left", "top"),
        ],
      },
    ],
  };
}

/** What is drawn later lies on top. */
function loudness(band: Band): number {
  return band === "notDistinguishable" ? 0 : 1;
}

function tooltipWords(at: unknown, schools: readonly PlaneMark[], labels: PlaneLabels): string {
  const code = typeof at === "object" && at !== null && "name" in at ? at.name : null;
  const school = schools.find((candidate) => candidate.code === code);
  if (school === undefined) return "";
  const { format } = labels;
  return `${school.name}<br>${labels.bands[school.band]}<br>${labels.level} ${format(school.level)}<br>${labels.value} ${format(school.value)}`;
}
