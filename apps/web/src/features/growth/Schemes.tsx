/** Declared schemes and their runs: who declared what when, what is being computed, and how it ended. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { DeclaredScheme, GrowthRun } from "@xingfu/contract";
import { Button, Popconfirm, Progress } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment, number } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { Declare } from "./Declare.tsx";
import { measureWords, yearsWords } from "./sentences.ts";
import { forgetGrowth, isActive, schemesQuery } from "./source.ts";

export function Schemes() {
  const { t } = useTranslation("growth");
  const may = useMay();
  const query = useQuery(schemesQuery);
  const [isDeclaring, setDeclaring] = useState(false);
  return (
    <Loaded query={query} lines={8}>
      {({ schemes, runs }) => (
        <>
          <div className="stack tight">
            <p className="answer">{answerOf(schemes, runs, t)}</p>
            <p className="answer-note">{t("schemes.note")}</p>
          </div>
          {may("growth.run") ? (
            <div className="row">
              <Button type="primary" onClick={() => setDeclaring(true)}>
                {t("schemes.declare")}
              </Button>
            </div>
          ) : null}
          <div className="scheme-list">
            {schemes.toReversed().map((scheme) => (
              <Scheme key={scheme.id} scheme={scheme} runs={runs.filter((run) => run.schemeId === scheme.id)} />
            ))}
          </div>
          {runs.length === 0 ? null : <Runs schemes={schemes} runs={runs} />}
          {isDeclaring ? <Declare known={schemes} onClose={() => setDeclaring(false)} /> : null}
        </>
      )}
    </Loaded>
  );
}

function answerOf(
  schemes: readonly DeclaredScheme[],
  runs: readonly GrowthRun[],
  t: ReturnType<typeof useTranslation>["t"],
): string {
  if (schemes.length === 0) return t("growth:schemes.none");
  const done = new Set(runs.filter(({ state }) => state === "done").map(({ schemeId }) => schemeId)).size;
  const active = runs.filter(isActive).length;
  return (
    t("growth:schemes.answer", { schemes: schemes.length, done }) +
    (active === 0 ? t("growth:schemes.idle") : t("growth:schemes.active", { count: active }))
  );
}

function Scheme({ scheme, runs }: { readonly scheme: DeclaredScheme; readonly runs: readonly GrowthRun[] }) {
  const { t } = useTranslation("growth");
  const may = useMay();
  const tell = useTell();
  const [isBusy, setBusy] = useState(false);
  const { declaration } = scheme;
  const latest = runs[0];
  const hasResult = runs.some(({ state }) => state === "done");
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await work();
      await forgetGrowth();
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet title={declaration.title} aside={measureWords(declaration, t)}>
      <div className="stack">
        <dl className="facts">
          <dt>{t("stamp.declared")}</dt>
          <dd>{t("stamp.declaredText", { on: declaration.declaredOn, number: scheme.documentNumber })}</dd>
          <dt>{t("stamp.recorded")}</dt>
          <dd>{t("stamp.recordedText", { at: moment(scheme.recorded.at), name: scheme.recorded.name ?? "–" })}</dd>
          <dt>{t("stamp.years")}</dt>
          <dd>{yearsWords(declaration, t)}</dd>
          <dt>{t("schemes.latest")}</dt>
          <dd>{latest === undefined ? <span className="soft">{t("run.none")}</span> : <RunState run={latest} />}</dd>
        </dl>
        <div className="row">
          {hasResult ? (
            <Link to="/growth" search={{ scheme: String(scheme.id) }} className="button">
              {t("schemes.toResult")}
            </Link>
          ) : null}
          {may("growth.run") ? (
            latest !== undefined && isActive(latest) ? (
              <Popconfirm
                title={t("run.cancelSure")}
                okText={t("run.cancel")}
                cancelText={t("run.keep")}
                onConfirm={() => void act(() => api.cancelGrowthRun({ params: { id: latest.id } }))}
              >
                <Button danger loading={isBusy}>
                  {t("run.cancel")}
                </Button>
              </Popconfirm>
            ) : (
              <Button
                loading={isBusy}
                onClick={() => void act(() => api.requestGrowthRun({ params: { id: scheme.id } }))}
              >
                {t(hasResult ? "run.again" : "run.start")}
              </Button>
            )
          ) : null}
        </div>
      </div>
    </Sheet>
  );
}

function RunState({ run }: { readonly run: GrowthRun }) {
  const { t } = useTranslation("growth");
  const words = t(`run.state.${run.state}`);
  if (run.state === "running") {
    return (
      <span className="run-progress" role="status">
        {words}
        <Progress percent={run.progress} status="active" aria-label={words} />
      </span>
    );
  }
  return (
    <span>
      {words}
      {run.endedAt === null ? null : <span className="soft"> {moment(run.endedAt)}</span>}
      {run.failure === null ? null : (
        <span className="note blocking run-failure">
          {t(`common:error.${run.failure.code}`, { defaultValue: t("common:error.UNEXPECTED") })}
        </span>
      )}
    </span>
  );
}

function Runs({ schemes, runs }: { readonly schemes: readonly DeclaredScheme[]; readonly runs: readonly GrowthRun[] }) {
  const { t } = useTranslation("growth");
  const titles = new Map(schemes.map(({ id, declaration }) => [id, declaration.title]));
  const columns: Column<GrowthRun>[] = [
    {
      key: "scheme",
      header: t("stamp.scheme"),
      width: 270,
      value: ({ schemeId }) => titles.get(schemeId) ?? String(schemeId),
    },
    {
      key: "state",
      header: t("run.column.state"),
      width: 110,
      value: ({ state }) => t(`run.state.${state}`),
      choices: ["queued", "running", "done", "failed", "cancelled"].map((state) => ({
        value: t(`run.state.${state}`),
        label: t(`run.state.${state}`),
      })),
    },
    {
      key: "requested",
      header: t("run.column.requested"),
      width: 136,
      value: ({ requested }) => moment(requested.at),
    },
    { key: "by", header: t("run.column.by"), width: 160, value: ({ requested }) => requested.name },
    {
      key: "ended",
      header: t("run.column.ended"),
      width: 136,
      value: ({ endedAt }) => (endedAt === null ? null : moment(endedAt)),
    },
    {
      key: "seconds",
      header: t("run.column.seconds"),
      width: 96,
      align: "end",
      kind: "number",
      decimals: 1,
      value: ({ startedAt, endedAt }) =>
        startedAt === null || endedAt === null ? null : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000,
    },
    {
      key: "rows",
      header: t("run.column.rows"),
      width: 96,
      align: "end",
      kind: "number",
      decimals: 0,
      value: ({ inputRows }) => inputRows,
      render: ({ inputRows }) => (inputRows === null ? "–" : number(inputRows)),
    },
    { key: "hash", header: "sha256", width: 116, value: ({ inputHash }) => inputHash?.slice(0, 12) ?? null },
  ];
  return (
    <Sheet title={t("run.title", { count: runs.length })} isFlush>
      <DataTable title={t("run.name")} rows={runs} columns={columns} rowKey={({ id }) => String(id)} isSearchless />
    </Sheet>
  );
}
