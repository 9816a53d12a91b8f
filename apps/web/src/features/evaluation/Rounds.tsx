/** The rounds of school evaluation, latest first. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Round } from "@xingfu/contract";
import { evaluationStates } from "@xingfu/domain/scheme";
import { useTranslation } from "react-i18next";
import { useMay } from "../../lib/session.ts";
import { Page } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { roundsQuery } from "./asked.ts";
import { EvaluationTabs } from "./EvaluationTabs.tsx";
import { roundsSentence, stateCounts } from "./sentences.ts";
import "./evaluation.css";

export function Rounds() {
  const { t } = useTranslation("evaluation");
  const query = useQuery(roundsQuery);
  const may = useMay();
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      tabs={<EvaluationTabs />}
      actions={
        may("evaluation.manage") ? (
          <Link to="/evaluation/plan" className="button primary">
            {t("rounds.plan")}
          </Link>
        ) : undefined
      }
    >
      <Loaded query={query} lines={8}>
        {({ rounds }) => (
          <>
            <p className="answer">{roundsSentence(rounds, t)}</p>
            {rounds.length === 0 ? (
              <Empty title={t("rounds.none")}>
                {t(may("evaluation.manage") ? "rounds.noneHint" : "rounds.noneRead")}
              </Empty>
            ) : (
              <ul className="round-list">
                {rounds.map((round) => (
                  <RoundCard key={round.id} round={round} />
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function RoundCard({ round }: { readonly round: Round }) {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const params = { round: String(round.id) };
  return (
    <li className="sheet round-card">
      <div>
        <h2>
          <Link to="/evaluation/rounds/$round" params={params}>
            {round.name}
          </Link>
        </h2>
        <p className="soft small">
          {t("common:year.label", { from: round.year, to: round.year + 1 })} · {round.schemeTitle} {round.schemeVersion}
        </p>
      </div>
      <Progress states={round.states} schools={round.schools} />
      <p>{stateCounts(round.states, t)}</p>
      <p className="small soft">
        {t("rounds.days", {
          self: round.calendar.selfEvaluationUntil,
          review: round.calendar.reviewUntil,
          onSite: round.calendar.onSiteUntil,
        })}
      </p>
      <div className="row">
        <Link to="/evaluation/rounds/$round" params={params} className="button">
          {t("rounds.board")}
        </Link>
        {may("assessment.read") ? (
          <Link to="/evaluation/rounds/$round/summary" params={params} className="button">
            {t("rounds.summary")}
          </Link>
        ) : null}
      </div>
    </li>
  );
}

/** How many schools stand in which state, as one line; the words beside it say the same. */
export function Progress({
  states,
  schools,
}: {
  readonly states: Readonly<Record<string, number>>;
  readonly schools: number;
}) {
  return (
    <div className="progress-line" aria-hidden="true">
      {evaluationStates.map((state, at) => {
        const count = states[state] ?? 0;
        return count === 0 ? null : (
          <span
            key={state}
            style={{
              flexGrow: count / Math.max(1, schools),
              opacity: 0.18 + (0.82 * at) / (evaluationStates.length - 1),
            }}
          />
        );
      })}
    </div>
  );
}
