/** Where each school's return stands, who is late, and moving many at once. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { SchoolReturn } from "@xingfu/contract";
import { returnMoves, returnStates } from "@xingfu/domain/access";
import type { ReturnState } from "@xingfu/domain/access";
import { labelOf } from "@xingfu/standards";
import { Button, Checkbox, DatePicker, Input, Modal } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { districtOffset, moment } from "../../lib/format.ts";
import { forgetReturns, statesQuery } from "../../lib/query.ts";
import { useMay, useYear } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { DataTabs } from "./DataTabs.tsx";
import { StateMark } from "./StateMark.tsx";
import { statesSentence } from "./sentences.ts";
import "./returns.css";

export function States() {
  const { t } = useTranslation("returns");
  const year = useYear();
  const query = useQuery(statesQuery(year));
  return (
    <Page title={t("states.title")} subtitle={t("common:year.label", { from: year, to: year + 1 })} tabs={<DataTabs />}>
      <Loaded query={query} lines={9}>
        {({ deadline, schools }) => (
          <>
            <p className="answer">{statesSentence(schools, t)}</p>
            <Deadline key={deadline ?? ""} deadline={deadline} />
            <Board schools={schools} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Deadline({ deadline }: { readonly deadline: string | null }) {
  const { t } = useTranslation("returns");
  const year = useYear();
  const may = useMay();
  const tell = useTell();
  const [value, setValue] = useState<Dayjs | null>(deadline === null ? null : dayjs(moment(deadline)));
  const [isBusy, setBusy] = useState(false);
  const typed = value === null ? null : `${value.format("YYYY-MM-DDTHH:mm:00")}${districtOffset}`;
  const isChanged = (typed === null ? null : moment(typed)) !== (deadline === null ? null : moment(deadline));
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.setDeadline({ params: { year }, body: { deadline: typed } });
      tell.done(t("states.deadlineSet"));
      await forgetReturns();
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  if (!may("return.verify")) {
    return (
      <p className="soft">
        {deadline === null ? t("states.noDeadline") : t("states.deadline", { at: moment(deadline) })}
      </p>
    );
  }
  return (
    <div className="row no-print">
      <label className="row">
        {t("states.setDeadline")}
        <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" value={value} onChange={setValue} />
      </label>
      <Button disabled={!isChanged} loading={isBusy} onClick={() => void submit()}>
        {t("common:action.save")}
      </Button>
    </div>
  );
}

function Board({ schools }: { readonly schools: readonly SchoolReturn[] }) {
  const { t } = useTranslation("returns");
  const may = useMay();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [move, setMove] = useState<ReturnState | null>(null);
  const isVerifier = may("return.verify");
  const chosen = schools.filter((school) => picked.has(school.schoolCode));
  const possible = (["verified", "locked", "returned"] as const).filter(
    (to) =>
      chosen.length > 0 &&
      chosen.every((school) =>
        returnMoves.some((entry) => entry.from === school.state && entry.to === to && entry.action === "return.verify"),
      ),
  );
  const toggle = (code: string, isOn: boolean): void => {
    const next = new Set(picked);
    if (isOn) next.add(code);
    else next.delete(code);
    setPicked(next);
  };
  const columns: Column<SchoolReturn>[] = [
    {
      key: "school",
      header: t("states.school"),
      width: 230,
      value: (row) => row.school,
      render: (row) => (
        <span className="row" style={{ flexWrap: "nowrap" }}>
          {isVerifier ? (
            <Checkbox
              checked={picked.has(row.schoolCode)}
              aria-label={t("states.pick", { name: row.school })}
              onChange={(event) => toggle(row.schoolCode, event.target.checked)}
            />
          ) : null}
          <Link to="/data/states/$code" params={{ code: row.schoolCode }}>
            {row.school}
          </Link>
        </span>
      ),
    },
    {
      key: "state",
      header: t("states.state"),
      width: 110,
      value: (row) => t(`common:returnState.${row.state}`),
      rank: (row) => returnStates.indexOf(row.state),
      choices: returnStates.map((state) => ({
        value: t(`common:returnState.${state}`),
        label: t(`common:returnState.${state}`),
      })),
      render: (row) => <StateMark state={row.state} />,
    },
    {
      key: "late",
      header: t("states.late"),
      width: 96,
      value: (row) => row.isLate,
      choices: [
        { value: "true", label: t("states.isLate") },
        { value: "false", label: t("states.isNotLate") },
      ],
      render: (row) => (row.isLate ? <span className="verdict attention">{t("states.isLate")}</span> : null),
    },
    { key: "code", header: t("states.code"), width: 120, value: (row) => row.schoolCode, isHiddenAtFirst: true },
    { key: "type", header: t("states.type"), width: 120, value: (row) => labelOf("schoolTypes", row.type) },
    { key: "group", header: t("states.group"), width: 210, value: (row) => row.groupName },
    {
      key: "comments",
      header: t("states.comments"),
      width: 110,
      align: "end",
      kind: "number",
      value: (row) => row.openComments,
    },
    { key: "rows", header: t("states.rows"), width: 100, value: (row) => row.hasRows, isHiddenAtFirst: true },
    {
      key: "moved",
      header: t("states.moved"),
      width: 270,
      value: (row) => (row.moved === null ? null : `${moment(row.moved.at)} ${row.moved.name ?? ""}`),
    },
  ];
  return (
    <Sheet isFlush>
      <DataTable
        title={t("states.title")}
        rows={schools}
        columns={columns}
        rowKey={(row) => row.schoolCode}
        none={t("states.none")}
        maxHeight="min(70vh, 820px)"
        tools={
          isVerifier && chosen.length > 0 ? (
            <span className="row">
              <span className="soft">{t("states.picked", { count: chosen.length })}</span>
              {possible.map((to) => (
                <Button key={to} size="small" onClick={() => setMove(to)}>
                  {t(`states.to.${to}`)}
                </Button>
              ))}
              {possible.length === 0 ? <span className="soft small">{t("states.noMove")}</span> : null}
              <Button size="small" type="text" onClick={() => setPicked(new Set())}>
                {t("states.unpick")}
              </Button>
            </span>
          ) : undefined
        }
      />
      {move === null ? null : (
        <MoveDialog
          to={move}
          codes={chosen.map((school) => school.schoolCode)}
          onClose={(isDone) => {
            setMove(null);
            if (isDone) setPicked(new Set());
          }}
        />
      )}
    </Sheet>
  );
}

function MoveDialog({
  to,
  codes,
  onClose,
}: {
  readonly to: ReturnState;
  readonly codes: readonly string[];
  readonly onClose: (isDone: boolean) => void;
}) {
  const { t } = useTranslation("returns");
  const year = useYear();
  const tell = useTell();
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.moveReturns({ params: { year }, body: { schoolCodes: [...codes], to, note: note.trim() } });
      tell.done(t("states.movedMany", { count: codes.length, state: t(`common:returnState.${to}`) }));
      await forgetReturns();
      onClose(true);
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t(`states.toTitle.${to}`, { count: codes.length })}
      okText={t("common:action.confirm")}
      confirmLoading={isBusy}
      onOk={() => void submit()}
      onCancel={() => onClose(false)}
    >
      <Input.TextArea
        value={note}
        onChange={(event) => setNote(event.target.value)}
        placeholder={t(to === "returned" ? "states.noteReturn" : "states.note")}
        aria-label={t("states.note")}
        autoSize={{ minRows: 3, maxRows: 8 }}
        maxLength={2000}
      />
    </Modal>
  );
}
