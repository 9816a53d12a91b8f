/** The verdict and what it hangs on. */

import { Link } from "@tanstack/react-router";
import type { AssessmentReply } from "@xingfu/contract";
import { indicators } from "@xingfu/domain/balance";
import type { AssessmentRow } from "@xingfu/domain/balance";
import { labelOf } from "@xingfu/standards";
import { decimalsBeside } from "@xingfu/domain/base";
import { useTranslation } from "react-i18next";
import { decimalsOf, moment, number, shortHash } from "../../lib/format.ts";
import { gapSection, gapWords } from "../../lib/gap.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Figure } from "../../ui/Figure.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { countVerdicts, districtSentence, indicatorTone, rowSentence } from "./sentences.ts";
import { useBalance, useOpenTrail } from "./source.ts";
import {
  gapSubject,
  indicatorEntry,
  itemEntry,
  ruleNumber,
  satisfactionEntry,
  unitWords,
  vetoEntry,
} from "./wording.ts";

const parts = [
  { key: "resources", to: "/balance/schools" },
  { key: "government", to: "/balance/items" },
  { key: "quality", to: "/balance/items" },
  { key: "recognition", to: "/balance/items" },
  { key: "vetoes", to: "/balance/items" },
  { key: "precondition", to: "/balance/items" },
] as const;

export function Board() {
  const reply = useBalance();
  return reply.scope === "district" ? <DistrictBoard reply={reply} /> : <OwnBoard reply={reply} />;
}

function DistrictBoard({ reply }: { readonly reply: AssessmentReply }) {
  const { t } = useTranslation("balance");
  const { assessment } = reply;
  return (
    <>
      <section className={`verdict-head ${assessment.verdict}`} aria-live="polite">
        <div className="row gap-m">
          <Verdict verdict={assessment.verdict} isPlate size={18} />
          <span className="soft">
            {t("board.of", {
              district: assessment.district.name,
              from: assessment.schoolYear,
              to: assessment.schoolYear + 1,
            })}
          </span>
        </div>
        <p className="answer">{districtSentence(assessment, t)}</p>
      </section>

      <div className="parts">
        {parts.map(({ key, to }) => (
          <Link key={key} to={to} className="part" {...(to === "/balance/items" ? { hash: key } : {})}>
            <strong>{labelOf("balanceParts", key)}</strong>
            <Verdict verdict={assessment.parts[key]} />
            <span className="small">{partNote(key, reply, t)}</span>
          </Link>
        ))}
      </div>

      <Failing reply={reply} />
      <Gaps reply={reply} />
      <Stamp reply={reply} />
    </>
  );
}

function partNote(
  key: (typeof parts)[number]["key"],
  { assessment }: AssessmentReply,
  t: ReturnType<typeof useTranslation>["t"],
): string {
  switch (key) {
    case "resources": {
      const rows = countVerdicts(assessment.rows);
      const cv = countVerdicts(assessment.cv);
      return t("board.resources", {
        met: rows.met,
        all: assessment.rows.length,
        cv: cv.met,
        cvAll: assessment.cv.length,
      });
    }
    case "government":
    case "quality": {
      const own = assessment.items.filter((item) => item.id.startsWith(key === "government" ? "G" : "Q"));
      return t("board.items", { ...countVerdicts(own), all: own.length });
    }
    case "recognition":
      return assessment.satisfaction.value === null
        ? t("board.noSurvey")
        : t("board.satisfaction", {
            value: number(assessment.satisfaction.value * 100, 1),
            limit: number(assessment.satisfaction.limit * 100, 0),
          });
    case "vetoes":
      return t("board.vetoes", { ...countVerdicts(assessment.vetoes), all: assessment.vetoes.length });
    case "precondition":
      return assessment.precondition.value === null
        ? t("board.noPrecondition")
        : t("board.precondition", { years: assessment.precondition.value, limit: assessment.precondition.limit });
  }
}

/** Everything that is not met, the gravest first, each with the way to it. */
function Failing({ reply: { assessment } }: { readonly reply: AssessmentReply }) {
  const { t } = useTranslation("balance");
  const rows = assessment.rows.filter((row) => row.verdict === "notMet");
  const cv = assessment.cv.filter((entry) => entry.verdict === "notMet");
  const items = assessment.items.filter((entry) => entry.verdict === "notMet");
  const vetoes = assessment.vetoes.filter((entry) => entry.verdict === "notMet");
  const total = rows.length + cv.length + items.length + vetoes.length;
  if (total === 0 && assessment.satisfaction.verdict !== "notMet") return null;
  const shownRows = rows.slice(0, 8);
  // a reader that lists links by name must tell them apart
  const look = (what: string): string => `${what}${t("common:list.colon")}${t("board.look")}`;
  return (
    <Sheet title={t("board.failing")} aside={t("board.failingHint")}>
      <ul className="failings">
        {vetoes.map((entry) => (
          <li key={entry.id}>
            <span className="soft">{t("board.kind.veto")}</span>
            <span>
              {entry.id} {vetoEntry(entry.id).label}
            </span>
            <Link to="/balance/items" hash="vetoes" aria-label={look(entry.id)}>
              {t("board.look")}
            </Link>
          </li>
        ))}
        {items.map((entry) => (
          <li key={entry.id}>
            <span className="soft">{t("board.kind.item")}</span>
            <span>
              {entry.id} {itemEntry(entry.id).label}
            </span>
            <Link to="/balance/items" search={{ item: entry.id }} aria-label={look(entry.id)}>
              {t("board.look")}
            </Link>
          </li>
        ))}
        {assessment.satisfaction.verdict === "notMet" ? (
          <li>
            <span className="soft">{labelOf("balanceParts", "recognition")}</span>
            <span>{satisfactionEntry.label}</span>
            <Link to="/balance/items" hash="recognition" aria-label={look(labelOf("balanceParts", "recognition"))}>
              {t("board.look")}
            </Link>
          </li>
        ) : null}
        {cv.map((entry) => (
          <li key={`${entry.phase}${entry.indicator}`}>
            <span className="soft">{t("board.kind.cv")}</span>
            <span>
              {t("board.cv", {
                phase: t(`common:stage.${entry.phase}`),
                id: entry.indicator,
                label: indicatorEntry(entry.indicator).label,
                cv: entry.cv === null ? "" : number(entry.cv, 4),
                limit: number(entry.limit, 2),
              })}
            </span>
            <Link
              to="/balance/spread"
              search={{ at: `${entry.phase}-${entry.indicator}` }}
              aria-label={look(`${t(`common:stage.${entry.phase}`)} ${entry.indicator}`)}
            >
              {t("board.look")}
            </Link>
          </li>
        ))}
        {shownRows.map((row) => (
          <li key={`${row.schoolCode}${row.phase}`}>
            <span className="soft">{t("board.kind.row")}</span>
            <span>
              {row.school}（{t(`common:stage.${row.phase}`)}）{t("common:list.colon")}
              {rowSentence(row, t)}
            </span>
            <Link
              to="."
              search={(before) => ({ ...before, school: row.schoolCode })}
              aria-label={look(`${row.school}（${t(`common:stage.${row.phase}`)}）`)}
            >
              {t("board.look")}
            </Link>
          </li>
        ))}
      </ul>
      {rows.length > shownRows.length ? (
        <p>
          <Link to="/balance/schools">{t("board.moreRows", { count: rows.length - shownRows.length })}</Link>
        </p>
      ) : null}
    </Sheet>
  );
}

interface GapLine {
  readonly key: string;
  readonly subject: string;
  /** the subject in words */
  readonly about: string;
  readonly school: string | null;
  readonly schoolCode: string | null;
  readonly phase: string | null;
  readonly why: string;
  readonly section: string | null;
}

function Gaps({ reply: { assessment } }: { readonly reply: AssessmentReply }) {
  const { t } = useTranslation("balance");
  if (assessment.gaps.length === 0) return null;
  const names = new Map([
    ...assessment.rows.map((row) => [row.schoolCode, row.school] as const),
    ...assessment.excluded.map((entry) => [entry.schoolCode, entry.school] as const),
  ]);
  const lines: GapLine[] = assessment.gaps.map((entry, at) => ({
    key: String(at),
    subject: entry.subject,
    about: gapSubject(entry.subject, t),
    school: entry.schoolCode === null ? null : (names.get(entry.schoolCode) ?? entry.schoolCode),
    schoolCode: entry.schoolCode,
    phase: entry.phase === null ? null : t(`common:stage.${entry.phase}`),
    why: gapWords(entry.gap, t, names),
    section: gapSection(entry.gap),
  }));
  const columns: Column<GapLine>[] = [
    { key: "subject", header: t("gaps.subject"), width: 250, value: (line) => line.about, isWrapped: true },
    {
      key: "school",
      header: t("gaps.school"),
      width: 220,
      value: (line) => line.school ?? t("gaps.district"),
    },
    { key: "phase", header: t("gaps.phase"), width: 80, value: (line) => line.phase },
    { key: "why", header: t("gaps.why"), width: 380, value: (line) => line.why, isWrapped: true },
    {
      key: "where",
      header: t("gaps.where"),
      width: 170,
      value: (line) => (line.section === null ? null : t(`common:section.${line.section}`)),
      render: (line) => <GapLink line={line} />,
    },
  ];
  return (
    <Sheet title={t("gaps.title", { count: lines.length })} aside={t("gaps.hint")} isFlush>
      <DataTable title={t("gaps.name")} rows={lines} columns={columns} rowKey={(line) => line.key} maxHeight="360px" />
    </Sheet>
  );
}

function GapLink({ line }: { readonly line: GapLine }) {
  const { t } = useTranslation("balance");
  if (line.schoolCode !== null) {
    return (
      <Link
        to="/data/states/$code"
        params={{ code: line.schoolCode }}
        search={line.section === null ? {} : { section: line.section }}
      >
        {line.section === null ? t("gaps.toReturn") : t(`common:section.${line.section}`)}
      </Link>
    );
  }
  if (/^(G|Q)\d/.test(line.subject) && line.section === null) {
    return (
      <Link to="/balance/items" search={{ item: line.subject.split(".")[0] ?? line.subject }}>
        {t("gaps.toItem")}
      </Link>
    );
  }
  if (line.subject.startsWith("V")) {
    return (
      <Link to="/balance/items" hash="vetoes">
        {t("gaps.toItem")}
      </Link>
    );
  }
  return <Link to="/data/import">{t("gaps.toImport")}</Link>;
}

/** What a person needs to reproduce the result. */
export function Stamp({ reply }: { readonly reply: AssessmentReply }) {
  const { t } = useTranslation("balance");
  return (
    <div className="small faint row gap-m">
      <span>
        {t("stamp.rules")}{" "}
        <span className="mono">
          {reply.rules.id}@{reply.rules.version}
        </span>{" "}
        <span className="mono" title={reply.rules.hash}>
          {shortHash(reply.rules.hash)}
        </span>
      </span>
      {reply.inputsHash === null ? null : (
        <span>
          {t("stamp.inputs")}{" "}
          <span className="mono" title={reply.inputsHash}>
            {shortHash(reply.inputsHash)}
          </span>
        </span>
      )}
      {reply.reported === null ? null : (
        <span>
          {t("stamp.reported", {
            name: reply.reported.name ?? t("common:trail.system"),
            at: moment(reply.reported.at),
          })}
        </span>
      )}
    </div>
  );
}

function OwnBoard({ reply }: { readonly reply: AssessmentReply }) {
  const { t } = useTranslation("balance");
  const open = useOpenTrail(reply);
  const { assessment } = reply;
  return (
    <>
      <p className="answer">
        {assessment.rows.length === 0
          ? t("board.ownNone")
          : assessment.rows
              .map((row: AssessmentRow) =>
                t("board.own", {
                  school: row.school,
                  phase: t(`common:stage.${row.phase}`),
                  sentence: rowSentence(row, t),
                }),
              )
              .join("")}
      </p>
      {assessment.rows.map((row) => (
        <Sheet
          key={`${row.schoolCode}${row.phase}`}
          title={`${row.school}（${t(`common:stage.${row.phase}`)}）`}
          aside={<Verdict verdict={row.verdict} />}
        >
          <div className="columns-auto">
            {indicators.map((indicator) => {
              const result = row.indicators[indicator];
              return (
                <Figure
                  key={indicator}
                  label={`${indicator} ${indicatorEntry(indicator).label}`}
                  value={result.value}
                  unit={unitWords(indicatorEntry(indicator).unit)}
                  decimals={
                    result.value === null
                      ? decimalsOf(indicator)
                      : decimalsBeside(result.value, result.threshold, decimalsOf(indicator))
                  }
                  limit={`≥ ${ruleNumber(result.threshold)}`}
                  verdict={result.verdict}
                  tone={indicatorTone(result, row)}
                  gap={result.gap}
                  onOpen={() => open.indicator(row, indicator, result.verdict)}
                />
              );
            })}
          </div>
          <p style={{ marginTop: 12 }}>
            <Link to="." search={(before) => ({ ...before, school: row.schoolCode })}>
              {t("board.ownMore")}
            </Link>
          </p>
        </Sheet>
      ))}
      <Gaps reply={reply} />
      <Stamp reply={reply} />
    </>
  );
}
