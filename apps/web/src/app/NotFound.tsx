/** An address with nothing behind it. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "../ui/States.tsx";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty title={t("state.notFound")} action={<Link to="/">{t("state.toOverview")}</Link>}>
      {t("state.notFoundHint")}
    </Empty>
  );
}
