import { makeDistrict } from "@xingfu/fixtures";
import { expect, test } from "vitest";

import type { ClassRow, DistrictYear, PremisesRow, SchoolRow, StaffCountRow, StaffRow } from "../base/index.ts";
import { schoolYear } from "../base/index.ts";
import type { ProblemCode } from "./index.ts";
import { checkDistrictYear, compareReturns, countChanges } from "./index.ts";

const school: SchoolRow = {
  schoolCode: "2150990001",
  name: "甲小学",
  type: "211",
  ownership: "public",
  setting: "111",
  groupName: null,
  clusterName: null,
  isCounted: true,
  parentCode: null,
  builtYear: 2000,
  isDense: null,
  isBoarding: null,
  migrantPupils: null,
  commitmentDate: null,
  kindergartenPupils: null,
  primaryPupils: 80,
  juniorPupils: null,
  seniorPupils: null,
  vocationalPupils: null,
};
const group: ClassRow = {
  schoolCode: school.schoolCode,
  stage: "primary",
  grade: 1,
  className: "1班",
  classType: null,
  pupils: 40,
};
const teacher: StaffRow = {
  schoolCode: school.schoolCode,
  staffCode: "T1",
  name: "张三",
  stage: "primary",
  isFullTimeTeacher: true,
  education: "bachelor",
  subject: "other",
  subjectName: null,
  leadLevel: "county",
  hasCertificate: true,
  trainingHours: 360,
  isEligibleForRotation: true,
  hasRotated: false,
  isVisitingPeArts: null,
};
const counts: StaffCountRow = {
  schoolCode: school.schoolCode,
  stage: "primary",
  doctorateTeachers: 0,
  masterTeachers: 0,
  bachelorTeachers: 10,
  associateTeachers: 0,
  secondaryTeachers: 0,
  belowSecondaryTeachers: 0,
  leadTeachers: 1,
  peTeachers: 1,
  musicTeachers: 1,
  fineArtTeachers: 1,
  artsTeachers: 0,
  visitingPeArtsTeachers: null,
  certifiedTeachers: 10,
  trainedTeachers: 10,
  rotationEligibleTeachers: 5,
  rotatedTeachers: 1,
  rotatedLeadTeachers: 1,
};
const premises: PremisesRow = {
  schoolCode: school.schoolCode,
  stage: null,
  teachingFloorAreaM2: 500,
  indoorSportsAreaM2: 50,
  sportsGroundAreaM2: 800,
  convertedSportsAreaM2: null,
  leasedSportsAreaM2: null,
  equipmentYuan: 200_000,
  multimediaRooms: 4,
  musicRoomAreasM2: [96],
  artRoomAreasM2: [90],
};

function district(parts: Partial<DistrictYear>): DistrictYear {
  return {
    districtCode: "500199",
    districtName: "示例区",
    schoolYear: schoolYear(2025),
    isSample: true,
    schools: [school],
    classes: [],
    classBands: [],
    staff: [],
    staffCounts: [],
    premises: [],
    finance: [],
    districtFigures: [],
    monitoring: [],
    findings: [],
    satisfaction: [],
    vetoes: [],
    ...parts,
  };
}
const found = (
  year: DistrictYear,
  previous?: DistrictYear,
): readonly (readonly [ProblemCode, string, number | null, string | null])[] =>
  checkDistrictYear(year, previous).map((problem) => [problem.code, problem.section, problem.index, problem.column]);

test("a return that fits together has no problem", () => {
  const staff = ["T1", "T2", "T3", "T4"].map((staffCode) => ({ ...teacher, staffCode }));
  expect(found(district({ classes: [group, { ...group, className: "2班" }], staff, premises: [premises] }))).toEqual(
    [],
  );
});

test("the sample district loads: its returns have no error", () => {
  const [before, now] = makeDistrict(20_170, { scale: 0.3 }).years.slice(-2);
  if (before === undefined || now === undefined) throw new Error("no years");
  expect(checkDistrictYear(now, before).filter((problem) => problem.severity === "error")).toEqual([]);
});

const cases: readonly (readonly [
  string,
  Partial<DistrictYear>,
  readonly [ProblemCode, string, number | null, string | null],
])[] = [
  [
    "a school listed twice",
    { schools: [school, { ...school, name: "乙" }] },
    ["DUPLICATE_ROW", "schools", 1, "schoolCode"],
  ],
  [
    "a code that is none",
    { schools: [{ ...school, schoolCode: "9950990001" }] },
    ["BAD_SCHOOL_CODE", "schools", 0, "schoolCode"],
  ],
  ["a type that is not in the list", { schools: [{ ...school, type: "999" }] }, ["UNKNOWN_TYPE", "schools", 0, "type"]],
  [
    "a campus without a parent",
    { schools: [school, { ...school, schoolCode: "2150990002", isCounted: false }] },
    ["PARENT_MISSING", "schools", 1, "parentCode"],
  ],
  [
    "a campus whose parent is itself",
    { schools: [{ ...school, isCounted: false, parentCode: school.schoolCode }] },
    ["PARENT_CHAIN", "schools", 0, "parentCode"],
  ],
  ["a negative number", { schools: [{ ...school, primaryPupils: -3 }] }, ["NEGATIVE", "schools", 0, "primaryPupils"]],
  ["no pupils at all", { schools: [{ ...school, primaryPupils: 0 }] }, ["ZERO_PUPILS", "schools", 0, "primaryPupils"]],
  [
    "pupils not reported",
    { schools: [{ ...school, primaryPupils: null }] },
    ["NO_PUPILS_REPORTED", "schools", 0, "primaryPupils"],
  ],
  [
    "a stage above the type",
    { schools: [{ ...school, juniorPupils: 20 }] },
    ["STAGE_NOT_OF_TYPE", "schools", 0, "juniorPupils"],
  ],
  [
    "more migrant pupils than pupils",
    { schools: [{ ...school, migrantPupils: 81 }] },
    ["PART_ABOVE_WHOLE", "schools", 0, "migrantPupils"],
  ],
  ["classes that do not add up to the school", { classes: [group] }, ["PUPIL_SUM", "schools", 0, "primaryPupils"]],
  [
    "a class of an unknown school",
    { classes: [{ ...group, schoolCode: "2150990077" }] },
    ["UNKNOWN_SCHOOL", "classes", 0, "schoolCode"],
  ],
  [
    "a seventh grade of primary school",
    { classes: [{ ...group, grade: 7 }] },
    ["STAGE_NOT_OF_TYPE", "classes", 0, "grade"],
  ],
  ["a class of 120", { classes: [{ ...group, pupils: 120 }] }, ["IMPLAUSIBLE", "classes", 0, "pupils"]],
  [
    "staff of a stage the school does not have",
    { staff: [{ ...teacher, stage: "junior" }] },
    ["STAGE_WITHOUT_PUPILS", "staff", 0, "stage"],
  ],
  [
    "one staff code in two schools",
    {
      schools: [school, { ...school, schoolCode: "2150990002" }],
      staff: [teacher, { ...teacher, schoolCode: "2150990002" }],
    },
    ["DUPLICATE_ROW", "staff", 1, "staffCode"],
  ],
  [
    "a list of staff and counts that disagree",
    { staff: [teacher], staffCounts: [counts] },
    ["STAFF_COUNTS_DISAGREE", "staffCounts", 0, "bachelorTeachers"],
  ],
  [
    "more certified teachers than teachers",
    { staffCounts: [{ ...counts, certifiedTeachers: 11 }] },
    ["PART_ABOVE_WHOLE", "staffCounts", 0, "certifiedTeachers"],
  ],
  [
    "an indoor hall larger than the building",
    { premises: [{ ...premises, indoorSportsAreaM2: 501 }] },
    ["PART_ABOVE_WHOLE", "premises", 0, "indoorSportsAreaM2"],
  ],
  [
    "equipment that looks ten thousand times too large",
    { premises: [{ ...premises, equipmentYuan: 2_000_000_000 }] },
    ["IMPLAUSIBLE", "premises", 0, "equipmentYuan"],
  ],
  [
    "a resource booked for the school and for a stage",
    { premises: [premises, { ...premises, stage: "primary" }] },
    ["WHOLE_AND_STAGE", "premises", 1, "multimediaRooms"],
  ],
  [
    "more satisfied than valid answers",
    { satisfaction: [{ party: "pupils", validAnswers: 10, satisfiedAnswers: 11 }] },
    ["PART_ABOVE_WHOLE", "satisfaction", 0, "satisfiedAnswers"],
  ],
  [
    "more quota places than places",
    {
      districtFigures: [
        { figure: "quotaPlaces", value: 11, note: null },
        { figure: "keySeniorPlaces", value: 10, note: null },
      ],
    },
    ["PART_ABOVE_WHOLE", "districtFigures", 0, "value"],
  ],
];
test.each(cases)("%s is found at its cell", (_, parts, expected) => {
  expect(found(district(parts))).toContainEqual(expected);
});

test("against the year before, large changes and schools that come or go are warnings", () => {
  const before = district({
    schools: [
      { ...school, primaryPupils: 300 },
      { ...school, schoolCode: "2150990009", name: "旧校" },
    ],
  });
  const now = district({ schools: [school, { ...school, schoolCode: "2150990003", name: "新校" }] });
  const problems = checkDistrictYear(now, before);
  expect(problems.every((problem) => problem.severity === "warning")).toBe(true);
  expect(problems.map((problem) => problem.code)).toEqual(["GONE_SINCE_LAST_YEAR", "CHANGED_MUCH", "NOT_IN_LAST_YEAR"]);
});

test("a comparison names rows that come, go and change, column by column", () => {
  const before = district({ classes: [group, { ...group, className: "2班" }], premises: [premises] });
  const after = district({
    classes: [
      { ...group, pupils: 41 },
      { ...group, className: "3班" },
    ],
    premises: [{ ...premises, musicRoomAreasM2: [96, 98] }],
  });
  expect(compareReturns(before, after, { sections: ["classes", "premises"] })).toEqual([
    {
      section: "classes",
      kind: "changed",
      schoolCode: school.schoolCode,
      key: "2150990001|primary|1|1班",
      column: "pupils",
      before: 40,
      after: 41,
    },
    {
      section: "classes",
      kind: "added",
      schoolCode: school.schoolCode,
      key: "2150990001|primary|1|3班",
      column: null,
      before: null,
      after: null,
    },
    {
      section: "classes",
      kind: "removed",
      schoolCode: school.schoolCode,
      key: "2150990001|primary|1|2班",
      column: null,
      before: null,
      after: null,
    },
    {
      section: "premises",
      kind: "changed",
      schoolCode: school.schoolCode,
      key: "2150990001|",
      column: "musicRoomAreasM2",
      before: "96",
      after: "96、98",
    },
  ]);
  expect(countChanges(before, after, { sections: ["classes"] })).toEqual([
    { section: "classes", added: 1, removed: 1, changed: 1, unchanged: 0 },
  ]);
  expect(compareReturns(before, before)).toEqual([]);
  expect(compareReturns(null, after, { sections: ["classes"], schoolCodes: ["x"] })).toEqual([]);
});
