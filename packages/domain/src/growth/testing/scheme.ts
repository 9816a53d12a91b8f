/** A scheme that holds, to vary in tests. */
import { schoolYear } from "../../base/index.ts";
import type { GrowthScheme } from "../index.ts";

/** Fitness in primary school, two years judged, declared in time. */
export function soundScheme(change: Partial<GrowthScheme> = {}): GrowthScheme {
  return {
    id: "fitness-primary-2025",
    title: "体质健康增值评价",
    declaredOn: "2024-09-01",
    measure: { kind: "fitness", form: "score", label: "体质健康总分", unit: "分" },
    stage: "primary",
    years: [schoolYear(2024), schoolYear(2025)],
    priors: 1,
    adjustments: ["sex", "age"],
    subGroups: [],
    minimumPupils: 10,
    minimumSubGroup: 10,
    falseAlarmRate: 0.05,
    ...change,
  };
}
