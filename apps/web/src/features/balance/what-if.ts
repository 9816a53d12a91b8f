/** A what-if as data: raw numbers that were changed, with undo and redo, and what a grid of them shows. */

import { changeableFields } from "@xingfu/domain/balance";
import type { Amounts, BalanceFacts, Change, SchoolFacts, StageFacts, TeacherCounts } from "@xingfu/domain/balance";
import type { Stage } from "@xingfu/domain/base";
import { typedNumber } from "../../lib/paste.ts";

/** Where one raw number stands. */
export interface Cell {
  readonly schoolCode: string;
  readonly stage: Stage | null;
  /** a key of changeableFields; of a list the list itself, "classSizes" */
  readonly field: string;
}

/** The states a person has passed through, and which of them is now. */
export interface History {
  readonly states: readonly (readonly Change[])[];
  readonly at: number;
}

/** Steps kept for undoing. */
const stepsKept = 200;

export const emptyHistory: History = { states: [[]], at: 0 };

export function changesOf(history: History): readonly Change[] {
  return history.states[history.at] ?? [];
}

/** The history after a step; what had been undone is forgotten. A step that changes nothing is none. */
export function stepped(history: History, next: readonly Change[]): History {
  if (JSON.stringify(next) === JSON.stringify(changesOf(history))) return history;
  const states = [...history.states.slice(0, history.at + 1), next].slice(-stepsKept);
  return { states, at: states.length - 1 };
}

export function undone(history: History): History {
  return { ...history, at: Math.max(0, history.at - 1) };
}

export function redone(history: History): History {
  return { ...history, at: Math.min(history.states.length - 1, history.at + 1) };
}

const place = ({ schoolCode, stage, field }: Cell): string => `${schoolCode}|${stage ?? ""}|${field}`;

/** The changes with some replaced; one that equals the reported value is no change and falls away. */
export function withChanges(facts: BalanceFacts, changes: readonly Change[], added: readonly Change[]): Change[] {
  const byPlace = new Map(changes.map((change) => [place(change), change]));
  for (const change of added) {
    const key = place(change);
    if (reportedValue(facts, change) === change.value) byPlace.delete(key);
    else byPlace.set(key, change);
  }
  // a list grows from its end, so its members must be applied in their order
  return [...byPlace.values()].toSorted((a, b) => listPlace(a.field) - listPlace(b.field));
}

function listPlace(field: string): number {
  const at = Number(field.split(".")[1]);
  return Number.isInteger(at) ? at : -1;
}

export function withoutChange(changes: readonly Change[], gone: Cell): Change[] {
  const listName = `${gone.field}.`;
  return changes.filter(
    (change) =>
      change.schoolCode !== gone.schoolCode ||
      change.stage !== gone.stage ||
      (change.field !== gone.field && !change.field.startsWith(listName)),
  );
}

/** What is reported in a cell; null = not reported, undefined = there is no such cell. */
export function reportedValue(facts: BalanceFacts, cell: Cell): number | null | undefined {
  const school = facts.schools.find((candidate) => candidate.schoolCode === cell.schoolCode);
  return school === undefined ? undefined : valueIn(school, cell.stage, cell.field);
}

/** The same for a school that is at hand. */
export function valueIn(school: SchoolFacts, stage: Stage | null, field: string): number | null | undefined {
  const [name = field, member] = field.split(".");
  if (name === "musicRoomAreasM2" || name === "artRoomAreasM2") {
    const list = school[name];
    return list === null || member === undefined ? null : (list[Number(member)] ?? null);
  }
  if (isAmount(name)) {
    const amounts = stage === null ? school.shared : stageOf(school, stage)?.booked;
    return amounts === undefined ? undefined : (amounts?.[name] ?? null);
  }
  if (stage === null) return isSchoolNumber(name) ? school[name] : undefined;
  const facts = stageOf(school, stage);
  if (facts === undefined) return undefined;
  if (name === "classSizes") return facts.classes?.sizes[Number(member)] ?? null;
  if (name === "teachers" && isDegree(member)) return facts.teachers?.[member] ?? null;
  return isStageNumber(name) ? facts[name] : undefined;
}

/** A list in a cell: class sizes or room areas; null = not reported. */
export function listIn(school: SchoolFacts, stage: Stage | null, field: string): readonly number[] | null {
  if (field === "musicRoomAreasM2" || field === "artRoomAreasM2") return school[field];
  if (field === "classSizes" && stage !== null) return stageOf(school, stage)?.classes?.sizes ?? null;
  return null;
}

const stageOf = (school: SchoolFacts, stage: Stage): StageFacts | undefined =>
  school.stages.find((candidate) => candidate.stage === stage);

const amountNames = [
  "teachingFloorAreaM2",
  "indoorSportsAreaM2",
  "sportsGroundAreaM2",
  "convertedSportsAreaM2",
  "leasedSportsAreaM2",
  "equipmentYuan",
  "multimediaRooms",
] as const satisfies readonly (keyof Amounts)[];
const isAmount = (name: string): name is keyof Amounts => amountNames.some((known) => known === name);

const degreeNames = [
  "doctorate",
  "master",
  "bachelor",
  "associate",
  "secondary",
  "belowSecondary",
] as const satisfies readonly (keyof TeacherCounts)[];
const isDegree = (name: string | undefined): name is (typeof degreeNames)[number] =>
  degreeNames.some((known) => known === name);

const stageNumbers = [
  "pupils",
  "leadTeachers",
  "peArtsTeachers",
  "visitingPeArtsTeachers",
  "certifiedTeachers",
  "trainedTeachers",
  "rotationEligibleTeachers",
  "rotatedTeachers",
  "rotatedLeadTeachers",
] as const satisfies readonly (keyof StageFacts)[];
const isStageNumber = (name: string): name is (typeof stageNumbers)[number] =>
  stageNumbers.some((known) => known === name);

const schoolNumbers = [
  "builtYear",
  "migrantPupils",
  "publicFundsBudgetYuan",
  "publicFundsSpentYuan",
  "trainingBudgetYuan",
  "trainingSpentYuan",
] as const satisfies readonly (keyof SchoolFacts)[];
const isSchoolNumber = (name: string): name is (typeof schoolNumbers)[number] =>
  schoolNumbers.some((known) => known === name);

/** Groups of fields a grid shows at once. */
export const fieldGroups = {
  teachers: [
    "pupils",
    "teachers.doctorate",
    "teachers.master",
    "teachers.bachelor",
    "teachers.associate",
    "teachers.secondary",
    "teachers.belowSecondary",
    "leadTeachers",
    "peArtsTeachers",
    "visitingPeArtsTeachers",
  ],
  premises: [
    "teachingFloorAreaM2",
    "indoorSportsAreaM2",
    "sportsGroundAreaM2",
    "convertedSportsAreaM2",
    "leasedSportsAreaM2",
    "equipmentYuan",
    "multimediaRooms",
  ],
  classes: ["pupils", "classSizes", "musicRoomAreasM2", "artRoomAreasM2"],
  staff: ["certifiedTeachers", "trainedTeachers", "rotationEligibleTeachers", "rotatedTeachers", "rotatedLeadTeachers"],
  money: [
    "publicFundsBudgetYuan",
    "publicFundsSpentYuan",
    "trainingBudgetYuan",
    "trainingSpentYuan",
    "migrantPupils",
    "builtYear",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type FieldGroup = keyof typeof fieldGroups;

/** One line of the grid: a school as a whole, or one of its stages. */
export interface GridRow {
  readonly key: string;
  readonly school: SchoolFacts;
  readonly stage: Stage | null;
}

/** Stages whose numbers matter to the assessment: the compulsory ones and those that share a school's resources. */
const countedStages: readonly Stage[] = ["primary", "junior", "senior"];

/** The lines of a group, in the order of the schools: only schools that teach a compulsory stage. */
export function gridRows(facts: BalanceFacts, group: FieldGroup): GridRow[] {
  return facts.schools.flatMap((school) => {
    const stages = school.stages.filter((entry) => countedStages.includes(entry.stage));
    if (!stages.some((entry) => entry.stage === "primary" || entry.stage === "junior")) return [];
    const line = (stage: Stage | null): GridRow => ({ key: `${school.schoolCode}|${stage ?? ""}`, school, stage });
    switch (group) {
      case "teachers":
      case "staff":
        return stages.map((entry) => line(entry.stage));
      case "classes":
        return [...stages.map((entry) => line(entry.stage)), line(null)];
      case "premises":
        return [
          ...(school.shared === null && stages.some((entry) => entry.booked !== null) ? [] : [line(null)]),
          ...stages.filter((entry) => entry.booked !== null).map((entry) => line(entry.stage)),
        ];
      case "money":
        return [line(null)];
    }
  });
}

/** Whether the line has the field at all: a count belongs to a stage, money to the school. */
export function hasField(row: GridRow, field: string): boolean {
  const known = changeableFields.find((entry) => entry.field === field);
  if (known === undefined) return false;
  if (known.scope === "both") return true;
  return known.scope === "stage" ? row.stage !== null : row.stage === null;
}

export type TypedCell =
  | { readonly kind: "changes"; readonly changes: readonly Change[] }
  | { readonly kind: "reset" }
  | { readonly kind: "wrong"; readonly why: "notNumber" | "negative" | "notWhole" | "listShorter" };

/** What a text typed into a cell means. An empty text takes the change back. */
export function typedCell(row: GridRow, field: string, text: string): TypedCell {
  const known = changeableFields.find((entry) => entry.field === field);
  if (known === undefined) return { kind: "wrong", why: "notNumber" };
  if (text.trim() === "") return { kind: "reset" };
  const cell = { schoolCode: row.school.schoolCode, stage: row.stage };
  if (!known.isList) {
    const value = typedNumber(text);
    const wrong = wrongNumber(value, known.isWhole);
    return wrong !== null || value === null || value === undefined
      ? { kind: "wrong", why: wrong ?? "notNumber" }
      : { kind: "changes", changes: [{ ...cell, field, value }] };
  }
  const values = text
    .split(/[\s,，、;；]+/u)
    .filter((part) => part !== "")
    .map(typedNumber);
  const reported = listIn(row.school, row.stage, field) ?? [];
  if (values.length < reported.length) return { kind: "wrong", why: "listShorter" };
  const changes: Change[] = [];
  for (const [at, value] of values.entries()) {
    const wrong = wrongNumber(value, known.isWhole);
    if (wrong !== null || value === null || value === undefined) return { kind: "wrong", why: wrong ?? "notNumber" };
    changes.push({ ...cell, field: `${field}.${at}`, value });
  }
  return { kind: "changes", changes };
}

function wrongNumber(value: number | null | undefined, isWhole: boolean): "notNumber" | "negative" | "notWhole" | null {
  if (value === null || value === undefined) return "notNumber";
  if (value < 0) return "negative";
  return isWhole && !Number.isInteger(value) ? "notWhole" : null;
}

/** Factor beyond which a number is pointed out, because it is more often a slip than a plan. */
const unusualFactor = 3;

/** Whether a number is far from what is reported, this year or the last. */
export function isUnusual(
  value: number,
  reported: number | null | undefined,
  lastYear: number | null | undefined,
): boolean {
  const known = [reported, lastYear].filter((entry): entry is number => typeof entry === "number" && entry > 0);
  return known.length > 0 && known.every((entry) => value > entry * unusualFactor || value * unusualFactor < entry);
}

/** A block of pasted cells laid over the grid from one cell on; what does not fit or cannot be read is counted. */
export function pastedChanges(
  rows: readonly GridRow[],
  fields: readonly string[],
  from: { readonly row: number; readonly column: number },
  cells: readonly (readonly string[])[],
): { readonly changes: readonly Change[]; readonly refused: number } {
  const changes: Change[] = [];
  let refused = 0;
  for (const [down, line] of cells.entries()) {
    for (const [right, text] of line.entries()) {
      const row = rows[from.row + down];
      const field = fields[from.column + right];
      if (text.trim() === "") continue;
      if (row === undefined || field === undefined || !hasField(row, field)) {
        refused += 1;
        continue;
      }
      const typed = typedCell(row, field, text);
      if (typed.kind === "changes") changes.push(...typed.changes);
      else refused += 1;
    }
  }
  return { changes, refused };
}
