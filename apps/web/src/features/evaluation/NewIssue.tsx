/** A finding that goes into the rectification ledger (问题台账). */

import { useMutation } from "@tanstack/react-query";
import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { useTell } from "../../ui/tell.ts";
import { forgetEvaluations } from "./asked.ts";

export function NewIssue({
  evaluationId,
  place,
  words: found,
  onClose,
}: {
  readonly evaluationId: number;
  readonly place: string | null;
  /** what the inspector noted already */
  readonly words: string;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [title, setTitle] = useState("");
  const [words, setWords] = useState(found);
  const [owner, setOwner] = useState("");
  const [dueOn, setDueOn] = useState("");
  const record = useMutation({
    mutationFn: () =>
      api.recordIssue({
        params: { id: evaluationId },
        body: {
          place,
          title: title.trim(),
          words: words.trim(),
          owner: owner.trim(),
          dueOn: dueOn === "" ? null : dueOn,
        },
      }),
    onSuccess: async () => {
      tell.done(t("issues.recorded"));
      await forgetEvaluations();
      onClose();
    },
    onError: tell.failure,
  });
  return (
    <Modal
      open
      title={t("issues.new")}
      okText={t("common:action.save")}
      okButtonProps={{ disabled: title.trim() === "" }}
      confirmLoading={record.isPending}
      onOk={() => record.mutate()}
      onCancel={onClose}
    >
      <div className="stack tight">
        <Input
          aria-label={t("issues.titleOf")}
          placeholder={t("issues.titleOf")}
          value={title}
          maxLength={200}
          onChange={({ target }) => setTitle(target.value)}
        />
        <Input.TextArea
          aria-label={t("issues.words")}
          placeholder={t("issues.words")}
          value={words}
          maxLength={4000}
          autoSize={{ minRows: 3, maxRows: 10 }}
          onChange={({ target }) => setWords(target.value)}
        />
        <div className="row">
          <Input
            aria-label={t("issues.owner")}
            placeholder={t("issues.owner")}
            value={owner}
            maxLength={100}
            style={{ width: 180 }}
            onChange={({ target }) => setOwner(target.value)}
          />
          <label className="row">
            {t("issues.due")}
            <Input type="date" value={dueOn} style={{ width: 160 }} onChange={({ target }) => setDueOn(target.value)} />
          </label>
        </div>
      </div>
    </Modal>
  );
}
