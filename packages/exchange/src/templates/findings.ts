/** Sheet 定性评估: a person's judgement of each of the 15 + 9 items. */

import type { SheetTemplate } from "../template/column.ts";
import { balanceRule, column, date, text, yesNo } from "./parts.ts";
import { itemChoices, items } from "./standard-labels.ts";

const c = column<"findings">;

export const findingsSheet: SheetTemplate<"findings"> = {
  section: "findings",
  sheet: "定性评估",
  aliases: ["定性评估表", "定性指标", "指标评估"],
  title: "政府保障程度与教育质量逐项评估",
  intro: [
    "政府保障程度 15 项、教育质量 9 项已列出。由评估人员填写结论、依据和佐证材料名称。",
    "能由数据计算的部分由系统计算；本表填写需要人工查阅判定的部分。未评估的留空。",
  ],
  identity: ["item"],
  keyRows: () => items().map((item) => ({ values: { item: item.id }, printed: { 指标内容: item.label } })),
  columns: [
    c(
      "item",
      "指标编号",
      { kind: "choice", choices: itemChoices },
      "G1–G15 为政府保障程度，Q1–Q9 为教育质量，请勿改动。",
      balanceRule,
      {
        aliases: ["编号", "指标", "条目编号"],
        isRequired: true,
        width: 10,
      },
    ),
    c(null, "指标内容", text(400), "指标原文，请勿改动。", balanceRule, { aliases: ["内容", "条目内容"], width: 60 }),
    c("isMet", "是否达标", yesNo, "查阅佐证材料后的结论；未评估的留空。", balanceRule, {
      aliases: ["达标", "结论", "是否达到"],
      width: 10,
    }),
    c("finding", "评估意见", text(2000), "结论的依据和存在的问题。", balanceRule, {
      aliases: ["意见", "评估情况", "情况说明"],
      width: 40,
    }),
    c("evidence", "佐证材料", text(1000), "文件名称、文号或材料编号。", balanceRule, {
      aliases: ["证明材料", "材料"],
      width: 30,
    }),
    c("reviewer", "评估人", text(40), "评估人员姓名。", balanceRule, { aliases: ["评估人员", "责任人"], width: 10 }),
    c("reviewedOn", "评估日期", date, "评估的日期，如 2026-03-01。", balanceRule, {
      aliases: ["日期", "评估时间"],
      width: 12,
    }),
  ],
};
