/** The sheets of a survey as a table: one line per sheet, one column per question, no trace of who or when. */

import type { Form, Question, Sheet } from "@xingfu/domain/survey";
import { chosenOf, isList, maskPersons, questionsOf } from "@xingfu/domain/survey";
import { labelOf } from "@xingfu/standards";
import { writeXlsxStream } from "hucre";
import { sheetTitle } from "./table.ts";

export interface SheetRow {
  /** null = the school may not be shown */
  readonly unitName: string | null;
  /** "" = the party is not divided by stage */
  readonly stage: string;
  readonly sheet: Sheet;
}

export interface SurveyExport {
  readonly title: string;
  readonly form: Form;
  readonly rows: AsyncIterable<readonly SheetRow[]>;
  readonly isSample: boolean;
  readonly format: "xlsx" | "csv";
}

type Cell = string | number | null;

interface ColumnOf {
  readonly header: string;
  readonly cell: (sheet: Sheet) => Cell;
}

const hiddenSchool = "（答卷不足10份或可推算，不显示学校）";

/** The file in portions, as fast as they are taken. Words people wrote come without names, numbers and addresses. */
export async function* writeSurveySheets(options: SurveyExport): AsyncGenerator<Uint8Array, void, undefined> {
  const columns = columnsOf(options.form);
  const head = ["学校", "学段", ...columns.map((column) => column.header)];
  async function* lines(): AsyncGenerator<Cell[]> {
    yield [`${options.title}答卷${options.isSample ? "【示例数据】" : ""}`];
    yield head;
    for await (const rows of options.rows)
      for (const row of rows)
        yield [
          row.unitName ?? hiddenSchool,
          row.stage === "" ? null : labelOf("stages", row.stage),
          ...columns.map((column) => column.cell(row.sheet)),
        ];
  }
  if (options.format === "csv") {
    yield* csv(lines());
    return;
  }
  const stream = writeXlsxStream(lines(), {
    name: sheetTitle(options.title),
    columns: head.map((header) => ({ width: Math.min(40, Math.max(10, header.length * 1.6)) })),
    freezePane: { rows: 2 },
  });
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // a reader that stopped early must not keep the writer waiting
  }
}

function columnsOf(form: Form): readonly ColumnOf[] {
  return questionsOf(form).flatMap((question, at): readonly ColumnOf[] => {
    const number = at + 1;
    if (question.kind === "matrix") {
      return question.rows.map((row) => ({
        header: `${number}. ${question.text} ${row.label}`,
        cell: (sheet) => {
          const value = sheet[question.id];
          return typeof value === "object" && !isList(value) ? (value[row.id] ?? null) : null;
        },
      }));
    }
    return [{ header: `${number}. ${question.text}`, cell: (sheet) => cellOf(question, sheet) }];
  });
}

function cellOf(question: Question, sheet: Sheet): Cell {
  const value = sheet[question.id];
  if (value === undefined) return null;
  if (question.kind === "text") return typeof value === "string" ? maskPersons(value) : null;
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? "是" : "否";
  if (question.kind !== "single" && question.kind !== "multiple") return null;
  const labels = new Map(question.choices.map((choice) => [choice.id, choice.label]));
  return chosenOf(question, value)
    .map((choice) => labels.get(choice) ?? choice)
    .join("；");
}

/** A byte order mark, CRLF lines; a text that a spreadsheet would run as a formula is quoted. */
async function* csv(lines: AsyncIterable<readonly Cell[]>): AsyncGenerator<Uint8Array, void, undefined> {
  let text = "\uFEFF";
  for await (const line of lines) {
    text += `${line.map(csvCell).join(",")}\r\n`;
    if (text.length < 64 * 1024) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
