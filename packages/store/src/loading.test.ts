import { spawn } from "node:child_process";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadDistrictYear, loadRows, revision } from "./index.ts";
import { testStore } from "./testing/index.ts";
import type { TestDistrict, TestStore } from "./testing/index.ts";
import { districtRows, year } from "./testing/rows.ts";

let bench: TestStore;
let place: TestDistrict;
let admin: Client;
let holder: Client;
beforeAll(async () => {
  bench = await testStore();
  place = await bench.makeDistrict();
  admin = new Client(bench.url);
  holder = new Client(bench.url);
  await admin.connect();
  await holder.connect();
});
afterAll(async () => {
  await admin.end();
  await holder.end();
  await bench.close();
});

it("leaves nothing half-loaded when the loading process is killed", async () => {
  const codes = place.schools.map((school) => school.code);
  const store = new URL("./index.ts", import.meta.url).href;
  const rows = new URL("./testing/rows.ts", import.meta.url).href;
  // the pointers of the year are held, so that the child has written all its rows and waits to switch
  await holder.query("begin; lock table app.current_sections in share mode");
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `
    import { loadRows, openStore } from ${JSON.stringify(store)};
    import { districtRows, year } from ${JSON.stringify(rows)};
    const store = await openStore({ url: ${JSON.stringify(bench.url)} });
    await store.withActor(${JSON.stringify(place.officer)}, (tx) => loadRows(tx,
      { year, kind: "import", fileName: null, isSample: false, replace: "all", rows: districtRows(${JSON.stringify(codes)}) }));
  `,
    ],
    { stdio: "inherit" },
  );
  const ended = new Promise((done) => child.once("exit", done));
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into app.current_sections%'`;
  while ((await admin.query(waiting)).rowCount === 0) expect(child.exitCode).toBeNull();
  child.kill("SIGKILL");
  await ended;
  await holder.query("commit");

  // the server notices the broken connection when the statement ends
  while (
    (
      await admin.query(
        "select from pg_stat_activity where datname = current_database() and application_name = 'xingfu' and xact_start is not null",
      )
    ).rowCount !== 0
  );
  expect(await bench.store.withActor(place.officer, (tx) => loadDistrictYear(tx, year))).toBeNull();
  expect(await bench.store.withActor(place.officer, (tx) => revision(tx, year))).toEqual({
    revision: 0,
    reported: null,
  });
  expect((await admin.query("select count(*)::int as rows from app.return_staff")).rows).toEqual([{ rows: 0 }]);

  await bench.store.withActor(place.officer, (tx) =>
    loadRows(tx, { year, kind: "import", fileName: null, isSample: false, replace: "all", rows: districtRows(codes) }),
  );
  expect((await admin.query("select count(*)::int as rows from app.return_staff")).rows).toEqual([{ rows: 8 }]);
});
