/** How a survey is handed out: links that several people use, with codes to print, and one-time tokens. */

import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import type { SurveyLink, SurveyStratum } from "@xingfu/contract";
import { labelOf } from "@xingfu/standards";
import { Button, Checkbox, InputNumber, Popconfirm, QRCode, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, saveBlob } from "../../lib/api.ts";
import { csvText } from "../../lib/csv.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { forgetSurvey, linksQuery, progressQuery } from "./queries.ts";
import { partyWords } from "./sentences.ts";
import { useSurvey } from "./source.ts";

/** The address that opens a form; what stands behind the # never leaves the browser by itself. */
const addressOf = (key: string): string => `${location.origin}/s#${key}`;

const stageWords = (stage: string | null): string => (stage === null ? "" : labelOf("stages", stage));

export function Links() {
  const { t } = useTranslation(["surveys", "common"]);
  const survey = useSurvey();
  const links = useQuery(linksQuery(survey.id));
  const progress = useQuery(progressQuery(survey.id));
  const [printed, setPrinted] = useState<readonly Slip[] | null>(null);
  if (printed !== null) return <Print slips={printed} onBack={() => setPrinted(null)} />;
  return (
    <Loaded query={progress} lines={6}>
      {({ strata }) =>
        strata.length === 0 ? (
          <Empty
            title={t("links.noPlan")}
            action={
              <Link to="/surveys/$id/plan" params={{ id: String(survey.id) }}>
                {t("progress.toPlan")}
              </Link>
            }
          />
        ) : (
          <Loaded query={links} lines={6}>
            {(all) => (
              <>
                <p className="answer">
                  {t("links.sentence", {
                    links: all.length,
                    tokens: strata.reduce((sum, stratum) => sum + stratum.unusedTokens, 0),
                  })}
                </p>
                <p className="answer-note">{t(survey.state === "draft" ? "links.early" : "links.explain")}</p>
                <SharedLinks links={all} onPrint={setPrinted} />
                {survey.state === "closed" ? null : <Tokens strata={strata} onPrint={setPrinted} />}
              </>
            )}
          </Loaded>
        )
      }
    </Loaded>
  );
}

/** One code to print with what it is for. */
interface Slip {
  readonly key: string;
  readonly title: string;
  readonly note: string;
}

const slipOf = (link: SurveyLink): Slip => ({
  key: link.key,
  title: link.unitName,
  note: `${partyWords(link.party)} ${stageWords(link.stage)} ${link.label}`.trim(),
});

function SharedLinks({
  links,
  onPrint,
}: {
  readonly links: readonly SurveyLink[];
  readonly onPrint: (slips: readonly Slip[]) => void;
}) {
  const { t } = useTranslation(["surveys", "common"]);
  const { id, state } = useSurvey();
  const tell = useTell();
  const [isBusy, setBusy] = useState(false);
  const [shown, setShown] = useState<string>("");
  const make = async (): Promise<void> => {
    setBusy(true);
    try {
      const before = links.length;
      const made = await api.makeSurveyLinks({ params: { id }, body: { label: "" } });
      tell.done(t("links.made", { count: made.links.length - before }));
      await forgetSurvey(id);
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  const copy = async (link: SurveyLink): Promise<void> => {
    try {
      await navigator.clipboard.writeText(addressOf(link.key));
      tell.done(t("links.copied"));
    } catch {
      setShown(link.key); // without a clipboard the address is shown to be copied by hand
    }
  };
  const remove = async (link: SurveyLink): Promise<void> => {
    try {
      await api.deleteSurveyLink({ params: { id, link: link.id } });
      await forgetSurvey(id);
    } catch (error) {
      tell.failure(error);
    }
  };
  const parties = [...new Set(links.map((link) => link.party))];
  const columns: Column<SurveyLink>[] = [
    { key: "school", header: t("column.school"), width: 210, value: (link) => link.unitName },
    {
      key: "party",
      header: t("column.party"),
      width: 100,
      value: (link) => partyWords(link.party),
      choices: parties.map((party) => ({ value: partyWords(party), label: partyWords(party) })),
    },
    { key: "stage", header: t("column.stage"), width: 80, value: (link) => stageWords(link.stage) },
    {
      key: "used",
      header: t("column.used"),
      width: 120,
      value: (link) => t("links.usedOf", { used: link.used, most: link.most }),
      rank: (link) => link.used,
    },
    {
      key: "address",
      header: t("column.address"),
      width: 330,
      value: (link) => addressOf(link.key),
      isUnsorted: true,
      render: (link) => (
        <span className="row" style={{ flexWrap: "nowrap" }}>
          <Button size="small" onClick={() => void copy(link)}>
            {t("links.copy")}
          </Button>
          <Button size="small" onClick={() => onPrint([slipOf(link)])}>
            {t("links.code")}
          </Button>
          {state === "closed" ? null : (
            <Popconfirm title={t("links.removeAsk")} onConfirm={() => void remove(link)}>
              <Button size="small" danger>
                {t("links.remove")}
              </Button>
            </Popconfirm>
          )}
          {shown === link.key ? <span className="mono">{addressOf(link.key)}</span> : null}
        </span>
      ),
    },
  ];
  return (
    <Sheet
      title={t("links.shared")}
      aside={
        <span className="row">
          {state === "closed" ? null : (
            <Button type={links.length === 0 ? "primary" : "default"} loading={isBusy} onClick={() => void make()}>
              {t("links.make")}
            </Button>
          )}
          {links.length === 0 ? null : (
            <Button onClick={() => onPrint(links.map(slipOf))}>{t("links.printAll")}</Button>
          )}
        </span>
      }
      isFlush={links.length > 0}
    >
      {links.length === 0 ? (
        <p className="soft">{t("links.none")}</p>
      ) : (
        <DataTable
          title={t("links.shared")}
          rows={links}
          columns={columns}
          rowKey={(link) => String(link.id)}
          maxHeight="min(52vh, 520px)"
        />
      )}
    </Sheet>
  );
}

/** One-time tokens for one school and party. They are shown once: the platform keeps only what recognises them. */
function Tokens({
  strata,
  onPrint,
}: {
  readonly strata: readonly SurveyStratum[];
  readonly onPrint: (slips: readonly Slip[]) => void;
}) {
  const { t } = useTranslation(["surveys", "common"]);
  const survey = useSurvey();
  const tell = useTell();
  const keyOf = (stratum: SurveyStratum): string => `${stratum.unit}/${stratum.party}/${stratum.stage ?? ""}`;
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [count, setCount] = useState(0);
  const [isReplacing, setReplacing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [issued, setIssued] = useState<{ readonly stratum: SurveyStratum; readonly keys: readonly string[] } | null>(
    null,
  );
  const stratum = strata.find((candidate) => keyOf(candidate) === chosen);
  const issue = async (): Promise<void> => {
    if (stratum === undefined) return;
    setBusy(true);
    try {
      const { keys } = await api.issueSurveyTokens({
        params: { id: survey.id },
        body: {
          unit: stratum.unit,
          party: stratum.party,
          stage: stratum.stage,
          count: Math.max(1, count),
          replace: isReplacing,
        },
      });
      setIssued({ stratum, keys });
      await forgetSurvey(survey.id);
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  const nameOf = (one: SurveyStratum): string =>
    `${one.unitName} · ${partyWords(one.party)} ${stageWords(one.stage)}`.trim();
  return (
    <Sheet title={t("tokens.title")}>
      <div className="stack">
        <p className="soft">{t("tokens.explain")}</p>
        <div className="survey-fields">
          <div>
            <span className="field-label">{t("tokens.whom")}</span>
            <Select<string>
              showSearch={{ optionFilterProp: "label" }}
              style={{ width: "100%" }}
              aria-label={t("tokens.whom")}
              placeholder={t("tokens.choose")}
              onChange={(value) => {
                setChosen(value);
                setCount(strata.find((candidate) => keyOf(candidate) === value)?.toAsk ?? 0);
              }}
              options={strata.map((one) => ({ value: keyOf(one), label: nameOf(one) }))}
              {...(chosen === undefined ? {} : { value: chosen })}
            />
          </div>
          <div>
            <span className="field-label">{t("tokens.count")}</span>
            <InputNumber<number>
              min={1}
              max={10_000}
              precision={0}
              value={count}
              onChange={(value) => setCount(value ?? 0)}
              aria-label={t("tokens.count")}
            />
          </div>
        </div>
        <Checkbox checked={isReplacing} onChange={(event) => setReplacing(event.target.checked)}>
          {t("tokens.replace")}
        </Checkbox>
        <div>
          <Button loading={isBusy} disabled={stratum === undefined || count < 1} onClick={() => void issue()}>
            {t("tokens.issue")}
          </Button>
        </div>
        {issued === null ? null : (
          <div className="note" role="status">
            <p>{t("tokens.issued", { count: issued.keys.length, name: nameOf(issued.stratum) })}</p>
            <div className="row">
              <Button
                onClick={() =>
                  onPrint(
                    issued.keys.map((key) => ({
                      key,
                      title: issued.stratum.unitName,
                      note: `${partyWords(issued.stratum.party)} ${stageWords(issued.stratum.stage)}`.trim(),
                    })),
                  )
                }
              >
                {t("tokens.print")}
              </Button>
              <Button
                onClick={() =>
                  saveBlob(
                    new Blob([csvText([[t("column.address")], ...issued.keys.map((key) => [addressOf(key)])])], {
                      type: "text/csv;charset=utf-8",
                    }),
                    `${nameOf(issued.stratum)}.csv`,
                  )
                }
              >
                {t("tokens.save")}
              </Button>
            </div>
          </div>
        )}
      </div>
    </Sheet>
  );
}

/** Codes drawn at once; a district's hundreds of slips are printed in portions. */
const slipsAtOnce = 60;

function Print({ slips, onBack }: { readonly slips: readonly Slip[]; readonly onBack: () => void }) {
  const { t } = useTranslation(["surveys", "common"]);
  const survey = useSurvey();
  const [from, setFrom] = useState(0);
  const shown = slips.slice(from, from + slipsAtOnce);
  return (
    <>
      <div className="row no-print">
        <Button onClick={onBack}>{t("common:action.back")}</Button>
        <Button type="primary" onClick={() => window.print()}>
          {t("common:action.print")}
        </Button>
        {slips.length <= slipsAtOnce ? null : (
          <>
            <span className="soft">
              {t("print.portion", { from: from + 1, to: from + shown.length, all: slips.length })}
            </span>
            <Button disabled={from === 0} onClick={() => setFrom(from - slipsAtOnce)}>
              {t("common:table.previous")}
            </Button>
            <Button disabled={from + slipsAtOnce >= slips.length} onClick={() => setFrom(from + slipsAtOnce)}>
              {t("common:table.next")}
            </Button>
          </>
        )}
      </div>
      <ul className="slips">
        {shown.map((slip) => (
          <li key={slip.key}>
            <QRCode
              value={addressOf(slip.key)}
              type="svg"
              size={132}
              bordered={false}
              color="#000000"
              bgColor="#ffffff"
              errorLevel="M"
            />
            <div>
              <strong>{survey.title}</strong>
              <span>{slip.title}</span>
              <span>{slip.note}</span>
              <small>{t("print.scan", { until: survey.closesOn })}</small>
              <small className="mono">{addressOf(slip.key)}</small>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
