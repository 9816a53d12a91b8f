/** Every chart, figure and verdict on the sample district. Development only: the design review in one page. */

import {
  assessBalance,
  assessmentDate,
  balanceRules,
  cvContributions,
  indicators,
  summarizeDistrict,
} from "@xingfu/domain/balance";
import { makeDistrict } from "@xingfu/fixtures";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../charts/Chart.tsx";
import { contributionsOption } from "../charts/contributions.ts";
import { sharesOption } from "../charts/shares.ts";
import { spreadOption } from "../charts/spread.ts";
import { yearsOption } from "../charts/years.ts";
import type { Palette } from "../lib/palette.ts";
import { Figure } from "../ui/Figure.tsx";
import { Page, Sheet } from "../ui/Page.tsx";
import { Empty, Failed, Waiting } from "../ui/States.tsx";
import { Theme } from "../ui/Theme.tsx";
import { Verdict } from "../ui/Verdict.tsx";

const verdicts = ["met", "notMet", "notComputable"] as const;

export function Gallery() {
  return (
    <Theme>
      <Exhibits />
    </Theme>
  );
}

function Exhibits() {
  const { t } = useTranslation(["common", "balance", "surveys"]);
  const assessments = useMemo(
    () =>
      makeDistrict().years.map((year) => {
        const facts = summarizeDistrict(year);
        const rules = balanceRules(assessmentDate(year.schoolYear));
        return { facts, rules, assessment: assessBalance(facts, rules) };
      }),
    [],
  );
  const last = assessments.at(-1);
  const dots = useMemo(
    () =>
      (last?.assessment.cv ?? [])
        .filter((entry) => entry.phase === "junior")
        .map((entry) => ({ ...entry, name: entry.indicator })),
    [last],
  );
  const labels = {
    met: t("verdict.met"),
    notMet: t("verdict.notMet"),
    notComputable: t("verdict.notComputable"),
  };
  const spread = useCallback(
    (palette: Palette) =>
      spreadOption(dots, { cv: t("balance:spread.cv"), limit: t("balance:spread.limit"), verdicts: labels }, palette),
    // labels follow the language, as t does
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [dots, t],
  );
  const parts = useMemo(
    () => (last === undefined ? [] : cvContributions(last.facts, last.rules, "junior", "R6").schools.slice(0, 10)),
    [last],
  );
  const contributions = useCallback(
    (palette: Palette) =>
      contributionsOption(
        parts.map((school) => ({ name: school.school, share: school.share, isBelow: school.deviation < 0 })),
        { share: t("balance:spread.sharePercent"), below: t("balance:spread.below"), above: t("balance:spread.above") },
        palette,
      ),
    [parts, t],
  );
  const lines = useMemo(
    () =>
      indicators.map((indicator) => {
        const results = assessments.map(({ assessment }) =>
          assessment.cv.find((entry) => entry.phase === "junior" && entry.indicator === indicator),
        );
        return {
          name: indicator,
          values: results.map((result) => result?.cv ?? null),
          isOver: results.at(-1)?.verdict === "notMet",
        };
      }),
    [assessments],
  );
  const years = useCallback(
    (palette: Palette) =>
      yearsOption(
        assessments.map(({ assessment }) => String(assessment.schoolYear)),
        lines,
        0.45,
        { cv: t("balance:spread.cv"), limit: t("balance:spread.limit") },
        palette,
      ),
    [assessments, lines, t],
  );
  const shares = useCallback(
    (palette: Palette) =>
      sharesOption(
        [
          { name: "A", value: 0.93, low: 0.9, high: 0.95, isBelow: false },
          { name: "B", value: 0.86, low: 0.79, high: 0.91, isBelow: false },
          { name: "C", value: 0.74, low: 0.69, high: 0.78, isBelow: true },
        ],
        0.85,
        { share: t("surveys:result.axis"), limit: t("surveys:result.limit", { limit: "85%" }) },
        palette,
      ),
    [t],
  );
  const table = { columns: ["R"], rows: dots.map((dot) => [dot.name]) };
  return (
    <Page title="Gallery">
      <Sheet title="Verdict">
        <div className="row gap-m">
          {verdicts.map((verdict) => (
            <Verdict key={verdict} verdict={verdict} isPlate />
          ))}
          <Verdict verdict="notMet" tone="attention" isPlate />
        </div>
      </Sheet>
      <Sheet title="Figure">
        <div className="columns-auto">
          <Figure label="R4" value={4.5123} unit="m²" limit="≥ 4.5" verdict="met" onOpen={() => undefined} />
          <Figure label="R4" value={3.1} unit="m²" limit="≥ 4.5" verdict="notMet" tone="attention" />
          <Figure
            label="R4"
            value={null}
            gap={{ why: "not-reported", item: "teachingFloorAreaM2" }}
            verdict="notComputable"
          />
        </div>
      </Sheet>
      <Sheet>
        <Chart title="spread" option={spread} table={table} height={300} />
      </Sheet>
      <Sheet>
        <Chart title="contributions" option={contributions} table={table} height={320} />
      </Sheet>
      <Sheet>
        <Chart title="shares" option={shares} table={table} height={200} />
      </Sheet>
      <Sheet>
        <Chart title="years" option={years} table={table} height={320} />
      </Sheet>
      <Sheet title="States">
        <Waiting />
        <Empty title="Empty">…</Empty>
        <Failed error={new Error("gallery")} onRetry={() => undefined} />
      </Sheet>
    </Page>
  );
}
