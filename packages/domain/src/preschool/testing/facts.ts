/** A district that meets every limit, to be spoilt by the tests. */
import { schoolYear } from "../../base/index.ts";
import type { KindergartenFacts, PreschoolFacts } from "../index.ts";

/** 90 children, 6 teachers; exactly at each limit of the document. */
export function kindergarten(schoolCode: string, changes: Partial<KindergartenFacts> = {}): KindergartenFacts {
  return {
    schoolCode,
    name: `示例幼儿园${schoolCode.slice(-2)}`,
    ownership: "public",
    isInclusive: null,
    builtYear: 2018,
    pupils: 90,
    teachers: 6,
    certifiedTeachers: 6,
    outdoorM2: 360,
    roomM2: 735.3,
    floorM2: 939.6,
    books: 270,
    classes: [
      { kind: "young", atLeast: 25, atMost: 25, classes: 1 },
      { kind: "middle", atLeast: 30, atMost: 30, classes: 1 },
      { kind: "top", atLeast: 35, atMost: 35, classes: 1 },
    ],
    ...changes,
  };
}

export function district(changes: Partial<PreschoolFacts> = {}): PreschoolFacts {
  const inclusive = { ownership: "private", isInclusive: true } as const;
  return {
    districtCode: "990101",
    districtName: "示例区",
    schoolYear: schoolYear(2025),
    isSample: true,
    // public 5, inclusive 3, neither 2 of 10: exactly 50 % and 80 %
    kindergartens: Array.from({ length: 10 }, (_, at) =>
      kindergarten(String(2_150_000_000 + at), at < 5 ? {} : at < 8 ? inclusive : { ...inclusive, isInclusive: false }),
    ),
    figures: {
      populationAged3To6: 1000,
      inclusivePrivatePupils: null,
      kindergartenHeads: 10,
      certifiedKindergartenHeads: 10,
      preschoolValidAnswers: 200,
      preschoolSatisfiedAnswers: 170,
    },
    findings: ["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "C3", "C4", "C5"].map((item) => ({
      item,
      isMet: true,
      finding: null,
      evidence: null,
      reviewer: null,
      reviewedOn: null,
    })),
    ...changes,
  };
}
