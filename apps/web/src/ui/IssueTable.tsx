/** Problems of a file at their cells: errors first, each saying what is wrong and how to mend it. */

import type { ImportIssue } from "@xingfu/contract";
import { useTranslation } from "react-i18next";
import { DataTable } from "./DataTable.tsx";
import type { Column } from "./DataTable.tsx";
import { VerdictShape } from "./Verdict.tsx";

interface Props {
  readonly issues: readonly ImportIssue[];
  readonly title: string;
  /** the page above chooses kind and sheet itself, from all issues and not only from those at hand */
  readonly isChosenAbove?: boolean;
}

export function IssueTable({ issues, title, isChosenAbove = false }: Props) {
  const { t } = useTranslation();
  const severityWord = (issue: ImportIssue): string => t(`issue.${issue.severity}`);
  const columns: Column<ImportIssue>[] = [
    {
      key: "where",
      header: t("issue.where"),
      width: 190,
      value: (issue) => `${issue.sheet}${issue.row === null ? "" : `!${issue.column ?? ""}${issue.row}`}`,
    },
    {
      key: "severity",
      header: t("issue.severity"),
      width: 90,
      value: severityWord,
      rank: (issue) => (issue.severity === "error" ? 0 : 1),
      ...(isChosenAbove
        ? {}
        : {
            choices: (["error", "warning"] as const).map((severity) => ({
              value: t(`issue.${severity}`),
              label: t(`issue.${severity}`),
            })),
          }),
      render: (issue) => (
        <span className={`verdict ${issue.severity === "error" ? "notMet" : "attention"}`}>
          <VerdictShape verdict="notMet" tone={issue.severity === "error" ? "notMet" : "attention"} size={12} />
          {severityWord(issue)}
        </span>
      ),
    },
    {
      key: "sheet",
      header: t("issue.sheet"),
      width: 120,
      value: (issue) => issue.sheet,
      isHiddenAtFirst: true,
      ...(isChosenAbove
        ? {}
        : {
            choices: [...new Set(issues.map((issue) => issue.sheet))].map((sheet) => ({ value: sheet, label: sheet })),
          }),
    },
    { key: "header", header: t("issue.header"), width: 170, value: (issue) => issue.header },
    { key: "value", header: t("issue.value"), width: 150, value: (issue) => issue.value },
    { key: "message", header: t("issue.message"), width: 440, value: (issue) => issue.message, isWrapped: true },
    { key: "expected", header: t("issue.expected"), width: 220, value: (issue) => issue.expected, isWrapped: true },
    {
      key: "code",
      header: t("issue.code"),
      width: 190,
      value: (issue) => issue.code,
      isHiddenAtFirst: true,
      choices: [...new Set(issues.map((issue) => issue.code))].toSorted().map((code) => ({ value: code, label: code })),
    },
  ];
  return (
    <DataTable
      title={title}
      rows={issues}
      columns={columns}
      rowKey={(issue) => `${issue.sheet}|${issue.row ?? ""}|${issue.column ?? ""}|${issue.code}|${issue.message}`}
      rowHeight={48}
      maxHeight="min(60vh, 640px)"
    />
  );
}
