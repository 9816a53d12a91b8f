import { schoolYear } from "@xingfu/domain/base";
import type { PupilRow } from "@xingfu/domain/base";
import { writePupils } from "@xingfu/exchange";
import { afterEach, describe, expect, it } from "vitest";
import { openWorkers } from "./workers.ts";
import type { Workers } from "./workers.ts";

const open: Workers[] = [];
function workers(options: Parameters<typeof openWorkers>[0] = {}): Workers {
  const made = openWorkers(options);
  open.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const district = { code: "500199", name: "测试区" };
const template = { schoolYear: schoolYear(2025), district };

async function roll(pupils: number): Promise<Uint8Array> {
  const rows = Array.from({ length: pupils }, (_, index): PupilRow => ({
    schoolCode: "2150000001",
    pupilCode: `G5001992018${String(index).padStart(8, "0")}`,
    name: "测试",
    sex: null,
    birthDate: null,
    stage: "primary",
    grade: 1,
    className: "1班",
    isMigrant: null,
  }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of writePupils({ ...template, rows, isSample: false })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("worker threads", () => {
  it("write a file while the event loop goes on", async () => {
    let turns = 0;
    const count = setInterval(() => (turns += 1), 5);
    const bytes = await workers().run("write", template);
    clearInterval(count);
    expect(Buffer.from(bytes).subarray(0, 2).toString()).toBe("PK");
    expect(turns).toBeGreaterThan(5);
  });

  it("do one thing after another, in order", async () => {
    const one = workers();
    const all = await Promise.all([
      one.run("write", template),
      one.run("write", template),
      one.run("accountsTemplate", null),
    ]);
    expect(all.map((bytes) => bytes.length > 1000)).toEqual([true, true, true]);
    expect(Buffer.from(all[0]).equals(Buffer.from(all[1]))).toBe(true);
  });

  it("read what cannot be read as issues", async () => {
    const { read, changes } = await workers().run("check", {
      bytes: Buffer.from("not a workbook"),
      section: null,
      replace: "listed",
      options: { fileName: "a.xlsx", schoolYear: schoolYear(2025) },
    });
    expect(read.districtYear).toBeNull();
    expect(read.totals.errors).toBeGreaterThan(0);
    expect(changes).toEqual([]);
  });

  it("hand over a roll in batches and wait for each to be taken", async () => {
    const batches: number[] = [];
    let isTaking = false;
    const read = await workers().readList(
      "roll",
      { bytes: await roll(2500), fileName: "名册.xlsx", batchSize: 1000 },
      async (rows) => {
        expect(isTaking).toBe(false);
        isTaking = true;
        await new Promise((resolve) => setTimeout(resolve, 20));
        batches.push(rows.length);
        isTaking = false;
      },
    );
    expect(read.totals.errors).toBe(0);
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(2500);
    expect(batches.length).toBeGreaterThan(2);
  });

  it("go on after whoever took the rows gave up", async () => {
    const one = workers();
    const giveUp = one.readList(
      "roll",
      { bytes: await roll(2500), fileName: "名册.xlsx", batchSize: 1000 },
      async () => {
        throw new Error("the load failed");
      },
    );
    await expect(giveUp).rejects.toThrow("the load failed");
    expect((await one.run("write", template)).length).toBeGreaterThan(1000);
  });

  it("refuse what comes after they were closed, and let go of what waits", async () => {
    const one = workers();
    const waiting = [one.run("write", template), one.run("write", template)].map((work) =>
      work.catch((error: unknown) => error),
    );
    await one.close();
    for (const outcome of await Promise.all(waiting)) expect(outcome).toMatchObject({ code: "BUSY" });
    await expect(one.run("write", template)).rejects.toMatchObject({ code: "BUSY" });
  });

  it("give up a task that takes too long and serve the next", async () => {
    const one = workers({ taskMs: 1 });
    await expect(one.run("write", template)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    await expect(one.run("write", template)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });

  it("refuse when too many wait", async () => {
    const one = workers();
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => one.run("accountsTemplate", null)));
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(9); // one at work, thirty waiting
  });
});
