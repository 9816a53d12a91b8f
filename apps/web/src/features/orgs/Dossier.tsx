/** One school, everything: its name and history, its results over the years, its return. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { AssessmentReply, SchoolDossier } from "@xingfu/contract";
import { indicators } from "@xingfu/domain/balance";
import { labelOf, tableAt } from "@xingfu/standards";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { beside } from "../../lib/format.ts";
import { historyQuery, schoolQuery } from "../../lib/query.ts";
import { useMay } from "../../lib/session.ts";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Loaded, Waiting } from "../../ui/States.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import "./orgs.css";

export function Dossier() {
  const { t } = useTranslation("orgs");
  const { code } = useParams({ from: "/inside/work/schools/$code" });
  const may = useMay();
  const query = useQuery(schoolQuery(code));
  const [isChanging, setChanging] = useState(false);
  return (
    <Page
      title={query.data?.name ?? t("dossier.title")}
      subtitle={query.data === undefined ? code : `${labelOf("schoolTypes", query.data.type)} · ${code}`}
      actions={
        <>
          {may("school.read") ? (
            <>
              <Link to="/data/states/$code" params={{ code }}>
                <Button>{t("dossier.return")}</Button>
              </Link>
              <Link to="/balance" search={{ school: code }}>
                <Button>{t("dossier.balance")}</Button>
              </Link>
              <Link to="/growth/schools/$code" params={{ code }}>
                <Button>{t("dossier.growth")}</Button>
              </Link>
            </>
          ) : null}
          {may("organisation.manage") ? <Button onClick={() => setChanging(true)}>{t("dossier.change")}</Button> : null}
        </>
      }
    >
      <Loaded query={query} lines={8}>
        {(school) => (
          <>
            <p className="answer">{dossierSentence(school, t)}</p>
            {may("school.read") ? <Results code={code} /> : null}
            <div className="columns-2">
              <Versions school={school} />
              <Events school={school} />
            </div>
            {isChanging ? <ChangeDialog school={school} onClose={() => setChanging(false)} /> : null}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function dossierSentence(school: SchoolDossier, t: ReturnType<typeof useTranslation>["t"]): string {
  const parts = [
    school.groupName === null ? t("orgs:dossier.noGroup") : t("orgs:dossier.inGroup", { group: school.groupName }),
    school.clusterName === null ? null : t("orgs:dossier.cluster", { cluster: school.clusterName }),
    school.mergedInto === null
      ? school.closedOn === null
        ? null
        : t("orgs:dossier.closed", { on: school.closedOn })
      : t("orgs:dossier.merged", { name: school.mergedInto.name, on: school.closedOn ?? "" }),
    school.years.length === 0 ? t("orgs:dossier.noYears") : t("orgs:dossier.years", { count: school.years.length }),
  ].filter((part) => part !== null);
  return parts.join(t("common:list.semicolon")) + t("orgs:dossier.end");
}

/** The school's rows of every year the reader may see. */
function Results({ code }: { readonly code: string }) {
  const history = useQuery(historyQuery);
  if (history.data === undefined) return history.isPending ? <Waiting lines={3} /> : null;
  const years = history.data.filter(({ assessment }) => assessment.rows.some((row) => row.schoolCode === code));
  if (years.length === 0) return null;
  const phases = [
    ...new Set(
      years.flatMap(({ assessment }) =>
        assessment.rows.filter((row) => row.schoolCode === code).map((row) => row.phase),
      ),
    ),
  ];
  return phases.map((phase) => <PhaseResults key={phase} code={code} phase={phase} years={years} />);
}

const resources = tableAt("moe-2017-quality-balance/resources").entries;

function PhaseResults({
  code,
  phase,
  years,
}: {
  readonly code: string;
  readonly phase: AssessmentReply["assessment"]["rows"][number]["phase"];
  readonly years: readonly AssessmentReply[];
}) {
  const { t } = useTranslation("orgs");
  const rows = years.map(({ assessment }) => ({
    year: assessment.schoolYear,
    row: assessment.rows.find((entry) => entry.schoolCode === code && entry.phase === phase),
  }));
  const title = t("dossier.results", { phase: t(`common:stage.${phase}`) });
  return (
    <Sheet title={title} isFlush>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={title}>
        <table className="data-table dossier-table">
          <thead>
            <tr>
              <th scope="col" className="frozen">
                {t("dossier.indicator")}
              </th>
              {rows.map(({ year }) => (
                <th key={year} scope="col" className="end">
                  <Link to="/balance" search={{ school: code, year }}>
                    {t("common:year.label", { from: year, to: year + 1 })}
                  </Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {indicators.map((indicator) => (
              <tr key={indicator} style={{ height: 38 }}>
                <th scope="row" className="frozen" title={resources.find((entry) => entry.id === indicator)?.label}>
                  {indicator} {resources.find((entry) => entry.id === indicator)?.label}
                </th>
                {rows.map(({ year, row }) => {
                  const result = row?.indicators[indicator];
                  return (
                    <td key={year} className="end">
                      {result === undefined ? (
                        "–"
                      ) : (
                        <span className="row" style={{ justifyContent: "flex-end", flexWrap: "nowrap" }}>
                          <Link to="/balance" search={{ school: code, year }}>
                            {result.value === null
                              ? t("common:gap.blank")
                              : beside(result.value, indicator, result.threshold)}
                          </Link>
                          <Verdict verdict={result.verdict} isBare size={12} />
                        </span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
            <tr style={{ height: 40 }}>
              <th scope="row" className="frozen">
                {t("dossier.verdict")}
              </th>
              {rows.map(({ year, row }) => (
                <td key={year} className="end">
                  {row === undefined ? "–" : <Verdict verdict={row.verdict} />}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </Sheet>
  );
}

function Versions({ school }: { readonly school: SchoolDossier }) {
  const { t } = useTranslation("orgs");
  return (
    <Sheet title={t("dossier.versions")}>
      <ul className="stack tight">
        {school.versions.map((version) => (
          <li key={version.from}>
            <div className="soft small">
              {version.from} — {version.to ?? t("dossier.now")}
            </div>
            {version.name} · {labelOf("schoolTypes", version.type)}
            {version.groupName === null ? null : <span className="soft"> · {version.groupName}</span>}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Events({ school }: { readonly school: SchoolDossier }) {
  const { t } = useTranslation("orgs");
  return (
    <Sheet title={t("dossier.events")}>
      {school.events.length === 0 ? (
        <p className="soft">{t("dossier.noEvents")}</p>
      ) : (
        <ul className="stack tight">
          {school.events.map((event, at) => (
            <li key={at}>
              <span className="soft small">{event.on}</span> {t(`event.${event.kind}`)}
              {event.kind === "opened" ? (
                <span className="soft">
                  {t("common:list.colon")}
                  {event.after}
                </span>
              ) : event.before === null && event.after === null ? null : (
                <span className="soft">
                  {t("common:list.colon")}
                  {event.kind === "retyped" ? typeWords(event.before) : (event.before ?? "–")} →{" "}
                  {event.kind === "retyped" ? typeWords(event.after) : (event.after ?? "–")}
                </span>
              )}
              {event.note === null || event.note === "" ? null : <div className="small soft">{event.note}</div>}
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}

function typeWords(code: string | null): string {
  return code === null ? "–" : labelOf("schoolTypes", code);
}
