import { expect, test } from "vitest";
import { schoolYear } from "../base/index.ts";
import { applyChanges, assessBalance, balanceRules, compareYears } from "./index.ts";
import type { BalanceFacts } from "./index.ts";
import { ampleDistrict, ampleSchool, ampleStage } from "./testing/facts.ts";

const rules = balanceRules("2025-09-01");
const before = ampleDistrict(
  [
    ampleSchool("2150000001", { primary: 400 }, { stages: [ampleStage("primary", 400, { leadTeachers: 4 })] }),
    ampleSchool("3150000001", { junior: 400 }),
  ],
  { schoolYear: schoolYear(2024) },
);
const after = (facts: BalanceFacts): BalanceFacts => ({ ...facts, schoolYear: schoolYear(2025) });
const changesOf = (facts: BalanceFacts, laterRules = rules) =>
  compareYears([assessBalance(before, rules), assessBalance(after(facts), laterRules)]);

test("nothing changes between equal years", () => {
  expect(changesOf(before)).toEqual([]);
});

test("more pupils with the same teachers lose the indicator, and pupils are named as the cause", () => {
  const changes = changesOf(
    applyChanges(before, [{ schoolCode: "2150000001", stage: "primary", field: "pupils", value: 500 }]),
  );
  expect(changes.find((change) => change.subject === "R2")).toEqual({
    from: 2024,
    to: 2025,
    subject: "R2",
    schoolCode: "2150000001",
    phase: "primary",
    indicator: null,
    before: "met",
    after: "notMet",
    valueBefore: 1,
    valueAfter: 0.8,
    causes: [{ kind: "pupils", before: 400, after: 500 }],
  });
  expect(changes.map((change) => change.subject)).toContain("row");
  expect(changes.map((change) => change.subject)).toContain("part:resources");
  expect(changes[0]).toMatchObject({ subject: "district", before: "met", after: "notMet" });
});

test("the larger of two causes comes first", () => {
  const changes = changesOf(
    applyChanges(before, [
      { schoolCode: "2150000001", stage: "primary", field: "pupils", value: 410 },
      { schoolCode: "2150000001", stage: "primary", field: "leadTeachers", value: 2 },
    ]),
  );
  expect(changes.find((change) => change.subject === "R2")?.causes.map((cause) => cause.kind)).toEqual([
    "numerator",
    "pupils",
  ]);
});

test("a stricter rule is named as the cause", () => {
  const stricter = balanceRules("2025-09-01", [
    {
      reference: "moe-2017-quality-balance/resources/R2",
      field: "threshold",
      value: 1.5,
      source: "（示例）",
      effectiveFrom: "2025-01-01",
    },
  ]);
  expect(changesOf(before, stricter).find((change) => change.subject === "R2")?.causes).toEqual([
    { kind: "rule", before: 1, after: 1.5 },
  ]);
});

test("a figure that was not reported any more is named so", () => {
  const silent = {
    ...before,
    schools: before.schools.map((school) => ({
      ...school,
      stages: school.stages.map((stage) => ({ ...stage, leadTeachers: null })),
    })),
  };
  const change = changesOf(silent).find(
    (candidate) => candidate.subject === "R2" && candidate.schoolCode === "2150000001",
  );
  expect(change).toMatchObject({
    before: "met",
    after: "notComputable",
    causes: [{ kind: "notReported", before: 4, after: null }],
  });
});

test("a school that is new or gone is named", () => {
  const grown = { ...before, schools: [...before.schools.slice(1), ampleSchool("2150000009", { primary: 200 })] };
  const rows = changesOf(grown).filter((change) => change.subject === "row");
  expect(rows.map((change) => [change.schoolCode, change.before, change.after, change.causes[0]?.kind])).toEqual([
    ["2150000009", null, "met", "schoolAdded"],
    ["2150000001", "met", null, "schoolRemoved"],
  ]);
});

test("findings, vetoes, satisfaction and conditions are compared", () => {
  const changed = {
    ...before,
    findings: before.findings.map((finding) => (finding.item === "G1" ? { ...finding, isMet: false } : finding)),
    vetoes: before.vetoes.map((veto) => (veto.veto === "V2" ? { ...veto, hasOccurred: true } : veto)),
    satisfaction: before.satisfaction.map((row) => ({ ...row, satisfiedAnswers: 80 })),
    figures: { ...before.figures, specialQuotaYuan: 5000 },
  };
  const changes = changesOf(changed);
  expect(changes.find((change) => change.subject === "G1")?.causes).toEqual([{ kind: "finding", before: 1, after: 0 }]);
  expect(changes.find((change) => change.subject === "V2")?.after).toBe("notMet");
  expect(changes.find((change) => change.subject === "satisfaction")).toMatchObject({
    valueBefore: 0.9,
    valueAfter: 0.8,
  });
  expect(changes.find((change) => change.subject === "G7")?.causes).toEqual([
    { kind: "value", before: 7000, after: 5000 },
  ]);
});
