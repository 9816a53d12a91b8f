import { routes } from "@xingfu/contract";
import type { Issue as IssueReply } from "@xingfu/contract";
import { openIssueMoves, refuseIssueMove } from "@xingfu/domain/scheme";
import type { IssueRefusal, Mover } from "@xingfu/domain/scheme";
import {
  addIssueFile,
  listIssueSteps,
  listIssues,
  moveIssue,
  readEvaluation,
  readIssue,
  readIssueFile,
  recordIssue,
  updateIssue,
} from "@xingfu/store";
import type { Issue, Transaction } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { checkedType } from "../media.ts";
import { Refusal } from "../refusal.ts";
import { invalid } from "../validation.ts";
import type { Scores } from "./scored.ts";

/** The rectification ledger on the wire. */
export function serveIssues({ serve, store }: Deps, scores: Scores): void {
  serve(routes.listIssues, async ({ query, session }) => {
    const { items, ...rest } = await store.withActor(session.actor, (tx) => listIssues(tx, query));
    return { items: items.map(toIssue), ...rest };
  });

  serve(routes.readIssue, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => ({
      issue: toIssue(await readIssue(tx, params.id)),
      steps: await listIssueSteps(tx, params.id),
    })),
  );

  serve(routes.recordIssue, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      await refusePlace(tx, params.id, body.place);
      return toIssue(await recordIssue(tx, params.id, body));
    }),
  );

  serve(routes.updateIssue, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { revision, ...input } = body;
      await refusePlace(tx, (await readIssue(tx, params.id)).evaluationId, input.place);
      return toIssue(await updateIssue(tx, params.id, input, revision));
    }),
  );

  serve(routes.moveIssue, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const issue = await readIssue(tx, params.id);
      const { side, why } = sideFor(issue, body);
      if (side === null) throw new Refusal("ISSUE_MOVE_REFUSED", { from: issue.state, to: body.to, why });
      return toIssue(await moveIssue(tx, issue, { to: body.to, side, words: body.words }));
    }),
  );

  serve(routes.addIssueFile, async ({ params, query, file, session }) => {
    const mediaType = checkedType(file.fileName, file.bytes);
    return store.withActor(session.actor, async (tx) => {
      const issue = await readIssue(tx, params.id);
      const [side] = issue.sides;
      if (side === undefined) throw new Refusal("FORBIDDEN", {});
      if (issue.state === "closed" || issue.state === "withdrawn")
        throw new Refusal("EVALUATION_CLOSED", { state: issue.state });
      return addIssueFile(tx, issue, side, query.words ?? "", { ...file, mediaType });
    });
  });

  serve(routes.readIssueFile, async ({ params, session }) => {
    const file = await store.withActor(session.actor, (tx) => readIssueFile(tx, params.id));
    return { bytes: file.content, fileName: file.fileName, mediaType: file.mediaType };
  });

  async function refusePlace(tx: Transaction, evaluationId: number, place: string | null): Promise<void> {
    if (place === null) return;
    const { roundId } = await readEvaluation(tx, evaluationId);
    const { scheme } = await scores.schemeOf(tx, roundId);
    if (!scheme.nodes.some(({ id }) => id === place)) throw invalid("body/place", `方案中没有 ${place}`);
  }
}

/** The side of the actor that can move an issue, or why none can. */
function sideFor(
  issue: Issue,
  { to, words }: { readonly to: Issue["state"]; readonly words: string },
): { readonly side: Mover; readonly why: null } | { readonly side: null; readonly why: IssueRefusal } {
  let why: IssueRefusal = "notTheirMove";
  for (const by of issue.sides) {
    const hasOwner = issue.owner.trim() !== "" && issue.dueOn !== null;
    const refusal = refuseIssueMove(issue.state, { to, by, note: words, hasOwner });
    if (refusal === null) return { side: by, why: null };
    if (refusal !== "notTheirMove") why = refusal;
  }
  return { side: null, why };
}

export function toIssue({ sides, recordedName, recordedAt, ...issue }: Issue): IssueReply {
  return {
    ...issue,
    moves: [...new Set(sides.flatMap((side) => openIssueMoves(issue.state, side)))],
    recorded: { name: recordedName, at: recordedAt },
  };
}
