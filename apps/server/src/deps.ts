/** What the parts of the server work with; made once in buildApp. */

import type { Store } from "@xingfu/store";
import type { Assessments } from "./balance/assessments.ts";
import type { Metrics } from "./plugins/metrics.ts";
import type { Serve } from "./serve.ts";
import type { Passwords } from "./session/password.ts";
import type { SharedReads } from "./shared.ts";
import type { Sessions } from "./session/sessions.ts";
import type { Workers } from "./work/workers.ts";

export interface Deps {
  readonly serve: Serve;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly workers: Workers;
  readonly assessments: Assessments;
  readonly metrics: Metrics;
  readonly shared: SharedReads;
  /** the clock */
  readonly now: () => Date;
}
