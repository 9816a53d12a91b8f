import { routes } from "@xingfu/contract";
import { countPupils, pupilPage } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { PreparedJson } from "../prepared.ts";
import { reachOf } from "../session/sessions.ts";
import type { Rolls } from "./rolls.ts";

export function servePupils({ serve, store, shared }: Deps, rolls: Rolls): void {
  serve(routes.countPupils, async ({ params: { year }, query: { school }, session }) =>
    shared.read(`classes ${year} ${school} ${reachOf(session)}`, async () =>
      PreparedJson.of({ classes: await store.withActor(session.actor, (tx) => countPupils(tx, year, school)) }),
    ),
  );

  // never shared: each read of names is written down in its reader's name
  serve(routes.listPupils, async ({ params, query, session }) => {
    const { school: schoolCode, ...paging } = query;
    return store.ask(session.actor, pupilPage({ ...paging, ...params, schoolCode }));
  });

  serve(routes.importPupils, async ({ params, file, session }) => rolls.start(session, params.year, file));

  serve(routes.readPupilImport, async ({ params, session }) => rolls.read(session, params.id));
}
