/** The pages of school evaluation that a person may open, one line of tabs. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../../lib/session.ts";

export function EvaluationTabs() {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const hasTasks = may("evaluation.fill") || may("evaluation.review");
  return (
    <nav className="tabs" aria-label={t("tabs")}>
      <Link to="/evaluation" activeOptions={{ exact: true, includeSearch: false }}>
        {t("tab.rounds")}
      </Link>
      {hasTasks ? <Link to="/evaluation/own">{t("tab.own")}</Link> : null}
      <Link to="/evaluation/issues">{t("tab.issues")}</Link>
      {may("evaluation.manage") ? <Link to="/evaluation/conflicts">{t("tab.conflicts")}</Link> : null}
      <Link to="/evaluation/schemes">{t("tab.schemes")}</Link>
    </nav>
  );
}
