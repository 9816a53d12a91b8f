/** What holds for the whole of a scheme: guide, parties, bands, limits, source. */

import { Link } from "@tanstack/react-router";
import { documentOf, tableAt } from "@xingfu/standards";
import type { Scheme } from "@xingfu/standards";
import { useTranslation } from "react-i18next";
import { percent } from "../../lib/format.ts";
import { Sheet } from "../../ui/Page.tsx";
import { bandLabel, schoolTypeWords } from "./scheme-words.ts";

export function SchemeHead({ scheme }: { readonly scheme: Scheme }) {
  const { t } = useTranslation("evaluation");
  const comma = t("common:list.comma");
  return (
    <Sheet
      title={t("scheme.whole")}
      aside={scheme.isDistrictRule ? <span className="rule-mark">{t("scheme.districtRule")}</span> : null}
    >
      <dl className="facts">
        <dt>{t("scheme.guide")}</dt>
        <dd>
          {scheme.guide === null ? (
            t("schemes.noGuide")
          ) : (
            <Link to="/data/standards" search={{ at: scheme.guide.split("/")[0] ?? "" }}>
              {documentOf(scheme.guide)?.title} · {tableAt(scheme.guide).title}
            </Link>
          )}
        </dd>
        <dt>{t("schemes.types")}</dt>
        <dd>{schoolTypeWords(scheme.schoolTypes, t) || t("scheme.noTypes")}</dd>
        <dt>{t("scheme.parties")}</dt>
        <dd>{scheme.parties.map((party) => party.label).join(comma)}</dd>
        <dt>{t("scheme.bands")}</dt>
        <dd>{scheme.bands.map((band) => `${band.label} ≥ ${percent(band.atLeast, 0)}`).join(comma) || "–"}</dd>
        {scheme.gates.length === 0 ? null : (
          <>
            <dt>{t("scheme.gates")}</dt>
            <dd>
              {scheme.gates
                .map((gate) => t("scheme.gateWords", { label: gate.label, band: bandLabel(scheme, gate.band) }))
                .join(comma)}
            </dd>
          </>
        )}
        {scheme.vetoes.length === 0 ? null : (
          <>
            <dt>{t("scheme.vetoes")}</dt>
            <dd>
              {scheme.vetoes
                .map((veto) => t("scheme.vetoWords", { label: veto.label, band: bandLabel(scheme, veto.band) }))
                .join(comma)}
            </dd>
          </>
        )}
        <dt>{t("scheme.flag")}</dt>
        <dd>
          {scheme.flagSelfAbove === null
            ? t("scheme.noFlag")
            : t("scheme.flagWords", { share: percent(scheme.flagSelfAbove, 0) })}
        </dd>
        <dt>{t("scheme.appeal")}</dt>
        <dd>
          {scheme.appealDays === null ? t("scheme.noAppeal") : t("scheme.appealWords", { count: scheme.appealDays })}
        </dd>
        {scheme.note === "" ? null : (
          <>
            <dt>{t("scheme.note")}</dt>
            <dd>{scheme.note}</dd>
          </>
        )}
        <dt>{t("scheme.source")}</dt>
        <dd>
          {scheme.provenance.source}{" "}
          <span className="soft">{t("scheme.checkedOn", { on: scheme.provenance.checkedOn })}</span>
        </dd>
      </dl>
    </Sheet>
  );
}
