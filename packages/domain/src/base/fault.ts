/** Broken promises and refused requests: thrown, with a code and fields, never matched by message. */

/** Every fault the domain can raise, with the fields that say which rule and which value. */
export interface FaultFields {
  RULES_INVALID: { reference: string; problem: string };
  SCENARIO_INVALID: { change: number; problem: string };
  /** data that may not feed value-added evaluation; `document` and `clause` are references into the standards library */
  SOURCE_REFUSED: { source: string; form: string; document: string; clause: string };
  /** a declaration of a value-added evaluation that does not hold; `field` is the first that is wrong, `problem` names all */
  GROWTH_SCHEME_INVALID: { field: string; problem: string };
  TRANSITION_REFUSED: { from: string; to: string };
}

export type FaultCode = keyof FaultFields;

export class Fault<C extends FaultCode = FaultCode> extends Error {
  override readonly name = "Fault";
  readonly code: C;
  readonly fields: FaultFields[C];
  constructor(code: C, fields: FaultFields[C], options?: ErrorOptions) {
    const detail = Object.entries(fields)
      .map(([key, value]) => `${key}: ${String(value)}`)
      .join(", ");
    super(`${code} (${detail})`, options);
    this.code = code;
    this.fields = fields;
  }
}
