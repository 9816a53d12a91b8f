/** What the commission writes to the school, the school's appeal, and the answer to it. */

import { useMutation, useQuery } from "@tanstack/react-query";
import type { Appeal, EvaluationReply, Feedback } from "@xingfu/contract";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment } from "../../lib/format.ts";
import { useMay } from "../../lib/session.ts";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { feedbackQuery, forgetEvaluations, resultQuery } from "./asked.ts";
import { useAutosave } from "./autosave.ts";
import { EvaluationFrame, useEvaluationId } from "./EvaluationFrame.tsx";
import { SaveMark } from "./SaveMark.tsx";
import { isWritten } from "./written.ts";

const chapters = ["strengths", "concerns", "nextSteps"] as const;

export function FeedbackPage() {
  const id = useEvaluationId();
  const feedback = useQuery({ ...feedbackQuery(id), refetchOnMount: "always" });
  const result = useQuery(resultQuery(id));
  return (
    <EvaluationFrame>
      {(reply) => (
        <Loaded query={feedback} lines={8}>
          {({ feedback: written }) => (
            <Loaded query={result} lines={4}>
              {({ appeals }) => <Letters reply={reply} feedback={written} appeals={appeals} />}
            </Loaded>
          )}
        </Loaded>
      )}
    </EvaluationFrame>
  );
}

function Letters({
  reply,
  feedback,
  appeals,
}: {
  readonly reply: EvaluationReply;
  readonly feedback: Feedback | null;
  readonly appeals: readonly Appeal[];
}) {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const { evaluation } = reply;
  const isWriter = may("evaluation.manage") && ["reviewed", "onSite", "moderated"].includes(evaluation.state);
  const canAppeal = evaluation.moves.some((move) => move.to === "appeal");
  return (
    <>
      <p className="answer">{feedbackSentence(evaluation, feedback, appeals, t)}</p>
      {isWriter ? (
        <FeedbackForm key={evaluation.id} id={evaluation.id} feedback={feedback} />
      ) : feedback === null ? (
        <Empty title={t("feedback.none")}>{t("feedback.noneHint")}</Empty>
      ) : (
        <Sheet
          title={t("feedback.given")}
          aside={feedback.by === null ? undefined : `${feedback.by.name ?? ""} ${moment(feedback.by.at)}`}
        >
          <div className="stack">
            {chapters.map((chapter) => (
              <section key={chapter} className="stack tight">
                <h3>{t(`feedback.${chapter}`)}</h3>
                <p className="prose">{feedback[chapter] || "–"}</p>
              </section>
            ))}
          </div>
        </Sheet>
      )}
      {appeals.map((appeal) => (
        <AppealSheet key={appeal.id} reply={reply} appeal={appeal} />
      ))}
      {canAppeal ? <AppealForm reply={reply} /> : null}
    </>
  );
}

function feedbackSentence(
  { state, appealUntil, school }: EvaluationReply["evaluation"],
  feedback: Feedback | null,
  appeals: readonly Appeal[],
  t: ReturnType<typeof useTranslation>["t"],
): string {
  const open = appeals.filter((appeal) => appeal.answer === null).length;
  if (open > 0) return t("evaluation:feedback.answerAppeal", { school });
  if (state === "feedback")
    return t(appealUntil === null ? "evaluation:feedback.answerGiven" : "evaluation:feedback.answerUntil", {
      school,
      until: appealUntil ?? "",
    });
  if (feedback === null) return t("evaluation:feedback.answerNone", { school });
  return t(appeals.length > 0 ? "evaluation:feedback.answerAnswered" : "evaluation:feedback.answerWritten", { school });
}

type Written = Pick<Feedback, "strengths" | "concerns" | "nextSteps">;

function FeedbackForm({ id, feedback }: { readonly id: number; readonly feedback: Feedback | null }) {
  const { t } = useTranslation("evaluation");
  const saving = useAutosave<Written, Feedback>({
    key: `feedback.${id}`,
    initial: {
      strengths: feedback?.strengths ?? "",
      concerns: feedback?.concerns ?? "",
      nextSteps: feedback?.nextSteps ?? "",
    },
    revision: feedback?.revision ?? 0,
    send: async (words, revision) =>
      (await api.saveFeedback({ params: { id }, body: { ...words, revision } })).revision,
    accepts: (value): value is Written =>
      isWritten(value) && chapters.every((chapter) => typeof value[chapter] === "string"),
    conflictOf: (current) =>
      isWritten(current) && typeof current["revision"] === "number" ? (current as unknown as Feedback) : null,
    valueOf: ({ strengths, concerns, nextSteps }) => ({ strengths, concerns, nextSteps }),
  });
  return (
    <Sheet title={t("feedback.write")} aside={<SaveMark state={saving.state} />}>
      <div className="stack">
        <p className="small soft">{t("feedback.writeHint")}</p>
        {saving.conflict === null ? null : (
          <div className="note blocking row" role="alert">
            <span>{t("feedback.conflict", { name: saving.conflict.by?.name ?? t("conflict.somebody") })}</span>
            <Button onClick={() => saving.resolve("theirs")}>{t("conflict.takeTheirs")}</Button>
            <Button onClick={() => saving.resolve("mine")}>{t("conflict.keepMine")}</Button>
          </div>
        )}
        {chapters.map((chapter) => (
          <label key={chapter} className="stack tight">
            <span className="field-label">{t(`feedback.${chapter}`)}</span>
            <Input.TextArea
              value={saving.value[chapter]}
              maxLength={4000}
              autoSize={{ minRows: 3, maxRows: 14 }}
              onChange={({ target }) => saving.set({ ...saving.value, [chapter]: target.value })}
            />
          </label>
        ))}
      </div>
    </Sheet>
  );
}

function AppealForm({ reply }: { readonly reply: EvaluationReply }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const { evaluation, scheme } = reply;
  const [places, setPlaces] = useState<readonly string[]>([]);
  const [words, setWords] = useState("");
  const appeal = useMutation({
    mutationFn: () => api.appeal({ params: { id: evaluation.id }, body: { places: [...places], words: words.trim() } }),
    onSuccess: async () => {
      tell.done(t("feedback.appealed"));
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  return (
    <Sheet
      title={t("feedback.appeal")}
      aside={evaluation.appealUntil === null ? undefined : t("one.until", { day: evaluation.appealUntil })}
    >
      <div className="stack tight">
        <Select
          mode="multiple"
          aria-label={t("feedback.places")}
          placeholder={t("feedback.places")}
          value={[...places]}
          options={scheme.nodes
            .filter((node) => node.leaf !== null)
            .map((node) => ({ value: node.id, label: `${node.id} ${node.label}` }))}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(value: string[]) => setPlaces(value)}
        />
        <Input.TextArea
          value={words}
          maxLength={4000}
          autoSize={{ minRows: 4, maxRows: 14 }}
          aria-label={t("feedback.appealWords")}
          placeholder={t("feedback.appealWords")}
          onChange={({ target }) => setWords(target.value)}
        />
        <div>
          <Button
            type="primary"
            disabled={words.trim() === ""}
            loading={appeal.isPending}
            onClick={() => appeal.mutate()}
          >
            {t("feedback.send")}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}

function AppealSheet({ reply, appeal }: { readonly reply: EvaluationReply; readonly appeal: Appeal }) {
  const { t } = useTranslation("evaluation");
  const may = useMay();
  const { scheme, evaluation } = reply;
  const about =
    appeal.places.length === 0
      ? t("feedback.wholeResult")
      : appeal.places
          .map((place) => `${place} ${scheme.nodes.find((node) => node.id === place)?.label ?? ""}`)
          .join(t("common:list.comma"));
  return (
    <Sheet title={t("feedback.appealOf")} aside={`${appeal.by.name ?? ""} ${moment(appeal.by.at)}`}>
      <div className="stack">
        <p className="soft">{t("feedback.about", { about })}</p>
        <p className="prose">{appeal.words}</p>
        {appeal.answer !== null ? (
          <section className="stack tight">
            <h3>
              {t("feedback.answer")} · {t(appeal.answer.isUpheld ? "feedback.upheld" : "feedback.notUpheld")}
            </h3>
            <p className="prose">{appeal.answer.words}</p>
            <p className="small soft">
              {appeal.answer.by.name ?? ""} {moment(appeal.answer.by.at)}
            </p>
          </section>
        ) : may("evaluation.manage") ? (
          <AnswerForm id={evaluation.id} appeal={appeal.id} />
        ) : (
          <p className="soft">{t("feedback.waiting")}</p>
        )}
      </div>
    </Sheet>
  );
}

function AnswerForm({ id, appeal }: { readonly id: number; readonly appeal: number }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [words, setWords] = useState("");
  const answer = useMutation({
    mutationFn: (isUpheld: boolean) =>
      api.answerAppeal({ params: { id, appeal }, body: { isUpheld, words: words.trim() } }),
    onSuccess: async () => {
      tell.done(t("feedback.answered"));
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  return (
    <div className="stack tight">
      <Input.TextArea
        value={words}
        maxLength={4000}
        autoSize={{ minRows: 3, maxRows: 12 }}
        aria-label={t("feedback.answerWords")}
        placeholder={t("feedback.answerWords")}
        onChange={({ target }) => setWords(target.value)}
      />
      <div className="row">
        <Button
          type="primary"
          disabled={words.trim() === ""}
          loading={answer.isPending}
          onClick={() => answer.mutate(false)}
        >
          {t("feedback.keepResult")}
        </Button>
        <Button disabled={words.trim() === ""} loading={answer.isPending} onClick={() => answer.mutate(true)}>
          {t("feedback.uphold")}
        </Button>
      </div>
      <p className="small soft">{t("feedback.answerHint")}</p>
    </div>
  );
}
