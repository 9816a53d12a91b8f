/** All schools against expectation, by band; how few can be told apart; and what the figures rest on. */

import { Link, useNavigate } from "@tanstack/react-router";
import type { GrowthEvaluation } from "@xingfu/contract";
import type { SchoolBrief } from "@xingfu/domain/growth";
import { useCallback, useMemo } from "react";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../charts/Chart.tsx";
import { caterpillarOption, leastStep } from "../../charts/caterpillar.ts";
import type { IntervalMark } from "../../charts/caterpillar.ts";
import { number, percent, signed } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import type { Palette } from "../../lib/palette.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Band } from "./Band.tsx";
import { Basis } from "./Basis.tsx";
import { districtSentence, measureWords, schoolSentence, yearsWords } from "./sentences.ts";
import { decimalsOf, useEvaluation, useGrowthTrail } from "./source.ts";

export function Overview() {
  const { t } = useTranslation("growth");
  const evaluation = useEvaluation();
  const isDistrict = evaluation.comparison !== null;
  // a reader of one school has come for that school
  const own = isDistrict || evaluation.schools.length > 1 ? undefined : evaluation.schools[0];
  return (
    <>
      <div className="stack tight">
        {own === undefined ? null : (
          <p className="answer">
            {own.school}
            {t("common:list.colon")}
            {schoolSentence({ ...evaluation, brief: own }, t)}
          </p>
        )}
        <p className={own === undefined ? "answer" : undefined}>{districtSentence(evaluation, t)}</p>
        <p className="answer-note">{t("answer.note")}</p>
      </div>
      {isDistrict ? <Caterpillar evaluation={evaluation} /> : <Counts evaluation={evaluation} />}
      <Schools evaluation={evaluation} />
      <Basis evaluation={evaluation} />
    </>
  );
}

export function bandWords(t: ReturnType<typeof useTranslation>["t"]) {
  return {
    above: t("growth:band.above"),
    below: t("growth:band.below"),
    notDistinguishable: t("growth:band.notDistinguishable"),
  };
}

function Caterpillar({ evaluation }: { readonly evaluation: GrowthEvaluation }) {
  const { t } = useTranslation("growth");
  const navigate = useNavigate();
  const { scheme, schools } = evaluation;
  const decimals = decimalsOf(scheme);
  const { unit } = scheme.declaration.measure;
  const marks = useMemo(
    () =>
      schools.flatMap(({ schoolCode, school, band, valueAdded }): IntervalMark[] =>
        band === null || valueAdded.value === null
          ? []
          : [
              {
                code: schoolCode,
                name: school,
                band,
                value: valueAdded.value,
                lower: valueAdded.lower ?? valueAdded.value,
                upper: valueAdded.upper ?? valueAdded.value,
              },
            ],
      ),
    [schools],
  );
  const option = useCallback(
    (palette: Palette) =>
      caterpillarOption(
        marks,
        {
          value: unit === "" ? t("column.value") : t("axis.value", { unit }),
          interval: t("column.interval"),
          bands: bandWords(t),
          format: (value) => signed(value, decimals),
        },
        palette,
      ),
    [marks, unit, decimals, t],
  );
  const open = useCallback(
    (code: string) => void navigate({ to: "/growth/schools/$code", params: { code }, search: {} }),
    [navigate],
  );
  if (marks.length === 0) return null;
  const { bandCounts } = evaluation.summary;
  return (
    <Sheet>
      <div className="wide-chart" style={{ "--least": `${marks.length * leastStep + 70}px` } as CSSProperties}>
        <Chart
          title={t("caterpillar.title", {
            named: bandCounts.above + bandCounts.below,
            judged: marks.length,
            what: measureWords(scheme.declaration, t),
          })}
          option={option}
          height={420}
          onSelect={open}
          table={{
            columns: [
              t("column.school"),
              t("column.code"),
              t("column.band"),
              unit === "" ? t("column.value") : t("axis.value", { unit }),
              t("column.lower"),
              t("column.upper"),
            ],
            rows: marks.map(({ code, name, band, value, lower, upper }) => [
              name,
              code,
              t(`band.${band}`),
              Number(value.toFixed(decimals)),
              Number(lower.toFixed(decimals)),
              Number(upper.toFixed(decimals)),
            ]),
          }}
        />
      </div>
      <p className="small soft">{t("caterpillar.how")}</p>
    </Sheet>
  );
}

/** For a reader of single schools: the district by band, without a name. */
function Counts({ evaluation: { summary, scheme } }: { readonly evaluation: GrowthEvaluation }) {
  const { t } = useTranslation("growth");
  const spread = summary.spread.find(({ level }) => level === "school")?.sd ?? null;
  return (
    <Sheet title={t("counts.title")}>
      <div className="columns-auto">
        {(["above", "notDistinguishable", "below"] as const).map((band) => (
          <div key={band} className="figure">
            <span className="figure-label">
              <Band band={band} />
            </span>
            <span className="figure-value">
              {summary.bandCounts[band]}
              <small>{t("counts.schools")}</small>
            </span>
          </div>
        ))}
        <div className="figure">
          <span className="figure-label">{t("counts.spread")}</span>
          <span className="figure-value">
            {spread === null ? "–" : number(spread, decimalsOf(scheme))}
            <small>{scheme.declaration.measure.unit}</small>
          </span>
        </div>
      </div>
    </Sheet>
  );
}

function Schools({ evaluation }: { readonly evaluation: GrowthEvaluation }) {
  const { t } = useTranslation("growth");
  const openTrail = useGrowthTrail();
  const { scheme, schools } = evaluation;
  const decimals = decimalsOf(scheme);
  const { unit } = scheme.declaration.measure;
  const columns = useMemo((): Column<SchoolBrief>[] => {
    const withUnit = unit === "" ? {} : { unit };
    const words = (estimate: SchoolBrief["valueAdded"]): string | null =>
      estimate.value === null ? null : signed(estimate.value, decimals);
    return [
      {
        key: "school",
        header: t("column.school"),
        width: 190,
        value: ({ school }) => school,
        render: ({ school, schoolCode }) => (
          <Link to="/growth/schools/$code" params={{ code: schoolCode }} search={{}}>
            {school}
          </Link>
        ),
      },
      { key: "code", header: t("column.code"), width: 112, value: ({ schoolCode }) => schoolCode },
      { key: "group", header: t("column.group"), width: 160, value: ({ groupName }) => groupName },
      {
        key: "band",
        header: t("column.band"),
        width: 190,
        value: ({ band }) => t(`band.${band ?? "none"}`),
        choices: ["above", "notDistinguishable", "below", "none"].map((band) => ({
          value: t(`band.${band}`),
          label: t(`band.${band}`),
        })),
        render: ({ band }) => <Band band={band} />,
      },
      {
        key: "value",
        header: t("column.value"),
        ...withUnit,
        width: 96,
        align: "end",
        // bands, never an order of schools: the figures are shown and not sorted by
        isUnsorted: true,
        value: ({ valueAdded }) => words(valueAdded),
        render: ({ school, schoolCode, valueAdded }) =>
          valueAdded.value === null ? (
            <span className="soft small">{valueAdded.gap === null ? "–" : gapWords(valueAdded.gap, t)}</span>
          ) : (
            <button
              type="button"
              className="link-button"
              onClick={() =>
                openTrail({
                  evaluation,
                  title: t("column.value"),
                  subtitle: `${school} · ${measureWords(scheme.declaration, t)}`,
                  estimate: valueAdded,
                  schoolCode,
                })
              }
            >
              {words(valueAdded)}
            </button>
          ),
      },
      {
        key: "interval",
        header: t("column.interval"),
        ...withUnit,
        width: 150,
        align: "end",
        isUnsorted: true,
        value: ({ valueAdded: { lower, upper } }) =>
          lower === null || upper === null ? null : `${signed(lower, decimals)} … ${signed(upper, decimals)}`,
      },
      {
        key: "pupils",
        header: t("column.pupils"),
        width: 84,
        align: "end",
        kind: "number",
        decimals: 0,
        value: ({ valueAdded }) => valueAdded.pupils,
      },
      {
        key: "coverage",
        header: t("column.coverage"),
        width: 92,
        align: "end",
        kind: "share",
        value: ({ coverage }) => coverage,
        render: ({ coverage }) => (coverage === null ? "–" : percent(coverage, 0)),
      },
      {
        key: "robust",
        header: t("column.robust"),
        width: 84,
        value: ({ isRobust }) => (isRobust === null ? null : t(isRobust ? "robust.yes" : "robust.no")),
        explain: t("robust.explain"),
      },
    ];
  }, [t, unit, decimals, evaluation, scheme, openTrail]);
  const { declaration } = scheme;
  return (
    <Sheet title={t("schools.title", { count: schools.length })} isFlush>
      <DataTable
        title={`${measureWords(declaration, t)}${t("title")}`}
        rows={schools}
        columns={columns}
        rowKey={({ schoolCode }) => schoolCode}
        none={t("schools.none")}
        isSearchless={schools.length < 2}
        notes={[
          t("export.scheme", {
            title: declaration.title,
            number: scheme.documentNumber,
            on: declaration.declaredOn,
            years: yearsWords(declaration, t),
          }),
          t("export.rate", { share: percent(1 - declaration.falseAlarmRate, 0) }),
          t("answer.note"),
        ]}
      />
    </Sheet>
  );
}
