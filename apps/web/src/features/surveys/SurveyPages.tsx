/** One survey: its form, its plan, how it is handed out, what came of it. */

import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import type { Survey } from "@xingfu/contract";
import { checkSurvey } from "@xingfu/domain/survey";
import { Button, Popconfirm } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { useMay } from "../../lib/session.ts";
import { Page } from "../../ui/Page.tsx";
import { Loaded, Waiting } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { StateMark } from "./StateMark.tsx";
import { forgetSurvey, progressQuery, surveyQuery } from "./queries.ts";
import { SurveyContext } from "./source.ts";
import "./surveys.css";

const tabs = [
  { key: "outcome", to: "/surveys/$id", isExact: true },
  { key: "form", to: "/surveys/$id/form", isExact: false },
  { key: "plan", to: "/surveys/$id/plan", isExact: false },
  { key: "handOut", to: "/surveys/$id/links", isExact: false },
] as const;

export function SurveyPages() {
  const { t } = useTranslation(["surveys", "common"]);
  const may = useMay();
  const { id } = useParams({ from: "/inside/work/surveys/$id" });
  const query = useQuery(surveyQuery(Number(id)));
  return (
    <Page
      title={query.data?.title ?? t("title")}
      subtitle={
        query.data === undefined ? undefined : (
          <span className="row">
            <StateMark state={query.data.state} />
            <span>{t("days", { from: query.data.opensOn, to: query.data.closesOn })}</span>
            <Link to="/surveys">{t("toList")}</Link>
          </span>
        )
      }
      actions={query.data !== undefined && may("survey.manage") ? <Steps survey={query.data} /> : undefined}
      tabs={
        may("survey.manage") ? (
          <nav className="tabs no-print" aria-label={t("tabs")}>
            {tabs.map((tab) => (
              <Link
                key={tab.key}
                to={tab.to}
                params={{ id }}
                activeOptions={{ exact: tab.isExact, includeSearch: false }}
              >
                {t(`tab.${tab.key === "outcome" && query.data?.state !== "closed" ? "progress" : tab.key}`)}
              </Link>
            ))}
          </nav>
        ) : undefined
      }
    >
      <Loaded query={query} lines={8}>
        {(survey) => (
          <SurveyContext value={survey}>
            <Suspense fallback={<Waiting lines={8} />}>
              <Outlet />
            </Suspense>
          </SurveyContext>
        )}
      </Loaded>
    </Page>
  );
}

/** What can be done next: open, close, delete. */
function Steps({ survey }: { readonly survey: Survey }) {
  const { t } = useTranslation("surveys");
  const tell = useTell();
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const { id } = survey;
  const progress = useQuery({ ...progressQuery(id), enabled: survey.state === "draft" });
  const act = async (step: () => Promise<unknown>, done: string): Promise<void> => {
    setBusy(true);
    try {
      await step();
      tell.done(done);
      await forgetSurvey(id);
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  if (survey.state === "closed") return null;
  if (survey.state === "open")
    return (
      <Popconfirm
        title={t("step.closeAsk")}
        description={t("step.closeExplain")}
        onConfirm={() => void act(() => api.closeSurvey({ params: { id } }), t("step.closed"))}
      >
        <Button type="primary" loading={isBusy}>
          {t("step.close")}
        </Button>
      </Popconfirm>
    );
  const problems = checkSurvey(survey).filter((problem) => !problem.isWarning).length;
  const hasPlan = progress.data === undefined || progress.data.strata.length > 0;
  return (
    <>
      <Popconfirm
        title={t("step.deleteAsk")}
        onConfirm={() =>
          void act(async () => {
            await api.deleteSurvey({ params: { id } });
            await navigate({ to: "/surveys" });
          }, t("step.deleted"))
        }
      >
        <Button danger>{t("step.delete")}</Button>
      </Popconfirm>
      <Popconfirm
        title={t("step.openAsk")}
        description={t("step.openExplain")}
        onConfirm={() => void act(() => api.openSurvey({ params: { id } }), t("step.opened"))}
        disabled={problems > 0 || !hasPlan}
      >
        <Button
          type="primary"
          loading={isBusy}
          disabled={problems > 0 || !hasPlan}
          title={problems > 0 ? t("step.hasProblems", { count: problems }) : hasPlan ? undefined : t("problem.noPlan")}
        >
          {t("step.open")}
        </Button>
      </Popconfirm>
    </>
  );
}
