/** How to read the figures: one page for a principal, with the worked example of the method page. */

import { Link } from "@tanstack/react-router";
import { entryAt, tableAt } from "@xingfu/standards";
import { useTranslation } from "react-i18next";
import { Sheet } from "../../ui/Page.tsx";

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
