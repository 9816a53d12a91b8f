/** Where one evaluation stands: the stages with their last days, what happened so far, and what is next for whom. */

import type { EvaluationReply } from "@xingfu/contract";
import { evaluationStates } from "@xingfu/domain/scheme";
import { useTranslation } from "react-i18next";
import { moment } from "../../lib/format.ts";
import { Sheet } from "../../ui/Page.tsx";
import { EvaluationFrame } from "./EvaluationFrame.tsx";
import { MoveButtons, moveKey } from "./Moves.tsx";

export function Way() {
  return <EvaluationFrame>{(reply) => <Steps reply={reply} />}</EvaluationFrame>;
}

function Steps({ reply }: { readonly reply: EvaluationReply }) {
  const { t } = useTranslation("evaluation");
  const { evaluation, history } = reply;
  const at = evaluationStates.indexOf(evaluation.state);
  const until: Readonly<Record<string, string | null>> = {
    selfEvaluation: evaluation.selfEvaluationUntil,
    submitted: evaluation.reviewUntil,
    reviewed: evaluation.reviewUntil,
    onSite: evaluation.onSiteUntil,
    feedback: evaluation.appealUntil,
  };
  const hadAppeal = history.some((step) => step.to === "appeal");
  const next = evaluation.moves.map((move) => t(moveKey(evaluation, move))).join(t("common:list.comma"));
  return (
    <>
      <p className="answer">
        {t(next === "" ? "one.answerWait" : "one.answer", {
          school: evaluation.school,
          state: t(`state.${evaluation.state}`),
          next,
          who: t(`waitsFor.${evaluation.state}`),
        })}
      </p>
      <div className="columns-2">
        <Sheet title={t("one.stages")}>
          <ol className="way">
            {evaluationStates
              .filter((state) => state !== "appeal" || hadAppeal || evaluation.state === "appeal")
              .map((state) => {
                const place = evaluationStates.indexOf(state);
                const came = history.findLast((step) => step.to === state);
                const day = until[state] ?? null;
                return (
                  <li
                    key={state}
                    className={place < at ? "past" : place === at ? "here" : "ahead"}
                    aria-current={place === at ? "step" : undefined}
                  >
                    <strong>{t(`state.${state}`)}</strong>
                    <span className="small soft">
                      {came !== undefined && (place < at || day === null)
                        ? moment(came.at)
                        : day === null
                          ? ""
                          : t("one.until", { day })}
                    </span>
                  </li>
                );
              })}
          </ol>
          <div className="row" style={{ paddingTop: 14 }}>
            <MoveButtons evaluation={evaluation} />
          </div>
        </Sheet>
        <Sheet title={t("one.history")}>
          {history.length === 0 ? (
            <p className="soft">{t("one.noHistory")}</p>
          ) : (
            <ol className="history">
              {history.toReversed().map((step, index) => (
                <li key={index}>
                  <span className="small soft">{moment(step.at)}</span>
                  <span>
                    {t(`state.${step.from}`)} → <strong>{t(`state.${step.to}`)}</strong>{" "}
                    <span className="soft">
                      {t(`side.${step.side}`)} {step.name ?? ""}
                    </span>
                    {step.reason === "" ? null : <span className="block">{step.reason}</span>}
                  </span>
                </li>
              ))}
            </ol>
          )}
        </Sheet>
      </div>
    </>
  );
}
