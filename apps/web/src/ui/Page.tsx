/** The frame of a page: its title, the answer in one sentence, then the evidence. */

import { useEffect } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  /** under the head: tabs of a group of pages */
  readonly tabs?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, subtitle, actions, tabs, children }: Props) {
  useTitle(title);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>{title}</h1>
          {subtitle === undefined ? null : <div className="soft">{subtitle}</div>}
        </div>
        {actions === undefined ? null : <div className="actions no-print">{actions}</div>}
      </div>
      {tabs}
      {children}
    </div>
  );
}

/** The name of the page in the browser's tab. */
export function useTitle(title: string): void {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
  }, [title, t]);
}

/** One block of a page with its heading. */
export function Sheet({
  title,
  aside,
  children,
  isFlush = false,
  id,
}: {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly isFlush?: boolean;
  readonly id?: string;
}) {
  return (
    <section className={`sheet${isFlush ? " flush" : ""}`} id={id}>
      {title === undefined ? null : (
        <header>
          <h2>{title}</h2>
          {aside === undefined ? null : <div className="small soft">{aside}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
