/** In the head of every page: offline, and how many entries wait. Nothing while all is sent. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useReviewStore } from "./offline.ts";

export function OfflineMark() {
  const { t } = useTranslation("evaluation");
  const { shot } = useReviewStore();
  const count = shot.entries.length + shot.photos.length;
  if (shot.isOnline && count === 0) return null;
  const hasTrouble = shot.entries.some((entry) => entry.state !== "waiting");
  return (
    <Link to="/evaluation/own" className={hasTrouble ? "offline-mark trouble" : "offline-mark"} role="status">
      {t(hasTrouble ? "offline.markTrouble" : shot.isOnline ? "offline.markWaiting" : "offline.markOff", { count })}
    </Link>
  );
}
