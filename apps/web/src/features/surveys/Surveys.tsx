/** All surveys: what runs, what is being built, what has been found. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { SurveyEntry } from "@xingfu/contract";
import { starterForms } from "@xingfu/domain/survey";
import type { SurveyPlan } from "@xingfu/domain/survey";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment, today } from "../../lib/format.ts";
import { useMay, useSession, useYear } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { StateMark } from "./StateMark.tsx";
import { forgetSurvey, surveysQuery } from "./queries.ts";
import { listSentence, partyWords } from "./sentences.ts";

export function Surveys() {
  const { t } = useTranslation(["surveys", "common"]);
  const may = useMay();
  const query = useQuery(surveysQuery);
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      actions={may("survey.manage") ? <Begin surveys={query.data ?? []} /> : undefined}
    >
      <Loaded query={query} lines={6}>
        {(surveys) =>
          surveys.length === 0 ? (
            <Empty title={t("empty.title")}>{may("survey.manage") ? t("empty.manage") : t("empty.read")}</Empty>
          ) : (
            <>
              <p className="answer">{listSentence(surveys, t)}</p>
              <Sheet isFlush>
                <List surveys={surveys} />
              </Sheet>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function List({ surveys }: { readonly surveys: readonly SurveyEntry[] }) {
  const { t } = useTranslation(["surveys", "common"]);
  const columns: Column<SurveyEntry>[] = [
    {
      key: "title",
      header: t("column.title"),
      width: 280,
      value: (survey) => survey.title,
      render: (survey) => (
        <Link to="/surveys/$id" params={{ id: String(survey.id) }}>
          {survey.title}
        </Link>
      ),
    },
    {
      key: "state",
      header: t("column.state"),
      width: 110,
      value: (survey) => t(`state.${survey.state}`),
      render: (survey) => <StateMark state={survey.state} />,
    },
    {
      key: "days",
      header: t("column.days"),
      width: 210,
      value: (survey) => t("days", { from: survey.opensOn, to: survey.closesOn }),
    },
    {
      key: "parties",
      header: t("column.parties"),
      width: 330,
      value: (survey) => survey.parties.map(partyWords).join(t("common:list.comma")),
      isWrapped: true,
    },
    {
      key: "changed",
      header: t("column.changed"),
      width: 280,
      value: (survey) => `${moment(survey.changedAt)} ${survey.changedBy ?? ""}`,
    },
  ];
  return (
    <DataTable
      title={t("title")}
      rows={surveys}
      columns={columns}
      rowKey={(survey) => String(survey.id)}
      rowHeight={48}
      isSearchless={surveys.length < 8}
    />
  );
}

/** Starts from the latest survey's forms where there is one, else from the ones that come with the platform. */
function Begin({ surveys }: { readonly surveys: readonly SurveyEntry[] }) {
  const { t } = useTranslation("surveys");
  const session = useSession();
  const year = useYear();
  const navigate = useNavigate();
  const tell = useTell();
  const [isBusy, setBusy] = useState(false);
  const begin = async (): Promise<void> => {
    setBusy(true);
    try {
      const [latest] = surveys;
      const before = latest === undefined ? null : await api.readSurvey({ params: { id: latest.id } });
      const plan: SurveyPlan = {
        title: t("new.title", { year: year + 1 }),
        year,
        asker: before?.asker ?? session.district.name,
        purpose: before?.purpose ?? t("new.purpose"),
        opensOn: today(),
        closesOn: new Date(Date.now() + 21 * 86_400_000).toISOString().slice(0, 10),
        forms: before?.forms ?? starterForms,
      };
      const made = await api.createSurvey({
        body: structuredClone(plan) as Parameters<typeof api.createSurvey>[0]["body"],
      });
      await forgetSurvey(made.id);
      await navigate({ to: "/surveys/$id/form", params: { id: String(made.id) } });
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button type="primary" loading={isBusy} onClick={() => void begin()}>
      {t("new.begin")}
    </Button>
  );
}
