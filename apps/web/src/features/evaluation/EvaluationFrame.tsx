/** The pages of one school's evaluation: where it stands, and everything that belongs to it. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { Evaluation, EvaluationReply } from "@xingfu/contract";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../lib/session.ts";
import { Page } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { evaluationQuery } from "./asked.ts";
import { MoveButtons } from "./Moves.tsx";
import { StateMark } from "./StateMark.tsx";
import "./evaluation.css";

/** The id in the address. */
export function useEvaluationId(): number {
  const { id } = useParams({ strict: false });
  return Number(id);
}

export function EvaluationFrame({
  children,
  aside,
}: {
  readonly children: (reply: EvaluationReply) => ReactNode;
  /** beside the moves */
  readonly aside?: ReactNode;
}) {
  const { t } = useTranslation("evaluation");
  const id = useEvaluationId();
  const query = useQuery(evaluationQuery(id));
  const evaluation = query.data?.evaluation;
  return (
    <Page
      title={evaluation?.school ?? t("one.title")}
      subtitle={evaluation === undefined ? undefined : <Subtitle evaluation={evaluation} />}
      actions={
        evaluation === undefined ? undefined : (
          <>
            {aside}
            <MoveButtons evaluation={evaluation} />
          </>
        )
      }
      tabs={<Tabs id={id} evaluation={evaluation} />}
    >
      <Loaded query={query} lines={10}>
        {children}
      </Loaded>
    </Page>
  );
}

function Subtitle({ evaluation }: { readonly evaluation: Evaluation }) {
  const { t } = useTranslation("evaluation");
  return (
    <span className="row">
      <Link to="/evaluation/rounds/$round" params={{ round: String(evaluation.roundId) }}>
        {evaluation.round}
      </Link>
      <StateMark state={evaluation.state} />
      {evaluation.late === null ? null : (
        <span className="verdict attention">
          {t("late.words", { what: t(`late.${evaluation.late.what}`), days: evaluation.late.days })}
        </span>
      )}
    </span>
  );
}

function Tabs({ id, evaluation }: { readonly id: number; readonly evaluation: Evaluation | undefined }) {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const params = { id: String(id) };
  const isInspector = evaluation?.sides.includes("inspector") ?? false;
  return (
    <nav className="tabs" aria-label={t("one.pages")}>
      <Link to="/evaluation/schools/$id" params={params} activeOptions={{ exact: true, includeSearch: false }}>
        {t("one.tab.way")}
      </Link>
      <Link to="/evaluation/schools/$id/self" params={params}>
        {t("one.tab.self")}
      </Link>
      {isInspector || may("evaluation.manage") ? (
        <Link to="/evaluation/schools/$id/review" params={params}>
          {t("one.tab.review")}
        </Link>
      ) : null}
      {may("evaluation.manage") ? (
        <Link to="/evaluation/schools/$id/moderation" params={params}>
          {t("one.tab.moderation")}
        </Link>
      ) : null}
      <Link to="/evaluation/schools/$id/feedback" params={params}>
        {t("one.tab.feedback")}
      </Link>
      <Link to="/evaluation/schools/$id/result" params={params}>
        {t("one.tab.result")}
      </Link>
      <Link to="/evaluation/schools/$id/report" params={params}>
        {t("one.tab.report")}
      </Link>
    </nav>
  );
}
