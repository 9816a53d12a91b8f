/** From the rows a district reports to the counts and amounts the assessment needs. Persons do not get past here. */

import type { DistrictYear } from "../base/index.ts";
import type { BalanceFacts } from "./facts.ts";

/**
 * Counts and amounts per school and stage. Single staff win over counts, single classes over bands. A blank cell stays
 * `null`: one teacher without a degree makes the school's shares by degree unknown, not smaller.
 */
export function summarizeDistrict(year: DistrictYear): BalanceFacts {
  throw new Error(`not written yet: ${year.districtCode}`);
}
