/** A report as a Word document in the layout of official documents (GB/T 9704: margins, type sizes, page numbers). */

import type { ReportBlock, ReportCell, ReportModel, ReportPart, ReportTable } from "@xingfu/domain/report";
import {
  AlignmentType,
  BorderStyle,
  Document,
  Footer,
  Header,
  LineRuleType,
  Packer,
  PageNumber,
  PageOrientation,
  Paragraph,
  ShadingType,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  VerticalAlignTable,
  WidthType,
  convertMillimetersToTwip,
} from "docx";
import type { IParagraphOptions, ISectionOptions } from "docx";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

/** Type faces of official documents; machines without them fall back to the second name, see `fontTable`. */
const faces = {
  title: { name: "方正小标宋简体", instead: "宋体" },
  body: { name: "仿宋_GB2312", instead: "仿宋" },
  heading: { name: "黑体", instead: "SimHei" },
  subheading: { name: "楷体_GB2312", instead: "楷体" },
  table: { name: "宋体", instead: "SimSun" },
} as const;
type Face = keyof typeof faces;

/** Sizes in half points: 二号 22 pt, 三号 16 pt, 小四 12 pt, 五号 10.5 pt, 小五 9 pt. */
const size = { title: 44, body: 32, fact: 24, table: 21, small: 18 } as const;
const margin = {
  top: convertMillimetersToTwip(37),
  bottom: convertMillimetersToTwip(35),
  left: convertMillimetersToTwip(28),
  right: convertMillimetersToTwip(26),
};
const a4 = { width: convertMillimetersToTwip(210), height: convertMillimetersToTwip(297) };
/** 28 points exactly, as prescribed for body text */
const bodyLine = { line: 560, lineRule: LineRuleType.EXACT } as const;
const red = "C00000";

const tones: Readonly<
  Record<NonNullable<ReportCell["tone"]>, { readonly color?: string; readonly bold?: boolean; readonly fill?: string }>
> = {
  met: {},
  notMet: { color: red, bold: true },
  notComputable: { color: "7F6000", fill: "FFF8E5" },
  muted: { color: "7F7F7F" },
  strong: { bold: true },
};

function run(
  text: string,
  face: Face,
  halfPoints: number,
  more: { readonly bold?: boolean; readonly color?: string } = {},
): TextRun {
  const { name } = faces[face];
  return new TextRun({
    text,
    size: halfPoints,
    font: { ascii: "Times New Roman", hAnsi: "Times New Roman", eastAsia: name, cs: "Times New Roman" },
    ...more,
  });
}

/** The report as docx bytes; equal models give equal bytes. */
export async function writeDocx(model: ReportModel): Promise<Uint8Array> {
  const body = model.parts.filter((part) => !part.isAnnex);
  const annexes = model.parts.filter((part) => part.isAnnex);
  const sections: ISectionOptions[] = [
    {
      ...pageOf(model, false),
      children: [...titleBlocks(model), ...body.flatMap((part) => partBlocks(part, false)), ...closing(model)],
    },
  ];
  if (annexes.length > 0) {
    sections.push({ ...pageOf(model, true), children: annexes.flatMap((part, i) => partBlocks(part, i > 0)) });
  }
  const document = new Document({
    title: model.title,
    creator: "Xingfu",
    lastModifiedBy: "Xingfu",
    description: model.marks.join(" "),
    styles: {
      default: {
        document: {
          run: {
            font: { ascii: "Times New Roman", hAnsi: "Times New Roman", eastAsia: faces.body.name },
            size: size.body,
          },
        },
      },
    },
    sections,
  });
  return settle(await Packer.toBuffer(document));
}

function pageOf(model: ReportModel, isLandscape: boolean): Omit<ISectionOptions, "children"> {
  const number = (alignment: (typeof AlignmentType)[keyof typeof AlignmentType]): Paragraph =>
    new Paragraph({
      alignment,
      children: [
        run("— ", "table", 28),
        new TextRun({
          children: [PageNumber.CURRENT],
          size: 28,
          font: { ascii: "Times New Roman", hAnsi: "Times New Roman", eastAsia: faces.table.name },
        }),
        run(" —", "table", 28),
      ],
    });
  const mark =
    model.marks.length === 0
      ? []
      : [
          new Paragraph({
            alignment: AlignmentType.RIGHT,
            children: [run(`【${model.marks.join("　")}】`, "heading", size.table, { color: red, bold: true })],
          }),
        ];
  return {
    properties: {
      page: {
        // the library swaps width and height itself for landscape pages
        size: { ...a4, orientation: isLandscape ? PageOrientation.LANDSCAPE : PageOrientation.PORTRAIT },
        margin: isLandscape
          ? { top: 1134, bottom: 1134, left: 1134, right: 1134, header: 600, footer: 600 }
          : { ...margin, header: 850, footer: 1400 },
      },
    },
    ...(mark.length === 0 ? {} : { headers: { default: new Header({ children: mark }) } }),
    footers: { default: new Footer({ children: [number(AlignmentType.CENTER)] }) },
  };
}

function titleBlocks(model: ReportModel): (Paragraph | Table)[] {
  const centered = (text: string, face: Face, halfPoints: number, after: number): Paragraph =>
    new Paragraph({ alignment: AlignmentType.CENTER, spacing: { after }, children: [run(text, face, halfPoints)] });
  return [
    ...(model.documentNumber === "" ? [] : [centered(model.documentNumber, "body", size.body, 360)]),
    ...titleLines(model.title).map((line) => centered(line, "title", size.title, 120)),
    centered(model.subtitle, "subheading", size.body, 240),
    factTable(model),
    new Paragraph({ children: [], spacing: { after: 120 } }),
  ];
}

/** A title too long for one line is broken before its last words, so that no single character is left over. */
function titleLines(title: string): readonly string[] {
  const match = title.length <= 19 ? null : /^(.{4,})(自查自评报告|义务教育优质均衡指标情况报告)$/u.exec(title);
  return match === null ? [title] : [match[1] ?? "", match[2] ?? ""];
}

function factTable(model: ReportModel): Table {
  const width = a4.width - margin.left - margin.right;
  const widths = [Math.round(width * 0.2), Math.round(width * 0.8)];
  return tableOf(
    widths,
    model.facts.map(
      ({ label, text }) =>
        new TableRow({
          cantSplit: true,
          children: [
            boxed([lines(label, "heading", size.table, AlignmentType.CENTER)], widths[0] ?? 0, "F2F2F2"),
            boxed([lines(text, "table", size.table, AlignmentType.LEFT)], widths[1] ?? 0),
          ],
        }),
    ),
  );
}

function closing(model: ReportModel): Paragraph[] {
  return [
    new Paragraph({
      spacing: { before: 560 },
      alignment: AlignmentType.RIGHT,
      indent: { right: 640 },
      children: [run(model.issuer, "body", size.body)],
    }),
    new Paragraph({
      alignment: AlignmentType.RIGHT,
      indent: { right: 640 },
      children: [run("　　年　　月　　日", "body", size.body)],
    }),
  ];
}

function partBlocks(part: ReportPart, isNewPage: boolean): (Paragraph | Table)[] {
  const width = part.isAnnex ? a4.height - 2268 : a4.width - margin.left - margin.right;
  const heading: Paragraph[] =
    part.heading === ""
      ? []
      : [
          new Paragraph({
            outlineLevel: part.level - 1,
            keepNext: true,
            pageBreakBefore: isNewPage,
            spacing: part.isAnnex ? { after: 160 } : { before: 160, ...bodyLine },
            ...(part.isAnnex ? {} : { indent: { firstLine: 640 } }),
            children: [run(part.heading, part.level === 1 ? "heading" : "subheading", part.isAnnex ? 28 : size.body)],
          }),
        ];
  return [...heading, ...part.blocks.flatMap((block) => blockOf(block, width, part.isAnnex))];
}

function blockOf(block: ReportBlock, width: number, isAnnex: boolean): (Paragraph | Table)[] {
  if (block.kind === "table") return tableBlock(block, width, isAnnex);
  if (block.kind === "note") {
    return [
      new Paragraph({
        spacing: { before: 80, after: 80 },
        children: [run(block.text, "heading", size.fact, { color: red })],
      }),
    ];
  }
  const options: IParagraphOptions = { spacing: bodyLine, indent: { firstLine: 640 } };
  const isLead = block.style === "lead";
  // items may hold long codes, which justified lines would tear apart
  const alignment = block.style === "item" ? AlignmentType.LEFT : AlignmentType.JUSTIFIED;
  return [
    new Paragraph({ ...options, alignment, children: [run(block.text, isLead ? "heading" : "body", size.body)] }),
  ];
}

function tableBlock(table: ReportTable, width: number, isAnnex: boolean): (Paragraph | Table)[] {
  const total = table.columns.reduce((sum, column) => sum + column.weight, 0);
  const widths = table.columns.map((column) => Math.round((width * column.weight) / total));
  const letter = isAnnex || table.columns.length > 6 ? size.small : size.table;
  const align = { left: AlignmentType.LEFT, center: AlignmentType.CENTER, right: AlignmentType.RIGHT } as const;
  const head = new TableRow({
    tableHeader: true,
    cantSplit: true,
    children: table.columns.map((column, c) => {
      const text = column.unit === null ? column.header : `${column.header}\n（${column.unit}）`;
      return boxed([lines(text, "heading", letter, AlignmentType.CENTER)], widths[c] ?? 0, "E7EEF7");
    }),
  });
  const rows = table.rows.map(
    (row) =>
      new TableRow({
        cantSplit: true,
        children: table.columns.map((column, c) => {
          const cell = row[c] ?? { text: "", number: null, tone: null };
          const tone = cell.tone === null ? {} : tones[cell.tone];
          return boxed([lines(cell.text, "table", letter, align[column.align], tone)], widths[c] ?? 0, tone.fill);
        }),
      }),
  );
  const caption =
    table.caption === ""
      ? []
      : [
          new Paragraph({
            keepNext: true,
            alignment: AlignmentType.CENTER,
            spacing: { before: 200, after: 80 },
            children: [run(table.caption, "heading", size.fact)],
          }),
        ];
  const notes = table.notes.map(
    (text) =>
      new Paragraph({
        spacing: { before: 40 },
        children: [run(`注：${text}`, "table", size.small, { color: "595959" })],
      }),
  );
  return [
    ...caption,
    tableOf(widths, [head, ...rows]),
    ...notes,
    new Paragraph({ children: [], spacing: { after: 60, line: 120, lineRule: LineRuleType.EXACT } }),
  ];
}

function tableOf(widths: readonly number[], rows: TableRow[]): Table {
  const line = { style: BorderStyle.SINGLE, size: 4, color: "7F7F7F" };
  return new Table({
    width: { size: widths.reduce((sum, width) => sum + width, 0), type: WidthType.DXA },
    columnWidths: [...widths],
    layout: TableLayoutType.FIXED,
    alignment: AlignmentType.CENTER,
    borders: { top: line, bottom: line, left: line, right: line, insideHorizontal: line, insideVertical: line },
    rows,
  });
}

function boxed(children: Paragraph[], width: number, fill?: string): TableCell {
  return new TableCell({
    children,
    width: { size: width, type: WidthType.DXA },
    verticalAlign: VerticalAlignTable.CENTER,
    margins: { top: 30, bottom: 30, left: 60, right: 60 },
    ...(fill === undefined ? {} : { shading: { type: ShadingType.CLEAR, color: "auto", fill } }),
  });
}

function lines(
  text: string,
  face: Face,
  halfPoints: number,
  alignment: (typeof AlignmentType)[keyof typeof AlignmentType],
  more: { readonly bold?: boolean; readonly color?: string } = {},
): Paragraph {
  const { name } = faces[face];
  const font = { ascii: "Times New Roman", hAnsi: "Times New Roman", eastAsia: name, cs: "Times New Roman" };
  const style = {
    ...(more.bold === undefined ? {} : { bold: more.bold }),
    ...(more.color === undefined ? {} : { color: more.color }),
  };
  return new Paragraph({
    alignment,
    children: text
      .split("\n")
      .map((line, i) => new TextRun({ text: line, size: halfPoints, font, ...(i > 0 ? { break: 1 } : {}), ...style })),
  });
}

/** Fixes the time stamps, and names what to use where a type face is not installed. */
function settle(bytes: Uint8Array): Uint8Array {
  const parts = unzipSync(bytes);
  const settled: Record<string, Uint8Array> = {};
  for (const [name, part] of Object.entries(parts)) {
    settled[name] =
      name === "docProps/core.xml"
        ? strToU8(strFromU8(part).replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "2020-01-01T00:00:00Z"))
        : name === "word/fontTable.xml"
          ? strToU8(fontTable())
          : part;
  }
  return zipSync(settled, { level: 6, mtime: new Date(2020, 0, 1) });
}

function fontTable(): string {
  const fonts = Object.values(faces).map(
    ({ name, instead }) =>
      `<w:font w:name="${name}"><w:altName w:val="${instead}"/><w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>`,
  );
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">${fonts.join("")}</w:fonts>`;
}
