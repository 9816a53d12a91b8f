/** What a check or a board of returns comes to, in one sentence. */

import type { ImportRecord, SchoolReturn } from "@xingfu/contract";
import type { TFunction } from "i18next";

export function importSentence(record: ImportRecord, t: TFunction): string {
  const counts = { errors: record.errorCount, warnings: record.warningCount, schools: record.schoolCodes.length };
  if (record.state !== "checked") return t(`returns:sentence.${record.state}`, counts);
  if (record.errorCount > 0) return t("returns:sentence.errors", counts);
  const moved = movedRows(record);
  if (moved === 0) return t("returns:sentence.same", counts);
  return t(record.warningCount > 0 ? "returns:sentence.warnings" : "returns:sentence.clean", { ...counts, moved });
}

/** Rows that loading would add, change or remove. */
export function movedRows(record: Pick<ImportRecord, "changes">): number {
  return record.changes.reduce((sum, change) => sum + change.added + change.changed + change.removed, 0);
}

export function statesSentence(schools: readonly SchoolReturn[], t: TFunction): string {
  const of = (...states: readonly string[]): number => schools.filter((school) => states.includes(school.state)).length;
  const late = schools.filter((school) => school.isLate).length;
  return t(late > 0 ? "returns:sentence.statesLate" : "returns:sentence.states", {
    all: schools.length,
    submitted: of("submitted"),
    verified: of("verified", "locked"),
    returned: of("returned"),
    draft: of("draft"),
    late,
  });
}
