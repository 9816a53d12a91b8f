/** Sheet 一票否决: whether one of the six vetoes applies. */

import type { SheetTemplate } from "../template/column.ts";
import { balanceRule, column, text, yesNo } from "./parts.ts";
import { vetoChoices, vetoes } from "./standard-labels.ts";

const c = column<"vetoes">;
const clause = `${balanceRule} 一票否决`;

export const vetoesSheet: SheetTemplate<"vetoes"> = {
  section: "vetoes",
  sheet: "一票否决",
  aliases: ["一票否决表", "一票否决事项", "否决项"],
  title: "一票否决事项核查",
  intro: ["六种情形逐项核查：发生填“是”，未发生填“否”，尚未核查的留空。", "任何一项为“是”，不予认定。"],
  identity: ["veto"],
  keyRows: () => vetoes().map((veto) => ({ values: { veto: veto.id }, printed: { 事项: veto.label } })),
  columns: [
    c("veto", "编号", { kind: "choice", choices: vetoChoices }, "V1–V6，请勿改动。", clause, {
      aliases: ["事项编号"],
      isRequired: true,
      width: 8,
    }),
    c(null, "事项", text(400), "否决事项，请勿改动。", clause, { aliases: ["否决事项", "情形"], width: 44 }),
    c("hasOccurred", "是否发生", yesNo, "发生填“是”，未发生填“否”，未核查留空。", clause, {
      aliases: ["是否存在", "发生情况"],
      width: 10,
    }),
    c("finding", "核查情况", text(2000), "核查的过程和结果。", clause, {
      aliases: ["核查意见", "情况说明"],
      width: 40,
    }),
    c("evidence", "佐证材料", text(1000), "文件名称、文号或材料编号。", clause, {
      aliases: ["证明材料", "材料"],
      width: 30,
    }),
  ],
};
