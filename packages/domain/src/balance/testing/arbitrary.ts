/** Random facts for property tests: sane ones, and well-typed nonsense. */

import * as fc from "fast-check";
import { satisfactionParties, schoolYear, stages } from "../../base/index.ts";
import type { Amounts, BalanceFacts, SchoolFacts, StageFacts } from "../index.ts";
import { ampleDistrict } from "./facts.ts";

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 6 });

/** Numbers a person may have typed, and some that no person could. */
export const anyNumber: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3000 }) },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, -1, 1e308, 5e-324, NaN, Infinity, -Infinity, 1e15) },
);

function amounts(number: fc.Arbitrary<number | null>): fc.Arbitrary<Amounts> {
  return fc.record({
    teachingFloorAreaM2: number,
    indoorSportsAreaM2: number,
    sportsGroundAreaM2: number,
    convertedSportsAreaM2: number,
    leasedSportsAreaM2: number,
    equipmentYuan: number,
    multimediaRooms: number,
  });
}

function stageFacts(number: fc.Arbitrary<number>): fc.Arbitrary<StageFacts> {
  const count = orNull(number);
  return fc.record({
    stage: fc.constantFrom(...stages),
    pupils: count,
    classes: orNull(
      fc.record({ sizes: fc.array(number, { maxLength: 6 }), fromBands: fc.boolean(), unreported: fc.nat(2) }),
    ),
    teachers: orNull(
      fc.record({
        doctorate: count,
        master: count,
        bachelor: count,
        associate: count,
        secondary: count,
        belowSecondary: count,
        unspecified: fc.oneof(fc.constant(0), number),
      }),
    ),
    leadTeachers: count,
    peArtsTeachers: count,
    visitingPeArtsTeachers: count,
    certifiedTeachers: count,
    trainedTeachers: count,
    rotationEligibleTeachers: count,
    rotatedTeachers: count,
    rotatedLeadTeachers: count,
    booked: orNull(amounts(count)),
  });
}

const codes = ["2150000001", "2150000002", "3150000003", "3450000004", "", "不是代码"];

/** Well-typed nonsense: impossible numbers, repeated codes and stages, parents that lead nowhere or in a circle. */
export const anyFacts: fc.Arbitrary<BalanceFacts> = fc
  .record({
    schools: fc.array(
      fc.record<SchoolFacts>({
        schoolCode: fc.constantFrom(...codes),
        name: fc.string(),
        type: fc.constantFrom("211", "218", "311", "312", "341", "345", "342", "111", "513", "365", "", "999"),
        ownership: fc.constantFrom("public", "private", null),
        setting: fc.constantFrom("111", "220", "", null),
        isCounted: fc.boolean(),
        parentCode: orNull(fc.constantFrom(...codes, "nowhere")),
        builtYear: orNull(anyNumber),
        isDense: fc.constantFrom(true, false, null),
        isBoarding: fc.constantFrom(true, false, null),
        migrantPupils: orNull(anyNumber),
        commitmentDate: fc.constantFrom(null, "2027-12-31", "2027-99-99", "soon", ""),
        stages: fc.array(stageFacts(anyNumber), { maxLength: 4 }),
        shared: orNull(amounts(orNull(anyNumber))),
        musicRoomAreasM2: orNull(fc.array(anyNumber, { maxLength: 4 })),
        artRoomAreasM2: orNull(fc.array(anyNumber, { maxLength: 4 })),
        publicFundsBudgetYuan: orNull(anyNumber),
        publicFundsSpentYuan: orNull(anyNumber),
        trainingBudgetYuan: orNull(anyNumber),
        trainingSpentYuan: orNull(anyNumber),
      }),
      { maxLength: 7 },
    ),
    figures: fc.dictionary(
      fc.constantFrom(...Object.keys(ampleDistrict([]).figures), "__proto__", "unknown"),
      orNull(anyNumber),
    ),
    monitoring: fc.array(
      fc.record({
        phase: fc.constantFrom("primary", "junior"),
        subjectName: fc.constantFrom("数学", "语文", ""),
        level: orNull(anyNumber),
        betweenSchoolShare: orNull(anyNumber),
        monitoredYear: orNull(anyNumber),
      }),
      { maxLength: 3 },
    ),
    findings: fc.array(
      fc.record({
        item: fc.constantFrom("G1", "G2", "Q8", "?"),
        isMet: fc.constantFrom(true, false, null),
        finding: fc.constant(null),
        evidence: fc.constant(null),
        reviewer: fc.constant(null),
        reviewedOn: fc.constant(null),
      }),
      { maxLength: 4 },
    ),
    satisfaction: fc.array(
      fc.record({
        party: fc.constantFrom(...satisfactionParties),
        validAnswers: orNull(anyNumber),
        satisfiedAnswers: orNull(anyNumber),
      }),
      { maxLength: 8 },
    ),
    vetoes: fc.array(
      fc.record({
        veto: fc.constantFrom("V1", "V2", "V6", "V7"),
        hasOccurred: fc.constantFrom(true, false, null),
        finding: fc.constant(null),
        evidence: fc.constant(null),
      }),
      { maxLength: 4 },
    ),
    unplacedCodes: fc.subarray(["7", "8"]),
  })
  .map((parts) => ({
    districtCode: "999999",
    districtName: "示例区",
    schoolYear: schoolYear(2025),
    isSample: true,
    ...parts,
  }));

const whole = (max: number) => fc.integer({ min: 0, max });

/** Plausible schools: whole numbers, distinct codes, single and combined types, a gap now and then. */
export const saneFacts: fc.Arbitrary<BalanceFacts> = fc
  .array(
    fc.record({
      type: fc.constantFrom("211", "311", "312", "341", "345", "218"),
      setting: fc.constantFrom("111", "220"),
      commitmentDate: fc.constantFrom(null, "2027-12-31"),
      isDense: fc.boolean(),
      pupils: fc.tuple(
        fc.integer({ min: 20, max: 1500 }),
        fc.integer({ min: 20, max: 1500 }),
        fc.integer({ min: 20, max: 1500 }),
      ),
      staff: fc.array(whole(60), { minLength: 14, maxLength: 14 }),
      teaching: fc.integer({ min: 2000, max: 20_000 }),
      sports: fc.integer({ min: 0, max: 2000 }),
      ground: whole(30_000),
      equipment: whole(5_000_000),
      rooms: whole(60),
      gap: fc.integer({ min: 0, max: 12 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drafts) =>
    ampleDistrict(
      drafts.map((draft, place): SchoolFacts => {
        const present =
          draft.type === "312"
            ? (["primary", "junior"] as const)
            : draft.type === "341"
              ? (["junior", "senior"] as const)
              : draft.type === "345"
                ? (["primary", "junior", "senior"] as const)
                : draft.type === "311"
                  ? (["junior"] as const)
                  : (["primary"] as const);
        const at = (index: number) => draft.staff[index] ?? 0;
        return {
          schoolCode: String(2_150_000_000 + place),
          name: `示例学校${place}`,
          type: draft.type,
          ownership: "public",
          setting: draft.setting,
          isCounted: true,
          parentCode: null,
          builtYear: 2012,
          isDense: draft.isDense,
          isBoarding: false,
          migrantPupils: 0,
          commitmentDate: draft.commitmentDate,
          stages: present.map((stage, index) => ({
            stage,
            pupils: draft.pupils[index] ?? 100,
            classes: {
              sizes: Array.from({ length: Math.ceil((draft.pupils[index] ?? 100) / 44) }, () => 44),
              fromBands: false,
              unreported: 0,
            },
            teachers:
              draft.gap === 1 && index === 0
                ? null
                : {
                    doctorate: 0,
                    master: at(0),
                    bachelor: at(1),
                    associate: at(2),
                    secondary: at(3),
                    belowSecondary: 0,
                    unspecified: 0,
                  },
            leadTeachers: draft.gap === 2 ? null : at(4),
            peArtsTeachers: at(5),
            visitingPeArtsTeachers: at(6),
            certifiedTeachers: at(7),
            trainedTeachers: at(8),
            rotationEligibleTeachers: at(9),
            rotatedTeachers: at(10),
            rotatedLeadTeachers: Math.min(at(10), at(11)),
            booked: null,
          })),
          shared: {
            teachingFloorAreaM2: draft.teaching,
            indoorSportsAreaM2: draft.sports,
            sportsGroundAreaM2: draft.gap === 3 ? null : draft.ground,
            convertedSportsAreaM2: 100,
            leasedSportsAreaM2: 0,
            equipmentYuan: draft.equipment,
            multimediaRooms: draft.rooms,
          },
          musicRoomAreasM2: [96],
          artRoomAreasM2: [80],
          publicFundsBudgetYuan: 500_000,
          publicFundsSpentYuan: 500_000,
          trainingBudgetYuan: 25_000,
          trainingSpentYuan: 24_000,
        };
      }),
    ),
  );
