/** A report as a workbook: the text on the first sheet, each table on a sheet of its own. */

import type { ReportCell, ReportModel, ReportTable } from "@xingfu/domain/report";
import type { CellStyle, CellValue, WriteSheet } from "hucre";
import { writeXlsx } from "hucre";

import { fixedDate, polishWorkbook } from "../file/polish.ts";
import { styles } from "../template/write.ts";
import { sheetTitle } from "../table.ts";

const tones: Readonly<Record<NonNullable<ReportCell["tone"]>, CellStyle>> = {
  met: {},
  notMet: { font: { color: { rgb: "C00000" }, bold: true } },
  notComputable: {
    font: { color: { rgb: "7F6000" } },
    fill: { type: "pattern", pattern: "solid", fgColor: { rgb: "FFF8E5" } },
  },
  muted: { font: { color: { rgb: "7F7F7F" } } },
  strong: { font: { bold: true } },
};

/** The report as xlsx bytes; equal models give equal bytes. */
export async function writeReportXlsx(model: ReportModel): Promise<Uint8Array> {
  const used = new Set<string>();
  const tables: WriteSheet[] = [];
  const cells: NonNullable<WriteSheet["cells"]> = new Map();
  const merges: NonNullable<WriteSheet["merges"]> = [];
  const rowDefs: NonNullable<WriteSheet["rowDefs"]> = new Map();
  let r = 0;
  const line = (text: string, style: CellStyle, height?: number): void => {
    cells.set(`${r},0`, { value: text, style });
    merges.push({ startRow: r, startCol: 0, endRow: r, endCol: 3 });
    // about 46 Chinese characters fit on one line of the merged width
    rowDefs.set(r, { height: height ?? 18 * Math.max(1, Math.ceil(text.length / 46)) });
    r += 1;
  };
  line(`${model.title}${model.subtitle}`, styles.title, 30);
  for (const mark of model.marks) line(`【${mark}】`, styles.sample, 22);
  for (const { label, text } of model.facts) {
    cells.set(`${r},0`, { value: label, style: styles.label });
    cells.set(`${r},1`, { value: text, style: styles.cell });
    merges.push({ startRow: r, startCol: 1, endRow: r, endCol: 3 });
    r += 1;
  }
  for (const part of model.parts) {
    if (part.heading !== "") line(part.heading, styles.heading, 26);
    for (const block of part.blocks) {
      if (block.kind !== "table") {
        line(block.text, block.kind === "paragraph" && block.style === "lead" ? styles.heading : styles.text);
        continue;
      }
      const title = block.caption === "" ? part.heading : block.caption;
      const name = uniqueName(title, used);
      const place = {
        value: `见工作表“${name}”`,
        style: { ...styles.text, font: { underline: true, color: { rgb: "0563C1" } } },
      };
      cells.set(`${r},0`, { ...place, hyperlink: { target: "", location: `'${name.replaceAll("'", "''")}'!A1` } });
      merges.push({ startRow: r, startCol: 0, endRow: r, endCol: 3 });
      r += 1;
      tables.push(tableSheet(name, title, block, model));
    }
  }
  const text: WriteSheet = {
    name: "报告正文",
    columns: [{ width: 16 }, { width: 30 }, { width: 30 }, { width: 30 }],
    cells,
    merges,
    rowDefs,
    view: { showGridLines: false },
    pageSetup: { paperSize: "a4", orientation: "portrait", fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
    headerFooter: footer(model),
  };
  const bytes = await writeXlsx({
    sheets: [text, ...tables],
    properties: { title: model.title, creator: "Xingfu", created: fixedDate, modified: fixedDate },
  });
  return polishWorkbook(bytes, null);
}

function footer(model: ReportModel): NonNullable<WriteSheet["headerFooter"]> {
  const mark = model.marks.join(" ");
  return { oddHeader: mark === "" ? "" : `&R【${mark}】`, oddFooter: "&C— &P —" };
}

function uniqueName(title: string, used: Set<string>): string {
  const base = sheetTitle(title.replace(/^附表(\d+)　/u, "附表$1 "));
  let name = base;
  for (let copy = 2; used.has(name); copy += 1) name = `${base.slice(0, 27)}(${copy})`;
  used.add(name);
  return name;
}

function tableSheet(name: string, title: string, table: ReportTable, model: ReportModel): WriteSheet {
  const last = Math.max(0, table.columns.length - 1);
  const cells: NonNullable<WriteSheet["cells"]> = new Map();
  cells.set("0,0", { value: `${title}${model.isSample ? "【示例数据】" : ""}`, style: styles.title });
  table.columns.forEach((column, c) => {
    cells.set(`1,${c}`, {
      value: column.unit === null ? column.header : `${column.header}\n（${column.unit}）`,
      style: styles.optional,
    });
  });
  table.rows.forEach((row, i) => {
    table.columns.forEach((column, c) => {
      const cell = row[c];
      if (cell === undefined) return;
      const decimals = column.decimals;
      const format =
        decimals === null || cell.number === null ? "General" : decimals === 0 ? "0" : `0.${"0".repeat(decimals)}`;
      const tone = cell.tone === null ? {} : tones[cell.tone];
      // percentages and marked figures stay text as printed; plain figures keep their unrounded number
      const isPlain = cell.number !== null && column.decimals !== null && /^-?[\d.]+$/.test(cell.text);
      const value: CellValue = isPlain ? cell.number : cell.text;
      cells.set(`${i + 2},${c}`, {
        value,
        style: {
          ...styles.cell,
          ...tone,
          font: { ...styles.cell.font, ...tone.font },
          numFmt: isPlain ? format : "@",
          alignment: { ...styles.cell.alignment, horizontal: column.align },
        },
      });
    });
  });
  table.notes.forEach((text, i) =>
    cells.set(`${table.rows.length + 2 + i},0`, { value: `注：${text}`, style: { ...styles.intro, alignment: {} } }),
  );
  return {
    name,
    columns: table.columns.map((column) => ({ width: Math.min(70, Math.max(7, column.weight * 11)) })),
    cells,
    merges: [{ startRow: 0, startCol: 0, endRow: 0, endCol: last }],
    rowDefs: new Map([
      [0, { height: 26 }],
      [1, { height: 34 }],
    ]),
    freezePane: { rows: 2 },
    pageSetup: {
      paperSize: "a4",
      orientation: table.columns.length > 7 ? "landscape" : "portrait",
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: "$2:$2",
    },
    headerFooter: footer(model),
  };
}
