/** An address with nothing behind it. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page.tsx";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("state.notFound")}>
      <p className="answer">{t("state.notFoundHint")}</p>
      <p>
        <Link to="/">{t("state.toOverview")}</Link>
      </p>
    </Page>
  );
}
