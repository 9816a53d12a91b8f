/**
 * What a district reports for one school year: the rows of the return (填报), sheet by sheet.
 *
 * The same records come out of a workbook, out of the database and out of the sample district, so an
 * engine never knows where they came from. `null` means "not reported"; it is never 0.
 */

import type { Phase, SchoolYear, Stage } from "./year.ts";

/** The sections of the return, in the order of the workbook's sheets. */
export const sections = [
  "schools",
  "classes",
  "classBands",
  "staff",
  "staffCounts",
  "premises",
  "finance",
  "districtFigures",
  "monitoring",
  "findings",
  "satisfaction",
  "vetoes",
] as const;
export type Section = (typeof sections)[number];

/** Sections that each school fills in for itself; the others are the commission's. */
export const schoolSections = [
  "schools",
  "classes",
  "classBands",
  "staff",
  "staffCounts",
  "premises",
  "finance",
] as const satisfies readonly Section[];
export type SchoolSection = (typeof schoolSections)[number];

/** One school, campus or teaching point (学校、校区、教学点). */
export interface SchoolRow {
  /** 学校(机构)标识码, 10 digits */
  readonly schoolCode: string;
  readonly name: string;
  /** 办学类型, three digits of GB/T 33782: "211" primary, "218" teaching point, "311" junior, "312" nine-year … */
  readonly type: string;
  readonly ownership: "public" | "private" | null;
  /** 城乡类型 code of GB/T 33782: "111" … "220"; codes beginning with 2 are rural */
  readonly setting: string | null;
  readonly groupName: string | null;
  readonly clusterName: string | null;
  /** 是否计校数: false for a campus whose figures are merged into `parentCode` */
  readonly isCounted: boolean;
  readonly parentCode: string | null;
  readonly builtYear: number | null;
  /** central urban school of very high density: may count converted and leased sports space */
  readonly isDense: boolean | null;
  readonly isBoarding: boolean | null;
  readonly migrantPupils: number | null;
  /** 承诺达标日期, ISO date: the commitment that goes with a relaxation */
  readonly commitmentDate: string | null;
  readonly kindergartenPupils: number | null;
  readonly primaryPupils: number | null;
  readonly juniorPupils: number | null;
  readonly seniorPupils: number | null;
  readonly vocationalPupils: number | null;
}

/** One class (班级). */
export interface ClassRow {
  readonly schoolCode: string;
  readonly stage: Stage;
  /** year of the stage, from 1 */
  readonly grade: number;
  readonly className: string;
  /** 班级类型 code, two digits */
  readonly classType: string | null;
  readonly pupils: number | null;
}

/** Upper edges of the class-size bands of the education statistics; the last band is open. */
export const classBandEdges = [25, 30, 35, 40, 45, 50, 55, 60, 65] as const;

/** Number of classes per size band (班额分段), where single classes are not reported. */
export interface ClassBandRow {
  readonly schoolCode: string;
  readonly stage: Stage;
  readonly upTo25: number | null;
  readonly from26To30: number | null;
  readonly from31To35: number | null;
  readonly from36To40: number | null;
  readonly from41To45: number | null;
  readonly from46To50: number | null;
  readonly from51To55: number | null;
  readonly from56To60: number | null;
  readonly from61To65: number | null;
  readonly from66: number | null;
}

/** Highest degree, highest first. 博士 硕士 本科 专科 高中阶段 高中阶段以下 */
export const educations = ["doctorate", "master", "bachelor", "associate", "secondary", "belowSecondary"] as const;
export type Education = (typeof educations)[number];

/** 骨干教师 level; "county" and above count for the national indicator. */
export const leadLevels = ["none", "school", "county", "city", "province", "nation"] as const;
export type LeadLevel = (typeof leadLevels)[number];

/** Teaching subjects that the rules tell apart; every other subject is "other". */
export const subjects = ["pe", "music", "fineArt", "arts", "other"] as const;
export type Subject = (typeof subjects)[number];

/** One member of staff (教职工). */
export interface StaffRow {
  readonly schoolCode: string;
  readonly staffCode: string;
  readonly name: string;
  readonly stage: Stage;
  readonly isFullTimeTeacher: boolean;
  readonly education: Education | null;
  readonly subject: Subject | null;
  /** subject as written in the sheet, e.g. 语文 */
  readonly subjectName: string | null;
  readonly leadLevel: LeadLevel | null;
  readonly hasCertificate: boolean | null;
  /** 近五年培训学时 */
  readonly trainingHours: number | null;
  readonly isEligibleForRotation: boolean | null;
  readonly hasRotated: boolean | null;
  /** part-time, visiting or rotating PE and arts teacher (兼职、走教、交流); counts only under a relaxation */
  readonly isVisitingPeArts: boolean | null;
}

/** Counts per school and stage from the education statistics, where single staff are not reported. */
export interface StaffCountRow {
  readonly schoolCode: string;
  readonly stage: Stage;
  readonly doctorateTeachers: number | null;
  readonly masterTeachers: number | null;
  readonly bachelorTeachers: number | null;
  readonly associateTeachers: number | null;
  readonly secondaryTeachers: number | null;
  readonly belowSecondaryTeachers: number | null;
  readonly leadTeachers: number | null;
  readonly peTeachers: number | null;
  readonly musicTeachers: number | null;
  readonly fineArtTeachers: number | null;
  readonly artsTeachers: number | null;
  readonly visitingPeArtsTeachers: number | null;
  readonly certifiedTeachers: number | null;
  /** full-time teachers with 360 training hours or more in five years */
  readonly trainedTeachers: number | null;
  readonly rotationEligibleTeachers: number | null;
  readonly rotatedTeachers: number | null;
  readonly rotatedLeadTeachers: number | null;
}

/** Premises and equipment (校舍与装备) of a whole school, or of one stage where they are booked per stage. */
export interface PremisesRow {
  readonly schoolCode: string;
  /** null = the whole school; split between stages by the rule */
  readonly stage: Stage | null;
  /** 教学及辅助用房面积, including indoor sports rooms */
  readonly teachingFloorAreaM2: number | null;
  readonly indoorSportsAreaM2: number | null;
  readonly sportsGroundAreaM2: number | null;
  /** 改建的屋顶、地下等体育活动空间; counts only under a relaxation */
  readonly convertedSportsAreaM2: number | null;
  /** 政府租用的校外场馆(步行10分钟内); counts only under a relaxation */
  readonly leasedSportsAreaM2: number | null;
  /** 教学仪器设备资产值, book value */
  readonly equipmentYuan: number | null;
  readonly multimediaRooms: number | null;
  /** floor area of each music room; [] = none, null = not reported */
  readonly musicRoomAreasM2: readonly number[] | null;
  readonly artRoomAreasM2: readonly number[] | null;
}

/** Money of one school in the year (学校经费). */
export interface FinanceRow {
  readonly schoolCode: string;
  /** 年度公用经费预算总额 */
  readonly publicFundsBudgetYuan: number | null;
  readonly publicFundsSpentYuan: number | null;
  readonly trainingBudgetYuan: number | null;
  readonly trainingSpentYuan: number | null;
}

/** A single figure of the whole district (县级数据), by its key in the standards library. */
export interface DistrictFigureRow {
  readonly figure: string;
  readonly value: number | null;
  readonly note: string | null;
}

/** One subject of the national monitoring report (国家义务教育质量监测), taken over as reported. */
export interface MonitoringRow {
  readonly phase: Phase;
  readonly subjectName: string;
  /** Ⅰ = 1 … Ⅳ = 4 */
  readonly level: number | null;
  /** 校际差异率, 0–1 */
  readonly betweenSchoolShare: number | null;
  readonly monitoredYear: number | null;
}

/** A person's judgement of a reviewed item, with its evidence. */
export interface FindingRow {
  /** "G1" … "G15", "Q1" … "Q9" */
  readonly item: string;
  readonly isMet: boolean | null;
  readonly finding: string | null;
  readonly evidence: string | null;
  readonly reviewer: string | null;
  /** ISO date */
  readonly reviewedOn: string | null;
}

/** Parties whose satisfaction is asked. 学生 家长 教师 校长 人大代表 政协委员 其他群众 */
export const satisfactionParties = [
  "pupils",
  "parents",
  "teachers",
  "principals",
  "deputies",
  "advisers",
  "public",
] as const;
export type SatisfactionParty = (typeof satisfactionParties)[number];

export interface SatisfactionRow {
  readonly party: SatisfactionParty;
  readonly validAnswers: number | null;
  readonly satisfiedAnswers: number | null;
}

/** One of the six vetoes (一票否决). */
export interface VetoRow {
  /** "V1" … "V6" */
  readonly veto: string;
  /** true = it happened; null = not checked yet */
  readonly hasOccurred: boolean | null;
  readonly finding: string | null;
  readonly evidence: string | null;
}

/** The row type of each section. */
export interface SectionRows {
  readonly schools: SchoolRow;
  readonly classes: ClassRow;
  readonly classBands: ClassBandRow;
  readonly staff: StaffRow;
  readonly staffCounts: StaffCountRow;
  readonly premises: PremisesRow;
  readonly finance: FinanceRow;
  readonly districtFigures: DistrictFigureRow;
  readonly monitoring: MonitoringRow;
  readonly findings: FindingRow;
  readonly satisfaction: SatisfactionRow;
  readonly vetoes: VetoRow;
}

/** One district's return for one school year. */
export type DistrictYear = {
  readonly districtCode: string;
  readonly districtName: string;
  readonly schoolYear: SchoolYear;
  /** true when every value is invented (示例数据); shown on every page and export */
  readonly isSample: boolean;
} & { readonly [S in Section]: readonly SectionRows[S][] };

/** One pupil on the roll (学籍), streamed; never part of an assessment's input. */
export interface PupilRow {
  readonly schoolCode: string;
  /** 学籍号, 19 characters */
  readonly pupilCode: string;
  readonly name: string;
  readonly sex: "male" | "female" | null;
  /** ISO date */
  readonly birthDate: string | null;
  readonly stage: Stage;
  readonly grade: number;
  readonly className: string;
  readonly isMigrant: boolean | null;
}
