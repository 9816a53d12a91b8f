/** Why a figure is absent. A gap is a result: it travels to the page and the report, and is never shown as 0. */

export type Gap =
  /** nobody has reported the item; `where` names the place that would hold it (sheet and column key) */
  | { readonly why: "not-reported"; readonly item: string; readonly where?: string }
  /** the denominator is 0, so no ratio exists */
  | { readonly why: "no-denominator"; readonly item: string }
  /** fewer cases than the method needs */
  | { readonly why: "too-few"; readonly have: number; readonly need: number }
  /** hidden because the group is small enough to point at a person */
  | { readonly why: "suppressed"; readonly below: number }
  /** the document excludes this subject */
  | { readonly why: "not-applicable"; readonly rule: string }
  /** reported, but it cannot be true: negative, not a number, or at odds with another report */
  | { readonly why: "implausible"; readonly item: string }
  /** needs a person's finding that has not been recorded */
  | { readonly why: "not-reviewed"; readonly item: string }
  /** other figures it is made of are themselves gaps */
  | { readonly why: "depends"; readonly on: readonly string[] };
