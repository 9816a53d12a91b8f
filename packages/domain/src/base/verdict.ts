/** Three-valued judgement. A figure that cannot be computed is neither passed nor failed. */

export const verdicts = ["met", "notMet", "notComputable"] as const;
/** 达标 / 未达标 / 无法判定 */
export type Verdict = (typeof verdicts)[number];

/** Met when all are met; not met as soon as one is not met, whatever is still unknown; otherwise not computable. */
export function allMet(parts: Iterable<Verdict>): Verdict {
  let verdict: Verdict = "met";
  for (const part of parts) {
    if (part === "notMet") return "notMet";
    if (part === "notComputable") verdict = "notComputable";
  }
  return verdict;
}
