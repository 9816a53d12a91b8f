/** The rectification ledger (问题台账): what reviews found wrong, who sets it right by when, and what became of it. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Issue, IssueStep } from "@xingfu/contract";
import { issueStates, issueMoves } from "@xingfu/domain/scheme";
import type { IssueState } from "@xingfu/domain/scheme";
import { Button, Checkbox, Drawer, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { bytes, moment } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Pager } from "../../ui/Pager.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { forgetEvaluations, issueQuery, issuesQuery } from "./asked.ts";
import { EvaluationTabs } from "./EvaluationTabs.tsx";
import { issuesSentence } from "./sentences.ts";
import "./evaluation.css";

const pageSize = 200;

export function Issues() {
  const { t } = useTranslation("evaluation");
  const navigate = useNavigate();
  const { issue } = useSearch({ from: "/inside/work/evaluation/issues" });
  const [page, setPage] = useState(1);
  const [state, setState] = useState<IssueState | null>(null);
  const [isOverdue, setOverdue] = useState(false);
  const query = useQuery(issuesQuery(page, pageSize, state, isOverdue));
  const open = (id: number | null): void =>
    void navigate({
      to: ".",
      search: ({ issue: _, ...rest }) => (id === null ? rest : { ...rest, issue: String(id) }),
      replace: true,
    });
  const columns: Column<Issue>[] = [
    {
      key: "title",
      header: t("issues.issue"),
      width: 300,
      isWrapped: true,
      value: (row) => row.title,
      render: (row) => (
        <button type="button" className="link-button" onClick={() => open(row.id)}>
          {row.title}
        </button>
      ),
    },
    {
      key: "school",
      header: t("board.school"),
      width: 220,
      value: (row) => row.school,
      render: (row) => (
        <Link to="/evaluation/schools/$id" params={{ id: String(row.evaluationId) }}>
          {row.school}
        </Link>
      ),
    },
    {
      key: "state",
      header: t("board.state"),
      width: 100,
      value: (row) => t(`issueState.${row.state}`),
      rank: (row) => issueStates.indexOf(row.state),
    },
    { key: "owner", header: t("issues.owner"), width: 130, value: (row) => row.owner || null },
    {
      key: "due",
      header: t("issues.due"),
      width: 130,
      kind: "date",
      value: (row) => row.dueOn,
      render: (row) =>
        row.dueOn === null ? (
          "–"
        ) : row.isOverdue ? (
          <span className="verdict notMet">
            {row.dueOn} {t("issues.overdue")}
          </span>
        ) : (
          row.dueOn
        ),
    },
    { key: "place", header: t("scheme.node"), width: 80, value: (row) => row.place },
    { key: "round", header: t("rounds.one"), width: 220, value: (row) => row.round, isHiddenAtFirst: true },
    { key: "recorded", header: t("issues.recordedAt"), width: 160, value: (row) => moment(row.recorded.at) },
  ];
  return (
    <Page title={t("title")} subtitle={t("subtitle")} tabs={<EvaluationTabs />}>
      <Loaded query={query} lines={9}>
        {({ items: rows, total, counts }) => (
          <>
            <p className="answer">{issuesSentence(counts, t)}</p>
            <Sheet isFlush>
              <DataTable
                title={t("tab.issues")}
                rows={rows}
                columns={columns}
                rowKey={(row) => String(row.id)}
                rowHeight={46}
                none={t("issues.none")}
                tools={
                  <span className="row">
                    <Select
                      value={state ?? ""}
                      aria-label={t("board.state")}
                      style={{ minWidth: 140 }}
                      options={[
                        { value: "", label: t("common:table.all") },
                        ...issueStates.map((value) => ({
                          value,
                          label: `${t(`issueState.${value}`)} ${counts.states[value] ?? 0}`,
                        })),
                      ]}
                      onChange={(value) => {
                        setState(issueStates.find((known) => known === value) ?? null);
                        setPage(1);
                      }}
                    />
                    <Checkbox
                      checked={isOverdue}
                      onChange={({ target }) => {
                        setOverdue(target.checked);
                        setPage(1);
                      }}
                    >
                      {t("issues.onlyOverdue", { count: counts.overdue })}
                    </Checkbox>
                  </span>
                }
              />
              <Pager page={page} size={pageSize} total={total} onPage={setPage} />
            </Sheet>
          </>
        )}
      </Loaded>
      <Drawer open={issue !== undefined} onClose={() => open(null)} size={620} destroyOnHidden title={t("issues.one")}>
        {issue === undefined ? null : <IssuePanel id={Number(issue)} />}
      </Drawer>
    </Page>
  );
}

/** One issue: what it is, what became of it, and what the reader can do now. */
export function IssuePanel({ id }: { readonly id: number }) {
  const query = useQuery(issueQuery(id));
  return (
    <Loaded query={query} lines={7}>
      {({ issue, steps }) => <IssueFacts key={issue.revision} issue={issue} steps={steps} />}
    </Loaded>
  );
}

function IssueFacts({ issue, steps }: { readonly issue: Issue; readonly steps: readonly IssueStep[] }) {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const isEditable = may("evaluation.manage") && issue.state !== "closed" && issue.state !== "withdrawn";
  return (
    <div className="stack">
      <div>
        <h2>{issue.title}</h2>
        <p className="soft">
          {issue.school} · {issue.round}
          {issue.place === null ? "" : ` · ${issue.place}`}
        </p>
      </div>
      <p className="prose">{issue.words || "–"}</p>
      <dl className="facts">
        <dt>{t("board.state")}</dt>
        <dd>
          {t(`issueState.${issue.state}`)}{" "}
          {issue.isOverdue ? <span className="verdict notMet">{t("issues.overdue")}</span> : null}
        </dd>
        <dt>{t("issues.owner")}</dt>
        <dd>{issue.owner || t("issues.noOwner")}</dd>
        <dt>{t("issues.due")}</dt>
        <dd>{issue.dueOn ?? t("issues.noDue")}</dd>
      </dl>
      {isEditable ? <OwnerForm issue={issue} /> : null}
      <IssueActions issue={issue} />
      <section className="stack tight">
        <h3>{t("issues.steps")}</h3>
        <ol className="history">
          {steps.map((step) => (
            <li key={step.id}>
              <span className="small soft">{moment(step.at)}</span>
              <span>
                {step.to === null ? null : <strong>{t(`issueState.${step.to}`)} </strong>}
                <span className="soft">
                  {t(`side.${step.side}`)} {step.name ?? ""}
                </span>
                {step.words === "" ? null : <span className="block">{step.words}</span>}
                {step.files.map((file) => (
                  <IssueFile key={file.id} file={file} />
                ))}
              </span>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

function IssueFile({ file }: { readonly file: IssueStep["files"][number] }) {
  const tell = useTell();
  const open = async (): Promise<void> => {
    try {
      save(await api.readIssueFile({ params: { id: file.id } }));
    } catch (error) {
      tell.failure(error);
    }
  };
  return (
    <span className="block">
      <button type="button" className="link-button" onClick={() => void open()}>
        {file.name}
      </button>{" "}
      <span className="small soft">{bytes(file.bytes)}</span>
    </span>
  );
}

function OwnerForm({ issue }: { readonly issue: Issue }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [owner, setOwner] = useState(issue.owner);
  const [dueOn, setDueOn] = useState(issue.dueOn ?? "");
  const isChanged = owner !== issue.owner || dueOn !== (issue.dueOn ?? "");
  const update = useMutation({
    mutationFn: () =>
      api.updateIssue({
        params: { id: issue.id },
        body: {
          place: issue.place,
          title: issue.title,
          words: issue.words,
          owner: owner.trim(),
          dueOn: dueOn === "" ? null : dueOn,
          revision: issue.revision,
        },
      }),
    onSuccess: forgetEvaluations,
    onError: tell.failure,
  });
  return (
    <div className="row">
      <Input
        aria-label={t("issues.owner")}
        placeholder={t("issues.owner")}
        value={owner}
        maxLength={100}
        style={{ width: 180 }}
        onChange={({ target }) => setOwner(target.value)}
      />
      <Input
        type="date"
        aria-label={t("issues.due")}
        value={dueOn}
        style={{ width: 160 }}
        onChange={({ target }) => setDueOn(target.value)}
      />
      <Button disabled={!isChanged} loading={update.isPending} onClick={() => update.mutate()}>
        {t("common:action.save")}
      </Button>
    </div>
  );
}

const fileTypes = [".pdf", ".docx", ".xlsx", ".pptx", ".jpg", ".jpeg", ".png", ".txt", ".zip"];
const fileBytes = 20 * 1024 * 1024;

function IssueActions({ issue }: { readonly issue: Issue }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [words, setWords] = useState("");
  const move = useMutation({
    mutationFn: (to: IssueState) => api.moveIssue({ params: { id: issue.id }, body: { to, words: words.trim() } }),
    onSuccess: forgetEvaluations,
    onError: tell.failure,
  });
  const attach = useMutation({
    mutationFn: (file: File) =>
      api.addIssueFile({
        params: { id: issue.id },
        query: words.trim() === "" ? {} : { words: words.trim().slice(0, 1000) },
        file: { blob: file, fileName: file.name },
      }),
    onSuccess: async () => {
      setWords("");
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  const lacking = (to: IssueState): string | null => {
    const rule = issueMoves.find((entry) => entry.from === issue.state && entry.to === to);
    if (rule?.needsOwner === true && (issue.owner === "" || issue.dueOn === null)) return t("issues.needsOwner");
    return rule?.needsNote === true && words.trim() === "" ? t("issues.needsNote") : null;
  };
  if (issue.moves.length === 0) return null;
  return (
    <section className="stack tight">
      <h3>{t("issues.act")}</h3>
      <Input.TextArea
        value={words}
        maxLength={4000}
        autoSize={{ minRows: 2, maxRows: 8 }}
        aria-label={t("issues.note")}
        placeholder={t("issues.note")}
        onChange={({ target }) => setWords(target.value)}
      />
      <div className="row">
        {issue.moves.map((to, at) => {
          const why = lacking(to);
          return (
            <Button
              key={to}
              type={at === 0 ? "primary" : "default"}
              disabled={why !== null}
              title={why ?? undefined}
              loading={move.isPending}
              onClick={() => move.mutate(to)}
            >
              {t(issue.state === "rectified" && to === "rectifying" ? "issueTo.again" : `issueTo.${to}`)}
            </Button>
          );
        })}
      </div>
      {issue.moves.map((to) => lacking(to)).find((why) => why !== null) === undefined ? null : (
        <p className="small soft">{issue.moves.map((to) => lacking(to)).find((why) => why !== null)}</p>
      )}
      <FileDrop
        label={t("issues.drop")}
        hint={t("self.dropHint")}
        accepts={fileTypes}
        maxBytes={fileBytes}
        isBusy={attach.isPending}
        isSmall
        onFile={(file) => attach.mutate(file)}
      />
    </section>
  );
}
