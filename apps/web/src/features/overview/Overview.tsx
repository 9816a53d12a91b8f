/** The first page: what needs a decision, in sentences, each with the way to it. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Overview as OverviewReply } from "@xingfu/contract";
import { labelOf } from "@xingfu/standards";
import { returnStates } from "@xingfu/domain/access";
import { useTranslation } from "react-i18next";
import { moment, number } from "../../lib/format.ts";
import { overviewQuery } from "../../lib/query.ts";
import { ownSchools, readsOverview, useMay, useSession, useYear } from "../../lib/session.ts";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { overviewSentence, returnsSentence, stateCounts } from "./sentences.ts";
import "./overview.css";

export function Overview() {
  const { t } = useTranslation("overview");
  const year = useYear();
  const session = useSession();
  const isReader = readsOverview(session);
  const query = useQuery({ ...overviewQuery(year), enabled: isReader });
  if (!isReader) return <SystemHome />;
  return (
    <Page
      title={t("title")}
      subtitle={`${session.district.name} · ${t("common:year.label", { from: year, to: year + 1 })}`}
    >
      <Loaded query={query} lines={8}>
        {(overview) => <Inside overview={overview} />}
      </Loaded>
    </Page>
  );
}

/** For people who keep the system: the ways to what they keep, and no figures, which they may not see. */
function SystemHome() {
  const { t } = useTranslation("overview");
  const session = useSession();
  const may = useMay();
  const ways = [
    { key: "people", to: "/system/people", isOpen: may("accounts.manage") },
    { key: "organisation", to: "/system/organisation", isOpen: may("organisation.manage") },
    { key: "audit", to: "/system/audit", isOpen: may("audit.read") },
    { key: "standards", to: "/data/standards", isOpen: true },
  ] as const;
  return (
    <Page title={t("title")} subtitle={session.district.name}>
      <p className="answer">{t("system.answer")}</p>
      <Sheet title={t("system.ways")}>
        <ul className="decision-list">
          {ways
            .filter((way) => way.isOpen)
            .map((way) => (
              <li key={way.key}>
                <Link to={way.to}>{t(`common:page.${way.key}`)}</Link>
                <span className="soft">{t(`system.${way.key}`)}</span>
              </li>
            ))}
        </ul>
      </Sheet>
    </Page>
  );
}

function Inside({ overview }: { readonly overview: OverviewReply }) {
  const { t } = useTranslation("overview");
  const may = useMay();
  const session = useSession();
  const { balance } = overview;
  return (
    <>
      <section className={`overview-head ${balance?.verdict ?? ""}`}>
        {balance?.verdict === undefined || balance.verdict === null ? null : (
          <Link to="/balance">
            <Verdict verdict={balance.verdict} isPlate size={17} />
          </Link>
        )}
        <p className="answer">{overviewSentence(overview, t)}</p>
        {balance === null && may("return.fill") ? <Link to="/data/import">{t("toImport")}</Link> : null}
      </section>
      {balance === null || balance.scope === "own" ? null : <Decisions overview={overview} />}
      {balance !== null && balance.scope === "own" ? <Own overview={overview} codes={ownSchools(session)} /> : null}
      {may("school.read") ? <Returns overview={overview} /> : null}
      {overview.recentImports.length === 0 ? null : <Recent overview={overview} />}
    </>
  );
}

/** Each thing that keeps the district from the standard, as one line with its way. */
function Decisions({ overview }: { readonly overview: OverviewReply }) {
  const { t } = useTranslation("overview");
  const { balance } = overview;
  if (balance === null) return null;
  const comma = t("common:list.comma");
  const lines = [
    balance.failingVetoes.length === 0
      ? null
      : {
          key: "vetoes",
          text: t("line.vetoes", { named: balance.failingVetoes.join(comma) }),
          to: "/balance/items" as const,
        },
    balance.rows.notMet === 0
      ? null
      : {
          key: "rows",
          text: t("line.rows", {
            count: balance.rows.notMet,
            named: balance.failingRows
              .slice(0, 4)
              .map((row) => `${row.school}（${t(`common:stage.${row.phase}`)} ${row.indicators.join(comma)}）`)
              .join(comma),
            more: balance.rows.notMet > 4 ? t("line.more") : "",
          }),
          to: "/balance/schools" as const,
        },
    balance.failingCv.length === 0
      ? null
      : {
          key: "cv",
          text: t("line.cv", {
            count: balance.failingCv.length,
            named: balance.failingCv
              .map((entry) =>
                t("line.cvOne", {
                  phase: t(`common:stage.${entry.phase}`),
                  id: entry.indicator,
                  cv: entry.cv === null ? "" : entry.cv.toFixed(3),
                  limit: entry.limit.toFixed(2),
                }),
              )
              .join(comma),
          }),
          to: "/balance/spread" as const,
        },
    balance.failingItems.length === 0
      ? null
      : {
          key: "items",
          text: t("line.items", { count: balance.failingItems.length, named: balance.failingItems.join(comma) }),
          to: "/balance/items" as const,
        },
    balance.openItems.length + balance.openVetoes.length === 0
      ? null
      : {
          key: "open",
          text: t("line.open", {
            count: balance.openItems.length + balance.openVetoes.length,
            named: [...balance.openItems, ...balance.openVetoes].join(comma),
          }),
          to: "/balance/items" as const,
        },
    balance.satisfaction?.verdict === "notMet" && balance.satisfaction.value !== null
      ? {
          key: "satisfaction",
          text: t("line.satisfaction", {
            value: (balance.satisfaction.value * 100).toFixed(1),
            limit: (balance.satisfaction.limit * 100).toFixed(0),
          }),
          to: "/balance/items" as const,
        }
      : null,
    balance.gapCount === 0
      ? null
      : { key: "gaps", text: t("line.gaps", { count: balance.gapCount }), to: "/balance" as const },
  ].filter((line) => line !== null);
  return (
    <Sheet title={t("decisions")}>
      {lines.length === 0 ? (
        <p>{t("nothing")}</p>
      ) : (
        <ul className="decision-list">
          {lines.map((line) => (
            <li key={line.key}>
              <span className="soft">{t(`kind.${line.key}`)}</span>
              <span>{line.text}</span>
              <Link to={line.to} aria-label={`${t(`kind.${line.key}`)}${t("common:list.colon")}${t("look")}`}>
                {t("look")}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {balance.parts === null ? null : (
        <div className="chip-line">
          {Object.entries(balance.parts).map(([part, verdict]) => (
            <span key={part}>
              {labelOf("balanceParts", part)} <Verdict verdict={verdict} size={12} />
            </span>
          ))}
        </div>
      )}
    </Sheet>
  );
}

function Own({ overview, codes }: { readonly overview: OverviewReply; readonly codes: readonly string[] }) {
  const { t } = useTranslation("overview");
  const { balance } = overview;
  if (balance === null) return null;
  return (
    <Sheet title={t("own.title")}>
      <ul className="decision-list">
        {balance.failingRows.map((row) => (
          <li key={`${row.schoolCode}${row.phase}`}>
            <span className="soft">{t(`common:stage.${row.phase}`)}</span>
            <span>
              {t("own.row", {
                school: row.school,
                count: row.metCount,
                named: row.indicators.join(t("common:list.comma")),
              })}
            </span>
            <Link to="/balance" search={{ school: row.schoolCode }}>
              {t("look")}
            </Link>
          </li>
        ))}
        {codes.map((code) => (
          <li key={code}>
            <span className="soft">{t("own.return")}</span>
            <span>{t("own.toReturn")}</span>
            <Link to="/data/states/$code" params={{ code }}>
              {t("look")}
            </Link>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Returns({ overview }: { readonly overview: OverviewReply }) {
  const { t } = useTranslation("overview");
  const { returns } = overview;
  const counts = stateCounts(overview);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <Sheet
      title={t("returns.title")}
      aside={returns.deadline === null ? null : t("returns.deadline", { at: moment(returns.deadline) })}
    >
      <div className="stack tight">
        <p>{returnsSentence(overview, t)}</p>
        {total < 2 ? null : (
          <>
            <div className="state-bar" role="img" aria-label={t("returns.bar")}>
              {returnStates.map((state) => {
                const count = counts[state] ?? 0;
                return count === 0 ? null : <span key={state} className={state} style={{ flexGrow: count }} />;
              })}
            </div>
            <ul className="legend-line">
              {returnStates.map((state) => (
                <li key={state}>
                  <i className={state} aria-hidden="true" />
                  {t(`common:returnState.${state}`)} {counts[state] ?? 0}
                </li>
              ))}
            </ul>
          </>
        )}
        {returns.late.length === 0 || total < 2 ? null : (
          <p className="soft">
            {t("returns.late", {
              named: returns.late
                .slice(0, 6)
                .map((entry) => entry.school)
                .join(t("common:list.comma")),
              more: returns.lateCount > 6 ? t("line.more") : "",
            })}{" "}
            <Link to="/data/states">{t("look")}</Link>
          </p>
        )}
      </div>
    </Sheet>
  );
}

function Recent({ overview }: { readonly overview: OverviewReply }) {
  const { t } = useTranslation("overview");
  if (overview.recentImports.length === 0) return <Empty title={t("recent.none")} />;
  return (
    <Sheet title={t("recent.title")}>
      <ul className="decision-list">
        {overview.recentImports.slice(0, 6).map((batch) => (
          <li key={batch.id}>
            <span className="soft">{moment(batch.by.at)}</span>
            <span>
              {t(`recent.kind.${batch.kind}`, { defaultValue: batch.kind })}
              {batch.fileName === null ? null : ` · ${batch.fileName}`}
              <span className="faint">
                {" "}
                {t(batch.sections.length === 0 ? "recent.short" : "recent.detail", {
                  name: batch.by.name ?? t("common:trail.system"),
                  rows: number(batch.rowCount),
                  sections: batch.sections
                    .map((section) => t(`common:section.${section}`))
                    .join(t("common:list.comma")),
                })}
              </span>
            </span>
            <span className="soft">{batch.undone === null ? null : t("recent.undone")}</span>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
