/** JSON that is written once and sent many times. */

import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);

/** Below this compression saves nothing that matters. */
const leastToCompress = 2048;

/** A JSON reply as bytes, with the tag that tells whether a browser has it already. */
export class PreparedJson {
  readonly etag: string;
  readonly plain: Buffer;
  /** null when the reply is too short for it */
  readonly packed: Buffer | null;
  constructor(etag: string, plain: Buffer, packed: Buffer | null) {
    this.etag = etag;
    this.plain = plain;
    this.packed = packed;
  }

  static async of(value: unknown): Promise<PreparedJson> {
    const plain = Buffer.from(JSON.stringify(value));
    const etag = `"${createHash("sha256").update(plain).digest("hex").slice(0, 32)}"`;
    // level 5: a tenth larger than the best and several times faster
    return new PreparedJson(etag, plain, plain.length < leastToCompress ? null : await compress(plain, { level: 5 }));
  }
}
