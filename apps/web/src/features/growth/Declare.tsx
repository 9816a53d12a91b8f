/** Declaring a scheme: what will be measured and how, before the data; afterwards it never changes. */

import type { DeclaredScheme } from "@xingfu/contract";
import { schoolYear } from "@xingfu/domain/base";
import type { Stage } from "@xingfu/domain/base";
import { privacyMinimum, subGroupings } from "@xingfu/domain/growth";
import type { Adjustment, SourceKind, SubGrouping } from "@xingfu/domain/growth";
import { documentOf, entryAt, labelOf } from "@xingfu/standards";
import { Checkbox, DatePicker, Form, Input, InputNumber, Modal, Select } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../../lib/api.ts";
import { errorWords } from "../../lib/errors.ts";
import { today } from "../../lib/format.ts";
import { useYear } from "../../lib/session.ts";
import { useTell } from "../../ui/tell.ts";
import { forgetGrowth } from "./source.ts";

interface Fields {
  readonly title: string;
  readonly documentNumber: string;
  readonly declaredOn: dayjs.Dayjs;
  readonly kind: SourceKind;
  readonly stage: Stage;
  readonly years: readonly number[];
  readonly priors: 1 | 2;
  readonly adjustments: readonly Adjustment[];
  readonly subGroups: readonly SubGrouping[];
  readonly minimumPupils: number;
  readonly minimumSubGroup: number;
  readonly falseAlarmPercent: number;
}

/** Kinds one may choose; those the rules forbid are among them, so that the refusal can name its clause. */
export const measureKinds = [
  "fitness",
  "vision",
  "wellbeing",
  "satisfaction",
  "provincialMonitoring",
  "graduationExam",
  "schoolExam",
  "regionalExam",
] as const satisfies readonly SourceKind[];

/** The roll has no column of special needs, so nothing can be adjusted for or shown by them. */
const knownAdjustments = ["sex", "age", "migrant"] as const satisfies readonly Adjustment[];

export function Declare({
  known,
  onClose,
}: {
  readonly known: readonly DeclaredScheme[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation("growth");
  const tell = useTell();
  const year = useYear();
  const [form] = Form.useForm<Fields>();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const required = [{ required: true, message: t("declare.need") }];
  const years = Array.from({ length: 6 }, (_, at) => year + 1 - at);

  const submit = async (fields: Fields): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    const unit = fields.kind === "fitness" ? t("declare.marks") : "";
    try {
      await api.declareGrowthScheme({
        body: {
          documentNumber: fields.documentNumber.trim(),
          declaration: {
            id: nameFor(fields, known),
            title: fields.title.trim(),
            declaredOn: fields.declaredOn.format("YYYY-MM-DD"),
            measure: { kind: fields.kind, form: "score", label: t(`kind.${fields.kind}`), unit },
            stage: fields.stage,
            years: fields.years.map(schoolYear).toSorted((a, b) => a - b),
            priors: fields.priors,
            adjustments: [...fields.adjustments],
            subGroups: [...fields.subGroups],
            minimumPupils: fields.minimumPupils,
            minimumSubGroup: fields.minimumSubGroup,
            falseAlarmRate: fields.falseAlarmPercent / 100,
          },
        },
      });
      await forgetGrowth();
      tell.done(t("declare.done"));
      onClose();
    } catch (error) {
      setRefusal(refusalWords(error, t));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      open
      width={640}
      title={t("declare.title")}
      okText={t("declare.save")}
      cancelText={t("common:action.cancel")}
      confirmLoading={isBusy}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          kind: "fitness",
          stage: "primary",
          years: [year],
          priors: 1,
          adjustments: ["sex", "age"],
          subGroups: ["sex", "prior", "migrant"],
          minimumPupils: 30,
          minimumSubGroup: privacyMinimum,
          falseAlarmPercent: 5,
          declaredOn: dayjs(today()),
        }}
        onFinish={(fields) => void submit(fields)}
      >
        <p className="note plain">{t("declare.once")}</p>
        <Form.Item
          name="title"
          label={t("declare.name")}
          rules={[...required, { whitespace: true, message: t("declare.need") }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        <div className="columns-2 form-columns">
          <Form.Item name="documentNumber" label={t("declare.number")} rules={required} extra={t("declare.numberHint")}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="declaredOn" label={t("declare.on")} rules={required} extra={t("declare.onHint")}>
            <DatePicker style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="kind" label={t("declare.kind")} rules={required}>
            <Select options={measureKinds.map((value) => ({ value, label: t(`kind.${value}`) }))} />
          </Form.Item>
          <Form.Item name="stage" label={t("declare.stage")} rules={required}>
            <Select
              options={(["primary", "junior", "senior"] as const).map((value) => ({
                value,
                label: labelOf("stages", value),
              }))}
            />
          </Form.Item>
          <Form.Item name="years" label={t("declare.years")} rules={required} extra={t("declare.yearsHint")}>
            <Select
              mode="multiple"
              options={years.map((value) => ({
                value,
                label: t("common:year.label", { from: value, to: value + 1 }),
              }))}
            />
          </Form.Item>
          <Form.Item name="priors" label={t("declare.priors")} rules={required} extra={t("declare.priorsHint")}>
            <Select
              options={([1, 2] as const).map((value) => ({ value, label: t("stamp.priors", { count: value }) }))}
            />
          </Form.Item>
          <Form.Item
            name="minimumPupils"
            label={t("declare.minimum")}
            rules={required}
            extra={t("declare.minimumHint")}
          >
            <InputNumber min={privacyMinimum} max={10_000} precision={0} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="minimumSubGroup" label={t("declare.minimumGroup")} rules={required}>
            <InputNumber min={privacyMinimum} max={10_000} precision={0} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="falseAlarmPercent" label={t("declare.rate")} rules={required} extra={t("declare.rateHint")}>
            <InputNumber min={0.1} max={20} style={{ width: "100%" }} suffix="%" />
          </Form.Item>
        </div>
        <Form.Item name="adjustments" label={t("declare.adjustments")} extra={t("declare.adjustmentsHint")}>
          <Checkbox.Group options={knownAdjustments.map((value) => ({ value, label: t(`adjustment.${value}`) }))} />
        </Form.Item>
        <Form.Item name="subGroups" label={t("declare.subGroups")}>
          <Checkbox.Group
            options={subGroupings
              .filter((value) => value !== "specialNeeds")
              .map((value) => ({ value, label: t(`subGroup.${value}.name`) }))}
          />
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

/** A name no other scheme has: "fitness-primary-2025", then with a number behind it. */
function nameFor({ kind, stage, years }: Fields, known: readonly DeclaredScheme[]): string {
  const base = `${kind}-${stage}-${Math.max(...years)}`;
  const taken = new Set(known.map(({ declaration }) => declaration.id));
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** A refusal in words; data that the rules forbid with document and clause. */
export function refusalWords(error: unknown, t: ReturnType<typeof useTranslation>["t"]): string {
  const { sentence } = errorWords(error, t);
  if (!(error instanceof ApiError) || error.code !== "SOURCE_REFUSED") return sentence;
  return sentence + clauseWords(error.fields, t);
}

export function clauseWords(
  fields: Readonly<Record<string, unknown>>,
  t: ReturnType<typeof useTranslation>["t"],
): string {
  const reference = fields["clause"];
  if (typeof reference !== "string") return "";
  const entry = entryAt(reference);
  const document = documentOf(reference);
  if (entry === undefined || document === undefined) return "";
  return t("growth:clause", { document: document.title, number: document.number, clause: entry.label });
}
