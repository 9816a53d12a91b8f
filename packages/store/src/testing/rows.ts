/** Rows for tests: small, complete, and different in every column. */

import { schoolYear } from "@xingfu/domain/base";
import type { ClassRow, DistrictYear, PremisesRow, PupilRow, SchoolRow, StaffRow } from "@xingfu/domain/base";
import type { RowsToLoad } from "../index.ts";

export const year = schoolYear(2025);

export function schoolRow(schoolCode: string, more: Partial<SchoolRow> = {}): SchoolRow {
  return {
    schoolCode,
    name: `学校${schoolCode}`,
    type: "211",
    ownership: "public",
    setting: "111",
    groupName: "甲集团",
    clusterName: null,
    isCounted: true,
    parentCode: null,
    builtYear: 1998,
    isDense: null,
    isBoarding: false,
    migrantPupils: 12,
    commitmentDate: "2027-08-31",
    kindergartenPupils: null,
    primaryPupils: 500,
    juniorPupils: null,
    seniorPupils: null,
    vocationalPupils: null,
    ...more,
  };
}

export function classRow(schoolCode: string, number: number, more: Partial<ClassRow> = {}): ClassRow {
  return {
    schoolCode,
    stage: "primary",
    grade: 1,
    className: `${number}班`,
    classType: null,
    pupils: 40 + number,
    ...more,
  };
}

export function staffRow(schoolCode: string, number: number): StaffRow {
  return {
    schoolCode,
    staffCode: `T${schoolCode}${number}`,
    name: `教师${number}`,
    stage: "primary",
    isFullTimeTeacher: true,
    education: number % 2 === 0 ? "bachelor" : null,
    subject: "other",
    subjectName: "语文",
    leadLevel: "none",
    hasCertificate: true,
    trainingHours: 0.1 + 0.2 + number,
    isEligibleForRotation: null,
    hasRotated: false,
    isVisitingPeArts: null,
  };
}

export function premisesRow(schoolCode: string): PremisesRow {
  return {
    schoolCode,
    stage: null,
    teachingFloorAreaM2: 9711.6,
    indoorSportsAreaM2: 0,
    sportsGroundAreaM2: 13514.4,
    convertedSportsAreaM2: null,
    leasedSportsAreaM2: null,
    equipmentYuan: 1e7 / 3,
    multimediaRooms: 24,
    musicRoomAreasM2: [96.5, 73],
    artRoomAreasM2: [],
  };
}

export function pupilRow(schoolCode: string, number: number, more: Partial<PupilRow> = {}): PupilRow {
  return {
    schoolCode,
    pupilCode: `G${schoolCode}${String(number).padStart(8, "0")}`,
    name: `学生${number}`,
    sex: number % 2 === 0 ? "female" : "male",
    birthDate: "2018-03-04",
    stage: "primary",
    grade: 1 + (number % 6),
    className: `${1 + (number % 2)}班`,
    isMigrant: number % 10 === 0,
    ...more,
  };
}

/** All rows of a small district, every section filled. */
export function districtRows(
  codes: readonly string[],
): RowsToLoad["rows"] & Pick<DistrictYear, "schools" | "classes" | "staff"> {
  return {
    schools: codes.map((code) => schoolRow(code)),
    classes: codes.flatMap((code) => [classRow(code, 1), classRow(code, 2)]),
    classBands: codes.map((schoolCode) => ({
      schoolCode,
      stage: "primary" as const,
      upTo25: 1,
      from26To30: 2,
      from31To35: 3,
      from36To40: 4,
      from41To45: 5,
      from46To50: 6,
      from51To55: 7,
      from56To60: 8,
      from61To65: 9,
      from66: null,
    })),
    staff: codes.flatMap((code) => [staffRow(code, 1), staffRow(code, 2)]),
    staffCounts: codes.map((schoolCode) => ({
      schoolCode,
      stage: "primary" as const,
      doctorateTeachers: 1,
      masterTeachers: 2,
      bachelorTeachers: 3,
      associateTeachers: 4,
      secondaryTeachers: 5,
      belowSecondaryTeachers: 6,
      leadTeachers: 7,
      peTeachers: 8,
      musicTeachers: 9,
      fineArtTeachers: 10,
      artsTeachers: 11,
      visitingPeArtsTeachers: 12,
      certifiedTeachers: 13,
      trainedTeachers: 14,
      rotationEligibleTeachers: 15,
      rotatedTeachers: 16,
      rotatedLeadTeachers: null,
    })),
    premises: codes.map(premisesRow),
    finance: codes.map((schoolCode) => ({
      schoolCode,
      publicFundsBudgetYuan: 1.5,
      publicFundsSpentYuan: 2.5,
      trainingBudgetYuan: null,
      trainingSpentYuan: 4,
    })),
    districtFigures: [
      { figure: "primaryQuotaYuan", value: 800, note: null },
      { figure: "graduates", value: null, note: "待报" },
    ],
    monitoring: [{ phase: "primary", subjectName: "数学", level: 2, betweenSchoolShare: 0.14, monitoredYear: 2023 }],
    findings: [
      { item: "G1", isMet: true, finding: "已落实", evidence: null, reviewer: "督学甲", reviewedOn: "2026-05-01" },
    ],
    satisfaction: [{ party: "parents", validAnswers: 1000, satisfiedAnswers: 912 }],
    vetoes: [{ veto: "V1", hasOccurred: false, finding: null, evidence: "无" }],
  };
}
