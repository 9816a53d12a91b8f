import { describe, expect, it } from "vitest";
import { filterRows, orderRows } from "./DataTable.tsx";
import { fileProblem } from "./FileDrop.tsx";

interface Row {
  readonly name: string;
  readonly size: number | null;
}

const rows: readonly Row[] = [
  { name: "云江第二小学", size: 20 },
  { name: "云江第十小学", size: null },
  { name: "云江第一中学", size: 5 },
];
const columns = [
  { key: "name", value: (row: Row) => row.name },
  { key: "size", value: (row: Row) => row.size },
];

describe("a table", () => {
  it("keeps the rows that hold every searched word", () => {
    expect(filterRows(rows, columns, "小学 二", {})).toEqual([rows[0]]);
    expect(filterRows(rows, columns, "２０", {})).toEqual([rows[0]]);
    expect(filterRows(rows, columns, "", {})).toBe(rows);
  });

  it("keeps the rows with the chosen value", () => {
    expect(filterRows(rows, columns, "", { size: "5" })).toEqual([rows[2]]);
  });

  it("puts what is absent last whichever way it is sorted", () => {
    const up = orderRows(rows, columns, { key: "size", isDown: false }).map((row) => row.size);
    const down = orderRows(rows, columns, { key: "size", isDown: true }).map((row) => row.size);
    expect([up, down]).toEqual([
      [5, 20, null],
      [20, 5, null],
    ]);
  });

  it("sorts by what stands behind a value where it says so", () => {
    const byRank = [{ key: "name", value: (row: Row) => row.name, rank: (row: Row) => -(row.size ?? 0) }];
    expect(orderRows(rows, byRank, { key: "name", isDown: false })[0]).toBe(rows[0]);
  });
});

describe("a dropped file", () => {
  it("is refused before it is sent when it cannot be right", () => {
    expect(fileProblem("a.XLSX", 10, [".xlsx"], 100)).toBeNull();
    expect(fileProblem("a.xls", 10, [".xlsx"], 100)).toBe("wrongType");
    expect(fileProblem("a.xlsx", 0, [".xlsx"], 100)).toBe("empty");
    expect(fileProblem("a.xlsx", 101, [".xlsx"], 100)).toBe("tooLarge");
  });
});
