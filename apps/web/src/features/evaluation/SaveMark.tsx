/** Whether what was written is saved, in words: always in sight beside the form. */

import { useTranslation } from "react-i18next";
import { errorWords } from "../../lib/errors.ts";
import { moment } from "../../lib/format.ts";
import type { SaveState } from "./autosave.ts";

export function SaveMark({ state }: { readonly state: SaveState }) {
  const { t } = useTranslation("evaluation");
  return (
    <span className={`save-mark ${state.kind}`} role="status">
      {state.kind === "saved"
        ? state.at === null
          ? ""
          : t("save.saved", { at: moment(state.at.toISOString()).slice(11) })
        : state.kind === "failed"
          ? t("save.failed", { why: errorWords(state.error, t).sentence })
          : t(`save.${state.kind}`)}
    </span>
  );
}
