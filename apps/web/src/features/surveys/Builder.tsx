/** The builder: what is asked of whom, in which order, under which condition; with the phone beside it. */

import { DownOutlined, UpOutlined } from "@ant-design/icons";
import type { Survey } from "@xingfu/contract";
import { satisfactionParties } from "@xingfu/domain/base";
import { checkSurvey, optionsOf, questionKinds, questionsOf, starterForm } from "@xingfu/domain/survey";
import type { Form, Question, QuestionKind, SurveyParty, SurveyPlan, SurveyProblem } from "@xingfu/domain/survey";
import { Button, Checkbox, Dropdown, Input, InputNumber, Segmented, Select, Switch } from "antd";
import { useDeferredValue, useMemo, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, ApiError } from "../../lib/api.ts";
import { useDraft } from "../../lib/draft.ts";
import { Sheet } from "../../ui/Page.tsx";
import { useTell } from "../../ui/tell.ts";
import { Preview } from "./Preview.tsx";
import { changeKind, freeId, newQuestion, withoutQuestion } from "./edit.ts";
import { forgetSurvey } from "./queries.ts";
import { partyWords } from "./sentences.ts";
import { useSurvey } from "./source.ts";

interface Work {
  readonly revision: number;
  readonly plan: SurveyPlan;
}

function isWork(value: unknown): value is Work {
  return typeof value === "object" && value !== null && "revision" in value && "plan" in value;
}

const planOf = ({ title, year, asker, purpose, opensOn, closesOn, forms }: Survey): SurveyPlan => ({
  title,
  year,
  asker,
  purpose,
  opensOn,
  closesOn,
  forms,
});

export function Builder() {
  const survey = useSurvey();
  // what was saved elsewhere meanwhile makes another page of it
  return <Editor key={`${survey.id}/${survey.revision}`} survey={survey} />;
}

function Editor({ survey }: { readonly survey: Survey }) {
  const { t } = useTranslation(["surveys", "common"]);
  const tell = useTell();
  const isOpen = survey.state !== "draft";
  const [initial] = useState<Work>(() => ({ revision: survey.revision, plan: planOf(survey) }));
  const [work, setWork, forget, isRestored] = useDraft<Work>(`survey.${survey.id}.${survey.revision}`, initial, isWork);
  const { plan } = work;
  const [party, setParty] = useState<SurveyParty | null>(plan.forms[0]?.party ?? null);
  const [isBusy, setBusy] = useState(false);
  const shown = useDeferredValue(plan);
  const problems = useMemo(() => checkSurvey(shown), [shown]);
  const form = plan.forms.find((candidate) => candidate.party === party) ?? plan.forms[0];
  const isChanged = plan !== initial.plan;
  const change = (part: Partial<SurveyPlan>): void => setWork({ ...work, plan: { ...plan, ...part } });
  const changeForm = (next: Form): void =>
    change({ forms: plan.forms.map((candidate) => (candidate.party === next.party ? next : candidate)) });
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const body = structuredClone({ ...plan, revision: work.revision });
      await api.saveSurvey({ params: { id: survey.id }, body: body as Parameters<typeof api.saveSurvey>[0]["body"] });
      forget();
      tell.done(t("builder.saved"));
      await forgetSurvey(survey.id);
    } catch (error) {
      tell.failure(error);
      if (error instanceof ApiError && error.code === "CHANGED_MEANWHILE") await forgetSurvey(survey.id);
    } finally {
      setBusy(false);
    }
  };
  const count = plan.forms.reduce((sum, own) => sum + questionsOf(own).length, 0);
  const missing = satisfactionParties.filter((candidate) => !plan.forms.some((own) => own.party === candidate));
  return (
    <>
      <p className="answer">
        {t(
          isOpen
            ? "builder.sentenceOpen"
            : problems.some((problem) => !problem.isWarning)
              ? "builder.sentenceProblems"
              : "builder.sentence",
          {
            parties: plan.forms.length,
            count,
            problems: problems.filter((problem) => !problem.isWarning).length,
          },
        )}
      </p>
      {isRestored && isChanged ? (
        <p className="note plain row">
          {t("common:draft.restored")}
          <Button size="small" onClick={forget}>
            {t("common:draft.drop")}
          </Button>
        </p>
      ) : null}
      <div className="builder">
        <div className="stack builder-form">
          <Sheet title={t("builder.about")}>
            <fieldset disabled={isOpen} className="survey-fields">
              <Labelled label={t("builder.title")}>
                <Input
                  value={plan.title}
                  maxLength={100}
                  disabled={isOpen}
                  aria-label={t("builder.title")}
                  onChange={(event) => change({ title: event.target.value })}
                />
              </Labelled>
              <Labelled label={t("builder.asker")}>
                <Input
                  value={plan.asker}
                  maxLength={100}
                  disabled={isOpen}
                  aria-label={t("builder.asker")}
                  onChange={(event) => change({ asker: event.target.value })}
                />
              </Labelled>
              <Labelled label={t("builder.opensOn")}>
                <Input
                  type="date"
                  value={plan.opensOn}
                  disabled={isOpen}
                  aria-label={t("builder.opensOn")}
                  onChange={(event) => change({ opensOn: event.target.value })}
                />
              </Labelled>
              <Labelled label={t("builder.closesOn")}>
                <Input
                  type="date"
                  value={plan.closesOn}
                  disabled={isOpen}
                  aria-label={t("builder.closesOn")}
                  onChange={(event) => change({ closesOn: event.target.value })}
                />
              </Labelled>
              <Labelled label={t("builder.purpose")} isWide>
                <Input.TextArea
                  value={plan.purpose}
                  maxLength={500}
                  rows={2}
                  disabled={isOpen}
                  aria-label={t("builder.purpose")}
                  onChange={(event) => change({ purpose: event.target.value })}
                />
              </Labelled>
            </fieldset>
          </Sheet>
          {problems.length === 0 ? null : <Problems problems={problems} onGo={(problem) => go(problem, setParty)} />}
          <Sheet
            title={t("builder.forms")}
            aside={
              isOpen || missing.length === 0 ? undefined : (
                <Dropdown
                  trigger={["click"]}
                  menu={{
                    items: missing.map((candidate) => ({
                      key: candidate,
                      label: partyWords(candidate),
                      onClick: () => {
                        change({ forms: [...plan.forms, starterForm(candidate)] });
                        setParty(candidate);
                      },
                    })),
                  }}
                >
                  <Button size="small">{t("builder.addParty")}</Button>
                </Dropdown>
              )
            }
          >
            {form === undefined ? (
              <p className="soft">{t("builder.noForm")}</p>
            ) : (
              <div className="stack">
                <div className="survey-parties-line">
                  <Segmented<SurveyParty>
                    aria-label={t("column.party")}
                    value={form.party}
                    onChange={setParty}
                    options={plan.forms.map((own) => ({ value: own.party, label: partyWords(own.party) }))}
                  />
                </div>
                <FormEditor
                  key={form.party}
                  form={form}
                  isReadOnly={isOpen}
                  problems={problems.filter((problem) => problem.party === form.party)}
                  onChange={changeForm}
                  onRemove={() => {
                    const rest = plan.forms.filter((own) => own.party !== form.party);
                    change({ forms: rest });
                    setParty(rest[0]?.party ?? null);
                  }}
                />
              </div>
            )}
          </Sheet>
        </div>
        <aside className="builder-phone" aria-label={t("builder.preview")}>
          {form === undefined ? null : <Preview plan={shown} party={form.party} />}
        </aside>
      </div>
      {isOpen ? null : (
        <div className="builder-bar no-print">
          <Button type="primary" loading={isBusy} disabled={!isChanged} onClick={() => void save()}>
            {t("common:action.save")}
          </Button>
          <Button disabled={!isChanged} onClick={forget}>
            {t("builder.undo")}
          </Button>
          <span className="soft small">{t(isChanged ? "builder.unsaved" : "builder.allSaved")}</span>
        </div>
      )}
    </>
  );
}

function go(problem: SurveyProblem, setParty: (party: SurveyParty) => void): void {
  if (problem.party !== null) setParty(problem.party);
  const number = problem.question;
  if (number === null) return;
  // the form of the party is drawn in the next frame
  requestAnimationFrame(() => {
    const card = document.getElementById(`question-${number}`);
    card?.scrollIntoView({ block: "center" });
    card?.focus();
  });
}

function Problems({
  problems,
  onGo,
}: {
  readonly problems: readonly SurveyProblem[];
  readonly onGo: (problem: SurveyProblem) => void;
}) {
  const { t } = useTranslation(["surveys", "common"]);
  const words = useProblemWords();
  return (
    <Sheet title={t("problem.title", { count: problems.length })}>
      <ul className="stack tight">
        {problems.map((problem, at) => (
          <li key={at} className={problem.isWarning ? "note plain" : "note blocking"}>
            <button type="button" className="figure-link" onClick={() => onGo(problem)}>
              {problem.party === null
                ? ""
                : `${partyWords(problem.party)}${problem.question === null ? "" : t("problem.at", { number: problem.question })}${t("common:list.colon")}`}
              {words(problem)}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function useProblemWords(): (problem: SurveyProblem) => string {
  const { t } = useTranslation("surveys");
  return ({ code, detail }) => t(`problem.${code}`, { detail });
}

function Labelled({
  label,
  children,
  isWide = false,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly isWide?: boolean;
}) {
  return (
    <div className={isWide ? "wide" : undefined}>
      <span className="field-label">{label}</span>
      {children}
    </div>
  );
}

interface FormEditorProps {
  readonly form: Form;
  readonly isReadOnly: boolean;
  readonly problems: readonly SurveyProblem[];
  readonly onChange: (form: Form) => void;
  readonly onRemove: () => void;
}

/** The questions of one form; sections are kept as they are, a question moves within and between them. */
function FormEditor({ form, isReadOnly, problems, onChange, onRemove }: FormEditorProps) {
  const { t } = useTranslation(["surveys", "common"]);
  const questions = questionsOf(form);
  const [open, setOpen] = useState<number | null>(null);
  const [said, setSaid] = useState("");

  /** The sections with these questions, each section as long as before; what is left over goes into the last. */
  const place = (next: readonly Question[]): void => {
    const rest = [...next];
    const sections = form.sections.map((section, at) => ({
      ...section,
      questions: at === form.sections.length - 1 ? rest.splice(0) : rest.splice(0, section.questions.length),
    }));
    onChange({ ...form, sections: sections.length === 0 ? [{ id: "s1", title: "", questions: rest }] : sections });
  };
  const replace = (at: number, question: Question): void =>
    place(questions.map((own, index) => (index === at ? question : own)));
  const move = (at: number, by: -1 | 1): void => {
    const to = at + by;
    const question = questions[at];
    const other = questions[to];
    if (question === undefined || other === undefined) return;
    place(questions.map((own, index) => (index === at ? other : index === to ? question : own)));
    if (open === at) setOpen(to);
    else if (open === to) setOpen(at);
    setSaid(t("builder.moved", { from: at + 1, to: to + 1 }));
    requestAnimationFrame(() => document.getElementById(`question-${to + 1}`)?.focus());
  };
  const onKey = (event: KeyboardEvent, at: number): void => {
    if (!event.altKey || isReadOnly || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(at, event.key === "ArrowUp" ? -1 : 1);
  };
  const add = (kind: QuestionKind): void => {
    place([...questions, newQuestion(kind, freeId(questions), t)]);
    setOpen(questions.length);
  };
  return (
    <div className="stack">
      <Labelled label={t("builder.greeting")}>
        <Input.TextArea
          value={form.greeting}
          rows={2}
          maxLength={500}
          disabled={isReadOnly}
          aria-label={t("builder.greeting")}
          onChange={(event) => onChange({ ...form, greeting: event.target.value })}
        />
      </Labelled>
      {isReadOnly ? null : <p className="small soft">{t("builder.keys")}</p>}
      <span className="hidden-words" role="status">
        {said}
      </span>
      <ol className="question-cards">
        {questions.map((question, at) => (
          <li
            key={question.id + String(at)}
            id={`question-${at + 1}`}
            tabIndex={-1}
            onKeyDown={(event) => onKey(event, at)}
            data-wrong={problems.some((problem) => problem.question === at + 1 && !problem.isWarning)}
          >
            <div className="question-head">
              <button
                type="button"
                className="question-open"
                aria-expanded={open === at}
                onClick={() => setOpen(open === at ? null : at)}
              >
                <span className="question-number">{at + 1}</span>
                <span className="question-text">{question.text === "" ? t("builder.noText") : question.text}</span>
                <span className="question-kind">
                  {t(`kind.${question.kind}`)}
                  {question.showIf.length === 0 ? "" : ` · ${t("builder.conditional")}`}
                  {"isOverall" in question && question.isOverall ? ` · ${t("builder.isOverall")}` : ""}
                </span>
              </button>
              {isReadOnly ? null : (
                <span className="question-moves">
                  <Button
                    size="small"
                    icon={<UpOutlined />}
                    disabled={at === 0}
                    aria-label={t("builder.up", { number: at + 1 })}
                    onClick={() => move(at, -1)}
                  />
                  <Button
                    size="small"
                    icon={<DownOutlined />}
                    disabled={at === questions.length - 1}
                    aria-label={t("builder.down", { number: at + 1 })}
                    onClick={() => move(at, 1)}
                  />
                </span>
              )}
            </div>
            {open === at ? (
              <QuestionEditor
                question={question}
                before={questions.slice(0, at)}
                isReadOnly={isReadOnly}
                onChange={(next) => replace(at, next)}
                onRemove={() => {
                  place(withoutQuestion(questions, at));
                  setOpen(null);
                }}
              />
            ) : null}
          </li>
        ))}
      </ol>
      {isReadOnly ? null : (
        <div className="row">
          <Dropdown
            trigger={["click"]}
            menu={{
              items: questionKinds.map((kind) => ({ key: kind, label: t(`kind.${kind}`), onClick: () => add(kind) })),
            }}
          >
            <Button>{t("builder.addQuestion")}</Button>
          </Dropdown>
          <span className="grow" />
          <Button danger onClick={onRemove}>
            {t("builder.removeParty", { party: partyWords(form.party) })}
          </Button>
        </div>
      )}
    </div>
  );
}

interface QuestionEditorProps {
  readonly question: Question;
  readonly before: readonly Question[];
  readonly isReadOnly: boolean;
  readonly onChange: (question: Question) => void;
  readonly onRemove: () => void;
}

function QuestionEditor({ question, before, isReadOnly, onChange, onRemove }: QuestionEditorProps) {
  const { t } = useTranslation(["surveys", "common"]);
  const askable = before.filter((other) => optionsOf(other).length > 0);
  return (
    <fieldset className="question-editor" disabled={isReadOnly}>
      <Labelled label={t("builder.text")}>
        <Input.TextArea
          value={question.text}
          autoSize={{ minRows: 1, maxRows: 4 }}
          maxLength={500}
          disabled={isReadOnly}
          aria-label={t("builder.text")}
          onChange={(event) => onChange({ ...question, text: event.target.value })}
        />
      </Labelled>
      <Labelled label={t("builder.note")}>
        <Input
          value={question.note}
          maxLength={500}
          disabled={isReadOnly}
          aria-label={t("builder.note")}
          onChange={(event) => onChange({ ...question, note: event.target.value })}
        />
      </Labelled>
      <div className="row gap-m">
        <label className="row">
          {t("builder.kind")}
          <Select<QuestionKind>
            value={question.kind}
            disabled={isReadOnly}
            style={{ minWidth: 120 }}
            aria-label={t("builder.kind")}
            onChange={(kind) => onChange(changeKind(question, kind, t))}
            options={questionKinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
          />
        </label>
        <label className="row">
          <Switch
            checked={question.isRequired}
            disabled={isReadOnly}
            onChange={(isRequired) => onChange({ ...question, isRequired })}
            aria-label={t("builder.required")}
          />
          {t("builder.required")}
        </label>
      </div>
      <KindFields question={question} isReadOnly={isReadOnly} onChange={onChange} />
      <Conditions question={question} askable={askable} before={before} isReadOnly={isReadOnly} onChange={onChange} />
      {"isOverall" in question ? (
        <div className="stack tight">
          <Checkbox
            checked={question.isOverall}
            disabled={isReadOnly}
            onChange={(event) => onChange({ ...question, isOverall: event.target.checked })}
          >
            {t("builder.countsOverall")}
          </Checkbox>
          <LeafField
            leaves={question.leaves}
            label={t("builder.leaves")}
            isReadOnly={isReadOnly}
            onChange={(leaves) => onChange({ ...question, leaves })}
          />
        </div>
      ) : null}
      {isReadOnly ? null : (
        <div>
          <Button danger size="small" onClick={onRemove}>
            {t("builder.removeQuestion")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

/** Leaves of evaluation schemes, as "scheme/node". */
function LeafField({
  leaves,
  label,
  isReadOnly,
  onChange,
}: {
  readonly leaves: readonly string[];
  readonly label: string;
  readonly isReadOnly: boolean;
  readonly onChange: (leaves: readonly string[]) => void;
}) {
  return (
    <Labelled label={label}>
      <Select<string[]>
        mode="tags"
        value={[...leaves]}
        disabled={isReadOnly}
        style={{ width: "100%" }}
        aria-label={label}
        onChange={(value) => onChange(value.map((leaf) => leaf.trim()).filter((leaf) => leaf !== ""))}
        tokenSeparators={[",", " "]}
        maxCount={10}
      />
    </Labelled>
  );
}

interface PartProps {
  readonly question: Question;
  readonly isReadOnly: boolean;
  readonly onChange: (question: Question) => void;
}

function KindFields({ question, isReadOnly, onChange }: PartProps) {
  const { t } = useTranslation(["surveys", "common"]);
  switch (question.kind) {
    case "single":
    case "multiple":
      return (
        <div className="stack tight">
          <span className="field-label">{t("builder.choices")}</span>
          {question.choices.map((choice, at) => {
            const replace = (next: typeof choice): void =>
              onChange({ ...question, choices: question.choices.map((own, index) => (index === at ? next : own)) });
            return (
              <div key={choice.id} className="row" style={{ flexWrap: "nowrap" }}>
                <Input
                  value={choice.label}
                  maxLength={200}
                  disabled={isReadOnly}
                  aria-label={t("builder.choice", { number: at + 1 })}
                  onChange={(event) => replace({ ...choice, label: event.target.value })}
                />
                {question.kind === "single" && (question.isOverall || question.leaves.length > 0) ? (
                  <Checkbox
                    checked={choice.isSatisfied}
                    disabled={isReadOnly}
                    onChange={(event) => replace({ ...choice, isSatisfied: event.target.checked })}
                  >
                    {t("builder.satisfied")}
                  </Checkbox>
                ) : null}
                <Button
                  size="small"
                  disabled={isReadOnly || question.choices.length <= 2}
                  aria-label={t("builder.removeChoice", { number: at + 1 })}
                  onClick={() =>
                    onChange({ ...question, choices: question.choices.filter((own) => own.id !== choice.id) })
                  }
                >
                  {t("common:action.delete")}
                </Button>
              </div>
            );
          })}
          <div className="row gap-m">
            <Button
              size="small"
              disabled={isReadOnly || question.choices.length >= 40}
              onClick={() =>
                onChange({
                  ...question,
                  choices: [...question.choices, { id: freeId(question.choices), label: "", isSatisfied: false }],
                })
              }
            >
              {t("builder.addChoice")}
            </Button>
            {question.kind === "multiple" ? (
              <label className="row">
                {t("builder.most")}
                <InputNumber<number>
                  min={1}
                  max={question.choices.length}
                  precision={0}
                  value={question.most}
                  disabled={isReadOnly}
                  aria-label={t("builder.most")}
                  onChange={(most) => onChange({ ...question, most })}
                />
              </label>
            ) : null}
          </div>
        </div>
      );
    case "scale":
    case "matrix":
      return (
        <div className="stack tight">
          <div className="survey-fields">
            <Labelled label={t("builder.points")}>
              <InputNumber<number>
                min={2}
                max={10}
                precision={0}
                value={question.points}
                disabled={isReadOnly}
                aria-label={t("builder.points")}
                onChange={(points) => onChange({ ...question, points: points ?? 5 })}
              />
            </Labelled>
            <Labelled label={t("builder.low")}>
              <Input
                value={question.lowLabel}
                maxLength={20}
                disabled={isReadOnly}
                aria-label={t("builder.low")}
                onChange={(event) => onChange({ ...question, lowLabel: event.target.value })}
              />
            </Labelled>
            <Labelled label={t("builder.high")}>
              <Input
                value={question.highLabel}
                maxLength={20}
                disabled={isReadOnly}
                aria-label={t("builder.high")}
                onChange={(event) => onChange({ ...question, highLabel: event.target.value })}
              />
            </Labelled>
            <Labelled label={t("builder.satisfiedFrom")}>
              <InputNumber<number>
                min={1}
                max={question.points}
                precision={0}
                value={question.satisfiedFrom}
                disabled={isReadOnly}
                aria-label={t("builder.satisfiedFrom")}
                onChange={(from) => onChange({ ...question, satisfiedFrom: from ?? 4 })}
              />
            </Labelled>
          </div>
          {question.kind === "scale" ? (
            <Checkbox
              checked={question.hasFaces}
              disabled={isReadOnly}
              onChange={(event) => onChange({ ...question, hasFaces: event.target.checked })}
            >
              {t("builder.faces")}
            </Checkbox>
          ) : (
            <>
              <span className="field-label">{t("builder.rows")}</span>
              {question.rows.map((row, at) => {
                const replace = (next: typeof row): void =>
                  onChange({ ...question, rows: question.rows.map((own, index) => (index === at ? next : own)) });
                return (
                  <div key={row.id} className="matrix-line">
                    <Input
                      value={row.label}
                      maxLength={200}
                      disabled={isReadOnly}
                      aria-label={t("builder.row", { number: at + 1 })}
                      onChange={(event) => replace({ ...row, label: event.target.value })}
                    />
                    <Select<string[]>
                      mode="tags"
                      value={[...row.leaves]}
                      disabled={isReadOnly}
                      placeholder={t("builder.leaves")}
                      aria-label={`${t("builder.leaves")} ${at + 1}`}
                      onChange={(leaves) => replace({ ...row, leaves })}
                      maxCount={10}
                    />
                    <Button
                      size="small"
                      disabled={isReadOnly || question.rows.length <= 1}
                      aria-label={t("builder.removeRow", { number: at + 1 })}
                      onClick={() => onChange({ ...question, rows: question.rows.filter((own) => own.id !== row.id) })}
                    >
                      {t("common:action.delete")}
                    </Button>
                  </div>
                );
              })}
              <div>
                <Button
                  size="small"
                  disabled={isReadOnly || question.rows.length >= 40}
                  onClick={() =>
                    onChange({
                      ...question,
                      rows: [...question.rows, { id: freeId(question.rows), label: "", leaves: [] }],
                    })
                  }
                >
                  {t("builder.addRow")}
                </Button>
              </div>
            </>
          )}
        </div>
      );
    case "yesNo":
      return (
        <label className="row">
          {t("builder.satisfiedIs")}
          <Segmented<string>
            value={question.satisfiedIs ? "yes" : "no"}
            disabled={isReadOnly}
            onChange={(value) => onChange({ ...question, satisfiedIs: value === "yes" })}
            options={[
              { value: "yes", label: t("common:table.yes") },
              { value: "no", label: t("common:table.no") },
            ]}
          />
        </label>
      );
    case "text":
      return (
        <label className="row">
          {t("builder.characters")}
          <InputNumber<number>
            min={1}
            max={2000}
            precision={0}
            value={question.most}
            disabled={isReadOnly}
            aria-label={t("builder.characters")}
            onChange={(most) => onChange({ ...question, most: most ?? 300 })}
          />
        </label>
      );
  }
}

/** When a question is asked: which earlier answers open it. */
function Conditions({
  question,
  askable,
  before,
  isReadOnly,
  onChange,
}: PartProps & { readonly askable: readonly Question[]; readonly before: readonly Question[] }) {
  const { t } = useTranslation(["surveys", "common"]);
  const nameOf = (other: Question): string => `${before.indexOf(other) + 1}. ${other.text}`;
  const answersOf = (other: Question): { value: string; label: string }[] =>
    optionsOf(other).map((option) => ({
      value: option,
      label:
        other.kind === "single" || other.kind === "multiple"
          ? (other.choices.find((choice) => choice.id === option)?.label ?? option)
          : other.kind === "yesNo"
            ? t(option === "yes" ? "common:table.yes" : "common:table.no")
            : t("builder.point", { point: option }),
    }));
  return (
    <div className="stack tight">
      {question.showIf.map((condition, at) => {
        const other = before.find((candidate) => candidate.id === condition.question);
        const replace = (next: typeof condition): void =>
          onChange({ ...question, showIf: question.showIf.map((own, index) => (index === at ? next : own)) });
        return (
          <div key={at} className="condition">
            <span>{t("builder.when")}</span>
            <Select<string>
              value={condition.question}
              disabled={isReadOnly}
              aria-label={t("builder.whenQuestion")}
              onChange={(value) => replace({ question: value, anyOf: [] })}
              options={askable.map((candidate) => ({ value: candidate.id, label: nameOf(candidate) }))}
            />
            <span>{t("builder.whenAnswer")}</span>
            <Select<string[]>
              mode="multiple"
              value={[...condition.anyOf]}
              disabled={isReadOnly}
              aria-label={t("builder.whenAnswers")}
              onChange={(anyOf) => replace({ ...condition, anyOf })}
              options={other === undefined ? [] : answersOf(other)}
            />
            <Button
              size="small"
              disabled={isReadOnly}
              onClick={() => onChange({ ...question, showIf: question.showIf.filter((_, index) => index !== at) })}
            >
              {t("common:action.delete")}
            </Button>
          </div>
        );
      })}
      {isReadOnly || askable.length === 0 ? null : (
        <div>
          <Button
            size="small"
            onClick={() =>
              onChange({ ...question, showIf: [...question.showIf, { question: askable[0]?.id ?? "", anyOf: [] }] })
            }
          >
            {t("builder.addCondition")}
          </Button>
        </div>
      )}
    </div>
  );
}
