/** The school's own rating beside that of the others, as two marks on one line; never averaged. */

import { useTranslation } from "react-i18next";
import { percent } from "../../lib/format.ts";

interface Props {
  /** shares of points; null = open */
  readonly self: number | null;
  readonly external: number | null;
  readonly isFlagged: boolean;
  readonly isLabelled?: boolean;
}

export function Sides({ self, external, isFlagged, isLabelled = false }: Props) {
  const { t } = useTranslation("evaluation");
  const words = t("sides.words", {
    self: self === null ? t("sides.open") : percent(self, 0),
    external: external === null ? t("sides.open") : percent(external, 0),
  });
  const at = (share: number): number => 6 + share * 108;
  return (
    <span className="sides">
      <svg width="120" height="18" viewBox="0 0 120 18" role="img" aria-label={words}>
        <line x1="6" x2="114" y1="9" y2="9" className="sides-line" />
        {self !== null && external !== null ? (
          <line
            x1={at(self)}
            x2={at(external)}
            y1="9"
            y2="9"
            className={isFlagged ? "sides-gap flagged" : "sides-gap"}
          />
        ) : null}
        {external === null ? null : <circle cx={at(external)} cy="9" r="4.6" className="sides-external" />}
        {self === null ? null : (
          <rect
            x={at(self) - 4}
            y="5"
            width="8"
            height="8"
            className="sides-self"
            transform={`rotate(45 ${at(self)} 9)`}
          />
        )}
      </svg>
      <span className={isLabelled ? "small" : "small soft"}>
        {isLabelled
          ? words
          : `${self === null ? "–" : percent(self, 0)} / ${external === null ? "–" : percent(external, 0)}`}
        {isFlagged ? <span className="verdict attention sides-flag">{t("sides.flagged")}</span> : null}
      </span>
    </span>
  );
}
