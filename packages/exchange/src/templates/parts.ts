/** Columns that several sheets share. */

import type { Section } from "@xingfu/domain/base";

import type { CellType, Column, Units } from "../template/column.ts";
import { people } from "../template/column.ts";

/** A column with the usual defaults: optional, no aliases. */
export function column<S extends Section>(
  key: Column<S>["key"],
  header: string,
  type: CellType,
  help: string,
  source: string,
  more: Partial<Pick<Column<S>, "unit" | "aliases" | "isRequired" | "whenEmpty" | "width" | "since" | "until">> = {},
): Column<S> {
  const unit = more.unit ?? null;
  const width = more.width ?? Math.min(22, Math.max(8, 2 + [...header].length * 1.4));
  return { key, header, unit, aliases: [], isRequired: false, width, type, help, source, ...more };
}

export const text = (maxLength: number): CellType => ({ kind: "text", maxLength });
export const whole = (min: number, max: number, units: Units): CellType => ({ kind: "whole", min, max, units });
export const decimal = (min: number, max: number, units: Units): CellType => ({ kind: "decimal", min, max, units });
export const yesNo: CellType = { kind: "yesNo" };
export const date: CellType = { kind: "date" };

/** Identifier as typed; whether it is a valid 学校标识码 is judged with the rows, so that one fault is said once. */
export const schoolCodeType: CellType = {
  kind: "code",
  pattern: /^[0-9A-Za-z]{1,20}$/,
  form: "10 位数字的学校（机构）标识码",
};

export const pupilCodeType: CellType = {
  kind: "code",
  pattern: /^[GJLgjl]\d{17}[\dXx]$/,
  form: "19 位学籍号：G、J 或 L 开头，后接 18 位数字",
};

export const statistics = "教育事业统计报表";
export const balanceRule = "教督〔2017〕6号";
export const codeRule = "GB/T 33782-2017";

/** 学校标识码 and, for reading only, 学校名称. */
export function schoolColumns<
  S extends "classes" | "classBands" | "staff" | "staffCounts" | "premises" | "finance",
>(): readonly Column<S>[] {
  return [
    column<S>(
      "schoolCode",
      "学校标识码",
      schoolCodeType,
      "与“学校”表一致的 10 位学校（机构）标识码，按文本填写。",
      codeRule,
      {
        aliases: ["学校（机构）标识码", "学校机构标识码", "标识码", "学校代码", "机构标识码"],
        isRequired: true,
        width: 14,
      },
    ),
    column<S>(null, "学校名称", text(60), "仅供核对，不读取。", statistics, { aliases: ["学校", "校名"], width: 24 }),
  ];
}

/** Number of full-time teachers with some property. */
export function teacherCount(
  key: Column<"staffCounts">["key"],
  header: string,
  help: string,
  source: string,
  aliases: readonly string[] = [],
): Column<"staffCounts"> {
  return column<"staffCounts">(key, header, whole(0, 5000, people), help, source, { unit: "人", aliases, width: 11 });
}
