/** Sheet 质量监测: results taken over from the national monitoring report. */

import type { SheetTemplate } from "../template/column.ts";
import { years } from "../template/column.ts";
import { monitoringLevels, phaseChoices } from "./choices.ts";
import { balanceRule, column, text, whole } from "./parts.ts";

const c = column<"monitoring">;
const clause = `${balanceRule} 教育质量 第9项`;

export const monitoringSheet: SheetTemplate<"monitoring"> = {
  section: "monitoring",
  sheet: "质量监测",
  aliases: ["质量监测表", "国家义务教育质量监测", "监测结果"],
  title: "国家义务教育质量监测结果",
  intro: [
    "每学段每学科一行，照录国家义务教育质量监测报告的结果，不自行计算。",
    "相关科目学业水平达到Ⅲ级及以上、校际差异率低于 0.15 为达标。",
  ],
  identity: ["phase", "subjectName"],
  keyRows: null,
  columns: [
    c("phase", "学段", { kind: "choice", choices: phaseChoices }, "小学（四年级）或初中（八年级）。", clause, {
      isRequired: true,
      width: 10,
    }),
    c("subjectName", "监测学科", text(40), "监测报告中的学科名称。", clause, {
      aliases: ["学科", "科目"],
      isRequired: true,
      width: 14,
    }),
    c(
      "level",
      "学业水平等级",
      { kind: "choice", choices: monitoringLevels },
      "监测报告给出的等级，Ⅰ级至Ⅳ级。",
      clause,
      { aliases: ["等级", "学业水平"], width: 13 },
    ),
    c(
      "betweenSchoolShare",
      "校际差异率",
      { kind: "share" },
      "监测报告给出的校际差异率，填小数（如 0.12）或百分数。",
      clause,
      { aliases: ["校际差异"], width: 12 },
    ),
    c("monitoredYear", "监测年份", whole(2007, 2100, years), "监测实施的年份。", clause, {
      unit: "年",
      aliases: ["年份", "监测年度"],
      width: 11,
    }),
  ],
};
