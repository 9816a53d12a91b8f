/** A band told by word and shape: a triangle up, a triangle down, a disc between. */

import type { Band as BandName } from "@xingfu/domain/growth";
import { useTranslation } from "react-i18next";

export function Band({ band, isBare = false }: { readonly band: BandName | null; readonly isBare?: boolean }) {
  const { t } = useTranslation("growth");
  const word = t(`band.${band ?? "none"}`);
  return (
    <span className={`band ${band ?? "none"}`}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
        {band === "above" ? <path d="M6 1 11.5 11H.5Z" fill="currentColor" /> : null}
        {band === "below" ? <path d="M6 11 .5 1h11Z" fill="currentColor" /> : null}
        {band === "notDistinguishable" ? <circle cx="6" cy="6" r="3.6" fill="currentColor" /> : null}
        {band === null ? (
          <path d="M6 1 11 6 6 11 1 6Z" fill="none" stroke="currentColor" strokeWidth="1.3" strokeDasharray="2 1.4" />
        ) : null}
      </svg>
      {isBare ? <span className="hidden-words">{word}</span> : word}
    </span>
  );
}
