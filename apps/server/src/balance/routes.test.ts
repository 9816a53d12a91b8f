import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { assessBalance, assessmentDate, balanceRules, summarizeDistrict } from "@xingfu/domain/balance";
import { canonicalText, schoolYear } from "@xingfu/domain/base";
import { loadDistrictYear } from "@xingfu/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHarness, primarySchool, together, year } from "../testing/harness.ts";
import type { Harness, Person } from "../testing/harness.ts";

let harness: Harness;
let officer: Person;
let inspector: Person;
let principal: Person;
let viewer: Person;
let codes: string[];
const params = { year };

beforeAll(async () => {
  harness = await openHarness();
  codes = harness.district.schools.map((school) => school.code);
  officer = await harness.as(harness.district.officer);
  inspector = await harness.as(harness.district.inspector);
  principal = await harness.as(harness.district.principal);
  viewer = await harness.as(harness.district.viewer);
  await harness.report(
    together(
      primarySchool(codes[0] ?? "", "第一小学"),
      primarySchool(codes[1] ?? "", "第二小学", {
        teachingFloorAreaM2: 500,
        sportsGroundAreaM2: 800,
        multimediaRooms: 1,
      }),
      primarySchool(codes[2] ?? "", "第三小学", { equipmentYuan: null }),
    ),
  );
});
afterAll(() => harness.close());

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the assessment", () => {
  it("of the district is the engine's own, with the hashes of what went in", async () => {
    const reply = await officer.client.readAssessment({ params });
    const rows = await harness.store.withActor(harness.district.officer, (tx) => loadDistrictYear(tx, year));
    if (rows === null) throw new Error("no rows");
    const facts = summarizeDistrict(rows);
    const rules = balanceRules(assessmentDate(year));
    expect(reply.scope).toBe("district");
    expect(reply.assessment).toEqual(JSON.parse(JSON.stringify(assessBalance(facts, rules))));
    expect(reply.inputsHash).toBe(sha256(canonicalText(facts)));
    expect(reply.rules).toEqual({ id: rules.id, version: rules.version, hash: sha256(canonicalText(rules)) });
    expect(reply.reported?.at).toMatch(/^\d{4}-\d{2}-\d{2}T/);
  });

  it("shows a school's people their own rows and nothing of the others", async () => {
    const reply = await principal.client.readAssessment({ params });
    expect(reply.scope).toBe("own");
    expect(reply.inputsHash).toBeNull();
    expect(reply.assessment.rows.map((row) => row.schoolCode)).toEqual([codes[0]]);
    expect(reply.assessment.cv).toEqual([]);
    expect(reply.assessment.items).toEqual([]);
    expect(JSON.stringify(reply)).not.toContain(codes[1]);
    const whole = await officer.client.readAssessment({ params });
    expect(whole.assessment.rows.length).toBe(3);
    expect(reply.assessment.rows[0]).toEqual(whole.assessment.rows.find((row) => row.schoolCode === codes[0]));
  });

  it("shows the head of a group its member schools", async () => {
    const head = await harness.as(harness.district.groupHead);
    const { assessment, scope } = await head.client.readAssessment({ params });
    expect(scope).toBe("own");
    expect(assessment.rows.map((row) => row.schoolCode)).toEqual([codes[0], codes[1]]);
  });

  it("is sent once to a browser that keeps it, and compressed to one that can unpack it", async () => {
    const url = "/api/v1/balance/2025/assessment";
    const first = await officer.send({ url });
    const again = await officer.send({ url, headers: { "if-none-match": String(first.headers.etag) } });
    expect([first.statusCode, again.statusCode, again.payload]).toEqual([200, 304, ""]);
    const packed = await officer.send({ url, headers: { "accept-encoding": "gzip, br" } });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(packed.rawPayload).toString()).toBe(first.payload);
  });

  it("follows a change at once", async () => {
    const fresh = await openHarness();
    const [code = ""] = fresh.district.schools.map((school) => school.code);
    const person = await fresh.as(fresh.district.officer);
    await fresh.report(primarySchool(code, "第一小学"));
    const before = await person.client.readAssessment({ params });
    await fresh.report(primarySchool(code, "第一小学", { equipmentYuan: 1 }));
    const after = await person.client.readAssessment({ params });
    expect(before.assessment.rows[0]?.indicators.R6.verdict).toBe("met");
    expect(after.assessment.rows[0]?.indicators.R6.verdict).toBe("notMet");
    expect(after.inputsHash).not.toBe(before.inputsHash);
    await fresh.close();
  });

  it("of a year without data says so", async () => {
    await expect(officer.client.readAssessment({ params: { year: schoolYear(2001) } })).rejects.toMatchObject({
      code: "NO_DATA",
      status: 404,
      fields: { schoolYear: 2001 },
    });
  });

  it("of another district is not to be had", async () => {
    const outsider = await harness.as(harness.district.outsider);
    const reply = await outsider.send({ url: "/api/v1/balance/2025/assessment" });
    expect(reply.payload).not.toContain(codes[0]);
    expect(reply.statusCode).toBeGreaterThanOrEqual(400);
  });

  it("tells who reported its rows", async () => {
    const { entries } = await officer.client.readProvenance({ params, query: { section: "premises" } });
    expect(entries.map((entry) => entry.schoolCode).toSorted()).toEqual(codes.slice(0, 3).toSorted());
    expect(entries[0]).toMatchObject({ fileName: "测试.xlsx", by: { accountId: harness.district.officer.accountId } });
  });

  it("comes with facts and rules that give the same digits in the browser", async () => {
    const { facts, rules, inputsHash } = await viewer.client.readFacts({ params });
    const { assessment } = await viewer.client.readAssessment({ params });
    expect(JSON.parse(JSON.stringify(assessBalance(facts, rules)))).toEqual(assessment);
    expect(sha256(canonicalText(facts))).toBe(inputsHash);
  });
});

describe("a scenario", () => {
  const change = () => ({ schoolCode: codes[1] ?? "", stage: null, field: "teachingFloorAreaM2", value: 3000 });
  const input = (name: string, isShared = false) => ({ name, note: "补建教学用房", changes: [change()], isShared });

  it("is saved, changed, listed and removed by its owner", async () => {
    const { client } = officer;
    const saved = await client.createScenario({ params, body: input("补建") });
    expect(saved).toMatchObject({ name: "补建", changes: [change()], isOwn: true, isShared: false });
    const changed = await client.updateScenario({
      params: { id: saved.id },
      body: { ...input("补建二"), changes: [] },
    });
    expect(changed).toMatchObject({ name: "补建二", changes: [] });
    expect((await client.listScenarios({ params })).scenarios.map((one) => one.id)).toContain(saved.id);
    await client.deleteScenario({ params: { id: saved.id } });
    await expect(client.readScenario({ params: { id: saved.id } })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is seen by others when it is shared, and changed by nobody else", async () => {
    const own = await officer.client.createScenario({ params, body: input("只给自己") });
    const shared = await officer.client.createScenario({ params, body: input("给大家", true) });
    const seen = (await inspector.client.listScenarios({ params })).scenarios;
    expect(seen.map((one) => one.name)).toEqual(["给大家"]);
    expect(seen[0]?.isOwn).toBe(false);
    await expect(inspector.client.readScenario({ params: { id: own.id } })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(
      inspector.client.updateScenario({ params: { id: shared.id }, body: input("改掉") }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("touches nothing that is reported", async () => {
    const before = await officer.client.readAssessment({ params });
    await officer.client.createScenario({ params, body: input("不动数据") });
    expect(await officer.client.readAssessment({ params })).toEqual(before);
  });

  it("that names an unknown school is not saved", async () => {
    const body = { ...input("错"), changes: [{ ...change(), schoolCode: "2150999999" }] };
    await expect(officer.client.createScenario({ params, body })).rejects.toMatchObject({
      code: "SCENARIO_INVALID",
      fields: { change: 0 },
    });
  });
});

describe("a finding", () => {
  it("is recorded in the reviewer's name, shows in the assessment and can be taken back", async () => {
    const item = "G1";
    const verdict = async () =>
      (await officer.client.readAssessment({ params })).assessment.items.find((one) => one.id === item)?.verdict;
    expect(await verdict()).toBe("notComputable");
    const { batchId } = await inspector.client.recordFinding({
      params: { year, item },
      body: { isMet: true, finding: "<b>已查规划</b>'); drop table rows;--", evidence: null },
    });
    expect(await verdict()).toBe("met");
    const { facts } = await officer.client.readFacts({ params });
    const { session } = await inspector.client.readSession();
    expect(facts.findings.find((one) => one.item === item)).toMatchObject({
      reviewer: session?.displayName,
      finding: "<b>已查规划</b>'); drop table rows;--",
    });
    await officer.client.undoBatch({ params: { id: batchId } });
    expect(await verdict()).toBe("notComputable");
  });

  it("of a veto decides the verdict", async () => {
    await inspector.client.recordVeto({
      params: { year, veto: "V1" },
      body: { hasOccurred: true, finding: "查实", evidence: null },
    });
    const { assessment } = await officer.client.readAssessment({ params });
    expect(assessment.vetoes.find((one) => one.id === "V1")?.verdict).toBe("notMet");
    expect(assessment.verdict).toBe("notMet");
  });

  it("has files to support it", async () => {
    const pdf = new Blob(["%PDF-1.4 test"]);
    const added = await inspector.client.addEvidence({
      params: { year, item: "G1" },
      file: { blob: pdf, fileName: "规划<文件>.pdf" },
    });
    expect(added).toMatchObject({ fileName: "规划<文件>.pdf", mediaType: "application/pdf", bytes: 13 });
    expect((await viewer.client.listEvidence({ params, query: { item: "G1" } })).evidence).toHaveLength(1);
    const back = await viewer.client.readEvidence({ params: { id: added.id } });
    expect([back.fileName, await back.blob.text()]).toEqual(["规划<文件>.pdf", "%PDF-1.4 test"]);
    await inspector.client.deleteEvidence({ params: { id: added.id } });
    expect((await viewer.client.listEvidence({ params })).evidence).toEqual([]);
  });

  it.each([
    ["page.html", "<script>", "FILE_UNREADABLE"],
    ["fake.pdf", "<script>", "FILE_UNREADABLE"],
    ["empty.pdf", "", "FILE_UNREADABLE"],
  ])("takes no %s holding %j", async (fileName, content, code) => {
    const file = { blob: new Blob([content]), fileName };
    await expect(inspector.client.addEvidence({ params: { year, item: "G1" }, file })).rejects.toMatchObject({ code });
  });
});

describe("a report", () => {
  it.each(["docx", "xlsx"] as const)("of the district as %s has its Chinese name", async (format) => {
    const file = await officer.client.downloadReport({ params, query: { format } });
    expect(file.fileName).toBe(`${harness.district.name}2025-2026学年优质均衡自评报告.${format}`);
    expect(
      Buffer.from(await file.blob.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe("PK");
  });

  it("of a school's people is about their own school, and never about another", async () => {
    const file = await principal.client.downloadReport({ params, query: { format: "docx" } });
    expect(file.fileName).toBe("第一小学2025-2026学年优质均衡指标情况.docx");
    await expect(
      principal.client.downloadReport({ params, query: { format: "docx", schoolCode: codes[1] ?? "" } }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is written to the audit", async () => {
    await viewer.client.downloadReport({ params, query: { format: "xlsx" } });
    const { items } = await officer.client.listAudit({ query: { action: "report.export" } });
    expect(items[0]).toMatchObject({ accountId: harness.district.viewer.accountId });
  });
});

describe("the overview", () => {
  it("has the pieces of the district's sentence", async () => {
    const overview = await officer.client.readOverview({ query: { year } });
    expect(overview.balance).toMatchObject({
      scope: "district",
      verdict: "notMet",
      rows: { met: 1, notMet: 1, notComputable: 1 },
    });
    expect(overview.balance?.failingRows[0]).toMatchObject({
      schoolCode: codes[1],
      indicators: expect.arrayContaining(["R4"]),
    });
    expect(overview.recentImports.length).toBeGreaterThan(0);
    expect(Object.values(overview.returns.counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  });

  it("has a school's own rows and no verdict of the district for its people", async () => {
    const overview = await principal.client.readOverview();
    expect(overview.balance).toMatchObject({ scope: "own", verdict: null, failingCv: [], rows: { met: 1, notMet: 0 } });
  });

  it("has no figures for who may not see them", async () => {
    const administrator = await harness.as(harness.district.administrator);
    expect((await administrator.client.readOverview()).balance).toBeNull();
  });

  it("knows the years", async () => {
    const { years, current } = await officer.client.listYears();
    expect(current).toBe(2025);
    expect(years[0]).toMatchObject({ year: 2025, hasData: true, isLocked: false });
  });
});
