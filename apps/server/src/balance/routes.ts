import { routes } from "@xingfu/contract";
import { applyChanges } from "@xingfu/domain/balance";
import { may } from "@xingfu/domain/access";
import { schoolYearLabel } from "@xingfu/domain/base";
import type { SchoolYear } from "@xingfu/domain/base";
import {
  addEvidence,
  createScenario,
  deleteEvidence,
  deleteScenario,
  listEvidence,
  listScenarios,
  note,
  readEvidence,
  readProvenance,
  readScenario,
  recordFinding,
  recordVeto,
  updateScenario,
} from "@xingfu/store";
import type { ScenarioInput } from "@xingfu/store";
import { chinaDay, chinaMinute } from "../clock.ts";
import type { Deps } from "../deps.ts";
import { evidenceType, mediaTypes } from "../media.ts";
import { PreparedJson } from "../prepared.ts";
import { Refusal } from "../refusal.ts";
import { reachOf } from "../session/sessions.ts";
import type { SignedIn } from "../session/sessions.ts";
import { seesDistrict } from "./assessments.ts";

export function serveBalance({ serve, store, assessments, shared, workers, now }: Deps): void {
  serve(routes.readAssessment, async ({ params, session }) => (await assessments.of(session, params.year)).json);

  serve(routes.readFacts, async ({ params, session }) => assessments.factsOf(session, params.year));

  serve(routes.readProvenance, async ({ params: { year }, query, session }) =>
    shared.read(`provenance ${year} ${query.schoolCode} ${query.section} ${reachOf(session)}`, async () =>
      PreparedJson.of({ entries: await store.withActor(session.actor, (tx) => readProvenance(tx, year, query)) }),
    ),
  );

  serve(routes.listScenarios, async ({ params, session }) => {
    const scenarios = await store.withActor(session.actor, (tx) => listScenarios(tx, params.year));
    return { scenarios };
  });

  serve(routes.createScenario, async ({ params, body, session }) => {
    await checkChanges(session, params.year, body);
    return store.withActor(session.actor, (tx) => createScenario(tx, params.year, body));
  });

  serve(routes.readScenario, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => readScenario(tx, params.id)),
  );

  serve(routes.updateScenario, async ({ params, body, session }) => {
    const { year } = await store.withActor(session.actor, (tx) => readScenario(tx, params.id));
    await checkChanges(session, year, body);
    return store.withActor(session.actor, (tx) => updateScenario(tx, params.id, body));
  });

  serve(routes.deleteScenario, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => deleteScenario(tx, params.id)),
  );

  /** A scenario that cannot be applied to the reported data is not saved. */
  async function checkChanges(session: SignedIn, year: SchoolYear, input: ScenarioInput): Promise<void> {
    const { facts } = await assessments.of(session, year);
    applyChanges(facts, input.changes);
  }

  serve(routes.recordFinding, async ({ params, body, session }) => {
    const { reviewedOn, ...finding } = body;
    const row = {
      item: params.item,
      ...finding,
      reviewer: session.found.displayName,
      reviewedOn: reviewedOn ?? chinaDay(now()),
    };
    return store.withActor(session.actor, (tx) => recordFinding(tx, params.year, row));
  });

  serve(routes.recordVeto, async ({ params, body, session }) =>
    store.withActor(session.actor, (tx) => recordVeto(tx, params.year, { veto: params.veto, ...body })),
  );

  serve(routes.listEvidence, async ({ params, query, session }) => {
    const evidence = await store.withActor(session.actor, (tx) => listEvidence(tx, params.year, query.item));
    return { evidence };
  });

  serve(routes.addEvidence, async ({ params, file, session }) => {
    const mediaType = evidenceType(file.fileName, file.bytes);
    if (mediaType === null) throw new Refusal("FILE_UNREADABLE", { problem: "文件内容与扩展名不符" });
    return store.withActor(session.actor, (tx) => addEvidence(tx, { ...params, ...file, mediaType }));
  });

  serve(routes.readEvidence, async ({ params, session }) => {
    const file = await store.withActor(session.actor, (tx) => readEvidence(tx, params.id));
    return { bytes: file.content, fileName: file.fileName, mediaType: file.mediaType };
  });

  serve(routes.deleteEvidence, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => deleteEvidence(tx, params.id)),
  );

  serve(routes.downloadReport, async ({ params, query, session }) => {
    const { year } = params;
    const schoolCode = query.schoolCode ?? onlySchool(session);
    const { facts, rules, reply, inputsHash } = await assessments.of(session, year);
    const reported =
      reply.reported === null ? null : { by: reply.reported.name ?? "", at: chinaMinute(new Date(reply.reported.at)) };
    const bytes = await workers.run("report", {
      source: {
        assessment: reply.assessment,
        facts,
        rules,
        hashes: { inputs: inputsHash, rules: reply.rules.hash },
        reported,
        writtenOn: chinaDay(now()),
      },
      schoolCode,
      format: query.format,
    });
    if (bytes === null) throw new Refusal("NOT_FOUND", {});
    await store.withActor(session.actor, (tx) =>
      note(tx, "report.export", schoolCode === null ? null : `school ${schoolCode}`, { year, format: query.format }),
    );
    const subject = facts.schools.find((school) => school.schoolCode === schoolCode)?.name ?? facts.districtName;
    const mark = facts.isSample ? "（示例数据）" : "";
    return {
      bytes,
      fileName: `${subject}${schoolYearLabel(year)}优质均衡${schoolCode === null ? "自评报告" : "指标情况"}${mark}.${query.format}`,
      mediaType: mediaTypes[query.format],
    };
  });
}

/** The school a report is about when none is named: none for the district, one's own for a school's people. */
function onlySchool(session: SignedIn): string | null {
  if (seesDistrict(session)) return null;
  const codes = session.found.roles.flatMap((role) => (role.schoolCode === null ? [] : [role.schoolCode]));
  const [code] = new Set(codes);
  if (code === undefined || !may(session.grants, "school.read")) throw new Refusal("FORBIDDEN", {});
  return code;
}
