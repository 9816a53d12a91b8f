/** From an uploaded file to a checked import: read, compared with what is reported, kept; nothing is loaded. */

import type { Section, SchoolYear } from "@xingfu/domain/base";
import { openStates } from "@xingfu/domain/access";
import { schoolYear } from "@xingfu/domain/base";
import { listStates, listYears, loadDistrictYear, revision, saveImport } from "@xingfu/store";
import type { ImportRecord, Transaction } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { Refusal } from "../refusal.ts";
import type { SignedIn } from "../session/sessions.ts";
import type { UploadedFile } from "../upload.ts";
import { invalid } from "../validation.ts";
import { reportableSchools } from "./reach.ts";

export interface ImportRequest {
  readonly session: SignedIn;
  readonly year: SchoolYear;
  readonly file: UploadedFile;
  /** of a CSV; a workbook names its sections itself */
  readonly section: Section | null;
  readonly replace: "listed" | "all";
}

export async function checkImport({ store, workers }: Deps, request: ImportRequest): Promise<ImportRecord> {
  const { session, year, file } = request;
  const isCsv = file.fileName.toLowerCase().endsWith(".csv");
  if (isCsv && request.section === null) throw invalid("query/section", "CSV 文件需要指明是哪一张表");

  const before = await store.withActor(session.actor, async (tx) => {
    const schools = await reportableSchools(session, tx);
    await refuseClosed(tx, year, schools);
    return {
      schools,
      baseRevision: (await revision(tx, year)).revision,
      current: await loadDistrictYear(tx, year),
      previous: await loadDistrictYear(tx, schoolYear(year - 1)),
    };
  });

  const { district } = session.found;
  const { read, changes, counts } = await workers.run("check", {
    bytes: file.bytes,
    section: isCsv ? request.section : null,
    replace: request.replace,
    options: {
      fileName: file.fileName,
      schoolYear: year,
      district: { code: district.code, name: district.name },
      required: [],
      ...(before.current === null ? {} : { current: before.current }),
      ...(before.previous === null ? {} : { previous: before.previous }),
      ...(before.schools === null ? {} : { onlySchools: before.schools }),
    },
  });

  return store.withActor(session.actor, (tx) =>
    saveImport(tx, {
      year,
      fileName: file.fileName,
      bytes: file.bytes,
      rows: read.districtYear,
      presentSections: read.presentSections,
      replace: request.replace,
      issues: read.issues,
      errorCount: read.totals.errors,
      warningCount: read.totals.warnings,
      changes,
      changeCounts: counts.map(({ section, added, removed, changed }) => ({ section, added, removed, changed })),
      schoolCodes: [...new Set(changes.flatMap((change) => change.schoolCode ?? []))].toSorted(),
      baseRevision: before.baseRevision,
    }),
  );
}

/** Said before the work of reading: a year that is locked, or one's own return that is out of one's hands. */
export async function refuseClosed(
  tx: Transaction,
  year: SchoolYear,
  schools: readonly string[] | null,
): Promise<void> {
  const years = await listYears(tx);
  if (years.some((entry) => entry.year === year && entry.isLocked))
    throw new Refusal("YEAR_LOCKED", { schoolYear: year });
  if (schools === null) return;
  const states = (await listStates(tx, year)).schools.filter((one) => schools.includes(one.schoolCode));
  const closed = states.filter((one) => !openStates.includes(one.state));
  const [first] = closed;
  if (first === undefined || closed.length < states.length) return;
  throw new Refusal("RETURN_CLOSED", {
    schoolCode: first.schoolCode,
    state: first.state,
    schools: closed.map(({ schoolCode, state }) => ({ schoolCode, state })),
  });
}
