/** Words and numbers of the reports: verdicts, gaps, units, official labels. */

import { codeEntry, entryAt, labelOf, tableAt, unitLabels } from "@xingfu/standards";
import type { Entry, Unit } from "@xingfu/standards";

import type { BalanceRules } from "../balance/index.ts";
import { decimalsBeside } from "../base/index.ts";
import type { Gap, Phase, Verdict } from "../base/index.ts";
import type { CellTone, ReportCell, ReportColumn } from "./model.ts";

/** 达标 / 未达标 / 无法判定 */
export const verdictWord = (verdict: Verdict): string => labelOf("verdicts", verdict);
/** 小学 / 初中 */
export const phaseWord = (phase: Phase): string => labelOf("stages", phase);

/** Two decimals unless whole numbers are meant; thousands are not separated, as in the statistics. */
export function number(value: number, decimals = 2): string {
  return value.toFixed(decimals);
}

/** A number with at most `decimals` decimals and no trailing zeros. */
export function short(value: number, decimals = 2): string {
  return String(Number(value.toFixed(decimals)));
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

/** A condition's value in its unit. */
export function inUnit(value: number, unit: Unit): string {
  if (unit === "share") return percent(value);
  if (unit === "ratio" || unit === "weight") return number(value);
  if (unit === "level") return ["", "Ⅰ级", "Ⅱ级", "Ⅲ级", "Ⅳ级"][value] ?? String(value);
  if (unit === "calendarYear") return `${value}年`;
  return `${short(value)}${unitLabels[unit]}`;
}

/** Sheets of the return, by section. */
const sheetNames: Readonly<Record<string, string>> = {
  schools: "学校",
  classes: "班级",
  classBands: "班额分段",
  staff: "教职工",
  staffCounts: "教师统计",
  premises: "校舍装备",
  finance: "学校经费",
  districtFigures: "县级数据",
  monitoring: "质量监测",
  findings: "定性评估",
  satisfaction: "满意度",
  vetoes: "一票否决",
};

/** Names of reported items that the standards library does not list, by key. */
const itemNames: Readonly<Record<string, string>> = {
  kindergartenPupils: "在园幼儿数",
  primaryPupils: "小学在校生数",
  juniorPupils: "初中在校生数",
  seniorPupils: "高中在校生数",
  vocationalPupils: "中职在校生数",
  pupils: "学生数",
  education: "教师学历",
  leadLevel: "骨干教师级别",
  subject: "学科类别",
  hasCertificate: "教师资格证",
  isEligibleForRotation: "是否符合交流条件",
  hasRotated: "是否已交流轮岗",
  primaryClasses: "小学班级",
  juniorClasses: "初中班级",
  classes: "班级",
  schools: "学校登记",
  schoolCode: "学校标识码",
  parentCode: "所属学校标识码",
  level: "学业水平等级",
  betweenSchoolShare: "校际差异率",
  validAnswers: "有效问卷数",
  satisfiedAnswers: "满意问卷数",
  satisfaction: "满意度问卷",
  monitoring: "质量监测结果",
  staff: "教师数据",
  premises: "校舍装备数据",
  finance: "经费数据",
  isBoarding: "是否寄宿制",
  trainingHours: "培训学时",
  basicBalanceYear: "基本均衡认定年份",
  doctorateTeachers: "博士学历教师数",
  masterTeachers: "硕士学历教师数",
  bachelorTeachers: "本科学历教师数",
  associateTeachers: "专科学历教师数",
  secondaryTeachers: "高中阶段学历教师数",
  belowSecondaryTeachers: "高中阶段以下学历教师数",
  peTeachers: "体育教师数",
  musicTeachers: "音乐教师数",
  fineArtTeachers: "美术教师数",
  artsTeachers: "艺术教师数",
};

/** The Chinese name of a reported item; unknown keys become 有关数据, so that no identifier is printed. */
export function itemName(key: string): string {
  const field = labelOf("balanceFields", key);
  if (field !== key) return field;
  const figure = entryAt(`moe-2017-quality-balance/figures/${key}`);
  if (figure !== undefined) return figure.label;
  const known = itemNames[key];
  if (known !== undefined) return known;
  const parts = key.split(/\s*[−,、|]\s*/u);
  if (parts.length > 1) return [...new Set(parts.map(itemName))].join("、");
  const subject = subjectName(key);
  return subject === key ? "有关数据" : subject;
}

/** "R4", "cv.R4", "G9", "G3.music", "V3", "satisfaction" … in words. */
export function subjectName(subject: string): string {
  const spread = /^cv\.(R\d)$/u.exec(subject);
  if (spread !== null) return `${subjectName(spread[1] ?? "")}的校际差异系数`;
  const table = /^R\d$/u.test(subject)
    ? "resources"
    : /^G\d+/u.test(subject)
      ? "government"
      : /^Q\d+/u.test(subject)
        ? "quality"
        : /^V\d$/u.test(subject)
          ? "vetoes"
          : null;
  if (table === null)
    return labelOf(
      "balanceParts",
      subject === "satisfaction" ? "recognition" : subject === "basicBalance" ? "precondition" : subject,
    );
  const id = subject.split(".")[0] ?? subject;
  const entry = entryAt(`moe-2017-quality-balance/${table}/${id}`);
  return entry === undefined ? subject : `${id} ${entry.shortLabel}`;
}

/** A gap as a phrase, e.g. "未填报教学仪器设备值（“校舍装备”表）". */
export function gapPhrase(gap: Gap): string {
  switch (gap.why) {
    case "not-reported": {
      const sheet = sheetNames[gap.where?.split(".")[0] ?? ""];
      return `未填报${itemName(gap.item)}${sheet === undefined ? "" : `（“${sheet}”表）`}`;
    }
    case "no-denominator":
      return `${itemName(gap.item)}为零或没有，不能计算比值`;
    case "too-few":
      return `只有 ${gap.have} 个，至少需要 ${gap.need} 个`;
    case "suppressed":
      return `人数少于 ${gap.below}，不公开`;
    case "not-applicable":
      return "按规定不适用";
    case "implausible":
      return `${itemName(gap.item)}的数值不合理，不能采用`;
    case "not-reviewed":
      return "尚未评估";
    case "depends": {
      const names = [...new Set(gap.on.map((item) => itemName(item.split(":")[0] ?? item)))];
      return `所依据的数据不全${names.length === 0 || names.join("") === "有关数据" ? "" : `（${names.slice(0, 3).join("、")}${names.length > 3 ? "等" : ""}）`}`;
    }
  }
}

/** A gap in a table cell: as few characters as say why. */
export function gapWord(gap: Gap | null): string {
  if (gap === null) return "—";
  const words: Readonly<Record<Gap["why"], string>> = {
    "not-reported": "未填报",
    "no-denominator": "无分母",
    "too-few": "样本不足",
    suppressed: "不公开",
    "not-applicable": "不适用",
    implausible: "数值不合理",
    "not-reviewed": "未评估",
    depends: "数据不全",
  };
  return words[gap.why];
}

export function cell(text: string, tone: CellTone | null = null, value: number | null = null): ReportCell {
  return { text, number: value, tone };
}

export const verdictCell = (verdict: Verdict): ReportCell => cell(verdictWord(verdict), verdict);

/** A number with decimals, or the reason why there is none. */
export function numberCell(
  value: number | null,
  gap: Gap | null,
  decimals = 2,
  tone: CellTone | null = null,
): ReportCell {
  return value === null ? cell(gapWord(gap), "notComputable") : cell(number(value, decimals), tone, value);
}

/** A value that is compared with a limit, with the decimals that tell it from the limit. */
export function comparedText(value: number, limit: number, decimals: number): string {
  return value.toFixed(decimalsBeside(value, limit, decimals));
}

export function column(
  header: string,
  weight: number,
  align: ReportColumn["align"] = "left",
  unit: string | null = null,
  decimals: number | null = null,
): ReportColumn {
  return { header, unit, align, weight, decimals };
}

/** Entries of a table of the rules' document on the rules' date, by id. */
export function entriesOf(rules: BalanceRules, table: string): ReadonlyMap<string, Entry> {
  return new Map(tableAt(`${rules.id}/${table}`, rules.date).entries.map((entry) => [entry.id, entry]));
}

/** Whether the numbers of an entry are a local rule, confirmed on an official page, or neither. */
export function standing(rules: BalanceRules, entry: Entry): string {
  if (rules.overrides.some((override) => override.reference === entry.reference)) return "区级规则";
  if (entry.provenance.tag === "D") return "区级规则";
  return entry.provenance.isVerified ? "已核实" : "未核实";
}

export const typeLabel = (type: string): string => codeEntry("schoolTypes", type)?.label ?? `其他（${type}）`;

/** 一、二、… 二十一 */
export function numeral(value: number): string {
  const digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
  const [tens, ones] = [Math.floor(value / 10), value % 10];
  return `${tens === 0 ? "" : tens === 1 ? "十" : `${digits[tens] ?? ""}十`}${digits[ones] ?? ""}`;
}
