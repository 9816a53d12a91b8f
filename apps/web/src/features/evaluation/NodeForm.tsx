/** One node of a scheme as a form: wording, points, who rates, by which rule, on which evidence. */

import { entryAt, methods } from "@xingfu/standards";
import type { SchemeProblem } from "@xingfu/standards";
import { Button, Checkbox, Input, InputNumber } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { percent } from "../../lib/format.ts";
import { problemWords } from "./problem-words.ts";
import { RuleForm, Share, Text } from "./RuleForm.tsx";
import { childrenOf, inheritedOf, isWritten, memberOf, nodeAt, numberOf, textOf, withMember } from "./written.ts";
import type { Place, Written } from "./written.ts";

interface Props {
  readonly written: Written;
  readonly place: Place;
  readonly problems: readonly SchemeProblem[];
  readonly onChange: (node: Written) => void;
}

export function NodeForm({ written, place, problems, onChange }: Props) {
  const { t } = useTranslation("evaluation");
  const node = nodeAt(written, place) ?? {};
  const isLeaf = childrenOf(node, false) === null;
  const set = (key: string, value: unknown): void => onChange(withMember(node, key, value));
  const about = (...members: readonly string[]): readonly SchemeProblem[] =>
    problems.filter(({ path }) => members.includes(memberOf(path, place).split("/")[0] ?? ""));
  const taken = textOf(node["takes"]);
  const guide = textOf(written["guide"]);
  const official = taken === "" ? undefined : entryAt(taken.includes("/") ? taken : `${guide}/${taken}`);
  return (
    <div className="stack node-form">
      <Field label={t("edit.id")} problems={about("id", "")}>
        <Input
          value={textOf(node["id"])}
          maxLength={60}
          aria-label={t("edit.id")}
          onChange={({ target }) => set("id", target.value)}
        />
      </Field>
      <Field label={t("edit.wording")} problems={about("label", "takes")}>
        {taken === "" ? (
          <Input.TextArea
            value={textOf(node["label"])}
            aria-label={t("edit.wording")}
            autoSize={{ minRows: 1, maxRows: 4 }}
            maxLength={300}
            onChange={({ target }) => set("label", target.value)}
          />
        ) : (
          <div className="official-wording">
            <span>{official?.label ?? taken}</span>
            <Button
              size="small"
              onClick={() =>
                onChange(withMember(withMember(node, "takes", undefined), "label", official?.label ?? taken))
              }
            >
              {t("edit.ownWording")}
            </Button>
            <span className="small soft">{t("edit.officialHint", { id: taken })}</span>
          </div>
        )}
      </Field>
      <Field label={t("edit.points")} problems={about("points")}>
        <InputNumber<number>
          value={numberOf(node["points"])}
          min={0}
          aria-label={t("edit.points")}
          onChange={(points) => set("points", points)}
        />
      </Field>
      <RatersField
        written={written}
        place={place}
        node={node}
        problems={about("raters")}
        onChange={(raters) => set("raters", raters)}
      />
      <Field label={t("edit.rule")} problems={about("rule")}>
        <RuleForm
          value={node["rule"]}
          named={namesOf(written["rules"])}
          inherited={inheritedWords(inheritedOf(written, place, "rule"), written, t)}
          onChange={(rule) => set("rule", rule)}
        />
      </Field>
      <MethodsField
        written={written}
        place={place}
        node={node}
        problems={about("methods")}
        onChange={(value) => set("methods", value)}
      />
      {isLeaf ? (
        <Field label={t("edit.evidence")} problems={about("evidence")}>
          <Pairs
            value={node["evidence"]}
            keyLabel={t("edit.evidenceKey")}
            textLabel={t("edit.evidenceLabel")}
            onChange={(value) => set("evidence", value)}
          />
        </Field>
      ) : null}
      <Field label={t("edit.note")} problems={about("note")}>
        <Input.TextArea
          value={textOf(node["note"])}
          aria-label={t("edit.note")}
          autoSize={{ minRows: 1, maxRows: 4 }}
          maxLength={500}
          onChange={({ target }) => set("note", target.value === "" ? undefined : target.value)}
        />
      </Field>
    </div>
  );
}

export function namesOf(value: unknown): readonly string[] {
  return isWritten(value) ? Object.keys(value) : [];
}

/** Where a member that a node does not say itself comes from, as a choice reads. */
function inheritedWords(
  found: { readonly value: unknown; readonly from: Place } | null,
  written: Written,
  t: ReturnType<typeof useTranslation>["t"],
): string {
  if (found === null) return t("evaluation:edit.aboveNothing");
  const from = found.from.length === 0 ? t("evaluation:edit.scheme") : textOf(nodeAt(written, found.from)?.["id"]);
  const what =
    typeof found.value === "string" ? found.value : isWritten(found.value) ? textOf(found.value["kind"]) : "";
  return t("evaluation:edit.above", { from, what });
}

/** A label, a field, and what is wrong with it. */
export function Field({
  label,
  problems,
  children,
}: {
  readonly label: string;
  readonly problems: readonly SchemeProblem[];
  readonly children: ReactNode;
}) {
  const { t } = useTranslation("evaluation");
  return (
    <div className={problems.length === 0 ? "form-field" : "form-field wrong"} role="group" aria-label={label}>
      <span className="field-label">{label}</span>
      <div className="stack tight">
        {children}
        {problems.map((problem) => (
          <p key={`${problem.path} ${problem.problem}`} className="field-problem" role="alert">
            {problemWords(problem, t)}
          </p>
        ))}
      </div>
    </div>
  );
}

interface MemberProps {
  readonly written: Written;
  readonly place: Place;
  readonly node: Written;
  readonly problems: readonly SchemeProblem[];
  readonly onChange: (value: unknown) => void;
}

function RatersField({ written, place, node, problems, onChange }: MemberProps) {
  const { t } = useTranslation("evaluation");
  const parties = isWritten(written["parties"]) ? written["parties"] : {};
  const isOwn = node["raters"] !== undefined;
  const found = isOwn ? node["raters"] : inheritedOf(written, place, "raters")?.value;
  const raters = isWritten(found) ? found : {};
  const weightOf = (rater: unknown): number | null => numberOf(isWritten(rater) ? rater["weight"] : rater);
  const total = Object.values(raters).reduce<number>((all, rater) => all + (weightOf(rater) ?? 0), 0);
  const isSummed = Math.abs(total - 1) < 1e-9;
  const set = (party: string, weight: number | null): void => {
    const before = raters[party];
    onChange(withMember(raters, party, isWritten(before) ? { ...before, weight } : weight));
  };
  return (
    <Field label={t("edit.raters")} problems={problems}>
      <Checkbox checked={!isOwn} onChange={({ target }) => onChange(target.checked ? undefined : raters)}>
        {t("edit.takeAbove")}
      </Checkbox>
      {Object.entries(parties).map(([party, label]) => {
        const rater = raters[party];
        return (
          <div key={party} className="rater-line">
            <Checkbox
              checked={rater !== undefined}
              disabled={!isOwn}
              onChange={({ target }) => onChange(withMember(raters, party, target.checked ? 0 : undefined))}
            >
              {textOf(label)}
            </Checkbox>
            {rater === undefined ? null : isOwn ? (
              <Share
                label={t("edit.weightOf", { party: textOf(label) })}
                value={weightOf(rater)}
                onChange={(weight) => set(party, weight)}
              />
            ) : (
              <span className="soft">{percent(weightOf(rater) ?? 0, 0)}</span>
            )}
          </div>
        );
      })}
      <p className={isSummed ? "small soft" : "small field-problem"} aria-live="polite">
        {t("edit.weightsSum", { sum: percent(total, 0) })}
      </p>
    </Field>
  );
}

function MethodsField({ written, place, node, problems, onChange }: MemberProps) {
  const { t } = useTranslation("evaluation");
  const isOwn = node["methods"] !== undefined;
  const found = isOwn ? node["methods"] : inheritedOf(written, place, "methods")?.value;
  const chosen = Array.isArray(found) ? found.map(String) : [];
  return (
    <Field label={t("edit.methods")} problems={problems}>
      <Checkbox checked={!isOwn} onChange={({ target }) => onChange(target.checked ? undefined : chosen)}>
        {t("edit.takeAbove")}
      </Checkbox>
      <Checkbox.Group
        value={chosen}
        disabled={!isOwn}
        options={methods.map((method) => ({ value: method, label: t(`method.${method}`) }))}
        onChange={(value) => onChange(value)}
      />
    </Field>
  );
}

/** A record of keys and texts: evidence, parties. */
export function Pairs({
  value,
  keyLabel,
  textLabel,
  onChange,
}: {
  readonly value: unknown;
  readonly keyLabel: string;
  readonly textLabel: string;
  readonly onChange: (value: Written | undefined) => void;
}) {
  const { t } = useTranslation("evaluation");
  const pairs = isWritten(value) ? Object.entries(value) : [];
  const change = (next: readonly (readonly [string, unknown])[]): void =>
    onChange(next.length === 0 ? undefined : Object.fromEntries(next));
  const fresh = (): string => {
    let number = pairs.length + 1;
    while (pairs.some(([key]) => key === `e${number}`)) number++;
    return `e${number}`;
  };
  return (
    <div className="steps">
      {pairs.map(([key, text], at) => (
        <div key={at} className="step">
          <Text
            label={keyLabel}
            value={key}
            width={110}
            onChange={(next) => {
              if (!pairs.some(([other], index) => index !== at && other === next))
                change(pairs.map((pair, index) => (index === at ? [next, text] : pair)));
            }}
          />
          <Text
            label={textLabel}
            value={text}
            onChange={(next) => change(pairs.map((pair, index) => (index === at ? [key, next] : pair)))}
          />
          <Button
            type="text"
            size="small"
            aria-label={t("edit.removeStep", { at: at + 1 })}
            onClick={() => change(pairs.filter((_, index) => index !== at))}
          >
            ×
          </Button>
        </div>
      ))}
      <Button size="small" onClick={() => change([...pairs, [fresh(), textLabel]])}>
        {t("edit.addStep")}
      </Button>
    </div>
  );
}
