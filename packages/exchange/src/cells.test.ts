import { makeDistrict } from "@xingfu/fixtures";
import { canonicalText } from "@xingfu/domain/base";
import { rowKey } from "@xingfu/domain/returns";
import { describe, expect, test } from "vitest";

import { readTypedCells } from "./index.ts";
import type { TypedCell } from "./index.ts";

const sample = makeDistrict(20_170, { scale: 0.1 });
const year = sample.years.at(-1);
if (year === undefined) throw new Error("no year");
const premises = year.premises[0];
const ofClass = year.classes[0];
if (premises === undefined || ofClass === undefined) throw new Error("the sample has no premises or classes");
const key = rowKey("premises", premises);
const seen = (row: object, column: string): string =>
  canonicalText(Object.entries(row).find(([name]) => name === column)?.[1] ?? null);
const cell = (column: string, text: string): TypedCell => ({
  section: "premises",
  rowKey: key,
  column,
  text,
  seen: seen(premises, column),
});
const code = (result: ReturnType<typeof readTypedCells>) => result.issues.map((issue) => issue.code);

describe("a cell typed by hand", () => {
  test("is money in yuan, where the workbook has 万元", () => {
    const { after, issues, unknown } = readTypedCells(year, [cell("equipmentYuan", "2,345,678.90")]);
    expect([issues, unknown]).toEqual([[], []]);
    expect(after.premises[0]?.equipmentYuan).toBe(2_345_678.9);
    expect(readTypedCells(year, [cell("equipmentYuan", "234万元")]).after.premises[0]?.equipmentYuan).toBe(2_340_000);
    expect(after.premises.slice(1)).toEqual(year.premises.slice(1));
    expect({ ...after, premises: [] }).toEqual({ ...year, premises: [] });
  });

  test("may be a list, a code or nothing", () => {
    const { after, issues } = readTypedCells(year, [
      cell("musicRoomAreasM2", "96、100"),
      cell("artRoomAreasM2", "无"),
      cell("multimediaRooms", ""),
    ]);
    expect(issues.filter((issue) => issue.severity === "error")).toEqual([]);
    expect(after.premises[0]).toMatchObject({
      musicRoomAreasM2: [96, 100],
      artRoomAreasM2: [],
      multimediaRooms: null,
    });
  });

  test("that cannot be read says where, what and how to mend it, and changes nothing", () => {
    const { after, issues } = readTypedCells(year, [cell("multimediaRooms", "很多")]);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ section: "premises", code: "NOT_A_NUMBER", severity: "error", value: "很多" });
    expect(issues[0]?.message).toContain("网络多媒体教室数");
    expect(after).toEqual(year);
    expect(code(readTypedCells(year, [cell("equipmentYuan", "-1")]))).toEqual(["NEGATIVE"]);
  });

  test("must fit the other rows; what was wrong before is not said again", () => {
    const typed: TypedCell = {
      section: "classes",
      rowKey: rowKey("classes", ofClass),
      column: "pupils",
      text: String((ofClass.pupils ?? 0) + 3),
      seen: seen(ofClass, "pupils"),
    };
    const { issues } = readTypedCells(year, [typed]);
    expect(issues.map((issue) => [issue.code, issue.severity])).toContainEqual(["PUPIL_SUM", "error"]);
    expect(readTypedCells(year, []).issues).toEqual([]);
  });

  test("of a row or column that does not exist, or that names the row, is told apart", () => {
    const cells = [
      { ...cell("multimediaRooms", "5"), rowKey: "1|2" },
      cell("noSuchColumn", "5"),
      cell("stage", "primary"),
      cell("schoolCode", "2150990002"),
    ];
    const { after, unknown } = readTypedCells(year, cells);
    expect(unknown).toEqual(cells);
    expect(after).toEqual(year);
  });

  test("over a value that changed since it was seen is told apart, unless both say the same", () => {
    const late = { ...cell("multimediaRooms", "7"), seen: canonicalText(3) };
    expect(readTypedCells(year, [late, cell("equipmentYuan", "1")]).stale).toEqual([late]);
    const same = { ...late, text: String(premises.multimediaRooms) };
    expect(readTypedCells(year, [same]).stale).toEqual([]);
  });
});
