/** What the balance assessment needs to know of a district: counts and amounts per school and stage, no persons. */

import type { MonitoringRow, FindingRow, SatisfactionRow, SchoolYear, Stage, VetoRow } from "../base/index.ts";

/** Resources that may be booked for a whole school or for one stage. `null` = not reported. */
export interface Amounts {
  readonly teachingFloorAreaM2: number | null;
  readonly indoorSportsAreaM2: number | null;
  readonly sportsGroundAreaM2: number | null;
  readonly convertedSportsAreaM2: number | null;
  readonly leasedSportsAreaM2: number | null;
  readonly equipmentYuan: number | null;
  readonly multimediaRooms: number | null;
}

/** Number of classes up to each size: exact sizes where single classes were reported, else band edges. */
export interface ClassSizes {
  /** [classes] pupils of each class, or the upper edge of its band; Infinity-free: an open band is given as 66 */
  readonly sizes: readonly number[];
  readonly fromBands: boolean;
  /** classes whose size was not reported; they count as classes */
  readonly unreported: number;
}

/** Full-time teachers by highest degree; a member is null when that count was not reported. */
export interface TeacherCounts {
  readonly doctorate: number | null;
  readonly master: number | null;
  readonly bachelor: number | null;
  readonly associate: number | null;
  readonly secondary: number | null;
  readonly belowSecondary: number | null;
  /** teachers on the staff sheet without a degree: while there is one, no share by degree is known */
  readonly unspecified: number;
}

/** One stage of one school. */
export interface StageFacts {
  readonly stage: Stage;
  readonly pupils: number | null;
  readonly classes: ClassSizes | null;
  /** full-time teachers by highest degree; null = no staff reported */
  readonly teachers: TeacherCounts | null;
  readonly leadTeachers: number | null;
  /** full-time PE, music, fine-art and arts teachers */
  readonly peArtsTeachers: number | null;
  readonly visitingPeArtsTeachers: number | null;
  readonly certifiedTeachers: number | null;
  readonly trainedTeachers: number | null;
  readonly rotationEligibleTeachers: number | null;
  readonly rotatedTeachers: number | null;
  readonly rotatedLeadTeachers: number | null;
  /** resources booked for this stage alone; null = none booked */
  readonly booked: Amounts | null;
}

/** One school (or uncounted campus) as reported. */
export interface SchoolFacts {
  readonly schoolCode: string;
  readonly name: string;
  readonly type: string;
  readonly ownership: "public" | "private" | null;
  readonly setting: string | null;
  readonly isCounted: boolean;
  readonly parentCode: string | null;
  readonly builtYear: number | null;
  readonly isDense: boolean | null;
  readonly isBoarding: boolean | null;
  readonly migrantPupils: number | null;
  readonly commitmentDate: string | null;
  /** stages with pupils, classes, staff or premises of their own, or implied by the type; youngest first */
  readonly stages: readonly StageFacts[];
  /** resources of the whole school, split between stages; null = no such row was reported */
  readonly shared: Amounts | null;
  readonly musicRoomAreasM2: readonly number[] | null;
  readonly artRoomAreasM2: readonly number[] | null;
  readonly publicFundsBudgetYuan: number | null;
  readonly publicFundsSpentYuan: number | null;
  readonly trainingBudgetYuan: number | null;
  readonly trainingSpentYuan: number | null;
}

/** The whole input of one assessment; its canonical text is what the inputs' hash is made of. */
export interface BalanceFacts {
  readonly districtCode: string;
  readonly districtName: string;
  readonly schoolYear: SchoolYear;
  readonly isSample: boolean;
  /** sorted by schoolCode */
  readonly schools: readonly SchoolFacts[];
  /** district figures by key; null = not reported */
  readonly figures: Readonly<Record<string, number | null>>;
  readonly monitoring: readonly MonitoringRow[];
  readonly findings: readonly FindingRow[];
  readonly satisfaction: readonly SatisfactionRow[];
  readonly vetoes: readonly VetoRow[];
  /** codes that some section reports for but the schools sheet does not have; their rows could not be placed */
  readonly unplacedCodes: readonly string[];
}
