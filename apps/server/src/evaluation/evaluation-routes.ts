import { routes } from "@xingfu/contract";
import type { ModerationLeaf, OfflinePack, ReviewEntry as EntryReply, SelfReply, SyncResult } from "@xingfu/contract";
import { countedEntries, readJudgement, refuseRating, selfChapters, shareOfFigure } from "@xingfu/domain/scheme";
import type { Judgement, Scheme } from "@xingfu/domain/scheme";
import {
  addEntryPhoto,
  addEvaluationEvidence,
  answerAppeal,
  deleteEntryPhoto,
  deleteEvaluationEvidence,
  listAppeals,
  listEarlierEvaluations,
  listEvaluationAssignments,
  listEvaluationEvidence,
  listEvaluationFigures,
  listExemptions,
  listIssues,
  listModerations,
  listMoves,
  listOwnAssignments,
  listOwnEvaluations,
  listReviewEntries,
  listSelfEntries,
  listSelfVersions,
  listVetoes,
  moderateLeaf,
  readEntryPhoto,
  readEvaluation,
  readEvaluationFile,
  readFeedback,
  saveEvaluationFigure,
  saveFeedback,
  saveSelfEntry,
  setExemption,
  setVeto,
  storeReviewEntries,
} from "@xingfu/store";
import type { EntryOutcome, EvaluationHead, OwnAssignment, ReviewEntry, SentEntry, Transaction } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { checkedType, extensionOf } from "../media.ts";
import { Refusal } from "../refusal.ts";
import { invalid } from "../validation.ts";
import { figuresOf, heldFigures, schemeFigures } from "./held.ts";
import { toIssue } from "./issue-routes.ts";
import { appealAgainst, moveOne, toEvaluation } from "./moves.ts";
import type { Mending } from "./moves.ts";
import { maySee } from "./scored.ts";
import type { Scores } from "./scored.ts";

/** A device's clock is taken for right within this many seconds. */
const clockTolerance = 120;

export function serveEvaluations(deps: Deps, scores: Scores, mending: Mending): void {
  const { serve, store, now } = deps;

  serve(routes.listOwnEvaluations, async ({ session }) => {
    const heads = await store.withActor(session.actor, (tx) => listOwnEvaluations(tx));
    return { evaluations: heads.map((head) => toEvaluation(head, now())) };
  });

  serve(routes.readEvaluation, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const head = await readEvaluation(tx, params.id);
      const { scheme } = await scores.schemeOf(tx, head.roundId);
      return { evaluation: toEvaluation(head, now()), scheme, history: await listMoves(tx, head.id) };
    }),
  );

  serve(routes.moveEvaluation, async ({ params, body, session }) =>
    toEvaluation(await moveOne(mending, session, params.id, body.from, body), now()),
  );

  // the school's own

  serve(routes.readSelf, async ({ params, session }) => {
    const before = await store.withActor(session.actor, (tx) => readEvaluation(tx, params.id));
    const isVisible = maySee(before, "selfRating");
    const isOpen = before.sides.includes("school") && before.state === "selfEvaluation";
    const held = isVisible ? await heldFigures(deps, session, before.year, before.schoolCode) : [];
    return store.withActor(session.actor, async (tx): Promise<SelfReply> => {
      const head = await readEvaluation(tx, params.id);
      const { scheme } = await scores.schemeOf(tx, head.roundId);
      const kept = await listEvaluationFigures(tx, head.id);
      return {
        evaluation: toEvaluation(head, now()),
        isVisible,
        isOpen,
        entries: (await listSelfEntries(tx, head.id)).map((entry) => ({
          ...entry,
          judgement: ownJudgement(entry.judgement),
        })),
        evidence: [...(await listEvaluationEvidence(tx, head.id))],
        figures: isVisible ? schemeFigures(scheme, kept, held, head.state === "selfEvaluation") : [],
        held,
        previous: isVisible ? await previousOf(tx, head) : null,
      };
    });
  });

  /** The school's last round before, with what each leaf got there as far as the actor may see it. */
  async function previousOf(tx: Transaction, head: EvaluationHead): Promise<SelfReply["previous"]> {
    const [last] = await listEarlierEvaluations(tx, head);
    if (last === undefined) return null;
    const { scheme } = await scores.schemeOf(tx, last.roundId);
    const card = (await scores.of(tx, [last])).get(last.id)?.card;
    const nodes = new Map(card?.nodes.map((node) => [node.id, node]));
    const entries = await listSelfEntries(tx, last.id);
    const places = [...scheme.nodes.filter((node) => node.leaf !== null).map((node) => node.id), ...selfChapters];
    return {
      round: last.round,
      year: last.year,
      leaves: places.map((place) => {
        const entry = entries.find((candidate) => candidate.place === place);
        const node = nodes.get(place);
        const { comparison } = node ?? { comparison: null };
        return {
          place,
          judgement: entry?.judgement ?? null,
          words: entry?.words ?? "",
          self: comparison === null ? null : comparison.self / comparison.outOf,
          external: comparison === null ? null : comparison.external / comparison.outOf,
          share: node === undefined || node.points === null ? null : node.points / node.maximum,
        };
      }),
      issues: (await listIssues(tx, { evaluationId: last.id, size: 200 })).items.map(toIssue),
    };
  }

  serve(routes.saveSelfEntry, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await schemeFor(tx, params.id);
      const isChapter = selfChapters.some((chapter) => chapter === params.place);
      const party = scheme.parties.find((candidate) => candidate.isSelf)?.id ?? "";
      if (isChapter ? body.judgement !== null : leafOf(scheme, params.place) === null)
        throw new Refusal("JUDGEMENT_REFUSED", { place: params.place, why: isChapter ? "wrongKind" : "notALeaf" });
      refuseJudgement(scheme, params.place, party, body.judgement);
      const entry = await saveSelfEntry(tx, params.id, params.place, body);
      return { ...entry, judgement: ownJudgement(entry.judgement) };
    }),
  );

  serve(routes.listSelfVersions, async ({ params, session }) => {
    const versions = await store.withActor(session.actor, (tx) => listSelfVersions(tx, params.id, params.place));
    return { versions: versions.map((entry) => ({ ...entry, judgement: ownJudgement(entry.judgement) })) };
  });

  serve(routes.addEvaluationFile, async ({ params, query, file, session }) => {
    const mediaType = checkedType(file.fileName, file.bytes);
    return store.withActor(session.actor, async (tx) => {
      const item = query.item ?? null;
      refuseItem((await schemeFor(tx, params.id)).scheme, params.place, item);
      const { bytes, fileName: title } = file;
      return addEvaluationEvidence(tx, params.id, { place: params.place, item, title, kind: "file", mediaType, bytes });
    });
  });

  serve(routes.addEvaluationLink, async ({ params, body, session }) => {
    if (!URL.canParse(body.url)) throw invalid("body/url", "网址格式不正确，应以 http:// 或 https:// 开头");
    return store.withActor(session.actor, async (tx) => {
      refuseItem((await schemeFor(tx, params.id)).scheme, params.place, body.item);
      return addEvaluationEvidence(tx, params.id, { place: params.place, ...body, kind: "link" });
    });
  });

  serve(routes.addEvaluationFigure, async ({ params, body, session }) => {
    const head = await store.withActor(session.actor, (tx) => readEvaluation(tx, params.id));
    const held = await heldFigures(deps, session, head.year, head.schoolCode);
    const figure = held.find((candidate) => candidate.key === body.key);
    if (figure === undefined) throw new Refusal("NOT_FOUND", {});
    return store.withActor(session.actor, async (tx) => {
      refuseItem((await schemeFor(tx, params.id)).scheme, params.place, body.item);
      const { label: title } = figure;
      return addEvaluationEvidence(tx, params.id, {
        place: params.place,
        item: body.item,
        title,
        kind: "figure",
        figure,
      });
    });
  });

  serve(routes.deleteEvaluationEvidence, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => deleteEvaluationEvidence(tx, params.id)),
  );

  serve(routes.readEvaluationFile, async ({ params, session }) => {
    const file = await store.withActor(session.actor, (tx) => readEvaluationFile(tx, params.id));
    return { bytes: file.content, fileName: file.fileName, mediaType: file.mediaType };
  });

  serve(routes.saveSchemeFigure, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await schemeFor(tx, params.id);
      const figure = figuresOf(scheme).find(({ key }) => key === params.key);
      const node = scheme.nodes.find(
        ({ leaf }) => leaf && "figure" in leaf.rule && leaf.rule.figure.key === params.key,
      );
      if (figure === undefined || figure.part !== null || !node?.leaf || !("figure" in node.leaf.rule))
        throw new Refusal("JUDGEMENT_REFUSED", { place: params.key, why: "unknownFigure" });
      if (body.value !== null && shareOfFigure(node.leaf.rule, body.value, node.points) === null)
        throw new Refusal("JUDGEMENT_REFUSED", { place: params.key, why: "implausible" });
      await saveEvaluationFigure(tx, params.id, { key: params.key, ...body, source: "学校填报" });
      const kept = await listEvaluationFigures(tx, params.id);
      const saved = schemeFigures(scheme, kept, [], true).find(({ key }) => key === params.key);
      if (saved === undefined) throw new Refusal("NOT_FOUND", {});
      return saved;
    }),
  );

  // review

  serve(routes.readReview, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const head = await readEvaluation(tx, params.id);
      const { scheme } = await scores.schemeOf(tx, head.roundId);
      const own = await listOwnAssignments(tx);
      const parties = own
        .filter(({ evaluationId, isWithdrawn }) => evaluationId === head.id && !isWithdrawn)
        .map(({ party }) => party);
      const recorded = await listVetoes(tx, head.id);
      const seesVetoes = head.sides.includes("commission") || maySee(head, "scorecard");
      return {
        evaluation: toEvaluation(head, now()),
        parties,
        isOpen: parties.length > 0 && isOpenForReview(head),
        entries: await entriesOf(tx, [head.id], own),
        vetoes: seesVetoes
          ? scheme.vetoes.map(
              ({ id }) =>
                recorded.find(({ veto }) => veto === id) ?? { veto: id, hasOccurred: null, words: "", by: null },
            )
          : [],
        exemptions: await listExemptions(tx, head.id),
      };
    }),
  );

  serve(routes.readOfflinePack, async ({ query, session }) =>
    store.withActor(session.actor, async (tx): Promise<OfflinePack> => {
      const own = await listOwnAssignments(tx);
      const heads = (await listOwnEvaluations(tx)).filter(
        (head) =>
          head.sides.includes("inspector") &&
          (head.state === "planned" || head.state === "selfEvaluation" || isOpenForReview(head)) &&
          (query.evaluationId === undefined || head.id === query.evaluationId),
      );
      const entries = await entriesOf(
        tx,
        heads.map(({ id }) => id),
        own,
      );
      const schemes = new Map<number, Scheme>();
      const evaluations: OfflinePack["evaluations"][number][] = [];
      for (const head of heads) {
        schemes.set(head.roundId, (await scores.schemeOf(tx, head.roundId)).scheme);
        const party = own.find(({ evaluationId, isWithdrawn }) => evaluationId === head.id && !isWithdrawn)?.party;
        if (party === undefined) continue;
        evaluations.push({
          evaluation: toEvaluation(head, now()),
          party,
          self: (await listSelfEntries(tx, head.id)).map((entry) => ({
            ...entry,
            judgement: ownJudgement(entry.judgement),
          })),
          evidence: await listEvaluationEvidence(tx, head.id),
          entries: entries.filter((entry) => entry.evaluationId === head.id && entry.isOwn),
        });
      }
      return {
        madeAt: now().toISOString(),
        schemes: [...schemes].map(([roundId, scheme]) => ({ roundId, scheme })),
        evaluations,
      };
    }),
  );

  serve(routes.syncEntries, async ({ body, session }) => {
    const serverNow = now();
    const deviceNow = instant(body.deviceNow, "body/deviceNow");
    const ahead = Math.round((deviceNow - serverNow.getTime()) / 1000);
    const clockOffSeconds = Math.abs(ahead) <= clockTolerance ? null : Math.max(-2e9, Math.min(2e9, ahead));
    for (const [index, entry] of body.entries.entries()) instant(entry.writtenAt, `body/entries/${index}/writtenAt`);
    const results = await store.withActor(session.actor, async (tx) => {
      const own = await listOwnAssignments(tx);
      const schemes = new Map<number, Scheme>();
      const sound: SentEntry[] = [];
      const refusals = new Map<number, SyncResult["why"]>();
      for (const [index, entry] of body.entries.entries()) {
        let why: SyncResult["why"] = null;
        if (own.some(({ evaluationId }) => evaluationId === entry.evaluationId)) {
          let scheme = schemes.get(entry.evaluationId);
          if (scheme === undefined)
            schemes.set(entry.evaluationId, (scheme = (await schemeFor(tx, entry.evaluationId)).scheme));
          why = refuseEntry(scheme, entry);
        } else why = "notAssigned";
        if (why === null) sound.push(entry);
        else refusals.set(index, why);
      }
      const outcomes = sound.length === 0 ? [] : await storeReviewEntries(tx, sound, clockOffSeconds);
      const names = await namesOf(tx, [...new Set(sound.map(({ evaluationId }) => evaluationId))]);
      let next = 0;
      return body.entries.map((entry, index): SyncResult => {
        const why = refusals.get(index) ?? null;
        if (why !== null) return { id: entry.id, outcome: "refused", current: null, why };
        const outcome = outcomes[next];
        next += 1;
        return resultOf(entry.id, outcome, (stored) => toEntry(stored, own, names));
      });
    });
    return { serverNow: serverNow.toISOString(), clockOffSeconds, results };
  });

  serve(routes.addEntryPhoto, async ({ params, query, file, session }) => {
    const mediaType = checkedType(file.fileName, file.bytes);
    const takenAt = query.takenAt ?? null;
    if (takenAt !== null) instant(takenAt, "query/takenAt");
    const isReplayed = await store.withActor(session.actor, (tx) =>
      addEntryPhoto(tx, {
        id: params.photo,
        entryId: params.entry,
        caption: query.caption ?? "",
        takenAt,
        mediaType,
        bytes: file.bytes,
      }),
    );
    return { id: params.photo, isReplayed };
  });

  serve(routes.readEntryPhoto, async ({ params, session }) => {
    const photo = await store.withActor(session.actor, (tx) => readEntryPhoto(tx, params.photo));
    const fileName = `${photo.fileName}${extensionOf(photo.mediaType)}`;
    return { bytes: photo.content, fileName, mediaType: photo.mediaType };
  });

  serve(routes.deleteEntryPhoto, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => deleteEntryPhoto(tx, params.photo)),
  );

  serve(routes.setVeto, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await schemeFor(tx, params.id);
      if (!scheme.vetoes.some(({ id }) => id === params.veto)) throw new Refusal("NOT_FOUND", {});
      return setVeto(tx, params.id, { veto: params.veto, ...body });
    }),
  );

  serve(routes.setExemption, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await schemeFor(tx, params.id);
      const node = scheme.nodes.find(({ id }) => id === params.place);
      if (node === undefined || node.mayNotApply === null)
        throw new Refusal("JUDGEMENT_REFUSED", { place: params.place, why: node ? "notAllowed" : "unknownNode" });
      return { exemption: await setExemption(tx, params.id, params.place, body.reason.trim()) };
    }),
  );

  // moderation, feedback, appeal

  serve(routes.readModeration, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const head = await readEvaluation(tx, params.id);
      const { scheme } = await scores.schemeOf(tx, head.roundId);
      const all = await entriesOf(tx, [head.id], await listOwnAssignments(tx));
      const settled = await listModerations(tx, head.id);
      const { card } = await scores.afresh(tx, head);
      const nodes = new Map(card.nodes.map((node) => [node.id, node]));
      const self = scheme.parties.find((party) => party.isSelf)?.id;
      const counted = countedEntries(
        all.map((entry) => ({
          ...entry,
          node: entry.place,
          rater: String(entry.accountId),
          revisedAt: entry.savedAt,
          isCounted: entry.setApart === null,
        })),
      );
      const leaves = scheme.nodes.flatMap(({ id, leaf }): ModerationLeaf[] =>
        (leaf?.raters ?? [])
          .filter(({ party, rule }) => party !== self && rule.kind !== "survey")
          .map(({ party, rule }): ModerationLeaf => {
            const node = nodes.get(id);
            const shareOf = (wanted: string | undefined): number | null => {
              const own = node?.parties.find((candidate) => candidate.party === wanted);
              return own === undefined || own.points === null ? null : own.points / own.outOf;
            };
            const ratings = counted
              .filter((entry) => entry.place === id && entry.party === party)
              .map(({ accountId, inspector, judgement, method, words }) => {
                const reading = readJudgement(rule, judgement);
                const share = typeof reading === "string" ? null : (reading.share ?? null);
                return { accountId: accountId ?? 0, inspector: inspector ?? "", judgement, share, method, words };
              });
            const shares = ratings.flatMap(({ share }) => share ?? []);
            const own = settled.find((one) => one.place === id && one.party === party);
            return {
              place: id,
              party,
              self: shareOf(self),
              external: shareOf(party),
              ratings,
              spread: shares.length < 2 ? null : Math.max(...shares) - Math.min(...shares),
              isFlagged: node?.comparison?.isFlagged ?? false,
              moderated:
                own === undefined || own.judgement === null
                  ? null
                  : { judgement: own.judgement, reason: own.reason, revision: own.revision, by: own.by },
            };
          }),
      );
      return {
        evaluation: toEvaluation(head, now()),
        isOpen: isOpenForReview(head) || head.state === "moderated",
        leaves,
        setApart: all.filter((entry) => entry.setApart !== null),
        scorecard: card,
      };
    }),
  );

  serve(routes.moderateLeaf, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await schemeFor(tx, params.id);
      const asked = leafOf(scheme, params.place)?.raters.find(({ party }) => party === params.party);
      if (asked === undefined || asked.rule.kind === "survey")
        throw new Refusal("JUDGEMENT_REFUSED", { place: params.place, why: "partyNotAsked" });
      refuseJudgement(scheme, params.place, params.party, body.judgement);
      return { revision: await moderateLeaf(tx, params.id, { place: params.place, party: params.party, ...body }) };
    }),
  );

  serve(routes.readFeedback, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const head = await readEvaluation(tx, params.id);
      return { feedback: await readFeedback(tx, head.id) };
    }),
  );

  serve(routes.saveFeedback, async ({ params, body, session }) =>
    store.withActor(session.actor, (tx) => saveFeedback(tx, params.id, body)),
  );

  serve(routes.appeal, async ({ params, body, session }) => {
    const { scheme } = await store.withActor(session.actor, (tx) => schemeFor(tx, params.id));
    const stray = body.places.find((place) => leafOf(scheme, place) === null);
    if (stray !== undefined) throw invalid("body/places", `没有评价单元 ${stray}`);
    return appealAgainst(mending, session, params.id, body.places, body.words);
  });

  serve(routes.answerAppeal, async ({ params, body, session }) => {
    const to = body.isUpheld ? "moderated" : "decided";
    const appeals = await store.withActor(session.actor, async (tx) => {
      const head = await readEvaluation(tx, params.id);
      if (head.state === "appeal") return null;
      // says ALREADY_EXISTS for an answered one and NOT_FOUND for none
      return answerAppeal(tx, head, params.appeal, body);
    });
    if (appeals !== null) return appeals;
    await moveOne(mending, session, params.id, "appeal", { to, reason: body.words });
    return store.withActor(session.actor, async (tx) => {
      const answered = (await listAppeals(tx, params.id)).find(({ id }) => id === params.appeal);
      if (answered === undefined) throw new Refusal("NOT_FOUND", {});
      return answered;
    });
  });

  async function schemeFor(tx: Transaction, evaluationId: number): Promise<{ readonly scheme: Scheme }> {
    const { roundId } = await readEvaluation(tx, evaluationId);
    return scores.schemeOf(tx, roundId);
  }
}

function isOpenForReview({ state }: Pick<EvaluationHead, "state">): boolean {
  return state === "submitted" || state === "reviewed" || state === "onSite";
}

function leafOf(scheme: Scheme, place: string) {
  return scheme.nodes.find((node) => node.id === place)?.leaf ?? null;
}

/** A judgement a person gave; surveys are no person's. */
function ownJudgement(judgement: Judgement | null) {
  return judgement === null || judgement.kind === "survey" ? null : judgement;
}

/** @throws JUDGEMENT_REFUSED when the scheme has no use for it */
function refuseJudgement(scheme: Scheme, place: string, party: string, judgement: Judgement | null): void {
  if (judgement === null) return;
  const why = refuseRating(scheme, { node: place, party, judgement });
  if (why !== null) throw new Refusal("JUDGEMENT_REFUSED", { place, why });
}

/** @throws JUDGEMENT_REFUSED for a place that is no leaf, or a piece the leaf does not ask for */
function refuseItem(scheme: Scheme, place: string, item: string | null): void {
  const leaf = leafOf(scheme, place);
  if (leaf === null) throw new Refusal("JUDGEMENT_REFUSED", { place, why: "notALeaf" });
  if (item !== null && !leaf.evidence.some(({ id }) => id === item))
    throw new Refusal("JUDGEMENT_REFUSED", { place, why: "notAsked" });
}

function refuseEntry(scheme: Scheme, entry: SentEntry): SyncResult["why"] {
  const leaf = leafOf(scheme, entry.place);
  if (leaf === null) return "unknownLeaf";
  if (entry.judgement === null && entry.words.trim() === "") return "empty";
  if (entry.method === "interview" && entry.judgement !== null) return "interviewRatesNothing";
  const asked = leaf.raters.find(({ party }) => party === entry.party);
  if (asked === undefined || asked.rule.kind === "survey") return "partyNotAsked";
  if (entry.judgement === null) return null;
  const why = refuseRating(scheme, { node: entry.place, party: entry.party, judgement: entry.judgement });
  return why === "wrongKind" || why === "unknownLevel" ? why : why === null ? null : "wrongKind";
}

/** @throws INPUT_INVALID for a text that is no moment */
function instant(text: string, at: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw invalid(at, "没有这个时刻");
  return value;
}

type Names = ReadonlyMap<number, { readonly accountId: number; readonly inspector: string }>;

/** Whom assignments were given to, as far as the actor may know. */
async function namesOf(tx: Transaction, evaluationIds: readonly number[]): Promise<Names> {
  return new Map((await listEvaluationAssignments(tx, evaluationIds)).map((one) => [one.id, one]));
}

async function entriesOf(
  tx: Transaction,
  evaluationIds: readonly number[],
  own: readonly OwnAssignment[],
): Promise<EntryReply[]> {
  const names = await namesOf(tx, evaluationIds);
  return (await listReviewEntries(tx, evaluationIds)).map((entry) => toEntry(entry, own, names));
}

function toEntry(entry: ReviewEntry, own: readonly OwnAssignment[], names: Names): EntryReply {
  const { assignmentId, ...rest } = entry;
  const whom = names.get(assignmentId);
  return {
    ...rest,
    judgement: ownJudgement(rest.judgement),
    photos: rest.photos.map((photo) => ({ ...photo })),
    isOwn: own.some(({ id }) => id === assignmentId),
    inspector: whom?.inspector ?? null,
    accountId: whom?.accountId ?? null,
  };
}

function resultOf(
  id: string,
  outcome: EntryOutcome | undefined,
  reply: (entry: ReviewEntry) => EntryReply,
): SyncResult {
  if (outcome === undefined) throw new RangeError(`no outcome for entry ${id}`);
  if (outcome.outcome === "refused") return { id, outcome: "refused", current: null, why: outcome.why };
  return { id, outcome: outcome.outcome, current: reply(outcome.current), why: null };
}
