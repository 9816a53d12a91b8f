/** The evaluation as a whole: from measurements and a scheme to bands, intervals, gaps and notes. */

import { componentIntervals, normalQuantile, NumericsFault } from "@xingfu/numerics";
import { Fault } from "../base/index.ts";
import type { Gap } from "../base/index.ts";
import type { GatheredSample, GrowthSample, MeasurementRow } from "./cohort.ts";
import { filterSample, gatherSample } from "./cohort.ts";
import type { Shrinkage, ShrunkenEstimate, SpreadEstimate } from "./interval.ts";
import { minimumUnits, shrinkEstimates, spreadWithin } from "./interval.ts";
import type { SourcePermission } from "./lawful.ts";
import { checkSource } from "./lawful.ts";
import type {
  Band,
  GroupGrowth,
  GrowthEstimate,
  GrowthNote,
  GrowthResult,
  GrowthSpread,
  SchoolGrowth,
  SensitivityCheck,
  SubGroup,
} from "./result.ts";
import type { GrowthScheme, SubGrouping } from "./scheme.ts";
import { checkGrowthScheme, privacyMinimum } from "./scheme.ts";
import type { Expectation, ExpectationTerms, UnitEstimate } from "./value-added.ts";
import { directEstimates, fitExpectation } from "./value-added.ts";

/** A school as it is named on the page. */
export interface GrowthSchool {
  readonly schoolCode: string;
  readonly name: string;
  readonly groupName: string | null;
}

export interface GrowthData {
  /** of the judged years and of the years before, which are the priors */
  readonly rows: readonly MeasurementRow[];
  /** schools to report on; a school that only rows name is reported under its code */
  readonly schools: readonly GrowthSchool[];
}

export interface GrowthOptions {
  /** also leave out each cohort and the extremes, and give the spreads intervals; takes several times as long. Default true */
  readonly withChecks?: boolean;
  /** told after each part of the work what share of it is done, 0–1 */
  readonly onProgress?: (share: number) => void;
}

/** Edition of the method, part of every trail. */
export const growthMethod = { id: "value-added", version: "1" } as const;

/** Share of measurements on each side that the check without extremes leaves out. */
const EXTREME_SHARE = 0.01;

/**
 * What each school adds, as the scheme declared it.
 *
 * Honest data never throw: what cannot be said is a gap with a reason, and a note says it in a sentence.
 *
 * @throws Fault GROWTH_SCHEME_INVALID, SOURCE_REFUSED
 */
export function measureGrowth(data: GrowthData, scheme: GrowthScheme, options: GrowthOptions = {}): GrowthResult {
  checkGrowthScheme(scheme);
  const permission = permitted(data.rows, scheme);
  const gathered = gatherSample(data.rows, scheme, permission.range);
  const { sample } = gathered;
  const notes: GrowthNote[] = [];
  const isDeclaredBeforehand = gathered.firstMeasuredOn === null ? null : scheme.declaredOn <= gathered.firstMeasuredOn;
  noteSample(notes, gathered, scheme, permission, isDeclaredBeforehand);

  const everything: ExpectationTerms = { priors: scheme.priors, adjustments: scheme.adjustments };
  const wantsChecks = options.withChecks ?? true;
  // gathering, three models, one for each cohort and one without the extremes, the rest
  const parts = 5 + (wantsChecks ? new Set(sample.entry).size + 1 : 0);
  let done = 0;
  const step = (): void => options.onProgress?.(Math.min(1, (done += 1) / parts));
  step();
  const main = evaluate(sample, scheme, everything, notes);
  step();
  const alone =
    scheme.adjustments.length === 0 ? main : evaluate(sample, scheme, { priors: scheme.priors, adjustments: [] });
  step();
  const level = evaluate(sample, scheme, { priors: 0, adjustments: [] });
  step();
  const codes = schoolCodes(data, sample);
  const withChecks = wantsChecks && main.shrinkage !== null;
  const sensitivity = withChecks ? checkSensitivity(sample, scheme, everything, main, codes, step) : [];
  const years = main.expectation ? evaluateYears(sample, main.expectation, scheme) : new Map<string, GrowthEstimate>();
  const subGroups = main.expectation ? evaluateSubGroups(sample, main.expectation, scheme) : [];
  const noLevel: Gap = { why: "not-applicable", rule: "district-2026-growth/clauses/noExamMeans" };
  const schools = codes.map(({ schoolCode, name, groupName }): SchoolGrowth => {
    const valueAdded = main.estimates.get(schoolCode) ?? emptyEstimate(main.absence);
    const count = gathered.bySchool.get(schoolCode);
    return {
      schoolCode,
      school: name,
      groupName,
      band: bandOf(valueAdded),
      valueAdded,
      withoutAdjustments: alone.estimates.get(schoolCode) ?? emptyEstimate(alone.absence),
      level: permission.isExam
        ? estimateGap(noLevel)
        : (level.estimates.get(schoolCode) ?? emptyEstimate(level.absence)),
      coverage: count && count.measurements >= privacyMinimum ? count.used / count.measurements : null,
      years: scheme.years
        .toSorted((a, b) => a - b)
        .map((schoolYear) => ({
          schoolYear,
          estimate: years.get(`${schoolCode} ${schoolYear}`) ?? emptyEstimate(main.absence),
        })),
      subGroups: scheme.subGroups.flatMap((grouping) =>
        groupsOf[grouping].map((group) => ({
          grouping,
          group,
          estimate:
            subGroups.find((one) => one.grouping === grouping && one.group === group)?.estimates.get(schoolCode) ??
            emptyEstimate(main.absence),
        })),
      ),
      isRobust:
        sensitivity.length === 0 || valueAdded.gap
          ? null
          : sensitivity.every(({ bandChanges }) => bandChanges?.includes(schoolCode) !== true),
    };
  });
  const judged = schools.filter(({ band }) => band !== null);
  const { groups, spread: groupSpread } = evaluateGroups(schools, scheme);
  return {
    scheme,
    permission,
    method: growthMethod,
    isDeclaredBeforehand,
    sample: {
      measurements: Object.values(gathered.omitted).reduce((sum, one) => sum + one, 0) + usedMeasurements(sample),
      used: usedMeasurements(sample),
      omitted: gathered.omitted,
    },
    schools,
    groups,
    spread: spreadsOf(main, scheme, groupSpread, withChecks),
    stability: stabilityOf(main, scheme),
    pairs: comparePairs(judged, scheme.falseAlarmRate),
    falseAlarms: {
      rate: scheme.falseAlarmRate,
      judged: judged.length,
      expectedAtMost: scheme.falseAlarmRate * judged.length,
    },
    errorCorrelation:
      permission.isExam || !main.expectation || !level.expectation
        ? null
        : correlateWithin(sample, main.expectation.differences, level.expectation.differences),
    sensitivity,
    notes,
  };
}

/** Checks every grade and year that is judged; @throws SOURCE_REFUSED, GROWTH_SCHEME_INVALID */
function permitted(rows: readonly MeasurementRow[], scheme: GrowthScheme): SourcePermission {
  const { kind, form } = scheme.measure;
  const judged = new Map<string, { grade: number; date: string }>();
  const years = new Set<number>(scheme.years);
  for (const { grade, schoolYear, stage, measuredOn } of rows) {
    if (stage !== scheme.stage || !years.has(schoolYear)) continue;
    // a measurement without a date is taken to be of the end of its school year
    const date = measuredOn ?? `${schoolYear + 1}-08-31`;
    judged.set(`${grade} ${date}`, { grade, date });
  }
  const last = { grade: null, date: `${Math.max(...scheme.years) + 1}-08-31` };
  const permissions = (judged.size > 0 ? [...judged.values()] : [last]).map(({ grade, date }) =>
    checkSource(
      {
        kind,
        form,
        stage: scheme.stage,
        grade,
        ...(scheme.lastGrade === undefined ? {} : { lastGrade: scheme.lastGrade }),
      },
      date,
    ),
  );
  const permission = permissions.at(-1)!;
  if (permission.use !== "pupils") {
    throw new Fault("GROWTH_SCHEME_INVALID", {
      field: "measure.form",
      problem: `measure.form is ${form}: growth is measured on pupils`,
    });
  }
  return permission;
}

/** One model with what it says of every school. */
interface Evaluation {
  readonly expectation: Expectation | null;
  readonly shrinkage: Shrinkage | null;
  /** by school code; a school without an entry has no pupil in the sample */
  readonly estimates: ReadonlyMap<string, GrowthEstimate>;
  /** why a school without an entry has none */
  readonly absence: Gap;
}

function evaluate(
  sample: GrowthSample,
  scheme: GrowthScheme,
  terms: ExpectationTerms,
  notes: GrowthNote[] = [],
): Evaluation {
  const absence: Gap = { why: "too-few", have: 0, need: scheme.minimumPupils };
  const present = new Map<string, Set<number>>();
  sample.school.codes.forEach((school, i) => {
    const code = sample.school.levels[school]!;
    const pupils = present.get(code) ?? new Set();
    present.set(code, pupils.add(sample.pupil[i]!));
  });
  const enough = [...present.values()].filter(({ size }) => size >= scheme.minimumPupils).length;
  const withGap = (gap: Gap): ReadonlyMap<string, GrowthEstimate> =>
    new Map(
      [...present].map(([code, { size }]) => [code, estimateGap(tooFew(size, scheme.minimumPupils) ?? gap, size)]),
    );
  if (enough < minimumUnits) {
    notes.push({
      kind: "tooFewSchools",
      text: `有足够学生（至少${scheme.minimumPupils}人）的学校只有${enough}所，少于${minimumUnits}所，无法比较各校增值。`,
    });
    const gap: Gap = { why: "too-few", have: enough, need: minimumUnits };
    return { expectation: null, shrinkage: null, estimates: withGap(gap), absence };
  }
  let expectation: Expectation;
  try {
    expectation = fitExpectation(sample, terms);
  } catch (error) {
    if (!(error instanceof NumericsFault)) throw error;
    notes.push({ kind: "notFitted", text: "数据不足以估计预期水平（例如所有学生的数值相同），因此没有结果。" });
    const gap: Gap = { why: "depends", on: [error.fields.rule ?? error.code] };
    return { expectation: null, shrinkage: null, estimates: withGap(gap), absence };
  }
  noteFit(notes, expectation, scheme);
  const direct = directEstimates(sample, expectation, "school");
  const { estimates, shrinkage } = shrinkUnits(sample.school.levels, direct, scheme.minimumPupils, coverageOf(scheme));
  return { expectation, shrinkage, estimates, absence };
}

const coverageOf = ({ falseAlarmRate }: GrowthScheme): number => 1 - falseAlarmRate;

/** Why so few pupils are not judged; null when they are enough. Fewer than ten are not even counted out. */
function tooFew(have: number, need: number): Gap | null {
  if (have >= need) return null;
  return have < privacyMinimum ? { why: "suppressed", below: privacyMinimum } : { why: "too-few", have, need };
}

function estimateGap(gap: Gap, pupils: number | null = null): GrowthEstimate {
  return {
    value: null,
    se: null,
    lower: null,
    upper: null,
    difference: null,
    differenceSe: null,
    reliability: null,
    pupils: pupils !== null && pupils >= privacyMinimum ? pupils : null,
    gap,
  };
}

const emptyEstimate = (gap: Gap): GrowthEstimate => estimateGap(gap);

function estimateOf(shrunken: ShrunkenEstimate, pupils: number): GrowthEstimate {
  return { ...shrunken, pupils, gap: null };
}

/** Shrinks the units that have enough pupils towards their mean; the others are gaps. */
function shrinkUnits(
  names: readonly string[],
  direct: readonly (UnitEstimate | undefined)[],
  minimum: number,
  coverage: number,
): { readonly estimates: ReadonlyMap<string, GrowthEstimate>; readonly shrinkage: Shrinkage | null } {
  const judged = names.flatMap((name, at) => {
    const unit = direct[at];
    return unit && unit.pupils >= minimum ? [{ name, unit }] : [];
  });
  const shrinkage =
    judged.length < minimumUnits
      ? null
      : shrinkEstimates(
          judged.map(({ unit }) => unit.years),
          coverage,
        );
  const estimates = new Map<string, GrowthEstimate>();
  names.forEach((name, at) => {
    const unit = direct[at];
    if (!unit) return;
    const gap = tooFew(unit.pupils, minimum) ?? { why: "too-few", have: judged.length, need: minimumUnits };
    estimates.set(name, estimateGap(gap, unit.pupils));
  });
  judged.forEach(({ name, unit }, at) => {
    if (shrinkage) estimates.set(name, estimateOf(shrinkage.each[at]!, unit.pupils));
  });
  return { estimates, shrinkage };
}

/** above or below when the interval leaves 0 out */
function bandOf({ lower, upper }: GrowthEstimate): Band | null {
  if (lower === null || upper === null) return null;
  if (lower > 0) return "above";
  return upper < 0 ? "below" : "notDistinguishable";
}

/**
 * Each year of each school, by "code year". When one year of a school has too few pupils, its other years are suppressed
 * too: with the school's own figure they would give the small one away.
 */
function evaluateYears(
  sample: GrowthSample,
  expectation: Expectation,
  scheme: GrowthScheme,
): Map<string, GrowthEstimate> {
  const direct = directEstimates(sample, expectation, "schoolYear");
  const { schools, years } = sample.schoolYear;
  const small = new Set<number>();
  direct.forEach((unit, at) => {
    if (unit && unit.pupils < privacyMinimum) small.add(schools[at]!);
  });
  const found = new Map<string, GrowthEstimate>();
  const nameOf = (at: number): string => `${sample.school.levels[schools[at]!]!} ${years[at]!}`;
  for (const year of scheme.years) {
    const here = direct.map((unit, at) => (years[at] === year && !small.has(schools[at]!) ? unit : undefined));
    const names = here.map((_, at) => nameOf(at));
    const { estimates } = shrinkUnits(names, here, scheme.minimumPupils, coverageOf(scheme));
    for (const [name, estimate] of estimates) found.set(name, estimate);
  }
  direct.forEach((_, at) => {
    if (small.has(schools[at]!)) found.set(nameOf(at), estimateGap({ why: "suppressed", below: privacyMinimum }));
  });
  return found;
}

const groupsOf: Readonly<Record<SubGrouping, readonly string[]>> = {
  sex: ["female", "male"],
  prior: ["low", "middle", "high"],
  specialNeeds: ["yes", "no"],
  migrant: ["yes", "no"],
};

/** [lines] the position in `groupsOf[grouping]`, −1 when not known. */
function membership(sample: GrowthSample, grouping: SubGrouping): Int8Array {
  if (grouping === "prior") {
    const prior = sample.priors[0]!;
    const sorted = prior.toSorted();
    const low = sorted[Math.floor(sorted.length / 3)] ?? 0;
    const high = sorted[Math.floor((2 * sorted.length) / 3)] ?? 0;
    return Int8Array.from(prior, (value) => (value < low ? 0 : value < high ? 1 : 2));
  }
  const yes = { sex: sample.isFemale, specialNeeds: sample.hasSpecialNeeds, migrant: sample.isMigrant }[grouping];
  return Int8Array.from(yes, (value) => (Number.isNaN(value) ? -1 : value === 1 ? 0 : 1));
}

/**
 * Each sub-group against the same sub-group elsewhere. When one sub-group of a school is too small, the others of the same
 * grouping are suppressed too: with the school's own figure they would give the small one away.
 */
function evaluateSubGroups(
  sample: GrowthSample,
  expectation: Expectation,
  scheme: GrowthScheme,
): readonly (SubGroup & { readonly estimates: ReadonlyMap<string, GrowthEstimate> })[] {
  return scheme.subGroups.flatMap((grouping) => {
    const member = membership(sample, grouping);
    const groups = groupsOf[grouping];
    const direct = groups.map((_, at) =>
      directEstimates(
        sample,
        expectation,
        "school",
        Uint8Array.from(member, (group) => Number(group === at)),
      ),
    );
    const isSmall = sample.school.levels.map((_, school) =>
      direct.some((units) => {
        const pupils = units[school]?.pupils ?? 0;
        return pupils > 0 && pupils < scheme.minimumSubGroup;
      }),
    );
    return groups.map((group, at) => {
      const shown = direct[at]!.map((unit, school) => (isSmall[school] ? undefined : unit));
      const found = shrinkUnits(sample.school.levels, shown, scheme.minimumSubGroup, coverageOf(scheme)).estimates;
      const estimates = new Map(found);
      sample.school.levels.forEach((code, school) => {
        if (isSmall[school]) estimates.set(code, estimateGap({ why: "suppressed", below: scheme.minimumSubGroup }));
      });
      return { grouping, group, estimates };
    });
  });
}

/**
 * Education groups: the mean of a group's schools, shrunken towards the mean of all groups and single schools.
 *
 *     D = Σ d ÷ (τ² + v) · V,   V = 1 ÷ Σ 1 ÷ (τ² + v),   τ the spread of schools within groups
 */
function evaluateGroups(
  schools: readonly SchoolGrowth[],
  scheme: GrowthScheme,
): { readonly groups: readonly GroupGrowth[]; readonly spread: SpreadEstimate | null } {
  const names = [...new Set(schools.flatMap(({ groupName }) => groupName ?? []))].toSorted((a, b) => (a < b ? -1 : 1));
  const shown = schools.flatMap(({ schoolCode, groupName, valueAdded }) =>
    valueAdded.difference === null || valueAdded.differenceSe === null
      ? []
      : [
          {
            unit: groupName ?? `\u0000${schoolCode}`,
            pupils: valueAdded.pupils ?? 0,
            estimate: valueAdded.difference,
            variance: valueAdded.differenceSe ** 2,
          },
        ],
  );
  const members = new Map<string, typeof shown>();
  for (const school of shown) members.set(school.unit, [...(members.get(school.unit) ?? []), school]);
  const several = [...members.values()].filter(({ length }) => length > 1);
  const freedom = several.reduce((sum, { length }) => sum + length - 1, 0);
  const within =
    freedom >= minimumUnits - 1
      ? spreadWithin(several, coverageOf(scheme)).value
      : shown.length >= minimumUnits
        ? shrinkEstimates(
            shown.map((school) => [school]),
            coverageOf(scheme),
          ).spread.value
        : 0;
  const units = [...members.keys()];
  const pooled = units.map((unit): UnitEstimate => {
    let precision = 0;
    let sum = 0;
    let pupils = 0;
    for (const school of members.get(unit)!) {
      const own = 1 / (within * within + school.variance);
      precision += own;
      sum += own * school.estimate;
      pupils += school.pupils;
    }
    return { years: [{ estimate: sum / precision, variance: 1 / precision }], pupils };
  });
  const { estimates, shrinkage } = shrinkUnits(units, pooled, scheme.minimumPupils, coverageOf(scheme));
  const groups = names.map((groupName) => {
    const valueAdded = estimates.get(groupName) ?? estimateGap({ why: "too-few", have: 0, need: scheme.minimumPupils });
    return {
      groupName,
      schools: schools.filter((school) => school.groupName === groupName).length,
      band: bandOf(valueAdded),
      valueAdded,
    };
  });
  // without a group of several schools, groups and schools are one thing
  return { groups, spread: several.length > 0 && shrinkage ? shrinkage.spread : null };
}

function spreadsOf(
  main: Evaluation,
  scheme: GrowthScheme,
  groups: SpreadEstimate | null,
  withIntervals: boolean,
): readonly GrowthSpread[] {
  const { expectation, shrinkage } = main;
  const levels = ["group", "school", "schoolYear", "class", "pupil"] as const;
  if (!expectation || !shrinkage) {
    const gap: Gap = { why: "depends", on: ["valueAdded"] };
    return levels.map((level) => ({ level, sd: null, lower: null, upper: null, gap }));
  }
  let intervals: ReturnType<typeof componentIntervals> = [];
  if (withIntervals) {
    try {
      intervals = componentIntervals(expectation.fit, coverageOf(scheme));
    } catch (error) {
      // the spreads then stand without intervals
      if (!(error instanceof NumericsFault)) throw error;
    }
  }
  const of = (level: GrowthSpread["level"], group: string, variance: number): GrowthSpread => {
    const interval = intervals.find((one) => one.group === group && one.kind === "sd");
    return {
      level,
      sd: Math.sqrt(variance),
      lower: interval?.lower ?? null,
      upper: interval?.upper ?? null,
      gap: null,
    };
  };
  const absent = (level: GrowthSpread["level"], rule: string): GrowthSpread => ({
    level,
    sd: null,
    lower: null,
    upper: null,
    gap: { why: "not-applicable", rule },
  });
  const { value, lower, upper } = shrinkage.spread;
  return [
    groups === null
      ? absent("group", "no group has two judged schools")
      : { level: "group", sd: groups.value, lower: groups.lower, upper: groups.upper, gap: null },
    { level: "school", sd: value, lower, upper, gap: null },
    shrinkage.yearSpread === null
      ? absent("schoolYear", "too few schools have several years")
      : {
          level: "schoolYear",
          sd: shrinkage.yearSpread.value,
          lower: shrinkage.yearSpread.lower,
          upper: shrinkage.yearSpread.upper,
          gap: null,
        },
    expectation.hasClasses
      ? of("class", "classYear", expectation.classVariance)
      : absent("class", "no school has two classes in a year"),
    of("pupil", "residual", expectation.pupilVariance),
  ];
}

function stabilityOf({ shrinkage }: Evaluation, scheme: GrowthScheme): GrowthResult["stability"] {
  const none = { value: null, lower: null, upper: null };
  if (!shrinkage) return { ...none, gap: { why: "depends", on: ["valueAdded"] } };
  if (!shrinkage.stability)
    return { ...none, gap: { why: "too-few", have: Math.min(1, scheme.years.length), need: 2 } };
  return { ...shrinkage.stability, gap: null };
}

/** Two schools are apart when their values differ by more than z √(se₁² + se₂²). */
function comparePairs(judged: readonly SchoolGrowth[], rate: number): GrowthResult["pairs"] {
  const z = normalQuantile(1 - rate / 2);
  let separable = 0;
  judged.forEach(({ valueAdded: a }, i) => {
    for (const { valueAdded: b } of judged.slice(i + 1)) {
      const apart = Math.abs((a.value ?? 0) - (b.value ?? 0));
      if (apart > z * Math.hypot(a.se ?? 0, b.se ?? 0)) separable += 1;
    }
  });
  return { separable, total: (judged.length * (judged.length - 1)) / 2 };
}

/** Leaves out each year of entry, then the extremes, and looks whose band changes. */
function checkSensitivity(
  sample: GrowthSample,
  scheme: GrowthScheme,
  terms: ExpectationTerms,
  main: Evaluation,
  codes: readonly GrowthSchool[],
  onStep: () => void,
): readonly SensitivityCheck[] {
  const compare = (
    leftOut: SensitivityCheck["leftOut"],
    entryYear: number | null,
    keep: Uint8Array,
  ): SensitivityCheck => {
    const again = evaluate(filterSample(sample, keep), scheme, terms);
    onStep();
    if (!again.shrinkage)
      return { leftOut, entryYear, bandChanges: null, largestChange: null, gap: { why: "depends", on: ["sample"] } };
    let largestChange = 0;
    const bandChanges: string[] = [];
    for (const { schoolCode } of codes) {
      const before = main.estimates.get(schoolCode);
      const after = again.estimates.get(schoolCode);
      if (!before || !after || before.value === null || after.value === null) continue;
      largestChange = Math.max(largestChange, Math.abs(after.value - before.value));
      if (bandOf(before) !== bandOf(after)) bandChanges.push(schoolCode);
    }
    return { leftOut, entryYear, bandChanges, largestChange, gap: null };
  };
  const entries = [...new Set(sample.entry)].toSorted((a, b) => a - b);
  const checks =
    entries.length < 2
      ? []
      : entries.map((year) =>
          compare(
            "cohort",
            year,
            Uint8Array.from(sample.entry, (entry) => Number(entry !== year)),
          ),
        );
  const differences = main.expectation!.differences;
  const sorted = differences.toSorted();
  const low = sorted[Math.floor(EXTREME_SHARE * sorted.length)]!;
  const high = sorted[Math.ceil((1 - EXTREME_SHARE) * sorted.length) - 1]!;
  return [
    ...checks,
    compare(
      "extremes",
      null,
      Uint8Array.from(differences, (difference) => Number(difference >= low && difference <= high)),
    ),
  ];
}

/** Correlation of two columns about their means in each class; null without variation. */
function correlateWithin({ classYear, size }: GrowthSample, a: Float64Array, b: Float64Array): number | null {
  const groups = classYear.levels.length;
  const count = new Float64Array(groups);
  const sumA = new Float64Array(groups);
  const sumB = new Float64Array(groups);
  for (let i = 0; i < size; i++) {
    const group = classYear.codes[i]!;
    count[group]! += 1;
    sumA[group]! += a[i]!;
    sumB[group]! += b[i]!;
  }
  let aa = 0;
  let ab = 0;
  let bb = 0;
  for (let i = 0; i < size; i++) {
    const group = classYear.codes[i]!;
    const x = a[i]! - sumA[group]! / count[group]!;
    const y = b[i]! - sumB[group]! / count[group]!;
    aa += x * x;
    ab += x * y;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))) : null;
}

function schoolCodes({ schools }: GrowthData, sample: GrowthSample): readonly GrowthSchool[] {
  const known = new Map(schools.map((school) => [school.schoolCode, school]));
  for (const code of sample.school.levels)
    if (!known.has(code)) known.set(code, { schoolCode: code, name: code, groupName: null });
  return [...known.values()].toSorted((a, b) => (a.schoolCode < b.schoolCode ? -1 : 1));
}

/** Pupils and years, however many schools each had. */
function usedMeasurements({ share }: GrowthSample): number {
  let sum = 0;
  for (const one of share) sum += one;
  return Math.round(sum);
}

function noteSample(
  notes: GrowthNote[],
  { omitted, sample }: GatheredSample,
  scheme: GrowthScheme,
  permission: SourcePermission,
  isDeclaredBeforehand: boolean | null,
): void {
  if (isDeclaredBeforehand === false)
    notes.push({
      kind: "declaredAfterwards",
      text: `方案于${scheme.declaredOn}公布，晚于最早的测量日期，结果只供参考。`,
    });
  if (isDeclaredBeforehand === null)
    notes.push({ kind: "datesUnknown", text: "测量日期未填报，无法确认方案是在数据之前公布的。" });
  if (!permission.isVerified) notes.push({ kind: "unverified", text: "数据来源规则尚未对照官方原文核实。" });
  const left = Object.values(omitted).reduce((sum, one) => sum + one, 0);
  if (left > 0) {
    notes.push({
      kind: "leftOut",
      text:
        `有${left}条测量没有进入计算：未测${omitted.notMeasured}，数值不合理${omitted.implausible}，` +
        `缺往年数据${omitted.noPrior}，缺调整信息${omitted.noAdjustment}，无学校${omitted.noPlacement}，重复${omitted.duplicate}。`,
    });
  }
  const movers = new Set<number>();
  sample.share.forEach((share, i) => {
    if (share !== 1) movers.add(sample.pupil[i]!);
  });
  if (movers.size > 0)
    notes.push({ kind: "moved", text: `有${movers.size}名学生在学年中转学，按在各校的时间计入各校。` });
}

function noteFit(notes: GrowthNote[], expectation: Expectation, scheme: GrowthScheme): void {
  if (!expectation.hasYears) {
    const text = scheme.years.length > 1 ? "各校都只有一个学年的数据" : "只评价一个学年";
    notes.push({ kind: "oneYear", text: `${text}，学校的长期增值与当年的偶然波动分不开。` });
  }
  if (!expectation.hasClasses) notes.push({ kind: "oneClass", text: "各校每学年只有一个班，班级与学校的作用分不开。" });
  for (const { kind, names } of expectation.notes) {
    if (kind === "dropped")
      notes.push({ kind: "dropped", text: `因没有变化或与其他项重复而未使用：${(names ?? []).join("、")}。` });
    else notes.push({ kind: "notFitted", text: "预期水平的估计没有完全收敛，结果只供参考。" });
  }
}
