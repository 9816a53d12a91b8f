/** Cross-row, cross-year and plausibility checks of one district's return. */

import type { DistrictYear, Section } from "../base/index.ts";

export const problemCodes = [
  "DUPLICATE_ROW", // 重复行
  "BAD_SCHOOL_CODE", // 学校标识码不合规则
  "UNKNOWN_TYPE", // 办学类型代码不在代码表内
  "UNKNOWN_SCHOOL", // 引用的学校不在“学校”表内
  "PARENT_MISSING", // 不计校数的校区没有或找不到所属学校
  "PARENT_CHAIN", // 所属学校自己也不计校数,或指向自身
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
}

/**
 * Everything wrong with a return as far as its own rows and the year before can tell, sorted by section and row.
 * Never throws on content.
 */
export function checkDistrictYear(_year: DistrictYear, _previous?: DistrictYear): RowProblem[] {
  return [];
}
