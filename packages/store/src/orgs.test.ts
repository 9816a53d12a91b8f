import { afterAll, beforeAll, expect, it } from "vitest";
import { changeSchool, placeUnits, readOrganisation, readSchool } from "./index.ts";
import type { NewUnit, SchoolChange } from "./index.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";

let bench: TestStore;
let place: TestDistrict;
beforeAll(async () => {
  bench = await testStore();
  place = await bench.makeDistrict();
});
afterAll(() => bench.close());

const code = (index: number): string => place.schools[index]?.code ?? "";
const change = (schoolCode: string, input: SchoolChange) =>
  bench.store.withActor(place.officer, (tx) => changeSchool(tx, schoolCode, input));
const on = async (day: string, schoolCode: string) =>
  (await bench.store.withActor(place.officer, (tx) => readOrganisation(tx, { on: day }))).find(
    (node) => node.code === schoolCode,
  );

it("keeps the names, types and groups a school had, by date", async () => {
  await change(code(0), { kind: "rename", on: "2023-09-01", value: "云江实验学校", note: "区教委批复" });
  await change(code(0), { kind: "retype", on: "2024-09-01", value: "312" });
  const dossier = await change(code(0), { kind: "regroup", on: "2025-09-01", value: String(place.groups[1]?.unitId) });
  expect(dossier).toMatchObject({ name: "云江实验学校", type: "312", groupName: "乙集团", closedOn: null });
  expect(dossier.versions.map(({ from, to, name, type, groupName }) => [from, to, name, type, groupName])).toEqual([
    ["2015-09-01", "2023-09-01", "示例1小学", "211", "甲集团"],
    ["2023-09-01", "2024-09-01", "云江实验学校", "211", "甲集团"],
    ["2024-09-01", "2025-09-01", "云江实验学校", "312", "甲集团"],
    ["2025-09-01", null, "云江实验学校", "312", "乙集团"],
  ]);
  expect(dossier.events.map(({ kind, before, after }) => [kind, before, after])).toEqual([
    ["opened", null, "示例1小学"],
    ["renamed", "示例1小学", "云江实验学校"],
    ["retyped", "211", "312"],
    ["regrouped", "甲集团", "乙集团"],
  ]);
  expect(await on("2023-08-31", code(0))).toMatchObject({ name: "示例1小学" });
  expect(await on("2023-09-01", code(0))).toMatchObject({ name: "云江实验学校", type: "211" });
  expect(await on("2015-08-31", code(0))).toBeUndefined();
});

it("takes a second change of the same day into the same stretch", async () => {
  await change(code(1), { kind: "rename", on: "2024-01-01", value: "新名" });
  const dossier = await change(code(1), { kind: "retype", on: "2024-01-01", value: "218" });
  expect(dossier.versions.map(({ from, name, type }) => [from, name, type])).toEqual([
    ["2015-09-01", "示例2小学", "211"],
    ["2024-01-01", "新名", "218"],
  ]);
});

it("merges and closes without losing the school", async () => {
  expect(await change(code(2), { kind: "merge", on: "2024-09-01", value: code(3) })).toMatchObject({
    closedOn: "2024-09-01",
    mergedInto: { schoolCode: code(3), name: "示例4小学" },
    name: "示例3小学",
  });
  expect(await on("2024-08-31", code(2))).toMatchObject({ name: "示例3小学" });
  expect(await on("2024-09-01", code(2))).toBeUndefined();
  expect(await bench.store.withActor(place.officer, (tx) => readSchool(tx, code(2)))).toMatchObject({
    events: [{ kind: "opened" }, { kind: "merged", after: code(3) }],
  });
});

it("refuses what cannot be, with the reason", async () => {
  const refused = { code: "ORGANISATION_CHANGE_REFUSED" };
  await expect(change(code(2), { kind: "rename", on: "2025-01-01", value: "x" })).rejects.toMatchObject(refused);
  await expect(change(code(0), { kind: "rename", on: "2024-01-01", value: "太早" })).rejects.toMatchObject(refused);
  await expect(change(code(3), { kind: "merge", on: "2025-01-01", value: code(3) })).rejects.toMatchObject(refused);
  await expect(change(code(3), { kind: "merge", on: "2025-01-01", value: code(2) })).rejects.toMatchObject(refused);
  await expect(change(code(3), { kind: "regroup", on: "2025-01-01", value: "999999" })).rejects.toMatchObject(refused);
  await expect(change(code(3), { kind: "retype", on: "2025-01-01", value: "小学" })).rejects.toMatchObject(refused);
  await expect(change(code(3), { kind: "rename", on: "2025-02-30", value: "无此日" })).rejects.toMatchObject(refused);
  await expect(change("2150999999", { kind: "close", on: "2025-01-01", value: null })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

it("places a tree down to grades and classes with its history, all or none", async () => {
  const unit = (
    kind: NewUnit["kind"],
    unitCode: string,
    parentCode: string | null,
    more: Partial<NewUnit> = {},
  ): NewUnit => ({
    kind,
    code: unitCode,
    parentCode,
    clusterName: null,
    closedOn: null,
    mergedIntoCode: null,
    versions: [{ from: "2020-09-01", name: unitCode, type: null, groupName: null }],
    ...more,
  });
  const placed = await bench.store.withActor(place.officer, (tx) =>
    placeUnits(tx, [
      unit("school", "2150800001", null, {
        versions: [
          { from: "2010-09-01", name: "旧名", type: "211", groupName: "甲集团" },
          { from: "2022-09-01", name: "新名", type: "211", groupName: "乙集团" },
        ],
        closedOn: "2025-09-01",
        mergedIntoCode: code(3),
      }),
      unit("grade", "2150800001-1", "2150800001"),
      unit("class", "2150800001-1-1", "2150800001-1"),
    ]),
  );
  expect(placed.map((node) => node.kind)).toEqual(["school", "grade", "class"]);
  expect(placed[2]?.parentId).toBe(placed[1]?.id);
  const dossier = await bench.store.withActor(place.officer, (tx) => readSchool(tx, "2150800001"));
  expect(dossier.events.map((event) => event.kind)).toEqual(["opened", "renamed", "regrouped", "merged"]);
  await expect(
    bench.store.withActor(place.officer, (tx) =>
      placeUnits(tx, [unit("school", "2150800002", null), unit("school", code(0), null)]),
    ),
  ).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  await expect(bench.store.withActor(place.officer, (tx) => readSchool(tx, "2150800002"))).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});
