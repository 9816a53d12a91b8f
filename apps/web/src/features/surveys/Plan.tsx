/** The sampling plan: how exact the figures shall be, and how many must be asked for that in each school. */

import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import type { Stage } from "@xingfu/domain/base";
import { stages } from "@xingfu/domain/base";
import type { PlannedStratum } from "@xingfu/domain/survey";
import { labelOf } from "@xingfu/standards";
import { Button, Checkbox, InputNumber } from "antd";
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { number } from "../../lib/format.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { forgetSurvey, progressQuery } from "./queries.ts";
import { partyWords } from "./sentences.ts";
import { useSurvey } from "./source.ts";

interface Wishes {
  readonly stages: Stage[];
  /** percent */
  readonly margin: number;
  /** percent */
  readonly responseRate: number;
  readonly leastPerSchool: number;
  readonly deputies: number;
  readonly advisers: number;
  readonly public: number;
}

const first: Wishes = {
  stages: [...stages],
  margin: 2,
  responseRate: 70,
  leastPerSchool: 20,
  deputies: 0,
  advisers: 0,
  public: 0,
};

export function Plan() {
  const { t } = useTranslation(["surveys", "common"]);
  const survey = useSurvey();
  const query = useQuery(progressQuery(survey.id));
  return (
    <Loaded query={query} lines={7}>
      {({ strata }) =>
        survey.state === "draft" ? (
          <Planner kept={strata} />
        ) : (
          <>
            <p className="answer">{t("plan.kept", sums(strata))}</p>
            <Sheet isFlush>
              <Strata strata={strata} names={namesOf(strata)} />
            </Sheet>
          </>
        )
      }
    </Loaded>
  );
}

type Named = PlannedStratum & { readonly unitName: string };
const namesOf = (strata: readonly Named[]): ReadonlyMap<string, string> =>
  new Map(strata.map((stratum) => [stratum.unit, stratum.unitName]));

function sums(strata: readonly PlannedStratum[]): { sheets: string; toAsk: string; schools: number } {
  const total = (of: (stratum: PlannedStratum) => number): string =>
    number(strata.reduce((sum, one) => sum + of(one), 0));
  return {
    sheets: total((stratum) => stratum.sheets),
    toAsk: total((stratum) => stratum.toAsk),
    schools: new Set(strata.map((stratum) => stratum.unit)).size,
  };
}

function Planner({ kept }: { readonly kept: readonly Named[] }) {
  const { t } = useTranslation(["surveys", "common"]);
  const survey = useSurvey();
  const tell = useTell();
  const [wishes, setWishes] = useState<Wishes>(first);
  const [planned, setPlanned] = useState<readonly PlannedStratum[] | null>(null);
  const [busy, setBusy] = useState<"try" | "keep" | null>(null);
  const schools = useQuery({
    queryKey: ["organisation", null],
    queryFn: () => api.readOrganisation({ query: {} }),
    staleTime: 300_000,
  });
  const names = useMemo(
    () =>
      new Map([
        ...(schools.data?.nodes ?? []).flatMap((node) => (node.code === null ? [] : [[node.code, node.name] as const])),
        ...namesOf(kept),
      ]),
    [schools.data, kept],
  );
  const asks = new Set(survey.forms.map((form) => form.party));
  const others = (["deputies", "advisers", "public"] as const).filter((party) => asks.has(party));
  const plan = async (isKept: boolean): Promise<void> => {
    setBusy(isKept ? "keep" : "try");
    try {
      const { strata } = await api.planSurvey({
        params: { id: survey.id },
        body: {
          stages: wishes.stages,
          margin: wishes.margin / 100,
          responseRate: wishes.responseRate / 100,
          leastPerSchool: wishes.leastPerSchool,
          others: { deputies: wishes.deputies, advisers: wishes.advisers, public: wishes.public },
          isKept,
        },
      });
      setPlanned(strata);
      if (isKept) {
        tell.done(t("plan.saved"));
        await forgetSurvey(survey.id);
      }
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(null);
    }
  };
  const shown = planned ?? kept;
  const change = (part: Partial<Wishes>): void => {
    setWishes({ ...wishes, ...part });
    setPlanned(null);
  };
  return (
    <>
      <p className="answer">{shown.length === 0 ? t("plan.none") : t("plan.sentence", sums(shown))}</p>
      <p className="answer-note">{t("plan.explain")}</p>
      <Sheet title={t("plan.wishes")}>
        <div className="stack">
          <div>
            <span className="field-label">{t("plan.stages")}</span>
            <Checkbox.Group<Stage>
              value={wishes.stages}
              onChange={(value) => change({ stages: value })}
              options={stages.map((stage) => ({ value: stage, label: labelOf("stages", stage) }))}
            />
          </div>
          <div className="survey-fields">
            <Field label={t("plan.margin")} unit="±%">
              <InputNumber<number>
                min={0.5}
                max={20}
                step={0.5}
                value={wishes.margin}
                onChange={(value) => change({ margin: value ?? first.margin })}
                aria-label={t("plan.margin")}
              />
            </Field>
            <Field label={t("plan.rate")} unit="%">
              <InputNumber<number>
                min={5}
                max={100}
                value={wishes.responseRate}
                onChange={(value) => change({ responseRate: value ?? first.responseRate })}
                aria-label={t("plan.rate")}
              />
            </Field>
            <Field label={t("plan.least")} unit={t("plan.sheetsUnit")}>
              <InputNumber<number>
                min={0}
                max={1000}
                precision={0}
                value={wishes.leastPerSchool}
                onChange={(value) => change({ leastPerSchool: value ?? 0 })}
                aria-label={t("plan.least")}
              />
            </Field>
            {others.map((party) => (
              <Field key={party} label={t("plan.people", { party: partyWords(party) })} unit={t("plan.peopleUnit")}>
                <InputNumber<number>
                  min={0}
                  max={10_000_000}
                  precision={0}
                  value={wishes[party]}
                  onChange={(value) => change({ [party]: value ?? 0 })}
                  aria-label={t("plan.people", { party: partyWords(party) })}
                />
              </Field>
            ))}
          </div>
          <div className="row">
            <Button loading={busy === "try"} disabled={wishes.stages.length === 0} onClick={() => void plan(false)}>
              {t("plan.try")}
            </Button>
            <Button
              type="primary"
              loading={busy === "keep"}
              disabled={wishes.stages.length === 0}
              onClick={() => void plan(true)}
            >
              {t("plan.keep")}
            </Button>
            {planned === null ? null : <span className="soft">{t("plan.tried")}</span>}
            <span className="grow" />
            <Link to="/surveys/$id/links" params={{ id: String(survey.id) }}>
              {t("plan.toLinks")}
            </Link>
          </div>
        </div>
      </Sheet>
      {shown.length === 0 ? null : (
        <Sheet isFlush>
          <Strata strata={shown} names={names} />
        </Sheet>
      )}
    </>
  );
}

function Field({
  label,
  unit,
  children,
}: {
  readonly label: string;
  readonly unit: string;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <span className="field-label">{label}</span>
      <span className="row" style={{ flexWrap: "nowrap" }}>
        {children}
        <span className="soft">{unit}</span>
      </span>
    </div>
  );
}

function Strata({
  strata,
  names,
}: {
  readonly strata: readonly PlannedStratum[];
  readonly names: ReadonlyMap<string, string>;
}) {
  const { t } = useTranslation(["surveys", "common"]);
  const parties = [...new Set(strata.map((stratum) => stratum.party))];
  const amount = (key: "population" | "sheets" | "toAsk"): Column<PlannedStratum> => ({
    key,
    header: t(`column.${key}`),
    width: 110,
    align: "end",
    kind: "number",
    decimals: 0,
    value: (row) => row[key],
  });
  const columns: Column<PlannedStratum>[] = [
    { key: "school", header: t("column.school"), width: 230, value: (row) => names.get(row.unit) ?? row.unit },
    {
      key: "party",
      header: t("column.party"),
      width: 110,
      value: (row) => partyWords(row.party),
      choices: parties.map((party) => ({ value: partyWords(party), label: partyWords(party) })),
    },
    {
      key: "stage",
      header: t("column.stage"),
      width: 90,
      value: (row) => (row.stage === null ? null : labelOf("stages", row.stage)),
    },
    amount("population"),
    amount("sheets"),
    amount("toAsk"),
  ];
  return (
    <DataTable
      title={t("tab.plan")}
      rows={strata}
      columns={columns}
      rowKey={(row) => `${row.unit}/${row.party}/${row.stage ?? ""}`}
    />
  );
}
