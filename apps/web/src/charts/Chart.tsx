/** Mounts a chart: a title that states the finding, the same as a table, and both to take away. */

import { Button, Segmented } from "antd";
import type { ECharts } from "echarts/core";
import type { EChartsOption } from "echarts";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { saveBlob } from "../lib/api.ts";
import { csvText } from "../lib/csv.ts";
import type { CsvCell } from "../lib/csv.ts";
import { dark, light } from "../lib/palette.ts";
import type { Palette } from "../lib/palette.ts";
import { useIsDark } from "../lib/preferences.ts";
import { useIsSample } from "../lib/session.ts";
import "./chart.css";

interface Props {
  /** the finding, as a sentence */
  readonly title: string;
  readonly option: (palette: Palette) => EChartsOption;
  /** the same figures as rows */
  readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly CsvCell[])[] };
  readonly height: number;
  /** name of a mark that was clicked */
  readonly onSelect?: (name: string) => void;
}

export function Chart({ title, option, table, height, onSelect }: Props) {
  const { t } = useTranslation();
  const isSample = useIsSample();
  const isDark = useIsDark();
  const palette = isDark ? dark : light;
  const [view, setView] = useState<"chart" | "table">("chart");
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const select = useRef(onSelect);
  const id = useId();

  useEffect(() => {
    select.current = onSelect;
  }, [onSelect]);
  useEffect(() => {
    const element = place.current;
    if (element === null || view !== "chart") return undefined;
    let isGone = false;
    let watcher: ResizeObserver | null = null;
    void import("./engine.ts").then(({ startChart }) => {
      if (isGone) return;
      const started = startChart(element);
      chart.current = started;
      started.setOption(option(palette), true);
      started.on("click", ({ name }) => select.current?.(name));
      watcher = new ResizeObserver(() => started.resize());
      watcher.observe(element);
    });
    return () => {
      isGone = true;
      watcher?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, [view, option, palette]);

  const saveImage = (): void => {
    const address = chart.current?.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: palette.surface });
    if (address === undefined) return;
    const bytes = Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
    saveBlob(new Blob([bytes], { type: "image/png" }), `${fileName(title)}.png`);
  };
  const saveData = (): void => {
    const rows = [[title], ...(isSample ? [[t("sample.mark")]] : []), table.columns, ...table.rows];
    saveBlob(new Blob([csvText(rows)], { type: "text/csv;charset=utf-8" }), `${fileName(title)}.csv`);
  };

  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>{title}</figcaption>
      <div className="chart-tools no-print">
        <Segmented<"chart" | "table">
          size="small"
          aria-label={t("chart.view")}
          value={view}
          onChange={setView}
          options={[
            { value: "chart", label: t("chart.asChart") },
            { value: "table", label: t("chart.asTable") },
          ]}
        />
        <Button size="small" onClick={saveImage} disabled={view !== "chart"}>
          {t("chart.image")}
        </Button>
        <Button size="small" onClick={saveData}>
          {t("chart.data")}
        </Button>
      </div>
      {view === "chart" ? (
        <div ref={place} style={{ height }} role="img" aria-label={title} />
      ) : (
        <div className="table-scroll" style={{ maxHeight: height }} tabIndex={0} role="region" aria-label={title}>
          <table className="data-table" style={{ width: "100%" }}>
            <thead>
              <tr>
                {table.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, at) => (
                <tr key={at} style={{ height: 34 }}>
                  {row.map((cell, column) => (
                    <td key={column}>{cell === null ? "–" : String(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isSample ? <span className="sample-mark chart-mark">{t("sample.mark")}</span> : null}
    </figure>
  );
}

/** A title as a file name: no characters that a file system refuses. */
function fileName(title: string): string {
  return title
    .replaceAll(/[\\/:*?"<>|\n]/g, " ")
    .slice(0, 60)
    .trim();
}
