/** The commission settles what its party says: raters side by side, the school's own view beside them, what to talk about first. */

import { useMutation, useQuery } from "@tanstack/react-query";
import type { EvaluationReply, Judgement, ModerationReply } from "@xingfu/contract";
import { Checkbox, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment, percent } from "../../lib/format.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { forgetEvaluations, moderationQuery, reviewQuery } from "./asked.ts";
import { EvaluationFrame, useEvaluationId } from "./EvaluationFrame.tsx";
import { JudgementField, ruleOf, useJudgementWords } from "./JudgementField.tsx";
import { Sides } from "./Sides.tsx";
import { bandLabel, partyLabel } from "./scheme-words.ts";

type Leaf = ModerationReply["leaves"][number];

/** Raters whose shares lie this far apart are talked about first; a level of the usual four lies 0.2–0.3 from the next. */
const wideSpread = 0.25;

export function Moderation() {
  const id = useEvaluationId();
  const query = useQuery(moderationQuery(id));
  return (
    <EvaluationFrame>
      {(reply) => (
        <Loaded query={query} lines={10}>
          {(moderation) => <Settle reply={reply} moderation={moderation} />}
        </Loaded>
      )}
    </EvaluationFrame>
  );
}

/** Why a leaf should be talked about; null = it need not. */
function reasonOf(leaf: Leaf): "spread" | "flag" | "open" | null {
  if (leaf.moderated !== null) return null;
  if (leaf.spread !== null && leaf.spread >= wideSpread) return "spread";
  if (leaf.isFlagged) return "flag";
  return leaf.ratings.length === 0 && leaf.external === null ? "open" : null;
}

function Settle({ reply, moderation }: { readonly reply: EvaluationReply; readonly moderation: ModerationReply }) {
  const { t } = useTranslation("evaluation");
  const { scheme } = reply;
  const { leaves, scorecard, isOpen } = moderation;
  const words = useJudgementWords();
  const [opened, setOpened] = useState<Leaf | null>(null);
  const nodes = new Map(scheme.nodes.map((node) => [node.id, node]));
  const toTalk = leaves.filter((leaf) => reasonOf(leaf) !== null);
  const settled = leaves.filter((leaf) => leaf.moderated !== null).length;
  const columns: Column<Leaf>[] = [
    {
      key: "place",
      header: t("scheme.node"),
      width: 250,
      value: (row) => `${row.place} ${nodes.get(row.place)?.label ?? ""}`,
      render: (row) => (
        <button type="button" className="link-button" onClick={() => setOpened(row)}>
          {row.place} {nodes.get(row.place)?.label}
        </button>
      ),
    },
    { key: "party", header: t("assign.party"), width: 130, value: (row) => partyLabel(scheme.parties, row.party) },
    {
      key: "why",
      header: t("moderation.why"),
      width: 150,
      value: (row) => {
        const why = reasonOf(row);
        return why === null ? null : t(`moderation.reason.${why}`);
      },
      choices: (["spread", "flag", "open"] as const).map((why) => ({
        value: t(`moderation.reason.${why}`),
        label: t(`moderation.reason.${why}`),
      })),
      render: (row) => {
        const why = reasonOf(row);
        return why === null ? null : <span className="verdict attention">{t(`moderation.reason.${why}`)}</span>;
      },
    },
    {
      key: "sides",
      header: t("moderation.sides"),
      width: 236,
      value: (row) => row.external,
      render: (row) => <Sides self={row.self} external={row.external} isFlagged={row.isFlagged} />,
    },
    {
      key: "ratings",
      header: t("moderation.ratings"),
      width: 250,
      isWrapped: true,
      value: (row) =>
        row.ratings
          .map((rating) => {
            const node = nodes.get(row.place);
            const said = rating.judgement.kind === "survey" ? null : rating.judgement;
            return `${rating.inspector} ${words(node === undefined ? null : ruleOf(node, row.party), said)}`;
          })
          .join(t("common:list.comma")),
    },
    {
      key: "spread",
      header: t("moderation.spread"),
      width: 90,
      align: "end",
      kind: "share",
      value: (row) => row.spread,
      render: (row) => (row.spread === null ? "–" : percent(row.spread, 0)),
    },
    {
      key: "settled",
      header: t("moderation.settled"),
      width: 180,
      value: (row) => {
        const node = nodes.get(row.place);
        const said = row.moderated?.judgement;
        if (said === undefined || said.kind === "survey") return null;
        return words(node === undefined ? null : ruleOf(node, row.party), said);
      },
    },
  ];
  return (
    <>
      <p className="answer">
        {t("moderation.answer", {
          talk: toTalk.length,
          leaves: leaves.length,
          settled,
          band:
            scorecard.band === null
              ? t("moderation.openBand", {
                  low: percent(scorecard.low / scorecard.maximum, 0),
                  high: percent(scorecard.high / scorecard.maximum, 0),
                })
              : bandLabel(scheme, scorecard.band),
        })}
      </p>
      {isOpen ? null : <p className="note plain">{t("moderation.closed")}</p>}
      <Sheet isFlush>
        <DataTable
          title={t("one.tab.moderation")}
          rows={toTalk.concat(leaves.filter((leaf) => reasonOf(leaf) === null))}
          columns={columns}
          rowKey={(row) => `${row.place} ${row.party}`}
          rowHeight={46}
          none={t("moderation.none")}
        />
      </Sheet>
      <Vetoes reply={reply} />
      {moderation.setApart.length === 0 ? null : (
        <Sheet
          title={t("moderation.setApart", { count: moderation.setApart.length })}
          aside={t("moderation.setApartHint")}
        >
          <ul className="stack tight">
            {moderation.setApart.map((entry) => (
              <li key={entry.id} className="small">
                {entry.place} {nodes.get(entry.place)?.label} · {entry.inspector} · {t(`method.${entry.method}`)} ·{" "}
                {moment(entry.savedAt)}
                {entry.words === "" ? null : <span className="quoted block">{entry.words}</span>}
              </li>
            ))}
          </ul>
        </Sheet>
      )}
      {opened === null ? null : (
        <LeafDialog
          key={`${opened.place} ${opened.party}`}
          reply={reply}
          leaf={leaves.find((leaf) => leaf.place === opened.place && leaf.party === opened.party) ?? opened}
          isOpen={isOpen}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  );
}

function LeafDialog({
  reply,
  leaf,
  isOpen,
  onClose,
}: {
  readonly reply: EvaluationReply;
  readonly leaf: Leaf;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const words = useJudgementWords();
  const node = reply.scheme.nodes.find((candidate) => candidate.id === leaf.place);
  const rule = node === undefined ? null : ruleOf(node, leaf.party);
  const before = leaf.moderated?.judgement;
  const [judgement, setJudgement] = useState<Judgement | null>(
    before === undefined || before.kind === "survey" ? null : before,
  );
  const [reason, setReason] = useState(leaf.moderated?.reason ?? "");
  const settle = useMutation({
    mutationFn: (said: Judgement | null) =>
      api.moderateLeaf({
        params: { id: reply.evaluation.id, place: leaf.place, party: leaf.party },
        body: {
          judgement: said,
          reason: reason.trim() === "" ? t("moderation.takenBack") : reason.trim(),
          revision: leaf.moderated?.revision ?? 0,
        },
      }),
    onSuccess: async () => {
      await forgetEvaluations();
      onClose();
    },
    onError: async (error) => {
      tell.failure(error);
      await forgetEvaluations();
    },
  });
  return (
    <Modal
      open
      width={720}
      title={`${leaf.place} ${node?.label ?? ""} · ${partyLabel(reply.scheme.parties, leaf.party)}`}
      okText={t("moderation.settle")}
      okButtonProps={{ disabled: !isOpen || judgement === null || reason.trim() === "" }}
      confirmLoading={settle.isPending}
      onOk={() => settle.mutate(judgement)}
      onCancel={onClose}
    >
      <div className="stack">
        <Sides self={leaf.self} external={leaf.external} isFlagged={leaf.isFlagged} isLabelled />
        <ul className="stack tight">
          {leaf.ratings.map((rating) => (
            <li key={rating.accountId}>
              <strong>{rating.inspector}</strong> · {t(`method.${rating.method}`)} ·{" "}
              {rating.judgement.kind === "survey" ? "–" : words(rule, rating.judgement)}
              {rating.words === "" ? null : <span className="quoted block">{rating.words}</span>}
            </li>
          ))}
        </ul>
        {rule === null ? null : (
          <JudgementField
            rule={rule}
            value={judgement}
            name={`settle-${leaf.place}`}
            label={t("moderation.settled")}
            isOpen={isOpen}
            onChange={setJudgement}
          />
        )}
        <Input.TextArea
          value={reason}
          maxLength={2000}
          disabled={!isOpen}
          autoSize={{ minRows: 2, maxRows: 8 }}
          aria-label={t("moderation.reasonOf")}
          placeholder={t("moderation.reasonOf")}
          onChange={({ target }) => setReason(target.value)}
        />
        {leaf.moderated === null ? null : (
          <p className="small soft">
            {t("moderation.by", { name: leaf.moderated.by.name ?? "", at: moment(leaf.moderated.by.at) })}{" "}
            {isOpen ? (
              <button type="button" className="link-button" onClick={() => settle.mutate(null)}>
                {t("moderation.takeBack")}
              </button>
            ) : null}
          </p>
        )}
      </div>
    </Modal>
  );
}

/** Facts that hold a result down: each has occurred, has not, or has not been checked. */
function Vetoes({ reply }: { readonly reply: EvaluationReply }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const { evaluation, scheme } = reply;
  const query = useQuery(reviewQuery(evaluation.id));
  const set = useMutation({
    mutationFn: ({ veto, hasOccurred }: { readonly veto: string; readonly hasOccurred: boolean | null }) =>
      api.setVeto({ params: { id: evaluation.id, veto }, body: { hasOccurred, words: "" } }),
    onSuccess: forgetEvaluations,
    onError: tell.failure,
  });
  if (scheme.vetoes.length === 0) return null;
  return (
    <Sheet title={t("scheme.vetoes")} aside={t("moderation.vetoHint")}>
      <Loaded query={query} lines={3}>
        {({ vetoes }) => (
          <ul className="stack tight">
            {scheme.vetoes.map((veto) => {
              const found = vetoes.find((entry) => entry.veto === veto.id);
              return (
                <li key={veto.id} className="row apart">
                  <span>
                    {veto.label}{" "}
                    <span className="small soft">
                      {found?.by == null ? t("moderation.unchecked") : `${found.by.name ?? ""} ${moment(found.by.at)}`}
                    </span>
                  </span>
                  <span className="row">
                    {([false, true] as const).map((hasOccurred) => (
                      <Checkbox
                        key={String(hasOccurred)}
                        checked={found?.hasOccurred === hasOccurred}
                        aria-label={`${veto.label} ${t(hasOccurred ? "moderation.occurred" : "moderation.notOccurred")}`}
                        onChange={({ target }) =>
                          set.mutate({ veto: veto.id, hasOccurred: target.checked ? hasOccurred : null })
                        }
                      >
                        {t(hasOccurred ? "moderation.occurred" : "moderation.notOccurred")}
                      </Checkbox>
                    ))}
                  </span>
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </Sheet>
  );
}
