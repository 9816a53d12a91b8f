/** Who reviews which school: a plan without conflicts and with balanced load, taken over or made by hand. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { Assignment, AssignmentPlan, Inspector, RoundReply } from "@xingfu/contract";
import { Button, Checkbox, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { assignmentsQuery, boardQuery, forgetEvaluations, inspectorsQuery, roundQuery } from "./asked.ts";
import { RoundFrame } from "./RoundFrame.tsx";
import { partyLabel } from "./scheme-words.ts";

export function RoundInspectors() {
  const { t } = useTranslation("evaluation");
  const id = Number(useParams({ from: "/inside/work/evaluation/rounds/$round/inspectors" }).round);
  const round = useQuery(roundQuery(id));
  const inspectors = useQuery(inspectorsQuery(id));
  const assignments = useQuery(assignmentsQuery(id));
  return (
    <RoundFrame
      id={id}
      name={round.data?.round.name}
      year={round.data?.round.year}
      actions={
        <Link to="/evaluation/conflicts" className="button">
          {t("tab.conflicts")}
        </Link>
      }
    >
      <Loaded query={round} lines={4}>
        {(reply) => (
          <Loaded query={inspectors} lines={8}>
            {({ inspectors: people }) => (
              <Loaded query={assignments} lines={8}>
                {({ assignments: all }) => <Everybody id={id} reply={reply} people={people} assignments={all} />}
              </Loaded>
            )}
          </Loaded>
        )}
      </Loaded>
    </RoundFrame>
  );
}

/** External parties whose ratings are a person's judgement: those inspectors rate for. */
function reviewParties({ scheme }: RoundReply): readonly string[] {
  return scheme.parties
    .filter((party) => !party.isSelf)
    .map((party) => party.id)
    .filter((party) =>
      scheme.nodes.some((node) =>
        node.leaf?.raters.some((rater) => rater.party === party && rater.rule.kind !== "survey"),
      ),
    );
}

function Everybody({
  id,
  reply,
  people,
  assignments,
}: {
  readonly id: number;
  readonly reply: RoundReply;
  readonly people: readonly Inspector[];
  readonly assignments: readonly Assignment[];
}) {
  const { t } = useTranslation("evaluation");
  const standing = assignments.filter((entry) => entry.withdrawn === null);
  const covered = new Map<string, number>();
  for (const { schoolCode } of standing) covered.set(schoolCode, (covered.get(schoolCode) ?? 0) + 1);
  const { schools, ratersPerSchool } = reply.round;
  const enough = [...covered.values()].filter((count) => count >= ratersPerSchool).length;
  const loads = people.map((person) => person.schools);
  return (
    <>
      <p className="answer">
        {standing.length === 0
          ? t("assign.answerNone", { schools, inspectors: people.length, raters: ratersPerSchool })
          : t("assign.answer", {
              inspectors: loads.filter((load) => load > 0).length,
              enough,
              schools,
              raters: ratersPerSchool,
              least: Math.min(...loads.filter((load) => load > 0)),
              most: Math.max(...loads),
            })}
      </p>
      <Proposal id={id} reply={reply} people={people} hasSome={standing.length > 0} />
      <People people={people} />
      <Assignments id={id} reply={reply} assignments={assignments} people={people} />
    </>
  );
}

function Proposal({
  id,
  reply,
  people,
  hasSome,
}: {
  readonly id: number;
  readonly reply: RoundReply;
  readonly people: readonly Inspector[];
  readonly hasSome: boolean;
}) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const parties = reviewParties(reply);
  const [party, setParty] = useState(parties[0] ?? "");
  const [raters, setRaters] = useState(reply.round.ratersPerSchool);
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const [seed, setSeed] = useState(1);
  const plan = useMutation({
    mutationFn: (next: number) =>
      api.planAssignments({
        params: { id },
        body: {
          party,
          ratersPerSchool: raters,
          seed: next,
          accountIds: people.filter((person) => !left.has(person.accountId)).map((person) => person.accountId),
        },
      }),
    onSuccess: (_, next) => setSeed(next),
    onError: tell.failure,
  });
  const assign = useMutation({
    mutationFn: (proposed: AssignmentPlan) =>
      api.assignInspectors({
        params: { id },
        body: {
          assignments: proposed.assignments.map(({ schoolCode, accountId, party: of }) => ({
            schoolCode,
            accountId,
            party: of,
          })),
        },
      }),
    onSuccess: async (done) => {
      tell.done(t("assign.done", { count: done.assignments.length }));
      plan.reset();
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  const proposed = plan.data;
  return (
    <Sheet title={t("assign.propose")} aside={t("assign.proposeHint")}>
      <div className="stack">
        <div className="row gap-m">
          <label className="row">
            {t("assign.party")}
            <Select
              value={party}
              style={{ minWidth: 160 }}
              options={parties.map((value) => ({ value, label: partyLabel(reply.scheme.parties, value) }))}
              onChange={setParty}
              aria-label={t("assign.party")}
            />
          </label>
          <label className="row">
            {t("plan.raters")}
            <InputNumber<number> min={1} max={9} value={raters} onChange={(count) => setRaters(count ?? 1)} />
          </label>
          <Button
            type={hasSome ? "default" : "primary"}
            loading={plan.isPending}
            disabled={party === "" || people.length === left.size}
            onClick={() => plan.mutate(proposed === undefined ? seed : seed + 1)}
          >
            {t(proposed === undefined ? "assign.run" : "assign.runAgain")}
          </Button>
        </div>
        <div className="chips" role="group" aria-label={t("assign.who")}>
          {people.map((person) => (
            <Checkbox
              key={person.accountId}
              className="chip"
              checked={!left.has(person.accountId)}
              onChange={({ target }) => {
                const next = new Set(left);
                if (target.checked) next.delete(person.accountId);
                else next.add(person.accountId);
                setLeft(next);
              }}
            >
              {person.name}
            </Checkbox>
          ))}
        </div>
        {proposed === undefined ? null : (
          <div className="stack tight" aria-live="polite">
            <p>
              {t("assign.proposed", {
                count: proposed.assignments.length,
                least: Math.min(...proposed.load.map((entry) => entry.schools)),
                most: Math.max(...proposed.load.map((entry) => entry.schools)),
              })}{" "}
              {t(proposed.connectedGroups === 1 ? "assign.connected" : "assign.unconnected", {
                count: proposed.connectedGroups,
              })}
            </p>
            {proposed.short.length === 0 ? null : (
              <p className="note">
                {t("assign.short", {
                  schools: proposed.short
                    .map(({ school, missing }) => `${school} (${missing})`)
                    .join(t("common:list.comma")),
                })}
              </p>
            )}
            <div className="row">
              <Button
                type="primary"
                loading={assign.isPending}
                disabled={proposed.assignments.length === 0}
                onClick={() => assign.mutate(proposed)}
              >
                {t("assign.take", { count: proposed.assignments.length })}
              </Button>
              <Button onClick={() => plan.reset()}>{t("common:action.cancel")}</Button>
            </div>
          </div>
        )}
      </div>
    </Sheet>
  );
}

function People({ people }: { readonly people: readonly Inspector[] }) {
  const { t } = useTranslation("evaluation");
  const most = Math.max(1, ...people.map((person) => person.schools));
  const columns: Column<Inspector>[] = [
    { key: "name", header: t("assign.inspector"), width: 150, value: (row) => row.name },
    {
      key: "schools",
      header: t("assign.load"),
      width: 260,
      value: (row) => row.schools,
      render: (row) => (
        <span className="load-bar">
          <span style={{ width: `${(row.schools / most) * 70}%` }} aria-hidden="true" />
          {row.schools}
        </span>
      ),
    },
    {
      key: "finished",
      header: t("assign.finished"),
      width: 120,
      align: "end",
      kind: "number",
      value: (row) => row.finished,
    },
    {
      key: "conflicts",
      header: t("tab.conflicts"),
      width: 420,
      isWrapped: true,
      value: (row) =>
        row.conflicts
          .map((conflict) => `${conflict.school} (${t(`conflictKind.${conflict.kind}`)})`)
          .join(t("common:list.comma")),
    },
  ];
  return (
    <Sheet title={t("assign.people")} isFlush>
      <DataTable
        title={t("assign.people")}
        rows={people}
        columns={columns}
        rowKey={(row) => String(row.accountId)}
        none={t("assign.nobody")}
        maxHeight="420px"
      />
    </Sheet>
  );
}

function Assignments({
  id,
  reply,
  assignments,
  people,
}: {
  readonly id: number;
  readonly reply: RoundReply;
  readonly assignments: readonly Assignment[];
  readonly people: readonly Inspector[];
}) {
  const { t } = useTranslation("evaluation");
  const [withdrawn, setWithdrawn] = useState<Assignment | null>(null);
  const columns: Column<Assignment>[] = [
    { key: "school", header: t("board.school"), width: 240, value: (row) => row.school },
    { key: "inspector", header: t("assign.inspector"), width: 130, value: (row) => row.inspector },
    {
      key: "party",
      header: t("assign.party"),
      width: 140,
      value: (row) => partyLabel(reply.scheme.parties, row.party),
    },
    {
      key: "rated",
      header: t("board.review"),
      width: 110,
      align: "end",
      value: (row) => `${row.rated} / ${row.of}`,
      rank: (row) => row.rated,
    },
    {
      key: "state",
      header: t("assign.state"),
      width: 240,
      value: (row) =>
        row.withdrawn === null ? t("assign.standing") : t("assign.withdrawn", { reason: row.withdrawn.reason }),
    },
    {
      key: "act",
      header: t("assign.act"),
      width: 110,
      isUnsorted: true,
      value: () => null,
      render: (row) =>
        row.withdrawn === null ? (
          <Button size="small" onClick={() => setWithdrawn(row)} aria-label={t("assign.withdrawOf", row)}>
            {t("assign.withdraw")}
          </Button>
        ) : null,
    },
  ];
  return (
    <Sheet title={t("assign.list")} isFlush>
      <DataTable
        title={t("assign.list")}
        rows={assignments}
        columns={columns}
        rowKey={(row) => String(row.id)}
        none={t("assign.none")}
        tools={<ByHand id={id} reply={reply} people={people} />}
      />
      {withdrawn === null ? null : <Withdraw assignment={withdrawn} onClose={() => setWithdrawn(null)} />}
    </Sheet>
  );
}

/** One more inspector for one school. */
function ByHand({
  id,
  reply,
  people,
}: {
  readonly id: number;
  readonly reply: RoundReply;
  readonly people: readonly Inspector[];
}) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [isOpen, setOpen] = useState(false);
  const board = useQuery({ ...boardQuery(id), enabled: isOpen });
  const parties = reviewParties(reply);
  const [school, setSchool] = useState<string | null>(null);
  const [account, setAccount] = useState<number | null>(null);
  const [party, setParty] = useState(parties[0] ?? "");
  const person = people.find((entry) => entry.accountId === account);
  const conflict = person?.conflicts.find((entry) => entry.schoolCode === school);
  const assign = useMutation({
    mutationFn: () =>
      api.assignInspectors({
        params: { id },
        body: {
          assignments: school === null || account === null ? [] : [{ schoolCode: school, accountId: account, party }],
        },
      }),
    onSuccess: async () => {
      setOpen(false);
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t("assign.byHand")}
      </Button>
      <Modal
        open={isOpen}
        title={t("assign.byHand")}
        okText={t("common:action.confirm")}
        okButtonProps={{ disabled: school === null || account === null || conflict !== undefined }}
        confirmLoading={assign.isPending}
        onOk={() => assign.mutate()}
        onCancel={() => setOpen(false)}
      >
        <div className="stack tight">
          <Select
            aria-label={t("board.school")}
            placeholder={t("board.school")}
            value={school}
            loading={board.isPending}
            showSearch={{ optionFilterProp: "label" }}
            options={(board.data?.rows ?? []).map((row) => ({ value: row.schoolCode, label: row.school }))}
            onChange={setSchool}
          />
          <Select
            aria-label={t("assign.inspector")}
            placeholder={t("assign.inspector")}
            value={account}
            showSearch={{ optionFilterProp: "label" }}
            options={people.map((entry) => ({ value: entry.accountId, label: `${entry.name} (${entry.schools})` }))}
            onChange={setAccount}
          />
          <Select
            aria-label={t("assign.party")}
            value={party}
            options={parties.map((value) => ({ value, label: partyLabel(reply.scheme.parties, value) }))}
            onChange={setParty}
          />
          {conflict === undefined ? null : (
            <p className="field-problem" role="alert">
              {t("assign.mustKeepAway", { kind: t(`conflictKind.${conflict.kind}`) })}
            </p>
          )}
        </div>
      </Modal>
    </>
  );
}

function Withdraw({ assignment, onClose }: { readonly assignment: Assignment; readonly onClose: () => void }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [reason, setReason] = useState("");
  const [keepsEntries, setKeeps] = useState(true);
  const withdraw = useMutation({
    mutationFn: () =>
      api.withdrawAssignment({ params: { id: assignment.id }, body: { reason: reason.trim(), keepsEntries } }),
    onSuccess: async () => {
      await forgetEvaluations();
      onClose();
    },
    onError: tell.failure,
  });
  return (
    <Modal
      open
      title={t("assign.withdrawOf", assignment)}
      okText={t("assign.withdraw")}
      okButtonProps={{ disabled: reason.trim() === "" }}
      confirmLoading={withdraw.isPending}
      onOk={() => withdraw.mutate()}
      onCancel={onClose}
    >
      <div className="stack tight">
        <Input.TextArea
          value={reason}
          maxLength={500}
          autoSize={{ minRows: 2 }}
          placeholder={t("moves.reasonNeeded")}
          aria-label={t("moves.reason")}
          onChange={({ target }) => setReason(target.value)}
        />
        <Checkbox checked={keepsEntries} onChange={({ target }) => setKeeps(target.checked)}>
          {t("assign.keeps")}
        </Checkbox>
        <p className="small soft">{t("assign.withdrawHint")}</p>
      </div>
    </Modal>
  );
}
