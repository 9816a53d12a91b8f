/** Measures that are being read in. */

import type { MeasureImport } from "@xingfu/contract";
import type { SchoolYear } from "@xingfu/domain/base";
import { checkSource } from "@xingfu/domain/growth";
import type { SourceKind, SourcePermission } from "@xingfu/domain/growth";
import { placingIssues } from "@xingfu/exchange";
import type { MeasureRow } from "@xingfu/exchange";
import { StoreFault, loadMeasures } from "@xingfu/store";
import { chinaDay } from "../clock.ts";
import type { SignedIn } from "../session/sessions.ts";
import type { UploadedFile } from "../upload.ts";
import { createIntake } from "../work/intake.ts";
import type { IntakeOptions } from "../work/intake.ts";
import type { Workers } from "../work/workers.ts";

export interface MeasureImports {
  /** starts to read measures in; SOURCE_REFUSED for a kind that is never lawful, BUSY while others are running */
  start(session: SignedIn, kind: SourceKind, year: SchoolYear, file: UploadedFile): MeasureImport;
  read(session: SignedIn, id: number): MeasureImport;
  /** waits for what is running */
  close(): Promise<void>;
}

/**
 * Whether a pupil's measures of this kind may be had at all, asked before a file is read; the load asks again with the
 * grades and days of the rows.
 *
 * @throws Fault SOURCE_REFUSED
 */
export function permitMeasures(kind: SourceKind, year: SchoolYear): SourcePermission {
  return checkSource({ kind, form: "score", stage: "junior", grade: null }, `${year + 1}-08-31`);
}

export function createMeasureImports({
  workers,
  ...options
}: IntakeOptions & { readonly workers: Workers }): MeasureImports {
  const intake = createIntake<Pick<MeasureImport, "kind" | "year" | "fileName">>(options);
  return {
    start(session, kind, year, file) {
      const { fileName } = file;
      const { range } = permitMeasures(kind, year);
      const today = chinaDay(options.now());
      return intake.start<MeasureRow>(
        session,
        { kind, year, fileName },
        {
          read: (onRows) => workers.readList("measures", { ...file, kind, year, range, today }, onRows),
          load: async (tx, rows) => ({ batchId: (await loadMeasures(tx, { kind, year, fileName, rows })).id }),
          issuesOf: (error) => {
            if (!(error instanceof StoreFault) || error.code !== "MEASURES_REFUSED") return null;
            const { unknown, twice } = (error as StoreFault<"MEASURES_REFUSED">).fields; // the code says which fields
            return placingIssues({ unknown: unknown.rows, twice: twice.rows }).map((issue) => ({ ...issue }));
          },
        },
      );
    },
    read: (session, id) => intake.read(session, id),
    close: () => intake.close(),
  };
}
