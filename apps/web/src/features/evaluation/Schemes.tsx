/** The library of evaluation schemes: those that ship, the district's own, and drafts. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { SchemeDraft, SchemeEntry } from "@xingfu/contract";
import { schemeHeadings, tableAt } from "@xingfu/standards";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment, today } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { forgetEvaluations, schemesQuery } from "./asked.ts";
import { schoolTypeWords } from "./scheme-words.ts";
import { EvaluationTabs } from "./EvaluationTabs.tsx";
import "./evaluation.css";

export function Schemes() {
  const { t } = useTranslation("evaluation");
  const query = useQuery(schemesQuery);
  const may = useMay();
  return (
    <Page title={t("title")} subtitle={t("subtitle")} tabs={<EvaluationTabs />}>
      <Loaded query={query} lines={9}>
        {({ schemes, drafts }) => (
          <>
            <p className="answer">
              {t("schemes.answer", {
                count: schemes.length,
                inForce: schemes.filter((entry) => isInForce(entry, today())).length,
                own: schemes.filter((entry) => entry.origin === "district").length,
                drafts: drafts.length,
              })}
            </p>
            <p className="answer-note">{t("schemes.noWeights")}</p>
            <Sheet title={t("schemes.list")} isFlush>
              <Entries entries={schemes} />
            </Sheet>
            {may("evaluation.manage") ? <Drafts drafts={drafts} /> : null}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function isInForce({ effectiveFrom, effectiveTo }: SchemeEntry, on: string): boolean {
  return effectiveFrom <= on && (effectiveTo === null || on <= effectiveTo);
}

function headingOf(entry: SchemeEntry) {
  return schemeHeadings.find((heading) => heading.id === entry.scheme && heading.version === entry.version);
}

function Entries({ entries }: { readonly entries: readonly SchemeEntry[] }) {
  const { t } = useTranslation("evaluation");
  const columns: Column<SchemeEntry>[] = [
    {
      key: "title",
      header: t("schemes.name"),
      width: 330,
      value: (row) => row.title,
      render: (row) => (
        <Link to="/evaluation/schemes/$id/$version" params={{ id: row.scheme, version: row.version }}>
          {row.title}
        </Link>
      ),
    },
    { key: "version", header: t("schemes.version"), width: 90, value: (row) => row.version },
    {
      key: "origin",
      header: t("schemes.origin"),
      width: 110,
      value: (row) => t(`schemes.${row.origin}`),
      choices: (["shipped", "district"] as const).map((origin) => ({
        value: t(`schemes.${origin}`),
        label: t(`schemes.${origin}`),
      })),
    },
    {
      key: "marks",
      header: t("schemes.marks"),
      width: 170,
      value: (row) =>
        [
          row.isDistrictRule ? t("scheme.districtRule") : "",
          (headingOf(row)?.unverified ?? 0) > 0 ? t("common:standard.unverified") : "",
        ]
          .join(" ")
          .trim(),
      render: (row) => (
        <span className="row">
          {row.isDistrictRule ? <span className="rule-mark">{t("scheme.districtRule")}</span> : null}
          {(headingOf(row)?.unverified ?? 0) > 0 ? (
            <span className="unverified">{t("common:standard.unverified")}</span>
          ) : null}
        </span>
      ),
    },
    {
      key: "guide",
      header: t("schemes.guide"),
      width: 230,
      value: (row) => {
        const guide = headingOf(row)?.guide ?? null;
        return guide === null ? null : tableAt(guide).title;
      },
    },
    {
      key: "types",
      header: t("schemes.types"),
      width: 230,
      value: (row) => schoolTypeWords(row.schoolTypes, t),
    },
    {
      key: "leaves",
      header: t("schemes.leaves"),
      width: 110,
      align: "end",
      kind: "number",
      value: (row) => row.leafCount,
    },
    { key: "points", header: t("schemes.points"), width: 80, align: "end", kind: "number", value: (row) => row.points },
    { key: "from", header: t("schemes.from"), width: 120, kind: "date", value: (row) => row.effectiveFrom },
    {
      key: "published",
      header: t("schemes.published"),
      width: 200,
      isHiddenAtFirst: true,
      value: (row) => (row.published === null ? null : `${moment(row.published.at)} ${row.published.name ?? ""}`),
    },
  ];
  return (
    <DataTable
      title={t("schemes.list")}
      rows={entries}
      columns={columns}
      rowKey={(row) => `${row.scheme} ${row.version}`}
    />
  );
}

/** What the district is writing, and a way to bring in a file written by hand. */
function Drafts({ drafts }: { readonly drafts: readonly SchemeDraft[] }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: (source: string) => api.createSchemeDraft({ body: { source } }),
    onSuccess: async ({ draft }) => {
      await forgetEvaluations();
      await navigate({ to: "/evaluation/drafts/$draft", params: { draft: String(draft.id) }, search: {} });
    },
    onError: tell.failure,
  });
  const columns: Column<SchemeDraft>[] = [
    {
      key: "title",
      header: t("schemes.name"),
      width: 330,
      value: (row) => row.title ?? t("draft.untitled"),
      render: (row) => (
        <Link to="/evaluation/drafts/$draft" params={{ draft: String(row.id) }}>
          {row.title ?? t("draft.untitled")}
        </Link>
      ),
    },
    { key: "version", header: t("schemes.version"), width: 100, value: (row) => row.version },
    {
      key: "problems",
      header: t("draft.problems"),
      width: 110,
      align: "end",
      kind: "number",
      value: (row) => row.problemCount,
    },
    {
      key: "updated",
      header: t("draft.updated"),
      width: 240,
      value: (row) => `${moment(row.updated.at)} ${row.updated.name ?? ""}`,
    },
  ];
  return (
    <Sheet title={t("draft.list")} aside={t("draft.listHint")}>
      <div className="stack">
        {drafts.length === 0 ? (
          <p className="soft">{t("draft.none")}</p>
        ) : (
          <DataTable title={t("draft.list")} rows={drafts} columns={columns} rowKey={(row) => String(row.id)} isPlain />
        )}
        <div className="row">
          <Button loading={create.isPending} onClick={() => create.mutate(t("draft.blank"))}>
            {t("draft.create")}
          </Button>
        </div>
        <FileDrop
          label={t("draft.dropFile")}
          hint={t("draft.dropHint")}
          accepts={[".yaml", ".yml"]}
          maxBytes={400_000}
          isBusy={create.isPending}
          onFile={(file) => void file.text().then((source) => create.mutate(source))}
        />
      </div>
    </Sheet>
  );
}
