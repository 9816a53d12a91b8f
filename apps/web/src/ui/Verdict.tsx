/** A verdict told by word and shape, so that colour is never needed to read it. */

import type { Verdict as VerdictName } from "@xingfu/domain/base";
import { useTranslation } from "react-i18next";

/** "attention" is an indicator that is not met but does not fail the school. */
export type VerdictTone = VerdictName | "attention";

interface Props {
  readonly verdict: VerdictName;
  /** how loud it is; the verdict itself when left out */
  readonly tone?: VerdictTone;
  readonly isPlate?: boolean;
  /** shape only; the word stays for screen readers */
  readonly isBare?: boolean;
  readonly size?: number;
}

export function Verdict({ verdict, tone = verdict, isPlate = false, isBare = false, size = 14 }: Props) {
  const { t } = useTranslation();
  const word = t(`verdict.${verdict}`);
  return (
    <span className={`verdict ${tone}${isPlate ? " plate" : ""}`}>
      <VerdictShape verdict={verdict} tone={tone} size={size} />
      {isBare ? <span className="hidden-words">{word}</span> : word}
    </span>
  );
}

/** Met: a disc with a tick. Not met: a square with a cross (a triangle when it does not block). Unknown: an open diamond. */
export function VerdictShape({ verdict, tone = verdict, size = 14 }: Pick<Props, "verdict" | "tone" | "size">) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {verdict === "met" ? (
        <>
          <circle cx="8" cy="8" r="7.2" fill="currentColor" />
          <path d="m4.7 8.3 2.2 2.2 4.4-4.8" fill="none" stroke="var(--surface)" strokeWidth="1.8" />
        </>
      ) : null}
      {verdict === "notMet" && tone !== "attention" ? (
        <>
          <rect x="1" y="1" width="14" height="14" rx="2.4" fill="currentColor" />
          <path d="m5 5 6 6m0-6-6 6" fill="none" stroke="var(--surface)" strokeWidth="1.8" />
        </>
      ) : null}
      {verdict === "notMet" && tone === "attention" ? (
        <>
          <path d="M8 1.2 15.4 14.4H.6Z" fill="currentColor" />
          <path d="M8 6v4m0 1.4v1.4" fill="none" stroke="var(--surface)" strokeWidth="1.7" />
        </>
      ) : null}
      {verdict === "notComputable" ? (
        <path
          d="M8 1.6 14.4 8 8 14.4 1.6 8Z"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeDasharray="2.6 1.7"
        />
      ) : null}
    </svg>
  );
}
