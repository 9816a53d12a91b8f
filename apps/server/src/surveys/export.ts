/** The sheets of one party as a file that is sent while it is written. */

import type { Form } from "@xingfu/domain/survey";
import { writeSurveySheets } from "@xingfu/exchange";
import type { SheetRow } from "@xingfu/exchange";
import { labelOf } from "@xingfu/standards";
import { listSchoolResults, readSheets } from "@xingfu/store";
import type { Actor, Store, StoredSurvey, Transaction } from "@xingfu/store";
import type { FastifyReply } from "fastify";
import { Handover } from "../work/handover.ts";
import { mediaTypes } from "../media.ts";
import type { FileAnswer } from "../serve.ts";

interface SheetsExport {
  readonly store: Store;
  readonly actor: Actor;
  readonly reply: FastifyReply;
  readonly survey: StoredSurvey;
  readonly form: Form;
  readonly format: "xlsx" | "csv";
}

export function exportSheets({ store, actor, reply, survey, form, format }: SheetsExport): FileAnswer {
  const chunks = new Handover<Uint8Array>();
  // whoever stops loading lets the transaction go
  reply.raw.once("close", () => chunks.fail(new Error("the download was broken off")));
  const title = `${survey.title}（${labelOf("satisfactionParties", form.party)}）`;
  const write = store.withActor(actor, async (tx) => {
    const rows = rowsOf(tx, survey.id, form.party);
    for await (const chunk of writeSurveySheets({ title, form, rows, isSample: survey.isSample, format }))
      await chunks.give(chunk);
  });
  write.then(
    () => chunks.end(),
    (error: unknown) => chunks.fail(error),
  );
  return {
    chunks,
    fileName: `${title}答卷${survey.isSample ? "（示例数据）" : ""}.${format}`,
    mediaType: format === "xlsx" ? mediaTypes.xlsx : "text/csv; charset=utf-8",
  };
}

async function* rowsOf(
  tx: Transaction,
  surveyId: number,
  party: Form["party"],
): AsyncGenerator<readonly SheetRow[], void, undefined> {
  const results = await listSchoolResults(tx, surveyId);
  const names = new Map(
    results.filter((result) => result.party === party && result.isShown).map(({ unit, unitName }) => [unit, unitName]),
  );
  for await (const portion of readSheets(tx, surveyId)) {
    yield portion
      .filter((kept) => kept.party === party)
      .map(({ unit, stage, sheet }) => {
        const unitName = names.get(unit) ?? null;
        // the stage of a hidden school would narrow down which one it is
        return { unitName, stage: unitName === null ? "" : stage, sheet };
      });
  }
}
