/** The fifteen and the nine items, satisfaction, vetoes and the precondition, with findings and evidence. */

import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useSearch } from "@tanstack/react-router";
import type { Evidence } from "@xingfu/contract";
import type { ItemCondition, ItemResult, VetoResult } from "@xingfu/domain/balance";
import { labelOf } from "@xingfu/standards";
import { Button, Input, Popconfirm, Radio } from "antd";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { useDraft } from "../../lib/draft.ts";
import { bytes, day, moment, number, percent } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import { evidenceQuery, forgetReturns, queryClient } from "../../lib/query.ts";
import { useMay } from "../../lib/session.ts";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { useTell } from "../../ui/tell.ts";
import { countVerdicts } from "./sentences.ts";
import { useBalance, useEngine, useOpenTrail } from "./source.ts";
import type { TrailOpener } from "./source.ts";
import {
  conditionFigure,
  conditionLabel,
  itemEntry,
  limitWords,
  preconditionEntry,
  ruleNumber,
  satisfactionEntry,
  vetoEntry,
} from "./wording.ts";

const evidenceAccepts = [".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png", ".txt", ".zip"];
const evidenceMaxBytes = 20 * 1024 * 1024;

export function Items() {
  const { t } = useTranslation("balance");
  const reply = useBalance();
  const { assessment } = reply;
  const { item } = useSearch({ from: "/inside/work/balance/items" });
  const { hash } = useLocation();
  const open = useOpenTrail(reply);
  const counts = countVerdicts(assessment.items);
  const failing = assessment.items.filter((entry) => entry.verdict === "notMet").map((entry) => entry.id);

  useEffect(() => {
    const target = item === undefined ? hash : `item-${item}`;
    if (target !== "") document.getElementById(target)?.scrollIntoView({ block: "start" });
  }, [item, hash]);

  const group = (prefix: "G" | "Q", part: "government" | "quality") => (
    <section className="stack tight" id={part}>
      <div className="row apart">
        <h2>{labelOf("balanceParts", part)}</h2>
        <Verdict verdict={assessment.parts[part]} isPlate />
      </div>
      {assessment.items
        .filter((entry) => entry.id.startsWith(prefix))
        .map((entry) => (
          <ItemCard key={entry.id} result={entry} open={open} isOpen={entry.id === item} />
        ))}
    </section>
  );

  return (
    <>
      <p className="answer">
        {t("items.answer", { ...counts, all: assessment.items.length })}
        {failing.length === 0 ? null : t("items.failing", { named: failing.join(t("common:list.comma")) })}
      </p>
      {group("G", "government")}
      {group("Q", "quality")}
      <SatisfactionCard open={open} />
      <Vetoes />
      <Precondition open={open} />
    </>
  );
}

function Card({
  id,
  label,
  verdict,
  isOpen,
  children,
  anchor,
}: {
  readonly id: string;
  readonly label: string;
  readonly verdict: ItemResult["verdict"];
  readonly isOpen: boolean;
  readonly children: ReactNode;
  readonly anchor: string;
}) {
  const [wasOpened, setOpened] = useState(isOpen);
  return (
    <details
      className="item-card"
      id={anchor}
      open={isOpen}
      onToggle={(event) => {
        if (event.currentTarget.open) setOpened(true);
      }}
    >
      <summary>
        <span className="id">{id}</span>
        <span>{label}</span>
        <Verdict verdict={verdict} />
      </summary>
      {wasOpened ? <div className="inside">{children}</div> : null}
    </details>
  );
}

function ItemCard({
  result,
  open,
  isOpen,
}: {
  readonly result: ItemResult;
  readonly open: TrailOpener;
  readonly isOpen: boolean;
}) {
  const { t } = useTranslation("balance");
  const reviewed = result.conditions.some((condition) => condition.kind === "reviewed");
  return (
    <Card
      id={result.id}
      label={itemEntry(result.id).label}
      verdict={result.verdict}
      isOpen={isOpen}
      anchor={`item-${result.id}`}
    >
      <div>
        {result.conditions.map((condition) => (
          <Condition key={condition.id} condition={condition} open={open} />
        ))}
      </div>
      {reviewed ? <Finding item={result.id} /> : null}
      <EvidenceFiles item={result.id} />
      <p className="small">
        <Link to="/data/standards" search={{ at: itemEntry(result.id).reference }}>
          {t("items.clause")}
        </Link>
      </p>
    </Card>
  );
}

function Condition({ condition, open }: { readonly condition: ItemCondition; readonly open: TrailOpener }) {
  const { t } = useTranslation("balance");
  const limit = limitWords(condition);
  return (
    <>
      <div className="condition">
        <span>{conditionLabel(condition.id)}</span>
        <span className="end">
          {condition.kind === "computed" ? (
            <button
              type="button"
              className="link-button"
              onClick={() => open.condition(condition.id, condition.verdict)}
            >
              {condition.value === null ? t("common:gap.unknown") : conditionFigure(condition.id, condition.value)}
            </button>
          ) : (
            <span className="soft">{t("items.reviewed")}</span>
          )}
        </span>
        <span className="soft end">{limit}</span>
        <Verdict verdict={condition.verdict} />
      </div>
      {condition.gap === null ? null : <div className="small soft">{gapWords(condition.gap, t)}</div>}
      {condition.failing.length === 0 ? null : <FailingSchools condition={condition} open={open} />}
    </>
  );
}

/** Schools listed before the rest is folded away. */
const listedAtFirst = 12;

function FailingSchools({ condition, open }: { readonly condition: ItemCondition; readonly open: TrailOpener }) {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const [isAll, setAll] = useState(false);
  const names = new Map([
    ...assessment.excluded.map((entry) => [entry.schoolCode, entry.school] as const),
    ...assessment.rows.map((row) => [row.schoolCode, row.school] as const),
  ]);
  const shown = isAll ? condition.failing : condition.failing.slice(0, listedAtFirst);
  return (
    <div className="chips" style={{ padding: "4px 0 8px" }}>
      {shown.map((entry) => {
        const name = names.get(entry.schoolCode) ?? entry.schoolCode;
        return (
          <button
            key={`${entry.schoolCode}${entry.phase ?? ""}`}
            type="button"
            className="chip"
            style={{ cursor: "pointer", color: "inherit" }}
            onClick={() => open.condition(condition.id, entry.verdict, { code: entry.schoolCode, name })}
          >
            <Verdict verdict={entry.verdict} isBare size={11} />
            {name}
            {entry.phase === null ? null : `（${t(`common:stage.${entry.phase}`)}）`}
            {entry.value === null ? null : (
              <span className="soft">{conditionFigure(condition.id, entry.value, true)}</span>
            )}
          </button>
        );
      })}
      {condition.failing.length > listedAtFirst ? (
        <button type="button" className="link-button small" onClick={() => setAll(!isAll)}>
          {isAll ? t("items.fewer") : t("items.more", { count: condition.failing.length - listedAtFirst })}
        </button>
      ) : null}
    </div>
  );
}

interface FindingDraft {
  readonly isMet: boolean | null;
  readonly finding: string;
  readonly evidence: string;
}

function isFindingDraft(value: unknown): value is FindingDraft {
  return (
    typeof value === "object" &&
    value !== null &&
    "isMet" in value &&
    "finding" in value &&
    "evidence" in value &&
    typeof value.finding === "string" &&
    typeof value.evidence === "string" &&
    (value.isMet === null || typeof value.isMet === "boolean")
  );
}

function Finding({ item }: { readonly item: string }) {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const engine = useEngine();
  const may = useMay();
  const known = engine.data?.facts.findings.find((entry) => entry.item === item);
  const recorded: FindingDraft = {
    isMet: known?.isMet ?? null,
    finding: known?.finding ?? "",
    evidence: known?.evidence ?? "",
  };
  if (engine.data === undefined) return null;
  return (
    <section className="stack tight">
      <h3>{t("finding.title")}</h3>
      {known === undefined || known.reviewer === null || known.isMet === null ? null : (
        <p className="small soft">
          {known.reviewedOn === null
            ? t("finding.byName", { name: known.reviewer })
            : t("finding.by", { name: known.reviewer, on: day(known.reviewedOn) })}
        </p>
      )}
      {may("finding.record") ? (
        <FindingForm key={JSON.stringify(recorded)} item={item} recorded={recorded} year={assessment.schoolYear} />
      ) : (
        <p>{recorded.finding === "" ? t("common:gap.not-reviewed") : recorded.finding}</p>
      )}
    </section>
  );
}

function FindingForm({
  item,
  recorded,
  year,
}: {
  readonly item: string;
  readonly recorded: FindingDraft;
  readonly year: ReturnType<typeof useBalance>["assessment"]["schoolYear"];
}) {
  const { t } = useTranslation("balance");
  const tell = useTell();
  const [initial] = useState(recorded);
  const [draft, setDraft, forget, isRestored] = useDraft(`finding.${year}.${item}`, initial, isFindingDraft);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.recordFinding({
        params: { year, item },
        body: {
          isMet: draft.isMet,
          finding: draft.finding.trim() === "" ? null : draft.finding.trim(),
          evidence: draft.evidence.trim() === "" ? null : draft.evidence.trim(),
        },
      });
      forget();
      tell.done(t("finding.saved", { item }));
      await forgetReturns();
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  const value = draft.isMet === null ? "open" : draft.isMet ? "met" : "notMet";
  return (
    <div className="stack tight">
      {isRestored ? (
        <div className="note plain">
          {t("common:draft.restored")}{" "}
          <button type="button" className="link-button" onClick={forget}>
            {t("common:draft.drop")}
          </button>
        </div>
      ) : null}
      <Radio.Group
        value={value}
        onChange={(event) => {
          const next: unknown = event.target.value;
          setDraft({ ...draft, isMet: next === "open" ? null : next === "met" });
        }}
        options={(["met", "notMet", "open"] as const).map((entry) => ({ value: entry, label: t(`finding.${entry}`) }))}
      />
      <Input.TextArea
        value={draft.finding}
        onChange={(event) => setDraft({ ...draft, finding: event.target.value })}
        aria-label={t("finding.text")}
        placeholder={t("finding.text")}
        autoSize={{ minRows: 2, maxRows: 10 }}
        maxLength={4000}
      />
      <Input
        value={draft.evidence}
        onChange={(event) => setDraft({ ...draft, evidence: event.target.value })}
        aria-label={t("finding.evidence")}
        placeholder={t("finding.evidence")}
        maxLength={1000}
      />
      <div>
        <Button type="primary" loading={isBusy} onClick={() => void submit()}>
          {t("finding.save")}
        </Button>
      </div>
    </div>
  );
}

function EvidenceFiles({ item }: { readonly item: string }) {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const may = useMay();
  const tell = useTell();
  const query = useQuery(evidenceQuery(assessment.schoolYear));
  const [isBusy, setBusy] = useState(false);
  const files = (query.data?.evidence ?? []).filter((entry) => entry.item === item);
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ["evidence"] });
  const add = async (file: File): Promise<void> => {
    setBusy(true);
    try {
      await api.addEvidence({
        params: { year: assessment.schoolYear, item },
        file: { blob: file, fileName: file.name },
      });
      tell.done(t("evidence.added", { name: file.name }));
      await refresh();
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  const remove = async (entry: Evidence): Promise<void> => {
    try {
      await api.deleteEvidence({ params: { id: entry.id } });
      await refresh();
    } catch (error) {
      tell.failure(error);
    }
  };
  if (files.length === 0 && !may("finding.record")) return null;
  return (
    <section className="stack tight">
      <h3>{t("evidence.title", { count: files.length })}</h3>
      {files.length === 0 ? null : (
        <ul className="stack tight">
          {files.map((entry) => (
            <li key={entry.id} className="row">
              <button
                type="button"
                className="link-button"
                onClick={() => {
                  api
                    .readEvidence({ params: { id: entry.id } })
                    .then(save)
                    .catch(tell.failure);
                }}
              >
                {entry.fileName}
              </button>
              <span className="small faint">
                {bytes(entry.bytes)} · {entry.by.name} · {moment(entry.by.at)}
              </span>
              {may("finding.record") ? (
                <Popconfirm title={t("evidence.confirm")} onConfirm={() => void remove(entry)}>
                  <Button size="small" type="text" danger aria-label={t("evidence.remove", { name: entry.fileName })}>
                    {t("common:action.delete")}
                  </Button>
                </Popconfirm>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {may("finding.record") ? (
        <FileDrop
          label={t("evidence.drop")}
          hint={t("evidence.hint")}
          accepts={evidenceAccepts}
          maxBytes={evidenceMaxBytes}
          isBusy={isBusy}
          isSmall
          onFile={(file) => void add(file)}
        />
      ) : null}
    </section>
  );
}

function SatisfactionCard({ open }: { readonly open: TrailOpener }) {
  const { t } = useTranslation("balance");
  const { satisfaction } = useBalance().assessment;
  return (
    <Sheet
      id="recognition"
      title={`${labelOf("balanceParts", "recognition")} · ${satisfactionEntry.label}`}
      aside={<Verdict verdict={satisfaction.verdict} isPlate />}
    >
      <div className="stack tight">
        <p>
          {satisfaction.value === null ? (
            satisfaction.gap === null ? (
              t("common:gap.unknown")
            ) : (
              gapWords(satisfaction.gap, t)
            )
          ) : (
            <button
              type="button"
              className="link-button"
              onClick={() => open.condition("satisfaction", satisfaction.verdict)}
            >
              {t("items.satisfaction", {
                value: percent(satisfaction.value, 2),
                limit: percent(satisfaction.limit, 0),
              })}
            </button>
          )}
        </p>
        <div className="columns-auto">
          {satisfaction.parties.map((party) => (
            <div key={party.party} className="figure">
              <span className="figure-label">{labelOf("satisfactionParties", party.party)}</span>
              <span className="figure-value" style={{ fontSize: 17 }}>
                {party.value === null ? t("common:gap.blank") : percent(party.value, 1)}
              </span>
              <span className="figure-foot">
                {party.validAnswers === null
                  ? null
                  : t("items.answers", { count: party.validAnswers, shown: number(party.validAnswers) })}
              </span>
            </div>
          ))}
        </div>
      </div>
    </Sheet>
  );
}

function Vetoes() {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  return (
    <section className="stack tight" id="vetoes">
      <div className="row apart">
        <h2>{labelOf("balanceParts", "vetoes")}</h2>
        <Verdict verdict={assessment.parts.vetoes} isPlate />
      </div>
      {assessment.vetoes.map((veto) => (
        <Card
          key={veto.id}
          id={veto.id}
          label={vetoEntry(veto.id).label}
          verdict={veto.verdict}
          isOpen={false}
          anchor={`veto-${veto.id}`}
        >
          <VetoForm veto={veto} />
        </Card>
      ))}
      <p className="small soft">{t("veto.hint")}</p>
    </section>
  );
}

interface VetoDraft {
  readonly hasOccurred: boolean | null;
  readonly finding: string;
  readonly evidence: string;
}

function isVetoDraft(value: unknown): value is VetoDraft {
  return (
    typeof value === "object" &&
    value !== null &&
    "hasOccurred" in value &&
    "finding" in value &&
    "evidence" in value &&
    typeof value.finding === "string" &&
    typeof value.evidence === "string" &&
    (value.hasOccurred === null || typeof value.hasOccurred === "boolean")
  );
}

function VetoForm({ veto }: { readonly veto: VetoResult }) {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const engine = useEngine();
  const may = useMay();
  const known = engine.data?.facts.vetoes.find((entry) => entry.veto === veto.id);
  if (engine.data === undefined) return null;
  const recorded: VetoDraft = {
    hasOccurred: veto.hasOccurred,
    finding: known?.finding ?? "",
    evidence: known?.evidence ?? "",
  };
  if (!may("finding.record")) return <p>{recorded.finding === "" ? t("veto.none") : recorded.finding}</p>;
  return <VetoFields key={JSON.stringify(recorded)} id={veto.id} recorded={recorded} year={assessment.schoolYear} />;
}

function VetoFields({
  id,
  recorded,
  year,
}: {
  readonly id: string;
  readonly recorded: VetoDraft;
  readonly year: ReturnType<typeof useBalance>["assessment"]["schoolYear"];
}) {
  const { t } = useTranslation("balance");
  const tell = useTell();
  const [initial] = useState(recorded);
  const [draft, setDraft, forget] = useDraft(`veto.${year}.${id}`, initial, isVetoDraft);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.recordVeto({
        params: { year, veto: id },
        body: {
          hasOccurred: draft.hasOccurred,
          finding: draft.finding.trim() === "" ? null : draft.finding.trim(),
          evidence: draft.evidence.trim() === "" ? null : draft.evidence.trim(),
        },
      });
      forget();
      tell.done(t("finding.saved", { item: id }));
      await forgetReturns();
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  const value = draft.hasOccurred === null ? "open" : draft.hasOccurred ? "yes" : "no";
  return (
    <div className="stack tight">
      <Radio.Group
        value={value}
        onChange={(event) => {
          const next: unknown = event.target.value;
          setDraft({ ...draft, hasOccurred: next === "open" ? null : next === "yes" });
        }}
        options={(["no", "yes", "open"] as const).map((entry) => ({ value: entry, label: t(`veto.${entry}`) }))}
      />
      <Input.TextArea
        value={draft.finding}
        onChange={(event) => setDraft({ ...draft, finding: event.target.value })}
        aria-label={t("finding.text")}
        placeholder={t("finding.text")}
        autoSize={{ minRows: 2, maxRows: 8 }}
        maxLength={4000}
      />
      <Input
        value={draft.evidence}
        onChange={(event) => setDraft({ ...draft, evidence: event.target.value })}
        aria-label={t("finding.evidence")}
        placeholder={t("finding.evidence")}
        maxLength={1000}
      />
      <div>
        <Button type="primary" loading={isBusy} onClick={() => void submit()}>
          {t("finding.save")}
        </Button>
      </div>
    </div>
  );
}

function Precondition({ open }: { readonly open: TrailOpener }) {
  const { t } = useTranslation("balance");
  const { precondition } = useBalance().assessment;
  return (
    <Sheet
      id="precondition"
      title={labelOf("balanceParts", "precondition")}
      aside={<Verdict verdict={precondition.verdict} isPlate />}
    >
      <p>{preconditionEntry.label}</p>
      <p className="soft">
        {precondition.value === null ? (
          precondition.gap === null ? (
            t("common:gap.unknown")
          ) : (
            gapWords(precondition.gap, t)
          )
        ) : (
          <button
            type="button"
            className="link-button"
            onClick={() => open.condition("precondition", precondition.verdict)}
          >
            {t("board.precondition", { years: precondition.value, limit: ruleNumber(precondition.limit) })}
          </button>
        )}
      </p>
    </Sheet>
  );
}
