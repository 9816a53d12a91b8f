/** Getting a workbook in: template, file, what was brought in before and taking it back. */

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Batch } from "@xingfu/contract";
import { workbookUpload } from "@xingfu/contract";
import { sections } from "@xingfu/domain/base";
import type { Section } from "@xingfu/domain/base";
import { Button, Popconfirm, Radio, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { bytes, moment } from "../../lib/format.ts";
import { batchesQuery, forgetReturns, queryClient, yearsQuery } from "../../lib/query.ts";
import { useMay, useSession, useYear } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { errorWords } from "../../lib/errors.ts";
import { DataTabs } from "./DataTabs.tsx";
import { Pager } from "../../ui/Pager.tsx";

export function Import() {
  const { t } = useTranslation("returns");
  const year = useYear();
  const session = useSession();
  const { data } = useSuspenseQuery(yearsQuery);
  const isLocked = data.years.some((entry) => entry.year === year && entry.isLocked);
  return (
    <Page title={t("import.title")} subtitle={t("common:year.label", { from: year, to: year + 1 })} tabs={<DataTabs />}>
      <p className="answer">
        {isLocked
          ? t("import.locked", { from: year, to: year + 1 })
          : t(session.scope === "school" ? "import.answerSchool" : "import.answer")}
      </p>
      <div className="columns-2">
        <Template />
        {isLocked ? null : <Upload />}
      </div>
      <Batches />
    </Page>
  );
}

function Template() {
  const { t } = useTranslation("returns");
  const year = useYear();
  const tell = useTell();
  const [busy, setBusy] = useState<"empty" | "filled" | null>(null);
  const download = async (isFilled: boolean): Promise<void> => {
    setBusy(isFilled ? "filled" : "empty");
    try {
      save(await api.downloadTemplate({ params: { year }, query: { filled: isFilled } }));
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <Sheet title={t("import.step1")}>
      <div className="stack">
        <p className="soft">{t("import.templateHint")}</p>
        <div className="row">
          <Button loading={busy === "empty"} onClick={() => void download(false)}>
            {t("import.template")}
          </Button>
          <Button loading={busy === "filled"} onClick={() => void download(true)}>
            {t("import.filled")}
          </Button>
        </div>
        <ul className="small soft stack tight">
          <li>{t("import.tip1")}</li>
          <li>{t("import.tip2")}</li>
          <li>{t("import.tip3")}</li>
        </ul>
      </div>
    </Sheet>
  );
}

function Upload() {
  const { t } = useTranslation("returns");
  const year = useYear();
  const navigate = useNavigate();
  const session = useSession();
  const [csv, setCsv] = useState<File | null>(null);
  const [section, setSection] = useState<Section>("schools");
  const [replace, setReplace] = useState<"listed" | "all">("listed");
  const [running, setRunning] = useState<{ readonly name: string; readonly size: number } | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const send = async (file: File, asSection: Section | null): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    setRefusal(null);
    setRunning({ name: file.name, size: file.size });
    try {
      const checked = await api.checkImport({
        params: { year },
        query: { ...(asSection === null ? {} : { section: asSection }), replace },
        file: { blob: file, fileName: file.name },
        signal: controller.signal,
      });
      queryClient.setQueryData(["import", checked.id], checked);
      await navigate({ to: "/data/import/$id", params: { id: String(checked.id) } });
    } catch (error) {
      if (!controller.signal.aborted) setRefusal(errorWords(error, t).sentence);
    } finally {
      setRunning(null);
      setCsv(null);
    }
  };
  const take = (file: File): void => {
    if (file.name.toLowerCase().endsWith(".csv")) setCsv(file);
    else void send(file, null);
  };

  return (
    <Sheet title={t("import.step2")}>
      <div className="stack">
        {session.scope === "school" ? null : (
          <Radio.Group
            value={replace}
            onChange={(event) => setReplace(event.target.value === "all" ? "all" : "listed")}
            options={[
              { value: "listed", label: t("import.replace.listed") },
              { value: "all", label: t("import.replace.all") },
            ]}
          />
        )}
        {running === null ? (
          <FileDrop
            label={t("import.drop")}
            hint={t("import.dropHint", { megabytes: workbookUpload.maxBytes / 1024 / 1024 })}
            accepts={workbookUpload.extensions}
            maxBytes={workbookUpload.maxBytes}
            onFile={take}
          />
        ) : (
          <Running file={running} onStop={() => stop.current?.abort()} />
        )}
        {csv === null || running !== null ? null : (
          <div className="note plain stack tight">
            <span>{t("import.csv", { name: csv.name })}</span>
            <div className="row">
              <Select<Section>
                value={section}
                onChange={setSection}
                style={{ minWidth: 160 }}
                aria-label={t("import.section")}
                options={sections.map((value) => ({ value, label: t(`common:section.${value}`) }))}
              />
              <Button type="primary" onClick={() => void send(csv, section)}>
                {t("import.check")}
              </Button>
            </div>
          </div>
        )}
        {refusal === null ? null : (
          <div className="note blocking" role="alert">
            {refusal}
          </div>
        )}
      </div>
    </Sheet>
  );
}

/** A file on its way: which one, how long already, and a way to stop. */
function Running({
  file,
  onStop,
}: {
  readonly file: { readonly name: string; readonly size: number };
  readonly onStop: () => void;
}) {
  const { t } = useTranslation("returns");
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="stack tight" role="status">
      <p>
        {t("import.running", { name: file.name, size: bytes(file.size) })}{" "}
        <span className="soft">{t("import.seconds", { count: seconds })}</span>
      </p>
      <div className="run-line" aria-hidden="true">
        <i />
      </div>
      <div>
        <Button onClick={onStop}>{t("common:action.cancel")}</Button>
      </div>
    </div>
  );
}

function Batches() {
  const { t } = useTranslation("returns");
  const year = useYear();
  const [page, setPage] = useState(1);
  const query = useQuery(batchesQuery(year, page));
  return (
    <Sheet title={t("batch.title")} aside={t("batch.hint")} isFlush>
      <Loaded query={query}>
        {(list) => (
          <>
            <BatchTable batches={list.items} />
            <Pager page={list.page} size={list.size} total={list.total} onPage={setPage} />
          </>
        )}
      </Loaded>
    </Sheet>
  );
}

function BatchTable({ batches }: { readonly batches: readonly Batch[] }) {
  const { t } = useTranslation("returns");
  const may = useMay();
  const tell = useTell();
  const [busy, setBusy] = useState<number | null>(null);
  const undo = async (batch: Batch): Promise<void> => {
    setBusy(batch.id);
    try {
      await api.undoBatch({ params: { id: batch.id } });
      tell.done(t("batch.done", { id: batch.id }));
      await forgetReturns();
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(null);
    }
  };
  const columns: Column<Batch>[] = [
    { key: "id", header: t("batch.id"), width: 70, value: (batch) => batch.id, kind: "number" },
    { key: "at", header: t("batch.at"), width: 142, value: (batch) => moment(batch.by.at) },
    { key: "by", header: t("batch.by"), width: 170, value: (batch) => batch.by.name ?? t("common:trail.system") },
    {
      key: "kind",
      header: t("batch.kind"),
      width: 120,
      value: (batch) => t(`batch.kinds.${batch.kind}`, { defaultValue: batch.kind }),
    },
    { key: "file", header: t("batch.file"), width: 200, value: (batch) => batch.fileName },
    {
      key: "sections",
      header: t("batch.sections"),
      width: 200,
      value: (batch) => batch.sections.map((section) => t(`common:section.${section}`)).join(t("common:list.comma")),
      isWrapped: true,
    },
    { key: "rows", header: t("batch.rows"), width: 90, align: "end", kind: "number", value: (batch) => batch.rowCount },
    {
      key: "undo",
      header: t("batch.undo"),
      width: 150,
      isUnsorted: true,
      value: (batch) => (batch.undone === null ? null : moment(batch.undone.at)),
      render: (batch) =>
        batch.undone !== null ? (
          <span className="soft small">
            {t("batch.undone", { name: batch.undone.name ?? "", at: moment(batch.undone.at) })}
          </span>
        ) : batch.canUndo && may("return.fill") ? (
          <Popconfirm title={t("batch.confirm", { id: batch.id })} onConfirm={() => void undo(batch)}>
            <Button size="small" loading={busy === batch.id}>
              {t("batch.undo")}
            </Button>
          </Popconfirm>
        ) : (
          <span className="faint small">{t("batch.cannot")}</span>
        ),
    },
  ];
  return (
    <DataTable
      title={t("batch.title")}
      rows={batches}
      columns={columns}
      rowKey={(batch) => String(batch.id)}
      none={t("batch.none")}
      maxHeight="420px"
    />
  );
}
