/** The rule of a leaf as a form: which kind, and what that kind needs. Works on the record as written. */

import { Button, Input, InputNumber, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isWritten, numberOf, textOf, withMember } from "./written.ts";
import type { Written } from "./written.ts";

const kinds = ["rubric", "yesNo", "survey", "bands", "count", "grade"] as const;
type Kind = (typeof kinds)[number];

interface Props {
  /** undefined = taken from above */
  readonly value: unknown;
  /** names under `rules:` */
  readonly named: readonly string[];
  /** said where the rule comes from when it is taken from above; null where there is no above */
  readonly inherited: string | null;
  readonly onChange: (value: unknown) => void;
}

/** A new rule of a kind, with values that compile. */
function freshRule(kind: Kind): Written {
  const figure = { key: "figure", label: "…", unit: "" };
  switch (kind) {
    case "rubric":
      return {
        kind,
        levels: [
          { id: "A", label: "A", share: 1 },
          { id: "B", label: "B", share: 0.8 },
          { id: "C", label: "C", share: 0.6 },
          { id: "D", label: "D", share: 0.3 },
        ],
      };
    case "yesNo":
      return { kind };
    case "survey":
      return { kind, minAnswers: 10, zeroAt: 0.6, fullAt: 0.95 };
    case "bands":
      return { kind, figure, bands: [{ atLeast: 0.9, share: 1 }], otherwise: 0 };
    case "count":
      return { kind, figure, each: 1 };
    case "grade":
      return {
        kind,
        figure,
        grades: [
          { id: "A", label: "A", share: 1 },
          { id: "B", label: "B", share: 0.5 },
        ],
      };
  }
}

export function RuleForm({ value, named, inherited, onChange }: Props) {
  const { t } = useTranslation("evaluation");
  const chosen =
    value === undefined
      ? "above"
      : typeof value === "string"
        ? value === "yesNo"
          ? "yesNo"
          : `named:${value}`
        : isWritten(value)
          ? textOf(value["kind"])
          : "";
  const choose = (next: string): void => {
    if (next === "above") onChange(undefined);
    else if (next.startsWith("named:")) onChange(next.slice("named:".length));
    else if (next === "yesNo") onChange("yesNo");
    else {
      const kind = kinds.find((candidate) => candidate === next);
      if (kind !== undefined) onChange(freshRule(kind));
    }
  };
  return (
    <div className="stack tight">
      <Select
        value={chosen}
        onChange={choose}
        aria-label={t("edit.rule")}
        style={{ width: "100%" }}
        options={[
          ...(inherited === null ? [] : [{ value: "above", label: inherited }]),
          ...named.map((name) => ({ value: `named:${name}`, label: t("edit.namedRule", { name }) })),
          ...kinds.map((kind) => ({ value: kind, label: t(`ruleKind.${kind}`) })),
        ]}
      />
      {isWritten(value) ? <KindForm rule={value} onChange={onChange} /> : null}
    </div>
  );
}

function KindForm({ rule, onChange }: { readonly rule: Written; readonly onChange: (rule: Written) => void }) {
  const { t } = useTranslation("evaluation");
  const set = (key: string, value: unknown): void => onChange(withMember(rule, key, value));
  switch (textOf(rule["kind"])) {
    case "rubric":
      return (
        <Steps
          value={rule["levels"]}
          onChange={(levels) => set("levels", levels)}
          fresh={(at) => ({ id: String.fromCodePoint(65 + at), label: String.fromCodePoint(65 + at), share: 0 })}
          render={(level, change) => (
            <>
              <Text
                label={t("edit.id")}
                value={level["id"]}
                width={64}
                onChange={(id) => change(withMember(level, "id", id))}
              />
              <Text
                label={t("edit.label")}
                value={level["label"]}
                width={100}
                onChange={(label) => change(withMember(level, "label", label))}
              />
              <Share
                label={t("edit.share")}
                value={level["share"]}
                onChange={(share) => change(withMember(level, "share", share))}
              />
              <Input.TextArea
                className="step-words"
                aria-label={t("edit.descriptor")}
                placeholder={t("edit.descriptor")}
                autoSize={{ minRows: 1, maxRows: 4 }}
                maxLength={400}
                value={textOf(level["descriptor"])}
                onChange={({ target }) =>
                  change(withMember(level, "descriptor", target.value === "" ? undefined : target.value))
                }
              />
            </>
          )}
        />
      );
    case "survey":
      return (
        <div className="form-grid">
          <Numeric
            label={t("edit.minAnswers")}
            value={rule["minAnswers"]}
            least={10}
            onChange={(value) => set("minAnswers", value)}
          />
          <Share
            label={t("edit.zeroAt")}
            value={rule["zeroAt"] ?? 0}
            isLabelled
            onChange={(value) => set("zeroAt", value)}
          />
          <Share
            label={t("edit.fullAt")}
            value={rule["fullAt"] ?? 1}
            isLabelled
            onChange={(value) => set("fullAt", value)}
          />
        </div>
      );
    case "bands": {
      const compare =
        Array.isArray(rule["bands"]) && rule["bands"].some((band) => isWritten(band) && band["atMost"] !== undefined)
          ? "atMost"
          : "atLeast";
      return (
        <>
          <FigureForm value={rule["figure"]} onChange={(figure) => set("figure", figure)} />
          <Select
            value={compare}
            aria-label={t("edit.compare")}
            options={[
              { value: "atLeast", label: t("edit.atLeast") },
              { value: "atMost", label: t("edit.atMost") },
            ]}
            onChange={(next) =>
              set(
                "bands",
                (Array.isArray(rule["bands"]) ? rule["bands"].filter(isWritten) : []).map((band) => ({
                  [next]: band["atLeast"] ?? band["atMost"],
                  share: band["share"],
                })),
              )
            }
          />
          <Steps
            value={rule["bands"]}
            onChange={(bands) => set("bands", bands)}
            fresh={() => ({ [compare]: 0, share: 0 })}
            render={(band, change) => (
              <>
                <Numeric
                  label={t("edit.limit")}
                  value={band[compare]}
                  isBare
                  onChange={(limit) => change(withMember(band, compare, limit))}
                />
                <Share
                  label={t("edit.share")}
                  value={band["share"]}
                  onChange={(share) => change(withMember(band, "share", share))}
                />
              </>
            )}
          />
          <Share
            label={t("edit.otherwise")}
            value={rule["otherwise"] ?? 0}
            isLabelled
            onChange={(value) => set("otherwise", value)}
          />
        </>
      );
    }
    case "count":
      return (
        <>
          <FigureForm value={rule["figure"]} onChange={(figure) => set("figure", figure)} />
          <div className="form-grid">
            <Numeric label={t("edit.each")} value={rule["each"]} least={0} onChange={(value) => set("each", value)} />
            <Numeric
              label={t("edit.cap")}
              value={rule["cap"]}
              least={0}
              onChange={(value) => set("cap", value ?? undefined)}
            />
          </div>
        </>
      );
    case "grade":
      return (
        <>
          <FigureForm value={rule["figure"]} onChange={(figure) => set("figure", figure)} />
          <Steps
            value={rule["grades"]}
            onChange={(grades) => set("grades", grades)}
            fresh={(at) => ({ id: `G${at + 1}`, label: "…", share: 0 })}
            render={(grade, change) => (
              <>
                <Text
                  label={t("edit.id")}
                  value={grade["id"]}
                  width={110}
                  onChange={(id) => change(withMember(grade, "id", id))}
                />
                <Text
                  label={t("edit.label")}
                  value={grade["label"]}
                  width={130}
                  onChange={(label) => change(withMember(grade, "label", label))}
                />
                <Share
                  label={t("edit.share")}
                  value={grade["share"]}
                  onChange={(share) => change(withMember(grade, "share", share))}
                />
              </>
            )}
          />
        </>
      );
    default:
      return null;
  }
}

function FigureForm({ value, onChange }: { readonly value: unknown; readonly onChange: (figure: Written) => void }) {
  const { t } = useTranslation("evaluation");
  const figure = isWritten(value) ? value : {};
  const set = (key: string, entry: string): void => onChange(withMember(figure, key, entry === "" ? undefined : entry));
  return (
    <div className="step">
      <Text label={t("edit.figureKey")} value={figure["key"]} width={130} onChange={(entry) => set("key", entry)} />
      <Text
        label={t("edit.figureLabel")}
        value={figure["label"]}
        width={150}
        onChange={(entry) => set("label", entry)}
      />
      <Text label={t("edit.unit")} value={figure["unit"]} width={70} onChange={(entry) => set("unit", entry)} />
    </div>
  );
}

/** Steps of a rule, best first. */
export function Steps({
  value,
  onChange,
  fresh,
  render,
}: {
  readonly value: unknown;
  readonly onChange: (steps: readonly Written[]) => void;
  readonly fresh: (at: number) => Written;
  readonly render: (step: Written, change: (next: Written) => void) => ReactNode;
}) {
  const { t } = useTranslation("evaluation");
  const steps = Array.isArray(value) ? value.map((step: unknown) => (isWritten(step) ? step : {})) : [];
  return (
    <div className="steps">
      {steps.map((step, at) => (
        <div key={at} className="step">
          {render(step, (next) => onChange(steps.map((other, index) => (index === at ? next : other))))}
          <Button
            type="text"
            size="small"
            aria-label={t("edit.removeStep", { at: at + 1 })}
            disabled={steps.length === 1}
            onClick={() => onChange(steps.filter((_, index) => index !== at))}
          >
            ×
          </Button>
        </div>
      ))}
      <Button size="small" onClick={() => onChange([...steps, fresh(steps.length)])}>
        {t("edit.addStep")}
      </Button>
    </div>
  );
}

export function Text({
  label,
  value,
  width,
  onChange,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly width?: number;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Input
      aria-label={label}
      placeholder={label}
      value={textOf(value)}
      maxLength={200}
      style={width === undefined ? { flex: "1 1 140px", width: "auto" } : { width }}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

/** A share 0–1, typed as a percentage. */
export function Share({
  label,
  value,
  isLabelled = false,
  onChange,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly isLabelled?: boolean;
  readonly onChange: (share: number | null) => void;
}) {
  const share = numberOf(value);
  const field = (
    <InputNumber<number>
      aria-label={label}
      value={share === null ? null : Math.round(share * 1e8) / 1e6}
      min={0}
      max={100}
      suffix="%"
      style={{ width: 104 }}
      onChange={(typed) => onChange(typed === null ? null : Math.round(typed * 1e6) / 1e8)}
    />
  );
  return isLabelled ? (
    <div className="field">
      <span className="field-label">{label}</span>
      {field}
    </div>
  ) : (
    field
  );
}

export function Numeric({
  label,
  value,
  least,
  isBare = false,
  onChange,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly least?: number;
  readonly isBare?: boolean;
  readonly onChange: (value: number | null) => void;
}) {
  const field = (
    <InputNumber<number>
      aria-label={label}
      value={numberOf(value)}
      style={{ width: 104 }}
      {...(least === undefined ? {} : { min: least })}
      onChange={(typed) => onChange(typed)}
    />
  );
  return isBare ? (
    field
  ) : (
    <div className="field">
      <span className="field-label">{label}</span>
      {field}
    </div>
  );
}
