/** What-if: raw numbers replaced by others, on a copy. */

import { Fault } from "../base/index.ts";
import type { Stage } from "../base/index.ts";
import type { Amounts, BalanceFacts, SchoolFacts, StageFacts, TeacherCounts } from "./facts.ts";

/** One raw number of a what-if. */
export interface Change {
  readonly schoolCode: string;
  /** the stage of a count or of a booked amount; null for a number of the whole school */
  readonly stage: Stage | null;
  /** key of {@link changeableFields}; a list's member by its place from 0: "classSizes.3", "musicRoomAreasM2.0" */
  readonly field: string;
  readonly value: number;
}

/** A raw number that a what-if may change. */
export interface ChangeableField {
  readonly field: string;
  /** stage: needs a stage; school: none; both: an amount of the whole school or booked for one stage */
  readonly scope: "stage" | "school" | "both";
  /** a list of numbers; its members are addressed by place, one past the end adds a member */
  readonly isList: boolean;
  readonly isWhole: boolean;
}

const counts = [
  "leadTeachers",
  "peArtsTeachers",
  "visitingPeArtsTeachers",
  "certifiedTeachers",
  "trainedTeachers",
  "rotationEligibleTeachers",
  "rotatedTeachers",
  "rotatedLeadTeachers",
] as const;
const degrees = ["doctorate", "master", "bachelor", "associate", "secondary", "belowSecondary"] as const;
const areas = [
  "teachingFloorAreaM2",
  "indoorSportsAreaM2",
  "sportsGroundAreaM2",
  "convertedSportsAreaM2",
  "leasedSportsAreaM2",
] as const;
const roomKeys = ["musicRoomAreasM2", "artRoomAreasM2"] as const;
const money = ["publicFundsBudgetYuan", "publicFundsSpentYuan", "trainingBudgetYuan", "trainingSpentYuan"] as const;

const changeable = (
  field: string,
  scope: ChangeableField["scope"],
  isWhole: boolean,
  isList = false,
): ChangeableField => ({
  field,
  scope,
  isList,
  isWhole,
});

/** What a what-if may change; labels are in the code list "balanceFields". */
export const changeableFields: readonly ChangeableField[] = [
  changeable("pupils", "stage", true),
  changeable("classSizes", "stage", true, true),
  ...degrees.map((degree) => changeable(`teachers.${degree}`, "stage", true)),
  ...counts.map((field) => changeable(field, "stage", true)),
  ...areas.map((field) => changeable(field, "both", false)),
  changeable("equipmentYuan", "both", false),
  changeable("multimediaRooms", "both", true),
  ...roomKeys.map((field) => changeable(field, "school", false, true)),
  changeable("builtYear", "school", true),
  changeable("migrantPupils", "school", true),
  ...money.map((field) => changeable(field, "school", false)),
];
const fieldsByKey = new Map(changeableFields.map((field) => [field.field, field]));

const noAmounts: Amounts = {
  teachingFloorAreaM2: null,
  indoorSportsAreaM2: null,
  sportsGroundAreaM2: null,
  convertedSportsAreaM2: null,
  leasedSportsAreaM2: null,
  equipmentYuan: null,
  multimediaRooms: null,
};
const noTeachers: TeacherCounts = {
  doctorate: null,
  master: null,
  bachelor: null,
  associate: null,
  secondary: null,
  belowSecondary: null,
  unspecified: 0,
};

/**
 * The facts with the changes made, in order; the facts themselves stay as they are. Changing a number to the value it
 * has gives equal facts. A number that was not reported can be given; its neighbors stay not reported.
 *
 * @throws Fault SCENARIO_INVALID with the index of the change for an unknown school, stage or field, or a value that
 * is negative, not finite, or not whole where people and rooms are counted
 */
export function applyChanges(facts: BalanceFacts, changes: readonly Change[]): BalanceFacts {
  if (changes.length === 0) return facts;
  const places = new Map<string, number[]>();
  for (const [place, school] of facts.schools.entries()) {
    const others = places.get(school.schoolCode);
    if (others) others.push(place);
    else places.set(school.schoolCode, [place]);
  }
  const schools = [...facts.schools];
  for (const [index, change] of changes.entries()) {
    const found = places.get(change.schoolCode);
    if (!found) return refuse(index, `no school ${change.schoolCode}`);
    for (const place of found) {
      const school = schools[place];
      if (school) schools[place] = changeSchool(school, change, index);
    }
  }
  return { ...facts, schools };
}

function refuse(change: number, problem: string): never {
  throw new Fault("SCENARIO_INVALID", { change, problem });
}

function changeSchool(school: SchoolFacts, change: Change, index: number): SchoolFacts {
  const { stage, value } = change;
  const list = /^(classSizes|musicRoomAreasM2|artRoomAreasM2)[.](\d+)$/.exec(change.field);
  const key = list?.[1] ?? change.field;
  const place = list ? Number(list[2]) : null;
  const field = fieldsByKey.get(key);
  if (!field || field.isList !== (place !== null)) return refuse(index, `no field ${change.field}`);
  if (!Number.isFinite(value) || value < 0) return refuse(index, `${change.field} cannot be ${value}`);
  if (field.isWhole && !Number.isInteger(value))
    return refuse(index, `${change.field} is counted in whole numbers, not ${value}`);
  if (stage === null) {
    if (field.scope === "stage") return refuse(index, `${change.field} needs a stage`);
    const rooms = roomKeys.find((candidate) => candidate === key);
    if (rooms && place !== null) return { ...school, [rooms]: withMember(school[rooms] ?? [], place, value, index) };
    if (field.scope === "school") return { ...school, [key]: value };
    return { ...school, shared: { ...(school.shared ?? noAmounts), [key]: value } };
  }
  if (field.scope === "school") return refuse(index, `${change.field} belongs to the whole school`);
  if (!school.stages.some((facts) => facts.stage === stage))
    return refuse(index, `school ${school.schoolCode} has no stage ${stage}`);
  return {
    ...school,
    stages: school.stages.map((facts) =>
      facts.stage === stage ? changeStage(facts, field, key, place, value, index) : facts,
    ),
  };
}

function changeStage(
  facts: StageFacts,
  field: ChangeableField,
  key: string,
  place: number | null,
  value: number,
  index: number,
): StageFacts {
  if (place !== null) {
    const classes = facts.classes ?? { sizes: [], fromBands: false, unreported: 0 };
    return { ...facts, classes: { ...classes, sizes: withMember(classes.sizes, place, value, index) } };
  }
  if (key.startsWith("teachers."))
    return { ...facts, teachers: { ...(facts.teachers ?? noTeachers), [key.slice("teachers.".length)]: value } };
  if (field.scope === "both") return { ...facts, booked: { ...(facts.booked ?? noAmounts), [key]: value } };
  return { ...facts, [key]: value };
}

/** The list with one member replaced; one past the end is appended. */
function withMember(list: readonly number[], place: number, value: number, index: number): readonly number[] {
  if (place > list.length) return refuse(index, `the list has ${list.length} members, there is none at ${place}`);
  return place === list.length ? [...list, value] : list.with(place, value);
}
