import { canonicalText, schoolYear } from "@xingfu/domain/base";
import { makeDistrict } from "@xingfu/fixtures";
import type { Actor, Store } from "@xingfu/store";
import {
  countPupils,
  listRounds,
  listScenarios,
  listStates,
  loadDistrictYear,
  readOrganisation,
  readSchool,
} from "@xingfu/store";
import type { TestStore } from "@xingfu/store/testing";
import { testStore } from "@xingfu/store/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seed } from "./seed.ts";

const scale = 0.05;
const sample = makeDistrict(20170, { scale });
const latest = schoolYear(2025);
const quiet = (): void => undefined;

function sorted(list: readonly unknown[]): readonly string[] {
  return list.map(canonicalText).toSorted();
}

async function officerOf(store: Store, districtId: number): Promise<Actor> {
  const actor = await store.gate.findActor(districtId, "officer");
  if (actor === null) throw new Error("no officer");
  return actor;
}

/** Everything the seed is to have loaded, as counts and texts that can be compared. */
async function contents(store: Store, districtId: number) {
  const officer = await officerOf(store, districtId);
  return store.withActor(officer, async (tx) => {
    const years = [];
    for (const { schoolYear: year } of sample.years) {
      const rows = await loadDistrictYear(tx, year);
      const pupils = (await countPupils(tx, year)).reduce((sum, row) => sum + row.pupils, 0);
      const states = await listStates(tx, year);
      years.push({
        rows: rows === null ? null : canonicalText({ ...rows, staff: rows.staff.length, classes: rows.classes.length }),
        pupils,
        deadline: states.deadline,
        states: states.schools.map((school) => `${school.schoolCode} ${school.state}`).toSorted(),
      });
    }
    const rounds = (await listRounds(tx)).map(({ year, schools, states }) => ({ year, schools, states }));
    return { years, rounds, scenarios: (await listScenarios(tx, latest)).length };
  });
}

describe("the seed", () => {
  let whole: TestStore;
  let interrupted: TestStore;
  beforeAll(async () => {
    [whole, interrupted] = await Promise.all([testStore(), testStore()]);
  });
  afterAll(async () => {
    await Promise.all([whole?.close(), interrupted?.close()]);
  });

  it("loads the sample district with its history, states and accounts, and leaves it alone the second time", async () => {
    const lines: string[] = [];
    const report = await seed({ store: whole.store, log: (line) => lines.push(line), scale });
    expect(report.outcome).toBe("loaded");
    expect(lines.at(-1)).toContain("示例数据载入完成");
    expect(lines.some((line) => line.includes("100%"))).toBe(true);

    const loaded = await contents(whole.store, report.districtId);
    expect(loaded.years.map((year) => year.pupils)).toEqual(
      sample.years.map((rows) => sample.pupilCount(rows.schoolYear)),
    );
    expect(loaded.years[0]?.states.every((state) => state.endsWith("locked"))).toBe(true);
    expect(new Set(loaded.years[2]?.states.map((state) => state.slice(11)))).toEqual(
      new Set(["draft", "submitted", "returned", "verified"]),
    );
    expect(loaded.scenarios).toBe(1);
    const [running, finished] = loaded.rounds;
    expect(finished).toMatchObject({ year: 2024, states: { published: finished?.schools } });
    expect(Object.keys(running?.states ?? {}).length).toBeGreaterThan(2);

    expect((await seed({ store: whole.store, log: quiet, scale })).outcome).toBe("present");
    expect(await contents(whole.store, report.districtId)).toEqual(loaded);
  });

  it("gives back the rows of every year exactly as the sample has them", async () => {
    const district = (await whole.store.gate.listDistricts()).find((each) => each.code === sample.district.code);
    const officer = await officerOf(whole.store, district?.districtId ?? 0);
    for (const rows of sample.years) {
      const stored = await whole.store.withActor(officer, (tx) => loadDistrictYear(tx, rows.schoolYear));
      expect(stored?.isSample).toBe(true);
      for (const section of [
        "schools",
        "classes",
        "staff",
        "premises",
        "finance",
        "districtFigures",
        "findings",
      ] as const) {
        expect(sorted(stored?.[section] ?? [])).toEqual(sorted(rows[section]));
      }
    }
  });

  it("keeps what a school was called and what it was before", async () => {
    const district = (await whole.store.gate.listDistricts()).find((each) => each.code === sample.district.code);
    const officer = await officerOf(whole.store, district?.districtId ?? 0);
    const merged = sample.organisation.schools.find((school) => school.merged !== null);
    const retyped = sample.organisation.schools.find(
      (school) => new Set(school.versions.map((version) => version.type)).size > 1,
    );
    await whole.store.withActor(officer, async (tx) => {
      expect((await readSchool(tx, merged?.schoolCode ?? "")).mergedInto?.schoolCode).toBe(merged?.merged?.intoCode);
      expect((await readSchool(tx, retyped?.schoolCode ?? "")).versions.map((version) => version.type)).toEqual([
        "311",
        "312",
      ]);
      expect((await readOrganisation(tx, { kinds: ["group"] })).length).toBe(sample.organisation.groups.length);
    });
  });

  it("goes on where it was interrupted, wherever that was, to the same contents", async () => {
    // the first line greets, each further one comes after a step: every round gets one or two steps further
    for (const stopAt of [1, 2, 3, 3, 2]) {
      let seen = 0;
      const stopping = (): void => {
        seen += 1;
        if (seen === stopAt) throw new Error("stopped");
      };
      await expect(seed({ store: interrupted.store, log: stopping, scale })).rejects.toThrow("stopped");
    }
    const report = await seed({ store: interrupted.store, log: quiet, scale });
    expect(["resumed", "present"]).toContain(report.outcome);
    const district = (await whole.store.gate.listDistricts()).find((each) => each.code === sample.district.code);
    expect(await contents(interrupted.store, report.districtId)).toEqual(
      await contents(whole.store, district?.districtId ?? 0),
    );
  });
});
