/** How a figure of the evaluation came about, as a trail that can be read and checked by hand. */

import type { Trail } from "../base/index.ts";
import type { GrowthEstimate, GrowthResult } from "./result.ts";

/**
 * The trail of any estimate of a result.
 *
 *     valueAdded ≈ reliability × difference,   reliability ≈ spread² ÷ (spread² + differenceSe²)
 *
 * The product is exact when the spreads between schools and years are known; the value is its mean over all spreads that
 * the data leave plausible.
 *
 * @param schoolCode  whose estimate it is; none for a group
 */
export function explainEstimate(
  result: Pick<GrowthResult, "scheme" | "permission" | "method" | "spread">,
  estimate: GrowthEstimate,
  schoolCode?: string,
): Trail {
  const { unit } = result.scheme.measure;
  const input = (item: string, value: number | null, inUnit: string): Trail["inputs"][number] => ({
    item,
    value,
    unit: inUnit,
    ...(schoolCode === undefined ? {} : { schoolCode }),
  });
  const { value, difference, differenceSe, reliability, lower, upper, pupils, gap } = estimate;
  const shown = (number: number | null): string => (number === null ? "—" : number.toFixed(2));
  return {
    formula: "valueAdded ≈ reliability × difference; reliability ≈ spread² ÷ (spread² + differenceSe²)",
    substituted: gap
      ? ""
      : `${shown(reliability)} × ${shown(difference)} ≈ ${shown(value)}, ${shown(lower)} … ${shown(upper)}`,
    inputs: [
      input("pupils", pupils, "人"),
      input("difference", difference, unit),
      input("differenceSe", differenceSe, unit),
      input("reliability", reliability, ""),
      { item: "spread", value: result.spread.find(({ level }) => level === "school")?.sd ?? null, unit },
    ],
    numerator: null,
    denominator: null,
    value,
    reference: result.permission.reference,
    rulesVersion: `${result.method.id} ${result.method.version}, ${result.scheme.id} ${result.scheme.declaredOn}`,
    gap,
  };
}
