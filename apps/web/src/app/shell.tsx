/** The frame around every page behind sign-in: doors, district, year, person. */

import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate, useRouterState } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, onSignedOut } from "../lib/api.ts";
import { dropAllDrafts } from "../lib/draft.ts";
import { speak } from "../lib/i18n.ts";
import { languages, prefer, themes, useIsPhone, usePreferences } from "../lib/preferences.ts";
import { sessionQuery, yearsQuery } from "../lib/query.ts";
import { readsOverview, useSession, useYear } from "../lib/session.ts";
import { Waiting } from "../ui/States.tsx";
import { doorsOf } from "./menu.ts";
import type { Door } from "./menu.ts";
import { MenuButton } from "./MenuButton.tsx";
import { SignOutDialog } from "./SignOutDialog.tsx";
import "./shell.css";

/** Only for people who write at schools; nobody else fetches it. */
const OfflineMark = lazy(async () => ({
  default: (await import("../features/evaluation/OfflineMark.tsx")).OfflineMark,
}));

export function Shell() {
  const { t } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const drawer = useRef<HTMLDialogElement>(null);
  const { pathname } = useLocation();
  const isBusy = useRouterState({ select: (state) => state.isLoading });
  const doors = useMemo(() => (session.mustChangePassword ? [] : doorsOf(session)), [session]);

  useEffect(() => {
    // once the first page stands, what the other pages share is fetched before anybody asks for it
    const soon = setTimeout(() => void import("./Work.tsx"), 1500);
    return () => clearTimeout(soon);
  }, []);
  useEffect(() => drawer.current?.close(), [pathname]);
  useEffect(() => {
    const dialog = drawer.current;
    const onClick = (event: MouseEvent): void => {
      if (event.target === dialog) dialog?.close(); // beside the drawer
    };
    dialog?.addEventListener("click", onClick);
    return () => dialog?.removeEventListener("click", onClick);
  }, []);
  useEffect(() => {
    onSignedOut(() => {
      client.clear();
      void navigate({ to: "/sign-in", search: { back: location.pathname + location.search } });
    });
  }, [client, navigate]);

  return (
    <div className="shell">
      <a className="shell-skip" href="#main">
        {t("shell.skip")}
      </a>
      {isBusy ? <div className="busy-line" aria-hidden="true" /> : null}
      <aside className="shell-side">
        <Doors doors={doors} />
      </aside>
      <dialog ref={drawer} className="shell-drawer" aria-label={t("shell.menu")}>
        <div>
          <Doors doors={doors} />
        </div>
      </dialog>
      <div>
        <header className="shell-top">
          <button
            type="button"
            className="button plain menu-button"
            aria-label={t("shell.menu")}
            aria-haspopup="dialog"
            onClick={() => drawer.current?.showModal()}
          >
            <span className="bars" aria-hidden="true" />
          </button>
          <span className="district">{session.district.name}</span>
          {session.district.isSample ? <span className="sample-mark on-desk">{t("sample.mark")}</span> : null}
          <span className="grow" />
          {session.actions.includes("evaluation.review") && !session.mustChangePassword ? (
            <Suspense fallback={null}>
              <OfflineMark />
            </Suspense>
          ) : null}
          {session.mustChangePassword || !readsOverview(session) ? null : <YearChoice />}
          <PersonMenu />
        </header>
        {session.district.isSample ? (
          <section className="sample-line" aria-label={t("sample.mark")}>
            {t("sample.line")}
          </section>
        ) : null}
        <main id="main" className="shell-main" tabIndex={-1}>
          <Suspense
            fallback={
              <div className="page">
                <Waiting lines={7} />
              </div>
            }
          >
            <Outlet />
          </Suspense>
        </main>
      </div>
    </div>
  );
}

function Doors({ doors }: { readonly doors: readonly Door[] }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <>
      <Link to="/" className="shell-brand">
        <img src="/favicon.svg" alt="" width={26} height={26} />
        {t("product")}
      </Link>
      <nav className="doors" aria-label={t("shell.doors")}>
        {doors.map((door) => (
          <div key={door.key} className="door">
            {door.pages.length === 1 && door.key === "overview" ? null : <h2>{t(`door.${door.key}`)}</h2>}
            <ul>
              {door.pages.map((page) => (
                <li key={page.key}>
                  <Link
                    to={page.to}
                    data-here={isHere(pathname, page.to)}
                    aria-current={isHere(pathname, page.to) ? "page" : undefined}
                  >
                    {t(`page.${page.key}`)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
    </>
  );
}

function isHere(pathname: string, to: string): boolean {
  return to === "/" ? pathname === "/" : pathname === to || pathname.startsWith(`${to}/`);
}

function YearChoice() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data } = useSuspenseQuery(yearsQuery);
  const year = useYear();
  const isPhone = useIsPhone();
  const known = new Set([...data.years.map((entry) => entry.year), data.current, year]);
  const options = [...known]
    .toSorted((a, b) => b - a)
    .map((value) => {
      const entry = data.years.find((candidate) => candidate.year === value);
      const state = entry === undefined || !entry.hasData ? "empty" : entry.isLocked ? "locked" : null;
      const label = t(isPhone ? "year.short" : "year.label", { from: value, to: value + 1 });
      return { value, label: state === null ? label : `${label} · ${t(`year.${state}`)}` };
    });
  return (
    <select
      className="year-choice"
      value={year}
      aria-label={t("year.choose")}
      onChange={(event) => {
        const chosen = Number(event.target.value);
        void navigate({ to: ".", search: (before) => ({ ...before, year: chosen }) });
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function PersonMenu() {
  const { t } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { language, theme } = usePreferences();
  const [unsent, setUnsent] = useState<number | null>(null);
  const isReviewer = session.actions.includes("evaluation.review");
  /** Leaves nothing of the person on a device that others may use. */
  const signOut = async (): Promise<void> => {
    if (isReviewer) {
      const { wipeDevice } = await import("../features/evaluation/offline.ts");
      await wipeDevice(session.accountId);
    }
    dropAllDrafts(sessionStorage);
    dropAllDrafts(localStorage);
    await api.signOut();
    if (isReviewer) {
      location.assign("/sign-in"); // loaded anew, so that nothing of the person is left in memory either
      return;
    }
    client.clear();
    client.setQueryData(sessionQuery.queryKey, null);
    await navigate({ to: "/sign-in", search: {} });
  };
  const askToSignOut = async (): Promise<void> => {
    if (isReviewer) {
      const { unsentOf } = await import("../features/evaluation/offline.ts");
      const count = await unsentOf(session.accountId);
      if (count > 0) {
        setUnsent(count);
        return;
      }
    }
    await signOut();
  };
  return (
    <>
      {unsent === null ? null : (
        <SignOutDialog count={unsent} onStay={() => setUnsent(null)} onLeave={() => void signOut()} />
      )}
      <MenuButton
        label={session.displayName}
        parts={[
          {
            title: session.roles
              .map((role) => `${t(`role.${role.role}`)} · ${role.nodeName}`)
              .join(t("list.semicolon")),
            items: [
              { key: "account", label: t("page.account"), act: () => void navigate({ to: "/account", search: {} }) },
            ],
          },
          {
            title: t("shell.language"),
            items: languages.map((value) => ({
              key: value,
              label: t(`language.${value}`),
              isChosen: value === language,
              act: () => {
                prefer({ language: value });
                void speak(value);
              },
            })),
          },
          {
            title: t("shell.theme"),
            items: themes.map((value) => ({
              key: value,
              label: t(`theme.${value}`),
              isChosen: value === theme,
              act: () => prefer({ theme: value }),
            })),
          },
          { title: null, items: [{ key: "signOut", label: t("shell.signOut"), act: () => void askToSignOut() }] },
        ]}
      />
    </>
  );
}
