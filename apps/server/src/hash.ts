/** Hashes of results and of what they were made from. */

import { createHash } from "node:crypto";

/** hex sha256 */
export function sha256(value: string | Uint8Array): string {
  return createHash("sha256").update(value).digest("hex");
}
