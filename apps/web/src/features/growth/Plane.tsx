/** Result beside value added: a high result and a high value added are two things. */

import { useNavigate } from "@tanstack/react-router";
import type { SchoolBrief } from "@xingfu/domain/growth";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../charts/Chart.tsx";
import { planeOption } from "../../charts/plane.ts";
import type { PlaneMark } from "../../charts/plane.ts";
import { signed } from "../../lib/format.ts";
import type { Palette } from "../../lib/palette.ts";
import { Sheet } from "../../ui/Page.tsx";
import { Empty } from "../../ui/States.tsx";
import { bandWords } from "./Overview.tsx";
import { measureWords, yearsWords } from "./sentences.ts";
import { decimalsOf, useEvaluation } from "./source.ts";

function markOf({ schoolCode, school, band, level, valueAdded }: SchoolBrief): PlaneMark | null {
  if (band === null || level.value === null || level.se === null) return null;
  if (valueAdded.value === null || valueAdded.se === null) return null;
  return {
    code: schoolCode,
    name: school,
    band,
    level: level.value,
    levelSe: level.se,
    value: valueAdded.value,
    valueSe: valueAdded.se,
  };
}

export function Plane() {
  const { t } = useTranslation("growth");
  const navigate = useNavigate();
  const { scheme, schools, summary } = useEvaluation();
  const { declaration } = scheme;
  const decimals = decimalsOf(scheme);
  const { unit } = declaration.measure;
  const marks = useMemo(() => schools.flatMap((school) => markOf(school) ?? []), [schools]);
  const correlation = summary.errorCorrelation ?? 0;
  const axis = useCallback(
    (name: "level" | "value"): string =>
      unit === "" ? t(`plane.${name}`) : t("plane.axis", { name: t(`plane.${name}`), unit }),
    [t, unit],
  );
  const option = useCallback(
    (palette: Palette) =>
      planeOption(
        marks,
        correlation,
        {
          level: axis("level"),
          value: axis("value"),
          bands: bandWords(t),
          corners: [t("plane.highHigh"), t("plane.highLow"), t("plane.lowLow"), t("plane.lowHigh")],
          format: (value) => signed(value, decimals),
        },
        palette,
      ),
    [marks, correlation, axis, decimals, t],
  );
  const open = useCallback(
    (code: string) => void navigate({ to: "/growth/schools/$code", params: { code }, search: {} }),
    [navigate],
  );
  if (marks.length === 0) return <Empty title={t("plane.none")}>{t("plane.noneHint")}</Empty>;
  const count = (accepts: (mark: PlaneMark) => boolean): number => marks.filter(accepts).length;
  const high = count(({ level }) => level > 0);
  const words = {
    years: yearsWords(declaration, t),
    what: measureWords(declaration, t),
    high,
    low: marks.length - high,
    highBelow: count(({ level, band }) => level > 0 && band === "below"),
    lowAbove: count(({ level, band }) => level <= 0 && band === "above"),
    highAbove: count(({ level, band }) => level > 0 && band === "above"),
  };
  return (
    <>
      <div className="stack tight">
        <p className="answer">{t("plane.answer", words)}</p>
        <p className="answer-note">{t("plane.note")}</p>
      </div>
      <Sheet>
        <Chart
          title={t("plane.title", words)}
          option={option}
          height={560}
          onSelect={open}
          table={{
            columns: [t("column.school"), t("column.code"), t("column.band"), axis("level"), axis("value")],
            rows: marks.map(({ code, name, band, level, value }) => [
              name,
              code,
              t(`band.${band}`),
              Number(level.toFixed(decimals)),
              Number(value.toFixed(decimals)),
            ]),
          }}
        />
        <p className="small soft">{t("plane.how")}</p>
      </Sheet>
    </>
  );
}
