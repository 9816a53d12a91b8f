import { routes } from "@xingfu/contract";
import {
  checkSurvey,
  isSatisfied,
  leastShown,
  maskPersons,
  planSample,
  questionsOf,
  satisfactionFrom,
  strataOf,
} from "@xingfu/domain/survey";
import type { Form, Sheet, SurveyProblem } from "@xingfu/domain/survey";
import {
  closeSurvey,
  createSurvey,
  deleteSurvey,
  deleteSurveyLink,
  issueSurveyTokens,
  listSchoolResults,
  listStrata,
  listSurveyFlags,
  listSurveyLinks,
  listSurveys,
  loadDistrictYear,
  makeSurveyLinks,
  note,
  openSurvey,
  planSurvey,
  readSheets,
  readSurvey,
  readSurveyProgress,
  readSurveyResult,
  recordSatisfaction,
  saveSurvey,
} from "@xingfu/store";
import type { StoredSurvey, Transaction } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { PreparedJson } from "../prepared.ts";
import { Refusal } from "../refusal.ts";
import { reachOf } from "../session/sessions.ts";
import type { Countings } from "./countings.ts";
import { exportSheets } from "./export.ts";

/** Texts of one party shown at once; sheets lie in random order, so the first are a sample. */
const mostTexts = 200;

export function serveSurveys({ serve, store, shared }: Deps, countings: Countings): void {
  serve(routes.listSurveys, async ({ session }) =>
    shared.read(`surveys ${reachOf(session)}`, async () =>
      PreparedJson.of({ surveys: await store.withActor(session.actor, listSurveys) }),
    ),
  );

  serve(routes.createSurvey, async ({ body, session }) =>
    store.withActor(session.actor, (tx) => createSurvey(tx, body, session.found.district.isSample)),
  );

  serve(routes.readSurvey, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => readSurvey(tx, params.id)),
  );

  serve(routes.saveSurvey, async ({ params, body, session }) => {
    const { revision, ...survey } = body;
    return store.withActor(session.actor, (tx) => saveSurvey(tx, params.id, survey, revision));
  });

  serve(routes.deleteSurvey, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => deleteSurvey(tx, params.id)),
  );

  serve(routes.planSurvey, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const survey = await readSurvey(tx, params.id);
      const rows = await loadDistrictYear(tx, survey.year);
      if (rows === null) throw new Refusal("NO_DATA", { schoolYear: survey.year });
      const parties = survey.forms.map((form) => form.party);
      const strata = planSample(strataOf(rows, parties, body.stages, body.others), body);
      if (body.isKept) await planSurvey(tx, params.id, strata);
      return { strata };
    }),
  );

  serve(routes.openSurvey, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => {
      const survey = await readSurvey(tx, params.id);
      const problems: SurveyProblem[] = checkSurvey(survey).filter((problem) => !problem.isWarning);
      // nobody could be given a link or a token, and a plan cannot be made any more
      if (survey.state === "draft" && (await listStrata(tx, params.id)).length === 0)
        problems.push({ code: "noPlan", isWarning: false, party: null, question: null, detail: "" });
      if (problems.length > 0) throw new Refusal("SURVEY_INVALID", { problems });
      return openSurvey(tx, params.id);
    }),
  );

  serve(routes.closeSurvey, async ({ params, session }) => {
    await store.withActor(session.actor, async (tx) => {
      if ((await readSurvey(tx, params.id)).state !== "closed") await closeSurvey(tx, params.id);
    });
    return countings.start(session.actor, params.id);
  });

  serve(routes.cancelCounting, async ({ params, session }) => {
    await store.withActor(session.actor, (tx) => readSurvey(tx, params.id)); // NOT_FOUND for another district's
    countings.cancel(session.actor, params.id);
  });

  serve(routes.readSurveyProgress, async ({ params, session }) =>
    shared.read(`survey progress ${params.id} ${reachOf(session)}`, async () =>
      PreparedJson.of(
        await store.withActor(session.actor, async (tx) => ({
          strata: await readSurveyProgress(tx, params.id),
          flags: await listSurveyFlags(tx, params.id),
        })),
      ),
    ),
  );

  serve(routes.listSurveyLinks, async ({ params, session }) =>
    store.withActor(session.actor, async (tx) => ({ links: await listSurveyLinks(tx, params.id) })),
  );

  serve(routes.makeSurveyLinks, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => ({ links: await makeSurveyLinks(tx, params.id, body) })),
  );

  serve(routes.deleteSurveyLink, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => deleteSurveyLink(tx, params.id, params.link)),
  );

  serve(routes.issueSurveyTokens, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => ({ keys: await issueSurveyTokens(tx, params.id, body) })),
  );

  serve(routes.readSurveyResult, async ({ params, session }) => {
    const counting = countings.read(session.actor, params.id);
    const key = `survey result ${params.id} ${counting?.state ?? ""} ${counting?.done ?? ""} ${reachOf(session)}`;
    return shared.read(key, async () =>
      PreparedJson.of(
        await store.withActor(session.actor, async (tx) => ({
          result: await readSurveyResult(tx, params.id),
          schools: await listSchoolResults(tx, params.id),
          counting,
        })),
      ),
    );
  });

  serve(routes.listSurveyTexts, async ({ params, query, session }) =>
    store.withActor(session.actor, async (tx) => {
      const { form } = await closedForm(tx, params.id, query.party);
      const overall = questionsOf(form).find((question) => "isOverall" in question && question.isOverall);
      const isGood = (sheet: Sheet): boolean => {
        const value = overall === undefined ? undefined : sheet[overall.id];
        return overall !== undefined && value !== undefined && isSatisfied(overall, value);
      };
      const words = questionsOf(form).filter((question) => question.kind === "text");
      const texts: { text: string; isSatisfied: boolean }[] = [];
      let total = 0;
      for await (const portion of readSheets(tx, params.id)) {
        for (const { party, sheet } of portion) {
          if (party !== query.party) continue;
          const written = words.flatMap(({ id }) => (typeof sheet[id] === "string" ? [sheet[id]] : []));
          if (written.length === 0) continue;
          total += 1;
          if (texts.length < mostTexts)
            texts.push({ text: maskPersons(written.join("\n")), isSatisfied: isGood(sheet) });
        }
        if (texts.length >= mostTexts) break;
      }
      // the number is exact only where all were read; the result holds the exact one
      const known = (await readSurveyResult(tx, params.id))?.parties.find(({ party }) => party === query.party)?.texts;
      return total < leastShown ? { texts: [], total: 0 } : { texts, total: known ?? total };
    }),
  );

  serve(routes.exportSurvey, async ({ params, query, session, reply }) => {
    const found = await store.withActor(session.actor, async (tx) => {
      const closed = await closedForm(tx, params.id, query.party);
      await note(tx, "survey.export", `survey ${params.id}`, { party: query.party, format: query.format });
      return closed;
    });
    return exportSheets({ store, actor: session.actor, reply, ...found, format: query.format });
  });

  serve(routes.acceptSatisfaction, async ({ params, body, session }) =>
    store.withActor(session.actor, async (tx) => {
      const survey = await readSurvey(tx, params.id);
      const result = await readSurveyResult(tx, params.id);
      if (result === null) throw new Refusal("SURVEY_STATE", { state: survey.state, needed: "closed" });
      const rows = satisfactionFrom(result).filter((row) => body.parties.includes(row.party));
      const { batchId } = await recordSatisfaction(tx, survey.year, rows);
      await note(tx, "survey.accept", `survey ${params.id}`, { year: survey.year, batchId, rows });
      return { batchId };
    }),
  );
}

/** The form of a party of a closed survey. */
async function closedForm(
  tx: Transaction,
  surveyId: number,
  party: Form["party"],
): Promise<{ readonly survey: StoredSurvey; readonly form: Form }> {
  const survey = await readSurvey(tx, surveyId);
  const form = survey.forms.find((candidate) => candidate.party === party);
  if (survey.state !== "closed") throw new Refusal("SURVEY_STATE", { state: survey.state, needed: "closed" });
  if (form === undefined) throw new Refusal("NOT_FOUND", {});
  return { survey, form };
}
