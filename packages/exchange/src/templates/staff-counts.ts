/** Sheet 教师统计: counts per school and stage, where single staff are not reported. */

import type { SheetTemplate } from "../template/column.ts";
import { stageChoices } from "./choices.ts";
import { balanceRule, column, schoolColumns, statistics, teacherCount } from "./parts.ts";

export const staffCountsSheet: SheetTemplate<"staffCounts"> = {
  section: "staffCounts",
  sheet: "教师统计",
  aliases: ["教师统计表", "专任教师统计", "教师情况"],
  title: "专任教师统计",
  intro: [
    "没有逐人数据时填写，每校每学段一行，均为专任教师人数。",
    "没有的填 0，未统计的留空；留空会使有关指标无法判定。",
  ],
  identity: ["schoolCode", "stage"],
  keyRows: null,
  columns: [
    ...schoolColumns<"staffCounts">(),
    column<"staffCounts">("stage", "学段", { kind: "choice", choices: stageChoices }, "任教学段。", statistics, {
      isRequired: true,
      width: 9,
    }),
    teacherCount("doctorateTeachers", "博士研究生学历", "最高学历为博士研究生的专任教师。", statistics, [
      "博士",
      "博士研究生",
    ]),
    teacherCount("masterTeachers", "硕士研究生学历", "最高学历为硕士研究生的专任教师。", statistics, [
      "硕士",
      "硕士研究生",
    ]),
    teacherCount("bachelorTeachers", "本科学历", "最高学历为本科的专任教师。", statistics, ["本科"]),
    teacherCount("associateTeachers", "专科学历", "最高学历为专科的专任教师。", statistics, ["专科", "大专"]),
    teacherCount("secondaryTeachers", "高中阶段学历", "最高学历为高中阶段（含中师）的专任教师。", statistics, [
      "高中阶段",
      "中专中师",
      "高中",
    ]),
    teacherCount("belowSecondaryTeachers", "高中阶段以下学历", "最高学历为高中阶段以下的专任教师。", statistics, [
      "高中阶段以下",
    ]),
    teacherCount("leadTeachers", "县级以上骨干教师", "县级及以上骨干教师。", `${balanceRule} 资源配置 第2项`, [
      "县级及以上骨干教师",
      "骨干教师",
      "骨干教师数",
    ]),
    teacherCount("peTeachers", "体育教师", "体育专任教师。", `${balanceRule} 资源配置 第3项`, ["体育专任教师", "体育"]),
    teacherCount("musicTeachers", "音乐教师", "音乐专任教师。", `${balanceRule} 资源配置 第3项`, [
      "音乐专任教师",
      "音乐",
    ]),
    teacherCount("fineArtTeachers", "美术教师", "美术专任教师。", `${balanceRule} 资源配置 第3项`, [
      "美术专任教师",
      "美术",
    ]),
    teacherCount("artsTeachers", "艺术教师", "艺术专任教师（不分音乐、美术的）。", `${balanceRule} 资源配置 第3项`, [
      "艺术专任教师",
      "艺术",
    ]),
    teacherCount(
      "visitingPeArtsTeachers",
      "兼职走教体艺教师",
      "兼职、走教、交流的体育艺术教师；只在过渡期口径下计入。",
      `${balanceRule} 工作规程`,
      ["走教体艺教师"],
    ),
    teacherCount(
      "certifiedTeachers",
      "持教师资格证",
      "持教师资格证上岗的专任教师。",
      `${balanceRule} 政府保障程度 第12项`,
      ["持有教师资格证", "持证教师"],
    ),
    teacherCount(
      "trainedTeachers",
      "完成360学时培训",
      "近五年培训达到 360 学时的专任教师。",
      `${balanceRule} 政府保障程度 第9项`,
      ["完成五年360学时培训", "五年360学时"],
    ),
    teacherCount(
      "rotationEligibleTeachers",
      "符合交流条件教师",
      "本学年符合交流轮岗条件的教师。",
      `${balanceRule} 政府保障程度 第11项`,
      ["符合交流条件", "符合交流轮岗条件教师"],
    ),
    teacherCount(
      "rotatedTeachers",
      "交流轮岗教师",
      "本学年实际交流轮岗的教师。",
      `${balanceRule} 政府保障程度 第11项`,
      ["已交流轮岗教师"],
    ),
    teacherCount(
      "rotatedLeadTeachers",
      "交流轮岗骨干教师",
      "交流轮岗教师中的骨干教师。",
      `${balanceRule} 政府保障程度 第11项`,
      ["其中骨干教师"],
    ),
  ],
};
