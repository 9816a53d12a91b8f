/** Small returns with known figures. */

import { schoolYear } from "@xingfu/domain/base";
import type { DistrictYear, PremisesRow, SchoolRow } from "@xingfu/domain/base";

const blankSchool: Omit<SchoolRow, "schoolCode" | "name" | "type"> = {
  ownership: "public",
  setting: null,
  groupName: null,
  clusterName: null,
  isCounted: true,
  parentCode: null,
  builtYear: null,
  isDense: null,
  isBoarding: null,
  migrantPupils: null,
  commitmentDate: null,
  kindergartenPupils: null,
  primaryPupils: null,
  juniorPupils: null,
  seniorPupils: null,
  vocationalPupils: null,
};

const blankPremises: Omit<PremisesRow, "schoolCode"> = {
  stage: null,
  teachingFloorAreaM2: null,
  indoorSportsAreaM2: null,
  sportsGroundAreaM2: null,
  convertedSportsAreaM2: null,
  leasedSportsAreaM2: null,
  equipmentYuan: null,
  multimediaRooms: null,
  musicRoomAreasM2: null,
  artRoomAreasM2: null,
};

export interface SmallSchool {
  readonly code: string;
  readonly name: string;
  /** 办学类型: 211 primary, 312 nine-year */
  readonly type: string;
  readonly primaryPupils?: number;
  readonly juniorPupils?: number;
  readonly premises: Partial<PremisesRow>;
}

/** A return with nothing but schools and their premises. */
export function smallReturn(schools: readonly SmallSchool[]): DistrictYear {
  return {
    districtCode: "500199",
    districtName: "测试区",
    schoolYear: schoolYear(2025),
    isSample: false,
    schools: schools.map(({ code, name, type, primaryPupils, juniorPupils }) => ({
      ...blankSchool,
      schoolCode: code,
      name,
      type,
      primaryPupils: primaryPupils ?? null,
      juniorPupils: juniorPupils ?? null,
    })),
    classes: [],
    classBands: [],
    staff: [],
    staffCounts: [],
    premises: schools.map(({ code, premises }) => ({ ...blankPremises, schoolCode: code, ...premises })),
    finance: [],
    districtFigures: [],
    monitoring: [],
    findings: [],
    satisfaction: [],
    vetoes: [],
  };
}

/**
 * The published example of the coefficient of variation: five primary schools with 45, 37, 89, 76 and 55 pupils and
 * 279, 137, 935, 160 and 402 books, printed there as 0.52. The books are put in as m² of rooms: the coefficient does
 * not depend on the unit.
 *
 * @source 县域义务教育校际均衡指标计算方法(以生均图书册数为例), m.777doc.com/doc-2019910.html
 */
export const fiveSchools: DistrictYear = smallReturn(
  [
    [45, 279],
    [37, 137],
    [89, 935],
    [76, 160],
    [55, 402],
  ].map(([primaryPupils = 0, books = 0], index) => ({
    code: `215099000${index + 1}`,
    name: `例题第${"一二三四五"[index] ?? ""}小学`,
    type: "211",
    primaryPupils,
    premises: { teachingFloorAreaM2: books, indoorSportsAreaM2: 0 },
  })),
);

/**
 * The published example of a nine-year school: 166 primary and 210 junior pupils share 23,226 by weights 1 : 1.1, which
 * is 58.5038 per weighted pupil; printed there as 9,711 and 13,515.
 *
 * @source moe-2017-quality-balance, splitting
 */
export const nineYearSchool: DistrictYear = smallReturn([
  {
    code: "3150990001",
    name: "例题九年一贯制学校",
    type: "312",
    primaryPupils: 166,
    juniorPupils: 210,
    premises: { teachingFloorAreaM2: 23_226, indoorSportsAreaM2: 0 },
  },
]);
