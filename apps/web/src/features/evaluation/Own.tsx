/** What a person has to do: one's own school's self-evaluation, or the schools one reviews, online or off. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Evaluation } from "@xingfu/contract";
import { evaluationStates } from "@xingfu/domain/scheme";
import { useTranslation } from "react-i18next";
import { useMay } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { ownEvaluationsQuery } from "./asked.ts";
import { EvaluationTabs } from "./EvaluationTabs.tsx";
import { OfflinePanel } from "./OfflinePanel.tsx";
import { ownSentence } from "./sentences.ts";
import { StateMark } from "./StateMark.tsx";
import "./evaluation.css";

export function Own() {
  const { t } = useTranslation("evaluation");
  const query = useQuery(ownEvaluationsQuery);
  const may = useMay();
  return (
    <Page title={t("title")} subtitle={t("subtitle")} tabs={<EvaluationTabs />}>
      {query.error !== null && may("evaluation.review") ? <OfflinePanel /> : null}
      <Loaded query={query} lines={7}>
        {({ evaluations }) => (
          <>
            <p className="answer">{ownSentence(evaluations, t)}</p>
            {may("evaluation.review") ? <OfflinePanel /> : null}
            {evaluations.length === 0 ? (
              <Empty title={t("own.none")}>{t("own.noneHint")}</Empty>
            ) : (
              <Sheet isFlush>
                <OwnTable evaluations={evaluations} />
              </Sheet>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function OwnTable({ evaluations }: { readonly evaluations: readonly Evaluation[] }) {
  const { t } = useTranslation("evaluation");
  const due = ({ state, selfEvaluationUntil, reviewUntil, onSiteUntil, appealUntil }: Evaluation): string | null => {
    if (state === "planned" || state === "selfEvaluation") return selfEvaluationUntil;
    if (state === "submitted") return reviewUntil;
    if (state === "reviewed" || state === "onSite") return onSiteUntil;
    return state === "feedback" ? appealUntil : null;
  };
  const columns: Column<Evaluation>[] = [
    {
      key: "school",
      header: t("board.school"),
      width: 240,
      value: (row) => row.school,
      render: (row) => {
        const isSchool = row.sides.includes("school");
        const params = { id: String(row.id) };
        if (isSchool && row.state === "selfEvaluation")
          return (
            <Link to="/evaluation/schools/$id/self" params={params}>
              {row.school}
            </Link>
          );
        return row.sides.includes("inspector") ? (
          <Link to="/evaluation/schools/$id/review" params={params}>
            {row.school}
          </Link>
        ) : (
          <Link to="/evaluation/schools/$id" params={params}>
            {row.school}
          </Link>
        );
      },
    },
    { key: "round", header: t("rounds.one"), width: 260, value: (row) => row.round },
    {
      key: "state",
      header: t("board.state"),
      width: 120,
      value: (row) => t(`state.${row.state}`),
      rank: (row) => evaluationStates.indexOf(row.state),
      choices: evaluationStates
        .filter((state) => evaluations.some((row) => row.state === state))
        .map((state) => ({ value: t(`state.${state}`), label: t(`state.${state}`) })),
      render: (row) => <StateMark state={row.state} />,
    },
    {
      key: "side",
      header: t("own.side"),
      width: 110,
      value: (row) => row.sides.map((side) => t(`side.${side}`)).join(t("common:list.comma")),
    },
    { key: "due", header: t("reminders.due"), width: 130, kind: "date", value: due },
    {
      key: "late",
      header: t("board.late"),
      width: 200,
      value: (row) =>
        row.late === null ? null : t("late.words", { what: t(`late.${row.late.what}`), days: row.late.days }),
    },
  ];
  return <DataTable title={t("tab.own")} rows={evaluations} columns={columns} rowKey={(row) => String(row.id)} />;
}
