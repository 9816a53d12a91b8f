/** Sheet 校舍装备: rooms, areas and equipment of a whole school or of one stage. */

import type { Column, SheetTemplate } from "../template/column.ts";
import { rooms, squareMetres, tenThousandYuan } from "../template/column.ts";
import { stageOrWhole } from "./choices.ts";
import { balanceRule, column, decimal, schoolColumns, whole } from "./parts.ts";

const c = column<"premises">;
const area = (
  key: Column<"premises">["key"],
  header: string,
  help: string,
  source: string,
  aliases: readonly string[],
): Column<"premises"> =>
  c(key, header, decimal(0, 2_000_000, squareMetres), help, source, { unit: "㎡", aliases, width: 17 });
const roomAreas = (
  key: Column<"premises">["key"],
  header: string,
  help: string,
  aliases: readonly string[],
): Column<"premises"> =>
  c(
    key,
    header,
    { kind: "numbers", min: 10, max: 2000, units: squareMetres },
    help,
    `${balanceRule} 政府保障程度 第3项`,
    {
      unit: "㎡",
      aliases,
      width: 20,
    },
  );

export const premisesSheet: SheetTemplate<"premises"> = {
  section: "premises",
  sheet: "校舍装备",
  aliases: ["校舍装备表", "校舍与装备", "办学条件", "校舍"],
  title: "校舍与装备情况",
  intro: [
    "一般每校一行，学段填“全校”，由系统按规定权重在学段之间分摊；分学段单独建账的资源才按学段另填一行，同一项不要重复填。",
    "没有的填 0，未统计的留空。",
    "音乐、美术专用教室逐间填面积，用顿号隔开，如 96、100、98；没有填“无”。",
  ],
  identity: ["schoolCode", "stage"],
  keyRows: null,
  columns: [
    ...schoolColumns<"premises">(),
    c(
      "stage",
      "学段",
      { kind: "choice", choices: stageOrWhole },
      "全校共用选“全校”（可留空）；分学段单独建账的选学段。",
      balanceRule,
      { aliases: ["使用学段"], width: 9 },
    ),
    area(
      "teachingFloorAreaM2",
      "教学及辅助用房面积",
      "含室内体育用房；计算生均教学及辅助用房面积时扣除室内体育用房。",
      `${balanceRule} 资源配置 第4项`,
      ["教学及辅助用房", "教学辅助用房面积", "教学及教学辅助用房面积"],
    ),
    area(
      "indoorSportsAreaM2",
      "室内体育用房面积",
      "体育馆、风雨操场等室内体育用房，包含在上一项内。",
      `${balanceRule} 资源配置 第5项`,
      ["体育馆面积", "室内体育用房"],
    ),
    area("sportsGroundAreaM2", "运动场地面积", "室外运动场地面积。", `${balanceRule} 资源配置 第5项`, [
      "运动场面积",
      "室外运动场地面积",
      "体育运动场地面积",
      "运动场地",
    ]),
    area(
      "convertedSportsAreaM2",
      "改建体育活动空间面积",
      "校内屋顶、地下等改建的体育活动空间；只在高密度中心城区口径下计入。",
      `${balanceRule} 工作规程`,
      ["改建体育场地面积", "屋顶地下体育面积"],
    ),
    area(
      "leasedSportsAreaM2",
      "租用校外场馆面积",
      "政府租用、步行 10 分钟内的校外场馆；只在高密度中心城区口径下计入。",
      `${balanceRule} 工作规程`,
      ["校外租用场馆面积", "租用场馆面积"],
    ),
    c(
      "equipmentYuan",
      "教学仪器设备资产值",
      { kind: "money", max: 10_000_000_000, units: tenThousandYuan },
      "账面原值。单位是万元。",
      `${balanceRule} 资源配置 第6项`,
      {
        unit: "万元",
        aliases: ["教学仪器设备值", "教学仪器设备资产", "仪器设备值", "教学、科研仪器设备资产值"],
        width: 18,
      },
    ),
    c(
      "multimediaRooms",
      "网络多媒体教室数",
      whole(0, 2000, rooms),
      "接入网络并配备多媒体教学设备的教室。",
      `${balanceRule} 资源配置 第7项`,
      {
        unit: "间",
        aliases: ["网络多媒体教室", "多媒体教室数", "多媒体教室"],
        width: 14,
      },
    ),
    roomAreas(
      "musicRoomAreasM2",
      "音乐专用教室面积",
      "逐间填写，用顿号隔开；没有填“无”。每 12 个班至少 1 间，每间不小于 96 ㎡。",
      ["音乐教室面积", "音乐专用教室"],
    ),
    roomAreas(
      "artRoomAreasM2",
      "美术专用教室面积",
      "逐间填写，用顿号隔开；没有填“无”。每 12 个班至少 1 间，每间不小于 90 ㎡。",
      ["美术教室面积", "美术专用教室"],
    ),
  ],
};
