/** Sheet 学校经费: money of each school in the year. */

import type { Column, SheetTemplate } from "../template/column.ts";
import { tenThousandYuan } from "../template/column.ts";
import { balanceRule, column, schoolColumns } from "./parts.ts";

const money = (
  key: Column<"finance">["key"],
  header: string,
  help: string,
  item: string,
  aliases: readonly string[],
): Column<"finance"> =>
  column<"finance">(
    key,
    header,
    { kind: "money", max: 10_000_000_000, units: tenThousandYuan },
    help,
    `${balanceRule} ${item}`,
    {
      unit: "万元",
      aliases,
      width: 20,
    },
  );

export const financeSheet: SheetTemplate<"finance"> = {
  section: "finance",
  sheet: "学校经费",
  aliases: ["学校经费表", "经费", "经费情况"],
  title: "学校公用经费与教师培训经费",
  intro: [
    "每校一行，单位均为万元，按本年度预算和上年度决算填写。",
    "教师培训经费不低于学校年度公用经费预算总额的 5%，预算和决算都要符合。",
  ],
  identity: ["schoolCode"],
  keyRows: null,
  columns: [
    ...schoolColumns<"finance">(),
    money(
      "publicFundsBudgetYuan",
      "年度公用经费预算总额",
      "学校年度公用经费预算总额。",
      "政府保障程度 第6项、教育质量 第4项",
      ["公用经费预算", "公用经费预算总额"],
    ),
    money("publicFundsSpentYuan", "年度公用经费决算总额", "学校年度公用经费决算（支出）总额。", "教育质量 第4项", [
      "公用经费决算",
      "公用经费支出",
      "公用经费决算总额",
    ]),
    money("trainingBudgetYuan", "教师培训经费预算", "公用经费预算中安排的教师培训经费。", "教育质量 第4项", [
      "培训经费预算",
      "教师培训费预算",
    ]),
    money("trainingSpentYuan", "教师培训经费决算", "实际支出的教师培训经费。", "教育质量 第4项", [
      "培训经费决算",
      "教师培训费决算",
      "教师培训经费支出",
    ]),
  ],
};
