import { routes } from "@xingfu/contract";
import { changeSchool, readOrganisation, readSchool } from "@xingfu/store";
import { chinaDay } from "../clock.ts";
import type { Deps } from "../deps.ts";

export function serveOrgs({ serve, store, now }: Deps): void {
  serve(routes.readOrganisation, async ({ query, session }) => {
    const on = query.on ?? chinaDay(now());
    return { on, nodes: await store.withActor(session.actor, (tx) => readOrganisation(tx, { on })) };
  });

  serve(routes.readSchool, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => readSchool(tx, params.code)),
  );

  serve(routes.changeSchool, async ({ params, body, session }) =>
    store.withActor(session.actor, (tx) => changeSchool(tx, params.code, body)),
  );
}
