import { schoolYear } from "@xingfu/domain/base";
import type { GrowthScheme } from "@xingfu/domain/growth";
import { shareResult, measureGrowth } from "@xingfu/domain/growth";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { query } from "./connection.ts";
import {
  cancelRun,
  countMeasures,
  declareScheme,
  growthBandOf,
  listAudit,
  listMeasureBatches,
  listRuns,
  listSchemes,
  loadMeasures,
  loadPupils,
  readGrowth,
  readGrowthInput,
  readRun,
  readSchoolEvaluations,
  requestRun,
  saveRun,
  undoMeasures,
} from "./index.ts";
import type { Actor, GrowthInput, HeldRun, PupilMeasure, Transaction } from "./index.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";
import { pupilRow } from "./testing/rows.ts";

let bench: TestStore;
let place: TestDistrict;
let codes: string[];
beforeAll(async () => {
  bench = await testStore();
});
afterAll(() => bench.close());

const last = schoolYear(2024);
const now = schoolYear(2025);
const as = <T>(actor: Actor, ask: (tx: Transaction) => Promise<T>): Promise<T> => bench.store.withActor(actor, ask);

const scheme: GrowthScheme = {
  id: "fitness-primary",
  title: "小学体质健康增值",
  declaredOn: "2025-09-01",
  measure: { kind: "fitness", form: "score", label: "体质健康学年总分", unit: "分" },
  stage: "primary",
  years: [now],
  priors: 1,
  adjustments: ["sex"],
  subGroups: ["sex"],
  minimumPupils: 10,
  minimumSubGroup: 10,
  falseAlarmRate: 0.05,
};
const declare = (change: Partial<GrowthScheme> = {}, actor = place.officer) =>
  as(actor, (tx) => declareScheme(tx, { documentNumber: "示教〔2025〕1号", declaration: { ...scheme, ...change } }));

const pupilCode = (school: number, number: number): string => pupilRow(codes[school] ?? "", number).pupilCode;
const measures = (school: number, count: number, value = 70): PupilMeasure[] =>
  Array.from({ length: count }, (_, number) => ({
    row: number + 2,
    pupilCode: pupilCode(school, number),
    value: number === 3 ? null : value + number,
    measuredOn: "2025-11-15",
  }));
const load = (rows: readonly PupilMeasure[], actor = place.officer, year = now, kind = "fitness" as const) =>
  as(actor, (tx) => loadMeasures(tx, { kind, year, fileName: "体测.xlsx", rows: [rows] }));

const lease = 30;
const take = async (worker = "a", seconds = lease): Promise<HeldRun> => {
  const taken = await bench.store.gate.takeGrowthRun(worker, seconds);
  if (taken === null) throw new Error("no run to take");
  return { ...taken, worker };
};
const drop = (run: HeldRun) => bench.store.gate.dropGrowthRun(run, { code: "INTERNAL", fields: {} });
const request = async (change: Partial<GrowthScheme> = {}) => {
  const declared = await declare(change);
  return { declared, run: await as(place.officer, (tx) => requestRun(tx, declared.id)) };
};

beforeEach(async () => {
  place = await bench.makeDistrict();
  codes = place.schools.map((school) => school.code);
  for (const year of [last, now]) {
    const rows = codes.flatMap((code) => Array.from({ length: 20 }, (_, number) => pupilRow(code, number)));
    await as(place.officer, (tx) => loadPupils(tx, { year, fileName: null, rows: [rows] }));
  }
});

describe("measures", () => {
  it("go in as a batch that says how many there are", async () => {
    const batch = await load([...measures(0, 20), ...measures(1, 10)]);
    expect(batch).toMatchObject({ kind: "fitness", year: now, pupils: 30, missing: 2, schools: 2, undone: null });
    expect(batch).toMatchObject({ firstOn: "2025-11-15", by: { name: expect.stringContaining("officer") } });
    expect(await as(place.officer, countMeasures)).toEqual([
      { kind: "fitness", year: now, schoolCode: codes[0], batchId: batch.id, pupils: 20, missing: 1 },
      { kind: "fitness", year: now, schoolCode: codes[1], batchId: batch.id, pupils: 10, missing: 1 },
    ]);
    const { items } = await as(place.officer, (tx) => listAudit(tx, { action: "growth.load" }));
    expect(items[0]).toMatchObject({ subject: `batch ${batch.id}`, detail: { pupils: 30, schools: 2 } });
  });

  it("are not to be selected by anybody, and counts by those who see the school", async () => {
    await load([...measures(0, 20), ...measures(1, 10)]);
    for (const actor of [place.officer, place.principal]) {
      for (const column of ["pupil_codes", "amounts", "measured_on", "*"]) {
        await expect(as(actor, (tx) => query(tx, `select ${column} from app.measure_packs`))).rejects.toMatchObject({
          code: "FORBIDDEN",
        });
      }
    }
    const seen = async (actor: Actor) => (await as(actor, countMeasures)).map(({ schoolCode }) => schoolCode);
    expect(await seen(place.viewer)).toEqual([codes[0], codes[1]]);
    expect(await seen(place.groupHead)).toEqual([codes[0], codes[1]]);
    expect(await seen(place.principal)).toEqual([codes[0]]);
    for (const actor of [place.administrator, place.nobody, place.outsider]) expect(await seen(actor)).toEqual([]);
    expect(await as(place.principal, listMeasureBatches)).toHaveLength(1);
    expect(await as(place.outsider, listMeasureBatches)).toEqual([]);
  });

  it("of a school are loaded by its own people, and of no other", async () => {
    expect(await load(measures(0, 20), place.clerk)).toMatchObject({ schools: 1, pupils: 20 });
    // a pupil of another school is as unknown as one that does not exist
    await expect(load(measures(1, 2), place.clerk)).rejects.toMatchObject({
      code: "MEASURES_REFUSED",
      fields: {
        unknown: {
          count: 2,
          rows: [
            [2, pupilCode(1, 0)],
            [3, pupilCode(1, 1)],
          ],
        },
      },
    });
    for (const actor of [place.viewer, place.inspector, place.groupHead, place.nobody, place.administrator])
      await expect(load(measures(0, 2), actor)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("are refused whole for unknown pupils and pupils twice, each named with its row", async () => {
    const before = await load(measures(0, 20));
    const stranger = { row: 9, pupilCode: "G9\\.\t", value: 80, measuredOn: null };
    const again = { row: 12, pupilCode: pupilCode(0, 1), value: 80, measuredOn: null };
    await expect(load([...measures(0, 5), stranger, again])).rejects.toMatchObject({
      code: "MEASURES_REFUSED",
      fields: { unknown: { count: 1, rows: [[9, "G9?.?"]] }, twice: { count: 1, rows: [[12, pupilCode(0, 1)]] } },
    });
    expect((await as(place.officer, countMeasures)).map(({ batchId }) => batchId)).toEqual([before.id]);
    expect(await as(place.officer, listMeasureBatches)).toHaveLength(1);
  });

  it("that the rules forbid are refused at the door with document and clause", async () => {
    const forbidden = as(place.officer, (tx) =>
      loadMeasures(tx, { kind: "regionalExam", year: now, fileName: null, rows: [measures(0, 20)] }),
    );
    await expect(forbidden).rejects.toMatchObject({
      code: "SOURCE_REFUSED",
      fields: { source: "regionalExam", document: "moe-2021-exam-management" },
    });
    expect(await as(place.officer, listMeasureBatches)).toEqual([]);
  });

  it("of a batch that was cut off leave no trace", async () => {
    async function* broken(): AsyncGenerator<readonly PupilMeasure[]> {
      yield measures(0, 20);
      throw new Error("the line was cut");
    }
    const cut = as(place.officer, (tx) =>
      loadMeasures(tx, { kind: "fitness", year: now, fileName: null, rows: broken() }),
    );
    await expect(cut).rejects.toThrow("the line was cut");
    expect(await as(place.officer, listMeasureBatches)).toEqual([]);
    expect(await as(place.officer, countMeasures)).toEqual([]);
  });

  it("are taken back to what was there before, the later batch first", async () => {
    const first = await load([...measures(0, 20), ...measures(1, 20)]);
    const second = await load(measures(0, 10), place.clerk);
    await expect(as(place.officer, (tx) => undoMeasures(tx, first.id))).rejects.toMatchObject({
      code: "UNDO_REFUSED",
      fields: { reason: "superseded", laterBatchId: second.id },
    });
    await expect(as(place.clerk, (tx) => undoMeasures(tx, first.id))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(as(place.outsider, (tx) => undoMeasures(tx, second.id))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await as(place.clerk, (tx) => undoMeasures(tx, second.id))).undone).toMatchObject({
      name: expect.stringContaining("clerk"),
    });
    expect((await as(place.officer, countMeasures)).map(({ batchId, pupils }) => [batchId, pupils])).toEqual([
      [first.id, 20],
      [first.id, 20],
    ]);
    await expect(as(place.officer, (tx) => undoMeasures(tx, second.id))).rejects.toMatchObject({
      fields: { reason: "undone" },
    });
    await as(place.officer, (tx) => undoMeasures(tx, first.id));
    expect(await as(place.officer, countMeasures)).toEqual([]);
  });

  it("of one grade leave those of the other grades of the school", async () => {
    const grade = (number: number) => pupilRow(codes[0] ?? "", number).grade;
    await load(measures(0, 20));
    const batch = await load(measures(0, 20, 90).filter((_, number) => grade(number) === 2));
    expect(batch.pupils).toBe(4);
    expect(await as(place.officer, countMeasures)).toMatchObject([{ batchId: batch.id, pupils: 20, missing: 1 }]);
    const { run } = await request();
    await take();
    const { input } = await as(place.officer, (tx) => readGrowthInput(tx, run.id));
    input.grade.forEach((one, at) => {
      const value = input.value[at] ?? 0;
      if (!Number.isNaN(value)) expect(value >= 90).toBe(one === 2);
    });
    await as(place.officer, (tx) => cancelRun(tx, run.id));
  });

  it("cannot be brought in past the check of who is where", async () => {
    const forge = as(place.clerk, async (tx) => {
      await query(
        tx,
        `create temporary table measure_places as select 1 as row_no, 'x' as pupil_code, 1.0::double precision as amount,
           null::date as measured_on, ${place.schools[1]?.unitId ?? 0}::bigint as school_id, 'primary' as stage, 1::smallint as grade`,
      );
      await query(tx, "grant select on pg_temp.measure_places to xingfu_owner");
      await query(tx, "select app.replace_measures('fitness', 2025::smallint, null, false)");
    });
    await expect(forge).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("schemes", () => {
  it("are declared by the officer, seen by all who see a school, and changed by nobody", async () => {
    const declared = await declare();
    expect(declared).toMatchObject({ declaration: scheme, documentNumber: "示教〔2025〕1号" });
    expect(Date.now() - Date.parse(declared.recorded.at)).toBeLessThan(60_000);
    for (const actor of [place.viewer, place.groupHead, place.principal, place.clerk])
      expect(await as(actor, listSchemes)).toEqual([declared]);
    for (const actor of [place.administrator, place.nobody, place.outsider])
      expect(await as(actor, listSchemes)).toEqual([]);
    for (const actor of [place.viewer, place.inspector, place.principal])
      await expect(declare({ id: "other" }, actor)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(declare()).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    for (const change of ["update app.growth_schemes set title = 'x'", "delete from app.growth_schemes"])
      await expect(as(place.officer, (tx) => query(tx, change))).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("runs", () => {
  it("wait in a row, one of a scheme at a time, and are asked for by the officer only", async () => {
    const { declared, run } = await request();
    expect(run).toMatchObject({ state: "queued", progress: 0, schemeId: declared.id });
    await expect(as(place.officer, (tx) => requestRun(tx, declared.id))).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
    });
    for (const actor of [place.viewer, place.principal])
      await expect(as(actor, (tx) => requestRun(tx, declared.id))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(as(place.outsider, (tx) => requestRun(tx, declared.id))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await drop(await take());
    expect(await as(place.officer, (tx) => readRun(tx, run.id))).toMatchObject({
      state: "failed",
      failure: { code: "INTERNAL" },
    });
  });

  it("are taken by one of many servers", async () => {
    const { run } = await request();
    const taken = await Promise.all(
      Array.from({ length: 8 }, (_, at) => bench.store.gate.takeGrowthRun(`server ${at}`, lease)),
    );
    expect(taken.filter((one) => one !== null)).toEqual([{ actor: place.officer, runId: run.id }]);
    const worker = `server ${taken.findIndex((one) => one !== null)}`;
    await drop({ actor: place.officer, runId: run.id, worker });
  });

  it("of a server that fell silent are taken up again, and the late result is refused", async () => {
    const { run } = await request();
    const dead = await take("dead", 0);
    const alive = await take("alive");
    expect(alive.runId).toBe(run.id);
    expect(await bench.store.gate.holdGrowthRun(dead, 50, lease)).toBe(false);
    expect(await bench.store.gate.holdGrowthRun(alive, 50, lease)).toBe(true);
    expect(await as(place.officer, (tx) => readRun(tx, run.id))).toMatchObject({ state: "running", progress: 50 });
    const shared = shareResult(measureGrowth({ rows: [], schools: [] }, scheme));
    const facts = { inputHash: "0", inputRows: 0, batchIds: [], firstLoadedAt: null, lastLoadedAt: null };
    await expect(as(place.officer, (tx) => saveRun(tx, dead, facts, shared))).rejects.toMatchObject({
      code: "RUN_ENDED",
    });
    // a server that stops in order gives the run back
    await bench.store.gate.dropGrowthRun(alive, null);
    expect(await as(place.officer, (tx) => readRun(tx, run.id))).toMatchObject({ state: "queued", progress: 0 });
    await drop(await take());
  });

  it("that bring down every server are given up", async () => {
    const { run } = await request();
    for (let attempt = 0; attempt < 3; attempt++) expect((await take("x", 0)).runId).toBe(run.id);
    expect(await bench.store.gate.takeGrowthRun("x", lease)).toBeNull();
    expect(await as(place.officer, (tx) => readRun(tx, run.id))).toMatchObject({ state: "failed" });
  });

  it("are cancelled while they wait or run, and not after", async () => {
    const { run } = await request();
    const held = await take();
    await expect(as(place.viewer, (tx) => cancelRun(tx, run.id))).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await as(place.officer, (tx) => cancelRun(tx, run.id))).toMatchObject({
      state: "cancelled",
      endedBy: expect.stringContaining("officer"),
    });
    expect(await bench.store.gate.holdGrowthRun(held, 80, lease)).toBe(false);
    await expect(as(place.officer, (tx) => cancelRun(tx, run.id))).rejects.toMatchObject({ code: "RUN_ENDED" });
    expect((await as(place.principal, listRuns)).map(({ state }) => state)).toEqual(["cancelled"]);
  });
});

/** The input as lines that say nothing of the pseudonyms but which rows are one pupil's. */
function linesOf(input: GrowthInput): string[] {
  const byPupil = new Map<number, string[]>();
  input.pupil.forEach((pupil, at) => {
    const line = `${input.schoolYear[at]} ${input.value[at]} ${input.schoolCodes[input.school[at] ?? -1]} ${input.grade[at]} ${input.female[at]}`;
    byPupil.set(pupil, [...(byPupil.get(pupil) ?? []), line]);
  });
  return [...byPupil.values()].map((own) => own.toSorted().join(" | ")).toSorted();
}

describe("what a run computes with", () => {
  it("has numbers for pupils, places from the roll, and is written to the audit", async () => {
    await load(measures(0, 20, 60), place.officer, last);
    const batch = await load([...measures(0, 20), ...measures(1, 12)]);
    const { run } = await request();
    await take();
    const { input, facts } = await as(place.officer, (tx) => readGrowthInput(tx, run.id));
    expect(facts).toMatchObject({ inputRows: 52, batchIds: [batch.id - 1, batch.id] });
    // the year before is only where the pupils start
    expect(Date.parse(facts.firstLoadedAt ?? "")).toBe(Date.parse(batch.by.at));
    expect([...new Set(input.pupil)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, at) => at + 1));
    expect(input.schoolCodes.toSorted()).toEqual([codes[0], codes[1]]);
    expect(linesOf(input)).toContain(`2024 64 ${codes[0]} 5 1 | 2025 74 ${codes[0]} 5 1`);
    expect(input.value.filter(Number.isNaN)).toHaveLength(3);
    expect(JSON.stringify(Object.values(input))).not.toContain(pupilCode(0, 1));
    const { items } = await as(place.officer, (tx) => listAudit(tx, { action: "growth.read" }));
    expect(items).toHaveLength(1);
    expect(items[0]?.detail).toMatchObject({ measures: 52 });

    const again = await as(place.officer, (tx) => readGrowthInput(tx, run.id));
    expect(again.facts.inputHash).toBe(facts.inputHash);
    expect(linesOf(again.input)).toEqual(linesOf(input));
    await load(measures(0, 20, 61), place.officer, last);
    const changed = await as(place.officer, (tx) => readGrowthInput(tx, run.id));
    expect(changed.facts.inputHash).not.toBe(facts.inputHash);
    await as(place.officer, (tx) => cancelRun(tx, run.id));
  });

  it("counts a campus with its school, and takes the newer of two measures of a pupil who moved", async () => {
    const campus = pupilRow(place.campus.code, 1);
    const moved = pupilCode(2, 0);
    const newRow = (code: string) => ({ ...pupilRow(place.campus.code, 2), pupilCode: code });
    await load([{ row: 2, pupilCode: moved, value: 1, measuredOn: null }]);
    // the roll of school 2 loses the pupil, the campus gets them, and measures them again
    const rest = Array.from({ length: 20 }, (_, number) => pupilRow(codes[2] ?? "", number)).slice(1);
    await as(place.officer, (tx) => loadPupils(tx, { year: now, fileName: null, rows: [rest] }));
    await as(place.officer, (tx) => loadPupils(tx, { year: now, fileName: null, rows: [[campus, newRow(moved)]] }));
    await load([
      { row: 2, pupilCode: campus.pupilCode, value: 5, measuredOn: null },
      { row: 3, pupilCode: moved, value: 2, measuredOn: null },
    ]);
    const { run } = await request();
    await take();
    const { input } = await as(place.officer, (tx) => readGrowthInput(tx, run.id));
    expect(input.schoolCodes).toEqual([codes[0]]);
    expect([...input.value].toSorted()).toEqual([2, 5]);
    await as(place.officer, (tx) => cancelRun(tx, run.id));
  });

  it("is given to nobody who may not run it, and not after the run has ended", async () => {
    const { run } = await request();
    await take();
    for (const actor of [place.viewer, place.principal, place.inspector])
      await expect(as(actor, (tx) => readGrowthInput(tx, run.id))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(as(place.outsider, (tx) => readGrowthInput(tx, run.id))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await as(place.officer, (tx) => cancelRun(tx, run.id));
    await expect(as(place.officer, (tx) => readGrowthInput(tx, run.id))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("what a run found", () => {
  it("is seen as a whole by the district, and by a school of itself only", async () => {
    const { declared, run } = await request();
    const held = await take();
    const facts = { inputHash: "ab", inputRows: 3, batchIds: [7], firstLoadedAt: null, lastLoadedAt: null };
    const schools = place.schools.map(({ code, name }) => ({ schoolCode: code, name, groupName: "甲集团" }));
    const shared = shareResult(measureGrowth({ rows: [], schools }, scheme));
    expect(await as(place.officer, (tx) => readGrowth(tx, declared.id))).toBeNull();
    await as(place.officer, (tx) => saveRun(tx, held, facts, shared));
    const seen = async (actor: Actor) => {
      const found = await as(actor, (tx) => readGrowth(tx, declared.id));
      return { schools: found?.schools.map(({ schoolCode }) => schoolCode), hasGroups: found?.comparison !== null };
    };
    for (const actor of [place.officer, place.viewer, place.inspector])
      expect(await seen(actor)).toEqual({ schools: codes, hasGroups: true });
    expect(await seen(place.groupHead)).toEqual({ schools: codes.slice(0, 2), hasGroups: false });
    for (const actor of [place.principal, place.clerk])
      expect(await seen(actor)).toEqual({ schools: [codes[0]], hasGroups: false });
    for (const actor of [place.nobody, place.outsider, place.administrator])
      await expect(as(actor, (tx) => readGrowth(tx, declared.id))).rejects.toMatchObject({ code: "NOT_FOUND" });

    const own = await as(place.principal, (tx) => readSchoolEvaluations(tx, codes[0] ?? ""));
    expect(own).toMatchObject([{ run: { id: run.id, state: "done", method: "value-added 1", inputHash: "ab" } }]);
    expect(own[0]?.brief).toEqual(shared.schools[0]?.brief);
    expect(await as(place.principal, (tx) => readSchoolEvaluations(tx, codes[1] ?? ""))).toEqual([]);
    expect(await as(place.viewer, (tx) => growthBandOf(tx, codes[1] ?? "", now))).toMatchObject([
      { kind: "fitness", stage: "primary", band: null, runId: run.id },
    ]);
    expect(await as(place.viewer, (tx) => growthBandOf(tx, codes[1] ?? "", last))).toEqual([]);
    await expect(as(place.officer, (tx) => cancelRun(tx, run.id))).rejects.toMatchObject({ code: "RUN_ENDED" });
  });
});
