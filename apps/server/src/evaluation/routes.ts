import { routes } from "@xingfu/contract";
import { may } from "@xingfu/domain/access";
import { readEvaluation } from "@xingfu/store";
import { chinaDay } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { PreparedJson } from "../prepared.ts";
import { Recent } from "../recent.ts";
import { reachOf } from "../session/sessions.ts";
import type { SignedIn } from "../session/sessions.ts";
import { serveEvaluations } from "./evaluation-routes.ts";
import { serveIssues } from "./issue-routes.ts";
import type { Mending } from "./moves.ts";
import { resultOf, summaryOf } from "./results.ts";
import { serveRounds } from "./round-routes.ts";
import { serveSchemes } from "./scheme-routes.ts";
import { Scores } from "./scored.ts";

/** Results held as they were written last. */
const mostResults = 500;

export function serveEvaluation(deps: Deps): void {
  const { serve, store, assessments, shared, now } = deps;
  const scores = new Scores();
  const mending: Mending = { store, assessments, scores, now };
  serveSchemes(deps, scores);
  serveRounds(deps, scores, mending);
  serveEvaluations(deps, scores, mending);
  serveIssues(deps, scores);

  const results = new Recent<PreparedJson>(mostResults);
  serve(routes.readResult, async ({ params, session }) => {
    const who = seesAs(session);
    const head = await shared.read(`evaluation ${who} ${params.id}`, () =>
      store.withActor(session.actor, (tx) => readEvaluation(tx, params.id)),
    );
    const key = `${who}/${head.sides.join()}/${params.id}/${head.revision}/${chinaDay(now())}`;
    return results.get(key, () =>
      store.withActor(session.actor, async (tx) => PreparedJson.of(await resultOf(tx, scores, head, now()))),
    );
  });

  serve(routes.readRoundSummary, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => summaryOf(tx, scores, params.id)),
  );
}

/** Names who sees the same of every evaluation: the same roles on the same nodes; of inspectors each sees his own. */
function seesAs(session: SignedIn): string {
  const isReviewer = may(session.grants, "evaluation.review");
  return isReviewer ? `${reachOf(session)} ${session.actor.accountId}` : reachOf(session);
}
