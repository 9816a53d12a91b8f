import { routes } from "@xingfu/contract";
import { may } from "@xingfu/domain/access";
import { schoolSections, schoolYear, schoolYearLabel } from "@xingfu/domain/base";
import type { DistrictYear, SchoolYear } from "@xingfu/domain/base";
import { checkDistrictYear } from "@xingfu/domain/returns";
import type { RowProblem } from "@xingfu/domain/returns";
import type { Issue } from "@xingfu/exchange";
import {
  discardImport,
  listBatches,
  listImportChanges,
  listImportIssues,
  listStates,
  loadDistrictYear,
  loadImport,
  moveReturns,
  readImport,
  readImportFile,
  readReach,
  readSchool,
  readSchoolReturn,
  resolveComment,
  revision,
  setDeadline,
  undoBatch,
} from "@xingfu/store";
import type { ImportRecord, Transaction } from "@xingfu/store";
import { Recent } from "../recent.ts";
import type { Deps } from "../deps.ts";
import { mediaTypes } from "../media.ts";
import { PreparedJson } from "../prepared.ts";
import { Refusal } from "../refusal.ts";
import { reachOf } from "../session/sessions.ts";
import type { SignedIn } from "../session/sessions.ts";
import { checkImport } from "./check.ts";
import { editCells } from "./edit.ts";
import { reportableSchools } from "./reach.ts";

export function serveReturns(deps: Deps): void {
  const { serve, store, shared, workers } = deps;
  /** rows of single schools with what is wrong with them, by everything they depend on */
  const schoolRows = new Recent<SchoolRows>(mostSchools);

  serve(routes.downloadTemplate, async ({ params, query, session }) => {
    const { year } = params;
    const { district } = session.found;
    const { schools, rows, name } = await store.withActor(session.actor, async (tx) => {
      const own = may(session.grants, "assessment.read") ? null : await reportableSchools(session, tx);
      const [code] = own ?? [];
      return {
        schools: own,
        rows: query.filled === true ? await loadDistrictYear(tx, year) : null,
        name: code === undefined ? district.name : (await readSchool(tx, code)).name,
      };
    });
    const schoolCode = schools?.[0];
    const bytes = await workers.run("write", {
      schoolYear: year,
      district: { code: district.code, name: district.name },
      isSample: rows?.isSample ?? district.isSample,
      ...(schools === null ? {} : { sections: schoolSections }),
      ...(rows === null ? {} : { rows }),
      ...(schoolCode === undefined ? {} : { schoolCode }),
    });
    const kind = rows === null ? "填报模板" : "填报表";
    const mark = (rows?.isSample ?? false) ? "（示例数据）" : "";
    return { bytes, fileName: `${name}${schoolYearLabel(year)}${kind}${mark}.xlsx`, mediaType: mediaTypes.xlsx };
  });

  serve(routes.checkImport, async ({ params, query, file, session }) =>
    importReply(
      await checkImport(deps, {
        session,
        year: params.year,
        file,
        section: query.section ?? null,
        replace: query.replace ?? "listed",
      }),
    ),
  );

  serve(routes.readImport, async ({ params, session }) =>
    importReply(await store.withActor(session.actor, (tx) => readImport(tx, params.id))),
  );

  serve(routes.listImportIssues, async ({ params, query, session }) =>
    store.withActor(session.actor, (tx) => listImportIssues(tx, params.id, query)),
  );

  serve(routes.listImportChanges, async ({ params, query, session }) =>
    store.withActor(session.actor, (tx) => listImportChanges(tx, params.id, query)),
  );

  serve(routes.downloadMarked, async ({ params, session }) => {
    const file = await store.withActor(session.actor, (tx) => readImportFile(tx, params.id));
    if (!file.fileName.toLowerCase().endsWith(".xlsx")) {
      throw new Refusal("FILE_UNREADABLE", { problem: "只有 xlsx 文件可以标注，CSV 文件请对照问题清单修改" });
    }
    const issues = file.issues as readonly Issue[]; // kept as exchange found them
    const bytes = await workers.run("mark", { bytes: file.bytes, issues });
    return { bytes, fileName: file.fileName.replace(/\.xlsx$/i, "（已标注问题）.xlsx"), mediaType: mediaTypes.xlsx };
  });

  serve(routes.loadImport, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => loadImport(tx, params.id)),
  );

  serve(routes.discardImport, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => discardImport(tx, params.id)),
  );

  serve(routes.listBatches, async ({ params: { year }, query, session }) => {
    // whether one may undo a batch depends on the person unless the role fills in returns
    const person = may(session.grants, "return.fill") ? "" : session.actor.accountId;
    return shared.read(`batches ${year} ${query.page} ${query.size} ${person} ${reachOf(session)}`, async () =>
      PreparedJson.of(await store.withActor(session.actor, (tx) => listBatches(tx, year, query))),
    );
  });

  serve(routes.undoBatch, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => undoBatch(tx, params.id)),
  );

  serve(routes.listStates, async ({ params: { year }, session }) =>
    shared.read(`states ${year} ${reachOf(session)}`, async () =>
      PreparedJson.of(await store.withActor(session.actor, (tx) => listStates(tx, year))),
    ),
  );

  serve(routes.moveReturns, async ({ params, body, session }) => {
    checkMove(session, body.to);
    return { schools: await store.withActor(session.actor, (tx) => moveReturns(tx, params.year, body)) };
  });

  serve(routes.readSchoolReturn, async ({ params: { year, code }, session }) =>
    shared.read(`return ${year} ${code} ${reachOf(session)}`, () =>
      store.withActor(session.actor, async (tx) => {
        const detail = await readSchoolReturn(tx, year, code);
        const stamps = [await revision(tx, year), await revision(tx, schoolYear(year - 1))];
        const key = `${code} ${year} ${stamps.map((stamp) => stamp.revision).join(" ")} ${await readReach(tx)}`;
        return PreparedJson.of({ ...detail, ...(await schoolRows.get(key, () => readSchoolRows(tx, year, code))) });
      }),
    ),
  );

  serve(routes.editReturn, async ({ params: { year, code }, body, session }) =>
    editCells(deps, session, year, code, body.cells),
  );

  serve(routes.moveReturn, async ({ params, body, session }) => {
    checkMove(session, body.to);
    const { comments, ...move } = body;
    const [school] = await store.withActor(session.actor, (tx) =>
      moveReturns(tx, params.year, {
        ...move,
        schoolCodes: [params.code],
        ...(comments === undefined ? {} : { comments }),
      }),
    );
    if (school === undefined) throw new Refusal("NOT_FOUND", {});
    return school;
  });

  serve(routes.resolveComment, async ({ params, session }) =>
    store.withActor(session.actor, (tx) => resolveComment(tx, params.id)),
  );

  serve(routes.setDeadline, async ({ params, body, session }) =>
    store.withActor(session.actor, (tx) => setDeadline(tx, params.year, body.deadline)),
  );
}

/** Schools whose rows are kept; each takes some tens of kilobytes. */
const mostSchools = 300;

interface SchoolRows {
  readonly rows: DistrictYear | null;
  readonly problems: readonly RowProblem[];
}

async function readSchoolRows(tx: Transaction, year: SchoolYear, schoolCode: string): Promise<SchoolRows> {
  const rows = await loadDistrictYear(tx, year, { schoolCode });
  if (rows === null) return { rows, problems: [] };
  const previous = await loadDistrictYear(tx, schoolYear(year - 1), { schoolCode });
  return { rows, problems: checkDistrictYear(rows, previous ?? undefined) };
}

/** Handing in is the school's move, everything after it the commission's. */
function checkMove(session: SignedIn, to: string): void {
  if (!may(session.grants, to === "submitted" ? "return.submit" : "return.verify")) throw new Refusal("FORBIDDEN", {});
}

/** The import without what only the server needs. */
function importReply({ sha256: _, ...record }: ImportRecord): Omit<ImportRecord, "sha256"> {
  return record;
}
