/** The clerk's own workbook with the faulty cells marked. */

import type { Cell, CellComment, CellStyle, Sheet } from "hucre";
import { openXlsx, saveXlsx } from "hucre";

import { refuseWorkbook, workbookLimits } from "./file/guard.ts";
import { polishWorkbook } from "./file/polish.ts";
import type { Issue } from "./template/issue.ts";
import { columnNumber } from "./template/issue.ts";
import { heightOf, styles } from "./template/write.ts";

const listSheet = "问题清单";
const author = "导入检查";
/** Stands between a comment of the clerk's and what is added to it, so that the addition can be taken out again. */
const divider = "\n——导入检查——\n";
const fills = { error: "FFC7CE", warning: "FFEB9C" } as const;

/**
 * A copy of `bytes` with each faulty cell coloured and commented and a first sheet that lists the issues; the rest
 * of the workbook stays as it was. Marks and list of an earlier copy are replaced, so that a clerk may go on with it.
 *
 * @throws RangeError when the file may not be opened at all; such a file has one issue, and no cell to mark
 */
export async function markIssues(bytes: Uint8Array, issues: readonly Issue[]): Promise<Uint8Array> {
  const refusal = refuseWorkbook(bytes, "", workbookLimits);
  if (refusal !== null) throw new RangeError(`a workbook refused with ${refusal.code} cannot be marked`);
  const workbook = await openXlsx(bytes, { readStyles: true });
  const earlier = workbook.sheets.findIndex((sheet) => sheet.name === listSheet);
  if (earlier >= 0) workbook.sheets.splice(earlier, 1);
  for (const sheet of workbook.sheets) {
    keepFormulaResults(sheet);
    clearMarks(sheet);
  }
  for (const [name, own] of Map.groupBy(issues, (issue) => issue.sheet)) {
    const sheet = workbook.sheets.find((candidate) => candidate.name === name);
    if (sheet !== undefined) markSheet(sheet, own);
  }
  workbook.sheets.unshift(issueSheet(issues));
  workbook.activeSheet = 0;
  return polishWorkbook(await saveXlsx(workbook), null);
}

/** The library keeps a formula's saved result only when it is a number; texts would be empty until recalculated. */
function keepFormulaResults(sheet: Sheet): void {
  for (const cell of sheet.cells?.values() ?? []) {
    if (cell.type === "formula" && cell.formulaResult === undefined && cell.value !== null)
      cell.formulaResult = cell.value;
  }
}

function clearMarks(sheet: Sheet): void {
  for (const cell of sheet.cells?.values() ?? []) {
    const { comment } = cell;
    if (comment === undefined) continue;
    const added = comment.text.indexOf(divider);
    if (comment.author === author) delete cell.comment;
    else if (added >= 0)
      cell.comment = {
        ...(comment.author === undefined ? {} : { author: comment.author }),
        text: comment.text.slice(0, added),
      };
    else continue;
    const fill = cell.style?.fill;
    const color = fill?.type === "pattern" ? fill.fgColor?.rgb?.slice(-6) : undefined;
    if (cell.style !== undefined && (color === fills.error || color === fills.warning)) delete cell.style.fill;
  }
}

function markSheet(sheet: Sheet, issues: readonly Issue[]): void {
  sheet.cells ??= new Map();
  const cells = sheet.cells;
  // an issue of a whole sheet or row has no cell; it stands in the list alone
  const places = Map.groupBy(issues, (issue) =>
    issue.row === null || issue.column === null ? null : `${issue.row - 1},${columnNumber(issue.column) - 1}`,
  );
  for (const [place, own] of places) {
    if (place === null) continue;
    const [r = 0, c = 0] = place.split(",").map(Number);
    const known = cells.get(place);
    const value = known?.value ?? sheet.rows[r]?.[c] ?? null;
    const cell: Cell = known ?? {
      value,
      type: value === null ? "empty" : typeof value === "number" ? "number" : "string",
    };
    const color = own.some((issue) => issue.severity === "error") ? fills.error : fills.warning;
    const style: CellStyle = { ...cell.style, fill: { type: "pattern", pattern: "solid", fgColor: { rgb: color } } };
    const lines = own.map((issue) => `${issue.severity === "error" ? "错误" : "提醒"}：${issue.message}`);
    const text = lines.join("\n");
    const comment: CellComment =
      cell.comment === undefined
        ? { author, text }
        : { ...cell.comment, text: `${cell.comment.text}${divider}${text}` };
    delete comment.richText;
    cells.set(place, { ...cell, style, comment });
    // the writer goes by rows first: a cell beyond the last row or column needs its place there
    while (sheet.rows.length <= r) sheet.rows.push([]);
    const row = sheet.rows[r];
    for (let width = row?.length ?? 0; width <= c; width++) row?.push(null);
  }
}

function issueSheet(issues: readonly Issue[]): Sheet {
  const cells = new Map<string, Cell>();
  const put = (r: number, c: number, value: string | number, style: CellStyle): void => {
    cells.set(`${r},${c}`, { value, type: typeof value === "number" ? "number" : "string", style });
  };
  const errors = issues.filter((issue) => issue.severity === "error").length;
  put(0, 0, `本文件有 ${errors} 个错误、${issues.length - errors} 个提醒`, styles.title);
  put(
    1,
    0,
    "红色单元格是错误，必须改正后才能导入；黄色单元格是提醒，核实无误可以不改。改好后直接上传本文件即可，本表不会读取。",
    styles.intro,
  );
  const headers = ["序号", "类别", "工作表", "行", "列", "栏目", "填写的内容", "应为", "说明"];
  headers.forEach((header, c) => put(2, c, header, styles.optional));
  issues.forEach((issue, i) => {
    const r = i + 3;
    const fill: CellStyle["fill"] = { type: "pattern", pattern: "solid", fgColor: { rgb: fills[issue.severity] } };
    put(r, 0, i + 1, styles.cell);
    put(r, 1, issue.severity === "error" ? "错误" : "提醒", { ...styles.cell, fill });
    const place = issue.row === null || issue.column === null ? null : `${issue.column}${issue.row}`;
    put(r, 2, issue.sheet, styles.cell);
    if (place !== null) {
      const cell = cells.get(`${r},2`);
      if (cell !== undefined) {
        cell.hyperlink = {
          target: "",
          location: `'${issue.sheet.replaceAll("'", "''")}'!${place}`,
          tooltip: "跳到该单元格",
        };
        cell.style = { ...styles.cell, font: { ...styles.cell.font, underline: true, color: { rgb: "0563C1" } } };
      }
    }
    put(r, 3, issue.row ?? "", styles.cell);
    put(r, 4, issue.column ?? "", styles.cell);
    put(r, 5, issue.header ?? "", styles.cell);
    put(r, 6, issue.value ?? "", styles.cell);
    put(r, 7, issue.expected ?? "", styles.cell);
    put(r, 8, issue.message, styles.cell);
  });
  const last = issues.length + 3;
  const widths = [6, 8, 12, 7, 6, 18, 20, 30, 70];
  return {
    name: listSheet,
    rows: Array.from({ length: last }, () => headers.map(() => null)),
    cells,
    columns: widths.map((width) => ({ width })),
    merges: [
      { startRow: 0, startCol: 0, endRow: 0, endCol: 8 },
      { startRow: 1, startCol: 0, endRow: 1, endCol: 8 },
    ],
    rowDefs: new Map([
      [0, { height: 26 }],
      [1, { height: 20 }],
      ...issues.map((issue, i) => {
        const texts = [null, null, issue.sheet, null, null, issue.header, issue.value, issue.expected, issue.message];
        return [i + 3, { height: heightOf(texts, widths) }] as const;
      }),
    ]),
    pageSetup: {
      paperSize: "a4",
      orientation: "landscape",
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: "$3:$3",
    },
    freezePane: { rows: 3 },
    autoFilter: { range: `A3:I${last}` },
  };
}
