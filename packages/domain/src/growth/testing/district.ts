/** Small invented districts whose true school effects are known, for tests. */
import { seededRandom } from "@xingfu/numerics";
import { schoolYear } from "../../base/index.ts";
import type { GrowthData, MeasurementRow, Placement } from "../index.ts";

export interface SmallDistrictOptions {
  readonly schools?: number;
  /** classes of each school and year of entry */
  readonly classes?: number;
  readonly pupilsPerClass?: number;
  /** years judged; one year more is drawn for the priors */
  readonly years?: number;
  /** standard deviations of the true effects: schools, a school's years, classes in a year, pupils in a class */
  readonly schoolSd?: number;
  readonly yearSd?: number;
  readonly classSd?: number;
  readonly pupilSd?: number;
  /** correlation of a school's effect with the level of the pupils it receives */
  readonly intakeCorrelation?: number;
  /** every so many-th school has exactly no effect; 0 = none */
  readonly everyNull?: number;
  /** share of pupils who change school in the middle of each year */
  readonly movers?: number;
}

export interface SmallDistrict {
  readonly data: GrowthData;
  /** true yearly effect by school code, in the measure's unit */
  readonly effects: ReadonlyMap<string, number>;
  /** true effect of being a girl on each year's growth */
  readonly sexEffect: number;
}

/**
 * A district of primary schools with yearly scores about 75: the value of a year is carried over at 0.7, and school, school
 * and year, class, sex and chance are added. A mover gets the effects of both schools by the time there.
 */
export function smallDistrict(seed: number, options: SmallDistrictOptions = {}): SmallDistrict {
  const { schools = 12, classes = 2, pupilsPerClass = 16, years = 2 } = options;
  const { schoolSd = 1.5, yearSd = 0.8, classSd = 0.8, pupilSd = 6 } = options;
  const { intakeCorrelation = 0.5, everyNull = 0, movers = 0 } = options;
  const random = seededRandom(seed);
  const sexEffect = 1;
  const first = 2025 - years;
  const codes = Array.from({ length: schools }, (_, at) => String(2150000001 + at));
  const effects = new Map<string, number>();
  const rows: MeasurementRow[] = [];
  const yearEffects = new Map<string, number>();
  const intakes = codes.map((code, at) => {
    const z = random.normal();
    const isNull = everyNull > 0 && at % everyNull === 0;
    effects.set(code, isNull ? 0 : schoolSd * z);
    for (let year = first; year <= 2025; year++) yearEffects.set(`${code} ${year}`, yearSd * random.normal());
    return 3 * (intakeCorrelation * z + Math.sqrt(1 - intakeCorrelation ** 2) * random.normal());
  });
  codes.forEach((home, at) => {
    for (const entry of [first - 1, first - 2]) {
      for (let number = 1; number <= classes; number++) {
        const classEffects = Array.from({ length: years + 1 }, () => classSd * random.normal());
        for (let slot = 0; slot < pupilsPerClass; slot++) {
          const isFemale = random.uniform() < 0.48;
          const month = random.integer(12);
          const isMigrant = random.uniform() < 0.2;
          let value = 75 + intakes[at]! + 9 * random.normal();
          for (let year = first; year <= 2025; year++) {
            const placements: Placement[] = [{ schoolCode: home, className: `${number}班`, share: 1 }];
            if (schools > 1 && random.uniform() < movers) {
              const other = codes[(at + 1 + random.integer(schools - 1)) % schools]!;
              const share = 0.25 + 0.5 * random.uniform();
              placements.splice(0, 1, { schoolCode: home, className: `${number}班`, share });
              placements.push({ schoolCode: other, className: "1班", share: 1 - share });
            }
            if (year > first) {
              let added = isFemale ? sexEffect : 0;
              for (const { schoolCode, share } of placements)
                added += share * (effects.get(schoolCode)! + yearEffects.get(`${schoolCode} ${year}`)!);
              value = 75 + 0.7 * (value - 75) + added + classEffects[year - first]! + pupilSd * random.normal();
            }
            rows.push({
              pupilCode: `${at}-${entry}-${number}-${slot}`,
              schoolYear: schoolYear(year),
              measuredOn: `${year}-11-15`,
              stage: "primary",
              grade: year - entry + 1,
              value,
              sex: isFemale ? "female" : "male",
              birthDate: `${entry - 6}-${String(month + 1).padStart(2, "0")}-15`,
              hasSpecialNeeds: false,
              isMigrant,
              placements,
            });
          }
        }
      }
    }
  });
  return {
    data: {
      rows,
      schools: codes.map((schoolCode, at) => ({
        schoolCode,
        name: `示例小学${at + 1}`,
        groupName: at % 4 === 0 ? null : `示例集团${at % 2}`,
      })),
    },
    effects,
    sexEffect,
  };
}
