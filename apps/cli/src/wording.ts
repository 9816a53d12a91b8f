/** Numbers, verdicts and gaps in the words of the command line; official wording comes from the standards library. */

import type { Role } from "@xingfu/domain/access";
import type { Indicator } from "@xingfu/domain/balance";
import type { Gap, Phase, Section, Verdict } from "@xingfu/domain/base";
import { entryAt, labelOf, unitLabels } from "@xingfu/standards";
import type { Unit } from "@xingfu/standards";

export const documentId = "moe-2017-quality-balance";

/** A number with two decimals, or with as many more as it takes to differ from the limit it fails. */
export function figure(value: number | null, limit?: number | null): string {
  if (value === null) return "—";
  for (let decimals = 2; decimals < 9; decimals += 1) {
    const text = value.toFixed(decimals);
    if (limit === undefined || limit === null || value === limit || Number(text) !== limit) return grouped(text);
  }
  return String(value);
}

/** A share as a percentage with one decimal. */
export function percent(value: number | null): string {
  return value === null ? "—" : `${(value * 100).toFixed(1)}%`;
}

/** A whole number; people and rooms still missing are rounded up, because half a teacher is none. */
export function whole(value: number | null): string {
  return value === null ? "—" : grouped(String(value));
}

const countedIndicators: readonly Indicator[] = ["R1", "R2", "R3", "R7"];

/** An amount still missing, in the unit of the indicator's numerator. */
export function missing(value: number | null, indicator: Indicator): string {
  if (value === null) return "—";
  if (value === 0) return "0";
  const unit = amountUnit(indicator);
  if (countedIndicators.includes(indicator)) return `${Math.ceil(Number(value.toFixed(6)))} ${unit}`;
  return `${figure(value)} ${unit}`;
}

/** Unit of an indicator's numerator. */
export function amountUnit(indicator: Indicator): string {
  return { R1: "人", R2: "人", R3: "人", R4: "m²", R5: "m²", R6: "元", R7: "间" }[indicator];
}

function grouped(text: string): string {
  const [integer = "", fraction] = text.split(".");
  const digits = integer.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

/** A value in the unit of the standards library. */
export function inUnit(value: number | null, unit: Unit, limit?: number | null): string {
  if (value === null) return "—";
  if (unit === "share") return percent(value);
  const text = Number.isInteger(value) ? whole(value) : figure(value, limit);
  return unitLabels[unit] === "" ? text : `${text} ${unitLabels[unit]}`;
}

export function verdictLabel(verdict: Verdict): string {
  return labelOf("verdicts", verdict);
}

export function phaseLabel(phase: Phase | null): string {
  return phase === null ? "" : labelOf("stages", phase);
}

/** "R4 教学用房" */
export function indicatorLabel(indicator: Indicator): string {
  return `${indicator} ${entryAt(`${documentId}/resources/${indicator}`)?.shortLabel ?? ""}`.trim();
}

/** The entry of an item, veto or exclusion, wherever it stands. */
export function entryOf(id: string) {
  const table = { G: "government", Q: "quality", V: "vetoes", R: "resources" }[id.charAt(0)] ?? "";
  return entryAt(`${documentId}/${table}/${id}`);
}

/** What a gap's subject is: "R4", "cv.R4", "G9.share", "satisfaction" … */
export function subjectLabel(subject: string): string {
  if (subject === "satisfaction") return "社会认可度";
  if (subject === "precondition") return "申报条件";
  const bare = subject.replace(/^cv\./, "");
  const id = /^[GQRV]\d+/.exec(bare)?.[0];
  if (id === undefined) return subject;
  const label = entryOf(id)?.shortLabel ?? "";
  const suffix = bare.slice(id.length).replace(/^\./, "");
  const condition =
    suffix === "" ? "" : (entryOf(id)?.conditions.find((one) => one.id === bare.split(":")[0])?.label ?? suffix);
  return `${id} ${label}${condition === "" ? "" : `（${condition}）`}${subject.startsWith("cv.") ? "差异系数" : ""}`;
}

const sectionLabels: Readonly<Record<string, string>> = {
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
} satisfies Record<Section, string>;

/** Name of the sheet that holds a section. */
export function sectionLabel(section: string): string {
  return sectionLabels[section] ?? section;
}

/**
 * Why a figure is absent.
 *
 * @param names  names of schools by code, for gaps that depend on other schools
 */
export function gapText(gap: Gap, names: ReadonlyMap<string, string> = new Map()): string {
  switch (gap.why) {
    case "not-reported":
      return `未填报：${itemLabel(gap.item)}${gap.where === undefined ? "" : `（“${sectionLabel(gap.where.split(".")[0] ?? "")}”表）`}`;
    case "no-denominator":
      return `分母为零：${itemLabel(gap.item)}`;
    case "too-few":
      return `样本不足：${gap.have}，至少 ${gap.need}`;
    case "suppressed":
      return `人数少于 ${gap.below}，不显示`;
    case "not-applicable":
      return `不适用：${gap.rule}`;
    case "implausible":
      return `数值不可信：${itemLabel(gap.item)}`;
    case "not-reviewed":
      return `尚未审核：${subjectLabel(gap.item)}`;
    default:
      return `所依据的数值缺失：${gap.on.map((item) => names.get(item) ?? itemLabel(item)).join("、")}`;
  }
}

/** Chinese name of a reported item, of an indicator, or of a condition. */
export function itemLabel(item: string): string {
  const label = labelOf("reportedItems", item);
  if (label !== item) return label;
  return /^[GQRV]\d/.test(item) ? subjectLabel(item) : labelOf("balanceFields", item);
}

/** Words of a trail's notes that are written for programs. */
const noteWords: readonly (readonly [RegExp, string])[] = [
  [/\bwhole school\b/g, "全校"],
  [/\bsplit unknown\b/g, "拆分比例未知"],
  [/\bsplit ([\d.]+)( \([\w-]+\))?/g, "按权重拆分 $1"],
  [/\bbooked\b/g, "单独建账"],
  [/\bdivisor\b/g, "分母"],
  [/\bweight\b/g, "参与拆分"],
  [/\bpupils (?=\d)/g, "学生数 "],
  [/\blimit (?=[\d?])/g, "限值 "],
  [/\brelaxation (\w+)/g, "适用放宽口径 $1"],
];

/** A trail's note, or its numbers put in, in Chinese. */
export function noteText(note: string): string {
  const known = noteWords.reduce((text, [pattern, words]) => text.replaceAll(pattern, words), note);
  const translated = known.replaceAll(/[A-Za-z]+/g, (word) => {
    for (const list of ["verdicts", "stages", "satisfactionParties"]) {
      const label = labelOf(list, word);
      if (label !== word) return label;
    }
    return word;
  });
  return translated.replaceAll("; ", "；");
}

/** Roles as the screens name them. */
const roleLabels: Readonly<Record<Role, string>> = {
  administrator: "系统管理员",
  officer: "区教委评估人员",
  inspector: "督学",
  viewer: "领导查看",
  groupHead: "集团负责人",
  principal: "校长",
  clerk: "学校填报员",
};

export function roleLabel(role: Role): string {
  return roleLabels[role];
}
