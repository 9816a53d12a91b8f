import { routes } from "@xingfu/contract";
import { listAudit } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { PreparedJson } from "../prepared.ts";
import { reachOf } from "../session/sessions.ts";

export function serveAudit({ serve, store, shared }: Deps): void {
  serve(routes.listAudit, async ({ query, session }) =>
    shared.read(`audit ${JSON.stringify(query)} ${reachOf(session)}`, async () =>
      PreparedJson.of(await store.withActor(session.actor, (tx) => listAudit(tx, query))),
    ),
  );
}
