/** A request refused by the server itself, with a code of the contract. */

import { errors } from "@xingfu/contract";
import type { ErrorCode } from "@xingfu/contract";

/** The fields of a code, by the names the contract lists. */
export type RefusalFields<C extends ErrorCode> = Readonly<Record<(typeof errors)[C]["fields"][number], unknown>>;

export class Refusal<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "Refusal";
  readonly code: C;
  readonly fields: RefusalFields<C>;
  constructor(code: C, fields: RefusalFields<C>, options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(fields)}`, options);
    this.code = code;
    this.fields = fields;
  }
}
