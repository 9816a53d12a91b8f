/** The state of an evaluation as a word with a shape: filled as far as it has come. */

import { evaluationStates } from "@xingfu/domain/scheme";
import type { EvaluationState } from "@xingfu/domain/scheme";
import { useTranslation } from "react-i18next";

export function StateMark({ state }: { readonly state: EvaluationState }) {
  const { t } = useTranslation("evaluation");
  const share = evaluationStates.indexOf(state) / (evaluationStates.length - 1);
  return (
    <span className="state-mark">
      <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" strokeWidth="1.3" />
        <circle
          cx="8"
          cy="8"
          r="3.3"
          fill="none"
          stroke="currentColor"
          strokeWidth="6.6"
          strokeDasharray={`${share * 20.74} 20.74`}
          transform="rotate(-90 8 8)"
        />
      </svg>
      {t(`state.${state}`)}
    </span>
  );
}
