/** Who did what, and who looked at whose names: newest first, nothing of it can be changed. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { AuditEntry } from "@xingfu/contract";
import { DatePicker, Input, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment } from "../../lib/format.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Pager } from "../../ui/Pager.tsx";
import { Loaded } from "../../ui/States.tsx";
import { auditActions, detailWords, subjectWords } from "./entry.ts";

const pageSize = 100;

export function Audit() {
  const { t } = useTranslation("audit");
  const [page, setPage] = useState(1);
  const [action, setAction] = useState<string>("all");
  const [subject, setSubject] = useState("");
  const subjectAsked = useDeferredValue(subject.trim());
  const [from, setFrom] = useState<Dayjs | null>(null);
  const [to, setTo] = useState<Dayjs | null>(null);
  const fromAsked = from?.format("YYYY-MM-DD");
  const toAsked = to?.format("YYYY-MM-DD");
  const query = useQuery({
    queryKey: ["audit", page, action, subjectAsked, fromAsked ?? null, toAsked ?? null],
    queryFn: () =>
      api.listAudit({
        query: {
          page,
          size: pageSize,
          ...(action === "all" ? {} : { action }),
          ...(subjectAsked === "" ? {} : { subject: subjectAsked }),
          ...(fromAsked === undefined ? {} : { from: fromAsked }),
          ...(toAsked === undefined ? {} : { to: toAsked }),
        },
      }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const columns: Column<AuditEntry>[] = [
    { key: "at", header: t("at"), width: 145, value: (entry) => moment(entry.at) },
    { key: "account", header: t("account"), width: 190, value: (entry) => entry.account ?? t("common:trail.system") },
    {
      key: "action",
      header: t("action.title"),
      width: 140,
      value: (entry) => t(`action.${entry.action}`, { defaultValue: entry.action }),
    },
    { key: "subject", header: t("subject"), width: 180, value: (entry) => subjectWords(entry.subject, t) },
    { key: "detail", header: t("detail"), width: 480, value: (entry) => detailWords(entry.detail, t), isWrapped: true },
  ];
  return (
    <Page title={t("title")}>
      <p className="answer">{t("answer")}</p>
      <div className="row gap-m no-print">
        <label className="row">
          {t("action.title")}
          <Select
            value={action}
            style={{ minWidth: 200 }}
            showSearch={{ optionFilterProp: "label" }}
            onChange={(value) => {
              setAction(value);
              setPage(1);
            }}
            options={[
              { value: "all", label: t("common:table.all") },
              ...auditActions.map((value) => ({ value, label: t(`action.${value}`, { defaultValue: value }) })),
            ]}
          />
        </label>
        <Input
          allowClear
          value={subject}
          onChange={(event) => {
            setSubject(event.target.value);
            setPage(1);
          }}
          placeholder={t("subjectHint")}
          aria-label={t("subjectHint")}
          style={{ maxWidth: 260 }}
        />
        <span className="row">
          <DatePicker value={from} onChange={setFrom} placeholder={t("from")} aria-label={t("from")} />
          <DatePicker value={to} onChange={setTo} placeholder={t("to")} aria-label={t("to")} />
        </span>
      </div>
      <Loaded query={query} lines={9}>
        {(list) => (
          <Sheet isFlush>
            <DataTable
              title={t("title")}
              rows={list.items}
              columns={columns}
              rowKey={(entry) => String(entry.id)}
              isSearchless
              none={t("none")}
              maxHeight="min(72vh, 820px)"
            />
            <Pager page={list.page} size={list.size} total={list.total} onPage={setPage} />
          </Sheet>
        )}
      </Loaded>
    </Page>
  );
}
