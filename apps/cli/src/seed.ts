/**
 * The sample district into the database, step by step. Each step is one transaction and asks first whether it is done,
 * so a seed that was interrupted goes on where it stopped, and a complete sample is left alone. The last transaction
 * sends one school's return back; that move stays in the history for ever and says that the sample is complete.
 */

import type { NodeKind } from "@xingfu/domain/access";
import type { PupilRow, SchoolYear, Section, SectionRows } from "@xingfu/domain/base";
import { schoolYear, sections } from "@xingfu/domain/base";
import { rowKey } from "@xingfu/domain/returns";
import { summarizeSurvey } from "@xingfu/domain/survey";
import type { DemoAccount, MeasuredPupil, SampleDistrict, SampleMeasure, SampleOutline } from "@xingfu/fixtures";
import { drawMeasures, makeDistrict, makeSampleSurvey, outlineDistrict, sampleSchemes } from "@xingfu/fixtures";
import { createPasswords } from "@xingfu/server";
import type { Actor, NewUnit, Store } from "@xingfu/store";
import {
  closeSurvey,
  countMeasures,
  countPupils,
  createAccounts,
  createScenario,
  createSurvey,
  declareScheme,
  listRuns,
  listScenarios,
  listSchemes,
  listStates,
  listSurveys,
  loadMeasures,
  loadPupils,
  loadRows,
  loadSampleSheets,
  moveReturns,
  openSurvey,
  placeUnits,
  planSurvey,
  readOrganisation,
  readSchoolReturn,
  readSheets,
  requestRun,
  revision,
  saveSurveyResult,
  setDeadline,
} from "@xingfu/store";
import { seedRounds } from "./seed-rounds.ts";

export interface SeedOptions {
  readonly store: Store;
  /** one line of progress, in Chinese */
  readonly log: (line: string) => void;
  /** a smaller sample, for tests: the share of ordinary schools to keep */
  readonly scale?: number;
}

export interface SeedReport {
  /** "present": it was complete already; "resumed": an interrupted seed was finished */
  readonly outcome: "loaded" | "present" | "resumed";
  readonly districtId: number;
  readonly accounts: readonly DemoAccount[];
  readonly seconds: number;
}

type Hash = (password: string) => Promise<string>;

/** Pupils handed to the database at once. */
const chunkSize = 5000;
/** The day by which the schools had to submit; it has passed, so that some are late. */
const deadline = "2025-10-31T18:00:00+08:00";

/** Loads the sample district. Safe to call at every start. */
export async function seed({ store, log, scale = 1 }: SeedOptions): Promise<SeedReport> {
  const started = performance.now();
  const outline = outlineDistrict(undefined, { scale });
  const known = (await store.gate.listDistricts()).find((district) => district.code === outline.district.code);
  if (known !== undefined && (await isComplete(store, known.districtId, outline))) {
    return {
      outcome: "present",
      districtId: known.districtId,
      accounts: outline.accounts,
      seconds: (performance.now() - started) / 1000,
    };
  }
  const sample = makeDistrict(undefined, { scale });
  const steps = new Steps(log);
  let passwords: ReturnType<typeof createPasswords> | undefined;
  const hash: Hash = (password) => (passwords ??= createPasswords()).hash(password);

  log(
    known === undefined
      ? `正在载入示例数据“${sample.district.name}”，全部为虚构内容。`
      : "上次载入示例数据没有完成，现在继续。",
  );
  const districtId = known?.districtId ?? (await foundDistrict(store, sample, hash));
  const administrator = await actorOf(store, districtId, accountOf(sample, "administrator"));

  await steps.run("组织机构", 3, async () => {
    if ((await store.withActor(administrator, (tx) => readOrganisation(tx))).some((node) => node.kind === "school"))
      return null;
    const placed = await store.withActor(administrator, (tx) => placeUnits(tx, unitsOf(sample)));
    return `${placed.length} 个集团、学校和校区`;
  });
  const officerAccount = accountOf(sample, "officer");
  await steps.run("演示账号", 10, async () => {
    if ((await store.gate.findActor(districtId, officerAccount.signInName)) !== null) return null;
    return `${await addAccounts(store, administrator, sample, hash)} 个`;
  });
  const officer = await actorOf(store, districtId, officerAccount);
  for (const [index, rows] of sample.years.entries()) {
    await steps.run(`${rows.schoolYear} 学年填报数据`, 16 + index * 6, async () => {
      if ((await store.withActor(officer, (tx) => revision(tx, rows.schoolYear))).revision > 0) return null;
      const batch = await store.withActor(officer, (tx) =>
        loadRows(tx, {
          year: rows.schoolYear,
          kind: "sample",
          fileName: null,
          isSample: true,
          rows: sectionsOf(rows),
          replace: "all",
        }),
      );
      return `${batch.rowCount.toLocaleString("zh-CN")} 行`;
    });
  }
  for (const [index, { schoolYear }] of sample.years.entries()) {
    // handing the rows over takes less than half of the time, the database takes the rest
    const from = 30 + index * 19;
    await steps.run(`${schoolYear} 学年学生名册`, from + 19, async () => {
      if ((await store.withActor(officer, (tx) => countPupils(tx, schoolYear))).length > 0) return null;
      const total = sample.pupilCount(schoolYear);
      const rows = chunks(sample.pupils(schoolYear), (done) =>
        steps.show(
          from + (8 * done) / total,
          `${schoolYear} 学年学生名册：${done.toLocaleString("zh-CN")} / ${total.toLocaleString("zh-CN")} 人`,
        ),
      );
      const loaded = await store.withActor(officer, (tx) =>
        loadPupils(tx, { year: schoolYear, fileName: null, isSample: true, rows }),
      );
      return `${loaded.pupils.toLocaleString("zh-CN")} 人`;
    });
  }
  await steps.run("增值评价方案", 90, () => declareSchemes(store, officer));
  await steps.run("体质健康和视力测量", 97, () => loadSampleMeasures(store, officer, sample));
  // computed by the server once it runs, so that the first start does not wait
  await steps.run("增值评价计算", 98, () => requestRuns(store, officer));
  await steps.run("满意度调查", 98, () => addSurvey(store, officer, sample));
  await steps.run("学校评估", 98, () =>
    seedRounds({
      store,
      administrator,
      officer,
      hash: () => hash(officerAccount.password),
      ownSchools: sample.accounts.filter(({ role }) => role === "principal").map(({ node }) => node.key),
      today: new Date().toISOString().slice(0, 10),
    }),
  );
  await steps.run("填报状态", 100, () => settleStates(store, officer, sample));

  const seconds = (performance.now() - started) / 1000;
  log(`示例数据载入完成，用时 ${seconds.toFixed(1)} 秒。`);
  return { outcome: known === undefined ? "loaded" : "resumed", districtId, accounts: sample.accounts, seconds };
}

/** The return that is sent back at the very end. */
function lastMove(outline: SampleOutline): { readonly year: SchoolYear; readonly schoolCode: string } {
  const latest = outline.truth.years.at(-1);
  const schoolCode = latest?.unknownRows[0]?.schoolCode;
  if (latest === undefined || schoolCode === undefined) throw new RangeError("the sample has no school to send back");
  return { year: schoolYear(latest.year), schoolCode };
}

/** Whether nothing is left to do: the last move was made, or the demonstration accounts were closed since. */
async function isComplete(store: Store, districtId: number, outline: SampleOutline): Promise<boolean> {
  const { signInName } = accountOf(outline, "officer");
  const account = await store.gate.findAccount(districtId, signInName);
  if (account === null) return false;
  if (!account.isActive) return true;
  const { year, schoolCode } = lastMove(outline);
  return store.withActor({ districtId, accountId: account.accountId }, async (tx) => {
    const state = (await listStates(tx, year)).schools.find((school) => school.schoolCode === schoolCode);
    if (state === undefined || !state.hasRows) return false;
    const isSentBack = (await readSchoolReturn(tx, year, schoolCode)).moves.some((move) => move.to === "returned");
    // a sample of an earlier version has no evaluation yet
    return isSentBack && (await listRuns(tx)).length > 0;
  });
}

/** Runs the steps that are not done yet and shows how far the whole has come. */
class Steps {
  readonly #log: (line: string) => void;
  #shown = 0;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** @param step  what it did, or null when it was done before */
  async run(name: string, percent: number, step: () => Promise<string | null>): Promise<void> {
    const result = await step();
    if (result === null) return;
    this.show(percent, `${name}：${result}`, true);
  }

  /** A line with a bar of twenty places; lines between steps come at most once per five percent. */
  show(percent: number, text: string, isStep = false): void {
    if (!isStep && percent - this.#shown < 5) return;
    this.#shown = percent;
    const full = Math.round(percent / 5);
    this.#log(`[${"█".repeat(full)}${"░".repeat(20 - full)}] ${String(Math.round(percent)).padStart(3)}% ${text}`);
  }
}

async function declareSchemes(store: Store, officer: Actor): Promise<string | null> {
  return store.withActor(officer, async (tx) => {
    const known = new Set((await listSchemes(tx)).map(({ declaration }) => declaration.id));
    const missing = sampleSchemes.filter(({ declaration }) => !known.has(declaration.id));
    for (const scheme of missing) await declareScheme(tx, scheme);
    return missing.length === 0 ? null : `${missing.length} 个`;
  });
}

/**
 * The kinds side by side, and within a kind the next year's values drawn while the database still packs the last one's:
 * otherwise drawing and packing would wait for each other.
 */
async function loadSampleMeasures(store: Store, officer: Actor, sample: SampleDistrict): Promise<string | null> {
  const known = new Set(
    (await store.withActor(officer, (tx) => countMeasures(tx))).map(({ kind, year }) => `${kind} ${year}`),
  );
  const kinds = [...new Set(sampleSchemes.map(({ declaration }) => declaration.measure.kind as SampleMeasure))];
  const loadKind = async (kind: SampleMeasure): Promise<readonly number[]> => {
    const stages = sampleSchemes
      .filter(({ declaration }) => declaration.measure.kind === kind)
      .map(({ declaration }) => declaration.stage);
    const loads: Promise<number>[] = [];
    for (const { year, rows } of byYear(drawMeasures(sample, kind, { stages }))) {
      if (known.has(`${kind} ${year}`)) {
        for (const _ of rows); // drawn for the year that builds on it
        continue;
      }
      const drawn = Promise.withResolvers<void>();
      const taken = function* (): Generator<readonly MeasuredPupil[]> {
        yield* rows;
        drawn.resolve();
      };
      const load = store.withActor(officer, async (tx) => {
        const batch = { kind, year: schoolYear(year), fileName: null, isSample: true, rows: taken() };
        return (await loadMeasures(tx, batch)).pupils;
      });
      load.catch(() => undefined); // told below, when its turn comes
      loads.push(load);
      await Promise.race([drawn.promise, load]);
    }
    return Promise.all(loads);
  };
  const loaded = (await Promise.all(kinds.map(loadKind))).flat();
  if (loaded.length === 0) return null;
  return `${loaded.reduce((sum, pupils) => sum + pupils, 0).toLocaleString("zh-CN")} 条`;
}

/** The chunks of one year after the other; each year's are read to the end before the next begins. */
function* byYear(
  chunks: Iterator<{ readonly year: number; readonly rows: readonly MeasuredPupil[] }, void>,
): Generator<{ readonly year: number; readonly rows: Iterable<readonly MeasuredPupil[]> }> {
  let next = chunks.next();
  function* ofYear(year: number): Generator<readonly MeasuredPupil[]> {
    while (next.done !== true && next.value.year === year) {
      yield next.value.rows;
      next = chunks.next();
    }
  }
  while (next.done !== true) yield { year: next.value.year, rows: ofYear(next.value.year) };
}

async function requestRuns(store: Store, officer: Actor): Promise<string | null> {
  return store.withActor(officer, async (tx) => {
    const asked = new Set((await listRuns(tx)).map(({ schemeId }) => schemeId));
    const missing = (await listSchemes(tx)).filter(({ id }) => !asked.has(id));
    for (const { id } of missing) await requestRun(tx, id);
    return missing.length === 0 ? null : `${missing.length} 项已排队，启动后在后台计算`;
  });
}

function accountOf(sample: SampleOutline, role: DemoAccount["role"]): DemoAccount {
  const account = sample.accounts.find((other) => other.role === role);
  if (account === undefined) throw new RangeError(`the sample has no account for ${role}`);
  return account;
}

async function actorOf(store: Store, districtId: number, account: DemoAccount): Promise<Actor> {
  const actor = await store.gate.findActor(districtId, account.signInName);
  if (actor === null)
    throw new Error(`示例账号 ${account.signInName} 不存在或已停用，不能继续载入示例数据。请清空数据目录后重新启动。`);
  return actor;
}

async function foundDistrict(store: Store, sample: SampleDistrict, hash: Hash): Promise<number> {
  const administrator = accountOf(sample, "administrator");
  const founded = await store.gate.foundDistrict({
    ...sample.district,
    isSample: true,
    administrator: {
      name: administrator.signInName,
      displayName: administrator.displayName,
      passwordHash: await hash(administrator.password),
      mustChangePassword: false,
    },
  });
  return founded.districtId;
}

const groupCode = (districtCode: string, index: number): string =>
  `${districtCode}-J${String(index + 1).padStart(2, "0")}`;

/** Groups first, then schools, then campuses. */
function unitsOf(sample: SampleDistrict): readonly NewUnit[] {
  const groups = sample.organisation.groups.map((group, index): NewUnit => ({
    kind: "group",
    code: groupCode(sample.district.code, index),
    parentCode: null,
    clusterName: group.cluster,
    versions: [{ from: "2018-09-01", name: group.name, type: group.stage, groupName: null }],
    closedOn: null,
    mergedIntoCode: null,
  }));
  const schools = sample.organisation.schools.map((school): NewUnit => ({
    kind: school.isCounted ? "school" : "campus",
    code: school.schoolCode,
    parentCode: school.parentCode,
    clusterName: school.cluster,
    versions: school.versions,
    closedOn: school.merged?.on ?? null,
    mergedIntoCode: school.merged?.intoCode ?? null,
  }));
  return [
    ...groups,
    ...schools.filter((unit) => unit.kind === "school"),
    ...schools.filter((unit) => unit.kind === "campus"),
  ];
}

async function addAccounts(store: Store, administrator: Actor, sample: SampleDistrict, hash: Hash): Promise<number> {
  const others = sample.accounts.filter((account) => account.role !== "administrator");
  const hashes = await Promise.all(others.map((account) => hash(account.password)));
  const created = await store.withActor(administrator, async (tx) => {
    const nodes = await readOrganisation(tx);
    const nodeId = ({ kind, key }: { readonly kind: NodeKind; readonly key: string }): number => {
      const node = nodes.find(
        (other) => other.kind === kind && (kind === "group" ? other.name === key : other.code === key),
      );
      if (node === undefined) throw new RangeError(`no ${kind} ${key}`);
      return node.id;
    };
    return createAccounts(
      tx,
      others.map((account, index) => ({
        name: account.signInName,
        displayName: account.displayName,
        passwordHash: hashes[index] ?? "",
        mustChangePassword: false,
        roles: [{ role: account.role, nodeId: nodeId(account.node) }],
      })),
    );
  });
  return created.length + 1;
}

function sectionsOf(rows: { readonly [S in Section]: readonly SectionRows[S][] }): {
  readonly [S in Section]: readonly SectionRows[S][];
} {
  return Object.fromEntries(sections.map((section) => [section, rows[section]])) as {
    readonly [S in Section]: readonly SectionRows[S][];
  };
}

function* chunks(pupils: Iterable<PupilRow>, onChunk: (done: number) => void): Generator<readonly PupilRow[]> {
  let chunk: PupilRow[] = [];
  let done = 0;
  for (const pupil of pupils) {
    chunk.push(pupil);
    if (chunk.length < chunkSize) continue;
    done += chunk.length;
    yield chunk;
    onChunk(done);
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** A finished survey with its counts, and the next one as it is being built. */
async function addSurvey(store: Store, officer: Actor, sample: SampleDistrict): Promise<string | null> {
  const latest = sample.years.at(-1);
  if (latest === undefined || (await store.withActor(officer, listSurveys)).length > 0) return null;
  const survey = makeSampleSurvey(latest);
  const { plan, strata } = survey;
  return store.withActor(officer, async (tx) => {
    const { id } = await createSurvey(tx, plan, true);
    await planSurvey(tx, id, strata);
    await openSurvey(tx, id);
    const drawn = [...survey.sheets()];
    await loadSampleSheets(tx, id, drawn);
    await closeSurvey(tx, id);
    const summary = summarizeSurvey(plan.forms, strata);
    for await (const portion of readSheets(tx, id))
      for (const { party, unit, stage, sheet } of portion) summary.add(party, unit, stage, sheet);
    const { result, schools } = summary.finish();
    await saveSurveyResult(tx, id, result, schools);
    const next = latest.schoolYear + 2;
    await createSurvey(
      tx,
      { ...plan, title: `${next} 年教育满意度调查`, opensOn: `${next}-05-10`, closesOn: `${next}-05-30` },
      true,
    );
    return `${drawn.length.toLocaleString("zh-CN")} 份答卷`;
  });
}

/** Years gone by are locked; of the last one most schools are verified, some wait, some are late, one was sent back. */
async function settleStates(store: Store, officer: Actor, sample: SampleDistrict): Promise<string> {
  const advance = async (
    year: SchoolYear,
    schoolCodes: readonly string[],
    path: readonly ("submitted" | "verified" | "locked")[],
  ): Promise<void> => {
    if (schoolCodes.length === 0) return;
    await store.withActor(officer, async (tx) => {
      const { schools } = await listStates(tx, year);
      const order = ["draft", "submitted", "verified", "locked"];
      for (const to of path) {
        const behind = schools.filter(
          (school) => schoolCodes.includes(school.schoolCode) && order.indexOf(school.state) < order.indexOf(to),
        );
        if (behind.length > 0)
          await moveReturns(tx, year, { schoolCodes: behind.map((school) => school.schoolCode), to, note: "" });
      }
    });
  };
  const latest = sample.years.at(-1);
  if (latest === undefined) return "";
  const tracked = async (year: SchoolYear): Promise<readonly string[]> =>
    (await store.withActor(officer, (tx) => listStates(tx, year))).schools
      .filter((school) => school.hasRows)
      .map((school) => school.schoolCode);
  for (const { schoolYear } of sample.years) {
    if (schoolYear !== latest.schoolYear)
      await advance(schoolYear, await tracked(schoolYear), ["submitted", "verified", "locked"]);
  }

  const codes = await tracked(latest.schoolYear);
  const sentBack = lastMove(sample).schoolCode;
  // every 24th school is still filling in, every 17th waits for the commission; the clerks' own schools are among them
  const clerks = sample.accounts.filter((account) => account.role === "clerk").map((account) => account.node.key);
  const draft = codes.filter((code, index) => code !== sentBack && (code === clerks[0] || index % 24 === 11));
  const waiting = codes.filter(
    (code, index) => code !== sentBack && !draft.includes(code) && (code === clerks[1] || index % 17 === 5),
  );
  const verified = codes.filter((code) => code !== sentBack && !draft.includes(code) && !waiting.includes(code));
  await advance(latest.schoolYear, [...waiting, ...verified, sentBack], ["submitted"]);
  await advance(latest.schoolYear, verified, ["verified"]);
  await store.withActor(officer, async (tx) => {
    const { scenario } = sample.truth;
    if ((await listScenarios(tx, latest.schoolYear)).length === 0) {
      await createScenario(tx, latest.schoolYear, {
        name: scenario.name,
        note: "示例情景：补足后初中教学仪器设备值差异系数降到限值以内。",
        changes: scenario.changes,
        isShared: true,
      });
    }
    await setDeadline(tx, latest.schoolYear, deadline);
    await moveReturns(tx, latest.schoolYear, {
      schoolCodes: [sentBack],
      to: "returned",
      note: "请补填教学仪器设备资产值后重新提交。",
      comments: [
        {
          section: "premises",
          rowKey: rowKey("premises", { schoolCode: sentBack, stage: null }),
          column: "equipmentYuan",
          text: "教学仪器设备资产值未填报，请按固定资产账的账面原值填写，单位为万元。",
        },
      ],
    });
  });
  return `已锁定 ${sample.years.length - 1} 个学年；${latest.schoolYear} 学年已核定 ${verified.length} 所、待核 ${waiting.length} 所、填报中 ${draft.length} 所、退回 1 所`;
}
