/** What the engines refuse, thrown with a code and the values that say which rule was broken. */

/**
 * Which rule of the mixed models was broken, where one code has several: the key of a sentence in another language. What
 * the sentence names is in `named`.
 */
export type MixedRule =
  | "formula-sign-unknown"
  | "formula-no-tilde"
  | "formula-not-expected"
  | "formula-operand-missing"
  | "formula-bracket-open"
  | "formula-arguments"
  | "formula-bar-inside"
  | "formula-bar-brackets"
  | "formula-bar-subtracted"
  | "formula-bar-empty"
  | "formula-nesting"
  | "formula-group"
  | "formula-number-alone"
  | "formula-power"
  | "formula-operator"
  | "formula-arithmetic"
  | "formula-function"
  | "formula-constant"
  | "formula-no-random"
  | "column-of-text"
  | "column-not-numbers"
  | "column-length"
  | "outcome-not-numbers"
  | "one-value"
  | "infinite"
  | "negative-weight"
  | "no-rows"
  | "no-complete-row"
  | "one-group"
  | "constant-outcome"
  | "nothing-left"
  | "no-residual"
  | "one-row-per-group"
  | "more-effects-than-rows"
  | "too-few-rows"
  | "effect-twice"
  | "too-many-levels"
  | "too-many-columns"
  | "too-many-crossed"
  | "cancelled"
  | "time-limit"
  | "breakdown";

export interface RuleBroken {
  readonly rule?: MixedRule;
  readonly named?: Readonly<Record<string, string | number>>;
}

/** Every fault of the numeric engines, with its fields. `problem` is an English sentence for a log or a command line. */
export interface NumericsFaultFields {
  /** the formula cannot be read; `position` counts characters from 0, for a caret under the place */
  FORMULA_INVALID: { formula: string; position: number; problem: string };
  /** the formula or the design names a column the table does not hold */
  COLUMN_UNKNOWN: { column: string; known: readonly string[]; problem: string };
  /** a column has the wrong kind, length or content */
  COLUMN_INVALID: { column: string; problem: string };
  /** the data cannot answer the question at all (no rows, one group, a constant outcome …) */
  DATA_INSUFFICIENT: { problem: string };
  /** the model has more unknowns than the data can tell apart */
  MODEL_NOT_IDENTIFIED: { problem: string };
  /** an option or argument is outside its range */
  OPTION_INVALID: { option: string; value: string; problem: string };
  /** a matrix that must be positive definite is not */
  NOT_POSITIVE_DEFINITE: { pivot: number; problem: string };
  /** the problem needs more memory than the method allows */
  TOO_LARGE: { problem: string };
  /** the caller cancelled, or the time limit passed */
  STOPPED: { reason: "cancelled" | "time limit"; problem: string };
  /** summaries that cannot be added or fitted together */
  SUMMARY_INVALID: { problem: string };
}

export type NumericsFaultCode = keyof NumericsFaultFields;

export class NumericsFault<C extends NumericsFaultCode = NumericsFaultCode> extends Error {
  override readonly name = "NumericsFault";
  readonly code: C;
  readonly fields: NumericsFaultFields[C] & RuleBroken;
  constructor(code: C, fields: NumericsFaultFields[C] & RuleBroken, options?: ErrorOptions) {
    super(fields.problem, options);
    this.code = code;
    this.fields = fields;
  }
}
