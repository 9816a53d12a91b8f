/** The state of a return by word and shape. */

import type { ReturnState } from "@xingfu/domain/access";
import { useTranslation } from "react-i18next";
import "./returns.css";

export function StateMark({ state }: { readonly state: ReturnState }) {
  const { t } = useTranslation();
  return (
    <span className={`state-mark ${state}`}>
      <i aria-hidden="true" />
      {t(`returnState.${state}`)}
    </span>
  );
}
