/**
 * A server in a process of its own over a small district with an open survey, for benches and for a test that kills it.
 * Writes `READY {json}` with its address, keys of the survey and an officer's cookie. Started again on the same data it
 * only serves, and says how many sheets are stored.
 *
 *     node survey-process.ts [schools] [sheets of a closed survey]
 */

import { createHash, randomBytes } from "node:crypto";
import { schoolYear } from "@xingfu/domain/base";
import { starterForm } from "@xingfu/domain/survey";
import type { PlannedStratum, Sheet, SurveyPlan } from "@xingfu/domain/survey";
import {
  closeSurvey,
  createAccounts,
  createSurvey,
  listSurveyLinks,
  listSurveys,
  loadSampleSheets,
  makeSurveyLinks,
  openSurvey,
  placeUnits,
  planSurvey,
  readSurveyProgress,
} from "@xingfu/store";
import type { Actor, NewUnit, Store } from "@xingfu/store";
import { cookieName } from "../session/sessions.ts";
import { startServer, stopOnSignals } from "../index.ts";

const schools = Number(process.argv[2] ?? 20);
const closedSheets = Number(process.argv[3] ?? 0);
const code = (at: number): string => String(2_150_880_000 + at);

const plan = (title: string): SurveyPlan => ({
  title,
  year: schoolYear(2025),
  asker: "测试区",
  purpose: "测试",
  opensOn: "2020-01-01",
  closesOn: "2099-12-31",
  forms: [starterForm("parents")],
});
const strata = Array.from({ length: schools }, (_, at): PlannedStratum => ({
  unit: code(at),
  party: "parents",
  stage: "primary",
  population: 50_000,
  sheets: 100,
  toAsk: 1000,
}));

/** A sheet of ordinary length; every fifth person writes something. */
function sheetOf(at: number): Sheet {
  const point = (shift: number): number => 1 + ((at * 7 + shift * 3) % 5);
  return {
    overall: point(0),
    aspects: {
      moral: point(1),
      lessons: point(2),
      teachers: point(3),
      open: point(4),
      fair: point(5),
      culture: point(6),
    },
    ...(at % 5 === 0 ? { words: `希望午餐热一点，作业少一点，多安排体育课（${at}）` } : {}),
  };
}

async function prepare(store: Store): Promise<void> {
  if ((await store.gate.listDistricts()).length > 0) return;
  const { districtId, unitId, administrator } = await store.gate.foundDistrict({
    code: "500188",
    name: "测试区",
    isSample: true,
    administrator: { name: "admin", displayName: "管理员", passwordHash: "none", mustChangePassword: false },
  });
  const units = strata.map(({ unit }, at): NewUnit => ({
    kind: "school",
    code: unit,
    parentCode: null,
    clusterName: null,
    versions: [{ from: "2018-09-01", name: `测试${at + 1}小学`, type: "211", groupName: null }],
    closedOn: null,
    mergedIntoCode: null,
  }));
  await store.withActor(administrator, async (tx) => {
    await createAccounts(tx, [
      {
        name: "organiser",
        displayName: "组织管理",
        passwordHash: "none",
        mustChangePassword: false,
        roles: [{ role: "officer", nodeId: unitId }],
      },
    ]);
    await placeUnits(tx, units);
  });
  const officer = await store.gate.findActor(districtId, "organiser");
  if (officer === null) throw new Error("no officer");
  await store.withActor(officer, async (tx) => {
    const { id } = await createSurvey(tx, plan("进行中的调查"), true);
    await planSurvey(tx, id, strata);
    await openSurvey(tx, id);
    await makeSurveyLinks(tx, id, { label: "" });
  });
  if (closedSheets === 0) return;
  await store.withActor(officer, async (tx) => {
    const { id } = await createSurvey(tx, plan("已结束的调查"), true);
    await planSurvey(tx, id, strata);
    await openSurvey(tx, id);
    for (let from = 0; from < closedSheets; from += 20_000) {
      const rows = Array.from({ length: Math.min(20_000, closedSheets - from) }, (_, at) => ({
        unit: code((from + at) % schools),
        party: "parents" as const,
        stage: "primary",
        on: "2026-05-20",
        sheet: sheetOf(from + at),
      }));
      await loadSampleSheets(tx, id, rows);
    }
    await closeSurvey(tx, id);
  });
}

/** A session for the officer, without a password. */
async function cookieFor(store: Store, officer: Actor): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await store.gate.openSession({
    ...officer,
    tokenHash: createHash("sha256").update(token).digest(),
    idleSeconds: 3600,
    absoluteSeconds: 7200,
    address: "127.0.0.1",
  });
  return `${cookieName}=${token}`;
}

let told: Record<string, unknown> = {};
const server = await startServer({
  log: (line) => process.stderr.write(`${line}\n`),
  prepare: async (store) => {
    await prepare(store);
    const [district] = await store.gate.listDistricts();
    const officer = district === undefined ? null : await store.gate.findActor(district.districtId, "organiser");
    if (officer === null) throw new Error("no officer");
    told = await store.withActor(officer, async (tx) => {
      const surveys = await listSurveys(tx);
      const open = surveys.find((survey) => survey.state === "open");
      const keys = open === undefined ? [] : (await listSurveyLinks(tx, open.id)).map((link) => link.key);
      const progress = open === undefined ? [] : await readSurveyProgress(tx, open.id);
      return {
        keys,
        closed: surveys.find((survey) => survey.state === "closed")?.id ?? null,
        stored: progress.reduce((sum, stratum) => sum + stratum.answers, 0),
      };
    });
    told = { ...told, cookie: await cookieFor(store, officer) };
  },
  onReady: ({ url }) => process.stdout.write(`READY ${JSON.stringify({ ...told, url })}\n`),
});
stopOnSignals(server);
