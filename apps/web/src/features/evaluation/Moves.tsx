/** The moves a person can make with an evaluation now, each asked for once more, with a reason where one is needed. */

import { useMutation } from "@tanstack/react-query";
import type { Evaluation } from "@xingfu/contract";
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { useTell } from "../../ui/tell.ts";
import { forgetEvaluations } from "./asked.ts";

type Move = Evaluation["moves"][number];

/** Moves that other pages make with a form of their own. */
const elsewhere = new Set(["appeal"]);

export function MoveButtons({
  evaluation,
  children,
}: {
  readonly evaluation: Evaluation;
  readonly children?: ReactNode;
}) {
  const { t } = useTranslation("evaluation");
  const [asked, setAsked] = useState<Move | null>(null);
  const moves = evaluation.moves.filter((move) => !elsewhere.has(move.to) && evaluation.state !== "appeal");
  return (
    <>
      {moves.map((move, at) => (
        <Button
          key={`${move.to} ${move.by}`}
          type={at === 0 && !move.needsReason ? "primary" : "default"}
          onClick={() => setAsked(move)}
        >
          {t(moveKey(evaluation, move))}
        </Button>
      ))}
      {asked === null ? null : (
        <MoveDialog evaluation={evaluation} move={asked} onClose={() => setAsked(null)}>
          {children}
        </MoveDialog>
      )}
    </>
  );
}

/** The words of a move: a step back is called otherwise than the same state reached forwards. */
export function moveKey({ state }: Evaluation, { to, by }: Move): string {
  if (to === "selfEvaluation" && state === "submitted") return "moveBack.selfEvaluation";
  if (to === "onSite" && state === "moderated") return "moveBack.onSite";
  if (to === "decided" && state === "published") return "moveBack.decided";
  if (to === "decided" && by === "school") return "moveTo.accept";
  return `moveTo.${to}`;
}

export function MoveDialog({
  evaluation,
  move,
  onClose,
  children,
}: {
  readonly evaluation: Evaluation;
  readonly move: Move;
  readonly onClose: () => void;
  /** said before one confirms: what is still missing */
  readonly children?: ReactNode;
}) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [reason, setReason] = useState("");
  const go = useMutation({
    mutationFn: () =>
      api.moveEvaluation({
        params: { id: evaluation.id },
        body: { to: move.to, from: evaluation.state, reason: reason.trim() },
      }),
    onSuccess: async (after) => {
      tell.done(t("moves.done", { school: after.school, state: t(`state.${after.state}`) }));
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
      title={t("moves.title", { move: t(moveKey(evaluation, move)), school: evaluation.school })}
      okText={t(moveKey(evaluation, move))}
      okButtonProps={{ disabled: move.needsReason && reason.trim() === "" }}
      confirmLoading={go.isPending}
      onOk={() => go.mutate()}
      onCancel={onClose}
    >
      <div className="stack tight">
        {children}
        <p>{t(`moveHint.${move.to}`)}</p>
        <Input.TextArea
          value={reason}
          maxLength={2000}
          autoSize={{ minRows: 2, maxRows: 8 }}
          aria-label={t("moves.reason")}
          placeholder={t(move.needsReason ? "moves.reasonNeeded" : "moves.reason")}
          onChange={({ target }) => setReason(target.value)}
        />
      </div>
    </Modal>
  );
}
