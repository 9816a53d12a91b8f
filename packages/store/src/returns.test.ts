import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  discardImport,
  listBatches,
  listImportChanges,
  listImportIssues,
  listYears,
  loadDistrictYear,
  loadImport,
  loadRows,
  moveReturns,
  readImport,
  readImportFile,
  readProvenance,
  recordFinding,
  revision,
  saveImport,
  undoBatch,
} from "./index.ts";
import type { Batch, NewImport, RowsToLoad } from "./index.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";
import { classRow, districtRows, schoolRow, staffRow, year } from "./testing/rows.ts";

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
const load = (rows: RowsToLoad["rows"], more: Partial<RowsToLoad> = {}, actor = place.officer): Promise<Batch> =>
  bench.store.withActor(actor, (tx) =>
    loadRows(tx, { year, kind: "import", fileName: "数据.xlsx", isSample: false, replace: "all", ...more, rows }),
  );
const read = (actor = place.officer) => bench.store.withActor(actor, (tx) => loadDistrictYear(tx, year));
const code = (index: number): string => codes[index] ?? "";

describe("loading", () => {
  it("gives back exactly what was loaded, in the order of the file", async () => {
    await fresh();
    expect(await read()).toBeNull();
    const rows = districtRows(codes.toReversed());
    const batch = await load(rows);
    expect(batch).toMatchObject({ kind: "import", fileName: "数据.xlsx", schoolCount: 4, canUndo: true, undone: null });
    expect(await read()).toEqual({
      districtCode: place.code,
      districtName: `示例区${place.code}`,
      schoolYear: year,
      isSample: false,
      ...rows,
    });
  });

  it("moves the revision once per load and leaves it when nothing is loaded", async () => {
    const before = await bench.store.withActor(place.officer, (tx) => revision(tx, year));
    await load({ finance: [] });
    const after = await bench.store.withActor(place.officer, (tx) => revision(tx, year));
    expect(after.revision).toBe(before.revision + 1);
    expect(after.reported?.name).toBe(`officer of ${place.code}`);
    expect((await read())?.finance).toEqual([]);
  });

  it("keeps the batch of every school and section that did not change", async () => {
    await fresh();
    const rows = districtRows(codes);
    const first = await load(rows);
    const second = await load({
      ...rows,
      classes: rows.classes.map((row) => (row.schoolCode === code(1) ? { ...row, pupils: 55 } : row)),
    });
    expect(second).toMatchObject({ sections: ["classes"], schoolCount: 1, rowCount: 2 });
    const from = await bench.store.withActor(place.officer, (tx) => readProvenance(tx, year, { schoolCode: code(1) }));
    expect(new Set(from.filter((entry) => entry.batchId === second.id).map((entry) => entry.section))).toEqual(
      new Set(["classes"]),
    );
    expect(from.filter((entry) => entry.batchId === first.id)).toHaveLength(6);
    expect((await read())?.classes.map((row) => row.pupils)).toEqual([41, 42, 55, 55, 41, 42, 41, 42]);
  });

  it("removes the rows of absent schools when all are replaced, and only then", async () => {
    await fresh();
    const rows = districtRows(codes);
    await load(rows);
    const some = districtRows(codes.slice(0, 2));
    await load(some, { replace: "listed" });
    expect((await read())?.schools).toHaveLength(4);
    await load(some, { replace: "all" });
    expect((await read())?.schools.map((row) => row.schoolCode)).toEqual(codes.slice(0, 2));
  });

  it("enters schools the district does not have yet, with their group and campus, for an officer", async () => {
    await fresh();
    const unknown = "2150999901";
    await load({
      schools: [
        schoolRow(unknown, { groupName: "新集团" }),
        schoolRow("2150999902", { isCounted: false, parentCode: unknown }),
      ],
    });
    expect((await read())?.schools.map((row) => row.groupName)).toEqual(["新集团", "甲集团"]);
    await expect(load({ classes: [classRow("2150999999", 1)] })).rejects.toMatchObject({
      code: "SCHOOL_UNKNOWN",
      fields: { schoolCodes: ["2150999999"] },
    });
  });

  it("lets a school's user load its own school and campus only", async () => {
    await fresh();
    await load(districtRows(codes));
    const own = {
      schools: [
        schoolRow(code(0), { primaryPupils: 501 }),
        schoolRow(place.campus.code, { isCounted: false, parentCode: code(0) }),
      ],
    };
    await load(own, { replace: "listed" }, place.clerk);
    expect((await read())?.schools.map((row) => row.primaryPupils)).toEqual([501, 500, 500, 500, 500]);
    await expect(load({ schools: [schoolRow(code(0)), schoolRow(code(1))] }, {}, place.clerk)).rejects.toMatchObject({
      code: "OUT_OF_REACH",
      fields: { schoolCodes: [code(1)] },
    });
    await expect(
      load({ districtFigures: [{ figure: "graduates", value: 1, note: null }] }, {}, place.clerk),
    ).rejects.toMatchObject({
      code: "OUT_OF_REACH",
      fields: { sections: ["districtFigures"] },
    });
    // a clerk's "all" reaches no further than the school
    await load({ classes: [classRow(code(0), 9)] }, { replace: "all" }, place.clerk);
    expect((await read())?.classes.filter((row) => row.schoolCode !== code(0))).toHaveLength(6);
  });

  it("writes nothing when one row cannot be stored", async () => {
    await fresh();
    const rows = districtRows(codes);
    const bad = { ...schoolRow(code(3)), commitmentDate: "31.08.2027 at noon" };
    await expect(load({ ...rows, schools: [...rows.schools.slice(0, 3), bad] })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
    await expect(load({ ...rows, schools: [{ ...schoolRow(code(0)), name: "a\u0000b" }] })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
    expect(await read()).toBeNull();
    expect((await bench.store.withActor(place.officer, (tx) => listBatches(tx, year, {}))).total).toBe(0);
  });

  it("takes names that look like SQL or HTML as they are", async () => {
    await fresh();
    const name = `Robert'); drop table app.return_staff; -- <script>alert(1)</script> \\ "x"`;
    await load({ schools: [schoolRow(code(0), { name })], staff: [{ ...staffRow(code(0), 1), name }] });
    const found = await read();
    expect([found?.schools[0]?.name, found?.staff[0]?.name]).toEqual([name, name]);
  });
});

describe("undo", () => {
  it("points back to what was current before, also after several loads", async () => {
    await fresh();
    const rows = districtRows(codes);
    const first = await load(rows);
    const before = await read();
    const second = await load({ ...rows, staff: [], schools: rows.schools.slice(1) });
    const undone = await bench.store.withActor(place.officer, (tx) => undoBatch(tx, second.id));
    expect(undone).toMatchObject({ canUndo: false, undone: { name: `officer of ${place.code}` } });
    expect(await read()).toEqual(before);
    await bench.store.withActor(place.officer, (tx) => undoBatch(tx, first.id));
    expect(await read()).toBeNull();
  });

  it("refuses with the later batch named, and a second time", async () => {
    await fresh();
    const rows = districtRows(codes);
    const first = await load(rows);
    const second = await load({ ...rows, staff: [] });
    const undo = (id: number) => bench.store.withActor(place.officer, (tx) => undoBatch(tx, id));
    await expect(undo(first.id)).rejects.toMatchObject({
      code: "UNDO_REFUSED",
      fields: { reason: "superseded", laterBatchId: second.id },
    });
    await undo(second.id);
    await expect(undo(second.id)).rejects.toMatchObject({ code: "UNDO_REFUSED", fields: { reason: "undone" } });
  });

  it("is not for a school's user when the batch was the commission's, nor for an inspector", async () => {
    await fresh();
    const batch = await load(districtRows(codes));
    for (const actor of [place.clerk, place.inspector, place.viewer]) {
      await expect(bench.store.withActor(actor, (tx) => undoBatch(tx, batch.id))).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
    }
    await expect(bench.store.withActor(place.outsider, (tx) => undoBatch(tx, batch.id))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const own = await load({ classes: [classRow(code(0), 3)] }, { replace: "listed" }, place.clerk);
    expect(own.canUndo).toBe(true);
    await bench.store.withActor(place.clerk, (tx) => undoBatch(tx, own.id));
    expect((await read())?.classes).toHaveLength(8);
  });

  it("brings a finding back", async () => {
    await fresh();
    await load(districtRows(codes));
    const finding = {
      item: "G10",
      isMet: false,
      finding: "有缺口",
      evidence: null,
      reviewer: "督学乙",
      reviewedOn: "2026-05-02",
    };
    const { batchId } = await bench.store.withActor(place.inspector, (tx) => recordFinding(tx, year, finding));
    await bench.store.withActor(place.inspector, (tx) => recordFinding(tx, year, { ...finding, item: "G2" }));
    expect((await read())?.findings.map((row) => row.item)).toEqual(["G1", "G2", "G10"]);
    await expect(bench.store.withActor(place.inspector, (tx) => undoBatch(tx, batchId))).rejects.toMatchObject({
      code: "UNDO_REFUSED",
    });
  });
});

describe("states", () => {
  const move = (
    to: "submitted" | "verified" | "locked" | "returned",
    schoolCodes: readonly string[],
    actor = place.officer,
  ) => bench.store.withActor(actor, (tx) => moveReturns(tx, year, { schoolCodes, to, note: "" }));

  it("refuses rows for schools that are not open, and names them", async () => {
    await fresh();
    const rows = districtRows(codes);
    await load(rows);
    await move("submitted", [code(0), code(2)]);
    const changed = { ...rows, schools: rows.schools.map((row) => ({ ...row, primaryPupils: 600 })) };
    await expect(load(changed)).rejects.toMatchObject({
      code: "RETURN_CLOSED",
      fields: {
        schoolCode: code(0),
        schools: [
          { schoolCode: code(0), state: "submitted" },
          { schoolCode: code(2), state: "submitted" },
        ],
      },
    });
    // the same rows change nothing and pass
    expect(await load(rows)).toMatchObject({ rowCount: 0 });
    await move("returned", [code(0), code(2)]);
    await load(changed);
    expect((await read())?.schools[0]?.primaryPupils).toBe(600);
  });

  it("refuses everything in a year that is locked as a whole", async () => {
    await fresh();
    const rows = districtRows(codes);
    const batch = await load(rows);
    for (const to of ["submitted", "verified", "locked"] as const) await move(to, codes);
    expect(await bench.store.withActor(place.officer, (tx) => listYears(tx))).toMatchObject([
      { year, hasData: true, isLocked: true },
    ]);
    await expect(load({ staff: [] })).rejects.toMatchObject({ code: "YEAR_LOCKED", fields: { schoolYear: 2025 } });
    await expect(load({ districtFigures: [] })).rejects.toMatchObject({ code: "YEAR_LOCKED" });
    await expect(bench.store.withActor(place.officer, (tx) => undoBatch(tx, batch.id))).rejects.toMatchObject({
      code: "YEAR_LOCKED",
    });
    const finding = { item: "G2", isMet: true, finding: null, evidence: null, reviewer: null, reviewedOn: null };
    await expect(
      bench.store.withActor(place.inspector, (tx) => recordFinding(tx, year, finding)),
    ).rejects.toMatchObject({ code: "YEAR_LOCKED" });
    expect(await read()).toMatchObject(rows);
  });
});

describe("imports", () => {
  const file = (rows: RowsToLoad["rows"], more: Partial<NewImport> = {}): NewImport => ({
    year,
    fileName: "填报.xlsx",
    bytes: new TextEncoder().encode("PK file"),
    presentSections: ["schools", "classes"],
    replace: "all",
    issues: [],
    errorCount: 0,
    warningCount: 0,
    changes: [],
    changeCounts: [],
    schoolCodes: [],
    baseRevision: 0,
    rows: {
      districtCode: place.code,
      districtName: "",
      schoolYear: year,
      isSample: false,
      schools: [],
      classes: [],
      classBands: [],
      staff: [],
      staffCounts: [],
      premises: [],
      finance: [],
      districtFigures: [],
      monitoring: [],
      findings: [],
      satisfaction: [],
      vetoes: [],
      ...rows,
    },
    ...more,
  });
  const save = (input: NewImport, actor = place.officer) => bench.store.withActor(actor, (tx) => saveImport(tx, input));
  const loadSaved = (id: number, actor = place.officer) => bench.store.withActor(actor, (tx) => loadImport(tx, id));

  it("keeps the file with its problems and its preview, and loads nothing before one says so", async () => {
    await fresh();
    const issue = (number: number, severity: "error" | "warning") => ({
      sheet: "班级",
      section: "classes" as const,
      row: number,
      column: "F",
      header: "人数",
      code: "NEGATIVE",
      severity,
      value: "-1",
      expected: "≥ 0",
      message: "人数不能为负",
    });
    const record = await save(
      file(districtRows(codes), {
        issues: [issue(3, "warning"), issue(4, "error"), issue(5, "error")],
        errorCount: 2,
        warningCount: 1,
        changes: [
          {
            section: "classes",
            kind: "added",
            schoolCode: code(0),
            key: "1班",
            column: null,
            before: null,
            after: null,
          },
        ],
        changeCounts: [{ section: "classes", added: 1, removed: 0, changed: 0 }],
        schoolCodes: [code(0)],
      }),
    );
    expect(record).toMatchObject({
      state: "checked",
      errorCount: 2,
      counts: { schools: 4, classes: 8 },
      areIssuesCut: false,
      bytes: 7,
      schoolCodes: [code(0)],
    });
    expect(await read()).toBeNull();
    const issues = await bench.store.withActor(place.officer, (tx) => listImportIssues(tx, record.id, { size: 2 }));
    expect(issues).toMatchObject({ total: 3, items: [{ row: 4 }, { row: 5 }] });
    expect(
      (await bench.store.withActor(place.officer, (tx) => listImportChanges(tx, record.id, {}))).items,
    ).toHaveLength(1);
    expect((await bench.store.withActor(place.officer, (tx) => readImportFile(tx, record.id))).issues).toHaveLength(3);
    await expect(loadSaved(record.id)).rejects.toMatchObject({ code: "IMPORT_HAS_ERRORS", fields: { errorCount: 2 } });
    await expect(bench.store.withActor(place.clerk, (tx) => readImport(tx, record.id))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await bench.store.withActor(place.officer, (tx) => discardImport(tx, record.id));
    await expect(bench.store.withActor(place.officer, (tx) => readImportFile(tx, record.id))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(loadSaved(record.id)).rejects.toMatchObject({ code: "IMPORT_CLOSED", fields: { state: "discarded" } });
  });

  it("loads only the sections the file has, once, and shows when it was undone", async () => {
    await fresh();
    const rows = districtRows(codes);
    await load({ staff: rows.staff });
    const { revision: baseRevision } = await bench.store.withActor(place.officer, (tx) => revision(tx, year));
    const { id } = await save(file(rows, { baseRevision }));
    const batch = await loadSaved(id);
    expect(await read()).toMatchObject({
      schools: rows.schools,
      classes: rows.classes,
      staff: rows.staff,
      premises: [],
    });
    await expect(loadSaved(id)).rejects.toMatchObject({ code: "IMPORT_CLOSED", fields: { state: "loaded" } });
    await bench.store.withActor(place.officer, (tx) => undoBatch(tx, batch.id));
    expect(await bench.store.withActor(place.officer, (tx) => readImport(tx, id))).toMatchObject({
      state: "undone",
      batchId: batch.id,
    });
  });

  it("refuses a file when somebody changed the same rows after it was checked, and says who", async () => {
    await fresh();
    const rows = districtRows(codes);
    await load(rows);
    const { revision: baseRevision } = await bench.store.withActor(place.officer, (tx) => revision(tx, year));
    const changed = (pupils: number) => ({
      ...rows,
      schools: rows.schools.map((row) => (row.schoolCode === code(0) ? { ...row, primaryPupils: pupils } : row)),
    });
    const { id } = await save(file(changed(700), { baseRevision }));
    await load({ schools: [schoolRow(code(0), { primaryPupils: 510 })] }, { replace: "listed" }, place.clerk);
    await expect(loadSaved(id)).rejects.toMatchObject({
      code: "IMPORT_STALE",
      fields: { importId: id, by: `clerk of ${place.code}` },
    });
    expect((await read())?.schools[0]?.primaryPupils).toBe(510);
  });

  it("does not mind changes elsewhere", async () => {
    await fresh();
    const rows = districtRows(codes);
    await load(rows);
    const { revision: baseRevision } = await bench.store.withActor(place.officer, (tx) => revision(tx, year));
    const { id } = await save(
      file({ classes: [classRow(code(0), 7)] }, { baseRevision, presentSections: ["classes"], replace: "listed" }),
      place.clerk,
    );
    await load({ classes: [classRow(code(2), 8)] }, { replace: "listed" });
    await loadSaved(id, place.clerk);
    expect((await read())?.classes.map((row) => row.className)).toEqual(["7班", "1班", "2班", "8班", "1班", "2班"]);
  });

  it("lets one of two loads at once win, whole", async () => {
    await fresh();
    const variant = (pupils: number) =>
      file({ ...districtRows(codes), schools: codes.map((own) => schoolRow(own, { primaryPupils: pupils })) });
    const [a, b] = [await save(variant(1)), await save(variant(2))];
    const results = await Promise.allSettled([loadSaved(a.id), loadSaved(b.id)]);
    expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((result) => result.status === "rejected")).toMatchObject({ reason: { code: "IMPORT_STALE" } });
    expect(new Set((await read())?.schools.map((row) => row.primaryPupils)).size).toBe(1);
  });
});
