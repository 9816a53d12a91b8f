/** Estimates below one another on one scale, each with its interval in figures and as a line; 0 is the expectation. */

import type { GrowthEstimate } from "@xingfu/domain/growth";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { number, signed } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import { Band } from "./Band.tsx";

export interface IntervalRow {
  readonly key: string;
  readonly label: ReactNode;
  readonly estimate: GrowthEstimate;
  readonly onOpen?: () => void;
}

/** Which side of 0 the interval lies on. */
export function sideOf({ lower, upper }: GrowthEstimate): "above" | "below" | "notDistinguishable" | null {
  if (lower === null || upper === null) return null;
  return lower > 0 ? "above" : upper < 0 ? "below" : "notDistinguishable";
}

const widest = (rows: readonly IntervalRow[]): number =>
  Math.max(
    ...rows.map(({ estimate }) => Math.max(Math.abs(estimate.lower ?? 0), Math.abs(estimate.upper ?? 0))),
    1e-9,
  ) * 1.06;

export function IntervalList({
  title,
  rows,
  unit,
  decimals,
}: {
  readonly title: string;
  readonly rows: readonly IntervalRow[];
  readonly unit: string;
  readonly decimals: number;
}) {
  const { t } = useTranslation("growth");
  const most = widest(rows);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={title}>
      <table className="data-table interval-table">
        <thead>
          <tr>
            <th scope="col" className="frozen">
              {title}
            </th>
            <th scope="col" className="end">
              {t("column.value")}
              {unit === "" ? null : <span className="unit">{unit}</span>}
            </th>
            <th scope="col" className="end desk-only">
              {t("column.interval")}
            </th>
            <th scope="col" className="interval-cell">
              {rows.every(({ estimate }) => estimate.value === null) ? null : (
                <span className="interval-head" aria-hidden="true">
                  <span>{number(-most, decimals)}</span>
                  <span>{t("zero")}</span>
                  <span>{number(most, decimals)}</span>
                </span>
              )}
              <span className="hidden-words">{t("column.line")}</span>
            </th>
            <th scope="col" className="end desk-only">
              {t("column.pupils")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, label, estimate, onOpen }) => (
            <tr key={key} style={{ height: 40 }}>
              <th scope="row" className="frozen">
                {label}
              </th>
              {estimate.value === null ? (
                <td colSpan={3} className="soft">
                  {estimate.gap === null ? t("common:gap.unknown") : gapWords(estimate.gap, t)}
                </td>
              ) : (
                <>
                  <td className="end">
                    {onOpen === undefined ? (
                      signed(estimate.value, decimals)
                    ) : (
                      <button type="button" className="link-button" onClick={onOpen}>
                        {signed(estimate.value, decimals)}
                      </button>
                    )}
                  </td>
                  <td className="end soft desk-only">
                    {signed(estimate.lower ?? 0, decimals)} … {signed(estimate.upper ?? 0, decimals)}
                  </td>
                  <td className="interval-cell">
                    <IntervalLine estimate={estimate} most={most} />
                  </td>
                </>
              )}
              <td className="end desk-only">{estimate.pupils === null ? "–" : number(estimate.pupils)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function IntervalLine({ estimate, most }: { readonly estimate: GrowthEstimate; readonly most: number }) {
  const side = sideOf(estimate);
  const place = (value: number | null): number => 100 + (100 * (value ?? 0)) / most;
  return (
    <span className="interval">
      <svg viewBox="0 0 200 24" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <line x1="100" y1="0" x2="100" y2="24" className="zero" />
        <line
          x1={place(estimate.lower)}
          y1="12"
          x2={place(estimate.upper)}
          y2="12"
          className={`reach ${side ?? "none"}`}
        />
      </svg>
      <span className="interval-mark" style={{ insetInlineStart: `${place(estimate.value) / 2}%` }}>
        <Band band={side} isBare />
      </span>
    </span>
  );
}
