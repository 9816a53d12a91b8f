import { readWorkbook, writeWorkbook } from "@xingfu/exchange";
import { loadDistrictYear } from "@xingfu/store";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asDistrictYear, openHarness, primarySchool, together, year } from "../testing/harness.ts";
import type { Harness, Person, Rows } from "../testing/harness.ts";

let harness: Harness;
let officer: Person;
let clerk: Person;
let principal: Person;
let codes: string[];
const params = { year };

beforeAll(async () => {
  harness = await openHarness();
  codes = harness.district.schools.map((school) => school.code);
});
afterAll(() => harness.close());
beforeEach(async () => {
  officer = await harness.as(harness.district.officer);
  clerk = await harness.as(harness.district.clerk);
  principal = await harness.as(harness.district.principal);
});

const own = (change: Parameters<typeof primarySchool>[2] = {}): Rows =>
  primarySchool(codes[0] ?? "", "第一小学", change);
const other = (change: Parameters<typeof primarySchool>[2] = {}): Rows =>
  primarySchool(codes[1] ?? "", "第二小学", change);

async function workbook(rows: Rows, fileName = "填报表.xlsx") {
  const bytes = await writeWorkbook({
    schoolYear: year,
    rows: asDistrictYear(harness.district, rows),
    sections: Object.keys(rows) as never,
  });
  return { blob: new Blob([new Uint8Array(bytes)]), fileName };
}

const stored = () => harness.store.withActor(harness.district.officer, (tx) => loadDistrictYear(tx, year));

/** Area of a school as it is reported now. */
async function areaOf(code: string | undefined): Promise<number | null | undefined> {
  return (await stored())?.premises.find((row) => row.schoolCode === code)?.teachingFloorAreaM2;
}

describe("an import", () => {
  it("is checked without being loaded, then loaded, then undone", async () => {
    const file = await workbook(together(own(), other()));
    const checked = await officer.client.checkImport({ params, file });
    expect(checked).toMatchObject({ state: "checked", errorCount: 0, fileName: "填报表.xlsx", batchId: null });
    expect(checked.changes.find((one) => one.section === "schools")).toMatchObject({
      added: 2,
      removed: 0,
      changed: 0,
    });
    expect(await areaOf(codes[0])).toBeUndefined();

    const batch = await officer.client.loadImport({ params: { id: checked.id } });
    expect(batch).toMatchObject({ kind: "import", fileName: "填报表.xlsx", canUndo: true, undone: null });
    expect(await areaOf(codes[0])).toBe(2400);

    const undone = await officer.client.undoBatch({ params: { id: batch.id } });
    expect(undone.undone?.accountId).toBe(harness.district.officer.accountId);
    expect(await areaOf(codes[0])).toBeUndefined();
    await expect(officer.client.undoBatch({ params: { id: batch.id } })).rejects.toMatchObject({
      code: "UNDO_REFUSED",
    });
    await expect(officer.client.loadImport({ params: { id: checked.id } })).rejects.toMatchObject({
      code: "IMPORT_CLOSED",
    });
  });

  it("previews each difference", async () => {
    await harness.report(own());
    const file = await workbook(own({ teachingFloorAreaM2: 2500 }));
    const { id, changes } = await officer.client.checkImport({ params, file });
    expect(changes.find((one) => one.section === "premises")).toMatchObject({ added: 0, removed: 0, changed: 1 });
    const { items, total } = await officer.client.listImportChanges({ params: { id }, query: { section: "premises" } });
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({ schoolCode: codes[0], column: "teachingFloorAreaM2", before: 2400, after: 2500 });
    await officer.client.discardImport({ params: { id } });
    await expect(officer.client.loadImport({ params: { id } })).rejects.toMatchObject({ code: "IMPORT_CLOSED" });
    expect(await areaOf(codes[0])).toBe(2400);
  });

  it("with errors lists them all, gives a marked copy and loads nothing", async () => {
    const rows = own();
    const file = await workbook({ ...rows, schools: [...(rows.schools ?? []), ...(rows.schools ?? [])] });
    const checked = await officer.client.checkImport({ params, file });
    expect(checked.errorCount).toBeGreaterThan(0);
    const issues = await officer.client.listImportIssues({ params: { id: checked.id }, query: { severity: "error" } });
    expect(issues.items[0]).toMatchObject({
      section: "schools",
      code: "DUPLICATE_ROW",
      message: expect.stringMatching(/\S/),
    });
    await expect(officer.client.loadImport({ params: { id: checked.id } })).rejects.toMatchObject({
      code: "IMPORT_HAS_ERRORS",
      fields: { errorCount: checked.errorCount },
    });
    const marked = await officer.client.downloadMarked({ params: { id: checked.id } });
    expect(marked.fileName).toBe("填报表（已标注问题）.xlsx");
    const again = await readWorkbook(new Uint8Array(await marked.blob.arrayBuffer()), { fileName: marked.fileName });
    expect(again.totals.errors).toBeGreaterThan(0);
  });

  it("of a CSV names its section", async () => {
    const file = { blob: new Blob(["学校标识码\n1"]), fileName: "经费.csv" };
    await expect(officer.client.checkImport({ params, file })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    const checked = await officer.client.checkImport({ params, file, query: { section: "finance" } });
    expect(checked.errorCount).toBeGreaterThan(0);
    await expect(officer.client.downloadMarked({ params: { id: checked.id } })).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
    });
  });

  it.each([
    ["not a zip", "不是压缩包.xlsx"],
    ["PK\u0003\u0004broken", "坏了.xlsx"],
  ])("of %j is an issue of the file, not a failure", async (content, fileName) => {
    const checked = await officer.client.checkImport({ params, file: { blob: new Blob([content]), fileName } });
    expect(checked).toMatchObject({ state: "checked", counts: {} });
    expect(checked.errorCount).toBeGreaterThan(0);
  });

  it("of a clerk holds the own school; rows of another are errors and change nothing", async () => {
    await harness.report(together(own(), other()));
    const foreign = await clerk.client.checkImport({
      params,
      file: await workbook(together(own(), other({ teachingFloorAreaM2: 9 }))),
    });
    expect(foreign.errorCount).toBeGreaterThan(0);
    const { items } = await clerk.client.listImportIssues({ params: { id: foreign.id }, query: { severity: "error" } });
    expect(new Set(items.map((issue) => issue.code))).toEqual(new Set(["OTHER_SCHOOL"]));
    await expect(clerk.client.loadImport({ params: { id: foreign.id } })).rejects.toMatchObject({
      code: "IMPORT_HAS_ERRORS",
    });

    const mine = await clerk.client.checkImport({ params, file: await workbook(own({ teachingFloorAreaM2: 2600 })) });
    expect(mine.errorCount).toBe(0);
    await clerk.client.loadImport({ params: { id: mine.id } });
    expect([await areaOf(codes[0]), await areaOf(codes[1])]).toEqual([2600, 2400]);
  });

  it("is not seen by another school's people", async () => {
    const checked = await officer.client.checkImport({ params, file: await workbook(other()) });
    const { client } = clerk;
    for (const call of [client.readImport, client.loadImport, client.downloadMarked]) {
      await expect(call({ params: { id: checked.id } })).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  it("checked before another one was loaded is not loaded over it", async () => {
    await harness.report(own());
    const [first, second] = [
      await officer.client.checkImport({ params, file: await workbook(own({ teachingFloorAreaM2: 2700 })) }),
      await clerk.client.checkImport({ params, file: await workbook(own({ teachingFloorAreaM2: 2800 })) }),
    ];
    await officer.client.loadImport({ params: { id: first.id } });
    await expect(clerk.client.loadImport({ params: { id: second.id } })).rejects.toMatchObject({
      code: "IMPORT_STALE",
    });
    expect(await areaOf(codes[0])).toBe(2700);
  });

  it("pressed twice at once is loaded once", async () => {
    await harness.report(own());
    const { id } = await officer.client.checkImport({
      params,
      file: await workbook(own({ teachingFloorAreaM2: 2900 })),
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => officer.client.loadImport({ params: { id } })));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected")
        expect(["IMPORT_CLOSED", "IMPORT_STALE", "BUSY"]).toContain(outcome.reason.code);
    }
  });

  it("stands in the list of batches with who and when", async () => {
    const batch = await harness.report(own({ teachingFloorAreaM2: 3100 }));
    const { items } = await officer.client.listBatches({ params });
    expect(items[0]).toMatchObject({
      id: batch.id,
      fileName: "测试.xlsx",
      by: { accountId: harness.district.officer.accountId },
    });
  });
});

describe("a file with 20,000 faulty rows", () => {
  it("is checked while others are answered, and its list of issues can be used", async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `${codes[0]},坏经费${index},-1,１２人,x`);
    const content = ["学校标识码,公用经费预算,公用经费支出,培训经费预算,培训经费支出", ...lines].join("\n");
    const order: string[] = [];
    const checking = officer.client
      .checkImport({ params, file: { blob: new Blob([content]), fileName: "经费.csv" }, query: { section: "finance" } })
      .finally(() => order.push("checked"));
    await officer.client.readHealth().then(() => order.push("answered"));
    const checked = await checking;
    expect(order).toEqual(["answered", "checked"]);
    expect(checked.errorCount).toBeGreaterThanOrEqual(20_000);
    expect(checked.areIssuesCut).toBe(true);
    const page = await officer.client.listImportIssues({ params: { id: checked.id }, query: { page: 3, size: 100 } });
    expect(page.items).toHaveLength(100);
    expect(page.total).toBeGreaterThan(1000);
    expect((await stored())?.finance.every((row) => row.publicFundsBudgetYuan !== -1)).toBe(true);
    await expect(officer.client.loadImport({ params: { id: checked.id } })).rejects.toMatchObject({
      code: "IMPORT_HAS_ERRORS",
    });
  });
});

describe("the template", () => {
  it("is empty, or filled with what is reported", async () => {
    await harness.report(together(own(), other()));
    const empty = await officer.client.downloadTemplate({ params });
    const filled = await officer.client.downloadTemplate({ params, query: { filled: true } });
    const read = async (file: typeof empty) =>
      readWorkbook(new Uint8Array(await file.blob.arrayBuffer()), { fileName: file.fileName });
    expect((await read(empty)).counts.schools).toBe(0);
    expect((await read(filled)).districtYear?.schools.map((row) => row.schoolCode)).toEqual(codes.slice(0, 2));
  });

  it("of a clerk holds the own school only", async () => {
    const file = await clerk.client.downloadTemplate({ params, query: { filled: true } });
    const { districtYear } = await readWorkbook(new Uint8Array(await file.blob.arrayBuffer()), {
      fileName: file.fileName,
    });
    expect(districtYear?.schools.map((row) => row.schoolCode)).toEqual([codes[0]]);
    expect(districtYear?.districtFigures).toEqual([]);
  });
});

describe("a cell changed by hand", () => {
  const code = () => codes[0] ?? "";
  const at = () => ({ params: { year, code: code() } });
  const equipment = (text: string, seen = "1000000") =>
    ({ section: "premises", rowKey: `${code()}|`, column: "equipmentYuan", text, seen }) as const;
  const value = async () => (await stored())?.premises.find((row) => row.schoolCode === codes[0])?.equipmentYuan;

  it("is loaded as a batch of its own, which can be undone", async () => {
    await harness.report(together(own(), other()));
    const { batch, issues } = await clerk.client.editReturn({ ...at(), body: { cells: [equipment("1,200,000")] } });
    expect(issues.filter((issue) => issue.severity === "error")).toEqual([]);
    expect(batch).toMatchObject({ kind: "edit", sections: ["premises"], schoolCount: 1, canUndo: true });
    expect(await value()).toBe(1_200_000);
    expect(await areaOf(codes[1])).toBe(2400);
    expect(await clerk.client.editReturn({ ...at(), body: { cells: [equipment("1200000", "1200000")] } })).toEqual({
      batch: null,
      issues: [],
    });
    await clerk.client.undoBatch({ params: { id: batch?.id ?? 0 } });
    expect(await value()).toBe(1_000_000);
  });

  it("that cannot be read, or contradicts another table, changes nothing and says why", async () => {
    await harness.report(own());
    const pupils = { section: "schools", rowKey: code(), column: "primaryPupils", seen: "400" } as const;
    for (const [cells, expected] of [
      [[equipment("很多")], "NOT_A_NUMBER"],
      [[equipment("1300000"), { ...pupils, text: "401" }], "PUPIL_SUM"],
    ] as const) {
      const { batch, issues } = await clerk.client.editReturn({ ...at(), body: { cells: [...cells] } });
      expect(batch).toBeNull();
      expect(issues.map((issue) => issue.code)).toContain(expected);
    }
    expect(await value()).toBe(1_000_000);
    const together = [
      { ...pupils, text: "401" },
      { section: "classes", rowKey: `${code()}|primary|1|1班`, column: "pupils", text: "41", seen: "40" },
    ] as const;
    const { batch } = await clerk.client.editReturn({ ...at(), body: { cells: [...together] } });
    expect(batch?.sections).toEqual(["schools", "classes"]);
    await clerk.client.undoBatch({ params: { id: batch?.id ?? 0 } });
  });

  it("is the own school's only, and of a row that is there", async () => {
    await harness.report(together(own(), other()));
    const foreign = {
      section: "premises",
      rowKey: `${codes[1]}|`,
      column: "equipmentYuan",
      text: "1",
      seen: "1000000",
    } as const;
    const body = { cells: [foreign] };
    await expect(clerk.client.editReturn({ params: { year, code: codes[1] ?? "" }, body })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(clerk.client.editReturn({ ...at(), body })).rejects.toMatchObject({ code: "CHANGED_MEANWHILE" });
    await expect(
      clerk.client.editReturn({ ...at(), body: { cells: [{ ...foreign, section: "vetoes" as never }] } }),
    ).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });

  it("never overwrites what somebody else put there since it was seen", async () => {
    await harness.report(own());
    await officer.client.editReturn({ ...at(), body: { cells: [equipment("1400000")] } });
    const late = clerk.client.editReturn({ ...at(), body: { cells: [equipment("1500000")] } });
    await expect(late).rejects.toMatchObject({ code: "CHANGED_MEANWHILE", fields: { by: expect.any(String) } });
    expect(await value()).toBe(1_400_000);
    const { batch } = await clerk.client.editReturn({ ...at(), body: { cells: [equipment("1500000", "1400000")] } });
    expect(batch).not.toBeNull();
    expect(await value()).toBe(1_500_000);
  });

  it("loses to a load of the same rows that came first", async () => {
    await harness.report(own());
    const results = await Promise.allSettled([
      clerk.client.editReturn({ ...at(), body: { cells: [equipment("1400000")] } }),
      officer.client.editReturn({ ...at(), body: { cells: [equipment("1500000")] } }),
    ]);
    const won = results.filter((result) => result.status === "fulfilled");
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "CHANGED_MEANWHILE" });
    }
    expect(won.length).toBeGreaterThan(0);
    expect([1_400_000, 1_500_000]).toContain(await value());
  });
});

describe("a return", () => {
  const move = (person: Person, to: "submitted" | "returned" | "verified" | "locked", code = codes[0] ?? "") =>
    person.client.moveReturn({ params: { year, code }, body: { to, note: "" } });

  it("goes from draft to locked and back, each by whom it concerns", async () => {
    await harness.report(own());
    expect(await move(principal, "submitted")).toMatchObject({ state: "submitted" });
    await expect(move(principal, "verified")).rejects.toMatchObject({ code: "FORBIDDEN" });

    const file = await workbook(own({ teachingFloorAreaM2: 2300 }));
    await expect(clerk.client.checkImport({ params, file })).rejects.toMatchObject({ code: "RETURN_CLOSED" });
    const cell = {
      section: "premises",
      rowKey: `${codes[0]}|`,
      column: "equipmentYuan",
      text: "5",
      seen: "1000000",
    } as const;
    await expect(
      clerk.client.editReturn({ params: { year, code: codes[0] ?? "" }, body: { cells: [cell] } }),
    ).rejects.toMatchObject({ code: "RETURN_CLOSED" });

    await officer.client.moveReturn({
      params: { year, code: codes[0] ?? "" },
      body: {
        to: "returned",
        note: "请核对面积",
        comments: [
          { section: "premises", rowKey: codes[0] ?? "", column: "teachingFloorAreaM2", text: "<i>与上年相差很大</i>" },
        ],
      },
    });
    const detail = await clerk.client.readSchoolReturn({ params: { year, code: codes[0] ?? "" } });
    expect(detail.school).toMatchObject({ state: "returned", openComments: 1 });
    expect(detail.comments[0]).toMatchObject({
      column: "teachingFloorAreaM2",
      text: "<i>与上年相差很大</i>",
      isResolved: false,
    });
    expect(detail.moves.map((one) => one.to)).toContain("returned");
    expect(detail.rows?.schools).toHaveLength(1);
    await clerk.client.resolveComment({ params: { id: detail.comments[0]?.id ?? 0 } });

    await move(clerk, "submitted");
    await move(officer, "verified");
    await move(officer, "locked");
    const late = await officer.client
      .checkImport({ params, file })
      .then((checked) => officer.client.loadImport({ params: { id: checked.id } }))
      .catch((error: unknown) => error);
    expect(late).toMatchObject({ code: expect.stringMatching(/^(RETURN_CLOSED|YEAR_LOCKED)$/) });
    await expect(move(clerk, "submitted")).rejects.toMatchObject({
      code: "TRANSITION_REFUSED",
      fields: { from: "locked", to: "submitted" },
    });
    await move(officer, "verified");
    await move(officer, "returned");
    expect(await areaOf(codes[0])).toBe(2400);
  });

  it("of another school is not known to a clerk", async () => {
    await harness.report(other());
    await expect(clerk.client.readSchoolReturn({ params: { year, code: codes[1] ?? "" } })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(move(clerk, "submitted", codes[1])).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { schools } = await clerk.client.listStates({ params });
    expect(schools.map((school) => school.schoolCode)).not.toContain(codes[1]);
  });

  it("that has not come by the deadline is late", async () => {
    await harness.report(together(own(), other()));
    await officer.client.setDeadline({ params, body: { deadline: "2020-01-01T00:00:00+08:00" } });
    const { schools, deadline } = await officer.client.listStates({ params });
    expect(Date.parse(deadline ?? "")).toBe(Date.parse("2020-01-01T00:00:00+08:00"));
    expect(schools.find((school) => school.schoolCode === codes[1])).toMatchObject({ isLate: true });
    expect((await officer.client.readOverview({ query: { year } })).returns.lateCount).toBeGreaterThan(0);
    await officer.client.setDeadline({ params, body: { deadline: null } });
    expect((await officer.client.listStates({ params })).schools.every((school) => !school.isLate)).toBe(true);
  });

  it("moves with others, all or none", async () => {
    await harness.report(together(own(), other()));
    await expect(
      officer.client.moveReturns({ params, body: { schoolCodes: codes.slice(0, 2), to: "verified", note: "" } }),
    ).rejects.toMatchObject({ code: "TRANSITION_REFUSED" });
    const { schools } = await officer.client.moveReturns({
      params,
      body: { schoolCodes: codes.slice(0, 2), to: "submitted", note: "" },
    });
    expect(schools.map((school) => school.state)).toEqual(["submitted", "submitted"]);
  });
});
