/** The state of a survey by word and tone. */

import type { SurveyState } from "@xingfu/domain/survey";
import { useTranslation } from "react-i18next";

const tones: Readonly<Record<SurveyState, string>> = { draft: "notComputable", open: "attention", closed: "met" };

export function StateMark({ state }: { readonly state: SurveyState }) {
  const { t } = useTranslation("surveys");
  return <span className={`verdict ${tones[state]}`}>{t(`state.${state}`)}</span>;
}
