/** The report as it would be printed, and the same as docx and xlsx. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import type { AssessmentReply } from "@xingfu/contract";
import { districtReport, schoolReport } from "@xingfu/domain/report";
import type { ReportBlock, ReportCell, ReportModel, ReportPart, ReportTable } from "@xingfu/domain/report";
import { Button, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { moment, today } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { useBalance, useEngine } from "./source.ts";
import type { Engine } from "./source.ts";
import "./report.css";

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
  return (
    <article className="paper" lang="zh-CN">
      {model.marks.length === 0 ? null : <style>{everyPage(model.marks)}</style>}
      {model.marks.length === 0 ? null : (
        <p className="paper-marks">
          {model.marks.map((mark) => (
            <span key={mark}>{mark}</span>
          ))}
        </p>
      )}
      <header>
        <h2 className="paper-title">{model.title}</h2>
        {model.subtitle === "" ? null : <p className="paper-subtitle">{model.subtitle}</p>}
        <p className="paper-number">{model.documentNumber}</p>
      </header>
      <dl className="paper-facts">
        {model.facts.map((fact) => (
          <div key={fact.label}>
            <dt>{fact.label}</dt>
            <dd>{fact.text}</dd>
          </div>
        ))}
      </dl>
      {model.parts.map((part, at) => (
        <Part key={at} part={part} />
      ))}
      <footer>
        <p>{model.issuer}</p>
      </footer>
    </article>
  );
}

/** The marks in the margin of every printed page. */
function everyPage(marks: readonly string[]): string {
  return `@page { @top-right { content: ${JSON.stringify(marks.join(" "))}; font-size: 10pt; } }`;
}

function Part({ part }: { readonly part: ReportPart }) {
  const Heading = part.level === 1 ? "h3" : "h4";
  return (
    <section className={part.isAnnex ? "annex" : undefined}>
      {part.heading === "" ? null : <Heading>{part.heading}</Heading>}
      {part.blocks.map((block, at) => (
        <Block key={at} block={block} heading={part.heading} />
      ))}
    </section>
  );
}

function Block({ block, heading }: { readonly block: ReportBlock; readonly heading: string }) {
  switch (block.kind) {
    case "paragraph":
      return <p className={`paper-${block.style}`}>{block.text}</p>;
    case "note":
      return <p className="paper-note">{block.text}</p>;
    case "table":
      return <PaperTable table={block} heading={heading} />;
  }
}

function PaperTable({ table, heading }: { readonly table: ReportTable; readonly heading: string }) {
  const weights = table.columns.reduce((sum, column) => sum + column.weight, 0);
  return (
    <figure className="paper-table">
      {table.caption === "" ? null : <figcaption>{table.caption}</figcaption>}
      <div className="paper-scroll" tabIndex={0} role="region" aria-label={`${heading} ${table.caption}`.trim()}>
        <table style={{ minWidth: table.columns.length * 58 }}>
          <colgroup>
            {table.columns.map((column, at) => (
              <col key={at} style={{ width: `${(100 * column.weight) / weights}%` }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {table.columns.map((column, at) => (
                <th key={at} scope="col">
                  {column.header}
                  {column.unit === null ? null : <small>（{column.unit}）</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td
                    key={column}
                    style={{ textAlign: table.columns[column]?.align ?? "left" }}
                    className={toneOf(cell)}
                  >
                    {cell.text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.notes.map((note) => (
        <p key={note} className="paper-note">
          {note}
        </p>
      ))}
    </figure>
  );
}

const toneOf = (cell: ReportCell): string | undefined => (cell.tone === null ? undefined : `tone-${cell.tone}`);
