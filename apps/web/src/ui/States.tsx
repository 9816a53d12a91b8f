/** What a page shows while it waits, when there is nothing, when something failed, and when one may not. */

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../lib/api.ts";
import { errorWords } from "../lib/errors.ts";

/** Grey lines in the place of what will come. */
export function Waiting({ lines = 5 }: { readonly lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className="bones" role="status" aria-label={t("state.waiting")}>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="bone" style={{ width: `${92 - ((line * 23) % 47)}%` }} />
      ))}
    </div>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children === undefined ? null : <p>{children}</p>}
      {action}
    </div>
  );
}

/** A refusal or a failure in words, with another try where one can help. */
export function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useTranslation();
  const words = errorWords(error, t);
  const isForbidden = error instanceof ApiError && error.status === 403;
  return (
    <div className="state" role="alert">
      <h2>{isForbidden ? t("state.forbidden") : t("state.failed")}</h2>
      <p>{words.sentence}</p>
      {words.requestId === null ? null : (
        <p className="small faint">
          {t("state.requestId")} <span className="mono">{words.requestId}</span>
        </p>
      )}
      {onRetry === undefined || isForbidden ? null : (
        <button type="button" className="button" onClick={onRetry}>
          {t("action.retry")}
        </button>
      )}
    </div>
  );
}

interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly refetch: () => unknown;
}

/** Draws a query: waiting, failed, or its value. */
export function Loaded<T>({
  query,
  children,
  lines,
}: {
  readonly query: Asked<T>;
  readonly children: (data: T) => ReactNode;
  readonly lines?: number;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting {...(lines === undefined ? {} : { lines })} />;
}
