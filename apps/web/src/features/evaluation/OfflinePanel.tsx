/** Working without a network: what was taken along, what waits to be sent, what went wrong on the way. */

import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { errorWords } from "../../lib/errors.ts";
import { moment } from "../../lib/format.ts";
import { Sheet } from "../../ui/Page.tsx";
import { useTell } from "../../ui/tell.ts";
import { canKeepProgram, keepProgram, useOfflineStart, useReviewStore } from "./offline.ts";
import { StateMark } from "./StateMark.tsx";

export function OfflinePanel() {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const { store, shot } = useReviewStore();
  useOfflineStart();
  const take = useMutation({
    networkMode: "always",
    mutationFn: async () => {
      const pack = await store.takeAlong();
      const isKept = await keepProgram().then(
        () => true,
        () => false,
      );
      return { count: pack.evaluations.length, isKept };
    },
    onSuccess: ({ count, isKept }) => {
      if (isKept) tell.done(t("offline.taken", { count }));
      else tell.warn(t("offline.halfTaken", { count }));
    },
    onError: tell.failure,
  });
  const { pack } = shot;
  return (
    <Sheet
      title={t("offline.title")}
      aside={
        <Button loading={take.isPending} disabled={!shot.isOnline} onClick={() => take.mutate()}>
          {t(pack === null ? "offline.take" : "offline.takeAgain")}
        </Button>
      }
    >
      <div className="stack tight">
        <OfflineLine />
        {canKeepProgram ? null : <p className="note">{t("offline.noHttps")}</p>}
        {pack === null ? (
          <p className="soft">{t("offline.hint")}</p>
        ) : (
          <>
            <p className="small soft">
              {t("offline.packed", { count: pack.evaluations.length, at: moment(pack.madeAt) })}
            </p>
            <ul className="pack-list">
              {pack.evaluations.map(({ evaluation, entries }) => (
                <li key={evaluation.id}>
                  <Link to="/evaluation/schools/$id/review" params={{ id: String(evaluation.id) }}>
                    {evaluation.school}
                  </Link>
                  <StateMark state={evaluation.state} />
                  <span className="small soft">
                    {t("offline.entries", {
                      count: new Set([
                        ...entries.filter((entry) => entry.isOwn).map((entry) => entry.place),
                        ...shot.entries
                          .filter((entry) => entry.evaluationId === evaluation.id)
                          .map((entry) => entry.place),
                      ]).size,
                    })}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Sheet>
  );
}

/** The state of sending in words: offline with so many entries waiting, sending, conflicts, refusals. */
export function OfflineLine() {
  const { t } = useTranslation("evaluation");
  const { store, shot } = useReviewStore();
  const waiting = shot.entries.filter((entry) => entry.state === "waiting").length;
  const conflicts = shot.entries.filter((entry) => entry.state === "conflict").length;
  const refused = shot.entries.filter((entry) => entry.state === "refused");
  return (
    <div className="offline-line" role="status">
      <span className={shot.isOnline ? "verdict met" : "verdict attention"}>
        {!shot.isOnline
          ? t("offline.off", { count: waiting, photos: shot.photos.length })
          : shot.isSending
            ? t("offline.sending", { count: waiting })
            : waiting + shot.photos.length > 0
              ? t("offline.waiting", { count: waiting, photos: shot.photos.length })
              : t("offline.on")}
      </span>
      {conflicts > 0 ? <span className="verdict notMet">{t("offline.conflicts", { count: conflicts })}</span> : null}
      {refused.length > 0 ? (
        <span className="verdict notMet">{t("offline.refused", { count: refused.length })}</span>
      ) : null}
      {shot.setApart > 0 ? (
        <span className="verdict attention">{t("offline.setApart", { count: shot.setApart })}</span>
      ) : null}
      {shot.clockOffSeconds === null ? null : (
        <span className="verdict attention">
          {t("offline.clock", { minutes: Math.round(Math.abs(shot.clockOffSeconds) / 60) })}
        </span>
      )}
      {shot.failure === null ? null : (
        <span className="small">
          {errorWords(shot.failure, t).sentence}{" "}
          <button type="button" className="link-button" onClick={() => void store.send()}>
            {t("common:action.retry")}
          </button>
        </span>
      )}
    </div>
  );
}
