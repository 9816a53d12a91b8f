/** A dated change of a school: new name, type or group, merged or closed. */

import { useQuery } from "@tanstack/react-query";
import type { SchoolChange, SchoolDossier } from "@xingfu/contract";
import { codeList } from "@xingfu/standards";
import { DatePicker, Form, Input, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { errorWords } from "../../lib/errors.ts";
import { organisationQuery, queryClient, schoolQuery } from "../../lib/query.ts";
import { useTell } from "../../ui/tell.ts";

interface Fields {
  readonly kind: SchoolChange["kind"];
  readonly on: Dayjs;
  readonly name?: string;
  readonly type?: string;
  readonly group?: number;
  readonly into?: string;
  readonly note?: string;
}

const kinds = ["rename", "retype", "regroup", "merge", "close"] as const;

export function ChangeDialog({ school, onClose }: { readonly school: SchoolDossier; readonly onClose: () => void }) {
  const { t } = useTranslation("orgs");
  const tell = useTell();
  const organisation = useQuery(organisationQuery());
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch("kind", form) ?? "rename";
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const nodes = organisation.data?.nodes ?? [];
  const required = [{ required: true, message: t("change.need") }];

  const submit = async (fields: Fields): Promise<void> => {
    const values: Record<SchoolChange["kind"], string | null> = {
      rename: fields.name?.trim() ?? null,
      retype: fields.type ?? null,
      regroup: fields.group === undefined ? null : String(fields.group),
      merge: fields.into ?? null,
      close: null,
    };
    setBusy(true);
    setRefusal(null);
    try {
      const changed = await api.changeSchool({
        params: { code: school.schoolCode },
        body: {
          kind: fields.kind,
          on: fields.on.format("YYYY-MM-DD"),
          value: values[fields.kind],
          ...(fields.note === undefined || fields.note.trim() === "" ? {} : { note: fields.note.trim() }),
        },
      });
      queryClient.setQueryData(schoolQuery(school.schoolCode).queryKey, changed);
      await queryClient.invalidateQueries({ queryKey: ["organisation"] });
      tell.done(t("change.done"));
      onClose();
    } catch (error) {
      setRefusal(errorWords(error, t).sentence);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      open
      title={t("change.title", { name: school.name })}
      okText={t("common:action.save")}
      confirmLoading={isBusy}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "rename" }}
        onFinish={(fields) => void submit(fields)}
      >
        <Form.Item name="kind" label={t("change.kind")} rules={required}>
          <Select options={kinds.map((value) => ({ value, label: t(`change.kinds.${value}`) }))} />
        </Form.Item>
        <Form.Item name="on" label={t("change.on")} rules={required} extra={t("change.onHint")}>
          <DatePicker style={{ width: "100%" }} />
        </Form.Item>
        {kind === "rename" ? (
          <Form.Item name="name" label={t("change.name")} rules={required}>
            <Input maxLength={200} />
          </Form.Item>
        ) : null}
        {kind === "retype" ? (
          <Form.Item name="type" label={t("change.type")} rules={required}>
            <Select
              showSearch={{ optionFilterProp: "label" }}
              options={codeList("schoolTypes").map((code) => ({
                value: code.code,
                label: `${code.code} ${code.label}`,
              }))}
            />
          </Form.Item>
        ) : null}
        {kind === "regroup" ? (
          <Form.Item name="group" label={t("change.group")}>
            <Select
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              placeholder={t("change.noGroup")}
              options={nodes
                .filter((node) => node.kind === "group")
                .map((node) => ({ value: node.id, label: node.name }))}
            />
          </Form.Item>
        ) : null}
        {kind === "merge" ? (
          <Form.Item name="into" label={t("change.into")} rules={required}>
            <Select
              showSearch={{ optionFilterProp: "label" }}
              options={nodes.flatMap((node) =>
                node.kind === "school" && node.code !== null && node.code !== school.schoolCode
                  ? [{ value: node.code, label: `${node.name}（${node.code}）` }]
                  : [],
              )}
            />
          </Form.Item>
        ) : null}
        <Form.Item name="note" label={t("change.note")}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 5 }} />
        </Form.Item>
        {refusal === null ? null : (
          <div className="note blocking" role="alert">
            {refusal}
          </div>
        )}
      </Form>
    </Modal>
  );
}
