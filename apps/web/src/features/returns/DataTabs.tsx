/** The pages about getting data in, one line of tabs. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../../lib/session.ts";

export function DataTabs() {
  const { t } = useTranslation("returns");
  const may = useMay();
  return (
    <nav className="tabs" aria-label={t("tabs")}>
      {may("return.fill") ? <Link to="/data/import">{t("tab.import")}</Link> : null}
      {may("school.read") ? <Link to="/data/states">{t("tab.states")}</Link> : null}
    </nav>
  );
}
