/** Sheet 满意度: answers of the satisfaction survey by party. */

import type { SheetTemplate } from "../template/column.ts";
import { noUnit } from "../template/column.ts";
import { partyChoices } from "./choices.ts";
import { balanceRule, column, whole } from "./parts.ts";

const c = column<"satisfaction">;
const clause = `${balanceRule} 社会认可度`;
const copies = { 份: 1, 人: 1, ...noUnit };

export const satisfactionSheet: SheetTemplate<"satisfaction"> = {
  section: "satisfaction",
  sheet: "满意度",
  aliases: ["满意度表", "社会认可度", "满意度调查"],
  title: "社会认可度调查结果",
  intro: ["按调查对象填写有效问卷数和满意问卷数。", "社会认可度为满意问卷数占有效问卷数的比例，85% 以上为达标。"],
  identity: ["party"],
  keyRows: () => partyChoices().map((party) => ({ values: { party: String(party.value) }, printed: {} })),
  columns: [
    c("party", "调查对象", { kind: "choice", choices: partyChoices }, "已列出，请勿改动。", clause, {
      aliases: ["对象", "群体"],
      isRequired: true,
      width: 14,
    }),
    c("validAnswers", "有效问卷数", whole(0, 100_000_000, copies), "收回的有效问卷份数。", clause, {
      unit: "份",
      aliases: ["有效问卷", "有效样本数", "有效份数"],
      width: 13,
    }),
    c("satisfiedAnswers", "满意问卷数", whole(0, 100_000_000, copies), "其中表示满意的份数。", clause, {
      unit: "份",
      aliases: ["满意问卷", "满意份数", "满意人数"],
      width: 13,
    }),
  ],
};
