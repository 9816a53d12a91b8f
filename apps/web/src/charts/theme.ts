/** What every chart shares: text, axes and tooltips in the colours of the page. */

import type { EChartsOption } from "echarts";
import { fontFamily } from "../lib/palette.ts";
import type { Palette } from "../lib/palette.ts";

/** The frame of an option; a chart adds its axes and series. */
export function frame(palette: Palette): EChartsOption {
  return {
    animation: false,
    backgroundColor: "transparent",
    textStyle: { fontFamily, color: palette.ink, fontSize: 12.5 },
    grid: { left: 8, right: 24, top: 28, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    tooltip: {
      trigger: "item",
      confine: true,
      backgroundColor: palette.raised,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontSize: 12.5 },
    },
  };
}

export function valueAxis(palette: Palette, name: string) {
  return {
    type: "value" as const,
    name,
    nameLocation: "middle" as const,
    nameGap: 28,
    nameTextStyle: { color: palette.inkSoft },
    axisLabel: { color: palette.inkSoft },
    splitLine: { lineStyle: { color: palette.line } },
    axisLine: { show: false },
  };
}

export function categoryAxis(palette: Palette, data: readonly string[]) {
  return {
    type: "category" as const,
    data: [...data],
    axisLabel: { color: palette.ink, width: 150, overflow: "truncate" as const },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: palette.lineStrong } },
  };
}
