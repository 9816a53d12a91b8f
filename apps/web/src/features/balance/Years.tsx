/** Years side by side: which verdicts changed, and why. */

import { useQuery } from "@tanstack/react-query";
import type { AssessmentReply } from "@xingfu/contract";
import { compareYears, indicators } from "@xingfu/domain/balance";
import type { BalanceAssessment, Cause, VerdictChange } from "@xingfu/domain/balance";
import type { Phase, Verdict as VerdictName } from "@xingfu/domain/base";
import { phases } from "@xingfu/domain/base";
import { labelOf } from "@xingfu/standards";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../charts/Chart.tsx";
import { yearsOption } from "../../charts/years.ts";
import { decimalsOf, number, percent, plain } from "../../lib/format.ts";
import type { Palette } from "../../lib/palette.ts";
import { historyQuery } from "../../lib/query.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { countVerdicts } from "./sentences.ts";
import { indicatorEntry, itemEntry, numeratorUnit, satisfactionEntry, vetoEntry } from "./wording.ts";

export function Years() {
  const history = useQuery(historyQuery);
  return (
    <Loaded query={history} lines={9}>
      {(replies) => <Compared replies={replies} />}
    </Loaded>
  );
}

function Compared({ replies }: { readonly replies: readonly AssessmentReply[] }) {
  const { t } = useTranslation("balance");
  const assessments = useMemo(() => replies.map((reply) => reply.assessment), [replies]);
  const changes = useMemo(() => compareYears(assessments), [assessments]);
  const isDistrict = replies.every((reply) => reply.scope === "district");
  const first = assessments[0];
  const last = assessments.at(-1);
  if (first === undefined || last === undefined) return <Empty title={t("years.none")} />;
  const better = changes.filter((change) => change.after === "met" && change.before !== null).length;
  const worse = changes.filter((change) => change.before === "met").length;
  return (
    <>
      <p className="answer">
        {t("years.answer", { from: first.schoolYear, to: last.schoolYear + 1, count: changes.length, better, worse })}
      </p>
      {isDistrict ? <Table assessments={assessments} /> : null}
      {isDistrict ? (
        <div className="spread-grid">
          {phases.map((phase) => (
            <Sheet key={phase}>
              <CvLines phase={phase} assessments={assessments} />
            </Sheet>
          ))}
        </div>
      ) : null}
      <Changes changes={changes} assessments={assessments} />
    </>
  );
}

function Table({ assessments }: { readonly assessments: readonly BalanceAssessment[] }) {
  const { t } = useTranslation("balance");
  const lines: readonly {
    readonly label: string;
    readonly verdict?: (a: BalanceAssessment) => VerdictName;
    readonly text?: (a: BalanceAssessment) => string;
  }[] = [
    { label: t("whatIf.district"), verdict: (a) => a.verdict },
    ...(["resources", "government", "quality", "recognition", "vetoes", "precondition"] as const).map((part) => ({
      label: labelOf("balanceParts", part),
      verdict: (a: BalanceAssessment) => a.parts[part],
    })),
    ...phases.map((phase) => ({
      label: t("years.rows", { phase: t(`common:stage.${phase}`) }),
      text: (a: BalanceAssessment) => {
        const own = a.rows.filter((row) => row.phase === phase);
        return `${countVerdicts(own).met} / ${own.length}`;
      },
    })),
    {
      label: t("years.cv"),
      text: (a) => `${countVerdicts(a.cv).met} / ${a.cv.length}`,
    },
    { label: t("years.items"), text: (a) => `${countVerdicts(a.items).met} / ${a.items.length}` },
    {
      label: satisfactionEntry.shortLabel,
      text: (a) => (a.satisfaction.value === null ? t("common:gap.blank") : percent(a.satisfaction.value, 1)),
    },
    { label: t("stamp.rules"), text: (a) => a.rules.version },
  ];
  return (
    <Sheet title={t("years.table")} isFlush>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t("years.table")}>
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col" className="frozen">
                {t("scenario.what")}
              </th>
              {assessments.map((a) => (
                <th key={a.schoolYear} scope="col">
                  {t("common:year.label", { from: a.schoolYear, to: a.schoolYear + 1 })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.label} style={{ height: 38 }}>
                <th scope="row" className="frozen">
                  {line.label}
                </th>
                {assessments.map((a) => (
                  <td key={a.schoolYear}>
                    {line.verdict === undefined ? line.text?.(a) : <Verdict verdict={line.verdict(a)} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Sheet>
  );
}

function CvLines({
  phase,
  assessments,
}: {
  readonly phase: Phase;
  readonly assessments: readonly BalanceAssessment[];
}) {
  const { t } = useTranslation("balance");
  const years = useMemo(() => assessments.map((a) => t("years.short", { from: a.schoolYear })), [assessments, t]);
  const lines = useMemo(
    () =>
      indicators.map((indicator) => {
        const results = assessments.map((a) =>
          a.cv.find((entry) => entry.phase === phase && entry.indicator === indicator),
        );
        return {
          name: indicator,
          values: results.map((result) =>
            result?.cv === undefined || result.cv === null ? null : Number(result.cv.toFixed(4)),
          ),
          isOver: results.at(-1)?.verdict === "notMet",
        };
      }),
    [assessments, phase],
  );
  const limit = assessments.at(-1)?.cv.find((entry) => entry.phase === phase)?.limit ?? 0;
  const option = useCallback(
    (palette: Palette) => yearsOption(years, lines, limit, { cv: t("spread.cv"), limit: t("spread.limit") }, palette),
    [years, lines, limit, t],
  );
  const over = lines.filter((line) => line.isOver);
  const unknown = lines.filter((line) => line.values.at(-1) === null).length;
  return (
    <Chart
      title={
        (over.length === 0
          ? t("years.cvWithin", { phase: t(`common:stage.${phase}`), count: lines.length - unknown })
          : t("years.cvOver", {
              phase: t(`common:stage.${phase}`),
              named: over.map((line) => line.name).join(t("common:list.comma")),
            })) + (unknown === 0 ? "" : t("spread.unknown", { count: unknown }))
      }
      option={option}
      height={300}
      table={{
        columns: [t("spread.indicator"), ...years],
        rows: lines.map((line) => [
          `${line.name} ${indicatorEntry(indicators.find((entry) => entry === line.name) ?? "R1").shortLabel}`,
          ...line.values,
        ]),
      }}
    />
  );
}

interface Line {
  readonly change: VerdictChange;
  readonly years: string;
  readonly subject: string;
  readonly school: string | null;
  readonly why: string;
}

function Changes({
  changes,
  assessments,
}: {
  readonly changes: readonly VerdictChange[];
  readonly assessments: readonly BalanceAssessment[];
}) {
  const { t } = useTranslation("balance");
  const names = useMemo(
    () =>
      new Map(
        assessments.flatMap((a) => [
          ...a.excluded.map((entry) => [entry.schoolCode, entry.school] as const),
          ...a.rows.map((row) => [row.schoolCode, row.school] as const),
        ]),
      ),
    [assessments],
  );
  const lines: Line[] = changes.map((change) => ({
    change,
    years: t("years.step", { from: change.from, to: change.to }),
    subject: subjectWords(change, t),
    school: change.schoolCode === null ? null : (names.get(change.schoolCode) ?? change.schoolCode),
    why: change.causes.map((cause) => causeWords(cause, change, t)).join(t("common:list.semicolon")),
  }));
  const steps = [...new Set(lines.map((line) => line.years))];
  const verdictWords = (verdict: VerdictName | null): string =>
    verdict === null ? t("years.absent") : t(`common:verdict.${verdict}`);
  const columns: Column<Line>[] = [
    { key: "subject", header: t("years.subject"), width: 150, value: (line) => line.subject },
    { key: "school", header: t("heat.school"), width: 168, value: (line) => line.school ?? t("gaps.district") },
    {
      key: "phase",
      header: t("gaps.phase"),
      width: 62,
      value: (line) => (line.change.phase === null ? null : t(`common:stage.${line.change.phase}`)),
    },
    {
      key: "years",
      header: t("years.when"),
      width: 112,
      value: (line) => line.years,
      choices: steps.map((step) => ({ value: step, label: step })),
    },
    {
      key: "verdict",
      header: t("years.verdicts"),
      width: 186,
      value: (line) => `${verdictWords(line.change.before)} → ${verdictWords(line.change.after)}`,
      choices: [
        ...new Set(lines.map((line) => `${verdictWords(line.change.before)} → ${verdictWords(line.change.after)}`)),
      ].map((label) => ({ value: label, label })),
      render: ({ change }) => (
        <span className="row" style={{ gap: 6, flexWrap: "nowrap" }}>
          {change.before === null ? t("years.absent") : <Verdict verdict={change.before} />}
          <span aria-hidden="true">→</span>
          {change.after === null ? t("years.absent") : <Verdict verdict={change.after} />}
        </span>
      ),
    },
    {
      key: "values",
      header: t("years.values"),
      width: 160,
      align: "end",
      value: ({ change }) =>
        change.valueBefore === null && change.valueAfter === null
          ? null
          : `${valueWords(change.valueBefore, change.subject)} → ${valueWords(change.valueAfter, change.subject)}`,
    },
    { key: "why", header: t("years.why"), width: 320, value: (line) => line.why, isWrapped: true },
  ];
  return (
    <Sheet title={t("years.changes", { count: changes.length })} isFlush>
      <DataTable
        title={t("years.changesName")}
        rows={lines}
        columns={columns}
        rowKey={({ change }) =>
          `${change.from}|${change.subject}|${change.schoolCode ?? ""}|${change.phase ?? ""}|${change.indicator ?? ""}`
        }
        rowHeight={46}
      />
    </Sheet>
  );
}

function valueWords(value: number | null, subject: string): string {
  if (value === null) return "–";
  if (subject === "cv") return number(value, 4);
  if (subject === "satisfaction") return percent(value, 1);
  const indicator = indicators.find((entry) => entry === subject);
  return indicator === undefined ? plain(value, 2) : number(value, decimalsOf(indicator));
}

function subjectWords(change: VerdictChange, t: ReturnType<typeof useTranslation>["t"]): string {
  const { subject } = change;
  if (subject === "district") return t("whatIf.district");
  if (subject.startsWith("part:")) return labelOf("balanceParts", subject.slice(5));
  if (subject === "row") return t("years.row");
  if (subject === "cv") return t("years.cvOf", { id: change.indicator ?? "" });
  if (subject === "satisfaction") return satisfactionEntry.shortLabel;
  if (subject === "precondition") return labelOf("balanceParts", "precondition");
  const indicator = indicators.find((entry) => entry === subject);
  if (indicator !== undefined) return `${indicator} ${indicatorEntry(indicator).shortLabel}`;
  if (/^V\d$/.test(subject)) return `${subject} ${vetoEntry(subject).shortLabel}`;
  if (/^[GQ]\d+$/.test(subject)) return `${subject} ${itemEntry(subject).shortLabel}`;
  return subject;
}

function causeWords(cause: Cause, change: VerdictChange, t: ReturnType<typeof useTranslation>["t"]): string {
  const indicator = indicators.find((entry) => entry === change.subject);
  const unit = cause.kind === "numerator" && indicator !== undefined ? ` ${numeratorUnit(indicator)}` : "";
  const values = {
    before: cause.before === null ? t("common:gap.blank") : plain(cause.before, 2),
    after: cause.after === null ? t("common:gap.blank") : `${plain(cause.after, 2)}${unit}`,
  };
  // what changed about a school as a whole is how many of its seven indicators are met
  const kind = cause.kind === "value" && change.subject === "row" ? "metCount" : cause.kind;
  return t(`years.cause.${kind}`, values);
}
