import type { PupilRow } from "@xingfu/domain/base";
import { afterAll, beforeAll, expect, it } from "vitest";
import { query } from "./connection.ts";
import { countPupils, listAudit, loadPupils, pupilPage } from "./index.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";
import { pupilRow, year } from "./testing/rows.ts";

let bench: TestStore;
let place: TestDistrict;
let codes: string[];
beforeAll(async () => {
  bench = await testStore();
});
afterAll(() => bench.close());

const fresh = async (): Promise<void> => {
  place = await bench.makeDistrict();
  codes = place.schools.map((school) => school.code);
};
const code = (index: number): string => codes[index] ?? "";
const roll = (schoolCode: string, count: number): PupilRow[] =>
  Array.from({ length: count }, (_, index) => pupilRow(schoolCode, index));
const load = (chunks: readonly (readonly PupilRow[])[], actor = place.officer) =>
  bench.store.withActor(actor, (tx) => loadPupils(tx, { year, fileName: "学籍.xlsx", rows: chunks }));
const list = (schoolCode: string, actor = place.principal, page = 1) =>
  bench.store.ask(actor, pupilPage({ year, schoolCode, page, size: 20 }));

it("gives a page of one school's pupils to its principal and writes the read to the audit", async () => {
  await fresh();
  expect(await load([roll(code(0), 50), roll(code(1), 30)])).toMatchObject({ pupils: 80, schools: 2 });
  const page = await list(code(0), place.principal, 3);
  expect(page).toMatchObject({ total: 50, page: 3 });
  expect(page.items).toHaveLength(10);
  const one = await list(code(0));
  const expected = roll(code(0), 50);
  for (const pupil of one.items) expect(expected).toContainEqual(pupil);
  const audit = await bench.store.withActor(place.officer, (tx) => listAudit(tx, { action: "pupils.read" }));
  expect(audit.items.map((entry) => [entry.subject, entry.account])).toEqual([
    [`school ${code(0)}`, `principal of ${place.code}`],
    [`school ${code(0)}`, `principal of ${place.code}`],
  ]);
  expect(audit.items[1]?.detail).toMatchObject({ page: 3, pupils: 10 });
});

it("shows names to nobody else, not even to those who load them", async () => {
  for (const actor of [place.officer, place.inspector, place.viewer, place.groupHead, place.clerk]) {
    await expect(list(code(0), actor)).rejects.toMatchObject({ code: "FORBIDDEN" });
  }
  for (const actor of [place.administrator, place.nobody, place.outsider]) {
    await expect(list(code(0), actor)).rejects.toMatchObject({
      code: actor === place.administrator ? "FORBIDDEN" : "NOT_FOUND",
    });
  }
  await expect(list(code(1), place.principal)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

it("takes what is asked for as a value, never as SQL, and writes nothing when it refuses", async () => {
  const entries = () => bench.store.withActor(place.officer, (tx) => listAudit(tx, { action: "pupils.read" }));
  const before = (await entries()).total;
  for (const odd of [`${code(0)}' or '1'='1`, "\\'; drop table app.pupils; --", "$1", "'", "\\"])
    await expect(list(odd)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(list(code(0), place.officer)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect((await entries()).total).toBe(before);
  expect((await list(code(0))).total).toBe(50);
  expect(await list(code(0), place.principal, 99)).toMatchObject({ items: [], total: 50 });
});

it("lets no statement read a name past the audit", async () => {
  for (const table of ["pupils", "enrolments"]) {
    await expect(
      bench.store.withActor(place.principal, (tx) => query(tx, `select * from app.${table} limit 1`)),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
  }
});

it("counts classes without names for all who may read the school", async () => {
  const all = await bench.store.withActor(place.officer, (tx) => countPupils(tx, year));
  expect(all.reduce((sum, row) => sum + row.pupils, 0)).toBe(80);
  expect(all.reduce((sum, row) => sum + row.migrantPupils, 0)).toBe(8);
  const own = await bench.store.withActor(place.clerk, (tx) => countPupils(tx, year));
  expect(new Set(own.map((row) => row.schoolCode))).toEqual(new Set([code(0)]));
  expect(await bench.store.withActor(place.administrator, (tx) => countPupils(tx, year))).toEqual([]);
});

it("replaces the rolls of the schools named and leaves the others", async () => {
  await fresh();
  await load([roll(code(0), 50), roll(code(1), 30)]);
  const renamed = roll(code(0), 10).map((row) => ({ ...row, name: `新${row.name}` }));
  await load([renamed], place.clerk);
  expect((await list(code(0))).items.map((row) => row.name).every((name) => name.startsWith("新"))).toBe(true);
  expect((await list(code(0))).total).toBe(10);
  expect(
    (await bench.store.withActor(place.officer, (tx) => countPupils(tx, year, code(1)))).reduce(
      (sum, row) => sum + row.pupils,
      0,
    ),
  ).toBe(30);
});

it("refuses whole: other schools, unknown schools, a pupil twice or on another school's roll", async () => {
  const before = await list(code(0));
  await expect(load([roll(code(0), 5), roll(code(1), 5)], place.clerk)).rejects.toMatchObject({
    code: "OUT_OF_REACH",
    fields: { schoolCodes: [code(1)] },
  });
  await expect(load([roll("2150999999", 5)])).rejects.toMatchObject({ code: "SCHOOL_UNKNOWN" });
  const doubled = [...roll(code(0), 5), pupilRow(code(0), 3)];
  await expect(load([doubled])).rejects.toMatchObject({
    code: "PUPIL_ELSEWHERE",
    fields: { pupilCodes: [pupilRow(code(0), 3).pupilCode] },
  });
  const taken = { ...pupilRow(code(0), 99), pupilCode: pupilRow(code(1), 1).pupilCode };
  await expect(load([[taken]], place.clerk)).rejects.toMatchObject({
    code: "PUPIL_ELSEWHERE",
    fields: { pupilCodes: [taken.pupilCode] },
  });
  expect(await list(code(0))).toEqual(before);
});

it("keeps what a text may hold as it is", async () => {
  await fresh();
  const odd = pupilRow(code(0), 1, {
    name: "阿\\依\t古丽\n·\\N",
    birthDate: null,
    sex: null,
    isMigrant: null,
    className: "\\.",
  });
  await load([[odd]]);
  expect((await list(code(0))).items).toEqual([odd]);
});
