/** How to read the figures: one page for a principal, with the worked example of the method page. */

import { Link } from "@tanstack/react-router";
import { entryAt, tableAt } from "@xingfu/standards";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { number, percent, signed } from "../../lib/format.ts";
import { Sheet } from "../../ui/Page.tsx";
import { IntervalList } from "./IntervalList.tsx";
import { computeExample } from "./example.ts";

/** Six schools whose truth is known, put through the engine here and now. */
function Example() {
  const { t } = useTranslation("growth");
  const schools = useMemo(() => computeExample(), []);
  const [one] = schools;
  const other = schools.at(-2);
  const name = (at: number): string => t("method.example.name", { letter: t(`method.example.letters.${at}`) });
  if (one === undefined || other === undefined) return null;
  return (
    <Sheet title={t("method.example.title")}>
      <div className="stack">
        <p>
          {t("method.example.text", {
            one: name(0),
            other: name(schools.length - 2),
            oneTotal: number(one.meanTotal, 1),
            otherTotal: number(other.meanTotal, 1),
            oneAdds: signed(one.estimate.value ?? 0, 2),
            otherAdds: signed(other.estimate.value ?? 0, 2),
          })}
        </p>
        <IntervalList
          title={t("column.school")}
          unit={t("declare.marks")}
          decimals={2}
          rows={schools.map(({ code, meanTotal, adds, estimate }, at) => ({
            key: code,
            label: t("method.example.row", {
              name: name(at),
              total: number(meanTotal, 1),
              adds: signed(adds, 0),
              share: percent(estimate.reliability ?? 0, 0),
            }),
            estimate,
          }))}
        />
      </div>
    </Sheet>
  );
}

const points = ["compared", "counts", "drawn", "interval", "band", "moved", "hidden", "silent"] as const;
const refusals = tableAt("district-2026-growth/refusals").entries;

export function Method() {
  const { t } = useTranslation("growth");
  return (
    <>
      <p className="answer">{t("method.answer")}</p>
      <Sheet title={t("method.title")}>
        <ol className="method-points">
          {points.map((point) => (
            <li key={point}>
              <strong>{t(`method.${point}.name`)}</strong>
              <p>{t(`method.${point}.text`)}</p>
            </li>
          ))}
        </ol>
      </Sheet>
      <Example />
      <Sheet title={t("method.lawful")} aside={<Link to="/data/standards">{t("method.toStandards")}</Link>}>
        <div className="stack tight">
          <p>{t("method.lawfulText")}</p>
          <ul className="stack tight">
            {refusals.map(({ id, label, texts }) => {
              const clause = entryAt(texts.clause ?? "");
              return (
                <li key={id}>
                  {label}
                  <span className="soft small"> {clause?.label ?? ""}</span>
                </li>
              );
            })}
          </ul>
        </div>
      </Sheet>
    </>
  );
}
