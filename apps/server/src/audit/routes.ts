import { routes } from "@xingfu/contract";
import { listAudit } from "@xingfu/store";
import type { Deps } from "../deps.ts";

export function serveAudit({ serve, store }: Deps): void {
  serve(routes.listAudit, async ({ query, session }) => store.withActor(session.actor, (tx) => listAudit(tx, query)));
}
