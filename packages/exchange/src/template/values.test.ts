import fc from "fast-check";
import { expect, test } from "vitest";

import { noUnit, people, squareMetres, tenThousandYuan } from "./column.ts";
import type { AnyColumn, CellType } from "./column.ts";
import { readCell, writeCell } from "./values.ts";

const column = (type: CellType): AnyColumn => ({
  key: "x",
  header: "x",
  unit: null,
  aliases: [],
  isRequired: false,
  type,
  help: "",
  source: "",
  width: 10,
});
const read = (type: CellType, raw: string | number | boolean | Date | null) => readCell(column(type), raw, null);
const whole: CellType = { kind: "whole", min: 0, max: 10_000, units: people };
const money: CellType = { kind: "money", max: 1e12, units: tenThousandYuan };
const areas: CellType = { kind: "numbers", min: 10, max: 2000, units: squareMetres };
const share: CellType = { kind: "share" };

test.each([
  ["12人", 12],
  ["１２", 12],
  ["1,234", 1234],
  [" 12 名 ", 12],
  ["12.0", 12],
  [44.999_999_999_99, 45],
  ["1.2e3", 1200],
])("a whole number written %j is %j", (raw, value) => {
  expect(read(whole, raw).value).toBe(value);
});

test.each([
  ["12~15", "NOT_A_NUMBER"],
  ["约12", "NOT_A_NUMBER"],
  ["12%", "NOT_A_NUMBER"],
  ["12,34", "NOT_A_NUMBER"],
  ["12㎡", "NOT_A_NUMBER"],
  [12.5, "NOT_WHOLE"],
  [-1, "NEGATIVE"],
  [10_001, "OUT_OF_RANGE"],
  ["#DIV/0!", "FORMULA_ERROR"],
  [true, "NOT_A_NUMBER"],
])("a whole number written %j is refused as %s", (raw, code) => {
  expect(read(whole, raw)).toMatchObject({ value: null, fault: { code } });
});

test("dashes and words for nothing are gaps, with a remark; 0 is 0", () => {
  for (const raw of ["—", "-", "/", "暂无"])
    expect(read(whole, raw)).toMatchObject({ value: null, remark: { code: "READ_AS_GAP" } });
  expect(read(whole, "0")).toEqual({ value: 0 });
  expect(read(whole, "  ")).toEqual({ value: null });
});

test("shares may be decimals or percentages", () => {
  expect([0.1485, "14.85%", "１４．８５％", 1].map((raw) => read(share, raw).value)).toEqual([
    0.1485, 0.1485, 0.1485, 1,
  ]);
  expect(read(share, 14.85).fault?.code).toBe("OUT_OF_RANGE");
});

test("room areas are lists; none is 无 or 0", () => {
  expect(read(areas, "96、100，98㎡").value).toEqual([96, 100, 98]);
  expect([read(areas, "无").value, read(areas, 0).value, read(areas, 96.5).value, read(areas, null).value]).toEqual([
    [],
    [],
    [96.5],
    null,
  ]);
  expect(read(areas, 96_100).fault?.code).toBe("OUT_OF_RANGE");
});

test("yes and no have many spellings", () => {
  const type: CellType = { kind: "yesNo" };
  expect(["是", "√", "Y", 1, true].map((raw) => read(type, raw).value)).toEqual(Array(5).fill(true));
  expect(["否", "×", "n", 0, false].map((raw) => read(type, raw).value)).toEqual(Array(5).fill(false));
  expect(read(type, "也许").fault?.code).toBe("NOT_YES_NO");
});

test("a text that the spreadsheet turned into a date is refused instead of guessed", () => {
  expect(read({ kind: "text", maxLength: 20 }, new Date(Date.UTC(2026, 0, 2))).fault?.code).toBe("DATE_IN_TEXT");
});

test("days that do not exist are no dates", () => {
  expect(
    ["2026-02-30", "2026-13-01", "昨天", "20260230"].map((raw) => read({ kind: "date" }, raw).fault?.code),
  ).toEqual(Array(4).fill("NOT_A_DATE"));
});

test("money keeps every fen through 万元 and back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (fen) => {
      expect(read(money, writeCell(money, fen / 100)).value).toBe(fen / 100);
    }),
  );
});

test("every number, list and date that is written reads back", () => {
  const decimal: CellType = { kind: "decimal", min: 0, max: 1e9, units: noUnit };
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (value) => {
      expect(read(decimal, writeCell(decimal, value)).value).toBe(Object.is(value, -0) ? -0 : value);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.double({ min: 10, max: 2000, noNaN: true }), { maxLength: 6 }), (value) => {
      expect(read(areas, writeCell(areas, value)).value).toEqual(value);
    }),
  );
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(Date.UTC(2099, 0, 1)), noInvalidDate: true }), (day) => {
      const text = day.toISOString().slice(0, 10);
      expect(read({ kind: "date" }, writeCell({ kind: "date" }, text)).value).toBe(text);
    }),
  );
});
