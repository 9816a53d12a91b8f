/** A checked file: its problems, what loading would change, and the decision. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ImportChange, ImportRecord } from "@xingfu/contract";
import type { Section } from "@xingfu/domain/base";
import { sections } from "@xingfu/domain/base";
import { Button, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { bytes, moment, number } from "../../lib/format.ts";
import { itemWords } from "../../lib/gap.ts";
import { changesQuery, forgetReturns, importQuery, issuesQuery, queryClient } from "../../lib/query.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { IssueTable } from "../../ui/IssueTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Pager } from "../../ui/Pager.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { DataTabs } from "./DataTabs.tsx";
import { importSentence, movedRows } from "./sentences.ts";
import { cellWords, rowWords } from "./rows.ts";
import "./returns.css";

export function CheckedImport() {
  const { t } = useTranslation("returns");
  const { id } = useParams({ from: "/inside/work/data/import/$id" });
  const query = useQuery(importQuery(Number(id)));
  return (
    <Page title={t("checked.title")} subtitle={<Link to="/data/import">{t("checked.back")}</Link>} tabs={<DataTabs />}>
      <Loaded query={query} lines={9}>
        {(record) => <Inside record={record} />}
      </Loaded>
    </Page>
  );
}

function Inside({ record }: { readonly record: ImportRecord }) {
  const { t } = useTranslation("returns");
  const changed = record.changes.filter((change) => change.added + change.changed + change.removed > 0);
  return (
    <>
      <p className="answer">{importSentence(record, t)}</p>
      <Decision record={record} />
      <div className="columns-2">
        <Sheet title={t("checked.file")}>
          <dl className="facts">
            <dt>{t("checked.name")}</dt>
            <dd>{record.fileName}</dd>
            <dt>{t("checked.size")}</dt>
            <dd>{bytes(record.bytes)}</dd>
            <dt>{t("checked.year")}</dt>
            <dd>{t("common:year.label", { from: record.year, to: record.year + 1 })}</dd>
            <dt>{t("checked.by")}</dt>
            <dd>
              {record.by.name} · {moment(record.by.at)}
            </dd>
            <dt>{t("checked.rows")}</dt>
            <dd>
              {sections
                .filter((section) => record.counts[section] !== undefined)
                .map((section) => `${t(`common:section.${section}`)} ${number(record.counts[section] ?? 0)}`)
                .join(t("common:list.comma"))}
            </dd>
          </dl>
        </Sheet>
        <Sheet title={t("checked.changes")} aside={t("checked.schools", { count: record.schoolCodes.length })}>
          {changed.length === 0 ? (
            <p className="soft">{t(record.errorCount > 0 ? "checked.errorsFirst" : "checked.noChanges")}</p>
          ) : (
            <table className="plain-table">
              <thead>
                <tr>
                  <th scope="col">{t("checked.section")}</th>
                  <th scope="col">{t("checked.added")}</th>
                  <th scope="col">{t("checked.changed")}</th>
                  <th scope="col">{t("checked.removed")}</th>
                </tr>
              </thead>
              <tbody>
                {changed.map((change) => (
                  <tr key={change.section}>
                    <th scope="row">{t(`common:section.${change.section}`)}</th>
                    <td>{number(change.added)}</td>
                    <td>{number(change.changed)}</td>
                    <td className={change.removed > 0 ? "attention" : undefined}>{number(change.removed)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Sheet>
      </div>
      {record.errorCount + record.warningCount === 0 ? null : <Issues record={record} />}
      {changed.length === 0 ? null : <Changes record={record} />}
    </>
  );
}

function Decision({ record }: { readonly record: ImportRecord }) {
  const { t } = useTranslation("returns");
  const tell = useTell();
  const navigate = useNavigate();
  const [busy, setBusy] = useState<"load" | "discard" | "marked" | null>(null);
  const run = async (what: "load" | "discard" | "marked", work: () => Promise<void>): Promise<void> => {
    setBusy(what);
    try {
      await work();
    } catch (error) {
      tell.failure(error);
      await queryClient.invalidateQueries({ queryKey: ["import", record.id] });
    } finally {
      setBusy(null);
    }
  };
  const params = { id: record.id };
  const load = (): Promise<void> =>
    run("load", async () => {
      const batch = await api.loadImport({ params });
      tell.done(t("checked.loaded", { rows: batch.rowCount, id: batch.id }));
      await forgetReturns();
    });
  const discard = (): Promise<void> =>
    run("discard", async () => {
      await api.discardImport({ params });
      await queryClient.invalidateQueries({ queryKey: ["import"] });
      await navigate({ to: "/data/import" });
    });
  const marked = (): Promise<void> => run("marked", async () => save(await api.downloadMarked({ params })));
  const hasIssues = record.errorCount + record.warningCount > 0;
  return (
    <div className="row">
      {record.state === "checked" ? (
        <>
          <Popconfirm
            title={t("checked.confirm", { count: record.schoolCodes.length })}
            description={
              record.warningCount > 0 ? t("checked.confirmWarnings", { count: record.warningCount }) : undefined
            }
            onConfirm={() => void load()}
            disabled={record.errorCount > 0}
          >
            <Button
              type={movedRows(record) > 0 ? "primary" : "default"}
              size="large"
              loading={busy === "load"}
              disabled={record.errorCount > 0}
            >
              {t("checked.load")}
            </Button>
          </Popconfirm>
          <Button size="large" loading={busy === "discard"} onClick={() => void discard()}>
            {t("checked.discard")}
          </Button>
        </>
      ) : (
        <span className="note plain">
          {t(`checked.state.${record.state}`)}
          {record.state === "loaded" ? (
            <>
              {" "}
              <Link to="/balance">{t("checked.toBalance")}</Link>
            </>
          ) : null}
        </span>
      )}
      {hasIssues ? (
        <Button size="large" loading={busy === "marked"} onClick={() => void marked()}>
          {t("checked.marked")}
        </Button>
      ) : null}
    </div>
  );
}

function Issues({ record }: { readonly record: ImportRecord }) {
  const { t } = useTranslation("returns");
  const [page, setPage] = useState(1);
  const [severity, setSeverity] = useState<"error" | "warning" | "all">("all");
  const [section, setSection] = useState<Section | "all">("all");
  const query = useQuery(
    issuesQuery(record.id, page, severity === "all" ? undefined : severity, section === "all" ? undefined : section),
  );
  return (
    <Sheet
      title={t("issues.title", { errors: record.errorCount, warnings: record.warningCount })}
      aside={record.areIssuesCut ? t("issues.cut") : null}
      isFlush
    >
      <div className="table-tools" style={{ paddingBottom: 4 }}>
        <label className="tool">
          {t("issues.severity")}
          <Select
            value={severity}
            style={{ minWidth: 120 }}
            onChange={(value) => {
              setSeverity(value);
              setPage(1);
            }}
            options={[
              { value: "all", label: t("common:table.all") },
              { value: "error", label: t("issues.errors", { count: record.errorCount }) },
              { value: "warning", label: t("issues.warnings", { count: record.warningCount }) },
            ]}
          />
        </label>
        <label className="tool">
          {t("issues.section")}
          <Select
            value={section}
            style={{ minWidth: 130 }}
            onChange={(value: Section | "all") => {
              setSection(value);
              setPage(1);
            }}
            options={[
              { value: "all", label: t("common:table.all") },
              ...sections
                .filter((entry) => record.counts[entry] !== undefined)
                .map((entry) => ({ value: entry, label: t(`common:section.${entry}`) })),
            ]}
          />
        </label>
      </div>
      <Loaded query={query}>
        {(list) => (
          <>
            <IssueTable issues={list.items} title={t("issues.name")} isChosenAbove />
            <Pager page={list.page} size={list.size} total={list.total} onPage={setPage} />
          </>
        )}
      </Loaded>
    </Sheet>
  );
}

function Changes({ record }: { readonly record: ImportRecord }) {
  const { t } = useTranslation("returns");
  const [page, setPage] = useState(1);
  const [section, setSection] = useState<Section | "all">("all");
  const query = useQuery(changesQuery(record.id, page, section === "all" ? undefined : section));
  const columns: Column<ImportChange>[] = [
    {
      key: "section",
      header: t("checked.section"),
      width: 130,
      value: (change) => t(`common:section.${change.section}`),
    },
    { key: "kind", header: t("preview.kind"), width: 90, value: (change) => t(`preview.${change.kind}`) },
    { key: "school", header: t("preview.school"), width: 130, value: (change) => change.schoolCode },
    { key: "key", header: t("preview.key"), width: 200, value: (change) => rowWords(change.section, change.key, t) },
    {
      key: "column",
      header: t("preview.column"),
      width: 190,
      value: (change) => (change.column === null ? t("preview.wholeRow") : itemWords(change.column, t)),
    },
    {
      key: "before",
      header: t("preview.before"),
      width: 150,
      value: (change) => cellWords(change.before, t, change.column ?? undefined),
    },
    {
      key: "after",
      header: t("preview.after"),
      width: 150,
      value: (change) => cellWords(change.after, t, change.column ?? undefined),
    },
  ];
  return (
    <Sheet title={t("preview.title")} aside={t("preview.hint")} isFlush>
      <div className="table-tools" style={{ paddingBottom: 4 }}>
        <label className="tool">
          {t("issues.section")}
          <Select
            value={section}
            style={{ minWidth: 130 }}
            onChange={(value: Section | "all") => {
              setSection(value);
              setPage(1);
            }}
            options={[
              { value: "all", label: t("common:table.all") },
              ...record.changes.map((entry) => ({ value: entry.section, label: t(`common:section.${entry.section}`) })),
            ]}
          />
        </label>
      </div>
      <Loaded query={query}>
        {(list) => (
          <>
            <DataTable
              title={t("preview.title")}
              rows={list.items}
              columns={columns}
              rowKey={(change) => `${change.section}|${change.key}|${change.column ?? ""}|${change.kind}`}
              maxHeight="420px"
            />
            <Pager page={list.page} size={list.size} total={list.total} onPage={setPage} />
          </>
        )}
      </Loaded>
    </Sheet>
  );
}
