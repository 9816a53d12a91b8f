/** Drop-down lists. Codes, labels and other spellings come from the standards library. */

import { codeList } from "@xingfu/standards";

import type { Choice } from "../template/column.ts";

type Extra = Readonly<Record<string, readonly string[]>>;

function fromList(
  name: string,
  label: (code: string, label: string) => string,
  isUsed: (code: string) => boolean,
  extra: Extra,
): () => readonly Choice[] {
  let made: readonly Choice[] | undefined;
  return () => {
    made ??= codeList(name)
      .filter((entry) => isUsed(entry.code))
      .map((entry) => ({
        value: entry.code,
        label: label(entry.code, entry.label),
        aliases: [entry.label, ...entry.aliases, ...(extra[entry.code] ?? [])],
      }));
    return made;
  };
}

/** Printed as "211 小学"; the code or the label alone is read too. */
const coded = (name: string, isUsed: (code: string) => boolean = () => true): (() => readonly Choice[]) =>
  fromList(name, (code, label) => `${code} ${label}`, isUsed, {});
/** Printed as the label. */
const named = (
  name: string,
  extra: Extra = {},
  isUsed: (code: string) => boolean = () => true,
): (() => readonly Choice[]) => fromList(name, (_, label) => label, isUsed, extra);

export const schoolTypes = coded("schoolTypes");
/** Only the leaves have three digits. */
export const settings = coded("settings", (code) => code.length === 3);
export const classTypes = coded("classTypes");

const sections: Extra = {
  kindergarten: ["幼儿园部"],
  primary: ["小学部", "小学段"],
  junior: ["初中部", "初中段", "普通初中"],
  senior: ["高中部", "高中段"],
  vocational: ["职业高中", "职高"],
};
export const stageChoices = named("stages", sections);
const wholeSchool: Choice = { value: null, label: "全校", aliases: ["全校共用", "整校", "合计"] };
let stagesOrWhole: readonly Choice[] | undefined;
/** Stage of a resource: empty or 全校 = the whole school. */
export const stageOrWhole = (): readonly Choice[] => (stagesOrWhole ??= [wholeSchool, ...stageChoices()]);
export const phaseChoices = named(
  "stages",
  { primary: ["四年级", "4年级"], junior: ["八年级", "8年级"] },
  (code) => code === "primary" || code === "junior",
);
export const ownershipChoices = named("ownerships", { public: ["教育部门办", "教育部门", "地方教育部门"] });
export const educationChoices = named("educations");
export const leadLevelChoices = named("leadLevels");
export const subjectChoices = named("subjects");
export const partyChoices = named("satisfactionParties", {
  parents: ["学生家长"],
  public: ["群众", "社会公众", "社区群众"],
});

const levels: readonly Choice[] = [
  { value: 1, label: "Ⅰ级", aliases: ["Ⅰ", "1级", "一级"] },
  { value: 2, label: "Ⅱ级", aliases: ["Ⅱ", "2级", "二级"] },
  { value: 3, label: "Ⅲ级", aliases: ["Ⅲ", "3级", "三级"] },
  { value: 4, label: "Ⅳ级", aliases: ["Ⅳ", "4级", "四级"] },
];
export const monitoringLevels = (): readonly Choice[] => levels;
