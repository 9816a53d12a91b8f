/** What a closed survey says: parties against the limit, schools in bands, questions, words; and what an officer takes over. */

import { useQuery } from "@tanstack/react-query";
import { leastShown, explainShare, questionsOf, responseRate, satisfactionFrom } from "@xingfu/domain/survey";
import type {
  PartyResult,
  Question,
  QuestionCount,
  SchoolResult,
  SurveyParty,
  SurveyResult,
  Tally,
} from "@xingfu/domain/survey";
import { Button, Dropdown, Popconfirm, Progress, Segmented } from "antd";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../charts/Chart.tsx";
import { sharesOption } from "../../charts/shares.ts";
import { api, save } from "../../lib/api.ts";
import { number, percent } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import type { Palette } from "../../lib/palette.ts";
import { forgetReturns } from "../../lib/query.ts";
import { useMay } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { useTrail } from "../../ui/TrailPlace.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { Rate } from "./Rate.tsx";
import { forgetSurvey, resultQuery } from "./queries.ts";
import { bandOf, limit, ownSentence, partyWords, pooled, recognitionReference, resultSentence } from "./sentences.ts";
import { useSurvey } from "./source.ts";

type School = SchoolResult & { readonly unitName: string };

export function Result() {
  const { t } = useTranslation(["surveys", "common"]);
  const survey = useSurvey();
  const may = useMay();
  const query = useQuery(resultQuery(survey.id));
  return (
    <Loaded query={query} lines={9}>
      {({ result, schools, counting }) => {
        if (counting?.state === "running")
          return (
            <div className="state" role="status">
              <h2>{t("counting.title")}</h2>
              <Progress
                percent={Math.round((100 * counting.done) / Math.max(1, counting.total))}
                aria-label={t("counting.title")}
                style={{ maxWidth: 420 }}
              />
              <p>{t("counting.done", { done: number(counting.done), total: number(counting.total) })}</p>
              <Button onClick={() => void api.cancelCounting({ params: { id: survey.id } })}>
                {t("common:action.cancel")}
              </Button>
            </div>
          );
        if (result === null)
          return (
            <Empty title={t("counting.none")} action={may("survey.manage") ? <CountAgain /> : null}>
              {counting?.state === "failed" ? t("counting.failed") : t("counting.noneHint")}
            </Empty>
          );
        const isDistrict = may("assessment.read");
        return (
          <>
            <p className="answer">{isDistrict ? resultSentence(result, t) : ownSentence(schools, t)}</p>
            <p className="answer-note">{t("result.method", { below: leastShown })}</p>
            {isDistrict ? null : <Own schools={schools} />}
            <Parties result={result} />
            {isDistrict && may("finding.record") ? <Accept result={result} /> : null}
            {isDistrict ? <Schools schools={schools} /> : null}
            <Questions result={result} />
          </>
        );
      }}
    </Loaded>
  );
}

function CountAgain() {
  const { t } = useTranslation("surveys");
  const { id } = useSurvey();
  const tell = useTell();
  const count = async (): Promise<void> => {
    try {
      await api.closeSurvey({ params: { id } });
      await forgetSurvey(id);
    } catch (error) {
      tell.failure(error);
    }
  };
  return (
    <Button type="primary" onClick={() => void count()}>
      {t("counting.start")}
    </Button>
  );
}

/** Every party against the limit, as a chart and as a table; each share opens its trail. */
function Parties({ result }: { readonly result: SurveyResult }) {
  const { t } = useTranslation(["surveys", "common"]);
  const survey = useSurvey();
  const openTrail = useTrail();
  const may = useMay();
  const told = useMemo(() => result.parties.filter(({ share }) => share.gap === null), [result]);
  const rows = useMemo(
    () =>
      told.map(({ party, share }) => ({
        name: partyWords(party),
        value: share.value ?? 0,
        low: share.low ?? 0,
        high: share.high ?? 0,
        isBelow: bandOf(share.low, share.high) === "below",
      })),
    [told],
  );
  const option = useCallback(
    (palette: Palette) =>
      sharesOption(
        rows,
        limit,
        { share: t("result.axis"), limit: t("result.limit", { limit: percent(limit, 0) }) },
        palette,
      ),
    [rows, t],
  );
  const columns: Column<PartyResult>[] = [
    { key: "party", header: t("column.party"), width: 92, value: (row) => partyWords(row.party), isUnsorted: true },
    {
      key: "sheets",
      header: t("column.answers"),
      width: 84,
      align: "end",
      kind: "number",
      decimals: 0,
      value: (row) => row.sheets,
      isUnsorted: true,
    },
    {
      key: "rate",
      header: t("column.rate"),
      width: 136,
      align: "end",
      kind: "share",
      value: (row) => responseRate(row.sheets, row.asked),
      render: (row) => <Rate share={responseRate(row.sheets, row.asked)} />,
      isUnsorted: true,
    },
    {
      key: "share",
      header: t("column.share"),
      width: 84,
      align: "end",
      kind: "share",
      value: (row) => row.share.value,
      render: (row) =>
        row.share.value === null ? (
          <span className="soft small">{row.share.gap === null ? "–" : gapWords(row.share.gap, t)}</span>
        ) : (
          <button
            type="button"
            className="figure-link"
            onClick={() =>
              openTrail({
                title: t("result.trail", { party: partyWords(row.party) }),
                subtitle: survey.title,
                year: survey.year,
                trail: explainShare(row.share, recognitionReference, survey.title),
                unit: "",
                decimals: 4,
                limit: `≥ ${percent(limit, 0)}`,
                verdict: row.share.value === null ? "notComputable" : row.share.value >= limit ? "met" : "notMet",
                sections: [],
              })
            }
          >
            {percent(row.share.value)}
          </button>
        ),
      isUnsorted: true,
    },
    {
      key: "interval",
      header: t("column.interval"),
      width: 136,
      value: (row) => intervalWords(row.share.low, row.share.high),
      isUnsorted: true,
    },
    {
      key: "band",
      header: t("column.band"),
      width: 156,
      value: (row) => bandWords(row.share.low, row.share.high, t),
      isUnsorted: true,
    },
  ];
  const below = told.filter(({ share }) => bandOf(share.low, share.high) === "below").length;
  return (
    <div className="survey-parties">
      <Sheet>
        {rows.length === 0 ? (
          <p className="soft">{t("result.noneTold")}</p>
        ) : (
          <Chart
            title={below === 0 ? t("result.chartAll") : t("result.chartBelow", { count: below })}
            option={option}
            height={60 + 44 * rows.length}
            table={{
              columns: [t("column.party"), t("column.share"), t("column.interval")],
              rows: rows.map((row) => [row.name, percent(row.value), intervalWords(row.low, row.high)]),
            }}
          />
        )}
      </Sheet>
      <Sheet title={t("result.byParty")} isFlush aside={may("survey.manage") ? <Export /> : undefined}>
        <DataTable
          title={t("result.byParty")}
          rows={result.parties}
          columns={columns}
          rowKey={(row) => row.party}
          isPlain
          rowHeight={44}
        />
      </Sheet>
    </div>
  );
}

function intervalWords(low: number | null, high: number | null): string | null {
  return low === null || high === null ? null : `${percent(low)} – ${percent(high)}`;
}

function bandWords(low: number | null, high: number | null, t: ReturnType<typeof useTranslation>["t"]): string {
  return t(`surveys:band.${bandOf(low, high) ?? "none"}`, { limit: percent(limit, 0) });
}

/** The sheets of one party as a file. */
function Export() {
  const { t } = useTranslation("surveys");
  const { id, forms } = useSurvey();
  const tell = useTell();
  const [isBusy, setBusy] = useState(false);
  const load = async (party: SurveyParty, format: "xlsx" | "csv"): Promise<void> => {
    setBusy(true);
    try {
      save(await api.exportSurvey({ params: { id }, query: { party, format } }));
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: forms.map(({ party }) => ({
          key: party,
          label: partyWords(party),
          children: (["xlsx", "csv"] as const).map((format) => ({
            key: `${party}-${format}`,
            label: t(`export.${format}`),
            onClick: () => void load(party, format),
          })),
        })),
      }}
    >
      <Button loading={isBusy}>{t("export.sheets")}</Button>
    </Dropdown>
  );
}

/** What the survey offers for the district's report; nothing is taken over by itself. */
function Accept({ result }: { readonly result: SurveyResult }) {
  const { t } = useTranslation(["surveys", "common"]);
  const survey = useSurvey();
  const tell = useTell();
  const [isBusy, setBusy] = useState(false);
  const rows = satisfactionFrom(result);
  const { answers, satisfied } = pooled(result);
  if (rows.length === 0) return null;
  const accept = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.acceptSatisfaction({ params: { id: survey.id }, body: { parties: rows.map((row) => row.party) } });
      tell.done(t("accept.done", { year: survey.year }));
      await forgetReturns();
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet title={t("accept.title")}>
      <div className="stack tight">
        <p>
          {t("accept.offer", {
            parties: rows.map((row) => partyWords(row.party)).join(t("common:list.comma")),
            satisfied: number(satisfied),
            answers: number(answers),
            share: percent(satisfied / answers),
          })}{" "}
          <Verdict verdict={satisfied / answers >= limit ? "met" : "notMet"} />
        </p>
        <p className="soft">{t("accept.explain", { from: survey.year, to: survey.year + 1 })}</p>
        <div>
          <Popconfirm title={t("accept.ask", { year: survey.year })} onConfirm={() => void accept()}>
            <Button loading={isBusy}>{t("accept.button", { from: survey.year, to: survey.year + 1 })}</Button>
          </Popconfirm>
        </div>
      </div>
    </Sheet>
  );
}

const bandOrder = { below: 0, near: 1, above: 2, none: 3 } as const;

/** Schools by name, each party in a band. */
function Schools({ schools }: { readonly schools: readonly School[] }) {
  const { t } = useTranslation(["surveys", "common"]);
  const rows = schools.filter(
    (school) => school.party === "pupils" || school.party === "parents" || school.party === "teachers",
  );
  const band = (row: School): string => bandWords(row.low, row.high, t);
  const parties = [...new Set(rows.map((row) => row.party))];
  const columns: Column<School>[] = [
    { key: "school", header: t("column.school"), width: 220, value: (row) => row.unitName },
    {
      key: "party",
      header: t("column.party"),
      width: 90,
      value: (row) => partyWords(row.party),
      choices: parties.map((party) => ({ value: partyWords(party), label: partyWords(party) })),
    },
    {
      key: "sheets",
      header: t("column.answers"),
      width: 90,
      align: "end",
      kind: "number",
      decimals: 0,
      value: (row) => row.sheets,
    },
    {
      key: "rate",
      header: t("column.rate"),
      width: 150,
      align: "end",
      kind: "share",
      value: (row) => responseRate(row.sheets, row.asked),
      render: (row) => <Rate share={responseRate(row.sheets, row.asked)} />,
    },
    {
      key: "band",
      header: t("column.band"),
      width: 170,
      value: band,
      rank: (row) => bandOrder[bandOf(row.low, row.high) ?? "none"],
      choices: (["below", "near", "above", "none"] as const).map((key) => {
        const label = t(`band.${key}`, { limit: percent(limit, 0) });
        return { value: label, label };
      }),
      render: (row) => <BandMark low={row.low} high={row.high} />,
    },
    {
      key: "interval",
      header: t("column.interval"),
      width: 150,
      value: (row) => intervalWords(row.low, row.high),
      isUnsorted: true,
    },
  ];
  return (
    <Sheet title={t("result.bySchool")} aside={t("result.noRank")} isFlush>
      <DataTable
        title={t("result.bySchool")}
        rows={rows}
        columns={columns}
        rowKey={(row) => `${row.unit}/${row.party}`}
        maxHeight="min(60vh, 620px)"
        notes={[t("result.method", { below: leastShown }), t("result.noRank")]}
      />
    </Sheet>
  );
}

function BandMark({ low, high }: { readonly low: number | null; readonly high: number | null }) {
  const { t } = useTranslation("surveys");
  const band = bandOf(low, high);
  const tone = band === "above" ? "met" : band === "below" ? "notMet" : band === "near" ? "attention" : "notComputable";
  return <span className={`verdict ${tone}`}>{t(`band.${band ?? "none"}`, { limit: percent(limit, 0) })}</span>;
}

/** The own schools of a person who sees no others. */
function Own({ schools }: { readonly schools: readonly School[] }) {
  const { t } = useTranslation(["surveys", "common"]);
  if (schools.length === 0) return <p className="note plain">{t("result.ownHidden", { below: leastShown })}</p>;
  const columns: Column<School>[] = [
    { key: "school", header: t("column.school"), width: 200, value: (row) => row.unitName },
    { key: "party", header: t("column.party"), width: 90, value: (row) => partyWords(row.party) },
    {
      key: "sheets",
      header: t("column.answers"),
      width: 90,
      align: "end",
      kind: "number",
      decimals: 0,
      value: (row) => row.sheets,
    },
    {
      key: "rate",
      header: t("column.rate"),
      width: 150,
      align: "end",
      kind: "share",
      value: (row) => responseRate(row.sheets, row.asked),
      render: (row) => <Rate share={responseRate(row.sheets, row.asked)} />,
    },
    {
      key: "share",
      header: t("column.share"),
      width: 100,
      align: "end",
      kind: "share",
      value: (row) => row.share,
      render: (row) => (row.share === null ? "–" : percent(row.share)),
    },
    { key: "interval", header: t("column.interval"), width: 150, value: (row) => intervalWords(row.low, row.high) },
    {
      key: "band",
      header: t("column.band"),
      width: 160,
      value: (row) => bandWords(row.low, row.high, t),
      render: (row) => <BandMark low={row.low} high={row.high} />,
    },
  ];
  return (
    <Sheet title={t("result.ownTitle")} isFlush>
      <DataTable
        title={t("result.ownTitle")}
        rows={schools}
        columns={columns}
        rowKey={(row) => `${row.unit}/${row.party}`}
        isPlain
        rowHeight={46}
      />
    </Sheet>
  );
}

/** How each question was answered, and what the words are about, one party at a time. */
function Questions({ result }: { readonly result: SurveyResult }) {
  const { t } = useTranslation(["surveys", "common"]);
  const { forms } = useSurvey();
  const [party, setParty] = useState<SurveyParty>(result.parties[0]?.party ?? "parents");
  const own = result.parties.find((candidate) => candidate.party === party);
  const form = forms.find((candidate) => candidate.party === party);
  if (own === undefined || form === undefined) return null;
  return (
    <Sheet title={t("result.questions")}>
      <div className="survey-parties-line">
        <Segmented<SurveyParty>
          aria-label={t("column.party")}
          value={party}
          onChange={setParty}
          options={result.parties.map((candidate) => ({ value: candidate.party, label: partyWords(candidate.party) }))}
        />
      </div>
      {own.tally === null ? (
        <p className="soft">{t("result.partyHidden", { count: own.sheets, below: leastShown })}</p>
      ) : (
        <div className="stack">
          <p className="small soft">{t("result.counts")}</p>
          {questionsOf(form).map((question, at) => (
            <Answers key={question.id} number={at + 1} question={question} tally={own.tally} />
          ))}
          <Words party={own} />
        </div>
      )}
    </Sheet>
  );
}

function Answers({
  number: at,
  question,
  tally,
}: {
  readonly number: number;
  readonly question: Question;
  readonly tally: Tally | null;
}) {
  const { t } = useTranslation(["surveys", "common"]);
  const counts = tally?.questions.filter((count) => count.question === question.id) ?? [];
  if (question.kind === "text") return null;
  return (
    <section className="survey-question" aria-label={question.text}>
      <h3>
        {at}. {question.text}
      </h3>
      {counts.map((count) => (
        <Distribution
          key={count.row ?? ""}
          label={question.kind === "matrix" ? (question.rows.find((row) => row.id === count.row)?.label ?? "") : null}
          question={question}
          count={count}
        />
      ))}
      {question.kind === "scale" || question.kind === "matrix" ? (
        <p className="small soft">
          {t("result.ends", {
            low: question.lowLabel,
            high: question.highLabel,
            points: question.points,
            from: question.satisfiedFrom,
          })}
        </p>
      ) : null}
    </section>
  );
}

/** One bar divided by how often each answer was given; every part says its name and share. */
function Distribution({
  label,
  question,
  count,
}: {
  readonly label: string | null;
  readonly question: Question;
  readonly count: QuestionCount;
}) {
  const { t } = useTranslation(["surveys", "common"]);
  const isScale = question.kind === "scale" || question.kind === "matrix";
  const name = (option: string): string => {
    if (question.kind === "single" || question.kind === "multiple")
      return question.choices.find((choice) => choice.id === option)?.label ?? option;
    if (question.kind === "yesNo") return t(option === "yes" ? "common:table.yes" : "common:table.no");
    return option;
  };
  if (count.options.length === 0)
    return (
      <p className="small soft">
        {label === null ? "" : `${label}${t("common:list.colon")}`}
        {t("result.questionHidden", { below: leastShown })}
      </p>
    );
  const parts = count.options.map(({ option, count: times }) => ({
    option,
    share: count.answered === 0 ? 0 : times / count.answered,
  }));
  return (
    <div className="distribution">
      {label === null ? null : <span className="distribution-label">{label}</span>}
      {isScale ? (
        <div
          className="stacked"
          role="img"
          aria-label={parts.map((part) => `${name(part.option)} ${percent(part.share)}`).join(t("common:list.comma"))}
        >
          {parts.map((part, at) => (
            <span
              key={part.option}
              data-step={Math.round((4 * at) / Math.max(1, parts.length - 1))}
              title={`${name(part.option)} · ${percent(part.share)}`}
              style={{ width: `${part.share * 100}%` }}
            >
              {part.share >= 0.07 ? `${name(part.option)} · ${percent(part.share, 0)}` : ""}
            </span>
          ))}
        </div>
      ) : (
        <dl className="answer-bars">
          {parts.map((part) => (
            <div key={part.option}>
              <dt>{name(part.option)}</dt>
              <dd>
                <i aria-hidden="true" style={{ width: `${part.share * 100}%` }} />
                <span>{percent(part.share)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <span className="small soft distribution-count">{t("result.answered", { count: number(count.answered) })}</span>
    </div>
  );
}

/** Words that set the unsatisfied apart, and a part of what was written. */
function Words({ party }: { readonly party: PartyResult }) {
  const { t } = useTranslation(["surveys", "common"]);
  const { id } = useSurvey();
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const texts = useQuery({
    queryKey: ["survey-texts", id, party.party],
    queryFn: () => api.listSurveyTexts({ params: { id }, query: { party: party.party } }),
    enabled: isOpen,
  });
  const { unsatisfied, satisfied } = party.keywords;
  return (
    <section className="survey-question" aria-label={t("words.title")}>
      <h3>{t("words.title")}</h3>
      {party.texts === 0 ? (
        <p className="soft">{t("words.few", { below: leastShown })}</p>
      ) : (
        <>
          <p className="small soft">{t("words.explain", { count: party.texts })}</p>
          <div className="columns-2">
            <WordList title={t("words.unsatisfied")} words={unsatisfied} />
            <WordList title={t("words.satisfied")} words={satisfied} />
          </div>
          {may("survey.manage") ? (
            <Button onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
              {isOpen ? t("words.hide") : t("words.show")}
            </Button>
          ) : null}
          {isOpen ? (
            <Loaded query={texts} lines={4}>
              {(reply) => (
                <>
                  <p className="small soft">{t("words.sample", { shown: reply.texts.length, total: reply.total })}</p>
                  <ul className="survey-texts">
                    {reply.texts.map((text, at) => (
                      <li key={at} data-good={text.isSatisfied}>
                        <span className="hidden-words">
                          {t(text.isSatisfied ? "words.fromSatisfied" : "words.fromUnsatisfied")}
                        </span>
                        {text.text}
                      </li>
                    ))}
                  </ul>
                </>
              )}
            </Loaded>
          ) : null}
        </>
      )}
    </section>
  );
}

function WordList({ title, words }: { readonly title: string; readonly words: PartyResult["keywords"]["satisfied"] }) {
  const { t } = useTranslation("surveys");
  return (
    <div>
      <h4>{title}</h4>
      {words.length === 0 ? (
        <p className="soft small">{t("words.noneApart")}</p>
      ) : (
        <ul className="keywords">
          {words.map((word) => (
            <li
              key={word.word}
              title={t("words.keyness", { texts: word.texts, others: word.others, value: number(word.keyness, 1) })}
            >
              {word.word}
              <small>{word.texts}</small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
