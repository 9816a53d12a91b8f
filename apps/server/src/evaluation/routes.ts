import { routes } from "@xingfu/contract";
import { schoolYear } from "@xingfu/domain/base";
import { evaluationReport, roundReport } from "@xingfu/domain/report";
import type { ReportModel } from "@xingfu/domain/report";
import { note, readEvaluation } from "@xingfu/store";
import { chinaDay } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { mediaTypes } from "../media.ts";
import { PreparedJson } from "../prepared.ts";
import { Recent } from "../recent.ts";
import { Refusal } from "../refusal.ts";
import type { SignedIn } from "../session/sessions.ts";
import { serveEvaluations } from "./evaluation-routes.ts";
import { serveIssues } from "./issue-routes.ts";
import type { Mending } from "./moves.ts";
import { ratersOf } from "./raters.ts";
import { resultOf, summaryOf } from "./results.ts";
import { serveRounds } from "./round-routes.ts";
import { serveSchemes } from "./scheme-routes.ts";
import { Scores, seesAs } from "./scored.ts";

/** Results held as they were written last. */
const mostResults = 500;

export function serveEvaluation(deps: Deps): void {
  const { serve, store, assessments, shared, workers, now } = deps;
  const scores = new Scores();
  const mending: Mending = { store, assessments, scores, now };
  serveSchemes(deps, scores);
  serveRounds(deps, scores, mending);
  serveEvaluations(deps, scores, mending);
  serveIssues(deps, scores);

  const results = new Recent<PreparedJson>(mostResults);
  serve(routes.readResult, async ({ params, session }) => {
    const who = seesAs(session);
    const head = await shared.read(`evaluation ${who} ${params.id}`, () =>
      store.withActor(session.actor, (tx) => readEvaluation(tx, params.id)),
    );
    const key = `${who}/${head.sides.join()}/${params.id}/${head.revision}/${chinaDay(now())}`;
    return results.get(key, () =>
      store.withActor(session.actor, async (tx) => PreparedJson.of(await resultOf(tx, scores, head, now()))),
    );
  });

  serve(routes.readRoundSummary, async ({ params, session }) =>
    shared.read(`round summary ${params.id} ${seesAs(session)}`, () =>
      store.withActor(session.actor, async (tx) => PreparedJson.of(await summaryOf(tx, scores, params.id))),
    ),
  );

  serve(routes.readRaters, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => ratersOf(tx, scores, params.id)),
  );

  // reports

  const schoolModel = (session: SignedIn, evaluationId: number): Promise<ReportModel> =>
    store.withActor(session.actor, async (tx) => {
      const head = await readEvaluation(tx, evaluationId);
      const { scheme } = await scores.schemeOf(tx, head.roundId);
      const result = await resultOf(tx, scores, head, now());
      if (result.scorecard === null || result.hash === null) throw new Refusal("NOT_FOUND", {});
      return evaluationReport({
        ...result,
        scheme,
        card: result.scorecard,
        hash: result.hash,
        school: { code: head.schoolCode, name: head.school, type: head.type },
        round: head.round,
        year: head.year,
        isSample: head.isSample,
        years: result.years.map((own) => ({ ...own, year: schoolYear(own.year) })),
        writtenOn: chinaDay(now()),
      });
    });
  const roundModel = (session: SignedIn, roundId: number): Promise<ReportModel> =>
    store.withActor(session.actor, async (tx) => {
      const { scheme } = await scores.schemeOf(tx, roundId);
      const { round, ...summary } = await summaryOf(tx, scores, roundId);
      return roundReport({
        ...summary,
        scheme,
        district: session.found.district.name,
        round: round.name,
        year: round.year,
        isSample: round.isSample,
        planned: round.schools,
        writtenOn: chinaDay(now()),
      });
    });
  const fileOf = async (session: SignedIn, model: ReportModel, format: "docx" | "xlsx", subject: string) => {
    const bytes = await workers.run("model", { model, format });
    await store.withActor(session.actor, (tx) => note(tx, "report.export", subject, { title: model.title, format }));
    const fileName = `${model.title}${model.subtitle}${model.isSample ? "（示例数据）" : ""}.${format}`;
    return { bytes, fileName, mediaType: mediaTypes[format] };
  };

  serve(routes.readEvaluationReport, async ({ params, session }) => schoolModel(session, params.id));
  serve(routes.downloadEvaluationReport, async ({ params, query, session }) =>
    fileOf(session, await schoolModel(session, params.id), query.format, `evaluation ${params.id}`),
  );
  serve(routes.readRoundReport, async ({ params, session }) => roundModel(session, params.id));
  serve(routes.downloadRoundReport, async ({ params, query, session }) =>
    fileOf(session, await roundModel(session, params.id), query.format, `round ${params.id}`),
  );
}
