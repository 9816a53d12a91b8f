/** The pages of the quality-and-balance assessment: one assessment, several ways to look at it. */

import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../lib/api.ts";
import { assessmentQuery } from "../../lib/query.ts";
import { useMay, useYear } from "../../lib/session.ts";
import { Page } from "../../ui/Page.tsx";
import { Empty, Loaded, Waiting } from "../../ui/States.tsx";
import { SchoolDrawer } from "./SchoolDrawer.tsx";
import { BalanceContext } from "./source.ts";
import "./balance.css";

const tabs = [
  { key: "board", to: "/balance", isDistrictOnly: false },
  { key: "heat", to: "/balance/schools", isDistrictOnly: false },
  { key: "spread", to: "/balance/spread", isDistrictOnly: true },
  { key: "items", to: "/balance/items", isDistrictOnly: true },
  { key: "missing", to: "/balance/missing", isDistrictOnly: false },
  { key: "whatIf", to: "/balance/what-if", isDistrictOnly: true },
  { key: "years", to: "/balance/years", isDistrictOnly: false },
  { key: "report", to: "/balance/report", isDistrictOnly: false },
] as const;

export function BalancePages() {
  const { t } = useTranslation("balance");
  const may = useMay();
  const year = useYear();
  const { school } = useSearch({ from: "/inside/work/balance" });
  const navigate = useNavigate();
  const query = useQuery(assessmentQuery(year));
  const isDistrict = may("assessment.read");
  const { pathname } = useLocation();
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = line.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (here !== null && here !== undefined) line.current?.scrollTo({ left: here.offsetLeft - 40 });
  }, [pathname]);
  const isEmpty = query.error instanceof ApiError && query.error.code === "NO_DATA";
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      tabs={
        <nav className="tabs" aria-label={t("tabs")} ref={line}>
          {tabs
            .filter((tab) => isDistrict || !tab.isDistrictOnly)
            .map((tab) => (
              <Link key={tab.key} to={tab.to} activeOptions={{ exact: tab.key === "board", includeSearch: false }}>
                {t(`tab.${tab.key}`)}
              </Link>
            ))}
        </nav>
      }
    >
      {isEmpty ? (
        <Empty
          title={t("noData.title", { from: year, to: year + 1 })}
          action={may("return.fill") ? <Link to="/data/import">{t("noData.toImport")}</Link> : null}
        >
          {t("noData.hint")}
        </Empty>
      ) : (
        <Loaded query={query} lines={9}>
          {(reply) => (
            <BalanceContext value={reply}>
              <Suspense fallback={<Waiting lines={8} />}>
                <Outlet />
              </Suspense>
              <SchoolDrawer
                code={school ?? null}
                onClose={() => void navigate({ to: ".", search: ({ school: _, ...rest }) => rest, replace: true })}
              />
            </BalanceContext>
          )}
        </Loaded>
      )}
    </Page>
  );
}
