/** What a page hands over to have a trail shown. */

import type { SchoolYear, Section, Trail, Verdict } from "@xingfu/domain/base";

/** What is asked to be shown: a trail, worked out only now, with what surrounds it. */
export interface TrailAsked {
  readonly title: string;
  readonly subtitle?: string;
  readonly year: SchoolYear;
  readonly trail: Trail;
  readonly unit?: string;
  readonly numeratorUnit?: string;
  readonly decimals?: number;
  /** limit in words, "≥ 4.5 m²/生" */
  readonly limit?: string;
  readonly verdict?: Verdict;
  /** sections of the return whose reporter is shown */
  readonly sections: readonly Section[];
  /** what it was made from, in words, where that is no section of the return */
  readonly sources?: readonly string[];
  readonly schoolCode?: string;
  readonly inputsHash?: string | null;
  readonly rulesHash?: string;
  /** true when the figure is of a what-if and not of reported data */
  readonly isWhatIf?: boolean;
}
