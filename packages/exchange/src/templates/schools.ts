/** Sheet 学校: one row per school, campus or teaching point. */

import type { SheetTemplate } from "../template/column.ts";
import { people, years } from "../template/column.ts";
import { ownershipChoices, schoolTypes, settings } from "./choices.ts";
import { balanceRule, codeRule, column, date, schoolCodeType, statistics, text, whole, yesNo } from "./parts.ts";

const pupils = whole(0, 20_000, people);
const c = column<"schools">;

export const schoolsSheet: SheetTemplate<"schools"> = {
  section: "schools",
  sheet: "学校",
  aliases: ["学校表", "学校基本情况", "学校信息", "学校基本信息"],
  title: "学校基本情况",
  intro: [
    "每所学校、校区、教学点一行，包括民办学校；幼儿园、高中、中职、特教学校可以填报，不参加资源配置指标计算。",
    "学校标识码是其他各表对应学校的依据，必须与教育事业统计一致，不能重复。",
    "不单独计校数的校区填“否”，并填写所属学校标识码，计算时并入所属学校。",
  ],
  identity: ["schoolCode"],
  keyRows: null,
  columns: [
    c(
      "schoolCode",
      "学校标识码",
      schoolCodeType,
      "10 位学校（机构）标识码，按文本填写，不要丢掉前面的数字。",
      `${codeRule} 4.1`,
      {
        aliases: ["学校（机构）标识码", "学校机构标识码", "标识码", "学校代码", "机构标识码"],
        isRequired: true,
        width: 14,
      },
    ),
    c("name", "学校名称", text(60), "学校（校区、教学点）的规范全称。", statistics, {
      aliases: ["学校", "校名", "学校（机构）名称"],
      isRequired: true,
      width: 26,
    }),
    c(
      "type",
      "办学类型",
      { kind: "choice", choices: schoolTypes },
      "从下拉列表选择，也可只填三位代码。",
      `${codeRule} 表4`,
      {
        aliases: ["学校办学类型", "办学类型代码", "学校类型", "学校类别"],
        isRequired: true,
        width: 22,
      },
    ),
    c(
      "ownership",
      "举办性质",
      { kind: "choice", choices: ownershipChoices },
      "公办或民办。民办义务教育学校同样参加计算。",
      statistics,
      {
        aliases: ["公办民办", "办别", "举办者性质", "学校性质", "公民办"],
        width: 10,
      },
    ),
    c(
      "setting",
      "城乡类型",
      { kind: "choice", choices: settings },
      "学校所在地城乡类型，代码 2 开头为乡村。",
      `${codeRule} 表5`,
      {
        aliases: ["城乡分类", "城乡类型代码", "所在地城乡类型", "城乡"],
        width: 14,
      },
    ),
    c("groupName", "教育集团", text(60), "所在教育集团名称；没有可留空。", "区县集团化办学方案", {
      aliases: ["集团", "集团名称", "所属集团"],
      width: 18,
    }),
    c("clusterName", "片区", text(60), "所在片区（学区）名称；没有可留空。", "区县集团化办学方案", {
      aliases: ["学区", "片区名称", "所属片区"],
      width: 12,
    }),
    c(
      "isCounted",
      "是否计校数",
      yesNo,
      "单独计校数填“是”；不计校数的校区、附设点填“否”。留空按“是”处理。",
      statistics,
      {
        aliases: ["计校数", "是否独立计校"],
        whenEmpty: true,
        width: 11,
      },
    ),
    c(
      "parentCode",
      "所属学校标识码",
      schoolCodeType,
      "不计校数的校区填写所属学校的标识码；其他学校留空。",
      statistics,
      {
        aliases: ["主校标识码", "上级学校标识码", "所属学校代码"],
        width: 16,
      },
    ),
    c(
      "builtYear",
      "建成年份",
      whole(1800, 2100, years),
      "学校规划建成的年份，用于判断可否适用过渡期口径。",
      `${balanceRule} 工作规程`,
      {
        unit: "年",
        aliases: ["建校年份", "规划建成年份", "建成时间", "建校时间"],
        width: 11,
      },
    ),
    c("isDense", "高密度中心城区", yesNo, "特大城市中心城区、学校用地特别紧张的填“是”。", `${balanceRule} 工作规程`, {
      aliases: ["是否高密度中心城区", "是否中心城区高密度", "中心城区"],
      width: 12,
    }),
    c("isBoarding", "寄宿制学校", yesNo, "寄宿制学校填“是”；就近划片入学比例不含寄宿制学校。", balanceRule, {
      aliases: ["是否寄宿制", "寄宿制", "是否寄宿制学校"],
      width: 11,
    }),
    c(
      "migrantPupils",
      "随迁子女数",
      whole(0, 20_000, people),
      "义务教育阶段在校生中的进城务工人员随迁子女。",
      statistics,
      {
        unit: "人",
        aliases: ["随迁子女", "进城务工人员随迁子女", "随迁子女人数"],
        width: 12,
      },
    ),
    c("commitmentDate", "承诺达标日期", date, "适用过渡期口径的学校，承诺达到标准的日期。", `${balanceRule} 工作规程`, {
      aliases: ["承诺达标时间", "达标承诺日期"],
      width: 13,
    }),
    c("kindergartenPupils", "在园幼儿数", pupils, "幼儿园及附设幼儿班在园幼儿数。", statistics, {
      unit: "人",
      aliases: ["幼儿数", "学前在校生数", "附设幼儿班人数"],
      width: 12,
    }),
    c("primaryPupils", "小学在校生数", pupils, "小学段在校学生数；九年一贯制等只填小学段。", statistics, {
      unit: "人",
      aliases: ["小学在校生", "小学学生数", "小学人数", "小学段在校生数"],
      width: 13,
    }),
    c("juniorPupils", "初中在校生数", pupils, "初中段在校学生数。", statistics, {
      unit: "人",
      aliases: ["初中在校生", "初中学生数", "初中人数", "初中段在校生数"],
      width: 13,
    }),
    c("seniorPupils", "高中在校生数", pupils, "普通高中段在校学生数。", statistics, {
      unit: "人",
      aliases: ["高中在校生", "高中学生数", "高中人数", "普通高中在校生数"],
      width: 13,
    }),
    c("vocationalPupils", "中职在校生数", pupils, "中等职业教育在校学生数。", statistics, {
      unit: "人",
      aliases: ["中职学生数", "职高在校生数", "中职人数"],
      width: 13,
    }),
  ],
};
