/** Which schools make a coefficient of variation: share of the variance, below and above the mean apart. */

import type { EChartsOption } from "echarts";
import type { Palette } from "../lib/palette.ts";
import { categoryAxis, frame, valueAxis } from "./theme.ts";

export interface Contribution {
  readonly name: string;
  /** 0–1 */
  readonly share: number;
  readonly isBelow: boolean;
}

export function contributionsOption(
  schools: readonly Contribution[],
  labels: { readonly share: string; readonly below: string; readonly above: string },
  palette: Palette,
): EChartsOption {
  const drawn = schools.toReversed();
  const bar = (isBelow: boolean) => ({
    type: "bar" as const,
    name: isBelow ? labels.below : labels.above,
    stack: "share",
    barMaxWidth: 16,
    itemStyle: isBelow
      ? { color: palette.amber }
      : { color: palette.accentSoft, borderColor: palette.accent, borderWidth: 1 },
    data: drawn.map((school) => (school.isBelow === isBelow ? Number((school.share * 100).toFixed(3)) : null)),
  });
  return {
    ...frame(palette),
    legend: { top: 0, left: 0, textStyle: { color: palette.inkSoft }, itemWidth: 12, itemHeight: 10 },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      confine: true,
      backgroundColor: palette.raised,
      textStyle: { color: palette.ink },
    },
    xAxis: { ...valueAxis(palette, labels.share), min: 0 },
    yAxis: categoryAxis(
      palette,
      drawn.map((school) => school.name),
    ),
    series: [bar(true), bar(false)],
  };
}
