/** Small facts for tests and benches: a school that meets everything, a district in which every item is met. */

import { satisfactionParties, schoolYear } from "../../base/index.ts";
import type { Stage } from "../../base/index.ts";
import type { Amounts, BalanceFacts, SchoolFacts, StageFacts } from "../index.ts";

/** Premises that meet every threshold of both phases for so many pupils. */
export function amplePremises(pupils: number): Amounts {
  return {
    teachingFloorAreaM2: pupils * 8,
    indoorSportsAreaM2: pupils,
    sportsGroundAreaM2: pupils * 10,
    convertedSportsAreaM2: 0,
    leasedSportsAreaM2: 0,
    equipmentYuan: pupils * 3000,
    multimediaRooms: pupils * 0.03,
  };
}

/** A stage with staff that meets every threshold and item. */
export function ampleStage(stage: Stage, pupils: number, changes: Partial<StageFacts> = {}): StageFacts {
  const teachers = pupils * 0.08;
  return {
    stage,
    pupils,
    classes: { sizes: Array.from({ length: Math.ceil(pupils / 40) }, () => 40), fromBands: false, unreported: 0 },
    teachers: {
      doctorate: 0,
      master: 0,
      bachelor: teachers,
      associate: 0,
      secondary: 0,
      belowSecondary: 0,
      unspecified: 0,
    },
    leadTeachers: pupils * 0.02,
    peArtsTeachers: pupils * 0.02,
    visitingPeArtsTeachers: 0,
    certifiedTeachers: teachers,
    trainedTeachers: teachers,
    rotationEligibleTeachers: teachers / 2,
    rotatedTeachers: teachers / 10,
    rotatedLeadTeachers: teachers / 20,
    booked: null,
    ...changes,
  };
}

const typeOf: Readonly<Record<string, string>> = {
  kindergarten: "111",
  primary: "211",
  junior: "311",
  senior: "342",
  "primary-junior": "312",
  "junior-senior": "341",
  "primary-junior-senior": "345",
};

/** A school that meets every threshold and item, with so many pupils per stage. */
export function ampleSchool(
  schoolCode: string,
  pupils: Readonly<Partial<Record<Stage, number>>>,
  changes: Partial<SchoolFacts> = {},
): SchoolFacts {
  const stages = (["kindergarten", "primary", "junior", "senior", "vocational"] as const).filter(
    (stage) => pupils[stage] !== undefined,
  );
  const all = stages.reduce((sum, stage) => sum + (pupils[stage] ?? 0), 0);
  const rooms = Math.ceil(all / 40 / 12) + 1;
  return {
    schoolCode,
    name: `示例学校${schoolCode}`,
    type: typeOf[stages.join("-")] ?? "211",
    ownership: "public",
    setting: "111",
    isCounted: true,
    parentCode: null,
    builtYear: 2018,
    isDense: false,
    isBoarding: false,
    migrantPupils: 0,
    commitmentDate: null,
    stages: stages.map((stage) => ampleStage(stage, pupils[stage] ?? 0)),
    shared: amplePremises(all),
    musicRoomAreasM2: Array.from({ length: rooms }, () => 100),
    artRoomAreasM2: Array.from({ length: rooms }, () => 100),
    publicFundsBudgetYuan: 1_000_000,
    publicFundsSpentYuan: 1_000_000,
    trainingBudgetYuan: 60_000,
    trainingSpentYuan: 60_000,
    ...changes,
  };
}

/** A district in which every item is met, with the given schools. */
export function ampleDistrict(schools: readonly SchoolFacts[], changes: Partial<BalanceFacts> = {}): BalanceFacts {
  return {
    districtCode: "999999",
    districtName: "示例区",
    schoolYear: schoolYear(2025),
    isSample: true,
    schools,
    figures: {
      primaryQuotaYuan: 800,
      juniorQuotaYuan: 1000,
      primaryQuotaStandardYuan: 720,
      juniorQuotaStandardYuan: 940,
      specialQuotaYuan: 7000,
      averageTeacherPayYuan: 120_000,
      averageCivilServantPayYuan: 118_000,
      catchmentPrimaryPupils: 5000,
      primaryEntrants: 5000,
      catchmentJuniorPupils: 4900,
      juniorEntrants: 5000,
      quotaPlaces: 600,
      keySeniorPlaces: 1000,
      migrantChildrenInPublicPlaces: 900,
      migrantChildrenEligible: 1000,
      graduates: 4800,
      transferredInThreeYears: 100,
      transferredOutThreeYears: 150,
      juniorIntakeThreeYearsAgo: 5000,
      deathsThreeYears: 1,
      disabledChildrenEnrolled: 99,
      disabledChildren: 100,
      basicBalanceYear: 2014,
    },
    monitoring: [
      { phase: "primary", subjectName: "数学", level: 3, betweenSchoolShare: 0.1, monitoredYear: 2024 },
      { phase: "junior", subjectName: "数学", level: 4, betweenSchoolShare: 0.149, monitoredYear: 2024 },
    ],
    findings: ["G1", "G2", "G8", "G10", "G14", "G15", "Q3", "Q5", "Q6", "Q7", "Q8"].map((item) => ({
      item,
      isMet: true,
      finding: "符合要求",
      evidence: "示例材料",
      reviewer: "示例督学",
      reviewedOn: "2025-11-01",
    })),
    satisfaction: satisfactionParties.map((party) => ({ party, validAnswers: 100, satisfiedAnswers: 90 })),
    vetoes: ["V1", "V2", "V3", "V4", "V5", "V6"].map((veto) => ({
      veto,
      hasOccurred: false,
      finding: null,
      evidence: null,
    })),
    unplacedCodes: [],
    ...changes,
  };
}

/** A district of n schools of all kinds with amounts that vary by a small fixed generator: sizes for a bench. */
export function variedDistrict(count: number, seed = 1): BalanceFacts {
  let state = seed;
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const schools: SchoolFacts[] = [];
  for (let index = 0; index < count; index += 1) {
    const code = String(2_150_000_000 + index);
    const primary = 200 + Math.floor(next() * 1500);
    const junior = 200 + Math.floor(next() * 1500);
    const draw = next();
    const school =
      draw < 0.5
        ? ampleSchool(code, { primary })
        : draw < 0.8
          ? ampleSchool(code, { junior })
          : draw < 0.9
            ? ampleSchool(code, { primary, junior })
            : draw < 0.95
              ? ampleSchool(code, { junior, senior: 600 })
              : ampleSchool(code, { kindergarten: 200 });
    const factor = 0.6 + next() * 0.9;
    const { shared } = school;
    schools.push({
      ...school,
      shared: shared && {
        ...shared,
        teachingFloorAreaM2: (shared.teachingFloorAreaM2 ?? 0) * factor,
        equipmentYuan: (shared.equipmentYuan ?? 0) * (0.5 + next()),
      },
    });
  }
  return ampleDistrict(schools);
}
