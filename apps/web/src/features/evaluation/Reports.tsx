/** The reports of a school and of a round, as they would be printed, and as files. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Download } from "@xingfu/contract";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { useMay } from "../../lib/session.ts";
import { PrintedPaper } from "../../ui/PrintedPaper.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { reportQuery, roundQuery, roundReportQuery } from "./asked.ts";
import { EvaluationFrame, useEvaluationId } from "./EvaluationFrame.tsx";
import { RoundFrame } from "./RoundFrame.tsx";

type Format = "docx" | "xlsx";

export function SchoolReport() {
  const id = useEvaluationId();
  const query = useQuery(reportQuery(id));
  return (
    <EvaluationFrame>
      {() => (
        <Loaded query={query} lines={14}>
          {(model) => (
            <>
              <Take download={(format) => api.downloadEvaluationReport({ params: { id }, query: { format } })} />
              <PrintedPaper model={model} />
            </>
          )}
        </Loaded>
      )}
    </EvaluationFrame>
  );
}

export function RoundReport() {
  const id = Number(useParams({ from: "/inside/work/evaluation/rounds/$round/report" }).round);
  const round = useQuery(roundQuery(id));
  const query = useQuery(roundReportQuery(id));
  return (
    <RoundFrame id={id} name={round.data?.round.name} year={round.data?.round.year}>
      <Loaded query={query} lines={14}>
        {(model) => (
          <>
            <Take download={(format) => api.downloadRoundReport({ params: { id }, query: { format } })} />
            <PrintedPaper model={model} />
          </>
        )}
      </Loaded>
    </RoundFrame>
  );
}

function Take({ download }: { readonly download: (format: Format) => Promise<Download> }) {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const tell = useTell();
  const [busy, setBusy] = useState<Format | null>(null);
  const take = async (format: Format): Promise<void> => {
    setBusy(format);
    try {
      save(await download(format));
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <div className="row apart no-print">
      <p className="small soft">{t("report.hint")}</p>
      <span className="row">
        {may("report.export")
          ? (["docx", "xlsx"] as const).map((format) => (
              <Button key={format} loading={busy === format} onClick={() => void take(format)}>
                {t(`report.${format}`)}
              </Button>
            ))
          : null}
        <Button onClick={() => window.print()}>{t("common:action.print")}</Button>
      </span>
    </div>
  );
}
