/** Sheet 县级数据: single figures of the whole district. */

import type { SheetTemplate } from "../template/column.ts";
import { noUnit } from "../template/column.ts";
import { balanceRule, column, decimal, text } from "./parts.ts";
import { figureChoices, figures } from "./standard-labels.ts";

const c = column<"districtFigures">;

export const districtFiguresSheet: SheetTemplate<"districtFigures"> = {
  section: "districtFigures",
  sheet: "县级数据",
  aliases: ["县级数据表", "区县数据", "区级数据", "县级指标数据"],
  title: "县级数据",
  intro: ["由区县教育行政部门填写。数据项和单位已列出，只填“数值”一栏。", "未统计的留空，不要填 0。"],
  identity: ["figure"],
  keyRows: () =>
    figures().map((figure) => ({
      values: { figure: figure.id },
      printed: { 单位: figure.unit, 用于: figure.usedBy },
    })),
  columns: [
    c("figure", "数据项", { kind: "choice", choices: figureChoices }, "数据项名称，请勿改动。", balanceRule, {
      aliases: ["指标", "项目", "数据项名称"],
      isRequired: true,
      width: 44,
    }),
    c(null, "单位", text(20), "数值的单位，请勿改动。", balanceRule, { width: 8 }),
    c("value", "数值", decimal(0, 1_000_000_000_000, noUnit), "按左边的单位填写数字；未统计的留空。", balanceRule, {
      aliases: ["数据", "数值（按单位填）"],
      width: 16,
    }),
    c("note", "备注", text(200), "数据来源或说明。", balanceRule, { aliases: ["说明", "数据来源"], width: 30 }),
    c(null, "用于", text(60), "该数据用于的指标。", balanceRule, { width: 24 }),
  ],
};
