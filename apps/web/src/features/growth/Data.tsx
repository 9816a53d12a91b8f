/** Measures in: what is loaded, a file to bring in, and the batches that can be taken back. No measure is ever shown. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { MeasureBatch, MeasureCoverage, MeasureImport } from "@xingfu/contract";
import type { SchoolYear } from "@xingfu/domain/base";
import { schoolYear } from "@xingfu/domain/base";
import type { SourceKind } from "@xingfu/domain/growth";
import { Button, Popconfirm, Progress, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { moment, number } from "../../lib/format.ts";
import { useMay, useYear } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { IssueTable } from "../../ui/IssueTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { clauseWords, measureKinds, refusalWords } from "./Declare.tsx";
import { forgetGrowth, measuresQuery } from "./source.ts";

const maxBytes = 64 * 1024 * 1024;
/** How often a file that is being read in is asked for. */
const followMs = 500;

export function Data() {
  const { t } = useTranslation("growth");
  const may = useMay();
  const query = useQuery(measuresQuery);
  return (
    <Loaded query={query} lines={8}>
      {({ coverage, batches }) => (
        <>
          <div className="stack tight">
            <p className="answer">{answerOf(coverage, t)}</p>
            <p className="answer-note">
              {t("data.note")}{" "}
              {may("pupils.read") || may("return.fill") ? <Link to="/data/pupils">{t("data.toRoll")}</Link> : null}
            </p>
          </div>
          {may("return.fill") ? <BringIn /> : null}
          <Coverage coverage={coverage} />
          <Batches batches={batches} />
        </>
      )}
    </Loaded>
  );
}

function answerOf(coverage: readonly MeasureCoverage[], t: ReturnType<typeof useTranslation>["t"]): string {
  if (coverage.length === 0) return t("growth:data.none");
  const kinds = [...new Set(coverage.map(({ kind }) => kind))];
  return (
    kinds
      .map((kind) => {
        const own = coverage.filter((entry) => entry.kind === kind);
        return t("growth:data.answer", {
          kind: t(`growth:kind.${kind}`),
          years: own.length,
          pupils: number(own.reduce((sum, { pupils }) => sum + pupils, 0)),
        });
      })
      .join(t("common:list.semicolon")) + t("growth:data.end")
  );
}

function BringIn() {
  const { t } = useTranslation("growth");
  const tell = useTell();
  const now = useYear();
  const [kind, setKind] = useState<SourceKind>("fitness");
  const [year, setYear] = useState<SchoolYear>(now);
  const [id, setId] = useState<number | null>(null);
  const [isSending, setSending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ["measureImport", id],
    queryFn: () => api.readMeasureImport({ params: { id: id ?? 0 } }),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "running" ? followMs : false),
  });
  const state = query.data?.state;
  useEffect(() => {
    if (state === "loaded") void forgetGrowth();
  }, [state]);
  const send = async (file: File): Promise<void> => {
    setSending(true);
    setRefusal(null);
    setId(null);
    try {
      const started = await api.importMeasures({ params: { kind, year }, file: { blob: file, fileName: file.name } });
      setId(started.id);
    } catch (error) {
      setRefusal(refusalWords(error, t));
    } finally {
      setSending(false);
    }
  };
  const download = async (): Promise<void> => {
    setRefusal(null);
    try {
      save(await api.downloadMeasureTemplate({ params: { kind, year } }));
    } catch (error) {
      setRefusal(refusalWords(error, t));
      tell.failure(error);
    }
  };
  return (
    <Sheet title={t("data.import")} aside={t("data.importHint")}>
      <div className="stack">
        <div className="row gap-m">
          <label className="tool">
            {t("declare.kind")}
            <Select<SourceKind>
              value={kind}
              aria-label={t("declare.kind")}
              style={{ minWidth: 150 }}
              popupMatchSelectWidth={false}
              options={measureKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
              onChange={(value) => {
                setKind(value);
                setRefusal(null);
              }}
            />
          </label>
          <label className="tool">
            {t("data.year")}
            <Select<number>
              value={year}
              aria-label={t("data.year")}
              style={{ minWidth: 150 }}
              options={Array.from({ length: 6 }, (_, at) => now - at).map((value) => ({
                value,
                label: t("common:year.label", { from: value, to: value + 1 }),
              }))}
              onChange={(value) => setYear(schoolYear(value))}
            />
          </label>
          <Button onClick={() => void download()}>{t("data.template")}</Button>
        </div>
        <FileDrop
          label={t("data.drop")}
          hint={t("data.dropHint")}
          accepts={[".xlsx", ".csv"]}
          maxBytes={maxBytes}
          isBusy={isSending || state === "running"}
          onFile={(file) => void send(file)}
        />
        {refusal === null ? null : (
          <div className="note blocking" role="alert">
            {refusal}
          </div>
        )}
        {query.data === undefined ? null : <Outcome result={query.data} />}
      </div>
    </Sheet>
  );
}

function Outcome({ result }: { readonly result: MeasureImport }) {
  const { t } = useTranslation("growth");
  const { refusal } = result;
  return (
    <div className="stack tight" role="status">
      <p>
        {t(`data.state.${result.state}`, {
          name: result.fileName,
          rows: number(result.rowsRead),
          errors: number(result.errorCount),
        })}
      </p>
      {result.state === "running" ? (
        <Progress percent={100} status="active" showInfo={false} aria-label={t("data.progress")} />
      ) : null}
      {refusal === null ? null : (
        <div className="note blocking">
          {t(`common:error.${refusal.code}`, { defaultValue: t("common:error.UNEXPECTED") })}
          {refusal.code === "SOURCE_REFUSED" && typeof refusal.fields === "object" && refusal.fields !== null
            ? clauseWords({ ...refusal.fields }, t)
            : null}
        </div>
      )}
      {result.issues.length === 0 ? null : <IssueTable issues={result.issues} title={t("data.issues")} />}
    </div>
  );
}

function Coverage({ coverage }: { readonly coverage: readonly MeasureCoverage[] }) {
  const { t } = useTranslation("growth");
  const columns: Column<MeasureCoverage>[] = [
    { key: "kind", header: t("declare.kind"), width: 150, value: ({ kind }) => t(`kind.${kind}`) },
    {
      key: "year",
      header: t("data.year"),
      width: 160,
      value: ({ year }) => t("common:year.label", { from: year, to: year + 1 }),
    },
    {
      key: "schools",
      header: t("data.schools"),
      width: 100,
      align: "end",
      kind: "number",
      decimals: 0,
      value: ({ schools }) => schools,
    },
    {
      key: "pupils",
      header: t("data.pupils"),
      width: 120,
      align: "end",
      kind: "number",
      decimals: 0,
      value: ({ pupils }) => pupils,
      render: ({ pupils }) => number(pupils),
    },
    {
      key: "missing",
      header: t("data.missing"),
      width: 120,
      align: "end",
      kind: "number",
      decimals: 0,
      value: ({ missing }) => missing,
      render: ({ missing }) => number(missing),
    },
  ];
  return (
    <Sheet title={t("data.coverage")} isFlush>
      <DataTable
        title={t("data.coverage")}
        rows={coverage}
        columns={columns}
        rowKey={({ kind, year }) => `${kind}${year}`}
        isSearchless
        none={t("data.none")}
      />
    </Sheet>
  );
}

function Batches({ batches }: { readonly batches: readonly MeasureBatch[] }) {
  const { t } = useTranslation("growth");
  const may = useMay();
  const tell = useTell();
  const undo = async (id: number): Promise<void> => {
    try {
      await api.undoMeasures({ params: { id } });
      await forgetGrowth();
      tell.done(t("data.undone"));
    } catch (error) {
      tell.failure(error);
    }
  };
  const columns: Column<MeasureBatch>[] = [
    { key: "id", header: t("data.batch"), width: 66, align: "end", kind: "number", decimals: 0, value: ({ id }) => id },
    { key: "kind", header: t("declare.kind"), width: 120, value: ({ kind }) => t(`kind.${kind}`) },
    {
      key: "year",
      header: t("data.year"),
      width: 140,
      value: ({ year }) => t("common:year.label", { from: year, to: year + 1 }),
    },
    {
      key: "file",
      header: t("data.file"),
      width: 150,
      value: ({ fileName, isSample }) => fileName ?? (isSample ? t("common:sample.mark") : null),
    },
    {
      key: "pupils",
      header: t("data.pupils"),
      width: 100,
      align: "end",
      kind: "number",
      decimals: 0,
      value: ({ pupils }) => pupils,
      render: ({ pupils }) => number(pupils),
    },
    {
      key: "measured",
      header: t("data.measured"),
      width: 180,
      value: ({ firstOn, lastOn }) =>
        firstOn === null ? null : firstOn === lastOn ? firstOn : `${firstOn} … ${lastOn ?? ""}`,
    },
    { key: "by", header: t("run.column.by"), width: 160, value: ({ by }) => by.name },
    { key: "at", header: t("data.at"), width: 140, value: ({ by }) => moment(by.at) },
    {
      key: "undo",
      header: t("data.undo"),
      width: 130,
      isWrapped: true,
      isUnsorted: true,
      value: ({ undone }) =>
        undone === null ? null : t("data.undoneBy", { name: undone.name ?? "–", at: moment(undone.at) }),
      render: ({ id, undone }) =>
        undone === null ? (
          may("return.fill") ? (
            <Popconfirm
              title={t("data.undoSure", { id })}
              okText={t("data.undo")}
              cancelText={t("common:action.cancel")}
              onConfirm={() => void undo(id)}
            >
              <Button size="small">{t("data.undo")}</Button>
            </Popconfirm>
          ) : (
            "–"
          )
        ) : (
          <span className="soft small">{t("data.undoneBy", { name: undone.name ?? "–", at: moment(undone.at) })}</span>
        ),
    },
  ];
  return (
    <Sheet title={t("data.batches")} isFlush>
      <DataTable
        title={t("data.batches")}
        rows={batches}
        columns={columns}
        rowKey={({ id }) => String(id)}
        isSearchless
        none={t("data.noBatch")}
      />
    </Sheet>
  );
}
