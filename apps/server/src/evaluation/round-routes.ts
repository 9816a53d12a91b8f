import { routes } from "@xingfu/contract";
import type { BoardRow, Inspector, Reminder, Round as RoundReply } from "@xingfu/contract";
import { daysBetween, lateOf, planAssignments, refuseRating } from "@xingfu/domain/scheme";
import type { Calendar, Scheme } from "@xingfu/domain/scheme";
import {
  addRoundSchools,
  assignInspectors,
  clearVetoes,
  createRound,
  deleteConflict,
  listAssignments,
  listConflicts,
  listEvaluations,
  listIssues,
  listReviewers,
  listRounds,
  listSchoolsToPlan,
  readEvaluation,
  readProgress,
  readRound,
  recordConflict,
  recordSurveyCounts,
  removeRoundSchool,
  updateRound,
  withdrawAssignment,
} from "@xingfu/store";
import type { Assignment, Round } from "@xingfu/store";
import { chinaDay } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { PreparedJson } from "../prepared.ts";
import { Refusal } from "../refusal.ts";
import type { SignedIn } from "../session/sessions.ts";
import { findScheme } from "./schemes.ts";
import { moveMany } from "./moves.ts";
import type { Mending } from "./moves.ts";
import { maySee, seesAs } from "./scored.ts";
import type { Scores } from "./scored.ts";

export function serveRounds({ serve, store, shared, now }: Deps, scores: Scores, mending: Mending): void {
  serve(routes.listRounds, async ({ session }) => ({
    rounds: (await store.withActor(session.actor, (tx) => listRounds(tx))).map(toRound),
  }));

  serve(routes.listCandidates, async ({ params, query, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await findScheme(tx, query);
      return {
        schools: (await listSchoolsToPlan(tx, params.year)).map(({ code, name, type, groupName, alreadyIn }) => ({
          schoolCode: code,
          school: name,
          type,
          groupName,
          isFit: scheme.schoolTypes.some((prefix) => type.startsWith(prefix)),
          alreadyIn,
        })),
      };
    }),
  );

  serve(routes.createRound, async ({ body, session }) => {
    checkCalendar(body.calendar);
    return store.withActor(session.actor, async (tx) => {
      const known = await findScheme(tx, { scheme: body.scheme, version: body.schemeVersion });
      return toRound(await createRound(tx, body.year, known, body, body.schoolCodes));
    });
  });

  serve(routes.readRound, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => ({
      round: toRound(await readRound(tx, params.id)),
      scheme: (await scores.schemeOf(tx, params.id)).scheme,
    })),
  );

  serve(routes.updateRound, async ({ params, body, session }) => {
    checkCalendar(body.calendar);
    const { revision, ...input } = body;
    return store.withActor(session.actor, async (tx) => toRound(await updateRound(tx, params.id, input, revision)));
  });

  serve(routes.addRoundSchools, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => toRound(await addRoundSchools(tx, params.id, body.schoolCodes))),
  );

  serve(routes.removeRoundSchool, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => removeRoundSchool(tx, params.id, params.code)),
  );

  serve(routes.readBoard, async ({ params, session }) =>
    shared.read(`round board ${params.id} ${seesAs(session)}`, () => readBoard(session, params.id)),
  );

  const readBoard = (session: SignedIn, roundId: number): Promise<PreparedJson> =>
    store.withActor(session.actor, async (tx) => {
      const round = await readRound(tx, roundId);
      const { scheme } = await scores.schemeOf(tx, roundId);
      const heads = await listEvaluations(tx, roundId);
      const progress = await readProgress(tx, roundId);
      const isCommission = heads.some((head) => head.sides.includes("commission"));
      const assignments = isCommission ? await listAssignments(tx, roundId) : [];
      const asked = askedOf(scheme);
      const day = chinaDay(now());
      const bandLabels = new Map(scheme.bands.map(({ id, label }) => [id, label]));
      const rows = heads.map((head): BoardRow => {
        const done = progress.get(head.id);
        const late = lateOf(head, head.calendar, day);
        const band = maySee(head, "decision") ? (done?.band ?? null) : null;
        const inspectors = new Map(
          assignments
            .filter((assignment) => assignment.evaluationId === head.id && assignment.withdrawn === null)
            .map(({ accountId, inspector }) => [accountId, inspector]),
        );
        return {
          evaluationId: head.id,
          schoolCode: head.schoolCode,
          school: head.school,
          type: head.type,
          groupName: head.groupName,
          state: head.state,
          since: head.since,
          late: late === null ? null : { what: late.what, due: late.due, days: late.days },
          self: { done: done?.judged ?? 0, of: asked.self },
          evidence: { done: done?.evidenced ?? 0, of: asked.evidence },
          review: isCommission ? { done: done?.reviewed ?? 0, of: asked.review } : null,
          inspectors: [...inspectors].map(([accountId, name]) => ({ accountId, name })),
          setApart: isCommission ? (done?.setApart ?? 0) : 0,
          openIssues: done?.openIssues ?? 0,
          overdueIssues: done?.overdueIssues ?? 0,
          appealUntil: head.appealUntil,
          band: band === null ? null : { id: band, label: bandLabels.get(band) ?? band },
        };
      });
      return PreparedJson.of({ round: toRound(round), rows });
    });

  serve(routes.listReminders, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const day = chinaDay(now());
      const assignments = await listAssignments(tx, params.id);
      const reminders = (await listEvaluations(tx, params.id)).flatMap((head): Reminder[] => {
        const late = lateOf(head, head.calendar, day);
        if (late === null) return [];
        const names =
          late.whom === "inspector"
            ? assignments
                .filter((own) => own.evaluationId === head.id && own.withdrawn === null)
                .map(({ inspector }) => inspector)
            : [];
        const { id: evaluationId, schoolCode, school, state } = head;
        return [
          {
            evaluationId,
            schoolCode,
            school,
            state,
            late: { what: late.what, due: late.due, days: late.days },
            whom: late.whom,
            names: [...new Set(names)],
            issueId: null,
          },
        ];
      });
      const states = new Map((await listEvaluations(tx, params.id)).map(({ id, state }) => [id, state]));
      const overdue = await listIssues(tx, { roundId: params.id, overdue: true, size: 200 });
      for (const issue of overdue.items) {
        const state = states.get(issue.evaluationId);
        if (state === undefined || issue.dueOn === null) continue;
        reminders.push({
          evaluationId: issue.evaluationId,
          schoolCode: issue.schoolCode,
          school: issue.school,
          state,
          late: { what: "rectification", due: issue.dueOn, days: daysBetween(issue.dueOn, day) },
          whom: issue.state === "rectifying" ? "school" : "commission",
          names: issue.owner === "" ? [] : [issue.owner],
          issueId: issue.id,
        });
      }
      return { reminders: reminders.toSorted((a, b) => b.late.days - a.late.days) };
    }),
  );

  serve(routes.moveEvaluations, async ({ params, body, session }) =>
    moveMany(mending, session, params.id, body.schoolCodes, body),
  );

  serve(routes.setVetoes, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await scores.schemeOf(tx, params.id);
      const vetoes = scheme.vetoes.map((veto) => veto.id);
      return { recorded: await clearVetoes(tx, params.id, vetoes, body.words) };
    }),
  );

  serve(routes.recordSurveyCounts, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await scores.schemeOf(tx, params.id);
      const ids = new Map((await listEvaluations(tx, params.id)).map((head) => [head.schoolCode, head.id]));
      const unknown = body.counts.filter(({ schoolCode }) => !ids.has(schoolCode)).map(({ schoolCode }) => schoolCode);
      if (unknown.length > 0) throw new Refusal("SCHOOL_UNKNOWN", { schoolCodes: [...new Set(unknown)] });
      for (const { place, party, satisfied, answers } of body.counts) {
        const why = refuseRating(scheme, { node: place, party, judgement: { kind: "survey", satisfied, answers } });
        if (why !== null) throw new Refusal("JUDGEMENT_REFUSED", { place, why });
      }
      const counts = body.counts.map(({ schoolCode, ...count }) => ({
        ...count,
        evaluationId: ids.get(schoolCode) ?? 0,
      }));
      await recordSurveyCounts(tx, params.id, body.source, counts);
      return { stored: counts.length };
    }),
  );

  // inspectors

  serve(routes.listInspectors, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await scores.schemeOf(tx, params.id);
      const assignments = await listAssignments(tx, params.id);
      const day = chinaDay(now());
      const conflicts = (await listConflicts(tx)).filter(({ until }) => until === null || until >= day);
      return {
        inspectors: (await listReviewers(tx)).map(({ accountId, name }): Inspector => {
          const own = assignments.filter((one) => one.accountId === accountId && one.withdrawn === null);
          return {
            accountId,
            name,
            schools: new Set(own.map(({ evaluationId }) => evaluationId)).size,
            finished: own.filter(({ rated, party }) => rated >= leavesAsked(scheme, party)).length,
            conflicts: conflicts
              .filter((conflict) => conflict.accountId === accountId)
              .map(({ schoolCode, school, kind }) => ({ schoolCode, school, kind })),
          };
        }),
      };
    }),
  );

  serve(routes.listAssignments, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await scores.schemeOf(tx, params.id);
      return { assignments: (await listAssignments(tx, params.id)).map((one) => toAssignment(scheme, one)) };
    }),
  );

  serve(routes.assignInspectors, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await scores.schemeOf(tx, params.id);
      for (const { party } of body.assignments) refuseParty(scheme, party);
      return {
        assignments: (await assignInspectors(tx, params.id, body.assignments)).map((one) => toAssignment(scheme, one)),
      };
    }),
  );

  serve(routes.planAssignments, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await scores.schemeOf(tx, params.id);
      refuseParty(scheme, body.party);
      const heads = (await listEvaluations(tx, params.id)).filter(({ state }) => openForAssignment.has(state));
      const reviewers = (await listReviewers(tx)).filter(
        ({ accountId }) => body.accountIds === undefined || body.accountIds.includes(accountId),
      );
      const day = chinaDay(now());
      const conflicts = new Set(
        (await listConflicts(tx))
          .filter(({ until }) => until === null || until >= day)
          .map(({ accountId, schoolCode }) => `${accountId} ${schoolCode}`),
      );
      const taken = (await listAssignments(tx, params.id))
        .filter((one) => one.withdrawn === null && one.party === body.party)
        .map(({ schoolCode, accountId }) => ({ school: schoolCode, inspector: accountId }));
      const plan = planAssignments({
        schools: heads.map(({ schoolCode }) => schoolCode),
        inspectors: reviewers.map(({ accountId }) => accountId),
        ratersPerSchool: body.ratersPerSchool,
        mustNot: (inspector, school) => conflicts.has(`${inspector} ${school}`),
        taken,
        seed: body.seed ?? 0,
      });
      const schoolNames = new Map(heads.map((head) => [head.schoolCode, head.school]));
      const names = new Map(reviewers.map(({ accountId, name }) => [accountId, name]));
      const all = [...taken, ...plan.pairs];
      return {
        assignments: plan.pairs
          .map(({ school, inspector }) => ({
            schoolCode: school,
            accountId: inspector,
            party: body.party,
            school: schoolNames.get(school) ?? school,
            inspector: names.get(inspector) ?? "",
          }))
          .toSorted((a, b) => (a.schoolCode < b.schoolCode ? -1 : 1)),
        load: reviewers.map(({ accountId, name }) => ({
          accountId,
          inspector: name,
          schools: all.filter(({ inspector }) => inspector === accountId).length,
        })),
        connectedGroups: plan.connectedGroups,
        short: plan.short.map(({ school, missing }) => ({
          schoolCode: school,
          school: schoolNames.get(school) ?? school,
          missing,
        })),
      };
    }),
  );

  serve(routes.withdrawAssignment, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const assignment = await withdrawAssignment(tx, params.id, body);
      const { roundId } = await readEvaluation(tx, assignment.evaluationId);
      return toAssignment((await scores.schemeOf(tx, roundId)).scheme, assignment);
    }),
  );

  serve(routes.listConflicts, async ({ session }) => ({
    conflicts: await store.withActor(session.actor, (tx) => listConflicts(tx)),
  }));

  serve(routes.recordConflict, async ({ body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const conflict = await recordConflict(tx, body);
      const standing: ReturnType<typeof toAssignment>[] = [];
      for (const { id } of await listRounds(tx)) {
        const { scheme } = await scores.schemeOf(tx, id);
        for (const one of await listAssignments(tx, id))
          if (one.withdrawn === null && one.accountId === body.accountId && one.schoolCode === body.schoolCode)
            standing.push(toAssignment(scheme, one));
      }
      return { conflict, standing };
    }),
  );

  serve(routes.deleteConflict, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => deleteConflict(tx, params.id)),
  );
}

const openForAssignment: ReadonlySet<string> = new Set([
  "planned",
  "selfEvaluation",
  "submitted",
  "reviewed",
  "onSite",
]);

export function toRound(round: Round): RoundReply {
  return { ...round, calendar: { ...round.calendar }, states: { ...round.states }, created: { ...round.created } };
}

/** What a scheme asks for in all: leaves of the school, pieces of evidence, leaf and party pairs of inspectors. */
export function askedOf(scheme: Scheme): {
  readonly self: number;
  readonly evidence: number;
  readonly review: number;
} {
  const self = scheme.parties.find((party) => party.isSelf)?.id;
  const counts = { self: 0, evidence: 0, review: 0 };
  for (const { leaf } of scheme.nodes) {
    if (leaf === null) continue;
    counts.evidence += leaf.evidence.length;
    for (const { party, rule } of leaf.raters) {
      if (party === self) counts.self += 1;
      else if (rule.kind !== "survey") counts.review += 1;
    }
  }
  return counts;
}

/** Leaves about which a party judges, surveys apart. */
function leavesAsked(scheme: Scheme, party: string): number {
  return scheme.nodes.filter(
    ({ leaf }) => leaf?.raters.some((rater) => rater.party === party && rater.rule.kind !== "survey") ?? false,
  ).length;
}

/** A party inspectors can rate for judges at least one leaf by itself, and is not the school. */
function refuseParty(scheme: Scheme, party: string): void {
  const isSelf = scheme.parties.some(({ id, isSelf: own }) => id === party && own);
  if (isSelf || leavesAsked(scheme, party) === 0)
    throw new Refusal("JUDGEMENT_REFUSED", { place: null, why: "partyNotAsked" });
}

function toAssignment(scheme: Scheme, { assigned, withdrawn, ...rest }: Assignment) {
  return {
    ...rest,
    assigned: { ...assigned },
    withdrawn: withdrawn === null ? null : { ...withdrawn, by: { ...withdrawn.by } },
    of: leavesAsked(scheme, rest.party),
  };
}

/** @throws CALENDAR_INVALID with the first day that is out of order */
function checkCalendar({ selfEvaluationUntil, reviewUntil, onSiteUntil }: Calendar): void {
  for (const [field, day] of Object.entries({ selfEvaluationUntil, reviewUntil, onSiteUntil }))
    if (new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day)
      throw new Refusal("CALENDAR_INVALID", { field, problem: `没有 ${day} 这一天` });
  if (reviewUntil < selfEvaluationUntil)
    throw new Refusal("CALENDAR_INVALID", {
      field: "reviewUntil",
      problem: `资料审阅截止日（${reviewUntil}）早于自评截止日（${selfEvaluationUntil}）`,
    });
  if (onSiteUntil < reviewUntil)
    throw new Refusal("CALENDAR_INVALID", {
      field: "onSiteUntil",
      problem: `现场评估截止日（${onSiteUntil}）早于资料审阅截止日（${reviewUntil}）`,
    });
}
