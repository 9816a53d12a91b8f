/** Cells of one school's return changed by hand: read as the workbook would read them, loaded as one batch. */

import type { ImportIssue } from "@xingfu/contract";
import { schoolYear } from "@xingfu/domain/base";
import type { SchoolYear } from "@xingfu/domain/base";
import type { TypedCell } from "@xingfu/exchange";
import { loadDistrictYear, loadRowsSince, readProvenance, revision } from "@xingfu/store";
import type { Batch } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { Refusal } from "../refusal.ts";
import type { SignedIn } from "../session/sessions.ts";
import { refuseClosed } from "./check.ts";

export interface Edited {
  /** null = nothing was changed */
  readonly batch: Batch | null;
  readonly issues: readonly ImportIssue[];
}

/** Changes cells of a school and its campuses, all or none; refused when the same rows changed in between. */
export async function editCells(
  { store, workers }: Deps,
  session: SignedIn,
  year: SchoolYear,
  schoolCode: string,
  cells: readonly TypedCell[],
): Promise<Edited> {
  const before = await store.withActor(session.actor, async (tx) => {
    await refuseClosed(tx, year, [schoolCode]);
    return {
      revision: (await revision(tx, year)).revision,
      current: await loadDistrictYear(tx, year, { schoolCode }),
      previous: await loadDistrictYear(tx, schoolYear(year - 1), { schoolCode }),
    };
  });
  const { current, previous } = before;
  if (current === null) throw new Refusal("NOT_FOUND", {});

  const { after, issues, unknown, stale } = await workers.run("cells", { current, previous, cells });
  if (unknown.length > 0) throw new Refusal("CHANGED_MEANWHILE", { what: "填报数据", by: null, at: null });
  const [late] = stale;
  if (late !== undefined) {
    const entries = await store.withActor(session.actor, (tx) =>
      readProvenance(tx, year, { schoolCode, section: late.section }),
    );
    const by = entries[0]?.by ?? null;
    throw new Refusal("CHANGED_MEANWHILE", { what: "填报数据", by: by?.name ?? null, at: by?.at ?? null });
  }
  if (issues.some((issue) => issue.severity === "error")) return { batch: null, issues };

  const sections = [...new Set(cells.map((cell) => cell.section))];
  if (sections.every((section) => JSON.stringify(after[section]) === JSON.stringify(current[section]))) {
    return { batch: null, issues };
  }
  const batch = await store.withActor(session.actor, (tx) =>
    loadRowsSince(
      tx,
      {
        year,
        kind: "edit",
        fileName: null,
        isSample: current.isSample,
        replace: "listed",
        rows: Object.fromEntries(sections.map((section) => [section, after[section]])),
      },
      { importId: null, revision: before.revision },
    ),
  );
  return { batch, issues };
}
