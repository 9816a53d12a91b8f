import type { PupilRow } from "@xingfu/domain/base";
import { writePupils } from "@xingfu/exchange";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openHarness, year } from "../testing/harness.ts";
import type { Harness, Person } from "../testing/harness.ts";

let harness: Harness;
let officer: Person;
let principal: Person;
let codes: string[];
const params = { year };

beforeAll(async () => {
  harness = await openHarness();
  codes = harness.district.schools.map((school) => school.code);
  officer = await harness.as(harness.district.officer);
  principal = await harness.as(harness.district.principal);
});
afterAll(() => harness.close());

let serial = 0;
const pupil = (schoolCode: string | undefined, change: Partial<PupilRow> = {}): PupilRow => ({
  schoolCode: schoolCode ?? "",
  pupilCode: `G500112201905${String((serial += 1)).padStart(6, "0")}`,
  name: `学生${serial}`,
  sex: "female",
  birthDate: "2018-03-01",
  stage: "primary",
  grade: 1,
  className: "1班",
  isMigrant: false,
  ...change,
});

async function roll(rows: readonly PupilRow[]) {
  const chunks: Uint8Array[] = [];
  const district = { code: harness.district.code, name: harness.district.name };
  for await (const chunk of writePupils({ schoolYear: year, district, rows, isSample: false })) chunks.push(chunk);
  return { blob: new Blob([new Uint8Array(Buffer.concat(chunks))]), fileName: "名册.xlsx" };
}

/** Sends a roll in and waits until it is no longer running. */
async function bringIn(person: Person, rows: readonly PupilRow[]) {
  const { id, state } = await person.client.importPupils({ params, file: await roll(rows) });
  expect(state).toBe("running");
  return vi.waitFor(
    async () => {
      const progress = await person.client.readPupilImport({ params: { id } });
      expect(progress.state).not.toBe("running");
      return progress;
    },
    { timeout: 30_000, interval: 50 },
  );
}

const count = async (code: string | undefined) =>
  (await officer.client.countPupils({ params, query: { school: code ?? "" } })).classes.reduce(
    (sum, one) => sum + one.pupils,
    0,
  );

describe("a roll", () => {
  it("is read in, and replaces the school's roll", async () => {
    const first = await bringIn(officer, [pupil(codes[0]), pupil(codes[0]), pupil(codes[1])]);
    expect(first).toMatchObject({ state: "loaded", rowsRead: 3, errorCount: 0, refusal: null });
    expect([await count(codes[0]), await count(codes[1])]).toEqual([2, 1]);
    await bringIn(officer, [pupil(codes[0])]);
    expect([await count(codes[0]), await count(codes[1])]).toEqual([1, 1]);
  });

  it("with errors is refused whole and says where they are", async () => {
    const before = await count(codes[0]);
    const progress = await bringIn(officer, [pupil(codes[0]), pupil(codes[0], { pupilCode: "坏" }), pupil(codes[0])]);
    expect(progress).toMatchObject({ state: "refused", batchId: null });
    expect(progress.errorCount).toBeGreaterThan(0);
    expect(progress.issues[0]).toMatchObject({ severity: "error", row: expect.any(Number) });
    expect(await count(codes[0])).toBe(before);
  });

  it("of an unknown school is refused whole", async () => {
    const progress = await bringIn(officer, [pupil(codes[0]), pupil("2150999999")]);
    expect(progress).toMatchObject({ state: "refused", refusal: { code: "SCHOOL_UNKNOWN" } });
    expect(progress.refusal?.fields).toEqual({ schoolCodes: ["2150999999"] });
  });

  it("of a principal holds the own school", async () => {
    const before = await count(codes[1]);
    const progress = await bringIn(principal, [pupil(codes[0]), pupil(codes[1])]);
    expect(progress.state).toBe("refused");
    expect(await count(codes[1])).toBe(before);
    expect(await bringIn(principal, [pupil(codes[0])])).toMatchObject({ state: "loaded" });
  });

  it("is nobody else's business", async () => {
    const { id } = await bringIn(officer, [pupil(codes[0])]);
    const outsider = await harness.as(harness.district.outsider);
    for (const person of [principal, outsider]) {
      await expect(person.client.readPupilImport({ params: { id } })).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  it("that is no workbook is refused", async () => {
    const { id } = await officer.client.importPupils({
      params,
      file: { blob: new Blob(["hello"]), fileName: "名册.xlsx" },
    });
    await vi.waitFor(
      async () => {
        expect(await officer.client.readPupilImport({ params: { id } })).toMatchObject({ state: "refused" });
      },
      { timeout: 30_000 },
    );
  });
});

describe("names on a roll", () => {
  it("are read by the school's principal, and each read is written down", async () => {
    await bringIn(principal, [pupil(codes[0], { name: "<b>王小明</b>" }), pupil(codes[0])]);
    const page = await principal.client.listPupils({ params, query: { school: codes[0] ?? "", size: 1 } });
    expect(page).toMatchObject({ total: 2, items: [{ schoolCode: codes[0] }] });
    const { items } = await officer.client.listAudit({ query: { action: "pupils.read" } });
    expect(items[0]).toMatchObject({
      accountId: harness.district.principal.accountId,
      subject: expect.stringContaining(codes[0] ?? ""),
    });
    expect(JSON.stringify(items)).not.toContain("王小明");
  });

  it("of another school are not to be had", async () => {
    const asked = principal.client.listPupils({ params, query: { school: codes[1] ?? "" } });
    const outcome = await asked.then(
      (page) => page.total,
      (error: { code: string }) => error.code,
    );
    expect([0, "NOT_FOUND", "FORBIDDEN"]).toContain(outcome);
  });
});
