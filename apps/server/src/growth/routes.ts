import { routes } from "@xingfu/contract";
import type { MeasureCoverage } from "@xingfu/contract";
import { schoolYearLabel } from "@xingfu/domain/base";
import { checkGrowthScheme, checkSource } from "@xingfu/domain/growth";
import { measureLabel } from "@xingfu/exchange";
import {
  cancelRun,
  countMeasures,
  declareScheme,
  listMeasureBatches,
  listRuns,
  listSchemes,
  readGrowth,
  readSchoolEvaluations,
  requestRun,
  undoMeasures,
} from "@xingfu/store";
import type { MeasureCount } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { mediaTypes } from "../media.ts";
import { PreparedJson } from "../prepared.ts";
import { reachOf } from "../session/sessions.ts";
import { permitMeasures } from "./imports.ts";
import type { MeasureImports } from "./imports.ts";
import type { GrowthRuns } from "./runs.ts";

export function serveGrowth({ serve, store, shared, workers }: Deps, imports: MeasureImports, runs: GrowthRuns): void {
  serve(routes.listGrowthSchemes, async ({ session }) =>
    shared.read(`growth schemes ${reachOf(session)}`, async () =>
      PreparedJson.of(
        await store.withActor(session.actor, async (tx) => ({
          schemes: await listSchemes(tx),
          runs: await listRuns(tx),
        })),
      ),
    ),
  );

  serve(routes.declareGrowthScheme, async ({ body, session }) => {
    const { documentNumber, declaration } = body;
    checkGrowthScheme(declaration);
    const { measure, stage, lastGrade, years } = declaration;
    // asked of the day the last measurement may have; the run asks again for every grade and day
    checkSource(
      { kind: measure.kind, form: measure.form, stage, grade: null, ...(lastGrade === undefined ? {} : { lastGrade }) },
      `${Math.max(...years) + 1}-08-31`,
    );
    return store.withActor(session.actor, (tx) => declareScheme(tx, { documentNumber, declaration }));
  });

  serve(routes.requestGrowthRun, async ({ params, session }) => {
    const run = await store.withActor(session.actor, (tx) => requestRun(tx, params.id));
    runs.wake();
    return run;
  });

  serve(routes.cancelGrowthRun, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => cancelRun(tx, params.id)),
  );

  serve(routes.readGrowthEvaluation, async ({ params: { id }, session }) =>
    shared.read(`growth ${id} ${reachOf(session)}`, async () =>
      PreparedJson.of({ evaluation: await store.withActor(session.actor, (tx) => readGrowth(tx, id)) }),
    ),
  );

  serve(routes.readSchoolGrowth, async ({ params: { code }, session }) =>
    shared.read(`growth of ${code} ${reachOf(session)}`, async () =>
      PreparedJson.of({ evaluations: await store.withActor(session.actor, (tx) => readSchoolEvaluations(tx, code)) }),
    ),
  );

  serve(routes.readMeasures, async ({ session }) =>
    store.withActor(session.actor, async (tx) => ({
      coverage: coverageOf(await countMeasures(tx)),
      batches: await listMeasureBatches(tx),
    })),
  );

  serve(routes.importMeasures, async ({ params, file, session }) =>
    imports.start(session, params.kind, params.year, file),
  );

  serve(routes.readMeasureImport, async ({ params, session }) => imports.read(session, params.id));

  serve(routes.undoMeasures, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => undoMeasures(tx, params.id)),
  );

  serve(routes.downloadMeasureTemplate, async ({ params: { kind, year }, session }) => {
    permitMeasures(kind, year);
    const { name } = session.found.district;
    return {
      bytes: await workers.run("measuresTemplate", { kind, year, district: name }),
      fileName: `${measureLabel(kind)}-${schoolYearLabel(year)}-模板.xlsx`,
      mediaType: mediaTypes.xlsx,
    };
  });
}

/** Counts of schools put together by kind and year. */
function coverageOf(counts: readonly MeasureCount[]): MeasureCoverage[] {
  const found = new Map<string, MeasureCoverage>();
  for (const { kind, year, pupils, missing } of counts) {
    const key = `${kind} ${year}`;
    const entry = found.get(key) ?? { kind, year, schools: 0, pupils: 0, missing: 0 };
    found.set(key, {
      ...entry,
      schools: entry.schools + 1,
      pupils: entry.pupils + pupils,
      missing: entry.missing + missing,
    });
  }
  return [...found.values()];
}
