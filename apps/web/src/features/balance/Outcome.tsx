/** Before and after: verdicts, coefficients and what changed between them. */

import type { AssessmentReply } from "@xingfu/contract";
import { indicators } from "@xingfu/domain/balance";
import type { AssessmentRow, BalanceAssessment, CvResult } from "@xingfu/domain/balance";
import { labelOf } from "@xingfu/standards";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { number } from "../../lib/format.ts";
import { Verdict } from "../../ui/Verdict.tsx";
import { countVerdicts } from "./sentences.ts";
import { useOpenTrail } from "./source.ts";
import type { Engine } from "./source.ts";
import { indicatorEntry } from "./wording.ts";

interface Props {
  readonly before: BalanceAssessment;
  /** null = nothing is changed */
  readonly after: BalanceAssessment | null;
  readonly reply: AssessmentReply;
  readonly engine: Engine | null;
}

/** Changed rows and coefficients listed at most. */
const listedAtMost = 12;

export const Outcome = memo(function Outcome({ before, after, reply, engine }: Props) {
  const { t } = useTranslation("balance");
  const open = useOpenTrail(reply, engine ?? undefined);
  const now = after ?? before;
  const cells = [
    { key: "district", label: t("whatIf.district"), was: before.verdict, is: now.verdict, note: null },
    ...(["resources", "government", "quality"] as const).map((key) => ({
      key,
      label: labelOf("balanceParts", key),
      was: before.parts[key],
      is: now.parts[key],
      note: null,
    })),
  ];
  const rowsBefore = countVerdicts(before.rows);
  const rowsNow = countVerdicts(now.rows);
  const cvBefore = countVerdicts(before.cv);
  const cvNow = countVerdicts(now.cv);
  const rows = changedRows(before, now);
  const cvs = changedCvs(before, now);
  return (
    <section className="stack" aria-live="polite">
      <p className="answer">
        {after === null
          ? t("whatIf.start")
          : t("whatIf.answer", {
              before: rowsBefore.notMet,
              after: rowsNow.notMet,
              cvBefore: cvBefore.notMet,
              cvAfter: cvNow.notMet,
              verdict: t(`common:verdict.${now.verdict}`),
            })}
      </p>
      <div className="compare-strip">
        {cells.map((cell) => (
          <div key={cell.key} className={`compare-cell${cell.was === cell.is ? "" : " changed"}`}>
            <span className="small soft">{cell.label}</span>
            <span className="row">
              {cell.was === cell.is ? null : (
                <>
                  <Verdict verdict={cell.was} />
                  <span className="arrow" aria-hidden="true">
                    →
                  </span>
                </>
              )}
              <Verdict verdict={cell.is} isPlate={cell.was !== cell.is} />
            </span>
          </div>
        ))}
        <Count label={t("whatIf.rows")} was={rowsBefore.notMet} is={rowsNow.notMet} />
        <Count label={t("whatIf.cvs")} was={cvBefore.notMet} is={cvNow.notMet} />
      </div>
      {rows.length + cvs.length === 0 || after === null ? null : (
        <div className="chips">
          {rows.slice(0, listedAtMost).map(({ was, is }) => (
            <span key={`${is.schoolCode}${is.phase}`} className="chip">
              {is.school}（{t(`common:stage.${is.phase}`)}）
              <Verdict verdict={was.verdict} size={12} />
              <span aria-hidden="true">→</span>
              <Verdict verdict={is.verdict} size={12} />
              <span className="soft">{t("whatIf.metCount", { before: was.metCount, after: is.metCount })}</span>
            </span>
          ))}
          {rows.length > listedAtMost ? (
            <span className="chip">{t("whatIf.moreRows", { count: rows.length - listedAtMost })}</span>
          ) : null}
          {cvs.slice(0, listedAtMost).map(({ was, is }) => (
            <button
              key={`${is.phase}${is.indicator}`}
              type="button"
              className="chip"
              style={{ cursor: "pointer", color: "inherit" }}
              title={indicatorEntry(is.indicator).label}
              onClick={() => open.cv(is)}
            >
              {t("whatIf.cvOf", { phase: t(`common:stage.${is.phase}`), id: is.indicator })}
              <span>{was.cv === null ? "–" : number(was.cv, 4)}</span>
              <span aria-hidden="true">→</span>
              <strong>{is.cv === null ? "–" : number(is.cv, 4)}</strong>
              <Verdict verdict={is.verdict} size={12} isBare={was.verdict === is.verdict} />
            </button>
          ))}
        </div>
      )}
    </section>
  );
});

function Count({ label, was, is }: { readonly label: string; readonly was: number; readonly is: number }) {
  return (
    <div className={`compare-cell${was === is ? "" : " changed"}`}>
      <span className="small soft">{label}</span>
      <span>
        {was === is ? null : (
          <>
            {was}{" "}
            <span className="arrow" aria-hidden="true">
              →
            </span>{" "}
          </>
        )}
        <strong>{is}</strong>
      </span>
    </div>
  );
}

interface Changed<T> {
  readonly was: T;
  readonly is: T;
}

/** Rows whose verdict or number of met indicators is another than before. */
export function changedRows(before: BalanceAssessment, after: BalanceAssessment): Changed<AssessmentRow>[] {
  const known = new Map(before.rows.map((row) => [`${row.schoolCode}|${row.phase}`, row]));
  return after.rows.flatMap((is) => {
    const was = known.get(`${is.schoolCode}|${is.phase}`);
    if (was === undefined) return [];
    const isSame =
      was.verdict === is.verdict &&
      indicators.every((indicator) => was.indicators[indicator].verdict === is.indicators[indicator].verdict);
    return isSame ? [] : [{ was, is }];
  });
}

/** Coefficients that moved, those whose verdict changed first. */
export function changedCvs(before: BalanceAssessment, after: BalanceAssessment): Changed<CvResult>[] {
  return after.cv
    .flatMap((is) => {
      const was = before.cv.find((entry) => entry.phase === is.phase && entry.indicator === is.indicator);
      return was === undefined || was.cv === is.cv ? [] : [{ was, is }];
    })
    .toSorted((a, b) => Number(b.was.verdict !== b.is.verdict) - Number(a.was.verdict !== a.is.verdict));
}
