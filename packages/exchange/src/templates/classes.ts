/** Sheet 班级: one row per class. */

import type { SheetTemplate } from "../template/column.ts";
import { people } from "../template/column.ts";
import { classTypes, stageChoices } from "./choices.ts";
import { balanceRule, codeRule, column, schoolColumns, statistics, text, whole } from "./parts.ts";

const c = column<"classes">;

export const classesSheet: SheetTemplate<"classes"> = {
  section: "classes",
  sheet: "班级",
  aliases: ["班级表", "班级情况", "班级信息", "班额情况"],
  title: "班级情况",
  intro: ["每个教学班一行。同一学校各班人数之和应等于“学校”表该学段的学生数。", "已填本表的学校不必再填“班额分段”表。"],
  identity: ["schoolCode", "stage", "grade", "className"],
  keyRows: null,
  columns: [
    ...schoolColumns<"classes">(),
    c("stage", "学段", { kind: "choice", choices: stageChoices }, "班级所在学段。", statistics, {
      isRequired: true,
      width: 9,
    }),
    c(
      "grade",
      "年级",
      whole(1, 6, { 年级: 1, 级: 1 }),
      "学段内的年级序号：小学 1–6，初中 1–3（五四制 1–4），高中 1–3。",
      statistics,
      {
        aliases: ["年级序号"],
        isRequired: true,
        width: 8,
      },
    ),
    c("className", "班级名称", text(40), "如“1班”“2024级3班”，同一年级内不重复。", statistics, {
      aliases: ["班级", "班名", "班号"],
      isRequired: true,
      width: 14,
    }),
    c("classType", "班级类型", { kind: "choice", choices: classTypes }, "两位代码；普通班可留空。", codeRule, {
      aliases: ["班级类型代码"],
      width: 20,
    }),
    c(
      "pupils",
      "班级人数",
      whole(0, 500, people),
      "该班在籍学生数。小学不超过 45 人、初中不超过 50 人为达标。",
      `${balanceRule} 政府保障程度 第5项`,
      {
        unit: "人",
        aliases: ["学生数", "人数", "班额", "在校生数", "班级学生数"],
        width: 12,
      },
    ),
  ],
};
