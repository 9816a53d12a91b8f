import { describe, expect, test } from "vitest";
import { canonicalText, schoolYear } from "../base/index.ts";
import type { ClassBandRow, DistrictYear, PremisesRow, SchoolRow, StaffCountRow, StaffRow } from "../base/index.ts";
import { summarizeDistrict } from "./index.ts";

const school: SchoolRow = {
  schoolCode: "2150000001",
  name: "示例小学",
  type: "211",
  ownership: "public",
  setting: "111",
  groupName: null,
  clusterName: null,
  isCounted: true,
  parentCode: null,
  builtYear: 2000,
  isDense: false,
  isBoarding: false,
  migrantPupils: 0,
  commitmentDate: null,
  kindergartenPupils: null,
  primaryPupils: 400,
  juniorPupils: null,
  seniorPupils: null,
  vocationalPupils: 0,
};
const teacher: StaffRow = {
  schoolCode: "2150000001",
  staffCode: "T1",
  name: "示例教师",
  stage: "primary",
  isFullTimeTeacher: true,
  education: "bachelor",
  subject: "other",
  subjectName: "语文",
  leadLevel: "none",
  hasCertificate: true,
  trainingHours: 360,
  isEligibleForRotation: false,
  hasRotated: false,
  isVisitingPeArts: false,
};
const premises: PremisesRow = {
  schoolCode: "2150000001",
  stage: null,
  teachingFloorAreaM2: 1000,
  indoorSportsAreaM2: 0,
  sportsGroundAreaM2: 3000,
  convertedSportsAreaM2: null,
  leasedSportsAreaM2: null,
  equipmentYuan: 1,
  multimediaRooms: 10,
  musicRoomAreasM2: [96],
  artRoomAreasM2: null,
};
const counts: StaffCountRow = {
  schoolCode: "2150000001",
  stage: "primary",
  doctorateTeachers: 0,
  masterTeachers: 1,
  bachelorTeachers: 20,
  associateTeachers: 5,
  secondaryTeachers: 0,
  belowSecondaryTeachers: 0,
  leadTeachers: 3,
  peTeachers: 2,
  musicTeachers: 1,
  fineArtTeachers: 1,
  artsTeachers: 0,
  visitingPeArtsTeachers: null,
  certifiedTeachers: 26,
  trainedTeachers: 25,
  rotationEligibleTeachers: 10,
  rotatedTeachers: 1,
  rotatedLeadTeachers: 0,
};
const bands: ClassBandRow = {
  schoolCode: "2150000001",
  stage: "primary",
  upTo25: 0,
  from26To30: 1,
  from31To35: 0,
  from36To40: 0,
  from41To45: 2,
  from46To50: 0,
  from51To55: 0,
  from56To60: 0,
  from61To65: 0,
  from66: 1,
};

function year(rows: Partial<DistrictYear>): DistrictYear {
  return {
    districtCode: "999999",
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
    ...rows,
  };
}

/** Stages of the first school with their pupils. */
function stagesOf(rows: Partial<DistrictYear>) {
  return summarizeDistrict(year(rows)).schools[0]?.stages.map((facts) => [facts.stage, facts.pupils]);
}

function stageOf(rows: Partial<DistrictYear>, place = 0) {
  return summarizeDistrict(year(rows)).schools[0]?.stages[place];
}

describe("staff", () => {
  test("only full-time teachers count, by degree, subject and level", () => {
    const staff: StaffRow[] = [
      teacher,
      {
        ...teacher,
        staffCode: "T2",
        education: "associate",
        subject: "pe",
        leadLevel: "county",
        trainingHours: 359,
        hasCertificate: false,
      },
      {
        ...teacher,
        staffCode: "T3",
        education: "master",
        subject: "music",
        leadLevel: "school",
        isEligibleForRotation: true,
        hasRotated: true,
      },
      {
        ...teacher,
        staffCode: "T4",
        education: "doctorate",
        subject: "arts",
        leadLevel: "nation",
        isEligibleForRotation: true,
        hasRotated: true,
      },
      {
        ...teacher,
        staffCode: "T5",
        isFullTimeTeacher: false,
        education: "doctorate",
        subject: "fineArt",
        leadLevel: "nation",
        isVisitingPeArts: true,
      },
    ];
    expect(stageOf({ staff })).toMatchObject({
      teachers: { doctorate: 1, master: 1, bachelor: 1, associate: 1, secondary: 0, belowSecondary: 0, unspecified: 0 },
      leadTeachers: 2,
      peArtsTeachers: 3,
      visitingPeArtsTeachers: 1,
      certifiedTeachers: 3,
      trainedTeachers: 3,
      rotationEligibleTeachers: 2,
      rotatedTeachers: 2,
      rotatedLeadTeachers: 1,
    });
  });

  test("a blank cell of one teacher makes the count unknown, not smaller", () => {
    const blank = { ...teacher, staffCode: "T2", education: null, subject: null, leadLevel: null, trainingHours: null };
    expect(stageOf({ staff: [teacher, blank] })).toMatchObject({
      teachers: { bachelor: 1, unspecified: 1 },
      leadTeachers: null,
      peArtsTeachers: null,
      trainedTeachers: null,
      certifiedTeachers: 2,
    });
  });

  test("single staff win over counts, counts serve where there are none", () => {
    expect(stageOf({ staff: [teacher], staffCounts: [counts] })?.teachers?.bachelor).toBe(1);
    expect(stageOf({ staffCounts: [counts] })).toMatchObject({
      teachers: { master: 1, bachelor: 20, associate: 5 },
      peArtsTeachers: 4,
      visitingPeArtsTeachers: null,
      trainedTeachers: 25,
    });
  });

  test("a full-time PE teacher who also visits is not counted twice", () => {
    const visitor = { ...teacher, subject: "pe" as const, isVisitingPeArts: true };
    expect(stageOf({ staff: [visitor] })).toMatchObject({ peArtsTeachers: 1, visitingPeArtsTeachers: 0 });
  });
});

describe("stages", () => {
  test("a stage is there when it has pupils, rows of its own, or the type says so", () => {
    expect(stagesOf({})).toEqual([["primary", 400]]);
    expect(stagesOf({ schools: [{ ...school, type: "312" }] })).toEqual([
      ["primary", 400],
      ["junior", null],
    ]);
    expect(stagesOf({ schools: [{ ...school, kindergartenPupils: 60 }] })).toEqual([
      ["kindergarten", 60],
      ["primary", 400],
    ]);
    expect(stagesOf({ staff: [{ ...teacher, stage: "junior" }] })).toEqual([
      ["primary", 400],
      ["junior", null],
    ]);
  });

  test("single classes win over bands, bands stand for their upper edges", () => {
    const row = { schoolCode: "2150000001", stage: "primary", grade: 1, classType: "10" } as const;
    const classes = [
      { ...row, className: "2班", pupils: 45 },
      { ...row, className: "1班", pupils: 40 },
      { ...row, className: "3班", pupils: null },
    ];
    expect(stageOf({ classes, classBands: [bands] })?.classes).toEqual({
      sizes: [40, 45],
      fromBands: false,
      unreported: 1,
    });
    expect(stageOf({ classBands: [bands] })?.classes).toEqual({
      sizes: [30, 45, 45, 66],
      fromBands: true,
      unreported: 0,
    });
  });

  test("a blank or absurd band makes the classes unknown", () => {
    expect(stageOf({ classBands: [{ ...bands, upTo25: null }] })?.classes).toBeNull();
    expect(stageOf({ classBands: [{ ...bands, upTo25: 1e9 }] })?.classes).toBeNull();
  });
});

describe("premises", () => {
  test("a row without stage is shared, a row with one is booked, rooms are the school's", () => {
    const rows = [
      premises,
      { ...premises, stage: "primary" as const, teachingFloorAreaM2: 50, musicRoomAreasM2: [80], artRoomAreasM2: [] },
    ];
    const facts = summarizeDistrict(year({ premises: rows })).schools[0];
    expect(facts?.shared?.teachingFloorAreaM2).toBe(1000);
    expect(facts?.stages[0]?.booked?.teachingFloorAreaM2).toBe(50);
    expect(facts?.musicRoomAreasM2).toEqual([80, 96]);
    expect(facts?.artRoomAreasM2).toEqual([]);
  });

  test("no row at all is not reported", () => {
    const facts = summarizeDistrict(year({})).schools[0];
    expect([facts?.shared, facts?.musicRoomAreasM2, facts?.publicFundsBudgetYuan]).toEqual([null, null, null]);
  });
});

test("rows of an unknown school are named", () => {
  expect(summarizeDistrict(year({ staff: [{ ...teacher, schoolCode: "9999999999" }] })).unplacedCodes).toEqual([
    "9999999999",
  ]);
});

test("a figure reported twice with two values is as good as not reported", () => {
  const row = { figure: "graduates", note: null };
  expect(
    summarizeDistrict(
      year({
        districtFigures: [
          { ...row, value: 5 },
          { ...row, value: 5 },
        ],
      }),
    ).figures.graduates,
  ).toBe(5);
  expect(
    summarizeDistrict(
      year({
        districtFigures: [
          { ...row, value: 5 },
          { ...row, value: 6 },
        ],
      }),
    ).figures.graduates,
  ).toBeNull();
});

test("the order of the rows does not show in the facts", () => {
  const other = { ...school, schoolCode: "2150000000", name: "示例二小" };
  const rows = {
    schools: [school, other, { ...school, name: "同码学校" }],
    staff: [teacher, { ...teacher, staffCode: "T2", education: "master" as const }],
    premises: [premises, { ...premises, schoolCode: "2150000000" }],
    findings: ["G2", "G1"].map((item) => ({
      item,
      isMet: true,
      finding: null,
      evidence: null,
      reviewer: null,
      reviewedOn: null,
    })),
    monitoring: (["junior", "primary"] as const).map((phase) => ({
      phase,
      subjectName: "数学",
      level: 3,
      betweenSchoolShare: 0.1,
      monitoredYear: null,
    })),
  };
  const backwards = Object.fromEntries(Object.entries(rows).map(([section, list]) => [section, list.toReversed()]));
  expect(canonicalText(summarizeDistrict(year(backwards)))).toBe(canonicalText(summarizeDistrict(year(rows))));
});

test("no name of a person gets into the facts", () => {
  expect(canonicalText(summarizeDistrict(year({ staff: [teacher] })))).not.toContain("示例教师");
});
