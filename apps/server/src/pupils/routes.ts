import { routes } from "@xingfu/contract";
import { countPupils, listPupils } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import type { Rolls } from "./rolls.ts";

export function servePupils({ serve, store }: Deps, rolls: Rolls): void {
  serve(routes.countPupils, async ({ params, query, session }) => ({
    classes: await store.withActor(session.actor, (tx) => countPupils(tx, params.year, query.school)),
  }));

  serve(routes.listPupils, async ({ params, query, session }) => {
    const { school: schoolCode, ...paging } = query;
    return store.withActor(session.actor, (tx) => listPupils(tx, { ...paging, ...params, schoolCode }));
  });

  serve(routes.importPupils, async ({ params, file, session }) => rolls.start(session, params.year, file));

  serve(routes.readPupilImport, async ({ params, session }) => rolls.read(session, params.id));
}
