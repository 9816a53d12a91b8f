/** Planning a round: scheme, schools, days; inspectors are assigned once it is planned. Kept as a draft until it is sent. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { Candidate, RoundCalendar, SchemeEntry } from "@xingfu/contract";
import { isSchoolYear } from "@xingfu/domain/base";
import type { SchoolYear } from "@xingfu/domain/base";
import { labelOf } from "@xingfu/standards";
import { Button, Checkbox, Input, InputNumber, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { useDraft } from "../../lib/draft.ts";
import { today } from "../../lib/format.ts";
import { useIsPhone } from "../../lib/preferences.ts";
import { useYear } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { candidatesQuery, forgetEvaluations, schemesQuery } from "./asked.ts";
import { schoolTypeWords } from "./scheme-words.ts";
import "./evaluation.css";

/** What is chosen so far. */
interface Plan {
  readonly step: number;
  readonly year: number;
  readonly scheme: string;
  readonly version: string;
  readonly name: string;
  /** null = every school the scheme is for that is in no other round */
  readonly schools: readonly string[] | null;
  readonly calendar: RoundCalendar;
  readonly ratersPerSchool: number;
  readonly note: string;
}

function isPlan(value: unknown): value is Plan {
  return (
    typeof value === "object" &&
    value !== null &&
    "step" in value &&
    typeof value.step === "number" &&
    "scheme" in value &&
    "calendar" in value &&
    typeof value.calendar === "object" &&
    "year" in value &&
    isSchoolYear(Number(value.year))
  );
}

/** ISO date `days` after `from`. */
function daysAfter(from: string, days: number): string {
  return new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function PlanRound() {
  const { t } = useTranslation("evaluation");
  const year = useYear();
  const navigate = useNavigate();
  const tell = useTell();
  const isPhone = useIsPhone();
  const [initial] = useState<Plan>(() => ({
    step: 0,
    year,
    scheme: "",
    version: "",
    name: "",
    schools: null,
    calendar: {
      selfEvaluationUntil: daysAfter(today(), 30),
      reviewUntil: daysAfter(today(), 60),
      onSiteUntil: daysAfter(today(), 90),
      appealDays: 10,
    },
    ratersPerSchool: 2,
    note: "",
  }));
  const [plan, setPlan, forget, isRestored] = useDraft<Plan>("evaluation.plan", initial, isPlan);
  const set = (change: Partial<Plan>): void => setPlan({ ...plan, ...change });
  const candidates = useQuery({
    ...candidatesQuery(plan.year as SchoolYear, plan.scheme, plan.version),
    enabled: plan.scheme !== "",
  });
  const fit = candidates.data?.schools.filter((school) => school.isFit && school.alreadyIn === null) ?? [];
  const chosen = plan.schools ?? fit.map((school) => school.schoolCode);
  const problem = calendarProblem(plan.calendar);
  const isReady = [
    plan.scheme !== "",
    chosen.length > 0 && candidates.data !== undefined,
    problem === null && plan.name.trim() !== "",
  ];
  const create = useMutation({
    mutationFn: () =>
      api.createRound({
        body: {
          name: plan.name.trim(),
          year: plan.year as SchoolYear,
          scheme: plan.scheme,
          schemeVersion: plan.version,
          schoolCodes: [...chosen],
          calendar: plan.calendar,
          ratersPerSchool: plan.ratersPerSchool,
          note: plan.note.trim(),
        },
      }),
    onSuccess: async (round) => {
      forget();
      tell.done(t("plan.created", { name: round.name }));
      await forgetEvaluations();
      await navigate({ to: "/evaluation/rounds/$round/inspectors", params: { round: String(round.id) }, search: {} });
    },
    onError: tell.failure,
  });
  const last = 2;
  return (
    <Page
      title={t("plan.title")}
      subtitle={<Link to="/evaluation">{t("rounds.back")}</Link>}
      actions={isRestored || plan !== initial ? <Button onClick={forget}>{t("plan.startAnew")}</Button> : undefined}
    >
      <p className="answer">
        {plan.scheme === ""
          ? t("plan.answerStart")
          : t("plan.answer", {
              name: plan.name || t("plan.unnamed"),
              schools: chosen.length,
              until: plan.calendar.selfEvaluationUntil,
              raters: plan.ratersPerSchool,
            })}
      </p>
      <Steps
        current={plan.step}
        orientation={isPhone ? "vertical" : "horizontal"}
        size="small"
        onChange={(step) => {
          if (step <= plan.step || isReady.slice(0, step).every(Boolean)) set({ step });
        }}
        items={(["scheme", "schools", "days"] as const).map((key) => ({ title: t(`plan.step.${key}`) }))}
      />
      {plan.step === 0 ? <ChooseScheme plan={plan} onChange={set} /> : null}
      {plan.step === 1 ? (
        <Loaded query={candidates} lines={9}>
          {({ schools }) => (
            <ChooseSchools schools={schools} chosen={chosen} onChange={(next) => set({ schools: next })} />
          )}
        </Loaded>
      ) : null}
      {plan.step === 2 ? <Days plan={plan} problem={problem} onChange={set} /> : null}
      <div className="row">
        <Button disabled={plan.step === 0} onClick={() => set({ step: plan.step - 1 })}>
          {t("plan.back")}
        </Button>
        {plan.step < last ? (
          <Button type="primary" disabled={isReady[plan.step] !== true} onClick={() => set({ step: plan.step + 1 })}>
            {t("plan.next")}
          </Button>
        ) : (
          <Button
            type="primary"
            disabled={!isReady.every(Boolean)}
            loading={create.isPending}
            onClick={() => create.mutate()}
          >
            {t("plan.create", { count: chosen.length })}
          </Button>
        )}
      </div>
    </Page>
  );
}

/** What is wrong with the days; null = nothing. */
export function calendarProblem({
  selfEvaluationUntil,
  reviewUntil,
  onSiteUntil,
}: RoundCalendar): "missing" | "order" | null {
  if ([selfEvaluationUntil, reviewUntil, onSiteUntil].some((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day))) return "missing";
  return selfEvaluationUntil <= reviewUntil && reviewUntil <= onSiteUntil ? null : "order";
}

function ChooseScheme({ plan, onChange }: { readonly plan: Plan; readonly onChange: (change: Partial<Plan>) => void }) {
  const { t } = useTranslation("evaluation");
  const query = useQuery(schemesQuery);
  return (
    <Sheet title={t("plan.step.scheme")} aside={t("plan.schemeHint")}>
      <Loaded query={query} lines={6}>
        {({ schemes }) =>
          schemes.length === 0 ? (
            <Empty title={t("plan.noScheme")} />
          ) : (
            <div className="choice-cards" role="radiogroup" aria-label={t("plan.step.scheme")}>
              {schemes.map((entry) => (
                <SchemeChoice
                  key={`${entry.scheme} ${entry.version}`}
                  entry={entry}
                  isChosen={entry.scheme === plan.scheme && entry.version === plan.version}
                  onChoose={() =>
                    onChange({
                      scheme: entry.scheme,
                      version: entry.version,
                      schools: null,
                      name:
                        plan.name === ""
                          ? t("plan.nameOf", { from: plan.year, to: plan.year + 1, title: entry.title })
                          : plan.name,
                    })
                  }
                />
              ))}
            </div>
          )
        }
      </Loaded>
    </Sheet>
  );
}

function SchemeChoice({
  entry,
  isChosen,
  onChoose,
}: {
  readonly entry: SchemeEntry;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const { t } = useTranslation("evaluation");
  return (
    <label className={isChosen ? "choice-card chosen" : "choice-card"}>
      <input type="radio" name="scheme" aria-label={entry.title} checked={isChosen} onChange={onChoose} />
      <span>
        <strong>{entry.title}</strong> <span className="soft">{entry.version}</span>
        <span className="small soft block">
          {t("plan.schemeFacts", {
            leaves: entry.leafCount,
            points: entry.points,
            types: schoolTypeWords(entry.schoolTypes, t),
          })}
        </span>
      </span>
    </label>
  );
}

function ChooseSchools({
  schools,
  chosen,
  onChange,
}: {
  readonly schools: readonly Candidate[];
  readonly chosen: readonly string[];
  readonly onChange: (codes: readonly string[]) => void;
}) {
  const { t } = useTranslation("evaluation");
  const picked = new Set(chosen);
  const fit = schools.filter((school) => school.isFit && school.alreadyIn === null);
  const columns: Column<Candidate>[] = [
    {
      key: "school",
      header: t("board.school"),
      width: 260,
      value: (row) => row.school,
      render: (row) => (
        <Checkbox
          checked={picked.has(row.schoolCode)}
          disabled={row.alreadyIn !== null}
          onChange={({ target }) => {
            const next = new Set(picked);
            if (target.checked) next.add(row.schoolCode);
            else next.delete(row.schoolCode);
            onChange([...next]);
          }}
        >
          {row.school}
        </Checkbox>
      ),
    },
    { key: "type", header: t("board.type"), width: 140, value: (row) => labelOf("schoolTypes", row.type) },
    { key: "group", header: t("board.group"), width: 210, value: (row) => row.groupName },
    {
      key: "fit",
      header: t("plan.isFit"),
      width: 120,
      value: (row) => row.isFit,
      choices: [
        { value: "true", label: t("common:table.yes") },
        { value: "false", label: t("common:table.no") },
      ],
    },
    { key: "alreadyIn", header: t("plan.alreadyIn"), width: 240, value: (row) => row.alreadyIn },
  ];
  return (
    <Sheet isFlush>
      <DataTable
        title={t("plan.step.schools")}
        rows={schools}
        columns={columns}
        rowKey={(row) => row.schoolCode}
        tools={
          <span className="row">
            <span className="soft">{t("board.picked", { count: picked.size })}</span>
            <Button size="small" onClick={() => onChange(fit.map((school) => school.schoolCode))}>
              {t("plan.pickFit", { count: fit.length })}
            </Button>
            <Button size="small" type="text" onClick={() => onChange([])}>
              {t("board.unpick")}
            </Button>
          </span>
        }
      />
    </Sheet>
  );
}

function Days({
  plan,
  problem,
  onChange,
}: {
  readonly plan: Plan;
  readonly problem: "missing" | "order" | null;
  readonly onChange: (change: Partial<Plan>) => void;
}) {
  const { t } = useTranslation("evaluation");
  const { calendar } = plan;
  const setDay = (day: keyof RoundCalendar, value: string): void =>
    onChange({ calendar: { ...calendar, [day]: value } });
  return (
    <Sheet title={t("plan.step.days")}>
      <div className="stack node-form">
        <label className="form-field">
          <span className="field-label">{t("plan.name")}</span>
          <Input value={plan.name} maxLength={100} onChange={({ target }) => onChange({ name: target.value })} />
        </label>
        {(["selfEvaluationUntil", "reviewUntil", "onSiteUntil"] as const).map((day) => (
          <label key={day} className="form-field">
            <span className="field-label">{t(`calendar.${day}`)}</span>
            <Input
              type="date"
              style={{ maxWidth: 200 }}
              value={calendar[day]}
              status={problem === null ? "" : "error"}
              onChange={({ target }) => setDay(day, target.value)}
            />
          </label>
        ))}
        {problem === null ? null : (
          <p className="field-problem" role="alert">
            {t(`calendar.problem.${problem}`)}
          </p>
        )}
        <label className="form-field">
          <span className="field-label">{t("calendar.appealDays")}</span>
          <span>
            <InputNumber<number>
              min={1}
              max={90}
              value={calendar.appealDays}
              onChange={(days) => onChange({ calendar: { ...calendar, appealDays: days } })}
            />{" "}
            <span className="small soft">{t("plan.appealHint")}</span>
          </span>
        </label>
        <label className="form-field">
          <span className="field-label">{t("plan.raters")}</span>
          <span>
            <InputNumber<number>
              min={1}
              max={9}
              value={plan.ratersPerSchool}
              onChange={(count) => onChange({ ratersPerSchool: count ?? 1 })}
            />{" "}
            <span className="small soft">{t("plan.ratersHint")}</span>
          </span>
        </label>
        <label className="form-field">
          <span className="field-label">{t("scheme.note")}</span>
          <Input.TextArea
            value={plan.note}
            maxLength={2000}
            autoSize={{ minRows: 2, maxRows: 6 }}
            onChange={({ target }) => onChange({ note: target.value })}
          />
        </label>
      </div>
    </Sheet>
  );
}
