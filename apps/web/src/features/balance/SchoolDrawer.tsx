/** One school: every indicator with its trail, what it lacks, and the ways on from here. */

import { Link } from "@tanstack/react-router";
import { indicators } from "@xingfu/domain/balance";
import type { AssessmentRow, Indicator } from "@xingfu/domain/balance";
import { labelOf } from "@xingfu/standards";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { beside, missing, number, percent } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import { useIsSample, useMay } from "../../lib/session.ts";
import { Verdict } from "../../ui/Verdict.tsx";
import { indicatorTone, rowSentence } from "./sentences.ts";
import { useBalance, useOpenTrail } from "./source.ts";
import type { TrailOpener } from "./source.ts";
import {
  conditionFigure,
  conditionLabel,
  exclusionLabel,
  indicatorEntry,
  numeratorUnit,
  relaxationLabel,
  ruleNumber,
  unitWords,
} from "./wording.ts";

export function SchoolDrawer({ code, onClose }: { readonly code: string | null; readonly onClose: () => void }) {
  const { t } = useTranslation("balance");
  const { assessment } = useBalance();
  const isSample = useIsSample();
  const rows = assessment.rows.filter((row) => row.schoolCode === code);
  const excluded = assessment.excluded.filter((entry) => entry.schoolCode === code);
  const name = rows[0]?.school ?? excluded[0]?.school ?? code ?? "";
  return (
    <Drawer
      open={code !== null}
      onClose={onClose}
      size={620}
      title={name}
      destroyOnHidden
      extra={isSample ? <span className="sample-mark">{t("common:sample.mark")}</span> : null}
    >
      {code === null ? null : <SchoolInside code={code} rows={rows} excluded={excluded} />}
    </Drawer>
  );
}

function SchoolInside({
  code,
  rows,
  excluded,
}: {
  readonly code: string;
  readonly rows: readonly AssessmentRow[];
  readonly excluded: readonly { readonly reason: string; readonly phase: string | null }[];
}) {
  const { t } = useTranslation("balance");
  const reply = useBalance();
  const may = useMay();
  const open = useOpenTrail(reply);
  const failing = reply.assessment.items.flatMap((item) =>
    item.conditions.flatMap((condition) =>
      condition.failing.filter((entry) => entry.schoolCode === code).map((entry) => ({ condition, entry })),
    ),
  );
  const name = rows[0]?.school ?? code;
  return (
    <div className="stack">
      <div className="soft">
        {code}
        {rows[0] === undefined ? null : ` · ${labelOf("schoolTypes", rows[0].type)}`}
      </div>
      <div className="row gap-m no-print">
        <Link to="/schools/$code" params={{ code }}>
          {t("drawer.dossier")}
        </Link>
        <Link to="/data/states/$code" params={{ code }}>
          {t("drawer.return")}
        </Link>
        {may("scenario.use") && reply.scope === "district" ? (
          <Link to="/balance/what-if" search={{ find: name }}>
            {t("drawer.whatIf")}
          </Link>
        ) : null}
        {may("report.export") ? (
          <Link to="/balance/report" search={{ of: code }}>
            {t("drawer.report")}
          </Link>
        ) : null}
      </div>
      {excluded.map((entry) => (
        <div className="note plain" key={entry.reason + (entry.phase ?? "")}>
          {t("drawer.excluded", {
            phase: entry.phase === null ? "" : t(`common:stage.${entry.phase}`),
            reason: exclusionLabel(entry.reason),
          })}
        </div>
      ))}
      {rows.map((row) => (
        <section key={row.phase} className="stack tight">
          <div className="row apart">
            <h2>
              {t(`common:stage.${row.phase}`)} · {t("drawer.pupils", { count: row.pupils, shown: number(row.pupils) })}
            </h2>
            <Verdict verdict={row.verdict} isPlate />
          </div>
          <p>{rowSentence(row, t)}</p>
          {row.mergedCampuses.length === 0 ? null : (
            <p className="small soft">
              {t("drawer.merged", { codes: row.mergedCampuses.join(t("common:list.comma")) })}
            </p>
          )}
          <div className="indicator-list">
            {indicators.map((indicator) => (
              <IndicatorLine key={indicator} row={row} indicator={indicator} open={open} />
            ))}
          </div>
        </section>
      ))}
      {failing.length === 0 ? null : (
        <section className="stack tight">
          <h2>{t("drawer.items")}</h2>
          <ul className="failings">
            {failing.map(({ condition, entry }) => (
              <li
                key={condition.id + (entry.phase ?? "")}
                style={{ gridTemplateColumns: "60px minmax(0,1fr) max-content" }}
              >
                <span className="soft">{condition.id.split(".")[0]}</span>
                <span>
                  {conditionLabel(condition.id)}
                  {entry.value === null ? null : (
                    <span className="soft">
                      {t("common:list.colon")}
                      {conditionFigure(condition.id, entry.value, true)}
                      {entry.limit === null ? null : ` / ${conditionFigure(condition.id, entry.limit, true)}`}
                    </span>
                  )}
                </span>
                <button
                  type="button"
                  className="link-button"
                  onClick={() => open.condition(condition.id, entry.verdict, { code, name })}
                >
                  <Verdict verdict={entry.verdict} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function IndicatorLine({
  row,
  indicator,
  open,
}: {
  readonly row: AssessmentRow;
  readonly indicator: Indicator;
  readonly open: TrailOpener;
}) {
  const { t } = useTranslation("balance");
  const result = row.indicators[indicator];
  const entry = indicatorEntry(indicator);
  const unit = numeratorUnit(indicator);
  const under: string[] = [];
  if (result.value === null && result.gap !== null) under.push(gapWords(result.gap, t));
  if (result.verdict === "notMet" && result.missingToThreshold !== null) {
    under.push(
      t("drawer.missing", {
        ratio: result.ratio === null ? "" : percent(result.ratio, 1),
        amount: number(missing(result.missingToThreshold, indicator), indicator === "R4" || indicator === "R5" ? 1 : 0),
        unit,
      }),
    );
    if (result.missingTo85 !== null && result.missingTo85 > 0) {
      under.push(
        t("drawer.missing85", {
          amount: number(missing(result.missingTo85, indicator), indicator === "R4" || indicator === "R5" ? 1 : 0),
          unit,
        }),
      );
    }
  }
  for (const key of result.relaxations) under.push(t("drawer.relaxed", { label: relaxationLabel(key) }));
  return (
    <button type="button" className="indicator-row" onClick={() => open.indicator(row, indicator, result.verdict)}>
      <span className="soft">{indicator}</span>
      <span>{entry.label}</span>
      <span className="value">
        {result.value === null ? "–" : beside(result.value, indicator, result.threshold)}
        <span className="faint small"> / {ruleNumber(result.threshold)}</span>
        <span className="hidden-words">{unitWords(entry.unit)}</span>
      </span>
      <Verdict verdict={result.verdict} tone={indicatorTone(result, row)} />
      {under.length === 0 ? null : <span className="under">{under.join(t("common:list.semicolon"))}</span>}
    </button>
  );
}
