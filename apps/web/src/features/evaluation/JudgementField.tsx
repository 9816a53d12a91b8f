/** A judgement as one gives it: the levels of a rubric with what each means, or yes and no. Number keys choose. */

import type { Judgement } from "@xingfu/contract";
import type { JudgementRule, SchemeNode } from "@xingfu/standards";
import { useTranslation } from "react-i18next";
import { percent } from "../../lib/format.ts";

/** The rule a party judges a leaf by; null where it is not asked, or answers a survey. */
export function ruleOf(node: SchemeNode, party: string): JudgementRule | null {
  const rater = node.leaf?.raters.find((candidate) => candidate.party === party);
  return rater === undefined || rater.rule.kind === "survey" ? null : rater.rule;
}

/** The judgements a rule knows, in the order of the number keys. */
export function choicesOf(rule: JudgementRule): readonly Judgement[] {
  if (rule.kind === "rubric") return rule.levels.map((level) => ({ kind: "rubric", level: level.id }));
  return rule.kind === "yesNo"
    ? [
        { kind: "yesNo", isMet: true },
        { kind: "yesNo", isMet: false },
      ]
    : [];
}

export function isSameJudgement(a: Judgement | null, b: Judgement | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.kind === "rubric") return b.kind === "rubric" && a.level === b.level;
  return b.kind === "yesNo" && a.isMet === b.isMet;
}

export function useJudgementWords(): (rule: JudgementRule | null, judgement: Judgement | null) => string {
  const { t } = useTranslation("evaluation");
  return (rule, judgement) => {
    if (judgement === null) return t("judgement.none");
    if (judgement.kind === "yesNo") return t(judgement.isMet ? "judgement.yes" : "judgement.no");
    const level = rule?.kind === "rubric" ? rule.levels.find((entry) => entry.id === judgement.level) : undefined;
    return level?.label ?? judgement.level;
  };
}

export function JudgementField({
  rule,
  value,
  name,
  label,
  isOpen,
  onChange,
}: {
  readonly rule: JudgementRule;
  readonly value: Judgement | null;
  /** of the group of radio buttons; one per form on the page */
  readonly name: string;
  readonly label: string;
  readonly isOpen: boolean;
  readonly onChange: (judgement: Judgement | null) => void;
}) {
  const { t } = useTranslation("evaluation");
  const words = useJudgementWords();
  return (
    <fieldset className="judgement" disabled={!isOpen}>
      <legend className="hidden-words">{label}</legend>
      {choicesOf(rule).map((choice, at) => {
        const level = rule.kind === "rubric" ? rule.levels[at] : undefined;
        const isChosen = isSameJudgement(value, choice);
        return (
          <label key={at} className={isChosen ? "level chosen" : "level"}>
            <input type="radio" name={name} checked={isChosen} onChange={() => onChange(choice)} />
            <span className="level-name">
              {words(rule, choice)}{" "}
              {level === undefined ? null : <span className="soft small">{percent(level.share, 0)}</span>}
            </span>
            <kbd aria-hidden="true">{at + 1}</kbd>
            {level === undefined || level.descriptor === "" ? null : (
              <span className="level-words">{level.descriptor}</span>
            )}
          </label>
        );
      })}
      {value !== null && isOpen ? (
        <button type="button" className="link-button small" onClick={() => onChange(null)}>
          {t("judgement.clear")}
        </button>
      ) : null}
    </fieldset>
  );
}
