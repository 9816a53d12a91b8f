/** The pages of one round: its board, its inspectors, what came out. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../lib/session.ts";
import { Page } from "../../ui/Page.tsx";
import "./evaluation.css";

export function RoundFrame({
  id,
  name,
  year,
  actions,
  children,
}: {
  readonly id: number;
  readonly name: string | undefined;
  readonly year: number | undefined;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const params = { round: String(id) };
  return (
    <Page
      title={name ?? t("rounds.one")}
      subtitle={
        <>
          <Link to="/evaluation">{t("rounds.back")}</Link>
          {year === undefined ? null : ` · ${t("common:year.label", { from: year, to: year + 1 })}`}
        </>
      }
      {...(actions === undefined ? {} : { actions })}
      tabs={
        <nav className="tabs" aria-label={t("rounds.pages")}>
          <Link to="/evaluation/rounds/$round" params={params} activeOptions={{ exact: true, includeSearch: false }}>
            {t("roundTab.board")}
          </Link>
          {may("evaluation.manage") ? (
            <Link to="/evaluation/rounds/$round/inspectors" params={params}>
              {t("roundTab.inspectors")}
            </Link>
          ) : null}
          {may("assessment.read") ? (
            <>
              <Link to="/evaluation/rounds/$round/summary" params={params}>
                {t("roundTab.summary")}
              </Link>
              <Link to="/evaluation/rounds/$round/report" params={params}>
                {t("roundTab.report")}
              </Link>
            </>
          ) : null}
          {may("evaluation.manage") ? (
            <Link to="/evaluation/rounds/$round/raters" params={params}>
              {t("roundTab.raters")}
            </Link>
          ) : null}
        </nav>
      }
    >
      {children}
    </Page>
  );
}
