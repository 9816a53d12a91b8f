import { routes } from "@xingfu/contract";
import type { SchemeDraftReply, SchemePreview, SchemeText } from "@xingfu/contract";
import { countBands, scoreScheme, shareOf } from "@xingfu/domain/scheme";
import type { Scheme, Scorecard } from "@xingfu/domain/scheme";
import {
  countSchemeRounds,
  createSchemeDraft,
  deleteSchemeDraft,
  listEvaluations,
  listPublishedSchemes,
  listRounds,
  listSchemeDrafts,
  loadScoringInputs,
  publishScheme,
  readSchemeDraft,
  saveSchemeDraft,
} from "@xingfu/store";
import type { SchemeDraft } from "@xingfu/store";
import { chinaDay } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { Refusal } from "../refusal.ts";
import {
  compileText,
  copyText,
  draftOf,
  entryOf,
  findScheme,
  hashOf,
  isShipped,
  shippedSchemes,
  sourceOf,
} from "./schemes.ts";
import { isDecided, ratingsOf } from "./scored.ts";
import type { Scores } from "./scored.ts";

export function serveSchemes({ serve, store, now }: Deps, scores: Scores): void {
  serve(routes.listSchemes, async ({ session }) =>
    store.withActor(session.actor, async (tx) => {
      const rounds = await countSchemeRounds(tx);
      const published = (await listPublishedSchemes(tx)).map((own) =>
        entryOf({ scheme: own.scheme, hash: own.hash, source: own.source, written: {}, published: own }, rounds),
      );
      const shipped = (await shippedSchemes()).map((known) => entryOf(known, rounds));
      return { schemes: [...published, ...shipped], drafts: await listSchemeDrafts(tx) };
    }),
  );

  serve(routes.readScheme, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const known = await findScheme(tx, params);
      const { source, written, scheme } = known;
      return { entry: entryOf(known, await countSchemeRounds(tx)), source, written, scheme };
    }),
  );

  serve(routes.checkScheme, async ({ body }) => compileText(sourceOf(body)));

  serve(routes.createSchemeDraft, async ({ body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const origin = body.copyOf === undefined ? null : await findScheme(tx, body.copyOf);
      const isGiven = body.source !== undefined || body.written !== undefined;
      const text = compileText(isGiven || origin === null ? sourceOf(body) : copyText(origin, chinaDay(now())));
      return replyOf(await createSchemeDraft(tx, draftOf(text), body.copyOf ?? null), text);
    }),
  );

  serve(routes.readSchemeDraft, async ({ params, session }) => {
    const { draft, source } = await store.withActor(session.actor, (tx) => readSchemeDraft(tx, params.id));
    return replyOf(draft, compileText(source));
  });

  serve(routes.saveSchemeDraft, async ({ params, body, session }) => {
    const text = compileText(sourceOf(body));
    const draft = await store.withActor(session.actor, (tx) =>
      saveSchemeDraft(tx, params.id, draftOf(text), body.revision),
    );
    return replyOf(draft, text);
  });

  serve(routes.deleteSchemeDraft, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => deleteSchemeDraft(tx, params.id)),
  );

  serve(routes.publishScheme, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { source } = await readSchemeDraft(tx, params.id);
      const { scheme, written } = compiled(source);
      if (isShipped(scheme)) throw new Refusal("ALREADY_EXISTS", { what: `${scheme.id} ${scheme.version}` });
      const hash = hashOf(scheme);
      const published = await publishScheme(tx, params.id, body.revision, { scheme, hash });
      return entryOf({ scheme, hash, source, written: written ?? {}, published }, await countSchemeRounds(tx));
    }),
  );

  serve(routes.previewScheme, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx): Promise<SchemePreview> => {
      const { source } = await readSchemeDraft(tx, params.id);
      const { scheme } = compiled(source);
      const round = (await listRounds(tx)).find((candidate) =>
        body.roundId === undefined
          ? Object.keys(candidate.states).some((state) => state === "decided" || state === "published")
          : candidate.id === body.roundId,
      );
      if (round === undefined) throw new Refusal("NO_ROUND", {});
      const heads = (await listEvaluations(tx, round.id)).filter(({ state }) => isDecided(state));
      const { scheme: planned } = await scores.schemeOf(tx, round.id);
      const before = await scores.of(tx, heads);
      const inputs = await loadScoringInputs(
        tx,
        heads.map(({ id }) => id),
      );
      const unusedRatings: Record<string, number> = {};
      const withInput = new Set<string>();
      const cards: { readonly before: Scorecard; readonly after: Scorecard }[] = [];
      const schools: SchemePreview["schools"] = [];
      for (const head of heads.toSorted((a, b) => a.school.localeCompare(b.school, "zh-CN"))) {
        const input = inputs.get(head.id);
        const known = before.get(head.id);
        if (input === undefined || known === undefined) continue;
        const after = scoreScheme(scheme, input.evidence, ratingsOf(planned, input));
        for (const { why } of after.unusedRatings) unusedRatings[why] = (unusedRatings[why] ?? 0) + 1;
        for (const node of after.nodes)
          if (node.figure !== null || node.parties.some(({ points }) => points !== null)) withInput.add(node.id);
        cards.push({ before: known.card, after });
        schools.push({
          schoolCode: head.schoolCode,
          school: head.school,
          before: sideOf(known.card),
          after: sideOf(after),
        });
      }
      return {
        round: { id: round.id, name: round.name, year: round.year },
        schools,
        before: [
          ...countBands(
            planned,
            cards.map((pair) => pair.before),
          ),
        ],
        after: [
          ...countBands(
            scheme,
            cards.map((pair) => pair.after),
          ),
        ],
        leavesWithoutInput: scheme.nodes
          .filter((node) => node.leaf !== null && !withInput.has(node.id))
          .map((node) => node.id),
        unusedRatings,
      };
    }),
  );
}

function replyOf(draft: SchemeDraft, text: SchemeText): SchemeDraftReply {
  return { draft: { ...draft, copiedFrom: draft.copiedFrom === null ? null : { ...draft.copiedFrom } }, ...text };
}

/** @throws SCHEME_INVALID with everything that is wrong */
function compiled(source: string): { readonly scheme: Scheme; readonly written: SchemeText["written"] } {
  const { scheme, written, problems } = compileText(source);
  if (scheme === null) throw new Refusal("SCHEME_INVALID", { problems });
  return { scheme, written };
}

function sideOf(card: Scorecard): SchemePreview["schools"][number]["before"] {
  const { low, high, maximum, band } = card;
  return { points: shareOf(card), low: low / maximum, high: high / maximum, band };
}
