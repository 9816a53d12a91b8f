/** The door: name and password, and for a sample district the accounts one may try. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../../lib/api.ts";
import { errorWords, waitWords } from "../../lib/errors.ts";
import { speak } from "../../lib/i18n.ts";
import { prefer, usePreferences } from "../../lib/preferences.ts";
import { districtsQuery, sessionQuery } from "../../lib/query.ts";
import { useTitle } from "../../ui/Page.tsx";
import { demonstrationAccounts, demonstrationPassword } from "./demonstration.ts";
import "./session.css";

interface Fields {
  readonly name: string;
  readonly password: string;
  /** code; "" = not chosen, or there is only one */
  readonly district: string;
}

export function SignIn() {
  const { t } = useTranslation("session");
  const client = useQueryClient();
  const navigate = useNavigate();
  const { back } = useSearch({ from: "/sign-in" });
  const { language } = usePreferences();
  const [fields, setFields] = useState<Fields>({ name: "", password: "", district: "" });
  const [missing, setMissing] = useState<ReadonlySet<keyof Fields>>(new Set());
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isShown, setShown] = useState(false);
  const alert = useRef<HTMLDivElement>(null);
  const districts = useQuery(districtsQuery).data ?? [];
  useTitle(t("signIn.title"));

  useEffect(() => {
    if (refusal !== null) alert.current?.focus();
  }, [refusal]);

  const fill = (change: Partial<Fields>): void => {
    setFields({ ...fields, ...change });
    setMissing(new Set([...missing].filter((name) => change[name] === undefined)));
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const { name, password, district } = fields;
    const empty = (["district", "name", "password"] as const).filter(
      (field) => fields[field].trim() === "" && (field !== "district" || districts.length > 1),
    );
    setMissing(new Set(empty));
    const [first] = empty;
    if (first !== undefined) {
      const input = event.currentTarget.elements.namedItem(first);
      if (input instanceof HTMLElement) input.focus();
      return;
    }
    setBusy(true);
    setRefusal(null);
    try {
      const session = await api.signIn({
        body: { name: name.trim(), password, ...(district === "" ? {} : { district }) },
      });
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      if (session.mustChangePassword) await navigate({ to: "/account", search: {} });
      else await navigate({ href: safeBack(back), replace: true });
    } catch (error) {
      const wait =
        error instanceof ApiError && error.code === "SIGN_IN_LOCKED" ? error.fields["retryAfterSeconds"] : null;
      setRefusal(
        typeof wait === "number" ? t("signIn.locked", { time: waitWords(wait, t) }) : errorWords(error, t).sentence,
      );
      setFields({ ...fields, password: "" });
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <section className="sign-in-words">
        <div className="sign-in-brand">
          <img src="/favicon.svg" alt="" width={40} height={40} />
          {t("common:product")}
        </div>
        <p className="sign-in-line">{t("common:productLine")}</p>
        <p className="soft">{t("signIn.purpose")}</p>
      </section>
      <section className="sheet sign-in-sheet">
        <h1>{t("signIn.title")}</h1>
        <form className="sign-in-form" noValidate onSubmit={(event) => void submit(event)}>
          {districts.length < 2 ? null : (
            <Field label={t("signIn.district")} missing={missing.has("district") ? t("signIn.needDistrict") : null}>
              {(control) => (
                <select
                  {...control}
                  name="district"
                  value={fields.district}
                  onChange={(event) => fill({ district: event.target.value })}
                >
                  <option value="" disabled>
                    {t("signIn.needDistrict")}
                  </option>
                  {districts.map(({ code, name }) => (
                    <option key={code} value={code}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <Field label={t("signIn.name")} missing={missing.has("name") ? t("signIn.needName") : null}>
            {(control) => (
              <input
                {...control}
                name="name"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                autoFocus
                maxLength={100}
                value={fields.name}
                onChange={(event) => fill({ name: event.target.value })}
              />
            )}
          </Field>
          <Field label={t("signIn.password")} missing={missing.has("password") ? t("signIn.needPassword") : null}>
            {(control) => (
              <span className="password">
                <input
                  {...control}
                  name="password"
                  type={isShown ? "text" : "password"}
                  autoComplete="current-password"
                  maxLength={200}
                  value={fields.password}
                  onChange={(event) => fill({ password: event.target.value })}
                />
                <button type="button" className="link-button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
                  {t(isShown ? "signIn.hide" : "signIn.show")}
                </button>
              </span>
            )}
          </Field>
          {refusal === null ? null : (
            <div className="note blocking" role="alert" ref={alert} tabIndex={-1}>
              {refusal}
            </div>
          )}
          <button type="submit" className="button primary" aria-disabled={isBusy}>
            {t(isBusy ? "signIn.busy" : "signIn.submit")}
          </button>
        </form>
        {!districts.some((district) => district.isSample) ? null : (
          <div className="stack tight">
            <h2>{t("signIn.demo")}</h2>
            <p className="small soft">{t("signIn.demoHint")}</p>
            <ul className="demo-accounts">
              {demonstrationAccounts.map((account) => (
                <li key={account.name}>
                  <span>
                    {t(`common:role.${account.role}`)}
                    {account.place === null ? null : (
                      <span className="faint"> {t(`signIn.place.${account.place}`)}</span>
                    )}
                  </span>
                  <code className="mono">{account.name}</code>
                  <button
                    type="button"
                    className="link-button"
                    aria-label={`${t("signIn.use")} ${account.name}`}
                    onClick={() => fill({ name: account.name, password: demonstrationPassword })}
                  >
                    {t("signIn.use")}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
        <p className="small">
          <button
            type="button"
            className="link-button"
            lang={language === "zh-CN" ? "en" : "zh-CN"}
            onClick={() => {
              const next = language === "zh-CN" ? "en" : "zh-CN";
              prefer({ language: next });
              void speak(next);
            }}
          >
            {t(`common:language.${language === "zh-CN" ? "en" : "zh-CN"}`)}
          </button>
        </p>
      </section>
    </main>
  );
}

/** A labelled control with what is missing said beneath it. */
function Field({
  label,
  missing,
  children,
}: {
  readonly label: string;
  readonly missing: string | null;
  readonly children: (control: {
    readonly id: string;
    readonly "aria-invalid": boolean;
    readonly "aria-describedby": string | undefined;
  }) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-invalid": missing !== null,
        "aria-describedby": missing === null ? undefined : `${id}-why`,
      })}
      {missing === null ? null : (
        <p id={`${id}-why`} className="field-why">
          {missing}
        </p>
      )}
    </div>
  );
}

/** Where to go after signing in: only an address of this site. */
export function safeBack(back: string | undefined): string {
  if (back === undefined || !back.startsWith("/") || back.startsWith("//") || back.startsWith("/sign-in")) return "/";
  return back.includes("\\") ? "/" : back;
}
