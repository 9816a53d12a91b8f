/** Cross-row, cross-year and plausibility checks of one district's return. */

import { codeEntry } from "@xingfu/standards";

import type { DistrictYear, PremisesRow, SchoolRow, Section, Stage, StaffCountRow, StaffRow } from "../base/index.ts";
import { isSchoolCode, sections, stages } from "../base/index.ts";
import { plausibility } from "./plausibility.ts";

export const problemCodes = [
  "DUPLICATE_ROW", // 重复行
  "BAD_SCHOOL_CODE", // 学校标识码不合规则
  "UNKNOWN_TYPE", // 办学类型代码不在代码表内
  "UNKNOWN_SCHOOL", // 引用的学校不在“学校”表内
  "PARENT_MISSING", // 不计校数的校区没有或找不到所属学校
  "PARENT_CHAIN", // 所属学校自己也不计校数，或指向自身
  "STAGE_NOT_OF_TYPE", // 学段与办学类型不符
  "STAGE_WITHOUT_PUPILS", // 该校该学段没有学生
  "PUPIL_SUM", // 班级人数之和与学校人数不一致
  "CLASS_SUM", // 班级数与班额分段之和不一致
  "BAND_SUM", // 班额分段与学生数不相容
  "STAFF_COUNTS_DISAGREE", // 教师统计与教职工名单不一致
  "PART_ABOVE_WHOLE", // 部分大于总体
  "NEGATIVE", // 负数
  "ZERO_PUPILS", // 学生数为零
  "NO_PUPILS_REPORTED", // 没有填报任何学段的学生数
  "IMPLAUSIBLE", // 数值异常
  "CHANGED_MUCH", // 与上一学年相比变化过大
  "NOT_IN_LAST_YEAR", // 上一学年没有这所学校
  "GONE_SINCE_LAST_YEAR", // 上一学年有、本学年没有这所学校
  "WHOLE_AND_STAGE", // 同一资源既按全校又按学段填报
  "ROW_MISSING", // 缺少该校的行
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** One thing wrong with one row, or with the whole section when `index` is null. */
export interface RowProblem {
  readonly section: Section;
  /** position in the section's array, from 0; null = the section as a whole */
  readonly index: number | null;
  /** property of the row, e.g. "primaryPupils"; null = the row as a whole */
  readonly column: string | null;
  readonly code: ProblemCode;
  readonly severity: "error" | "warning";
  /** what was reported, as text */
  readonly value: string | null;
  /** what was expected, a Chinese phrase, e.g. "班级人数之和 612" */
  readonly expected: string | null;
  /** position of the other row of the same section that it is about, e.g. the first of two equal rows */
  readonly otherIndex?: number;
}

const stageNames = {
  kindergarten: "幼儿园",
  primary: "小学",
  junior: "初中",
  senior: "高中",
  vocational: "中职",
} as const;
const pupilColumns = {
  kindergarten: "kindergartenPupils",
  primary: "primaryPupils",
  junior: "juniorPupils",
  senior: "seniorPupils",
  vocational: "vocationalPupils",
} as const satisfies Record<Stage, keyof SchoolRow>;

/** Numeric columns of each section that cannot be negative. */
const amounts: { readonly [S in Section]?: readonly string[] } = {
  schools: [...Object.values(pupilColumns), "migrantPupils"],
  classes: ["pupils"],
  classBands: [
    "upTo25",
    "from26To30",
    "from31To35",
    "from36To40",
    "from41To45",
    "from46To50",
    "from51To55",
    "from56To60",
    "from61To65",
    "from66",
  ],
  staff: ["trainingHours"],
  staffCounts: [
    "doctorateTeachers",
    "masterTeachers",
    "bachelorTeachers",
    "associateTeachers",
    "secondaryTeachers",
    "belowSecondaryTeachers",
    "leadTeachers",
    "peTeachers",
    "musicTeachers",
    "fineArtTeachers",
    "artsTeachers",
    "visitingPeArtsTeachers",
    "certifiedTeachers",
    "trainedTeachers",
    "rotationEligibleTeachers",
    "rotatedTeachers",
    "rotatedLeadTeachers",
  ],
  premises: [
    "teachingFloorAreaM2",
    "indoorSportsAreaM2",
    "sportsGroundAreaM2",
    "convertedSportsAreaM2",
    "leasedSportsAreaM2",
    "equipmentYuan",
    "multimediaRooms",
  ],
  finance: ["publicFundsBudgetYuan", "publicFundsSpentYuan", "trainingBudgetYuan", "trainingSpentYuan"],
  districtFigures: ["value"],
  satisfaction: ["validAnswers", "satisfiedAnswers"],
};

/** What names a row within its section. */
const identities: { readonly [S in Section]: readonly string[] } = {
  schools: ["schoolCode"],
  classes: ["schoolCode", "stage", "grade", "className"],
  classBands: ["schoolCode", "stage"],
  staff: ["schoolCode", "staffCode"],
  staffCounts: ["schoolCode", "stage"],
  premises: ["schoolCode", "stage"],
  finance: ["schoolCode"],
  districtFigures: ["figure"],
  monitoring: ["phase", "subjectName"],
  findings: ["item"],
  satisfaction: ["party"],
  vetoes: ["veto"],
};

/** The natural key of a row, e.g. "2150000001|primary|1|1班". */
export function rowKey(section: Section, row: object): string {
  const values: Readonly<Record<string, unknown>> = { ...row };
  const text = (value: unknown) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
  return identities[section].map((key) => text(values[key])).join("|");
}

type Found = Omit<RowProblem, "section" | "index"> & { readonly index: number | null };

/**
 * Everything wrong with a return as far as its own rows and the year before can tell, sorted by section and row.
 * Never throws on content.
 *
 * @param previous  the return of the year before; without it nothing is compared
 */
export function checkDistrictYear(year: DistrictYear, previous?: DistrictYear): RowProblem[] {
  const problems: RowProblem[] = [];
  const add = (section: Section, found: Found): void => {
    problems.push({ section, ...found });
  };
  checkRows(year, add);
  const schools = new Map(year.schools.map((row) => [row.schoolCode, row]));
  checkSchools(year, schools, add);
  checkReferences(year, schools, add);
  checkClasses(year, add);
  checkStaff(year, schools, add);
  checkPremises(year, schools, add);
  checkFinance(year, schools, add);
  checkDistrictRows(year, add);
  if (previous !== undefined) comparePrevious(year, previous, add);
  const order = new Map(sections.map((section, i) => [section, i]));
  return problems.toSorted(
    (a, b) => (order.get(a.section) ?? 0) - (order.get(b.section) ?? 0) || (a.index ?? -1) - (b.index ?? -1),
  );
}

type Add = (section: Section, found: Found) => void;
type Schools = ReadonlyMap<string, SchoolRow>;

const error = (
  index: number | null,
  column: string | null,
  code: ProblemCode,
  value: string | null,
  expected: string | null,
): Found => ({ index, column, code, severity: "error", value, expected });
const warning = (
  index: number | null,
  column: string | null,
  code: ProblemCode,
  value: string | null,
  expected: string | null,
): Found => ({ index, column, code, severity: "warning", value, expected });

/** Whole numbers as they are, others with two decimals. */
function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

/** Duplicates and negative amounts, the same in every section. */
function checkRows(year: DistrictYear, add: Add): void {
  for (const section of sections) {
    const first = new Map<string, number>();
    const rows: readonly object[] = year[section];
    rows.forEach((row, index) => {
      const key = rowKey(section, row);
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, index);
      else {
        const column = identities[section].at(-1) ?? null;
        add(section, {
          ...error(index, column, "DUPLICATE_ROW", key.replaceAll("|", " "), `本表第 ${earlier + 1} 条数据`),
          otherIndex: earlier,
        });
      }
      const values: Readonly<Record<string, unknown>> = { ...row };
      for (const column of amounts[section] ?? []) {
        const value = values[column];
        if (typeof value === "number" && value < 0)
          add(section, error(index, column, "NEGATIVE", shown(value), "不小于 0 的数"));
      }
    });
  }
}

/** Stages a school type teaches; null = unknown type. */
function stagesOf(type: string): ReadonlySet<string> | null {
  const entry = codeEntry("schoolTypes", type);
  return entry === undefined ? null : new Set(entry.stages);
}

function checkSchools(year: DistrictYear, schools: Schools, add: Add): void {
  year.schools.forEach((row, index) => {
    if (!isSchoolCode(row.schoolCode)) {
      add(
        "schools",
        error(index, "schoolCode", "BAD_SCHOOL_CODE", row.schoolCode, "10 位数字：前两位学校类别，第三、四位省份代码"),
      );
    }
    const taught = stagesOf(row.type);
    if (taught === null) add("schools", error(index, "type", "UNKNOWN_TYPE", row.type, "代码表中的三位办学类型代码"));
    const counts = stages.map((stage) => [stage, row[pupilColumns[stage]]] as const);
    if (counts.every(([, pupils]) => pupils === null)) {
      add("schools", warning(index, "primaryPupils", "NO_PUPILS_REPORTED", null, "各学段在校生数"));
    }
    for (const [stage, pupils] of counts) {
      const column = pupilColumns[stage];
      if (pupils === null) continue;
      if (pupils === 0 && taught?.has(stage) === true) {
        add("schools", warning(index, column, "ZERO_PUPILS", "0", `${stageNames[stage]}在校生数`));
      }
      if (pupils > plausibility.maxPupilsPerStage) {
        add(
          "schools",
          warning(
            index,
            column,
            "IMPLAUSIBLE",
            `${pupils} 人`,
            `每校每学段不超过 ${plausibility.maxPupilsPerStage} 人`,
          ),
        );
      }
      // attached kindergarten and primary classes are common; a stage above the school's own is not
      if (pupils > 0 && taught !== null && taught.size > 0 && !taught.has(stage) && stage !== "kindergarten") {
        const names = stages.filter((own) => taught.has(own)).map((own) => stageNames[own]);
        add(
          "schools",
          warning(
            index,
            column,
            "STAGE_NOT_OF_TYPE",
            `${stageNames[stage]}学生 ${pupils} 人`,
            `该类型学校的学段为${names.join("、")}，如为附设班可以保留`,
          ),
        );
      }
    }
    const compulsory = (row.primaryPupils ?? 0) + (row.juniorPupils ?? 0);
    if (
      row.migrantPupils !== null &&
      (row.primaryPupils !== null || row.juniorPupils !== null) &&
      row.migrantPupils > compulsory
    ) {
      add(
        "schools",
        error(
          index,
          "migrantPupils",
          "PART_ABOVE_WHOLE",
          `随迁子女 ${row.migrantPupils} 人`,
          `义务教育阶段在校生 ${compulsory} 人`,
        ),
      );
    }
    if (row.builtYear !== null && row.builtYear > year.schoolYear + 1) {
      add(
        "schools",
        warning(index, "builtYear", "IMPLAUSIBLE", `建成年份 ${row.builtYear}`, `不晚于 ${year.schoolYear + 1} 年`),
      );
    }
    checkParent(row, index, schools, add);
  });
}

function checkParent(row: SchoolRow, index: number, schools: Schools, add: Add): void {
  if (row.isCounted) return;
  if (row.parentCode === null || !schools.has(row.parentCode)) {
    add("schools", error(index, "parentCode", "PARENT_MISSING", row.parentCode ?? "空", "所属学校的标识码"));
    return;
  }
  if (row.parentCode === row.schoolCode || schools.get(row.parentCode)?.isCounted === false) {
    add("schools", error(index, "parentCode", "PARENT_CHAIN", row.parentCode, "计校数的所属学校的标识码"));
  }
}

function checkReferences(year: DistrictYear, schools: Schools, add: Add): void {
  if (schools.size === 0) return;
  for (const section of ["classes", "classBands", "staff", "staffCounts", "premises", "finance"] as const) {
    year[section].forEach((row, index) => {
      if (!schools.has(row.schoolCode)) {
        add(section, error(index, "schoolCode", "UNKNOWN_SCHOOL", row.schoolCode, "“学校”表内的标识码"));
      }
    });
  }
  for (const section of ["classes", "classBands", "staff", "staffCounts"] as const) {
    year[section].forEach((row, index) => {
      const school = schools.get(row.schoolCode);
      if (school === undefined || (school[pupilColumns[row.stage]] ?? 0) > 0) return;
      const isTaught = stagesOf(school.type)?.has(row.stage) === true;
      const found = isTaught ? warning : error;
      add(section, found(index, "stage", "STAGE_WITHOUT_PUPILS", `${stageNames[row.stage]}学段`, "有学生的学段"));
    });
  }
  // a section that nobody has filled in is one gap, not one per school
  for (const [section, name] of [
    ["premises", "校舍装备"],
    ["finance", "学校经费"],
  ] as const) {
    if (year[section].length === 0) continue;
    const filled = new Set(year[section].map((row) => row.schoolCode));
    year.schools.forEach((row, index) => {
      const isCompulsory = (row.primaryPupils ?? 0) + (row.juniorPupils ?? 0) > 0;
      if (isCompulsory && row.isCounted && !filled.has(row.schoolCode)) {
        add("schools", warning(index, "schoolCode", "ROW_MISSING", row.name, name));
      }
    });
  }
}

const stageKey = (row: { readonly schoolCode: string; readonly stage: Stage }): string =>
  `${row.schoolCode}|${row.stage}`;

function checkClasses(year: DistrictYear, add: Add): void {
  const sums = new Map<string, { classes: number; pupils: number; isComplete: boolean }>();
  year.classes.forEach((row, index) => {
    const sum = sums.get(stageKey(row)) ?? { classes: 0, pupils: 0, isComplete: true };
    sum.classes += 1;
    if (row.pupils === null) sum.isComplete = false;
    else sum.pupils += row.pupils;
    sums.set(stageKey(row), sum);
    if (row.pupils === 0) add("classes", warning(index, "pupils", "ZERO_PUPILS", "0", "班级人数"));
    if (row.pupils !== null && row.pupils > plausibility.maxClassSize) {
      add(
        "classes",
        warning(index, "pupils", "IMPLAUSIBLE", `${row.pupils} 人`, `班级人数不超过 ${plausibility.maxClassSize} 人`),
      );
    }
    const lastGrade = { kindergarten: 4, primary: 6, junior: 4, senior: 3, vocational: 5 }[row.stage];
    if (row.grade > lastGrade) {
      add(
        "classes",
        error(
          index,
          "grade",
          "STAGE_NOT_OF_TYPE",
          `${stageNames[row.stage]} ${row.grade} 年级`,
          `${stageNames[row.stage]}最高 ${lastGrade} 年级`,
        ),
      );
    }
  });
  const bands = new Map<
    string,
    { readonly classes: number; readonly low: number; readonly high: number; readonly index: number }
  >();
  year.classBands.forEach((row, index) => {
    const counts = [
      row.upTo25,
      row.from26To30,
      row.from31To35,
      row.from36To40,
      row.from41To45,
      row.from46To50,
      row.from51To55,
      row.from56To60,
      row.from61To65,
      row.from66,
    ];
    if (counts.some((count) => count === null)) return;
    let [classes, low, high] = [0, 0, 0];
    counts.forEach((count, band) => {
      classes += count ?? 0;
      low += (count ?? 0) * (band === 0 ? 1 : 21 + 5 * band);
      high += (count ?? 0) * (band === 9 ? plausibility.maxClassSize : 25 + 5 * band);
    });
    bands.set(stageKey(row), { classes, low, high, index });
  });
  for (const [key, band] of bands) {
    const sum = sums.get(key);
    if (sum !== undefined && sum.classes !== band.classes) {
      add(
        "classBands",
        error(band.index, "stage", "CLASS_SUM", `${band.classes} 个`, `“班级”表为 ${sum.classes} 个班`),
      );
    }
  }
  year.schools.forEach((school, index) => {
    for (const stage of stages) {
      const pupils = school[pupilColumns[stage]];
      const key = `${school.schoolCode}|${stage}`;
      const sum = sums.get(key);
      if (sum !== undefined && sum.isComplete && pupils !== null && sum.pupils !== pupils) {
        add(
          "schools",
          error(index, pupilColumns[stage], "PUPIL_SUM", String(pupils), `${sum.classes} 个班合计 ${sum.pupils} 人`),
        );
      }
      const band = bands.get(key);
      if (sum === undefined && band !== undefined && pupils !== null && (pupils < band.low || pupils > band.high)) {
        add("classBands", warning(band.index, "stage", "BAND_SUM", String(pupils), `${band.low}–${band.high} 人之间`));
      }
      const isCompulsory = stage === "primary" || stage === "junior";
      if (
        isCompulsory &&
        (pupils ?? 0) > 0 &&
        sum === undefined &&
        band === undefined &&
        year.classes.length + year.classBands.length > 0 &&
        !hasBandRow(year, key)
      ) {
        add(
          "schools",
          warning(index, pupilColumns[stage], "ROW_MISSING", `${school.name}${stageNames[stage]}`, "班级"),
        );
      }
    }
  });
}

function hasBandRow(year: DistrictYear, key: string): boolean {
  return year.classBands.some((row) => stageKey(row) === key);
}

const degreeColumns = [
  "doctorateTeachers",
  "masterTeachers",
  "bachelorTeachers",
  "associateTeachers",
  "secondaryTeachers",
  "belowSecondaryTeachers",
] as const satisfies readonly (keyof StaffCountRow)[];
const degreeOf = {
  doctorate: "doctorateTeachers",
  master: "masterTeachers",
  bachelor: "bachelorTeachers",
  associate: "associateTeachers",
  secondary: "secondaryTeachers",
  belowSecondary: "belowSecondaryTeachers",
} as const;
const subjectOf = {
  pe: "peTeachers",
  music: "musicTeachers",
  fineArt: "fineArtTeachers",
  arts: "artsTeachers",
} as const;
const countedLevels: ReadonlySet<string | null> = new Set(["county", "city", "province", "nation"]);

type CountColumn = Exclude<keyof StaffCountRow, "schoolCode" | "stage">;
const countNames: { readonly [C in CountColumn]: string } = {
  doctorateTeachers: "博士学历教师",
  masterTeachers: "硕士学历教师",
  bachelorTeachers: "本科学历教师",
  associateTeachers: "专科学历教师",
  secondaryTeachers: "高中阶段学历教师",
  belowSecondaryTeachers: "高中阶段以下学历教师",
  leadTeachers: "骨干教师",
  peTeachers: "体育教师",
  musicTeachers: "音乐教师",
  fineArtTeachers: "美术教师",
  artsTeachers: "艺术教师",
  visitingPeArtsTeachers: "兼职走教体艺教师",
  certifiedTeachers: "持证教师",
  trainedTeachers: "完成培训教师",
  rotationEligibleTeachers: "符合交流条件教师",
  rotatedTeachers: "交流轮岗教师",
  rotatedLeadTeachers: "交流轮岗骨干教师",
};

function checkStaff(year: DistrictYear, schools: Schools, add: Add): void {
  const tallies = new Map<string, Partial<Record<CountColumn | "all", number>>>();
  const places = new Map<string, string>();
  year.staff.forEach((row, index) => {
    const elsewhere = places.get(row.staffCode);
    if (elsewhere !== undefined && elsewhere !== row.schoolCode) {
      add("staff", warning(index, "staffCode", "DUPLICATE_ROW", row.staffCode, `学校 ${elsewhere} 的同一编号`));
    }
    places.set(row.staffCode, row.schoolCode);
    if (row.trainingHours !== null && row.trainingHours > plausibility.maxTrainingHours) {
      add(
        "staff",
        warning(
          index,
          "trainingHours",
          "IMPLAUSIBLE",
          `${shown(row.trainingHours)} 学时`,
          `五年不超过 ${plausibility.maxTrainingHours} 学时`,
        ),
      );
    }
    if (row.hasRotated === true && row.isEligibleForRotation === false) {
      add("staff", warning(index, "hasRotated", "PART_ABOVE_WHOLE", "已交流轮岗", "符合交流条件（否）"));
    }
    tallyStaff(tallies, row);
  });
  year.staffCounts.forEach((row, index) => {
    const total = degreeColumns.every((column) => row[column] !== null)
      ? degreeColumns.reduce((sum, column) => sum + (row[column] ?? 0), 0)
      : null;
    const within = (part: CountColumn, whole: number | null, name: string): void => {
      const value = row[part];
      if (value !== null && whole !== null && value > whole) {
        add(
          "staffCounts",
          error(index, part, "PART_ABOVE_WHOLE", `${countNames[part]} ${value} 人`, `${name} ${whole} 人`),
        );
      }
    };
    for (const part of [
      "leadTeachers",
      "peTeachers",
      "musicTeachers",
      "fineArtTeachers",
      "artsTeachers",
      "certifiedTeachers",
      "trainedTeachers",
      "rotationEligibleTeachers",
    ] as const)
      within(part, total, "专任教师（各学历之和）");
    within("rotatedTeachers", row.rotationEligibleTeachers, "符合交流条件教师");
    within("rotatedLeadTeachers", row.rotatedTeachers, "交流轮岗教师");
    const tally = tallies.get(stageKey(row));
    if (tally === undefined) return;
    for (const column of Object.keys(countNames) as CountColumn[]) {
      const value = row[column];
      const listed = tally[column] ?? 0;
      if (value !== null && value !== listed) {
        add("staffCounts", warning(index, column, "STAFF_COUNTS_DISAGREE", `${value} 人`, `${listed} 人`));
      }
    }
  });
  checkTeacherRatio(year, schools, tallies, add);
}

function tallyStaff(tallies: Map<string, Partial<Record<CountColumn | "all", number>>>, row: StaffRow): void {
  const tally = tallies.get(stageKey(row)) ?? {};
  tallies.set(stageKey(row), tally);
  const count = (column: CountColumn | "all"): void => {
    tally[column] = (tally[column] ?? 0) + 1;
  };
  if (row.isVisitingPeArts === true) count("visitingPeArtsTeachers");
  if (!row.isFullTimeTeacher) return;
  count("all");
  if (row.education !== null) count(degreeOf[row.education]);
  if (row.subject !== null && row.subject !== "other") count(subjectOf[row.subject]);
  const isLead = countedLevels.has(row.leadLevel);
  if (isLead) count("leadTeachers");
  if (row.hasCertificate === true) count("certifiedTeachers");
  if (row.trainingHours !== null && row.trainingHours >= 360) count("trainedTeachers");
  if (row.isEligibleForRotation === true) count("rotationEligibleTeachers");
  if (row.hasRotated === true) count("rotatedTeachers");
  if (row.hasRotated === true && isLead) count("rotatedLeadTeachers");
}

/** Pupils per full-time teacher outside the plausible range, once per school and stage, at the school's pupils. */
function checkTeacherRatio(
  year: DistrictYear,
  schools: Schools,
  tallies: ReadonlyMap<string, Partial<Record<CountColumn | "all", number>>>,
  add: Add,
): void {
  const counts = new Map<string, number>();
  for (const row of year.staffCounts) {
    counts.set(
      stageKey(row),
      degreeColumns.reduce((sum, column) => sum + (row[column] ?? 0), 0),
    );
  }
  for (const [key, tally] of tallies) counts.set(key, tally.all ?? 0);
  const indexes = new Map(year.schools.map((row, index) => [row.schoolCode, index]));
  for (const [key, teachers] of counts) {
    const [code = "", stage = ""] = key.split("|");
    const known = stages.find((candidate) => candidate === stage);
    const school = schools.get(code);
    if (known === undefined || school === undefined || (known !== "primary" && known !== "junior")) continue;
    const pupils = school[pupilColumns[known]];
    if (pupils === null || pupils < 50 || teachers === 0) continue;
    const ratio = pupils / teachers;
    if (ratio > plausibility.maxPupilsPerTeacher || ratio < plausibility.minPupilsPerTeacher) {
      add(
        "schools",
        warning(
          indexes.get(code) ?? null,
          pupilColumns[known],
          "IMPLAUSIBLE",
          `${stageNames[known]}每名专任教师对应 ${shown(ratio)} 名学生`,
          `${plausibility.minPupilsPerTeacher}–${plausibility.maxPupilsPerTeacher} 名`,
        ),
      );
    }
  }
}

const resourceNames = {
  teachingFloorAreaM2: "教学及辅助用房面积",
  indoorSportsAreaM2: "室内体育用房面积",
  sportsGroundAreaM2: "运动场地面积",
  convertedSportsAreaM2: "改建体育活动空间面积",
  leasedSportsAreaM2: "租用校外场馆面积",
  equipmentYuan: "教学仪器设备资产值",
  multimediaRooms: "网络多媒体教室数",
} as const satisfies Partial<Record<keyof PremisesRow, string>>;
type Resource = keyof typeof resourceNames;
const resources = Object.keys(resourceNames) as Resource[];

function checkPremises(year: DistrictYear, schools: Schools, add: Add): void {
  const whole = new Map<string, PremisesRow>();
  for (const row of year.premises) if (row.stage === null) whole.set(row.schoolCode, row);
  year.premises.forEach((row, index) => {
    const { teachingFloorAreaM2: floor, indoorSportsAreaM2: indoor } = row;
    if (floor !== null && indoor !== null && indoor > floor) {
      add(
        "premises",
        error(
          index,
          "indoorSportsAreaM2",
          "PART_ABOVE_WHOLE",
          `室内体育用房 ${shown(indoor)} ㎡`,
          `教学及辅助用房 ${shown(floor)} ㎡（含室内体育用房）`,
        ),
      );
    }
    if (row.stage !== null) {
      const shared = whole.get(row.schoolCode);
      for (const resource of resources) {
        if ((row[resource] ?? 0) > 0 && (shared?.[resource] ?? 0) > 0) {
          const parts = `全校 ${shown(shared?.[resource] ?? 0)}，${stageNames[row.stage]} ${shown(row[resource] ?? 0)}`;
          add("premises", warning(index, resource, "WHOLE_AND_STAGE", parts, "全部按全校，或全部按学段"));
        }
      }
    }
    const school = schools.get(row.schoolCode);
    if (school === undefined) return;
    const counted: readonly Stage[] = row.stage === null ? stages : [row.stage];
    const pupils = counted.reduce((sum, stage) => sum + (school[pupilColumns[stage]] ?? 0), 0);
    if (pupils < 50) return;
    for (const { column, min, max, unit } of plausibility.perPupil) {
      const value = row[column];
      if (value === null || value === 0) continue;
      const perPupil = value / pupils;
      if (perPupil > max || perPupil < min) {
        add(
          "premises",
          warning(
            index,
            column,
            "IMPLAUSIBLE",
            `生均${resourceNames[column]} ${shown(perPupil)} ${unit}`,
            `${min}–${max} ${unit}`,
          ),
        );
      }
    }
  });
}

function checkFinance(year: DistrictYear, schools: Schools, add: Add): void {
  year.finance.forEach((row, index) => {
    const pairs = [
      ["trainingBudgetYuan", row.trainingBudgetYuan, row.publicFundsBudgetYuan, "教师培训经费预算", "公用经费预算总额"],
      ["trainingSpentYuan", row.trainingSpentYuan, row.publicFundsSpentYuan, "教师培训经费决算", "公用经费决算总额"],
    ] as const;
    for (const [column, part, all, partName, allName] of pairs) {
      if (part !== null && all !== null && part > all) {
        add(
          "finance",
          error(
            index,
            column,
            "PART_ABOVE_WHOLE",
            `${partName} ${part / 10_000} 万元`,
            `${allName} ${all / 10_000} 万元`,
          ),
        );
      }
    }
    const school = schools.get(row.schoolCode);
    if (school === undefined || row.publicFundsBudgetYuan === null) return;
    const pupils = stages.reduce((sum, stage) => sum + (school[pupilColumns[stage]] ?? 0), 0);
    if (pupils < 50) return;
    const perPupil = row.publicFundsBudgetYuan / pupils;
    const { min, max } = plausibility.publicFundsYuanPerPupil;
    if (perPupil > max || perPupil < min) {
      add(
        "finance",
        warning(
          index,
          "publicFundsBudgetYuan",
          "IMPLAUSIBLE",
          `生均公用经费 ${shown(perPupil)} 元`,
          `${min}–${max} 元`,
        ),
      );
    }
  });
}

/** Pairs of district figures where the first is a part of the second. */
const figureParts = [
  ["catchmentPrimaryPupils", "primaryEntrants", "就近划片入学小学新生数", "小学新生总数"],
  ["catchmentJuniorPupils", "juniorEntrants", "就近划片入学初中新生数", "初中新生总数"],
  ["quotaPlaces", "keySeniorPlaces", "分配到校名额", "优质高中招生计划总数"],
  ["migrantChildrenInPublicPlaces", "migrantChildrenEligible", "随迁子女就读人数", "符合条件的随迁子女总数"],
  ["disabledChildrenEnrolled", "disabledChildren", "已入学残疾儿童少年数", "残疾儿童少年总数"],
] as const;

function checkDistrictRows(year: DistrictYear, add: Add): void {
  const figures = new Map(year.districtFigures.map((row, index) => [row.figure, { value: row.value, index }]));
  for (const [part, whole, partName, wholeName] of figureParts) {
    const [a, b] = [figures.get(part), figures.get(whole)];
    if (a === undefined || b === undefined || a.value === null || b.value === null || a.value <= b.value) continue;
    add(
      "districtFigures",
      error(a.index, "value", "PART_ABOVE_WHOLE", `${partName} ${shown(a.value)}`, `${wholeName} ${shown(b.value)}`),
    );
  }
  const basic = figures.get("basicBalanceYear");
  if (basic !== undefined && basic.value !== null && (basic.value < 2012 || basic.value > year.schoolYear + 1)) {
    // basic-balance recognition began in 2013 under the method of 2012
    add(
      "districtFigures",
      warning(basic.index, "value", "IMPLAUSIBLE", shown(basic.value), `2012–${year.schoolYear + 1} 年`),
    );
  }
  year.satisfaction.forEach((row, index) => {
    if (row.validAnswers !== null && row.satisfiedAnswers !== null && row.satisfiedAnswers > row.validAnswers) {
      add(
        "satisfaction",
        error(
          index,
          "satisfiedAnswers",
          "PART_ABOVE_WHOLE",
          `满意问卷 ${row.satisfiedAnswers} 份`,
          `有效问卷 ${row.validAnswers} 份`,
        ),
      );
    }
  });
  year.monitoring.forEach((row, index) => {
    if (row.betweenSchoolShare !== null && (row.betweenSchoolShare < 0 || row.betweenSchoolShare > 1)) {
      add("monitoring", error(index, "betweenSchoolShare", "IMPLAUSIBLE", shown(row.betweenSchoolShare), "0–1 的小数"));
    }
  });
}

function comparePrevious(year: DistrictYear, previous: DistrictYear, add: Add): void {
  const before = new Map(previous.schools.map((row) => [row.schoolCode, row]));
  const label = `${previous.schoolYear}-${previous.schoolYear + 1}学年`;
  year.schools.forEach((row, index) => {
    const earlier = before.get(row.schoolCode);
    if (earlier === undefined) {
      add("schools", warning(index, "schoolCode", "NOT_IN_LAST_YEAR", row.name, null));
      return;
    }
    for (const stage of stages) {
      const column = pupilColumns[stage];
      const [now, then] = [row[column], earlier[column]];
      if (now === null || then === null) continue;
      if (isLargeChange(now, then, plausibility.change.pupils)) {
        add("schools", warning(index, column, "CHANGED_MUCH", `${now} 人`, `${label}为 ${then} 人`));
      }
    }
  });
  const now = new Set(year.schools.map((row) => row.schoolCode));
  const isWhole = year.schools.length > 0;
  const gone = isWhole ? previous.schools.filter((row) => !now.has(row.schoolCode)) : [];
  const named = (row: SchoolRow): string => `${row.name}（${row.schoolCode}）`;
  if (gone.length <= plausibility.listedGoneSchools) {
    for (const row of gone) add("schools", warning(null, null, "GONE_SINCE_LAST_YEAR", named(row), null));
  } else {
    // a workbook of a part of the district: one sentence says it
    const some = gone.slice(0, 3).map(named).join("、");
    add("schools", warning(null, null, "GONE_SINCE_LAST_YEAR", `${some}等共 ${gone.length} 所`, null));
  }
  const premises = new Map(previous.premises.map((row) => [rowKey("premises", row), row]));
  year.premises.forEach((row, index) => {
    const earlier = premises.get(rowKey("premises", row));
    if (earlier === undefined) return;
    for (const resource of resources) {
      const [value, then] = [row[resource], earlier[resource]];
      if (value === null || then === null || !isLargeChange(value, then, plausibility.change.resources)) continue;
      const text = (amount: number): string =>
        resource === "equipmentYuan" ? `${shown(amount / 10_000)} 万元` : shown(amount);
      add("premises", warning(index, resource, "CHANGED_MUCH", text(value), `${label}为 ${text(then)}`));
    }
  });
}

function isLargeChange(now: number, then: number, bounds: { readonly share: number; readonly least: number }): boolean {
  const change = Math.abs(now - then);
  return change >= bounds.least && change > bounds.share * Math.max(then, 1);
}
