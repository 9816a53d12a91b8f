/** Education groups: their schools together, against the other groups and single schools. */

import { useTranslation } from "react-i18next";
import { Sheet } from "../../ui/Page.tsx";
import { Empty } from "../../ui/States.tsx";
import { IntervalList } from "./IntervalList.tsx";
import { measureWords, yearsWords } from "./sentences.ts";
import { decimalsOf, useEvaluation, useGrowthTrail } from "./source.ts";

export function Groups() {
  const { t } = useTranslation("growth");
  const evaluation = useEvaluation();
  const openTrail = useGrowthTrail();
  const { scheme, comparison } = evaluation;
  const groups = comparison?.groups ?? [];
  const what = measureWords(scheme.declaration, t);
  if (groups.length === 0) return <Empty title={t("groups.none")}>{t("groups.noneHint")}</Empty>;
  const count = (band: string): number => groups.filter((group) => group.band === band).length;
  const unjudged = groups.filter((group) => group.band === null).length;
  return (
    <>
      <div className="stack tight">
        <p className="answer">
          {t("groups.answer", {
            years: yearsWords(scheme.declaration, t),
            what,
            groups: groups.length,
            above: count("above"),
            below: count("below"),
            rest: count("notDistinguishable"),
          })}
          {unjudged === 0 ? null : t("groups.unjudged", { count: unjudged })}
        </p>
        <p className="answer-note">{t("groups.note")}</p>
      </div>
      {(["above", "below", "notDistinguishable", null] as const).map((band) => {
        const own = groups.filter((group) => group.band === band);
        return own.length === 0 ? null : (
          <Sheet key={band ?? "none"} title={`${t(`band.${band ?? "none"}`)} ${own.length}`} isFlush>
            <IntervalList
              title={t("column.group")}
              unit={scheme.declaration.measure.unit}
              decimals={decimalsOf(scheme)}
              rows={own.map(({ groupName, schools, valueAdded }) => ({
                key: groupName,
                label: t("groups.label", { name: groupName, count: schools }),
                estimate: valueAdded,
                onOpen: () =>
                  openTrail({
                    evaluation,
                    title: t("column.value"),
                    subtitle: `${groupName} · ${what}`,
                    estimate: valueAdded,
                  }),
              }))}
            />
          </Sheet>
        );
      })}
    </>
  );
}
