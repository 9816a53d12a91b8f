/** Who there is to ask: the people of each school by party and stage, from what the district reported. */

import type { DistrictYear, Stage } from "../base/index.ts";
import { stages } from "../base/index.ts";
import type { SurveyParty } from "./form.ts";
import type { Stratum } from "./plan.ts";

/** People of parties that belong to no school, as the officer gives them. */
export type OtherPeople = Readonly<Partial<Record<SurveyParty, number>>>;

type Rows = Pick<DistrictYear, "districtCode" | "schools" | "staff" | "staffCounts">;

const pupilsOf = {
  kindergarten: "kindergartenPupils",
  primary: "primaryPupils",
  junior: "juniorPupils",
  senior: "seniorPupils",
  vocational: "vocationalPupils",
} as const satisfies Record<Stage, keyof DistrictYear["schools"][number]>;

/**
 * Strata of the parties asked, in the stages surveyed. Pupils and their parents by stage (one parent per child; children in
 * kindergartens are not asked), teachers and principals by school, everybody else for the district as a whole. A stratum
 * without people is left out.
 */
export function strataOf(
  rows: Rows,
  parties: readonly SurveyParty[],
  surveyed: readonly Stage[],
  others: OtherPeople = {},
): readonly Stratum[] {
  const isSurveyed = new Set(surveyed);
  const teachers = new Map<string, number>();
  const add = (school: string, stage: Stage, count: number): void => {
    if (isSurveyed.has(stage)) teachers.set(school, (teachers.get(school) ?? 0) + count);
  };
  for (const row of rows.staff) if (row.isFullTimeTeacher) add(row.schoolCode, row.stage, 1);
  for (const row of rows.staffCounts) {
    const degrees = [
      row.doctorateTeachers,
      row.masterTeachers,
      row.bachelorTeachers,
      row.associateTeachers,
      row.secondaryTeachers,
      row.belowSecondaryTeachers,
    ];
    add(
      row.schoolCode,
      row.stage,
      degrees.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    );
  }
  const strata = parties.flatMap((party): readonly Stratum[] => {
    switch (party) {
      case "pupils":
      case "parents":
        return rows.schools.flatMap((school) =>
          stages
            .filter((stage) => isSurveyed.has(stage) && !(party === "pupils" && stage === "kindergarten"))
            .map((stage) => ({ unit: school.schoolCode, party, stage, population: school[pupilsOf[stage]] ?? 0 })),
        );
      case "teachers":
        return rows.schools.map((school) => ({
          unit: school.schoolCode,
          party,
          stage: null,
          population: teachers.get(school.schoolCode) ?? 0,
        }));
      case "principals":
        return [
          {
            unit: rows.districtCode,
            party,
            stage: null,
            // one for each school that has a surveyed stage and is a school of its own
            population: rows.schools.filter(
              (school) =>
                school.isCounted && stages.some((stage) => isSurveyed.has(stage) && (school[pupilsOf[stage]] ?? 0) > 0),
            ).length,
          },
        ];
      default:
        return [
          { unit: rows.districtCode, party, stage: null, population: Math.max(0, Math.trunc(others[party] ?? 0)) },
        ];
    }
  });
  return strata.filter((stratum) => stratum.population > 0);
}
