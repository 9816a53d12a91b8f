/** Asks before signing out while something written on this device is not on the server: signing out deletes it. */

import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

export function SignOutDialog({
  count,
  onStay,
  onLeave,
}: {
  readonly count: number;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="ask-dialog" aria-labelledby="sign-out-title" onClose={onStay}>
      <h2 id="sign-out-title">{t("signOut.title", { count })}</h2>
      <p>{t("signOut.hint")}</p>
      <div className="row">
        <button type="button" className="button primary" onClick={onStay}>
          {t("signOut.stay")}
        </button>
        <button type="button" className="button" onClick={onLeave}>
          {t("signOut.leave")}
        </button>
      </div>
    </dialog>
  );
}
