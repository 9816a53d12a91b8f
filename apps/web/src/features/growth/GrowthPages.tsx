/** The pages of value-added evaluation: results of one scheme, seen in several ways, and how they come about. */

import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import type { DeclaredScheme, GrowthRun } from "@xingfu/contract";
import { labelOf } from "@xingfu/standards";
import { Segmented, Select } from "antd";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ownSchools, useMay, useSession } from "../../lib/session.ts";
import { Page } from "../../ui/Page.tsx";
import { Empty, Loaded, Waiting } from "../../ui/States.tsx";
import { EvaluationPlace, chosenScheme, doneRun, evaluationQuery, schemesQuery, schoolGrowthQuery } from "./source.ts";
import "./growth.css";

const tabs = [
  { key: "overview", to: "/growth", isDistrictOnly: false },
  { key: "plane", to: "/growth/plane", isDistrictOnly: true },
  { key: "groups", to: "/growth/groups", isDistrictOnly: true },
  { key: "schemes", to: "/growth/schemes", isDistrictOnly: false },
  { key: "data", to: "/growth/data", isDistrictOnly: false },
  { key: "method", to: "/growth/method", isDistrictOnly: false },
] as const;

export function GrowthPages() {
  const { t } = useTranslation("growth");
  const isDistrict = useMay()("assessment.read");
  const { pathname } = useLocation();
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = line.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (here !== null && here !== undefined) line.current?.scrollTo({ left: here.offsetLeft - 40 });
  }, [pathname]);
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      tabs={
        <nav className="tabs" aria-label={t("tabs")} ref={line}>
          {tabs
            .filter((tab) => isDistrict || !tab.isDistrictOnly)
            .map((tab) => (
              <Link key={tab.key} to={tab.to} activeOptions={{ exact: tab.key === "overview", includeSearch: false }}>
                {t(`tab.${tab.key}`)}
              </Link>
            ))}
        </nav>
      }
    >
      <Suspense fallback={<Waiting lines={8} />}>
        <Outlet />
      </Suspense>
    </Page>
  );
}

/** What the pages of results share: which scheme, and its evaluation. */
export function Results() {
  const { scheme: asked } = useSearch({ from: "/inside/work/growth" });
  const query = useQuery(schemesQuery);
  // a reader of one school begins with what was found of it
  const [school, ...others] = ownSchools(useSession());
  const isOwn = school !== undefined && others.length === 0 && asked === undefined;
  const own = useQuery({ ...schoolGrowthQuery(school ?? ""), enabled: isOwn });
  if (isOwn && own.isPending) return <Waiting lines={9} />;
  const first = asked ?? own.data?.[0]?.scheme.id.toString();
  return (
    <Loaded query={query} lines={9}>
      {({ schemes, runs }) => {
        const scheme = chosenScheme(schemes, runs, first);
        return scheme === null ? (
          <NoScheme />
        ) : (
          <>
            <Switch schemes={schemes} scheme={scheme} />
            <Evaluated scheme={scheme} runs={runs} />
          </>
        );
      }}
    </Loaded>
  );
}

function NoScheme() {
  const { t } = useTranslation("growth");
  const may = useMay();
  return (
    <Empty
      title={t("empty.noScheme")}
      action={may("growth.run") ? <Link to="/growth/schemes">{t("empty.toSchemes")}</Link> : null}
    >
      {t("empty.noSchemeHint")}
    </Empty>
  );
}

/** Measure, then stage, then, where several schemes have both, which of them. */
function Switch({ schemes, scheme }: { readonly schemes: readonly DeclaredScheme[]; readonly scheme: DeclaredScheme }) {
  const { t } = useTranslation("growth");
  const navigate = useNavigate();
  const { kind } = scheme.declaration.measure;
  const { stage } = scheme.declaration;
  const choose = (next: DeclaredScheme | undefined): void => {
    if (next === undefined) return;
    void navigate({
      to: ".",
      search: (before) => ({ ...before, scheme: String(next.id) }),
      replace: true,
      resetScroll: false,
    });
  };
  const newest = (accepts: (one: DeclaredScheme) => boolean): DeclaredScheme | undefined =>
    schemes.toReversed().find(accepts);
  const ofKind = schemes.filter(({ declaration }) => declaration.measure.kind === kind);
  const kinds = [...new Set(schemes.map(({ declaration }) => declaration.measure.kind))];
  const stages = [...new Set(ofKind.map(({ declaration }) => declaration.stage))];
  const same = ofKind.filter(({ declaration }) => declaration.stage === stage);
  return (
    <div className="row gap-m no-print">
      <Segmented
        aria-label={t("switch.kind")}
        value={kind}
        options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
        onChange={(value) =>
          choose(
            newest(({ declaration }) => declaration.measure.kind === value && declaration.stage === stage) ??
              newest(({ declaration }) => declaration.measure.kind === value),
          )
        }
      />
      <Segmented
        aria-label={t("switch.stage")}
        value={stage}
        options={stages.map((value) => ({ value, label: labelOf("stages", value) }))}
        onChange={(value) => choose(ofKind.toReversed().find(({ declaration }) => declaration.stage === value))}
      />
      {same.length < 2 ? null : (
        <Select
          aria-label={t("switch.scheme")}
          value={scheme.id}
          popupMatchSelectWidth={false}
          options={same.map(({ id, declaration }) => ({ value: id, label: declaration.title }))}
          onChange={(id: number) => choose(same.find((one) => one.id === id))}
        />
      )}
    </div>
  );
}

function Evaluated({ scheme, runs }: { readonly scheme: DeclaredScheme; readonly runs: readonly GrowthRun[] }) {
  const { t } = useTranslation("growth");
  const may = useMay();
  const done = doneRun(runs, scheme.id);
  const latest = runs.find((run) => run.schemeId === scheme.id);
  const query = useQuery(evaluationQuery(scheme.id, done?.id ?? null));
  return (
    <Loaded query={query} lines={9}>
      {(evaluation) =>
        evaluation === null ? (
          <Empty
            title={t(`empty.run.${latest?.state ?? "none"}`, { percent: latest?.progress ?? 0 })}
            action={may("assessment.read") ? <Link to="/growth/schemes">{t("empty.toRuns")}</Link> : null}
          >
            {t("empty.runHint")}
          </Empty>
        ) : (
          <EvaluationPlace value={evaluation}>
            <Suspense fallback={<Waiting lines={8} />}>
              <Outlet />
            </Suspense>
          </EvaluationPlace>
        )
      }
    </Loaded>
  );
}
