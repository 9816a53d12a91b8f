/** Oneself: roles, what they allow, one's password. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { errorWords } from "../../lib/errors.ts";
import { moment } from "../../lib/format.ts";
import { sessionQuery } from "../../lib/query.ts";
import { useSession } from "../../lib/session.ts";
import { Page, Sheet } from "../../ui/Page.tsx";
import { useTell } from "../../ui/tell.ts";

interface Fields {
  readonly current: string;
  readonly next: string;
  readonly again: string;
}

export function Account() {
  const { t } = useTranslation("session");
  const session = useSession();
  return (
    <Page title={t("account.title")}>
      {session.mustChangePassword ? <div className="note">{t("account.mustChange")}</div> : null}
      <div className="columns-2">
        <PasswordSheet />
        <Sheet title={session.displayName}>
          <dl className="facts">
            <dt>{t("account.name")}</dt>
            <dd>{session.name}</dd>
            <dt>{t("account.roles")}</dt>
            <dd>
              {session.roles.map((role) => (
                <div key={`${role.role}${role.nodeId}`}>
                  {t(`common:role.${role.role}`)} · {role.nodeName}
                </div>
              ))}
            </dd>
            <dt>{t("account.reach")}</dt>
            <dd>{t(`account.scope.${session.scope}`)}</dd>
            <dt>{t("account.may")}</dt>
            <dd>
              {session.actions.map((action) => (
                <div key={action}>{t(`action.${action}`)}</div>
              ))}
            </dd>
            <dt>{t("account.expires")}</dt>
            <dd>
              {moment(session.expiresAt)}
              <div className="small soft">{t("account.idle", { minutes: Math.round(session.idleSeconds / 60) })}</div>
            </dd>
          </dl>
        </Sheet>
      </div>
    </Page>
  );
}

function PasswordSheet() {
  const { t } = useTranslation("session");
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const tell = useTell();
  const [form] = Form.useForm<Fields>();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async ({ current, next }: Fields): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      const changed = await api.changePassword({ body: { current, next } });
      const wasForced = session.mustChangePassword;
      client.setQueryData(sessionQuery.queryKey, changed);
      form.resetFields();
      tell.done(t("account.changed"));
      if (wasForced) await navigate({ to: "/", search: {} });
    } catch (error) {
      setRefusal(errorWords(error, t).sentence);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Sheet title={t("account.password")}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void submit(fields)}>
        <input type="text" name="username" autoComplete="username" value={session.name} readOnly hidden />
        <Form.Item label={t("account.current")} name="current" rules={[{ required: true, message: t("account.need") }]}>
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Form.Item
          label={t("account.next")}
          name="next"
          extra={t("account.rule")}
          rules={[
            { required: true, message: t("account.need") },
            { min: 10, message: t("account.tooShort") },
            ({ getFieldValue }) => ({
              validator: async (_, value: string) => {
                if (value !== "" && value === getFieldValue("current")) throw new Error(t("account.same"));
              },
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Form.Item
          label={t("account.again")}
          name="again"
          dependencies={["next"]}
          rules={[
            { required: true, message: t("account.need") },
            ({ getFieldValue }) => ({
              validator: async (_, value: string) => {
                if (value !== getFieldValue("next")) throw new Error(t("account.differs"));
              },
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        {refusal === null ? null : (
          <div className="note blocking" role="alert" style={{ marginBottom: 16 }}>
            {refusal}
          </div>
        )}
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {t("account.change")}
        </Button>
      </Form>
    </Sheet>
  );
}
