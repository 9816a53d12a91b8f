/** What holds for a scheme as a whole, as a form: name, dates, parties, named rules, bands, limits. */

import type { SchemeProblem } from "@xingfu/standards";
import { Button, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field, Pairs, namesOf } from "./NodeForm.tsx";
import { Numeric, RuleForm, Share, Steps, Text } from "./RuleForm.tsx";
import { childrenOf, isWritten, numberOf, placeOf, textOf, treeOf, withMember } from "./written.ts";
import type { Written } from "./written.ts";

interface Props {
  readonly written: Written;
  readonly problems: readonly SchemeProblem[];
  readonly onChange: (written: Written) => void;
}

export function WholeForm({ written, problems, onChange }: Props) {
  const { t } = useTranslation("evaluation");
  const set = (key: string, value: unknown): void => onChange(withMember(written, key, value));
  const about = (...members: readonly string[]): readonly SchemeProblem[] =>
    problems.filter(({ path }) => placeOf(written, path).length === 0 && members.includes(path.split("/")[0] ?? ""));
  const bands = childrenOf({ children: written["bands"] }, false) ?? [];
  const nodes = treeOf(written);
  const bandOptions = bands.map((band) => ({ value: textOf(band["id"]), label: textOf(band["label"]) }));
  return (
    <div className="stack node-form">
      <Field label={t("schemes.name")} problems={about("title")}>
        <Text label={t("schemes.name")} value={written["title"]} onChange={(value) => set("title", value)} />
      </Field>
      <div className="form-pair">
        <Field label={t("edit.schemeId")} problems={about("id")}>
          <Text label={t("edit.schemeId")} value={written["id"]} onChange={(value) => set("id", value)} />
        </Field>
        <Field label={t("schemes.version")} problems={about("version")}>
          <Text label={t("schemes.version")} value={written["version"]} onChange={(value) => set("version", value)} />
        </Field>
      </div>
      <div className="form-pair">
        <Field label={t("schemes.from")} problems={about("effectiveFrom")}>
          <Input
            type="date"
            aria-label={t("schemes.from")}
            value={textOf(written["effectiveFrom"])}
            onChange={({ target }) => set("effectiveFrom", target.value)}
          />
        </Field>
        <Field label={t("edit.to")} problems={about("effectiveTo")}>
          <Input
            type="date"
            aria-label={t("edit.to")}
            value={textOf(written["effectiveTo"])}
            onChange={({ target }) => set("effectiveTo", target.value === "" ? undefined : target.value)}
          />
        </Field>
      </div>
      <Field label={t("edit.fullPoints")} problems={about("points", "areas")}>
        <InputNumber<number>
          aria-label={t("edit.fullPoints")}
          value={numberOf(written["points"])}
          min={0}
          onChange={(value) => set("points", value)}
        />
      </Field>
      <Field label={t("scheme.source")} problems={about("", "source", "tag", "checkedOn", "districtRule", "guide")}>
        <Text label={t("scheme.source")} value={written["source"]} onChange={(value) => set("source", value)} />
      </Field>
      <Field label={t("scheme.parties")} problems={about("parties", "raters")}>
        <Pairs
          value={written["parties"]}
          keyLabel={t("edit.id")}
          textLabel={t("edit.label")}
          onChange={(value) => set("parties", value)}
        />
        <span className="small soft">{t("edit.selfHint")}</span>
      </Field>
      <NamedRules written={written} problems={about("rules", "rule")} onChange={(rules) => set("rules", rules)} />
      <Field label={t("edit.defaultRule")} problems={[]}>
        <RuleForm
          value={written["rule"]}
          named={namesOf(written["rules"])}
          inherited={t("edit.noDefault")}
          onChange={(rule) => set("rule", rule)}
        />
      </Field>
      <Field label={t("scheme.bands")} problems={about("bands")}>
        <Steps
          value={written["bands"]}
          onChange={(value) => set("bands", value)}
          fresh={(at) => ({ id: `band${at + 1}`, label: "…", atLeast: 0 })}
          render={(band, change) => (
            <>
              <Text
                label={t("edit.id")}
                value={band["id"]}
                width={110}
                onChange={(value) => change(withMember(band, "id", value))}
              />
              <Text
                label={t("edit.label")}
                value={band["label"]}
                width={110}
                onChange={(value) => change(withMember(band, "label", value))}
              />
              <Share
                label={t("edit.atLeastShare")}
                value={band["atLeast"]}
                onChange={(value) => change(withMember(band, "atLeast", value))}
              />
            </>
          )}
        />
      </Field>
      <Field label={t("scheme.gates")} problems={about("gates")}>
        <Limits
          value={written["gates"]}
          add={t("edit.addGate")}
          fresh={(at) => ({
            id: `gate${at + 1}`,
            label: "…",
            node: nodes[0]?.id ?? "",
            atLeast: 0.6,
            band: bandOptions.at(-1)?.value ?? "",
          })}
          onChange={(value) => set("gates", value)}
          render={(gate, change) => (
            <>
              <Text
                label={t("edit.label")}
                value={gate["label"]}
                width={180}
                onChange={(value) => change(withMember(gate, "label", value))}
              />
              <Select
                aria-label={t("scheme.node")}
                value={textOf(gate["node"])}
                showSearch={{ optionFilterProp: "label" }}
                style={{ width: 150 }}
                options={nodes.map((row) => ({ value: row.id, label: `${row.id} ${row.label}` }))}
                onChange={(value) => change(withMember(gate, "node", value))}
              />
              <Share
                label={t("edit.atLeastShare")}
                value={gate["atLeast"]}
                onChange={(value) => change(withMember(gate, "atLeast", value))}
              />
              <Select
                aria-label={t("edit.atMostBand")}
                value={textOf(gate["band"])}
                style={{ width: 110 }}
                options={bandOptions}
                onChange={(value) => change(withMember(gate, "band", value))}
              />
            </>
          )}
        />
      </Field>
      <Field label={t("scheme.vetoes")} problems={about("vetoes")}>
        <Limits
          value={written["vetoes"]}
          add={t("edit.addVeto")}
          fresh={(at) => ({ id: `veto${at + 1}`, label: "…", band: bandOptions.at(-1)?.value ?? "" })}
          onChange={(value) => set("vetoes", value)}
          render={(veto, change) => (
            <>
              <Text
                label={t("edit.label")}
                value={veto["label"]}
                onChange={(value) => change(withMember(veto, "label", value))}
              />
              <Select
                aria-label={t("edit.atMostBand")}
                value={textOf(veto["band"])}
                style={{ width: 110 }}
                options={bandOptions}
                onChange={(value) => change(withMember(veto, "band", value))}
              />
            </>
          )}
        />
      </Field>
      <div className="form-pair">
        <Field label={t("edit.flag")} problems={about("flagSelfAbove")}>
          <Share
            label={t("edit.flag")}
            value={written["flagSelfAbove"]}
            onChange={(value) => set("flagSelfAbove", value ?? undefined)}
          />
        </Field>
        <Field label={t("edit.appealDays")} problems={about("appealDays")}>
          <Numeric
            label={t("edit.appealDays")}
            value={written["appealDays"]}
            least={1}
            isBare
            onChange={(value) => set("appealDays", value ?? undefined)}
          />
        </Field>
      </div>
      <Field label={t("scheme.note")} problems={about("note")}>
        <Input.TextArea
          aria-label={t("scheme.note")}
          value={textOf(written["note"])}
          autoSize={{ minRows: 2, maxRows: 6 }}
          maxLength={1000}
          onChange={({ target }) => set("note", target.value === "" ? undefined : target.value)}
        />
      </Field>
    </div>
  );
}

/** A list that may be empty. */
function Limits({
  value,
  add,
  fresh,
  onChange,
  render,
}: {
  readonly value: unknown;
  readonly add: string;
  readonly fresh: (at: number) => Written;
  readonly onChange: (value: readonly Written[] | undefined) => void;
  readonly render: (entry: Written, change: (next: Written) => void) => React.ReactNode;
}) {
  const { t } = useTranslation("evaluation");
  const entries = Array.isArray(value) ? value.filter(isWritten) : [];
  return (
    <div className="steps">
      {entries.map((entry, at) => (
        <div key={at} className="step">
          {render(entry, (next) => onChange(entries.map((other, index) => (index === at ? next : other))))}
          <Button
            type="text"
            size="small"
            aria-label={t("edit.removeStep", { at: at + 1 })}
            onClick={() => onChange(entries.length === 1 ? undefined : entries.filter((_, index) => index !== at))}
          >
            ×
          </Button>
        </div>
      ))}
      <Button size="small" onClick={() => onChange([...entries, fresh(entries.length)])}>
        {add}
      </Button>
    </div>
  );
}

function NamedRules({
  written,
  problems,
  onChange,
}: {
  readonly written: Written;
  readonly problems: readonly SchemeProblem[];
  readonly onChange: (rules: Written | undefined) => void;
}) {
  const { t } = useTranslation("evaluation");
  const rules = isWritten(written["rules"]) ? written["rules"] : {};
  const names = Object.keys(rules);
  const [opened, setOpened] = useState<string | null>(null);
  const fresh = (): string => {
    let number = names.length + 1;
    while (names.includes(`rule${number}`)) number++;
    return `rule${number}`;
  };
  return (
    <Field label={t("edit.rules")} problems={problems}>
      {names.map((name) => (
        <div key={name} className="stack tight">
          <div className="row">
            <button
              type="button"
              className="link-button"
              aria-expanded={opened === name}
              onClick={() => setOpened(opened === name ? null : name)}
            >
              {name}
            </button>
            <Button
              type="text"
              size="small"
              aria-label={t("edit.removeRule", { name })}
              onClick={() => onChange(names.length === 1 ? undefined : withMember(rules, name, undefined))}
            >
              ×
            </Button>
          </div>
          {opened === name ? (
            <RuleForm
              value={rules[name]}
              named={[]}
              inherited={null}
              onChange={(rule) => onChange({ ...rules, [name]: rule })}
            />
          ) : null}
        </div>
      ))}
      <Button
        size="small"
        onClick={() => {
          const name = fresh();
          onChange({ ...rules, [name]: { kind: "yesNo" } });
          setOpened(name);
        }}
      >
        {t("edit.addRule")}
      </Button>
    </Field>
  );
}
