/** One school: what it adds, for whom, compared with itself over the years, and how firmly that stands. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { SchoolEvaluation } from "@xingfu/contract";
import { useTranslation } from "react-i18next";
import { percent } from "../../lib/format.ts";
import { Figure } from "../../ui/Figure.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { Band } from "./Band.tsx";
import { IntervalList } from "./IntervalList.tsx";
import { measureWords, schoolSentence, yearsWords } from "./sentences.ts";
import { decimalsOf, schoolGrowthQuery, useGrowthTrail } from "./source.ts";
import "./growth.css";

export function School() {
  const { t } = useTranslation("growth");
  const { code } = useParams({ from: "/inside/work/growth/schools/$code" });
  const query = useQuery(schoolGrowthQuery(code));
  const name = query.data?.[0]?.brief.school ?? code;
  return (
    <Page
      title={t("school.title", { name })}
      subtitle={t("school.subtitle")}
      actions={
        <>
          <Link to="/growth" className="button">
            {t("school.toOverview")}
          </Link>
          <Link to="/schools/$code" params={{ code }} className="button">
            {t("school.toDossier")}
          </Link>
        </>
      }
    >
      <Loaded query={query} lines={9}>
        {(evaluations) =>
          evaluations.length === 0 ? (
            <Empty title={t("school.empty")}>{t("school.emptyHint")}</Empty>
          ) : (
            <>
              <p className="answer">{overall(evaluations, t)}</p>
              {evaluations.map((evaluation) => (
                <OneMeasure key={evaluation.scheme.id} evaluation={evaluation} />
              ))}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function overall(evaluations: readonly SchoolEvaluation[], t: ReturnType<typeof useTranslation>["t"]): string {
  const named = (band: string): string =>
    evaluations
      .filter(({ brief }) => brief.band === band)
      .map(({ scheme }) => measureWords(scheme.declaration, t))
      .join(t("common:list.comma"));
  const above = named("above");
  const below = named("below");
  const parts = [
    above === "" ? null : t("growth:school.overall.above", { what: above }),
    below === "" ? null : t("growth:school.overall.below", { what: below }),
  ].filter((part) => part !== null);
  const all = t("growth:school.overall.all", { count: evaluations.length });
  return parts.length === 0
    ? all + t("growth:school.overall.none")
    : all + parts.join(t("common:list.semicolon")) + t("growth:school.overall.end");
}

function OneMeasure({ evaluation }: { readonly evaluation: SchoolEvaluation }) {
  const { t } = useTranslation("growth");
  const openTrail = useGrowthTrail();
  const { scheme, brief, detail } = evaluation;
  const { declaration } = scheme;
  const { unit } = declaration.measure;
  const decimals = decimalsOf(scheme);
  const what = measureWords(declaration, t);
  const open = (title: string, estimate: SchoolEvaluation["brief"]["valueAdded"]) => () =>
    openTrail({ evaluation, title, subtitle: `${brief.school} · ${what}`, estimate, schoolCode: brief.schoolCode });
  const row = (key: string, label: string, estimate: SchoolEvaluation["brief"]["valueAdded"]) => ({
    key,
    label,
    estimate,
    onOpen: open(label, estimate),
  });
  if (brief.band === null) {
    return (
      <Sheet title={what} aside={<Band band={null} />}>
        <p>{schoolSentence(evaluation, t)}</p>
      </Sheet>
    );
  }
  return (
    <Sheet title={what} aside={<Band band={brief.band} />}>
      <div className="stack">
        <p>{schoolSentence(evaluation, t)}</p>
        <div className="columns-auto">
          <Figure
            label={t("column.value")}
            value={brief.valueAdded.value}
            unit={unit}
            decimals={decimals}
            gap={brief.valueAdded.gap}
            note={yearsWords(declaration, t)}
            onOpen={open(t("column.value"), brief.valueAdded)}
          />
          <Figure
            label={t("school.level")}
            value={brief.level.value}
            unit={unit}
            decimals={decimals}
            gap={brief.level.gap}
            note={t("school.levelNote")}
            onOpen={open(t("school.level"), brief.level)}
          />
          <div className="figure">
            <span className="figure-label">{t("column.coverage")}</span>
            <span className="figure-value">{brief.coverage === null ? "–" : percent(brief.coverage, 0)}</span>
            <span className="figure-foot">{t("school.coverageNote")}</span>
          </div>
          <div className="figure">
            <span className="figure-label">{t("column.robust")}</span>
            <span className="figure-value">
              {brief.isRobust === null ? "–" : t(brief.isRobust ? "robust.yes" : "robust.no")}
            </span>
            <span className="figure-foot">{t("robust.explain")}</span>
          </div>
        </div>
        <IntervalList
          title={t("school.ourselves")}
          unit={unit}
          decimals={decimals}
          rows={[
            ...detail.years.map(({ schoolYear, estimate }) =>
              row(`year ${schoolYear}`, t("common:year.label", { from: schoolYear, to: schoolYear + 1 }), estimate),
            ),
            row("all", t("school.allYears"), brief.valueAdded),
            row("alone", t("school.withoutAdjustments"), detail.withoutAdjustments),
          ]}
        />
        {detail.subGroups.length === 0 ? null : (
          <IntervalList
            title={t("school.forWhom")}
            unit={unit}
            decimals={decimals}
            rows={detail.subGroups.map(({ grouping, group, estimate }) =>
              row(`${grouping} ${group}`, t(`subGroup.${grouping}.${group}`), estimate),
            )}
          />
        )}
        <p className="small soft">{t("school.how")}</p>
      </div>
    </Sheet>
  );
}
