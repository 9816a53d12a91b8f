/** One figure: value, unit, threshold, verdict. A figure that is absent says why. Click opens its trail. */

import type { Gap, Verdict as VerdictName } from "@xingfu/domain/base";
import { useTranslation } from "react-i18next";
import { number } from "../lib/format.ts";
import { gapWords } from "../lib/gap.ts";
import { Verdict } from "./Verdict.tsx";
import type { VerdictTone } from "./Verdict.tsx";

interface Props {
  readonly label: string;
  readonly value: number | null;
  readonly unit?: string;
  readonly decimals?: number;
  /** the limit in words, e.g. "≥ 4.5" */
  readonly limit?: string;
  readonly verdict?: VerdictName;
  readonly tone?: VerdictTone;
  readonly gap?: Gap | null;
  readonly note?: string;
  readonly onOpen?: () => void;
}

export function Figure({ label, value, unit, decimals = 2, limit, verdict, tone, gap = null, note, onOpen }: Props) {
  const { t } = useTranslation();
  const inside = (
    <>
      <span className="figure-label">{label}</span>
      <span className="figure-value">
        {value === null ? (
          <span className="soft" style={{ fontSize: 14, fontWeight: 400 }}>
            {gap === null ? t("gap.unknown") : gapWords(gap, t)}
          </span>
        ) : (
          <>
            {number(value, decimals)}
            {unit === undefined || unit === "" ? null : <small>{unit}</small>}
          </>
        )}
      </span>
      <span className="figure-foot">
        {verdict === undefined ? null : <Verdict verdict={verdict} {...(tone === undefined ? {} : { tone })} />}
        {limit === undefined ? null : <span>{limit}</span>}
        {note === undefined ? null : <span>{note}</span>}
      </span>
    </>
  );
  if (onOpen === undefined) return <div className="figure">{inside}</div>;
  return (
    <button type="button" className="figure" onClick={onOpen}>
      {inside}
    </button>
  );
}
