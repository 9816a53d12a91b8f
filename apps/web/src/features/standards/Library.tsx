/** The standards library: document, clause, value, where it comes from, where it is used. */

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { codeLists, documents, tableAt, unitLabels } from "@xingfu/standards";
import type { Entry, Field, Override, Provenance, StandardDocument } from "@xingfu/standards";
import { Segmented } from "antd";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { percent, plain } from "../../lib/format.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { Empty } from "../../ui/States.tsx";
import { usedAt } from "./used.ts";
import "./standards.css";

export function Library() {
  const { t } = useTranslation("standards");
  const { at } = useSearch({ from: "/inside/work/data/standards" });
  const navigate = useNavigate();
  const [kind, setKind] = useState<"documents" | "codes">("documents");
  const [search, setSearch] = useState("");
  const searched = useDeferredValue(search.trim());
  const askedDocument = documents.find((entry) => entry.id === at?.split("/")[0]);
  const national = documents
    .filter((entry) => !entry.isExample)
    .toSorted((a, b) => Number(a.region !== "national") - Number(b.region !== "national"));
  const document = askedDocument ?? national[0] ?? documents[0];
  const entries = documents.flatMap((entry) => entry.tables.flatMap((id) => tableAt(id).entries));
  const unverified = entries.filter((entry) => !entry.provenance.isVerified).length;

  useEffect(() => {
    if (at !== undefined) globalThis.document.getElementById(at)?.scrollIntoView({ block: "center" });
  }, [at, document]);

  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      <p className="answer">{t("answer", { documents: documents.length, entries: entries.length, unverified })}</p>
      <div className="row apart no-print">
        <Segmented<"documents" | "codes">
          value={kind}
          onChange={setKind}
          options={[
            { value: "documents", label: t("documents") },
            { value: "codes", label: t("codes") },
          ]}
        />
        {kind === "documents" ? <SearchBox value={search} onChange={setSearch} label={t("search")} /> : null}
      </div>
      {kind === "codes" ? (
        <Codes />
      ) : (
        <>
          <div className="chips-line" role="group" aria-label={t("documents")}>
            {[...national, ...documents.filter((entry) => entry.isExample)].map((entry) => (
              <button
                key={entry.id}
                type="button"
                className="document-chip"
                aria-pressed={entry.id === document?.id}
                onClick={() => void navigate({ to: ".", search: (before) => ({ ...before, at: entry.id }) })}
              >
                {entry.title}
                <span className="faint"> {entry.number}</span>
                {entry.isExample ? <span className="unverified">{t("example")}</span> : null}
              </button>
            ))}
          </div>
          {document === undefined ? null : <Document document={document} search={searched} at={at} />}
        </>
      )}
    </Page>
  );
}

function Mark({ provenance }: { readonly provenance: Provenance }) {
  const { t } = useTranslation("standards");
  return provenance.isVerified ? (
    <span className="small soft">{t("common:standard.verified")}</span>
  ) : (
    <span className="unverified" title={t("unverifiedHint")}>
      {t("common:standard.unverified")}
    </span>
  );
}

function Document({
  document,
  search,
  at,
}: {
  readonly document: StandardDocument;
  readonly search: string;
  readonly at: string | undefined;
}) {
  const { t } = useTranslation("standards");
  const tables = useMemo(
    () =>
      document.tables.map((id) => {
        const table = tableAt(id);
        return {
          ...table,
          entries: table.entries.filter(
            (entry) =>
              search === "" ||
              `${entry.id} ${entry.label} ${entry.shortLabel}`.toLowerCase().includes(search.toLowerCase()),
          ),
        };
      }),
    [document, search],
  );
  const shown = tables.filter((table) => table.entries.length > 0);
  return (
    <>
      <Sheet title={document.title} aside={<Mark provenance={document.provenance} />}>
        <dl className="facts">
          <dt>{t("number")}</dt>
          <dd>{document.number}</dd>
          <dt>{t("issuer")}</dt>
          <dd>{document.issuer}</dd>
          <dt>{t("issuedOn")}</dt>
          <dd>{document.issuedOn}</dd>
          <dt>{t("effective")}</dt>
          <dd>
            {document.effectiveTo === null
              ? t("since", { from: document.effectiveFrom })
              : `${document.effectiveFrom} — ${document.effectiveTo}`}
          </dd>
          <dt>{t("region")}</dt>
          <dd>{document.region === "national" ? t("national") : document.region}</dd>
          {document.summary === "" ? null : (
            <>
              <dt>{t("summary")}</dt>
              <dd>{document.summary}</dd>
            </>
          )}
          <dt>{t("source")}</dt>
          <dd>
            {document.address === "" ? null : (
              <a href={document.address} target="_blank" rel="noreferrer">
                {document.address}
              </a>
            )}{" "}
            <span className="soft">
              {document.provenance.source} · {t("checkedOn", { on: document.provenance.checkedOn })}
            </span>
          </dd>
          <dt>{t("id")}</dt>
          <dd className="mono">{document.id}</dd>
        </dl>
      </Sheet>
      {document.overrides.length === 0 ? null : <Overrides overrides={document.overrides} />}
      {shown.length === 0 && document.overrides.length === 0 ? <Empty title={t("none")} /> : null}
      {shown.map((table) => (
        <Sheet key={table.id} title={table.title} aside={<span className="mono">{table.id}</span>}>
          <ul className="clauses">
            {table.entries.map((entry) => (
              <Clause key={entry.reference} entry={entry} isAsked={entry.reference === at} />
            ))}
          </ul>
        </Sheet>
      ))}
    </>
  );
}

function Clause({ entry, isAsked }: { readonly entry: Entry; readonly isAsked: boolean }) {
  const { t } = useTranslation("standards");
  const fields = Object.entries(entry.fields);
  const used = usedAt(entry.reference);
  return (
    <li id={entry.reference} className={isAsked ? "clause asked" : "clause"}>
      <div className="clause-head">
        <span className="clause-id">{entry.id}</span>
        <span>{entry.label}</span>
        <Mark provenance={entry.provenance} />
      </div>
      {fields.length === 0 ? null : (
        <ul className="clause-fields">
          {fields.map(([name, field]) => (
            <li key={name}>
              <span className="soft">{field.label}</span> <strong>{fieldWords(field, t)}</strong>
            </li>
          ))}
        </ul>
      )}
      {Object.entries(entry.texts).map(([key, text]) => (
        <p key={key} className="small soft">
          {t(`text.${key}`, { defaultValue: key })}
          {t("common:list.colon")}
          {text}
        </p>
      ))}
      {entry.conditions.length < 2 ? null : (
        <p className="small soft">
          {t("conditions")}
          {t("common:list.colon")}
          {entry.conditions.map((condition) => condition.label).join(t("common:list.semicolon"))}
        </p>
      )}
      <p className="small faint">
        {t("from", { source: entry.provenance.source, tag: entry.provenance.tag, on: entry.provenance.checkedOn })}
        {used === null ? null : (
          <>
            {" "}
            {t("used")}{" "}
            <Link to={used.to} search={used.search}>
              {t(`place.${used.place}`)}
            </Link>
          </>
        )}
      </p>
    </li>
  );
}

/** A number with its unit, or one per phase or stage: "小学 ≥ 4.2、初中 ≥ 5.3". */
function fieldWords(field: Field, t: ReturnType<typeof useTranslation>["t"]): string {
  const one = (value: number | boolean): string => {
    if (typeof value === "boolean") return t(value ? "common:table.yes" : "common:table.no");
    if (field.unit === "share") return percent(value, 0);
    const unit = unitLabels[field.unit];
    return unit === "" ? plain(value, 4) : `${plain(value, 4)} ${unit}`;
  };
  if (typeof field.value === "object") {
    return Object.entries(field.value)
      .map(([key, value]) => `${t(`common:stage.${key}`, { defaultValue: key })} ${one(value)}`)
      .join(t("common:list.comma"));
  }
  return one(field.value);
}

function Overrides({ overrides }: { readonly overrides: readonly Override[] }) {
  const { t } = useTranslation("standards");
  return (
    <Sheet title={t("overrides", { count: overrides.length })}>
      <ul className="clauses">
        {overrides.map((override) => (
          <li key={`${override.reference}${override.field}${override.phase ?? ""}`} className="clause">
            <div className="clause-head">
              <Link to="/data/standards" search={{ at: override.reference }} className="mono">
                {override.reference}
              </Link>
              <span>
                {override.field}
                {override.phase === undefined
                  ? null
                  : ` · ${t(`common:stage.${override.phase}`, { defaultValue: override.phase })}`}
                {t("common:list.colon")}
                <strong>
                  {typeof override.value === "number" ? plain(override.value, 4) : String(override.value)}
                </strong>
              </span>
              <span className="small soft">{t("since", { from: override.effectiveFrom })}</span>
            </div>
            <p className="small faint">{override.source}</p>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Codes() {
  const { t } = useTranslation("standards");
  const rows = codeLists.flatMap((list) => list.codes.map((code) => ({ list, code })));
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    {
      key: "list",
      header: t("code.list"),
      width: 260,
      value: (row) => row.list.title,
      choices: codeLists.map((list) => ({ value: list.title, label: list.title })),
    },
    { key: "code", header: t("code.code"), width: 170, value: (row) => row.code.code },
    { key: "label", header: t("code.label"), width: 260, value: (row) => row.code.label },
    {
      key: "aliases",
      header: t("code.aliases"),
      width: 260,
      value: (row) => row.code.aliases.join(t("common:list.comma")),
    },
    { key: "source", header: t("source"), width: 300, value: (row) => row.list.provenance.source },
    {
      key: "verified",
      header: t("verified"),
      width: 120,
      value: (row) => row.list.provenance.isVerified,
      render: (row) => <Mark provenance={row.list.provenance} />,
    },
  ];
  return (
    <Sheet isFlush>
      <DataTable title={t("codes")} rows={rows} columns={columns} rowKey={(row) => `${row.list.id}|${row.code.code}`} />
    </Sheet>
  );
}
