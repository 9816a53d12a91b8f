/** What came of a survey: how many answered while it runs, what they said when it is closed. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { SurveyStratum } from "@xingfu/contract";
import { responseRate } from "@xingfu/domain/survey";
import { labelOf } from "@xingfu/standards";
import { useTranslation } from "react-i18next";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { Rate } from "./Rate.tsx";
import { Result } from "./Result.tsx";
import { progressQuery } from "./queries.ts";
import { partyWords, progressSentence } from "./sentences.ts";
import { useSurvey } from "./source.ts";

export function Outcome() {
  const survey = useSurvey();
  return survey.state === "closed" ? <Result /> : <Progress />;
}

function Progress() {
  const { t } = useTranslation(["surveys", "common"]);
  const { id, state } = useSurvey();
  const query = useQuery({ ...progressQuery(id), refetchInterval: state === "open" ? 20_000 : false });
  return (
    <Loaded query={query} lines={8}>
      {({ strata, flags }) =>
        strata.length === 0 ? (
          <Empty
            title={t("progress.noPlan")}
            action={
              state === "draft" ? (
                <Link to="/surveys/$id/plan" params={{ id: String(id) }}>
                  {t("progress.toPlan")}
                </Link>
              ) : null
            }
          />
        ) : (
          <>
            <p className="answer">{progressSentence(strata, t)}</p>
            <p className="answer-note">{t("progress.secret")}</p>
            {flags.length === 0 ? null : (
              <div className="note" role="note">
                {t("progress.flags", {
                  named: flags
                    .map((flag) => t("progress.flag", { school: flag.unitName, day: flag.on, count: flag.answers }))
                    .join(t("common:list.semicolon")),
                })}
              </div>
            )}
            <Sheet isFlush>
              <Strata strata={strata} />
            </Sheet>
          </>
        )
      }
    </Loaded>
  );
}

function Strata({ strata }: { readonly strata: readonly SurveyStratum[] }) {
  const { t } = useTranslation(["surveys", "common"]);
  const parties = [...new Set(strata.map((stratum) => stratum.party))];
  const columns: Column<SurveyStratum>[] = [
    { key: "school", header: t("column.school"), width: 210, value: (row) => row.unitName },
    {
      key: "party",
      header: t("column.party"),
      width: 100,
      value: (row) => partyWords(row.party),
      choices: parties.map((party) => ({ value: partyWords(party), label: partyWords(party) })),
    },
    {
      key: "stage",
      header: t("column.stage"),
      width: 90,
      value: (row) => (row.stage === null ? null : labelOf("stages", row.stage)),
    },
    {
      key: "population",
      header: t("column.population"),
      width: 90,
      align: "end",
      kind: "number",
      decimals: 0,
      value: (row) => row.population,
    },
    {
      key: "toAsk",
      header: t("column.toAsk"),
      width: 100,
      align: "end",
      kind: "number",
      decimals: 0,
      value: (row) => row.toAsk,
    },
    {
      key: "answers",
      header: t("column.answers"),
      width: 100,
      align: "end",
      kind: "number",
      decimals: 0,
      value: (row) => row.answers,
    },
    {
      key: "rate",
      header: t("column.rate"),
      width: 160,
      align: "end",
      kind: "share",
      value: (row) => responseRate(row.answers, row.toAsk),
      render: (row) => <Rate share={responseRate(row.answers, row.toAsk)} />,
    },
    {
      key: "enough",
      header: t("column.enough"),
      width: 130,
      value: (row) =>
        row.answers >= row.sheets ? t("progress.enough") : t("progress.lacks", { count: row.sheets - row.answers }),
      rank: (row) => row.sheets - row.answers,
    },
    {
      key: "tokens",
      header: t("column.tokens"),
      width: 110,
      align: "end",
      kind: "number",
      decimals: 0,
      value: (row) => row.unusedTokens,
      isHiddenAtFirst: true,
    },
  ];
  return (
    <DataTable
      title={t("tab.progress")}
      rows={strata}
      columns={columns}
      rowKey={(row) => `${row.unit}/${row.party}/${row.stage ?? ""}`}
    />
  );
}
