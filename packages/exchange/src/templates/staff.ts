/** Sheet 教职工: one row per member of staff. */

import type { SheetTemplate } from "../template/column.ts";
import { hours } from "../template/column.ts";
import { educationChoices, leadLevelChoices, stageChoices, subjectChoices } from "./choices.ts";
import { balanceRule, column, decimal, schoolColumns, statistics, text, yesNo } from "./parts.ts";

const c = column<"staff">;

export const staffSheet: SheetTemplate<"staff"> = {
  section: "staff",
  sheet: "教职工",
  aliases: ["教职工表", "教师", "教师名单", "教职工名单", "教师信息"],
  title: "教职工名单",
  intro: [
    "每名教职工一行，按主要任教的学校和学段填写一次。",
    "没有逐人数据的学校可改填“教师统计”表；两表都填时以本表为准。",
    "本表含个人信息，请按规定保管，不要通过公共网络传送。",
  ],
  identity: ["schoolCode", "staffCode"],
  keyRows: null,
  columns: [
    ...schoolColumns<"staff">(),
    c(
      "staffCode",
      "教职工编号",
      { kind: "code", pattern: /^[0-9A-Za-z._-]{1,32}$/, form: "字母、数字组成的编号（32 位以内）" },
      "本区县内不重复的编号；不要填写身份证件号码。",
      statistics,
      {
        aliases: ["教师编号", "工号", "职工号", "编号", "教职工代码"],
        isRequired: true,
        width: 14,
      },
    ),
    c("name", "姓名", text(40), "教职工姓名。", statistics, {
      aliases: ["教师姓名", "教职工姓名"],
      isRequired: true,
      width: 10,
    }),
    c("stage", "任教学段", { kind: "choice", choices: stageChoices }, "主要任教的学段。", statistics, {
      aliases: ["学段"],
      isRequired: true,
      width: 10,
    }),
    c("isFullTimeTeacher", "是否专任教师", yesNo, "专任教师填“是”；行政、教辅、工勤人员填“否”。", statistics, {
      aliases: ["专任教师"],
      isRequired: true,
      width: 12,
    }),
    c(
      "education",
      "最高学历",
      { kind: "choice", choices: educationChoices },
      "已取得的最高学历。小学专科及以上、初中本科及以上为高于规定学历。",
      `${balanceRule} 资源配置 第1项`,
      {
        aliases: ["学历", "学历层次"],
        width: 13,
      },
    ),
    c(
      "subject",
      "学科类别",
      { kind: "choice", choices: subjectChoices, open: "other" },
      "体育、音乐、美术、艺术分别选择，其他学科选“其他学科”。",
      `${balanceRule} 资源配置 第3项`,
      {
        aliases: ["任教学科类别"],
        width: 11,
      },
    ),
    c("subjectName", "任教学科", text(40), "主要任教学科，如语文、数学。", statistics, {
      aliases: ["学科", "任教科目", "主要任教学科"],
      width: 11,
    }),
    c(
      "leadLevel",
      "骨干教师级别",
      { kind: "choice", choices: leadLevelChoices },
      "最高一级的骨干教师称号；县级及以上计入指标。",
      `${balanceRule} 资源配置 第2项`,
      {
        aliases: ["骨干教师", "骨干级别", "骨干教师层次"],
        width: 13,
      },
    ),
    c(
      "hasCertificate",
      "持有教师资格证",
      yesNo,
      "持有相应教师资格证上岗填“是”。",
      `${balanceRule} 政府保障程度 第12项`,
      {
        aliases: ["教师资格证", "是否持证", "持教师资格证上岗", "是否有教师资格证"],
        width: 14,
      },
    ),
    c(
      "trainingHours",
      "近五年培训学时",
      decimal(0, 10_000, hours),
      "近五年累计培训学时；达到 360 学时为完成。",
      `${balanceRule} 政府保障程度 第9项`,
      {
        unit: "学时",
        aliases: ["五年培训学时", "培训学时", "近5年培训学时"],
        width: 14,
      },
    ),
    c(
      "isEligibleForRotation",
      "符合交流条件",
      yesNo,
      "本学年符合交流轮岗条件的填“是”。",
      `${balanceRule} 政府保障程度 第11项`,
      {
        aliases: ["是否符合交流条件", "符合交流轮岗条件", "是否符合交流轮岗条件"],
        width: 12,
      },
    ),
    c("hasRotated", "本年已交流轮岗", yesNo, "本学年实际交流轮岗的填“是”。", `${balanceRule} 政府保障程度 第11项`, {
      aliases: ["是否交流轮岗", "交流轮岗", "是否已交流轮岗"],
      width: 13,
    }),
    c(
      "isVisitingPeArts",
      "兼职走教体艺教师",
      yesNo,
      "兼职、走教、交流的体育艺术教师填“是”；只在乡村小规模学校的过渡期口径下计入。",
      `${balanceRule} 工作规程`,
      {
        aliases: ["是否兼职走教", "走教", "兼职走教交流体艺教师"],
        width: 14,
      },
    ),
  ],
};
