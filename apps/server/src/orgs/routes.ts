import { routes } from "@xingfu/contract";
import { codeList } from "@xingfu/standards";
import { changeSchool, readOrganisation, readSchool } from "@xingfu/store";
import { chinaDay } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { PreparedJson } from "../prepared.ts";
import { Refusal } from "../refusal.ts";
import { reachOf } from "../session/sessions.ts";

export function serveOrgs({ serve, store, shared, now }: Deps): void {
  serve(routes.readOrganisation, async ({ query, session }) => {
    const on = query.on ?? chinaDay(now());
    return shared.read(`organisation ${on} ${reachOf(session)}`, async () =>
      PreparedJson.of({ on, nodes: await store.withActor(session.actor, (tx) => readOrganisation(tx, { on })) }),
    );
  });

  serve(routes.readSchool, async ({ params: { code }, session }) =>
    shared.read(`school ${code} ${reachOf(session)}`, async () =>
      PreparedJson.of(await store.withActor(session.actor, (tx) => readSchool(tx, code))),
    ),
  );

  serve(routes.changeSchool, async ({ params, body, session }) => {
    const isUnknownType = body.kind === "retype" && !codeList("schoolTypes").some((type) => type.code === body.value);
    if (isUnknownType) throw new Refusal("ORGANISATION_CHANGE_REFUSED", { reason: "办学类型代码不在代码表内" });
    return store.withActor(session.actor, (tx) => changeSchool(tx, params.code, body));
  });
}
