/** Pairs of inspectors and schools that must not meet (回避). */

import { useMutation, useQuery } from "@tanstack/react-query";
import type { Conflict } from "@xingfu/contract";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment } from "../../lib/format.ts";
import { organisationQuery } from "../../lib/query.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { conflictsQuery, forgetEvaluations, inspectorsQuery, roundsQuery } from "./asked.ts";
import { EvaluationTabs } from "./EvaluationTabs.tsx";
import "./evaluation.css";

export function Conflicts() {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const query = useQuery(conflictsQuery);
  const remove = useMutation({
    mutationFn: (id: number) => api.deleteConflict({ params: { id } }),
    onSuccess: forgetEvaluations,
    onError: tell.failure,
  });
  const columns: Column<Conflict>[] = [
    { key: "inspector", header: t("assign.inspector"), width: 130, value: (row) => row.inspector },
    { key: "school", header: t("board.school"), width: 240, value: (row) => row.school },
    { key: "kind", header: t("conflicts.kind"), width: 140, value: (row) => t(`conflictKind.${row.kind}`) },
    { key: "until", header: t("conflicts.until"), width: 130, value: (row) => row.until ?? t("conflicts.forGood") },
    { key: "note", header: t("scheme.note"), width: 240, isWrapped: true, value: (row) => row.note },
    {
      key: "recorded",
      header: t("conflicts.recorded"),
      width: 200,
      value: (row) => `${moment(row.recorded.at)} ${row.recorded.name ?? ""}`,
    },
    {
      key: "act",
      header: t("assign.act"),
      width: 90,
      isUnsorted: true,
      value: () => null,
      render: (row) => (
        <Button
          size="small"
          onClick={() => remove.mutate(row.id)}
          aria-label={t("conflicts.removeOf", { inspector: row.inspector, school: row.school })}
        >
          {t("common:action.delete")}
        </Button>
      ),
    },
  ];
  return (
    <Page title={t("title")} subtitle={t("subtitle")} tabs={<EvaluationTabs />}>
      <Loaded query={query} lines={7}>
        {({ conflicts }) => (
          <>
            <p className="answer">
              {t(conflicts.length === 0 ? "conflicts.answerNone" : "conflicts.answer", {
                count: conflicts.length,
                inspectors: new Set(conflicts.map((conflict) => conflict.accountId)).size,
              })}
            </p>
            <Record />
            <Sheet isFlush>
              <DataTable
                title={t("tab.conflicts")}
                rows={conflicts}
                columns={columns}
                rowKey={(row) => String(row.id)}
                none={t("conflicts.none")}
              />
            </Sheet>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Record() {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const rounds = useQuery(roundsQuery);
  const latest = rounds.data?.rounds[0];
  const inspectors = useQuery({ ...inspectorsQuery(latest?.id ?? 0), enabled: latest !== undefined });
  const organisation = useQuery(organisationQuery());
  const [account, setAccount] = useState<number | null>(null);
  const [school, setSchool] = useState<string | null>(null);
  const [kind, setKind] = useState<Conflict["kind"]>("formerSchool");
  const [until, setUntil] = useState("");
  const [note, setNote] = useState("");
  const record = useMutation({
    mutationFn: () =>
      api.recordConflict({
        body: {
          accountId: account ?? 0,
          schoolCode: school ?? "",
          kind,
          note: note.trim(),
          until: until === "" ? null : until,
        },
      }),
    onSuccess: async ({ conflict, standing }) => {
      if (standing.length > 0)
        tell.warn(t("conflicts.standing", { inspector: conflict.inspector, school: conflict.school }));
      else tell.done(t("conflicts.done"));
      setSchool(null);
      setNote("");
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  const schools = (organisation.data?.nodes ?? []).flatMap((node) =>
    node.kind === "school" && node.code !== null ? [{ value: node.code, label: node.name }] : [],
  );
  return (
    <Sheet title={t("conflicts.record")} aside={t("conflicts.hint")}>
      <div className="row gap-m">
        <Select
          aria-label={t("assign.inspector")}
          placeholder={t("assign.inspector")}
          style={{ width: 160 }}
          value={account}
          showSearch={{ optionFilterProp: "label" }}
          options={(inspectors.data?.inspectors ?? []).map((person) => ({
            value: person.accountId,
            label: person.name,
          }))}
          onChange={setAccount}
        />
        <Select
          aria-label={t("board.school")}
          placeholder={t("board.school")}
          style={{ width: 240 }}
          value={school}
          showSearch={{ optionFilterProp: "label" }}
          options={schools}
          onChange={setSchool}
        />
        <Select
          aria-label={t("conflicts.kind")}
          style={{ width: 150 }}
          value={kind}
          options={(["formerSchool", "relative", "other"] as const).map((value) => ({
            value,
            label: t(`conflictKind.${value}`),
          }))}
          onChange={setKind}
        />
        <Input
          type="date"
          aria-label={t("conflicts.until")}
          style={{ width: 160 }}
          value={until}
          onChange={({ target }) => setUntil(target.value)}
        />
        <Input
          aria-label={t("scheme.note")}
          placeholder={t("scheme.note")}
          style={{ width: 220 }}
          maxLength={500}
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
        <Button
          type="primary"
          disabled={account === null || school === null}
          loading={record.isPending}
          onClick={() => record.mutate()}
        >
          {t("conflicts.save")}
        </Button>
      </div>
    </Sheet>
  );
}
