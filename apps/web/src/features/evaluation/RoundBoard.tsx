/** Where every school of a round stands, who is late, and moving many at once. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { BoardRow, RefusedMove, Reminder, Round } from "@xingfu/contract";
import { evaluationMoves, evaluationStates } from "@xingfu/domain/scheme";
import type { EvaluationState } from "@xingfu/domain/scheme";
import { labelOf } from "@xingfu/standards";
import { Button, Checkbox, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { boardQuery, forgetEvaluations, remindersQuery } from "./asked.ts";
import { RoundFrame } from "./RoundFrame.tsx";
import { Progress } from "./Rounds.tsx";
import { boardSentence, stateCounts } from "./sentences.ts";
import { StateMark } from "./StateMark.tsx";

export function RoundBoard() {
  const { t } = useTranslation("evaluation");
  const id = Number(useParams({ from: "/inside/work/evaluation/rounds/$round" }).round);
  const query = useQuery(boardQuery(id));
  const may = useMay();
  return (
    <RoundFrame id={id} name={query.data?.round.name} year={query.data?.round.year}>
      <Loaded query={query} lines={10}>
        {({ round, rows }) => (
          <>
            <p className="answer">{boardSentence(rows, t)}</p>
            <Calendar round={round} />
            <Board id={id} rows={rows} />
            {may("evaluation.manage") ? <Reminders id={id} /> : null}
          </>
        )}
      </Loaded>
    </RoundFrame>
  );
}

function Calendar({ round }: { readonly round: Round }) {
  const { t } = useTranslation("evaluation");
  return (
    <Sheet>
      <div className="stack tight">
        <Progress states={round.states} schools={round.schools} />
        <p className="small soft">{stateCounts(round.states, t)}</p>
        <dl className="day-line">
          {(["selfEvaluationUntil", "reviewUntil", "onSiteUntil"] as const).map((day) => (
            <div key={day}>
              <dt>{t(`calendar.${day}`)}</dt>
              <dd>{round.calendar[day]}</dd>
            </div>
          ))}
          <div>
            <dt>{t("calendar.appealDays")}</dt>
            <dd>
              {round.calendar.appealDays === null
                ? t("scheme.noAppeal")
                : t("scheme.appealWords", { count: round.calendar.appealDays })}
            </dd>
          </div>
          <div>
            <dt>{t("calendar.scheme")}</dt>
            <dd>
              <Link to="/evaluation/schemes/$id/$version" params={{ id: round.scheme, version: round.schemeVersion }}>
                {round.schemeTitle} {round.schemeVersion}
              </Link>
            </dd>
          </div>
        </dl>
        {round.note === "" ? null : <p className="small">{round.note}</p>}
      </div>
    </Sheet>
  );
}

const doneOf = ({ done, of }: { readonly done: number; readonly of: number }): number | null =>
  of === 0 ? null : done / of;

function Done({ part }: { readonly part: { readonly done: number; readonly of: number } | null }) {
  if (part === null || part.of === 0) return <span className="faint">–</span>;
  return (
    <span className={part.done === part.of ? "done-of whole" : "done-of"}>
      {part.done} / {part.of}
    </span>
  );
}

/** Moves the commission can make for several schools at once. */
const manyMoves = evaluationMoves.filter((move) => move.by.includes("commission"));

function Board({ id, rows }: { readonly id: number; readonly rows: readonly BoardRow[] }) {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [move, setMove] = useState<EvaluationState | null>(null);
  const isManager = may("evaluation.manage");
  const chosen = rows.filter((row) => picked.has(row.schoolCode));
  const possible = evaluationStates.filter(
    (to) =>
      chosen.length > 0 &&
      chosen.every((row) => manyMoves.some((entry) => entry.from === row.state && entry.to === to)),
  );
  const toggle = (code: string, isOn: boolean): void => {
    const next = new Set(picked);
    if (isOn) next.add(code);
    else next.delete(code);
    setPicked(next);
  };
  const late = (row: BoardRow): string =>
    row.late === null ? "" : t("late.words", { what: t(`late.${row.late.what}`), days: row.late.days });
  const columns: Column<BoardRow>[] = [
    {
      key: "school",
      header: t("board.school"),
      width: 230,
      value: (row) => row.school,
      render: (row) => (
        <span className="row" style={{ flexWrap: "nowrap" }}>
          {isManager ? (
            <Checkbox
              checked={picked.has(row.schoolCode)}
              aria-label={t("board.pick", { name: row.school })}
              onChange={(event) => toggle(row.schoolCode, event.target.checked)}
            />
          ) : null}
          <Link to="/evaluation/schools/$id" params={{ id: String(row.evaluationId) }}>
            {row.school}
          </Link>
        </span>
      ),
    },
    {
      key: "state",
      header: t("board.state"),
      width: 116,
      value: (row) => t(`state.${row.state}`),
      rank: (row) => evaluationStates.indexOf(row.state),
      choices: evaluationStates
        .filter((state) => rows.some((row) => row.state === state))
        .map((state) => ({ value: t(`state.${state}`), label: t(`state.${state}`) })),
      render: (row) => <StateMark state={row.state} />,
    },
    {
      key: "isLate",
      header: t("board.late"),
      width: 190,
      value: (row) => late(row),
      rank: (row) => (row.late === null ? null : -row.late.days),
      render: (row) => (row.late === null ? null : <span className="verdict attention">{late(row)}</span>),
    },
    {
      key: "onlyLate",
      header: t("board.onlyLate"),
      width: 90,
      isHiddenAtFirst: true,
      value: (row) => row.late !== null,
      choices: [
        { value: "true", label: t("board.isLate") },
        { value: "false", label: t("board.isNotLate") },
      ],
    },
    { key: "type", header: t("board.type"), width: 120, value: (row) => labelOf("schoolTypes", row.type) },
    {
      key: "self",
      header: t("board.self"),
      width: 90,
      align: "end",
      value: (row) => `${row.self.done} / ${row.self.of}`,
      rank: (row) => doneOf(row.self),
      render: (row) => <Done part={row.self} />,
    },
    {
      key: "evidence",
      header: t("board.evidence"),
      width: 90,
      align: "end",
      value: (row) => `${row.evidence.done} / ${row.evidence.of}`,
      rank: (row) => doneOf(row.evidence),
      render: (row) => <Done part={row.evidence} />,
    },
    {
      key: "review",
      header: t("board.review"),
      width: 90,
      align: "end",
      value: (row) => (row.review === null ? null : `${row.review.done} / ${row.review.of}`),
      rank: (row) => (row.review === null ? null : doneOf(row.review)),
      render: (row) => <Done part={row.review} />,
    },
    {
      key: "inspectors",
      header: t("board.inspectors"),
      width: 150,
      value: (row) => row.inspectors.map((inspector) => inspector.name).join(t("common:list.comma")),
    },
    {
      key: "issues",
      header: t("board.issues"),
      width: 90,
      align: "end",
      kind: "number",
      value: (row) => row.openIssues,
    },
    {
      key: "overdue",
      header: t("board.overdue"),
      width: 90,
      align: "end",
      kind: "number",
      isHiddenAtFirst: true,
      value: (row) => row.overdueIssues,
    },
    {
      key: "setApart",
      header: t("board.setApart"),
      width: 110,
      align: "end",
      kind: "number",
      isHiddenAtFirst: true,
      value: (row) => row.setApart,
    },
    { key: "band", header: t("board.band"), width: 90, value: (row) => row.band?.label ?? null },
    { key: "group", header: t("board.group"), width: 180, isHiddenAtFirst: true, value: (row) => row.groupName },
    {
      key: "since",
      header: t("board.since"),
      width: 150,
      isHiddenAtFirst: true,
      value: (row) => (row.since === null ? null : moment(row.since)),
    },
    { key: "code", header: t("board.code"), width: 120, isHiddenAtFirst: true, value: (row) => row.schoolCode },
  ];
  return (
    <Sheet isFlush>
      <DataTable
        title={t("board.title")}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.schoolCode}
        none={t("board.none")}
        maxHeight="min(70vh, 820px)"
        tools={
          isManager ? (
            <span className="row">
              {chosen.length === 0 ? (
                <Button size="small" onClick={() => setPicked(new Set(rows.map((row) => row.schoolCode)))}>
                  {t("board.pickAll")}
                </Button>
              ) : (
                <>
                  <span className="soft">{t("board.picked", { count: chosen.length })}</span>
                  {possible.map((to) => (
                    <Button key={to} size="small" onClick={() => setMove(to)}>
                      {t(`moveTo.${to}`)}
                    </Button>
                  ))}
                  {possible.length === 0 ? <span className="soft small">{t("board.noMove")}</span> : null}
                  <Button size="small" type="text" onClick={() => setPicked(new Set())}>
                    {t("board.unpick")}
                  </Button>
                </>
              )}
            </span>
          ) : undefined
        }
      />
      {move === null ? null : (
        <MoveMany
          id={id}
          to={move}
          rows={chosen}
          onClose={(isDone) => {
            setMove(null);
            if (isDone) setPicked(new Set());
          }}
        />
      )}
    </Sheet>
  );
}

function MoveMany({
  id,
  to,
  rows,
  onClose,
}: {
  readonly id: number;
  readonly to: EvaluationState;
  readonly rows: readonly BoardRow[];
  readonly onClose: (isDone: boolean) => void;
}) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [reason, setReason] = useState("");
  const [refused, setRefused] = useState<readonly RefusedMove[]>([]);
  const needsReason = rows.some((row) =>
    manyMoves.some((entry) => entry.from === row.state && entry.to === to && entry.needsReason),
  );
  const move = useMutation({
    mutationFn: () =>
      api.moveEvaluations({
        params: { id },
        body: { schoolCodes: rows.map((row) => row.schoolCode), to, reason: reason.trim() },
      }),
    onSuccess: async (reply) => {
      await forgetEvaluations();
      if (reply.moved.length > 0) tell.done(t("board.moved", { count: reply.moved.length, state: t(`state.${to}`) }));
      if (reply.refused.length === 0) onClose(true);
      else setRefused(reply.refused);
    },
    onError: tell.failure,
  });
  return (
    <Modal
      open
      title={t("board.moveTitle", { count: rows.length, state: t(`state.${to}`) })}
      okText={refused.length > 0 ? t("common:action.close") : t("common:action.confirm")}
      confirmLoading={move.isPending}
      okButtonProps={{ disabled: needsReason && reason.trim() === "" && refused.length === 0 }}
      onOk={() => (refused.length > 0 ? onClose(true) : move.mutate())}
      onCancel={() => onClose(refused.length > 0)}
    >
      {refused.length > 0 ? (
        <div className="note" role="alert">
          <p>{t("board.refused", { count: refused.length })}</p>
          <ul className="problem-list">
            {refused.map((row) => (
              <li key={row.schoolCode}>
                {row.school}
                {t("common:list.colon")}
                {t(`refusal.${row.why}`)}
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <Input.TextArea
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          placeholder={t(needsReason ? "moves.reasonNeeded" : "moves.reason")}
          aria-label={t("moves.reason")}
          autoSize={{ minRows: 3, maxRows: 8 }}
          maxLength={2000}
        />
      )}
    </Modal>
  );
}

/** Who is to be reminded of what, longest first. */
function Reminders({ id }: { readonly id: number }) {
  const { t } = useTranslation("evaluation");
  const query = useQuery(remindersQuery(id));
  const columns: Column<Reminder>[] = [
    {
      key: "school",
      header: t("board.school"),
      width: 240,
      value: (row) => row.school,
      render: (row) => (
        <Link to="/evaluation/schools/$id" params={{ id: String(row.evaluationId) }}>
          {row.school}
        </Link>
      ),
    },
    {
      key: "whom",
      header: t("reminders.whom"),
      width: 200,
      value: (row) =>
        [t(`whom.${row.whom}`), row.names.join(t("common:list.comma"))].filter((text) => text !== "").join(" · "),
    },
    { key: "what", header: t("reminders.what"), width: 160, value: (row) => t(`late.${row.late.what}`) },
    { key: "due", header: t("reminders.due"), width: 120, kind: "date", value: (row) => row.late.due },
    {
      key: "days",
      header: t("reminders.days"),
      width: 100,
      align: "end",
      kind: "number",
      value: (row) => row.late.days,
    },
  ];
  return (
    <Sheet title={t("reminders.title")} aside={t("reminders.hint")} isFlush>
      <Loaded query={query} lines={3}>
        {({ reminders }) => (
          <DataTable
            title={t("reminders.title")}
            rows={reminders}
            columns={columns}
            rowKey={(row) => `${row.evaluationId} ${row.late.what} ${row.whom} ${row.issueId ?? ""}`}
            none={t("reminders.none")}
            maxHeight="420px"
          />
        )}
      </Loaded>
    </Sheet>
  );
}
