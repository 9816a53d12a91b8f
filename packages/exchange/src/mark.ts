/** The clerk's own workbook with the faulty cells marked. */

import type { Issue } from "./template/issue.ts";

/**
 * A copy of `bytes` with each faulty cell coloured and commented and a first sheet that lists the issues; the rest
 * of the workbook stays as it was.
 */
export async function markIssues(_bytes: Uint8Array, _issues: readonly Issue[]): Promise<Uint8Array> {
  throw new Error("not written yet");
}
