/** The door: name and password, and for a sample district the accounts one may try. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useEffect, useRef, useState } from "react";
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
  readonly district?: string;
}

export function SignIn() {
  const { t } = useTranslation("session");
  const client = useQueryClient();
  const navigate = useNavigate();
  const { back } = useSearch({ from: "/sign-in" });
  const { language } = usePreferences();
  const [form] = Form.useForm<Fields>();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const alert = useRef<HTMLDivElement>(null);
  const districts = useQuery(districtsQuery).data ?? [];
  useTitle(t("signIn.title"));

  useEffect(() => {
    if (refusal !== null) alert.current?.focus();
  }, [refusal]);

  const submit = async ({ name, password, district }: Fields): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      const session = await api.signIn({
        body: { name: name.trim(), password, ...(district === undefined ? {} : { district }) },
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
      form.setFieldValue("password", "");
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
        <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void submit(fields)}>
          {districts.length < 2 ? null : (
            <Form.Item
              label={t("signIn.district")}
              name="district"
              rules={[{ required: true, message: t("signIn.needDistrict") }]}
            >
              <select className="district-choice" defaultValue="">
                <option value="" disabled>
                  {t("signIn.needDistrict")}
                </option>
                {districts.map(({ code, name }) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </select>
            </Form.Item>
          )}
          <Form.Item label={t("signIn.name")} name="name" rules={[{ required: true, message: t("signIn.needName") }]}>
            <Input autoComplete="username" autoFocus size="large" maxLength={100} />
          </Form.Item>
          <Form.Item
            label={t("signIn.password")}
            name="password"
            rules={[{ required: true, message: t("signIn.needPassword") }]}
          >
            <Input.Password autoComplete="current-password" size="large" maxLength={200} />
          </Form.Item>
          {refusal === null ? null : (
            <div className="note blocking" role="alert" ref={alert} tabIndex={-1}>
              {refusal}
            </div>
          )}
          <Button type="primary" htmlType="submit" block size="large" loading={isBusy}>
            {t("signIn.submit")}
          </Button>
        </Form>
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
                    onClick={() => form.setFieldsValue({ name: account.name, password: demonstrationPassword })}
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

/** Where to go after signing in: only an address of this site. */
export function safeBack(back: string | undefined): string {
  if (back === undefined || !back.startsWith("/") || back.startsWith("//") || back.startsWith("/sign-in")) return "/";
  return back.includes("\\") ? "/" : back;
}
