/** The same district over several years, or reported against a what-if: which verdicts changed, and why. */

import type { Phase, SchoolYear, Verdict } from "../base/index.ts";
import { indicators } from "./assessment.ts";
import type { BalanceAssessment, IndicatorResult } from "./assessment.ts";

/** Why a figure moved. */
export interface Cause {
  readonly kind:
    | "numerator"
    | "pupils"
    | "rule"
    | "reported"
    | "notReported"
    | "schoolAdded"
    | "schoolRemoved"
    | "relaxation"
    | "finding"
    | "value";
  readonly before: number | null;
  readonly after: number | null;
}

/** One verdict that is not what it was. */
export interface VerdictChange {
  readonly from: SchoolYear;
  readonly to: SchoolYear;
  /** "district", "part:resources", "row", "R1" … "R7", "cv", "G1" … "Q9", "satisfaction", "V1" …, "precondition" */
  readonly subject: string;
  readonly schoolCode: string | null;
  readonly phase: Phase | null;
  /** indicator of a coefficient of variation; null otherwise */
  readonly indicator: string | null;
  readonly before: Verdict | null;
  readonly after: Verdict | null;
  readonly valueBefore: number | null;
  readonly valueAfter: number | null;
  /** largest first */
  readonly causes: readonly Cause[];
}

/** Verdicts that changed between each assessment and the next, in the order given (oldest first). */
export function compareYears(assessments: readonly BalanceAssessment[]): VerdictChange[] {
  const changes: VerdictChange[] = [];
  for (let place = 1; place < assessments.length; place += 1) {
    const before = assessments[place - 1];
    const after = assessments[place];
    if (before && after) changes.push(...compareTwo(before, after));
  }
  return changes;
}

type Spot = Pick<VerdictChange, "subject" | "schoolCode" | "phase" | "indicator">;

const parts = [
  "resources",
  "government",
  "quality",
  "recognition",
  "vetoes",
  "precondition",
] as const satisfies readonly (keyof BalanceAssessment["parts"])[];

function whole(subject: string): Spot {
  return { subject, schoolCode: null, phase: null, indicator: null };
}

function keyOf(row: { readonly schoolCode: string; readonly phase: Phase }): string {
  return `${row.schoolCode} ${row.phase}`;
}

function compareTwo(before: BalanceAssessment, after: BalanceAssessment): VerdictChange[] {
  const changes: VerdictChange[] = [];
  const note = (
    spot: Spot,
    verdicts: readonly [Verdict | null, Verdict | null],
    values: readonly [number | null, number | null],
    causes: readonly Cause[],
  ) => {
    if (verdicts[0] === verdicts[1]) return;
    changes.push({
      from: before.schoolYear,
      to: after.schoolYear,
      ...spot,
      before: verdicts[0],
      after: verdicts[1],
      valueBefore: values[0],
      valueAfter: values[1],
      causes,
    });
  };
  note(whole("district"), [before.verdict, after.verdict], [null, null], []);
  for (const part of parts) {
    note(whole(`part:${part}`), [before.parts[part], after.parts[part]], [null, null], []);
  }

  const rowsBefore = new Map(before.rows.map((row) => [keyOf(row), row]));
  const rowsAfter = new Map(after.rows.map((row) => [keyOf(row), row]));
  for (const row of after.rows) {
    const old = rowsBefore.get(keyOf(row));
    const spot = { schoolCode: row.schoolCode, phase: row.phase, indicator: null };
    if (!old) {
      note(
        { ...spot, subject: "row" },
        [null, row.verdict],
        [null, row.metCount],
        [{ kind: "schoolAdded", before: null, after: row.pupils }],
      );
      continue;
    }
    note(
      { ...spot, subject: "row" },
      [old.verdict, row.verdict],
      [old.metCount, row.metCount],
      moved(old.metCount, row.metCount),
    );
    for (const indicator of indicators) {
      const was = old.indicators[indicator];
      const is = row.indicators[indicator];
      note({ ...spot, subject: indicator }, [was.verdict, is.verdict], [was.value, is.value], indicatorCauses(was, is));
    }
  }
  for (const row of before.rows) {
    if (rowsAfter.has(keyOf(row))) continue;
    note(
      { subject: "row", schoolCode: row.schoolCode, phase: row.phase, indicator: null },
      [row.verdict, null],
      [row.metCount, null],
      [{ kind: "schoolRemoved", before: row.pupils, after: null }],
    );
  }

  for (const is of after.cv) {
    const was = before.cv.find((candidate) => candidate.phase === is.phase && candidate.indicator === is.indicator);
    if (!was) continue;
    const causes = [...limitMoved(was.limit, is.limit), ...moved(was.cv, is.cv)];
    note(
      { subject: "cv", schoolCode: null, phase: is.phase, indicator: is.indicator },
      [was.verdict, is.verdict],
      [was.cv, is.cv],
      causes,
    );
  }
  for (const is of after.items) {
    const was = before.items.find((candidate) => candidate.id === is.id);
    if (!was) continue;
    const causes: Cause[] = [];
    for (const condition of is.conditions) {
      const old = was.conditions.find((candidate) => candidate.id === condition.id);
      if (!old || old.verdict === condition.verdict) continue;
      if (condition.kind === "reviewed")
        causes.push({ kind: "finding", before: flag(old.verdict), after: flag(condition.verdict) });
      else causes.push(...limitMoved(old.limit, condition.limit), ...moved(old.value, condition.value));
    }
    note(whole(is.id), [was.verdict, is.verdict], [was.value, is.value], causes);
  }
  const { satisfaction: asked, precondition: gate } = before;
  note(
    whole("satisfaction"),
    [asked.verdict, after.satisfaction.verdict],
    [asked.value, after.satisfaction.value],
    [...limitMoved(asked.limit, after.satisfaction.limit), ...moved(asked.value, after.satisfaction.value)],
  );
  for (const is of after.vetoes) {
    const was = before.vetoes.find((candidate) => candidate.id === is.id);
    if (was)
      note(
        whole(is.id),
        [was.verdict, is.verdict],
        [null, null],
        [{ kind: "finding", before: flag(was.verdict), after: flag(is.verdict) }],
      );
  }
  note(
    whole("precondition"),
    [gate.verdict, after.precondition.verdict],
    [gate.value, after.precondition.value],
    [...limitMoved(gate.limit, after.precondition.limit), ...moved(gate.value, after.precondition.value)],
  );
  return changes;
}

/** A finding as a number for a cause: 1 met, 0 not met, null open. */
function flag(verdict: Verdict): number | null {
  return verdict === "notComputable" ? null : Number(verdict === "met");
}

function moved(before: number | null, after: number | null): Cause[] {
  if (before === after) return [];
  if (before === null) return [{ kind: "reported", before, after }];
  return [{ kind: after === null ? "notReported" : "value", before, after }];
}

function limitMoved(before: number | null, after: number | null): Cause[] {
  return before === after ? [] : [{ kind: "rule", before, after }];
}

/** Numerator, pupils and threshold that moved, the largest relative move first. */
function indicatorCauses(was: IndicatorResult, is: IndicatorResult): Cause[] {
  if (was.value === null || is.value === null) return moved(was.numerator, is.numerator);
  const causes: { cause: Cause; size: number }[] = [];
  const add = (kind: Cause["kind"], before: number | null, after: number | null) => {
    if (before === after || before === null || after === null) return;
    causes.push({
      cause: { kind, before, after },
      size: Math.abs(after - before) / Math.max(Math.abs(before), Math.abs(after)),
    });
  };
  add("numerator", was.numerator, is.numerator);
  add("pupils", was.denominator, is.denominator);
  add("rule", was.threshold, is.threshold);
  if (was.relaxations.join() !== is.relaxations.join())
    causes.push({
      cause: { kind: "relaxation", before: was.relaxations.length, after: is.relaxations.length },
      size: 0,
    });
  return causes.sort((a, b) => b.size - a.size).map(({ cause }) => cause);
}
