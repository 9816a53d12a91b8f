/** Pages of a list that the server keeps. */

import { Button } from "antd";
import { useTranslation } from "react-i18next";

interface Props {
  readonly page: number;
  readonly size: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

export function Pager({ page, size, total, onPage }: Props) {
  const { t } = useTranslation();
  const pages = Math.max(1, Math.ceil(total / size));
  if (pages === 1) return null;
  return (
    <nav className="pager" style={{ padding: "8px 20px 14px" }}>
      <span>{t("table.page", { page, pages, total })}</span>
      <Button size="small" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        {t("table.previous")}
      </Button>
      <Button size="small" disabled={page >= pages} onClick={() => onPage(page + 1)}>
        {t("table.next")}
      </Button>
    </nav>
  );
}
