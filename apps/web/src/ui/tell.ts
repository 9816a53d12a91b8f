/** Short messages about what was just done, and failures in words. */

import { App } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { errorWords } from "../lib/errors.ts";

export interface Tell {
  readonly done: (words: string) => void;
  readonly warn: (words: string) => void;
  readonly failure: (error: unknown) => void;
}

export function useTell(): Tell {
  const { message } = App.useApp();
  const { t } = useTranslation();
  return useMemo(
    () => ({
      done: (words) => void message.success(words),
      warn: (words) => void message.warning(words, 6),
      failure: (error) => void message.error(errorWords(error, t).sentence, 8),
    }),
    [message, t],
  );
}
