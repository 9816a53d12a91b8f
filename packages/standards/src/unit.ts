/** Units of official figures. Just enough to refuse a table that mixes square metres and yuan. */

/** Every unit a table may use, with what is printed behind a number. */
export const unitLabels = {
  people: "人",
  classes: "个",
  schools: "所",
  rooms: "间",
  m2: "m²",
  yuan: "元",
  hours: "学时",
  years: "年",
  days: "天",
  items: "项",
  calendarYear: "年份",
  level: "级",
  subjects: "科次",
  share: "",
  ratio: "",
  weight: "",
  switch: "",
  text: "",
  "people/100pupils": "人/百名学生",
  "rooms/100pupils": "间/百名学生",
  "m2/pupil": "m²/生",
  "yuan/pupil": "元/生",
  "books/pupil": "册/生",
} as const;

export type Unit = keyof typeof unitLabels;

/** Whether `text` names a unit. */
export function isUnit(text: string): text is Unit {
  return Object.hasOwn(unitLabels, text);
}
