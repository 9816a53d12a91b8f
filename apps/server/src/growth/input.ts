/** What a run computes with, as the engine takes it. */

import { schoolYear } from "@xingfu/domain/base";
import type { MeasurementRow } from "@xingfu/domain/growth";
import type { GrowthInput } from "@xingfu/store";

/** One row per measure; special needs are on no roll and stay unknown. */
export function measurementRows(input: GrowthInput): MeasurementRow[] {
  const { stages, days, schoolCodes, classNames } = input;
  const yes = (value: number | undefined): boolean | null => (value === undefined || value < 0 ? null : value === 1);
  return Array.from(input.pupil, (pupil, at): MeasurementRow => {
    const value = input.value[at] ?? Number.NaN;
    const female = yes(input.female[at]);
    const stage = stages[input.stage[at] ?? -1];
    const schoolCode = schoolCodes[input.school[at] ?? -1];
    if (stage === undefined || schoolCode === undefined) throw new RangeError(`row ${at} has no place`);
    return {
      pupilCode: String(pupil),
      schoolYear: schoolYear(input.schoolYear[at] ?? 0),
      measuredOn: days[input.measuredOn[at] ?? -1] ?? null,
      stage,
      grade: input.grade[at] ?? 0,
      value: Number.isNaN(value) ? null : value,
      sex: female === null ? null : female ? "female" : "male",
      birthDate: days[input.birthDate[at] ?? -1] ?? null,
      hasSpecialNeeds: null,
      isMigrant: yes(input.migrant[at]),
      placements: [{ schoolCode, className: classNames[input.className[at] ?? -1] ?? null, share: 1 }],
    };
  });
}
