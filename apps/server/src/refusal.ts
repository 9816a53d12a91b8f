/** A request, or the start of the program, refused by the server itself with a code of the contract. */

import { errors } from "@xingfu/contract";
import type { ErrorCode, ErrorEntry } from "@xingfu/contract";

/** The fields of a code, by the names the contract lists. */
export type RefusalFields<C extends ErrorCode> = Readonly<Record<(typeof errors)[C]["fields"][number], unknown>>;

/** `message` is a Chinese sentence for a terminal or a log; the wire carries code and fields. */
export class Refusal<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "Refusal";
  readonly code: C;
  readonly fields: RefusalFields<C>;
  constructor(code: C, fields: RefusalFields<C>, options?: ErrorOptions) {
    super(sentence(code, fields), options);
    this.code = code;
    this.fields = fields;
  }
}

function sentence(code: ErrorCode, fields: Readonly<Record<string, unknown>>): string {
  const entry: ErrorEntry = errors[code];
  if (code === "PORT_TAKEN") {
    const port = String(fields["port"]);
    return `端口 ${port} 已被占用。请关闭占用它的程序，或用环境变量 PORT 指定另一个端口`;
  }
  if (code === "CONFIG_INVALID") return `配置项 ${String(fields["name"])} 有误：${String(fields["problem"])}`;
  return entry.fields.length === 0 ? entry.title : `${entry.title}：${JSON.stringify(fields)}`;
}
