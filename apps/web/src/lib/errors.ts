/** Errors as sentences. The words are chosen by code, never by the text that came over the wire. */

import type { TFunction } from "i18next";
import { ApiError } from "./api.ts";

export interface ErrorWords {
  readonly sentence: string;
  readonly requestId: string | null;
}

export function errorWords(error: unknown, t: TFunction): ErrorWords {
  if (!(error instanceof ApiError)) return { sentence: t("common:error.UNEXPECTED"), requestId: null };
  if (error.code === null) {
    const key = error.status === 0 ? "common:error.UNREACHABLE" : "common:error.FOREIGN";
    return { sentence: t(key, { status: error.status }), requestId: null };
  }
  const seconds = error.fields["retryAfterSeconds"];
  const parts = [t(`common:error.${error.code}`, printable(error.fields))];
  if (typeof seconds === "number") parts.push(t("common:error.retryAfter", { time: waitWords(seconds, t) }));
  return { sentence: parts.join(""), requestId: error.requestId };
}

function printable(fields: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string" || typeof value === "number") kept[name] = value;
  }
  return kept;
}

/** A time to wait: seconds below a minute and a half, else whole minutes, rounded up. */
export function waitWords(seconds: number, t: TFunction): string {
  if (seconds < 90) return t("common:time.seconds", { count: Math.max(1, Math.ceil(seconds)) });
  return t("common:time.minutes", { count: Math.ceil(seconds / 60) });
}
