/** Sheet 班额分段: numbers of classes per size band, where single classes are not reported. */

import type { Column, SheetTemplate } from "../template/column.ts";
import { classUnits } from "../template/column.ts";
import { stageChoices } from "./choices.ts";
import { column, schoolColumns, statistics, whole } from "./parts.ts";

const c = column<"classBands">;
const band = (key: Column<"classBands">["key"], header: string, ...aliases: string[]): Column<"classBands"> =>
  c(key, header, whole(0, 500, classUnits), `班额为${header}的班级数；没有填 0。`, statistics, {
    unit: "个",
    aliases,
    width: 12,
  });

export const classBandsSheet: SheetTemplate<"classBands"> = {
  section: "classBands",
  sheet: "班额分段",
  aliases: ["班额分段表", "班额统计", "班额"],
  title: "班额分段情况",
  intro: [
    "没有逐班数据时填写，每校每学段一行，填各分段的班级数。",
    "已填“班级”表的学校不必填写；两表都填时以“班级”表为准。",
  ],
  identity: ["schoolCode", "stage"],
  keyRows: null,
  columns: [
    ...schoolColumns<"classBands">(),
    c("stage", "学段", { kind: "choice", choices: stageChoices }, "班级所在学段。", statistics, {
      isRequired: true,
      width: 9,
    }),
    band("upTo25", "25人及以下", "25人以下", "≤25人", "25及以下"),
    band("from26To30", "26-30人", "26至30人", "26—30人", "26~30人"),
    band("from31To35", "31-35人", "31至35人", "31—35人", "31~35人"),
    band("from36To40", "36-40人", "36至40人", "36—40人", "36~40人"),
    band("from41To45", "41-45人", "41至45人", "41—45人", "41~45人"),
    band("from46To50", "46-50人", "46至50人", "46—50人", "46~50人"),
    band("from51To55", "51-55人", "51至55人", "51—55人", "51~55人"),
    band("from56To60", "56-60人", "56至60人", "56—60人", "56~60人"),
    band("from61To65", "61-65人", "61至65人", "61—65人", "61~65人"),
    band("from66", "66人及以上", "66人以上", "≥66人", "66及以上"),
  ],
};
