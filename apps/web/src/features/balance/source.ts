/** The assessment a page shows, and the engine's input for trails and what-if. */

import { queryOptions, useQuery } from "@tanstack/react-query";
import type { AssessmentReply } from "@xingfu/contract";
import {
  assessmentDate,
  balanceRules,
  explainCondition,
  explainCv,
  explainIndicator,
  summarizeDistrict,
} from "@xingfu/domain/balance";
import type { AssessmentRow, BalanceFacts, BalanceRules, CvResult, Indicator } from "@xingfu/domain/balance";
import type { DistrictYear, SchoolYear, Section, Verdict } from "@xingfu/domain/base";
import { sections } from "@xingfu/domain/base";
import { createContext, useContext } from "react";
import { useTranslation } from "react-i18next";
import { decimalsOf } from "../../lib/format.ts";
import { factsQuery, queryClient, schoolReturnQuery } from "../../lib/query.ts";
import { useTrail } from "../../ui/TrailPlace.tsx";
import { useTell } from "../../ui/tell.ts";
import {
  conditionLabel,
  conditionUnit,
  indicatorEntry,
  numeratorUnit,
  ruleNumber,
  thresholdWords,
  unitWords,
} from "./wording.ts";

/** The assessment of the year in the address. */
export const BalanceContext = createContext<AssessmentReply | null>(null);

export function useBalance(): AssessmentReply {
  const reply = useContext(BalanceContext);
  if (reply === null) throw new Error("a balance page was drawn without an assessment");
  return reply;
}

/** What the engine works on. */
export interface Engine {
  readonly facts: BalanceFacts;
  readonly rules: BalanceRules;
  readonly inputsHash: string | null;
  readonly rulesHash: string;
}

/**
 * Facts and rules. For a person of one school the facts are made from that school's own return, so that the same trails
 * open; the hash is then left out, because it would be that of another input than the district's.
 */
export const engineQuery = (reply: AssessmentReply) =>
  queryOptions({
    queryKey: ["facts", reply.assessment.schoolYear, reply.scope],
    queryFn: async (): Promise<Engine> => {
      const year = reply.assessment.schoolYear;
      if (reply.scope === "district") return queryClient.query(factsQuery(year));
      const codes = [
        ...new Set([
          ...reply.assessment.rows.flatMap((row) => [row.schoolCode, ...row.mergedCampuses]),
          ...reply.assessment.excluded.map((entry) => entry.schoolCode),
        ]),
      ];
      const details = await Promise.all(codes.map((code) => queryClient.query(schoolReturnQuery(year, code))));
      return {
        facts: summarizeDistrict(joined(details.flatMap(({ rows }) => (rows === null ? [] : [rows])))),
        rules: balanceRules(assessmentDate(year)),
        inputsHash: null,
        rulesHash: reply.rules.hash,
      };
    },
  });

/** The returns of several schools as one. */
function joined(parts: readonly DistrictYear[]): DistrictYear {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error("no school of one's own has a return");
  const rows = Object.fromEntries(
    sections.map((section) => [section, [first, ...others].flatMap((part) => part[section] as readonly unknown[])]),
  );
  return { ...first, ...rows };
}

export function useEngine(): ReturnType<typeof useQuery<Engine>> {
  return useQuery(engineQuery(useBalance()));
}

/** Sections of the return an indicator is made from. */
const indicatorSections: Readonly<Record<Indicator, readonly Section[]>> = {
  R1: ["schools", "staff", "staffCounts"],
  R2: ["schools", "staff", "staffCounts"],
  R3: ["schools", "staff", "staffCounts"],
  R4: ["schools", "premises"],
  R5: ["schools", "premises"],
  R6: ["schools", "premises"],
  R7: ["schools", "premises"],
};

export interface TrailOpener {
  readonly indicator: (
    row: Pick<AssessmentRow, "schoolCode" | "school" | "phase">,
    indicator: Indicator,
    verdict: Verdict,
  ) => void;
  readonly cv: (result: CvResult) => void;
  readonly condition: (id: string, verdict: Verdict, school?: { readonly code: string; readonly name: string }) => void;
}

/**
 * Opens trails of figures. With `engine` given (a what-if), trails are made from it and say so; else the reported facts
 * are fetched when the first trail is opened.
 */
export function useOpenTrail(reply: AssessmentReply, changed?: Engine): TrailOpener {
  const { t } = useTranslation("balance");
  const open = useTrail();
  const tell = useTell();
  const year: SchoolYear = reply.assessment.schoolYear;
  const withEngine = (use: (engine: Engine) => void): void => {
    if (changed !== undefined) use(changed);
    else queryClient.query(engineQuery(reply)).then(use).catch(tell.failure);
  };
  const common = (engine: Engine) => ({
    year,
    inputsHash: engine.inputsHash,
    rulesHash: engine.rulesHash,
    isWhatIf: changed !== undefined,
  });
  return {
    indicator: (row, indicator, verdict) =>
      withEngine((engine) => {
        const entry = indicatorEntry(indicator);
        open({
          ...common(engine),
          title: entry.label,
          subtitle: `${row.school} · ${t(`common:stage.${row.phase}`)}`,
          trail: explainIndicator(engine.facts, engine.rules, row.schoolCode, row.phase, indicator),
          unit: unitWords(entry.unit),
          numeratorUnit: numeratorUnit(indicator),
          decimals: decimalsOf(indicator),
          limit: thresholdWords(indicator, engine.rules.resources[indicator].threshold[row.phase]),
          verdict,
          sections: indicatorSections[indicator],
          schoolCode: row.schoolCode,
        });
      }),
    cv: (result) =>
      withEngine((engine) =>
        open({
          ...common(engine),
          title: t("spread.of", { label: indicatorEntry(result.indicator).label }),
          subtitle: t(`common:stage.${result.phase}`),
          trail: explainCv(engine.facts, engine.rules, result.phase, result.indicator),
          decimals: 4,
          limit: `≤ ${ruleNumber(result.limit)}`,
          verdict: result.verdict,
          sections: indicatorSections[result.indicator],
        }),
      ),
    condition: (id, verdict, school) =>
      withEngine((engine) =>
        open({
          ...common(engine),
          title: conditionLabel(id),
          ...(school === undefined ? {} : { subtitle: school.name, schoolCode: school.code }),
          trail: explainCondition(engine.facts, engine.rules, id, school?.code),
          unit: conditionUnit(id, school !== undefined),
          decimals: 2,
          verdict,
          sections: conditionSections(id),
        }),
      ),
  };
}

function conditionSections(id: string): readonly Section[] {
  const item = id.split(".")[0] ?? id;
  if (item === "satisfaction") return ["satisfaction"];
  if (id.endsWith(".review")) return ["findings"];
  if (item === "Q9") return ["monitoring"];
  if (["G3"].includes(item)) return ["schools", "classes", "classBands", "premises"];
  if (["G4"].includes(item)) return ["schools"];
  if (["G5"].includes(item)) return ["classes", "classBands"];
  if (["G6", "Q4"].includes(item)) return ["schools", "finance"];
  if (["G9", "G11", "G12"].includes(item)) return ["staff", "staffCounts"];
  return ["districtFigures"];
}
