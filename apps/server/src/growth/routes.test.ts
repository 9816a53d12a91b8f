import type { MeasureImport } from "@xingfu/contract";
import { schoolYear } from "@xingfu/domain/base";
import type { PupilRow, SchoolYear } from "@xingfu/domain/base";
import type { GrowthScheme } from "@xingfu/domain/growth";
import { writeMeasures } from "@xingfu/exchange";
import { loadPupils, placeUnits, readRun, requestRun } from "@xingfu/store";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openHarness, year } from "../testing/harness.ts";
import type { Harness, Person } from "../testing/harness.ts";
import { createGrowthRuns } from "./runs.ts";

let harness: Harness;
let officer: Person;
let viewer: Person;
let principal: Person;
let groupHead: Person;
/** the district's four and eight more, so that schools can be compared */
let codes: string[];

const before = schoolYear(2024);
const pupilsPerSchool = 60;

const pupilOf = (school: number, number: number): PupilRow => ({
  schoolCode: codes[school] ?? "",
  pupilCode: `G50011220190${String(school).padStart(3, "0")}${String(number).padStart(4, "0")}`,
  name: `学生${number}`,
  sex: number % 2 === 0 ? "female" : "male",
  birthDate: "2014-03-01",
  stage: "primary",
  grade: 4,
  className: `${1 + (number % 2)}班`,
  isMigrant: false,
});

/** Last year's value from 60 to 80; this year as much again, and 6 more at the first school. */
const valueOf = (school: number, number: number, ofYear: SchoolYear): number =>
  60 + (number % 21) + (ofYear === year ? ((number * 7) % 5) - 2 + (school === 0 ? 6 : 0) : 0);

async function file(ofYear: SchoolYear, schools: readonly number[], change: { readonly value?: number } = {}) {
  const rows = schools.flatMap((school) =>
    Array.from({ length: pupilsPerSchool }, (_, number) => ({
      pupilCode: pupilOf(school, number).pupilCode,
      value: change.value ?? valueOf(school, number, ofYear),
      measuredOn: `${ofYear}-11-15`,
    })),
  );
  const chunks: Uint8Array[] = [];
  const form = { kind: "fitness" as const, year: ofYear, district: harness.district.name, isSample: false, rows };
  for await (const chunk of writeMeasures(form)) chunks.push(chunk);
  return { blob: new Blob([new Uint8Array(Buffer.concat(chunks))]), fileName: "体测.xlsx" };
}

async function settled(person: Person, { id }: MeasureImport): Promise<MeasureImport> {
  return vi.waitFor(
    async () => {
      const progress = await person.client.readMeasureImport({ params: { id } });
      expect(progress.state).not.toBe("running");
      return progress;
    },
    { timeout: 30_000, interval: 50 },
  );
}

const bringIn = async (person: Person, ofYear: SchoolYear, sent: Awaited<ReturnType<typeof file>>) =>
  settled(person, await person.client.importMeasures({ params: { kind: "fitness", year: ofYear }, file: sent }));

const scheme = {
  id: "fitness-primary",
  title: "小学体质健康增值",
  declaredOn: "2025-09-01",
  measure: { kind: "fitness", form: "score", label: "体质健康学年总分", unit: "分" },
  stage: "primary",
  years: [year],
  priors: 1,
  adjustments: ["sex"],
  subGroups: ["sex"],
  minimumPupils: 30,
  minimumSubGroup: 10,
  falseAlarmRate: 0.05,
} as const satisfies GrowthScheme;
type Declaration = Parameters<Person["client"]["declareGrowthScheme"]>[0]["body"]["declaration"];
const declare = (change: Partial<Declaration> = {}, person = officer) =>
  person.client.declareGrowthScheme({
    body: {
      documentNumber: "示教〔2025〕1号",
      declaration: { ...scheme, years: [year], adjustments: ["sex"], subGroups: ["sex"], ...change },
    },
  });

const runOf = async (person: Person, id: number) =>
  (await person.client.listGrowthSchemes()).runs.find((run) => run.id === id);
const ended = async (id: number) =>
  vi.waitFor(
    async () => {
      const run = await runOf(officer, id);
      expect(["done", "failed", "cancelled"]).toContain(run?.state);
      return run;
    },
    { timeout: 60_000, interval: 50 },
  );

beforeAll(async () => {
  harness = await openHarness();
  const { district, store } = harness;
  officer = await harness.as(district.officer);
  viewer = await harness.as(district.viewer);
  principal = await harness.as(district.principal);
  groupHead = await harness.as(district.groupHead);
  const own = district.schools.map((school) => school.code);
  const more = Array.from({ length: 8 }, (_, at) => `215099${String(at).padStart(4, "0")}`);
  await store.withActor(district.administrator, (tx) =>
    placeUnits(
      tx,
      more.map((code) => ({
        kind: "school",
        code,
        parentCode: null,
        clusterName: null,
        closedOn: null,
        mergedIntoCode: null,
        versions: [{ from: "2015-09-01", name: `学校${code}`, type: "211", groupName: null }],
      })),
    ),
  );
  codes = [...own, ...more];
  for (const ofYear of [before, year]) {
    const rows = codes.flatMap((_, school) =>
      Array.from({ length: pupilsPerSchool }, (_unused, number) => pupilOf(school, number)),
    );
    await store.withActor(district.officer, (tx) => loadPupils(tx, { year: ofYear, fileName: null, rows: [rows] }));
  }
});
afterAll(() => harness.close());

describe("measures", () => {
  it("come in by a file, are counted, and can be taken back", async () => {
    const all = codes.map((_, school) => school);
    const first = await bringIn(officer, before, await file(before, all));
    expect(first).toMatchObject({ state: "loaded", rowsRead: 720, errorCount: 0, refusal: null });
    const second = await bringIn(officer, year, await file(year, all));
    const own = await bringIn(principal, year, await file(year, [0], { value: 1 }));
    expect(own.state).toBe("loaded");
    const seen = await viewer.client.readMeasures();
    expect(seen.coverage).toEqual([
      { kind: "fitness", year: before, schools: 12, pupils: 720, missing: 0 },
      { kind: "fitness", year, schools: 12, pupils: 720, missing: 0 },
    ]);
    expect((await principal.client.readMeasures()).coverage.map(({ schools, pupils }) => [schools, pupils])).toEqual([
      [1, 60],
      [1, 60],
    ]);
    const undo = (person: Person, id: number | null) => person.client.undoMeasures({ params: { id: id ?? 0 } });
    await expect(undo(officer, second.batchId)).rejects.toMatchObject({ code: "UNDO_REFUSED" });
    await expect(undo(viewer, own.batchId)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await undo(principal, own.batchId)).undone).toMatchObject({ name: expect.stringContaining("principal") });
  });

  it("with unknown pupils are refused whole, each with its row", async () => {
    const outside = await bringIn(principal, year, await file(year, [1]));
    expect(outside).toMatchObject({ state: "refused", batchId: null, errorCount: 60 });
    expect(outside.issues[0]).toMatchObject({ row: 3, code: "PUPIL_UNKNOWN", value: pupilOf(1, 0).pupilCode });
    expect(outside.issues[0]?.message).toContain("名册中没有学籍号");
  });

  it("of another year are refused with what the file says and what was asked for", async () => {
    const wrong = await bringIn(officer, year, await file(before, [0]));
    expect(wrong).toMatchObject({ state: "refused", refusal: null });
    // the year, and the day that does not lie in it
    expect(new Set(wrong.issues.map(({ code }) => code))).toEqual(new Set(["MEASURE_YEAR", "DATE_NOT_IN_YEAR"]));
    expect(wrong.errorCount).toBe(120);
  });

  it("that the rules forbid are refused at the door, with document and clause", async () => {
    const sent = await file(year, [0]);
    for (const kind of ["regionalExam", "schoolExam"] as const) {
      await expect(officer.client.importMeasures({ params: { kind, year }, file: sent })).rejects.toMatchObject({
        code: "SOURCE_REFUSED",
        fields: { source: kind, document: "moe-2025-daily-exams", clause: expect.stringContaining("clauses/") },
      });
    }
    await expect(
      officer.client.downloadMeasureTemplate({ params: { kind: "regionalExam", year } }),
    ).rejects.toMatchObject({ code: "SOURCE_REFUSED" });
  });

  it("have a template that is read back", async () => {
    const { blob, fileName } = await officer.client.downloadMeasureTemplate({ params: { kind: "vision", year } });
    expect(fileName).toBe("视力-2025-2026学年-模板.xlsx");
    expect(
      Buffer.from(await blob.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe("PK");
  });
});

describe("schemes", () => {
  it("that do not hold, or that want what is forbidden, are refused", async () => {
    await expect(declare({ minimumPupils: 5 })).rejects.toMatchObject({
      code: "GROWTH_SCHEME_INVALID",
      fields: { field: "minimumPupils" },
    });
    await expect(declare({ measure: { ...scheme.measure, kind: "regionalExam" } })).rejects.toMatchObject({
      code: "SOURCE_REFUSED",
    });
    await expect(declare({}, viewer)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(declare({}, principal)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("a run", () => {
  it("goes from the queue to bands that respect what is true, each reader seeing their own", async () => {
    const declared = await declare();
    const empty = await viewer.client.readGrowthEvaluation({ params: { id: declared.id } });
    expect(empty).toEqual({ evaluation: null });
    await expect(viewer.client.requestGrowthRun({ params: { id: declared.id } })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    const asked = await officer.client.requestGrowthRun({ params: { id: declared.id } });
    expect(asked).toMatchObject({ state: "queued" });
    expect(await ended(asked.id)).toMatchObject({
      state: "done",
      progress: 100,
      method: "value-added 1",
      inputRows: 1440,
      failure: null,
    });

    const { evaluation } = await viewer.client.readGrowthEvaluation({ params: { id: declared.id } });
    expect(evaluation?.schools.map(({ schoolCode }) => schoolCode)).toEqual(codes.toSorted());
    expect(evaluation?.schools.filter(({ band }) => band === "above").map(({ schoolCode }) => schoolCode)).toEqual([
      codes[0],
    ]);
    expect(evaluation?.schools.find(({ schoolCode }) => schoolCode === codes[0])).toMatchObject({
      school: "示例1小学",
      groupName: "甲集团",
      coverage: 1,
    });
    expect(evaluation?.summary).toMatchObject({
      isDeclaredBeforehand: true,
      bandCounts: { above: 1 },
      sample: { measurements: 720, used: 720 },
    });
    expect(evaluation?.comparison?.groups.map(({ groupName }) => groupName)).toEqual(["乙集团", "甲集团"]);

    const own = await principal.client.readGrowthEvaluation({ params: { id: declared.id } });
    expect(own.evaluation?.schools.map(({ schoolCode }) => schoolCode)).toEqual([codes[0]]);
    expect(own.evaluation?.comparison).toBeNull();
    expect(own.evaluation?.summary).toEqual(evaluation?.summary);
    expect(JSON.stringify(own)).not.toContain(codes[1]);
    const members = await groupHead.client.readGrowthEvaluation({ params: { id: declared.id } });
    expect(members.evaluation?.schools.map(({ schoolCode }) => schoolCode)).toEqual(codes.slice(0, 2));

    const ofSchool = (person: Person, at: number) =>
      person.client.readSchoolGrowth({ params: { code: codes[at] ?? "" } });
    const { evaluations } = await ofSchool(principal, 0);
    expect(evaluations).toMatchObject([{ brief: { band: "above" }, detail: { years: [{ schoolYear: year }] } }]);
    expect(await ofSchool(principal, 1)).toEqual({ evaluations: [] });
    expect((await ofSchool(viewer, 1)).evaluations).toHaveLength(1);
    const outsider = await harness.as(harness.district.outsider);
    await expect(outsider.client.readGrowthEvaluation({ params: { id: declared.id } })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(officer.client.cancelGrowthRun({ params: { id: asked.id } })).rejects.toMatchObject({
      code: "RUN_ENDED",
    });
  });

  it("of equal data has the same hash and the same figures", async () => {
    const declared = (await officer.client.listGrowthSchemes()).schemes[0];
    const params = { id: declared?.id ?? 0 };
    const first = await officer.client.readGrowthEvaluation({ params });
    const asked = await officer.client.requestGrowthRun({ params });
    await ended(asked.id);
    const second = await officer.client.readGrowthEvaluation({ params });
    expect(second.evaluation?.run.id).toBe(asked.id);
    expect(second.evaluation?.run.inputHash).toBe(first.evaluation?.run.inputHash);
    expect(second.evaluation?.schools).toEqual(first.evaluation?.schools);
  });

  it("without data ends with gaps and a note, not with a failure", async () => {
    const declared = await declare({
      id: "vision",
      measure: { kind: "vision", form: "score", label: "视力", unit: "" },
    });
    const asked = await officer.client.requestGrowthRun({ params: { id: declared.id } });
    expect(await ended(asked.id)).toMatchObject({ state: "done", inputRows: 0 });
    const { evaluation } = await officer.client.readGrowthEvaluation({ params: { id: declared.id } });
    expect(evaluation?.schools).toEqual([]);
    expect(evaluation?.summary.notes.map(({ kind }) => kind)).toContain("tooFewSchools");
  });

  it("that another server's people asked for is found when the queue is looked into", async () => {
    const declared = await declare({ id: "other-server" });
    const { store, district } = harness;
    const run = await store.withActor(district.officer, (tx) => requestRun(tx, declared.id));
    const failures: unknown[] = [];
    const options = { store, pollMs: 20, holdMs: 20, onFailure: (error: unknown) => failures.push(error) };
    const servers = [createGrowthRuns(options), createGrowthRuns(options)];
    for (const server of servers) server.wake();
    expect(await ended(run.id)).toMatchObject({ state: "done" });
    for (const server of servers) await server.close();
    expect(failures).toEqual([]);
  });

  it("that is cancelled stops, and one that a stop cuts off goes back into the queue", async () => {
    const { store, district } = harness;
    const declared = await declare({ id: "cancelled" });
    const cancelled = await officer.client.requestGrowthRun({ params: { id: declared.id } });
    expect(await officer.client.cancelGrowthRun({ params: { id: cancelled.id } })).toMatchObject({
      state: "cancelled",
      endedBy: expect.stringContaining("officer"),
    });

    const next = await store.withActor(district.officer, (tx) => requestRun(tx, declared.id));
    const drop = vi.spyOn(store.gate, "dropGrowthRun");
    const server = createGrowthRuns({ store, holdMs: 20, onFailure: () => undefined });
    server.wake();
    const stateOf = async () => (await store.withActor(district.officer, (tx) => readRun(tx, next.id))).state;
    await vi.waitFor(async () => expect(await stateOf()).toBe("running"), { interval: 5, timeout: 30_000 });
    await server.close();
    // given back, unless it was done before; the server of the tests may have taken it up again by now
    if (drop.mock.calls.length === 0) expect(await stateOf()).toBe("done");
    else expect(drop.mock.calls[0]).toEqual([expect.objectContaining({ runId: next.id }), null]);
    drop.mockRestore();
    await vi.waitFor(
      async () => {
        const again = createGrowthRuns({ store, holdMs: 20, onFailure: () => undefined });
        again.wake();
        await vi.waitFor(async () => expect(await stateOf()).toBe("done"), { interval: 20, timeout: 30_000 });
        await again.close();
      },
      { timeout: 60_000 },
    );
    const { evaluation } = await officer.client.readGrowthEvaluation({ params: { id: declared.id } });
    expect(evaluation?.run.id).toBe(next.id);
  });
});
