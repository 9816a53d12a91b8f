/** The columns of each section: where the rows of the return are kept and how they come back. */

import { schoolSections } from "@xingfu/domain/base";
import type { SchoolSection, Section, SectionRows } from "@xingfu/domain/base";

/** text, ISO date, double precision, boolean, double precision[] */
type ColumnType = "text" | "date" | "number" | "boolean" | "numbers";
type Columns<S extends Section> = Readonly<Record<Exclude<keyof SectionRows[S], "schoolCode">, ColumnType>>;

const columns: { readonly [S in Section]: Columns<S> } = {
  schools: {
    name: "text",
    type: "text",
    ownership: "text",
    setting: "text",
    groupName: "text",
    clusterName: "text",
    isCounted: "boolean",
    parentCode: "text",
    builtYear: "number",
    isDense: "boolean",
    isBoarding: "boolean",
    migrantPupils: "number",
    commitmentDate: "date",
    kindergartenPupils: "number",
    primaryPupils: "number",
    juniorPupils: "number",
    seniorPupils: "number",
    vocationalPupils: "number",
  },
  classes: { stage: "text", grade: "number", className: "text", classType: "text", pupils: "number" },
  classBands: {
    stage: "text",
    upTo25: "number",
    from26To30: "number",
    from31To35: "number",
    from36To40: "number",
    from41To45: "number",
    from46To50: "number",
    from51To55: "number",
    from56To60: "number",
    from61To65: "number",
    from66: "number",
  },
  staff: {
    staffCode: "text",
    name: "text",
    stage: "text",
    isFullTimeTeacher: "boolean",
    education: "text",
    subject: "text",
    subjectName: "text",
    leadLevel: "text",
    hasCertificate: "boolean",
    trainingHours: "number",
    isEligibleForRotation: "boolean",
    hasRotated: "boolean",
    isVisitingPeArts: "boolean",
  },
  staffCounts: {
    stage: "text",
    doctorateTeachers: "number",
    masterTeachers: "number",
    bachelorTeachers: "number",
    associateTeachers: "number",
    secondaryTeachers: "number",
    belowSecondaryTeachers: "number",
    leadTeachers: "number",
    peTeachers: "number",
    musicTeachers: "number",
    fineArtTeachers: "number",
    artsTeachers: "number",
    visitingPeArtsTeachers: "number",
    certifiedTeachers: "number",
    trainedTeachers: "number",
    rotationEligibleTeachers: "number",
    rotatedTeachers: "number",
    rotatedLeadTeachers: "number",
  },
  premises: {
    stage: "text",
    teachingFloorAreaM2: "number",
    indoorSportsAreaM2: "number",
    sportsGroundAreaM2: "number",
    convertedSportsAreaM2: "number",
    leasedSportsAreaM2: "number",
    equipmentYuan: "number",
    multimediaRooms: "number",
    musicRoomAreasM2: "numbers",
    artRoomAreasM2: "numbers",
  },
  finance: {
    publicFundsBudgetYuan: "number",
    publicFundsSpentYuan: "number",
    trainingBudgetYuan: "number",
    trainingSpentYuan: "number",
  },
  districtFigures: { figure: "text", value: "number", note: "text" },
  monitoring: {
    phase: "text",
    subjectName: "text",
    level: "number",
    betweenSchoolShare: "number",
    monitoredYear: "number",
  },
  findings: { item: "text", isMet: "boolean", finding: "text", evidence: "text", reviewer: "text", reviewedOn: "date" },
  satisfaction: { party: "text", validAnswers: "number", satisfiedAnswers: "number" },
  vetoes: { veto: "text", hasOccurred: "boolean", finding: "text", evidence: "text" },
};

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  text: "text",
  date: "date",
  number: "double precision",
  boolean: "boolean",
  numbers: "double precision[]",
};

/** camelCase → snake_case, with the unit M2 and runs of digits as words: "upTo25" → up_to_25 */
function snake(key: string): string {
  return key.replace(/M2|[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);
}

export function isSchoolSection(section: Section): section is SchoolSection {
  return (schoolSections as readonly Section[]).includes(section);
}

/** One section's table, its keys in the order they are read, and its two statements. */
export interface SectionTable {
  readonly keys: readonly string[];
  /** $1 batch id, $2 JSON rows with `schoolId` and `position` */
  readonly insert: string;
  /** $1 batches and $2 schools of the wanted pieces, in order; columns: school id, then the keys */
  readonly select: string;
}

function describe(section: Section): SectionTable {
  const entries = Object.entries(columns[section]);
  const table = `app.return_${snake(section)}`;
  const names = entries.map(([key]) => snake(key));
  return {
    keys: entries.map(([key]) => key),
    insert: `insert into ${table} (district_id, batch_id, school_id, position, ${names.join(", ")})
      select app.district_id(), $1, r."schoolId", r.position, ${entries.map(([key]) => `r."${key}"`).join(", ")}
      from json_to_recordset($2) as r ("schoolId" bigint, position integer, ${entries.map(([key, type]) => `"${key}" ${sqlTypes[type]}`).join(", ")})`,
    // By the keys of the pieces and not by a join with the pointers: no statistics can lead this plan astray.
    select: `select r.school_id, ${names.map((name) => `r.${name}`).join(", ")}
      from unnest($1::bigint[], $2::bigint[]) with ordinality as w (batch_id, school_id, place)
        join ${table} r on r.district_id = app.district_id() and r.batch_id = w.batch_id and r.school_id = w.school_id
      order by w.place, r.position`,
  };
}

export const sectionTables: Readonly<Record<Section, SectionTable>> = {
  schools: describe("schools"),
  classes: describe("classes"),
  classBands: describe("classBands"),
  staff: describe("staff"),
  staffCounts: describe("staffCounts"),
  premises: describe("premises"),
  finance: describe("finance"),
  districtFigures: describe("districtFigures"),
  monitoring: describe("monitoring"),
  findings: describe("findings"),
  satisfaction: describe("satisfaction"),
  vetoes: describe("vetoes"),
};
