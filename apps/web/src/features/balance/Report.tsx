/** The report as it would be printed, and the same as docx and xlsx. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import type { AssessmentReply } from "@xingfu/contract";
import { districtReport, schoolReport } from "@xingfu/domain/report";
import type { ReportModel } from "@xingfu/domain/report";
import { Button, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { moment, today } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import { PrintedPaper } from "../../ui/PrintedPaper.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { useBalance, useEngine } from "./source.ts";
import type { Engine } from "./source.ts";

export function Report() {
  const { t } = useTranslation("balance");
  const reply = useBalance();
  const engine = useEngine();
  const navigate = useNavigate();
  const may = useMay();
  const { of } = useSearch({ from: "/inside/work/balance/report" });
  const { assessment } = reply;
  const schools = useMemo(() => {
    const byCode = new Map(assessment.rows.map((row) => [row.schoolCode, row.school]));
    return [...byCode].map(([value, label]) => ({ value, label: `${label}（${value}）` }));
  }, [assessment]);
  const isDistrict = reply.scope === "district";
  const chosen = of ?? (isDistrict ? "" : (schools[0]?.value ?? ""));
  return (
    <>
      <div className="row apart no-print">
        <label className="row">
          {t("report.of")}
          <Select
            value={chosen}
            showSearch={{ optionFilterProp: "label" }}
            style={{ width: 320, maxWidth: "80vw" }}
            options={[...(isDistrict ? [{ value: "", label: t("report.district") }] : []), ...schools]}
            onChange={(value: string) =>
              void navigate({
                to: ".",
                search: ({ of: _, ...rest }) => (value === "" ? rest : { ...rest, of: value }),
                replace: true,
              })
            }
          />
        </label>
        {may("report.export") ? <Downloads schoolCode={chosen} /> : null}
      </div>
      <p className="small soft no-print">{t("report.hint")}</p>
      <Loaded query={engine} lines={14}>
        {(loaded) => <Paper reply={reply} engine={loaded} schoolCode={chosen} />}
      </Loaded>
    </>
  );
}

function Downloads({ schoolCode }: { readonly schoolCode: string }) {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const tell = useTell();
  const [busy, setBusy] = useState<"docx" | "xlsx" | null>(null);
  const download = async (format: "docx" | "xlsx"): Promise<void> => {
    setBusy(format);
    try {
      const query = schoolCode === "" ? { format } : { format, schoolCode };
      save(await api.downloadReport({ params: { year: assessment.schoolYear }, query }));
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <div className="row">
      <Button type="primary" loading={busy === "docx"} onClick={() => void download("docx")}>
        {t("report.docx")}
      </Button>
      <Button loading={busy === "xlsx"} onClick={() => void download("xlsx")}>
        {t("report.xlsx")}
      </Button>
      <Button onClick={() => window.print()}>{t("common:action.print")}</Button>
    </div>
  );
}

function Paper({
  reply,
  engine,
  schoolCode,
}: {
  readonly reply: AssessmentReply;
  readonly engine: Engine;
  readonly schoolCode: string;
}) {
  const { t } = useTranslation("balance");
  const [writtenOn] = useState(today);
  const model = useMemo((): ReportModel | null => {
    const source = {
      assessment: reply.assessment,
      facts: engine.facts,
      rules: engine.rules,
      hashes: { inputs: engine.inputsHash ?? "", rules: engine.rulesHash },
      reported: reply.reported === null ? null : { by: reply.reported.name ?? "", at: moment(reply.reported.at) },
      writtenOn,
    };
    return schoolCode === "" ? districtReport(source) : schoolReport(source, schoolCode);
  }, [reply, engine, schoolCode, writtenOn]);
  if (model === null) return <Empty title={t("report.unknown")} />;
  return <PrintedPaper model={model} />;
}
